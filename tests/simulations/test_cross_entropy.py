"""Cross-entropy and its gradient: every claim at the corners of its domain, every key against plain Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studyapp.simulation import Line, ParameterError
from tests.simulations.loading import check_of, confirm, expected_here, load, made, marked, mistakes_here, outcome

ENTROPY = load("cross_entropy")
LOSSES = ("cross_entropy", "binary_cross_entropy", "squared_error_on_sigmoid")
SEEDS = range(20)

EVERY = set(range(1, 9))
NOT_EXCLUSIVE = EVERY - {1, 8}
# The corners of the domains, with the claims that speak there; the seed draws the predictions of claim 8.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, EVERY),
    ({"logits": [0.0], "target": [1.0], "classes": 2}, EVERY),
    ({"logits": [0.0, 0.0], "target": [0.5, 0.5]}, EVERY),
    ({"logits": [800.0, -800.0], "target": [0.0, 1.0]}, EVERY),
    ({"logits": [800.0, -800.0], "target": [1.0]}, EVERY),
    ({"logits": [-800.0, 799.9, 800.0, 0.0], "target": [0.1, 0.2, 0.3, 0.4]}, EVERY),
    ({"logits": [700.0, 700.0, 36.7368], "target": [0.999, 0.0, 0.001]}, EVERY),
    ({"logits": [float(k % 7) for k in range(10)], "target": [0.1] * 10}, EVERY),
    ({"logits": [1e-9, 0.0, -1e-9], "target": [1e-12, 0.0, 1 - 1e-12]}, EVERY),
    ({"logits": [800.0], "target": [0.0]}, NOT_EXCLUSIVE),
    ({"logits": [-800.0, 800.0, 0.0], "target": [1.0, 1.0, 1.0]}, NOT_EXCLUSIVE),
    ({"logits": [3.0, -3.0], "target": [0.3, 0.3], "loss": "binary_cross_entropy"}, NOT_EXCLUSIVE),
]

shares = st.floats(0, 1)
pairs = st.lists(st.tuples(st.floats(-30, 30), shares), min_size=1, max_size=6)


def plain_loss(loss: str, z: list[float], y: list[float]) -> float:
    """The definitions as they are written, from probabilities, in plain Python: for logits of moderate size."""
    if loss == "cross_entropy":
        total = math.fsum(math.exp(one) for one in z)
        return -math.fsum(share * math.log(math.exp(one) / total) for one, share in zip(z, y, strict=True))
    p = [1 / (1 + math.exp(-one)) for one in z]
    if loss == "squared_error_on_sigmoid":
        return math.fsum((one - share) ** 2 for one, share in zip(p, y, strict=True))
    q = [1 / (1 + math.exp(one)) for one in z]  # 1 - p, which would round
    return -math.fsum(
        share * math.log(one) + (1 - share) * math.log(other) for one, other, share in zip(p, q, y, strict=True)
    )


def chosen(z: list[float], y: list[float], loss: str = "cross_entropy") -> dict[str, Any]:
    """The parameters of one vector."""
    return {"logits": z, "target": y, "loss": loss}


def normalised(given: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Logits, and a target whose shares sum to 1 up to rounding."""
    z, y = [one for one, _ in given], [share + 0.01 for _, share in given]
    return z, [share / math.fsum(y) for share in y]


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed_at_the_corners_of_their_domains(
    parameters: dict[str, Any], speak: set[int]
) -> None:
    """Each speaks in its domain only, and holds there; only claim 8 draws anything."""
    for seed in SEEDS:
        confirm(ENTROPY, parameters, speak, seed, relative=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-800, 800), shares), min_size=1, max_size=10), st.integers(2, 10))
def test_claims_hold_for_any_logits_and_targets(given: list[tuple[float, float]], classes: int) -> None:
    """Over the whole range of the logits, with targets of exclusive classes and with others."""
    for z, y in (normalised(given), ([one for one, _ in given], [share for _, share in given])):
        claims = outcome(ENTROPY, logits=z, target=y, classes=classes)[1]
        assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []


@settings(max_examples=60, deadline=None)
@given(pairs, st.sampled_from(LOSSES))
def test_key_and_measurement_are_the_definition_in_plain_python(given: list[tuple[float, float]], loss: str) -> None:
    """The stable forms, the keys and the definition agree where the definition does not overflow."""
    z, y = normalised(given)
    wanted = plain_loss(loss, z, y)
    parameters = chosen(z, y, loss)
    key = ENTROPY.loss(made(ENTROPY, parameters))
    assert key == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    assert outcome(ENTROPY, **parameters)[0]["loss"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(pairs, st.sampled_from(LOSSES))
def test_gradients_are_those_of_central_differences_of_the_definition(
    given: list[tuple[float, float]], loss: str
) -> None:
    """Key and complex step against the plain definition, moved by 1e-5 either way."""
    z, y = normalised(given)
    parameters = chosen(z, y, loss)
    key, measured = ENTROPY.gradient(made(ENTROPY, parameters)), outcome(ENTROPY, **parameters)[0]["gradient"]
    for k in range(len(z)):
        up, down = (plain_loss(loss, [one + step * (i == k) for i, one in enumerate(z)], y) for step in (1e-5, -1e-5))
        assert key[k] == pytest.approx((up - down) / 2e-5, abs=1e-7)
        assert measured[k] == pytest.approx(key[k], abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-800, 800), shares), min_size=1, max_size=6),
    st.sampled_from(LOSSES),
    st.floats(0.001, 0.999),
    st.integers(2, 10),
)
@example([(800.0, 1.0), (-800.0, 0.0)], "cross_entropy", 0.001, 2)
@example([(40.0, 1.0)], "binary_cross_entropy", 0.999, 10)
def test_measured_values_are_within_half_of_a_tolerance_of_their_keys(
    given: list[tuple[float, float]], loss: str, p: float, classes: int
) -> None:
    """A card with 2 % tolerance may ask for any of them; 1e-12 is 0 here, since p - y rounds."""
    for z, y in (normalised(given), ([one for one, _ in given], [share for _, share in given])):
        parameters = chosen(z, y, loss) | {"probability": p, "classes": classes}
        values, _ = outcome(ENTROPY, **parameters)
        for name, key in expected_here(ENTROPY, made(ENTROPY, parameters)).items():
            assert np.shape(values[name]) == np.shape(key)
            assert np.asarray(values[name]).tolist() == pytest.approx(np.asarray(key).tolist(), rel=0.01, abs=1e-12)


def test_small_losses_keep_their_digits() -> None:
    """ln(1 + e^-40) is 4e-18, which z - ln(sum of e^z) would round to 0; the naive loss is infinite from 36.74 on."""
    small = math.log1p(math.exp(-40))
    assert ENTROPY.cross_entropy(np.array([40.0, 0.0]), np.array([1, 0])) == pytest.approx(small, rel=1e-12)
    assert ENTROPY.binary_cross_entropy(np.array([40.0]), np.array([1])) == pytest.approx(small, rel=1e-12)
    assert 1 / (1 + math.exp(-36.74)) == 1
    assert 1 / (1 + math.exp(-36.73)) < 1
    assert outcome(ENTROPY)[0]["rounds_to_one"] == pytest.approx(53 * math.log(2), abs=2e-4)


def test_numbers_by_hand() -> None:
    """-ln 0.2; ln 10; an even target costs ln 2 at least; odds of 4 to 1 as logits (ln 4, 0)."""
    values, _ = outcome(ENTROPY, logits=[math.log(4), 0.0], target=[0.5, 0.5])
    assert values["loss_of_probability"] == pytest.approx(1.6094379)
    assert values["initial_loss"] == pytest.approx(2.3025851)
    assert values["least_loss"] == pytest.approx(0.6931472)
    assert values["predictions"].tolist() == pytest.approx([0.8, 0.2])
    assert values["loss"] == pytest.approx(0.5 * math.log(1 / 0.8) + 0.5 * math.log(1 / 0.2))
    assert values["gradient"].tolist() == pytest.approx([0.3, -0.3])
    square = outcome(ENTROPY, logits=[math.log(4)], target=[1.0], loss="squared_error_on_sigmoid")[0]
    assert square["loss"] == pytest.approx(0.04)
    assert square["gradient"].tolist() == pytest.approx([-2 * 0.8 * 0.2 * 0.2])


def test_a_sure_and_wrong_unit_by_hand() -> None:
    """At z = -10 the sigmoid is 1 / (1 + e^10): the squared error has a slope of 9.08e-5, less than claim 3 allows."""
    p = 1 / (1 + math.exp(10))
    slopes = outcome(ENTROPY)[0]["slopes_at_minus_ten"]
    assert slopes.tolist() == pytest.approx([p - 1, 2 * p * (1 - p) * (p - 1)], rel=1e-12)
    assert abs(slopes[1]) == pytest.approx(9.0787e-5, rel=1e-4)


def test_a_key_is_not_asked_where_the_target_does_not_fit_the_loss() -> None:
    """Shares that do not sum to 1 are no target of cross-entropy; for yes-no answers they are."""
    loose: dict[str, Any] = {"logits": [1.0, 2.0], "target": [1.0, 1.0]}
    always = {"predictions", "loss_of_probability", "initial_loss", "rounds_to_one"}
    assert set(expected_here(ENTROPY, made(ENTROPY, loose))) == always
    binary = made(ENTROPY, loose | {"loss": "binary_cross_entropy"})
    assert set(expected_here(ENTROPY, binary)) == always | {"loss", "gradient"}
    assert "least_loss" in expected_here(ENTROPY, made(ENTROPY, loose | {"target": [0.3, 0.7]}))


def test_shares_that_are_not_given_are_zero() -> None:
    """A target of one share is one-hot for any number of classes."""
    short, full = (outcome(ENTROPY, logits=[1.0, 2.0, 3.0], target=y)[0] for y in ([1.0], [1.0, 0.0, 0.0]))
    assert short["loss"] == full["loss"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"logits": [1.0], "target": [0.5, 0.5]}, "2 shares do not fit 1 logits"),
        ({"logits": [801.0]}, r"outside -800 \.\. 800"),
        ({"target": [1.5]}, r"outside 0 \.\. 1"),
        ({"loss": "mse"}, "choose one of cross_entropy"),
        ({"probability": 0.0}, r"outside 0\.001 \.\. 0\.999"),
        ({"classes": 1}, r"outside 2 \.\. 1000"),
    ],
)
def test_bad_input_is_refused_with_a_clear_line(parameters: dict[str, Any], message: str) -> None:
    """A ParameterError that names the parameter and what would fit."""
    with pytest.raises(ParameterError, match=message):
        made(ENTROPY, parameters)


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key, with the loss that it is about."""
    seen = set()
    silent = {  # with these losses it is no mistake
        "cross_entropy": {"loses_the_slope", "forgets_the_other_side"},
        "binary_cross_entropy": {"loses_the_slope"},
        "squared_error_on_sigmoid": {"forgets_the_other_side", "loss_in_log10", "loss_is_bounded"},
    }
    for loss in LOSSES:
        at = made(ENTROPY, {"logits": [0.5, 2.0, -1.0], "target": [0.3, 0.6, 0.1], "loss": loss, "classes": 4})
        for value, key in expected_here(ENTROPY, at).items():
            for name, wrong in mistakes_here(ENTROPY, at, value).items():
                assert np.shape(wrong) == np.shape(key)
                assert np.all(np.isfinite(wrong))
                if name not in silent[loss]:
                    assert np.max(np.abs(np.subtract(wrong, key)) / np.abs(key)) > 0.1, (loss, name)
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(ENTROPY, "mistake")}


@pytest.mark.parametrize("parameters", [one for one, _ in CORNERS])
def test_mistakes_stay_numbers_everywhere(parameters: dict[str, Any]) -> None:
    """A card's options are made before anyone knows whether they are good ones."""
    for loss in LOSSES:
        at = made(ENTROPY, parameters | {"loss": loss})
        for one in marked(ENTROPY, "mistake"):
            assert np.all(np.isfinite(one(at))), one.mistake.name


def misplaced(z: Any, y: Any) -> Any:
    """A cross-entropy that is least at the uniform prediction, and not linear in the target."""
    return ENTROPY.surprisal(z).sum(axis=-1) + (y * y).sum(axis=-1)


@pytest.mark.parametrize(
    ("claim", "name", "wrong"),
    [
        ("gradient_of_cross_entropy", "cross_entropy", misplaced),
        ("uniform_costs_ln_k", "cross_entropy", misplaced),
        ("binary_is_two_classes", "cross_entropy", misplaced),
        ("linear_in_the_target", "cross_entropy", misplaced),
        ("entropy_is_the_least", "cross_entropy", misplaced),
        ("gradient_of_binary_cross_entropy", "binary_cross_entropy", lambda z, y: ENTROPY.squared_error(z, y)),
        ("squared_error_vanishes", "binary_cross_entropy", lambda z, y: ENTROPY.squared_error(z, y)),
        ("extremes_are_finite", "binary_cross_entropy", lambda z, y: (np.log(1 + np.exp(z)) - y * z).sum(axis=-1)),
    ],
)
def test_a_claim_fails_for_a_wrong_loss(monkeypatch: pytest.MonkeyPatch, claim: str, name: str, wrong: Any) -> None:
    """The claims can fail; the naive BCE overflows at 800."""
    monkeypatch.setattr(ENTROPY, name, wrong)
    monkeypatch.setitem(ENTROPY.LOSSES, name, wrong)
    with np.errstate(all="ignore"):
        check = check_of(ENTROPY, claim, target=[0.2, 0.5, 0.3])
    assert check is not None
    assert not check.holds


def test_a_tilted_loss_has_its_least_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim 8 searches: a loss that equals the entropy at p = y but slopes there is found to go below it."""
    right = ENTROPY.cross_entropy

    def tilted(z: Any, y: Any) -> Any:
        p = np.exp(-ENTROPY.surprisal(z))
        return right(z, y) + 0.1 * (p[..., 0] - y[..., 0])

    monkeypatch.setattr(ENTROPY, "cross_entropy", tilted)
    for seed in SEEDS:
        check = check_of(ENTROPY, "entropy_is_the_least", seed, target=[0.2, 0.5, 0.3])
        assert check is not None
        assert not check.holds


def test_figures_show_what_the_claims_are_about() -> None:
    """BCE's slope stays near 1 on the left, the squared error's vanishes; CE of mixed targets is a straight line."""
    figures = ENTROPY.run(made(ENTROPY, {}), np.random.default_rng(0)).figures
    _, binary, square = figures[1].marks
    assert figures[1].y.scale == "log"
    assert isinstance(binary, Line)
    assert binary.y[0] > 0.999
    assert square.y[0] < 1e-4
    line, least = figures[2].marks
    assert np.abs(np.diff(line.y, 2)).max() < 1e-12
    assert np.all(np.subtract(line.y, least.y) > 0)
    assert all(figure.x.label and figure.y.label for figure in figures)
    assert len(ENTROPY.run(made(ENTROPY, chosen([1.0], [1.0])), np.random.default_rng(0)).figures) == 3


def test_the_same_seed_gives_the_same_bits() -> None:
    """A run is a function of parameters and seed; another seed searches elsewhere and finds the same least loss."""
    first, again, other = (outcome(ENTROPY, seed, target=[0.2, 0.5, 0.3])[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["least_loss"] == other["least_loss"]
