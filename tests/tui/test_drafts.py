"""Rules of the screen of drafts: they are listed with their source lines, and accepted or thrown away one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.library import Library
from tests.decks.notes.lecture_notes import FLAT
from tests.studying import Clock, basic_deck, library, own
from tests.tui.screens import at_home


def drafted(opened: Library, folder: Path) -> None:
    """Seven drafts from a file of notes."""
    notes = folder / "caches.txt"
    notes.write_text(FLAT, encoding="utf-8")
    opened.drafts.write(notes)


async def test_home_has_drafts_only_if_there_are_any(tmp_path: Path) -> None:
    """With their number and the key; the key leads there anyway."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        async with at_home(opened) as seat:
            assert "draft" not in seat.text
            await seat.press("d")
            seat.see("Drafts · none", "studyapp draft NOTES", "u put back")
            await seat.press("a", "x", "e", "A", "enter")
            seat.see("Drafts · none")
            await seat.press("u")
            seat.see("Nothing was done to drafts since the start")
            await seat.press("q")
            drafted(opened, tmp_path)
            await seat.press("s", "q")
            seat.see("d 7 drafts", "2 new, about")
            await seat.click("7 drafts")
            seat.see("Drafts · 7 drafts")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_highlighted_draft_is_shown_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    """Under its deck and part, with the line of the notes; below the list, or beside it where there is room."""
    with library(tmp_path, Clock()) as opened:
        drafted(opened, tmp_path)
        async with at_home(opened, size) as seat:
            await seat.press("d")
            seat.see("drafts/caches.md · Caches", "▸ +2  Caches: why", "  5  Caches, Types · …|5 +Caches, Types")
            seat.see("Hide the latency of memory", "source  caches.txt, line 2, pages 3-9")
            await seat.press("down")
            seat.see("▸ +5  Caches, Types", "direct: one place for each block", "line 5, pages 3-9")
            beside = seat.row("▸ +5") == seat.row("direct: one place") or seat.row("direct: one place") < 12
            assert beside is (size[0] >= 110)
            await seat.press("end")
            seat.see("line 17, pages 11-15")


async def test_a_long_draft_is_read_page_by_page(tmp_path: Path) -> None:
    """By Space, which begins again at the end; it is named where there is more than fits."""
    answer = " ".join(f"Sentence {n} of a long answer stands here." for n in range(60))
    own(tmp_path, f"# D\n\n## Long? {{#long .draft}}\n\n{answer}\n\n## Short? {{#short .draft}}\n\nYes.\n")
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("d")
            await seat.wait("Space more")
            seat.see("Sentence 0 of")
            assert "line 3 of its deck" not in seat.text
            pages = 0
            while "line 3 of its deck" not in seat.text:
                await seat.press("space")
                pages += 1
                assert pages < 9
            await seat.press("space")
            seat.see("Sentence 0 of")
            await seat.press("down")
            seat.see("Yes.")
            assert "Space more" not in seat.text
            await seat.press("up")
            seat.see("Space more")


async def test_a_accepts_and_u_puts_back(tmp_path: Path) -> None:
    """The card is new from then on, and a draft again after u."""
    with library(tmp_path, Clock()) as opened:
        drafted(opened, tmp_path)
        async with at_home(opened) as seat:
            await seat.press("d", "down", "a")
            seat.see("Accepted: direct-one-place-for-each-block is a new card", "▸ +6  LRU")
            assert opened.study().queue.waiting == ("direct-one-place-for-each-block:c1",)
            await seat.press("u")
            seat.see("Put back, what was accepted", "▸ +5  Caches")
            assert opened.study().queue.waiting == ()


async def test_x_throws_away_and_u_puts_back(tmp_path: Path) -> None:
    """To the byte."""
    with library(tmp_path, Clock()) as opened:
        drafted(opened, tmp_path)
        file = opened.drafts.folder / "drafts" / "caches.md"
        before = file.read_bytes()
        async with at_home(opened) as seat:
            await seat.press("d", "x", "delete")
            seat.see("Thrown away: direct")
            assert len(opened.drafts.cards()) == 5
            assert b"Hide the latency" not in file.read_bytes()
            await seat.press("u", "u")
            assert len(opened.drafts.cards()) == 7
            assert file.read_bytes() == before


async def test_all_are_accepted_after_asking(tmp_path: Path) -> None:
    """And all of them are put back at once."""
    with library(tmp_path, Clock()) as opened:
        drafted(opened, tmp_path)
        async with at_home(opened) as seat:
            await seat.press("d", "A")
            seat.see("Accept 7 drafts as they are?")
            await seat.press("n")
            seat.see("Drafts · 7 drafts")
            await seat.press("A", "y")
            seat.see("Accepted: 7 new cards", "Nothing waits to be accepted")
            await seat.press("u")
            seat.see("Put back, what was accepted: 7 cards")
            assert len(opened.drafts.cards()) == 7


async def test_e_edits_the_draft(tmp_path: Path) -> None:
    """In the editor of all cards; what was saved is listed."""
    with library(tmp_path, Clock()) as opened:
        drafted(opened, tmp_path)
        async with at_home(opened, (120, 40)) as seat:
            await seat.press("d", "e")
            seat.see("Edit · caches-why", r"## Caches: why\? \{#caches-why .draft\}")
            await seat.press("right", "right", "right", "M", "y", " ", "f2")
            await seat.wait("Saved: caches-why")
            seat.see("▸ +2  My Caches: why")


async def test_a_deck_that_is_a_draft_says_how_it_is_accepted(tmp_path: Path) -> None:
    """Where its tag stands."""
    own(tmp_path, '# D\n\n```toml\ntags = ["draft"]\n```\n\n## One? {#one}\n\nA.\n')
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("d", "a")
            seat.see("a whole part or deck has the tag 'draft'; take it out of its tags there")
            await seat.press("down")
            seat.see("Drafts · 1 draft")


async def test_decks_that_changed_meanwhile_are_read_anew(tmp_path: Path) -> None:
    """By d, and by a key for a draft that is there no more, which says so."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        file = opened.drafts.folder / "drafts" / "caches.md"
        async with at_home(opened) as seat:
            drafted(opened, tmp_path)
            text = file.read_text(encoding="utf-8")
            file.unlink()
            await seat.press("d")
            seat.see("Drafts · none")
            await seat.press("q")
            file.write_text(text, encoding="utf-8")
            await seat.press("d")
            seat.see("Drafts · 7 drafts")
            for key in ("a", "x", "e"):
                file.unlink()
                await seat.press(key)
                seat.see("caches-why is no draft any more; its deck was changed or deleted", "Nothing waits")
                file.write_text(text, encoding="utf-8")
                await seat.press("q", "d")
                seat.see("Drafts · 7 drafts")


async def test_after_a_restart_u_says_what_can_be_done(tmp_path: Path) -> None:
    """It puts back what was done since the start; what was thrown away before is kept as text."""
    with library(tmp_path, Clock()) as opened:
        drafted(opened, tmp_path)
        opened.drafts.discard(opened.drafts.cards()[0])
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("d", "u")
            seat.see("Nothing was done to drafts since the start; what was thrown away is in +.*taken")


async def test_find_and_the_card_say_that_it_is_a_draft(tmp_path: Path) -> None:
    """It is found, and not taken for a new card."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        drafted(opened, tmp_path)
        async with at_home(opened) as seat:
            await seat.press("/", *"latency")
            seat.see("1 card", "draft +Caches: why")
            await seat.press("enter")
            seat.see("a draft, not asked before it is accepted")
