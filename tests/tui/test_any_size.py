"""Rules that hold on every screen: at any size, and whatever a deck says, it is shown as text and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sitting import LEARNING, sit
from tests.studying import COMPUTED, Clock, basic_deck, library
from tests.tui.samples import CHOICE, LONG, OWN_SIMULATION, SIMULATED, STEPS, TYPED, own_card
from tests.tui.screens import Seat, at_home, in_review
from tests.tui.test_run_panel import own_simulation

HOSTILE = "[@click=app.quit]quit[/] P(A|B) [/x] \x1b]52;c;SE9TVElMRQ==\x07\x9b31m\u202e\u2066"
SHOWN = "[@click=app.quit]quit[/] P(A|B) [/x]"
SIZES = ((40, 12), (200, 60), (20, 5), (80, 24))
WAYS = {
    "home": [["u"]],
    "review, options": [["enter"], ["a", "enter", "w"]],
    "review, typed": [["down", "down", "down", "enter"], ["x", "enter"]],
    "review, steps": [["down", "down", "enter", "space"]],
    "review, long": [["down", "down", "down", "down", "enter", "space", "space"], ["3"]],
    "lab": [["x"]],
    "find": [["/"]],
    "card": [["/", "enter"]],
    "history": [["down", "enter", "a", "enter", "u", "h"]],
    "keys": [["?"]],
    "palette": [[":"]],
    "problems": [["!"]],
    "drafts": [["d"], ["A"]],
}


async def resized(seat: Seat) -> None:
    """Go through all sizes."""
    for columns, rows in SIZES:
        await seat.resize(columns, rows)
        assert len(seat.lines) == rows
        assert all(len(line) <= columns for line in seat.lines)


@pytest.mark.parametrize("way", WAYS)
async def test_every_screen_follows_the_size(tmp_path: Path, way: str) -> None:
    """From 40x12 to 200x60 and smaller than anybody has: nothing fails, nothing is wider than the screen."""
    wrong = "# Wrong\n\n## One {#one}\n\nBack @{x}.\n"
    draft = "# Draft\n\n# Part\n\n## Proposed? {#proposed .draft}\n\nAs it is said.\n\nSource: n.txt, line 3\n"
    with library(tmp_path, Clock(), a=CHOICE, b=STEPS, c=TYPED, d=LONG, draft=draft, wrong=wrong) as opened:
        async with at_home(opened) as seat:
            for keys in WAYS[way]:
                await seat.press(*keys)
                await resized(seat)
            if way == "review, long":
                seat.see("Session over")


@pytest.mark.slow
async def test_the_lab_follows_the_size(tmp_path: Path) -> None:
    """The run beside an answer, the Lab with a field open, with a question over it, and the source."""
    with library(tmp_path, Clock(), own=own_card()) as opened:
        own_simulation(opened)
        async with in_review(opened) as seat:
            await seat.press("space")
            await seat.wait("run just now")
            await resized(seat)
            await seat.press("x")
            await seat.wait("2 run")
            await seat.press("x")
            await seat.wait("1 claim holds here")
            for keys in (["enter"], ["escape", "f"], ["escape", "v"], ["q", "right", "d", "1", "enter"]):
                await seat.press(*keys)
                await resized(seat)


@pytest.mark.slow
async def test_the_screens_after_an_exam_follow_the_size(tmp_path: Path) -> None:
    """The list of sittings, what was handed in, the report, a question in full, an explanation and the statistics."""
    clock = Clock()
    with library(tmp_path, clock, learning=LEARNING) as opened:
        await sit(opened, clock, "right changed", "wrong", "right picked", "timed out")
        async with at_home(opened) as seat:
            seat.app.open_submissions()
            await seat.settle()
            for keys in (["down"], ["enter"], ["enter"], ["a", "end"], ["enter", "end"], ["q", "o", "1"]):
                await seat.press(*keys)
                await resized(seat)
            for keys in (["escape", "space"], ["3"], ["escape", "right", "escape", "right", "enter"]):
                await seat.press(*keys)
                await resized(seat)
            await seat.press("q", "q", "s")
            await resized(seat)
            seat.see("Question statistics")


async def test_hostile_text_is_text_on_every_screen(tmp_path: Path) -> None:
    """Markup is shown character by character, control characters are gone, and a click on it does nothing."""
    deck = f"# Deck {HOSTILE}\n\n## Front {HOSTILE} {{#hostile}}\n\nBack {HOSTILE}.\n\nHint: hint {HOSTILE}\n"
    with library(tmp_path, Clock(), deck=deck) as opened:
        (opened.places.simulations).mkdir(parents=True)
        hostile = HOSTILE.replace("\x1b", "").replace("\x07", "")
        own = OWN_SIMULATION.replace("the learner's own", hostile).replace("what is doubled", hostile)
        own = own.replace("it is broken", hostile).replace("it is the double", hostile)
        (opened.places.simulations / "aaa.py").write_text(own.replace('"Doubling"', repr(f"Title {hostile}")))
        opened.laboratory.consent(opened.laboratory.source("aaa"))
        async with at_home(opened, (160, 50)) as seat:
            await shown_as_text(seat, "Deck")
            await seat.press("enter")
            await shown_as_text(seat, "Front")
            await seat.press("i")
            await shown_as_text(seat, "hint")
            await seat.press("space")
            await shown_as_text(seat, "Back")
            await seat.press("/")
            await shown_as_text(seat, "Front")  # in Find a click on a card opens it
            seat.see("Card · hostile")
            await seat.press("x")
            await seat.wait("aaa +Title")
            await shown_as_text(seat, "Title")
            await seat.press("q", "q", "escape", "q", "x")
            await seat.wait("▸convolution_kernels")
            await seat.press("end")
            await seat.wait("▸aaa +Title")
            await seat.press("enter")
            await seat.wait("2 run")
            await shown_as_text(seat, "a simulation of")
            await seat.press("x")
            await seat.wait("✓ holds")
            await shown_as_text(seat, "✓ holds: ")
            await seat.press("v")
            await shown_as_text(seat, "a simulation of ")
            await seat.press("q", "up", "up", "right", "x")
            await seat.wait("! aaa")


async def shown_as_text(seat: Seat, before: str) -> None:
    """The text stands there as it is, and a click on it does not quit."""
    assert f"{before}{'' if before.endswith(' ') else ' '}{SHOWN}" in seat.text, seat.text
    assert not set(seat.text) & {"\x1b", "\x07", "\x9b", "\u202e", "\u2066"}
    await seat.click(r"quit\[/\]")
    assert seat.app.is_running


async def test_messages_are_text(tmp_path: Path) -> None:
    """An error that quotes a learner's words is shown as text, on the first line."""
    with library(tmp_path, Clock(), computed=COMPUTED, plain=basic_deck(1), own=SIMULATED) as opened:
        async with at_home(opened) as seat:
            seat.app.say(f"wrong: {HOSTILE}", wrong=True)
            await seat.settle()
            assert seat.row(r"wrong: \[@click=app.quit\]") == 0
            assert not set(seat.text) & {"\x1b", "\x07", "\x9b", "\u202e"}


async def test_a_low_screen_shows_what_matters(tmp_path: Path) -> None:
    """At 40x12 there is room for options while they are open, and for the grades once they are answered."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with in_review(opened, size=(40, 12)) as seat:
            seat.see("Which gain keeps the level", "a  ", "b  ", "Enter sure")
            assert not seat.shows("Pick a letter")
            await seat.press("a", "space")
            seat.see("your answer|✓", "1 Again +2 Hard", "Space (next|read on)")
