"""L1 and L2 penalties: both shrink weights, the one by a constant and to exact zeros, the other by a factor.

What does a penalty do to the weights? It is added to the loss: L(w) + lambda R(w) (Goodfellow et al. 2016, section 7.1)

    R = sum |w_i|  (L1, lasso: Tibshirani 1996)     or     R = sum w_i^2  (L2, ridge: Hoerl & Kennard 1970).

With L = |y - X w|^2 / (2 n), G = X'X / n and b = X'y / n, ridge has a closed form, and lasso is a soft threshold in one
coordinate after the other (Friedman et al. 2007) or after each gradient step (ISTA: Beck & Teboulle 2009):

    ridge: (G + 2 lambda I) w = b,     lasso: w = soft(b, lambda) = sign(b) max(|b| - lambda, 0) if G = I.

So lasso has exact zeros, and nothing else from lambda = max |b_i| on; ridge has none. Without a loss, t steps of rate
lr multiply a weight by (1 - 2 lr lambda)^t under L2, and take t lr lambda from its size, down to 0, under L1. Plain
gradient descent with an L2 penalty is decoupled weight decay, w <- (1 - 2 lr lambda) w - lr g. With momentum mu it is
not: the decoupled one ends where a penalty (1 - mu) lambda does (compare Loshchilov & Hutter 2019, section 2).

Conventions: no 1/2 before the L2 penalty, no bias. X is (samples, features), y (samples,), W (strengths, features).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
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
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "L1 versus L2 regularisation"
TOPIC = "Regularisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

STRENGTHS = np.array([0.001, 0.03, 0.1, 0.3, 1, 3, 10])
MOMENTUM = 0.9


@dataclass(frozen=True)
class Parameters:
    """The data and the penalty; and weights of one's own, on which the penalty works alone."""

    strength: float = parameter(0.1, low=0.001, high=10.0, scale="log", help="lambda, the weight of the penalty")
    penalty: str = parameter("l1", choices=("l1", "l2"), help="whose weights are shown over all strengths")
    optimiser: str = parameter("proximal", choices=("proximal", "coordinate"), help="all weights at once, or in turn")
    samples: int = parameter(60, low=10, high=1000, scale="log", help="rows of X")
    features: int = parameter(20, low=2, high=50, help="columns of X")
    informative: int = parameter(4, low=1, high=50, help="features that y depends on, the first ones")
    noise: float = parameter(0.5, low=0.0, high=5.0, help="standard deviation of the noise in y")
    weights: tuple[float, ...] = parameter((1, -2, 3, -4), low=-100, high=100, help="W, for the penalty alone")
    learning_rate: float = parameter(0.05, low=0.001, high=0.05, scale="log", help="of the descents and decays")
    decays: int = parameter(10, low=1, high=1000, scale="log", help="steps t with the penalty alone")

    @property
    def w(self) -> Array:
        """The weights of one's own as an array."""
        return np.array(self.weights)

    @property
    def step(self) -> float:
        """What one step of the L1 penalty takes from a weight."""
        return self.learning_rate * self.strength


def soft(z: Array, threshold: Any) -> Array:
    """The soft threshold: each number nearer to 0 by the threshold, and 0 if it would pass it."""
    return np.asarray(np.sign(z) * np.maximum(np.abs(z) - threshold, 0) + 0.0)  # -0 is 0


def proximal(G: Array, b: Array, lam: Array, penalty: str) -> Array:
    """The weights (strengths, features) of least penalised loss, by gradient steps; after each one L1 thresholds."""
    l1, l2 = (lam[:, None] * (penalty == name) for name in ("l1", "l2"))
    rate = 1 / (np.linalg.norm(G, 2) + 2 * l2)
    W = np.zeros((lam.size, b.size))
    for _ in range(10_000):
        before, W = W, soft(W - rate * (W @ G - b + 2 * l2 * W), rate * l1)
        if np.abs(W - before).max() < 1e-14:
            break
    return W


def coordinate(G: Array, b: Array, lam: Array, penalty: str) -> Array:
    """The same by coordinate descent: each weight in turn takes its best value while the others wait."""
    l1, l2 = (lam * (penalty == name) for name in ("l1", "l2"))
    W = np.zeros((lam.size, b.size))
    for _ in range(2000):
        before = W.copy()
        for j in range(b.size):
            W[:, j] = soft(b[j] - W @ G[j] + W[:, j] * G[j, j], l1) / (G[j, j] + 2 * l2)
        if np.abs(W - before).max() < 1e-14:
            break
    return W


SOLVERS = {"proximal": proximal, "coordinate": coordinate}


def draw(parameters: Parameters, rng: np.random.Generator) -> tuple[Array, Array]:
    """X of independent standard normal numbers, and y = X w + noise; the true w alternates from 2 to -0.5, then 0."""
    X, k = rng.normal(size=(parameters.samples, parameters.features)), min(parameters.features, parameters.informative)
    true_w = np.linspace(2, 0.5, k) * (-1.0) ** np.arange(k)
    return X, X[:, :k] @ true_w + parameters.noise * rng.normal(size=parameters.samples)


def stochastic(X: Array, y: Array, lr: float, lam: float, rng: np.random.Generator) -> Array:
    """200 steps of SGD on 10 rows each, with the L2 penalty and with decoupled decay: (steps, 2, features)."""
    W = np.zeros((200, 2, X.shape[1]))
    for t in range(1, len(W)):
        rows = rng.integers(0, len(y), 10)
        g = (W[t - 1] @ X[rows].T - y[rows]) @ X[rows] / 10
        penalised, decoupled = W[t - 1]
        W[t] = penalised - lr * (g[0] + 2 * lam * penalised), (1 - 2 * lr * lam) * decoupled - lr * g[1]
    return W


def heavy_ball(G: Array, b: Array, lr: float, lam: float) -> Array:
    """Where 3000 steps with momentum end, with the penalty in the gradient and with decoupled decay: (2, features)."""
    W, V = np.zeros((2, b.size)), np.zeros((2, b.size))
    inside, outside = np.array([[2 * lam], [0]]), np.array([[0], [2 * lr * lam]])
    for _ in range(3000):
        V = MOMENTUM * V + W @ G - b + inside * W
        W = W - lr * V - outside * W
    return W


def least(z: Array, lam: float) -> Array:
    """Where (w - z)^2 / 2 + lambda |w| is least, for each z: its slope changes sign there, found by bisection."""
    low, high = -np.abs(z) - 1, np.abs(z) + 1
    for _ in range(80):
        w = (low + high) / 2
        rising = w - z + lam * np.sign(w) > 0
        low, high = np.where(rising, low, w), np.where(rising, w, high)
    return np.asarray((low + high) / 2)


def decay(parameters: Parameters, steps: int) -> Array:
    """The weights of one's own under L1 (proximal steps) and L2 (gradient steps), alone: (steps + 1, 2, weights)."""
    W = np.empty((steps + 1, 2, parameters.w.size))
    W[0] = parameters.w
    for t in range(steps):
        W[t + 1, 0] = soft(W[t, 0], parameters.step)
        W[t + 1, 1] = W[t, 1] - parameters.learning_rate * 2 * parameters.strength * W[t, 1]
    return W


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Fit both penalties over all strengths; compare penalty and decay; let the penalties work alone."""
    lr, lam, t = parameters.learning_rate, parameters.strength, parameters.decays
    (X, y), grid = draw(parameters, rng), np.geomspace(0.001, 10, 41)
    G, b = X.T @ X / len(y), X.T @ y / len(y)
    strengths = np.concatenate([STRENGTHS, [lam, *np.abs(b).max() * np.array([0.999, 1 + 1e-9])], grid])
    fits = {name: SOLVERS[parameters.optimiser](G, b, strengths, name) for name in ("l1", "l2")}
    alone = decay(parameters, max(t, arrival(parameters) + 1) if arrives(parameters) else t)
    values: dict[str, Any] = {
        "gram": G,
        "moment": b,
        "fitted_weights": fits[parameters.penalty][7],
        "zeros": (fits[parameters.penalty][7] == 0).sum(),
        "lasso": fits["l1"][:7],
        "ridge": fits["l2"][:7],
        "zeros_around_the_highest": (fits["l1"][8:10] == 0).sum(axis=1),
        "stochastic": stochastic(X, y, lr, lam, rng),
        "heavy_ball": heavy_ball(G, b, lr, lam),
        "l1_penalty": sum(abs(one) for one in parameters.weights),
        "l2_penalty": sum(one * one for one in parameters.weights),
        "soft_threshold": least(parameters.w, lam),
        "decayed_l1": alone[t, 0],
        "decayed_l2": alone[t, 1],
    }
    if arrives(parameters):
        values["steps_to_zero"] = (alone[:, 0] != 0).sum(axis=0)
    sizes = np.abs(alone[:, :, np.abs(parameters.w).argmax()]).T
    lines = [Line(range(len(alone)), size, name) for size, name in zip(sizes, ("L1", "L2"), strict=True)]
    shrinking = Figure("Largest weight, penalty alone", Axis("step"), Axis("size of the weight"), lines)
    return Result(values, (paths(parameters, grid, fits), geometry(parameters, G, b), shrinking))


def paths(parameters: Parameters, grid: Array, fits: Mapping[str, Array]) -> Figure:
    """The first informative weights over the strength, and between what bounds the others are."""
    weights, others = np.split(fits[parameters.penalty][10:].T, [min(parameters.informative, 6)])
    lines = [Line(grid, one, f"w_{j + 1}") for j, one in enumerate(weights)]
    if others.size:
        lines += [Line(grid, others.max(axis=0), "highest other"), Line(grid, others.min(axis=0), "lowest other")]
    return Figure(f"Weights under {parameters.penalty.upper()}", Axis("strength lambda", "log"), Axis("weight"), lines)


def geometry(parameters: Parameters, G: Array, b: Array) -> Figure:
    """The first and the last feature alone: the contour of the loss touches the diamond or circle at the solution."""
    G, b = G[:: len(G) - 1, :: len(G) - 1], b[:: len(b) - 1]
    w = SOLVERS[parameters.optimiser](G, b, np.array([parameters.strength]), parameters.penalty)[0]
    best, angle, power = np.linalg.solve(G, b), np.linspace(0, 2 * math.pi, 201), int(parameters.penalty[1])
    circle = np.stack([np.cos(angle), np.sin(angle)])
    region = circle / np.linalg.norm(circle, power, axis=0) * np.linalg.norm(w, power)
    eigenvalues, vectors = np.linalg.eigh(G)
    radii = np.sqrt((w - best) @ G @ (w - best) / eigenvalues)
    contour = best[:, None] + vectors @ (radii[:, None] * circle)
    marks = Line(region[0], region[1], "equal penalty"), Line(contour[0], contour[1], "equal loss")
    axes = Axis("weight of the first feature"), Axis("weight of the last")
    return Figure("Loss and penalty", *axes, (*marks, Points(w[:1], w[1:], "solution")))


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


def arrival(at: Parameters) -> int:
    """The steps until the largest weight is 0 under L1."""
    return math.ceil(max(map(abs, at.weights)) / at.step)


def arrives(at: Parameters) -> bool:
    """They are not too many to be taken."""
    return arrival(at) < 2000


@expected("L1 penalty of the weights, without lambda")
def l1_penalty(parameters: Parameters) -> Any:
    return np.abs(parameters.w).sum()


@expected("L2 penalty of the weights, without lambda")
def l2_penalty(parameters: Parameters) -> Any:
    return parameters.w @ parameters.w


@expected("the w that minimises (w - z)^2 / 2 + lambda |w|, for each of the weights as z")
def soft_threshold(parameters: Parameters) -> Array:
    return soft(parameters.w, parameters.strength)


@expected("weights after the decays under L1 alone (proximal steps)")
def decayed_l1(parameters: Parameters) -> Array:
    return soft(parameters.w, parameters.decays * parameters.step)


@expected("weights after the decays under L2 alone")
def decayed_l2(parameters: Parameters) -> Array:
    return np.asarray((1 - 2 * parameters.step) ** parameters.decays * parameters.w)


@mistake("l1_penalty", "one sums the weights with their signs")
def sums_signed_weights(parameters: Parameters) -> Any:
    return parameters.w.sum()


@mistake("l2_penalty", "one takes the square root of the sum")
def takes_the_norm(parameters: Parameters) -> Any:
    return np.linalg.norm(parameters.w)


@mistake("soft_threshold", "one keeps what exceeds the threshold as it is")
def hard_threshold(parameters: Parameters) -> Array:
    return np.where(np.abs(parameters.w) > parameters.strength, parameters.w, 0)


@mistake("soft_threshold", "one subtracts lambda from negative numbers too")
def subtracts_regardless_of_sign(parameters: Parameters) -> Array:
    return np.asarray(parameters.w - parameters.strength)


@mistake("soft_threshold", "one shrinks by a factor, as L2 does")
def shrinks_by_a_factor(parameters: Parameters) -> Array:
    return np.asarray(parameters.w / (1 + 2 * parameters.strength))


@mistake("soft_threshold", "one thinks that a larger lambda regularises less")
def larger_is_weaker(parameters: Parameters) -> Array:
    return soft(parameters.w, 1 / parameters.strength)


@mistake("decayed_l1", "one thinks that the gradient of L1 is proportional to the weight")
def l1_gradient_proportional(parameters: Parameters) -> Array:
    return np.asarray((1 - parameters.step) ** parameters.decays * parameters.w)


@mistake("decayed_l2", "one forgets the 2 of the derivative of a square")
def forgets_the_two(parameters: Parameters) -> Array:
    return l1_gradient_proportional(parameters)


@mistake("decayed_l2", "one subtracts the same amount in every step, and gets exact zeros from L2")
def l2_gives_exact_zeros(parameters: Parameters) -> Array:
    return np.asarray(parameters.w * max(1 - 2 * parameters.step * parameters.decays, 0))


# --- claims -------------------------------------------------------------------------------------------------------


def default_data(at: Parameters) -> bool:
    """The size and the noise of the data are the defaults."""
    return (at.samples, at.features, at.informative, at.noise) == (60, 20, 4, 0.5)


def ridge_solutions(values: Values, strengths: Any) -> Array:
    """The closed form, (strengths, features)."""
    G, b = values["gram"], values["moment"]
    return np.array([np.linalg.solve(G + 2 * lam * np.eye(len(G)), b) for lam in strengths])


@claim(1, "lasso: a larger lambda has no fewer zeros, or one fewer", applies=default_data, domain="default data")
def zeros_grow(parameters: Parameters, values: Values) -> Check:
    """A weight can enter again: 1 of 14,836 seeds (6262) has 16 zeros at 0.1 and 15 at 0.3; none has two fewer."""
    return above(np.diff((values["lasso"] == 0).sum(axis=1)).min(), -1)


@claim(2, "(w - z)^2 / 2 + lambda |w| is least at the soft threshold of z, within 1e-10")
def thresholds_softly(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["soft_threshold"] - soft_threshold(parameters)).max(), 1e-10)


@claim(
    3,
    "ridge: descent ends at (G + 2 lambda I)^-1 b, within 1e-8",
    applies=lambda at: at.samples >= 3 * at.features,
    domain="3 samples or more for each feature",
)
def ridge_closed_form(parameters: Parameters, values: Values) -> Check:
    """Few samples want more steps: of 40 seeds 37 fail at 20 for 20 features (32 by coordinates), none at 25."""
    return below(np.abs(values["ridge"] - ridge_solutions(values, STRENGTHS)).max(), 1e-8)


@claim(4, "lasso: all weights are 0 if and only if lambda >= max |X'y / n|")
def all_zero_from_lambda_max(parameters: Parameters, values: Values) -> Check:
    just_below, just_above = values["zeros_around_the_highest"] == parameters.features
    all_zero, highest = (values["lasso"] == 0).all(axis=1), np.abs(values["moment"]).max()
    return true(just_above and not just_below and (all_zero == (highest <= STRENGTHS)).all())


@claim(5, "L2 alone: w_t = (1 - 2 lr lambda)^t w_0, within 1e-12")
def decays_by_a_factor(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["decayed_l2"] - decayed_l2(parameters)).max() / max(1, *np.abs(parameters.w)), 1e-12)


@claim(
    6, "without absolute values: -2, not 10", applies=lambda at: at.weights == (1, -2, 3, -4), domain="default weights"
)
def signed_sum_can_be_negative(parameters: Parameters, values: Values) -> Check:
    return true([sums_signed_weights(parameters), values["l1_penalty"]] == [-2, 10])


@claim(7, "ridge: the L2 norm of the weights does not grow with lambda")
def ridge_norm_falls(parameters: Parameters, values: Values) -> Check:
    return below(np.diff(np.linalg.norm(values["ridge"], axis=1)).max(), 1e-9)


@claim(
    8,
    "L1 alone: exactly 0 after ceil(|w_0| / (lr lambda)) steps, give or take one for rounding",
    applies=arrives,
    domain="fewer than 2,000 steps",
)
def reaches_zero(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["steps_to_zero"] - np.ceil(np.abs(parameters.w) / parameters.step)).max(), 1)


@claim(9, "plain SGD: penalty lambda sum w^2 and decay 2 lr lambda w go the same way, within 1e-12")
def same_for_plain_descent(parameters: Parameters, values: Values) -> Check:
    W = values["stochastic"]
    return below(np.abs(W[:, 0] - W[:, 1]).max() / max(1, np.abs(W).max()), 1e-12)


@claim(
    10,
    "momentum: the penalty ends at ridge of lambda, decoupled decay at ridge of (1 - mu) lambda, within 1e-6",
    applies=lambda at: default_data(at) and at.learning_rate >= 0.01,
    domain="default data, a learning rate of 0.01 or more",
)
def differs_with_momentum(parameters: Parameters, values: Values) -> Check:
    exact = ridge_solutions(values, parameters.strength * np.array([1, 1 - MOMENTUM]))
    return below(np.abs(values["heavy_ball"] - exact).max(), 1e-6)


@claim(11, "ridge: no weight is exactly 0 at any of these lambdas")
def ridge_has_no_zeros(parameters: Parameters, values: Values) -> Check:
    return below((values["ridge"] == 0).sum(), 0)


@claim(12, "lasso: the L1 norm of the weights does not grow with lambda")
def lasso_norm_falls(parameters: Parameters, values: Values) -> Check:
    """As claims 4 and 7, for any data: none failed in 1,186 runs of 10 to 100 samples and 2 to 50 features."""
    return below(np.diff(np.abs(values["lasso"]).sum(axis=1)).max(), 1e-9)


if __name__ == "__main__":
    main()
