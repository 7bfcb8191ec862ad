"""Rules of draft cards: what is written of notes, that nothing asks a draft, and how one is accepted or thrown away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyapp.decks import DeckError, atomic
from studyapp.drafts import LARGEST, MARKS, deck_name, read_notes_file
from studyapp.library import Library
from studyapp.model import Answered, Kind, Mode
from studyapp.overview import overview
from tests.decks.notes.lecture_notes import FLAT, OUTLINE
from tests.studying import Clock, basic_deck, library, own

PROPOSED = """\
# Own

## Kept? {#kept}

Yes.

## Draft? {#proposed .draft .more}

Perhaps.

## Gaps {#gaps .draft}

{{c1::a}} {{c2::b}}
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Library]:
    """A library with a shipped deck of one card, and one of the learner's with a card and two drafts."""
    own(tmp_path, PROPOSED)
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        yield opened


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A file of notes."""
    path = tmp_path / "Lecture 3.txt"
    path.write_text(FLAT, encoding="utf-8")
    return path


def asked(opened: Library) -> set[str]:
    """Every card that a session would ask."""
    return set(opened.study(minutes=1000).queue.waiting)


def drafts(opened: Library) -> list[str]:
    """The ids of the drafts."""
    return [card.family for card in opened.drafts.cards()]


# --- nothing asks a draft ---------------------------------------------------------------------------


def test_a_draft_is_asked_by_nobody(opened: Library) -> None:
    """It is not new, in no count, in no list of cards, and for no exam; it is found, and counted as a draft."""
    store = opened.store
    assert asked(opened) == {"c0", "kept"}
    assert {row.card for row in store.unseen(opened.today)} == {"c0", "kept"}
    assert {card.id for card in store.cards()} == {"c0", "kept"}
    counts = store.counts(opened.today)["mine.md"]
    assert (counts.cards, counts.new, sum(counts.mastery)) == (1, 1, 1)
    seen = overview(opened)
    assert (seen.all.new, sum(seen.all.levels), seen.drafts) == (2, 2, 2)
    assert [deck.cards for deck in store.decks()] == [1, 1]
    assert [row.card for row in store.find(["draft"])] == ["proposed", "gaps:c1", "gaps:c2"]
    assert store.card("proposed") is not None
    assert "proposed" in store.families()
    assert opened.problems() == []


def test_a_card_that_becomes_a_draft_again_waits_with_all_that_was_learned(opened: Library, tmp_path: Path) -> None:
    """Its schedule stays, and counts from when it is accepted."""
    file = tmp_path / "home" / "decks" / "mine.md"
    opened.store.append([Answered("kept", Mode.SPACED, Kind.BASIC, 4, 1)], at=opened.now(), day=opened.today - 10)
    assert [row.card for row in opened.store.due(opened.today)] == ["kept"]
    file.write_text(PROPOSED.replace("{#kept}", "{#kept .draft}"), encoding="utf-8")
    opened.synchronise()
    assert (opened.store.due(opened.today), opened.store.due_count(opened.today)) == ([], 0)
    assert opened.store.due_kinds(opened.today) == {}
    opened.drafts.accept([card for card in opened.drafts.cards() if card.id == "kept"])
    assert [row.card for row in opened.store.due(opened.today)] == ["kept"]
    assert opened.store.refold() == []


def test_a_session_that_is_open_passes_over_what_became_a_draft(tmp_path: Path) -> None:
    """It was in the queue when the session began."""
    file = own(tmp_path, basic_deck(2))
    with library(tmp_path, Clock()) as opened:
        session = opened.study()
        assert session.queue.waiting == ("c0", "c1")
        file.write_text(basic_deck(2).replace("{#c0}", "{#c0 .draft}"), encoding="utf-8")
        opened.synchronise()
        question = asyncio.run(session.next())
        assert question is not None
        assert question.card.id == "c1"


def test_a_tag_of_the_deck_or_part_counts_too(tmp_path: Path) -> None:
    """Such a draft is accepted where the tag stands, and it is said where."""
    own(tmp_path, '# D\n\n```toml\ntags = ["draft"]\n```\n\n## One? {#one}\n\nA.\n\n## Two? {#two .draft}\n\nB.\n')
    own(tmp_path, "# E\n\n# Part {.draft}\n\n## Three? {#three}\n\nC.\n", "e.md")
    with library(tmp_path, Clock()) as opened:
        assert (asked(opened), drafts(opened)) == (set(), ["three", "one", "two"])
        before = (tmp_path / "home" / "decks" / "mine.md").read_bytes()
        with pytest.raises(DeckError, match=r"e\.md: a whole part or deck has the tag 'draft'"):
            opened.drafts.accept(opened.drafts.cards())
        assert (tmp_path / "home" / "decks" / "mine.md").read_bytes() == before


def test_a_card_counts_before_a_draft_with_its_id(tmp_path: Path) -> None:
    """Wherever the draft stands; both places are told."""
    own(tmp_path, "# A\n\n## Draft? {#same .draft}\n\nA.\n", "a.md")
    own(tmp_path, "# B\n\n## Card? {#same}\n\nB.\n", "b.md")
    with library(tmp_path, Clock()) as opened:
        assert asked(opened) == {"same"}
        assert [row.deck for row in opened.store.find(["same"])] == ["b.md"]
        card = opened.store.card("same")
        assert card is not None
        assert card.deck == "b.md"
        (problem,) = opened.problems()
        assert (problem.path, "b.md:3" in problem.what) == ("a.md", True)


# --- accepted, thrown away, put back ----------------------------------------------------------------


def test_an_accepted_draft_is_new_and_loses_only_its_tag(opened: Library, tmp_path: Path) -> None:
    """All cards of a cloze text at once; every other byte of the file stays."""
    file = tmp_path / "home" / "decks" / "mine.md"
    assert drafts(opened) == ["proposed", "gaps"]
    assert opened.drafts.accept(opened.drafts.cards()[1:]) == 1
    assert file.read_text(encoding="utf-8") == PROPOSED.replace("{#gaps .draft}", "{#gaps}")
    assert asked(opened) == {"c0", "kept", "gaps:c1", "gaps:c2"}
    assert opened.drafts.accept(opened.drafts.cards()) == 1
    assert "{#proposed .more}" in file.read_text(encoding="utf-8")
    assert drafts(opened) == []


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    """Those of the heading too."""
    file = own(tmp_path, "")
    file.write_bytes(PROPOSED.replace("\n", "\r\n").encode())
    with library(tmp_path, Clock()) as opened:
        opened.drafts.accept(opened.drafts.cards())
    assert file.read_bytes() == PROPOSED.replace(" .draft", "").replace("\n", "\r\n").encode()


def test_what_was_done_is_taken_back_step_by_step(opened: Library, tmp_path: Path) -> None:
    """To the byte, the newest first; then there is nothing left."""
    file = tmp_path / "home" / "decks" / "mine.md"
    states = [file.read_bytes()]
    proposed, gaps = opened.drafts.cards()
    opened.drafts.accept([proposed])
    states.append(file.read_bytes())
    opened.drafts.discard(gaps)
    assert drafts(opened) == []
    assert b"{{c1" not in file.read_bytes()
    assert opened.drafts.put_back() == "thrown away: gaps"
    assert file.read_bytes() == states[1]
    assert opened.drafts.put_back() == "accepted: proposed"
    assert file.read_bytes() == states[0]
    assert (opened.drafts.put_back(), drafts(opened)) == ("", ["proposed", "gaps"])


def test_what_another_program_wrote_meanwhile_stays(opened: Library, tmp_path: Path) -> None:
    """The card comes back all the same: at the end of its deck, or with its tag."""
    file = tmp_path / "home" / "decks" / "mine.md"
    proposed, gaps = opened.drafts.cards()
    opened.drafts.accept([gaps])
    opened.drafts.discard(proposed)
    file.write_text(file.read_text(encoding="utf-8").replace("Yes.", "Yes indeed."), encoding="utf-8")
    opened.synchronise()
    assert opened.drafts.put_back() == "thrown away: proposed"
    assert opened.drafts.put_back() == "accepted: gaps"
    assert set(drafts(opened)) == {"proposed", "gaps"}
    assert "Yes indeed." in file.read_text(encoding="utf-8")


def test_what_is_no_draft_any_more_is_passed_over(opened: Library, tmp_path: Path) -> None:
    """Its file was deleted, or lost the card or the tag, while the drafts were looked at; the others are accepted."""
    other = own(tmp_path, "# O\n\n## Other? {#other .draft}\n\nYes.\n", "z.md")
    opened.synchronise()
    proposed, gaps, last = opened.drafts.cards()
    other.unlink()
    for act in (opened.drafts.discard, lambda card: opened.drafts.accept([card])):
        with pytest.raises(DeckError, match=r"^other is no draft any more; its deck was changed or deleted meanwhile$"):
            act(last)
    file = tmp_path / "home" / "decks" / "mine.md"
    file.write_text(PROPOSED.replace("{#gaps .draft}", "{#gaps}"), encoding="utf-8")
    assert opened.drafts.accept([proposed, gaps, last]) == 1
    assert (drafts(opened), asked(opened)) == ([], {"c0", "kept", "proposed", "gaps:c1", "gaps:c2"})


def test_what_cannot_be_put_back_is_told_once(opened: Library, tmp_path: Path) -> None:
    """Its deck was deleted; older acts can still be taken back, and what was thrown away makes a deck."""
    other = own(tmp_path, "# O\n\n## Other? {#other .draft}\n\nYes.\n\n## More? {#more .draft}\n\nNo.\n", "z.md")
    opened.synchronise()
    proposed, _, last, more = opened.drafts.cards()
    opened.drafts.discard(more)
    opened.drafts.accept([proposed])
    opened.drafts.accept([last])
    other.unlink()
    with pytest.raises(DeckError, match=r"^other is in no deck any more, and cannot be a draft again$"):
        opened.drafts.put_back()
    assert opened.drafts.put_back() == "accepted: proposed"
    assert opened.drafts.put_back() == "thrown away: more"
    assert set(drafts(opened)) == {"proposed", "gaps", "more"}


# --- written ----------------------------------------------------------------------------------------


def test_a_deck_of_drafts_is_written_below_the_learners_decks(opened: Library, notes: Path) -> None:
    """Named after the notes; its cards are drafts."""
    made = opened.drafts.write(notes)
    assert (made.deck, made.new, made.file.is_file()) == ("drafts/lecture-3.md", True, True)
    assert drafts(opened)[:7] == [one.id for one in made.drafted.proposals]
    assert asked(opened) == {"c0", "kept"}
    assert opened.problems() == []


def test_a_second_run_adds_only_what_is_new(opened: Library, notes: Path) -> None:
    """What was accepted, changed or thrown away is not proposed again; what stands there stays as it is."""
    opened.drafts.write(notes)
    first, second, *_ = opened.drafts.cards()
    opened.drafts.discard(first)
    opened.drafts.accept([second])
    before = opened.drafts.folder.joinpath("drafts", "lecture-3.md").read_bytes()
    made = opened.drafts.write(notes)
    assert (made.new, made.drafted.proposals, made.drafted.known) == (False, (), 7)
    assert made.file.read_bytes() == before
    notes.write_text("# Before\n\n" + FLAT + "\n- A trap is an interrupt that a program asked for\n", encoding="utf-8")
    made = opened.drafts.write(notes)
    assert [one.lines for one in made.drafted.proposals] == [(24,)]
    assert made.file.read_bytes().startswith(before.rstrip())
    assert opened.problems() == []


def test_a_deck_that_was_deleted_begins_anew(opened: Library, notes: Path) -> None:
    """Its marks do not count without it."""
    opened.drafts.write(notes).file.unlink()
    assert (opened.drafts.folder / MARKS / "lecture-3.txt").is_file()
    assert len(opened.drafts.write(notes).drafted.proposals) == 7


def test_two_files_of_notes_may_share_a_deck(opened: Library, notes: Path, tmp_path: Path) -> None:
    """By name; ids differ over all decks."""
    other = tmp_path / "other.txt"
    other.write_text(OUTLINE, encoding="utf-8")
    opened.drafts.write(notes, deck="both.md")
    made = opened.drafts.write(other, deck="both")
    assert (made.deck, len(made.drafted.proposals)) == ("drafts/both.md", 7)
    opened.drafts.write(notes, deck="again")
    assert opened.problems() == []
    assert len(set(drafts(opened))) == 2 + 7 + 7 + 7


def test_a_deck_that_would_hide_them_gets_none(opened: Library, notes: Path) -> None:
    """Nothing is written below an open fence."""
    file = opened.drafts.folder / "drafts" / "lecture-3.md"
    file.parent.mkdir()
    file.write_text("# D\n\n## A? {#a}\n\n```\nopen\n", encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(DeckError, match="hides cards below it"):
        opened.drafts.write(notes)
    assert file.read_bytes() == before


def test_a_deck_is_not_written_without_its_marks(opened: Library, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next run would propose the same once more; a deck that was there is as it was."""
    opened.drafts.write(notes)
    file = opened.drafts.folder / "drafts" / "lecture-3.md"
    before = file.read_bytes()
    notes.write_text(FLAT + "\n- A trap is an interrupt that a program asked for\n", encoding="utf-8")

    def full(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
        if path.parent.name == MARKS:
            raise DeckError(f"{path}: there is no space left to write it")
        atomic(path, data, expected=expected)

    with monkeypatch.context() as patched:
        patched.setattr("studyapp.drafts.atomic", full)
        for deck in ("", "new.md"):
            with pytest.raises(DeckError, match="no space left"):
                opened.drafts.write(notes, deck=deck)
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == ["lecture-3.md"]
    assert len(opened.drafts.write(notes).drafted.proposals) == 1


def test_a_preview_writes_nothing(opened: Library, notes: Path) -> None:
    """And shows all."""
    made = opened.drafts.preview(notes)
    assert (len(made.drafted.proposals), made.file.exists()) == (7, False)
    assert not (opened.drafts.folder / MARKS).exists()


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../x", "a/b.md", ".x", "", " ", "README.md", "a\x1b.md", "a" * 300, "c:\\x"])
def test_a_deck_has_a_plain_name(name: str) -> None:
    """It stays below the folder of drafts; without one, the notes' own name is made plain."""
    if name:
        with pytest.raises(DeckError, match="is no name for a deck"):
            deck_name(Path("n.txt"), name)
    assert deck_name(Path("/x/Été 1 \x1b[31m?.txt")) == "drafts/ete-1-31m.md"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"caf\xe9 is\n", r"byte 0xE9 on line 1 is not UTF-8; .*--encoding cp1252"),
        (b"one\ntwo \xff", "byte 0xFF on line 2"),
        (b"\x7fELF\n\x00\x01", "is binary, there is a zero byte on line 2"),
        (b"red\n\x1b[31m", r"line 2 has the control character U\+001B"),
        ("a\x93b".encode(), r"U\+0093.*--encoding cp1252"),
        (b"\xff\xfea", "is not UTF-16"),
        (b"x" * (LARGEST + 1), r"has 2\.0 MB, and 2 MB is the most; split it"),
    ],
)
def test_what_is_no_text_is_refused_with_line_and_remedy(tmp_path: Path, data: bytes, message: str) -> None:
    """In one line."""
    path = tmp_path / "n.txt"
    path.write_bytes(data)
    with pytest.raises(DeckError, match=message) as refused:
        read_notes_file(path)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
def test_text_in_other_encodings_is_read(tmp_path: Path, encoding: str) -> None:
    """UTF-8 and UTF-16 with their marks by themselves, others by name."""
    path = tmp_path / "n.txt"
    path.write_bytes("Größe: é\f\n".encode(encoding))
    named = encoding if encoding in ("utf-16-le", "cp1252", "latin-1") else ""
    assert read_notes_file(path, named) == "Größe: é\f\n"


def test_what_is_no_file_or_encoding_is_refused(tmp_path: Path) -> None:
    """A folder, a missing file, an encoding that is none or not one of text."""
    with pytest.raises(DeckError, match="is a folder; give one file"):
        read_notes_file(tmp_path)
    with pytest.raises(DeckError, match="does not exist; give a file"):
        read_notes_file(tmp_path / "none.txt")
    with pytest.raises(DeckError, match=r"does not exist|is no name"):
        read_notes_file(tmp_path / "a\0b")
    path = tmp_path / "n.txt"
    path.write_bytes(b"text")
    for encoding in ("nonsense", "rot13", "hex"):
        with pytest.raises(DeckError, match="there is no encoding of text"):
            read_notes_file(path, encoding)


def test_notes_without_anything_to_draft_are_refused(opened: Library, tmp_path: Path) -> None:
    """Nothing is written."""
    path = tmp_path / "n.txt"
    path.write_text("Post Views: 3\n\n---\n", encoding="utf-8")
    with pytest.raises(DeckError, match="nothing in it can be drafted"):
        opened.drafts.write(path)
    assert not (opened.drafts.folder / "drafts").exists()


def test_all_are_accepted_or_none(opened: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the second file cannot be written the first is as it was, and there is nothing to put back."""
    second = own(
        tmp_path, PROPOSED.replace("kept", "also").replace("proposed", "other").replace("gaps", "more"), "z.md"
    )
    opened.synchronise()
    before = {file: file.read_bytes() for file in (tmp_path / "home" / "decks").glob("*.md")}

    def full(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
        if path == second:
            raise DeckError(f"{path}: there is no space left to write it")
        atomic(path, data, expected=expected)

    monkeypatch.setattr("studyapp.decks.writing.atomic", full)
    with pytest.raises(DeckError, match="no space left"):
        opened.drafts.accept(opened.drafts.cards())
    assert {file: file.read_bytes() for file in before} == before
    assert opened.drafts.put_back() == ""
