"""Augmentation trains on changed copies whose label stays: the network learns what does not matter, at a price.

Why show a network digits that nobody wrote? A small shift leaves a 3 a 3, so the label is free. In every epoch each
training image is replaced by a random variant of itself,

    shift    x[i, j] <- x[i - down, j - right], each of both uniform in -s .. s, with 0 from outside,
    flip     x[i, j] <- x[i, 7 - j] (left-right) or x[7 - i, j] (upside down), each with probability 1/2,

and the test images stay as they are (Goodfellow, Bengio and Courville 2016, section 7.4; a random crop of the padded
image is such a shift). The network of fully connected layers knows nothing of pixels that lie side by side: one pixel
of shift is a new image to it, and it must learn every place anew. That regularises, but the same network now has to
serve (2 s + 1)^2 variants, so that on images that are not shifted it may even lose.

The variants must be ones that occur, or that the answer should not depend on. Not every operation is safe for every
class: a flip is harmless for cats, and a mirrored 0 or 8 is still one, but a mirrored 3 is no digit, and a 6 upside
down is hardly a 6. Nobody writes those, so learning them only costs.

The network has 64 hidden ReLU units and a softmax, in float32, trained by mini-batches of 35 with learning rate 0.2.
All three trainings, plain, with shifts and with flips, begin at the same weights and see the same batches. What is not
trained on is the test; the shifted test moves each of it by one pixel in all eight directions. Accuracies are means
over several splits of the 1797 digits, since a single one is off by a point or two. Images have the shape (..., 8, 8).
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
    HeatMap,
    Line,
    Progress,
    Result,
    above,
    below,
    between,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)
from studyapp.simulation.digits import digits
from studyapp.simulation.network import Weights, forward, gradients, initial

TITLE = "Data augmentation"
TOPIC = "Regularisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

TRAININGS = ("plain", "shifts", "flips")  # of every value with one entry per network
HIDDEN, RATE, BATCH = 64, 0.2, 35
MOST = 3  # pixels of a shift
DIRECTIONS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


@dataclass(frozen=True)
class Parameters:
    """The operations, how long and on how much is trained, and a digit that is shown."""

    shift: int = parameter(1, low=0, high=MOST, help="most of a random shift, up or down and sideways", unit="pixels")
    horizontal_flip: bool = parameter(True, help="flips include left-right")
    vertical_flip: bool = parameter(False, help="flips include upside down")
    examples: int = parameter(700, low=100, high=1200, help="digits to train on; the others are the test")
    epochs: int = parameter(40, low=1, high=100, help="passes over the training digits")
    splits: int = parameter(4, low=1, high=8, help="random splits into training and test, of which the mean is taken")
    digit: int = parameter(3, low=0, high=9, help="the digit that is shown")
    move_down: int = parameter(1, low=-MOST, high=MOST, help="by what it is shifted", unit="pixels")
    move_right: int = parameter(-2, low=-MOST, high=MOST, help="by what it is shifted", unit="pixels")

    @property
    def flips(self) -> int:
        """How many variants the flips make, that without any included."""
        return (1 + self.horizontal_flip) * (1 + self.vertical_flip)


def shifted(images: Array, down: Any, right: Any) -> Array:
    """Each image (..., 8, 8) moved by its own whole numbers of pixels, up to MOST, of any shape like (...)."""
    padded = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(MOST, MOST)] * 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (8, 8), axis=(-2, -1))  # (..., 7, 7, 8, 8), a view
    which = np.indices(images.shape[:-2], sparse=True)
    return np.asarray(windows[(*which, MOST - np.asarray(down), MOST - np.asarray(right))])


def flipped(images: Array, sideways: Any, upside_down: Any) -> Array:
    """Each image (..., 8, 8) flipped or not, by truth values of a shape like (...)."""
    images = np.where(np.asarray(sideways)[..., None, None], images[..., ::-1], images)
    return np.where(np.asarray(upside_down)[..., None, None], images[..., ::-1, :], images)


def variants(image: Array, at: Parameters) -> Array:
    """All that shifts and flips together make of an image (8, 8): (variants, 8, 8)."""
    steps = range(-at.shift, at.shift + 1)
    sides, ends = ([False, True][: 1 + one] for one in (at.horizontal_flip, at.vertical_flip))
    flips = [flipped(image, side, end) for side in sides for end in ends]
    return np.stack([shifted(one, down, right) for one in flips for down in steps for right in steps])


def train(at: Parameters, x: Array, y: Array, rng: np.random.Generator, progress: Progress) -> Weights:
    """The three networks of each split, with leading axes (3, splits), from its images (splits, n, 8, 8)."""
    n, starts = x.shape[:2], [initial(rng, 64, HIDDEN, 10, dtype=x.dtype) for _ in x]
    weights = Weights(*(np.stack([np.stack(one)] * 3) for one in zip(*starts, strict=True)))
    for epoch in range(at.epochs):
        down, right = rng.integers(-at.shift, at.shift + 1, (2, *n))
        sideways, upside_down = rng.random((2, *n)) < 0.5
        moved = shifted(x, down, right)
        turned = flipped(x, sideways & at.horizontal_flip, upside_down & at.vertical_flip)
        X = np.stack([x, moved, turned]).reshape(3, *n, 64)
        for batch in np.array_split(rng.permutation(n[1]), -(-n[1] // BATCH)):
            for theta, slope in zip(weights, gradients(weights, X[:, :, batch], y[:, batch]), strict=True):
                theta -= np.float32(RATE) * slope
        progress((epoch + 1) / at.epochs)
    return weights


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Train with and without, test on images as they are and on shifted ones, and take one digit to pieces."""
    images, labels = digits()
    images = images.astype(np.float32)
    order = np.stack([rng.permutation(len(labels)) for _ in range(parameters.splits)])
    training, test = order[:, : parameters.examples], order[:, parameters.examples :]
    x, truth = images[test], labels[test]
    weights = train(parameters, images[training], np.eye(10, dtype=np.float32)[labels[training]], rng, progress)

    def right(images: Array) -> Array:
        """Whether each test digit is read correctly by each network, (3, splits, test)."""
        return np.asarray(forward(weights, images.reshape(*truth.shape, 64))[1].argmax(axis=-1) == truth)

    def accuracy(moves: list[tuple[int, int]]) -> Array:
        """The mean over splits, digits and moves, (3,)."""
        return np.asarray(np.mean([right(shifted(x, *move)).mean(axis=(1, 2)) for move in moves], axis=0))

    image = images[np.flatnonzero(labels == parameters.digit)[0]]
    moved = shifted(image, parameters.move_down, parameters.move_right)
    made = variants(image, parameters)
    mirrored = right(flipped(x, True, False))[0]
    twice = [flipped(flipped(x, *one), *one) for one in ((True, False), (False, True), (True, True))]
    values: dict[str, Any] = {
        "clean_accuracies": accuracy([(0, 0)]),
        "shifted_accuracies": accuracy(DIRECTIONS),
        "accuracies_on_mirrored_digits": np.array([mirrored[truth == one].mean() for one in range(10)]),
        "form_is_kept": {(one.shape, one.dtype) for one in (moved, *made)} == {(image.shape, image.dtype)},
        "two_flips_restore": all(np.array_equal(one, x) for one in twice),
        "distinct_variants": len(np.unique(made, axis=0)),
        "pixels_kept": np.count_nonzero(shifted(np.ones((8, 8)), parameters.move_down, parameters.move_right)),
        "classes": len(np.unique(labels[training])),
        "test_images": test.shape[1],
    }
    tested = {"clean": values["clean_accuracies"], "shifted": values["shifted_accuracies"]}
    bars = [Bars(TRAININGS, 100 * heights, name) for name, heights in tested.items()]
    by_class = Bars([f"{one}" for one in range(10)], 100 * values["accuracies_on_mirrored_digits"])
    far = np.array([accuracy([(k, 0), (-k, 0), (0, k), (0, -k)]) for k in range(MOST + 1)])
    lines = [Line(np.arange(MOST + 1), 100 * far[:, k], name) for k, name in enumerate(TRAININGS)]
    turned = {"horizontal": flipped(image, True, False), "vertical": flipped(image, False, True)}
    share = Axis("correct in %", zero=True)
    return Result(
        values,
        (
            Figure("Test digits read correctly", Axis("training"), share, bars),
            Figure("How far a shift is forgiven", Axis("shift of the test in pixels"), share, lines),
            pictures("Ink of a digit, and of it shifted", {"as it is": image, "shifted": moved}),
            pictures("Ink of the digit, flipped", turned),
            Figure("Mirrored digits, plain network", Axis("digit"), share, [by_class]),
        ),
    )


def pictures(title: str, images: Mapping[str, Array]) -> Figure:
    """Images side by side under their names."""
    return Figure(title, Axis("column"), Axis("row"), [HeatMap(z, name) for name, z in images.items()])


# --- what a card may ask ------------------------------------------------------------------------------------------


@expected("distinct variants of one image, itself included, by all shifts and flips together")
def distinct_variants(parameters: Parameters) -> int:
    return (2 * parameters.shift + 1) ** 2 * parameters.flips


@expected("pixels of an 8 x 8 image that are still inside it after the move down and right")
def pixels_kept(parameters: Parameters) -> int:
    return (8 - abs(parameters.move_down)) * (8 - abs(parameters.move_right))


@expected("classes of the augmented training digits")
def classes(parameters: Parameters) -> int:
    return 10


@expected("images on which the accuracy of a network is tested")
def test_images(parameters: Parameters) -> int:
    return 1797 - parameters.examples


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("distinct_variants", "one shifts along one axis only")
def shifts_along_one_axis(parameters: Parameters) -> int:
    return (2 * parameters.shift + 1) * parameters.flips


@mistake("distinct_variants", "one adds the choices instead of combining them")
def adds_the_choices(parameters: Parameters) -> int:
    return (2 * parameters.shift + 1) ** 2 + parameters.flips


@mistake("pixels_kept", "one lets what leaves come in on the other side")
def nothing_is_lost(parameters: Parameters) -> int:
    return 64


@mistake("pixels_kept", "one counts the corner twice, which leaves on both sides")
def counts_the_corner_twice(parameters: Parameters) -> int:
    return 64 - 8 * (abs(parameters.move_down) + abs(parameters.move_right))


@mistake("classes", "one thinks that augmentation changes labels")
def variants_are_classes(parameters: Parameters) -> int:
    return 10 * distinct_variants(parameters)


@mistake("test_images", "one augments the test as well")
def augments_the_test(parameters: Parameters) -> int:
    return test_images(parameters) * distinct_variants(parameters)


# --- claims -------------------------------------------------------------------------------------------------------


def usual(at: Parameters) -> bool:
    """The training is the default one; a single split may be off by twice the standard deviation of four."""
    return at.examples == 700 and at.epochs == 40 and at.splits >= 4


def shifts_by_one(at: Parameters) -> bool:
    """The default shifts, too."""
    return usual(at) and at.shift == 1


def loss_in_points(values: Values, training: str) -> float:
    """By how many percentage points a network is worse than the plain one on test digits as they are."""
    accuracies = values["clean_accuracies"]
    return float(100 * (accuracies[0] - accuracies[TRAININGS.index(training)]))


USUAL = "700 digits, 40 epochs, 4 splits or more"


@claim(1, "shifts and flips keep shape and type of an image, and a flip undoes itself")
def form_is_kept(parameters: Parameters, values: Values) -> Check:
    return true(values["form_is_kept"] and values["two_flips_restore"])


@claim(
    2,
    "trained with shifts, 75 % or more of the shifted test digits are read correctly",
    applies=shifts_by_one,
    domain=f"shift 1, {USUAL}",
)
def shifts_are_learned(parameters: Parameters, values: Values) -> Check:
    return above(values["shifted_accuracies"][1], 0.75)


@claim(
    3,
    "training with shifts costs 2 to 9 points of accuracy on digits as they are",
    applies=shifts_by_one,
    domain=f"shift 1, {USUAL}",
)
def shifts_are_not_free(parameters: Parameters, values: Values) -> Check:
    return between(loss_in_points(values, "shifts"), 2, 9)


@claim(
    4,
    "training with left-right flips, which are not safe for digits, costs 1 to 6 points",
    applies=lambda at: usual(at) and at.horizontal_flip and not at.vertical_flip,
    domain=f"horizontal flips only, {USUAL}",
)
def flips_cost(parameters: Parameters, values: Values) -> Check:
    return between(loss_in_points(values, "flips"), 1, 6)


@claim(
    5,
    "trained without shifts, 50 % or fewer of the shifted test digits are read correctly",
    applies=usual,
    domain=USUAL,
)
def plain_is_lost(parameters: Parameters, values: Values) -> Check:
    return below(values["shifted_accuracies"][0], 0.5)


if __name__ == "__main__":
    main()
