"""Exploding and vanishing gradients: the network is right, and every claim holds over many seeds, not for a lucky one.

Measured margins of the statistical bounds, in standard deviations of the logarithm at the worst corner of the domain:
claim 1 3.9 to 4.5 (6,000 networks of 64 units, 2,000 of 128, 3,500 of 256, 1,175 of 512), claim 2 4.1 to 4.2 (as many,
2,000 of 256), claim 3 4.1 (400 to 2,000 a corner), claim 4 5.1 at 50 layers (1,000) and 4.7 at 100 (2,879), claim 9 6,
claim 10 8; claims 5 (R^2 at least 0.995 of 0.99), 6 (steps of 0.07 at least) and 8 (loss at most 0.82 of 0.9) are far
inside; claim 11 stays below 2.5e-5 of 1e-4. The keys that cards ask for are measured to 0.7 % (standard deviation) or
better.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.simulations.loading import expected_here, load, made, marked, mistakes_here, outcome

NAME = "exploding_gradients"
SIMULATION = load(NAME)
Settings = dict[str, Any]
SMALL: Settings = {"depth": 4, "width": 16, "batch": 8}
ACTIVATIONS = ("identity", "tanh", "relu", "sigmoid")
FALLING, RISING = 0.8187, 1.2215  # exp(-0.2) and exp(0.2): the factors from which a gradient falls or rises clearly


# --- the network ----------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("residual", [0.0, 0.5])
def test_backpropagation_agrees_with_central_differences(activation: str, residual: float) -> None:
    """dL/dW and the norm of dL/dx of L = <top, h_depth> are its numerical derivatives to 1e-7."""
    parameters = made(SIMULATION, {**SMALL, "activation": activation, "residual": residual, "gain": 1.5})
    rng = np.random.default_rng(1)
    W = rng.standard_normal((4, 16, 16)) * 1.5 / 4
    x, top = rng.standard_normal((2, 8, 16))

    def loss(weights: Any, at: Any) -> float:
        return float((SIMULATION.forward(parameters, weights, at)[0][-1] * top).sum())

    h, a = SIMULATION.forward(parameters, W, x)
    norms, at_z = SIMULATION.backward(parameters, W, a, top)
    step = 1e-6
    for layer, i, j in ((0, 3, 5), (1, 0, 15), (3, 7, 7)):
        moved = np.zeros_like(W)
        moved[layer, i, j] = step
        numerical = (loss(W + moved, x) - loss(W - moved, x)) / (2 * step)
        assert (h[layer].T @ at_z[layer])[i, j] == pytest.approx(numerical, rel=1e-6, abs=1e-7)
    numerical_at_x = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        moved = np.zeros_like(x)
        moved[index] = step
        numerical_at_x[index] = (loss(W, x + moved) - loss(W, x - moved)) / (2 * step)
    assert norms[0] == pytest.approx(np.linalg.norm(numerical_at_x), rel=1e-7)
    assert norms[-1] == pytest.approx(np.linalg.norm(top), rel=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_slope_from_the_output_is_the_derivative(activation: str) -> None:
    """act'(z) written in a = act(z) is the central difference of act."""
    act, slope = SIMULATION.ACTIVATIONS[activation]
    z = np.array([-3.0, -0.7, 0.2, 1.9])
    numerical = (act(z + 1e-6) - act(z - 1e-6)) / 2e-6
    assert np.asarray(slope(act(z)) * np.ones(4)) == pytest.approx(numerical, abs=1e-9)


def test_the_sigmoid_is_the_sigmoid_and_cannot_overflow() -> None:
    """The tanh form is 1 / (1 + exp(-z)), also where exp(-z) is infinite."""
    act, _ = SIMULATION.ACTIVATIONS["sigmoid"]
    z = np.array([-30.0, -2.0, 0.0, 5.0])
    assert act(z) == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-15)
    assert act(np.array([-1e5, 1e5])).tolist() == [0.0, 1.0]


def test_a_linear_network_passes_the_gradient_through_the_product_of_its_matrices() -> None:
    """For identity layers dL/dx = top (W_1 .. W_L)^T: an oracle that knows no backpropagation."""
    parameters = made(SIMULATION, {**SMALL, "activation": "identity"})
    rng = np.random.default_rng(2)
    W = rng.standard_normal((4, 16, 16))
    top = rng.standard_normal((8, 16))
    _, a = SIMULATION.forward(parameters, W, rng.standard_normal((8, 16)))
    norms, _ = SIMULATION.backward(parameters, W, a, top)
    assert norms[0] == pytest.approx(np.linalg.norm(top @ np.linalg.multi_dot(list(W)).T), rel=1e-12)


def test_a_norm_survives_entries_whose_squares_underflow() -> None:
    """The norm is scaled: 3e-170 and 4e-170 give 5e-170, and zeros count as 1e-300."""
    assert SIMULATION.norm(np.array([3e-170, 4e-170])) == pytest.approx(5e-170, rel=1e-15)
    assert SIMULATION.norm(np.zeros(3)) == 1e-300


def test_a_training_step_goes_along_the_numerical_gradient() -> None:
    """After one step |W_1 - W_0| / |W_0| of layer 1 is learning_rate |dL/dW| / |W_0|, the gradient by differences."""
    parameters = made(SIMULATION, {**SMALL, "activation": "tanh", "training_steps": 1, "learning_rate": 0.1})
    rng = np.random.default_rng(3)
    W = rng.standard_normal((4, 16, 16)) / 4
    readout, x = rng.standard_normal((16, 1)) / 4, rng.standard_normal((8, 16))

    def loss(first: Any) -> float:
        h = np.tanh(x @ first)
        for weights in W[1:]:
            h = np.tanh(h @ weights)
        return float(((h @ readout - np.sign(x[:, :1])) ** 2).sum() / (2 * 8))

    gradient = np.empty((16, 16))
    for index in np.ndindex(16, 16):
        moved = np.zeros((16, 16))
        moved[index] = 1e-6
        gradient[index] = (loss(W[0] + moved) - loss(W[0] - moved)) / 2e-6
    change = SIMULATION.train(parameters, np.random.default_rng(3), lambda _: None)
    assert change[0] == pytest.approx(0.1 * np.linalg.norm(gradient) / np.linalg.norm(W[0]), rel=1e-6)


# --- runs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    "extreme",
    [
        {"gain": 3.0, "depth": 100, "clip_norm": 1.0, "training_steps": 3},
        {"gain": 0.1, "depth": 100, "training_steps": 3, "learning_rate": 1.0},
        {"gain": 3.0, "depth": 100, "residual": 1.0, "clip_norm": 100.0, "learning_rate": 1.0},
        {"gain": 0.1, "depth": 2, "residual": 0.01, "clip_norm": 0.001},
    ],
)
def test_every_value_is_finite_at_the_corners(activation: str, extreme: Settings) -> None:
    """Explosions and vanishing are shown, never NaN or infinity (`outcome` asserts it)."""
    outcome(SIMULATION, activation=activation, width=16, batch=8, **extreme)


@pytest.mark.parametrize(
    "parameters",
    [
        {**SMALL, "activation": "tanh", "clip_norm": 1.0},
        {**SMALL, "activation": "sigmoid", "training_steps": 5},
        {**SMALL, "activation": "relu", "residual": 0.25, "depth": 16},
    ],
)
def test_the_same_seed_gives_the_same_bits(parameters: Settings) -> None:
    """A run is a pure function of parameters and seed, figures included."""
    chosen = made(SIMULATION, parameters)
    one, two = (SIMULATION.run(chosen, np.random.default_rng(7), lambda _: None) for _ in range(2))
    for name, value in one.values.items():
        assert np.array_equal(value, two.values[name])
    for mine, other in zip(one.figures, two.figures, strict=True):
        assert [mark.label for mark in mine.marks] == [mark.label for mark in other.marks]
        assert all(
            np.array_equal(getattr(a, "y", 0), getattr(b, "y", 0)) for a, b in zip(mine.marks, other.marks, strict=True)
        )


def test_figures_are_labelled_and_finite() -> None:
    """The first figure compares gains; every axis has a label and every line as many x as y."""
    chosen = made(SIMULATION, {**SMALL, "activation": "tanh", "gain": 1.2, "clip_norm": 1.0, "training_steps": 2})
    figures = SIMULATION.run(chosen, np.random.default_rng(0), lambda _: None).figures
    assert [line.label for line in figures[0].marks] == ["1.2", "0.5", "1", "1.5", "2"]
    assert len(figures) == 4
    for figure in figures:
        assert figure.title
        assert figure.x.label
        assert figure.y.label
        for mark in figure.marks:
            heights = mark.heights if hasattr(mark, "heights") else mark.y
            assert len(heights) == len(mark.names if hasattr(mark, "names") else mark.x)
            assert np.isfinite(heights).all()


def gain_lines(**parameters: Any) -> dict[str, Any]:
    """The lines of the first figure by their labels, for 16 rows, which is what a comparison takes."""
    chosen = made(SIMULATION, {**SMALL, "batch": 16, **parameters})
    result = SIMULATION.run(chosen, np.random.default_rng(4), lambda _: None)
    return {line.label: np.asarray(line.y) for line in result.figures[0].marks}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_line_beside_the_chosen_gain_is_that_of_a_run_with_its_gain(activation: str) -> None:
    """With the same seed, with residual connections and plain."""
    settings = {"activation": activation, "residual": 0.5}
    found = gain_lines(**settings, gain=1.2)
    assert list(found) == ["1.2", "1.2, plain", "0.5", "1", "1.5", "2"]
    for gain in SIMULATION.GAINS:
        assert found[f"{gain:g}"] == pytest.approx(gain_lines(**settings, gain=gain)[f"{gain:g}"], rel=1e-9, abs=1e-12)
    assert found["1.2, plain"] == pytest.approx(gain_lines(activation=activation, gain=1.2)["1.2"], rel=1e-9, abs=1e-12)


def test_linear_lines_of_two_gains_are_apart_by_the_power_of_their_ratio() -> None:
    """At layer l of L a plain linear network of gain g has (g / 1.2)^(L - l) times the norm: the closed form."""
    found, above = gain_lines(activation="identity", gain=1.2), np.arange(4, -1, -1)
    for gain in SIMULATION.GAINS:
        assert found[f"{gain:g}"] == pytest.approx(found["1.2"] + above * np.log10(gain / 1.2), rel=1e-9, abs=1e-12)


def test_a_long_run_reports_its_progress() -> None:
    """Training calls back with rising fractions that end at 1."""
    heard: list[float] = []
    chosen = made(SIMULATION, {**SMALL, "training_steps": 4})
    SIMULATION.run(chosen, np.random.default_rng(0), heard.append)
    assert heard == [0.25, 0.5, 0.75, 1.0]


# --- keys and mistakes ----------------------------------------------------------------------------


def test_keys_are_the_closed_forms() -> None:
    """The keys, written out by hand for a few parameters."""

    def keys(**parameters: Any) -> dict[str, Any]:
        return expected_here(SIMULATION, made(SIMULATION, parameters))

    assert keys(activation="identity", gain=1.5, depth=10)["gradient_ratio"] == pytest.approx(57.665, rel=1e-4)
    relu = keys(activation="relu", gain=2.0, depth=6)
    assert relu["gradient_ratio"] == pytest.approx(8)
    assert keys(activation="sigmoid", depth=3)["sigmoid_slope_bound"] == pytest.approx(1 / 64)
    assert keys(activation="identity", residual=0.25, depth=16)["residual_factor"] == pytest.approx((17 / 16) ** 8)
    assert keys() == {}
    assert "gradient_ratio" not in keys(activation="identity", depth=11)


ASKED: list[Settings] = [
    {"activation": "identity", "depth": 10, "gain": 1.5, "width": 16},
    {"activation": "relu", "depth": 6, "gain": 2.0, "width": 16, "clip_norm": 1.0},
    {"activation": "identity", "depth": 50, "residual": 0.1414, "gain": 1.5, "width": 16},
    {"activation": "sigmoid", "depth": 30, "gain": 3.0, "width": 16},
]


@pytest.mark.slow
@pytest.mark.parametrize("parameters", ASKED)
def test_measurements_back_the_keys_over_seeds(parameters: Settings) -> None:
    """Half of a tolerance of 5 % holds for each of 20 seeds, at the depths where chance is worst: 3.5 sd or more."""
    for seed in range(20):
        values, _ = outcome(SIMULATION, seed, **parameters)
        keys = expected_here(SIMULATION, made(SIMULATION, parameters))
        assert keys
        for name, key in keys.items():
            assert values[name] == pytest.approx(key, rel=0.025), name


@pytest.mark.parametrize(
    "parameters",
    [
        {"activation": "relu", "depth": 5, "gain": 2.0},
        {"activation": "relu", "depth": 5, "gain": 1.2},
        {"activation": "relu", "depth": 50, "gain": 2.0, "clip_norm": 0.5, "learning_rate": 0.1},
        {"activation": "identity", "depth": 16, "residual": 0.25},
        {"activation": "sigmoid", "depth": 10, "gain": 2.0},
    ],
)
def test_mistakes_differ_from_the_key(parameters: Settings) -> None:
    """At typical parameters none lies within twice a tolerance of 5 %; two of them may meet, as 1 and a factor of 1."""
    chosen = made(SIMULATION, parameters)
    for value, key in expected_here(SIMULATION, chosen).items():
        wrong = mistakes_here(SIMULATION, chosen, value)
        assert len(wrong) >= 2
        assert [name for name, one in wrong.items() if abs(one - key) <= 0.1 * abs(key)] == []


def test_every_mistake_is_about_a_value_that_cards_may_ask_for() -> None:
    """No mistake names a value that does not exist, and every value has two at least."""
    values = {one.expected.name for one in marked(SIMULATION, "expected")}
    mistaken = [one.mistake.value for one in marked(SIMULATION, "mistake")]
    assert set(mistaken) == values
    assert all(mistaken.count(value) >= 2 for value in values)


# --- claims ---------------------------------------------------------------------------------------


IDENTITY, RELU, SIGMOID = ({"activation": name} for name in ("identity", "relu", "sigmoid"))
LEARNS: Settings = {"training_steps": 300, "learning_rate": 0.5}
TRAINING: Settings = {**SIGMOID, "depth": 10, "width": 32, "batch": 64, **LEARNS}
CLAIMS: dict[str, list[Settings]] = {  # at the default of 50 layers and 128 rows unless it says otherwise
    "identity_ratio_is_gain_to_the_depth": [
        {**IDENTITY, "gain": gain, "width": width} for gain, width in ((3.0, 64), (0.1, 128), (1.0, 256), (1.0, 512))
    ],
    "relu_halves_the_squared_gradient": [
        {**RELU, "gain": gain, "width": width} for gain, width in ((3.0, 64), (0.1, 128), (1.4, 256), (1.4, 512))
    ],
    "tanh_loses_a_little_at_gain_one": [
        {"width": width, "batch": batch} for width, batch in ((512, 32), (512, 8), (256, 32), (256, 8))
    ],
    "sigmoid_slope_bounds_the_gradient": [
        {**SIGMOID, "gain": gain, "depth": depth, "batch": batch}
        for gain, depth, batch in ((0.1, 100, 8), (0.1, 100, 32), (0.1, 50, 8), (3.0, 2, 8))
    ],
    "log_norm_is_linear_in_depth": [
        {**which, "gain": gain, "depth": depth, "batch": 8}
        for which, gain, depth in ((IDENTITY, FALLING, 10), (RELU, 1.7275, 10), (RELU, 0.1, 100))
    ],
    "norms_rise_or_fall_throughout": [
        {**IDENTITY, "gain": gain, "depth": depth, "batch": 8} for gain, depth in ((FALLING, 2), (RISING, 100))
    ],
    "step_has_the_clipped_length": [
        {**SMALL, "activation": activation, "clip_norm": clip, "gain": 2.0}
        for activation, clip in (("identity", 0.001), ("tanh", 1.0), ("relu", 100.0), ("sigmoid", 100.0))
    ],
    "clipping_saves_an_exploding_step": [{**RELU, "gain": 2.0, "width": 64, "clip_norm": 1.0, "learning_rate": 0.01}],
    "residual_ratio_stays_moderate": [
        {**IDENTITY, "gain": gain, "depth": depth, "residual": alpha}
        for gain, depth, alpha in ((0.5, 20, 0.2236), (2.0, 20, 0.2236), (2.0, 50, 0.1402))
    ],
    "residual_path_keeps_the_gradient": [
        {"activation": activation, "gain": 0.5, "width": width, "residual": 0.1414}
        for activation in ("relu", "tanh")
        for width in (64, 256)
    ],
    "early_layers_stall": [TRAINING],
}
BY_SETTING = {
    tuple(one.items()): [name for name in CLAIMS if one in CLAIMS[name]] for ones in CLAIMS.values() for one in ones
}


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "names"), BY_SETTING.items())
def test_claims_hold_over_seeds(
    setting: tuple[tuple[str, Any], ...], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty seeds at every corner of their domains; what only figures and keys need is left out."""
    monkeypatch.setattr(SIMULATION, "GAINS", ())
    monkeypatch.setattr(SIMULATION, "average", lambda *_: 0.0)
    for seed in range(20):
        spoken = {
            mark.name: check for mark, check in outcome(SIMULATION, seed, **dict(setting))[1] if check is not None
        }
        assert spoken.keys() >= set(names)
        assert {name: check for name, check in spoken.items() if not check.holds} == {}, seed


def test_a_claim_speaks_at_the_defaults() -> None:
    """Whoever opens the simulation sees a verdict: at width 256 the fifty tanh layers leave 8 to 18 %."""
    _, claims = outcome(SIMULATION)
    (check,) = (check for _, check in claims if check is not None)
    assert (check.low, check.high) == (0.08, 0.18)
    assert check.holds


ALLOWED: dict[str, list[tuple[Settings, float, float]]] = {
    "identity_ratio_is_gain_to_the_depth": [
        ({**IDENTITY, "gain": 2.0, "depth": 10, "width": width}, 1024 / factor, 1024 * factor)
        for width, factor in ((64, 5), (127, 5), (128, 2.5), (256, 1.5), (511, 1.5), (512, 1.25), (1024, 1.25))
    ],
    "relu_halves_the_squared_gradient": [
        ({**RELU, "gain": 2.0, "depth": 20, "width": width}, 1024 / factor, 1024 * factor)
        for width, factor in ((64, 18), (127, 18), (128, 5.5), (256, 2.75), (511, 2.75), (512, 1.9), (1024, 1.9))
    ],
    "tanh_loses_a_little_at_gain_one": [
        *(({"width": width, "batch": batch}, 0.09, 0.15) for width, batch in ((512, 32), (1024, 512))),
        *(({"width": width, "batch": batch}, 0.08, 0.18) for width, batch in ((511, 32), (512, 31))),
        ({"width": 256, "batch": 8}, 0.06, 0.22),
    ],
    "sigmoid_slope_bounds_the_gradient": [
        ({**SIGMOID, "gain": 2.0, "depth": depth}, -np.inf, luck / 2**depth)
        for depth, luck in ((2, 2), (50, 2), (51, 2.75), (100, 2.75))
    ],
}


@pytest.mark.parametrize("claim", ALLOWED)
def test_a_bound_follows_width_rows_and_depth(claim: str) -> None:
    """Luck grows with the depth and shrinks with the width and the rows; each step lies where the claim puts it."""
    (function,) = (one for one in marked(SIMULATION, "claim") if one.claim.name == claim)
    for parameters, low, high in ALLOWED[claim]:
        check = function(made(SIMULATION, parameters), {"network_ratio": 1.0})
        assert (check.low, check.high) == pytest.approx((low, high), rel=1e-12, abs=0), parameters


@pytest.mark.parametrize(
    ("claim", "parameters"),
    [
        ("identity_ratio_is_gain_to_the_depth", {"activation": "identity", "width": 32, "depth": 2}),
        ("identity_ratio_is_gain_to_the_depth", {"activation": "tanh", **SMALL}),
        ("relu_halves_the_squared_gradient", {"activation": "relu", "batch": 64, "width": 64, "depth": 2}),
        ("tanh_loses_a_little_at_gain_one", {"width": 255}),
        ("tanh_loses_a_little_at_gain_one", {"depth": 49}),
        ("sigmoid_slope_bounds_the_gradient", {"activation": "sigmoid", "width": 128, "depth": 2}),
        ("log_norm_is_linear_in_depth", {"activation": "relu", "gain": 1.4, "depth": 10}),
        ("norms_rise_or_fall_throughout", {"activation": "identity", "gain": 1.1, "depth": 2}),
        ("step_has_the_clipped_length", {**SMALL}),
        ("residual_ratio_stays_moderate", {"activation": "identity", "residual": 0.2, "depth": 20}),
        ("residual_path_keeps_the_gradient", {"activation": "relu", "gain": 0.5, "width": 64}),
        ("early_layers_stall", {**TRAINING, "training_steps": 2}),
    ],
)
def test_claims_are_silent_outside_their_domain(claim: str, parameters: Settings) -> None:
    """A bound for other sizes says nothing here."""
    (function,) = (one for one in marked(SIMULATION, "claim") if one.claim.name == claim)
    assert not function.claim.applies(made(SIMULATION, parameters))
