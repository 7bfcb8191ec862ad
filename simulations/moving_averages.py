"""A moving average trades noise for lag: the longer its memory, the smoother it is and the later it knows.

What does smoothing cost? The exponential moving average keeps a share beta of itself at every step and starts at 0,

    m_t = beta m_{t-1} + (1 - beta) x_t = (1 - beta) sum_i beta^(t-i) x_i,     m_0 = 0     (Roberts 1959; Brown 1963).

Its weights add up to 1 - beta^t only. On a series of mean m it is therefore too small by beta^t m at first, and the
corrected average m_t / (1 - beta^t) is right from the first value on (Kingma & Ba 2015, section 3). In the long run

    the variance of white noise is multiplied by (1 - beta) / (1 + beta),     the sum of the squared weights,
    a ramp x_t = s t is followed at a distance of s beta / (1 - beta),        the slope times the mean age.

The simple moving average of the last k values has 1 / k and s (k - 1) / 2. Both pay the same price: at a mean age of
a steps each leaves 1 / (1 + 2 a) of the variance. Half of the weight is younger than ln(1/2) / ln(beta) steps.

Adam's averages are of this kind; momentum is the sum without the factor 1 - beta, of gradients and not of losses; the
validation loss is smoothed like this before one calls its rise a rise. Time is t = 1 .. n, arrays are (series, n).
"""

import math
from collections.abc import Mapping, Sequence
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
)

TITLE = "Moving averages of noisy series"
TOPIC = "Optimisation"

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """A noisy series with a trend, and how it is averaged; and a few observations of one's own."""

    beta: float = parameter(0.9, low=0.0, high=0.99, help="what the exponential average keeps of itself")
    window: int = parameter(10, low=1, high=200, scale="log", help="k, values in the simple average")
    mean: float = parameter(3.0, low=-10.0, high=10.0, help="of the series, before its trend")
    trend: float = parameter(0.03, low=-1.0, high=1.0, help="by which the series rises in each step")
    noise: float = parameter(1.0, low=0.0, high=10.0, help="standard deviation of the series")
    length: int = parameter(200, low=2, high=100_000, scale="log", help="n, values of the series")
    step: int = parameter(5, low=1, high=10_000, scale="log", help="t, at which the start-up is asked for")
    observations: tuple[float, ...] = parameter(
        (3, 1, 4), low=-1000, high=1000, help="to be averaged, the oldest first"
    )

    def __post_init__(self) -> None:
        """The window and the step lie within the series: a ParameterError."""
        if max(self.window, self.step) > self.length:
            what = f"a window of {self.window} or step {self.step} does not fit into {self.length} values"
            raise ParameterError(what, "make the series longer")


def exponential(x: Array, beta: float) -> Array:
    """m_1 .. m_n of each series (..., n), uncorrected."""
    m, found = np.zeros(x.shape[:-1]), np.empty_like(x)
    for t in range(x.shape[-1]):
        found[..., t] = m = beta * m + (1 - beta) * x[..., t]
    return found


def corrected(m: Array, beta: float) -> Array:
    """Uncorrected averages m_1 .. m_n (..., n), divided by the sum of their weights."""
    return m / (1 - beta ** np.arange(1, m.shape[-1] + 1))


def simple(x: Array, k: int) -> Array:
    """Means of k values each, (..., n - k + 1)."""
    total = np.cumsum(np.concatenate([np.zeros((*x.shape[:-1], 1)), x], axis=-1), axis=-1)
    return np.asarray((total[..., k:] - total[..., :-k]) / k)


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Average the series, its parts alone, and an impulse, whose average shows the weights of the past."""
    at, beta, n = parameters, parameters.beta, parameters.length
    t, white = np.arange(1, n + 1), rng.normal(size=n)
    x = at.mean + at.trend * t + at.noise * white
    parts = np.array([x, white, np.full(n, at.mean), at.trend * t, np.ones(n)])
    average, noise, constant, ramp, ones = exponential(parts, beta)
    given = exponential(np.array(at.observations), beta)
    ages = np.arange(4000)  # 0.99^4000 is 0 in float64, beside 1
    weights, late = exponential(np.array([ages == 0, at.trend * (ages + 1)]), beta)
    values: dict[str, Any] = {
        "series": x,
        "averages": average,
        "corrected_averages": corrected(average, beta),
        "averages_of_constant": constant,
        "lags_on_ramp": at.trend * t - ramp,
        "start_up_share": ones[at.step - 1],
        "average": given[-1],
        "corrected_average": corrected(given, beta)[-1],
        "variance_factor": (weights**2).sum(),
        "lag": at.trend * 4000 - late[-1],
        "half_life": math.log(0.5) / math.log(beta) if beta else 0.0,
    }
    if n >= 20_000:
        settled = slice(math.ceil(20 / (1 - beta)), None)  # e^-20 of the start is left
        values["variance_of_exponential"] = (noise[settled] ** 2).mean() / (white[settled] ** 2).mean()
        values["variance_of_simple"] = (simple(white, at.window) ** 2).mean() / (white**2).mean()
    return Result(values, draw(at, x, average, weights))


def draw(at: Parameters, x: Array, average: Array, weights: Array) -> list[Figure]:
    """The first 300 values of the series with its averages, the weights of the past, and the price of smoothness."""
    n, k, t = min(at.length, 300), at.window, np.arange(1, at.length + 1)
    lines = [
        Line(t[:n], average[:n], f"exponential, beta {at.beta:g}"),
        Line(t[:n], corrected(average, at.beta)[:n], "corrected"),
        Line(t[k - 1 : n], simple(x, k)[: n - k + 1], f"simple, window {k}"),
        Line(t[:n], at.mean + at.trend * t[:n], "without noise"),
    ]
    oldest = max(k + 5, math.ceil(5 / (1 - at.beta)))
    ages, windows, mean_ages = np.arange(oldest), np.arange(1, 200), np.arange(0, 100, 9)
    beta = mean_ages / (1 + mean_ages)
    price: list[Line | Points] = [
        Line(windows / 2 - 0.5, 1 / windows, "simple"),
        Points(mean_ages, (1 - beta) / (1 + beta), "exponential"),
        Points([at.beta / (1 - at.beta)], [(weights**2).sum()], "this beta"),
    ]
    marks: list[Line | Points] = [Points(t[:n], x[:n], "series"), *lines]
    return [
        Figure("Moving averages", Axis("step"), Axis("value"), marks),
        Figure(
            "Weights of the past",
            Axis("age in steps"),
            Axis("weight"),
            [Line(ages, weights[:oldest], "exponential"), Line(ages, (ages < k) / k, "simple")],
        ),
        Figure("The price of smoothness", Axis("mean age in steps"), Axis("variance left", "log"), price),
    ]


# --- what a card may ask ------------------------------------------------------------------------------------------


def weighted_sum(x: Sequence[float], beta: float) -> float:
    """(1 - beta) sum_i beta^age x_i, the newest last."""
    return (1 - beta) * math.fsum(beta**age * one for age, one in enumerate(reversed(x)))


@expected("exponential average of the observations, uncorrected")
def average(parameters: Parameters) -> float:
    return weighted_sum(parameters.observations, parameters.beta)


@expected("exponential average of the observations, corrected for its start at 0")
def corrected_average(parameters: Parameters) -> float:
    return average(parameters) / (1 - parameters.beta ** len(parameters.observations))


@expected("what the uncorrected average of a constant series has reached of it after t steps; it is corrected by this")
def start_up_share(parameters: Parameters) -> float:
    return 1 - parameters.beta**parameters.step


@expected("by what the exponential average multiplies the variance of white noise in the long run")
def variance_factor(parameters: Parameters) -> float:
    return (1 - parameters.beta) / (1 + parameters.beta)


@expected("by how much the exponential average is behind the trend in the long run")
def lag(parameters: Parameters) -> float:
    return parameters.trend * parameters.beta / (1 - parameters.beta)


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("average", "one gives beta to the new value and 1 - beta to the past")
def swaps_the_weights(parameters: Parameters) -> float:
    return weighted_sum(parameters.observations, 1 - parameters.beta)


@mistake("average", "one averages all values alike")
def plain_mean(parameters: Parameters) -> float:
    return math.fsum(parameters.observations) / len(parameters.observations)


@mistake("average", "one corrects it for its start at 0")
def corrects_unasked(parameters: Parameters) -> float:
    return corrected_average(parameters)


@mistake("corrected_average", "one forgets the correction")
def forgets_the_correction(parameters: Parameters) -> float:
    return average(parameters)


@mistake("corrected_average", "one corrects by 1 - beta whatever the step")
def corrects_as_at_first(parameters: Parameters) -> float:
    return average(parameters) / (1 - parameters.beta)


@mistake("start_up_share", "one takes what is missing for what is there")
def share_that_is_missing(parameters: Parameters) -> float:
    return parameters.beta**parameters.step


@mistake("start_up_share", "one thinks that each step adds 1 - beta")
def share_in_a_straight_line(parameters: Parameters) -> float:
    return min(1.0, parameters.step * (1 - parameters.beta))


@mistake("variance_factor", "one takes beta for a window of 1 / (1 - beta) values")
def window_of_beta(parameters: Parameters) -> float:
    return 1 - parameters.beta


@mistake("variance_factor", "one thinks that a larger beta smooths less")
def smooths_less(parameters: Parameters) -> float:
    return parameters.beta / (2 - parameters.beta)


@mistake("lag", "one thinks that averaging removes the lag, as it removes noise")
def no_lag(parameters: Parameters) -> float:
    return 0.0


@mistake("lag", "one counts 1 / (1 - beta) steps, the newest value as one step old")
def lag_of_a_step_more(parameters: Parameters) -> float:
    return parameters.trend / (1 - parameters.beta)


# --- claims -------------------------------------------------------------------------------------------------------


@claim(
    1,
    "the variance of white noise is multiplied by (1 - beta) / (1 + beta), within 5 standard errors",
    applies=lambda at: at.length >= 20_000,
    domain="n >= 20,000",
    at={"length": 20_000},
)
def exponential_smoothing(parameters: Parameters, values: Values) -> Check:
    """After a warm-up of 20 / (1 - beta). Averages j steps apart correlate by beta^j, so fewer than n of them count."""
    beta = parameters.beta
    error = math.sqrt(2 * (1 + beta**2) / (parameters.length * (1 - beta**2)))
    return about(values["variance_of_exponential"], variance_factor(parameters), relative=5 * error)


@claim(2, "corrected, the first average is the first value, within 1e-12")
def corrected_from_the_start(parameters: Parameters, values: Values) -> Check:
    first = values["series"][0]
    return below(abs(values["corrected_averages"][0] - first) / max(1, abs(first)), 1e-12)


@claim(3, "on a constant series m the uncorrected average is (1 - beta^t) m: too small by beta^t m, within 1e-12")
def too_small_at_first(parameters: Parameters, values: Values) -> Check:
    wanted = (1 - parameters.beta ** np.arange(1, parameters.length + 1)) * parameters.mean
    return below(np.abs(values["averages_of_constant"] - wanted).max() / max(1, abs(parameters.mean)), 1e-12)


@claim(4, "on a ramp s t it lags by s beta (1 - beta^t) / (1 - beta), and soon by s beta / (1 - beta) (error / bound)")
def behind_the_trend(parameters: Parameters, values: Values) -> Check:
    """1e-9, relative to the ramp's end if that is above 1; and 2 % for t >= 5 / (1 - beta), where beta^t < e^-5."""
    beta, s, t = parameters.beta, parameters.trend, np.arange(1, parameters.length + 1)
    exact = np.abs(values["lags_on_ramp"] - s * beta * (1 - beta**t) / (1 - beta)).max()
    late = values["lags_on_ramp"][t >= 5 / (1 - beta)]
    rough = np.abs(late - lag(parameters)).max(initial=0) / (0.02 * abs(lag(parameters)) + 1e-9)
    return below(max(exact / (1e-9 * max(1, abs(s) * parameters.length)), rough), 1)


@claim(
    5,
    "the simple average of k values leaves 1 / k of the variance of white noise, within 5 standard errors",
    applies=lambda at: at.length >= 20_000 and at.window >= 5,
    domain="n >= 20,000, k >= 5",
    at={"length": 20_000},
)
def simple_smoothing(parameters: Parameters, values: Values) -> Check:
    error = math.sqrt(4 * parameters.window / (3 * parameters.length))
    return about(values["variance_of_simple"], 1 / parameters.window, relative=5 * error)


if __name__ == "__main__":
    main()
