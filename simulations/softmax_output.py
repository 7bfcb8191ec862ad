"""Softmax turns scores into probabilities: a difference of logits becomes a ratio, and the temperature sets how sharp.

What do the probabilities of the last layer say, and when should a network rather not answer? Softmax exponentiates,
then divides by the sum (Goodfellow et al. 2016, eq. 6.29; Bishop 2006, eq. 4.62):

    p_k = exp(z_k / T) / sum_j exp(z_j / T),     dp_i/dz_k = p_i (1[i = k] - p_k) / T     (Bishop, eq. 4.106)

Adding a constant to all z changes nothing. The largest p is at least 1/K: softmax cannot say "none of these". If an
error costs 1 and not answering d, answer if and only if max p >= 1 - d (Chow 1970; Bishop, section 1.5.3). That is as
good as the probabilities. Logits that are `overconfidence` times too large are repaired by one temperature, that of
least negative log-likelihood on held-out data (Guo et al. 2017); the arg-max, so the accuracy, stays.

`logits` is one vector z of shape (K,). The random data has logits Z ~ N(0, 2^2) of shape (samples, classes) and labels
drawn from softmax(Z), so that its true probabilities are known; one half fits the temperature, the other, as large, is
judged. Entropies are in nats; the calibration error has 15 equal bins of max p (Guo et al., eq. 3).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Bars,
    Check,
    Figure,
    Line,
    Points,
    Result,
    about,
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "Softmax, temperature and the right not to answer"
TOPIC = "Outputs and losses"

EXAMPLE = (1.3, 5.2, 2.2, 0.7, 1.1)
TEMPERATURES = np.geomspace(0.05, 100, 67)
THRESHOLDS = np.arange(40, 201) / 200

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """One vector of logits to look at, and random data on which decisions are judged."""

    logits: tuple[float, ...] = parameter(EXAMPLE, low=-1e4, high=1e4, help="scores before the softmax")
    temperature: float = parameter(1.0, low=0.05, high=100.0, scale="log", help="divides the logits")
    rejection_cost: float = parameter(0.3, low=0.0, high=1.0, help="price of not answering; an error costs 1")
    classes: int = parameter(5, low=2, high=20, help="classes of the random data")
    samples: int = parameter(5000, low=100, high=10_000, scale="log", help="rows of the random data")
    overconfidence: float = parameter(3.0, low=0.2, high=5.0, scale="log", help="factor on the logits of the data")

    @property
    def z(self) -> Array:
        """The logits as an array."""
        return np.array(self.logits)

    @property
    def lead(self) -> float:
        """How far the largest logit is ahead of the second; infinite if it is alone."""
        second, first = [-math.inf, *sorted(self.logits)][-2:]
        return first - second

    @property
    def spread(self) -> float:
        """How far the largest logit is ahead of the smallest, in units of the temperature."""
        return (max(self.logits) - min(self.logits)) / self.temperature


def softmax(z: Array, temperature: Any = 1.0) -> Any:
    """Softmax over the last axis; the largest logit is subtracted first, so that no exponential overflows."""
    exponentials = np.exp((z - z.max(axis=-1, keepdims=True)) / temperature)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def crossing(falling: Callable[[float], Any], low: float, high: float) -> float:
    """Where a falling function changes its sign, bisected on a log scale to a relative 1e-9."""
    while high > low * (1 + 1e-9):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return low


def best_temperature(Z: Array, labels: Array) -> float:
    """The T of least negative log-likelihood: its slope is 0 where the model expects the labels' mean logit."""
    wanted = Z[np.arange(len(Z)), labels].mean()
    return crossing(lambda T: (softmax(Z, T) * Z).sum(axis=1).mean() - wanted, 0.01, 100)


def mean_cost(p: Array, wrong: Array, threshold: Any, rejection_cost: float) -> Any:
    """The mean cost of answering where max p reaches the threshold; one number per threshold."""
    answered = p.max(axis=1) >= np.reshape(threshold, (-1, 1))
    return np.where(answered, wrong, rejection_cost).mean(axis=1)


def reliability(p: Array, wrong: Array) -> tuple[Array, Array, float]:
    """Mean confidence and accuracy of each bin in use, and the calibration error: their mean distance."""
    confidence = p.max(axis=1)
    bins = np.minimum((15 * confidence).astype(int), 14)
    count, sure, right = (np.bincount(bins, weights, 15) for weights in (None, confidence, ~wrong))
    used = count > 0
    return sure[used] / count[used], right[used] / count[used], np.abs(right - sure).sum() / wrong.size


def look(parameters: Parameters) -> Result:
    """The one vector of logits, at its temperature and at all others."""
    z, T = parameters.z, parameters.temperature
    p, sweep = softmax(z, T), softmax(z, TEMPERATURES[:, None])
    entropies = -(sweep * np.log(np.where(sweep > 0, sweep, 1))).sum(axis=1)
    values: dict[str, Any] = {
        "probabilities": p,
        "largest_probability": p.max(),
        "entropy": -p[p > 0] @ np.log(p[p > 0]),
        "entropy_by_temperature": entropies,
        "arg_max_by_temperature": sweep.argmax(axis=1),
        "floor_of_the_largest": softmax(np.zeros(parameters.classes)).max(),
        "smallest_acceptance": crossing(lambda c: (1 - c) - parameters.rejection_cost, 1 / parameters.classes, 1),
    }
    if parameters.lead < 700 * T:
        second, first = softmax(np.sort(z)[-2:], T)
        values["ratio_of_probabilities"] = first / second

    names = [f"{logit:g}" for logit in z]
    bars = [Bars(names, p, "softmax")]
    if z.min() > 0:
        bars.append(Bars(names, divides_by_the_sum(parameters), "divide by the sum"))
    curves = [Line(TEMPERATURES, p, f"p of {name}") for p, name in zip(sweep.T[:8], names, strict=False)]
    curves.append(Line(TEMPERATURES, entropies, "entropy"))
    temperature, both = Axis("temperature", "log"), Axis("probability; entropy in nats")
    beside = Figure("Probabilities", Axis("logit"), Axis("probability"), bars)
    return Result(values, (beside, Figure("Temperature", temperature, both, curves)))


def decide(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Random data: fit a temperature to one half; on the other, judge the probabilities and the decisions."""
    n, d = parameters.samples, parameters.rejection_cost
    Z = rng.normal(0, 2, (2, n, parameters.classes))
    labels = (Z + rng.gumbel(size=Z.shape)).argmax(axis=2)  # the Gumbel-max trick: a draw from softmax(Z)
    loud = parameters.overconfidence * Z
    fitted = best_temperature(loud[0], labels[0])
    sound, spoilt, repaired = softmax(Z[1]), softmax(loud[1]), softmax(loud[1], fitted)
    confidence, wrong = sound.max(axis=1), Z[1].argmax(axis=1) != labels[1]
    before, after = reliability(spoilt, wrong), reliability(repaired, wrong)
    chance = np.where(confidence >= 1 - d, confidence * (1 - confidence), 0)  # the variance of each answer's cost
    risk = wrong[np.argsort(-confidence, kind="stable")].cumsum() / np.arange(1, n + 1)
    values = {
        "fitted_temperature": fitted,
        "calibration_error": np.array([before[2], after[2]]),
        "chow_cost": np.concatenate([mean_cost(p, wrong, 1 - d, d) for p in (sound, spoilt, repaired)]),
        "chow_cost_foreseen": np.minimum(1 - confidence, d).mean(),
        "chow_cost_standard_error": math.sqrt(chance.mean() / n),
        "cost_by_threshold": mean_cost(sound, wrong, THRESHOLDS, d),
        "arg_max_error": wrong.mean(),
        "risk_by_coverage": risk[n * np.arange(1, 6) // 5 - 1],
    }

    shown = np.linspace(n // 50, n, 99).astype(int)
    risks = [Line(shown / n, risk[shown - 1])]
    factor = f"logits times {parameters.overconfidence:g}"
    judged = Points(*before[:2], factor), Points(*after[:2], f"{factor}, divided by {fitted:.2f}")
    diagram = (Line([0, 1], [0, 1], "calibrated"), *judged)
    coverage = Figure("Risk and coverage", Axis("share answered, the surest first"), Axis("errors / answers"), risks)
    return Result(values, (coverage, Figure("Calibration", Axis("largest probability"), Axis("accuracy"), diagram)))


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Look at one vector of logits, then decide on random data."""
    one, many = look(parameters), decide(parameters, rng)
    return Result({**one.values, **many.values}, (*one.figures, *many.figures))


# --- what a card may ask ------------------------------------------------------------------------------------------


@expected("probability of each class, in the order of the logits")
def probabilities(parameters: Parameters) -> Any:
    z = parameters.z / parameters.temperature
    return np.exp(z - np.logaddexp.reduce(z))


@expected("the largest probability")
def largest_probability(parameters: Parameters) -> Any:
    return probabilities(parameters).max()


@expected("the largest probability over the second", applies=lambda at: at.lead < 700 * at.temperature)
def ratio_of_probabilities(parameters: Parameters) -> float:
    return math.exp(parameters.lead / parameters.temperature)


@expected("entropy of the probabilities", unit="nats")
def entropy(parameters: Parameters) -> Any:
    z = (parameters.z - parameters.z.max()) / parameters.temperature
    return np.logaddexp.reduce(z) - probabilities(parameters) @ z


@expected("largest probability from which answering pays", applies=lambda at: at.rejection_cost <= 1 - 1 / at.classes)
def smallest_acceptance(parameters: Parameters) -> float:
    return 1 - parameters.rejection_cost


@expected("the least value that the largest probability can have")
def floor_of_the_largest(parameters: Parameters) -> float:
    return 1 / parameters.classes


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("probabilities", "one divides by the sum instead of exponentiating first")
def divides_by_the_sum(parameters: Parameters) -> Any:
    return parameters.z / (parameters.z.sum() or 1)


@mistake("probabilities", "one takes powers of 2 instead of e")
def uses_base_two(parameters: Parameters) -> Any:
    return softmax(parameters.z, parameters.temperature / math.log(2))


@mistake("probabilities", "one leaves out the temperature")
def ignores_the_temperature(parameters: Parameters) -> Any:
    return softmax(parameters.z)


@mistake("probabilities", "one multiplies the logits by the temperature instead of dividing")
def multiplies_by_the_temperature(parameters: Parameters) -> Any:
    return softmax(parameters.z, 1 / parameters.temperature)


@mistake("probabilities", "one takes all classes as equally likely")
def one_over_classes(parameters: Parameters) -> Any:
    return np.full(parameters.z.size, 1 / parameters.z.size)


@mistake("ratio_of_probabilities", "one takes the difference of the logits without exponentiating")
def forgets_to_exponentiate(parameters: Parameters) -> float:
    return parameters.lead / parameters.temperature


@mistake("ratio_of_probabilities", "one takes powers of 2 instead of e")
def exponentiates_in_base_two(parameters: Parameters) -> float:
    return math.exp2(parameters.lead / parameters.temperature)


@mistake("entropy", "one takes the logarithm to base 2, which counts bits")
def counts_in_bits(parameters: Parameters) -> Any:
    return entropy(parameters) / math.log(2)


@mistake("entropy", "one takes all classes as equally likely")
def takes_all_as_likely(parameters: Parameters) -> float:
    return math.log(parameters.z.size)


@mistake("smallest_acceptance", "one compares the chance of being right, not of being wrong, with the cost")
def reject_when_below_cost(parameters: Parameters) -> float:
    return parameters.rejection_cost


@mistake("smallest_acceptance", "one answers whenever right is likelier than wrong, whatever a rejection costs")
def a_majority_suffices(parameters: Parameters) -> float:
    return 0.5


@mistake("floor_of_the_largest", "one thinks that softmax can give every class a probability near 0")
def can_vanish(parameters: Parameters) -> float:
    return 0.0


# --- claims -------------------------------------------------------------------------------------------------------


def within(domain: str, **bounds: tuple[Any, Any]) -> dict[str, Any]:
    """The domain of a claim: the runs whose parameters lie within these bounds."""
    here = bounds.items()
    return {"domain": domain, "applies": lambda at: all(a <= getattr(at, name) <= b for name, (a, b) in here)}


def example(temperature: float) -> dict[str, Any]:
    """The default logits at one temperature."""
    bounds = {"logits": (EXAMPLE, EXAMPLE), "temperature": (temperature, temperature)}
    return {**within(f"default logits, temperature {temperature:g}", **bounds), "at": {"temperature": temperature}}


def data(domain: str = "", **bounds: tuple[float, float]) -> dict[str, Any]:
    """The random data for which the bounds were found."""
    return within(f"5 classes, 5,000 samples or more{domain}", classes=(5, 5), samples=(5000, math.inf), **bounds)


REJECTION = data(", rejection cost 0.1 to 0.5", rejection_cost=(0.1, 0.5))
LOUD = data(", over-confidence 3", overconfidence=(3, 3))
STRICT: dict[str, Any] = {"overconfidence": (3, 3), "rejection_cost": (0.1, 0.1)}
LOUD_AND_STRICT = {**data(", over-confidence 3, rejection cost 0.1", **STRICT), "at": {"rejection_cost": 0.1}}


@claim(1, "all probabilities are positive, and they sum to 1", **within("logits at most 700 T apart", spread=(0, 700)))
def sums_to_one(parameters: Parameters, values: Values) -> Check:
    p = values["probabilities"]
    return about(p.sum() if p.min() > 0 else 0, 1, absolute=1e-12)


@claim(2, "adding a constant up to ±100 to all logits changes nothing", **within("temperature 1", temperature=(1, 1)))
def shift_invariance(parameters: Parameters, values: Values) -> Check:
    shifted = parameters.z + np.linspace(-100, 100, 9)[:, None]
    return below(np.abs(softmax(shifted) - values["probabilities"]).max(), 1e-12)


@claim(3, "the largest probability is 0.91099, which rounds to 0.91 and not to 0.90", **example(1))
def lecture_example(parameters: Parameters, values: Values) -> Check:
    return about(values["largest_probability"], 0.91099, absolute=1e-5)


@claim(4, "at a low temperature the largest probability is 1 up to 1e-9: one-hot", **example(0.05))
def one_hot_when_cold(parameters: Parameters, values: Values) -> Check:
    return above(values["largest_probability"], 1 - 1e-9)


@claim(5, "at every temperature arg-max p = arg-max z", **within("one logit is the largest", lead=(1e-9, math.inf)))
def keeps_the_arg_max(parameters: Parameters, values: Values) -> Check:
    found = np.append(values["arg_max_by_temperature"], values["probabilities"].argmax())
    return true((found == parameters.z.argmax()).all())


@claim(6, "the entropy never falls while T rises", **within("logits not all equal", spread=(1e-300, math.inf)))
def entropy_grows_with_temperature(parameters: Parameters, values: Values) -> Check:
    return above(np.diff(values["entropy_by_temperature"]).min(), -1e-12)


@claim(8, "the Jacobian is (diag(p) - p p') / T, and its rows sum to 0")
def jacobian(parameters: Parameters, values: Values) -> Check:
    p, T, step = values["probabilities"], parameters.temperature, 1e-20
    measured = softmax(parameters.z + 1j * step * np.eye(p.size), T).imag / step  # a complex step has no rounding error
    errors = measured - (np.diag(p) - np.outer(p, p)) / T
    return below(max(np.abs(errors).max(), np.abs(measured.sum(axis=1)).max()), 1e-12)


@claim(9, "logits of 10,000 give finite probabilities, since the largest is subtracted first")
def large_logits_are_finite(parameters: Parameters, values: Values) -> Check:
    return about(softmax(parameters.z + 1e4, parameters.temperature).sum(), 1, absolute=1e-12)


@claim(10, "at a high temperature every probability is within 0.01 of 1/K", **example(100))
def uniform_when_hot(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["probabilities"] - 1 / parameters.z.size).max(), 0.01)


@claim(11, "Chow's rule costs min(1 - max p, d) on average, within four standard errors", **REJECTION)
def chow_cost(parameters: Parameters, values: Values) -> Check:
    allowed = 4 * values["chow_cost_standard_error"]
    return about(values["chow_cost"][0], values["chow_cost_foreseen"], absolute=allowed)


@claim(12, "no other acceptance threshold costs less than 1 - d does by more than 0.01", **REJECTION)
def no_better_threshold(parameters: Parameters, values: Values) -> Check:
    return below(values["chow_cost"][0] - values["cost_by_threshold"].min(), 0.01)


@claim(13, "the larger the share that is answered, the surest first, the higher the error rate", **data())
def risk_grows_with_coverage(parameters: Parameters, values: Values) -> Check:
    return true((np.diff(values["risk_by_coverage"]) > 0).all())


@claim(14, "mean cost: Chow + 0.05 < arg-max < random label", **data(", rejection cost 0.3", rejection_cost=(0.3, 0.3)))
def rejecting_beats_answering(parameters: Parameters, values: Values) -> Check:
    return true(values["chow_cost"][0] + 0.05 < values["arg_max_error"] < 1 - 1 / parameters.classes)


@claim(15, "the fitted temperature is the over-confidence, within 10 %", **data())
def recovers_the_temperature(parameters: Parameters, values: Values) -> Check:
    return about(values["fitted_temperature"], parameters.overconfidence, relative=0.1)


@claim(16, "temperature scaling brings the calibration error from above 0.15 to below 0.05", **LOUD)
def temperature_scaling_calibrates(parameters: Parameters, values: Values) -> Check:
    before, after = values["calibration_error"]
    return true(before > 0.15 and after < 0.05)


@claim(17, "over-confidence costs Chow's rule over 0.04 more, and under 0.01 once scaled", **LOUD_AND_STRICT)
def overconfidence_spoils_rejection(parameters: Parameters, values: Values) -> Check:
    sound, spoilt, repaired = values["chow_cost"]
    return true(spoilt - sound > 0.04 and repaired - sound < 0.01)


if __name__ == "__main__":
    main()
