"""Batch normalisation takes mean and scale from the batch, so that the scale of the weights no longer matters.

What does it change, and what not? In training each feature z = X w of a layer is normalised over the B rows of the
mini-batch, then scaled and shifted by two learned numbers (Ioffe & Szegedy 2015, algorithm 1):

    m = mean(z),    v = mean((z - m)^2),    n = (z - m) / sqrt(v + eps),    y = gamma n + beta.

The gradient runs through m and v, too: dL/dz = (g - mean(g) - n mean(g n)) / sqrt(v + eps) with g = dL/dn (section 3
there). In evaluation running averages of m and v take their place, and no row depends on the others any more.

As eps -> 0, n is the same for w and c w, c > 0. So the gradient at c w is 1/c of that at w, and orthogonal to w: each
step of gradient descent lengthens w by Pythagoras and turns it by about lr |g| / |w|, which goes with lr / |w|^2. That
effective rate only falls (van Laarhoven 2017). Yet in a deep ReLU network with BN gradients grow towards the first
layer, whatever the scale of the weights (Yang et al. 2019). And the loss is smoother (Santurkar et al. 2018), here as
far as a mean of the inputs had spoilt it.

Conventions: v is biased (divided by B), eps stands inside the root, running <- (1 - momentum) running + momentum batch
from mean 0 and variance 1, and it takes the unbiased variance (PyTorch's; Keras' momentum is 1 - momentum). X is
(B, n_in), W (n_in, n_out) without biases, and leading axes count copies.
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
    Result,
    about,
    above,
    below,
    between,
    claim,
    expected,
    main,
    mistake,
    parameter,
)

TITLE = "Batch normalisation"
TOPIC = "Gradients and initialisation"

ROWS, LAYERS, BOTH = "16 rows or more", "20 layers or more", "16 rows, 20 layers or more"
LIMIT = 1e-12  # where eps -> 0 is wanted
TINY = 1e-20  # against 0 / 0: two rows may be normalised to a gradient of 0
WIDTH = 64  # of the deep network
SCALES = np.geomspace(0.1, 10, 5)  # of all weights of the deep network; the middle one is 1
SHARES = np.linspace(0.05, 0.5, 10)  # |D| / |W| of the moves that measure smoothness

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """One batch of one feature to follow by hand; a layer and its descent; a deep network."""

    batch_values: tuple[float, ...] = parameter((1, 2, 4, 9), low=-100, high=100, help="one feature over a batch")
    gamma: float = parameter(1.5, low=-10.0, high=10.0, help="learned scale")
    beta: float = parameter(0.5, low=-10.0, high=10.0, help="learned shift")
    epsilon: float = parameter(1e-5, low=1e-12, high=0.01, scale="log", help="added to the variance")
    momentum: float = parameter(0.1, low=0.01, high=1.0, help="share of the batch in the running averages")
    updates: int = parameter(10, low=1, high=1000, scale="log", help="training steps that averaged this batch")
    batch: int = parameter(64, low=2, high=256, scale="log", help="rows of the random batches")
    features: int = parameter(32, low=1, high=128, scale="log", help="columns of the layer's weights")
    weight_scale: float = parameter(3.0, low=0.1, high=10.0, scale="log", help="c: the layer's weights are W and c W")
    learning_rate: float = parameter(0.01, low=0.001, high=1.0, scale="log", help="of the layer's descent")
    depth: int = parameter(20, low=2, high=40, help="layers of the ReLU network")

    def __post_init__(self) -> None:
        """One number has no spread."""
        if len(self.batch_values) < 2:
            raise ParameterError("batch_values holds one number, which has no variance", "give two or more")

    @property
    def z(self) -> Array:
        """The batch of one feature as an array (B,)."""
        return np.array(self.batch_values)


def normalise(Z: Array, epsilon: float | None) -> tuple[Array, Array | None]:
    """n of each column of Z (..., B, features), and its divisor; Z itself and None if epsilon is: without BN."""
    if epsilon is None:
        return Z, None
    centred = Z - Z.mean(axis=-2, keepdims=True)
    s = np.sqrt((centred * centred).mean(axis=-2, keepdims=True) + epsilon)
    return centred / s, s


def back(g: Array, n: Array, s: Array | None) -> Array:
    """dL/dZ from g = dL/dn, all (..., B, features): what g has in common with 1 and with n is lost."""
    if s is None:
        return g
    return np.asarray((g - g.mean(axis=-2, keepdims=True) - n * (g * n).mean(axis=-2, keepdims=True)) / s)


def averaged(Z: Array, momentum: float, updates: int) -> Array:
    """Running mean and variance, (2, features), after so many times the batch Z (B, features)."""
    batch, running = np.array([Z.mean(axis=0), Z.var(axis=0, ddof=1)]), np.eye(2)[:, 1:]
    for _ in range(updates):
        running = (1 - momentum) * running + momentum * batch
    return running


def descend(W: Array, rates: Array, X: Array, T: Array) -> tuple[Array, Array]:
    """Weights and gradients, (50, copies, n_in, features), one rate a copy; L = |n - T|^2 / 2, mean over rows."""
    path, gradients = [], []
    for _ in range(50):
        n, s = normalise(X @ W, LIMIT)
        path.append(W)
        gradients.append(X.T @ back((n - T) / len(X), n, s))
        W = W - rates[:, None, None] * gradients[-1]
    return np.array(path), np.array(gradients)


def deep(X: Array, W: Array, top: Array, epsilon: float | None) -> tuple[Array, Array]:
    """Output variances (scales,) and gradient norms (depth, scales) of ReLU networks with the weights SCALES x W.

    X is (B, WIDTH), W (depth, WIDTH, WIDTH), and `top` (B, WIDTH) the gradient that enters at the output.
    """
    c, layers, norms = SCALES[:, None, None], [], []
    h = np.broadcast_to(X, (SCALES.size, *X.shape))
    for weights in W:
        n, s = normalise(h @ weights * c, epsilon)
        layers.append((weights, h, n, s))
        h = np.maximum(n, 0)
    g = np.broadcast_to(top, h.shape)
    for weights, inputs, n, s in layers[::-1]:
        g = back(g * (n > 0), n, s)
        norms.append(np.linalg.norm(inputs.swapaxes(-1, -2) @ g, axis=(-2, -1)))
        g = g @ weights.T * c
    return h.var(axis=(1, 2)), np.array(norms[::-1])


def roughness(W1: Array, W2: Array, X: Array, T: Array, epsilon: float | None) -> Array:
    """|g(W - D) - g(W)| / |D| of a tanh network with MSE, for moves D along the gradient, |D| = SHARES x |W|."""

    def length(*parts: Array) -> float:
        return math.hypot(*map(np.linalg.norm, parts))

    def slope(W1: Array, W2: Array) -> tuple[Array, Array]:
        n, s = normalise(X @ W1, epsilon)
        h = np.tanh(n)
        error = 2 * (h @ W2 - T) / T.size
        return X.T @ back(error @ W2.T * (1 - h * h), n, s), h.T @ error

    g = slope(W1, W2)
    found = []
    for step in SHARES * length(W1, W2) / length(*g):
        there = slope(W1 - step * g[0], W2 - step * g[1])
        found.append(length(there[0] - g[0], there[1] - g[1]) / length(*g) / step)
    return np.array(found)


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Normalise a batch, take the layer apart, send gradients down deep networks, and move along a gradient."""
    B, c, lr, epsilon = parameters.batch, parameters.weight_scale, parameters.learning_rate, parameters.epsilon
    z, way = parameters.z, (parameters.momentum, parameters.updates)
    n = normalise(z[:, None], epsilon)[0][:, 0]
    mean, variance = averaged(z[:, None], *way)[:, 0]

    X, W = rng.normal(size=(B, 20)), rng.normal(0, 20**-0.5, (20, parameters.features))
    T, Z = rng.normal(size=(B, parameters.features)), c * (X @ W)
    N = normalise(Z, epsilon)[0]
    running, one_row = averaged(Z, *way), np.array([Z[0], c * (X[:1] @ W)[0]])  # a row in its batch, and alone
    path, gradients = descend(np.array([W, c * W, c * W]), lr * np.array([1, c * c, 1]), X, T)
    lengths, norms = np.linalg.norm(path, axis=2), np.linalg.norm(gradients[0, :2], axis=1)
    directions = path / lengths[:, :, None]
    chords = np.linalg.norm(directions[1] - directions[0], axis=1)
    D = rng.normal(0, (2 / WIDTH) ** 0.5, (parameters.depth, WIDTH, WIDTH))
    x, top = rng.normal(size=(2, B, WIDTH))
    networks = [deep(x, D, top, chosen) for chosen in (None, LIMIT)]
    x, y = rng.normal(size=(B, 20)), rng.normal(size=(B, 5))
    weights = rng.normal(0, 20**-0.5, (20, 32)), rng.normal(0, 32**-0.5, (32, 5))
    settings = (x, None), (x + 3, None), (x + 3, LIMIT)  # with BN a mean of the inputs makes no difference
    rough = np.array([roughness(*weights, inputs, y, chosen) for inputs, chosen in settings])

    pairs = rng.normal(size=41) + np.outer([0.5, -0.5], np.geomspace(0.1, 1000, 41))
    crowd = np.concatenate([np.ones((4000, 1, 1)), rng.normal(size=(4000, B - 1, 1))], axis=1)
    values: dict[str, Any] = {
        "normalised": n,
        "output": parameters.gamma * n + parameters.beta,
        "running_mean": mean,
        "running_variance": variance,
        "evaluated": parameters.gamma * (z - mean) / math.sqrt(variance + epsilon) + parameters.beta,
        "learned_parameters": 2 * N[0].size,
        "layer_means": N.mean(axis=0),
        "layer_variances": np.array([Z.var(axis=0), N.var(axis=0)]),  # before and after
        "gradient_sums": back(parameters.gamma * T, N, np.ones(1)).sum(axis=0),  # times sqrt(v + eps)
        "evaluated_row": (one_row - running[0]) / np.sqrt(running[1] + epsilon),
        "change_of_output": np.abs(normalise(c * (X @ W), LIMIT)[0] - normalise(X @ W, LIMIT)[0]).max(),
        "change_of_gradient": np.abs(c * gradients[0, 1] - gradients[0, 0]).max()
        / (np.abs(gradients[0, 0]).max() + TINY),
        "cosines": (directions[0, :2] * gradients[0, :2]).sum(axis=1) / (norms + TINY),
        "change_of_direction": np.abs(directions[1, 1] - directions[1, 0]).max(),
        "angle_factor": np.median(np.arcsin(chords[2] / 2) / (np.arcsin(chords[0] / 2) + TINY)),
        "squared_lengths": lengths[:, 0] ** 2,
        "squared_steps": lr**2 * (gradients[:, 0] ** 2).sum(axis=1),
        "output_variances": np.array([one[0] for one in networks]),  # without BN, with it
        "gradient_norms": np.array([one[1] for one in networks]),
        "smoothness_gain": rough[:2].max(axis=1) / rough[2].max(),  # inputs of mean 0, and of mean 3
        "pairs": np.abs(normalise(pairs, epsilon)[0]).min(axis=0),
        "spread_among_random_rows": normalise(crowd, LIMIT)[0][:, 0].std(),
    }
    return Result(values, draw(parameters, values, rough))


def draw(parameters: Parameters, values: Values, rough: Array) -> tuple[Figure, ...]:
    """Gradients over the scale of the weights and over the layers, smoothness (settings, shares), the batch by hand."""
    plain, bn = np.maximum(values["gradient_norms"], 1e-40)  # on logarithmic axes
    layers, outputs = np.arange(1, parameters.depth + 1), (("output", "training"), ("evaluated", "evaluation"))
    scaled = [Line(SCALES, *one) for one in ((plain[0], "first, no BN"), (bn[0], "first, BN"), (bn[-1], "last, BN"))]
    grown = [Line(layers, one[:, 2] / one[-1, 2], name) for one, name in ((plain, "no BN"), (bn, "BN"))]
    names = "mean 0, no BN", "mean 3, no BN", "any mean, BN"
    hand = [Points(parameters.z, values[name], when) for name, when in outputs]
    grows, change = Axis("relative to the last layer", "log"), Axis("|change of g| / |D|", "log")
    return (
        Figure("Gradients of two layers", Axis("weight scale", "log"), Axis("|dL/dW|", "log"), scaled),
        Figure("Gradient by layer, scale 1", Axis("layer"), grows, grown),
        Figure("Change of g by a move D", Axis("|D| / |W|"), change, [*map(Line, [SHARES] * 3, rough, names)]),
        Figure("The batch by hand", Axis("value"), Axis("output"), hand),
    )


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


@expected("each value of the batch, normalised")
def normalised(parameters: Parameters) -> Any:
    return (parameters.z - parameters.z.mean()) / math.sqrt(parameters.z.var() + parameters.epsilon)


@expected("output for each value of the batch in training")
def output(parameters: Parameters) -> Any:
    return parameters.gamma * normalised(parameters) + parameters.beta


@expected("running mean after the updates, each with this batch, from 0")
def running_mean(parameters: Parameters) -> Any:
    return (1 - (1 - parameters.momentum) ** parameters.updates) * parameters.z.mean()


@expected("running variance after the updates, each with this batch, from 1")
def running_variance(parameters: Parameters) -> Any:
    kept = (1 - parameters.momentum) ** parameters.updates
    return kept + (1 - kept) * parameters.z.var(ddof=1)


@expected("output for each value of the batch in evaluation, after the updates")
def evaluated(parameters: Parameters) -> Any:
    s = math.sqrt(running_variance(parameters) + parameters.epsilon)
    return parameters.gamma * (parameters.z - running_mean(parameters)) / s + parameters.beta


@expected("learned parameters of batch normalisation for the features")
def learned_parameters(parameters: Parameters) -> int:
    return 2 * parameters.features


@mistake("normalised", "one normalises each row over its features (layer normalisation), and a single one leaves 0")
def over_the_features(parameters: Parameters) -> Any:
    return 0 * parameters.z


@mistake("normalised", "one thinks that only the network's inputs are normalised")
def inputs_only(parameters: Parameters) -> Any:
    return parameters.z


@mistake("running_mean", "one takes momentum for the share of the past, as Keras does")
def momentum_of_the_past(parameters: Parameters) -> Any:
    return (1 - parameters.momentum**parameters.updates) * parameters.z.mean()


@mistake("evaluated", "one uses the statistics of the batch in evaluation, too")
def batch_statistics_at_test(parameters: Parameters) -> Any:
    return output(parameters)


@mistake("learned_parameters", "one counts the running averages, which are not learned")
def counts_running_averages(parameters: Parameters) -> int:
    return 4 * parameters.features


# --- claims -------------------------------------------------------------------------------------------------------


def many(at: Parameters) -> bool:
    """The batch has 16 rows or more."""
    return at.batch >= 16


@claim(1, "before gamma and beta: mean 0, 1e-12, variance v / (v + eps), 1e-10 (error / bound)")
def mean_and_variance(parameters: Parameters, values: Values) -> Check:
    v, after = values["layer_variances"]
    error = np.abs(after - v / (v + parameters.epsilon)).max()
    return below(max(np.abs(values["layer_means"]).max() / 1e-12, error / 1e-10), 1)


@claim(2, "BN((c W) x) = BN(W x), 1e-8", applies=many, domain=ROWS)
def weight_scale_is_lost(parameters: Parameters, values: Values) -> Check:
    return below(values["change_of_output"], 1e-8)


@claim(3, "the gradient is orthogonal to each column of the weights: |cosine| <= 1e-8", applies=many, domain=ROWS)
def gradient_is_orthogonal(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["cosines"]).max(), 1e-8)


@claim(4, "dL/dz sums to 0 over the batch: 1e-10 / sqrt(v + eps)")
def gradient_sums_to_zero(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["gradient_sums"]).max(), 1e-10)


@claim(5, "without BN the output variance spans > 1e50", applies=lambda at: at.depth >= 20, domain=LAYERS)
def plain_variance_explodes(parameters: Parameters, values: Values) -> Check:
    return above(np.divide(*values["output_variances"][0, [-1, 0]]), 1e50)


@claim(
    6, "with BN layer 1 has > 5 x the gradient of the last", applies=lambda at: many(at) and at.depth >= 20, domain=BOTH
)
def gradients_still_grow(parameters: Parameters, values: Values) -> Check:
    bn = values["gradient_norms"][1]
    return above((bn[0] / bn[-1]).min(), 5)


@claim(7, "in evaluation a row's output does not depend on the batch, 1e-12")
def evaluation_ignores_the_batch(parameters: Parameters, values: Values) -> Check:
    return below(np.ptp(values["evaluated_row"], axis=0).max(), 1e-12)


@claim(8, "a step of rate c^2 lr from c W ends in the direction of one of lr from W, 1e-8", applies=many, domain=ROWS)
def rate_goes_with_the_square(parameters: Parameters, values: Values) -> Check:
    return below(values["change_of_direction"], 1e-8)


@claim(
    9,
    "at the same rate c W turns by 1 / c^2 of the angle of W, 1 %",
    applies=lambda at: many(at) and at.learning_rate <= 0.01 and at.weight_scale >= 0.5,
    domain=f"lr <= 0.01, c >= 0.5, {ROWS}",
)
def effective_rate(parameters: Parameters, values: Values) -> Check:
    return about(values["angle_factor"], 1 / parameters.weight_scale**2, relative=0.01)


@claim(10, "each step adds lr^2 |g|^2 to a column's |w|^2, 1e-10 of it", applies=many, domain=ROWS)
def weights_only_grow(parameters: Parameters, values: Values) -> Check:
    lengths, steps = values["squared_lengths"], values["squared_steps"]
    return below(np.abs(lengths[1:] / (lengths[:-1] + steps[:-1]) - 1).max(), 1e-10)


@claim(11, "inputs of mean 3: g changes > 4 x as fast without BN", applies=lambda at: at.batch >= 64, domain="64+ rows")
def smoother_with_a_mean(parameters: Parameters, values: Values) -> Check:
    return above(values["smoothness_gain"][1], 4)


@claim(12, "inputs of mean 0: that ratio is 0.4 to 1.3", applies=lambda at: at.batch == 64, domain="64 rows")
def not_smoother_without(parameters: Parameters, values: Values) -> Check:
    return between(values["smoothness_gain"][0], 0.4, 1.3)


@claim(13, "of two rows 0.1 or more apart n is ±1, 3e-3", applies=lambda at: at.epsilon <= 1e-5, domain="eps <= 1e-5")
def two_rows_leave_a_sign(parameters: Parameters, values: Values) -> Check:
    return below(np.abs(values["pairs"] - 1).max(), 3e-3)


@claim(14, "n of the value 1 among random ones has the spread sqrt(1.5 / B), 10 %", applies=many, domain=ROWS)
def small_batches_are_noisy(parameters: Parameters, values: Values) -> Check:
    return about(values["spread_among_random_rows"], math.sqrt(1.5 / parameters.batch), relative=0.1)


@claim(15, "with BN the output variance is the same for all weight scales, 1 %", applies=many, domain=ROWS)
def variance_is_kept(parameters: Parameters, values: Values) -> Check:
    return about(np.divide(*values["output_variances"][1, [-1, 0]]), 1, relative=0.01)


@claim(16, "the gradient at c W is 1 / c of that at W, 1e-8", applies=many, domain=ROWS)
def gradient_goes_with_one_over_c(parameters: Parameters, values: Values) -> Check:
    return below(values["change_of_gradient"], 1e-8)


@claim(17, "that growth over the layers is the same for all weight scales, 1e-4", applies=many, domain=ROWS)
def growth_whatever_the_scale(parameters: Parameters, values: Values) -> Check:
    growth = values["gradient_norms"][1, 0] / values["gradient_norms"][1, -1]
    return about(growth.max() / growth.min(), 1, relative=1e-4)


if __name__ == "__main__":
    main()
