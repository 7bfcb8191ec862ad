"""Overfitting and early stopping: the training loss falls to the end, the validation loss turns, and one goes back.

When should training stop? A network with more weights than it needs ends up memorising: here 300 digits, one in five of
which has a wrong label. Its training loss falls all the same, so a flat or falling training curve says nothing about
overfitting. The sign is a lasting rise of the loss on digits that it does not train on, the validation set. With a
patience of k, training stops after k epochs in a row without a validation loss below the lowest so far, and the weights
of that epoch are restored (Prechelt 1998; Goodfellow et al. 2016, algorithm 7.1). A single rise is noise: one waits.

Early stopping is like ridge: t full-batch steps of rate lr from w = 0 leave 1 - (1 - lr lambda)^t of a weight along an
eigenvector of curvature lambda, and a penalty alpha |w|^2 / 2 leaves lambda / (lambda + alpha). For small lambda, where
both shrink most, these are lr t lambda and lambda / alpha (Goodfellow et al. 2016, eq. 7.40 to 7.45), so that

    alpha = 1 / (lr t).

Other regularisers act from the first step on: weight decay W <- (1 - 2 lr 0.01) W, dropout of hidden units with
probability 0.5, and mixup (Zhang et al. 2018), x <- m x_i + (1 - m) x_j and y alike, m uniform: Beta(1, 1).

The 500 validation digits come from the same source and are as wrong; the 397 test digits have true labels and serve for
nothing but the last word. "At the end" is the mean of the last ten epochs: SGD fluctuates. Epochs count from 1.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    Mark,
    Points,
    Progress,
    Result,
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)
from studyapp.simulation.digits import digits
from studyapp.simulation.network import Weights, cross_entropy, forward, gradients, initial

TITLE = "Overfitting and early stopping"
TOPIC = "Regularisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

BATCH, LAST = 32, 10  # digits per update; epochs whose mean is the end
VALIDATION, TEST = 500, 397
REGULARISERS = ("none", "weight_decay", "dropout", "mixup")
GIVEN = (1.9, 1.4, 1.1, 1, 1.05, 0.95, 0.98, 1, 0.96, 0.99, 1.02, 1.01, 1.05, 1.04, 1.08, 1.1, 1.12, 1.15)


@dataclass(frozen=True)
class Parameters:
    """The digits, the network and its training; and losses to try the rule on."""

    examples: int = parameter(300, low=50, high=900, scale="log", help="training digits")
    label_noise: float = parameter(0.2, low=0, high=0.5, help="share of wrong labels in training and validation")
    width: int = parameter(256, low=8, high=256, scale="log", help="hidden units, ReLU")
    learning_rate: float = parameter(0.2, low=0.01, high=0.5, scale="log", help="of SGD with batches of 32")
    epochs: int = parameter(150, low=10, high=200, help="passes over the training digits")
    patience: int = parameter(10, low=1, high=50, help="epochs to wait for a lower validation loss")
    regulariser: str = parameter("none", choices=REGULARISERS, help="decay 0.01, dropout 0.5 or mixup 1")
    compared_with: str = parameter("none", choices=REGULARISERS, help="regulariser of a second training, if another")
    losses: tuple[float, ...] = parameter(
        GIVEN, low=0, high=100, help="validation losses to try the rule on, epoch 1 on"
    )


def stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """The epochs at which training stops, and whose weights are restored; without a stop the last is the end."""
    best, restored = losses[0], 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, restored = loss, epoch
        elif epoch - restored == patience:
            return epoch, restored
    return len(losses), restored


class Training(NamedTuple):
    """What is kept of each epoch."""

    weights: list[Weights]
    training: Array  # losses, (epochs,)
    validation: Array  # losses, (epochs,)
    accuracy: Array  # on the validation digits, (epochs,)


Part = tuple[Array, Array]  # digits X (n, 64) and labels Y (n, 10), one-hot


def split(parameters: Parameters, rng: np.random.Generator) -> tuple[Part, Part, Part]:
    """Random digits for training, validation and test; a wrong label is any of the nine others."""
    images, labels = digits()
    order = rng.permutation(len(labels))
    X, told = images.reshape(-1, 64)[order].astype(np.float32), labels[order]
    wrong = rng.random(len(told) - TEST) < parameters.label_noise
    told[:-TEST][wrong] += rng.integers(1, 10, wrong.sum())
    Y = np.eye(10, dtype=np.float32)[told % 10]
    first, second = slice(parameters.examples), slice(-TEST - VALIDATION, -TEST)
    return (X[first], Y[first]), (X[second], Y[second]), (X[-TEST:], Y[-TEST:])


def train(
    parameters: Parameters, training: Part, validation: Part, rng: np.random.Generator, progress: Progress
) -> Training:
    """SGD for all the epochs, past the point where it should stop."""
    (X, Y), rate = training, np.float32(parameters.learning_rate)
    decay = 1 - 2 * rate * np.float32(0.01) if parameters.regulariser == "weight_decay" else np.float32(1)
    weights, every, curves = initial(rng, 64, parameters.width, 10, dtype=np.float32), [], []
    for epoch in range(1, parameters.epochs + 1):
        order = rng.permutation(len(X))
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            x, y, mask = X[rows], Y[rows], None
            if parameters.regulariser == "dropout":
                mask = np.float32(2) * (rng.random((len(x), parameters.width), np.float32) < 0.5)
            elif parameters.regulariser == "mixup":
                m, other = rng.random(dtype=np.float32), rng.permutation(len(x))
                x, y = m * x + (1 - m) * x[other], m * y + (1 - m) * y[other]
            g = gradients(weights, x, y, mask=mask)
            weights = Weights(
                decay * weights.W1 - rate * g.W1,
                weights.b1 - rate * g.b1,
                decay * weights.W2 - rate * g.W2,
                weights.b2 - rate * g.b2,
            )
        every.append(weights)
        curves.append((score(weights, training)[0], *score(weights, validation)))
        progress(epoch / parameters.epochs)
    return Training(every, *np.array(curves).T)


def score(weights: Weights, part: Part) -> tuple[float, float]:
    """The mean loss and the accuracy, without any mask."""
    z = forward(weights, part[0])[1]
    return float(cross_entropy(z, part[1])), float((z.argmax(axis=1) == part[1].argmax(axis=1)).mean())


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Train to the end, find where patience would have stopped, and restore the weights of that time."""
    training, validation, test = split(parameters, rng)
    replay = deepcopy(rng)  # the same random numbers once more
    trainings = 1 if parameters.regulariser == parameters.compared_with else 2
    net = train(parameters, training, validation, rng, lambda done: progress(done / trainings))
    stopped, restored = stop(net.validation.tolist(), parameters.patience)
    end = slice(-LAST, None)
    values: dict[str, Any] = {
        "training_losses": net.training,
        "validation_losses": net.validation,
        "validation_accuracies": net.accuracy,
        "lowest_at": net.validation.argmin() + 1,
        "rise": net.validation[end].mean() / net.validation.min(),
        "last_training_loss": net.training[end].mean(),
        "last_validation_loss": net.validation[end].mean(),
        "last_validation_accuracy": net.accuracy[end].mean(),
        "stopped_at": stopped,
        "restored_from": restored,
        "restored_loss": score(net.weights[restored - 1], validation)[0],
        "restored_test_accuracy": score(net.weights[restored - 1], test)[1],
        "last_test_accuracy": np.mean([score(one, test)[1] for one in net.weights[end]]),
        "digits_used": len(training[0]) + len(validation[0]),
        "ridge_strength": ridge(parameters.learning_rate, parameters.epochs),
    }
    values["stop_epoch"], values["restored_epoch"] = stop(parameters.losses, parameters.patience)
    other = None
    if trainings == 2:
        second = replace(parameters, regulariser=parameters.compared_with)
        other = train(second, training, validation, replay, lambda done: progress((1 + done) / 2))
        values["other_training_loss"] = other.training[end].mean()
        values["other_validation_loss"] = other.validation[end].mean()
        values["other_validation_accuracy"] = other.accuracy[end].mean()
    return Result(values, draw(parameters, net, other, stopped, restored))


def ridge(rate: float, steps: int) -> float:
    """The alpha with which ridge leaves as much of a weight as the steps do, along a direction of little curvature."""
    curvature, w = 1e-6 / (rate * steps), 0.0
    for _ in range(steps):
        w += rate * curvature * (1 - w)  # to the minimum at 1
    return curvature * (1 - w) / w


def draw(parameters: Parameters, net: Training, other: Training | None, stopped: int, restored: int) -> list[Figure]:
    """Losses and accuracies of each epoch, and the rule at the given losses."""
    epochs, epoch = np.arange(1, parameters.epochs + 1), Axis("epoch")
    losses: list[Mark] = [Line(epochs, net.training, "training"), Line(epochs, net.validation, "validation")]
    used, compared = (
        name.replace("none", "no regulariser").replace("_", " ")
        for name in (parameters.regulariser, parameters.compared_with)
    )
    accuracies: list[Mark] = [Line(epochs, net.accuracy, used)]
    if other:
        losses.append(Line(epochs, other.validation, f"validation, {compared}"))
        accuracies.append(Line(epochs, other.accuracy, compared))
    losses += signs(net.validation, stopped, restored)
    given = [Line(np.arange(1, len(parameters.losses) + 1), parameters.losses, "validation")]
    return [
        Figure("Loss", epoch, Axis("mean loss in nats"), losses),
        Figure("Validation accuracy", epoch, Axis("share right"), accuracies),
        Figure(
            f"Patience {parameters.patience} at the given losses",
            epoch,
            Axis("mean loss in nats"),
            [*given, *signs(parameters.losses, *stop(parameters.losses, parameters.patience))],
        ),
    ]


def signs(losses: Any, stopped: int, restored: int) -> list[Mark]:
    """Where the lowest loss and the stop are."""
    return [
        Points([restored], [losses[restored - 1]], "restored"),
        Points([stopped], [losses[stopped - 1]], "stop"),
    ]


# --- what a card may ask ------------------------------------------------------------------------------------------


def lowest_so_far(at: Parameters) -> Array:
    """The epoch of the lowest loss up to each epoch, the first of equal ones."""
    return np.array([1 + int(np.argmin(at.losses[:epoch])) for epoch in range(1, len(at.losses) + 1)])


@expected("epoch after which training stops, at the given losses and patience; the last one if it never does")
def stop_epoch(parameters: Parameters) -> int:
    waited = np.arange(1, len(parameters.losses) + 1) - lowest_so_far(parameters) >= parameters.patience
    return int(waited.argmax()) + 1 if waited.any() else len(parameters.losses)


@expected("epoch whose weights are restored, at the given losses and patience")
def restored_epoch(parameters: Parameters) -> int:
    return int(lowest_so_far(parameters)[stop_epoch(parameters) - 1])


@expected("digits on whose labels the restored weights depend")
def digits_used(parameters: Parameters) -> int:
    return parameters.examples + VALIDATION


@expected("penalty alpha of a ridge, alpha |w|^2 / 2, like gradient descent of as many full-batch steps as epochs")
def ridge_strength(parameters: Parameters) -> float:
    return 1 / (parameters.learning_rate * parameters.epochs)


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("stop_epoch", "one takes the first rise, a fluctuation, for overfitting")
def stops_at_the_first_rise(parameters: Parameters) -> int:
    rises = np.diff(parameters.losses) > 0
    return int(rises.argmax()) + 2 if rises.any() else len(parameters.losses)


@mistake("stop_epoch", "one counts all epochs without a new low, and does not begin again after each low")
def never_counts_anew(parameters: Parameters) -> int:
    waits = np.append(False, np.diff(lowest_so_far(parameters)) == 0).cumsum() >= parameters.patience
    return int(waits.argmax()) + 1 if waits.any() else len(parameters.losses)


@mistake("stop_epoch", "one stops where the training loss is lowest, which is the end")
def stops_at_the_lowest_training_loss(parameters: Parameters) -> int:
    return len(parameters.losses)


@mistake("restored_epoch", "one keeps the weights of the epoch at which training stops")
def keeps_the_last_weights(parameters: Parameters) -> int:
    return stop_epoch(parameters)


@mistake("restored_epoch", "one subtracts one epoch, as if the loss before the first rise were the lowest")
def before_the_first_rise(parameters: Parameters) -> int:
    return stops_at_the_first_rise(parameters) - 1


@mistake("digits_used", "one thinks that early stopping needs the test set")
def stops_by_the_test(parameters: Parameters) -> int:
    return digits_used(parameters) + TEST


@mistake("digits_used", "one forgets that choosing the epoch is learning, too")
def choosing_is_no_learning(parameters: Parameters) -> int:
    return parameters.examples


@mistake("ridge_strength", "one thinks that longer training is like a stronger penalty")
def grows_with_training(parameters: Parameters) -> float:
    return parameters.learning_rate * parameters.epochs


@mistake("ridge_strength", "one forgets the learning rate")
def forgets_the_rate(parameters: Parameters) -> float:
    return 1 / parameters.epochs


# --- claims -------------------------------------------------------------------------------------------------------


def ordinary(at: Parameters, regulariser: str, **others: Any) -> bool:
    """All that training depends on is at its default but the regulariser, which is this one, and the others given."""
    training = replace(Parameters(), regulariser=regulariser, patience=at.patience, losses=at.losses, **others)
    return at == training


DROPOUT: dict[str, Any] = {
    "applies": lambda at: ordinary(at, "dropout"),
    "domain": "defaults with dropout",
    "at": {"regulariser": "dropout"},
}


@claim(
    1,
    "the validation loss is lowest before epoch 100, and at the end 1.1 times as high or more",
    applies=lambda at: ordinary(at, "none"),
    domain="defaults, no regulariser",
)
def validation_loss_turns(parameters: Parameters, values: Values) -> Check:
    return above(values["rise"] if values["lowest_at"] < 100 else 0, 1.1)


@claim(
    2,
    "the training loss ends below 0.125, wrong labels and all",
    applies=lambda at: ordinary(at, "none"),
    domain="defaults, no regulariser",
)
def memorises_wrong_labels(parameters: Parameters, values: Values) -> Check:
    """In 150 seeds it was 0.069 on average and 0.105 at most; the truth and the law of the noise would leave 0.94."""
    return below(values["last_training_loss"], 0.125)


@claim(3, "the restored weights have the lowest validation loss up to the stop")
def restores_the_best(parameters: Parameters, values: Values) -> Check:
    """Measured anew, with the weights."""
    lowest = values["validation_losses"][: values["stopped_at"]].min()
    return below(abs(values["restored_loss"] - lowest), 0)


@claim(4, "with dropout the validation loss ends lower than without", **DROPOUT)
def dropout_lowers_the_loss(parameters: Parameters, values: Values) -> Check:
    return below(values["last_validation_loss"] - values["other_validation_loss"], 0)


@claim(
    5,
    "with weight decay the validation accuracy ends higher than without, or by luck at most 0.02 lower",
    applies=lambda at: ordinary(at, "weight_decay"),
    domain="defaults with weight decay",
    at={"regulariser": "weight_decay"},
)
def decay_raises_the_accuracy(parameters: Parameters, values: Values) -> Check:
    """In 311 seeds by 0.056 +- 0.022, which is 3.5 sd above -0.02; in one of them it was lower, by 0.005."""
    return above(values["last_validation_accuracy"] - values["other_validation_accuracy"], -0.02)


@claim(6, "with dropout the training loss ends higher than without, or by luck at most 0.01 lower", **DROPOUT)
def dropout_raises_the_training_loss(parameters: Parameters, values: Values) -> Check:
    """In 180 seeds by 0.049 +- 0.013, 0.008 at least: -0.01 is 4.5 sd away."""
    return above(values["last_training_loss"] - values["other_training_loss"], -0.01)


@claim(
    7,
    "with weight decay the validation loss ends lower than with dropout",
    applies=lambda at: ordinary(at, "weight_decay", compared_with="dropout"),
    domain="defaults, weight decay compared with dropout",
    at={"regulariser": "weight_decay", "compared_with": "dropout"},
)
def decay_beats_dropout(parameters: Parameters, values: Values) -> Check:
    """In 120 seeds by 0.48 +- 0.10, 0.26 at least."""
    return below(values["last_validation_loss"] - values["other_validation_loss"], 0)


@claim(
    8,
    "with 100 digits and true labels dropout changes the validation accuracy by 0.04 at most",
    applies=lambda at: ordinary(at, "dropout", examples=100, label_noise=0),
    domain="100 digits with true labels, else defaults with dropout",
    at={"regulariser": "dropout", "examples": 100, "label_noise": 0},
)
def few_digits_gain_nothing(parameters: Parameters, values: Values) -> Check:
    """In 200 seeds by 0.003 +- 0.007, from -0.016 to 0.032; with 50 digits from -0.022 to 0.027."""
    return below(abs(values["last_validation_accuracy"] - values["other_validation_accuracy"]), 0.04)


if __name__ == "__main__":
    main()
