"""Optimisers turn gradients into steps: momentum adds up the past ones, Adam and its kin divide by their typical size.

What do momentum, Adagrad, Adadelta, RMSProp and Adam do that gradient descent does not? With g the gradient at the
step t, and all operations taken coordinate by coordinate, one step changes w by

    SGD         -lr g
    momentum    -lr u,           u = mu u + g                                         (Polyak 1964, the "heavy ball")
    Nesterov    -lr (g + mu u)                           (Bengio et al. 2013, eq. 7: w is the point looked ahead at)
    Adagrad     -lr g / (sqrt(s) + eps),     s = s + g^2                                 (Duchi et al. 2011, fig. 1)
    RMSProp     -lr g / (sqrt(v) + eps),     v = rho v + (1 - rho) g^2            (Tieleman & Hinton 2012, slide 29)
    Adadelta    d = -sqrt(x + eps) / sqrt(v + eps) g,    x = rho x + (1 - rho) d^2      (Zeiler 2012, algorithm 1)
    Adam        -lr m^ / (sqrt(v^) + eps),   m = beta1 m + (1 - beta1) g,   v likewise of g^2 with beta2,
                m^ = m / (1 - beta1^t),      v^ = v / (1 - beta2^t)        (Kingma & Ba 2015, algorithm 1)

Every u, s, v, x and m starts at 0. Adam divides by 1 - beta^t since an average that starts at 0 is too small at first.
A penalty lambda |w|^2 adds 2 lambda w to the gradient, which Adam rescales like the rest: among large gradients it
hardly counts. AdamW shrinks w by 1 - 2 lr lambda instead, whatever they are (Loshchilov & Hutter 2019).

Conventions: momentum has no factor 1 - mu, and mu is `beta1`; eps is outside of the root but for Adadelta, which has no
lr. No rule averages losses, or lets lr itself converge. w has shape (..., 2), lr () or (rates, 1): many at once.
"""

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from itertools import count
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
)

TITLE = "Optimisers: momentum, Adam and their kin"
TOPIC = "Optimisation"

Array = NDArray[Any]
Values = Mapping[str, Any]
Rule = Generator[Any, Any, None]  # send it a gradient, and it yields the step to take
Descent = tuple[Array, Array, Array]  # the path (steps + 1, ...); gradients seen and steps taken (steps, ...)

OPTIMISERS = ("sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw")
RATES = np.geomspace(1e-4, 1, 25)[:, None]  # of the comparison
STUDY: dict[str, Any] = {"applies": lambda at: at.decay_study, "domain": "decay_study", "at": {"decay_study": True}}


def rule(name: str, lr: Any, beta1: Any = 0.9, beta2: Any = 0.999, rho: Any = 0.95, eps: Any = 1e-8) -> Rule:
    """One optimiser, for numbers or arrays; "uncorrected" is Adam without 1 - beta^t, AdamW's decay is in `descend`."""
    u = s = v = x = m = step = 0.0
    for t in count(1):
        g = yield step
        match name:
            case "adam" | "adamw" | "uncorrected":
                m = beta1 * m + (1 - beta1) * g
                v = beta2 * v + (1 - beta2) * (g * g)
                bias1, bias2 = (1.0, 1.0) if name == "uncorrected" else (1 - beta1**t, 1 - beta2**t)
                step = -lr / bias1 * m / (np.sqrt(v / bias2) + eps)
            case "rmsprop":
                v = rho * v + (1 - rho) * (g * g)
                step = -lr * g / (np.sqrt(v) + eps)
            case "adadelta":
                v = rho * v + (1 - rho) * (g * g)
                step = -np.sqrt(x + eps) / np.sqrt(v + eps) * g
                x = rho * x + (1 - rho) * (step * step)
            case "adagrad":
                s = s + g * g
                step = -lr * g / (np.sqrt(s) + eps)
            case "momentum" | "nesterov":
                u = beta1 * u + g
                step = -lr * (u if name == "momentum" else g + beta1 * u)
            case _:
                step = -lr * g


@dataclass(frozen=True)
class Parameters:
    """A loss of two weights and the optimiser that descends it; and gradients of one's own, for a single weight."""

    problem: str = parameter("diagonal", choices=("diagonal", "rotated", "rosenbrock"), help="a valley; along the axes")
    optimiser: str = parameter("adam", choices=OPTIMISERS, help="the one to look at")
    learning_rate: float = parameter(0.05, low=0.0001, high=1.0, scale="log", help="lr; Adadelta has none")
    beta1: float = parameter(0.9, low=0.0, high=0.999, help="memory of gradients: Adam's, and mu of momentum")
    beta2: float = parameter(0.999, low=0.0, high=0.9999, help="Adam's memory of squared gradients")
    rho: float = parameter(0.95, low=0.0, high=0.9999, help="that of RMSProp and Adadelta")
    epsilon: float = parameter(1e-8, low=1e-12, high=0.01, scale="log", help="keeps the division finite")
    weight_decay: float = parameter(0.0, low=0.0, high=1.0, help="lambda of the penalty lambda |w|^2")
    condition: float = parameter(25.0, low=2.0, high=1000.0, scale="log", help="steepest / flattest curvature")
    start: tuple[float, ...] = parameter((-1.2, 1), low=-3, high=3, help="both weights at the start")
    noise: float = parameter(0.0, low=0.0, high=10.0, help="standard deviation of noise on each gradient")
    steps: int = parameter(200, low=1, high=10_000, scale="log", help="steps of each descent")
    gradients: tuple[float, ...] = parameter((3, -1, 2), low=-1000, high=1000, help="of one weight, step by step")
    decay_study: bool = parameter(False, help="the decay of weights whose gradients are noise; 0.3 s")

    def __post_init__(self) -> None:
        """Two weights, away from the minimum."""
        if len(self.start) != 2:
            raise ParameterError(f"start has {len(self.start)} numbers for 2 weights", "give two, as in -1.2,1")
        if landscape(self)[0](np.array(self.start)) < 1e-6:
            raise ParameterError("start is the minimum itself", "move it")

    @property
    def hyper(self) -> tuple[float, float, float, float]:
        """What a rule takes beside the learning rate."""
        return self.beta1, self.beta2, self.rho, self.epsilon

    @property
    def shrink(self) -> float:
        """What decoupled decay multiplies the weights by in each step."""
        return 1 - 2 * self.learning_rate * self.weight_decay


def landscape(at: Parameters) -> tuple[Callable[[Array], Any], Callable[[Array], Any], Array]:
    """The loss of w (..., 2), its gradient, and a contour (2, points): w' H w / 2, or Rosenbrock's banana (1960)."""
    x, y = (f(np.linspace(0, 2 * math.pi, 121)) for f in (np.cos, np.sin))

    def slope(w: Array) -> Any:
        x, bend = w[..., 0], 200 * (w[..., 1] - w[..., 0] ** 2)
        return np.stack([2 * (x - 1) - 2 * x * bend, bend], axis=-1)

    if at.problem == "rosenbrock":
        contour = np.stack([1 + x / 2, (1 + x / 2) ** 2 + y / 20])
        return (lambda w: (1 - w[..., 0]) ** 2 + 100 * (w[..., 1] - w[..., 0] ** 2) ** 2), slope, contour
    cos, sin = (math.sqrt(0.75), 0.5) if at.problem == "rotated" else (1.0, 0.0)
    Q = np.array([[cos, -sin], [sin, cos]])  # the eigenvectors: the axes, or these turned by 30 degrees
    H = Q * (1, at.condition) @ Q.T
    return (lambda w: 0.5 * ((w @ H) * w).sum(axis=-1)), (lambda w: w @ H), Q @ [x, y / math.sqrt(at.condition)]


def descend(rule: Rule, gradient: Callable[[Array, int], Any], w: Array, steps: int, shrink: Any = 1.0) -> Descent:
    """Go down from w, (...), by the gradients of w and the step; `shrink` multiplies the weights before each step."""
    path, gradients, updates = (np.empty((n, *w.shape)) for n in (steps + 1, steps, steps))
    path[0] = w
    next(rule)
    for t in range(steps):
        g = gradients[t] = gradient(w, t)
        step = updates[t] = rule.send(g)
        w = path[t + 1] = shrink * w + step
    return path, gradients, updates


def updates_for(rule: Rule, gradients: Any) -> Array:
    """The steps that a rule makes of these gradients, one after the other."""
    next(rule)
    return np.array([rule.send(g) for g in np.asarray(gradients)])


def steps_to_goal(condition: float) -> Any:
    """Steps of the heavy ball and of gradient descent, each at its best rate, from (1, 1) until the loss is < 1e-6."""
    root, lam = math.sqrt(condition), np.array([1, condition])
    lr = np.array([[4 / (root + 1) ** 2], [2 / (condition + 1)]])  # Polyak 1964; Nesterov 2004, theorem 2.1.15
    mu, enough = np.array([[((root - 1) / (root + 1)) ** 2], [0]]), 10 + int(condition / 4 * math.log(1e9))
    path = descend(rule("momentum", lr, mu), lambda w, _: w * lam, np.ones((2, 2)), enough)[0]
    return np.argmax((lam * path * path).sum(axis=-1) < 2e-6, axis=0)


def decay_under_noise(rng: np.random.Generator) -> Any:
    """ln(w_0 / mean w) of AdamW and Adam with a penalty, whose gradients are noise of size 1 and 10: (5001, 2, 2)."""
    lr, lam, w = 0.01, 0.01, np.full((2, 2, 300), 10.0)
    penalty, shrink = np.array([[[0]], [[2 * lam]]]), np.array([[[1 - 2 * lr * lam]], [[1]]])
    noise = np.array([[1], [10]]) * rng.normal(size=(5000, 2, 300))
    path = descend(rule("adam", lr), lambda w, t: penalty * w + noise[t], w, 5000, shrink)[0]
    return np.log(10 / path.mean(axis=-1))


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Descend with the chosen optimiser, with others at many rates, and as the claims want it."""
    at, mine, lr, w = parameters, parameters.optimiser, parameters.learning_rate, np.array(parameters.start)
    slope, noise = landscape(at)[1], at.noise * rng.normal(size=(at.steps, 2))
    c = np.array([[1], [1024], [1024]])  # of claim 6: for the gradients, and in the last row for eps too

    def gradient(w: Array, t: int, penalty: float = 2 * at.weight_decay) -> Any:
        return slope(w) + penalty * w + noise[t]

    def follow(name: str, lr: Any) -> Descent:
        decoupled = name == "adamw"
        own = (lambda w, t: gradient(w, t, 0)) if decoupled else gradient
        shrink = 1 - 2 * lr * at.weight_decay if decoupled else 1.0
        return descend(rule(name, lr, *at.hyper), own, w + 0 * lr, at.steps, shrink)

    with np.errstate(over="ignore", invalid="ignore"):  # what diverges leaves the range of numbers
        path, seen, taken = follow(mine, lr)
        end = int(np.logical_and.accumulate((np.abs(path) < 1e30).all(axis=1)).sum())  # the path ends out there
        paths = {}
        for name in list(dict.fromkeys((mine, "adam", "momentum", "sgd", "rmsprop")))[:4]:
            paths[name] = follow(name, RATES)[0]
            progress(len(paths) / 5)
        figures = draw(at, path[:end], taken[: end - 1], paths)
    scaled = rule("adam", lr, *at.hyper[:3], at.epsilon * np.array([[1], [1], [1024]]))
    _, g, d = follow("adagrad", lr)
    decayed = descend(rule("adamw", lr, *at.hyper), lambda w, _: 0 * w, w, at.steps, at.shrink)[0]
    starting = [rule(name, lr, *at.hyper) for name in ("adam", "uncorrected", "adadelta")]
    long = max(200, math.ceil(20 / (1 - at.beta1)))  # steps until mu^t is below 1e-8
    values: dict[str, Any] = {
        "path": path[:end],
        "gradients_seen": seen[: end - 1],
        "steps_taken": taken[: end - 1],
        "step": updates_for(rule(mine, lr, *at.hyper), at.gradients)[-1],
        "first_steps": np.array([updates_for(one, [at.gradients])[0] for one in starting]),
        "first_steps_of_decay": updates_for(rule("adam", lr, *at.hyper), [np.array([[0.02], [0.2], [2]]) * w])[0],
        "adagrad_rates": np.where(np.abs(g) > 1e-150, -d / np.where(np.abs(g) > 1e-150, g, 1), 0),
        "effective_rate": -updates_for(rule("momentum", lr, *at.hyper), np.ones(long))[-1],
        "rescaled_paths": descend(scaled, lambda w, t: c * gradient(w, t), w + 0 * c, at.steps)[0],
        "steps_to_goal": steps_to_goal(at.condition),
        "decayed_path": decayed,
        "decayed_weights": decayed[-1],
    }
    if at.decay_study:
        exponents = decay_under_noise(rng)
        values["decay_exponents"] = exponents[-1]
        names = ("AdamW, s 1", "AdamW, s 10", "Adam + L2, s 1", "Adam + L2, s 10")
        lines = [curve(*one, 1) for one in zip(names, exponents.reshape(-1, 4).T, strict=True)]
        figures.append(Figure("Decay of weights under noise s", Axis("step"), Axis("ln(w_0 / mean w)"), lines))
    return Result(values, figures)


def draw(at: Parameters, path: Array, steps: Array, paths: Mapping[str, Array]) -> list[Figure]:
    """The paths in the plane, their losses, the loss in the end over the rates, and the steps of each weight."""
    loss, _, contour = landscape(at)
    mine = at.optimiser if at.optimiser == "adadelta" else f"{at.optimiser} {at.learning_rate:g}"
    first, low = loss(path[0]), float(at.problem == "rosenbrock")
    plane, curves, sweep = {at.optimiser: path}, [curve(mine, loss(path), first)], []
    for name, one in paths.items():
        losses = np.nan_to_num(loss(one), nan=np.inf)
        last = losses[-max(1, at.steps // 10) :].mean(axis=0)
        best, shown = last.argmin(), last < 1e4 * first
        sweep.append(Line(RATES[shown, 0], np.maximum(last[shown], 1e-16 * first), name))
        if name != at.optimiser:
            plane[name] = one[:, best]
            curves.append(curve(f"{name} {RATES[best, 0]:.2g}", losses[:, best], first))
    near = {name: one[(np.abs(one) < 4).all(axis=1)][:400] for name, one in plane.items()} | {"contour": contour.T}
    marks: list[Line | Points] = [Line(one[:, 0], one[:, 1], name) for name, one in near.items()]
    marks.append(Points([low], [low], "minimum"))
    sizes = [curve(f"w_{k + 1}", np.abs(one), 1) for k, one in enumerate(steps.T)]
    return [
        Figure("Paths, others at best rate", Axis("w_1"), Axis("w_2"), marks),
        Figure("Loss, others at best rate", Axis("step"), Axis("loss", "log"), curves),
        Figure("Loss in the end", Axis("learning rate", "log"), Axis("loss", "log"), sweep),
        Figure("Size of the steps", Axis("step"), Axis("|change of weight|", "log"), sizes),
    ]


def curve(name: str, y: Array, scale: float) -> Line:
    """Up to 400 points of y over the steps, between 1e-16 and 1e4 of the scale."""
    k = np.unique(np.linspace(0, len(y) - 1, min(len(y), 400)).astype(int))
    k = k[y[k] < 1e4 * scale]
    return Line(k, np.maximum(y[k], 1e-16 * scale), name)


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


def unrolled(at: Parameters, g: Array) -> Any:
    """The steps made of gradients g (n, ...), without states: weighted sums over the past, and over its squares."""
    now, age = np.eye(len(g)), np.subtract.outer(np.arange(len(g)), np.arange(len(g)))

    def sums(beta: float) -> Any:
        return np.where(age >= 0, beta ** np.maximum(age, 0), 0)

    def means(beta: float) -> Any:  # what Adam's correction makes of its averages: weights that add up to 1
        return sums(beta) / sums(beta).sum(axis=1, keepdims=True)

    name, past = at.optimiser.removesuffix("w"), (1 - at.rho) * sums(at.rho)
    if name == "adadelta":
        d, sizes = 0 * g, np.sqrt(past @ g**2 + at.epsilon)
        for t in range(len(g)):
            d[t] = -np.sqrt(past[t - 1] @ d**2 + at.epsilon) / sizes[t] * g[t]
        return d
    over, under = {
        "momentum": (sums(at.beta1), None),
        "nesterov": (now + at.beta1 * sums(at.beta1), None),
        "adagrad": (now, sums(1)),
        "rmsprop": (now, past),
        "adam": (means(at.beta1), means(at.beta2)),
    }.get(name, (now, None))
    return -at.learning_rate * (over @ g) / (1 if under is None else np.sqrt(under @ g**2) + at.epsilon)


@expected("step of the chosen optimiser after these gradients of one weight")
def step(parameters: Parameters) -> Any:
    return unrolled(parameters, np.array(parameters.gradients))[-1]


@expected("step per gradient that momentum reaches while the gradient stays the same")
def effective_rate(parameters: Parameters) -> float:
    return parameters.learning_rate / (1 - parameters.beta1)


@expected("both weights after AdamW's steps without any gradient")
def decayed_weights(parameters: Parameters) -> Any:
    return parameters.shrink**parameters.steps * np.array(parameters.start)


@mistake("step", "one forgets that Adam corrects its averages for their start at 0")
def forgets_the_correction(parameters: Parameters) -> Any:
    return updates_for(rule("uncorrected", parameters.learning_rate, *parameters.hyper), parameters.gradients)[-1]


@mistake("step", "one adds up squared gradients for ever, as Adagrad does")
def squares_for_ever(parameters: Parameters) -> Any:
    return updates_for(rule("adagrad", parameters.learning_rate, *parameters.hyper), parameters.gradients)[-1]


@mistake("effective_rate", "one thinks that momentum doubles the step")
def momentum_doubles(parameters: Parameters) -> float:
    return 2 * parameters.learning_rate


@mistake("effective_rate", "one takes momentum for an average, which leaves the rate as it is")
def momentum_keeps_the_rate(parameters: Parameters) -> float:
    return parameters.learning_rate


@mistake("effective_rate", "one divides by mu, and not by what it leaves of 1")
def divides_by_momentum(parameters: Parameters) -> float:
    return parameters.learning_rate / max(parameters.beta1, 1e-12)


@mistake("effective_rate", "one multiplies by 1 - mu, the factor that an average has")
def momentum_shrinks_the_rate(parameters: Parameters) -> float:
    return parameters.learning_rate * (1 - parameters.beta1)


@mistake("decayed_weights", "one forgets that the derivative of lambda w^2 has a 2")
def decay_without_two(parameters: Parameters) -> Any:
    return (1 - parameters.learning_rate * parameters.weight_decay) ** parameters.steps * np.array(parameters.start)


@mistake("decayed_weights", "one lets Adam rescale the decay, so that each step takes lr from a weight")
def decay_rescaled(parameters: Parameters) -> Any:
    w = np.array(parameters.start)
    return np.sign(w) * np.maximum(np.abs(w) - parameters.steps * parameters.learning_rate, 0)


# --- claims -------------------------------------------------------------------------------------------------------


def clear(at: Parameters) -> bool:
    """What Adam, corrected or not, and Adadelta divide the first gradients by is 10,000 times eps or more."""
    g = min(map(abs, at.gradients))
    return at.epsilon <= 1e-4 * min(math.sqrt(1 - at.beta2) * g, (1 - at.rho) * g * g)


@claim(1, "200 steps are those of the published rules, as sums over all past gradients, within 1e-8")
def published_rules(parameters: Parameters, values: Values) -> Check:
    """Relative to the longest step so far, since gradients cancel each other."""
    wanted, taken = unrolled(parameters, values["gradients_seen"][:200]), values["steps_taken"][:200]
    size = np.maximum.accumulate(np.abs(wanted).max(axis=1, initial=1e-300))
    return below((np.abs(taken - wanted).max(axis=1, initial=0) / size).max(initial=0), 1e-8)


@claim(2, "Adam's first step is lr sign(g), uncorrected 3.162 times that, to 1e-4", applies=clear, domain="|g| >> eps")
def first_step_is_the_rate(parameters: Parameters, values: Values) -> Check:
    """3.162 is (1 - beta1) / sqrt(1 - beta2) at 0.9 and 0.999. For each of the gradients."""
    ratios = np.array([[1], [(1 - parameters.beta1) / math.sqrt(1 - parameters.beta2)]])
    wanted = -parameters.learning_rate * ratios * np.sign(parameters.gradients)
    return below(np.abs(values["first_steps"][:2] / wanted - 1).max(), 1e-4)


@claim(3, "Adagrad's effective rate, its step per gradient, never grows")
def adagrad_slows_down(parameters: Parameters, values: Values) -> Check:
    rates = [one[one > 0] for one in values["adagrad_rates"].T]
    return below(max((one[1:] / one[:-1]).max(initial=0) for one in rates), 1 + 1e-12)


@claim(
    4,
    "the heavy ball arrives in a fifth of the steps of gradient descent or fewer (condition 1000: 257, not 5008)",
    applies=lambda at: at.condition >= 100,
    domain="condition >= 100; each at its best rate, from (1, 1) until the loss is below 1e-6",
    at={"condition": 1000},
)
def heavy_ball_is_faster(parameters: Parameters, values: Values) -> Check:
    ball, plain = values["steps_to_goal"]
    return below(ball / plain, 257 / 5008 if parameters.condition == 1000 else 0.2)


@claim(5, "under a constant gradient the step of momentum becomes lr / (1 - mu) times it, within 1e-6")
def momentum_sums(parameters: Parameters, values: Values) -> Check:
    return about(values["effective_rate"], effective_rate(parameters), relative=1e-6)


@claim(6, "gradients and eps 1024 x as large leave Adam's path alone, gradients alone for 200 steps, within 1e-4")
def adam_ignores_the_scale(parameters: Parameters, values: Values) -> Check:
    """eps counts above 1e-8, and on unstable paths: they enlarge even rounding, which 2^10 spares. See tests."""
    path, scaled, with_eps = np.moveaxis(values["rescaled_paths"], 1, 0)
    at, far = parameters, min(map(abs, parameters.start)) >= 0.1
    stable = at.beta1 >= 0.9 and at.beta2 >= 0.99 and at.learning_rate <= 0.05 and far
    alone = np.abs(scaled - path)[:201].max() if stable and at.epsilon <= 1e-8 else 0
    return below(max(np.abs(with_eps - path).max(), alone) / np.abs(path).max(), 1e-4)


@claim(
    7,
    "without a gradient of the data, Adam's first step under a penalty is lr sign(w), whatever lambda, within 1e-4",
    applies=lambda at: at.epsilon <= 2e-6 * min(map(abs, at.start)),
    domain="eps <= 2e-4 lambda |w|, for lambda = 0.01, 0.1 and 1",
)
def adam_rescales_a_penalty(parameters: Parameters, values: Values) -> Check:
    wanted = -parameters.learning_rate * np.sign(parameters.start)
    return below(np.abs(values["first_steps_of_decay"] / wanted - 1).max(), 1e-4)


@claim(8, "Adadelta's first step is -sqrt(eps / (1 - rho)) sign(g), to 1e-4", applies=clear, domain="|g| >> eps")
def adadelta_starts_small(parameters: Parameters, values: Values) -> Check:
    wanted = -math.sqrt(parameters.epsilon / (1 - parameters.rho)) * np.sign(parameters.gradients)
    return below(np.abs(values["first_steps"][2] / wanted - 1).max(), 1e-4)


@claim(9, "without a gradient AdamW's weights are (1 - 2 lr lambda)^t w_0, within 1e-12")
def decoupled_decay(parameters: Parameters, values: Values) -> Check:
    """Relative; numbers below 1e-300 have lost digits."""
    wanted = parameters.shrink ** np.arange(parameters.steps + 1)[:, None] * np.array(parameters.start)
    return below((np.abs(values["decayed_path"] - wanted) / (np.abs(wanted) + 1e-288)).max(), 1e-12)


@claim(10, "AdamW decays by e^-1 under both noises, 5 %", **STUDY)
def decay_of_adamw(parameters: Parameters, values: Values) -> Check:
    exponents = values["decay_exponents"][0]
    return about(exponents[np.abs(exponents - 1).argmax()], 1, relative=0.05)


@claim(11, "Adam + L2 decays 10 times less under 10, 25 %", **STUDY)
def decay_of_adam_with_a_penalty(parameters: Parameters, values: Values) -> Check:
    small, large = values["decay_exponents"][1]
    return about(small / large, 10, relative=0.25)


if __name__ == "__main__":
    main()
