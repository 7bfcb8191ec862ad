"""A schedule lowers the learning rate while training runs: first large steps to arrive, then small ones against noise.

Why not keep one rate? On a noisy quadratic of curvature 1, w <- w - lr (w + noise), the second moment of w follows

    E[w_{t+1}^2] = (1 - lr_t)^2 E[w_t^2] + lr_t^2 s^2,     loss = E[w^2] / 2,

for noise of variance s^2. A constant rate hovers at lr s^2 / (2 (2 - lr)), a rate that goes to 0 lets the loss go to 0:
the 1/t law below makes k^2 E[w_k^2], with k = 1/b - 1 + t, grow by s^2 a step, so that the loss falls like s^2 / (2 t)
(Bottou, Curtis and Nocedal 2018, theorems 4.6 and 4.7, for all losses that are smooth and strongly convex).
But what it takes away early is missing on the way: a decay that begins before the start is forgotten loses against a
constant rate. The rates at the steps t = 0 .. T, with b for the base and m for the minimum:

    constant      b
    step          b f^floor(t / period)
    exponential   b f^t
    inverse       b / (1 + b t), the 1/t law                                                 (Robbins & Monro 1951)
    cosine        m + (b - m) (1 + cos(pi t / T)) / 2                            (Loshchilov & Hutter 2017, eq. 5)
    warm_up       b min(1, (t + 1) / warm-up)                                  (Goyal et al. 2017, section 2.2)
    one_cycle     b / 25 (as in PyTorch), up to b in a straight line, then down to m           (Smith & Topin 2019)

A training loop makes each rate from the one before; the closed forms say where that leads. A schedule is a plan made
before training. It knows nothing of the gradients, unlike the scaling of Adam, which leaves its rate as it is.
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
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
    true,
)

TITLE = "Learning-rate schedules"
TOPIC = "Optimisation"

Array = NDArray[Any]
Values = Mapping[str, Any]

KINDS = ("constant", "step", "exponential", "inverse", "cosine", "warm_up", "one_cycle")


@dataclass(frozen=True)
class Parameters:
    """A schedule, and the noisy quadratic on which it is tried."""

    kind: str = parameter("cosine", choices=KINDS, help="of schedule")
    base: float = parameter(0.1, low=0.001, high=1.0, scale="log", help="largest rate")
    steps: int = parameter(50, low=2, high=10_000, scale="log", help="T, of the whole training")
    minimum: float = parameter(0.0, low=0.0, high=1.0, help="rate at the end of cosine and one_cycle")
    period: int = parameter(10, low=1, high=1000, scale="log", help="steps between the drops of step")
    factor: float = parameter(0.5, low=0.01, high=1.0, help="of each drop of step")
    decay: float = parameter(0.95, low=0.5, high=1.0, help="factor of exponential, per step")
    warm_up: int = parameter(10, low=1, high=1000, scale="log", help="steps of warm_up")
    peak: float = parameter(0.3, low=0.05, high=0.95, help="share of the steps before the peak of one_cycle")
    start: float = parameter(2.0, low=-10.0, high=10.0, help="w_0")
    noise: float = parameter(1.0, low=0.0, high=10.0, help="standard deviation s of the gradient's noise")
    step: int = parameter(20, low=0, high=10_000, help="t, at which the rate is asked for")
    threshold: float = parameter(0.02, low=0.0001, high=1.0, scale="log", help="when is the rate below it?")

    def __post_init__(self) -> None:
        """Refuse what the bounds of the single numbers cannot: a ParameterError."""
        if self.minimum > self.base:
            raise ParameterError(f"minimum {self.minimum:g} is above the base {self.base:g}", "lower it")
        if self.step > self.steps:
            raise ParameterError(f"step {self.step} is after the last one, {self.steps}", "choose an earlier one")

    @property
    def summit(self) -> int:
        """The step of one_cycle's peak."""
        return min(max(round(self.peak * self.steps), 1), self.steps - 1)


def closed_form(at: Parameters, kind: str, t: Any, T: int) -> Any:
    """The rate of a schedule at steps t of T."""
    b, m, t = at.base, at.minimum, np.asarray(t, dtype=float)
    summit = at.summit if at.steps == T else min(max(round(at.peak * T), 1), T - 1)
    match kind:
        case "step":
            return b * at.factor ** (t // at.period)
        case "exponential":
            return b * at.decay**t
        case "inverse":
            return b / (1 + b * t)
        case "cosine":
            return m + (b - m) * (1 + np.cos(math.pi * t / T)) / 2
        case "warm_up":
            return b * np.minimum(1, (t + 1) / at.warm_up)
        case "one_cycle":
            return np.where(t <= summit, b / 25 + 24 * b / 25 * t / summit, m + (b - m) * (T - t) / (T - summit))
    return b + 0 * t


def step_by_step(at: Parameters, kind: str) -> Array:
    """The rates at the steps 0 .. T as a training loop sets them, each from the one before: shape (T + 1,)."""
    b, m, T, summit = at.base, at.minimum, at.steps, at.summit
    lr = {"warm_up": b / at.warm_up, "one_cycle": b / 25}.get(kind, b)
    rates = [lr]
    for t in range(1, T + 1):
        match kind:
            case "step":
                lr *= at.factor if t % at.period == 0 else 1
            case "exponential":
                lr *= at.decay
            case "inverse":
                lr = lr / (1 + lr)  # 1 / lr grows by 1
            case "cosine":
                lr = m + (lr - m) * (1 + math.cos(math.pi * t / T)) / (1 + math.cos(math.pi * (t - 1) / T))
            case "warm_up":
                lr = min(b, lr + b / at.warm_up)
            case "one_cycle":
                lr += 24 * b / 25 / summit if t <= summit else (m - b) / (T - summit)
        rates.append(lr)
    return np.array(rates)


def moments(rates: Array, start: float, noise: float) -> Array:
    """E[w^2] before and after each of T steps with these rates, (..., T): shape (..., T + 1)."""
    m = np.full((*rates.shape[:-1], rates.shape[-1] + 1), float(start) ** 2)
    for t in range(rates.shape[-1]):
        lr = rates[..., t]
        m[..., t + 1] = (1 - lr) ** 2 * m[..., t] + lr**2 * noise**2
    return m


def final_moment(rates: Array, start: float, noise: float) -> Any:
    """E[w^2] after all steps, (...): what is left of the start and of each step's noise, by products of 1 - lr."""
    left = np.cumprod((1 - rates[..., ::-1]) ** 2, axis=-1)[..., ::-1]  # of what was there before each step
    after = np.concatenate([left[..., 1:], np.ones((*left.shape[:-1], 1))], axis=-1)
    return start**2 * left[..., 0] + noise**2 * (rates**2 * after).sum(axis=-1)


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Make every schedule's rates step by step, and the loss of SGD that follows them, exactly."""
    at, T = parameters, parameters.steps
    rates = dict(zip(KINDS, table := np.array([step_by_step(at, kind) for kind in KINDS]), strict=True))
    losses = moments(table[:, :T], at.start, at.noise) / 2
    final = dict(zip(KINDS, losses[:, -1], strict=True))
    t = np.arange(200)
    laws = np.array([0.1 / (1 + 0.1 * t), 0.1 + 0 * t])  # of claim 5
    below_it = rates[at.kind] < at.threshold * (1 - 1e-9)
    values: dict[str, Any] = {
        "rates": table,
        "losses": losses,
        "rate": rates[at.kind][at.step],
        "steps_until_below": int(below_it.argmax()) if below_it.any() else T + 1,
        "final_loss": final[at.kind],
        "loss_over_constant": final["cosine"] / max(final["constant"], 1e-300),
        "inverse_over_constant": [np.divide(*moments(laws, w, 1)[:, -1]) for w in (0, 5)],
    }
    return Result(values, draw(at, rates, dict(zip(KINDS, losses, strict=True))))


def draw(at: Parameters, rates: Mapping[str, Array], losses: Mapping[str, Array]) -> list[Figure]:
    """The rates, the losses, and the loss in the end over the length of the training."""
    shown = list(dict.fromkeys((at.kind, "constant", "step", "cosine", "one_cycle")))
    k = np.unique(np.linspace(0, at.steps, 500).astype(int))
    lengths = np.unique(np.geomspace(4, max(at.steps, 1000), 40).astype(int))
    ends = {kind: [] for kind in shown}  # type: dict[str, list[float]]
    for T in lengths:
        for kind in shown:
            steps = closed_form(at, kind, np.arange(T), int(T))
            ends[kind].append(max(float(final_moment(steps, at.start, at.noise)) / 2, 1e-16))
    lines = [Line(lengths, np.array(ends[kind]), kind) for kind in shown]
    mine = Points([at.steps], [max(float(losses[at.kind][-1]), 1e-16)], "this training")
    return [
        Figure("Schedules", Axis("step"), Axis("learning rate"), [Line(k, rates[kind][k], kind) for kind in shown]),
        Figure(
            "Loss on a noisy quadratic",
            Axis("step"),
            Axis("mean loss", "log"),
            [Line(k, np.maximum(losses[kind][k], 1e-16), kind) for kind in shown],
        ),
        Figure("Loss in the end", Axis("steps T of training", "log"), Axis("mean loss", "log"), [*lines, mine]),
    ]


# --- what a card may ask ------------------------------------------------------------------------------------------


def falls_below(at: Parameters) -> bool:
    """The schedule falls below the threshold, and not in steps that round away."""
    return bool((closed_form(at, at.kind, np.arange(at.steps + 1), at.steps) < at.threshold * (1 - 1e-9)).any())


@expected("learning rate of the schedule at the step")
def rate(parameters: Parameters) -> Any:
    return closed_form(parameters, parameters.kind, parameters.step, parameters.steps)


@expected("first step at which the rate is below the threshold", applies=falls_below)
def steps_until_below(parameters: Parameters) -> Any:
    at = parameters
    rates = closed_form(at, at.kind, np.arange(at.steps + 1), at.steps)
    return int((rates < at.threshold * (1 - 1e-9)).argmax())


@expected("mean loss after all the steps on the noisy quadratic")
def final_loss(parameters: Parameters) -> Any:
    at = parameters
    return final_moment(closed_form(at, at.kind, np.arange(at.steps), at.steps), at.start, at.noise) / 2


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("rate", "one draws a straight line from the base to the minimum, which cosine is not")
def straight_line(parameters: Parameters) -> float:
    at = parameters
    return at.base + (at.minimum - at.base) * at.step / at.steps


@mistake("rate", "one takes the base rate, as if warm-up began there or an adaptive optimiser did the rest")
def base_rate(parameters: Parameters) -> float:
    return parameters.base


@mistake("rate", "one applies the factor in every step, not once in a period")
def drops_in_every_step(parameters: Parameters) -> float:
    return parameters.base * parameters.factor**parameters.step


@mistake("rate", "one forgets that the 1/t law begins at the base, and not at 1")
def begins_at_one(parameters: Parameters) -> float:
    return 1 / (1 + parameters.base * parameters.step)


@mistake("rate", "one divides the base by the steps so far, however small it is")
def divides_by_the_steps(parameters: Parameters) -> float:
    return parameters.base / (1 + parameters.step)


@mistake("steps_until_below", "one counts the drops and not the steps between them")
def counts_drops(parameters: Parameters) -> Any:
    return steps_until_below(parameters) / parameters.period


@mistake("steps_until_below", "one thinks that each step takes the same amount from the rate")
def counts_a_straight_line(parameters: Parameters) -> float:
    at = parameters
    return at.steps * (at.base - at.threshold) / max(at.base - at.minimum, 1e-12)


@mistake("final_loss", "one thinks that a schedule changes nothing of where SGD hovers")
def hovers_as_constant(parameters: Parameters) -> float:
    return parameters.base * parameters.noise**2 / (2 * (2 - parameters.base))


@mistake("final_loss", "one takes E[w^2] for the loss, which is half of it")
def moment_is_the_loss(parameters: Parameters) -> Any:
    return 2 * final_loss(parameters)


# --- claims -------------------------------------------------------------------------------------------------------


def compared(at: Parameters) -> bool:
    """The setting of claim 3: time enough at the base 0.1 to forget the start, and noise to get rid of."""
    return at.base == 0.1 and at.steps >= 200 and abs(at.start) <= 5 * at.noise and not at.minimum and at.noise > 0


@claim(1, "rates made one from the other, step by step, are those of the closed forms, within 1e-12 of the base")
def closed_forms(parameters: Parameters, values: Values) -> Check:
    at, t = parameters, np.arange(parameters.steps + 1)
    wanted = np.array([closed_form(at, kind, t, at.steps) for kind in KINDS])
    return below(np.abs(values["rates"] - wanted).max() / at.base, 1e-12)


@claim(2, "cosine starts at the base and ends at the minimum; half-way it is at their mean, within 1e-12 of the base")
def ends_of_the_cosine(parameters: Parameters, values: Values) -> Check:
    """Half-way only if the number of steps is even."""
    at, rates = parameters, values["rates"][KINDS.index("cosine")]
    half = rates[at.steps // 2] - (at.base + at.minimum) / 2 if at.steps % 2 == 0 else 0.0
    return below(max(abs(rates[0] - at.base), abs(rates[-1] - at.minimum), abs(half)) / at.base, 1e-12)


@claim(
    3,
    "cosine ends with less than a quarter of the loss of a constant rate",
    applies=compared,
    domain="base 0.1, minimum 0, T >= 200, |w_0| <= 5 noise",
    at={"steps": 200},
)
def cosine_beats_constant(parameters: Parameters, values: Values) -> Check:
    return below(values["loss_over_constant"], 0.25)


@claim(
    4, "step multiplies the rate by its factor (0.5 halves it) at multiples of its period, and nowhere else, to 1e-12"
)
def drops_once_in_a_period(parameters: Parameters, values: Values) -> Check:
    rates, t = values["rates"][KINDS.index("step")], np.arange(1, parameters.steps + 1)
    wanted = np.where(t % parameters.period == 0, parameters.factor, 1) * rates[:-1]
    return below((np.abs(rates[1:] - wanted) / (rates[:-1] + 1e-290)).max(), 1e-12)


@claim(5, "the 1/t law 0.1 / (1 + 0.1 t) ends at 0.09 x constant from w_0 = 0, 0.97 x from 5, +-0.01 (T 200, noise 1)")
def inverse_forgets_slowly(parameters: Parameters, values: Values) -> Check:
    return true(np.abs(np.array(values["inverse_over_constant"]) - [0.09, 0.97]).max() <= 0.01)


@claim(6, "1/t law: after t steps the loss is (k_0^2 w_0^2 + t s^2) / (2 k^2), k = k_0 + t, k_0 = 1/b - 1, within 1e-9")
def inverse_falls_like_one_over_t(parameters: Parameters, values: Values) -> Check:
    """Judged at every step from the first on. 1 - lr = (k - 1) / k and lr = 1 / k, k counted after the step."""
    at, t, k_0 = parameters, np.arange(1, parameters.steps + 1), 1 / parameters.base - 1
    wanted = (k_0**2 * at.start**2 + t * at.noise**2) / (2 * (k_0 + t) ** 2)
    losses = values["losses"][KINDS.index("inverse"), 1:]
    return below((np.abs(losses - wanted) / (wanted + 1e-290)).max(), 1e-9)


@claim(7, "a constant rate b leaves (1 - b)^2t of the loss's distance from b s^2 / (2 (2 - b)), within 1e-9")
def constant_hovers(parameters: Parameters, values: Values) -> Check:
    """Judged at every step; relative to the larger of the first loss and the level."""
    at, losses = parameters, values["losses"][KINDS.index("constant")]
    level = hovers_as_constant(at)
    wanted = level + (1 - at.base) ** (2 * np.arange(at.steps + 1)) * (at.start**2 / 2 - level)
    return below(np.abs(losses - wanted).max() / (max(level, at.start**2 / 2) + 1e-290), 1e-9)


if __name__ == "__main__":
    main()
