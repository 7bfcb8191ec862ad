"""Rules of predictions: when one came true, what it says of a card, and how well calibrated a learner is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.experiments.predictions import (
    CLOSE,
    CONFIDENCES,
    RIGHT,
    STAYS,
    calibration,
    right,
    shows_mastery,
    trend,
)
from studyapp.model import Answered, Entry, Event, Kind, Mode, Predicted, Predicting

NUMBER, CHOICE, TREND, CURVE, TARGET = Predicting
numbers = st.floats(-1e12, 1e12).filter(lambda one: one == 0 or abs(one) > 1e-300)


def made(
    form: Predicting, predicted: float, measured: float = 0.0, *, confidence: str = "sure", scale: str = ""
) -> Predicted:
    """A prediction and what came of it."""
    return Predicted("s", "v", {}, 1, predicted, measured, confidence, form=form, scale=scale)


def entries(*events: Event) -> list[Entry]:
    """The log of these."""
    return [Entry(str(number), "a", "d", datetime(2026, 1, 1, tzinfo=UTC), 1, one) for number, one in enumerate(events)]


@settings(deadline=None)
@given(numbers, st.floats(0, 1))
def test_a_number_is_right_within_its_error(measured: float, share: float) -> None:
    """Either way; the measured one itself always is, 0 too."""
    assert right(made(NUMBER, measured, measured))
    for way in (1, -1):
        assert right(made(NUMBER, measured * (1 + way * share * RIGHT), measured))
        if measured:
            assert not right(made(NUMBER, measured * (1 + way * (RIGHT + 0.01 + share)), measured))


def test_what_counts_as_right_is_fixed() -> None:
    """Ten per cent of a number, a factor of two of a curve over decades, else 15 % of its span; 2 % is no change."""
    assert (RIGHT, CLOSE, STAYS) == (0.1, {"log": 0.3, "": 0.15}, 0.02)


@pytest.mark.parametrize(("scale", "close"), CLOSE.items())
def test_a_curve_is_right_by_its_error(scale: str, close: float) -> None:
    """A factor of two in decades, else a share of the curve's span."""
    assert right(made(CURVE, close, scale=scale))
    assert not right(made(CURVE, close * 1.01, scale=scale))


def test_a_trend_and_an_option_are_right_if_they_are_the_ones() -> None:
    """An option is a number as it was computed, and may have been through JSON."""
    assert right(made(TREND, -1, -1))
    assert not right(made(TREND, 0, -1))
    assert right(made(CHOICE, 0.1 + 0.2, 0.3))
    assert not right(made(CHOICE, 0.3001, 0.3))
    assert right(made(CHOICE, 0.0, 0.0))


def test_only_what_luck_does_not_find_shows_mastery() -> None:
    """One of three trends is right by chance, one of a few options too; a number or a curve is not."""
    assert [form for form in Predicting if shows_mastery(made(form, 0.0))] == [NUMBER, CURVE]
    assert not shows_mastery(made(NUMBER, 2.0, 1.0))
    assert not shows_mastery(made(CURVE, 9.0))


@settings(deadline=None)
@given(numbers, numbers)
def test_a_trend_is_up_down_or_level(before: float, after: float) -> None:
    """The way back is the other way; what hardly moves stays."""
    assert trend(before, after) in (-1, 0, 1)
    assert trend(before, before) == 0
    if trend(before, after) and trend(after, before):
        assert trend(before, after) == -trend(after, before)
    assert trend(-before, -after) == -trend(before, after)


@settings(deadline=None)
@given(st.floats(1e-6, 1e6), st.floats(0, 0.99))
def test_what_changes_by_little_stays(before: float, share: float) -> None:
    """Beside the size that it had; a value that was 0 stays only where it is 0 again."""
    assert trend(before, before * (1 + STAYS * share)) == 0
    assert trend(before, before * (1 - STAYS * share)) == 0
    assert trend(before, before * 1.03) == 1
    assert trend(before, before * 0.97) == -1
    assert trend(0.0, before) == 1
    assert trend(0.0, -before) == -1


def test_calibration_counts_by_confidence_and_measures_curves() -> None:
    """Right and of how many, for each way to be sure; the median error of curves, apart for both scales."""
    found = calibration(
        entries(
            made(NUMBER, 1.0, 1.0),
            made(NUMBER, 2.0, 1.0),
            made(TREND, 1, 1, confidence="a guess"),
            made(CURVE, 0.1, scale="log", confidence="fairly sure"),
            made(CURVE, 0.5, scale="log", confidence="fairly sure"),
            made(CURVE, 0.9, scale="log", confidence="fairly sure"),
            made(CURVE, 0.2),
            Answered("a", Mode.SPACED, Kind.BASIC, 4, 1),
            made(TARGET, 1.0, 0.5),
        )
    )
    assert found.right == {"sure": (1, 3), "fairly sure": (1, 3), "a guess": (1, 1)}
    assert found.total == (3, 7)
    assert (found.decades, found.spans, found.drawn) == (0.5, 0.2, 4)


def test_calibration_of_nothing() -> None:
    """Zero of zero; no error of curves."""
    nothing = calibration([])
    assert nothing.right == dict.fromkeys(CONFIDENCES, (0, 0))
    assert nothing.total == (0, 0)
    assert (nothing.decades, nothing.spans, nothing.drawn) == (None, None, 0)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            made, st.sampled_from(Predicting), numbers, numbers, confidence=st.sampled_from(CONFIDENCES),
            scale=st.sampled_from(list(CLOSE)),
        )
    )
)  # fmt: skip
def test_every_prediction_but_a_target_is_counted_once(predictions: list[Predicted]) -> None:
    """A target is no prediction: it was searched for until it was met."""
    found = calibration(entries(*predictions))
    judged = [one for one in predictions if one.form is not TARGET]
    assert found.total == (sum(map(right, judged)), len(judged))
