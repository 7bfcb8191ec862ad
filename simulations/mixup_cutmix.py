"""mixup blends two images and CutMix pastes one into the other; the label is shared out in the same proportion.

What is the label of half a 3 and half an 8? Both methods make a new example of two old ones, x_a and x_b with one-hot
labels y_a and y_b over K classes:

    mixup    x = l x_a + (1 - l) x_b            y = l y_a + (1 - l) y_b,    l ~ Beta(alpha, alpha)
    CutMix   x = x_b inside a box, else x_a     y = l y_a + (1 - l) y_b,    l = 1 - area of the box / area of the image

(Zhang, Cisse, Dauphin and Lopez-Paz 2018, section 1; Yun et al. 2019, eq. 1; Cutout, DeVries and Taylor 2017, blanks
the box and keeps y_a.) The box is clipped at the border, and its clipped area counts. Such images cannot occur: unlike
a small shift they leave the distribution of the data, and regularise all the same.

The loss needs no change. Cross-entropy is linear in the target, so it is

    CE(y, p) = - sum_k y_k ln p_k = - l ln p_a - (1 - l) ln p_b = l CE(y_a, p) + (1 - l) CE(y_b, p),

which is least at p = y. There it is the entropy H(l) = - l ln l - (1 - l) ln (1 - l) and not 0, unless a and b are of
the same class. The variance of l is 1 / (4 (2 alpha + 1)): a small alpha mixes little, alpha = 1 uniformly.

Losses are in nats. Images have the shape (height, width), and other sizes than the digits' 8 x 8 repeat or leave out
pixels; labels have the shape (K,). The box begins h // 2 rows above its centre and w // 2 columns to the left of it.
What is left of the prediction is spread evenly over the other classes.
"""

import math
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
    HeatMap,
    Line,
    ParameterError,
    Progress,
    Result,
    about,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)
from studyapp.simulation.digits import digits
from studyapp.simulation.network import Weights, cross_entropy, forward, gradients, initial

TITLE = "mixup and CutMix"
TOPIC = "Regularisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

DRAWS = 40_000  # of lambda

# The recipe of the training: few digits, a fifth of them with a wrong label, and long enough to learn those by heart.
SPLITS, TRAINED, WRONG, HIDDEN, RATE, BATCH, EPOCHS = 2, 300, 0.2, 32, 0.5, 30, 150


@dataclass(frozen=True)
class Parameters:
    """Two digits, how they are mixed, and what a network predicts for the mixture."""

    alpha: float = parameter(0.4, low=0.1, high=4, scale="log", help="of the Beta law that mixup draws lambda from")
    mixing_weight: float = parameter(0.7, low=0, high=1, help="lambda of mixup, the share of the first image")
    first_class: int = parameter(3, low=0, high=9, help="the first digit, a")
    second_class: int = parameter(8, low=0, high=9, help="the second digit, b")
    classes: int = parameter(10, low=3, high=10, help="K, from the digit 0 on")
    predicted: tuple[float, ...] = parameter((0.6, 0.3), low=0.001, high=1, help="probabilities of a and of b")
    height: int = parameter(8, low=4, high=32, help="rows of both images", unit="pixels")
    width: int = parameter(8, low=4, high=32, help="columns of both images", unit="pixels")
    box_height: int = parameter(4, low=1, high=32, help="rows of CutMix's box, before clipping", unit="pixels")
    box_width: int = parameter(6, low=1, high=32, help="columns of it", unit="pixels")
    box_row: int = parameter(2, low=0, high=31, help="its centre, counted from 0")
    box_column: int = parameter(6, low=0, high=31, help="its centre, counted from 0")
    pixels: tuple[float, ...] = parameter((0.2, 0.9), low=0, high=1, help="one place inside the box, in both images")
    train: bool = parameter(False, help="compare networks that learn noisy labels with mixup and without")

    def __post_init__(self) -> None:
        """Refuse what the bounds of the single numbers cannot: a ParameterError."""
        for name, given in (("predicted", self.predicted), ("pixels", self.pixels)):
            if len(given) != 2:
                raise ParameterError(f"parameter {name}: {len(given)} numbers", "give two: one for a and one for b")
        if sum(self.predicted) > 1 + 1e-9:
            raise ParameterError(f"predicted: the sum is {sum(self.predicted):.4g}", "probabilities have at most 1")
        if max(self.first_class, self.second_class) >= self.classes:
            largest = max(self.first_class, self.second_class)
            raise ParameterError(f"the digit {largest} is none of {self.classes} classes", "they count from 0")
        if self.box_row >= self.height or self.box_column >= self.width:
            raise ParameterError("the centre of the box lies outside the image", "move it, or enlarge the image")

    @property
    def box(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The first row of the clipped box and that below it, and the same of the columns."""
        top, left = self.box_row - self.box_height // 2, self.box_column - self.box_width // 2
        rows = max(top, 0), min(top + self.box_height, self.height)
        return rows, (max(left, 0), min(left + self.box_width, self.width))

    @property
    def same_class(self) -> bool:
        """Both images show the same digit."""
        return self.first_class == self.second_class

    def label(self, weight: float) -> Array:
        """The label of a mixture with this share of the first class, (K,)."""
        one_hot = np.eye(self.classes)
        return np.asarray(weight * one_hot[self.first_class] + (1 - weight) * one_hot[self.second_class])

    @property
    def prediction(self) -> Array:
        """The probabilities of all classes, (K,)."""
        named = [self.first_class] if self.same_class else [self.first_class, self.second_class]
        given = self.predicted[: len(named)]
        p = np.full(self.classes, max(1 - sum(given), 0) / (self.classes - len(named)))
        p[named] = given
        return p


def loss_of(p: Array, y: Array) -> Any:
    """The cross-entropy of predictions (..., K) and a label (K,), where 0 ln 0 = 0."""
    return -(y * np.log(np.where(y > 0, p, 1))).sum(axis=-1)


def two_images(parameters: Parameters) -> Array:
    """The first image of the one digit and the last of the other, resized: (2, height, width)."""
    images, labels = digits()
    first = np.flatnonzero(labels == parameters.first_class)[0]
    last = np.flatnonzero(labels == parameters.second_class)[-1]
    rows, columns = (np.arange(size) * 8 // size for size in (parameters.height, parameters.width))
    return np.asarray(images[[first, last]][:, rows][:, :, columns])


def mixed(images: Array, weight: float, pasted: Array) -> Array:
    """mixup with this weight, and CutMix where `pasted`, of two images (2, height, width) alike."""
    return np.stack([np.tensordot((weight, 1 - weight), images, 1), np.where(pasted, images[1], images[0])])


def least_loss_found(y: Array, rng: np.random.Generator) -> Any:
    """The least cross-entropy on lines of logits through those of p = y, in 50 random directions."""
    logits = np.where(y > 0, np.log(np.where(y > 0, y, 1)), -800)  # e^-800 is 0 in float64
    z = logits + np.linspace(-3, 3, 31)[:, None, None] * rng.normal(size=(50, y.size))
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return loss_of(e / e.sum(axis=-1, keepdims=True), y).min()


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Mix two digits in both ways, share out the labels and the loss, and draw lambda; train networks if asked to."""
    weight, p = parameters.mixing_weight, parameters.prediction
    first, second = images = two_images(parameters)
    pasted = np.zeros(first.shape, dtype=bool)
    rows, columns = parameters.box
    pasted[slice(*rows), slice(*columns)] = True
    mixup, cutmix = mixed(images, weight, pasted)
    flat = np.broadcast_to(np.array(parameters.pixels)[:, None, None], images.shape)  # each of one grey level
    pixels = mixed(flat, weight, pasted)[:, parameters.box_row, parameters.box_column]  # the centre of the box is in it
    # Where on the line through both images the mixture lies: its projection, and the distance from the line.
    share = ((mixup - second) * (first - second)).sum() / ((first - second) ** 2).sum()
    drawn = rng.beta(parameters.alpha, parameters.alpha, DRAWS)
    values: dict[str, Any] = {
        "image_share": share,
        "off_the_line": np.abs(mixup - share * first - (1 - share) * second).max(),
        "mixed_label": parameters.label(weight),
        "cutmix_weight": 1 - pasted.sum() / pasted.size,
        "cutmix_label": parameters.label(1 - pasted.sum() / pasted.size),
        "mixup_pixel": pixels[0],
        "cutmix_pixel": pixels[1],
        "loss": loss_of(p, parameters.label(weight)),
        "losses_of_each": np.array([loss_of(p, parameters.label(one)) for one in (1, 0)]),
        "least_loss": least_loss_found(parameters.label(weight), rng),
        "weight_variance": drawn.var(),
    }
    counts = np.histogram(drawn, np.linspace(0, 1, 9))[0]
    bars = Bars([f"{k / 8:.3g}" for k in range(8)], 100 * counts / DRAWS)
    figures = [
        pictures("Ink of both mixtures", {"mixup": mixup, "CutMix": cutmix}),
        pictures("Ink of the two digits", {"a": first, "b": second}),
        losses_of_a_share(parameters),
        Figure("lambda ~ Beta(alpha, alpha)", Axis("from, to the next 1/8"), Axis("share in %"), [bars]),
    ]
    if parameters.train:
        losses = compare(parameters.alpha, rng, progress)
        values["test_losses"] = losses[-1]
        epochs = np.arange(1, EPOCHS + 1)
        lines = [Line(epochs, losses[:, k], name) for k, name in enumerate(("plain", "mixup"))]
        title = f"{TRAINED} digits, {WRONG:.0%} wrong labels"
        figures.insert(0, Figure(title, Axis("epoch"), Axis("test loss in nats"), lines))
    return Result(values, tuple(figures))


def compare(alpha: float, rng: np.random.Generator, progress: Progress) -> Array:
    """The test loss after each epoch, (EPOCHS, 2): of networks trained on plain examples and on mixtures of them.

    The mean over SPLITS of the digits. Both kinds start with the same weights and see the same batches; mixup blends
    each example with the next one of its batch, and draws a lambda for each. Test labels are right.
    """
    images, labels = digits()
    order = np.stack([rng.permutation(len(labels)) for _ in range(SPLITS)])
    training, test = order[:, :TRAINED], order[:, TRAINED:]
    flip = (rng.random(training.shape) < WRONG) * rng.integers(1, 10, training.shape)
    X, Y = images.reshape(-1, 64), np.eye(10)
    x, y = X[training], Y[(labels[training] + flip) % 10]
    starts = [initial(rng, 64, HIDDEN, 10) for _ in range(SPLITS)]
    weights = Weights(*(np.stack([np.stack(one)] * 2) for one in zip(*starts, strict=True)))  # (2, SPLITS, ...)
    losses = np.empty((EPOCHS, 2))
    for epoch in range(EPOCHS):
        for batch in np.split(rng.permutation(TRAINED), TRAINED // BATCH):
            lam = rng.beta(alpha, alpha, (BATCH, 1))
            blend = [lam * one + (1 - lam) * np.roll(one, 1, axis=1) for one in (x[:, batch], y[:, batch])]
            slopes = gradients(weights, np.stack([x[:, batch], blend[0]]), np.stack([y[:, batch], blend[1]]))
            for theta, slope in zip(weights, slopes, strict=True):
                theta -= RATE * slope
        losses[epoch] = cross_entropy(forward(weights, X[test])[1], Y[labels[test]]).mean(axis=1)
        progress((epoch + 1) / EPOCHS)
    return losses


def losses_of_a_share(at: Parameters) -> Figure:
    """The cross-entropy of both labels and of the mixed one over p_a, where p_b is the rest."""
    q = np.linspace(0.01, 0.99, 99)
    curves = {"label a": -np.log(q), "label b": -np.log(q if at.same_class else 1 - q)}
    curves["mixed"] = at.mixing_weight * curves["label a"] + (1 - at.mixing_weight) * curves["label b"]
    lines = [Line(q, curve, name) for name, curve in curves.items()]
    return Figure("Loss of a prediction", Axis("probability of a"), Axis("loss in nats"), lines)


def pictures(title: str, images: Mapping[str, Array]) -> Figure:
    """Images side by side under their names."""
    return Figure(title, Axis("column"), Axis("row"), [HeatMap(z, name) for name, z in images.items()])


# --- what a card may ask ------------------------------------------------------------------------------------------


def entropy(weight: float) -> float:
    """H(l) in nats, where 0 ln 0 = 0."""
    return sum(-one * math.log(one) for one in (weight, 1 - weight) if one > 0)


@expected("label of the mixup image, a share for each class")
def mixed_label(parameters: Parameters) -> Any:
    y = np.zeros(parameters.classes)
    y[parameters.first_class] += parameters.mixing_weight
    y[parameters.second_class] += 1 - parameters.mixing_weight
    return y


@expected("lambda of CutMix: the share of the first class in the label")
def cutmix_weight(parameters: Parameters) -> float:
    rows, columns = parameters.box
    return 1 - (rows[1] - rows[0]) * (columns[1] - columns[0]) / (parameters.height * parameters.width)


@expected("cross-entropy of the prediction with the label of the mixup image", unit="nats")
def loss(parameters: Parameters) -> float:
    p_a, p_b = parameters.predicted[0], parameters.predicted[0 if parameters.same_class else 1]
    return -parameters.mixing_weight * math.log(p_a) - (1 - parameters.mixing_weight) * math.log(p_b)


@expected("the least cross-entropy that any prediction has with the label of the mixup image", unit="nats")
def least_loss(parameters: Parameters) -> float:
    return 0.0 if parameters.same_class else entropy(parameters.mixing_weight)


@expected("variance of lambda ~ Beta(alpha, alpha)")
def weight_variance(parameters: Parameters) -> float:
    return 1 / (4 * (2 * parameters.alpha + 1))


@expected("the pixel in the mixup image")
def mixup_pixel(parameters: Parameters) -> float:
    return parameters.mixing_weight * parameters.pixels[0] + (1 - parameters.mixing_weight) * parameters.pixels[1]


@expected("the pixel in the CutMix image, inside the box")
def cutmix_pixel(parameters: Parameters) -> float:
    return parameters.pixels[1]


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("mixed_label", "one gives the hard label of the larger part")
def hard_label(parameters: Parameters) -> Any:
    return parameters.label(float(parameters.mixing_weight >= 0.5))


@mistake("mixed_label", "one thinks that lambda is always 0.5")
def label_of_one_half(parameters: Parameters) -> Any:
    return parameters.label(0.5)


@mistake("cutmix_weight", "one thinks that lambda is always 0.5")
def cutmix_weight_of_one_half(parameters: Parameters) -> float:
    return 0.5


@mistake("cutmix_weight", "one takes the area of the box, which is the share of the second image")
def area_of_the_box(parameters: Parameters) -> float:
    return 1 - cutmix_weight(parameters)


@mistake("cutmix_weight", "one forgets to clip the box at the border")
def forgets_to_clip(parameters: Parameters) -> float:
    return 1 - parameters.box_height * parameters.box_width / (parameters.height * parameters.width)


@mistake("loss", "one thinks that a soft label needs the squared error")
def squared_error(parameters: Parameters) -> Any:
    return ((mixed_label(parameters) - parameters.prediction) ** 2).sum()


@mistake("loss", "one gives the hard label of the larger part")
def loss_of_a_hard_label(parameters: Parameters) -> Any:
    return loss_of(parameters.prediction, hard_label(parameters))


@mistake("least_loss", "one thinks that a perfect prediction of a soft label costs nothing")
def perfect_is_free(parameters: Parameters) -> float:
    return 0.0


@mistake("weight_variance", "one thinks that lambda is always 0.5")
def weight_is_fixed(parameters: Parameters) -> float:
    return 0.0


@mistake("weight_variance", "one thinks that lambda is uniform whatever alpha is")
def weight_is_uniform(parameters: Parameters) -> float:
    return 1 / 12


@mistake("cutmix_pixel", "one thinks that CutMix averages pixels, as mixup does")
def cutmix_averages(parameters: Parameters) -> float:
    return mixup_pixel(parameters)


@mistake("mixup_pixel", "one thinks that mixup takes each pixel from one of the two, as CutMix does")
def mixup_pastes(parameters: Parameters) -> float:
    return parameters.pixels[0 if parameters.mixing_weight >= 0.5 else 1]


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "image and label lie at lambda on the lines between both images and both labels, within 1e-12")
def convex_combination(parameters: Parameters, values: Values) -> Check:
    of_label = np.abs(values["mixed_label"] - parameters.label(values["image_share"])).max()
    of_share = abs(values["image_share"] - parameters.mixing_weight)
    return below(max(values["off_the_line"], of_label, of_share), 1e-12)


@claim(2, "the loss of the mixed label is l CE(a) + (1 - l) CE(b), within 1e-12")
def linear_in_the_label(parameters: Parameters, values: Values) -> Check:
    shares = parameters.mixing_weight, 1 - parameters.mixing_weight
    return about(values["loss"], shares @ values["losses_of_each"], absolute=1e-12)


@claim(3, "the least loss of all predictions is H(lambda), or 0 if both are of one class")
def least_is_the_entropy(parameters: Parameters, values: Values) -> Check:
    return about(values["least_loss"], least_loss(parameters), absolute=1e-12)


@claim(4, "CutMix keeps 1 - area of the clipped box / area of the image for the first class, exactly")
def weight_is_the_area(parameters: Parameters, values: Values) -> Check:
    return about(values["cutmix_weight"], cutmix_weight(parameters), absolute=0)


@claim(5, "the variance of lambda is 1 / (4 (2 alpha + 1)), within 3 % for 40,000 draws")
def variance_of_lambda(parameters: Parameters, values: Values) -> Check:
    return about(values["weight_variance"], weight_variance(parameters), relative=0.03)


@claim(
    6,
    "with noisy labels the final test loss is lower with mixup than without",
    applies=lambda at: at.train and at.alpha >= 0.4,
    domain="train is on, alpha of 0.4 or more",
    at={"train": True},
)
def mixup_forgives_wrong_labels(parameters: Parameters, values: Values) -> Check:
    plain, mixed = values["test_losses"]
    return below(mixed, plain)


if __name__ == "__main__":
    main()
