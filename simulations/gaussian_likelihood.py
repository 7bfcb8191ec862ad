"""Squared error is the Gaussian negative log-likelihood with one constant sigma: same minimum, scaled gradient.

Does the negative log-likelihood (NLL) of a regression become the mean squared error (MSE) when sigma is constant? With
the density N(y; mu, s^2) = exp(-(y - mu)^2 / (2 s^2)) / (s sqrt(2 pi)) (Bishop 2006, eq. 1.46), the mean over the
observations is (Bishop, eq. 1.54; Goodfellow et al. 2016, eq. 5.65)

    NLL(mu) = MSE(mu) / (2 s^2) + ln(2 pi s^2) / 2,     dNLL/dmu = (mu - mean(y)) / s^2 = dMSE/dmu / (2 s^2).

So yes: both are least at mu = mean(y) (Bishop, eq. 1.55), whatever s is. That ends where s differs between the
observations: each is weighted by its precision, and the minimum moves to sum(y / s^2) / sum(1 / s^2). Another density
is another loss: Laplace, exp(-|y - mu| / s) / (2 s), gives the absolute error, which is least at the median; and the
cross-entropy is the likelihood of classes, not that of a regression.

y is a vector of shape (n,), mu one prediction for all of it. Losses are means, logarithms natural. If heteroscedastic,
the first half of the observations (with the middle one) has `sigma`, the second half `second_sigma`.
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
)

TITLE = "Squared error as a Gaussian likelihood"
TOPIC = "Outputs and losses"

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """The observations, one prediction for all of them, and the noise that the likelihood assumes."""

    observations: tuple[float, ...] = parameter((1, 2, 2.5, 4, 8), low=-1000, high=1000, help="the data y")
    prediction: float = parameter(2.0, low=-1000.0, high=1000.0, help="mu, one number for all observations")
    sigma: float = parameter(1.0, low=0.1, high=10.0, scale="log", help="standard deviation of the noise")
    heteroscedastic: bool = parameter(False, help="give the second half of the observations a sigma of its own")
    second_sigma: float = parameter(10.0, low=0.1, high=10.0, scale="log", help="of the second half")
    samples: int = parameter(0, low=0, high=1000, help="observations drawn from N(2, sigma^2); 0 takes the list")

    @property
    def y(self) -> Array:
        """The observations as an array."""
        return np.array(self.observations)

    @property
    def mean_squared_error(self) -> Any:
        """The squared error of the prediction, averaged over the observations."""
        return ((self.y - self.prediction) ** 2).mean()

    def sigmas(self, n: int) -> Array:
        """The standard deviation of each of n observations."""
        second = self.second_sigma if self.heteroscedastic else self.sigma
        return np.where(np.arange(n) < (n + 1) // 2, self.sigma, second)


def gaussian(mu: Any, y: Array, s: Array) -> Any:
    """The mean Gaussian NLL of each mu, from the logarithm of the density; mu may be complex, for its derivative."""
    error = np.expand_dims(mu, -1) - y
    return (0.5 * (error / s) ** 2 + np.log(s * math.sqrt(2 * math.pi))).mean(axis=-1)


def laplace(mu: Any, y: Array, s: Array) -> Any:
    """The mean Laplace NLL of each mu, with scale s."""
    return (np.abs(np.expand_dims(mu, -1) - y) / s + np.log(2 * s)).mean(axis=-1)


def squared(mu: Any, y: Array) -> Any:
    """The mean squared error of each mu."""
    return ((np.expand_dims(mu, -1) - y) ** 2).mean(axis=-1)


def slope(loss: Callable[[Any], Any], mu: Any) -> Any:
    """The derivative of a loss at each mu by a complex step, which has no rounding error of a difference."""
    return loss(mu + 1e-20j).imag / 1e-20


def lowest(loss: Callable[[float], Any], low: float, high: float) -> float:
    """Where a loss with one valley is least, by golden-section search."""
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(60):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loss(left) <= loss(right) else (left, high)
    return (low + high) / 2


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Compare the losses, their slopes and their minima over a grid of predictions."""
    n = parameters.samples or len(parameters.observations)
    s = parameters.sigmas(n)
    y = rng.normal(2, s) if parameters.samples else parameters.y
    ends = y.min() - s.min(), y.max() + s.min()
    mu, here = np.linspace(*ends, 401), parameters.prediction

    def nll(at: Any) -> Any:
        return gaussian(at, y, s)

    def mse(at: Any) -> Any:
        return squared(at, y)

    curve, parabola, slopes = nll(mu), mse(mu), np.array([slope(nll, mu), slope(mse, mu)])
    values: dict[str, Any] = {
        "observations": y,
        "mean_squared_error": mse(here),
        "negative_log_likelihood": nll(here),
        "constant_term": gaussian(y[0], y[:1], s[:1]),
        "gradient": slope(nll, here),
        "gradient_ratio": slopes[0, -1] / slopes[1, -1],
        "gradient_ratio_at_the_ends": slopes[0, [0, -1]] / slopes[1, [0, -1]],
        "grid_step": mu[1] - mu[0],
        "minima_on_the_grid": mu[[curve.argmin(), parabola.argmin()]],
        "minimiser": lowest(nll, *ends),
        "laplace_minimiser": lowest(lambda at: laplace(at, y, s), *ends),
    }

    prediction, loss = Axis("prediction"), Axis("NLL in nats; MSE")
    curves = [Line(mu, curve, "Gaussian NLL"), Line(mu, parabola, "MSE"), Line(mu, laplace(mu, y, s), "Laplace NLL")]
    gradients = [Line(mu, slopes[0], "Gaussian NLL"), Line(mu, slopes[1], "MSE")]
    figures = (
        Figure("Loss of one prediction", prediction, loss, curves),
        Figure("Gradients at the prediction", prediction, Axis("gradient"), gradients),
    )
    return Result(values, figures)


# --- what a card may ask ------------------------------------------------------------------------------------------


def one_sigma(at: Parameters) -> bool:
    """All observations share one sigma."""
    return not at.heteroscedastic


def listed(at: Parameters) -> bool:
    """The list is the data: what depends on the data follows from the parameters."""
    return at.samples == 0


def listed_with_one_sigma(at: Parameters) -> bool:
    """Both."""
    return listed(at) and one_sigma(at)


@expected("mean Gaussian NLL at the prediction", unit="nats", applies=listed_with_one_sigma)
def negative_log_likelihood(parameters: Parameters) -> Any:
    return parameters.mean_squared_error / (2 * parameters.sigma**2) + constant_term(parameters)


@expected("the part of the Gaussian NLL without the prediction", unit="nats", applies=one_sigma)
def constant_term(parameters: Parameters) -> float:
    return 0.5 * math.log(2 * math.pi * parameters.sigma**2)


@expected("gradient of the Gaussian NLL with respect to the prediction", applies=listed_with_one_sigma)
def gradient(parameters: Parameters) -> Any:
    return (parameters.prediction - parameters.y.mean()) / parameters.sigma**2


@expected("gradient of the Gaussian NLL over that of the MSE", applies=one_sigma)
def gradient_ratio(parameters: Parameters) -> float:
    return 1 / (2 * parameters.sigma**2)


@expected("the prediction of least Gaussian NLL", applies=listed)
def minimiser(parameters: Parameters) -> Any:
    return np.average(parameters.y, weights=parameters.sigmas(parameters.y.size) ** -2)


@expected("the prediction of least Laplace NLL", applies=lambda at: listed_with_one_sigma(at) and at.y.size % 2 == 1)
def laplace_minimiser(parameters: Parameters) -> Any:
    return np.median(parameters.y)


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("negative_log_likelihood", "one takes the NLL to be the squared error itself")
def nll_equals_mse(parameters: Parameters) -> Any:
    return parameters.mean_squared_error


@mistake("negative_log_likelihood", "one forgets the constant of the density")
def forgets_the_constant(parameters: Parameters) -> Any:
    return parameters.mean_squared_error / (2 * parameters.sigma**2)


@mistake("negative_log_likelihood", "one forgets the half in the exponent")
def forgets_the_half(parameters: Parameters) -> Any:
    return parameters.mean_squared_error / parameters.sigma**2 + constant_term(parameters)


@mistake("negative_log_likelihood", "one puts sigma where the variance belongs")
def uses_sigma_for_variance(parameters: Parameters) -> Any:
    return parameters.mean_squared_error / (2 * parameters.sigma) + constant_uses_sigma(parameters)


@mistake("negative_log_likelihood", "one takes the logarithm to base 10")
def log10_for_ln(parameters: Parameters) -> Any:
    return forgets_the_constant(parameters) + constant_in_log10(parameters)


@mistake("constant_term", "one forgets the square root of the density")
def constant_without_half(parameters: Parameters) -> float:
    return 2 * constant_term(parameters)


@mistake("constant_term", "one puts sigma where the variance belongs")
def constant_uses_sigma(parameters: Parameters) -> float:
    return 0.5 * math.log(2 * math.pi * parameters.sigma)


@mistake("constant_term", "one takes the logarithm to base 10")
def constant_in_log10(parameters: Parameters) -> float:
    return constant_term(parameters) / math.log(10)


@mistake("gradient_ratio", "one forgets that the derivative of a square brings a factor 2")
def ratio_without_half(parameters: Parameters) -> float:
    return parameters.sigma**-2


@mistake("gradient_ratio", "one puts sigma where the variance belongs")
def ratio_uses_sigma(parameters: Parameters) -> float:
    return 1 / (2 * parameters.sigma)


@mistake("gradient_ratio", "one turns the ratio upside down")
def ratio_inverted(parameters: Parameters) -> float:
    return 2 * parameters.sigma**2


@mistake("gradient", "one takes the gradient of the MSE")
def gradient_of_the_mse(parameters: Parameters) -> Any:
    return 2 * (parameters.prediction - parameters.y.mean())


@mistake("gradient", "one divides by sigma instead of the variance")
def gradient_uses_sigma(parameters: Parameters) -> Any:
    return gradient(parameters) * parameters.sigma


@mistake("gradient", "one gives it the sign of the step that goes down")
def gradient_flips_its_sign(parameters: Parameters) -> Any:
    return -gradient(parameters)


@mistake("minimiser", "one takes the median, which belongs to the absolute error")
def takes_the_median(parameters: Parameters) -> Any:
    return np.median(parameters.y)


@mistake("minimiser", "one ignores that some observations are noisier")
def ignores_the_noise(parameters: Parameters) -> Any:
    return parameters.y.mean()


@mistake("minimiser", "one weights by 1/sigma instead of 1/sigma^2")
def weights_by_one_over_sigma(parameters: Parameters) -> Any:
    return np.average(parameters.y, weights=1 / parameters.sigmas(parameters.y.size))


@mistake("minimiser", "one weights by the variance, which trusts the noisiest observations most")
def weights_by_the_variance(parameters: Parameters) -> Any:
    return np.average(parameters.y, weights=parameters.sigmas(parameters.y.size) ** 2)


@mistake("minimiser", "one thinks that a constant sigma moves the minimum as it scales the gradient")
def moves_with_sigma(parameters: Parameters) -> Any:
    return parameters.y.mean() / parameters.sigma**2


@mistake("laplace_minimiser", "one takes the mean, which belongs to the squared error")
def takes_the_mean(parameters: Parameters) -> Any:
    return parameters.y.mean()


@mistake("laplace_minimiser", "one takes the middle between the smallest and the largest")
def takes_the_middle_of_the_range(parameters: Parameters) -> Any:
    return (parameters.y.min() + parameters.y.max()) / 2


# --- claims -------------------------------------------------------------------------------------------------------


def gap(y: Array) -> Any:
    """How far the mean of the first half lies above that of the second; 0 for a single observation."""
    middle = (y.size + 1) // 2
    return y[:middle].mean() - y[middle:].mean() if y.size > 1 else 0


def unequal_halves(at: Parameters) -> bool:
    """Two groups whose sigmas differ by a factor of 2 or more, and whose means differ (drawn ones always do)."""
    twice = max(at.sigma, at.second_sigma) >= 2 * min(at.sigma, at.second_sigma)
    differ = at.samples > 1 or (listed(at) and abs(gap(at.y)) > 1e-3 * np.ptp(at.y))
    return at.heteroscedastic and twice and bool(differ)


@claim(1, "the NLL is MSE / (2 s^2) + ln(2 pi s^2) / 2", applies=one_sigma, domain="one sigma")
def nll_is_scaled_mse(parameters: Parameters, values: Values) -> Check:
    scaled = values["mean_squared_error"] / (2 * parameters.sigma**2)
    return about(values["negative_log_likelihood"], scaled + constant_term(parameters), absolute=1e-12 * max(1, scaled))


@claim(2, "NLL and MSE are least at the mean of the observations", applies=one_sigma, domain="one sigma")
def same_minimiser(parameters: Parameters, values: Values) -> Check:
    distance = np.abs(values["minima_on_the_grid"] - values["observations"].mean())
    return below(distance.max(), values["grid_step"])


@claim(3, "the gradient of the NLL is that of the MSE over 2 s^2", applies=one_sigma, domain="one sigma")
def proportional_gradients(parameters: Parameters, values: Values) -> Check:
    ratios, wanted = values["gradient_ratio_at_the_ends"], gradient_ratio(parameters)
    return about(ratios[np.abs(ratios - wanted).argmax()], wanted, relative=1e-10)


@claim(4, "the Laplace NLL is least at the median, or between both middle ones", applies=one_sigma, domain="one sigma")
def laplace_gives_the_median(parameters: Parameters, values: Values) -> Check:
    y = np.sort(values["observations"])
    return between(values["laplace_minimiser"], y[(y.size - 1) // 2] - 1e-6, y[y.size // 2] + 1e-6)


@claim(
    5,
    "with two sigmas the minimum leaves the mean by more than 5 % of the gap between the groups' means",
    applies=unequal_halves,
    domain="heteroscedastic, sigmas a factor 2 or more apart, different means of both halves",
    at={"heteroscedastic": True},
)
def unequal_noise_moves_the_minimum(parameters: Parameters, values: Values) -> Check:
    y = values["observations"]
    return above(abs((values["minimiser"] - y.mean()) / gap(y)), 0.05)


if __name__ == "__main__":
    main()
