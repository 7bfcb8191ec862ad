"""Gradient descent and the learning rate: slow, fast, oscillating, diverging, with a sharp limit at 2 / lambda_max.

Why is a small step slow and a large one fatal? Near a minimum a loss is a quadratic, L(w) = w' H w / 2, with gradient
g = H w. Gradient descent, w <- w - lr g (Goodfellow et al. 2016, eq. 4.5), multiplies the component of w along each
eigenvector of H, of eigenvalue lambda, by the same number in every step (Bishop 2006, exercise 5.25):

    w_k = (1 - lr lambda)^k w_0.

It shrinks if and only if lr < 2 / lambda, and changes its sign in every step if lr > 1 / lambda. The largest eigenvalue
limits the rate; the smallest, the flattest direction, sets the time: about 1 / (lr lambda_min) steps for a factor e.
The rate that shrinks the worst component most is (Nesterov 2004, theorem 2.1.15)

    lr = 2 / (lambda_min + lambda_max),     by (kappa - 1) / (kappa + 1) per step,     kappa = lambda_max / lambda_min.

w, g and the path's points have shape (n,), H is (n, n). `start` is given along the eigenvectors, in the order of the
eigenvalues; a shorter list is repeated. With `rotate` the eigenvectors are a random orthonormal basis, else the axes.
A loss that sums over N examples instead of averaging has N times the eigenvalues, and so 1/N of every limit here.
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

TITLE = "Gradient descent and the learning rate"
TOPIC = "Optimisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

TOLERANCE = 1e-3  # arrived: the distance from the minimum is this share of what it was
DOUBLINGS = 22  # 2^22 steps, taken by repeated squaring, are enough for the slowest rate in the flattest valley


@dataclass(frozen=True)
class Parameters:
    """A quadratic valley, where the path starts, and its steps."""

    eigenvalues: tuple[float, ...] = parameter((1, 25), low=0.01, high=1000, help="curvatures, up to 20 of them")
    learning_rate: float = parameter(0.03, low=0.001, high=1.0, scale="log", help="step = rate x gradient")
    steps: int = parameter(100, low=1, high=10_000, scale="log", help="steps of gradient descent")
    start: tuple[float, ...] = parameter((1,), low=-100, high=100, help="w_0 along each eigenvector")
    rotate: bool = parameter(False, help="turn the eigenvectors away from the axes, at random")

    def __post_init__(self) -> None:
        """Refuse what the bounds of the single numbers cannot: a ParameterError."""
        if len(self.eigenvalues) > 20:
            raise ParameterError(f"{len(self.eigenvalues)} eigenvalues are too many", "give up to 20")
        if len(self.start) > len(self.eigenvalues):
            what = f"start has {len(self.start)} numbers for {len(self.eigenvalues)} eigenvalues"
            raise ParameterError(what, "give one for each eigenvalue, or fewer, which are repeated")
        if max(map(abs, self.start)) < 1e-6:
            raise ParameterError("start is the minimum itself", "give one number of 1e-6 or more")

    @property
    def curvatures(self) -> Array:
        """The eigenvalues as an array, shape (n,)."""
        return np.array(self.eigenvalues)

    @property
    def components(self) -> Array:
        """Where the path starts, along each eigenvector, shape (n,)."""
        return np.resize(self.start, len(self.eigenvalues))

    @property
    def flattest(self) -> float:
        """The smallest eigenvalue."""
        return min(self.eigenvalues)

    @property
    def steepest(self) -> float:
        """The largest one."""
        return max(self.eigenvalues)


def loss(w: Array, H: Array) -> Array:
    """L = w' H w / 2 of each point, shape (..., n)."""
    return np.asarray(0.5 * ((w @ H) * w).sum(axis=-1))


def descend(H: Array, w: Array, rates: Array, steps: int) -> Array:
    """The points of one path per rate, step after step: shape (steps + 1, rates, n)."""
    paths = np.empty((steps + 1, rates.size, w.size))
    paths[0] = w
    for k in range(steps):
        paths[k + 1] = paths[k] - rates[:, None] * (paths[k] @ H)  # H is symmetric: w' H = (H w)'
    return paths


def maps(H: Array, rates: Array) -> list[Array]:
    """What 1, 2, 4, 8 .. steps do to w: M = I - lr H, M^2, M^4 ..; each of shape (rates, n, n)."""
    powers = [np.eye(len(H)) - rates[:, None, None] * H]
    for _ in range(DOUBLINGS):
        powers.append(powers[-1] @ powers[-1])
    return powers


def steps_to_arrive(H: Array, w: Array, rates: Array) -> Array:
    """The first step within the tolerance for each rate, 0 if none is: the last one outside, by its binary digits."""
    outside, count = np.broadcast_to(w, (rates.size, w.size)), np.zeros(rates.size, dtype=int)
    for digit, power in [*enumerate(maps(H, rates))][::-1]:
        trial = (power @ outside[..., None])[..., 0]
        further = ~(np.linalg.norm(trial, axis=-1) <= TOLERANCE * np.linalg.norm(w))
        outside = np.where(further[:, None], trial, outside)
        count += further * 2**digit
    return np.where(count < 2 ** (DOUBLINGS + 1) - 1, count + 1, 0)


def boundary(good: Callable[[Array], Array]) -> float:
    """The largest rate for which `good` holds, within 1e-5, on ever finer grids."""
    low, high = 1e-4, 1e4
    for _ in range(5):
        rates = np.geomspace(low, high, 33)
        k = np.flatnonzero(good(rates))[-1]
        low, high = rates[k], rates[min(k + 1, 32)]
    return math.sqrt(low * high)


def best(H: Array) -> tuple[float, float]:
    """The rate whose worst component shrinks most, and by what: the least spectral norm of I - lr H."""

    def worst(rate: float) -> float:
        return float(np.linalg.norm(np.eye(len(H)) - rate * H, 2))

    ratio, low, high = (math.sqrt(5) - 1) / 2, 0.0, 2 / float(np.linalg.norm(H, 2))
    for _ in range(60):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if worst(left) <= worst(right) else (left, high)
    return (low + high) / 2, worst((low + high) / 2)


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Follow the path, compare it with other rates, and find the limits of the rate by trying."""
    rate, c, n = parameters.learning_rate, parameters.components, len(parameters.eigenvalues)
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0] if parameters.rotate else np.eye(n)
    H, w = (Q * parameters.curvatures) @ Q.T, Q @ c

    def converges(rates: Array) -> Array:
        return np.asarray(loss(maps(H, rates)[-1] @ w, H) < 1e-6 * loss(w, H))

    def keeps_signs(rates: Array) -> Array:
        after = (w - rates[:, None] * (w @ H)) @ Q
        return np.asarray((after * c >= -1e-12 * (c @ c)).all(axis=1))

    with np.errstate(over="ignore", invalid="ignore"):  # what diverges leaves the range of numbers
        limit, (best_rate, best_factor) = boundary(converges), best(H)
        paths = descend(H, w, np.array([rate, best_rate, 0.1 * limit, 0.99 * limit, 1.01 * limit]), parameters.steps)
        losses, near = loss(paths, H), converges(np.array([1.98, 2.02]) / parameters.steepest)
        shares = np.append(np.geomspace(0.003, 0.5, 30), np.linspace(0.52, 0.998, 40))
        sweep = np.append(limit * shares, [rate, rate / 2])
        arrival = steps_to_arrive(H, w, sweep)
    path = paths[:, 0][np.logical_and.accumulate(np.abs(paths[:, 0]).max(axis=1) < 1e100)]  # it ends out there
    values: dict[str, Any] = {
        "path": path @ Q,
        "final_weights": path[-1] @ Q,
        "loss_after_one_step": loss(np.array([w - rate * (H @ w), w + rate * (H @ w)]), H) / loss(w, H),
        "convergence_factor": np.linalg.norm(np.eye(n) - rate * H, 2),
        "largest_stable_rate": limit,
        "converges_near_the_limit": near,
        "oscillation_threshold": boundary(keeps_signs),
        "best_rate": best_rate,
        "best_factor": best_factor,
        "steps_to_tolerance": arrival[-2:],
    }
    names = [f"learning rate {rate:g}", "best rate", "0.1 x limit", "0.99 x limit", "1.01 x limit"]
    plane = (valley(Q, parameters.curvatures, path),) if n == 2 else ()
    return Result(values, (losses_of(losses, names), *plane, arrivals(sweep[:-2], arrival[:-2])))


def losses_of(losses: Array, names: list[str]) -> Figure:
    """The loss of each path, as far as one axis can show them all; `losses` has shape (steps + 1, rates)."""
    lines = []
    for name, one in zip(names, losses.T, strict=True):
        shown = np.flatnonzero(np.logical_and.accumulate((one < 1e4 * one[0]) & (one > 1e-16 * one[0])))
        lines.append(Line(shown, one[shown], name))
    return Figure("Loss of gradient descent", Axis("step"), Axis("loss", "log"), lines)


def valley(Q: Array, curvatures: Array, path: Array) -> Figure:
    """The first 200 points of a path in the plane, (steps, 2), over contours of the loss; a diverging one is cut."""
    path = path[np.abs(path).max(axis=1) <= 4 * np.abs(path[0]).max()][:200]
    angle, first = np.linspace(0, 2 * math.pi, 121), (curvatures * (path[0] @ Q) ** 2).sum()
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    marks: list[Line | Points] = [Line(path[:, 0], path[:, 1], "path"), Points(path[:, 0], path[:, 1], "steps")]
    for share in (0.02, 0.2, 1):
        w = circle * np.sqrt(share * first / curvatures) @ Q.T
        marks.append(Line(w[:, 0], w[:, 1], f"loss {share * first / 2:.3g}"))
    return Figure("The path in the valley", Axis("w_1"), Axis("w_2"), marks)


def arrivals(rates: Array, steps: Array) -> Figure:
    """The steps that each rate needs, where it arrives at all."""
    line = Line(rates[steps > 0], steps[steps > 0])
    return Figure(f"Steps until {TOLERANCE:g} of the distance", Axis("rate", "log"), Axis("steps", "log"), [line])


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


def share(at: Parameters, eigenvalue: float) -> Any:
    """The start's component along this eigenvalue, as a share of the largest one."""
    sizes = np.abs(at.components)
    return sizes[at.curvatures == eigenvalue].max() / sizes.max()


def feels_the_steepest(at: Parameters) -> bool:
    """The start has a component along lambda_max, 1 % of its largest or more: without one it cannot grow."""
    return bool(share(at, at.steepest) >= 0.01)


def followed(at: Parameters) -> bool:
    """The path stays within the range of numbers even uphill, and no rotation leaves rounding errors in it."""
    return not at.rotate and at.steps * math.log1p(at.learning_rate * at.steepest) < 200


@expected("learning rate from which gradient descent diverges", applies=feels_the_steepest)
def largest_stable_rate(parameters: Parameters) -> float:
    return 2 / parameters.steepest


@expected("learning rate above which a weight changes its sign in every step", applies=feels_the_steepest)
def oscillation_threshold(parameters: Parameters) -> float:
    return 1 / parameters.steepest


@expected("learning rate that shrinks the worst component most")
def best_rate(parameters: Parameters) -> float:
    return 2 / (parameters.flattest + parameters.steepest)


@expected("factor per step of the worst component at the best rate")
def best_factor(parameters: Parameters) -> float:
    condition = parameters.steepest / parameters.flattest
    return (condition - 1) / (condition + 1)


@expected("factor per step of the worst component at this rate")
def convergence_factor(parameters: Parameters) -> Any:
    return np.abs(1 - parameters.learning_rate * parameters.curvatures).max()


@expected("weights after the steps, in the order of the eigenvalues", applies=followed)
def final_weights(parameters: Parameters) -> Any:
    return (1 - parameters.learning_rate * parameters.curvatures) ** parameters.steps * parameters.components


@mistake("largest_stable_rate", "one takes where oscillation begins for where divergence does")
def limit_is_one_over_lambda_max(parameters: Parameters) -> float:
    return 1 / parameters.steepest


@mistake("largest_stable_rate", "one thinks that the flattest direction sets the limit")
def limit_from_lambda_min(parameters: Parameters) -> float:
    return 2 / parameters.flattest


@mistake("oscillation_threshold", "one takes where divergence begins for where oscillation does")
def oscillates_when_it_diverges(parameters: Parameters) -> float:
    return 2 / parameters.steepest


@mistake("best_rate", "one thinks that smaller is always better")
def smaller_is_better(parameters: Parameters) -> float:
    return 0.001  # the smallest that can be chosen


@mistake("best_rate", "one looks at the steepest direction alone, which then arrives in one step")
def best_for_lambda_max(parameters: Parameters) -> float:
    return 1 / parameters.steepest


@mistake("best_factor", "one takes 1 - 1/kappa, which the rate 1/lambda_max gives")
def one_minus_one_over_condition(parameters: Parameters) -> float:
    return 1 - parameters.flattest / parameters.steepest


@mistake("convergence_factor", "one looks at the steepest direction alone")
def factor_of_the_steepest(parameters: Parameters) -> float:
    return abs(1 - parameters.learning_rate * parameters.steepest)


@mistake("convergence_factor", "one looks at the flattest direction alone")
def factor_of_the_flattest(parameters: Parameters) -> float:
    return abs(1 - parameters.learning_rate * parameters.flattest)


@mistake("final_weights", "one thinks that the gradient points downhill, and adds it")
def gradient_points_downhill(parameters: Parameters) -> Any:
    return (1 + parameters.learning_rate * parameters.curvatures) ** parameters.steps * parameters.components


@mistake("final_weights", "one forgets that the gradient grows with the curvature")
def forgets_the_curvature(parameters: Parameters) -> Any:
    return (1 - parameters.learning_rate) ** parameters.steps * parameters.components


# --- claims -------------------------------------------------------------------------------------------------------


def stable(at: Parameters) -> bool:
    """The rate is below the limit."""
    return at.learning_rate * at.steepest < 2 - 1e-9


def slow(at: Parameters) -> bool:
    """Steps so small that no component overshoots, and the flattest one needs 20 or more for a factor e."""
    small = at.learning_rate * at.flattest <= 0.05 and at.learning_rate * at.steepest < 1
    return small and bool(share(at, at.flattest) >= 0.1)


@claim(
    1,
    "w_k = (1 - lr lambda)^k w_0 along each eigenvector, within 1e-10",
    applies=lambda at: stable(at) or feels_the_steepest(at),
    domain="a rate below the limit, or a start with a component along lambda_max",
)
def powers_of_one_factor(parameters: Parameters, values: Values) -> Check:
    """Relative to the largest component so far. Elsewhere rounding errors along lambda_max may outgrow the path."""
    path = values["path"]
    factors = 1 - parameters.learning_rate * parameters.curvatures
    wanted = factors ** np.arange(len(path))[:, None] * parameters.components
    scale = np.maximum.accumulate(np.abs(wanted).max(axis=1))
    return below((np.abs(path - wanted).max(axis=1) / scale).max(), 1e-10)


@claim(
    2,
    "it converges if and only if lr < 2 / lambda_max: at 0.99 of that it does, at 1.01 not",
    applies=feels_the_steepest,
    domain="a start with a component along lambda_max",
)
def sharp_limit(parameters: Parameters, values: Values) -> Check:
    return true(values["converges_near_the_limit"].tolist() == [True, False])


@claim(
    3,
    "a component's sign alternates if and only if lr > 1 / lambda",
    applies=lambda at: bool((abs(1 - at.learning_rate * at.curvatures) > 1e-6).all()),
    domain="no component arrives in a single step",
)
def alternating_signs(parameters: Parameters, values: Values) -> Check:
    """Judged while a component stands out of the rounding errors: above 1e-9 of the path's largest so far."""
    path = values["path"]
    clear = np.abs(path) > 1e-9 * np.maximum.accumulate(np.abs(path).max(axis=1))[:, None]
    flips = np.sign(path[1:]) != np.sign(path[:-1])
    wanted = parameters.learning_rate * parameters.curvatures > 1
    return true(((flips == wanted) | ~clear[1:] | ~clear[:-1]).all())


@claim(4, "the best rate is 2 / (lmin + lmax), with the factor (kappa - 1) / (kappa + 1), within 1e-6")
def best_rate_and_factor(parameters: Parameters, values: Values) -> Check:
    error = abs(values["best_rate"] / best_rate(parameters) - 1)
    return below(max(error, abs(values["best_factor"] - best_factor(parameters))), 1e-6)


@claim(
    5,
    "half the rate takes twice the steps, within 5 %",
    applies=slow,
    domain="lr lambda_min <= 0.05, lr lambda_max < 1, a start whose flattest component is 0.1 of the largest or more",
)
def steps_go_with_one_over_the_rate(parameters: Parameters, values: Values) -> Check:
    whole, half = values["steps_to_tolerance"]
    return about(half / whole, 2, relative=0.05)


@claim(6, "a step against the gradient lowers the loss, one along it raises it", applies=stable, domain="lr < 2 / lmax")
def downhill_is_against_the_gradient(parameters: Parameters, values: Values) -> Check:
    down, up = values["loss_after_one_step"]
    return true(down < 1 < up)


if __name__ == "__main__":
    main()
