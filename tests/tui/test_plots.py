"""Figures in characters look like this, tell their marks apart without colour, and survive any numbers."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from studyapp.simulation import Axis, Bars, Figure, HeatMap, Line, Points
from studyapp.tui.plot_bars import bar
from studyapp.tui.plot_scale import Scale, alike, round_numbers, short
from studyapp.tui.plots import figure
from tests.tui.drawing import drawn

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
        "     softmax                   divide by the sum",
        "1.3  ▍                  0.018  ███                0.149",
        "5.2  ██████████████████ 0.911  ███████████▉       0.598",
        "2.2  ▉                  0.045  █████              0.253",
    ]


def test_a_label_too_long_for_its_bars_has_several_lines() -> None:
    """Three sets of bars still stand side by side beside a form."""
    sets = [Bars(["0", "1"], [0.25, 0.75], label) for label in ("arithmetic mean", "masks off", "geometric mean")]
    assert drawn(*sets, width=38)[1:] == [
        "   arithmetic  masks off   geometric",
        "   mean                    mean",
        "0  █▍   0.250  █▍   0.250  █▍   0.250",
        "1  ████ 0.750  ████ 0.750  ████ 0.750",
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


def test_bars_of_one_name_have_none_at_the_ends() -> None:
    """From 1 to 1 would be no axis."""
    for names, below in ((["1"] * 50, ["logit"]), (["1", *["2"] * 49], ["1", "logit", "2"])):
        alone = Figure("F", Axis("logit"), Axis("p"), [Bars(names, [0.02] * 50)])
        assert figure(alone, width=60, height=12).plain.splitlines()[-1].split() == below


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


def test_a_curve_whose_place_for_a_sign_is_taken_has_one_elsewhere() -> None:
    """One, so that it still reads as a curve: here the point stands where the sign of the short curve would."""
    lines = drawn(Line([0, 1], [0, 1], "curve"), Points([1, 10], [1, 0], "points"))
    assert lines[-1] == "● curve   ○ points"
    assert "".join(lines[:-1]).count("●") == 1


def test_a_legend_names_what_has_a_name() -> None:
    """Curves without a label stand back behind those that have one; among themselves they are numbered."""
    plain = [Line([0, 1], [0, k], "") for k in range(3)]
    assert drawn(Line([0, 1], [1, 0], "first"), *plain, Line([0, 1], [2, 0], "last"))[-1] == "● first   ■ last"
    assert drawn(*plain)[-1] == "● 1   ○ 2   ▲ 3"


def test_a_legend_takes_the_lines_it_needs_and_stands_closer_before_it_leaves_anything_out() -> None:
    """Up to what leaves four rows of plot; then it counts what is missing."""
    curves = [
        Line([0, 1], [0, k], label) for k, label in enumerate(("adam", "sgd 0.068", "momentum 0.0068", "rmsprop"))
    ]
    assert drawn(*curves, width=30, height=12)[-2:] == ["● adam   ○ sgd 0.068", "▲ momentum 0.0068   △ rmsprop"]
    assert drawn(*curves, width=28, height=9)[-2:] == ["● adam ○ sgd 0.068", "▲ momentum 0.0068 △ rmsprop"]
    assert drawn(*curves, width=20, height=11)[-3:] == ["● adam   ○ sgd 0.068", "▲ momentum 0.0068", "△ rmsprop"]
    assert drawn(*curves, width=20, height=8)[-1] == "● adam … 3 more"


def test_an_axis_may_ask_for_zero() -> None:
    """A flat density is flat: its small differences fill no plot. A logarithmic axis has no zero."""
    flat = Line([0, 1, 2], [6.4, 6.6, 6.5])
    assert drawn(flat, y=Axis("density", zero=True))[-3].startswith("0 ┤")
    assert "0 ┤" not in "".join(drawn(flat))
    assert drawn(flat, y=Axis("d", "log", zero=True)) == drawn(flat, y=Axis("d", "log"))
    assert drawn(Line([2, 3], [1, 2]), x=Axis("x", zero=True))[-1].split() == ["0", "x", "3"]


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


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.2, 6.3, ["0.2", "0.5", "1", "2", "5"]),
        (2, 60, ["2", "5", "10", "20", "50"]),
        (0.11, 0.15, ["0.11", "0.12", "0.13", "0.14", "0.15"]),
        (0.07, 90, ["0.1", "1", "10"]),
    ],
)
def test_a_logarithmic_axis_of_few_decades_has_round_numbers(low: float, high: float, ticks: list[str]) -> None:
    """1, 2 and 5 times a power of ten, and still rounder ones where not even two of these are on it."""
    assert [label for _, label in Scale(low, high, log=True).ticks(7)] == ticks


@settings(max_examples=300, deadline=None)
@given(st.floats(1e-300, 1e290), st.floats(1.0001, 1e9), st.integers(2, 7))
def test_a_logarithmic_axis_has_two_labels_or_more(low: float, times: float, most: int) -> None:
    """One number alone does not say how fast the axis grows."""
    axis = Scale(low, low * times, log=True)
    ticks = axis.ticks(most)
    assert 2 <= len(ticks) <= most
    assert len({label for _, label in ticks}) == len(ticks)
    assert all(axis.low * (1 - 1e-8) <= value <= axis.high * (1 + 1e-8) for value, _ in ticks)


@settings(max_examples=100, deadline=None)
@given(st.floats(-10, 10), st.floats(0.1, 100), st.integers(9, 20))
def test_each_number_beside_a_plot_has_a_row_of_its_own(low: float, span: float, height: int) -> None:
    """None is lost because another falls on it: they are equally far apart, but for what a row is."""
    rows = [row for row, line in enumerate(drawn(Line([0, 1], [low, low + span]), height=height)) if "┤" in line]
    gaps = {after - before for before, after in itertools.pairwise(rows)}
    assert len(rows) >= 2
    assert max(gaps) - min(gaps) <= 1


def test_whole_numbers_have_whole_numbers_beside_them() -> None:
    """There are no two and a half units."""
    beside = [line.split("┤")[0].strip() for line in drawn(Points([0, 1, 2], [2, 5, 3]), height=20) if "┤" in line]
    assert beside == ["5", "4", "3", "2"]
    assert drawn(Line([0, 1], [0, 1]), height=20)[1].startswith("1 ┤")
    assert any(line.startswith("  5 ┤") for line in drawn(Line([0, 1], [5, 5]), height=20))


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
ends = st.none() | st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.floats(-10, 10))
marks = st.one_of(
    st.builds(Line, numbers, numbers, labels),
    st.builds(Points, numbers, numbers, labels),
    st.builds(Bars, st.lists(labels | st.sampled_from(["1", "2.5"]), max_size=20), numbers, labels),
    st.builds(HeatMap, st.lists(numbers, max_size=12), labels, ends, ends),
)
axes = st.builds(Axis, labels, st.sampled_from(["linear", "log"]), st.booleans())


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
