"""Rules of the Lab's form: every parameter by arrows, digits and the mouse, and no value that does not fit."""

from __future__ import annotations

import re
from pathlib import Path

from textual import events

from tests.studying import Clock, library
from tests.tui.samples import OWN_SIMULATION
from tests.tui.screens import Seat, at_home
from tests.tui.test_lab import open_own

SIZE = (120, 40)


def value(seat: Seat, parameter: str) -> str:
    """What the form shows of a parameter, beyond its name and slider."""
    line = seat.lines[seat.row(rf"^ [▸ ]{parameter} ")][1:40].split("  ")
    return " ".join(word for word in " ".join(line[1:]).split() if "─" not in word)


async def test_arrows_move_and_change(tmp_path: Path) -> None:
    """Up and down choose a parameter, around; left and right change it by a step, within its bounds."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, SIZE) as seat:
            await open_own(seat, opened)
            seat.see("▸x", "x: what is doubled in m .0 .. 10.")
            await seat.press("right", "right")
            assert value(seat, "x") == "3 ·"
            await seat.press("left", "h", "h")
            assert value(seat, "x") == "1.5 ·"
            await seat.press(*["left"] * 9)
            assert value(seat, "x") == "0 ·"
            await seat.press("down", "right")
            seat.see("▸n", "n: copies .1 .. 1000.")
            assert value(seat, "n") == "16 ·"
            await seat.press("j", "right", "right", "right")
            seat.see("▸way")
            assert value(seat, "way") == "add ●shift ·"
            await seat.press("down", "l")
            assert value(seat, "round_off") == "on ·"
            await seat.press("up", "up", "up", "up")
            seat.see("▸seed")
            before = int(value(seat, "seed"))
            await seat.press("right")
            assert value(seat, "seed") == f"{before + 1} ·"
            await seat.press("R")
            assert [value(seat, name) for name in ("x", "n", "way", "round_off")] == ["2", "10", "●add shift", "off"]


async def test_a_value_is_typed(tmp_path: Path) -> None:
    """A digit, point or minus starts the field, Enter opens it with the value; Enter takes it, Esc leaves it."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, SIZE) as seat:
            await open_own(seat, opened)
            await seat.press(".", *"25")
            assert seat.typing
            await seat.press("enter")
            assert not seat.typing
            assert value(seat, "x") == "0.25 ·"
            await seat.press("enter", "backspace", "7", "enter")
            assert value(seat, "x") == "0.27 ·"
            await seat.press("5", "escape")
            assert value(seat, "x") == "0.27 ·"
            await seat.press(*["down"] * 4, "right")
            seat.see("! weights is typed: a digit begins a value, Enter opens this one")
            assert not seat.typing
            await seat.press("enter")
            assert seat.typing
            await seat.press("ctrl+u", *"3, 4.5", "enter")
            assert value(seat, "weights") == "3, 4.5 ·"
            await seat.press("down", "down", "enter")
            seat.see("! broken is chosen: ← → change it")
            await seat.press("right")
            assert value(seat, "broken") == "on ·"


async def test_a_refused_value_says_its_bounds(tmp_path: Path) -> None:
    """The field stays open with what was typed; the value is the one before."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, SIZE) as seat:
            await open_own(seat, opened)
            for typed, why in (("11", "0 .. 10"), ("1e", "number"), ("-1", "0 .. 10")):
                await seat.press(*typed, "enter")
                seat.see(f"x.*{typed}.*{why}")
                assert seat.typing
                await seat.press("escape")
                assert value(seat, "x") == "2"
            await seat.press("down", *"1.5", "enter")
            seat.see(r"n.*1\.5.*whole")


async def test_the_mouse_moves_sliders(tmp_path: Path) -> None:
    """A click on a slider moves it there, on another line highlights it, again on a switch or choice changes it."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, SIZE) as seat:
            await open_own(seat, opened)
            await seat.click("┤ 2")
            seat.see("▸x")
            await seat.click("─┤ 2")
            assert value(seat, "x") == "10 ·"
            await seat.click("round_off")
            seat.see("▸round_off")
            assert value(seat, "round_off") == "off"
            await seat.click("round_off")
            assert value(seat, "round_off") == "on ·"
            await seat.click("R reset")
            assert (value(seat, "x"), value(seat, "round_off")) == ("2", "off")
            await seat.click("x run  ")
            await seat.wait("1 claim holds here")


async def test_keys_that_come_at_once_are_all_taken(tmp_path: Path) -> None:
    """Digits that come before the field has the keys belong to it, Enter too; and a pasted value is whole."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, SIZE) as seat:
            await open_own(seat, opened)
            for key in ("full_stop", "2", "5", "enter"):
                seat.app.post_message(events.Key(key, {"full_stop": ".", "enter": None}.get(key, key)))
            await seat.settle()
            assert value(seat, "x") == "0.25 ·"
            seat.app.post_message(events.Paste("7.5\n"))
            await seat.settle()
            await seat.press("enter")
            assert value(seat, "x") == "7.5 ·"


async def test_a_typed_value_that_does_not_fit_says_so_under_the_form(tmp_path: Path) -> None:
    """Until it is another one, or none."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await open_own(seat, opened)
            for end in ("backspace", "escape"):
                await seat.press(*"99", "enter", "left")
                seat.see("! parameter x: '99' does not fit, it lies outside 0 .. 10")
                await seat.press(end)
                assert not seat.shows("! parameter")
                seat.see("x: what is doubled")
                await seat.press("escape")
                await seat.wait("2 run|back")


async def test_what_a_parameter_means_has_the_lines_that_it_needs(tmp_path: Path) -> None:
    """Also in a small terminal, and the highlighted line stays in sight."""
    long = "one of those words that go on and on, so that more than two lines are needed until the very end"
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await open_own(seat, opened, re.sub(r'help="what is doubled"', f'help="{long}"', OWN_SIMULATION))
            await seat.press("down", "up")
            seat.see("▸x ", "until the very end in m")
            await seat.press("up")
            seat.see("▸seed")


async def test_while_a_value_is_typed_the_hints_are_those_of_the_field(tmp_path: Path) -> None:
    """No command is promised there, and no letter that a number cannot have is taken for a part of it."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await open_own(seat, opened)
            await seat.press(*["down"] * 4, "enter")
            seat.see("Enter take it   Esc leave it")
            assert not seat.shows("d predict  |q back")
            await seat.press("end", *"xcqmqvqy?", *",-3e1")
            seat.see("1,2,-3e1")
            await seat.click("Enter take it")
            assert value(seat, "weights") == "1, 2, -30 ·"
            seat.see("x run  ", "q back")
            await seat.press("enter")
            await seat.click("Esc leave it")
            seat.see("x run  ", "q back")
            await seat.press("enter", "up")
            seat.see("x run  ", "▸round_off")


async def test_the_mark_of_a_changed_value_is_explained_with_what_it_was(tmp_path: Path) -> None:
    """Beside the meaning of the parameter."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await open_own(seat, opened)
            assert not seat.shows("at first")
            await seat.press("right")
            seat.see(r"x: what is doubled in m \(0 .. 10\) · 2 at first", r"┤ 2\.5 ·")
            await seat.press("left")
            assert not seat.shows("at first")
