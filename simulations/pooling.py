"""Pooling sums up small windows of a map: it makes maps smaller and tolerant of small shifts, and has no parameters.

What does pooling do to a map, to its gradient, and to the layers after it? A window of k x k pixels moves in steps of
s over a map of n x n, and only its maximum or its mean remains (Goodfellow et al. 2016, section 9.3), so that

    floor((n - k) / s) + 1

windows fit along a side (Dumoulin & Visin 2016, relationship 7). 2 x 2 windows in steps of 2 leave a quarter of the
numbers. The maximum sends its gradient back to the one pixel that was largest, and the mean 1/k^2 of it to each pixel,
so that the gradients of a map sum to those of its windows. Backpropagation needs the place of each maximum, so that the
memory of the map before is not all saved. Where several pixels are largest, one of them gets it all; the run adds up to
0.001 of noise before it takes gradients.

What follows sees more of the image: the receptive field of a unit, a side in pixels, grows with each layer by (k - 1)
times the product of all strides before (Araujo et al. 2019, eq. 2):

    r_l = r_{l-1} + (k_l - 1) s_1 .. s_{l-1},     r_0 = 1.

The weights of a convolution after pooling are as many as without it; only a dense layer needs fewer. Pooling dampens a
small shift, but does not undo it, and where in its window something was is lost.

Shapes: a map is (n, n), its windows (q, q, k, k). Digits of 8 x 8 (UCI, CC BY 4.0), enlarged by repeating pixels.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
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
from studyapp.simulation.digits import digits

TITLE = "Pooling"
TOPIC = "Convolution"

Array = NDArray[Any]
Values = Mapping[str, Any]

LECTURE = (3, 2, 3, 2, 3), (1, 2, 1, 2, 1)  # sizes and strides: convolution, pooling, convolution, pooling, convolution
NEIGHBOURS = ((0, 1), (0, -1), (1, 0), (-1, 0))  # shifts by one pixel, in rows and columns


@dataclass(frozen=True)
class Parameters:
    """A pooling layer on the map of a digit, the maps around it, and a list of layers in a row."""

    size: int = parameter(2, low=2, high=4, help="k: side of a window")
    stride: int = parameter(2, low=1, high=4, help="s: step of the windows")
    mode: str = parameter("max", choices=("max", "average"), help="what remains of a window")
    side: int = parameter(8, low=4, high=64, help="n: side of the map, an enlarged or reduced digit")
    image: int = parameter(0, low=0, high=1796, help="which of the 1,797 digits")
    channels: int = parameter(16, low=1, high=512, scale="log", help="maps, before and after pooling and a layer later")
    layer_sizes: tuple[float, ...] = parameter(LECTURE[0], low=1, high=7, help="windows of up to 6 layers in a row")
    layer_strides: tuple[float, ...] = parameter(
        LECTURE[1], low=1, high=4, help="their steps; a short list begins anew"
    )

    def __post_init__(self) -> None:
        """Refuse what is no list of layers."""
        if len(self.layer_sizes) > 6 or any(one % 1 for one in self.layer_sizes + self.layer_strides):
            raise ParameterError("layer_sizes and layer_strides are 1 to 6 whole numbers", "as in 3,2,3 and 1,2,1")

    @property
    def layers(self) -> tuple[list[int], list[int]]:
        """The sizes and strides of the listed layers."""
        sizes = [int(k) for k in self.layer_sizes]
        return sizes, [int(s) for s in np.resize(self.layer_strides, len(sizes))]


def windows(X: Array, k: int, s: int) -> Array:
    """The windows of maps (..., n, n), each as one row: (..., q, q, k * k)."""
    found = np.lib.stride_tricks.sliding_window_view(X, (k, k), axis=(-2, -1))[..., ::s, ::s, :, :]
    return np.asarray(found.reshape(*found.shape[:-2], k * k))


def remaining(rows: Array, mode: str) -> Any:
    """What remains of windows (..., k * k); NumPy orders complex numbers by their real parts."""
    return rows.max(axis=-1) if mode == "max" else rows.mean(axis=-1)


def slopes(rows: Array, mode: str) -> Array:
    """d(what remains) / d(pixel) of windows (..., k * k), by a complex step along each pixel."""
    nudged = rows[..., None, :] + 1e-20j * np.eye(rows.shape[-1])
    return np.asarray(remaining(nudged, mode).imag / 1e-20)


def backward(X: Array, G: Array, k: int, s: int, mode: str) -> Array:
    """The gradient by each pixel of X (n, n), from that by each window's output, G (q, q)."""
    places = windows(np.arange(X.size).reshape(X.shape), k, s)
    if mode == "max":
        places = np.take_along_axis(places, windows(X, k, s).argmax(axis=-1)[..., None], axis=-1)
    shares = np.broadcast_to(G[..., None] / places.shape[-1], places.shape)
    return np.bincount(places.ravel(), shares.ravel(), minlength=X.size).reshape(X.shape)


def receptive_field(sizes: list[int], strides: list[int]) -> int:
    """The side of what one unit sees: the pixels under its windows, layer by layer down to the image."""
    seen = np.zeros(1, dtype=int)
    for k, s in zip(sizes[::-1], strides[::-1], strict=True):
        seen = np.unique(seen[:, None] * s + np.arange(k))
    return int(seen[-1] - seen[0] + 1)


def receptive_fields_of(sizes: list[int], strides: list[int]) -> list[int]:
    """That of a unit of each layer."""
    return [receptive_field(sizes[:depth], strides[:depth]) for depth in range(1, len(sizes) + 1)]


def learned(channels: int, side: int) -> tuple[int, int, int]:
    """What is in the arrays of pooling, of a 3 x 3 convolution to as many maps, and of 10 dense units on such maps."""
    conv, dense = [(channels, channels, 3, 3), (channels,)], [(10, channels, side, side), (10,)]
    of_pooling, of_conv, of_dense = (sum(map(math.prod, shapes)) for shapes in ([], conv, dense))  # pooling has none
    return of_pooling, of_conv, of_dense


def changes(p: Parameters) -> Array:
    """||moved - unmoved|| / ||unmoved|| of each 8 x 8 digit and of what pooling leaves of it, (2, digits, directions).

    Each is moved by one pixel in the four directions, and zeros follow.
    """
    X, framed = digits()[0], np.pad(digits()[0], ((0, 0), (1, 1), (1, 1)))
    moved = np.stack([framed[:, 1 - i : 9 - i, 1 - j : 9 - j] for i, j in NEIGHBOURS], axis=1)
    found = []
    for one, other in ((X, moved), (pool(X, p), pool(moved, p))):
        difference = np.linalg.norm(other - one[:, None], axis=(-2, -1))
        found.append(difference / np.linalg.norm(one, axis=(-2, -1))[:, None])
    return np.array(found)


def pool(X: Array, p: Parameters) -> Array:
    """The pooled maps of maps (..., n, n)."""
    return np.asarray(remaining(windows(X, p.size, p.stride), p.mode))


def run(p: Parameters, rng: np.random.Generator) -> Result:
    """Pool a digit, send a random gradient back, move all digits by a pixel, and count what the layers need."""
    pixel = np.arange(p.side) * 8 // p.side
    X = digits()[0][p.image][np.ix_(pixel, pixel)]
    noisy = X + 1e-3 * rng.random(X.shape)  # so that no two pixels are alike
    Y = pool(X, p)
    G = rng.normal(size=Y.shape)
    rows = windows(noisy, p.size, p.stride)
    to_max, to_mean = slopes(rows, "max"), slopes(rows, "average")
    back = [backward(noisy, G, p.size, p.stride, mode) for mode in ("max", "average")]
    raw, pooled = changes(p)
    (_, *before), (of_pooling, *after) = learned(p.channels, p.side), learned(p.channels, len(Y))
    values: dict[str, Any] = {
        "pooled": Y,
        "pooled_side": len(Y),
        "memory_ratio": X.size / Y.size,
        "pooling_parameters": of_pooling,
        "conv_parameters_before": before[0],
        "conv_parameters": after[0],
        "dense_parameters": after[1],
        "gradient_share": (to_max if p.mode == "max" else to_mean).max(),
        "pixels_with_gradient": np.count_nonzero(to_max, axis=-1),
        "slopes_of_maximum": np.array([to_max[to_max != 0].min(), to_max.max()]),
        "slopes_of_mean": np.array([to_mean.min(), to_mean.max()]),
        "sums_of_gradients": np.array([G.sum(), back[0].sum(), back[1].sum()]),
        "receptive_fields": np.array(receptive_fields_of(*p.layers)),
        "receptive_fields_of_the_lecture": np.array(receptive_fields_of(list(LECTURE[0]), list(LECTURE[1]))),
        "share_that_changes_less": np.mean(pooled < raw, axis=0),
    }
    ones = backward(noisy, np.ones_like(G), p.size, p.stride, p.mode)
    counts = (X.size * p.channels, *before), (Y.size * p.channels, *after)
    return Result(values, (*maps(X, Y, ones), field(p, values), *comparisons(raw[:200, 0], pooled[:200, 0], counts)))


def maps(X: Array, Y: Array, ones: Array) -> tuple[Figure, Figure]:
    """The map beside its pooled one, and which pixels the gradient reaches."""
    row, column = Axis("row"), Axis("column")
    both = Figure("Activations of a map, and pooled", column, row, [HeatMap(X, "map"), HeatMap(Y, "pooled")])
    return both, Figure("Where a gradient of 1 per window goes", column, row, [HeatMap(ones, "gradient")])


def field(p: Parameters, values: Values) -> Figure:
    """How the receptive field grows, with the strides and without."""
    layer = np.arange(1, len(p.layer_sizes) + 1)
    marks = [
        Line(layer, values["receptive_fields"], "with these strides"),
        Line(layer, 1 + np.cumsum(p.layers[0]) - layer, "all strides 1"),
    ]
    return Figure("What a unit sees of the image", Axis("layer"), Axis("side in pixels"), marks)


def comparisons(raw: Array, pooled: Array, counts: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[Figure, Figure]:
    """How much a shift changes digits before and after pooling, and how many numbers the layers keep and learn."""
    ends = np.array([0, max(raw.max(), pooled.max())])
    marks: list[Line | Points] = [Points(raw, pooled, "one digit"), Line(ends, ends, "as much as the map")]
    names = ["maps", "conv", "dense"]
    bars = [Bars(names, heights, label) for heights, label in zip(counts, ("without", "pooled"), strict=True)]
    return (
        Figure("Moved by one pixel", Axis("change of the map"), Axis("change after pooling"), marks),
        Figure("Sizes of maps, parameters after them", Axis("maps and layers"), Axis("numbers", "log"), bars),
    )


# --- what a card may ask ------------------------------------------------------------------------------------------


@expected("side of the pooled map")
def pooled_side(p: Parameters) -> int:
    return (p.side - p.size) // p.stride + 1


@expected("how many times fewer numbers the pooled map has")
def memory_ratio(p: Parameters) -> float:
    return (p.side / pooled_side(p)) ** 2


@expected("parameters of the pooling layer")
def pooling_parameters(p: Parameters) -> int:
    return 0


@expected("parameters of a 3 x 3 convolution after pooling, to as many maps")
def conv_parameters(p: Parameters) -> int:
    return p.channels * (9 * p.channels + 1)


@expected("parameters of a dense layer of 10 units after pooling")
def dense_parameters(p: Parameters) -> int:
    return 10 * (p.channels * pooled_side(p) * pooled_side(p) + 1)


@expected("largest share of a window's gradient that one pixel gets")
def gradient_share(p: Parameters) -> float:
    return 1.0 if p.mode == "max" else 1 / (p.size * p.size)


@expected("side in pixels of what a unit of each listed layer sees")
def receptive_fields(p: Parameters) -> Any:
    sizes, strides = p.layers
    steps = accumulate([1, *strides[:-1]], lambda a, b: a * b)
    return np.array(list(accumulate([(k - 1) * step for k, step in zip(sizes, steps, strict=True)]))) + 1


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("pooled_side", "one forgets that the first window counts as well")
def one_window_short(p: Parameters) -> int:
    return pooled_side(p) - 1


@mistake("pooled_side", "one thinks that the windows never overlap and leave nothing out")
def divides_by_the_size(p: Parameters) -> int:
    return p.side // p.size


@mistake("memory_ratio", "one divides the area by the stride, which divides both sides")
def halves_the_area(p: Parameters) -> float:
    return float(p.stride)


@mistake("memory_ratio", "one thinks that pooling merely smooths the map")
def keeps_the_size(p: Parameters) -> float:
    return 1.0


@mistake("pooling_parameters", "one thinks that a window has weights, like a kernel")
def has_a_kernel(p: Parameters) -> int:
    return p.size * p.size * p.channels


@mistake("conv_parameters", "one thinks that a smaller map needs fewer weights")
def smaller_map_fewer_weights(p: Parameters) -> float:
    return conv_parameters(p) / memory_ratio(p)


@mistake("conv_parameters", "one counts a kernel for each map, and not for each pair of maps")
def one_kernel_per_map(p: Parameters) -> int:
    return 10 * p.channels


@mistake("dense_parameters", "one thinks that pooling changes the size of maps only, never a number of parameters")
def dense_stays(p: Parameters) -> int:
    return learned(p.channels, p.side)[2]


@mistake("gradient_share", "one mixes up the maximum and the mean")
def mixes_up_the_modes(p: Parameters) -> float:
    return 1 / (p.size * p.size) if p.mode == "max" else 1.0


@mistake("gradient_share", "one divides by the side of the window and not by its area")
def divides_by_the_side(p: Parameters) -> float:
    return 1 / p.size


@mistake("receptive_fields", "one forgets that a step after a stride is longer")
def forgets_the_strides(p: Parameters) -> Any:
    return np.cumsum(p.layers[0]) - np.arange(len(p.layer_sizes))


@mistake("receptive_fields", "one multiplies the sizes of the windows")
def multiplies_the_sizes(p: Parameters) -> Any:
    return np.cumprod(p.layers[0])


@mistake("receptive_fields", "one looks at the window of the layer alone")
def sees_one_window(p: Parameters) -> Any:
    return np.array(p.layers[0])


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "the pooled map has a side of floor((n - k) / s) + 1")
def windows_that_fit(p: Parameters, values: Values) -> Check:
    return about(values["pooled_side"], pooled_side(p), absolute=0)


@claim(2, "a maximum sends its whole gradient to one pixel of its window: the sums are the same")
def gradient_of_the_maximum(p: Parameters, values: Values) -> Check:
    """The largest of three errors: of one pixel per window, of its slope 1, and of the sum, relative to the windows."""
    G, to_max, _ = values["sums_of_gradients"]
    pixels = np.abs(values["pixels_with_gradient"] - 1).max()
    slope = np.abs(values["slopes_of_maximum"] - 1).max()
    return below(max(pixels, slope, abs(to_max - G) / values["pixels_with_gradient"].size), 1e-12)


@claim(3, "a mean sends 1/k^2 of its gradient to every pixel of its window")
def gradient_of_the_mean(p: Parameters, values: Values) -> Check:
    return below(np.abs(values["slopes_of_mean"] * p.size**2 - 1).max(), 1e-12)


@claim(4, "3x3, pool 2, 3x3, pool 2, 3x3 (steps 1, 2, 1, 2, 1): receptive fields 3, 4, 8, 10, 18")
def pooling_widens_the_view(p: Parameters, values: Values) -> Check:
    """The listed layers follow the formula, too."""
    lecture = values["receptive_fields_of_the_lecture"].tolist() == [3, 4, 8, 10, 18]
    return true(lecture and np.array_equal(values["receptive_fields"], receptive_fields(p)))


@claim(
    5,
    "a quarter of the activations remains, and the next convolution has as many parameters as without pooling",
    applies=lambda p: p.size == p.stride == 2 and p.side % 2 == 0,
    domain="2 x 2 windows, stride 2, an even side",
)
def activations_and_not_weights(p: Parameters, values: Values) -> Check:
    return true(values["memory_ratio"] == 4 and values["conv_parameters"] == values["conv_parameters_before"])


@claim(
    6,
    "a shift by one pixel changes the pooled map less than the map, in 90 % of the digits or more",
    applies=lambda p: p.stride <= p.size,
    domain="stride <= size, so that no pixel is left out",
)
def tolerates_small_shifts(p: Parameters, values: Values) -> Check:
    """In relative L2, of all 1,797 8 x 8 digits, in each direction; 0.984 is the least, for 4 x 4 means in steps of 4.

    With pixels left out it may be less: 0.63 for 2 x 2 windows in steps of 4, up or down.
    """
    return above(values["share_that_changes_less"].min(), 0.9)


if __name__ == "__main__":
    main()
