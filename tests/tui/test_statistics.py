"""Rules of the statistics: what is counted, how a confidence is judged, and what to do where there is nothing yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.core.experiments.predictions import CONFIDENCES, Calibration
from studyapp.core.statistics import Share, Statistics
from studyapp.model import Predicted, Predicting
from studyapp.tui.statistics import advice, text
from tests.studying import Clock, basic_deck, library
from tests.tui.screens import at_home

NOTHING = Statistics(0, 0, (), 0.0, dict.fromkeys(range(6), 0), Share(0, 0), Share(0, 0))


def calibrated(*shares: tuple[int, int], drawn: int = 0, decades: float | None = None) -> Calibration:
    """A calibration with these (right, of) for sure, fairly sure and a guess."""
    return Calibration(dict(zip(CONFIDENCES, shares, strict=True)), decades, None, drawn)


def test_shares_are_told_with_their_numbers() -> None:
    """A bar of twenty cells, the share and of how many; what was never said is left out."""
    some = Statistics(10, 4, (1, 2), 60.0, {0: 0, 1: 2, 2: 0, 3: 3, 4: 5, 5: 0}, Share(3, 4), Share(0, 0))
    lines = text(some, calibrated((3, 4), (0, 0), (1, 2), drawn=2, decades=0.75)).plain.splitlines()
    assert lines[0] == "10 answers on 4 cards, 80 % passed, on 2 days"
    sure = [line for line in lines if line.startswith("sure")]
    assert sure == ["sure          ███████████████░░░░░  75 % of 4"] * 2
    assert not [line for line in lines if line.startswith("fairly sure")]
    assert "all           █████████████░░░░░░░  67 % of 6" in lines
    assert "drawn         2 curves among them, the middle one 0.8 decades off" in lines
    assert any(line.startswith("Right: a number within 10 %") for line in lines)


def test_nothing_yet_says_what_to_do() -> None:
    """Of answers and of predictions."""
    told = text(NOTHING, calibrated((0, 0), (0, 0), (0, 0))).plain
    assert "Enter on Home starts one" in told
    assert "in the Lab (x) d predicts a value and D draws a curve" in told


@pytest.mark.parametrize(
    ("sure", "guess", "words"),
    [
        ((4, 4), (5, 9), "With five predictions of each kind"),
        ((3, 6), (3, 6), "no more often than when guessing"),
        ((6, 10), (2, 6), "more often than you are right"),
        ((9, 10), (2, 6), "mostly right"),
    ],
)
def test_a_calibration_is_put_into_words(sure: tuple[int, int], guess: tuple[int, int], words: str) -> None:
    """Once there are five of both; whoever is sure should be right more often than who guesses."""
    assert words in advice(calibrated(sure, (0, 0), guess))


async def test_a_prediction_shows_at_once(tmp_path: Path) -> None:
    """s on Home counts the log as it is."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        async with at_home(opened) as seat:
            await seat.press("s")
            seat.see("Predictions before a run", "None yet")
            await seat.press("q")
            opened.predict(Predicted("s", "v", {}, 1, 1.0, 1.0, "a guess", form=Predicting.TREND))
            await seat.press("s")
            seat.see(r"a guess +█{20} 100 % of 1")
