"""One hidden layer of ReLUs follows any continuous function on an interval: each unit adds a bend, and bends suffice.

How well do n units do, and why are they enough? Put a knot x_k at the start of each of n equal intervals of width h,
let s_k be the slope of the chord over interval k, and s_{-1} = 0. The network

    net(x) = f(x_0) + sum_k c_k relu(x - x_k),     c_k = s_k - s_{k-1},

turns by c_k at x_k: it is the polygon through the function at the knots, so its error is that of linear interpolation,

    max |f - net| <= h^2 max |f''| / 8     (de Boor 2001, chapter III),

with equality for x^2: h^2 / 4. Twice the units give a quarter of the error, not half. For every accuracy there is a
width, for any continuous function on a bounded interval, and for every activation that is not a polynomial (Leshno et
al. 1993). That such weights exist does not say that training finds them; here none is trained. Without an activation
every width is one affine map, whose error stays.

Depth can do with few units what width cannot: the tent map t(x) = 2 relu(x) - 4 relu(x - 1/2), composed L times, folds
[0, 1] into a saw of 2^L linear pieces with 2 L units, while one hidden layer needs a unit for each bend (Telgarsky
2016).

x has any shape, knots and c have shape (n,). Outside the interval the network goes on along its last pieces.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    ParameterError,
    Result,
    about,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "Universal approximation with ReLUs"
TOPIC = "Foundations"

Array = NDArray[Any]
Values = Mapping[str, Any]

# Each function and the size of its second derivative.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sin": (np.sin, lambda x: np.abs(np.sin(x))),
    "square": (np.square, lambda x: np.full_like(x, 2)),
    "exp": (np.exp, np.exp),
}
WIDTHS = np.array([2, 4, 8, 16, 32, 64, 128, 256])
DEEPEST = 10
ROUNDING = 1e-6  # units that a rounding error must not add


@dataclass(frozen=True)
class Parameters:
    """A function on an interval, the units that shall follow it, and the depth of a saw."""

    function: str = parameter("sin", choices=tuple(FUNCTIONS), help="the function to follow")
    units: int = parameter(16, low=2, high=256, scale="log", help="hidden ReLUs, one for each interval")
    left: float = parameter(0.0, low=-7, high=7, help="where the interval begins")
    right: float = parameter(2 * math.pi, low=-7, high=7, help="where it ends")
    accuracy: float = parameter(0.01, low=1e-4, high=1.0, scale="log", help="the error that is allowed")
    depth: int = parameter(4, low=1, high=DEEPEST, help="layers of the saw")

    def __post_init__(self) -> None:
        """The interval has a width."""
        if self.right < self.left + 0.1:
            what = f"parameter right: {self.right:g} is too near to left, {self.left:g}"
            raise ParameterError(what, "make it larger by 0.1 or more")

    @property
    def width(self) -> float:
        """The width of the whole interval."""
        return self.right - self.left


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(x, 0)


def interpolant(f: Callable[[Array], Array], left: float, right: float, units: int) -> tuple[Array, Array]:
    """The knots x_k and weights c_k of the network that meets f at the ends of equal intervals."""
    x = np.linspace(left, right, units + 1)
    slopes = np.diff(f(x)) / np.diff(x)
    return x[:-1], np.diff(slopes, prepend=0)


def network(x: Array, knots: Array, c: Array, bias: float) -> Array:
    """The outputs at x, of any shape: one unit after the other, which spares the memory of all at once."""
    y = np.full_like(x, bias)
    for x_k, c_k in zip(knots, c, strict=True):
        y += c_k * relu(x - x_k)
    return y


def error_of(f: Callable[[Any], Any], p: Parameters, units: int) -> float:
    """The largest error of the interpolant of f, over points that divide each interval evenly."""
    knots, c = interpolant(f, p.left, p.right, units)
    x = np.linspace(p.left, p.right, 2 * max(16, 512 // units) * units + 1)  # with the middles of the intervals
    return float(np.abs(network(x, knots, c, f(p.left)) - f(x)).max())


def saw(x: Array, depth: int) -> Array:
    """The tent map, two ReLUs, composed `depth` times."""
    for _ in range(depth):
        x = 2 * relu(x) - 4 * relu(x - 0.5)
    return x


def pieces(depth: int) -> int:
    """How many linear pieces the saw has on [0, 1]: changes of its slope on a grid that floats hold exactly."""
    y = saw(np.arange(2 ** (DEEPEST + 2) + 1) / 2 ** (DEEPEST + 2), depth)
    return int((np.diff(y, 2) != 0).sum() + 1)


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Make the network, measure its error at this and other widths, and count the pieces of the saw."""
    p, (f, second) = parameters, FUNCTIONS[parameters.function]
    knots, c = interpolant(f, p.left, p.right, p.units)
    x, ends = np.linspace(p.left, p.right, 10_001), np.append(knots, p.right)
    curvature, counts = second(x).max(), np.arange(1, 20_001)
    affine = np.polynomial.Polynomial.fit(x, f(x), 1)
    values: dict[str, Any] = {
        "knots": knots,
        "weights": c,
        "largest_error": error_of(f, p, p.units),
        "error_of_twice_the_units": error_of(f, p, 2 * p.units),
        "error_bound": error_of(lambda x: curvature / 2 * x * x, p, p.units),  # of a parabola that bends as much
        "error_at_knots": np.abs(network(ends, knots, c, f(p.left)) - f(ends)).max(),
        "units_for_accuracy": counts[(p.width / (counts + ROUNDING)) ** 2 * curvature / 8 <= p.accuracy][0],
        "error_of_affine_map": np.abs(affine(x) - f(x)).max(),
        "linear_pieces": pieces(p.depth),
        "pieces_of_each_depth": np.array([pieces(depth) for depth in range(1, DEEPEST + 1)]),
    }
    x = x[::40]
    curves = [Line(x, f(x), p.function), Line(x, network(x, knots, c, f(p.left)), "net"), Line(x, affine(x), "affine")]
    errors = [error_of(f, p, units) for units in WIDTHS.tolist()]
    widths = [
        Line(WIDTHS, errors, "net"),
        Line(WIDTHS, (p.width / WIDTHS) ** 2 * curvature / 8, "bound"),
        Line(WIDTHS, np.full(WIDTHS.size, values["error_of_affine_map"]), "affine map"),
    ]
    fold = np.arange(2**DEEPEST + 1) / 2**DEEPEST
    figures = (
        Figure(f"{p.function} by {p.units} ReLUs", Axis("x"), Axis("y"), curves),
        Figure("Error over width", Axis("units", "log"), Axis("largest error", "log"), widths),
        Figure(f"Saw of depth {p.depth}", Axis("x"), Axis("y"), [Line(fold, saw(fold, p.depth))]),
    )
    return Result(values, figures)


# --- what a card may ask ------------------------------------------------------------------------------------------


def curvature_of(at: Parameters) -> float:
    """max |f''| over the interval."""
    match at.function:
        case "square":
            return 2.0
        case "exp":
            return math.exp(at.right)
    crest = math.pi / 2 + math.pi * math.ceil((at.left - math.pi / 2) / math.pi)  # the first |sin| = 1 from the left on
    return 1.0 if crest <= at.right else max(abs(math.sin(at.left)), abs(math.sin(at.right)))


@expected("largest error of the network")
def largest_error(parameters: Parameters) -> Any:
    """At the knots it is 0, so it is largest where f has the slope of a chord."""
    p, (f, _) = parameters, FUNCTIONS[parameters.function]
    x = np.linspace(p.left, p.right, p.units + 1)
    left, right, slope = x[:-1, None], x[1:, None], (np.diff(f(x)) / np.diff(x))[:, None]
    match p.function:
        case "square":
            level = slope / 2
        case "exp":
            level = np.log(slope)
        case _:  # cos x = slope
            turns = 2 * math.pi * np.arange(-2, 3)
            level = np.hstack([np.arccos(slope) + turns, -np.arccos(slope) + turns])
    errors = np.abs(f(level) - f(left) - slope * (level - left))
    return errors[(left <= level) & (level <= right)].max()


@expected("the bound h^2 max |f''| / 8 of the error")
def error_bound(parameters: Parameters) -> float:
    return (parameters.width / parameters.units) ** 2 * curvature_of(parameters) / 8


@expected("the least number of units for which the bound is no larger than the accuracy")
def units_for_accuracy(parameters: Parameters) -> int:
    return math.ceil(parameters.width * math.sqrt(curvature_of(parameters) / (8 * parameters.accuracy)) - ROUNDING)


@expected("linear pieces of the saw on the interval from 0 to 1")
def linear_pieces(parameters: Parameters) -> int:
    return int(2**parameters.depth)


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("error_bound", "one thinks that the error falls like 1/n")
def bound_like_one_over_n(parameters: Parameters) -> float:
    return parameters.units * error_bound(parameters)


@mistake("error_bound", "one forgets the 8")
def forgets_the_eight(parameters: Parameters) -> float:
    return 8 * error_bound(parameters)


@mistake("largest_error", "one thinks that the error falls like 1/n from that of one chord on")
def error_like_one_over_n(parameters: Parameters) -> Any:
    return parameters.units * error_bound(parameters)


@mistake("largest_error", "one thinks that a network which meets the function at its knots is exact")
def exact_everywhere(parameters: Parameters) -> float:
    return 0.0


@mistake("units_for_accuracy", "one thinks that the error falls like 1/n")
def units_like_one_over_e(parameters: Parameters) -> int:
    return math.ceil(parameters.width**2 * curvature_of(parameters) / (8 * parameters.accuracy) - ROUNDING)


@mistake("linear_pieces", "one thinks that the two units of each layer add their pieces")
def pieces_add_up(parameters: Parameters) -> int:
    return 2 * parameters.depth


@mistake("linear_pieces", "one counts the square of the depth")
def pieces_are_a_square(parameters: Parameters) -> int:
    return parameters.depth**2


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "the largest error is at most 1.001 h^2 max |f''| / 8")
def within_the_bound(parameters: Parameters, values: Values) -> Check:
    return below(values["largest_error"], 1.001 * error_bound(parameters))


@claim(
    2,
    "twice the units divide the largest error by 4, within 10 %",
    applies=lambda at: at.units >= 16 and at.width <= 0.4 * at.units,
    domain="16 units or more, intervals of at most 0.4",
)
def twice_the_units_quarter_the_error(parameters: Parameters, values: Values) -> Check:
    """The error is h^2 |f''| / 8 near the middle of an interval; for exp that middle moves, by a factor e^(h/4)."""
    return about(values["largest_error"] / values["error_of_twice_the_units"], 4, relative=0.1)


@claim(
    3,
    "for x^2 the largest error is h^2 / 4 exactly",
    applies=lambda at: at.function == "square",
    domain="the function x^2",
    at={"function": "square"},
)
def equality_for_the_square(parameters: Parameters, values: Values) -> Check:
    return about(values["largest_error"], (parameters.width / parameters.units) ** 2 / 4, absolute=1e-10)


@claim(5, "the network meets the function at its knots, within 1e-10")
def exact_at_the_knots(parameters: Parameters, values: Values) -> Check:
    return below(values["error_at_knots"], 1e-10)


@claim(6, "a saw of depth L has 2^L linear pieces, for every L up to 10")
def depth_doubles_the_pieces(parameters: Parameters, values: Values) -> Check:
    return true(values["pieces_of_each_depth"].tolist() == [2**depth for depth in range(1, DEEPEST + 1)])


if __name__ == "__main__":
    main()
