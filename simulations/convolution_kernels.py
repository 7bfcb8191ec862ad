"""A kernel looks for one feature everywhere in an image: its map is large where the pixels are like its weights.

What does a convolutional layer compute? A kernel W of 3 x 3 weights slides over the image X, and at each place the
pixels under it are weighed and summed; maps of several input channels are summed, too (Goodfellow et al. 2016, eq. 9.6
and 9.8, and section 9.3 for the stages of a layer):

    z[i, j] = sum_c sum_ab W[c, a, b] X[c, s i + a - p, s j + b - p],     map = act(z),

with stride s and p zeros around the image. That is the cross-correlation, which deep learning calls convolution; the
convolution proper turns the kernel by 180 degrees. What is convolved is the image, not the network. A map has

    floor((n + 2p - 3) / s) + 1

places along a side of n (Dumoulin & Visin 2016, relationship 6). One kernel answers to one feature only: a layer has
many of them, and stacks their maps without averaging. The stack (kernels, rows, columns) is the next layer's input.

    vertical_edge    columns -1, 0, 1 (Prewitt 1970): right minus left; nothing where rows are constant
    horizontal_edge  rows -1, 0, 1: below minus above
    corner           the product of both differences: nothing along straight vertical or horizontal lines
    spot             8 in the middle of -1: nothing where the image is constant
    blur             9 weights of 1/9, whose sum is 1: the mean of the pixels under it

ReLU keeps the positive responses and sets the negative ones to 0; not every activation does. A network learns its
kernels, one W[c] for each input channel; these are made by hand, and the same for all channels of the patch. Images are
8 x 8 from 0 to 1, (rows, columns); the digits are those of the UCI set (CC BY 4.0).
"""

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
    HeatMap,
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

TITLE = "Kernels detect features"
TOPIC = "Convolution"

Array = NDArray[Any]
Values = Mapping[str, Any]

EDGE = np.array([-1.0, 0.0, 1.0])
FLAT = np.ones(3)
KERNELS = {
    "vertical_edge": np.outer(FLAT, EDGE),
    "horizontal_edge": np.outer(EDGE, FLAT),
    "corner": np.outer(EDGE, EDGE),
    "spot": 9 * np.outer([0, 1, 0], [0, 1, 0]) - np.outer(FLAT, FLAT),
    "blur": np.outer(FLAT, FLAT) / 9,
}

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "identity": lambda z: z,
}

SIDE = 8  # of an image
BARS = np.eye(SIDE)[:, None, :] * np.ones((SIDE, 1))  # a vertical bar at each column, (8, 8, 8)


@dataclass(frozen=True)
class Parameters:
    """A kernel, the image it slides over, and one patch of 3 x 3 pixels to do by hand."""

    kernel: str = parameter("vertical_edge", choices=tuple(KERNELS), help="whose map and responses are shown")
    picture: str = parameter(
        "digit", choices=("digit", "vertical_bar", "horizontal_bar", "noise"), help="what the kernels look at"
    )
    image: int = parameter(0, low=0, high=1796, help="which of the 1,797 digits")
    activation: str = parameter("relu", choices=tuple(ACTIVATIONS), help="of the maps and of the patch's response")
    stride: int = parameter(1, low=1, high=4, help="step of the kernel")
    padding: int = parameter(0, low=0, high=2, help="zeros around: 0 is called valid, 1 same, 2 full")
    patch: tuple[float, ...] = parameter(
        (1, 2, 4, 0, 3, 5, 2, 2, 6), low=-100, high=100, help="pixels row by row; a shorter list begins anew"
    )
    channels: int = parameter(1, low=1, high=4, help="input channels; the patch has 9 pixels of each")

    @property
    def pixels(self) -> Array:
        """The patch as an array, (channels, 3, 3)."""
        return np.resize(self.patch, (self.channels, 3, 3))

    @property
    def W(self) -> Array:  # noqa: N802 - its name in the literature
        """The kernel's weights, (3, 3)."""
        return KERNELS[self.kernel]


def slide(X: Array, W: Array, stride: int = 1) -> Array:
    """The responses of one kernel (3, 3) at every place of images (..., n, n) that it fits into."""
    windows = np.lib.stride_tricks.sliding_window_view(X, (3, 3), axis=(-2, -1))
    return np.asarray((windows[..., ::stride, ::stride, :, :] * W).sum(axis=(-2, -1)))


def picture(p: Parameters, rng: np.random.Generator) -> Array:
    """The image, (8, 8)."""
    pictures = {"digit": digits()[0][p.image], "vertical_bar": BARS[3], "horizontal_bar": BARS[3].T}
    return np.asarray(pictures[p.picture] if p.picture in pictures else rng.random((SIDE, SIDE)))


def run(p: Parameters, rng: np.random.Generator) -> Result:
    """The maps of all kernels, the response to the patch, and what bars and constant images give."""
    X, brightness = picture(p, rng), rng.uniform(0.1, 1)
    act, framed = ACTIVATIONS[p.activation], np.pad(X, p.padding)
    maps = np.stack([act(slide(framed, W, p.stride)) for W in KERNELS.values()])
    response = sum(slide(channel, p.W)[0, 0] for channel in p.pixels)
    lying = BARS.swapaxes(-1, -2)
    on_bars = np.array([[np.abs(slide(X, W)).max() for X in (BARS, lying)] for W in KERNELS.values()])
    chosen = list(KERNELS).index(p.kernel)
    blur = KERNELS["blur"]
    values: dict[str, Any] = {
        "map": maps[chosen],
        "map_side": maps.shape[-1],
        "numbers_in_stack": maps.size,
        "response": response,
        "activated_response": act(response),
        "bar_responses": on_bars[chosen],
        "vertical_edge_on_bars": on_bars[0],
        "sum_of_image": X.sum(),
        "sums_of_blurred_image": np.array([slide(np.pad(X, 1, "wrap"), blur).sum(), slide(np.pad(X, 2), blur).sum()]),
        "blurred_constant": slide(np.full((SIDE, SIDE), brightness), blur) / brightness,
    }
    return Result(values, draw(p, X, maps, chosen, on_bars))


def draw(p: Parameters, X: Array, maps: Array, chosen: int, on_bars: Array) -> tuple[Figure, ...]:
    """The image and what the kernel sees in it, what three kernels see, and which features each answers to."""
    row, column = Axis("row"), Axis("column")
    name = p.kernel.replace("_", " ")
    names = ["vertical", "horizontal", "corner", "spot", "blur"]
    seen, others = (
        [HeatMap(z / max(np.abs(z).max(), 1e-300), label) for label, z in images]
        for images in ([("image", X), ("map", maps[chosen])], zip(names[2:], maps[2:], strict=True))
    )
    bars = [Bars(names, sizes, label) for sizes, label in zip(on_bars.T, ("upright", "lying"), strict=True)]
    return (
        Figure(f"{name}: each over its largest", column, row, seen),
        Figure("Three maps: each over its largest", column, row, others),
        Figure("Largest response to a bar", Axis("kernel"), Axis("|response|"), bars),
    )


# --- what a card may ask ------------------------------------------------------------------------------------------


@expected("response of the kernel to the patch, before the activation")
def response(p: Parameters) -> Any:
    return np.tensordot(p.pixels.sum(axis=0), p.W, 2)


@expected("response of the kernel to the patch, after the activation")
def activated_response(p: Parameters) -> Any:
    return ACTIVATIONS[p.activation](response(p))


@expected("places along each side of a map of the 8 x 8 image")
def map_side(p: Parameters) -> int:
    return (SIDE + 2 * p.padding - 3) // p.stride + 1


@expected("numbers in the stack of the five kernels' maps")
def numbers_in_stack(p: Parameters) -> int:
    return len(KERNELS) * map_side(p) * map_side(p)


@expected("largest size of a response within the image to a vertical and to a horizontal bar of height 1")
def bar_responses(p: Parameters) -> Any:
    return np.array([np.abs(p.W.sum(axis=axis)).max() for axis in (0, 1)])  # a bar selects a column, or a row


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("response", "one averages over the channels, which are summed")
def averages_the_channels(p: Parameters) -> Any:
    return response(p) / p.channels


@mistake("response", "one looks at the first channel only")
def sees_one_channel(p: Parameters) -> Any:
    return np.tensordot(p.pixels[0], p.W, 2)


@mistake("response", "one turns the kernel first, as the convolution of mathematics does")
def turns_the_kernel(p: Parameters) -> Any:
    return np.tensordot(p.pixels.sum(axis=0), np.flip(p.W), 2)


@mistake("response", "one swaps rows and columns of the kernel")
def swaps_rows_and_columns(p: Parameters) -> Any:
    return np.tensordot(p.pixels.sum(axis=0), p.W.T, 2)


@mistake("activated_response", "one thinks that the activation keeps negative values as they are")
def keeps_negatives(p: Parameters) -> Any:
    return response(p)


@mistake("activated_response", "one thinks that the activation drops the sign")
def drops_the_sign(p: Parameters) -> Any:
    return abs(response(p))


@mistake("map_side", "one forgets that the first place counts as well")
def one_place_short(p: Parameters) -> int:
    return map_side(p) - 1


@mistake("map_side", "one pads one side only")
def pads_one_side(p: Parameters) -> int:
    return (SIDE + p.padding - 3) // p.stride + 1


@mistake("map_side", "one thinks that a convolution keeps the size")
def keeps_the_size(p: Parameters) -> int:
    return SIDE


@mistake("numbers_in_stack", "one thinks that the maps are averaged into one")
def averages_the_maps(p: Parameters) -> int:
    return map_side(p) * map_side(p)


@mistake("numbers_in_stack", "one thinks that the maps keep the size of the image")
def maps_keep_the_size(p: Parameters) -> int:
    return len(KERNELS) * SIDE * SIDE


@mistake("numbers_in_stack", "one gives each input channel a map of its own for every kernel")
def a_map_for_each_channel(p: Parameters) -> int:
    return p.channels * numbers_in_stack(p)


@mistake("bar_responses", "one thinks that one kernel finds all features")
def finds_everything(p: Parameters) -> Any:
    return np.full(2, bar_responses(p).max())


@mistake("bar_responses", "one takes a vertical edge for what changes from top to bottom")
def confuses_the_directions(p: Parameters) -> Any:
    return bar_responses(p)[::-1]


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "the vertical edge kernel responds to a vertical bar with 3 at most, and to a horizontal one with 0")
def answers_to_one_direction(p: Parameters, values: Values) -> Check:
    """Bars of one pixel's width and of height 1 that span the image, at every place; responses within the image."""
    return true(values["vertical_edge_on_bars"].tolist() == [3, 0])


@claim(2, "on a ring or with a full frame of zeros, blur keeps the sum of the image (relative error)")
def blur_keeps_the_sum(p: Parameters, values: Values) -> Check:
    """Every pixel then lies under all nine weights. Elsewhere those at the border are seen less often."""
    return below(np.abs(values["sums_of_blurred_image"] / values["sum_of_image"] - 1).max(), 1e-12)


@claim(5, "blur leaves a constant image as it is, away from the border (relative error)")
def blur_keeps_a_constant(p: Parameters, values: Values) -> Check:
    return below(np.abs(values["blurred_constant"] - 1).max(), 1e-12)


if __name__ == "__main__":
    main()
