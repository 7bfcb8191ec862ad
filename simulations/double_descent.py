"""Test error peaks where the weights are as many as the examples, and falls again beyond; ridge removes the peak.

Must a model with more weights than examples overfit? Let y = X w* + noise, with n examples of D features, x ~ N(0, I),
w_j*^2 = 1/D so that |w*| = 1, and noise of variance sigma^2. Least squares sees the first p features only, X (n, p):

    p <= n:  w = (X'X)^-1 X'y,          p >= n:  w = X'(XX')^-1 y, the shortest of all w that fit every example,

and in both cases w = X^+ y. Since x is N(0, I), the test error including noise, the risk, is |w - w*|^2 + sigma^2. Its
mean is known (Belkin, Hsu & Xu 2020, theorem 1). With s = p/D and v = 1 - s + sigma^2, the noise and what the
unseen features add to it,

    p <= n - 2:  v (1 + p / (n - p - 1)),          p >= n + 2:  s (1 - n/p) + v (1 + n / (p - n - 1)),

infinite for n - 1 <= p <= n + 1. There a single w fits, bent to the noise: the smallest singular value of X is nearly
0, |w| explodes, and so does the risk. With more features many w fit, and the shortest of them is tame.

Ridge, min |y - Xw|^2 + lam |w|^2, is w = (X'X + lam)^-1 X'y = X'(XX' + lam)^-1 y. Well tuned it has no peak (Nakkiran,
Venkat, Kakade & Ma 2021). lam is given in units of sigma^2 D, the best value at p = D: the variance of the noise over
that of w_j*. Below p = D what is unseen is noise too, and v D would be best.

Every solve takes the smaller Gram matrix, of size min(n, p), for many trials at once; p = n solves Xw = y, since a Gram
matrix squares the condition number. F = X' has shape (trials, D, n), its first p rows are the features seen; y is
(trials, n).
"""

from collections.abc import Iterator, Mapping
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
    Progress,
    Result,
    below,
    between,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "Double descent"
TOPIC = "Generalisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

CHUNK = 25  # trials that are solved together: their matrices stay in the cache


@dataclass(frozen=True)
class Parameters:
    """A linear problem, of whose features a model sees the first ones."""

    examples: int = parameter(40, low=10, high=60, help="n, the size of the training set")
    features: int = parameter(400, low=30, high=600, scale="log", help="D, all features; 2 n or more")
    used: int = parameter(80, low=2, high=600, scale="log", help="p, the features that the model sees")
    noise: float = parameter(0.5, low=0.05, high=2, scale="log", help="sigma, standard deviation of y's noise")
    ridge: float = parameter(1.0, low=0.001, high=1000, scale="log", help="penalty lam, in units of sigma^2 D")
    trials: int = parameter(200, low=50, high=400, help="training sets, for means and medians")

    def __post_init__(self) -> None:
        """The model sees what is there, and there is room beyond the peak."""
        if self.features < 2 * self.examples:
            what = f"parameter features: {self.features} are too few for {self.examples} examples"
            raise ParameterError(what, f"give {2 * self.examples} or more")
        if self.used > self.features:
            raise ParameterError(f"parameter used: there are {self.features} features only, not {self.used}")

    @property
    def penalty(self) -> float:
        """lam = ridge sigma^2 D."""
        return self.ridge * self.noise**2 * self.features

    @property
    def counts(self) -> Array:
        """The p of the sweep: evenly spread on a log scale, denser around n, and the chosen one."""
        even, near = np.geomspace(2, self.features, 22), self.examples + np.array([-10, -5, -2, -1, 0, 1, 2, 5, 10])
        counts = np.unique(np.concatenate([even.round(), near, [10, self.used]])).astype(int)
        return counts[counts >= 2]


def sweep(F: Array, y: Array, counts: Array, lam: float) -> Iterator[tuple[Array, Array]]:
    """The min-norm and the ridge weights, each (trials, p), for each p of the counts, which ascend."""
    n = y.shape[-1]
    right = y[..., None]
    inner, moment = F[:, :n] @ F[:, :n].swapaxes(1, 2), F[:, :n] @ right  # X'X and X'y of the first n features
    outer, done = np.zeros_like(inner), 0  # XX' of the first `done` features
    for p in counts:
        added, done = F[:, done:p], p
        outer += added.swapaxes(1, 2) @ added
        if p < n:
            K = inner[:, :p, :p]
            w, shrunk = np.linalg.solve(K, moment[:, :p]), np.linalg.solve(K + lam * np.eye(p), moment[:, :p])
        else:
            a = np.concatenate([np.linalg.solve(outer + one * np.eye(n), right) for one in (0, lam)], axis=2)
            w, shrunk = np.split(F[:, :p] @ a, 2, axis=2)
            if p == n:
                w = np.linalg.solve(F[:, :n].swapaxes(1, 2), right)
        yield w[..., 0], shrunk[..., 0]


def risk_of(w: Array, features: int, noise: float) -> Array:
    """|w - w*|^2 + sigma^2 of weights (trials, p); those of the unseen features are 0."""
    p = w.shape[-1]
    return np.asarray(((w - features**-0.5) ** 2).sum(axis=-1) + (1 - p / features) + noise**2)


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Fit models of every size to many training sets."""
    n, D, sigma, counts = parameters.examples, parameters.features, parameters.noise, parameters.counts
    found = np.empty((4, counts.size, parameters.trials))  # risk, |w|, training error, risk with ridge
    traces, residuals = [], []  # at the chosen p: of the inverse Gram matrix, and of noise of variance 1
    for first in range(0, parameters.trials, CHUNK):
        chunk = slice(first, min(first + CHUNK, parameters.trials))
        F = rng.standard_normal((chunk.stop - first, D, n))
        y = F.sum(axis=1) / D**0.5 + sigma * rng.standard_normal((len(F), n))
        for k, (w, shrunk) in enumerate(sweep(F, y, counts, parameters.penalty)):
            fitted = (w[:, None] @ F[:, : counts[k]])[:, 0]
            train = ((y - fitted) ** 2).mean(axis=-1)
            found[:, k, chunk] = risk_of(w, D, sigma), np.linalg.norm(w, axis=-1), train, risk_of(shrunk, D, sigma)
        seen = F[:, : parameters.used]
        X, p = seen.swapaxes(1, 2), parameters.used
        inverse = np.linalg.inv(seen @ X if p < n else X @ seen)
        traces.append(np.trace(inverse, axis1=1, axis2=2))
        if p < n:
            noise = rng.standard_normal((len(F), n, 20))
            residuals.append(((noise - X @ (inverse @ (seen @ noise))) ** 2).mean(axis=(1, 2)))
        progress(chunk.stop / parameters.trials)
    risk, norm, train, ridge_risk = found
    median, at = np.median(risk, axis=1), int(np.searchsorted(counts, parameters.used))
    unseen = 1 - parameters.used / D + sigma**2
    blind = max(0, parameters.used - n) / D  # what of w* is orthogonal to every example, on average
    values: dict[str, Any] = {
        "risk": blind + unseen * (1 + np.concatenate(traces).mean()),  # the mean over noise and w* is taken exactly
        "train_error": unseen * np.concatenate(residuals).mean() if residuals else train[at].mean(),
        "peak": counts[median.argmax()],
        "best_features": counts[risk.mean(axis=1).argmin()],
        "used_features": counts,
        "mean_risk": risk.mean(axis=1),
        "median_risk": median,
        "ridge_risk": ridge_risk.mean(axis=1),
        "mean_train_error": train.mean(axis=1),
        "largest_train_error": train[counts >= n].max(),
        "median_norm": np.median(norm, axis=1),
    }
    return Result(values, draw(parameters, values))


def draw(parameters: Parameters, values: Values) -> tuple[Figure, ...]:
    """The risk over p with its formula, with ridge, and the training error beside the length of the weights."""
    counts, median, mean, n = values["used_features"], values["median_risk"], values["mean_risk"], parameters.examples
    bottom, top = 0.9 * median.min(), 2 * median.max()
    wall = Line([n, n], [bottom, top], "p = n")
    marks: list[Line | Points] = [Line(counts, median, "median"), Points(counts[mean < top], mean[mean < top], "mean")]
    for side, label in ((range(2, n - 1), "formula, p < n"), (range(n + 2, parameters.features + 1), "formula, p > n")):
        marks.append(Line(side, [min(theory(parameters, p), top) for p in side], label))
    x, y = Axis("features used, p", "log"), Axis("test error", "log")
    descent = Figure("Double descent", x, y, [*marks, wall])
    null = Line(counts, np.full(counts.size, 1 + parameters.noise**2), "w = 0")
    tamed = [Line(counts, median, "no penalty"), Line(counts, values["ridge_risk"], "ridge"), null]
    train, norm = values["mean_train_error"], Line(counts, values["median_norm"], "length of w")
    fits = Line(counts[train > 1e-6], train[train > 1e-6], "training error")
    inside = Figure("Training error, weights", x, Axis("error; length", "log"), [fits, norm])
    return descent, Figure("Ridge removes the peak", x, y, tamed), inside


# --- what a card may ask ------------------------------------------------------------------------------------------


def theory(parameters: Parameters, p: int) -> float:
    """The mean risk for |p - n| >= 2."""
    n, s = parameters.examples, p / parameters.features
    v = 1 - s + parameters.noise**2
    return v * (1 + p / (n - p - 1)) if p < n else s * (1 - n / p) + v * (1 + n / (p - n - 1))


def off_the_peak(at: Parameters) -> bool:
    """Ten features away from the peak or more: nearer, means converge slowly."""
    return abs(at.used - at.examples) >= 10


def all_is_best(at: Parameters) -> bool:
    """The formula is least at p = D, by 2 % against all p up to 0.8 D."""
    others = [theory(at, p) for p in range(2, at.features * 4 // 5) if abs(p - at.examples) >= 2]
    return theory(at, at.features) < 0.98 * min(others)


@expected("mean squared error on new data, noise included, of least squares on p features", applies=off_the_peak)
def risk(parameters: Parameters) -> float:
    return theory(parameters, parameters.used)


@expected(
    "mean squared error on the training data of least squares on p features",
    applies=lambda at: off_the_peak(at) or at.used >= at.examples,
)
def train_error(parameters: Parameters) -> float:
    n, p = parameters.examples, parameters.used
    return (1 - p / parameters.features + parameters.noise**2) * max(0, 1 - p / n)


@expected("number of features with the largest test error")
def peak(parameters: Parameters) -> int:
    return parameters.examples


@expected("number of features with the least test error", applies=all_is_best)
def best_features(parameters: Parameters) -> int:
    return parameters.features


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("peak", "one thinks that it needs two weights for each example")
def peak_at_twice_the_examples(parameters: Parameters) -> int:
    return 2 * parameters.examples


@mistake("peak", "one thinks that the error only grows, and is largest or infinite with all features")
def peak_at_all_features(parameters: Parameters) -> int:
    return parameters.features


@mistake("best_features", "one knows the U alone, whose least lies below p = n")
def only_a_u(parameters: Parameters) -> int:
    return min(range(2, parameters.examples - 1), key=lambda p: theory(parameters, p))


@mistake("best_features", "one thinks that as many weights as examples fit best")
def one_weight_for_each_example(parameters: Parameters) -> int:
    return parameters.examples


@mistake("risk", "one goes on along the classical formula, with |n - p| for n - p")
def mirrors_the_classical_side(parameters: Parameters) -> float:
    n, p = parameters.examples, parameters.used
    return (1 - p / parameters.features + parameters.noise**2) * (1 + p / (abs(n - p) - 1))


@mistake("risk", "one forgets the noise of the new data")
def risk_without_noise(parameters: Parameters) -> float:
    return risk(parameters) - parameters.noise**2


@mistake("risk", "one forgets what the unseen features contribute")
def unseen_features_are_harmless(parameters: Parameters) -> float:
    n, p, s, sigma = parameters.examples, parameters.used, parameters.used / parameters.features, parameters.noise
    return sigma**2 * (1 + p / (n - p - 1)) if p < n else s * (1 - n / p) + sigma**2 * (1 + n / (p - n - 1))


@mistake("train_error", "one thinks that the training error peaks and falls with the test error")
def training_peaks_too(parameters: Parameters) -> float:
    n, p = parameters.examples, parameters.used
    return theory(parameters, p if abs(p - n) >= 2 else n + 2)


@mistake("train_error", "one takes it for the noise that no model can remove")
def training_keeps_the_noise(parameters: Parameters) -> float:
    return parameters.noise**2


# --- claims -------------------------------------------------------------------------------------------------------


def default(at: Parameters) -> bool:
    """The problem is the default one; which p is looked at does not matter."""
    return (at.examples, at.features, at.noise) == (40, 400, 0.5)


@claim(1, "the median test error is largest at p = n, or one feature away")
def peak_at_the_examples(parameters: Parameters, values: Values) -> Check:
    return between(values["peak"], parameters.examples - 1, parameters.examples + 1)


@claim(
    2,
    "the mean test error is that of the formula within 15 %, ten features away from n or more",
    applies=lambda at: default(at) and at.trials >= 200,
    domain="40 examples, 400 features, noise 0.5, 200 trials or more",
)
def formula_of_the_risk(parameters: Parameters, values: Values) -> Check:
    far = np.abs(values["used_features"] - parameters.examples) >= 10
    wanted = np.array([theory(parameters, int(p)) for p in values["used_features"][far]])
    return below(np.abs(values["mean_risk"][far] / wanted - 1).max(), 0.15)


@claim(
    3,
    "the median test error of all 400 features is below that of 10, and that below that of 38",
    applies=default,
    domain="40 examples, 400 features, noise 0.5",
)
def second_descent_is_deeper(parameters: Parameters, values: Values) -> Check:
    every, few, many = values["median_risk"][np.searchsorted(values["used_features"], [400, 10, 38])]
    return true(every < few < many)


@claim(4, "the training error is 0 from p = n on (1e-10), for every training set")
def fits_every_example(parameters: Parameters, values: Values) -> Check:
    return below(values["largest_train_error"], 1e-10)


@claim(5, "the median length of w is largest at p = n, or one feature away")
def weights_explode(parameters: Parameters, values: Values) -> Check:
    longest = values["used_features"][values["median_norm"].argmax()]
    return between(longest, parameters.examples - 1, parameters.examples + 1)


@claim(
    6,
    "with ridge, lam = sigma^2 D or more, the mean test error stays within 1.1 times that of w = 0",
    applies=lambda at: at.ridge >= 1 and at.noise >= 0.5,
    domain="ridge of 1 or more, noise of 0.5 or more",
)
def ridge_has_no_peak(parameters: Parameters, values: Values) -> Check:
    """With less noise this lam is too small for p < D, where the unseen features are most of the noise.

    Of 100 runs of 50 trials, else at the defaults, all fail with noise of 0.3, none with 0.4; all with ridge of 0.1.
    """
    return below(values["ridge_risk"].max(), 1.1 * (1 + parameters.noise**2))


@claim(
    7,
    "with ridge, the mean test error is nowhere above a tenth of the median at p = n without",
    applies=lambda at: at.ridge >= 1 and at.noise >= 0.5 and at.examples >= 30,
    domain="ridge of 1 or more, noise of 0.5 or more, 30 examples or more",
)
def ridge_is_far_below_the_peak(parameters: Parameters, values: Values) -> Check:
    """Few examples have a low peak: with 30 features 13 of 200 runs of 50 trials fail at 10 examples, 3 at 15.

    None does at 20 of 60 features. At the defaults 78 of 100 fail with ridge of 0.001, none with less noise.
    """
    at_n = values["median_risk"][np.searchsorted(values["used_features"], parameters.examples)]
    return below(values["ridge_risk"].max() / at_n, 0.1)


if __name__ == "__main__":
    main()
