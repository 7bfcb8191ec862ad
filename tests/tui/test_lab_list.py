"""Rules of the Lab's list: every simulation, and for a card that names none the nearest ones."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.widgets import Input

from tests.studying import Clock, basic_deck, library
from tests.tui.screens import at_home, in_review
from tests.tui.test_run_panel import own_simulation

OWN = """# Own

## What does softmax do to a difference of logits? {#difference}

It makes a ratio of probabilities of it.
"""


async def test_every_simulation_is_listed(tmp_path: Path) -> None:
    """By name and what it shows; one that cannot be read says why; Enter and a click open."""
    with library(tmp_path, Clock()) as opened:
        own_simulation(opened)
        (opened.places.simulations / "wrong.py").write_text("def run(:\n")
        opened.laboratory.refresh()
        opened.laboratory.consent(opened.laboratory.source("wrong"))
        async with at_home(opened) as seat:
            await seat.press("x")
            await seat.wait("! .*wrong\\.py")
            await seat.press("end")
            seat.see("▸wrong")
            seat.see("doubling +Doubling", r"wrong +cannot be read \(see below\)", r"! .*wrong\.py")
            await seat.press("home", *["right"] * 20)
            seat.see("Others")
            await seat.press(*["left"] * 20)
            seat.see("Convolution|Foundations")
            await seat.press("/")
            await seat.type("forced choice")
            seat.see("Lab · 0 of", "Nothing has the words 'forced choice'")
            assert not seat.shows("Enter open|↑ ↓ choose")
            await seat.press("ctrl+u")
            await seat.type("REJECT temperature")
            seat.see("Lab · 1 of", "▸softmax_output +Softmax, temperature", "↑ ↓ choose   Enter open")
            await seat.press("escape")
            seat.see("Foundations")
            await seat.press("/")
            await seat.type("softmax_out")
            await seat.press("up", "down")
            seat.see("softmax_output +Softmax, temperature")
            await seat.press("escape", "+")
            seat.see("A simulation is attached from a card: press x there")
            await seat.press("/")
            await seat.type("softmax_out")
            await seat.click("softmax_output +Softmax")
            await seat.wait("2 run")
            seat.see("Lab · softmax_output")
            await seat.press("q", "escape", *["down"] * 9, "enter")
            seat.see("Lab · ")


async def test_keys_typed_in_one_burst_are_for_the_field(tmp_path: Path) -> None:
    """From the first on; within the field / is a character."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("x")
            await seat.wait("▸convolution_kernels")
            for character in "/softmax":
                seat.app.post_message(events.Key("slash" if character == "/" else character, character))
            await seat.wait(r"Lab · \d of")
            assert isinstance(seat.app.focused, Input)
            assert seat.app.focused.value == "softmax"
            await seat.press("/")
            seat.see("Nothing has the words 'softmax/'")


async def test_a_second_enter_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    """Who is used to press it twice sees the simulation as it is."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("x")
            await seat.wait("▸convolution_kernels")
            await seat.press("/")
            await seat.type("exploding")
            await seat.press("enter")
            await seat.wait("2 run")
            seat.see("▸activation +identity ●tanh +relu")
            await seat.press("enter")
            seat.see("▸activation +identity ●tanh +relu", "! activation is chosen: ← → change it")


async def test_a_card_without_a_simulation_is_offered_the_nearest(tmp_path: Path) -> None:
    """Five at most, the nearest by their words first; + attaches one, and the card in hand runs it at once."""
    with library(tmp_path, Clock()) as opened:
        file = opened.places.decks / "own.md"
        file.parent.mkdir(parents=True)
        file.write_text(OWN)
        opened.synchronise()
        async with in_review(opened) as seat:
            await seat.press("space")
            seat.see("x find a simulation")
            await seat.press("x")
            await seat.wait("softmax_output")
            seat.see("No simulation yet. Nearest to: What does softmax do")
            assert seat.row("softmax_output") == 2
            await seat.click(r"\+ attach it to the card")
            seat.see("difference launches softmax_output from now on")
            await seat.wait("run just now")
            seat.see("It makes a ratio", "1 Again", "x simulation")
            await seat.press("x")
            await seat.wait("2 run")
            seat.see("Lab · softmax_output")
        assert 'name = "softmax_output"' in file.read_text()


async def test_a_shipped_deck_is_copied_before_it_is_written_to(tmp_path: Path) -> None:
    """The card launches the simulation from then on; the shipped file stays as it was."""
    shipped = tmp_path / "shipped" / "decks" / "plain.md"
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        before = shipped.read_text()
        async with in_review(opened) as seat:
            await seat.press("x")
            await seat.wait("softmax_output")
            await seat.press("+")
            await seat.wait("c0 launches .* from now on")
        assert shipped.read_text() == before
        assert "[simulation]" in (tmp_path / "home" / "decks" / "plain.md").read_text()


async def test_without_any_simulation(tmp_path: Path) -> None:
    """The list says so, and no key ends the app."""
    (tmp_path / "shipped" / "simulations").mkdir(parents=True)
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            await seat.press("x")
            await seat.wait("There is no simulation here")
            await seat.press("enter", "+", "down", "q")
            seat.see("Question 0")
