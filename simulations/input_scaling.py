"""Inputs of zero mean and equal spread make a round valley: gradient descent arrives in a few steps, not in thousands.

Why normalise the inputs? A linear unit with the mean squared error L(w) = |X w - y|^2 / 2n has the Hessian

    H = X'X / n,    on average    diag(s_1^2 .. s_d^2) + m m'

for independent features of means m and standard deviations s. At its best rate 2 / (lambda_min + lambda_max), gradient
descent shrinks the worst direction by (kappa - 1) / (kappa + 1) per step, kappa = lambda_max / lambda_min, so it takes
about kappa / 4 ln(1 / eps) steps to a share eps of the loss above the least one. Both flaws of raw inputs raise kappa:

    unequal scales:   (s_max / s_min)^2 for zero means,
    common means:     one eigenvalue is d m^2 + 1 for d features of unit variance, the others stay 1

(LeCun, Bottou, Orr and Mueller 1998, "Efficient BackProp", sections 4.3, 5.1, 5.3; LeCun, Kanter and Solla 1991).
Standardising to z-scores, (x - mean) / sd, cures both. Squeezing into 0 .. 1 leaves a common mean near 1/2, and
centring leaves the scales. What the best fit with a bias predicts is the same: the rescaled weights undo the scaling.

It is no matter of the activation alone, then; but units that saturate have a second reason: large inputs make large
sums, and tanh is flat there. Its responsive zone lies around 0, on both sides of it, and not between 0 and 1.

X has shape (n, d). The unit has no bias in the descent: it would be one more input, which is always 1. Means and
standard deviations are the sample's, with n and not n - 1. An infinite sample's H is called the second-moment matrix.
"""

from collections.abc import Mapping
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
    ParameterError,
    Result,
    about,
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)

TITLE = "Why normalise inputs"
TOPIC = "Gradients and initialisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

STAGES = ("raw", "0 to 1", "centred", "z-score")  # of every value with one entry per way to prepare the inputs
TOLERANCE = 1e-3  # arrived: the loss above the least one is this share of what it was
UNITS = 64  # tanh units that look at the inputs
NOISE = 0.5  # standard deviation of what the inputs do not explain; each of them explains 1


@dataclass(frozen=True)
class Parameters:
    """Independent Gaussian features and how many examples there are."""

    scales: tuple[float, ...] = parameter((1, 100), low=0.01, high=1000, help="standard deviation of each feature")
    means: tuple[float, ...] = parameter((0,), low=-1000, high=1000, help="of each feature; a shorter list is repeated")
    examples: int = parameter(200, low=20, high=2000, scale="log", help="rows of X, n")
    reading: float = parameter(250.0, low=-10_000, high=10_000, help="a value of the last feature, to standardise")

    def __post_init__(self) -> None:
        """Refuse what the bounds of the single numbers cannot: a ParameterError."""
        if len(self.scales) > 10:
            raise ParameterError(f"{len(self.scales)} features are too many", "give up to 10 scales")
        if len(self.means) > len(self.scales):
            what = f"parameter means: {len(self.means)} numbers for {len(self.scales)} features"
            raise ParameterError(what, "give one mean for each scale, or fewer, which are repeated")

    @property
    def s(self) -> Array:
        """The standard deviations as an array (d,)."""
        return np.array(self.scales)

    @property
    def m(self) -> Array:
        """The means as an array (d,)."""
        return np.resize(self.means, len(self.scales))

    @property
    def ratio(self) -> float:
        """The largest scale over the smallest."""
        return max(self.scales) / min(self.scales)


def prepare(X: Array) -> Array:
    """X (n, d) in each of the STAGES: (4, n, d)."""
    low, high, centred = X.min(axis=0), X.max(axis=0), X - X.mean(axis=0)
    return np.stack([X, (X - low) / (high - low), centred, centred / X.std(axis=0)])


def descend(eigenvalues: Array, losses: Array, steps: Any) -> Array:
    """The share of the excess loss that is left after steps (...,) at the best rate, for each stage: (4, ...).

    Along each eigenvector the loss shrinks by (1 - rate lambda)^2 per step, whatever the other directions do.
    `losses` are its parts along the eigenvectors at the start, w = 0; both have shape (4, d).
    """
    rates = 2 / (eigenvalues.max(axis=1) + eigenvalues.min(axis=1))
    factors = (1 - rates[:, None] * eigenvalues) ** 2
    shares = losses / losses.sum(axis=1, keepdims=True)
    return np.asarray((shares[..., None] * factors[..., None] ** steps).sum(axis=1))


def steps_to_arrive(eigenvalues: Array, losses: Array) -> Array:
    """The first step with a share of TOLERANCE or less left, by halving the interval that holds it: (4,)."""
    outside, inside = np.zeros(len(losses)), np.full(len(losses), 2.0**50)
    for _ in range(50):
        middle = (outside + inside) / 2
        arrived = np.diagonal(descend(eigenvalues, losses, middle)) <= TOLERANCE
        outside, inside = np.where(arrived, outside, middle), np.where(arrived, middle, inside)
    return inside


def fit(X: Array, y: Array) -> Array:
    """What the least-squares fit of y (n,) by X (n, d) and a bias predicts: y, projected onto the columns."""
    Q = np.linalg.qr(np.column_stack([np.ones(len(X)), X]))[0]
    return np.asarray(Q @ (Q.T @ y))


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Prepare the same sample in four ways and compare the valley, the descent, the fit and the saturated units."""
    n, m, s = parameters.examples, parameters.m, parameters.s
    X = m + s * rng.normal(size=(n, s.size))
    y = ((X - m) / s).sum(axis=1) + NOISE * rng.normal(size=n)
    W = rng.normal(size=(s.size, UNITS)) / np.sqrt(s.size)

    prepared = prepare(X)
    U, singular, V = np.linalg.svd(prepared, full_matrices=False)  # X'X = V' singular^2 V, without squaring kappa
    eigenvalues, losses = singular**2 / n, (y @ U) ** 2
    steps, fits = steps_to_arrive(eigenvalues, losses), [fit(one, y) for one in prepared]
    last = m[-1] + s[-1] * prepared[-1][:, -1]  # a feature of exactly this mean and deviation
    second_moments = np.linalg.eigvalsh(np.diag(s**2) + np.outer(m, m))
    values: dict[str, Any] = {
        "condition_numbers": eigenvalues[:, 0] / eigenvalues[:, -1],
        "largest_eigenvalues": eigenvalues[:, 0],
        "steps": steps,
        "saturated_shares": (np.abs(np.tanh(prepared @ W)) > 0.99).mean(axis=(1, 2)),
        "largest_change_of_fit": np.ptp(fits, axis=0).max(),
        "spread_of_fit": np.std(fits[3]) / np.std(fits[0]),
        "condition_number": second_moments[-1] / second_moments[0],
        "largest_eigenvalue": second_moments[-1],
        "standardised_value": (parameters.reading - last.mean()) / last.std(),
    }
    shares = values["saturated_shares"]
    figures = [descents(eigenvalues, losses, steps), *([contours(eigenvalues, V)] if s.size == 2 else [])]
    saturation = Bars(STAGES, 100 * shares)
    figures.append(Figure("Saturated tanh units", Axis("inputs"), Axis("share in %"), [saturation]))
    return Result(values, tuple(figures))


def descents(eigenvalues: Array, losses: Array, steps: Array) -> Figure:
    """The loss of each stage at its own best rate, over steps."""
    k = np.unique(np.geomspace(1, 3 * steps.max(), 200).astype(int)) - 1
    lines = []
    for name, left in zip(STAGES, descend(eigenvalues, losses, k), strict=True):
        shown = left > TOLERANCE**2
        lines.append(Line(1 + k[shown], left[shown], name))
    return Figure("Excess loss at the best rate", Axis("1 + steps", "log"), Axis("share left", "log"), lines)


def contours(eigenvalues: Array, V: Array) -> Figure:
    """The weights of one loss around the best ones; the longest axis of each has length 1."""
    angle = np.linspace(0, 2 * np.pi, 181)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    axes = np.sqrt(eigenvalues.min(axis=1, keepdims=True) / eigenvalues)
    w = (circle * axes[:, None]) @ V
    lines = [Line(w[k, :, 0], w[k, :, 1], STAGES[k]) for k in (0, 1, 3)]
    return Figure("Weights of equal loss", Axis("w_1 - best"), Axis("w_2 - best"), lines)


# --- what a card may ask ------------------------------------------------------------------------------------------


def centred(at: Parameters) -> bool:
    """All means are 0."""
    return not at.m.any()


def alike(at: Parameters) -> bool:
    """Every feature has the same mean and the same scale."""
    return len({*at.scales}) == len({*at.m}) == 1


@expected("condition number of the second-moment matrix", applies=centred)
def condition_number(parameters: Parameters) -> float:
    return parameters.ratio**2


@expected("largest eigenvalue of the second-moment matrix", applies=alike)
def largest_eigenvalue(parameters: Parameters) -> Any:
    s, m = parameters.s, parameters.m
    return s[0] ** 2 + s.size * m[0] ** 2


@expected("the reading of the last feature, standardised")
def standardised_value(parameters: Parameters) -> Any:
    return (parameters.reading - parameters.m[-1]) / parameters.s[-1]


@expected("spread of the best fit's predictions after standardising, as a multiple of that before")
def spread_of_fit(parameters: Parameters) -> float:
    return 1.0


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("condition_number", "one forgets that the eigenvalues are variances")
def ratio_of_standard_deviations(parameters: Parameters) -> float:
    return parameters.ratio


@mistake("condition_number", "one thinks that independent features always make a round valley")
def independent_is_round(parameters: Parameters) -> float:
    return 1.0


@mistake("largest_eigenvalue", "one thinks that means play no part, as in a covariance")
def largest_without_means(parameters: Parameters) -> Any:
    return parameters.s[0] ** 2


@mistake("largest_eigenvalue", "one thinks that every feature's mean counts for itself, and not all in one direction")
def largest_of_one_feature(parameters: Parameters) -> Any:
    return parameters.s[0] ** 2 + parameters.m[0] ** 2


@mistake("standardised_value", "one squeezes the inputs into 0 .. 1, here mean ± 3 sd")
def squeezed_into_zero_to_one(parameters: Parameters) -> Any:
    return 0.5 + standardised_value(parameters) / 6


@mistake("standardised_value", "one divides by the variance")
def divides_by_the_variance(parameters: Parameters) -> Any:
    return standardised_value(parameters) / parameters.s[-1]


@mistake("standardised_value", "one does not subtract the mean")
def forgets_to_centre(parameters: Parameters) -> Any:
    return parameters.reading / parameters.s[-1]


@mistake("standardised_value", "one does not divide by the standard deviation")
def forgets_to_scale(parameters: Parameters) -> Any:
    return parameters.reading - parameters.m[-1]


@mistake("spread_of_fit", "one thinks that the predictions shrink with the inputs")
def fit_shrinks_with_the_inputs(parameters: Parameters) -> float:
    return 1 / max(parameters.scales)


# --- claims -------------------------------------------------------------------------------------------------------


def two_centred(at: Parameters) -> bool:
    """Two features of zero mean."""
    return len(at.scales) == 2 and centred(at)


def far_from_zero(at: Parameters) -> bool:
    """Enough examples, unit variances and a common mean that stands out of the sample's noise."""
    d, m = len(at.scales), abs(at.m[0])
    return at.examples >= 200 and alike(at) and at.scales[0] == 1 and m >= 3 and bool(d * m**2 >= 18)


@claim(
    1,
    "after standardising independent features kappa is below 2",
    applies=lambda at: len(at.scales) <= 3 and at.examples >= 200,
    domain="up to 3 features, 200 examples or more",
)
def standardised_is_round(parameters: Parameters, values: Values) -> Check:
    return below(values["condition_numbers"][-1], 2)


@claim(
    2,
    "standardising takes a tenth of the steps or fewer, each at its best rate",
    applies=lambda at: two_centred(at) and at.ratio >= 30,
    domain="two features of zero mean, scale ratio of 30 or more",
)
def standardised_is_fast(parameters: Parameters, values: Values) -> Check:
    return above(values["steps"][0] / values["steps"][-1], 10)


@claim(
    3,
    "raw features have kappa = (scale ratio)^2, within a factor 2",
    applies=lambda at: two_centred(at) and at.examples >= 200,
    domain="two features of zero mean, 200 examples or more",
)
def kappa_is_the_squared_ratio(parameters: Parameters, values: Values) -> Check:
    return about(values["condition_numbers"][0], parameters.ratio**2, factor=2)


@claim(
    4,
    "after standardising fewer than 10 % of the outputs of 64 tanh units are saturated",
    applies=lambda at: len(at.scales) >= 2 and at.examples >= 200,
    domain="2 features or more, 200 examples or more",
)
def standardised_does_not_saturate(parameters: Parameters, values: Values) -> Check:
    return below(values["saturated_shares"][-1], 0.1)


@claim(
    5,
    "features of common mean m have the largest eigenvalue d m^2 + 1, within 15 %",
    applies=far_from_zero,
    domain="unit variances, common |m| >= 3, d m^2 >= 18, 200 examples or more",
    at={"scales": (1, 1, 1), "means": (3,)},
)
def mean_makes_a_large_eigenvalue(parameters: Parameters, values: Values) -> Check:
    """d m^2 >= 18 leaves out d = 1 near m = 3, where the sample's standard error, 2 / (m sqrt(n d)), is 4.4 %."""
    return about(values["largest_eigenvalues"][0], largest_eigenvalue(parameters), relative=0.15)


@claim(
    6,
    "squeezed into 0 to 1, features of zero mean get a common mean, which leaves kappa above 6, whatever their scales",
    applies=lambda at: two_centred(at) and at.examples >= 200,
    domain="two features of zero mean, 200 examples or more",
)
def squeezed_keeps_a_common_mean(parameters: Parameters, values: Values) -> Check:
    """With a range of r deviations kappa is about r^2 / 2 + 1: 16 of 200 examples, 9.7 at least of 300 draws."""
    return above(values["condition_numbers"][1], 6)


if __name__ == "__main__":
    main()
