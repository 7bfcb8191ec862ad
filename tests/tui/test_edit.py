"""Writing cards in the app: what is typed is looked at, saved whole or not at all, and never lost by a slip."""

from __future__ import annotations

from pathlib import Path

from textual.events import Paste

from studyapp.tui.edit import LONGEST, EditScreen
from tests.studying import Clock, basic_deck, library, own
from tests.tui.samples import CHOICE
from tests.tui.screens import Seat, at_home, in_review

MINE = "# Mine\n\n## What is a mean? {#mean .basics}\n\nThe sum over the number. It is the centre.\n"


async def card(seat: Seat, words: str) -> None:
    """Open the card with these words."""
    await seat.press("/")
    await seat.type(words)
    await seat.press("enter")
    seat.see("Card · ")


async def test_a_card_is_edited_and_saved(tmp_path: Path) -> None:
    """The preview and the problems follow what is typed; F2 writes the file, and the card is shown as it is now."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await card(seat, "mean")
            await seat.press("e")
            seat.see("Edit · mean +mine.md", "✓ a sound card", "F2 save", "{#mean .basics}")
            await seat.press("ctrl+end", *"!")
            await seat.wait("the centre.! *$|the centre.! ")
            await seat.press("ctrl+home", "ctrl+k")
            await seat.wait("! line 3: the text is not one card")
            await seat.press("f2")
            seat.see("! .*the text is not one card|! .*no card")
            assert file.read_text() == MINE
            await seat.press("ctrl+z")
            await seat.wait("✓ a sound card")
            await seat.press("f2")
            await seat.wait("Saved: mean")
            seat.see("It is the centre.!", "mine.md, line 3")
    assert file.read_text() == MINE.replace("centre.\n", "centre.!\n")


async def test_leaving_asks_about_what_is_not_saved(tmp_path: Path) -> None:
    """Without a change it does not; the file stays as it was."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "escape")
            seat.see("Card · mean")
            await seat.press("e", *"xyz", "escape")
            await seat.wait("What you wrote is not saved")
            await seat.press("n")
            seat.see("Edit · mean", "xyz## What")
            await seat.press("escape", "y")
            await seat.wait("Card · mean")
    assert file.read_text() == MINE


async def test_a_new_card_and_a_copy_go_below_the_card(tmp_path: Path) -> None:
    """Each gets an id of its own; a shipped deck is copied into the learner's folder first."""
    with library(tmp_path, Clock(), a=CHOICE) as opened:
        async with at_home(opened) as seat:
            await card(seat, "Which gain")
            await seat.press("n")
            seat.see("New card +a.md", "## What is asked")
            await seat.type("New")
            await seat.wait("! line 3: the sample is still there")
            await seat.press("down", "down", "home", "shift+end")
            await seat.type("Newly. For it was not there.")
            await seat.press("f2")
            await seat.wait("Saved: new in a copy of the deck, which is your own.")
            await seat.press("c")
            seat.see("New card")
            await seat.press("f2")
            await seat.wait("Saved: which-gain")
        ids = [one.id for one in opened.store.cards("a.md")]
        assert ids == ["gain", "which-gain-keeps-the-level-of-a-relu-layer", "new"]
    assert (tmp_path / "home" / "decks" / "a.md").exists()


async def test_somebody_elses_change_is_asked_about(tmp_path: Path) -> None:
    """n keeps both as they are; y writes one's own text over the other."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end", *"!")
            file.write_text(MINE.replace("centre", "middle"))
            await seat.press("f2")
            await seat.wait("mean was changed elsewhere meanwhile")
            seat.see("- The sum over the number. It is the middle.", "[+] The sum over the number. It is the centre.!")
            await seat.press("n")
            seat.see("Edit · mean")
            assert "middle" in file.read_text()
            await seat.press("f2")
            await seat.wait("changed elsewhere")
            await seat.press("y")
            await seat.wait("Saved: mean")
    assert file.read_text() == MINE.replace("centre.\n", "centre.!\n")


async def test_a_card_is_moved_tagged_and_taken_out(tmp_path: Path) -> None:
    """From the card's screen, each in the file at once."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("t")
            seat.see("Tags of mean", "basics")
            await seat.type("so#so")
            await seat.press("enter")
            await seat.wait("! 'so#so' is no tag")
            await seat.press(*["backspace"] * 5)
            await seat.type("hard")
            await seat.press("enter")
            await seat.wait("Tags: basics, hard.")
            seat.see("tags: basics, hard")
            assert "{#mean .basics .hard}" in file.read_text()
            await seat.press("m")
            seat.see("Move mean to which deck", "plain.md")
            await seat.press(*"notes", "enter")
            await seat.wait("Moved to notes.md")
            seat.see("notes.md, line 3")
            await seat.press("delete")
            await seat.wait("Take mean out of notes.md")
            await seat.press("y")
            await seat.wait("Taken out: mean")
            seat.see("mean is in no deck any more", "o open its file +u undo")
            assert opened.store.card("mean") is None
            await seat.press("e", "u")
            await seat.wait("Taken back: taking mean out")
            seat.see("notes.md, line 3", "Del take out")
            await seat.press("delete", "y")
            await seat.wait("Taken out: mean")
            await seat.press("q")
            seat.see("no card has all these words")
        assert opened.store.card("mean") is None


LINKED = """# Mine

# Losses

```toml
[simulation]
name = "softmax_output"
parameters = { temperature = 2.0 }
```

## First? {#first}

One.

## What is the peak? {#peak}

```toml
[answer]
value = "largest"
tolerance = 0.01
```
"""


async def test_a_card_is_looked_at_in_its_part_and_with_its_simulation(tmp_path: Path) -> None:
    """What it has from its part counts; a name that the simulation does not have is told, and is saved all the same."""
    file = own(tmp_path, LINKED)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "peak")
            await seat.press("e")
            await seat.wait("! line 5: .answer. value: 'largest' is not a value of softmax_output; ")
            await seat.press("ctrl+end", "enter", *"More.")
            await seat.press("f2")
            await seat.wait("Saved: peak. Still to mend: .answer. value: 'largest' is not a value")
    assert file.read_text() == LINKED + "More.\n"


async def test_the_preview_has_a_place_in_a_small_window(tmp_path: Path) -> None:
    """F3 turns to it and back."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e")
            assert "The sum over the number. It is the centre." in " ".join(seat.text.split())
            seat.see("## What is a mean", "F3 how it looks")
            await seat.press("f3")
            seat.see("What is a mean", "The sum over")
            assert "##" not in seat.text
            await seat.press("f3")
            seat.see("## What is a mean")


async def test_the_card_in_hand_is_edited_and_asked_anew(tmp_path: Path) -> None:
    """Before the answer from its beginning; after it with its new text, the answer kept."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with in_review(opened) as seat:
            await seat.press("e")
            await seat.wait("Edit · mean")
            await seat.press("ctrl+home", "right", "right", "right")
            await seat.type("So: ")
            await seat.press("f2")
            await seat.wait("So: What is a mean")
            assert "The sum over" not in seat.text
            await seat.press("space", "e")
            await seat.wait("Edit · mean")
            await seat.press("ctrl+end")
            await seat.type(" Truly.")
            await seat.press("f2")
            await seat.wait("centre. Truly.")
            seat.see("1 Again", "3 Good")
    assert file.read_text() == MINE.replace("What is", "So: What is").replace("centre.", "centre. Truly.")


async def test_ctrl_c_does_not_throw_the_text_away_and_a_refusal_stays(tmp_path: Path) -> None:
    """It asks as Esc does; why a card was not saved stands there until the text changes."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end")
            await seat.type("!")
            await seat.press("ctrl+c")
            await seat.wait("What you wrote is not saved")
            await seat.press("n", "ctrl+home", "ctrl+k", "f2")
            await seat.wait("! not saved: ")
            await seat.resize(100, 30)
            await seat.settle()
            seat.see("! not saved: ")
    assert file.read_text() == MINE


async def test_what_was_saved_is_not_offered_again(tmp_path: Path) -> None:
    """Even if a change of the text is told only after it was saved."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end")
            await seat.type("!")
            screen = seat.screen
            assert isinstance(screen, EditScreen)
            screen._close()
            screen._look()
            assert not (tmp_path / "home" / "decks" / ".unsaved" / "mean.md").exists()
            await seat.press("e")
            seat.see("Edit · mean")
            assert not seat.shows("This was written here and not saved")


async def test_a_text_too_long_to_be_looked_at_is_kept_too(tmp_path: Path) -> None:
    """While it is written; it is looked at when it is saved."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end")
            seat.app.post_message(Paste("word " * 30_000))
            await seat.wait("A long text: it is looked at when it is saved")
            kept = tmp_path / "home" / "decks" / ".unsaved" / "mean.md"
            await seat.until(lambda: kept.exists() and len(kept.read_text()) > LONGEST)


async def test_the_last_tag_is_taken_away(tmp_path: Path) -> None:
    """A dash says so; Esc leaves the tags as they are."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("t", "escape")
            await seat.press("t", "ctrl+u")
            await seat.type("-")
            await seat.press("enter")
            await seat.until(lambda: "{#mean}" in file.read_text())


async def test_an_edit_is_undone_before_older_answers_and_after_newer_ones(tmp_path: Path) -> None:
    """Wherever u is pressed; an act never takes the place of another."""
    file = own(tmp_path, MINE)
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with in_review(opened) as seat:
            await seat.answer_side()
            await seat.press("3")
            await seat.until(lambda: opened.store.schedule("mean").due is not None)
        clock.forward(minutes=1)
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end")
            await seat.type("!")
            await seat.press("f2")
            await seat.wait("Saved: mean")
            await seat.press("q", "escape", "u")
            await seat.wait("Taken back: the edit of mean")
            assert file.read_text() == MINE
            assert opened.store.schedule("mean").due is not None
            await seat.press("u")
            await seat.wait("Taken back: Good on mean")
            assert opened.store.schedule("mean").due is None


async def test_the_kinds_of_cards_are_shown_and_begun(tmp_path: Path) -> None:
    """F1 lists them; Enter puts one in the place of an untouched sample, its heading's words selected."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("n", "f1")
            await seat.wait("The answer first")
            seat.see("Choice", "On paper", "typed", "Enter write one like it")
            await seat.press("down")
            await seat.wait(r"- \[x\] the right one")
            await seat.press("enter")
            await seat.wait("in place of the sample")
            await seat.type("Which is even?")
            await seat.wait("! line 3: the sample is still there")
            seat.see("## Which is even", r"\[ \] another wrong one")
            await seat.press("f2")
            await seat.wait("! not saved: line 3")
    assert file.read_text() == MINE


async def test_a_new_card_begins_a_deck(tmp_path: Path) -> None:
    """F4 says which; a name that cannot be one is refused, and what was written stays."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("n")
            await seat.type("So?")
            await seat.press("down", "down", "home", "shift+end")
            await seat.type("Yes. It is so.")
            await seat.press("f4")
            await seat.wait("To which deck does it go")
            await seat.type("../up")
            await seat.press("enter")
            await seat.wait("! '../up' is no name of a deck")
            await seat.press(*["backspace"] * 5)
            await seat.type("week-2")
            await seat.press("enter")
            await seat.wait("New card +week-2.md")
            seat.see("## So", "It is so")
            await seat.press("f2")
            await seat.wait("Saved: so")
    assert (tmp_path / "home" / "decks" / "week-2.md").read_text() == "# week-2\n\n## So? {#so}\n\nYes. It is so.\n"


async def test_no_key_reaches_past_a_text_that_is_not_saved(tmp_path: Path) -> None:
    """Neither Ctrl+C twice nor, from the preview, undo, find and the command palette."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end")
            await seat.type("!")
            await seat.press("ctrl+c", "ctrl+c")
            await seat.settle()
            seat.see("Edit · mean", "centre.!")
            await seat.press("f3")
            for key in ("u", "slash", "colon", "question_mark", "x"):
                await seat.press(key)
                await seat.settle()
                seat.see("Edit · mean|First save the card", "centre.!")
            await seat.press("escape")
            seat.see("## What is a mean")
            await seat.press("f2")
            await seat.wait("Saved: mean")
    assert file.read_text() == MINE.replace("centre.\n", "centre.!\n")


async def test_a_deck_with_windows_line_ends_is_edited(tmp_path: Path) -> None:
    """They stay, and no other byte changes."""
    file = own(tmp_path, "")
    file.write_bytes(MINE.replace("\n", "\r\n").encode())
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end")
            await seat.type("!")
            await seat.press("enter", "enter")
            await seat.type("More.")
            await seat.press("f2")
            await seat.wait("Saved: mean")
    assert file.read_bytes() == MINE.replace("centre.\n", "centre.!\n\nMore.\n").replace("\n", "\r\n").encode()


async def test_a_card_that_is_gone_meanwhile_is_saved_as_a_new_one(tmp_path: Path) -> None:
    """After asking; what was written is never without a way out."""
    file = own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end")
            await seat.type("!")
            file.write_text("# Mine\n\n## Other {#other}\n\nIt is.\n")
            opened.synchronise()
            await seat.press("f2")
            await seat.wait("mean is not in mine.md any more")
            await seat.press("y")
            await seat.wait("Saved: mean")
    assert file.read_text() == "# Mine\n\n## Other {#other}\n\nIt is.\n" + MINE.partition("# Mine\n")[2].replace(
        "centre.", "centre.!"
    )


async def test_what_is_pasted_over_an_untouched_sample_replaces_all_of_it(tmp_path: Path) -> None:
    """A line alone goes where the caret is."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            for end in ("\n", "\r", "\r\n"):  # as terminals send them
                await seat.press("n")
                seat.app.post_message(Paste(f"## Pasted?{end}{end}Yes. It was.{end}"))
                await seat.wait("✓ a sound card")
                assert "The answer first" not in seat.text
                seat.see("3  Yes. It was")
                await seat.press("escape", "y")
                await seat.settle()


async def test_formulas_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """At their line, while one types; the card is saved all the same, and it is said that it wants mending."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await card(seat, "mean")
            await seat.press("e", "ctrl+end", "enter", "enter")
            await seat.type("It is $\\frac{1}{2$ so.")
            await seat.wait("! line 5: the formula .* cannot be read")
            await seat.press("f2")
            await seat.wait("Saved: mean. Still to mend: the formula")
