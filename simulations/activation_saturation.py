"""An activation function bends: far from zero the sigmoid and tanh become flat, and a unit there no longer responds.

Which slope does a unit pass on, and how often hardly any? With z the weighted sum of a unit and y its output,

    sigmoid   y = s(z) = 1 / (1 + e^-z)       y' = y (1 - y) <= 1/4        0 < y < 1
    tanh      y = 2 s(2z) - 1                 y' = 1 - y^2 <= 1           -1 < y < 1
    relu      y = max(z, 0)                   y' = 1 for z > 0, else 0
    leaky     y = max(z, z / 100)             y' = 1 for z > 0, else 1/100
    gelu      y = z Phi(z)                    y' = Phi(z) + z phi(z)
    swish     y = z s(z)                      y' = s(z) + z s(z) (1 - s(z))
    softplus  y = ln(1 + e^z)                 y' = s(z)
    identity  y = z                           y' = 1

(Goodfellow et al. 2016, section 6.3; GELU without its tanh approximation, phi and Phi being density and distribution of
N(0, 1): Hendrycks & Gimpel 2016; Swish, or SiLU, with beta = 1: Ramachandran et al. 2017.) Backpropagation multiplies
by y', so a unit is called saturated where |y'| is below a share of its largest value, here 5 %: |z| > 4.36 for the
sigmoid, |z| > 2.18 for tanh. How many are depends on the spread of z, which is what initialisation and normalisation
control: for z ~ N(0, sigma^2) the share is 2 Phi(-|z| / sigma). The ReLU's is 1/2 at any spread, but its other half
never saturates. It keeps half of the mean square of symmetric sums, and (1 + a^2) / 2 with a slope a below 0, so that
weights with n Var(w) = 2 / (1 + a^2) keep a signal level (He et al. 2015, eq. 15). Only sigmoid and tanh bound their
outputs on both sides, and none of these functions normalises them.

Smoothness is not needed: at the kink of ReLU one takes the left slope. In float64 the bounds of sigmoid and tanh are
reached by rounding, near z = 37 and 19; the lower one of the sigmoid only at z = -745, if computed from e^-|z|.
All functions work on arrays of any shape.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    Points,
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

TITLE = "Activation functions and saturation"
TOPIC = "Foundations"

Array = NDArray[Any]
Values = Mapping[str, Any]

LEAK = 0.01
SLOPES = np.array([0, 0.25, 0.5, 1])  # below 0, of rectifiers from ReLU to the identity
DEVIATIONS = np.geomspace(0.1, 20, 24)
BOUNDS = {"sigmoid": (0, 1), "tanh": (-1, 1), "relu": (0, math.inf), "softplus": (0, math.inf)}


def sigmoid(z: Array) -> Any:
    """1 / (1 + e^-z), from e^-|z|, which cannot overflow."""
    small = np.exp(-np.abs(z))
    return np.where(z > 0, 1, small) / (1 + small)


def sigmoid_slope(z: Array) -> Any:
    """s (1 - s), which is even in z: from e^-|z|, without the difference 1 - s, which rounds to 0."""
    small = np.exp(-np.abs(z))
    return small / (1 + small) ** 2


def gauss(z: Array) -> Any:
    """Phi: the share of N(0, 1) below z."""
    return np.vectorize(math.erfc, otypes=[float])(-z / math.sqrt(2)) / 2


def bell(z: Array) -> Any:
    """The density phi of N(0, 1)."""
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


# Each function and its slope.
ACTIVATIONS: dict[str, tuple[Callable[[Array], Any], Callable[[Array], Any]]] = {
    "sigmoid": (sigmoid, sigmoid_slope),
    "tanh": (np.tanh, lambda z: 4 * sigmoid_slope(2 * z)),
    "relu": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky": (lambda z: np.maximum(z, LEAK * z), lambda z: np.where(z > 0, 1.0, LEAK)),
    "gelu": (lambda z: z * gauss(z), lambda z: gauss(z) + z * bell(z)),
    "swish": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) + z * sigmoid_slope(z)),
    "softplus": (lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))), sigmoid),
    "identity": (lambda z: z, np.ones_like),
}


@dataclass(frozen=True)
class Parameters:
    """A function, the spread of what it is applied to, and one sum for paper and pencil."""

    activation: str = parameter("sigmoid", choices=tuple(ACTIVATIONS), help="the function")
    deviation: float = parameter(1.0, low=0.1, high=20, scale="log", help="sigma of the sums z ~ N(0, sigma^2)")
    samples: int = parameter(100_000, low=1000, high=300_000, scale="log", help="units that are drawn")
    threshold: float = parameter(0.05, low=0.001, high=0.5, scale="log", help="saturated: below this share of max y'")
    z: float = parameter(1.0, low=-30, high=30, help="sum of the unit by hand")


def steepest(name: str) -> float:
    """The largest slope, on a fine grid and far to the right, where softplus approaches its largest."""
    return float(np.max(ACTIVATIONS[name][1](np.append(np.arange(-4000, 4001) / 1000, 40))))


def share_of(name: str, z: Array, threshold: float) -> Any:
    """The share of z over the last axis whose slope is below a share of the largest one."""
    return (np.abs(ACTIVATIONS[name][1](z)) < threshold * steepest(name)).mean(axis=-1)


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Draw the sums of many units, count those whose slope is small, and compare functions on a grid."""
    p, (f, slope) = parameters, ACTIVATIONS[parameters.activation]
    unit = rng.normal(size=p.samples)
    y = f(p.deviation * unit)
    grid = np.arange(-2000, 2001) / 100  # 0 is in it
    smooth = grid[np.abs(grid) > 1e-3]
    differences = [(g(smooth + 1e-5) - g(smooth - 1e-5)) / 2e-5 - h(smooth) for g, h in ACTIVATIONS.values()]
    ranks, sweep = np.sort(unit)[:: p.samples // 1000], {}  # about 1000 in order stand for all
    for name in dict.fromkeys((p.activation, "sigmoid", "tanh", "relu")):
        sweep[name] = share_of(name, DEVIATIONS[:, None] * ranks, p.threshold)
    inside = [np.nextafter(bound, 0) * np.array([-1, 1]) for bound in (36, 18)]
    z = np.array(p.z)
    values: dict[str, Any] = {
        "output": f(z),
        "slope": slope(z),
        "tanh_from_sigmoid": 2 * sigmoid(2 * z) - 1,
        "largest_slope": steepest(p.activation),
        "lowest_output": f(np.array(-700.0)),
        "highest_output": f(np.array(700.0)),
        "saturated_share": share_of(p.activation, p.deviation * unit, p.threshold),
        "zero_share_of_relu": (ACTIVATIONS["relu"][0](p.deviation * unit) == 0).mean(),
        "largest_slopes": np.array([ACTIVATIONS[name][1](grid).max() for name in ("sigmoid", "tanh")]),
        "slopes_at_zero": np.array([ACTIVATIONS[name][1](np.zeros(1))[0] for name in ("sigmoid", "tanh")]),
        "tanh_against_sigmoid": np.abs(np.tanh(grid) - (2 * sigmoid(2 * grid) - 1)).max(),
        "extremes": np.array([sigmoid(inside[0]), np.tanh(inside[1])]),
        "shares_at_variance_100": np.array([share_of(name, 10 * unit, 0.05) for name in ("sigmoid", "tanh")]),
        "sweep": np.array([sweep["sigmoid"], sweep["tanh"]]),
        "difference_of_slopes": np.abs(differences).max(),
        "kept_by_rectifiers": (np.maximum(unit, SLOPES[:, None] * unit) ** 2).mean(axis=1) / (unit**2).mean(),
    }
    return Result(values, (*draw(parameters, y, sweep), rectifiers(values["kept_by_rectifiers"])))


def rectifiers(kept: Array) -> Figure:
    """What rectifiers keep of the mean square, over their slope below 0."""
    a = np.linspace(0, 1, 41)
    marks: list[Line | Points] = [Line(a, (1 + a * a) / 2, "(1 + a^2) / 2"), Points(SLOPES, kept, "measured")]
    return Figure("Rectifiers of slope a below 0", Axis("a"), Axis("mean square kept", zero=True), marks)


def draw(parameters: Parameters, y: Array, sweep: Mapping[str, Array]) -> tuple[Figure, ...]:
    """The function and its slope, the saturated shares over the spread, and where the outputs lie."""
    f, slope = ACTIVATIONS[parameters.activation]
    z = np.linspace(-6, 6, 241)
    density, edges = np.histogram(y, bins=40, density=True)
    curves = [Line(z, f(z), "output y"), Line(z, slope(z), "slope y'")]
    shares = [Line(DEVIATIONS, share, name) for name, share in sweep.items()]
    outputs = [Line((edges[1:] + edges[:-1]) / 2, density)]
    name, sigma = parameters.activation, Axis("sigma of z", "log")
    return (
        Figure(f"{name} and its slope", Axis("z"), Axis("y, y'"), curves),
        Figure(f"Slope < {parameters.threshold:.3g} of the largest", sigma, Axis("share of units"), shares),
        Figure(
            f"Outputs at sigma = {parameters.deviation:.3g}", Axis(f"{name}(z)"), Axis("density", zero=True), outputs
        ),
    )


# --- what a card may ask ------------------------------------------------------------------------------------------


def many(at: Parameters) -> bool:
    """Samples enough for shares within 0.01: more than six standard errors."""
    return at.samples >= 100_000


def by_hand(name: str, z: float) -> tuple[float, float]:
    """The output and its slope at one z, from the formulas as they are written."""
    s, phi, tanh = 1 / (1 + math.exp(-z)), NormalDist(), math.tanh(z)
    match name:
        case "sigmoid":
            return s, s * (1 - s)
        case "tanh":
            return tanh, 1 - tanh**2
        case "relu" | "leaky":
            factor = 1.0 if z > 0 else LEAK if name == "leaky" else 0.0
            return factor * z, factor
        case "gelu":
            return z * phi.cdf(z), phi.cdf(z) + z * phi.pdf(z)
        case "swish":
            return z * s, s + z * s * (1 - s)
        case "softplus":
            return math.log(1 + math.exp(z)), s
    return z, 1.0


@expected("output at z")
def output(parameters: Parameters) -> float:
    return by_hand(parameters.activation, parameters.z)[0]


@expected("slope at z; at the kink of relu and leaky the left one")
def slope(parameters: Parameters) -> float:
    return by_hand(parameters.activation, parameters.z)[1]


@expected("tanh of z from the sigmoid of another number")
def tanh_from_sigmoid(parameters: Parameters) -> float:
    return math.tanh(parameters.z)


@expected("the largest slope")
def largest_slope(parameters: Parameters) -> float:
    """For GELU at sqrt(2), where y'' = (2 - z^2) phi = 0; for Swish (z + 2) / 4 at the root of z tanh(z / 2) = 2."""
    of_gelu = by_hand("gelu", math.sqrt(2))[1]
    return {"sigmoid": 1 / 4, "gelu": of_gelu, "swish": (2.399357280515468 + 2) / 4}.get(parameters.activation, 1.0)


@expected("lower bound of the outputs", applies=lambda at: at.activation in BOUNDS)
def lowest_output(parameters: Parameters) -> float:
    return BOUNDS[parameters.activation][0]


@expected("upper bound of the outputs", applies=lambda at: at.activation in ("sigmoid", "tanh"))
def highest_output(parameters: Parameters) -> float:
    return BOUNDS[parameters.activation][1]


def flat_beyond(name: str, threshold: float) -> float:
    """The |z| from which sigmoid or tanh are saturated: where 1 - y^2, for the sigmoid 4 y (1 - y), is the share."""
    return math.atanh(math.sqrt(1 - threshold)) * (2 if name == "sigmoid" else 1)


@expected(
    "share of the units that are saturated", applies=lambda at: many(at) and at.activation not in ("gelu", "swish")
)
def saturated_share(parameters: Parameters) -> float:
    name, sigma, threshold = parameters.activation, parameters.deviation, parameters.threshold
    match name:
        case "sigmoid" | "tanh":
            return 2 * NormalDist(0, sigma).cdf(-flat_beyond(name, threshold))
        case "softplus":
            return NormalDist(0, sigma).cdf(math.log(threshold / (1 - threshold)))
        case "leaky":
            return 0.5 if threshold > LEAK else 0.0
    return 0.5 if name == "relu" else 0.0


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("output", "one thinks that ReLU is bounded by 1")
def bounded_by_one(parameters: Parameters) -> float:
    return min(max(parameters.z, 0.0), 1.0)


@mistake("output", "one forgets the minus sign of the exponent")
def mirrored(parameters: Parameters) -> float:
    return by_hand(parameters.activation, -parameters.z)[0]


@mistake("slope", "one takes y (1 + y)")
def plus_for_minus(parameters: Parameters) -> float:
    return output(parameters) * (1 + output(parameters))


@mistake("slope", "one takes y (1 - y), which is the sigmoid's alone")
def slope_of_the_sigmoid(parameters: Parameters) -> float:
    return output(parameters) * (1 - output(parameters))


@mistake("slope", "one puts z itself where the formula has y")
def z_for_y(parameters: Parameters) -> float:
    z = parameters.z
    return z * (1 - z) if parameters.activation == "sigmoid" else 1 - z * z


@mistake("tanh_from_sigmoid", "one does not double z")
def forgets_to_double(parameters: Parameters) -> float:
    return 2 * by_hand("sigmoid", parameters.z)[0] - 1


@mistake("tanh_from_sigmoid", "one doubles z but forgets to stretch the outputs to -1 .. 1")
def forgets_to_stretch(parameters: Parameters) -> float:
    return by_hand("sigmoid", 2 * parameters.z)[0]


@mistake("largest_slope", "one thinks that every activation is as steep as the identity somewhere")
def as_steep_as_the_identity(parameters: Parameters) -> float:
    return 1.0


@mistake("largest_slope", "one takes the sigmoid's output at 0 for its slope there")
def output_for_slope(parameters: Parameters) -> float:
    return 0.5


@mistake("lowest_output", "one mixes up sigmoid and tanh")
def lower_bound_of_the_other(parameters: Parameters) -> float:
    return 0.0 if parameters.activation == "tanh" else -1.0


@mistake("saturated_share", "one thinks that a smooth function such as tanh never saturates")
def never_saturates(parameters: Parameters) -> float:
    return 0.0


@mistake("saturated_share", "one counts the units of one side only")
def one_side_only(parameters: Parameters) -> float:
    return saturated_share(parameters) / 2


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "the largest slopes are 1/4 of the sigmoid and 1 of tanh, both at 0")
def largest_slopes_at_zero(parameters: Parameters, values: Values) -> Check:
    found = np.abs(np.array([values["largest_slopes"], values["slopes_at_zero"]]) - [0.25, 1])
    return below(found.max(), 1e-12)


@claim(2, "tanh(z) = 2 sigmoid(2z) - 1")
def tanh_is_a_sigmoid(parameters: Parameters, values: Values) -> Check:
    return below(values["tanh_against_sigmoid"], 1e-12)


@claim(3, "in float64 sigmoid stays inside (0, 1) for |z| < 36, tanh inside (-1, 1) for |z| < 18")
def open_intervals(parameters: Parameters, values: Values) -> Check:
    of_sigmoid, of_tanh = values["extremes"]
    return true((of_sigmoid > 0).all() and (np.abs(of_tanh) < 1).all() and (of_sigmoid < 1).all())


@claim(
    4,
    "the saturated share never falls with sigma; at variance 100 it is 0.663 of the sigmoid and 0.827 of tanh",
    applies=many,
    domain="100,000 samples or more",
)
def saturation_grows_with_the_spread(parameters: Parameters, values: Values) -> Check:
    if (np.diff(values["sweep"]) < 0).any():
        return true(False)
    return below(np.abs(values["shares_at_variance_100"] - [0.663, 0.827]).max(), 0.01)


@claim(5, "ReLU makes half of the outputs exactly 0, whatever sigma", applies=many, domain="100,000 samples or more")
def relu_makes_half_zero(parameters: Parameters, values: Values) -> Check:
    return about(values["zero_share_of_relu"], 0.5, absolute=0.01)


@claim(6, "every slope is the central difference within 1e-6, away from kinks")
def slopes_are_differences(parameters: Parameters, values: Values) -> Check:
    return below(values["difference_of_slopes"], 1e-6)


@claim(
    7,
    "rectifiers of slope a = 0, 1/4, 1/2, 1 below 0 keep (1 + a^2) / 2 of the mean square of normal sums, within 0.015",
    applies=many,
    domain="100,000 samples or more",
)
def rectifiers_keep_a_share(parameters: Parameters, values: Values) -> Check:
    """The worst error; the standard error is at most sqrt(3/4 / samples), 0.0027, of ReLU."""
    return below(np.abs(values["kept_by_rectifiers"] - (1 + SLOPES**2) / 2).max(), 0.015)


if __name__ == "__main__":
    main()
