"""Gradient descent ends in the basin where it starts, and a gradient of zero says nothing about the error.

Does gradient descent find the minimum? Only a minimum, or not even that. The double well

    f(x) = x^4 - 3 x^2 + x,    f'(x) = 4 x^3 - 6 x + 1 = 0    at    -1.30084, 0.16994, 1.13090

has a deep minimum on the left, a shallow one on the right, and a maximum between them, which parts their basins. For
rates up to 0.01 a step x - lr f'(x) is an increasing function on [-2, 2] that leaves the maximum where it is: no start
ever crosses it, and a smaller rate changes nothing. Noise does: x <- x - lr f'(x) + s sqrt(2 lr) N(0, 1) visits x in
proportion to e^(-f(x) / s^2) in the long run (Langevin dynamics; Welling & Teh 2011, eq. 3). Here s fades to 0.

It is the composition that spoils convexity, not a non-linearity: the linear network w_1 w_2 with the loss
L = (w_1 w_2 - 1)^2 / 2, on the examples x = 1 and -1 with the targets y = x, has a hyperbola of minima, and at (0, 0)
a gradient of 0 with L = 1/2, since its Hessian

    [[w_2^2, 2 w_1 w_2 - 1], [2 w_1 w_2 - 1, w_1^2]]

has the eigenvalues -1 and 1 there: a saddle (compare Saxe et al. 2014). A single sigmoid unit with cross-entropy is
convex, its Hessian X' diag(p (1 - p)) X / m having no negative eigenvalue (Bishop 2006, eq. 4.97). Measured Hessians
come from a complex step of the gradient (Squire & Trapp 1998).
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
    Mark,
    ParameterError,
    Points,
    Progress,
    Result,
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "Local minima and where one starts"
TOPIC = "Loss surfaces"

TIME = 20  # lr x steps of the descents without noise: enough to arrive
COPIES = 10  # of each start
LEVELS = np.linspace(0, 1, 6)  # of the noise, to compare

Array = NDArray[Any]
Values = Mapping[str, Any]

# The zeros of f' by Viete's formula (Press et al. 2007, section 5.6), from the left.
LEFT, TOP, RIGHT = (math.sqrt(2) * math.cos((math.acos(-math.sqrt(2) / 4) + 2 * math.pi * k) / 3) for k in (1, 2, 0))


@dataclass(frozen=True)
class Parameters:
    """Descents in the double well, one start to follow, and a point of the linear network."""

    starts: int = parameter(9, low=2, high=41, help="spread evenly over -2 .. 2")
    learning_rate: float = parameter(0.01, low=0.001, high=0.05, scale="log", help="of the descents")
    noise: float = parameter(0.0, low=0.0, high=1.0, help="s at the beginning; it fades")
    steps: int = parameter(2000, low=10, high=10_000, scale="log", help="of the descents")
    start: float = parameter(0.5, low=-2.0, high=2.0, help="of a descent with the rate 0.01 and no noise")
    weights: tuple[float, ...] = parameter((0, 0), low=-3, high=3, help="w_1 and w_2 of the linear network")

    def __post_init__(self) -> None:
        """The linear network has two weights."""
        if len(self.weights) != 2:
            raise ParameterError(f"weights holds {len(self.weights)} numbers", "give two, w_1 and w_2")


def f(x: Any) -> Any:
    """The double well."""
    return x * x * x * x - 3 * x * x + x


def slope(x: Any) -> Any:
    """f'(x)."""
    return (4 * x * x - 6) * x + 1


def network_gradient(w: Array) -> Array:
    """dL/dw of L = (w_1 w_2 - 1)^2 / 2, for w of shape (2, ...)."""
    return np.asarray((w[0] * w[1] - 1) * w[::-1])


def hessian(gradient: Callable[[Array], Array], w: Array) -> Array:
    """The derivatives (n, n) of a gradient at w (n,), by a complex step along each axis."""
    return np.array([gradient(w + 1e-20j * axis).imag / 1e-20 for axis in np.eye(w.size)])


def descend(x: Array, rate: float, steps: int) -> Array:
    """Where gradient descent without noise ends; steps that change nothing any more are not taken."""
    for k in range(steps):
        before, x = x, x - rate * slope(x)
        if k % 50 == 0 and np.array_equal(x, before):
            break
    return x


def wander(
    x: Array, noise: Array, parameters: Parameters, rng: np.random.Generator, progress: Progress
) -> tuple[Array, Array]:
    """Descents from x (runs,) with linearly fading noise (levels,): the way of the first level's, and where all end.

    (steps + 1, runs) and (levels, runs); the levels share their random numbers.
    """
    rate, steps = parameters.learning_rate, parameters.steps
    path, now = np.empty((steps + 1, x.size)), np.tile(x, (noise.size, 1))
    for k in range(steps):
        path[k] = now[0]
        fading = math.sqrt(2 * rate) * (1 - k / steps) * noise[:, None]
        now = now - rate * slope(now) + fading * rng.normal(size=x.size)
        if k % 100 == 0:
            progress(k / steps)
    path[-1] = now[0]
    return path, now


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Descend with and without noise, look at one point of the linear network, and at a convex loss."""
    starts = np.linspace(-2, 2, parameters.starts)
    levels = np.array([parameters.noise, *LEVELS])
    path, ends = wander(np.tile(starts, COPIES), levels, parameters, rng, progress)
    shares = (ends < TOP).mean(axis=1)
    quiet = np.array([descend(starts, rate, round(TIME / rate)) for rate in (0.01, 0.003, 0.001)])
    end = descend(np.array([parameters.start]), 0.01, 2000)[0]
    w, x = np.array(parameters.weights), np.array([1, -1])

    X, y, weights = rng.normal(size=(50, 3)), rng.integers(0, 2, 50), 3 * rng.normal(size=(20, 3))
    curvatures = [hessian(lambda v: X.T @ (1 / (1 + np.exp(-X @ v)) - y) / y.size, one) for one in weights]
    values: dict[str, Any] = {
        "starts": starts,
        "ends": ends[0].reshape(COPIES, -1),
        "share_in_the_deeper": shares[0],
        "minimum_from_start": end,
        "loss_from_start": f(end),
        "network_loss": ((w[1] * (w[0] * x) - x) ** 2).mean() / 2,
        "network_gradient": network_gradient(w),
        "eigenvalues": np.linalg.eigvalsh(hessian(network_gradient, w)),
        "quiet_ends": quiet,
        "minimum_values": f(np.array([quiet.min(), quiet.max()])),
        "gradient_at_origin": np.linalg.norm(network_gradient(np.zeros(2))),
        "eigenvalues_at_origin": np.linalg.eigvalsh(hessian(network_gradient, np.zeros(2))),
        "least_convex_eigenvalue": np.linalg.eigvalsh(curvatures).min(),
    }
    return Result(values, draw(parameters, path[:, : starts.size], shares[1:], w))


def draw(parameters: Parameters, path: Array, shares: Array, w: Array) -> tuple[Figure, ...]:
    """The well with starts and ends, the paths, what noise does, and the valley of the linear network."""
    x, step, ends = np.linspace(-2.1, 2.1, 85), np.arange(1, parameters.steps + 2), path[[0, -1]]
    well: list[Mark] = [Line(x, f(x), "f")]
    well += [Points(one, f(one), name) for one, name in zip(ends, ("starts", "ends"), strict=True)]
    shown = np.linspace(0, parameters.starts - 1, min(5, parameters.starts)).round().astype(int)
    thin = np.unique(np.geomspace(1, step.size, 200).round().astype(int)) - 1
    paths = [Line(step[thin], path[thin, k], f"from {path[0, k]:.3g}") for k in shown]
    branch = np.geomspace(1 / 3, 3, 41)
    way = [np.column_stack([w, w + 0.01])]
    for _ in range(400):
        way.append(way[-1] - 0.03 * network_gradient(way[-1]))
    w_1, w_2 = np.array(way).transpose(1, 2, 0)
    branches = np.concatenate([-branch, branch])
    marks: list[Mark] = [Points(branches, 1 / branches, "minima")]
    marks += [Line(w_1[0], w_2[0], "descent"), Line(w_1[1], w_2[1], "nudged"), Points([0], [0], "saddle")]
    return (
        Figure("Descents in a double well", Axis("x"), Axis("f(x)"), well),
        Figure("Paths", Axis("step + 1", "log"), Axis("x"), paths),
        Figure(
            "Noise finds the deeper well", Axis("noise s at the start"), Axis("share of runs"), [Line(LEVELS, shares)]
        ),
        Figure("Linear network of two layers", Axis("w_1"), Axis("w_2"), marks),
    )


# --- what a card may ask ------------------------------------------------------------------------------------------


def off_the_top(at: Parameters) -> bool:
    """The start is not so near to the maximum that it takes long to leave."""
    return abs(at.start - TOP) >= 1e-3


def calm(at: Parameters) -> bool:
    """There is no noise, and the rate is small enough for no step to cross the maximum."""
    return at.noise == 0 and at.learning_rate <= 0.01


@expected("where gradient descent from the start ends", applies=off_the_top)
def minimum_from_start(parameters: Parameters) -> float:
    return LEFT if parameters.start < TOP else RIGHT


@expected("f where gradient descent from the start ends", applies=off_the_top)
def loss_from_start(parameters: Parameters) -> float:
    return float(f(minimum_from_start(parameters)))


@expected("share of the starts from which descent ends in the deeper minimum", applies=calm)
def share_in_the_deeper(parameters: Parameters) -> float:
    return float((np.linspace(-2, 2, parameters.starts) < TOP).mean())


@expected("loss of the linear network at its weights")
def network_loss(parameters: Parameters) -> float:
    w_1, w_2 = parameters.weights
    return (w_1 * w_2 - 1) ** 2 / 2


@expected("eigenvalues of the Hessian of the linear network at its weights, the smaller one first")
def eigenvalues(parameters: Parameters) -> Any:
    w_1, w_2 = parameters.weights
    middle, root = (w_1**2 + w_2**2) / 2, math.hypot((w_1**2 - w_2**2) / 2, 2 * w_1 * w_2 - 1)
    return np.array([middle - root, middle + root])


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("minimum_from_start", "one thinks that gradient descent finds the global minimum")
def finds_the_global_minimum(parameters: Parameters) -> float:
    return LEFT


@mistake("minimum_from_start", "one takes the nearest minimum instead of going downhill")
def takes_the_nearest(parameters: Parameters) -> float:
    return LEFT if parameters.start < (LEFT + RIGHT) / 2 else RIGHT


@mistake("minimum_from_start", "one stops wherever the gradient is zero, and thus at the maximum")
def stops_at_the_top(parameters: Parameters) -> float:
    return TOP


@mistake("loss_from_start", "one thinks that gradient descent finds the global minimum")
def global_loss(parameters: Parameters) -> float:
    return float(f(LEFT))


@mistake("share_in_the_deeper", "one thinks that gradient descent finds the global minimum from everywhere")
def everywhere(parameters: Parameters) -> float:
    return 1.0


@mistake("network_loss", "one thinks that a gradient of zero means a small error")
def zero_gradient_means_no_error(parameters: Parameters) -> float:
    return 0.0


@mistake("eigenvalues", "one thinks that a linear network has a convex loss, however deep")
def deep_linear_is_convex(parameters: Parameters) -> Any:
    return np.sort(np.abs(eigenvalues(parameters)))


@mistake("eigenvalues", "one takes the diagonal of the Hessian for its eigenvalues")
def diagonal_only(parameters: Parameters) -> Any:
    return np.sort(np.array(parameters.weights) ** 2)


# --- claims -------------------------------------------------------------------------------------------------------


@claim(
    1,
    "all descents end at -1.30084 or 1.13090, the outer zeros of f', within 1e-6",
    applies=lambda at: calm(at) and at.learning_rate * at.steps >= 10,
    domain="no noise, lr <= 0.01, lr x steps >= 10",
)
def ends_are_minima(parameters: Parameters, values: Values) -> Check:
    ends = values["ends"]
    return below(np.minimum(np.abs(ends - LEFT), np.abs(ends - RIGHT)).max(), 1e-6)


@claim(2, "starts below 0.16994 go left, the others right", applies=calm, domain="no noise, lr <= 0.01")
def the_start_decides(parameters: Parameters, values: Values) -> Check:
    return true(((values["ends"] < TOP) == (values["starts"] < TOP)).all())


@claim(3, "rates of 0.003 and 0.001 end in the same basins as 0.01")
def smaller_rates_change_nothing(parameters: Parameters, values: Values) -> Check:
    left = values["quiet_ends"] < TOP
    return true((left == left[0]).all())


@claim(4, "the minima have the values -3.5139 and -1.0702, within 1e-4")
def one_is_deeper(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["minimum_values"] - [-3.5139, -1.0702]).max(), 1e-4)


@claim(5, "at (0, 0) the linear network has gradient 0, loss 1/2 and eigenvalues -1 and 1, 1e-12")
def zero_gradient_with_an_error(parameters: Parameters, values: Values) -> Check:
    gradient, found = values["gradient_at_origin"], values["eigenvalues_at_origin"]
    return below(max(gradient, *np.abs(found - [-1, 1])), 1e-12)


@claim(6, "the Hessian of one sigmoid unit with cross-entropy has no eigenvalue below -1e-10")
def one_unit_is_convex(parameters: Parameters, values: Values) -> Check:
    return above(values["least_convex_eigenvalue"], -1e-10)


if __name__ == "__main__":
    main()
