"""The error of a fit is bias squared plus variance plus noise: a richer model lowers the first and raises the second.

Why does the best polynomial have neither the lowest nor the highest degree? Let y = f(x) + noise at n fixed points,
where f(x) = sin 3x. The least-squares polynomial of degree d projects y on a space of d + 1 dimensions, y_hat = H y
with H = Q Q', where Q (n, d + 1) is orthonormal. Fresh noise at the same points gives the in-sample test error (Hastie,
Tibshirani & Friedman 2009, eq. 7.9 and 7.12; Bishop 2006, eq. 3.41 to 3.44), a mean over the points:

    E (y_new - y_hat)^2 = |f - H f|^2 / n  +  sigma^2 tr(H H') / n  +  sigma^2  =  bias^2 + variance + noise,
    E (y - y_hat)^2     = |f - H f|^2 / n  +  sigma^2 tr((I - H)^2) / n                 (the training error).

For a projection tr(H H') = d + 1, so the variance is sigma^2 (d + 1) / n whatever f is. Each degree's space holds the
one before, so bias and training error never grow with it, and the training error says nothing of overfitting.

Ridge regression, min |y - V w|^2 + lam |w|^2, shrinks the fit: H = U diag(s^2 / (s^2 + lam)) U' for V = U diag(s) W'
(Hastie et al., eq. 3.47). It lowers the variance, and pays in bias. V (n, d + 1) holds the Legendre polynomials
P_0 .. P_d at the points, equispaced on [-1, 1]; the penalty is on all their weights, that of the constant P_0 too.

Curves over the degree have shape (n,), for the degrees 0 .. n - 1; Y, one data set per row, is (datasets, n).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    ParameterError,
    Points,
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

TITLE = "Under- and overfitting, bias and variance"
TOPIC = "Generalisation"

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """Noisy points on a sine, the polynomial that is looked at, and a test error for which a bias is wanted."""

    examples: int = parameter(15, low=4, high=30, help="points, equispaced on [-1, 1]")
    noise: float = parameter(0.2, low=0.01, high=2, scale="log", help="standard deviation of y around f")
    degree: int = parameter(3, low=0, high=29, help="of the polynomial; at most examples - 1")
    datasets: int = parameter(200, low=2, high=2000, scale="log", help="draws of the noise")
    ridge: float = parameter(0.1, low=1e-6, high=1000, scale="log", help="penalty lam on the squared weights")
    observed_error: float = parameter(0.065, low=0, high=10, help="a test error: how much of it is bias squared?")

    def __post_init__(self) -> None:
        """More weights than points would have no least-squares solution of their own."""
        if self.degree >= self.examples:
            what = f"parameter degree: {self.degree} does not fit {self.examples} examples"
            raise ParameterError(what, f"give at most {self.examples - 1}")

    @property
    def x(self) -> Array:
        """The points, shape (n,)."""
        return np.linspace(-1, 1, self.examples)

    @property
    def legendre(self) -> Array:
        """V of the chosen degree, (n, degree + 1)."""
        return legvander(self.x, self.degree)


def f(x: Array) -> Array:
    """What the points would lie on without noise."""
    return np.asarray(np.sin(3 * x))


def decompose(H: Array, truth: Array, noise: float) -> tuple[Array, Array]:
    """Bias squared and variance of linear fits y_hat = H y, both (...): H is (..., n, n), f at the points (n,)."""
    return ((truth - H @ truth) ** 2).mean(axis=-1), noise**2 * (H * H).sum(axis=(-2, -1)) / truth.size


def ridge_hats(V: Array, lam: Array) -> Array:
    """H = U diag(s^2 / (s^2 + lam)) U' of each penalty in lam (...), which V (..., n, columns) is broadcast with."""
    U, s, _ = np.linalg.svd(V, full_matrices=False)
    return np.asarray(U * (s**2 / (s**2 + lam[..., None]))[..., None, :] @ U.swapaxes(-1, -2))


def explained(parameters: Parameters, H: Array, direction: Array) -> Any:
    """The bias squared of that multiple of a function, at the points (n,), whose test error is the observed one.

    Found by bisection; 0 if H follows the function, or the error is too small for any.
    """
    low, high = 0.0, float(np.sqrt(parameters.examples * parameters.observed_error))
    for _ in range(60):
        size = (low + high) / 2
        parts = decompose(H, size * direction, parameters.noise)
        low, high = (size, high) if sum(parts) + parameters.noise**2 < parameters.observed_error else (low, size)
    return decompose(H, low * direction, parameters.noise)[0]


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Decompose the error of every degree exactly, then measure it by fitting every degree to many data sets."""
    n, noise, d, truth = parameters.examples, parameters.noise, parameters.degree, f(parameters.x)
    V = legvander(parameters.x, n - 1)
    Q = np.linalg.qr(V)[0]
    H = np.cumsum(Q.T[:, :, None] * Q.T[:, None, :], axis=0)  # the projection for each degree, (degrees, n, n)
    bias, variance = decompose(H, truth, noise)
    residual_noise = noise**2 * ((np.eye(n) - H) ** 2).sum(axis=(1, 2)) / n
    nested = V * np.tri(n)[:, None, :]  # for each degree, V with its further columns set to 0
    ridge_bias, ridge_variance = decompose(ridge_hats(nested, np.full(n, parameters.ridge)), truth, noise)

    Y, fresh = truth + noise * rng.standard_normal((2, parameters.datasets, n))
    fits = Y @ H  # (degrees, datasets, n)
    train = ((Y - fits) ** 2).mean(axis=-1)
    test = ((fresh - fits) ** 2).mean(axis=-1)
    values: dict[str, Any] = {
        "bias_squared": bias[d],
        "variance": variance[d],
        "test_error": (bias + variance)[d] + noise**2,
        "train_error": (bias + residual_noise)[d],
        "best_degree": (bias + variance).argmin(),
        "ridge_bias_squared": ridge_bias[d],
        "ridge_variance": ridge_variance[d],
        "bias_squared_of_observed_error": explained(parameters, H[d], Q[:, min(d + 1, n - 1)]),
        "bias_of_each_degree": bias,
        "variance_of_each_degree": variance,
        "ridge_bias_of_each_degree": ridge_bias,
        "ridge_variance_of_each_degree": ridge_variance,
        "mean_train_errors": train.mean(axis=1),
        "mean_test_errors": test.mean(axis=1),
        "best_degree_by_median": np.median(test, axis=1).argmin(),
        "sampled_variances": fits.var(axis=1, ddof=1).mean(axis=1),
        "largest_rise_of_train_error": np.diff(train, axis=0).max(),
        "largest_interpolation_error": train[-1].max(),
    }
    errors = errors_of(parameters, values)
    return Result(values, (*errors, fits_of(parameters, Y[:3]), penalties(parameters, truth)))


def errors_of(parameters: Parameters, values: Values) -> tuple[Figure, Figure]:
    """The three parts of the test error over the degree, and the training error beside it; tiny parts are left out."""
    degrees, noise = np.arange(parameters.examples), np.full(parameters.examples, parameters.noise**2)
    bias, variance = values["bias_of_each_degree"], values["variance_of_each_degree"]

    def line(y: Array, label: str) -> Line:
        shown = y > 1e-3 * noise
        return Line(degrees[shown], y[shown], label)

    test = line(bias + variance + noise, "test error")
    parts = [test, line(bias, "bias squared"), line(variance, "variance"), line(noise, "noise")]
    measured = Points(degrees, values["mean_test_errors"], "test, measured")
    train = line(values["mean_train_errors"], "train, measured")
    pair: list[Line | Points] = [test, measured, train, line(noise, "noise")]
    x, y = Axis("degree of the polynomial"), Axis("squared error", "log")
    return Figure("Error and its parts", x, y, parts), Figure("Train and test error", x, y, pair)


def fits_of(parameters: Parameters, Y: Array) -> Figure:
    """The polynomials of the chosen degree for a few data sets (few, n), cut where they leave the picture."""
    grid, edge = np.linspace(-1, 1, 201), 1.5 * max(1.0, np.abs(Y).max())
    w = np.linalg.lstsq(parameters.legendre, Y.T, rcond=None)[0]
    curves = np.clip(legvander(grid, parameters.degree) @ w, -edge, edge).T
    lines = [Line(grid, one, f"fit {k}") for k, one in enumerate(curves, 1)]
    truth, points = Line(grid, f(grid), "f(x) = sin 3x"), Points(parameters.x, Y[0], "data set 1")
    return Figure(f"Fits of degree {parameters.degree}", Axis("x"), Axis("y"), [truth, points, *lines])


def penalties(parameters: Parameters, truth: Array) -> Figure:
    """What ridge does to the chosen degree: bias squared, variance and their sum with the noise, over the penalty."""
    lam = np.geomspace(1e-4, 1e3, 71)
    bias, variance = decompose(ridge_hats(parameters.legendre, lam), truth, parameters.noise)
    lines = [Line(lam, bias + variance + parameters.noise**2, "test error")]
    for part, label in ((bias, "bias squared"), (variance, "variance")):
        shown = part > 1e-3 * parameters.noise**2
        lines.append(Line(lam[shown], part[shown], label))
    title = f"Ridge regression of degree {parameters.degree}"
    return Figure(title, Axis("penalty lam", "log"), Axis("squared error", "log"), lines)


# --- what a card may ask ------------------------------------------------------------------------------------------


def biased(at: Parameters) -> bool:
    """The degree leaves a bias that stands out of the rounding errors."""
    return bool(bias_squared(at) > 1e-12)


@expected("bias squared of the chosen degree, a mean over the points", applies=biased)
def bias_squared(parameters: Parameters) -> Any:
    V, truth = parameters.legendre, f(parameters.x)
    return ((truth - V @ np.linalg.lstsq(V, truth, rcond=None)[0]) ** 2).mean()


@expected("variance of the chosen degree's fit, a mean over the points")
def variance(parameters: Parameters) -> float:
    return parameters.noise**2 * (parameters.degree + 1) / parameters.examples


@expected("expected squared error of the chosen degree on fresh noise at the same points")
def test_error(parameters: Parameters) -> Any:
    return bias_squared(parameters) + variance(parameters) + parameters.noise**2


@expected("expected squared error of the chosen degree on its training data", applies=biased)
def train_error(parameters: Parameters) -> Any:
    return bias_squared(parameters) + parameters.noise**2 - variance(parameters)


@expected("degree with the least expected test error")
def best_degree(parameters: Parameters) -> int:
    V, truth = legvander(parameters.x, parameters.examples - 1), f(parameters.x)
    fits = [V[:, :k] @ np.linalg.lstsq(V[:, :k], truth, rcond=None)[0] for k in range(1, len(V) + 1)]
    errors = [((truth - fit) ** 2).sum() + k * parameters.noise**2 for k, fit in enumerate(fits, 1)]
    return int(np.argmin(errors))


@expected("bias squared of the chosen degree with ridge", applies=lambda at: at.ridge >= 0.001)
def ridge_bias_squared(parameters: Parameters) -> Any:
    V, truth = parameters.legendre, f(parameters.x)
    return ((truth - V @ np.linalg.solve(gram(parameters), V.T @ truth)) ** 2).mean()


@expected("variance of the chosen degree with ridge", applies=lambda at: at.ridge >= 0.001)
def ridge_variance(parameters: Parameters) -> Any:
    V = parameters.legendre
    return parameters.noise**2 * ((V @ np.linalg.solve(gram(parameters), V.T)) ** 2).mean() * parameters.examples


@expected(
    "bias squared that is left of the observed test error",
    applies=lambda at: at.degree < at.examples - 1 and noisy_share(at) < 0.99 * at.observed_error,
)
def bias_squared_of_observed_error(parameters: Parameters) -> float:
    return parameters.observed_error - noisy_share(parameters)


def noisy_share(parameters: Parameters) -> float:
    """What the noise makes of the test error: in the fit, and in the new points."""
    return variance(parameters) + parameters.noise**2


def gram(parameters: Parameters) -> Array:
    """V'V + lam I of the chosen degree."""
    V = parameters.legendre
    return np.asarray(V.T @ V + parameters.ridge * np.eye(parameters.degree + 1))


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("best_degree", "one thinks that more parameters always lower the test error")
def most_parameters_win(parameters: Parameters) -> int:
    return parameters.examples - 1


@mistake("best_degree", "one thinks that the bias grows with the degree, as the variance does")
def bias_grows_too(parameters: Parameters) -> int:
    return 0


@mistake("test_error", "one takes the training error for it")
def judges_by_training(parameters: Parameters) -> Any:
    return train_error(parameters)


@mistake("test_error", "one forgets the noise of the new points, which no model can predict")
def forgets_fresh_noise(parameters: Parameters) -> Any:
    return bias_squared(parameters) + variance(parameters)


@mistake("train_error", "one takes the test error for it")
def trains_as_it_tests(parameters: Parameters) -> Any:
    return test_error(parameters)


@mistake("variance", "one counts the degree d, and not its d + 1 weights")
def forgets_the_constant(parameters: Parameters) -> float:
    return parameters.noise**2 * parameters.degree / parameters.examples


@mistake("variance", "one takes the variance of the noise for that of the fit")
def variance_of_the_noise(parameters: Parameters) -> float:
    return parameters.noise**2


@mistake("variance", "one thinks that a richer model varies less")
def variance_falls_with_the_degree(parameters: Parameters) -> float:
    return parameters.noise**2 * (1 - (parameters.degree + 1) / parameters.examples)


@mistake("bias_squared", "one takes all that is not noise for bias, and forgets that the fits scatter")
def scatter_counts_as_bias(parameters: Parameters) -> Any:
    return bias_squared(parameters) + variance(parameters)


@mistake("ridge_bias_squared", "one thinks that regularisation lowers both, bias as much as variance")
def ridge_lowers_both(parameters: Parameters) -> Any:
    return bias_squared(parameters) * ridge_variance(parameters) / variance(parameters)


@mistake("ridge_bias_squared", "one thinks that regularisation leaves the bias alone")
def ridge_is_free(parameters: Parameters) -> Any:
    return bias_squared(parameters)


@mistake("bias_squared_of_observed_error", "one forgets the noise, which every model has to bear")
def noise_counts_as_bias(parameters: Parameters) -> float:
    return parameters.observed_error - variance(parameters)


@mistake("bias_squared_of_observed_error", "one forgets the variance")
def variance_counts_as_bias(parameters: Parameters) -> float:
    return parameters.observed_error - parameters.noise**2


# --- claims -------------------------------------------------------------------------------------------------------


def sampled(at: Parameters) -> bool:
    """There are data sets enough for the bounds of the sampled numbers."""
    return at.datasets >= 100


@claim(1, "the training error never grows with the degree (1e-9) and ends at 0 (1e-18), for each data set")
def train_error_falls_to_zero(parameters: Parameters, values: Values) -> Check:
    return true(values["largest_rise_of_train_error"] < 1e-9 and values["largest_interpolation_error"] < 1e-18)


@claim(2, "the variance is noise^2 (d+1)/n for each degree d, so it grows with d (relative error 1e-10)")
def variance_grows_with_degree(parameters: Parameters, values: Values) -> Check:
    wanted = parameters.noise**2 * (np.arange(parameters.examples) + 1) / parameters.examples
    return below(np.abs(values["variance_of_each_degree"] / wanted - 1).max(), 1e-10)


@claim(3, "the bias never grows with the degree, but for rounding errors of 1e-15")
def bias_falls_with_degree(parameters: Parameters, values: Values) -> Check:
    return below(np.diff(values["bias_of_each_degree"]).max(), 1e-15)


@claim(
    4,
    "the measured test error is bias^2 + variance + noise^2 for each degree, within 5 standard errors",
    applies=sampled,
    domain="100 data sets or more",
)
def error_is_the_sum_of_its_parts(parameters: Parameters, values: Values) -> Check:
    """The residual is b + sigma (fresh - H old), of covariance sigma^2 (I + H): its mean square's variance is exact."""
    n, sigma, weights = parameters.examples, parameters.noise, np.arange(parameters.examples) + 1
    bias = values["bias_of_each_degree"]
    spread = 2 * sigma**4 * (n + 3 * weights) + 4 * sigma**2 * n * bias
    error = np.sqrt(spread / parameters.datasets) / n
    gap = values["mean_test_errors"] - (bias + values["variance_of_each_degree"] + sigma**2)
    return below(np.abs(gap / error).max(), 5)


@claim(
    5,
    "the best degree by the median test error is one of 3 to 6",
    applies=lambda at: (at.examples, at.noise) == (15, 0.2) and at.datasets >= 200,
    domain="15 examples, noise 0.2, 200 data sets or more",
)
def best_degree_lies_between(parameters: Parameters, values: Values) -> Check:
    """f is odd: 3 and 5 are near each other (0.0550 and 0.0560), 4 and 6 waste a weight, yet won 5 of 3,000 runs."""
    return between(values["best_degree_by_median"], 3, 6)


@claim(6, "ridge has less variance and no less bias than least squares, for each degree")
def ridge_trades_variance_for_bias(parameters: Parameters, values: Values) -> Check:
    """A bias that is only rounding, 1e-30 where the polynomial interpolates, counts as the 0 that it stands for."""
    calmer = values["ridge_variance_of_each_degree"] < values["variance_of_each_degree"]
    biased_as_much = values["ridge_bias_of_each_degree"] >= values["bias_of_each_degree"] - 1e-15
    return true(calmer.all() and biased_as_much.all())


@claim(
    7,
    "the variance over the data sets is the exact one for each degree, within 5 sqrt(2 / (M (d+1))), relatively",
    applies=sampled,
    domain="100 data sets or more",
)
def variance_over_data_sets(parameters: Parameters, values: Values) -> Check:
    """It is chi^2 of (M - 1)(d + 1) degrees of freedom; the largest error is given in units of the bound."""
    weights = np.arange(parameters.examples) + 1
    error = values["sampled_variances"] / values["variance_of_each_degree"] - 1
    return below((np.abs(error) / (5 * np.sqrt(2 / (parameters.datasets * weights)))).max(), 1)


if __name__ == "__main__":
    main()
