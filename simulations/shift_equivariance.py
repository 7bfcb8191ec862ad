"""Shifting and convolving commute, except where borders, strides and pooling come in: the map moves with the image.

Is a convolutional network blind to where a thing is? With S_t, which shifts an image by t pixels, a layer f is
(Goodfellow et al. 2016, sections 9.2 and 9.3)

    equivariant if  f(S_t x) = S_u f(x) for some shift u of its map,      invariant if  f(S_t x) = f(x).

A convolution has the same weights everywhere, and is equivariant with u = t, not invariant, as long as the image has no
border: here it is a ring (`circular`). Zeros around the image tell the network where the border is: the map differs
where the kernel sees pixels that the shift has moved across it, for up to half a kernel at either end.

A stride s and pooling in steps of p look at every (s p)-th place of a ring only. A shift by a multiple of s p is one of
the map by t / (s p); no other shift commutes, and pooling does not mend it (Zhang 2019, section 3; Azulay & Weiss
2019). Only the mean of a whole map, a global average, is invariant: no place is left in it.

    f(x) = pool_p(conv(x, w)[::s, ::s]),     the largest of windows of p x p in steps of p.

What a convolution knows of places shows if the pixels of all images are put into one and the same random order. A dense
layer y = x W has a weight for each pixel, and with the rows of W in the new order y and every step of gradient descent
stay as they were; random weights have no order to begin with. A kernel finds strangers where it looks for neighbours.

The convolution is the cross-correlation. Images x are 16 of n x n numbers from N(0, 1), and w is (2h + 1) x (2h + 1) of
them. Shifts go to the right; without a ring, zeros follow. Differences are the largest of all images and pixels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)

TITLE = "Shift equivariance"
TOPIC = "Convolution"

Array = NDArray[Any]
Values = Mapping[str, Any]

IMAGES = 16  # one alone might by chance have the same maxima after a shift
STEPS = 10  # of gradient descent by the dense layer


@dataclass(frozen=True)
class Parameters:
    """Images, how far they are shifted, and the layer that looks at them."""

    side: int = parameter(16, low=8, high=24, help="n: of the images")
    shift: int = parameter(3, low=0, high=7, help="t: pixels to the right")
    padding: str = parameter("circular", choices=("circular", "zero"), help="what lies beyond the border")
    stride: int = parameter(1, low=1, high=4, help="s: step of the kernel")
    pool: int = parameter(2, low=1, high=4, help="p: side and step of the windows whose maximum is taken; 1: none")
    half_width: int = parameter(1, low=1, high=3, help="h: the kernel has 2h + 1 weights a side")
    random_order: bool = parameter(False, help="learn the maps from pixels in a random order, too")

    def __post_init__(self) -> None:
        """A window of the pooling fits into the map."""
        left = -(-self.side // self.stride)
        if left < self.pool:
            what = f"a stride of {self.stride} leaves {left} places a side, too few for pooling by {self.pool}"
            raise ParameterError(what, "take a smaller stride or window, or a larger side")

    @property
    def step(self) -> int:
        """Pixels between the windows of the map: s p."""
        return self.stride * self.pool


def shifted(X: Array, t: int, padding: str) -> Array:
    """Images or maps (..., rows, columns), t columns further to the right."""
    if padding == "circular":
        return np.roll(X, t, axis=-1)
    return np.concatenate([np.zeros_like(X[..., :t]), X[..., : X.shape[-1] - t]], axis=-1)


def convolve(X: Array, w: Array, padding: str) -> Array:
    """The cross-correlation of images (..., n, n) with one kernel, as large as they are."""
    half, n = len(w) // 2, X.shape[-1]
    frame = [(0, 0)] * (X.ndim - 2) + [(half, half)] * 2
    framed = np.pad(X, frame, mode="wrap") if padding == "circular" else np.pad(X, frame)
    Z = np.zeros_like(X)
    for (a, b), weight in np.ndenumerate(w):
        Z += weight * framed[..., a : a + n, b : b + n]
    return Z


def pooled(Z: Array, p: Parameters) -> Array:
    """What stride and pooling leave of maps (..., n, n); windows that do not fit are left out."""
    Z = Z[..., :: p.stride, :: p.stride]
    q = Z.shape[-1] // p.pool
    rows = Z[..., : q * p.pool, : q * p.pool].reshape(*Z.shape[:-2], q, p.pool, q, p.pool)
    return np.asarray(rows.max(axis=(-3, -1)))


def compared(Z: Array, p: Parameters) -> Array:
    """|f(S_t x) - S_u f(x)| for each t and u, the largest of all images and pixels; Z are the maps before stride."""
    maps = pooled(Z, p)
    wanted = np.stack([shifted(maps[0], u, p.padding) for u in range(maps.shape[-1])])
    return np.stack([np.abs(one - wanted).max(axis=(1, 2, 3)) for one in maps])


def trained_dense(X: Array, W: Array, Y: Array) -> Array:
    """The losses |X W - Y|^2 / 2, mean over images X (images, pixels), before each of STEPS steps from W."""
    rate, losses = len(X) / np.linalg.norm(X, 2) ** 2, []
    for _ in range(STEPS):
        error = X @ W - Y
        losses.append((error * error).sum() / (2 * len(X)))
        W = W - rate * X.T @ error / len(X)
    return np.array(losses)


def left_by_kernels(X: Array, Y: Array, p: Parameters) -> float:
    """What the best kernel leaves of maps Y (images, n, n), as a share of their mean square."""
    side = 2 * p.half_width + 1
    seen = [convolve(X, one, p.padding).ravel() for one in np.eye(side**2).reshape(-1, side, side)]
    return float(np.linalg.lstsq(np.array(seen).T, Y.ravel(), rcond=None)[1][0] / (Y * Y).sum())


def in_random_order(X: Array, Y: Array, p: Parameters, rng: np.random.Generator) -> dict[str, Any]:
    """A dense layer and kernels learn the maps Y from images X as they are, and with their pixels in a random order."""
    pixels, order = X.reshape(len(X), -1), rng.permutation(p.side**2)
    W, shuffled = rng.normal(size=(p.side**2,) * 2) / p.side, pixels[:, order]
    dense = [trained_dense(one, first, Y.reshape(pixels.shape)) for one, first in ((pixels, W), (shuffled, W[order]))]
    kernels = [left_by_kernels(one, Y, p) for one in (X, shuffled.reshape(X.shape))]
    return {"dense_losses": np.array(dense), "left_by_best_kernel": np.array(kernels)}


def run(p: Parameters, rng: np.random.Generator) -> Result:
    """Shift the images by 0 .. n pixels, and compare their maps with the shifted maps of the images as they were."""
    n, t = p.side, p.shift
    X, w = rng.normal(size=(IMAGES, n, n)), rng.normal(size=(2 * p.half_width + 1,) * 2)
    Z = np.stack([convolve(shifted(X, one, p.padding), w, p.padding) for one in range(n + 1)])
    table, maps = compared(Z, p), pooled(Z, p)
    nearest = min(t // p.step, maps.shape[-1] - 1)
    difference = np.abs(maps[t] - shifted(maps[0], nearest, p.padding)).max(axis=0)
    away = np.minimum(np.arange(len(difference)), np.arange(len(difference))[::-1])
    inside = np.minimum.outer(away, away) >= t + p.half_width
    commutes = np.flatnonzero(table.min(axis=1)[1:] < 1e-10) + 1
    values: dict[str, Any] = {
        "table": table,
        "least_differences": table.min(axis=1),
        "output_shift": int(table[t].argmin()),
        "commuting_shifts": len(commutes),
        "smallest_commuting_shift": int(commutes[0]) if commutes.size else 0,
        "differing_columns": int((difference.max(axis=0) > 1e-10).sum()),
        "difference_inside": difference.max(where=inside, initial=0),
        "difference_at_the_border": difference.max(where=~inside, initial=0),
        "spread_of_global_averages": np.ptp(Z.mean(axis=(-2, -1)), axis=0).max(),
    }
    tables = ("without stride and pooling", compared(Z, replace(p, stride=1, pool=1))), ("this layer", table)
    figures = draw(p, tables, difference)
    if p.random_order:
        values |= in_random_order(X, Z[0], p, rng)
        figures = (order_of_pixels(values), *figures)
    return Result(values, figures)


def draw(p: Parameters, tables: tuple[tuple[str, Array], ...], difference: Array) -> tuple[Figure, ...]:
    """Which shifts commute, with stride and pooling and without, where the maps differ, and which shift fits."""
    points = [Points(np.arange(p.side + 1), table.min(axis=1), name) for name, table in tables]
    fits = [HeatMap(tables[-1][1], "max difference")]
    places = [HeatMap(difference, "max difference")]
    return (
        Figure("Shifts that commute: difference 0", Axis("shift in pixels"), Axis("max difference"), points),
        Figure(f"Where the maps differ, shift {p.shift}", Axis("column"), Axis("row"), places),
        Figure("Which shift of the map fits", Axis("shift of the map"), Axis("shift of the image"), fits),
    )


def order_of_pixels(values: Values) -> Figure:
    """The dense layer's loss with the pixels in order and shuffled, and what the best kernel leaves, as shares."""
    dense, steps = values["dense_losses"] / values["dense_losses"][:, :1], np.arange(STEPS)
    marks: list[Line | Points] = [
        Line(steps, dense[0], "dense, in order"),
        Points(steps, dense[1], "dense, shuffled"),
        Line(steps, np.full(STEPS, values["left_by_best_kernel"][1]), "best kernel, shuffled"),
    ]
    return Figure("Pixels in a random order", Axis("step"), Axis("share of the loss left", zero=True), marks)


# --- what a card may ask ------------------------------------------------------------------------------------------


def ring(p: Parameters) -> bool:
    """The image has no border, and windows fit around it twice or more."""
    return p.padding == "circular" and p.side % p.step == 0 and p.side >= 2 * p.step


def dense(p: Parameters) -> bool:
    """Every place has its own output: no stride, no pooling."""
    return p.step == 1


@expected("smallest shift, in pixels, that commutes with the layer", applies=ring)
def smallest_commuting_shift(p: Parameters) -> int:
    return p.step


@expected("how many of the shifts by 1 .. n pixels commute with the layer", applies=ring)
def commuting_shifts(p: Parameters) -> int:
    return p.side // p.step


@expected("places by which the map moves with the image", applies=lambda p: ring(p) and p.shift % p.step == 0)
def output_shift(p: Parameters) -> int:
    return p.shift // p.step


@expected("columns in which the map of the shifted image is not the shifted map", applies=dense)
def differing_columns(p: Parameters) -> int:
    if p.padding == "circular" or p.shift == 0:
        return 0
    follow = range(max(0, p.shift - p.half_width), p.shift)  # the kernel sees the image, the shifted map is 0 here
    leave = range(p.side - p.half_width, p.side)  # the kernel sees zeros, and saw pixels that have left
    return len({*follow, *leave})


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("smallest_commuting_shift", "one thinks that pooling makes it exact, so that all shifts commute")
def all_shifts_commute(p: Parameters) -> int:
    return 1


@mistake("smallest_commuting_shift", "one looks at the pooling alone")
def looks_at_the_pooling(p: Parameters) -> int:
    return p.pool


@mistake("smallest_commuting_shift", "one looks at the stride alone")
def looks_at_the_stride(p: Parameters) -> int:
    return p.stride


@mistake("smallest_commuting_shift", "one adds the steps, which multiply")
def adds_the_steps(p: Parameters) -> int:
    return p.stride + p.pool


@mistake("commuting_shifts", "one thinks that a network commutes with every shift")
def counts_every_shift(p: Parameters) -> int:
    return p.side


@mistake("commuting_shifts", "one thinks that only a full turn commutes")
def counts_the_full_turn(p: Parameters) -> int:
    return 1


@mistake("output_shift", "one takes equivariant for invariant: the map would not move at all")
def does_not_move(p: Parameters) -> int:
    return 0


@mistake("output_shift", "one forgets that a place of the map stands for several pixels")
def moves_as_far(p: Parameters) -> int:
    return p.shift


@mistake("output_shift", "one multiplies by the step instead of dividing")
def moves_further(p: Parameters) -> int:
    return p.shift * p.step


@mistake("differing_columns", "one thinks that it holds with zeros around the image, too")
def zeros_do_no_harm(p: Parameters) -> int:
    return 0


@mistake("differing_columns", "one looks at one end only")
def one_end_only(p: Parameters) -> int:
    return p.half_width


@mistake("differing_columns", "one counts the columns that the shift has filled with zeros")
def counts_the_new_columns(p: Parameters) -> int:
    return p.shift


# --- claims -------------------------------------------------------------------------------------------------------


def halves(p: Parameters) -> bool:
    """A ring of even length, of which a stride or pooling sees every second place."""
    return p.padding == "circular" and p.side % 2 == 0 and p.step == 2


HALVES: dict[str, Any] = {"applies": halves, "domain": "circular, an even side, and either stride 2 or pooling by 2"}


@claim(
    1,
    "on a ring the map of a shifted image is the shifted map, for every shift",
    applies=lambda p: p.padding == "circular" and dense(p),
    domain="circular, stride 1, no pooling",
    at={"pool": 1},
)
def commutes_on_a_ring(p: Parameters, values: Values) -> Check:
    return below(np.diag(values["table"]).max(), 1e-10)  # shifted by 0 .. n - 1, each by as much


@claim(
    2,
    "with zeros around it is so further from the border than the shift and half the kernel",
    applies=lambda p: p.padding == "zero" and dense(p) and p.side > 2 * (p.shift + p.half_width),
    domain="zeros, stride 1, no pooling, n > 2 (t + h): there is an inside",
    at={"padding": "zero", "pool": 1},
)
def commutes_inside(p: Parameters, values: Values) -> Check:
    """Inside are the pixels with t + h others or more between them and each border."""
    return below(values["difference_inside"], 1e-10)


@claim(3, "even shifts commute: the map moves by half of them", **HALVES)
def even_shifts_commute(p: Parameters, values: Values) -> Check:
    even = np.arange(0, p.side, 2)
    return below(values["table"][even, even // 2].max(), 1e-10)


@claim(
    4,
    "the mean of a whole map does not change with any shift",
    applies=lambda p: p.padding == "circular",
    domain="circular; the map before stride and pooling",
)
def average_is_invariant(p: Parameters, values: Values) -> Check:
    return below(values["spread_of_global_averages"], 1e-10)


@claim(
    5,
    "with zeros around the border differs",
    applies=lambda p: p.padding == "zero" and dense(p) and p.shift > 0,
    domain="zeros, stride 1, no pooling, a shift of 1 or more",
    at={"padding": "zero", "pool": 1},
)
def border_differs(p: Parameters, values: Values) -> Check:
    return above(values["difference_at_the_border"], 1e-3)


@claim(6, "odd shifts do not commute: whatever shift of the map is taken, it differs", **HALVES)
def odd_shifts_do_not(p: Parameters, values: Values) -> Check:
    return above(values["least_differences"][1::2].min(), 1e-3)


@claim(
    7,
    "pixels in a random order: a dense layer learns as before, the best kernel leaves over 0.8 of the map, not 0",
    applies=lambda p: p.random_order,
    domain="random_order",
    at={"random_order": True},
)
def only_dense_takes_any_order(p: Parameters, values: Values) -> Check:
    """The dense losses agree to 1e-9 of the first. In 100 draws of 7 x 7 kernels on 8 x 8 pixels 0.87 or more was left.

    That is 0.93 +- 0.02, so 0.8 is 6 sd away; more pixels, or smaller kernels, leave more.
    """
    ordered, shuffled = values["dense_losses"]
    kept, lost = values["left_by_best_kernel"]
    same = np.abs(shuffled - ordered).max() <= 1e-9 * ordered[0] and kept <= 1e-12
    return above(lost if same else 0, 0.8)


if __name__ == "__main__":
    main()
