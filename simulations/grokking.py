"""Test accuracy may rise long after training accuracy: a slow direction and a threshold are enough, and no loss jumps.

Is grokking (Power et al. 2022) a sudden insight? Here is a linear model that groks, without any transformer (Levi, Beck
& Bar-Sinai 2024). A student w learns a teacher w* from N examples of d features, X (N, d) ~ N(0, 1), by gradient
descent on the mean squared error. With Sigma = X'X / N and u = w - w*,

    training loss = u' Sigma u,        test loss = |u|^2        (x ~ N(0, I)),        dw/dt = -2 Sigma u - 2 g w,

where g is the weight decay. Along each eigenvector of Sigma, of eigenvalue lambda, this is solved by

    u(t) = u_end + (u(0) - u_end) e^(-2 (lambda + g) t),        u_end = -g w* / (lambda + g),

and k steps of the rate lr, at time t = k lr, put (1 - 2 lr (lambda + g))^k in place of the exponential. The training
loss weighs the slow directions with their small lambda, the test loss does not: it has to wait for the slowest one. For
large d and N with r = d/N the eigenvalues lie between (1 - sqrt r)^2 and (1 + sqrt r)^2 (Marchenko & Pastur 1967), so
that the slowest gets ever slower as d/N approaches 1. If d > N, d - N directions are never learned at all.

An answer counts as right if its error, which is N(0, loss), is below sqrt(eps): accuracy = erf(sqrt(eps / (2 loss))).
It is 0.95 at the loss eps / 1.96^2 and stays small until shortly before: the loss falls smoothly, the accuracy does
not. t95 is when it gets there, in training or test; 0 stands for never. Drawn in this order: X, w(0) ~ init_scale
N(0, I/d), w* ~ N(0, I/d).
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
    ParameterError,
    Points,
    Result,
    about,
    above,
    below,
    between,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "Grokking in a linear model"
TOPIC = "Generalisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

LONG = 1e9  # times up to this are searched


@dataclass(frozen=True)
class Parameters:
    """A teacher, a student, and what counts as a right answer."""

    features: int = parameter(200, low=10, high=400, scale="log", help="d, weights of teacher and student")
    examples: int = parameter(220, low=10, high=800, scale="log", help="N, the size of the training set")
    tolerance: float = parameter(0.01, low=1e-4, high=0.1, scale="log", help="eps: squared error of a right answer")
    learning_rate: float = parameter(0.01, low=0.0001, high=0.1, scale="log", help="lr of gradient descent")
    steps: int = parameter(100_000, low=100, high=10_000_000, scale="log", help="steps that are shown")
    weight_decay: float = parameter(0.0, low=0, high=1, help="g: penalty on |w|^2")
    init_scale: float = parameter(1.0, low=0, high=10, help="length of w at the start, that of w* being 1")

    def __post_init__(self) -> None:
        """Gradient descent converges for lr < 1 / (lambda_max + g)."""
        # lambda_max is larger than this with a probability below e^(-5^2 / 2) (Davidson & Szarek 2001, theorem II.13).
        steepest = (1 + math.sqrt(self.ratio) + 5 / math.sqrt(self.examples)) ** 2
        if self.learning_rate * (steepest + self.weight_decay) >= 1:
            what = f"parameter learning_rate: {self.learning_rate:g} may diverge with these features and examples"
            raise ParameterError(what, f"give less than {1 / (steepest + self.weight_decay):.2g}")

    @property
    def ratio(self) -> float:
        """d / N."""
        return self.features / self.examples

    @property
    def goal(self) -> float:
        """The loss at which the accuracy is 0.95."""
        return self.tolerance / NormalDist().inv_cdf(0.975) ** 2


@dataclass(frozen=True)
class Modes:
    """The problem in the eigenbasis of Sigma: everything has shape (d,), eigenvalues ascending."""

    eigenvalues: Array
    start: Array  # u(0)
    end: Array  # u after all time

    def losses(self, factors: Array) -> Array:
        """Training and test loss, (2, times), once u(0) - u_end has shrunk by the factors (times, d)."""
        square = (self.end + (self.start - self.end) * factors) ** 2
        return np.array([square @ self.eigenvalues, square.sum(axis=1)])


def decompose(parameters: Parameters, X: Array, w: Array, teacher: Array) -> Modes:
    """Sigma's eigenvectors; the d - N smallest eigenvalues are 0 if d > N, whatever rounding makes of them."""
    eigenvalues, Q = np.linalg.eigh(X.T @ X / len(X))
    eigenvalues[: max(0, parameters.features - parameters.examples)] = 0
    rates = eigenvalues + parameters.weight_decay
    end = -parameters.weight_decay * (teacher @ Q) / np.where(rates > 0, rates, 1)
    return Modes(eigenvalues, (w - teacher) @ Q, end)


def arrivals(losses: Callable[[Array], Array], goal: float) -> list[float]:
    """The first time at which each of the two losses is at the goal, by ever finer grids; 0 if it is never."""
    found = []
    for row in (0, 1):
        times = np.geomspace(1e-4, LONG, 1000)
        for _ in range(5):
            reached = np.flatnonzero(losses(times)[row] <= goal)
            if reached.size == 0:
                break
            k = max(reached[0], 1)
            times = np.linspace(times[k - 1], times[k], 50)
        found.append(float(times[k]) if reached.size else 0.0)
    return found


def accuracy(loss: Array, tolerance: float) -> Array:
    """The share of errors N(0, loss) whose square is below the tolerance."""
    return np.array([math.erf(math.sqrt(tolerance / (2 * one))) for one in np.maximum(loss, 1e-100)])


def loss_at(share: float, tolerance: float) -> float:
    """The loss at which the accuracy is this share, by bisection on a log scale."""
    low, high = 1e-12, 1e6
    for _ in range(100):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if accuracy(np.array([middle]), tolerance)[0] < share else (middle, high)
    return low


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Draw the problem, solve it in its eigenbasis, and find when training and test are at 95 %."""
    d, N, lr = parameters.features, parameters.examples, parameters.learning_rate
    X = rng.standard_normal((N, d))
    w, teacher = np.array([[parameters.init_scale], [1]]) * rng.standard_normal((2, d)) / math.sqrt(d)
    modes = decompose(parameters, X, w, teacher)
    lam, rates = modes.eigenvalues, modes.eigenvalues + parameters.weight_decay

    def flow(times: Array) -> Array:
        return modes.losses(np.exp(-2 * times[:, None] * rates))

    def descent(times: Array) -> Array:
        return modes.losses((1 - 2 * lr * rates) ** np.floor(times[:, None] / lr + 1e-6))

    steps = np.unique(np.geomspace(1, parameters.steps, 300).astype(int))
    train, test = descent(lr * steps)
    t95, t95_descent = arrivals(flow, parameters.goal), arrivals(descent, parameters.goal)
    gap = lam[1] - lam[0]
    late = np.array([6, 12]) / gap if gap > 0 else np.array([1, 2])
    rest = np.log(np.linalg.norm(modes.start * np.exp(-2 * late[:, None] * (lam - lam[0])), axis=1))
    u = w - teacher
    # Marchenko and Pastur's density is sqrt((b - x) (x - a)) / (2 pi (d/N) x): a and b are the zeros of the product.
    a, b = np.polynomial.Polynomial([(1 - parameters.ratio) ** 2, -2 * (1 + parameters.ratio), 1]).roots().real
    values: dict[str, Any] = {
        "edge": a,
        "time_constant_ratio": b / a if a > 0 else 0.0,
        "loss_at_95": loss_at(0.95, parameters.tolerance),
        "smallest_eigenvalue": lam[lam > 0].min(),
        "largest_eigenvalue": lam[-1],
        "t95_train": t95[0],
        "t95_test": t95[1],
        "t95_of_descent": t95_descent,
        "delay_ratio": t95[1] / t95[0] if t95[0] else 0.0,
        "final_losses": [train[-1], test[-1]],
        "largest_rise": max(np.diff(one).max() / one[0] for one in (train, test)),
        "late_slope": (rest[1] - rest[0]) / (late[1] - late[0]) - 2 * lam[0],
        "limit_of_test_loss": flow(np.array([LONG]))[1, 0],
        "null_space_loss": ((u - np.linalg.lstsq(X, X @ u, rcond=None)[0]) ** 2).sum() if d > N else 0.0,
    }
    return Result(values, draw(parameters, steps, train, test, lam))


def draw(parameters: Parameters, steps: Array, train: Array, test: Array, lam: Array) -> tuple[Figure, ...]:
    """Accuracies and losses over the steps of gradient descent, and the eigenvalues beside their limiting density."""
    x, eps, d = Axis("step", "log"), parameters.tolerance, parameters.features
    lines = [Line(steps, accuracy(one, eps), name) for one, name in ((train, "train"), (test, "test"))]
    both = Figure("Accuracy", x, Axis("share of right answers"), [*lines, Line(steps[[0, -1]], [0.95, 0.95], "95 %")])
    lines = [Line(steps, np.maximum(one, 1e-12), name) for one, name in ((train, "train"), (test, "test"))]
    goal = Line(steps[[0, -1]], [parameters.goal] * 2, "loss at 95 %")
    smooth = Figure("The losses are smooth", x, Axis("loss", "log"), [*lines, goal])
    low, high = (1 - math.sqrt(parameters.ratio)) ** 2, (1 + math.sqrt(parameters.ratio)) ** 2
    positive = lam[lam > 0]
    counts, sides = np.histogram(positive, bins=25)
    at = np.linspace(low, high, 202)[1:-1]
    density = np.sqrt((high - at) * (at - low)) / (2 * math.pi * parameters.ratio * at) * d * (sides[1] - sides[0])
    marks: list[Line | Points] = [
        Line(at, density, "limit, large d and N"),
        Points((sides[1:] + sides[:-1]) / 2, counts, "drawn"),
    ]
    spectrum = Figure("Eigenvalues of X'X/N", Axis("eigenvalue"), Axis("number per bin"), marks)
    return both, smooth, spectrum


# --- what a card may ask ------------------------------------------------------------------------------------------


def apart(at: Parameters) -> bool:
    """d and N differ by 2 % or more: where they are equal, the edge is at 0."""
    return abs(at.ratio - 1) > 0.02


@expected("lower edge of the eigenvalues other than 0, for large d and N", applies=apart)
def edge(parameters: Parameters) -> float:
    return (1 - math.sqrt(parameters.ratio)) ** 2


@expected("time constant of the slowest direction that is learned over that of the fastest", applies=apart)
def time_constant_ratio(parameters: Parameters) -> float:
    root = math.sqrt(parameters.ratio)
    return ((1 + root) / (1 - root)) ** 2


@expected("loss at which 95 % of the answers are right")
def loss_at_95(parameters: Parameters) -> float:
    return parameters.goal


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("edge", "one forgets the root of d/N")
def edge_without_root(parameters: Parameters) -> float:
    return (1 - parameters.ratio) ** 2


@mistake("edge", "one forgets the square")
def edge_without_square(parameters: Parameters) -> float:
    return abs(1 - math.sqrt(parameters.ratio))


@mistake("edge", "one takes N/d for d/N")
def edge_of_the_inverse(parameters: Parameters) -> float:
    return (1 - math.sqrt(1 / parameters.ratio)) ** 2


@mistake("time_constant_ratio", "one thinks that training and test accuracy rise together, all directions at one pace")
def one_pace_for_all(parameters: Parameters) -> float:
    return 1.0


@mistake("time_constant_ratio", "one forgets the squares")
def ratio_without_square(parameters: Parameters) -> float:
    root = math.sqrt(parameters.ratio)
    return (1 + root) / abs(1 - root)


@mistake("time_constant_ratio", "one thinks that the delay grows with the examples, as N/d")
def delay_grows_with_examples(parameters: Parameters) -> float:
    return 1 / parameters.ratio


@mistake("loss_at_95", "one thinks that the loss jumps to 0 when the answers become right")
def loss_jumps(parameters: Parameters) -> float:
    return 0.0


@mistake("loss_at_95", "one takes the tolerance for one standard deviation of the errors, which makes 68 % right")
def loss_is_the_tolerance(parameters: Parameters) -> float:
    return parameters.tolerance


@mistake("loss_at_95", "one leaves 5 % in one tail of the errors, and not in both")
def one_tail(parameters: Parameters) -> float:
    return parameters.tolerance / NormalDist().inv_cdf(0.95) ** 2


@mistake("loss_at_95", "one forgets to square the 1.96")
def quantile_without_square(parameters: Parameters) -> float:
    return parameters.tolerance / NormalDist().inv_cdf(0.975)


# --- claims -------------------------------------------------------------------------------------------------------


def problem(at: Parameters, features: int, examples: int) -> bool:
    """This d and N; all else but rate and steps is the default."""
    rest = at.tolerance, at.weight_decay, at.init_scale
    return (at.features, at.examples) == (features, examples) and rest == (0.01, 0, 1)


def default(at: Parameters) -> bool:
    """The default problem, at any rate."""
    return problem(at, 200, 220)


DEFAULT = "200 features, 220 examples, tolerance 0.01, no decay, init scale 1"


@claim(
    1,
    "t95 of gradient descent is that of the flow within 3 %, for training and test",
    applies=lambda at: default(at) and at.learning_rate <= 0.01,
    domain=f"{DEFAULT}, a rate of 0.01 or less",
)
def descent_follows_the_flow(parameters: Parameters, values: Values) -> Check:
    flow = np.array([values["t95_train"], values["t95_test"]])
    return below(np.abs(np.array(values["t95_of_descent"]) / flow - 1).max(), 0.03)


@claim(2, "test accuracy reaches 95 % more than 5 times later than training accuracy", applies=default, domain=DEFAULT)
def test_lags_behind(parameters: Parameters, values: Values) -> Check:
    return above(values["delay_ratio"], 5)


@claim(3, "both losses only fall", applies=lambda at: at.weight_decay == 0, domain="no decay")
def losses_only_fall(parameters: Parameters, values: Values) -> Check:
    """Every rate that is accepted is below 1 / lambda_max; 1e-12 of the first loss is left to rounding."""
    return below(values["largest_rise"], 1e-12)


@claim(
    4,
    "the test loss ends at its part that no example sees (1e-6), so that test accuracy never reaches 95 %",
    applies=lambda at: at.examples >= 100 and at.ratio >= 1.1 and at.weight_decay == 0 and at.tolerance <= 0.02,
    domain="100 examples or more, 1.1 features for each or more, no decay, tolerance of 0.02 or less",
    at={"examples": 150},
)
def what_no_example_sees(parameters: Parameters, values: Values) -> Check:
    gap = abs(values["limit_of_test_loss"] / values["null_space_loss"] - 1)
    return true(gap < 1e-6 and values["t95_test"] == 0)


@claim(
    5,
    "late, ln|w - w*| falls with the slope -2 lambda_min within 2 %: the slowest direction is all that is left",
    applies=lambda at: at.features < at.examples and at.weight_decay == 0,
    domain="fewer features than examples, no decay",
)
def slowest_direction_is_left(parameters: Parameters, values: Values) -> Check:
    """Between 6 and 12 times 1 / (lambda_2 - lambda_min)."""
    return about(values["late_slope"], -2 * values["smallest_eigenvalue"], relative=0.02)


@claim(6, "test accuracy reaches 95 % 4 to 100 times later than training accuracy", applies=default, domain=DEFAULT)
def delay_of_the_default(parameters: Parameters, values: Values) -> Check:
    return between(values["delay_ratio"], 4, 100)


@claim(
    7,
    "the smallest eigenvalue is (1 - sqrt(d/N))^2 within a factor 3",
    applies=lambda at: (at.features, at.examples) == (200, 220),
    domain="200 features, 220 examples",
)
def near_the_edge(parameters: Parameters, values: Values) -> Check:
    return about(values["smallest_eigenvalue"], edge(parameters), factor=3)


@claim(
    8,
    "with twice as many examples as features, the delay is less than 2.5",
    applies=lambda at: problem(at, 200, 400),
    domain="200 features, 400 examples, tolerance 0.01, no decay, init scale 1",
    at={"examples": 400},
)
def examples_end_the_delay(parameters: Parameters, values: Values) -> Check:
    return below(values["delay_ratio"], 2.5)


if __name__ == "__main__":
    main()
