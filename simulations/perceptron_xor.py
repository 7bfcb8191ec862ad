"""A perceptron learns by correcting its mistakes: it ends if a line separates the classes, and XOR has no such line.

What can a single unit learn? It weighs its inputs and fires where the sum a = w . x + b is positive, so its two classes
lie on the two sides of a straight line. Rosenblatt's rule (1962; Bishop 2006, eq. 4.55) takes the rows one by one,
leaves alone what is right, and otherwise turns the line towards the row: with y = +1 or -1 and the bias as the weight
of a constant input 1,

    w <- w + lr y x     if y a <= 0.

If any line separates the classes, the rule finds one after at most (R / gamma)^2 corrections, R being the longest input
and gamma the widest margin (Novikoff 1962): at most 51 for two inputs. The rate plays no part: from w = 0 it only
scales all weights. If no line does, it never ends, whatever the rate. XOR has none: the sums of opposite corners
satisfy a(0,0) + a(1,1) = a(0,1) + a(1,0), but XOR wants the left side to be negative and the right one positive
(Minsky and Papert 1969). With labels 0 and 1 the correction is lr (t - output) x, the same but for a sum of exactly 0,
which then is right for t = 0.

One hidden layer is enough (Goodfellow et al. 2016, section 6.1): h = relu(x W + c) with W = [[1, 1], [1, 1]] and
c = [0, -1] moves the rows to where a line separates them, and [1, -2] . h is XOR. Such weights can be learned, here by
gradient descent on the mean binary cross-entropy, with tanh units and every weight and bias from N(0, 1).

The rows are (0,0), (0,1), (1,0), (1,1), followed by their constant 1: X is (4, 3). W is (3, units), one column for each
function: several outputs are several perceptrons that share their inputs. An epoch is one pass through the rows, and
the last one, without a correction, counts. A bias is minus a threshold.
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
    Line,
    Mark,
    ParameterError,
    Points,
    Progress,
    Result,
    about,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "Perceptron and XOR"
TOPIC = "Foundations"

Array = NDArray[Any]
Values = Mapping[str, Any]

ROWS = ((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1))
NAMES = "FALSE AND X1_AND_NOT_X2 X1 X2_AND_NOT_X1 X2 XOR OR NOR XNOR NOT_X2 X1_OR_NOT_X2 NOT_X1 X2_OR_NOT_X1 NAND TRUE"
FUNCTIONS = {name: tuple(int(bit) for bit in f"{number:04b}") for number, name in enumerate(NAMES.split())}
INSEPARABLE = ("XOR", "XNOR")
COUNTS = {"AND": (9, 18), "OR": (6, 9)}  # epochs and corrections of the classical recipe
HIDDEN = (1, 2, 8)  # tanh units


@dataclass(frozen=True)
class Parameters:
    """What is learned and how, the training of a hidden layer, and one unit for paper and pencil."""

    function: str = parameter("XOR", choices=tuple(FUNCTIONS), help="the truth table to learn")
    several_outputs: bool = parameter(True, help="one unit for each of the 16 functions; else this one alone")
    epochs: int = parameter(100, low=1, high=1000, scale="log", help="passes through the four rows")
    learning_rate: float = parameter(1.0, low=0.001, high=1000, scale="log", help="correction = rate x input")
    order: str = parameter("in_order", choices=("in_order", "shuffled"), help="of the rows in an epoch")
    labels: str = parameter("plus_minus_one", choices=("plus_minus_one", "zero_one"), help="is a sum of 0 wrong for 0?")
    restarts: int = parameter(0, low=0, high=1000, help="trainings of each hidden layer; 0: none")
    weights: tuple[float, ...] = parameter((1, 1), low=-100, high=100, help="of the unit by hand")
    bias: float = parameter(-1.5, low=-100, high=100, help="of the unit by hand")
    inputs: tuple[float, ...] = parameter((1, 0), low=-100, high=100, help="of the unit by hand")

    def __post_init__(self) -> None:
        """The unit by hand has two inputs."""
        for name in ("weights", "inputs"):
            if len(getattr(self, name)) != 2:
                raise ParameterError(f"parameter {name}: it has {len(getattr(self, name))} numbers", "give 2")

    @property
    def units(self) -> tuple[str, ...]:
        """The functions that are learned, one unit each."""
        return tuple(FUNCTIONS) if self.several_outputs else (self.function,)


def learn(p: Parameters, T: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Rosenblatt's rule for the targets T, (4, units), of 0 and 1, over all epochs.

    The weights before and after each row taken, (4 epochs + 1, 3, units), and who was wrong there, (4 epochs, units).
    """
    X, Y = np.array(ROWS, dtype=float), 2 * T - 1
    zero = 1e-9 * p.learning_rate  # rounding must not decide a tie
    ties = np.where((Y > 0) | (p.labels == "plus_minus_one"), zero, -zero)  # up to which y a is wrong
    W, wrong = np.zeros((4 * p.epochs + 1, 3, T.shape[1])), np.zeros((4 * p.epochs, T.shape[1]), dtype=bool)
    for epoch in range(p.epochs):
        rows = range(4) if p.order == "in_order" else rng.permutation(4)
        for k, row in enumerate(rows, 4 * epoch):
            wrong[k] = Y[row] * (X[row] @ W[k]) <= ties[row]
            W[k + 1] = W[k] + p.learning_rate * X[row][:, None] * (Y[row] * wrong[k])
    return W, wrong


def fires(W: Array, zero: float = 1e-9) -> Array:
    """What units with the weights W, (..., 3, units), say of the four rows: (..., 4, units)."""
    return np.asarray(np.array(ROWS) @ W > zero)


def all_units() -> Array:
    """All that units can say, (4, 36): weights -1, 0, 1 and thresholds between the sums are enough for that."""
    return fires(np.array(np.meshgrid([-1, 0, 1], [-1, 0, 1], [-1.5, -0.5, 0.5, 1.5])).reshape(3, 36))


def train_hidden(t: Array, hidden: int, restarts: int, rng: np.random.Generator) -> float:
    """The share of restarts whose hidden layer gets all rows right after 1000 steps at the learning rate 0.5."""
    X = np.array(ROWS, dtype=float)
    V, u, c = (rng.normal(size=(restarts, *shape)) for shape in ((hidden, 3), (hidden, 1), (1,)))
    for _ in range(1000):
        h = np.tanh(V @ X.T)  # (restarts, hidden, 4)
        p = (1 + np.tanh(((u * h).sum(axis=1) + c) / 2)) / 2
        error = (p - t) / 4  # the gradient of the mean over the rows
        at_hidden = u * error[:, None] * (1 - h * h)
        V -= 0.5 * (at_hidden @ X)
        u -= 0.5 * (h * error[:, None]).sum(axis=2, keepdims=True)
        c -= 0.5 * error.sum(axis=1, keepdims=True)
    z = (u * np.tanh(V @ X.T)).sum(axis=1) + c
    return float(((z > 0) == t).all(axis=1).mean())


def relu_layer() -> Array:
    """The hidden layer that solves XOR by hand: h of the four rows, (4, 2)."""
    return np.asarray(np.maximum(np.array(ROWS) @ np.array([[1, 1], [1, 1], [0, -1]]), 0))


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Teach each unit its function; compare with all units there are, with least squares, and with hidden layers."""
    p, X, everything = parameters, np.array(ROWS, dtype=float), np.array(list(FUNCTIONS.values())).T
    mine, column = p.units.index(p.function), list(FUNCTIONS).index(p.function)
    learned = [list(FUNCTIONS).index(name) for name in p.units]
    W, wrong = learn(p, everything[:, learned], rng)
    errors = wrong.reshape(p.epochs, 4, -1).sum(axis=1)
    converges = (errors[:, mine] == 0).any()
    path = W[np.append(True, wrong[:, mine]), :, mine]
    best = (all_units()[:, :, None] == everything[:, None]).mean(axis=0).max(axis=0)
    on_the_way = (fires(W, 1e-9 * p.learning_rate) == everything[:, learned]).mean(axis=1).max(axis=0)
    best[learned] = np.maximum(best[learned], on_the_way)
    fit = X @ np.linalg.lstsq(X, everything.astype(float), rcond=None)[0]
    by_hand = relu_layer() @ [1, -2]
    score = np.array([*p.inputs, 1]) @ [*p.weights, p.bias]  # the bias as the weight of a constant 1
    values: dict[str, Any] = {
        "weights": path,
        "errors": errors,
        "best_of_each": best,
        "epochs_needed": (errors[:, mine] == 0).argmax() + 1 if converges else 0,
        "updates_needed": errors[:, mine].sum(),
        "converges": converges,
        "separable_functions": (best == 1).sum(),
        "best_accuracy": best[column],
        "least_squares_fits": fit,
        "least_squares_error": ((fit - everything) ** 2).mean(axis=0)[column],
        "answers_of_relu": by_hand,
        "hidden_layers_needed": 0 if best[column] == 1 else 2 - np.array_equal(by_hand, FUNCTIONS["XOR"]),
        "score": score,
        "output": score > 1e-9,
    }
    figures = draw(p, errors, path)
    if p.restarts:
        rates = np.zeros(len(HIDDEN))
        for k, hidden in enumerate(HIDDEN):
            rates[k] = train_hidden(everything[:, column], hidden, p.restarts, rng)
            progress(hidden / HIDDEN[-1])
        values["success_rates"] = rates
        bars = [Bars([f"{hidden} tanh" for hidden in HIDDEN], rates)]
        figures.append(Figure(f"Restarts that learn {p.function}", Axis("hidden units"), Axis("share"), bars))
    return Result(values, figures)


def border(w: Array, label: str) -> list[Mark]:
    """The line w . (x, 1) = 0 between the sides of a unit, within the picture; none if it lies outside or w is 0."""
    size, centre = np.linalg.norm(w[:2]), np.array([0.5, 0.5])
    if size < 1e-9:  # the rate is 0.001 or more, so these are rounding errors
        return []
    normal = w[:2] / size
    x = centre - (normal @ centre + w[2] / size) * normal + np.outer(np.linspace(-3, 3, 301), [-normal[1], normal[0]])
    x = x[(np.abs(x - centre) <= 1.5).all(axis=1)]
    return [Line(x[:, 0], x[:, 1], label)] if len(x) > 1 else []


def classes(X: Array, function: str) -> list[Mark]:
    """The rows at X, as points of the two classes, if they have any."""
    t = np.array(FUNCTIONS[function])
    return [Points(X[t == k, 0], X[t == k, 1], f"class {k}") for k in (0, 1) if (t == k).any()]


def draw(parameters: Parameters, errors: Array, path: Array) -> list[Figure]:
    """The errors (epochs, units) of the first epochs, the last lines of the path, and XOR after a hidden layer."""
    p = parameters
    shown = [name for name in dict.fromkeys((p.function, "AND", "OR", "XOR")) if name in p.units]
    lines = [Line(range(1, len(errors) + 1)[:20], errors[:20, p.units.index(name)], name) for name in shown]
    plane = classes(np.array(ROWS), p.function)
    for k in range(max(len(path) - 3, 0), len(path)):
        plane += border(path[k], f"after {k}")
    hidden = [*classes(relu_layer(), "XOR"), Line([0, 2], [-0.25, 0.75], "h_1 - 2 h_2 = 0.5")]
    return [
        Figure("Corrections until there are none", Axis("epoch"), Axis("corrections per epoch"), lines),
        Figure(f"{p.function}: the last lines", Axis("x_1"), Axis("x_2"), plane),
        Figure("XOR after two ReLUs", Axis("h_1"), Axis("h_2"), hidden),
    ]


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


def count(function: str, labels: str, epochs: int) -> tuple[int, int]:
    """Epochs and corrections until an epoch is clean, from plain whole numbers; (0, corrections) if none is."""
    w, corrections = [0, 0, 0], 0
    for epoch in range(1, epochs + 1):
        before = corrections
        for x, t in zip(ROWS, FUNCTIONS[function], strict=True):
            a, y = sum(weight * one for weight, one in zip(w, x, strict=True)), 2 * t - 1
            if y * a < 0 or (a == 0 and (y > 0 or labels == "plus_minus_one")):
                w = [weight + y * one for weight, one in zip(w, x, strict=True)]
                corrections += 1
        if corrections == before:
            return epoch, corrections
    return 0, corrections


def separable(at: Parameters) -> bool:
    """Some line separates the classes of the function: opposite corners do not contradict each other."""
    return at.function not in INSEPARABLE


def followed(at: Parameters) -> bool:
    """The rows are taken in order, and a clean epoch ends the learning."""
    return at.order == "in_order" and count(at.function, at.labels, at.epochs)[0] > 0


@expected("corrections until an epoch is clean", applies=followed)
def updates_needed(parameters: Parameters) -> int:
    return count(parameters.function, parameters.labels, parameters.epochs)[1]


@expected("epochs until one is clean, which counts", applies=followed)
def epochs_needed(parameters: Parameters) -> int:
    return count(parameters.function, parameters.labels, parameters.epochs)[0]


@expected("1 if the rule ends, 0 if it never does", applies=lambda at: at.epochs >= 52)  # 51 corrections are enough
def converges(parameters: Parameters) -> int:
    return int(separable(parameters))


@expected("functions of two inputs that a perceptron can learn, out of 16")
def separable_functions(parameters: Parameters) -> int:
    return len(FUNCTIONS) - len(INSEPARABLE)


@expected("the largest share of the rows that any perceptron gets right")
def best_accuracy(parameters: Parameters) -> float:
    return 1 if separable(parameters) else 3 / 4


@expected("mean squared error of the best affine fit to the truth table")
def least_squares_error(parameters: Parameters) -> float:
    t = FUNCTIONS[parameters.function]
    return ((t[0] - t[1] - t[2] + t[3]) / 4) ** 2  # what is not constant, nor linear in x_1 or x_2


@expected("hidden layers that the function needs")
def hidden_layers_needed(parameters: Parameters) -> int:
    return int(not separable(parameters))


@expected("weighted sum of the unit by hand, bias included")
def score(parameters: Parameters) -> float:
    return parameters.weights[0] * parameters.inputs[0] + parameters.weights[1] * parameters.inputs[1] + parameters.bias


@expected("answer of the unit by hand, 1 where the sum is positive")
def output(parameters: Parameters) -> int:
    return int(score(parameters) > 1e-9)


@mistake("updates_needed", "one thinks that a rate that is ten times larger needs a tenth of the corrections")
def rate_saves_corrections(parameters: Parameters) -> float:
    return updates_needed(parameters) / parameters.learning_rate


@mistake("updates_needed", "one judges a sum of exactly 0 as the other labels do")
def updates_of_the_other_labels(parameters: Parameters) -> int:
    other = "zero_one" if parameters.labels == "plus_minus_one" else "plus_minus_one"
    return count(parameters.function, other, 100)[1]


@mistake("epochs_needed", "one does not count the last epoch, which shows that all is right")
def forgets_the_clean_epoch(parameters: Parameters) -> int:
    return epochs_needed(parameters) - 1


@mistake("converges", "one thinks that a larger learning rate makes it converge")
def rate_makes_it_converge(parameters: Parameters) -> int:
    return 1


@mistake("separable_functions", "one thinks that a perceptron can learn every function of two inputs")
def all_are_separable(parameters: Parameters) -> int:
    return len(FUNCTIONS)


@mistake("best_accuracy", "one thinks that without a perfect line there is nothing better than guessing")
def only_guesses(parameters: Parameters) -> float:
    return 1 if separable(parameters) else 1 / 2


@mistake("least_squares_error", "one thinks that least squares fits every truth table")
def fits_perfectly(parameters: Parameters) -> int:
    return 0


@mistake("hidden_layers_needed", "one thinks that every line needs a layer of its own")
def a_layer_for_each_line(parameters: Parameters) -> int:
    return 2 * hidden_layers_needed(parameters)


@mistake("score", "one takes the bias for a threshold, and subtracts it")
def subtracts_the_bias(parameters: Parameters) -> float:
    return score(parameters) - 2 * parameters.bias


@mistake("output", "one takes the bias for a threshold")
def compares_with_the_bias(parameters: Parameters) -> int:
    return int(score(parameters) - 2 * parameters.bias > 1e-9)


# --- claims -------------------------------------------------------------------------------------------------------


def classical(at: Parameters) -> bool:
    """The recipe of the counts: labels of -1 and 1, rows in order."""
    return at.labels == "plus_minus_one" and at.order == "in_order" and at.epochs >= 9


@claim(
    1,
    "AND converges in 9 epochs with 18 corrections, OR in 6 with 9",
    applies=lambda at: classical(at) and any(name in at.units for name in COUNTS),
    domain="AND or OR is learned, rows in order, labels of -1 and 1, 9 epochs or more",
)
def epochs_and_corrections(parameters: Parameters, values: Values) -> Check:
    found = {name: errors for name, errors in zip(parameters.units, values["errors"].T, strict=True) if name in COUNTS}
    return true(all((e.argmin() + 1, e.sum()) == COUNTS[name] for name, e in found.items()))


@claim(2, "XOR and XNOR never converge: no unit gets more than 3/4 of the rows right")
def xor_never_converges(parameters: Parameters, values: Values) -> Check:
    """The best of all units, and of those on the way: had an epoch been clean, its unit would have all rows right."""
    best = values["best_of_each"][[list(FUNCTIONS).index(name) for name in INSEPARABLE]]
    return about(best.max(), 0.75, absolute=0)


@claim(3, "14 of the 16 functions of two inputs are separable")
def fourteen_are_separable(parameters: Parameters, values: Values) -> Check:
    return about(values["separable_functions"], 14, absolute=0)


@claim(4, "least squares on XOR predicts 0.5 everywhere, MSE 0.25")
def least_squares_gives_up(parameters: Parameters, values: Values) -> Check:
    of_xor = values["least_squares_fits"][:, list(FUNCTIONS).index("XOR")]
    return true(np.allclose(of_xor, 0.5, rtol=0, atol=1e-12))


@claim(5, "a hidden layer of two ReLUs computes XOR exactly")
def two_relus_are_enough(parameters: Parameters, values: Values) -> Check:
    return true(values["answers_of_relu"].tolist() == list(FUNCTIONS["XOR"]))


@claim(
    6,
    "of the restarts, 1 tanh unit never learns XOR, 2 do in 0.38 to 0.6 of them, 8 in 0.97 or more",
    applies=lambda at: at.restarts >= 400 and at.function in INSEPARABLE,
    domain="400 restarts or more, XOR or XNOR",
    at={"restarts": 400},
)
def hidden_units_learn_xor(parameters: Parameters, values: Values) -> Check:
    one, two, eight = values["success_rates"]
    return true(one == 0 and 0.38 <= two <= 0.6 and eight >= 0.97)


if __name__ == "__main__":
    main()
