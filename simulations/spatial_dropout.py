"""Spatial dropout drops whole feature maps: where neighbouring pixels agree, dropping single ones hides nothing.

Why not drop single activations after a convolution? Neighbours in a map are alike, so a dropped pixel can be read off
those around it, and its noise averages away as soon as anything pools. Tompson et al. 2015 (section 3.2) therefore draw
one Bernoulli trial per example and channel, and drop all H x W pixels of the map together:

    element-wise   y_nchw = x_nchw k_nchw / (1 - p),    N C H W draws      (Srivastava et al. 2014, inverted)
    spatial        y_nchw = x_nchw k_nc   / (1 - p),    N C draws,         k = 0 with probability p, else 1

Both keep the mean, E[y] = x. The mean over the pixels of a constant map x = 1 has the variance

    spatial  p / (1 - p),            element-wise  p / ((1 - p) H W),

so that the same p is H W times less noise if it falls on single pixels. On maps of covariance R between pixels the
ratio of both noises is 1 / (H W mean(R)): 1 for independent pixels, 1 / (H W) for equal ones. So spatial dropout is for
maps whose neighbours are strongly correlated, as in early layers. It makes maps less dependent on each other, not
stronger; dense layers have no maps. Many later networks use batch normalisation instead, or DropBlock (squares).

p is the probability of dropping; kept values are scaled in training, and nothing is dropped in testing. Arrays are
(N, C, H, W): examples, channels, height, width. The random maps are Gaussian fields of mean 0, variance 1 and
covariance exp(-r^2 / 2 l^2) at distance r in pixels; l is the correlation length, and with l = 0 they are white noise.
"""

import math
from collections.abc import Mapping
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

TITLE = "Spatial dropout"
TOPIC = "Regularisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

BLOCK = 10_000  # draws at a time, to save memory
FIELDS = 1000  # random maps behind each measured point of the figure


@dataclass(frozen=True)
class Parameters:
    """A batch of feature maps and the chance to drop."""

    drop_probability: float = parameter(0.3, low=0.05, high=0.9, help="p, of a map or of a single pixel")
    examples: int = parameter(4, low=1, high=64, scale="log", help="images of the batch, N")
    channels: int = parameter(16, low=1, high=64, scale="log", help="maps of each image, C")
    height: int = parameter(8, low=1, high=16, help="rows of each map, H", unit="pixels")
    width: int = parameter(8, low=1, high=16, help="columns of each map, W", unit="pixels")
    correlation_length: float = parameter(3.0, low=0, high=8, help="how far pixels are alike", unit="pixels")
    pool: int = parameter(2, low=1, high=16, help="side of the window that is averaged", unit="pixels")
    draws: int = parameter(40_000, low=10_000, high=100_000, scale="log", help="masks of one map, for the variances")

    def __post_init__(self) -> None:
        """Refuse a window that does not fit into a map: a ParameterError."""
        if self.pool > min(self.height, self.width):
            what = f"parameter pool: {self.pool} x {self.pool} does not fit {self.height} x {self.width} pixels"
            raise ParameterError(what, "make the window smaller, or the maps larger")

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a map."""
        return self.height, self.width

    @property
    def pixels(self) -> int:
        """Of one map."""
        return self.height * self.width


def element_wise(rng: np.random.Generator, shape: tuple[int, ...], p: float) -> Array:
    """0 with probability p, else 1 / (1 - p): one draw for each activation, (N, C, H, W)."""
    return np.asarray((rng.random(shape, dtype=np.float32) >= p) / (1 - p))


def spatial(rng: np.random.Generator, shape: tuple[int, ...], p: float) -> Array:
    """The same with one draw for each example and channel, (N, C, 1, 1), which all pixels of a map share."""
    return element_wise(rng, (*shape[:2], 1, 1), p)


def covariance(size: int, length: float) -> Array:
    """exp(-r^2 / 2 l^2) between the pixels of one row, (size, size); between maps' pixels it is a product of two."""
    r = np.subtract.outer(np.arange(size), np.arange(size))
    return np.asarray(np.exp(-((r / length) ** 2) / 2)) if length > 0 else np.eye(size)


def random_maps(rng: np.random.Generator, shape: tuple[int, ...], length: float) -> Array:
    """Gaussian fields (..., H, W): white noise between the symmetric roots of the covariances down and across."""

    def root(size: int) -> Any:
        values, Q = np.linalg.eigh(covariance(size, length))
        return (Q * np.sqrt(np.maximum(values, 0))) @ Q.T

    return np.asarray(root(shape[-2]) @ rng.normal(size=shape) @ root(shape[-1]))


def means_of_a_constant_map(rng: np.random.Generator, pixels: int, at: Parameters) -> Array:
    """The mean over a map x = 1 of so many pixels that are dropped one by one, (draws,)."""
    rows = [min(BLOCK, at.draws - done) for done in range(0, at.draws, BLOCK)]
    return np.hstack([element_wise(rng, (n, pixels), at.drop_probability).mean(axis=1) for n in rows])


def sum_of_neighbours(x: Array) -> Array:
    """The sum of the pixels above, below, left and right of each pixel of (..., H, W); outside the map they are 0."""
    x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(1, 1), (1, 1)])
    return np.asarray(x[..., :-2, 1:-1] + x[..., 2:, 1:-1] + x[..., 1:-1, :-2] + x[..., 1:-1, 2:])


def noise_ratios(rng: np.random.Generator, length: float, at: Parameters) -> Array:
    """The mean square noise of dropping pixels over that of dropping maps, in a window's mean and a map's, (2,)."""
    shape = (FIELDS, 1, at.height, at.width)
    x, p = random_maps(rng, shape, length), at.drop_probability
    noises = [x * (mask(rng, shape, p) - 1) for mask in (element_wise, spatial)]
    windows = [[one[..., : at.pool, : at.pool], one] for one in noises]
    single, whole = np.array([[(one.mean(axis=(2, 3)) ** 2).mean() for one in both] for both in windows])
    return np.asarray(single / whole)


def ratio_in_theory(length: float, height: int, width: int) -> float:
    """1 / (H W mean(R)), where R is a product of a factor down and a factor across."""
    return float(1 / (height * width * covariance(height, length).mean() * covariance(width, length).mean()))


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Draw both kinds of masks, measure the noise of a map's mean, and guess dropped pixels from their neighbours."""
    p, shape = parameters.drop_probability, (parameters.examples, parameters.channels, *parameters.size)
    single = means_of_a_constant_map(rng, parameters.pixels, parameters)
    whole = means_of_a_constant_map(rng, 1, parameters)

    pixelwise, drawn = element_wise(rng, shape, p), spatial(rng, shape, p)
    by_map = np.broadcast_to(drawn, shape)
    x = random_maps(rng, shape, parameters.correlation_length)
    guessed = (pixelwise == 0) & (sum_of_neighbours(1 * (pixelwise > 0)) == 4)  # so they lie inside the map
    errors = (sum_of_neighbours(x) / 4 - x)[guessed]
    values: dict[str, Any] = {
        "spatial_variance": whole.var(),
        "element_wise_variance": single.var(),
        "variance_ratio": whole.var() / single.var(),
        "means": np.array([whole.mean(), single.mean()]),
        "independent_draws": drawn.size,
        "kept_scale": max(whole.max(), pixelwise.max()),
        "share_of_uniform_maps": (np.ptp(by_map, axis=(2, 3)) == 0).mean(),
        "pixels_to_guess": errors.size,
        "error_of_neighbours": math.sqrt((errors**2).mean()) if errors.size else 0.0,
        "dropped_beside_kept": ((by_map == 0) & (sum_of_neighbours(by_map) > 0)).sum(),
        "noise_ratios": noise_ratios(rng, parameters.correlation_length, parameters),
    }
    shown = x[0] - x[0].min() + 1  # every pixel above 0, which is left for what is dropped
    two = np.argsort(drawn[0, :, 0, 0], kind="stable")[[0, -1]]  # a map that spatial dropout drops, one that it keeps
    return Result(
        values,
        (
            averaged_noise(parameters, rng),
            pictures("Element-wise: two maps (0: dropped)", shown * pixelwise[0], two),
            pictures("Spatial: the same maps (0: dropped)", shown * by_map[0], two),
        ),
    )


def averaged_noise(at: Parameters, rng: np.random.Generator) -> Figure:
    """The ratio of both noises over the correlation length, in the mean of a window and of a whole map."""
    lengths, fine = np.arange(9.0), np.linspace(0, 8, 81)
    found = np.array([noise_ratios(rng, one, at) for one in lengths])
    marks: list[Line | Points] = []
    for size, ratios in zip(((at.pool, at.pool), at.size), found.T, strict=True):
        name = "{} x {}".format(*size)
        marks.append(Line(fine, [ratio_in_theory(one, *size) for one in fine], f"theory, {name}"))
        marks.append(Points(lengths, ratios, f"drawn, {name}"))
    return Figure("Noise: pixels / maps dropped", Axis("correlation length in pixels"), Axis("ratio", "log"), marks)


def pictures(title: str, maps: Array, which: Array) -> Figure:
    """Some of the maps (C, H, W) side by side; one that is named twice stands there once."""
    return Figure(title, Axis("column"), Axis("row"), [HeatMap(maps[k], f"map {k}") for k in dict.fromkeys(which)])


# --- what a card may ask ------------------------------------------------------------------------------------------


@expected("variance of the mean of a constant map of ones under spatial dropout")
def spatial_variance(parameters: Parameters) -> float:
    p = parameters.drop_probability
    return p / (1 - p)


@expected("variance of the mean of a constant map of ones under element-wise dropout")
def element_wise_variance(parameters: Parameters) -> float:
    return spatial_variance(parameters) / parameters.pixels


@expected("by what factor spatial dropout's variance of a constant map's mean is larger than element-wise dropout's")
def variance_ratio(parameters: Parameters) -> float:
    return parameters.pixels


@expected("independent draws of one spatial dropout mask of the batch")
def independent_draws(parameters: Parameters) -> float:
    return parameters.examples * parameters.channels


@expected("by what a kept value is multiplied")
def kept_scale(parameters: Parameters) -> float:
    return 1 / (1 - parameters.drop_probability)


# --- what goes wrong ----------------------------------------------------------------------------------------------


def unscaled(at: Parameters) -> float:
    """The variance p (1 - p) of a trial whose kept values stay 1."""
    return at.drop_probability * (1 - at.drop_probability)


@mistake("spatial_variance", "one does not scale what is kept")
def spatial_without_scale(parameters: Parameters) -> float:
    return unscaled(parameters)


@mistake("spatial_variance", "one lets the pixels of a map be dropped one by one")
def spatial_by_pixel(parameters: Parameters) -> float:
    return element_wise_variance(parameters)


@mistake("element_wise_variance", "one does not scale what is kept")
def element_wise_without_scale(parameters: Parameters) -> float:
    return unscaled(parameters) / parameters.pixels


@mistake("element_wise_variance", "one forgets that the noise of the pixels averages away")
def forgets_to_average(parameters: Parameters) -> float:
    return spatial_variance(parameters)


@mistake("variance_ratio", "one compares the standard deviations")
def ratio_of_deviations(parameters: Parameters) -> float:
    return math.sqrt(parameters.pixels)


@mistake("variance_ratio", "one thinks that the same p is the same noise")
def same_share_same_noise(parameters: Parameters) -> float:
    return 1.0


@mistake("independent_draws", "one thinks that it drops whole images")
def drops_images(parameters: Parameters) -> float:
    return parameters.examples


@mistake("independent_draws", "one thinks that it drops the same pixels in every channel")
def drops_pixels_of_all_channels(parameters: Parameters) -> float:
    return parameters.examples * parameters.pixels


@mistake("independent_draws", "one draws for every activation, as element-wise dropout does")
def draws_for_every_activation(parameters: Parameters) -> float:
    return parameters.examples * parameters.channels * parameters.pixels


@mistake("kept_scale", "one thinks that nothing is scaled, as the kept maps are whole")
def scales_nothing(parameters: Parameters) -> float:
    return 1.0


@mistake("kept_scale", "one scales as in testing without inverted dropout")
def scales_down(parameters: Parameters) -> float:
    return 1 - parameters.drop_probability


# --- claims -------------------------------------------------------------------------------------------------------


def enough_to_guess(at: Parameters) -> bool:
    """Where 18 or more pixels are expected that are dropped and have four kept neighbours, in a smooth field."""
    smooth, maps = at.correlation_length >= 3, at.examples * at.channels
    return smooth and maps >= 16 and min(at.size) >= 8 and at.drop_probability <= 0.5


@claim(1, "spatial dropout keeps or drops each map as a whole")
def all_or_nothing(parameters: Parameters, values: Values) -> Check:
    return about(values["share_of_uniform_maps"], 1, absolute=0)


@claim(
    2,
    "the mean of a constant map has variance p/(1-p), element-wise p/((1-p)HW), both within 5 % (worse error)",
    applies=lambda at: 0.3 <= at.drop_probability <= 0.7 and at.draws >= 20_000,
    domain="p from 0.3 to 0.7, 20,000 draws or more",
)
def noise_of_a_constant_map(parameters: Parameters, values: Values) -> Check:
    """From 20,000 draws: the element-wise variance has the standard error sqrt(2 / draws), 1 %, but 1.4 % at 10,000."""
    keys = spatial_variance(parameters), element_wise_variance(parameters)
    found = values["spatial_variance"], values["element_wise_variance"]
    return below(max(abs(one / key - 1) for one, key in zip(found, keys, strict=True)), 0.05)


@claim(3, "both kinds keep the mean: over the draws it is x, within 4 standard errors (worse error)")
def the_mean_stays(parameters: Parameters, values: Values) -> Check:
    variances = np.array([spatial_variance(parameters), element_wise_variance(parameters)])
    return below((np.abs(values["means"] - 1) / np.sqrt(variances / parameters.draws)).max(), 4)


@claim(
    4,
    "the mean of four kept neighbours predicts a dropped pixel: rms error below 15 % of the field's deviation",
    applies=enough_to_guess,
    domain="correlation length 3 or more, 16 maps of 8 x 8 or more, p up to 0.5",
)
def neighbours_tell(parameters: Parameters, values: Values) -> Check:
    """At length 3 it is 7.5 %: the root of 1 - 2 R(1) + (4 + 4 R(2) + 8 R(sqrt 2)) / 16, with R = exp(-r^2 / 18)."""
    return below(values["error_of_neighbours"], 0.15)


@claim(5, "under spatial dropout no dropped pixel has a kept neighbour in its map")
def no_neighbour_is_left(parameters: Parameters, values: Values) -> Check:
    return about(values["dropped_beside_kept"], 0, absolute=0)


if __name__ == "__main__":
    main()
