"""Figures in characters look like this, tell their marks apart without colour, and survive any numbers."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from studyapp.simulation import Axis, Bars, Figure, HeatMap, Line, Mark, Points
from studyapp.tui.plot_bars import bar
from studyapp.tui.plot_scale import Scale, alike, round_numbers, short
from studyapp.tui.plots import figure


def drawn(
    *marks: Mark, width: int = 44, height: int = 9, title: str = "Title", x: Axis | None = None, y: Axis | None = None
) -> list[str]:
    """A figure's lines, without the spaces at their ends."""
    made = Figure(title, x or Axis("step"), y or Axis("loss"), marks)
    return [line.rstrip() for line in figure(made, width=width, height=height).plain.split("\n")]


LOGITS = ("1.3", "5.2", "2.2")
SOFTMAX = Bars(LOGITS, [0.018, 0.911, 0.045], "softmax")
SHARES = Bars(LOGITS, [0.149, 0.598, 0.253], "divide by the sum")


# --- bars ---------------------------------------------------------------------------------------------------------


def test_bars_lie_beside_their_names_and_numbers() -> None:
    """Names on the left, bars to an eighth of a cell, numbers on the right with the same decimals."""
    assert drawn(SOFTMAX, width=30, y=Axis("probability")) == [
        "Title   probability",
        "     softmax",
        "1.3  ▍                   0.018",
        "5.2  ███████████████████ 0.911",
        "2.2  █                   0.045",
    ]


def test_two_sets_of_bars_stand_side_by_side() -> None:
    """One scale for both, so that lengths can be compared, and each set's label above it."""
    assert drawn(SOFTMAX, SHARES, width=56, title="", y=Axis("")) == [
        "     softmax                    divide by the sum",
        "1.3  ▍                  0.018   ███                0.149",
        "5.2  ██████████████████ 0.911   ███████████▉       0.598",
        "2.2  ▉                  0.045   █████              0.253",
    ]


def test_bars_without_room_beside_each_other_stand_below() -> None:
    """The scale stays the same for both."""
    assert drawn(SOFTMAX, SHARES, width=24, height=12)[1:] == [
        "     softmax",
        "1.3  ▎             0.018",
        "5.2  █████████████ 0.911",
        "2.2  ▋             0.045",
        "     divide by the sum",
        "1.3  ██▏           0.149",
        "5.2  ████████▌     0.598",
        "2.2  ███▋          0.253",
    ]


def test_negative_bars_go_to_the_left_of_zero() -> None:
    """Zero has one place for all bars."""
    assert drawn(Bars(["a", "b"], [-1.0, 1.0]), width=20, title="", y=Axis("")) == [
        "a  █████       -1.00",
        "b        █████  1.00",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "    "), (1.0, "████"), (0.5, "██  "), (0.03, "▏   "), (0.29, "█▏  "), (1e-9, "▏   "), (math.nan, "    ")],
)
def test_a_bar_is_drawn_to_an_eighth(value: float, text: str) -> None:
    """What is more than nothing shows at least the thinnest bar."""
    assert bar(value, Scale(0.0, 1.0), 4) == text


def test_bars_on_a_logarithmic_scale_leave_out_what_is_not_positive() -> None:
    """The number is shown all the same."""
    lines = drawn(Bars(["a", "b", "c"], [1e-3, 10.0, -3.0]), width=30, y=Axis("norm", "log"))
    assert lines[0] == "Title   norm (log)"
    assert lines[3].split() == ["c", "-3"]


def test_more_bars_than_lines_stand_upright() -> None:
    """A histogram keeps its shape, with the first and the last name below."""
    bins = range(-10, 11)
    heights = [100 * math.exp(-one * one / 25) for one in bins]
    assert drawn(Bars([f"{one / 5:.1f}" for one in bins], heights), x=Axis("z"), y=Axis("count")) == [
        "Title   count",
        "100 ┤               ⣀⣰⣶⣾⣿⣷⣶⣆⣀",
        "    │             ⣀⣀⣿⣿⣿⣿⣿⣿⣿⣿⣿⣀⣀",
        " 50 ┤           ⣀⣀⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣀⣀",
        "    │         ⢀⣀⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣀⡀",
        "    │       ⢠⣤⣼⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣧⣤⡄",
        "  0 ┤⣀⣀⣤⣴⣶⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣷⣶⣦⣤⣀⣀",
        "    └───────────────────────────────────────",
        "     -2.0               z                2.0",
    ]


# --- curves and points --------------------------------------------------------------------------------------------


def test_a_curve_has_ticks_ends_and_labels() -> None:
    """Round numbers beside the y axis; the ends of the x axis and what it measures below."""
    assert drawn(Line([0, 1, 2, 3], [0, 1, 4, 9]), y=Axis("square")) == [
        "Title   square",
        "  │                                     ⣀⠤⠒⠉",
        "8 ┤                                 ⣀⠤⠒⠉",
        "6 ┤                             ⣀⠤⠒⠉",
        "4 ┤                      ⢀⣀⡠⠤⠔⠒⠉",
        "2 ┤              ⢀⣀⡠⠤⠔⠒⠊⠉⠁",
        "0 ┤⣀⣀⡠⠤⠤⠤⠤⠒⠒⠒⠒⠊⠉⠉⠁",
        "  └─────────────────────────────────────────",
        "   0                 step                  3",
    ]


def test_several_curves_wear_signs_that_a_legend_names() -> None:
    """Without any colour one can tell which is which."""
    numbers = range(20)
    square = Line(numbers, [one * one for one in numbers], "square")
    ten = Line(numbers, [one * 10 for one in numbers], "ten")
    lines = drawn(square, ten)
    assert lines[1:4] == [
        "    │                                   ⢀⠤⠔⠉",
        "300 ┤                              ⢀⡠⠤⠔⠉⠁",
        "200 ┤                        ●⡠⠤⠤⠒⠉⣁⣀⣀⡠○⠤⠤⠤⠒",
    ]
    assert lines[-1] == "● square   ○ ten"
    many = drawn(*[Line(numbers, [one * k for one in numbers], f"k{k}") for k in range(8)], height=12, width=60)
    assert all(sign in "".join(many[1:-2]) for sign in "●○▲△■□◆◇")


def test_a_legend_names_what_has_a_name() -> None:
    """Curves without a label stand back behind those that have one; among themselves they are numbered."""
    plain = [Line([0, 1], [0, k], "") for k in range(3)]
    assert drawn(Line([0, 1], [1, 0], "first"), *plain, Line([0, 1], [2, 0], "last"))[-1] == "● first   ■ last"
    assert drawn(*plain)[-1] == "● 1   ○ 2   ▲ 3"


def test_points_are_signs_and_a_crowd_of_them_dots() -> None:
    """A few points each have a sign."""
    assert "".join(drawn(Points([1, 2, 3], [1, 2, 3]))).count("●") == 3
    crowd = "".join(drawn(Points([one % 7 for one in range(100)], [one % 11 for one in range(100)])))
    assert "●" not in crowd
    assert any("\u2800" < one <= "\u28ff" for one in crowd)


def test_logarithmic_axes_have_decades_and_drop_what_is_not_positive() -> None:
    """A point that one axis cannot show does not stretch the other."""
    curve = Line([1, 10, 100, 1000, -1], [1, 0.1, 0.01, 0.001, 5])
    assert drawn(curve, x=Axis("step", "log"), y=Axis("loss", "log"), height=8) == [
        "Title   loss (log)",
        "    1 ┤⠉⠑⠒⠤⠤⢄⣀",
        "  0.1 ┤       ⠉⠉⠑⠒⠤⠤⣀⣀",
        "      │               ⠉⠑⠒⠢⠤⢄⣀",
        " 0.01 ┤                      ⠉⠉⠒⠢⠤⠤⣀⡀",
        "0.001 ┤                             ⠈⠉⠉⠒⠢⠤⠤⣀",
        "      └─────────────────────────────────────",
        "       1           step (log)           1000",
    ]


def test_a_long_curve_keeps_its_spikes() -> None:
    """Thinning it out leaves the lowest and the highest point of each stretch."""
    values = [0.0] * 100_000
    values[1234] = 1.0
    assert any("⡇" in line or "⢸" in line for line in drawn(Line(range(100_000), values))[1:4])


def test_bars_and_a_curve_share_their_axes() -> None:
    """Bars stand where the numbers in their names are."""
    lines = drawn(Bars(["-1", "0", "1"], [1, 3, 1], "counted"), Line([-1, 0, 1], [1, 3, 1], "expected"), height=10)
    assert lines[-2].split() == ["-1", "step", "1"]
    assert lines[-1] == "● counted   ○ expected"


# --- heat maps ----------------------------------------------------------------------------------------------------


def test_a_heat_map_is_shades_with_row_0_on_top() -> None:
    """Two maps stand side by side with one scale, which is explained."""
    assert drawn(HeatMap([[0.0, 1.0], [0.5, 0.75]], "a"), HeatMap([[1.0, 1.0], [0.0, 0.0]], "b"))[1:] == [
        "a      b",
        "  ██   ████",
        "▒▒▓▓",
        "blank 0   ░ ▒ ▓   █ 1",
    ]


def test_a_large_heat_map_shows_means() -> None:
    """Elements share a cell where there is no room for each."""
    rows = [[(i + j) / 38 for j in range(20)] for i in range(20)]
    ramp = HeatMap(rows)
    assert drawn(ramp, width=20, height=5)[1:] == [
        "      ░░░░░░▒▒▒▒▒▒▒▒",
        "░░░░░░▒▒▒▒▒▒▒▒▓▓▓▓▓▓",
        "▒▒▒▒▒▒▓▓▓▓▓▓▓▓██████",
        "0 ░▒▓█ 1",
    ]


# --- little room, strange numbers ---------------------------------------------------------------------------------


def test_what_cannot_be_drawn_is_said() -> None:
    """An empty figure, and one without room, become words."""
    assert drawn() == drawn(Line([], [])) == drawn(Line([1], [math.nan])) == ["Title: nothing to draw"]
    assert drawn(Line([1, 2], [3, 4]), height=2) == ["Title: 3 to 4"]
    assert drawn(Line([1, 2], [3, 4]), width=11) == ["Title: 3 t…"]
    assert drawn(Line([1, 2], [3, 4]), width=0) == drawn(Line([1, 2], [3, 4]), height=0) == [""]


@pytest.mark.parametrize("y", [[5, 5, 5], [0, 0, 0], [1e308, -1e308, 0], [1, 1 + 1e-15, 1], [5e-324, 0, 5e-324]])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_constant_huge_and_tiny_numbers_have_an_axis(y: list[float], scale: str) -> None:
    """There is a tick, and the curve is on the canvas or it is said that there is nothing."""
    lines = drawn(Line([0, 1, 2], y), y=Axis("y", "log" if scale == "log" else "linear"))
    assert any("┤" in line for line in lines) or lines == ["Title: 0 to 0"]


def test_text_from_a_simulation_is_only_text() -> None:
    """Markup and control characters in titles, labels and names do nothing."""
    nasty = "[b]\x1b[31m\nx\u202e"
    made = figure(
        Figure(nasty, Axis(nasty), Axis(nasty), [Bars([nasty, "b"], [1, 2], nasty), Bars([nasty, "b"], [1, 2], "c")]),
        width=70,
        height=9,
    )
    assert "[b][31m x" in made.plain
    assert not set("\x1b\u202e") & set(made.plain)


numbers = st.lists(
    st.floats() | st.floats(-10, 10) | st.sampled_from([0, 1, 10**400, 5e-324, -1e308, math.nan, math.inf]), max_size=60
)
labels = st.sampled_from(["", "a", "漢字 label", "x" * 200, "\x1b[31m", "two\nlines"])
marks = st.one_of(
    st.builds(Line, numbers, numbers, labels),
    st.builds(Points, numbers, numbers, labels),
    st.builds(Bars, st.lists(labels | st.sampled_from(["1", "2.5"]), max_size=20), numbers, labels),
    st.builds(HeatMap, st.lists(numbers, max_size=12), labels),
)
axes = st.builds(Axis, labels, st.sampled_from(["linear", "log"]))


@settings(max_examples=300, deadline=None)
@given(st.builds(Figure, labels, axes, axes, st.lists(marks, max_size=4)), st.integers(0, 90), st.integers(0, 20))
def test_a_figure_keeps_to_its_place(made: Figure, width: int, height: int) -> None:
    """Whatever the numbers, the labels and the room: no exception, no line too wide, no line too many."""
    lines = figure(made, width=width, height=height).plain.split("\n")
    assert len(lines) <= max(1, height)
    assert all(cell_len(line) <= width for line in lines)


# --- numbers ------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 12))
def test_ticks_are_few_and_inside(low: float, span: float, most: int) -> None:
    """At most as many as asked for, ascending, between the ends."""
    ticks = round_numbers(low, low + span, most)
    slack = 1e-6 * (abs(low) + span)
    assert len(ticks) <= most
    assert ticks == sorted(ticks)
    assert all(low - slack <= tick <= low + span + slack for tick in ticks)


def test_numbers_are_short() -> None:
    """No more digits than one can read, and the same decimals where that loses nothing."""
    values: Sequence[float] = (0.25, 1.7e-18, 2500, 12345.6, 2.5e6, -0.0, math.inf, math.nan)
    assert [short(one) for one in values] == ["0.25", "1.7e-18", "2500", "12346", "2.5e6", "0", "∞", "?"]
    assert alike([0.911, 0.04, 0.0]) == ["0.911", "0.040", "0.000"]
    assert alike([12.5, 3]) == ["12.5", "3.0"]
    assert alike([1.0, 1e-9]) == ["1", "1e-9"]


def test_plots_need_neither_numpy_nor_a_markdown_parser() -> None:
    """They stand beside the first answer of a session."""
    code = (
        "import sys; from studyapp.simulation import *; from studyapp.tui.plots import figure; "
        "figure(Figure('t', Axis('x'), Axis('y'), [Line([1, 2], [3, 4])]), width=60, height=9); "
        "assert not {'numpy', 'markdown_it', 'textual_plot', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
