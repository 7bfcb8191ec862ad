"""Far from all data a ReLU network is surer than anywhere: its logits are affine there, so the softmax tends to 1.

Does a classifier know where it has seen nothing? Follow a ray x = alpha d away from the origin. Each ReLU has its last
kink somewhere; beyond all of them the network is affine on the ray, and so is each logit,

    z_k(alpha) = a_k + b_k alpha,     softmax(z)_k -> 1 for the class with the largest slope b_k,

unless several share it (Hein, Andriushchenko & Bitterwolf 2019, theorem 3.1: on almost every ray). That needs no
training and no sigmoid, and more data near the origin changes nothing. Nor does a temperature, softmax(z / T): it only
divides the slopes, so that the same confidence comes T times further out (Guo et al. 2017 fit T to held-out data).

Radial basis functions, phi_j(x) = exp(-|x - c_j|^2 / (2 width^2)), vanish far from every centre. With logits phi(x) W,
without a bias, the softmax tends to 1/K for K classes: such a network says that it does not know.

Both networks learn two moons by the mean cross-entropy of all samples and Adam (Kingma & Ba 2015, algorithm 1, with
epsilon 1e-8 outside the root). The ReLU network has one hidden layer, weights from N(0, 2 / n_in) (He et al. 2015) and
biases of 0; the centres of the other are as many of the samples. Confidence is the largest probability. X has shape
(..., 2), d (directions, 2), with evenly spaced angles, logits (..., K).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    HeatMap,
    Line,
    ParameterError,
    Progress,
    Result,
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)
from studyapp.simulation.network import Weights, cross_entropy, forward, gradients, initial, softmax

TITLE = "Confidence far from the data"
TOPIC = "Outputs and losses"

Array = NDArray[Any]
Values = Mapping[str, Any]
Logits = Callable[[Array], Array]

ALPHAS = np.geomspace(1, 1000, 61)
HELD_OUT = 1000
SURE = 0.99
FAR = 1e6  # where the ray by hand is looked at


@dataclass(frozen=True)
class Parameters:
    """Two moons, the networks and their training, the rays, and the logits on one ray for paper and pencil."""

    samples: int = parameter(200, low=50, high=1000, scale="log", help="training samples, half in each moon")
    noise: float = parameter(0.2, low=0.0, high=0.5, help="deviation of the samples from their moon")
    hidden: int = parameter(16, low=4, high=64, scale="log", help="hidden ReLUs; centres of the RBF network")
    steps: int = parameter(500, low=0, high=2000, help="steps of Adam")
    learning_rate: float = parameter(0.01, low=0.001, high=0.1, scale="log", help="of Adam")
    rbf_width: float = parameter(0.5, low=0.1, high=3, scale="log", help="width of the radial basis functions")
    directions: int = parameter(32, low=4, high=64, scale="log", help="rays from the origin")
    alpha: float = parameter(1000.0, low=1, high=1000, scale="log", help="distance at which confidence is reported")
    classes: int = parameter(2, low=2, high=10, help="classes K of an untrained RBF network far away")
    offsets: tuple[float, ...] = parameter((2, 0), low=-100, high=100, help="by hand: a of each logit a + b alpha")
    slopes: tuple[float, ...] = parameter((0.5, 1), low=-100, high=100, help="by hand: b of each logit a + b alpha")
    temperature: float = parameter(1.0, low=0.1, high=100, scale="log", help="by hand: T of softmax(z / T)")

    def __post_init__(self) -> None:
        """Each logit has an offset and a slope."""
        if len(self.offsets) != len(self.slopes):
            what = f"parameter slopes: {len(self.slopes)} do not fit {len(self.offsets)} offsets"
            raise ParameterError(what, "give one of each for every class")


def two_moons(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """X (n, 2), two half circles that reach into each other, and one-hot classes (n, 2)."""
    t, k = math.pi * rng.random(n), np.arange(n) % 2
    x, y = np.where(k, 1 - np.cos(t), np.cos(t)), np.where(k, 0.5 - np.sin(t), np.sin(t))
    return np.column_stack([x, y]) + noise * rng.normal(size=(n, 2)), np.eye(2)[k]


def adam(
    start: Iterable[Array],
    gradient: Callable[[list[Array]], Iterable[Array]],
    parameters: Parameters,
    progress: Progress,
) -> list[Array]:
    """The weights after the steps of Adam with beta = 0.9, 0.999."""
    weights = [w.copy() for w in start]
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    for step in range(1, parameters.steps + 1):
        for w, g, m_w, v_w in zip(weights, gradient(weights), m, v, strict=True):
            m_w += 0.1 * (g - m_w)
            v_w += 0.001 * (g * g - v_w)
            rate = parameters.learning_rate / (1 - 0.9**step)
            w -= rate * m_w / (np.sqrt(v_w / (1 - 0.999**step)) + 1e-8)
        if step % 100 == 0:
            progress(step / parameters.steps)
    return weights


def confidence(z: Array) -> Array:
    """The largest probability of the logits (..., K)."""
    return np.asarray(softmax(z).max(axis=-1))


def fitted_temperature(z: Array, y: Array) -> float:
    """The T from 0.05 to 20 with the least mean cross-entropy, which is convex in 1/T: by golden sections of ln T."""
    ratio, low, high = (math.sqrt(5) - 1) / 2, math.log(0.05), math.log(20)
    for _ in range(30):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        better = cross_entropy(z / math.exp(left), y) <= cross_entropy(z / math.exp(right), y)
        low, high = (low, right) if better else (left, high)
    return math.exp((low + high) / 2)


def bend(weights: Weights, d: Array) -> float:
    """How far the logits are from affine at 1, 2 and 3 times alpha = 500, or each ray's last kink: relative to them."""
    z, b = d @ weights.W1, np.broadcast_to(weights.b1, (len(d), weights.b1.size))
    kinks = np.divide(-b, z, out=np.zeros_like(z), where=z != 0).max(axis=1)
    beyond = np.maximum(500, 1.001 * kinks)[:, None] * d
    near, middle, far = (forward(weights, factor * beyond)[1] for factor in (1, 2, 3))
    size = np.maximum(np.abs(near), np.abs(far)).max(axis=1) + 1e-300  # all are 0 where every unit is off
    return float((np.abs(near - 2 * middle + far).max(axis=1) / size).max())


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Train both networks, and follow their confidence along the rays."""
    p = parameters
    X, y = two_moons(rng, p.samples, p.noise)
    X_new, y_new = two_moons(rng, HELD_OUT, p.noise)
    start = initial(rng, 2, p.hidden, 2)
    learned = adam(start, lambda w: gradients(Weights(*w), X, y), p, lambda done: progress(done / 2))
    weights = Weights(*learned)
    centres = rng.permutation(X)[: p.hidden]

    def features(x: Array) -> Array:
        squares = ((x[..., None, :] - centres) ** 2).sum(axis=-1)
        return np.asarray(np.exp(-squares / (2 * p.rbf_width**2)))

    def rbf_gradient(w: list[Array]) -> list[Array]:
        return [phi.T @ (softmax(phi @ w[0]) - y) / p.samples]

    phi, zeros = features(X), np.zeros((len(centres), 2))
    (W,) = adam([zeros], rbf_gradient, p, lambda done: progress((1 + done) / 2))

    def relu(x: Array) -> Array:
        return forward(weights, x)[1]

    def rbf(x: Array) -> Array:
        return np.asarray(features(x) @ W)

    angle = 2 * math.pi * np.arange(p.directions) / p.directions
    d = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    along = confidence(relu(ALPHAS[:, None, None] * d))
    T = fitted_temperature(relu(X_new), y_new)
    by_hand = softmax((np.array(p.offsets) + FAR * np.array(p.slopes)) / p.temperature)
    values: dict[str, Any] = {
        "confidence_along_rays": along,
        "sure_share": (along[-1] > SURE).mean(),
        "rising_share": (np.diff(along[ALPHAS >= 30], axis=0) >= -1e-12).all(axis=0).mean(),
        "bend": bend(weights, d),
        "training_accuracy": (relu(X).argmax(axis=1) == y.argmax(axis=1)).mean(),
        "fitted_temperature": T,
        "sure_share_at_temperature": (confidence(relu(1000 * max(1, T) * d) / T) > SURE).mean(),
        "confidence_on_the_data": confidence(relu(X)).mean(),
        "confidence_at_alpha": confidence(relu(p.alpha * d)).mean(),
        "rbf_confidence_at_alpha": confidence(rbf(p.alpha * d)).mean(),
        "rbf_limit": confidence(features(1000 * d) @ rng.normal(size=(len(centres), p.classes))).max(),
        "limit_class": by_hand.argmax(),
        "limit_confidence": by_hand.max(),
    }
    return Result(values, draw(angle, along, confidence(rbf(ALPHAS[:, None, None] * d)), relu, rbf))


def draw(angle: Array, along: Array, along_rbf: Array, relu: Logits, rbf: Logits) -> list[Figure]:
    """The confidence along four of the rays, (alphas, directions), and over the plane."""
    shown = range(0, angle.size, -(-angle.size // 4))
    lines = [Line(ALPHAS, along[:, k], f"ReLU {math.degrees(angle[k]):.0f}°") for k in shown]
    lines.append(Line(ALPHAS, along_rbf.mean(axis=1), "RBF, mean"))
    figures = [Figure("Confidence along rays", Axis("distance alpha", "log"), Axis("confidence"), lines)]
    side = np.linspace(-6, 6, 41)
    plane = np.stack(np.meshgrid(side, side[::-1]), axis=-1)
    for name, logits in (("ReLU", relu), ("RBF", rbf)):
        image = HeatMap(confidence(logits(plane)), "confidence", x=(-6, 6), y=(6, -6))
        figures.append(Figure(f"Confidence of {name}", Axis("x_1"), Axis("x_2"), [image]))
    return figures


# --- what a card may ask ------------------------------------------------------------------------------------------


def clear(at: Parameters) -> bool:
    """The steepest logits have exactly the same slope, or one leads by 0.01, so that far is far enough."""
    behind = max(at.slopes) - np.array(at.slopes)
    return bool(((behind == 0) | (behind >= 0.01)).all())


def in_the_limit(at: Parameters) -> Array:
    """The probabilities of a + b alpha for alpha to infinity: those of the offsets, but of the steepest logits only."""
    steepest = np.array(at.slopes) == max(at.slopes)
    return np.asarray(softmax(np.where(steepest, np.array(at.offsets) / at.temperature, -np.inf)))


@expected("class that the logits a + b alpha tend to, counted from 0", applies=clear)
def limit_class(parameters: Parameters) -> int:
    return int(in_the_limit(parameters).argmax())


@expected("confidence that the logits a + b alpha tend to", applies=clear)
def limit_confidence(parameters: Parameters) -> Any:
    return in_the_limit(parameters).max()


@expected("confidence far from every centre of an RBF network without a bias")
def rbf_limit(parameters: Parameters) -> float:
    return 1 / parameters.classes


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("limit_class", "one looks at the offsets, which the slopes outgrow")
def class_by_the_offsets(parameters: Parameters) -> int:
    return parameters.offsets.index(max(parameters.offsets))


@mistake("limit_confidence", "one thinks that a network is undecided where it has seen nothing")
def undecided_far_away(parameters: Parameters) -> float:
    return 1 / len(parameters.slopes)


@mistake(
    "limit_confidence", "one thinks that a temperature keeps the confidence from 1, as if the logits stayed finite"
)
def temperature_holds(parameters: Parameters) -> Any:
    z = np.array(parameters.offsets) + np.array(parameters.slopes)
    return softmax(z / parameters.temperature).max()


@mistake("limit_confidence", "one takes the softmax of the slopes")
def slopes_as_logits(parameters: Parameters) -> Any:
    return softmax(np.array(parameters.slopes) / parameters.temperature).max()


@mistake("rbf_limit", "one thinks that every network is sure far away")
def every_network_is_sure(parameters: Parameters) -> float:
    return 1.0


@mistake("rbf_limit", "one thinks that the probabilities vanish with the features")
def probabilities_vanish(parameters: Parameters) -> float:
    return 0.0


# --- claims -------------------------------------------------------------------------------------------------------


def trained(at: Parameters) -> bool:
    """Enough units, samples and steps to learn the moons, and so many rays that two of them are less than 10 %.

    For the border between the classes goes on for ever, and a ray beside it stays unsure for long: in 565 trainings up
    to 2 of 32 rays did, and in 1 of 100 without noise 2 of 16.
    """
    learned = at.hidden >= 16 and at.steps >= 500 and at.learning_rate >= 0.01
    return learned and at.samples >= 200 and at.directions >= 32 and at.noise <= 0.2


TRAINED = "hidden >= 16, directions >= 32, samples >= 200, steps >= 500, learning rate >= 0.01, noise <= 0.2"


@claim(
    1, "at alpha = 1000 the ReLU network is more than 99 % sure on 90 % of the rays", applies=trained, domain=TRAINED
)
def sure_far_away(parameters: Parameters, values: Values) -> Check:
    return above(values["sure_share"], 0.9)


@claim(
    2, "for alpha >= 500, beyond the last kink, the logits are affine in alpha: second difference below 1e-8 of them"
)
def affine_beyond_the_kinks(parameters: Parameters, values: Values) -> Check:
    return below(values["bend"], 1e-8)


@claim(3, "on 90 % of the rays the confidence never falls from alpha = 30 on", applies=trained, domain=TRAINED)
def confidence_never_falls(parameters: Parameters, values: Values) -> Check:
    return above(values["rising_share"], 0.9)


@claim(5, "at least 88 % of the training samples are classified correctly", applies=trained, domain=TRAINED)
def learns_the_moons(parameters: Parameters, values: Values) -> Check:
    return above(values["training_accuracy"], 0.88)


@claim(
    6,
    "with the temperature T that fits 1000 new samples it is as sure at alpha = 1000 max(1, T)",
    applies=trained,
    domain=TRAINED,
)
def temperature_does_not_help(parameters: Parameters, values: Values) -> Check:
    return above(values["sure_share_at_temperature"], 0.9)


if __name__ == "__main__":
    main()
