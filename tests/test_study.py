"""Rules of a session: what comes next, what an answer does, and how each step is taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Answered
from studyapp.study import Stage, StudySession
from tests.studying import CHOICE, COMPUTED, Clock, basic_deck, library
from tests.tui.samples import SIMULATED


def next_card(session: StudySession) -> str:
    """Ask the next card; its id, or "" at the end."""
    question = asyncio.run(session.next())
    return question.card.id if question is not None else ""


def grade_all(session: StudySession, *grades: int) -> list[str]:
    """Grade the cards that come, one after the other; their ids."""
    asked = []
    for grade in grades:
        asked.append(next_card(session))
        session.reveal()
        session.grade(grade)
    return asked


def test_a_session_ends_when_every_card_is_done(tmp_path: Path) -> None:
    """Each card is asked once if it is graded 4 or better, and then there is none."""
    with library(tmp_path, Clock(), plain=basic_deck(5)) as opened:
        session = opened.study(minutes=60)
        assert sorted(grade_all(session, 4, 4, 5, 4, 4)) == ["c0", "c1", "c2", "c3", "c4"]
        assert next_card(session) == ""
        assert session.summary().cards == 5


def test_below_four_comes_back_after_four_others(tmp_path: Path) -> None:
    """A card graded Hard or Again is asked again the same session, four other cards later, until it reaches 4."""
    with library(tmp_path, Clock(), plain=basic_deck(8)) as opened:
        session = opened.study(minutes=60)
        asked = grade_all(session, 1, 4, 4, 4, 4, 3, 4, 4, 4, 4)
        assert asked[5] == asked[0]
        assert asked[-1] == asked[0]
        assert next_card(session) == ""


def test_drill_grades_move_no_date(tmp_path: Path) -> None:
    """The first answer of a day is the repetition; what comes later that day changes neither n, interval nor EF."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        session = opened.study(minutes=60)
        grade_all(session, 3)
        first = opened.store.schedule("c0")
        assert first.drilling
        grade_all(session, 1, 3, 4)
        after = opened.store.schedule("c0")
        assert (after.n, after.interval, after.ease, after.due) == (first.n, first.interval, first.ease, first.due)
        assert not after.drilling


def test_sure_and_wrong_comes_back_after_five_others(tmp_path: Path) -> None:
    """One card later than a guess that was wrong."""
    with library(tmp_path, Clock(), choice=CHOICE, plain=basic_deck(8)) as opened:
        session = opened.study(minutes=60)
        session.queue = session.queue.first("which")
        next_card(session)
        question = session.question
        assert question is not None
        graded = session.choose((question.right + 1) % 3, sure=True)
        assert (graded.verdict.grade, graded.verdict.correct) == (1, False)
        assert session.queue.waiting.index("which") == 5


@pytest.mark.parametrize(
    ("right", "sure", "grade"), [(True, True, 4), (True, False, 3), (False, True, 1), (False, False, 1)]
)
def test_choice_is_graded_by_right_and_sure(tmp_path: Path, right: bool, sure: bool, grade: int) -> None:
    """Right and sure 4, right but guessed 3, wrong 1; never 5 by itself; durable at once."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        session = opened.study()
        next_card(session)
        question = session.question
        assert question is not None
        session.choose(question.right if right else (question.right + 1) % 3, sure=sure)
        (row,) = opened.store.entries()
        assert isinstance(row.entry.event, Answered)
        assert (row.entry.event.grade, row.entry.event.correct, row.entry.event.sure) == (grade, right, sure)


def test_an_automatic_grade_may_be_lowered_and_good_raised(tmp_path: Path) -> None:
    """A correction takes the first row back and writes a new one; nothing else is allowed."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        session = opened.study()
        next_card(session)
        question = session.question
        assert question is not None
        session.choose(question.right, sure=True)
        assert session.allowed == {0, 1, 2, 3, 4, 5}
        session.grade(5)
        assert opened.store.schedule("which").ease == 260
        with library(tmp_path, Clock()) as again:
            assert again.store.schedule("which").ease == 260
        session.grade(1)
        with pytest.raises(ValueError, match="may not be given"):
            session.grade(4)
        answers = [row for row in opened.store.entries() if isinstance(row.entry.event, Answered)]
        assert [row.revoked for row in answers] == [False, True, True]


def test_undo_leads_back_to_the_answered_side(tmp_path: Path) -> None:
    """The same question as it was shown, its answer open, to be graded anew; redo grades it as before."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        session = opened.study(minutes=60)
        (first,) = grade_all(session, 4)
        next_card(session)
        taken = asyncio.run(session.undo())
        assert [type(entry.event) for entry in taken] == [Answered]
        assert session.question is not None
        assert (session.question.card.id, session.stage) == (first, Stage.REVEALED)
        assert opened.store.schedule(first).due is None
        asyncio.run(session.redo())
        assert opened.store.schedule(first).interval == 1
        assert session.question.card.id != first


def test_undo_reaches_back_over_restarts(tmp_path: Path) -> None:
    """What was done in an earlier start can be taken back, without limit, and done again."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(3)) as opened:
        graded = grade_all(opened.study(minutes=60), 4, 4, 4)
    clock.forward(minutes=5)
    with library(tmp_path, clock) as opened:
        taken = [opened.undo()[0].event for _ in range(3)]
        assert [event.card for event in taken if isinstance(event, Answered)] == graded[::-1]
        assert opened.undo() == ()
        assert all(opened.store.schedule(card).due is None for card in graded)
        for _ in range(3):
            assert opened.redo()
        assert all(opened.store.schedule(card).interval == 1 for card in graded)


def test_an_undone_choice_keeps_what_was_chosen(tmp_path: Path) -> None:
    """The answered side shows the answer given, and grading anew keeps it in the log."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        session = opened.study()
        next_card(session)
        question = session.question
        assert question is not None
        session.choose(question.right, sure=True)
        asyncio.run(session.undo())
        assert session.given == "right"
        assert session.question == question
        session.grade(3)
        event = opened.store.entries()[0].entry.event
        assert isinstance(event, Answered)
        assert (event.given, event.grade, event.sure) == ("right", 3, True)


def test_buried_until_tomorrow_and_suspended_for_good(tmp_path: Path) -> None:
    """A buried card is back on the next study day, a suspended one only when taken back by undo."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(2)) as opened:
        session = opened.study(minutes=60)
        buried, other = next_card(session), ""
        session.bury()
        other = next_card(session)
        session.suspend()
        assert next_card(session) == ""
        clock.forward(days=1)
        assert next_card(opened.study(minutes=60)) == buried
        opened.undo()
        assert other in opened.study(minutes=60).queue.waiting


def test_new_cards_stop_at_the_days_limit(tmp_path: Path) -> None:
    """20 new cards a day, over all sessions of that day; tomorrow brings more."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(30)) as opened:
        grade_all(opened.study(minutes=60), *[4] * 12)
        assert len(opened.study(minutes=60).queue) == 8
        clock.forward(days=1)
        assert len(opened.study(minutes=60).queue) == 12 + 18


def test_a_drill_left_over_is_asked_after_a_restart_and_lapses_at_four(tmp_path: Path) -> None:
    """The same day it comes back in a new session; after the rollover at 04:00 it is due by its date only."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(1)) as opened:
        grade_all(opened.study(minutes=60), 3)
    with library(tmp_path, clock) as opened:
        assert next_card(opened.study(minutes=60)) == "c0"
        clock.forward(hours=15)
        assert opened.today == opened.study_day(clock.now)
        clock.forward(hours=2)
        assert opened.store.drilling(opened.today) == []
        assert next_card(opened.study(minutes=60)) == "c0"


def test_options_stay_covered_at_long_intervals(tmp_path: Path) -> None:
    """From an interval of 21 days on a choice card is recalled before it is chosen."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened:
        for days in (0, 1, 6, 15):
            clock.forward(days=days)
            session = opened.study()
            next_card(session)
            assert not session.covered
            assert session.question is not None
            session.choose(session.question.right, sure=True)
        clock.forward(days=38)
        session = opened.study()
        next_card(session)
        assert session.covered


def test_a_wrong_number_is_answered_with_the_mistakes_name(tmp_path: Path) -> None:
    """Key and mistakes come from the simulation; expressions are evaluated; the receipt is logged."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:

        async def session_of_two() -> None:
            session = opened.study()
            question = await session.next()
            assert question is not None
            temperature = question.parameters["temperature"]
            wrong = session.type_answer(f"2/{temperature}")
            assert (wrong.verdict.grade, wrong.verdict.mistake) == (1, "forgets_to_exponentiate")
            assert wrong.verdict.note.startswith("that is what you get if ")
            question = await session.next()
            assert question is not None
            right = session.type_answer(f"exp(2/{question.parameters['temperature']})")
            assert (right.verdict.grade, right.verdict.correct) == (4, True)
            await opened.close_laboratory()

        asyncio.run(session_of_two())
        event = opened.store.entries(limit=1)[0].entry.event
        assert isinstance(event, Answered)
        assert event.receipt is not None
        assert event.receipt["simulation"] == "softmax_output"
        assert set(event.receipt) == {"simulation", "sha256", "parameters", "seed", "key", "values", "numpy"}
        assert event.receipt["values"] == {}


def test_every_answer_with_a_simulation_has_a_receipt(tmp_path: Path) -> None:
    """Of the run that is shown beside it, made while the learner thought; the next card's numbers come first."""
    decks = {"simulated": SIMULATED, "computed": COMPUTED, "plain": basic_deck(1)}
    with library(tmp_path, Clock(), **decks) as opened:

        async def answer_all() -> None:
            session = opened.study(minutes=60)
            while (question := await session.next()) is not None:
                await session.look_ahead()
                if question.card.id == "ratio":
                    session.type_answer(f"exp(2/{question.parameters['temperature']})")
                else:
                    session.reveal()
                    session.grade(4)
            await opened.close_laboratory()

        asyncio.run(answer_all())
        events = [row.entry.event for row in opened.store.entries(newest_first=False)]
        found = {event.card: event for event in events if isinstance(event, Answered)}
        assert found["c0"].receipt is None
        for card, keys in (("softmax", set()), ("ratio", {"ratio_of_probabilities"})):
            event = found[card]
            assert event.receipt is not None
            assert (event.receipt["simulation"], event.receipt["seed"]) == ("softmax_output", event.seed)
            assert isinstance(key := event.receipt["key"], dict)
            assert isinstance(values := event.receipt["values"], dict)
            assert set(key) == keys
            assert 0 < values["largest_probability"] < 1


def test_an_answer_whose_simulation_is_gone_is_logged(tmp_path: Path) -> None:
    """There is nothing to write a receipt of."""
    with library(tmp_path, Clock(), own=SIMULATED.replace("softmax_output", "softmax_uotput")) as opened:
        session = opened.study(minutes=60)
        assert next_card(session) == "softmax"
        asyncio.run(session.look_ahead())
        session.reveal()
        session.grade(4)
        event = opened.store.entries(limit=1)[0].entry.event
        assert isinstance(event, Answered)
        assert event.receipt is None


def test_a_number_that_cannot_be_computed_leaves_the_session_usable(tmp_path: Path) -> None:
    """A card whose simulation does not exist says so and can be put off."""
    broken = COMPUTED.replace("softmax_output", "softmax_uotput")
    with library(tmp_path, Clock(), computed=broken, plain=basic_deck(1)) as opened:
        session = opened.study()
        session.queue = session.queue.first("ratio")
        assert next_card(session) == "ratio"
        assert "did you mean 'softmax_output'" in session.trouble
        session.bury()
        assert next_card(session) == "c0"
        assert session.trouble == ""


def test_five_more_minutes_bring_cards_that_are_not_waiting_yet(tmp_path: Path) -> None:
    """Extending a session asks nothing twice."""
    with library(tmp_path, Clock(), plain=basic_deck(30)) as opened:
        session = opened.study(minutes=1)
        few = len(session.queue)
        assert 0 < few < 20
        assert session.extend(5) > 0
        assert len(set(session.queue.waiting)) == len(session.queue) > few


def test_the_summary_counts_what_was_done(tmp_path: Path) -> None:
    """Cards, first answers that were right, cards that came back, and what is left."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(4)) as opened:
        session = opened.study(minutes=60)
        grade_all(session, 1, 4, 4, 4, 4)
        clock.forward(minutes=3)
        summary = session.summary()
        assert (summary.answers, summary.cards, summary.new, summary.right, summary.again) == (5, 4, 4, 3, 1)
        assert (summary.seconds, summary.due_left, summary.due_tomorrow) == (180, 0, 4)


def test_a_card_whose_file_vanished_is_passed_over(tmp_path: Path) -> None:
    """A deck removed while a session runs ends nothing."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(2)) as opened:
        session = opened.study(minutes=60)
        remove_deck(opened, tmp_path)
        assert next_card(session) == ""


def remove_deck(opened: Library, folder: Path) -> None:
    """Delete the deck's file, as another program would, and notice it."""
    (folder / "shipped" / "decks" / "plain.md").unlink()
    opened.synchronise()


def test_a_session_ends_at_a_card_boundary_when_its_minutes_are_over(tmp_path: Path) -> None:
    """What is left waits for "+5 minutes", which count from then on."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(9)) as opened:
        session = opened.study(minutes=5)
        asked = 0
        while next_card(session):
            asked += 1
            clock.forward(minutes=3)
            session.grade(4)
        assert asked == 2
        assert session.left > 0
        assert session.extend(5) > 0
        assert next_card(session)
        assert session.minutes == 11


def test_undo_makes_no_wrong_answer_right(tmp_path: Path) -> None:
    """What was judged stands: a wrong option may be graded 1 or lower again, and stays wrong in the log."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        session = opened.study()
        next_card(session)
        question = session.question
        assert question is not None
        session.choose((question.right + 1) % 3, sure=True)
        asyncio.run(session.undo())
        assert session.allowed == {0, 1}
        assert session.proposed == 1
        session.grade(session.proposed)
        event = opened.store.entries()[0].entry.event
        assert isinstance(event, Answered)
        assert (event.grade, event.correct, event.sure) == (1, False, True)


def test_new_cards_come_from_all_decks_in_turn(tmp_path: Path) -> None:
    """A first session mixes the decks, each in its own order."""
    other = basic_deck(9, "Other").replace("#c", "#o")
    with library(tmp_path, Clock(), plain=basic_deck(9), other=other) as opened:
        waiting = opened.study(minutes=5).queue.waiting
        assert {card[0] for card in waiting} == {"c", "o"}
        for first in "co":
            own = [card for card in waiting if card[0] == first]
            assert own == [f"{first}{i}" for i in range(len(own))]


def test_a_typed_answer_is_neither_sure_nor_a_guess(tmp_path: Path) -> None:
    """Only options ask how sure one is; a typed answer that is right is a 4 all the same."""
    deck = "# Typed\n\n## Which function? {#typed}\n\nsigmoid\n"
    with library(tmp_path, Clock(), typed=deck) as opened:
        session = opened.study()
        next_card(session)
        graded = session.type_answer("Sigmoid")
        assert (graded.verdict.grade, graded.verdict.correct, graded.verdict.sure) == (4, True, None)
