"""Dropout: training draws one of 2^n networks at each step, and the test uses the mean of all of them in one pass.

What does it do to drop units at random, and why may one stop it for the test? Every unit is multiplied by a mask
m / (1 - p), where m is 0 with probability p and else 1, independent of all others: inverted dropout (Srivastava et al.
2014, section 10; p is the probability of dropping, theirs of keeping). A unit keeps its mean and gets noise,

    E[m x / (1 - p)] = x,     Var[m x / (1 - p)] = x^2 p / (1 - p),

so that without masks the next layer sees what it saw on average: the test pass needs no scale. In linear regression the
noise is a penalty like ridge's, with masks M for X element by element and x_j a column of X (their section 9.1):

    E |y - (X.M) w / (1 - p)|^2 = |y - X w|^2 + p / (1 - p) sum_j w_j^2 |x_j|^2.

A layer of n units has 2^n sub-networks, which share their weights. None is selected: for one softmax layer the pass
without masks is exactly their normalised geometric mean, weighted by the probabilities of the masks (Goodfellow et al.
2016, eq. 7.54 to 7.66, for p = 1/2); the arithmetic mean is another. A unit is unused in T steps with probability p^T.

Monte Carlo dropout keeps the masks at test time: the mean over many passes predicts, and their spread says how sure
the network is (Gal & Ghahramani 2016). A linear output has the variance p / (1 - p) sum_j w_j^2 x_j^2. Far from the
data, at x = alpha u, the pass without masks becomes certain; the mean over the masks does not.

x has shape (n,), W (n, K), both N(0, 1) without bias; masks (2^n, n). A linear output has the inputs and weights given.
"""

import math
from collections.abc import Mapping
from copy import deepcopy
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
    Progress,
    Result,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)
from studyapp.simulation.digits import digits
from studyapp.simulation.network import Weights, cross_entropy, forward, gradients, initial, softmax

TITLE = "Dropout"
TOPIC = "Regularisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

FAR = 1e9  # how far out the ray is followed
EPOCHS, LAST = 150, 10  # epochs on digits; those whose mean is the end


@dataclass(frozen=True)
class Parameters:
    """A softmax layer, a linear output, and how often masks are drawn."""

    units: int = parameter(8, low=2, high=12, help="units n of the softmax layer: all 2^n masks are tried")
    probability: float = parameter(0.5, low=0, high=0.9, help="p, of dropping a unit")
    classes: int = parameter(3, low=2, high=10, help="outputs K of the softmax layer")
    inputs: tuple[float, ...] = parameter((1, -2, 3, 0.5), low=-100, high=100, help="of a linear output, up to 12")
    weights: tuple[float, ...] = parameter((2, 1, 1, -2), low=-100, high=100, help="of a linear output, as many")
    samples: int = parameter(10_000, low=1000, high=100_000, scale="log", help="masks drawn to see the mean")
    passes: int = parameter(0, low=0, high=10_000, help="passes of Monte Carlo dropout; 0: masks off")
    steps: int = parameter(10, low=1, high=1000, scale="log", help="training steps T in which a unit may be unused")
    train_on_digits: bool = parameter(False, help="train with and without dropout, where labels are wrong; 1 s")

    def __post_init__(self) -> None:
        """Refuse lists that do not fit each other: a ParameterError."""
        if len(self.inputs) != len(self.weights) or len(self.inputs) > 12:
            raise ParameterError("inputs and weights do not fit", "give as many weights as inputs, up to 12")

    @property
    def terms(self) -> Array:
        """The terms w_j x_j of the linear output."""
        return np.multiply(self.weights, self.inputs)

    @property
    def noise(self) -> float:
        """The variance of a mask, p / (1 - p)."""
        return self.probability / (1 - self.probability)


def every_mask(n: int, p: float) -> tuple[Array, Array]:
    """All 2^n masks, scaled by 1 / (1 - p), of shape (2^n, n), and the probability of each."""
    kept = np.arange(2**n)[:, None] >> np.arange(n) & 1
    return kept / (1 - p), np.prod(np.where(kept, 1 - p, p), axis=1)


def random_masks(shape: tuple[int, ...], p: float, rng: np.random.Generator) -> Array:
    """Masks as training draws them."""
    return (rng.random(shape) >= p) / (1 - p)


def layer(x: Array, W: Array, masks: Array | None = None) -> Array:
    """The predictions (..., K) of the softmax layer, with masks (..., n) or, as in a test, without."""
    return softmax((x if masks is None else x * masks) @ W)


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """All masks of a random layer and of the linear output, and some drawn ones; digits if they are asked for."""
    p, n = parameters.probability, parameters.units
    masks, chance = every_mask(n, p)
    x, W = rng.standard_normal(n), rng.standard_normal((n, parameters.classes))
    units, z = masks * x, (masks * x) @ W
    mean, unused, test = chance @ units, chance @ (masks[:, 0] == 0), deepcopy(rng)
    values: dict[str, Any] = {
        "scale": masks.max(),
        "subnetworks": len(np.unique(masks, axis=0)),
        "dropped_variance": chance @ ((masks == 0).sum(axis=1) - n * p) ** 2,
        "never_used": np.linalg.matrix_power([[unused, 1 - unused], [0, 1]], parameters.steps)[0, 0],  # a Markov chain
        "x": x,
        "mean": mean,
        "variance": chance @ (units - mean) ** 2,
        "sampled_mean": (random_masks((parameters.samples, n), p, rng) * x).mean(axis=0),
        "masks_off": layer(x, W),
        "test_passes": [layer(x, W, random_masks(x.shape, 0, test)) for _ in range(2)],  # nothing is dropped in a test
        "geometric_mean": softmax(chance @ (z - np.logaddexp.reduce(z, axis=1, keepdims=True))),
        "arithmetic_mean": chance @ layer(x, W, masks),
        "far_masks_off": layer(FAR * x, W),
        "far_mean": chance @ layer(FAR * x, W, masks),
        "far_votes": votes(z, chance),
        "regression": regression(W[:, 0], p, rng),
        **linear_output(parameters, rng),
    }
    figures = draw(parameters, values, x, W)
    if parameters.train_on_digits:
        without = train(0, deepcopy(rng), lambda done: progress(done / 2))
        dropped = train(p, rng, lambda done: progress((1 + done) / 2))
        values["test_loss"], values["test_loss_without"] = dropped[-LAST:].mean(), without[-LAST:].mean()
        lines = [Line(range(1, EPOCHS + 1), *one) for one in ((dropped, "dropout"), (without, "without"))]
        figures.insert(0, Figure("Digits, 20 % wrong labels", Axis("epoch"), Axis("test loss in nats"), lines))
    return Result(values, figures)


def votes(z: Array, chance: Array) -> Array:
    """The probability of the masks for which each class has the largest logit; no unit at all divides its vote."""
    shares = np.where(z == z.max(axis=1, keepdims=True), 1.0, 0.0)
    return np.asarray(chance @ (shares / shares.sum(axis=1, keepdims=True)))


def regression(w: Array, p: float, rng: np.random.Generator) -> Array:
    """The mean squared error over all masks of each example, and its closed form, both summed over 20 examples."""
    X, y = rng.standard_normal((20, w.size)), rng.standard_normal(20)
    masks, chance = every_mask(w.size, p)
    over_masks = (chance @ (y - masks @ (X * w).T) ** 2).sum()
    return np.array([over_masks, ((y - X @ w) ** 2).sum() + p / (1 - p) * (w**2 @ (X**2).sum(axis=0))])


def linear_output(parameters: Parameters, rng: np.random.Generator) -> dict[str, Any]:
    """The mean and variance of the given units and of their output, over all masks and over the passes."""
    masks, chance = every_mask(len(parameters.inputs), parameters.probability)
    units, outputs = masks * parameters.inputs, masks @ parameters.terms
    values = {
        "unit_variance": chance @ (units - chance @ units) ** 2,
        "mean_output": chance @ outputs,
        "output_variance": chance @ (outputs - chance @ outputs) ** 2,
    }
    if parameters.passes:
        passes = random_masks((parameters.passes, masks.shape[1]), parameters.probability, rng) @ parameters.terms
        values |= {"passes_mean": passes.mean(), "passes_variance": passes.var()}
    return values


def train(p: float, rng: np.random.Generator, progress: Progress) -> Array:
    """The loss on 500 test digits after each epoch of SGD on 300 others, of which one in five has a wrong label."""
    images, labels = digits()
    order = rng.permutation(len(labels))[:800]
    X, told = images.reshape(-1, 64)[order].astype(np.float32), labels[order]
    told[:300] += (rng.random(300) < 0.2) * rng.integers(1, 10, 300)
    Y = np.eye(10, dtype=np.float32)[told % 10]
    network, rate, losses = initial(rng, 64, 256, 10, dtype=np.float32), np.float32(0.2), []
    for epoch in range(1, EPOCHS + 1):
        for rows in np.split(rng.permutation(300), range(32, 300, 32)):
            mask = random_masks((len(rows), 256), p, rng).astype(np.float32) if p else None
            steps = gradients(network, X[rows], Y[rows], mask=mask)
            network = Weights(*(one - rate * step for one, step in zip(network, steps, strict=True)))
        losses.append(cross_entropy(forward(network, X[300:])[1], Y[300:]))
        progress(epoch / EPOCHS)
    return np.array(losses, dtype=float)


def draw(parameters: Parameters, values: Values, x: Array, W: Array) -> list[Figure]:
    """Three predictions of the layer, its confidence along the ray, and the outputs of all masks."""
    p, names = parameters.probability, [str(k) for k in range(parameters.classes)]
    shown = ("arithmetic_mean", "masks_off", "geometric_mean")
    three = [Bars(names, values[name], name.replace("_", " ")) for name in shown]
    (masks, chance), alpha = every_mask(parameters.units, p), np.geomspace(0.1, 1000, 25)
    off, mean = layer(alpha[:, None] * x, W), chance @ layer(alpha[:, None, None] * x, W, masks)
    sure = [Line(alpha, off.max(axis=1), "masks off"), Line(alpha, mean.max(axis=1), "mean over masks")]
    masks, chance = every_mask(len(parameters.inputs), p)
    outputs = masks @ parameters.terms
    order = outputs.argsort()
    heights = np.append(0, np.repeat(chance[order].cumsum(), 2)[:-1])
    steps = [Line(np.repeat(outputs[order], 2), heights, "all masks")]
    steps.append(Line([values["mean_output"]] * 2, [0, 1], "masks off"))
    return [
        Figure("Three predictions", Axis("class"), Axis("probability"), three),
        Figure("Confidence far away", Axis("distance alpha", "log"), Axis("confidence"), sure),
        Figure("Linear output", Axis("output"), Axis("probability below"), steps),
    ]


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


@expected("what inverted dropout multiplies the units by that it keeps")
def scale(parameters: Parameters) -> float:
    return 1 / (1 - parameters.probability)


@expected("sub-networks of the softmax layer")
def subnetworks(parameters: Parameters) -> int:
    return 1 << parameters.units


@expected("variance of the number of units dropped from the softmax layer")
def dropped_variance(parameters: Parameters) -> float:
    return parameters.units * parameters.probability * (1 - parameters.probability)


@expected("probability that a unit is not used in any of the steps")
def never_used(parameters: Parameters) -> float:
    return parameters.probability**parameters.steps


@expected("variance of each given input under inverted dropout")
def unit_variance(parameters: Parameters) -> Any:
    return parameters.noise * np.square(parameters.inputs)


@expected("mean of the linear output over the masks of inverted dropout, and its output without masks")
def mean_output(parameters: Parameters) -> Any:
    return parameters.terms.sum()


@expected("variance of the linear output over the masks, or passes of Monte Carlo dropout")
def output_variance(parameters: Parameters) -> Any:
    return parameters.noise * (parameters.terms**2).sum()


@mistake("scale", "one thinks that nothing need be rescaled")
def no_rescaling(parameters: Parameters) -> float:
    return 1.0


@mistake("scale", "one multiplies by 1 - p, as in a test after dropout that scales nothing in training")
def scales_down(parameters: Parameters) -> float:
    return 1 - parameters.probability


@mistake("subnetworks", "one lets a unit have two networks, 2n in all")
def two_networks_a_unit(parameters: Parameters) -> int:
    return 2 * parameters.units


@mistake("dropped_variance", "one thinks that exactly a share p is always dropped")
def always_the_same_number(parameters: Parameters) -> float:
    return 0.0


@mistake("dropped_variance", "one takes the mean of the number, n p, for its variance")
def mean_for_the_variance(parameters: Parameters) -> float:
    return parameters.units * parameters.probability


@mistake("never_used", "one thinks that enough training is a guarantee")
def guaranteed_to_be_used(parameters: Parameters) -> float:
    return 0.0


@mistake("unit_variance", "one forgets that what is kept is scaled")
def variance_without_scale(parameters: Parameters) -> Any:
    return parameters.probability * (1 - parameters.probability) * np.square(parameters.inputs)


@mistake("unit_variance", "one takes p for the probability of keeping")
def variance_with_p_kept(parameters: Parameters) -> Any:
    return np.square(parameters.inputs) / max(parameters.noise, 1e-9)


@mistake("mean_output", "one drops units in the test without any scale")
def drops_in_the_test(parameters: Parameters) -> Any:
    return (1 - parameters.probability) * parameters.terms.sum()


@mistake("mean_output", "one picks the sub-network with the largest output")
def picks_one_subnetwork(parameters: Parameters) -> Any:
    return scale(parameters) * np.maximum(parameters.terms, 0).sum()


@mistake("output_variance", "one squares the sum instead of summing the squares")
def squares_the_sum(parameters: Parameters) -> Any:
    return parameters.noise * parameters.terms.sum() ** 2


# --- claims -------------------------------------------------------------------------------------------------------


def half_or_less(at: Parameters) -> bool:
    """Dropping with a probability from 0.2 to 0.5."""
    return 0.2 <= at.probability <= 0.5


HALF: dict[str, Any] = {"applies": half_or_less, "domain": "0.2 <= p <= 0.5"}


def worst(measured: Any, wanted: Any) -> Any:
    """The largest error, relative to the largest number if that is above 1."""
    return np.abs(measured - wanted).max() / max(1, np.abs(wanted).max())


@claim(1, "the masks keep the mean: exactly over all of them, within 4 standard errors over the samples")
def keeps_the_mean(parameters: Parameters, values: Values) -> Check:
    """The larger of both errors in units of its bound; of the samples it is that of the sum over the units."""
    error = math.sqrt(parameters.noise * (values["x"] ** 2).sum() / parameters.samples)
    sampled = abs((values["sampled_mean"] - values["x"]).sum()) / (4 * error + 1e-12)
    return below(max(worst(values["mean"], values["x"]) / 1e-12, sampled), 1)


@claim(2, "over all masks the variance is x^2 p / (1 - p), within 1e-12")
def variance_of_a_unit(parameters: Parameters, values: Values) -> Check:
    return below(worst(values["variance"], parameters.noise * values["x"] ** 2), 1e-12)


@claim(3, "the normalised geometric mean over all masks is the prediction without masks; the arithmetic mean differs")
def geometric_mean_is_exact(parameters: Parameters, values: Values) -> Check:
    """Within 1e-10. That the arithmetic mean differs is asked from p = 0.01 on: with p = 0 there is one mask."""
    differs = worst(values["arithmetic_mean"], values["masks_off"]) > 1e-9 or parameters.probability < 0.01
    return below(worst(values["geometric_mean"], values["masks_off"]) if differs else 1, 1e-10)


@claim(6, "in linear regression dropout adds p / (1 - p) sum_j w_j^2 |x_j|^2 to the squared error, within 1e-10")
def adds_a_ridge_penalty(parameters: Parameters, values: Values) -> Check:
    over_masks, penalised = values["regression"]
    return below(abs(over_masks / penalised - 1), 1e-10)


@claim(7, "two passes without masks give the same")
def tests_repeat(parameters: Parameters, values: Values) -> Check:
    return true(np.array_equal(*values["test_passes"]))


@claim(
    8,
    "where labels are wrong, dropout ends with a lower test loss",
    applies=lambda at: at.train_on_digits and at.probability == 0.5,
    domain="train_on_digits, p = 0.5",
    at={"train_on_digits": True},
)
def lowers_the_test_loss(parameters: Parameters, values: Values) -> Check:
    return below(values["test_loss"] - values["test_loss_without"], 0)


@claim(
    9,
    "the mean over the passes of a linear output is that without masks, within 4 standard errors",
    applies=lambda at: half_or_less(at) and at.passes >= 1000,
    domain="0.2 <= p <= 0.5, 1,000 passes or more",
    at={"passes": 10_000},
)
def passes_have_the_mean(parameters: Parameters, values: Values) -> Check:
    error = math.sqrt(output_variance(parameters) / parameters.passes)
    return below(abs(values["passes_mean"] - mean_output(parameters)), 4 * error + 1e-12)


@claim(10, "the variance of a linear output over all masks is p / (1 - p) sum w_j^2 x_j^2, over 10,000 passes too")
def variance_of_a_linear_output(parameters: Parameters, values: Values) -> Check:
    """Within 1e-10 over all masks, and 10 % over 10,000 passes with 0.2 <= p <= 0.5; in units of the bound."""
    wanted = output_variance(parameters)
    error = worst(values["output_variance"], wanted) / 1e-10
    if half_or_less(parameters) and parameters.passes == 10_000:
        error = max(error, abs(values["passes_variance"] - wanted) / (0.1 * wanted + 1e-12))
    return below(error, 1)


@claim(11, "far away the mean over the masks is the vote of the sub-networks, within 1e-6", **HALF)
def masks_vote(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["far_mean"] - values["far_votes"]).max(), 1e-6)


@claim(12, "far away the pass without masks is surer than 1 - 1e-6, their mean at most 1 - p^n (1 - 1/K)", **HALF)
def masks_keep_a_doubt(parameters: Parameters, values: Values) -> Check:
    bound = 1 - parameters.probability**parameters.units * (1 - 1 / parameters.classes)
    sure = values["far_masks_off"].max() > 1 - 1e-6
    return below(values["far_mean"].max() if sure else 1, bound + 1e-12)


if __name__ == "__main__":
    main()
