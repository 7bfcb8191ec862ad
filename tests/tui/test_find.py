"""Rules of Find and of a card looked at: by words, suspended ones too, and back into study."""

from __future__ import annotations

from pathlib import Path

from tests.studying import COMPUTED, Clock, basic_deck, library
from tests.tui.samples import CHOICE, TYPED
from tests.tui.screens import at_home, in_review

CLOZE = "# Cloze\n\n## Sums {#sums}\n\nThe derivative of {{c1::a sum}} is the sum of {{c2::the derivatives}}.\n"


async def test_cards_are_found_by_their_words(tmp_path: Path) -> None:
    """The list follows every letter; a line has the card's state and its question, filled in, gaps as gaps."""
    with library(tmp_path, Clock(), a=CHOICE, b=TYPED, c=CLOZE, d=COMPUTED) as opened:
        async with at_home(opened) as seat:
            await seat.press("/")
            seat.see(
                "5 cards", "new +Which gain keeps", "new +Sums · The derivative of .* is the sum of the derivatives"
            )
            seat.see(r"The ratio at temperature \d")
            assert "@{" not in seat.text
            await seat.type("derivatives")
            seat.see("3 cards")
            await seat.type(" first")
            seat.see("1 card\n", "Which word names")
            await seat.type("q")
            seat.see("no card has all these words")
            await seat.press("enter", "down", "enter")
            seat.see("no card has all these words")


async def test_the_card_that_is_named_comes_first(tmp_path: Path) -> None:
    """By its id or its question, before those that only mention it; Enter opens it."""
    named = "# Z\n\n## Gradient {#named}\n\nIt is the vector of slopes.\n\n## What shrinks? {#gradient}\n\nIt does.\n"
    with library(tmp_path, Clock(), b=TYPED, z=named) as opened:
        async with at_home(opened) as seat:
            await seat.press("/")
            await seat.type("Gradient")
            seat.see("3 cards")
            rows = [seat.row(words) for words in ("new +What shrinks", "new +Gradient", "new +Which word names")]
            assert rows == sorted(rows)
            await seat.press("enter")
            seat.see("Card · gradient")


async def test_the_whole_list_fits_its_width(tmp_path: Path) -> None:
    """A long question ends in an ellipsis, never on a second line; a click opens a card."""
    long = "".join(f"## {'long words ' * 12} {i} {{#l{i}}}\n\nBack.\n\n" for i in range(40))
    with library(tmp_path, Clock(), long=f"# Long\n\n{long}") as opened:
        async with at_home(opened) as seat:
            await seat.press("/")
            seat.see("40 cards")
            rows = [line for line in seat.lines if "long words" in line]
            assert len(rows) == 19
            assert all(row.startswith(" new ") and "…" in row for row in rows)
            await seat.click("new ")
            seat.see("Card · l0")


async def test_a_suspended_card_is_taken_back(tmp_path: Path) -> None:
    """! lists what is suspended; on the card ! takes it back into study, u undoes that, and a session asks it again."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        async with in_review(opened) as seat:
            await seat.press("!")
            seat.see("Suspended: c0")
            await seat.press("/", "!")
            seat.see("1 card suspended", "suspended +Question 0")
            await seat.press("enter")
            seat.see("Card · c0", "The long answer to question number 0", "suspended; new; plain.md, line 3")
            await seat.press("!")
            seat.see("Back in study; u takes it back")
            assert not opened.store.schedule("c0").suspended
            await seat.press("u")
            seat.see("Taken back: taking c0 back into study", "suspended; new")
            await seat.press("U")
            seat.see("Done again", "! suspend ")
            await seat.press("q")
            seat.see("no card is suspended")
            await seat.press("escape")
            seat.see("Question 1")
        assert "c0" in opened.study().queue.waiting


async def test_a_card_is_only_looked_at(tmp_path: Path) -> None:
    """Both sides, hint, analogy and source at once; its history; nothing of it is logged."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await seat.press("/", *"gain", "enter")
            seat.see(
                "✓ [abc]  the root of two", "hint  which share", "analogy  a tap", "source  He et al", "new; choice.md"
            )
            await seat.press("h")
            seat.see("No answers yet")
            await seat.press("q")
            await seat.click("h history")
            seat.see("No answers yet")
            await seat.press("q", "x")
            await seat.wait("Nearest to: Which gain")
            await seat.press("q", "q", "escape")
            seat.see("All decks")
        assert opened.store.entries() == []
