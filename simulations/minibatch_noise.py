"""A mini-batch gradient is right on average and wrong by 1 / sqrt(B) each time: averages of B examples are that noisy.

What does a larger batch buy? With g_i the gradient of the loss of example i, the gradient of the mean loss is the mean
of all N, and that of a random batch of B examples estimates it without bias (Goodfellow et al. 2016, section 8.1.3):

    E |g_B - g|^2 = sigma^2 / B,     sigma^2 = mean |g_i - g|^2,     times (N - B) / (N - 1) without replacement

(Cochran 1977, theorem 2.2): four times the batch halves the noise, and only the full batch has none. A loss that sums
over examples instead of averaging has N times the gradient and N times the noise.

At a constant rate SGD does not arrive, it hovers. At a minimum of curvature 1 with gradient noise of variance 1 / B,
w <- w - lr (w + noise), the second moment m = E[w^2] follows m <- (1 - lr)^2 m + lr^2 / B, and so ends at

    E[w^2] = lr / ((2 - lr) B),     a loss of half that.

The rate of a batch B' that hovers as near solves this for lr' (see Smith & Le 2018, section 5, for small rates):

    lr' = 2 c B' / (1 + c B'),     c = lr / ((2 - lr) B).

It is proportional to B' while small (the linear rule: Goyal et al. 2017) but never reaches 2, where the curvature makes
SGD diverge. At B' = 1 / c it is 1 and the start is forgotten in one step: beyond, a larger batch speeds nothing up.

The examples are those of a linear regression, X (N, d) and y (N,), with the loss (x w - y)^2 / 2 at w = 0.
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
    Line,
    ParameterError,
    Points,
    Progress,
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

TITLE = "Mini-batch gradient noise"
TOPIC = "Optimisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

SLOWEST, FASTEST = 0.005, 1.5  # the rates that are simulated; at 2 they diverge
CHAINS = 4000


@dataclass(frozen=True)
class Parameters:
    """The examples, the batches drawn from them, and the rate of SGD."""

    examples: int = parameter(2000, low=100, high=4000, scale="log", help="N, of the data set")
    dimension: int = parameter(5, low=1, high=20, scale="log", help="d, weights of the regression")
    batch: int = parameter(32, low=1, high=4000, scale="log", help="B, examples in a batch")
    other_batch: int = parameter(128, low=1, high=4000, scale="log", help="B', of another batch beside it")
    replacement: bool = parameter(True, help="an example may be drawn twice into a batch")
    repeats: int = parameter(2000, low=200, high=5000, scale="log", help="batches of each size")
    learning_rate: float = parameter(0.1, low=SLOWEST, high=1.0, scale="log", help="constant, for the batch B")
    factor: float = parameter(2.0, low=1.0, high=10.0, help="by which the noise of B is to fall")

    def __post_init__(self) -> None:
        """No batch is larger than the data set: a ParameterError."""
        if max(self.batch, self.other_batch) > self.examples:
            what = f"a batch of {max(self.batch, self.other_batch)} does not fit into {self.examples} examples"
            raise ParameterError(what, "choose smaller batches or more examples")

    @property
    def c(self) -> float:
        """The floor of SGD, E[w^2]."""
        return self.learning_rate / ((2 - self.learning_rate) * self.batch)


def example_gradients(at: Parameters, rng: np.random.Generator) -> Array:
    """The gradient of each example's loss at w = 0, (N, d): (x w - y) x."""
    X = rng.normal(size=(at.examples, at.dimension))
    y = X @ rng.normal(size=at.dimension) + rng.normal(size=at.examples)
    return -y[:, None] * X


def batch_gradients(at: Parameters, g: Array, sizes: Array, rng: np.random.Generator, progress: Progress) -> Array:
    """Mean gradients of random batches, (sizes, repeats, d): the first examples of one random order per repeat."""
    means, N, longest = np.empty((sizes.size, at.repeats, at.dimension)), at.examples, int(sizes.max())
    columns, everyone = np.ascontiguousarray(g.T), np.tile(np.arange(N), (200, 1))
    for first in range(0, at.repeats, 200):
        rows = slice(first, min(first + 200, at.repeats))
        count = rows.stop - rows.start
        order = rng.integers(N, size=(count, longest)) if at.replacement else rng.permuted(everyone[:count], axis=1)
        total, done = np.zeros((at.dimension, count)), 0
        for k, B in enumerate(sizes):
            total += columns[:, order[:, done:B]].sum(axis=-1)
            means[k, rows], done = total.T / B, B
        progress(0.9 * rows.stop / at.repeats)
    return means


def fits(at: Parameters) -> bool:
    """Batches four times as large are drawn too."""
    return at.replacement and 4 * at.batch <= at.examples


def predicted_noise(at: Parameters, sigma: float, B: Any) -> Any:
    """The root mean square error of a batch's gradient."""
    return sigma / np.sqrt(B) * (1 if at.replacement else np.sqrt((at.examples - B) / (at.examples - 1)))


def hover(lr: float, B: int, rng: np.random.Generator) -> Any:
    """The mean of w^2 over 4000 chains and 15 times 1 / lr steps, after 5 times as many to forget the start, w = 0."""
    slowness, w, total = 1 / min(lr, 2 - lr), np.zeros(CHAINS), 0.0
    burn_in, steps = math.ceil(5 * slowness), math.ceil(15 * slowness)
    for t in range(burn_in + steps):
        w -= lr * (w + rng.normal(0, B**-0.5, CHAINS))
        total += float(w @ w) if t >= burn_in else 0
    return total / (CHAINS * steps)


def rate_at_floor(floor: float, B: Any) -> Any:
    """The rate with which a batch B hovers at this E[w^2], found by halving the interval from 0 to 2."""
    low, high = np.zeros(np.shape(B)), np.full(np.shape(B), 2.0)
    for _ in range(60):
        lr = (low + high) / 2
        above = lr * lr / B > floor * lr * (2 - lr)  # 1 - (1 - lr)^2
        low, high = np.where(above, low, lr), np.where(above, lr, high)
    return (low + high) / 2


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Measure the noise of batches of many sizes, where SGD hovers, and with which rate another batch does."""
    at, lr, B = parameters, parameters.learning_rate, parameters.batch
    g = example_gradients(at, rng)
    full, sigma = g.mean(axis=0), float(np.sqrt(g.var(axis=0).sum()))
    powers = 4 ** np.arange(1 + int(math.log(at.examples, 4)))
    sizes = np.unique([*powers, B, at.other_batch, 4 * B if fits(at) else B, at.examples if not at.replacement else B])
    means = batch_gradients(at, g, sizes, rng, progress)
    noise = np.sqrt(((means - full) ** 2).sum(axis=-1).mean(axis=-1))
    noise_of = dict(zip(sizes.tolist(), noise, strict=True))
    candidates = np.arange(1, 100 * B + 1) if at.replacement else np.arange(1, at.examples + 1)
    enough = predicted_noise(at, 1, candidates) <= predicted_noise(at, 1, B) / at.factor * (1 + 1e-12)
    rate = float(rate_at_floor(at.c, at.other_batch))
    capped, w = 2.2 * B / lr, np.ones(100)  # the batch for which the linear rule wants a rate of 2.2; chains
    for _ in range(200):
        w -= 2.2 * (w + rng.normal(0, capped**-0.5, 100))
    around, batches = np.geomspace(0.01, 100, 201) / at.c, np.geomspace(0.5, 2e6, 4001)  # the first's middle is 1 / c
    values: dict[str, Any] = {
        "sizes": sizes,
        "noise": noise,
        "predicted_noise": predicted_noise(at, sigma, sizes),
        "bias": np.linalg.norm(means[sizes == B][0].mean(axis=0) - full),
        "noise_ratio": noise_of[B] / max(noise_of[at.other_batch], 1e-300),
        "batch_for_factor": candidates[enough.argmax()],
        "floor": hover(lr, B, rng),
        "rate_at_equal_floor": rate,
        "floor_of_other_batch": hover(min(max(rate, SLOWEST), FASTEST), at.other_batch, rng),
        "distance_after_linear_rule": float(np.abs(w).min()),
        "rate_at_capped_batch": float(rate_at_floor(at.c, capped)),
        "rates_around_one_over_c": rate_at_floor(at.c, around),
        "fastest_batch": batches[np.abs(1 - rate_at_floor(at.c, batches)).argmin()],
    }
    if at.replacement:
        values["slope"] = np.polyfit(np.log(powers), np.log([noise_of[k] for k in powers.tolist()]), 1)[0]
    if fits(at):
        values["noise_ratio_of_four"] = noise_of[B] / noise_of[4 * B]
    return Result(values, draw(at, values, sigma, rng))


def draw(at: Parameters, values: Values, sigma: float, rng: np.random.Generator) -> list[Figure]:
    """The noise over the size of the batch, where SGD hovers, and which rate each batch allows."""
    sizes, noise, rate = values["sizes"], values["noise"], values["rate_at_equal_floor"]
    lr, linear = at.learning_rate, at.learning_rate * at.other_batch / at.batch
    shown, B = noise > 1e-9 * sigma, np.geomspace(1, sizes[noise > 1e-9 * sigma].max(), 60)
    law: list[Line | Points] = [Line(B, sigma / np.sqrt(B), "sigma / sqrt(B)")]
    if not at.replacement:
        law.append(Line(B, predicted_noise(at, sigma, B), "without replacement"))
    law.append(Points(sizes[shown], noise[shown], "measured"))
    cases = {f"B {at.batch}, rate {lr:g}": (lr, at.batch)}
    for why, other in (("same", lr), ("linear rule", linear), ("equal floor", rate)):
        cases[f"B {at.other_batch}, {why} {other:.2g}"] = other, at.other_batch
    rates, batches = (np.array(one)[:, None] for one in zip(*cases.values(), strict=True))
    steps = math.ceil(8 / lr)
    w, losses = np.full((4, 500), 3.0), np.empty((steps + 1, 4))
    with np.errstate(over="ignore", invalid="ignore"):  # beyond a rate of 2 it diverges
        for t in range(steps + 1):
            losses[t] = 0.5 * (w * w).mean(axis=1)
            w = w - rates * (w + rng.normal(0, 1, (4, 500)) / np.sqrt(batches))
    k = np.arange(0, steps + 1, 1 + steps // 400)
    curves = [Line(k[one < 1e3], one[one < 1e3], name) for name, one in zip(cases, losses[k].T, strict=True)]
    B = np.geomspace(at.batch / 8, 16 / at.c, 100)
    rule = lr * B / at.batch
    allowed: list[Line | Points] = [
        Line(B, rate_at_floor(at.c, B), "equal floor"),
        Line(B[rule < 4], rule[rule < 4], "linear rule"),
        Line(B[[0, -1]], np.full(2, 2.0), "2: diverges"),
        Points([at.batch], [lr], "B and its rate"),
        Points([at.other_batch], [rate], "B' at an equal floor"),
    ]
    return [
        Figure("Noise of a batch's gradient", Axis("batch size", "log"), Axis("rms error", "log"), law),
        Figure("Where SGD hovers", Axis("step"), Axis("mean loss", "log"), curves),
        Figure("The rate a batch allows", Axis("batch size", "log"), Axis("rate", "log"), allowed),
    ]


# --- what a card may ask ------------------------------------------------------------------------------------------


def many(at: Parameters) -> bool:
    """Batches enough to measure their noise within about 2 %: see the tests."""
    return at.repeats * at.dimension >= 10_000


def precise(at: Parameters) -> bool:
    """Batches enough to measure the ratio of two noises, which are not 0, within about 1 %."""
    both = min(at.batch, at.other_batch) >= 16 and max(at.batch, at.other_batch) <= at.examples / 2
    return both and at.repeats * at.dimension >= 25_000


@expected("noise of a batch B over that of a batch B'", applies=precise)
def noise_ratio(parameters: Parameters) -> Any:
    at = parameters
    return predicted_noise(at, 1, at.batch) / predicted_noise(at, 1, at.other_batch)


@expected("smallest batch whose noise is that of B divided by the factor", unit="examples")
def batch_for_factor(parameters: Parameters) -> int:
    least = 0 if parameters.replacement else 1 / parameters.examples  # 1 / B' - 1 / N = (1 / B - 1 / N) / factor^2
    share = least + (1 / parameters.batch - least) / parameters.factor**2
    return math.ceil(1 / share * (1 - 1e-9))


@expected("E[w^2] at which SGD hovers at a minimum of curvature 1, gradient noise of variance 1 / B")
def floor(parameters: Parameters) -> float:
    return parameters.c


@expected("rate with which the batch B' hovers at the same E[w^2]")
def rate_at_equal_floor(parameters: Parameters) -> float:
    product = parameters.c * parameters.other_batch
    return 2 * product / (1 + product)


@expected("batch from which on a larger one at the same E[w^2] speeds nothing up", unit="examples")
def fastest_batch(parameters: Parameters) -> float:
    return 1 / parameters.c


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("noise_ratio", "one thinks that the error falls as 1 / B")
def noise_falls_as_batch(parameters: Parameters) -> float:
    return parameters.other_batch / parameters.batch


@mistake("noise_ratio", "one takes the larger batch for the noisier one, as that of a sum is")
def noise_of_sums(parameters: Parameters) -> float:
    return math.sqrt(parameters.batch / parameters.other_batch)


@mistake("batch_for_factor", "one thinks that the error falls as 1 / B")
def batch_times_factor(parameters: Parameters) -> float:
    return parameters.batch * parameters.factor


@mistake("floor", "one forgets that a larger batch is less noisy")
def floor_of_one_example(parameters: Parameters) -> float:
    return parameters.c * parameters.batch


@mistake("floor", "one thinks that noise falls as 1 / B, and its square as 1 / B^2")
def floor_of_squared_batch(parameters: Parameters) -> float:
    return parameters.c / parameters.batch


@mistake("floor", "one takes the loss, w^2 / 2")
def floor_of_the_loss(parameters: Parameters) -> float:
    return parameters.c / 2


@mistake("floor", "one leaves out lr beside 2, as if the rate were tiny")
def floor_of_a_tiny_rate(parameters: Parameters) -> float:
    return parameters.learning_rate / (2 * parameters.batch)


@mistake("rate_at_equal_floor", "one follows the linear rule, which is right for small rates only")
def linear_rule(parameters: Parameters) -> float:
    return parameters.learning_rate * parameters.other_batch / parameters.batch


@mistake("rate_at_equal_floor", "one scales the rate by the root of the batch, as the noise")
def square_root_rule(parameters: Parameters) -> float:
    return parameters.learning_rate * math.sqrt(parameters.other_batch / parameters.batch)


@mistake("rate_at_equal_floor", "one keeps the rate")
def same_rate(parameters: Parameters) -> float:
    return parameters.learning_rate


@mistake("fastest_batch", "one thinks that a larger batch is always faster, up to all examples")
def larger_is_always_faster(parameters: Parameters) -> float:
    return parameters.examples


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "the mean of mini-batch gradients is the full gradient, within 4 standard errors")
def unbiased(parameters: Parameters, values: Values) -> Check:
    """The length of the error, in standard errors of it; exact for the full batch without replacement."""
    noise = values["predicted_noise"][values["sizes"] == parameters.batch][0]
    return below(values["bias"] / (noise / math.sqrt(parameters.repeats) + 1e-12), 4)


@claim(
    2,
    "the noise falls as B^-0.5: log-log slope within 0.03",
    applies=lambda at: at.replacement and many(at),
    domain="with replacement, repeats x dimension >= 10,000",
)
def slope_of_one_half(parameters: Parameters, values: Values) -> Check:
    """Of 100 examples 10 of 400 seeds fail at repeats x dimension = 4,000, and none of 800 at 10,000: 0.026 at most."""
    return about(values["slope"], -0.5, absolute=0.03)


@claim(
    3,
    "without replacement the noise is sqrt((N - B) / (N - 1)) of that, within 5 %, and 0 at B = N",
    applies=lambda at: not at.replacement and many(at),
    domain="without replacement, repeats x dimension >= 10,000; batches of 16 or more",
    at={"replacement": False},
)
def finite_population(parameters: Parameters, values: Values) -> Check:
    """The worst ratio. Rare large errors spoil small B: 6 of 400 seeds at B = 1, 2 at 2, 1 at 8, none from 16 on."""
    noise, wanted, sizes = values["noise"], values["predicted_noise"], values["sizes"]
    inside = (sizes >= 16) & (sizes < parameters.examples)
    ratios = noise[inside] / wanted[inside]
    worst = ratios[np.abs(ratios - 1).argmax()]
    return about(worst if noise[-1] < 1e-12 * noise[0] else math.inf, 1, relative=0.05)


@claim(
    4,
    "four times the batch halves the noise, within 8 %",
    applies=lambda at: fits(at) and many(at) and at.batch >= 16,
    domain="with replacement, 16 <= B <= N / 4, repeats x dimension >= 10,000",
)
def four_times_the_batch(parameters: Parameters, values: Values) -> Check:
    """As for claim 3: single examples came to 2.17 in one of 140 runs."""
    return about(values["noise_ratio_of_four"], 2, relative=0.08)


@claim(5, "SGD hovers at E[w^2] = lr / ((2 - lr) B), within 10 %")
def floor_of_sgd(parameters: Parameters, values: Values) -> Check:
    return about(values["floor"], floor(parameters), relative=0.1)


@claim(
    6,
    "with lr' = 2 c B' / (1 + c B') the batch B' hovers at the same E[w^2], within 20 %",
    applies=lambda at: SLOWEST <= rate_at_equal_floor(at) <= FASTEST,
    domain="0.005 <= lr' <= 1.5",
)
def equal_floors(parameters: Parameters, values: Values) -> Check:
    return about(values["floor_of_other_batch"], values["floor"], relative=0.2)


@claim(
    7,
    "at B' = 2.2 B / lr the linear rule's rate of 2.2 diverges, the equal-floor rate stays below 2",
    applies=lambda at: at.learning_rate <= 0.5,
    domain="lr <= 0.5",
)
def curvature_caps_the_rate(parameters: Parameters, values: Values) -> Check:
    """Diverged: |w| > 1e6 in all of the chains within 200 steps."""
    return true(values["distance_after_linear_rule"] > 1e6 and values["rate_at_capped_batch"] < 2)


@claim(8, "|1 - lr'|, what a step leaves of the start, is least at B' = 1 / c, where lr' = 1, within 1e-12")
def no_faster_beyond(parameters: Parameters, values: Values) -> Check:
    left = np.abs(1 - values["rates_around_one_over_c"])
    return below(left[100] if left.argmin() == 100 else math.inf, 1e-12)


if __name__ == "__main__":
    main()
