"""A whole network in one file: it learns to read handwritten digits, from random weights to a confusion matrix.

How does a feed-forward network learn, end to end? Each digit is 8 x 8 grey levels, a row x of 64 numbers from 0 to 1;
the network turns it into 10 probabilities, and training makes that of the true digit large:

    forward     h = act(x W1 + b1),   z = h W2 + b2,   p = softmax(z)
    loss        L = - mean over the batch of ln p[true digit], in nats
    backward    dz = (p - y) / batch,   dW2 = h' dz,   db2 = sum dz
                dh = dz W2',   da = dh act'(a),   dW1 = x' da,   db1 = sum da
    update      theta <- theta - learning rate x gradient, for batch after batch; one pass over all digits is an epoch

(Goodfellow et al. 2016, algorithms 6.3, 6.4 and 8.1.) Momentum: v <- 0.9 v + g, theta <- theta - lr v (Polyak 1964;
without a factor 1 - mu). Adam: Kingma & Ba 2015, algorithm 1, epsilon outside the root. Weight decay is decoupled,
W <- (1 - 2 lr lambda) W (Loshchilov & Hutter 2019), that of a penalty lambda sum W^2 under plain SGD, never on biases.
Dropout is inverted (Srivastava et al. 2014): p is the probability of dropping, what is kept is divided by 1 - p.

A random 1437 of the 1797 digits are for training, 360 for the test, which has no say in anything. With a patience, a
fifth of the training digits becomes a validation set: training stops after as many epochs without a lower validation
loss, and the best weights are restored. Do not expect all digits to be read (claim 1), larger batches to learn more in
as many epochs (4), or more epochs always to help (early_stopping). Shapes: X (n, 64), Y (n, 10) one-hot,
W1 (64, width), W2 (width, 10).
"""

import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    HeatMap,
    Line,
    Progress,
    Result,
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

TITLE = "A network that reads digits"
TOPIC = "Foundations"

Array = NDArray[Any]
Part = tuple[Array, Array]  # digits X (n, 64) and their labels Y (n, 10), one-hot
Values = Mapping[str, Any]
TEST = 360  # of 1797 digits

ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Any]]] = {  # act(a); act'(a) from h = act(a)
    "relu": (lambda a: np.maximum(a, 0, out=a), lambda h: h > 0),
    "tanh": (np.tanh, lambda h: 1 - h * h),
    "sigmoid": (lambda a: 0.5 + 0.5 * np.tanh(0.5 * a), lambda h: h * (1 - h)),
    "identity": (lambda a: a, lambda _: 1),
}

INITIALISERS: dict[str, Callable[[int, int], float]] = {  # the variance of a weight from n_in and n_out
    "he_normal": lambda n_in, _: 2 / n_in,
    "glorot_normal": lambda n_in, n_out: 2 / (n_in + n_out),
    "small_normal": lambda *_: 0.01**2,
    "zeros": lambda *_: 0,
}

SECOND: dict[str, dict[str, Any]] = {  # what a second training changes
    "nothing": {},
    "batch_256": {"batch_size": 256},
    "identity": {"activation": "identity"},
}


@dataclass(frozen=True)
class Parameters:
    """What one tunes: the network, its start, the optimiser and its steps, regularisation."""

    width: int = parameter(128, low=8, high=256, scale="log", help="hidden units")
    activation: str = parameter("relu", choices=tuple(ACTIVATIONS), help="of the hidden units")
    initialiser: str = parameter("he_normal", choices=tuple(INITIALISERS), help="law of the first weights")
    optimiser: str = parameter("sgd", choices=("sgd", "momentum", "adam"), help="Adam wants about 0.003 as its rate")
    learning_rate: float = parameter(0.1, low=0.0001, high=1, scale="log", help="step = rate x gradient")
    batch_size: int = parameter(32, low=8, high=1437, scale="log", help="digits per update")
    epochs: int = parameter(20, low=1, high=60, help="passes over the training digits")
    dropout: float = parameter(0.0, low=0, high=0.8, help="probability of dropping a hidden unit in training")
    weight_decay: float = parameter(0.0, low=0, high=0.1, help="lambda in W <- (1 - 2 lr lambda) W")
    patience: int = parameter(0, low=0, high=20, help="epochs to wait for a better validation loss; 0: never stop")
    dtype: str = parameter("float64", choices=("float64", "float32"), help="precision of the numbers")
    compare: str = parameter("nothing", choices=tuple(SECOND), help="train once more, with this changed")

    @property
    def training_digits(self) -> int:
        """How many digits are trained on."""
        return (1797 - TEST) * 4 // 5 + 1 if self.patience else 1797 - TEST


# --- the network --------------------------------------------------------------------------------------------------


class Layers(NamedTuple):
    """All parameters of the network, or their gradients: views into one vector, so that one line updates them all."""

    vector: Array  # (parameters,): the weights, then the biases
    W1: Array  # (64, width)
    W2: Array  # (width, 10)
    b1: Array  # (width,)
    b2: Array  # (10,)


def layers(parameters: Parameters) -> Layers:
    """A network of zeros."""
    sizes = 64 * parameters.width, parameters.width * 10, parameters.width, 10
    vector = np.zeros(sum(sizes), parameters.dtype)
    W1, W2, b1, b2 = np.split(vector, np.cumsum(sizes[:3]))
    return Layers(vector, W1.reshape(64, -1), W2.reshape(-1, 10), b1, b2)


def initial(parameters: Parameters, rng: np.random.Generator) -> Layers:
    """Random weights break the symmetry between the units; the biases begin at 0."""
    theta = layers(parameters)
    for W in (theta.W1, theta.W2):
        W[:] = math.sqrt(INITIALISERS[parameters.initialiser](*W.shape)) * rng.standard_normal(W.shape)
    return theta


def forward(theta: Layers, X: Array, activation: str, mask: Array | None = None) -> tuple[Array, Array]:
    """The hidden layer h (n, width), and ln p (n, 10); softmax is unchanged if the largest z is taken from all."""
    a = X @ theta.W1
    a += theta.b1  # in place, as is ReLU: new memory would cost a third of the time
    h = ACTIVATIONS[activation][0](a)
    z = (h if mask is None else h * mask) @ theta.W2 + theta.b2
    z -= z.max(axis=1, keepdims=True)
    return h, z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def backward(theta: Layers, X: Array, Y: Array, activation: str, mask: Array | None, gradient: Layers) -> None:
    """The gradient of the batch's mean loss by every parameter, written into `gradient`: the chain rule, backwards."""
    h, log_p = forward(theta, X, activation, mask)
    dz = (np.exp(log_p) - Y) / len(X)
    dh = dz @ theta.W2.T
    if mask is not None:  # what was dropped has no part in the loss
        dh *= mask
    da = dh * ACTIVATIONS[activation][1](h)
    np.matmul((h if mask is None else h * mask).T, dz, out=gradient.W2)
    np.matmul(X.T, da, out=gradient.W1)
    dz.sum(axis=0, out=gradient.b2)
    da.sum(axis=0, out=gradient.b1)


def optimiser(name: str, rate: float) -> Callable[[Array], Any]:
    """A function from each gradient to the step that is taken against it; it remembers what it needs."""
    v: Any = 0.0
    s: Any = 0.0
    t = 0

    def step(g: Array) -> Any:
        nonlocal v, s, t
        t += 1
        if name == "sgd":
            return rate * g
        if name == "momentum":
            v = 0.9 * v + g
            return rate * v
        v = 0.9 * v + 0.1 * g
        s = 0.999 * s + 0.001 * (g * g)
        return rate / (1 - 0.9**t) * v / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)

    return step


# --- training -----------------------------------------------------------------------------------------------------


def split(parameters: Parameters, rng: np.random.Generator) -> tuple[Part, Part, Part]:
    """The digits in random order, for training, for validation (empty without patience), and for the test."""
    images, labels = digits()
    order, ends = rng.permutation(len(labels)), [parameters.training_digits, len(labels) - TEST]
    X, Y = images.reshape(-1, 64).astype(parameters.dtype)[order], np.eye(10, dtype=parameters.dtype)[labels[order]]
    training, validation, test = zip(np.split(X, ends), np.split(Y, ends), strict=True)
    return training, validation, test


def score(theta: Layers, part: Part, activation: str) -> tuple[float, float]:
    """The mean loss and the share of digits that are read correctly."""
    X, Y = part
    log_p = forward(theta, X, activation)[1]
    loss = max(-(Y * log_p).sum(dtype=float) / len(X), 1e-12)  # not 0, for the logarithmic axis
    return loss, float((log_p.argmax(axis=1) == Y.argmax(axis=1)).mean())


def train(
    parameters: Parameters, training: Part, watched: Part, rng: np.random.Generator, progress: Progress
) -> tuple[Layers, Array]:
    """The trained network, and (loss, accuracy) of both parts before training and after each epoch: (.., 2, 2)."""
    (X, Y), activation, size, p = training, parameters.activation, parameters.batch_size, parameters.dropout
    theta, gradient, mask = initial(parameters, rng), layers(parameters), None
    vector, weights = theta.vector, theta.vector[: theta.W1.size + theta.W2.size]
    step = optimiser(parameters.optimiser, parameters.learning_rate)
    history = [[score(theta, part, activation) for part in (training, watched)]]
    best, best_epoch = vector.copy(), 0
    for epoch in range(1, parameters.epochs + 1):
        order = rng.permutation(len(X))
        for start in range(0, len(X), size):
            rows = order[start : start + size]
            if p:
                mask = (rng.random((len(rows), parameters.width)) >= p) / vector.dtype.type(1 - p)
            backward(theta, X[rows], Y[rows], activation, mask, gradient)
            if parameters.weight_decay:
                weights *= 1 - 2 * parameters.learning_rate * parameters.weight_decay
            vector -= step(gradient.vector)
        now = [score(theta, part, activation) for part in (training, watched)]
        progress(epoch / parameters.epochs)
        if not np.isfinite(now).all():  # it diverges: the epoch before was the last
            break
        history.append(now)
        if not parameters.patience or now[1][0] < history[best_epoch][1][0]:
            best[:], best_epoch = vector, epoch
        elif epoch - best_epoch == parameters.patience:
            break
    vector[:] = best
    return theta, np.array(history)


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Train, repeat the first epoch to see that nothing changes, and read the test digits."""
    training, validation, test = split(parameters, rng)
    watched, name = (validation, "validation") if parameters.patience else (test, "test")
    replay = deepcopy(rng)  # each copy of it gives the same random numbers once more
    second: dict[str, Any] = {}
    with np.errstate(over="ignore", invalid="ignore"):  # too large a rate leaves the range of numbers
        theta, history = train(parameters, training, watched, rng, progress)
        again = train(replace(parameters, epochs=1), training, watched, deepcopy(replay), lambda _: None)[1]
        curves = [(history[:, 0], "training"), (history[:, 1], name)]
        if parameters.compare != "nothing":
            other = replace(parameters, **SECOND[parameters.compare])
            theirs, compared = train(other, training, watched, deepcopy(replay), progress)
            curves.append((compared[:, 1], f"{name}, {parameters.compare.replace('_', ' ')}"))
            second["second_accuracy"] = score(theirs, test, other.activation)[1]
    log_p, truth = forward(theta, test[0], parameters.activation)[1], test[1].argmax(axis=1)
    confusion = np.bincount(10 * truth + log_p.argmax(axis=1), minlength=100).reshape(10, 10)  # [true, read as]
    values = {
        "test_accuracy": confusion.trace() / TEST,
        "initial_loss": history[0, 0, 0],
        "training_loss": score(theta, training, parameters.activation)[0],
        "losses": history[:, :, 0],
        "accuracies": history[:, :, 1],
        "confusion": confusion,
        "epochs_trained": len(history) - 1,
        "parameter_count": theta.vector.size,
        "updates_per_epoch": len(range(0, len(training[0]), parameters.batch_size)),
        "repeats": np.array_equal(again, history[: len(again)]),
    }
    change = (theta.W1 - initial(parameters, replay).W1).T
    learned = {f"unit {k}": change[k] for k in np.abs(theta.W2).sum(axis=1).argsort()[-2:]}
    return Result(values | second, draw(curves, confusion, test[0], log_p, truth, learned))


def draw(
    curves: list[tuple[Array, str]], confusion: Array, X: Array, log_p: Array, truth: Array, learned: dict[str, Array]
) -> list[Figure]:
    """Loss and accuracy of each epoch, what is confused, the four worst digits, and how two units have changed."""
    epoch = Axis("epoch")
    lines = [[Line(np.arange(len(curve)), curve[:, k], label) for curve, label in curves] for k in (0, 1)]
    figures = [
        Figure("Loss", epoch, Axis("mean loss in nats", "log"), lines[0]),
        Figure("Accuracy", epoch, Axis("share read correctly"), lines[1]),
        Figure("Test digits misread", Axis("read as"), Axis("true"), [HeatMap(confusion * (1 - np.eye(10)), "digits")]),
    ]
    said, worst = log_p.argmax(axis=1), log_p[np.arange(len(X)), truth].argsort()
    read = [(f"{truth[k]} as {said[k]}", X[k]) for k in worst[:4]]
    for title, images in (
        ("The two worst read, in grey levels", read[:2]),
        ("The next two, in grey levels", read[2:]),
        ("What two units learned: weight changes", learned.items()),
    ):
        maps = [HeatMap(z.reshape(8, 8), label) for label, z in images]
        figures.append(Figure(title, Axis("column"), Axis("row"), maps))
    return figures


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


@expected("updates of all parameters in one epoch")
def updates_per_epoch(parameters: Parameters) -> int:
    return math.ceil(parameters.training_digits / parameters.batch_size)


@expected("weights and biases of the network")
def parameter_count(parameters: Parameters) -> int:
    return 64 * parameters.width + parameters.width + parameters.width * 10 + 10


@expected("loss before any training, if all weights are 0", unit="nats", applies=lambda at: at.initialiser == "zeros")
def initial_loss(parameters: Parameters) -> float:
    return math.log(10)  # all ten probabilities are 0.1


@mistake("updates_per_epoch", "one updates after every single digit")
def one_update_per_digit(parameters: Parameters) -> int:
    return parameters.training_digits


@mistake("updates_per_epoch", "one thinks that larger batches make more updates, and takes their size for the number")
def size_for_number(parameters: Parameters) -> int:
    return parameters.batch_size


@mistake("updates_per_epoch", "one trains on the test digits too")
def trains_on_the_test_digits(parameters: Parameters) -> int:
    return math.ceil(1797 / parameters.batch_size)


@mistake("parameter_count", "one forgets the biases")
def forgets_the_biases(parameters: Parameters) -> int:
    return 64 * parameters.width + parameters.width * 10


@mistake("parameter_count", "one counts the units")
def counts_the_units(parameters: Parameters) -> int:
    return 64 + parameters.width + 10


@mistake("initial_loss", "one takes the share of errors for the loss")
def share_of_errors(parameters: Parameters) -> float:
    return 0.9


# --- claims -------------------------------------------------------------------------------------------------------


def ordinary(at: Parameters) -> bool:
    """Everything at its default but the precision and what is compared."""
    return at == replace(Parameters(), dtype=at.dtype, compare=at.compare)


@claim(1, "the test accuracy lies between 0.925 and 0.998: high, not perfect", applies=ordinary, domain="the defaults")
def accuracy_at_the_defaults(parameters: Parameters, values: Values) -> Check:
    """In 1,300 seeds 347.6 +- 3.4 of the 360 digits, from 336 to 358: the bounds are 4.3 sd below and 3.4 above."""
    return between(values["test_accuracy"], 0.925, 0.998)


@claim(2, "before training the loss lies between ln 10 - 0.3 and ln 10 + 1.2", applies=ordinary, domain="the defaults")
def begins_near_guessing(parameters: Parameters, values: Values) -> Check:
    return between(values["initial_loss"], math.log(10) - 0.3, math.log(10) + 1.2)


@claim(3, "after 20 epochs the training loss is below 0.13", applies=ordinary, domain="the defaults")
def learns_the_training_digits(parameters: Parameters, values: Values) -> Check:
    return below(values["training_loss"], 0.13)


@claim(
    4,
    "after as many epochs, batches of 256 reach a lower test accuracy than batches of 32",
    applies=lambda at: ordinary(at) and at.compare == "batch_256",
    domain="the defaults, compared with batch_256",
    at={"compare": "batch_256"},
)
def fewer_updates_learn_less(parameters: Parameters, values: Values) -> Check:
    return below(values["second_accuracy"], values["test_accuracy"] - 0.5 / TEST)


@claim(
    5,
    "with a learning rate of 0.01 the test accuracy stays below 0.96",
    applies=lambda at: at.learning_rate == 0.01 and ordinary(replace(at, learning_rate=0.1)),
    domain="learning rate 0.01, else the defaults",
    at={"learning_rate": 0.01},
)
def a_small_rate_is_slow(parameters: Parameters, values: Values) -> Check:
    return below(values["test_accuracy"], 0.96)


@claim(
    6,
    "without an activation the test accuracy is within 0.02 of that with ReLU",
    applies=lambda at: ordinary(at) and at.compare == "identity",
    domain="the defaults, compared with identity",
    at={"compare": "identity"},
)
def digits_hardly_need_an_activation(parameters: Parameters, values: Values) -> Check:
    """So these digits do not show why networks need one: XOR or the moons do."""
    return below(abs(values["second_accuracy"] - values["test_accuracy"]), 0.02)


@claim(7, "the same seed gives the same losses and accuracies, bit by bit: the first epoch is repeated")
def repeats_bit_by_bit(parameters: Parameters, values: Values) -> Check:
    return true(values["repeats"])


if __name__ == "__main__":
    main()
