"""In many dimensions a point of slope 0 is nearly always a saddle, minima lie low, and a saddle delays descent only.

Where the gradient is 0, the signs of the Hessian's eigenvalues decide: all positive, a minimum; all negative, a
maximum; else a saddle. The index counts the negative ones. Four experiments (the argument is Dauphin et al.'s, 2014):

1. Random Hessians. In the Gaussian orthogonal ensemble (GOE, M = (A + A')/2 with A_ij ~ N(0, 1)) all N eigenvalues are
   positive with P(1) = 1/2, P(2) = (2 - sqrt 2)/4, P(3) = (pi - 2 sqrt 2)/(4 pi), and roughly 3^(-N^2/4) for large N
   (Dean & Majumdar 2006): far below the 2^-N of independent signs, since eigenvalues repel each other.
2. Height. A GOE matrix of norm 2 plus s I, as at a point of higher or lower loss, has a share of negative eigenvalues

       F(-s),     F(x) = 1/2 + x sqrt(4 - x^2) / (4 pi) + arcsin(x / 2) / pi        (Wigner's semicircle).

3. A loss: the spherical 3-spin model, L(w) = sum_ijk J_ijk w_i w_j w_k / N with J ~ N(0, 1) on the sphere |w|^2 = N
   (Auffinger, Ben Arous & Cerny 2013; Choromanska et al. 2015 liken networks to it). Newton's method finds points where
   grad L = mu w, whatever their index; the Hessian along the sphere is that of L - mu |w|^2 / 2. The higher, the more
   ways down.
4. Escape. Gradient descent on (x^2 - y^2)/2 multiplies y by 1 + lr: from y = eps it takes ln(1/eps) / ln(1 + lr) steps
   to |y| = 1. The well x^2/2 + (1 - y^2)^2/4 has the same saddle, and minima of loss 0 at y = 1 and -1. Newton's step
   divides each slope by its curvature and goes to the saddle; divided by |curvature|, as in saddle-free Newton, it goes
   away from it (Dauphin et al. 2014, section 4).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    Points,
    Progress,
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

TITLE = "Saddle points and dimension"
TOPIC = "Loss surfaces"

Array = NDArray[Any]
Values = Mapping[str, Any]

SPINS = 8  # N of the 3-spin model
LARGE = 200  # N of the matrices that are shifted
EXACT = (0.5, (2 - math.sqrt(2)) / 4, (math.pi - 2 * math.sqrt(2)) / (4 * math.pi))  # P(1), P(2), P(3)


@dataclass(frozen=True)
class Parameters:
    """One Hessian by hand, random ones, a random loss, and a start beside a saddle."""

    curvatures: tuple[float, ...] = parameter((2, -1, 3, -4), low=-100, high=100, help="eigenvalues of one Hessian")
    dimension: int = parameter(3, low=1, high=10, help="N, for the chance of a minimum")
    samples: int = parameter(200_000, low=10_000, high=1_000_000, scale="log", help="random Hessians")
    shift: float = parameter(1.0, low=-2, high=2, help="s, what is added to every eigenvalue of a large one")
    starts: int = parameter(400, low=100, high=1000, scale="log", help="of Newton's method in the 3-spin model")
    distance: float = parameter(1e-6, low=1e-8, high=1e-2, scale="log", help="eps, x and y at the start, by the saddle")
    learning_rate: float = parameter(0.1, low=0.005, high=0.9, scale="log", help="of the descent from there")


def all_positive_shares(rng: np.random.Generator, samples: int) -> list[float]:
    """The share of GOE matrices with only positive eigenvalues for N = 1, 2 .. while there are any.

    A symmetric matrix is positive definite if each pivot of its Cholesky factor L is: row after row is drawn, and only
    for the matrices, (left, N, N), that still qualify. The first N rows of a GOE matrix are one of that size.
    """
    left, shares = np.zeros((samples, 0, 0)), []
    while len(left):
        N = left.shape[1] + 1
        row = rng.standard_normal((len(left), N - 1)) / math.sqrt(2)
        z = np.linalg.solve(left, row[..., None])[..., 0] if N > 1 else row
        pivot = rng.standard_normal(len(left)) - (z * z).sum(axis=1)
        good = pivot > 0
        grown = np.zeros((good.sum(), N, N))
        grown[:, :-1, :-1], grown[:, -1, :-1], grown[:, -1, -1] = left[good], z[good], np.sqrt(pivot[good])
        left = grown
        shares.append(len(left) / samples)
    return shares[:-1]


def spectra(rng: np.random.Generator, count: int) -> Array:
    """Eigenvalues (count, N) of GOE matrices, scaled to the semicircle on [-2, 2]."""
    A = rng.standard_normal((count, LARGE, LARGE))
    return np.linalg.eigvalsh((A + A.swapaxes(1, 2)) / math.sqrt(2 * LARGE))


def critical_points(rng: np.random.Generator, starts: int) -> tuple[Array, Array]:
    """Energy per spin L/N and index of the critical points that Newton's method finds, each point once."""
    N, J = SPINS, rng.standard_normal((SPINS, SPINS, SPINS))
    T = np.mean([J.transpose(order) for order in permutations(range(3))], axis=0) / N  # symmetric, L = T w w w
    w = on_sphere(rng.standard_normal((starts, N)))
    for _ in range(40):
        hessian, residual, _ = derivatives(T, w)
        system = np.zeros((starts, N + 1, N + 1))  # for the step along the sphere and the change of mu
        system[:, :N, :N], system[:, :N, N], system[:, N, :N] = hessian, -w, w
        step = np.linalg.solve(system, np.pad(-residual, ((0, 0), (0, 1)))[..., None])[:, :N, 0]
        w = on_sphere(w + step / np.maximum(1, np.linalg.norm(step, axis=1, keepdims=True)))
    w = w[np.linalg.norm(derivatives(T, w)[1], axis=1) < 1e-9]
    near = np.linalg.norm(w[:, None] - w, axis=2) < 1e-4
    w = w[~np.tril(near, -1).any(axis=1)]
    hessian, _, energy = derivatives(T, w)
    along = np.eye(N) - w[:, :, None] * w[:, None] / N  # projects on the directions along the sphere
    curvatures = np.linalg.eigvalsh(along @ hessian @ along)  # one is 0, across it
    return energy, (curvatures < -1e-6).sum(axis=1)


def on_sphere(w: Array) -> Array:
    """Scale each row to |w|^2 = N."""
    return np.asarray(w * math.sqrt(SPINS) / np.linalg.norm(w, axis=1, keepdims=True))


def derivatives(T: Array, w: Array) -> tuple[Array, Array, Array]:
    """Hessian and gradient of L - mu |w|^2 / 2, the latter 0 at critical points, and L/N; w is (points, N)."""
    Tw = np.tensordot(w, T, axes=1)
    Tww = (Tw @ w[..., None])[..., 0]
    energy = (Tww * w).sum(axis=1) / SPINS
    mu = 3 * energy[:, None]
    return 6 * Tw - mu[..., None] * np.eye(SPINS), 3 * Tww - mu * w, energy


def escape_steps_of(eps: float, rate: float) -> int:
    """Steps of gradient descent on (x^2 - y^2)/2 from y = eps to |y| = 1."""
    y, steps = eps, 0
    while abs(y) < 1:
        y, steps = y + rate * y, steps + 1
    return steps


def leave(eps: float, rate: float) -> Array:
    """Loss and gradient norm, (2, steps), of gradient descent on the well from (eps, eps) until it is at a minimum."""
    x = y = eps
    path: list[tuple[float, float]] = []
    while len(path) < 2 or path[-1][0] > 1e-6:
        slope = y**3 - y
        path.append((x * x / 2 + (1 - y * y) ** 2 / 4, math.hypot(x, slope)))
        x, y = x - rate * x, y - rate * slope
    return np.array(path).T


def newton_along_the_hill(y: float) -> Array:
    """Newton's step along y of the well and the saddle-free one, (2, 2): |y| after / before, rise of the loss / y^2.

    The constant 1/4 of the loss is left out: from y = 1e-8 it would round the rise away.
    """
    slope, curvature = y**3 - y, 3 * y * y - 1
    there = np.array([y - slope / curvature, y - slope / abs(curvature)])
    rise = (there**4 - y**4) / 4 - (there**2 - y**2) / 2
    return np.stack([np.abs(there) / y, rise / y**2], axis=1)


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """The four experiments in turn."""
    shares = all_positive_shares(rng, parameters.samples)
    progress(0.3)
    eigenvalues = spectra(rng, 4) + parameters.shift
    energy, index = critical_points(rng, parameters.starts)
    progress(0.9)
    loss, slope = leave(parameters.distance, parameters.learning_rate)
    N, given = parameters.dimension, np.array(parameters.curvatures)
    Q = np.linalg.qr(rng.normal(size=(given.size, given.size)))[0]
    H = (Q * given) @ Q.T  # a Hessian that does not show its eigenvalues
    values: dict[str, Any] = {
        "index": (np.linalg.eigvalsh(H) < -1e-12 * np.abs(H).max()).sum(),
        "all_positive": shares[N - 1] if len(shares) >= N else 0.0,
        "all_signs_positive": (rng.random((parameters.samples, N)) < 0.5).mean(axis=0).prod(),
        "index_fraction": (eigenvalues < 0).mean(),
        "escape_steps": escape_steps_of(parameters.distance, parameters.learning_rate),
        "all_positive_shares": shares,
        "index_fraction_of_one": (eigenvalues[0] < 0).mean(),
        "energies": energy,
        "indices": index,
        "correlation": np.corrcoef(index, energy)[0, 1],
        "minima_share": (index == 0).mean(),
        "least_slope_on_plateau": slope[loss > 0.24].min(initial=1.0),
        "steps_on_plateau": (loss > 0.24).sum(),
        "final_loss": loss[-1],
        "newton_steps": newton_along_the_hill(parameters.distance),
    }
    return Result(values, draw(parameters, values, eigenvalues[0] - parameters.shift, loss, slope))


def draw(parameters: Parameters, values: Values, semicircle: Array, loss: Array, slope: Array) -> tuple[Figure, ...]:
    """One figure for each experiment; the shares of experiment 2 are those of one matrix under every shift."""
    shares = values["all_positive_shares"]
    N = np.arange(1, len(shares) + 1)
    measured, independent = Points(N, shares, "random Hessian"), Line(N, 0.5**N, "independent signs")
    chance = Figure("Chance of a minimum", Axis("dimension N"), Axis("probability", "log"), [measured, independent])
    spins = Points(values["energies"], values["indices"])
    ladder = Figure("3-spin: index and loss", Axis("loss / N"), Axis("index"), [spins])
    s = np.linspace(-2, 2, 41)
    drawn = (semicircle + s[:, None] < 0).mean(axis=1)
    marks: list[Line | Points] = [
        Line(s, [below_zero(one) for one in s], "semicircle"),
        Points(s, drawn, f"one matrix, N = {LARGE}"),
    ]
    height = Figure("Negative curvatures", Axis("shift s"), Axis("share below 0"), marks)
    steps = np.arange(len(loss))
    lines = [Line(steps, loss, "loss"), Line(steps, slope, "gradient norm")]
    plateau = Figure("Plateau beside a saddle", Axis("step"), Axis("loss; gradient norm", "log"), lines)
    return chance, ladder, height, plateau


def below_zero(shift: float) -> float:
    """F(-s) of the semicircle."""
    x = -shift
    return 0.5 + x * math.sqrt(4 - x * x) / (4 * math.pi) + math.asin(x / 2) / math.pi


# --- what a card may ask ------------------------------------------------------------------------------------------


@expected("number of negative curvatures")
def index(parameters: Parameters) -> int:
    return len([one for one in parameters.curvatures if one < 0])


@expected(
    "probability that all eigenvalues of a GOE matrix are positive",
    applies=lambda at: at.dimension <= 3 and at.samples >= 100_000,
)
def all_positive(parameters: Parameters) -> float:
    return EXACT[parameters.dimension - 1]


@expected("probability that all of N independent signs are positive")
def all_signs_positive(parameters: Parameters) -> float:
    return 0.5**parameters.dimension


@expected("share of negative eigenvalues after the shift", applies=lambda at: abs(at.shift) <= 1.5)
def index_fraction(parameters: Parameters) -> float:
    return below_zero(parameters.shift)


@expected("steps from y = eps to |y| = 1 on (x^2 - y^2)/2")
def escape_steps(parameters: Parameters) -> int:
    return math.ceil(math.log(1 / parameters.distance) / math.log1p(parameters.learning_rate))


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("index", "one counts the positive curvatures")
def index_counts_ways_up(parameters: Parameters) -> int:
    return len([one for one in parameters.curvatures if one > 0])


@mistake("index", "one counts every curvature")
def index_is_the_dimension(parameters: Parameters) -> int:
    return len(parameters.curvatures)


@mistake("all_positive", "one takes the eigenvalues' signs for independent: exactly 2^-N")
def signs_are_independent(parameters: Parameters) -> float:
    return 0.5**parameters.dimension


@mistake("all_positive", "one thinks that half of all critical points are minima")
def half_are_minima(parameters: Parameters) -> float:
    return 0.5


@mistake("all_signs_positive", "one thinks that every number of positive signs is as likely")
def every_count_is_as_likely(parameters: Parameters) -> float:
    return 1 / (parameters.dimension + 1)


@mistake("index_fraction", "one thinks that the index grows as the loss falls")
def index_grows_downhill(parameters: Parameters) -> float:
    return 1 - below_zero(parameters.shift)


@mistake("index_fraction", "one thinks that saddles have half of their curvatures negative, at any height")
def half_are_negative(parameters: Parameters) -> float:
    return 0.5


@mistake("escape_steps", "one thinks that each step gains as much as the first")
def gains_as_in_the_first_step(parameters: Parameters) -> float:
    return (1 - parameters.distance) / (parameters.learning_rate * parameters.distance)


@mistake("escape_steps", "one thinks of a bowl, where 1 / lr steps are a time constant, and forgets the start")
def forgets_the_start(parameters: Parameters) -> float:
    return 1 / parameters.learning_rate


@mistake("escape_steps", "one takes the logarithm to base 10")
def escape_in_log10(parameters: Parameters) -> float:
    return math.log10(1 / parameters.distance) / math.log1p(parameters.learning_rate)


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "a GOE matrix of N = 1, 2, 3 has only positive eigenvalues with .5, .1464, .0249, within 4 standard errors")
def chance_of_a_minimum(parameters: Parameters, values: Values) -> Check:
    exact = np.array(EXACT)
    shares = np.pad(values["all_positive_shares"], (0, 3))[:3]
    errors = np.sqrt(exact * (1 - exact) / parameters.samples)
    return below((np.abs(shares - exact) / errors).max(), 4)


@claim(2, "for N >= 2 that is less likely than N positive signs that are independent, 2^-N")
def rarer_than_independent(parameters: Parameters, values: Values) -> Check:
    """The largest ratio of the two over the measured N."""
    shares = np.array(values["all_positive_shares"])
    return below((shares * 2.0 ** np.arange(1, shares.size + 1))[1:].max(initial=0), 1)


@claim(3, "the share of negative eigenvalues of one shifted GOE matrix, N = 200, is F(-s) within 0.02")
def index_follows_the_semicircle(parameters: Parameters, values: Values) -> Check:
    return about(values["index_fraction_of_one"], below_zero(parameters.shift), absolute=0.02)


@claim(4, "index and loss of the critical points of a 3-spin model, N = 8, correlate by more than 0.75")
def index_grows_with_the_loss(parameters: Parameters, values: Values) -> Check:
    return above(values["correlation"], 0.75)


@claim(5, "to escape from eps to 1 takes ln(1/eps) / ln(1 + lr) steps, within one")
def escape_takes_a_logarithm(parameters: Parameters, values: Values) -> Check:
    wanted = math.log(1 / parameters.distance) / math.log1p(parameters.learning_rate)
    return about(values["escape_steps"], wanted, absolute=1)


@claim(
    6,
    "on the plateau the gradient is below 0.001 and the loss above 0.24, but then it falls to the minimum, 0",
    applies=lambda at: at.distance <= 1e-4,
    domain="a start within 1e-4 of the saddle",
)
def flat_but_not_low(parameters: Parameters, values: Values) -> Check:
    return true(values["least_slope_on_plateau"] < 1e-3 and values["final_loss"] < 1e-5)


@claim(7, "fewer than 10 % of the critical points of the 3-spin model, N = 8, are minima")
def minima_are_rare(parameters: Parameters, values: Values) -> Check:
    return below(values["minima_share"], 0.1)


@claim(8, "beside a saddle Newton's step goes to it and uphill; divided by |curvature| it goes away and downhill")
def newton_goes_to_the_saddle(parameters: Parameters, values: Values) -> Check:
    """Newton ends within 1e-3 of its distance: y^3 - y over 3y^2 - 1 leaves 2y^2 / (1 - 3y^2) of y, 2e-4 at 0.01."""
    (left, rise), (free, fall) = values["newton_steps"]
    return below(left if rise > 0 and free > 1 and fall < 0 else math.inf, 1e-3)


@claim(
    9,
    "a Hessian has as many eigenvalues below 0 as it was given negative curvatures, whatever their directions",
    applies=lambda at: all(one == 0 or abs(one) >= 1e-9 * max(map(abs, at.curvatures)) for one in at.curvatures),
    domain="each curvature 0, or 1e-9 of the largest or more",
)
def index_counts_the_ways_down(parameters: Parameters, values: Values) -> Check:
    return about(values["index"], index(parameters), absolute=0)


if __name__ == "__main__":
    main()
