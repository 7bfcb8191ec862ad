"""Rules of what stands where in Review: what stays in place, what is paged and unfolded, what helps at first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studying import Clock, basic_deck, library
from tests.tui.samples import CHOICE, LONG, SIMULATED, STEPS, TYPED
from tests.tui.screens import in_review
from tests.tui.test_review import answers, grades, letter


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_prompt_and_grade_row_stay_in_place(tmp_path: Path, size: tuple[int, int]) -> None:
    """Neither the reveal nor what follows it moves the question or the row where the grades stand."""
    decks = {"a": CHOICE, "b": TYPED, "c": STEPS, "d": LONG, "e": SIMULATED}
    with library(tmp_path, Clock(), **decks) as opened:
        async with in_review(opened, size=size) as seat:
            for keys in (["a", "space"], ["escape", "space"], ["space"] * 3, ["space"], ["space"]):
                question = seat.review.session.question
                assert question is not None
                prompt = seat.row(question.prompt[:20])
                foot = [row for row, line in enumerate(seat.lines) if line.startswith("────")][-1]
                assert foot == size[1] - 5
                await seat.press(*keys)
                await seat.wait("…", gone=True)
                assert seat.row(question.prompt[:20]) == prompt
                assert seat.row("1 Again") == foot + 2
                assert seat.row("u undo") == size[1] - 1
                await seat.press("w", "w", "4" if keys[0] != "a" else "1")
                if keys[0] == "a":
                    await seat.press("space")


async def test_space_pages_through_a_long_answer_before_it_grades(tmp_path: Path) -> None:
    """The hint says whether Space reads on or grades; digits grade at any time."""
    with library(tmp_path, Clock(), long=LONG) as opened:
        async with in_review(opened) as seat:
            await seat.press("space")
            seat.see("Space read on")
            assert not seat.shows("item 39")
            pages = 0
            while seat.shows("Space read on"):
                await seat.press("space")
                pages += 1
                assert answers(opened) == []
            assert pages == 2
            seat.see("item 39")
            seat.see("Space Good")
            await seat.press("up")
            seat.see("Space read on")
            await seat.press("pagedown", "space")
        assert grades(opened) == [("long", 4)]


async def test_w_unfolds_the_rest(tmp_path: Path) -> None:
    """The other options' reasons, the analogy, the source; the hint names them where there is room; again folds."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened, size=(120, 40)) as seat:
            await seat.press("w")
            seat.see("Answer first; w then shows why")
            await seat.press(letter(seat, right=True), "enter")
            seat.see("w the other options · analogy · source")
            assert not seat.shows("a tap that is half closed")
            await seat.press("w")
            seat.see("(?s)That is right for the identity.*The root is missing|The root.*That is right")
            seat.see("analogy  a tap that is half closed")
            seat.see("source  He et al. 2015")
            seat.see("w fold")
            await seat.press("w")
            assert not seat.shows("analogy  a tap")


async def test_six_grades(tmp_path: Path) -> None:
    """Set so, the digits are SM-2's own grades 0-5, all six fit the width, and what each would do stands below it."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        opened.set(six_grades=True)
        async with in_review(opened) as seat:
            await seat.press("space")
            seat.see(r"0 Blackout +1 Wrong +2 Nearly +3 Hard +4 Good +5 Easy\n( +today, 1 d){4} +6 d +6 d")
            await seat.press("0")
            await seat.press("space", "2")
            assert grades(opened) == [("c0", 0), ("c1", 2)]
            await seat.press("u")
            seat.see("Taken back: Nearly on c1")


async def test_tips_end_after_five_answers(tmp_path: Path) -> None:
    """A learner's first five cards say what to do; then never again, in this session or a later one."""
    with library(tmp_path, Clock(), plain=basic_deck(9)) as opened:
        async with in_review(opened) as seat:
            for _ in range(5):
                seat.see("Say the answer to yourself first")
                await seat.press("space", "space")
            seat.see("Question 5")
            assert not seat.shows("Say the answer to yourself first")
        async with in_review(opened) as seat:
            seat.see("Space show the answer")
            assert not seat.shows("Say the answer to yourself first")


async def test_the_bar_says_where_one_is(tmp_path: Path) -> None:
    """Which decks, which card of how many, how much time is left; a session that is over ends with its card."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(3)) as opened:
        async with in_review(opened, ["plain.md"], minutes=10) as seat:
            seat.see("^ Review · Plain +1 of 3 · 10:00 left of 10 min")
            await seat.press("space", "space")
            clock.forward(minutes=11)
            await seat.press("space")
            seat.see("^ Review · Plain +2 of 3 · 10 min are over", "1 Again")
            await seat.press("space")
            seat.see("Session over")
