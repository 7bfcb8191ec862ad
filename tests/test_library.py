"""Rules of opening everything: whose deck counts, what is read again, which deck a word names, what is remembered."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from studyapp import authoring
from studyapp.core.verifying import Failure, Verification
from studyapp.decks import DeckError
from studyapp.library import Library, LibraryError, Places, shipped_content
from studyapp.model import Answered, Flagged, Kind, Mode, Predicted
from studyapp.settings import SettingsError
from tests.studying import CHOICE, COMPUTED, Clock, basic_deck, library, own

UNSTAMPED = "# Mine\n\n## What is it?\n\nThis.\n"


def answer(opened: Library, card: str, grade: int = 4) -> None:
    """Grade a card."""
    event = Answered(card, Mode.SPACED, Kind.BASIC, grade, 1)
    opened.store.append([event], at=opened.now(), day=opened.today)


def cards(opened: Library) -> dict[str, str]:
    """The deck of each card, by id."""
    return {card.id: card.deck for card in opened.store.cards()}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the deck files that were read, as they are read."""
    names: list[str] = []

    def counted(file: Path, name: str) -> object:
        names.append(name)
        return real(file, name)

    real = authoring.read_deck
    monkeypatch.setattr(authoring, "read_deck", counted)
    return names


# --- files ----------------------------------------------------------------------------------------


def test_a_deck_at_a_shipped_ones_path_takes_its_place(tmp_path: Path) -> None:
    """That is how a shipped deck is edited; taken away, the shipped one is back, and the history with it."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        answer(opened, "c1")
        path = own(tmp_path, "# Mine\n\n## Q? {#c0}\n\nMine.\n", "plain.md")
        opened.synchronise()
        assert cards(opened) == {"c0": "plain.md"}
        (card,) = opened.store.cards()
        assert card.back == "Mine."
        assert opened.problems() == []
        path.unlink()
        opened.synchronise()
        assert cards(opened) == {"c0": "plain.md", "c1": "plain.md"}
        assert opened.store.schedule("c1").interval == 1


def test_own_decks_stand_beside_the_shipped(tmp_path: Path) -> None:
    """Also in folders below."""
    own(tmp_path, "# Mine\n\n## Q? {#own}\n\nMine.\n", "week-1/plain.md")
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        assert cards(opened) == {"c0": "plain.md", "own": "week-1/plain.md"}


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, reads: list[str]) -> None:
    """It costs a stat at each start; a changed one alone is read."""
    decks = {"one": basic_deck(2), "two": CHOICE}
    with library(tmp_path, Clock(), **decks):
        assert sorted(reads) == ["one.md", "two.md"]
    reads.clear()
    with library(tmp_path, Clock()) as opened:
        assert reads == []
        path = tmp_path / "shipped" / "decks" / "one.md"
        path.write_text(basic_deck(3))
        opened.synchronise()
        assert reads == ["one.md"]
        assert "c2" in cards(opened)
        opened.synchronise()
        assert reads == ["one.md"]


def test_an_edited_card_reads_its_own_file_alone(tmp_path: Path, reads: list[str]) -> None:
    """However many decks there are; also when the shipped deck is copied first."""
    own(tmp_path, "# Mine\n\n## Q? {#own}\n\nMine.\n")
    with library(tmp_path, Clock(), one=basic_deck(2), two=CHOICE) as opened:
        for card, name in (("own", "mine.md"), ("c1", "one.md")):
            reads.clear()
            found = opened.store.card(card)
            assert found is not None
            edit = opened.editing.begin(found)
            opened.editing.save(edit, edit.markdown + "\n\nAnd more.")
            assert reads == [name]


def test_a_file_of_another_time_or_size_is_read_again(tmp_path: Path, reads: list[str]) -> None:
    """Either tells of a change."""
    with library(tmp_path, Clock(), one=basic_deck(2)) as opened:
        path = tmp_path / "shipped" / "decks" / "one.md"
        status = path.stat()
        path.write_text(basic_deck(2) + " ")
        os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
        opened.synchronise()
        assert reads == ["one.md"] * 2
        os.utime(path, ns=(1, 1))
        opened.synchronise()
        assert reads == ["one.md"] * 3


def test_progress_counts_only_what_is_read(tmp_path: Path) -> None:
    """From 0 up, of how many."""
    seen: list[tuple[int, int]] = []
    with library(tmp_path, Clock(), one=basic_deck(1), two=CHOICE):
        pass
    (tmp_path / "shipped" / "decks" / "one.md").write_text(basic_deck(2))
    shipped = tmp_path / "shipped"
    clock = Clock()
    with Library.open(
        tmp_path / "home",
        now=clock,
        seeds=lambda: 1,
        clocks=clock.reading,
        shipped=shipped,
        progress=lambda *at: seen.append(at),
    ):
        assert seen == [(0, 1)]


def test_a_removed_deck_is_retired_and_resumes_when_it_returns(tmp_path: Path) -> None:
    """Its history is never deleted; while it is away it is neither due nor new."""
    path = tmp_path / "shipped" / "decks" / "plain.md"
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        answer(opened, "c0")
        path.unlink()
        opened.synchronise()
        assert cards(opened) == {}
        assert opened.store.decks() == []
        assert [row.card for row in opened.store.entries()] == ["c0"]
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        assert opened.store.schedule("c0").interval == 1
        assert [row.card for row in opened.store.unseen(opened.today)] == ["c1"]


def test_a_deck_that_cannot_be_read_is_a_problem_among_others(tmp_path: Path) -> None:
    """The rest works. Told once, at the file's own path."""
    with library(tmp_path, Clock(), plain=basic_deck(1), bad="no heading\n") as opened:
        assert list(cards(opened)) == ["c0"]
        (problem,) = opened.problems()
        assert (problem.path, problem.line) == ("bad.md", 1)


def test_a_deck_that_could_not_be_read_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permission given back changes neither the file's time nor its size."""

    def refused(file: Path) -> bytes:
        raise DeckError(f"{file}: may not be read")

    with monkeypatch.context() as patched, library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        patched.setattr(authoring, "read_file", refused)
        own(tmp_path, "# Mine\n\n## Q? {#mine}\n\nA.\n")
        opened.synchronise()
        assert [str(one) for one in opened.problems()] == ["mine.md: may not be read"]
        assert list(cards(opened)) == ["c0"]
    with library(tmp_path, Clock()) as opened:
        assert opened.problems() == []
        assert list(cards(opened)) == ["mine", "c0"]


def test_a_decks_folder_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    """Nothing is lost by it."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "decks").write_text("text")
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        (problem,) = opened.problems()
        assert "is not a folder" in problem.what
        assert list(cards(opened)) == ["c0"]


def test_a_home_that_cannot_be_opened_leaves_nothing_open(tmp_path: Path) -> None:
    """The error of the settings file comes through, and the store can be opened once it is mended."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text("minutes = 0\n")
    with pytest.raises(SettingsError, match="lies outside 1"), library(tmp_path, Clock(), plain=basic_deck(1)):
        pass
    (home / "settings.toml").write_text("minutes = 5\n")
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        assert opened.settings.minutes == 5


def test_a_command_line_finds_this_data_folder(tmp_path: Path) -> None:
    """As the app was called, quoted for a shell; without a folder named there is nothing to add."""
    with library(tmp_path, Clock()) as opened:
        assert opened.here("studyapp run studyapp --seed 1") == "studyapp run studyapp --seed 1"
        opened.called = ("studyapp", "--home", "/my course")
        assert opened.here("studyapp run studyapp") == "studyapp --home '/my course' run studyapp"


def test_the_shipped_content_is_found(tmp_path: Path) -> None:
    """In a checkout it lies beside the package; places hang together by their folders."""
    assert (shipped_content() / "decks").is_dir()
    assert (shipped_content() / "simulations").is_dir()
    places = Places(tmp_path, shipped_content())
    assert (places.decks, places.simulations) == (tmp_path / "decks", tmp_path / "simulations")
    assert places.settings == tmp_path / "settings.toml"


# --- names of decks -------------------------------------------------------------------------------


def test_a_deck_is_named_by_path_name_title_or_part_of_them(tmp_path: Path) -> None:
    """Whatever the case of its letters; what names exactly one comes before what is part of several."""
    own(tmp_path, "# Lesson one, again\n", "week-1/one.md")
    with library(tmp_path, Clock(), one=basic_deck(1, "Lesson one"), two=basic_deck(1, "Lesson two")) as opened:
        for words in ("one.md", "one", "Lesson one", "lesson ONE"):
            assert opened.matching([words]) == ("one.md",)
        assert opened.matching(["two"]) == ("two.md",)
        assert opened.matching(["TWO.md"]) == ("two.md",)
        assert opened.matching(["again"]) == ("week-1/one.md",)
        assert opened.matching(["week-1/one"]) == ("week-1/one.md",)
        assert opened.matching(["two", "again"]) == ("two.md", "week-1/one.md")
        assert opened.matching([]) == ()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("three", "'three' names no deck; say one of: one.md, two.md"),
        ("lesson", "'lesson' names several decks; say one of: one.md, two.md"),
        ("", "'' names no deck; say one of: one.md, two.md"),
    ],
)
def test_words_that_name_no_deck_or_several_are_refused(tmp_path: Path, words: str, line: str) -> None:
    """With those there are."""
    with library(tmp_path, Clock(), one=basic_deck(1, "Lesson one"), two=basic_deck(1, "Lesson two")) as opened:
        with pytest.raises(LibraryError) as caught:
            opened.matching([words])
        assert str(caught.value) == line


# --- acts -----------------------------------------------------------------------------------------


def test_undo_and_redo_go_by_acts(tmp_path: Path) -> None:
    """They say what they took back or did again, and nothing when there is nothing."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        assert opened.undo() == opened.redo() == ()
        answer(opened, "c0")
        opened.flag(Flagged("c1", suspended=True))
        assert [entry.event for entry in opened.undo()] == [Flagged("c1", suspended=True)]
        assert isinstance(opened.undo()[0].event, Answered)
        assert isinstance(opened.redo()[0].event, Answered)
        assert opened.store.schedule("c0").interval == 1


def test_a_prediction_is_logged_on_its_day(tmp_path: Path) -> None:
    """With what the run gave."""
    prediction = Predicted("softmax_output", "entropy", {}, 1, 0.5, 0.4, "sure")
    with library(tmp_path, Clock()) as opened:
        opened.predict(prediction)
        (row,) = opened.store.entries()
        assert (row.entry.event, row.entry.day, row.entry.at) == (prediction, opened.today, Clock()())


def test_relink_moves_a_history(tmp_path: Path) -> None:
    """What was learned counts for the new id; ids that make no sense are refused."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        answer(opened, "old")
        assert opened.relink("old", "c0") == 1
        assert opened.store.schedule("c0").interval == 1
        for old, new, line in (
            ("never", "c0", "nothing was ever logged for 'never'"),
            ("c0", "none", "no deck has a card 'none'"),
            ("c0", "c0", "'c0' is one id"),
            ("c0", "c1", "'c0' is still a card of plain.md"),
        ):
            with pytest.raises(LibraryError, match=line):
                opened.relink(old, new)


def test_settings_are_kept(tmp_path: Path) -> None:
    """From one start to the next; a file that cannot be written leaves them as they were."""
    with library(tmp_path, Clock()) as opened:
        assert opened.set(minutes=25).minutes == 25
    with library(tmp_path, Clock()) as opened:
        assert opened.settings.minutes == 25
        opened.places.settings.unlink()
        opened.places.settings.mkdir()
        with pytest.raises(LibraryError, match="not saved") as refused:
            opened.set(minutes=30)
        assert str(refused.value).count(str(opened.places.settings)) == 1
        assert "deck" not in str(refused.value).replace(str(tmp_path), "")
        assert opened.settings.minutes == 25


def test_the_study_day_changes_at_the_rollover_hour(tmp_path: Path) -> None:
    """As set, in the zone of the machine."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        clock.now = clock.now.astimezone().replace(hour=3, minute=59)
        before = opened.today
        clock.forward(minutes=1)
        assert opened.today == before + 1
        opened.set(rollover_hour=5)
        assert opened.today == before


# --- ids ------------------------------------------------------------------------------------------


def test_only_own_cards_without_an_id_may_be_stamped(tmp_path: Path) -> None:
    """A shipped file is never written to."""
    own(tmp_path, UNSTAMPED)
    with library(tmp_path, Clock(), plain=UNSTAMPED.replace("it?", "that?")) as opened:
        mine, shipped = opened.store.card("what-is-it"), opened.store.card("what-is-that")
        assert mine is not None
        assert shipped is not None
        assert (opened.may_stamp(mine), opened.may_stamp(shipped)) == (True, False)
        opened.stamp(mine)
        stamped = opened.store.card("what-is-it")
        assert stamped is not None
        assert stamped.stamped
        assert not opened.may_stamp(stamped)


def test_a_file_that_changed_since_it_was_read_is_not_stamped(tmp_path: Path) -> None:
    """Its writer may not be done; the slug stays the card's id."""
    path = own(tmp_path, UNSTAMPED)
    with library(tmp_path, Clock()) as opened:
        card = opened.store.card("what-is-it")
        assert card is not None
        path.write_text(UNSTAMPED + "\nMore.\n")
        with pytest.raises(DeckError, match="has changed since it was read; `studyapp stamp` writes the ids"):
            opened.stamp(card)
        assert path.read_text() == UNSTAMPED + "\nMore.\n"


def test_a_simulation_is_attached_in_the_learners_own_folder(tmp_path: Path) -> None:
    """It is written into the card's settings; a shipped deck is copied there first."""
    own(tmp_path, "# Mine\n\n## Q? {#mine}\n\nA.\n")
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        mine, shipped = opened.store.card("mine"), opened.store.card("c0")
        assert mine is not None
        assert shipped is not None
        opened.editing.attach(mine, "softmax_output")
        attached = opened.store.card("mine")
        assert attached is not None
        assert attached.simulation is not None
        assert attached.simulation.name == "softmax_output"
        assert opened.problems() == []
        opened.editing.attach(shipped, "softmax_output")
        assert (tmp_path / "home" / "decks" / "plain.md").exists()


def test_what_was_verified_is_remembered_but_not_of_failures(tmp_path: Path) -> None:
    """The day and the seeds, for this version of the simulation."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        (card,) = opened.store.cards()
        opened.verified([card], 3, Verification(1, 1, 0, (Failure(card.id, "softmax_output", {}, 0, "", "no"),)))
        assert opened.laboratory.verified(card) is None
        opened.verified([card], 3, Verification(1, 1, 0, ()))
        assert opened.laboratory.verified(card) == (opened.today, 3)
        assert json.dumps(opened.laboratory.verified(card))
