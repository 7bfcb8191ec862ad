"""A convolution is a product with a Toeplitz matrix: few weights, each copied along a whole diagonal.

What is the matrix of a convolution, and what does it save? With a kernel w of k weights, a signal x of n numbers, and
everything beyond the ends taken as 0 (Goodfellow et al. 2016, eq. 9.3 and 9.6),

    convolution        y_i = sum_m w_m x_{i-m},
    cross-correlation  y_i = sum_m w_m x_{i+m}: the convolution with the kernel read backwards.

Both are linear in x, so that y = T x, and both treat every place alike, so that T[i, j] depends on j - i alone: T is
constant along its diagonals (Toeplitz). It is sparse and local because the kernel is short, not because it is Toeplitz.
Indices modulo n make it circulant: T = F^-1 diag(F w) F with the Fourier matrix F (Gray 2006, theorem 3.1), and with
k = n no entry is 0. For images T is doubly block Toeplitz: a Toeplitz matrix of Toeplitz blocks.

Deep learning says convolution and computes cross-correlation: `flip` is off. Modes: "valid" keeps the places where the
whole kernel fits, n - k + 1 of them; "full" those where any of it does, n + k - 1; "circular" has n.

A layer is the same idea with channels. From c_in maps of n x n to c_out maps of q x q, q = floor((n + 2p - k) / s) + 1
(Dumoulin & Visin 2016, relationship 6), a dense layer has c_out q^2 (c_in n^2 + 1) parameters; looking at k x k pixels
leaves c_out q^2 (c_in k^2 + 1) of them, and sharing them among all places c_out (c_in k^2 + 1): one bias per map.

Shapes: x (n,) or (n, n), T (outputs, inputs), images row by row; entries are counted from 0.
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

TITLE = "Convolution as a Toeplitz matrix"
TOPIC = "Convolution"

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """A kernel on a signal or an image, one entry of its matrix, and a layer that has such kernels."""

    length: int = parameter(10, low=4, high=64, help="n: of the signal, or of each side of the image")
    kernel_size: int = parameter(3, low=2, high=7, help="k: of the kernel, or of each of its sides")
    kernel: tuple[float, ...] = parameter((1, 2, 3), low=-100, high=100, help="weights; a shorter list begins anew")
    mode: str = parameter("valid", choices=("valid", "full", "circular"), help="what happens at the ends")
    flip: bool = parameter(False, help="convolution; without it cross-correlation, as in deep learning")
    two_dimensional: bool = parameter(False, help="an image of n x n instead of a signal, n up to 12")
    row: int = parameter(1, low=0, high=9, help="of the entry T[row, column]; beyond the last it begins anew")
    column: int = parameter(2, low=0, high=9, help="of the entry")
    in_channels: int = parameter(1, low=1, high=512, scale="log", help="maps that enter the layer")
    out_channels: int = parameter(16, low=1, high=512, scale="log", help="maps that leave it")
    padding: int = parameter(0, low=0, high=3, help="zeros that the layer puts around its n x n maps")
    stride: int = parameter(1, low=1, high=4, help="step of the layer's kernels")

    def __post_init__(self) -> None:
        """The kernel fits into the signal, and the matrix on a screen."""
        if self.kernel_size > self.length:
            what = f"a kernel of {self.kernel_size} does not fit into a length of {self.length}"
            raise ParameterError(what, "take a shorter kernel")
        if self.two_dimensional and self.length > 12:
            what = f"the matrix of a {self.length} x {self.length} image is too large"
            raise ParameterError(what, "take a length of up to 12")

    @property
    def dimensions(self) -> int:
        """1 of a signal, 2 of an image."""
        return 1 + self.two_dimensional

    @property
    def w(self) -> Array:
        """The kernel as an array, (k,) or (k, k)."""
        return np.resize(self.kernel, (self.kernel_size,) * self.dimensions)


def copies(n: int, k: int, mode: str, flip: bool) -> Array:
    """Where each weight stands along one axis, (k, outputs, n): 1 where T[i, j] is weight m, and 0 elsewhere.

    Weight m lies on the one diagonal j - i + offset = m, modulo n if the signal is a ring. The offset says where the
    first output begins: at the kernel's first weight, or, for the convolution and in mode full, at its last one.
    """
    rows = {"valid": n - k + 1, "full": n + k - 1, "circular": n}[mode]
    offset = k - 1 if mode == "full" or (mode == "circular" and flip) else 0
    diagonal = np.arange(n) - np.arange(rows)[:, None] + offset
    return np.asarray(np.arange(k)[:, None, None] == (diagonal % n if mode == "circular" else diagonal), dtype=float)


def toeplitz(n: int, w: Array, mode: str, flip: bool) -> Array:
    """T of a kernel (k,) on n numbers, or of one (k, k) on n x n: each weight times its place, summed."""
    g: Array = np.flip(w) if flip else w
    S = copies(n, len(w), mode, flip)
    if w.ndim == 1:
        return np.asarray(np.einsum("m,mij->ij", g, S))
    T = np.einsum("ab,aij,bkl->ikjl", g, S, S, optimize=True)
    return np.asarray(T.reshape(S.shape[1] ** 2, n**2))


def convolve(x: Array, w: Array, mode: str) -> Array:
    """The convolution by its definition: w_m x_j is added to output j + m."""
    n, k = len(x), len(w)
    y = np.zeros((n + k - 1,) * x.ndim)
    for m in np.ndindex(w.shape):
        y[tuple(slice(a, a + n) for a in m)] += w[m] * x
    for axis in range(x.ndim):
        if mode == "valid":
            y = np.take(y, range(k - 1, n), axis)
        if mode == "circular":
            y, beyond = np.split(y, [n], axis)
            y[(slice(None),) * axis + (slice(k - 1),)] += beyond  # what hangs over the end meets the beginning
    return y


def correlate(x: Array, w: Array, mode: str) -> Array:
    """The cross-correlation by its definition: the kernel slides over the signal."""
    k = len(w)
    wide = np.pad(x, (0, k - 1), mode="wrap") if mode == "circular" else np.pad(x, (k - 1) * (mode == "full"))
    windows = np.lib.stride_tricks.sliding_window_view(wide, w.shape)
    return np.asarray((windows * w).sum(axis=tuple(range(-w.ndim, 0))))


def in_fourier_basis(T: Array, n: int, dimensions: int) -> Array:
    """F T F^-1 of a square T; it is similar to T, so that a diagonal one shows T's eigenvalues."""
    outputs, inputs = tuple(range(dimensions)), tuple(range(dimensions, 2 * dimensions))
    D = np.fft.fftn(np.fft.ifftn(T.reshape((n,) * 2 * dimensions), axes=inputs), axes=outputs)
    return D.reshape(T.shape)


def layer_counts(n: int, k: int, c_in: int, c_out: int, p: int = 0, s: int = 1) -> tuple[int, int, int, int]:
    """Places per side, and the parameters of a dense, a local and a convolutional layer, by counting the arrays."""
    q = len(range(0, n + 2 * p - k + 1, s))
    kernels, biases, pixels = (c_out, c_in, k, k), (c_out,), (c_out, q, q)
    dense = math.prod((*pixels, c_in, n, n)) + math.prod(pixels)
    local = math.prod((q, q, *kernels)) + math.prod(pixels)
    return q, dense, local, math.prod(kernels) + math.prod(biases)


def run(p: Parameters, rng: np.random.Generator) -> Result:
    """Build T, compare T x with both definitions for a random x, and count a layer's parameters."""
    n, w = p.length, p.w
    x = rng.normal(size=(n,) * p.dimensions)
    T = toeplitz(n, w, p.mode, p.flip)
    places, dense, local, shared = layer_counts(n, p.kernel_size, p.in_channels, p.out_channels, p.padding, p.stride)
    values: dict[str, Any] = {
        "matrix": T,
        "entry": T[p.row % len(T), p.column % T.shape[1]],
        "nonzeros": np.count_nonzero(T),
        "output": T @ x.ravel(),
        "by_definition": (convolve if p.flip else correlate)(x, w, p.mode).ravel(),
        "correlation": correlate(x, w, p.mode),
        "convolution_with_flipped_kernel": convolve(x, np.flip(w), p.mode),
        "output_size": places,
        "dense_parameters": dense,
        "local_parameters": local,
        "parameter_count": shared,
        "counts_of_the_lecture": layer_counts(28, 5, 1, 16)[1:],
    }
    bars = Bars(["dense", "local", "conv"], [dense, local, shared])
    count = Figure("Parameters of the layer", Axis("connections"), Axis("parameters", "log"), [bars])
    matrix = Figure("The matrix T", Axis("input j"), Axis("output i"), [HeatMap(T, "weight")])
    if p.mode == "circular":
        D = in_fourier_basis(T, n, p.dimensions)
        values |= {"fourier_real": D.real, "fourier_imaginary": D.imag}
    return Result(values, (matrix, *draw(p, x, values), count))


def draw(p: Parameters, x: Array, values: Values) -> list[Figure]:
    """The signal and what comes out, and in mode circular how much of each frequency passes."""
    y = values["output"]
    if p.two_dimensional:
        image = HeatMap(y.reshape((round(y.size**0.5),) * 2), "y")
        figures = [Figure("The output, as an image", Axis("column"), Axis("row"), [image])]
    else:
        marks = [Line(np.arange(one.size), one, name) for name, one in (("input x", x), ("output T x", y))]
        figures = [Figure("A signal and its output", Axis("index"), Axis("value"), marks)]
    if p.mode == "circular":
        passed = np.abs(np.diag(values["fourier_real"] + 1j * values["fourier_imaginary"]))
        wanted = np.abs(eigenvalues(p)).ravel()
        frequency = np.arange(wanted.size)
        both = Line(frequency, wanted, "FFT of the kernel"), Points(frequency, passed, "eigenvalues of T")
        figures.append(Figure("How much of each frequency passes", Axis("frequency index"), Axis("size"), both))
    return figures


def eigenvalues(p: Parameters) -> Array:
    """The FFT of the zero-padded kernel, (n,) or (n, n); of a real kernel the correlation's are its conjugates."""
    transform = np.fft.fftn(p.w, s=(p.length,) * p.dimensions, axes=range(p.dimensions))
    return np.asarray(transform if p.flip else transform.conj())


# --- what a card may ask ------------------------------------------------------------------------------------------


def no_zeros(p: Parameters) -> bool:
    """No weight of the kernel is 0."""
    return bool(p.w.all())


@expected("entry of T in this row and column, both from 0")
def entry(p: Parameters) -> Any:
    g, diagonal = (np.flip(p.w) if p.flip else p.w), []
    rows = {"valid": p.length - p.kernel_size + 1, "full": p.length + p.kernel_size - 1, "circular": p.length}[p.mode]
    for axis in range(p.dimensions)[::-1]:  # the last index of an image runs fastest
        i = p.row % rows**p.dimensions // rows**axis % rows
        j = p.column % p.length**p.dimensions // p.length**axis % p.length
        wraps = p.mode == "circular"
        m = j - i + (p.kernel_size - 1) * (p.mode == "full" or (wraps and p.flip))
        diagonal.append(m % p.length if wraps else m)
    return g[tuple(diagonal)] if all(0 <= m < p.kernel_size for m in diagonal) else 0.0


@expected("number of entries of T that are not 0", applies=no_zeros)
def nonzeros(p: Parameters) -> int:
    places = p.length - p.kernel_size + 1 if p.mode == "valid" else p.length  # full and circular: k in each column
    return int((p.kernel_size * places) ** p.dimensions)


@expected("pixels along each side of the layer's maps")
def output_size(p: Parameters) -> int:
    return (p.length + 2 * p.padding - p.kernel_size) // p.stride + 1


@expected("parameters of the convolutional layer")
def parameter_count(p: Parameters) -> int:
    return p.out_channels * (p.in_channels * p.kernel_size**2 + 1)


@expected("parameters of a layer that looks at as many pixels, with weights of its own at each place")
def local_parameters(p: Parameters) -> int:
    return int(output_size(p) ** 2 * parameter_count(p))


@expected("parameters of a dense layer from as many inputs to as many outputs")
def dense_parameters(p: Parameters) -> int:
    return int(output_size(p) ** 2) * p.out_channels * (p.in_channels * p.length**2 + 1)


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("entry", "one reads the kernel in the other direction")
def reads_it_backwards(p: Parameters) -> Any:
    return entry(Parameters(**{**vars(p), "kernel": tuple(np.flip(p.w).ravel())}))


@mistake("entry", "one counts along i + j, as if the kernel stood still and the signal were turned")
def constant_along_the_other_diagonal(p: Parameters) -> Any:
    return p.w.flat[m] if (m := p.row + p.column) < p.w.size else 0.0


@mistake("nonzeros", "one thinks that the kernel is as long as the signal")
def every_input_counts(p: Parameters) -> int:
    return int(nonzeros(p) // p.kernel_size**p.dimensions * p.length**p.dimensions)


@mistake("nonzeros", "one forgets the outputs at the ends, where the kernel wraps around or hangs over")
def forgets_the_ends(p: Parameters) -> int:
    return int((p.kernel_size * (p.length - p.kernel_size + 1)) ** p.dimensions)


@mistake("nonzeros", "one counts the weights and not their copies")
def counts_the_weights(p: Parameters) -> int:
    return int(p.kernel_size**p.dimensions)


@mistake("parameter_count", "one gives every pixel of a map its own bias")
def bias_per_pixel(p: Parameters) -> int:
    return p.out_channels * (p.in_channels * p.kernel_size**2 + int(output_size(p) ** 2))


@mistake("parameter_count", "one forgets the biases")
def no_biases(p: Parameters) -> int:
    return p.out_channels * p.in_channels * p.kernel_size**2


@mistake("parameter_count", "one thinks that the kernel is as large as the image")
def kernel_of_the_image(p: Parameters) -> int:
    return p.out_channels * (p.in_channels * p.length**2 + 1)


@mistake("parameter_count", "one thinks that each place has weights of its own")
def shares_nothing(p: Parameters) -> int:
    return local_parameters(p)


@mistake("parameter_count", "one thinks that all channels share one k x k kernel")
def forgets_the_input_channels(p: Parameters) -> int:
    return p.out_channels * (p.kernel_size**2 + 1)


@mistake("output_size", "one forgets that the first place counts as well")
def one_place_short(p: Parameters) -> int:
    return output_size(p) - 1


@mistake("output_size", "one pads one side only")
def pads_one_side(p: Parameters) -> int:
    return (p.length + p.padding - p.kernel_size) // p.stride + 1


@mistake("output_size", "one thinks that a convolution keeps the size")
def keeps_the_size(p: Parameters) -> int:
    return p.length


# --- claims -------------------------------------------------------------------------------------------------------


def circular(p: Parameters) -> bool:
    """The signal is a ring."""
    return p.mode == "circular"


@claim(1, "T x is the convolution or correlation of the definition; the latter has the kernel flipped (1e-12)")
def matrix_is_the_convolution(p: Parameters, values: Values) -> Check:
    """Relative to the sum of the weights' sizes. On a ring the flipped kernel's output begins k - 1 places later."""
    error = np.abs(values["output"] - values["by_definition"]).max()
    turned, slid = values["convolution_with_flipped_kernel"], values["correlation"]
    late = (1 - p.kernel_size) * circular(p)
    flipped = np.abs(np.roll(turned, (late,) * p.dimensions, range(p.dimensions)) - slid).max()
    return below(max(error, flipped) / max(np.abs(p.w).sum(), 1e-290), 1e-12)


@claim(2, "T[i, j] = T[i+1, j+1]; circular: with indices modulo n; of an image within and between the blocks")
def constant_along_diagonals(p: Parameters, values: Values) -> Check:
    T = values["matrix"]
    rows = round(len(T) ** (1 / p.dimensions))
    T = T.reshape((rows,) * p.dimensions + (p.length,) * p.dimensions)
    jumps = []
    for axis in range(p.dimensions):
        here = np.moveaxis(T, (axis, p.dimensions + axis), (0, 1))
        there = np.roll(here, (-1, -1), (0, 1))
        jumps.append(np.abs(here - there if circular(p) else (here - there)[:-1, :-1]).max(initial=0))
    return about(max(jumps), 0, absolute=0)


@claim(
    3,
    "T has k (n - k + 1) entries that are not 0; of an image the square of that",
    applies=lambda p: p.mode == "valid" and no_zeros(p),
    domain="mode valid, a kernel without zeros",
)
def sparse(p: Parameters, values: Values) -> Check:
    return about(values["nonzeros"], (p.kernel_size * (p.length - p.kernel_size + 1)) ** p.dimensions, absolute=0)


@claim(
    4,
    "its eigenvalues are the FFT of the zero-padded kernel (1e-10)",
    applies=circular,
    domain="mode circular",
    at={"mode": "circular"},
)
def eigenvalues_are_the_fourier_transform(p: Parameters, values: Values) -> Check:
    """F T F^-1 is the diagonal matrix of that FFT, or of its conjugates, which are the same numbers in another order.

    Relative to the sum of the weights' sizes, which no eigenvalue exceeds.
    """
    D = values["fourier_real"] + 1j * values["fourier_imaginary"]
    return below(np.abs(D - np.diag(eigenvalues(p).ravel())).max() / max(np.abs(p.w).sum(), 1e-290), 1e-10)


@claim(5, "a layer has c_out (c_in k^2 + 1) parameters; 28x28, 1 to 16, 5x5: 416, dense 7,234,560")
def few_parameters(p: Parameters, values: Values) -> Check:
    dense, _, shared = values["counts_of_the_lecture"]
    return true(values["parameter_count"] == parameter_count(p) and (dense, shared) == (7_234_560, 416))


@claim(
    6,
    "every entry is other than 0: a Toeplitz matrix need not be sparse",
    applies=lambda p: circular(p) and p.kernel_size == p.length and no_zeros(p),
    domain="mode circular, k = n, a kernel without zeros",
    at={"mode": "circular", "length": 7, "kernel_size": 7},
)
def dense_on_a_ring(p: Parameters, values: Values) -> Check:
    return about(values["nonzeros"], values["matrix"].size, absolute=0)


if __name__ == "__main__":
    main()
