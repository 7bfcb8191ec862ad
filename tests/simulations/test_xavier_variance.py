"""Glorot and He initialisation: the samplers and the network are right, and every claim holds over many seeds.

Measured margins of the statistical bounds, in standard deviations, over the number of networks given: claim 1 1e-5 fail
by chi^2 at 16 weights, fewer elsewhere; 2 4.2 (1,441, ln; 400 of 8 rows alike); 3 4.3 at layer 50 (1,441, ln); 4 4.1
(1,441); 7 and 8 at least 7 (150 at 64 units); 9 4.1 (8,000 at 128 units, ln) and 4.6 (1,000 at 256); 10 4.2 (1,500);
11 4.0 (420, ln); 12 3.8 (420, ln); 13 6.4 (100 of 8 rows); 14 4.5 (1,441). Claim 5 is four powers of ten inside. The
keys that cards ask for are measured to 0.7 % (standard deviation) or better.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.simulations.loading import expected_here, load, made, marked, mistakes_here, outcome

SIMULATION = load("xavier_variance")
ACTIVATIONS = ("identity", "tanh", "relu")
INITIALISERS = ("glorot_uniform", "glorot_normal", "he_normal", "lecun_normal", "fan_in_uniform", "fixed_normal")
Settings = dict[str, Any]
SMALL: Settings = {"fan_in": 16, "fan_out": 8, "depth": 3, "batch": 8}


def keys(**parameters: Any) -> Settings:
    """The keys that cards may ask for at these parameters."""
    return expected_here(SIMULATION, made(SIMULATION, parameters))


# --- samplers and network -------------------------------------------------------------------------


@pytest.mark.parametrize("initialiser", INITIALISERS)
def test_a_sampler_draws_from_its_law(initialiser: str) -> None:
    """Mean 0, the variance v, and the kurtosis of its law (3 normal, 9/5 uniform), each within five standard errors."""
    parameters = made(SIMULATION, {"initialiser": initialiser, "fan_in": 300, "fan_out": 200})
    W = SIMULATION.draw(parameters, np.random.default_rng(0), 5, 300, 200).astype(float)
    v, n = keys(initialiser=initialiser, fan_in=300, fan_out=200)["weight_variance"], W.size
    assert W.shape == (5, 300, 200)
    assert abs(W.mean()) < 5 * math.sqrt(v / n)
    assert W.var() == pytest.approx(v, rel=5 * math.sqrt(2 / n))
    kurtosis = 1.8 if initialiser.endswith("uniform") else 3.0
    assert (W**4).mean() / v**2 == pytest.approx(kurtosis, rel=5 * math.sqrt(11 / n))
    assert len({W[0, 0, 0], W[0, 1, 0], W[1, 0, 0]}) == 3


def test_a_uniform_sampler_stays_within_its_limit_and_reaches_it() -> None:
    """The limit is sqrt(6 / (n_in + n_out)), and its variance limit^2 / 3 is Glorot's."""
    limit = keys(fan_in=300, fan_out=100)["weight_limit"]
    assert limit == pytest.approx(math.sqrt(6 / 400))
    assert limit**2 / 3 == pytest.approx(2 / 400)
    W = SIMULATION.draw(made(SIMULATION, {}), np.random.default_rng(0), 20, 300, 100)
    assert 0.999 * limit < np.abs(W).max() <= limit * (1 + 1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_agrees_with_central_differences(activation: str) -> None:
    """The mean square of the gradient at h_0 is that of the numerical derivative of <top, h_depth>."""
    rng = np.random.default_rng(1)
    W = [rng.standard_normal(shape) / 3 for shape in ((6, 9), (9, 5))]
    x, top = rng.standard_normal((4, 6)), rng.standard_normal((4, 5))
    act, _ = SIMULATION.ACTIVATIONS[activation]

    def loss(at: Any) -> float:
        return float((act(act(at @ W[0]) @ W[1]) * top).sum())

    numerical = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        moved = np.zeros_like(x)
        moved[index] = 1e-6
        numerical[index] = (loss(x + moved) - loss(x - moved)) / 2e-6
    up, down = SIMULATION.through(activation, W, x, top)
    assert down[0] == pytest.approx((numerical**2).mean(), rel=1e-7)
    assert down[-1] == pytest.approx((top**2).mean(), rel=1e-14)
    assert up == pytest.approx([(one**2).mean() for one in (x, act(x @ W[0]), act(act(x @ W[0]) @ W[1]))], rel=1e-14)


def test_a_linear_stack_is_the_product_of_its_matrices() -> None:
    """For identity layers both mean squares follow from W_1 W_2 W_3 alone: an oracle without backpropagation."""
    rng = np.random.default_rng(2)
    W = [rng.standard_normal(shape) for shape in ((6, 9), (9, 6), (6, 9))]
    x, top = rng.standard_normal((4, 6)), rng.standard_normal((4, 9))
    product = np.linalg.multi_dot(W)
    up, down = SIMULATION.through("identity", W, x, top)
    assert up[-1] == pytest.approx(((x @ product) ** 2).mean(), rel=1e-12)
    assert down[0] == pytest.approx(((top @ product.T) ** 2).mean(), rel=1e-12)


def test_widths_take_turns() -> None:
    """Layer 1 has fan_in inputs and fan_out outputs, layer 2 the reverse: with LeCun a linear signal stays level."""
    settings: Settings = {"initialiser": "lecun_normal", "activation": "identity", "fan_in": 256, "fan_out": 64}
    values, _ = outcome(SIMULATION, 0, **settings, depth=3, networks=20)
    assert values["signal"] == pytest.approx([1, 1, 1, 1], rel=0.15)
    assert values["gradient"] == pytest.approx([1 / 4, 1, 1 / 4, 1], rel=0.15)


def test_the_first_tanh_layer_agrees_with_quadrature() -> None:
    """The mean square of tanh(z) for z ~ N(0, 1) is 0.3943, by Gauss and Hermite; one wide layer measures it."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    exact = float((np.tanh(nodes) ** 2 * weights).sum() / math.sqrt(2 * math.pi))
    assert exact == pytest.approx(0.394, abs=0.0005)
    assert outcome(SIMULATION, depth=1, batch=512)[0]["signal"][1] == pytest.approx(exact, rel=0.02)


# --- runs -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("initialiser", ["he_normal", "fixed_normal"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(4, 4), (4, 300), (300, 4)])
def test_every_value_is_finite_at_the_corners(initialiser: str, activation: str, sizes: tuple[int, int]) -> None:
    """Neither growth by 300^32, which is the most, nor a dead ReLU network gives NaN or infinity (says `outcome`)."""
    settings: Settings = {"initialiser": initialiser, "activation": activation, "fan_in": sizes[0], "fan_out": sizes[1]}
    for deviation in (0.01, 1.0) if initialiser == "fixed_normal" else (1.0,):
        outcome(SIMULATION, **settings, depth=64, batch=8, standard_deviation=deviation)


def test_figures_compare_initialisers_and_are_labelled() -> None:
    """Signal and gradient show the chosen law beside the others."""
    chosen = made(SIMULATION, {**SMALL, "initialiser": "he_normal"})
    figures = SIMULATION.run(chosen, np.random.default_rng(0), lambda _: None).figures
    labels = ["he_normal", "glorot_normal", "fan_in_uniform"]
    assert [[line.label for line in figure.marks] for figure in figures] == [labels, labels, ["he_normal"]]
    for figure in figures:
        assert figure.title
        assert figure.x.label
        assert figure.y.label
        for line in figure.marks:
            assert len(line.x) == len(line.y)
            assert np.isfinite(line.y).all()


def first_lines(activation: str, initialiser: str) -> list[dict[str, Any]]:
    """The lines of signal and gradient by their labels, for 16 rows, which is what a comparison takes."""
    settings = {**SMALL, "batch": 16, "activation": activation, "initialiser": initialiser}
    figures = SIMULATION.run(made(SIMULATION, settings), np.random.default_rng(4), lambda _: None).figures
    return [{line.label: np.asarray(line.y) for line in figure.marks} for figure in figures[:2]]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("chosen", "other"),
    [
        ("glorot_normal", "he_normal"),
        ("lecun_normal", "glorot_normal"),
        ("he_normal", "glorot_normal"),
        ("glorot_uniform", "fan_in_uniform"),
    ],
)
def test_a_line_beside_the_chosen_law_is_that_of_a_run_with_its_law(activation: str, chosen: str, other: str) -> None:
    """With the same seed, where both laws have the same shape, normal or uniform."""
    for found, wanted in zip(first_lines(activation, chosen), first_lines(activation, other), strict=True):
        assert list(found) == [chosen, *(one for one in SIMULATION.COMPARED if one != chosen)]
        assert found[other] == pytest.approx(wanted[other], abs=1e-5)


@pytest.mark.parametrize("chosen", ["glorot_uniform", "fixed_normal"])
def test_linear_lines_of_two_laws_are_apart_by_the_powers_of_their_variances(chosen: str) -> None:
    """Each layer multiplies both mean squares by the ratio of the variances, whatever the shape: the closed form."""
    up, down = first_lines("identity", chosen)
    p = made(SIMULATION, {**SMALL, "initialiser": chosen})
    for other in SIMULATION.COMPARED:
        shapes = ((16, 8), (8, 16), (16, 8))
        ratios = [np.log10(SIMULATION.LAWS[other](*shape) / p.variance(*shape)) for shape in shapes]
        assert up[other] - up[chosen] == pytest.approx(np.cumsum([0, *ratios]), abs=1e-5)
        assert down[other] - down[chosen] == pytest.approx(np.cumsum([0, *ratios[::-1]])[::-1], abs=1e-5)


def test_the_density_of_the_weights_stands_on_zero() -> None:
    """So that a uniform law looks level: 1 / (2 limit) up to its limit, with the area 1."""
    figure = SIMULATION.run(made(SIMULATION, {"depth": 1}), np.random.default_rng(0), lambda _: None).figures[2]
    (law,) = figure.marks
    limit = keys()["weight_limit"]
    x, y = np.asarray(law.x), np.asarray(law.y)
    assert figure.y.zero
    assert y.sum() * (x[1] - x[0]) == pytest.approx(1, rel=1e-4)
    assert y == pytest.approx(np.full(41, 1 / (2 * limit)), rel=0.1)


def test_networks_are_averaged_and_reported() -> None:
    """Progress rises to 1 with the networks, and their curves are averaged."""
    heard: list[float] = []
    SIMULATION.run(made(SIMULATION, {**SMALL, "networks": 4}), np.random.default_rng(0), heard.append)
    assert heard == [0.25, 0.5, 0.75, 1.0]


# --- keys and mistakes ----------------------------------------------------------------------------


def test_keys_are_the_closed_forms() -> None:
    """The keys, written out by hand for a few parameters."""
    glorot = keys(fan_in=512, fan_out=128)
    assert glorot["weight_variance"] == pytest.approx(2 / 640)
    assert glorot["weight_limit"] == pytest.approx(math.sqrt(6 / 640))
    assert glorot["forward_factor"] == pytest.approx(1.6)
    assert glorot["backward_factor"] == pytest.approx(0.4)
    assert "growth_per_layer" not in glorot
    he = keys(initialiser="he_normal", activation="relu", fan_in=200, fan_out=50)
    assert he["weight_standard_deviation"] == pytest.approx(0.1)
    assert he["growth_per_layer"] == pytest.approx(1)
    assert "weight_limit" not in he
    assert "doublings" not in he
    lecun = keys(initialiser="lecun_normal", activation="relu", depth=10)
    assert lecun["doublings"] == pytest.approx(-10)
    assert keys(initialiser="lecun_normal", fan_in=100, fan_out=300)["backward_factor"] == pytest.approx(3)
    old = keys(initialiser="fan_in_uniform", fan_in=100)
    assert old["weight_limit"] == pytest.approx(0.1)
    assert old["forward_factor"] == pytest.approx(1 / 3)
    fixed = keys(initialiser="fixed_normal", activation="relu", fan_in=256, fan_out=256)
    assert fixed["growth_per_layer"] == pytest.approx(128)


ASKED: list[Settings] = [
    {"initialiser": "glorot_uniform", "fan_in": 300, "fan_out": 100, "depth": 1},
    {"initialiser": "he_normal", "activation": "relu", "fan_in": 784, "fan_out": 128, "depth": 2},
    {"initialiser": "lecun_normal", "activation": "relu", "depth": 10},
    {"initialiser": "fan_in_uniform", "activation": "identity", "fan_in": 4, "fan_out": 4, "depth": 50},
    {"initialiser": "fixed_normal", "activation": "relu", "fan_in": 64, "fan_out": 64, "depth": 8},
    {"initialiser": "glorot_normal", "activation": "identity", "fan_in": 4, "fan_out": 2048, "depth": 1},
    {"initialiser": "glorot_normal", "activation": "relu", "fan_in": 2048, "fan_out": 16, "depth": 1},
]


@pytest.mark.slow
@pytest.mark.parametrize("parameters", ASKED)
def test_measurements_back_the_keys_over_seeds(parameters: Settings) -> None:
    """Half of a tolerance of 5 % holds for each of 20 seeds, which is 3.5 standard deviations or more."""
    for seed in range(20):
        values, _ = outcome(SIMULATION, seed, **parameters)
        for name, key in keys(**parameters).items():
            assert values[name] == pytest.approx(key, rel=0.025), name


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"fan_in": 300, "fan_out": 100}, "weight_variance weight_limit weight_standard_deviation backward_factor"),
        ({"initialiser": "he_normal", "fan_in": 50, "fan_out": 200}, "weight_standard_deviation forward_factor"),
        (
            {"initialiser": "glorot_normal", "activation": "relu", "fan_in": 512, "fan_out": 128},
            "growth_per_layer forward_factor backward_factor",
        ),
        ({"initialiser": "fan_in_uniform", "activation": "relu", "depth": 8}, "doublings"),
    ],
)
def test_mistakes_differ_from_the_key_and_from_each_other(parameters: Settings, names: str) -> None:
    """At typical parameters no two answers of a card lie within twice a tolerance of 5 %."""
    chosen = made(SIMULATION, parameters)
    for name in names.split():
        key = expected_here(SIMULATION, chosen)[name]
        answers = [key, *mistakes_here(SIMULATION, chosen, name).values()]
        assert len(answers) >= 3
        for position, one in enumerate(answers):
            for other in answers[position + 1 :]:
                assert abs(one - other) > 0.1 * abs(key), name


def test_every_mistake_is_about_a_value_that_cards_may_ask_for() -> None:
    """No mistake names a value that does not exist, and every value has two at least."""
    values = {one.expected.name for one in marked(SIMULATION, "expected")}
    mistaken = [one.mistake.value for one in marked(SIMULATION, "mistake")]
    assert set(mistaken) == values
    assert all(mistaken.count(value) >= 2 for value in values)


# --- claims ---------------------------------------------------------------------------------------


GLOROT_TANH: list[Settings] = [{"initialiser": "glorot_uniform"}, {"initialiser": "glorot_normal", "batch": 512}]
LINEAR: list[Settings] = [
    {"initialiser": "glorot_normal", "activation": "identity", "fan_in": 64, "fan_out": 64, "depth": 2},
    {"initialiser": "he_normal", "activation": "identity", "fan_in": 64, "fan_out": 2048, "depth": 1},
    {"initialiser": "fan_in_uniform", "activation": "identity", "fan_in": 2048, "fan_out": 64, "depth": 2},
    {"initialiser": "fixed_normal", "activation": "identity", "fan_in": 512, "fan_out": 128, "depth": 1},
]
HE_RELU: Settings = {"initialiser": "he_normal", "activation": "relu"}
OLD: Settings = {"initialiser": "fan_in_uniform"}
FEW: Settings = {"batch": 8}
CLAIMS: dict[str, list[Settings]] = {
    "samplers_have_their_variance": [
        {"initialiser": initialiser, "fan_in": a, "fan_out": b, "depth": 1}
        for initialiser in INITIALISERS
        for a, b in ((4, 4), (16, 16), (64, 4))
    ],
    "he_keeps_relu_level": [HE_RELU, {**HE_RELU, **FEW}],
    "glorot_tanh_shrinks_slowly": GLOROT_TANH,
    "glorot_relu_halves_per_layer": [{**one, "activation": "relu"} for one in GLOROT_TANH],
    "fan_in_uniform_dies_out": [OLD, {**OLD, **FEW}],
    "one_layer_multiplies_the_variance": LINEAR,
    "one_layer_multiplies_the_gradient": LINEAR,
    "alternating_widths_lose_both_ways": [
        {"initialiser": "glorot_normal", "activation": "identity", "fan_in": a, "fan_out": b, "depth": 20}
        for a, b in ((128, 128), (128, 512), (1024, 128), (256, 256))
    ],
    "level_activations_uneven_gradients": [{**HE_RELU, "fan_out": 128, "depth": 19}],
    "glorot_tanh_gradients_shrink": GLOROT_TANH,
    "he_keeps_relu_gradients_level": [HE_RELU],
    "fan_in_uniform_thirds_the_gradient": [{**OLD, **FEW}, {**OLD, "activation": "identity"}],
    "glorot_tanh_decreases_throughout": GLOROT_TANH,
}
BY_SETTING = {
    tuple(one.items()): [name for name in CLAIMS if one in CLAIMS[name]] for ones in CLAIMS.values() for one in ones
}


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "names"), BY_SETTING.items())
def test_claims_hold_over_seeds(
    setting: tuple[tuple[str, Any], ...], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty seeds at every corner of their domains, without the comparisons, which only figures need.

    One deep He network with ReLU strays several-fold; the geometric mean over 20 lies in 0.5 to 1.3 (3.2 deviations):
    ln of one is near N(-0.2, 0.65^2), so that its mean over 20 has a standard deviation of 0.145.
    """
    monkeypatch.setattr(SIMULATION, "COMPARED", ())
    ends = []
    for seed in range(20):
        values, claims = outcome(SIMULATION, seed, **dict(setting))
        spoken = {mark.name: check for mark, check in claims if check is not None}
        assert spoken.keys() >= set(names)
        assert {name: check for name, check in spoken.items() if not check.holds} == {}, seed
        ends.append(values["signal"][-1])
    if "he_keeps_relu_level" in names:
        assert 0.5 <= math.exp(np.log(ends).mean()) <= 1.3


@pytest.mark.slow
def test_uneven_widths_keep_the_signal_level_and_quarter_the_gradient_on_average() -> None:
    """Over 100 networks the signal has mean square 1 (30 %) while the gradient has 1/4 (15 %): claim 10's point."""
    settings = {**HE_RELU, "fan_out": 128, "depth": 19, "networks": 20}
    runs = [outcome(SIMULATION, seed, **settings)[0] for seed in range(5)]
    assert np.mean([run["signal"][-1] / run["signal"][0] for run in runs]) == pytest.approx(1, rel=0.3)
    assert np.mean([run["gradient"][0] / run["gradient"][-1] for run in runs]) == pytest.approx(1 / 4, rel=0.15)


def test_no_more_than_one_matrix_in_ten_thousand_strays_from_its_variance() -> None:
    """The mean of n squares of normal weights is chi^2 / n: with 16 weights, the fewest, 1e-5 leave its bounds.

    Its tail is exact, exp(-x/2) sum (x/2)^k / k!, k < n/2. Without the skew's share, 4 e^2, 1.8e-4 would leave them.
    """

    def tail(n: int, x: float) -> float:
        return math.exp(-x / 2) * sum((x / 2) ** k / math.factorial(k) for k in range(n // 2))

    (claim,) = (one for one in marked(SIMULATION, "claim") if one.claim.name == "samplers_have_their_variance")
    strays = {}
    for n_out in (4, 8, 16, 64):
        n, chosen = 4 * n_out, made(SIMULATION, {"initialiser": "he_normal", "fan_in": 4, "fan_out": n_out})
        check = claim(chosen, {"first_matrix_variance": 0.5})
        assert check.expected == 0.5
        strays[n] = tail(n, n * check.high / 0.5) + 1 - tail(n, max(n * check.low / 0.5, 0))
    assert strays[16] == pytest.approx(1e-5, rel=0.05)
    assert max(strays.values()) == strays[16]
    assert tail(16, 16 * (1 + 5 * math.sqrt(2 / 16))) == pytest.approx(1.8e-4, rel=0.02)


@pytest.mark.slow
def test_a_small_matrix_rarely_strays_from_its_variance() -> None:
    """Of 100,000 normal 4 x 4 matrices about one leaves claim 1's bounds; more than six would be 1 in 10,000 luck."""
    chosen = made(SIMULATION, {"initialiser": "glorot_normal", "fan_in": 4, "fan_out": 4})
    (claim,) = (one for one in marked(SIMULATION, "claim") if one.claim.name == "samplers_have_their_variance")
    found = np.square(SIMULATION.draw(chosen, np.random.default_rng(0), 100_000, 4, 4)).mean((1, 2))
    assert sum(not claim(chosen, {"first_matrix_variance": one}).holds for one in found) <= 6


@pytest.mark.parametrize(
    ("claim", "parameters"),
    [
        ("he_keeps_relu_level", {**HE_RELU, "fan_in": 256}),
        ("he_keeps_relu_gradients_level", {**HE_RELU, "batch": 64}),
        ("glorot_tanh_shrinks_slowly", {"batch": 64}),
        ("glorot_relu_halves_per_layer", {"activation": "relu", "depth": 20}),
        ("one_layer_multiplies_the_variance", {"activation": "identity", "fan_out": 32}),
        ("alternating_widths_lose_both_ways", {"activation": "identity", "depth": 19}),
        ("level_activations_uneven_gradients", {**HE_RELU, "fan_in": 128, "fan_out": 512, "depth": 19}),
        ("fan_in_uniform_thirds_the_gradient", {**OLD, "activation": "relu"}),
    ],
)
def test_claims_are_silent_outside_their_domain(claim: str, parameters: Settings) -> None:
    """A bound for other sizes says nothing here."""
    (function,) = (one for one in marked(SIMULATION, "claim") if one.claim.name == claim)
    assert not function.claim.applies(made(SIMULATION, parameters))
