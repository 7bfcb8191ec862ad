"""Rules of Review's keys: how each kind of card is asked, answered and graded."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from studyapp.core.questions import Asking
from studyapp.library import Library
from studyapp.model import Answered, Mode
from studyapp.tui import review_view
from tests.studying import COMPUTED, Clock, basic_deck, library
from tests.tui.samples import CHOICE, STEPS, TYPED
from tests.tui.screens import Seat, in_review


def answers(opened: Library) -> list[Answered]:
    """The answers that count, oldest first."""
    rows = opened.store.entries(newest_first=False)
    return [row.entry.event for row in rows if isinstance(row.entry.event, Answered) and not row.revoked]


def grades(opened: Library) -> list[tuple[str, int]]:
    """Card and grade of each answer that counts, oldest first."""
    return [(one.card, one.grade) for one in answers(opened)]


def letter(seat: Seat, *, right: bool) -> str:
    """The letter of the right option, or of a wrong one."""
    question = seat.review.session.question
    assert question is not None
    return "abcdef"[next(i for i, option in enumerate(question.options) if option.correct is right)]


async def test_space_shows_then_is_good(tmp_path: Path) -> None:
    """Space shows the answer, Space again is Good; 1-4 are Again, Hard, Good, Easy, with what each would do."""
    with library(tmp_path, Clock(), plain=basic_deck(6)) as opened:
        async with in_review(opened) as seat:
            assert "The long answer" not in seat.text
            seat.see("Space show the answer")
            await seat.press("space")
            seat.see("The long answer to question number 0")
            seat.see("Every pass brings it back in 1 d. The time after that:")
            seat.see(r"1 Again +2 Hard +3 Good +4 Easy\n +today, then 1 d +today, then 1 d +6 d +6 d")
            await seat.press("space")
            seat.see("Question 1")
            for key in "1234":
                await seat.press("space", key)
        assert grades(opened) == [("c0", 4), ("c1", 1), ("c2", 3), ("c3", 4), ("c4", 5)]


async def test_enter_goes_on_as_space_does(tmp_path: Path) -> None:
    """Where no option is open and no field waits, Enter shows, grades Good and leads to the next card."""
    with library(tmp_path, Clock(), choice=CHOICE, plain=basic_deck(1)) as opened:
        async with in_review(opened, ["plain.md"]) as seat:
            await seat.press("enter", "enter")
            seat.see("Session over")
        assert grades(opened) == [("c0", 4)]


@pytest.mark.parametrize(("key", "right", "grade", "sure"), [("enter", True, 4, True), ("space", True, 3, False)])
async def test_enter_is_sure_and_space_a_guess(tmp_path: Path, key: str, right: bool, grade: int, sure: bool) -> None:
    """A letter picks an option and answers nothing yet; Enter says that one is sure, Space that it is a guess."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened) as seat:
            picked = letter(seat, right=right)
            await seat.press(picked)
            seat.see(f"▸ {picked}  the root of two")
            assert answers(opened) == []
            await seat.press(key)
            seat.see(f"✓ {picked}  the root of two    your answer, {'sure' if sure else 'a guess'}")
            seat.see("Good: right; due tomorrow" if sure else "Hard: right, a guess; back today, due")
            seat.see("▸3 Good" if sure else "▸2 Hard")
        (answer,) = answers(opened)
        assert (answer.grade, answer.sure, answer.correct, answer.mode) == (grade, sure, True, Mode.SPACED)


async def test_while_options_are_open_letters_are_options_only(tmp_path: Path) -> None:
    """Arrows move through the options and around; nothing picked is said, a letter without an option does nothing."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened) as seat:
            await seat.press("enter")
            seat.see("Pick an option first")
            await seat.press("f", "d")
            assert not seat.shows("▸ [a-f]")
            await seat.press("down")
            seat.see("▸ a")
            await seat.press("up")
            seat.see("▸ c")
            await seat.press("down", "down")
            seat.see("▸ b")
            await seat.press("3")
            seat.see("Answer first")
            assert answers(opened) == []


async def test_sure_and_wrong_says_why_and_comes_back(tmp_path: Path) -> None:
    """The reason of the option chosen stands there at once, and the card comes back after five others."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened) as seat:
            await seat.press(letter(seat, right=False), "enter")
            seat.see(r"✗ [abc]  (one|two)    your answer, sure")
            seat.see("That is right for the identity|The root is missing")
            seat.see("Again: sure and wrong; back after 5 cards, due tomorrow")


async def test_the_mouse_picks_answers_and_grades(tmp_path: Path) -> None:
    """An option, how sure one is, another grade, and the next card are all clicked; so is the grade of a recall."""
    with library(tmp_path, Clock(), choice=CHOICE, plain=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            await seat.click("the root of two")
            await seat.click("Enter sure")
            seat.see("Good: right")
            await seat.click("4 Easy")
            seat.see("▸4 Easy")
            await seat.click("Space next")
            await seat.click("Space show the answer")
            await seat.click("2 Hard")
        assert grades(opened) == [("gain", 5), ("c0", 3)]


async def test_an_automatic_grade_may_be_lowered_and_good_raised(tmp_path: Path) -> None:
    """A digit corrects the grade and stays on the card; what is not allowed is said and changes nothing."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened) as seat:
            await seat.press(letter(seat, right=True), "space", "4")
            seat.see("An automatic grade may be lowered, and Good raised to Easy")
            assert grades(opened) == [("gain", 3)]
            await seat.press("1")
            seat.see("▸1 Again")
            assert grades(opened) == [("gain", 1)]


async def test_a_typed_answer(tmp_path: Path) -> None:
    """While a caret is shown every key is text; Esc leaves the field, Enter leads back to it, and Enter answers."""
    with library(tmp_path, Clock(), typed=TYPED) as opened:
        async with in_review(opened) as seat:
            assert seat.typing
            await seat.type("uU-!?:/xq1 ")
            seat.see(r"uU-!\?:/xq1")
            await seat.press("escape")
            assert not seat.typing
            await seat.press("i")
            seat.see("hint  it starts with a g")
            await seat.press("h")
            seat.see("History · word")
            await seat.press("q")
            assert not seat.typing
            await seat.press("enter")
            assert seat.typing
            await seat.press(*["backspace"] * 11)
            await seat.type("Gradiént")
            await seat.press("enter")
            seat.see("✓ Gradiént")
            seat.see("Hard: right")  # for the hint
        (answer,) = answers(opened)
        assert (answer.given, answer.grade) == ("Gradiént", 3)


async def test_an_empty_line_twice_is_not_known(tmp_path: Path) -> None:
    """The first empty Enter asks for a second one; then the answer is shown and the grade is Again."""
    with library(tmp_path, Clock(), typed=TYPED) as opened:
        async with in_review(opened) as seat:
            await seat.press("enter")
            seat.see("Enter once more if you do not know it")
            assert answers(opened) == []
            await seat.press("enter")
            seat.see(r"✗ \(nothing\)")
            seat.see("Again: not known")
            await seat.press("r")
            seat.see("r counts a misspelt answer as right; here is none")
        assert grades(opened) == [("word", 1)]


async def test_a_misspelt_answer_is_counted_as_right_with_one_key(tmp_path: Path) -> None:
    """Judged wrong, the hint offers r; r makes it a 3, as one act with the answer: undo takes it back."""
    with library(tmp_path, Clock(), typed=TYPED) as opened:
        async with in_review(opened) as seat:
            await seat.type("gradeint")
            await seat.press("enter")
            seat.see("r count as right")
            await seat.press("r")
            seat.see("Hard: right")
            assert not seat.shows("r count as right")
            await seat.press("u")
            seat.see("Taken back: Hard on word. U does it again.")
        assert answers(opened) == []


async def test_a_number_is_an_expression(tmp_path: Path) -> None:
    """What is no number is said in one line and answers nothing; a wrong number near a named mistake is named."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        async with in_review(opened) as seat:
            question = seat.review.session.question
            assert question is not None
            temperature = question.parameters["temperature"]
            seat.see(f"The ratio at temperature {temperature:g}")
            await seat.press("x")
            seat.see("a number|x")
            await seat.type("/")
            await seat.press("enter")
            assert answers(opened) == []
            assert seat.typing
            seat.see(r"x/")
            await seat.press("backspace", "backspace")
            await seat.type(f"2/{temperature:g}")
            await seat.press("enter")
            await seat.wait("that is what you get if")
            seat.see(r"= \d+\.?\d*  computed")
            seat.see("Again: .*wrong; ")
        (answer,) = answers(opened)
        assert answer.receipt is not None


async def test_the_simulation_is_not_shown_before_a_computed_answer(tmp_path: Path) -> None:
    """x would give the number away: it says so until the card is answered."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        async with in_review(opened) as seat:
            await seat.press("escape", "x")
            seat.see("Answer first: the simulation shows the answer")
            assert not seat.shows("Lab ·")


async def test_a_number_that_cannot_be_computed_is_put_off(tmp_path: Path) -> None:
    """The card says why and that - leads on; Space repeats it, nothing is graded and the session goes on."""
    broken = COMPUTED.replace("softmax_output", "softmax_uotput")
    with library(tmp_path, Clock(), computed=broken, plain=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            seat.see("cannot be computed")
            seat.see("did you mean")
            seat.see("- not today")
            await seat.press("space")
            seat.see("Put this card off with - and go on")
            await seat.press("-")
            seat.see("Question 0")
        assert answers(opened) == []


async def test_steps_are_uncovered_one_by_one(tmp_path: Path) -> None:
    """Space shows the next step, after the last one the answer, which the learner grades; it says which of the two."""
    with library(tmp_path, Clock(), steps=STEPS) as opened:
        async with in_review(opened) as seat:
            seat.see("2 steps to go", "Space next step")
            await seat.press("space")
            seat.see("(?s)1  The first step.*1 step to go", "Space next step")
            await seat.press("space")
            seat.see("2  The second step", "Space show the answer")
            assert not seat.shows("The result")
            await seat.press("space")
            seat.see("The result")
            await seat.press("3")
        assert grades(opened) == [("derive", 4)]


async def test_options_stay_covered_at_long_intervals(tmp_path: Path) -> None:
    """After 21 days and more the answer is recalled first: Space uncovers the options."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened:
        for days in (0, 1, 6, 15):
            clock.forward(days=days)
            session = opened.study()
            question = await session.next()
            assert question is not None
            session.choose(question.right, sure=True)
        clock.forward(days=38)
        async with in_review(opened) as seat:
            assert seat.review.session.question is not None
            assert seat.review.session.question.asking is Asking.OPTIONS
            seat.see("Last seen 38 d ago. Recall the answer first: Space uncovers the options")
            await seat.press("a")
            assert not seat.shows("▸ a")
            await seat.press("space")
            seat.see("the root of two")
            await seat.press("a")
            seat.see("▸ a")


async def test_grade_keys_are_dead_after_a_reveal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For 250 ms a second Space, Enter, digit or click is no grade, and no step to the next card."""
    assert review_view.DEAD_SECONDS == 0.0
    monkeypatch.undo()
    assert review_view.DEAD_SECONDS == 0.25
    monkeypatch.setattr(review_view, "DEAD_SECONDS", 3600.0)
    with library(tmp_path, Clock(), choice=CHOICE, plain=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            await seat.press(letter(seat, right=True), "enter", "enter", "space", "1")
            seat.see("your answer, sure")
            assert grades(opened) == [("gain", 4)]
            monkeypatch.setattr(review_view, "DEAD_SECONDS", 0.0)
            await seat.press("space")
            monkeypatch.setattr(review_view, "DEAD_SECONDS", 3600.0)
            await seat.press("space", "space", "3")
            seat.see("The long answer")
            await seat.click("3 Good")
            seat.see("The long answer")
        assert grades(opened) == [("gain", 4)]


async def test_a_held_enter_answers_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that come while the first is judged, or just after, neither answer again nor say that it is not known."""
    with library(tmp_path, Clock(), typed=TYPED, plain=basic_deck(1)) as opened:
        async with in_review(opened, ["typed.md"]) as seat:
            monkeypatch.setattr(review_view, "DEAD_SECONDS", 3600.0)
            await seat.type("gradient")
            for _ in range(15):
                seat.app.post_message(events.Key("enter", None))
            await seat.settle()
            seat.see("✓ gradient")
        assert [(one.card, one.grade) for one in answers(opened)] == [("word", 4)]


async def test_an_answer_in_between_makes_the_next_empty_line_the_first_one(tmp_path: Path) -> None:
    """Twice in a row says that it is not known; what was typed between them took the first one back."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        async with in_review(opened, ["computed.md"]) as seat:
            await seat.press("enter")
            seat.see("Enter once more if you do not know it")
            await seat.type("zzz")
            await seat.press("enter", "ctrl+u", "enter")
            seat.see("Enter once more if you do not know it")
            assert answers(opened) == []
            await seat.press("enter")
            await seat.wait("not known")
        assert len(answers(opened)) == 1
