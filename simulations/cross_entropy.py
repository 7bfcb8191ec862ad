"""Cross-entropy charges the logarithm of a probability: its gradient is prediction minus target, whatever the logit.

Why do classifiers learn by cross-entropy and not by the squared error? For logits z and a target y, both of shape (K,):

    CE  = - sum_k y_k ln p_k,                           p = softmax(z),    dCE/dz  = p - y   if sum(y) = 1,
    BCE = - sum_k [y_k ln p_k + (1 - y_k) ln(1 - p_k)],  p = sigmoid(z),    dBCE/dz = p - y,
    SE  =   sum_k (p_k - y_k)^2,                        p = sigmoid(z),    dSE/dz  = 2 p (1 - p) (p - y)

(Bishop 2006, eq. 4.108, 4.109 and 4.90, 4.91; Goodfellow et al. 2016, section 6.2.2). The squared error keeps the slope
p (1 - p) <= 1/4 of the sigmoid, so a unit that is sure and wrong hardly learns; the logarithm of the log losses cancels
it. CE is for classes that exclude each other; with a one-hot y it is the negative log-likelihood of the class. BCE is
for independent yes-no answers, and for one of them it is the CE of the logits (z, 0).

A soft target, such as that of mixup or CutMix, needs no other loss: CE is linear in y. Over all predictions it is least
at p = y, where it is the entropy of y and not 0 (Gibbs' inequality; Cover & Thomas 2006, theorem 2.6.3).

Losses are sums over the classes, not means, in nats, and the squared error has no factor 1/2. From logits they stay
finite: softplus(z) = ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|), BCE = sum y softplus(-z) + (1 - y) softplus(z), and
ln p_k = z_k - max z - ln(sum_j e^(z_j - max z)). Measured gradients come from a complex step (Squire & Trapp 1998).
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

TITLE = "Cross-entropy and its gradient"
TOPIC = "Outputs and losses"

Array = NDArray[Any]
Values = Mapping[str, Any]


def softplus(z: Any) -> Any:
    """ln(1 + e^z) of each z, without overflow; complex z are allowed (NumPy orders them by their real parts)."""
    positive = np.maximum(z, 0)
    return positive + np.log1p(np.exp(z - 2 * positive))


def sigmoid(z: Any) -> Any:
    """1 / (1 + e^-z) of each z."""
    return np.exp(-softplus(-z))


def surprisal(z: Array) -> Any:
    """-ln softmax(z) over the last axis; the largest term of the sum, 1, goes into log1p, so small losses are exact."""
    shifted = z - z.max(axis=-1, keepdims=True)
    others = np.exp(shifted)
    np.put_along_axis(others, z.argmax(axis=-1, keepdims=True), 0, axis=-1)
    return np.log1p(others.sum(axis=-1, keepdims=True)) - shifted


def cross_entropy(z: Array, y: Array) -> Any:
    """CE of logits z (..., K) and targets y (..., K), summed over the last axis."""
    return (y * surprisal(z)).sum(axis=-1)


def binary_cross_entropy(z: Array, y: Array) -> Any:
    """BCE of logits z (..., K) and targets y (..., K), summed over the last axis."""
    return (y * softplus(-z) + (1 - y) * softplus(z)).sum(axis=-1)


def squared_error(z: Array, y: Array) -> Any:
    """The squared error of sigmoid(z) (..., K) and targets y (..., K), summed over the last axis."""
    return ((sigmoid(z) - y) ** 2).sum(axis=-1)


LOSSES: dict[str, Callable[[Array, Array], Any]] = {
    "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "squared_error_on_sigmoid": squared_error,
}


@dataclass(frozen=True)
class Parameters:
    """One vector of logits with its target, one probability, and a number of classes."""

    logits: tuple[float, ...] = parameter((2, 1, -1), low=-800, high=800, help="scores of the classes")
    target: tuple[float, ...] = parameter((1, 0, 0), low=0, high=1, help="share of each class; 0 where none is given")
    loss: str = parameter("cross_entropy", choices=tuple(LOSSES), help="of which the loss and the gradient are given")
    probability: float = parameter(0.2, low=0.001, high=0.999, help="predicted for the class that is true")
    classes: int = parameter(10, low=2, high=1000, scale="log", help="classes of a network that knows nothing yet")

    def __post_init__(self) -> None:
        """Each share belongs to a logit."""
        if len(self.target) > len(self.logits):
            what = f"parameter target: {len(self.target)} shares do not fit {len(self.logits)} logits"
            raise ParameterError(what, "give one share for each logit, or fewer")

    @property
    def z(self) -> Array:
        """The logits as an array (K,)."""
        return np.array(self.logits)

    @property
    def y(self) -> Array:
        """The target as an array (K,)."""
        return np.array(self.target + (0.0,) * (len(self.logits) - len(self.target)))


def gradient_of(loss: Callable[[Array, Array], Any], z: Array, y: Array, directions: Array) -> Any:
    """The slope along each direction (n, K) by a complex step, which has no rounding error of a difference."""
    return loss(z + 1e-20j * directions, y).imag / 1e-20


def difference_of(loss: Callable[[Array, Array], Any], z: Array, y: Array, directions: Array) -> Any:
    """The slope along each direction (n, K) by a central difference."""
    return (loss(z + 1e-5 * directions, y) - loss(z - 1e-5 * directions, y)) / 2e-5


def entropy(y: Array) -> Any:
    """-sum y ln y over the last axis, where 0 ln 0 = 0."""
    return 0 - (y * np.log(np.where(y > 0, y, 1))).sum(axis=-1)  # not -0


def naive_loss(z: Array) -> Any:
    """BCE of the target 0 as it is written, -ln(1 - sigmoid(z)); infinite once the sigmoid rounds to 1."""
    with np.errstate(divide="ignore", over="ignore"):
        return -np.log(1 - 1 / (1 + np.exp(-z)))


def finite_share(size: float) -> float:
    """The share of losses and slopes that are finite at two logits of this size, for all signs and one-hot targets."""
    Z, y = size * np.array([[[1, 1]], [[1, -1]], [[-1, 1]], [[-1, -1]]]), np.eye(2)
    found = [one for loss in LOSSES.values() for one in (loss(Z, y), gradient_of(loss, Z, y, y[0]))]
    return float(np.isfinite(found).mean())


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Losses and slopes at the logits, the least loss over random predictions, and sweeps for the figures."""
    z, y, axes = parameters.z, parameters.y, np.eye(len(parameters.logits))
    chosen = list(LOSSES).index(parameters.loss)
    gradients = np.array([gradient_of(loss, z, y, axes) for loss in LOSSES.values()])
    # Lines of predictions that run through p = y in random directions; e^-800 is 0 in float64.
    lines = np.linspace(-3, 3, 31)[:, None, None] * rng.normal(size=(50, z.size))
    perfect = np.where(y > 0, np.log(np.where(y > 0, y, 1)), -800)
    odds = parameters.probability / (1 - parameters.probability)
    wrong = np.array([-10.0]), np.ones(1), np.ones(1)  # z, y and the direction
    fine = np.linspace(36, 38, 20_001)
    values: dict[str, Any] = {
        "predictions": np.exp(-surprisal(z)) if chosen == 0 else sigmoid(z),
        "loss": LOSSES[parameters.loss](z, y),
        "gradient": gradients[chosen],
        "gradients": gradients,
        "differences": np.array([difference_of(loss, z, y, axes) for loss in LOSSES.values()]),
        "loss_of_probability": binary_cross_entropy(np.log([odds]), np.ones(1)),
        "initial_loss": cross_entropy(np.zeros(parameters.classes), np.eye(parameters.classes)[0]),
        "least_loss": cross_entropy(perfect + lines, y).min(),
        "slopes_at_minus_ten": np.array([gradient_of(loss, *wrong) for loss in (binary_cross_entropy, squared_error)]),
        "cross_entropy_of_each_class": cross_entropy(z, axes),
        "binary_losses": binary_cross_entropy(z[:, None], y[:, None]),
        "losses_of_two_logits": cross_entropy(np.column_stack([z, 0 * z]), np.column_stack([y, 1 - y])),
        "finite_share": finite_share(800),
        "rounds_to_one": fine[np.isfinite(naive_loss(fine)).sum()],
    }
    return Result(values, draw(parameters))


def draw(parameters: Parameters) -> tuple[Figure, ...]:
    """The losses and slopes while the first logit moves, mixed targets, and what rounding does to the naive formula."""
    z, y = parameters.z, parameters.y
    sweep = np.linspace(-12, 12, 241)
    Z = np.column_stack([sweep, np.tile(z[1:], (sweep.size, 1))])
    curves, slopes = [], []
    for label, loss in zip(("CE", "BCE", "squared error"), LOSSES.values(), strict=True):
        Z_, y_ = (Z, y) if loss is cross_entropy else (Z[:, :1], y[:1])
        curves.append(Line(sweep, loss(Z_, y_), label))
        slopes.append(Line(sweep, np.maximum(np.abs(gradient_of(loss, Z_, y_, np.eye(y_.size)[0])), 1e-12), label))
    figures = [
        Figure("Loss while the first logit moves", Axis("first logit"), Axis("loss in nats; squared error"), curves),
        Figure("Slope while the first logit moves", Axis("first logit"), Axis("|dL/dz|", "log"), slopes),
    ]
    if z.size > 1:
        share = np.linspace(0, 1, 101)
        mixed = np.column_stack([share, 1 - share])
        losses = cross_entropy(z, mixed @ np.eye(z.size)[:2])
        marks = [Line(share, losses, "CE"), Line(share, entropy(mixed), "the least CE: entropy")]
        figures.append(Figure("Mixed targets", Axis("share of class 0; rest: class 1"), Axis("loss in nats"), marks))
    long = np.linspace(30, 42, 241)
    naive = naive_loss(long)
    held = np.isfinite(naive)
    stable = Line(long, softplus(long), "from z: softplus(z)")
    broken = Points(long[held], naive[held], "from p: -ln(1 - p)")
    rounding = Figure("Target 0: the naive loss rounds", Axis("logit"), Axis("loss in nats"), [stable, broken])
    return (*figures, rounding)


# --- what a card may ask ------------------------------------------------------------------------------------------


def exclusive(at: Parameters) -> bool:
    """The target is a distribution over classes that exclude each other: its shares sum to 1."""
    return abs(math.fsum(at.target) - 1) < 1e-13


def proper(at: Parameters) -> bool:
    """The target fits the loss: only cross-entropy wants shares that sum to 1."""
    return exclusive(at) or at.loss != "cross_entropy"


@expected("softmax or sigmoid of the logits, as the loss wants it")
def predictions(parameters: Parameters) -> Any:
    z = parameters.z
    return np.exp(z - np.logaddexp.reduce(z) if parameters.loss == "cross_entropy" else -np.logaddexp(0, -z))


@expected("loss at the logits, summed over the classes", applies=proper)
def loss(parameters: Parameters) -> Any:
    z, y = parameters.z, parameters.y
    match parameters.loss:
        case "cross_entropy":
            return y @ (np.logaddexp.reduce(z) - z)
        case "binary_cross_entropy":
            return (np.logaddexp(0, z) - y * z).sum()
    return ((predictions(parameters) - y) ** 2).sum()


@expected("gradient of the loss with respect to each logit", applies=proper)
def gradient(parameters: Parameters) -> Any:
    p, y = predictions(parameters), parameters.y
    return 2 * p * (1 - p) * (p - y) if parameters.loss == "squared_error_on_sigmoid" else p - y


@expected("cross-entropy of the probability of the true class", unit="nats")
def loss_of_probability(parameters: Parameters) -> float:
    return -math.log(parameters.probability)


@expected("cross-entropy of a prediction that is uniform over the classes", unit="nats")
def initial_loss(parameters: Parameters) -> float:
    return math.log(parameters.classes)


@expected("the least cross-entropy that any prediction has with the target", unit="nats", applies=exclusive)
def least_loss(parameters: Parameters) -> Any:
    return entropy(parameters.y)


@expected("the logit from which a float64 sigmoid is 1")
def rounds_to_one(parameters: Parameters) -> float:
    return 53 * math.log(2)  # 1 + e^-z rounds to 1 once e^-z <= 2^-53, half of the spacing above 1


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("gradient", "one leaves the slope p(1-p) of the activation in it")
def keeps_the_slope(parameters: Parameters) -> Any:
    p = predictions(parameters)
    return p * (1 - p) * (p - parameters.y)


@mistake("gradient", "one takes p - y, as if the loss had cancelled the slope of the sigmoid")
def loses_the_slope(parameters: Parameters) -> Any:
    return predictions(parameters) - parameters.y


@mistake("gradient", "one gives it the sign of the step that goes down")
def gradient_flips_its_sign(parameters: Parameters) -> Any:
    return -gradient(parameters)


@mistake("loss", "one takes the logarithm to base 10")
def loss_in_log10(parameters: Parameters) -> Any:
    return loss(parameters) / math.log(10)


@mistake("loss", "one thinks of a share of errors, which cannot be more than 1")
def loss_is_bounded(parameters: Parameters) -> Any:
    return 1 - parameters.y @ predictions(parameters)


@mistake("loss", "one charges only the share y, and not 1 - y")
def forgets_the_other_side(parameters: Parameters) -> Any:
    return -parameters.y @ np.log(np.maximum(predictions(parameters), 1e-300))


@mistake("loss_of_probability", "one takes the logarithm to base 10")
def probability_in_log10(parameters: Parameters) -> float:
    return -math.log10(parameters.probability)


@mistake("loss_of_probability", "one takes the logarithm to base 2, which counts bits")
def probability_in_bits(parameters: Parameters) -> float:
    return -math.log2(parameters.probability)


@mistake("loss_of_probability", "one takes what is missing to 1, which cannot be more than 1")
def probability_missing(parameters: Parameters) -> float:
    return 1 - parameters.probability


@mistake("initial_loss", "one takes the logarithm to base 10")
def initial_in_log10(parameters: Parameters) -> float:
    return math.log10(parameters.classes)


@mistake("initial_loss", "one takes the logarithm to base 2, which counts bits")
def initial_in_bits(parameters: Parameters) -> float:
    return math.log2(parameters.classes)


@mistake("initial_loss", "one takes the share of errors, which cannot be more than 1")
def initial_is_the_error(parameters: Parameters) -> float:
    return 1 - 1 / parameters.classes


@mistake("least_loss", "one thinks that a perfect prediction of a soft target costs nothing")
def perfect_is_free(parameters: Parameters) -> float:
    return 0.0


@mistake("least_loss", "one takes the logarithm to base 2, which counts bits")
def least_in_bits(parameters: Parameters) -> Any:
    return least_loss(parameters) / math.log(2)


@mistake("least_loss", "one charges only the class with the largest share")
def counts_the_largest_only(parameters: Parameters) -> Any:
    return -np.log(max(parameters.y.max(), 1e-300))


# --- claims -------------------------------------------------------------------------------------------------------


def in_bounds(parameters: Parameters, values: Values, row: int, p: Array) -> Check:
    """The larger error of p - y, in units of its bound: 1e-10 for the complex step, 1e-6 for the difference."""
    wanted = p - parameters.y
    exact, rough = (np.abs(values[name][row] - wanted).max() for name in ("gradients", "differences"))
    return below(max(exact / 1e-10, rough / 1e-6), 1)


@claim(1, "dCE/dz = softmax - y: 1e-10, differences 1e-6 (error / bound)", applies=exclusive, domain="shares sum to 1")
def gradient_of_cross_entropy(parameters: Parameters, values: Values) -> Check:
    return in_bounds(parameters, values, 0, np.exp(parameters.z - np.logaddexp.reduce(parameters.z)))


@claim(2, "dBCE/dz = p - y: 1e-10, differences 1e-6 (error / bound)")
def gradient_of_binary_cross_entropy(parameters: Parameters, values: Values) -> Check:
    return in_bounds(parameters, values, 1, np.exp(-np.logaddexp(0, -parameters.z)))


@claim(3, "at z = -10 and y = 1 the slope of the squared error is below 1e-4, that of BCE above 0.999")
def squared_error_vanishes(parameters: Parameters, values: Values) -> Check:
    log_loss, square = np.abs(values["slopes_at_minus_ten"])
    return true(square < 1e-4 and log_loss > 0.999)


@claim(4, "a prediction that is uniform over K classes costs ln K")
def uniform_costs_ln_k(parameters: Parameters, values: Values) -> Check:
    return about(values["initial_loss"], initial_loss(parameters), absolute=1e-12)


@claim(5, "BCE of a logit z is CE of the logits (z, 0)")
def binary_is_two_classes(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["binary_losses"] - values["losses_of_two_logits"]).max(), 1e-12)


@claim(6, "losses and slopes are finite at logits of ±800, since they are computed from the logits")
def extremes_are_finite(parameters: Parameters, values: Values) -> Check:
    return about(values["finite_share"], 1, absolute=0)


@claim(7, "CE of a mixed target is the mixture of the CE of each class")
def linear_in_the_target(parameters: Parameters, values: Values) -> Check:
    mixture = parameters.y @ values["cross_entropy_of_each_class"]
    return about(cross_entropy(parameters.z, parameters.y), mixture, absolute=1e-12 * max(1, mixture))


@claim(8, "the least CE over all predictions is the entropy of the target", applies=exclusive, domain="shares sum to 1")
def entropy_is_the_least(parameters: Parameters, values: Values) -> Check:
    return about(values["least_loss"], least_loss(parameters), absolute=1e-12)


if __name__ == "__main__":
    main()
