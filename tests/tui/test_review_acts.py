"""Rules of taking back and setting aside in Review, and of a store that refuses: nothing is dead, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Answered
from studyapp.store import StoreError
from studyapp.tui.home import HomeScreen
from tests.studying import Clock, basic_deck, library
from tests.tui.samples import CHOICE, SIMULATED, TYPED
from tests.tui.screens import at_home, in_review


def graded(opened: Library) -> list[tuple[str, int]]:
    """Card and grade of each answer that counts, oldest first."""
    rows = opened.store.entries(newest_first=False)
    events = [row.entry.event for row in rows if not row.revoked]
    return [(event.card, event.grade) for event in events if isinstance(event, Answered)]


async def test_undo_and_redo_say_what_they_did(tmp_path: Path) -> None:
    """u leads back to the answered side with its grade row, U does it again, any number of times."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with in_review(opened) as seat:
            await seat.press("space", "3", "space", "2")
            await seat.press("u")
            seat.see(r"Taken back: Hard on c1\. U does it again\.")
            seat.see("(?s)Question 1.*The long answer to question number 1.*1 Again")
            await seat.press("u")
            seat.see("(?s)Taken back: Good on c0.*Question 0.*1 Again")
            await seat.press("u")
            seat.see("There is nothing to take back")
            seat.see("Question 0")
            await seat.press("U", "U")
            seat.see("Done again: Hard on c1")
            seat.see("Question 2")
            await seat.press("U")
            seat.see("There is nothing to do again")
        assert graded(opened) == [("c0", 4), ("c1", 3)]


async def test_an_undone_choice_is_graded_anew(tmp_path: Path) -> None:
    """What was chosen still stands there; it may be graded lower than it was judged, never higher."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened) as seat:
            await seat.press("a", "space", "u")
            seat.see("a  .*your answer")
            seat.see("(?s)Taken back.*1 Again")
            await seat.press("4")
            seat.see("may be lowered")
            await seat.press("space")
        assert graded(opened) == [("gain", 1)]


async def test_undo_reaches_earlier_sessions(tmp_path: Path) -> None:
    """What was done before this start is taken back too, on Home or in a session."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with in_review(opened) as seat:
            await seat.press("space", "3", "space", "3")
        async with at_home(opened) as seat:
            await seat.press("u")
            seat.see("Taken back: Good on c1")
            await seat.press("U")
            seat.see("Done again: Good on c1")
            await seat.press("u", "enter", "u")
            seat.see("(?s)Taken back: Good on c0.*Question 0.*3 Good")
        assert graded(opened) == []


async def test_undo_on_a_screen_above_the_card(tmp_path: Path) -> None:
    """In the Lab or over a card's history u means the same act: back in Review, its card stands answered."""
    with library(tmp_path, Clock(), simulated=SIMULATED, plain=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            first = seat.review.session.card.id
            await seat.press("space", "3", "h")
            seat.see("History ·")
            await seat.press("u")
            seat.see(f"Taken back: Good on {first}")
            await seat.press("q")
            assert seat.review.session.card.id == first
            seat.see("1 Again")
            await seat.press("2")
        assert graded(opened) == [(first, 3)]


@pytest.mark.parametrize(
    ("key", "message", "undone"),
    [("-", "Put off until tomorrow: c0", "putting c0 off"), ("!", "Suspended: c0", "suspending c0")],
)
async def test_cards_are_set_aside(tmp_path: Path, key: str, message: str, undone: str) -> None:
    """- puts a card off until tomorrow, ! takes it out of study; both say so, lead on, and are taken back by u."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        async with in_review(opened) as seat:
            await seat.press(key)
            seat.see(rf"{message}\. u takes it back\.")
            seat.see("Question 1")
            await seat.press("u")
            seat.see(f"Taken back: {undone}")
            seat.see("Question 0")
            await seat.press("U", "u", key, "space", key)
            seat.see("Nothing is due now")
        assert graded(opened) == []


async def test_no_verb_is_dead(tmp_path: Path) -> None:
    """A key that cannot do its work now says why; nothing is logged by it."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            for key, words in (
                ("3", "Show the answer first"),
                ("i", "This card has no hint"),
                ("w", "Answer first; w then shows why"),
                ("r", "r counts a misspelt answer as right; here is none"),
            ):
                await seat.press(key)
                seat.see(words)
            await seat.press("space")
            for key, words in (("i", "A hint comes before the answer"), ("w", "nothing more to unfold")):
                await seat.press(key)
                seat.see(words)
            await seat.press("up", "down", "pageup", "pagedown", "0", "7", "z")
            seat.see("1 Again")
        assert opened.store.entries() == []


async def test_what_was_said_goes_with_the_next_key(tmp_path: Path) -> None:
    """A message stands on the first line, however many there were before, and is gone when the learner goes on."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        async with in_review(opened) as seat:
            for _ in range(6):
                await seat.press("i")
                assert seat.row("This card has no hint") == 0
            await seat.press("space")
            assert not seat.shows("This card has no hint")


async def test_history_shows_what_was_answered(tmp_path: Path) -> None:
    """Newest first, with what was taken back; the newest place in SM-2 on top."""
    with library(tmp_path, Clock(), typed=TYPED) as opened:
        async with in_review(opened) as seat:
            await seat.press("escape", "h")
            seat.see("(?s)new: never answered in Spaced.*No answers yet")
            await seat.press("q", "enter", *"loss", "enter", "u", "1", "escape", "h")
            seat.see(r"due Tue 3 Mar, interval 1 d, ease 2.50, 0 in a row, failed once")
            seat.see(r"Again(, sure)?  loss\n.*Again(, sure)?  loss  taken back")
            assert not seat.shows("revoked")
            seat.see("q back")


async def test_leaving_keeps_what_was_answered(tmp_path: Path) -> None:
    """q and Esc lead to Home, which counts what is done; without Home below they end the app."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with at_home(opened) as seat:
            await seat.press("enter", "space", "3", "q")
            assert isinstance(seat.screen, HomeScreen)
            seat.see("1 card done")
            await seat.press("enter", "escape")
            assert isinstance(seat.screen, HomeScreen)
        async with in_review(opened) as seat:
            await seat.press("q")
            assert not seat.app.is_running
            assert seat.app.failure is None


@pytest.mark.parametrize("keys", [["a", "enter"], ["a", "space"]])
async def test_an_answer_that_cannot_be_stored_is_not_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> None:
    """The store's one line is shown, the card stays as it was asked, and works once the store does."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened) as seat:
            with monkeypatch.context() as broken:
                broken.setattr(opened.store, "append", refuse)
                await seat.press(*keys)
                seat.see("log.db: the disk is full")
                assert not seat.shows("your answer|1 Again")
                await seat.press("-")
                seat.see("log.db: the disk is full")
                seat.see("Which gain")
            await seat.press(*keys)
            seat.see("your answer")


async def test_every_act_says_what_the_store_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grades, corrections, set-asides, undo and redo: one line each, the session goes on."""
    with library(tmp_path, Clock(), both=basic_deck(1) + TYPED.removeprefix("# Typed")) as opened:
        async with in_review(opened) as seat:
            await seat.press("space")
            with monkeypatch.context() as broken:
                for name in ("append", "correct", "undo", "redo"):
                    broken.setattr(opened.store, name, refuse)
                for key in ("3", "space", "!", "-", "u", "U"):
                    await seat.press(key)
                    seat.see("log.db: the disk is full")
                    seat.see("(?s)The long answer.*1 Again")
            await seat.press("3")
            await seat.type("gradeint")
            await seat.press("enter")
            with monkeypatch.context() as broken:
                broken.setattr(opened.store, "correct", refuse)
                await seat.press("r")
                seat.see("log.db: the disk is full")
                seat.see("Again: .*wrong; ")
        assert graded(opened) == [("c0", 4), ("word", 1)]


def refuse(*_: object, **__: object) -> None:
    """What the store does on a full disk."""
    raise StoreError("log.db: the disk is full; make room and try again")


UNSTAMPED = (
    "# Own\n\n## First question\n\nThe first long answer is this.\n\n## Second question\n\nThe second one is that.\n"
)


@pytest.mark.parametrize(
    ("key", "written", "setting"), [("y", ["first-question", "second-question"], "yes"), ("n", [], "no")]
)
async def test_ids_are_written_after_asking_once(tmp_path: Path, key: str, written: list[str], setting: str) -> None:
    """The first answer of a card without an id asks, over the next card; the answer holds for all cards, for good."""
    with library(tmp_path, Clock()) as opened:
        file = own_deck(opened)
        async with in_review(opened) as seat:
            await seat.press("space", "3")
            await seat.wait("own.md gives this card no id")
            seat.see("y yes, as cards are answered   n no, never   Esc not now")
            await seat.press("space", "u", "3")
            seat.see("gives this card no id")
            await seat.press(key)
            await seat.wait("Second question")
            await seat.press("space", "3")
            await seat.wait("Session over")
        assert [name for name in ("first-question", "second-question") if f"{{#{name}}}" in file.read_text()] == written
        assert opened.settings.stamp == setting
        assert graded(opened) == [("first-question", 4), ("second-question", 4)]
        assert opened.store.schedule("first-question").interval == 1


async def test_esc_puts_the_question_about_ids_off(tmp_path: Path) -> None:
    """Nothing is written and nothing is settled; it is not asked again before the next start."""
    with library(tmp_path, Clock()) as opened:
        file = own_deck(opened)
        async with in_review(opened) as seat:
            await seat.press("space", "3")
            await seat.wait("gives this card no id")
            await seat.press("escape", "space", "3")
            await seat.wait("Session over")
            assert not seat.shows("gives this card no id")
        assert file.read_text() == UNSTAMPED
        assert opened.settings.stamp == "ask"


async def test_the_last_card_is_stamped_too(tmp_path: Path) -> None:
    """The question stands over the summary, and a deck that changed meanwhile is left as it is."""
    with library(tmp_path, Clock()) as opened:
        file = own_deck(opened)
        async with in_review(opened) as seat:
            await seat.press("-", "space", "3")
            await seat.wait("gives this card no id")
            file.write_text(UNSTAMPED + "\nA line more.\n")
            await seat.press("y")
            await seat.wait("has changed since it was read")
            seat.see("Session over|done")
        assert "{#" not in file.read_text()


def own_deck(opened: Library) -> Path:
    """A deck of the learner's own, whose cards have no ids yet."""
    file = opened.places.decks / "own.md"
    file.parent.mkdir(parents=True)
    file.write_text(UNSTAMPED)
    opened.synchronise()
    return file


@pytest.mark.parametrize("method", ["card", "schedule"])
async def test_a_store_that_cannot_be_read_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """The line says so, and q still leads out."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with at_home(opened) as seat:
            await seat.press("enter", "space")
            with monkeypatch.context() as broken:
                broken.setattr(opened.store, method, refuse)
                await seat.press("3")
                seat.see("log.db: the disk is full")
                await seat.press("h", "q", "escape")
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)
