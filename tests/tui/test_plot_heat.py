"""Matrices in characters: shades with numbers along both axes, squares, and as much as there is room for."""

from __future__ import annotations

from studyapp.simulation import Axis, HeatMap
from tests.tui.drawing import drawn

MISREAD = [[2.0 * (one == 3 and other == 5) + (one == 8 and other == 1) for other in range(10)] for one in range(10)]
SAID, TRUE = Axis("said"), Axis("true")


def test_a_heat_map_is_shades_with_row_0_on_top_and_numbers_along_both_axes() -> None:
    """What the rows, the columns and the shades are stands below, as the labels of the axes and of the map."""
    assert drawn(HeatMap(MISREAD, "digits"), width=38, height=13, x=SAID, y=TRUE) == [
        "Title",
        "0┤",
        "1┤",
        "2┤",
        "3┤          ██",
        "4┤",
        "5┤",
        "6┤",
        "7┤",
        "8┤  ▒▒",
        "9┤",
        "  0 1 2 3 4 5 6 7 8 9",
        "↓ true   → said   digits: 0  ░▒▓█ 2",
    ]


def test_the_words_below_a_heat_map_make_way_before_its_elements_shrink() -> None:
    """They stand closer, then the axes go unnamed; only then an element is two by two dots."""
    assert drawn(HeatMap(MISREAD, "digits"), width=34, height=13, x=SAID, y=TRUE)[-1] == (
        "↓ true → said digits: 0  ░▒▓█ 2"
    )
    assert drawn(HeatMap(MISREAD, "digits"), width=30, height=13, x=SAID, y=TRUE)[-1] == "digits: 0  ░▒▓█ 2"
    assert drawn(HeatMap(MISREAD, "digits"), width=38, height=11, x=SAID, y=TRUE) == [
        "Title",
        "0┤",
        "2┤     ⣤",
        "4┤",
        "6┤",
        "8┤ ⠑",
        "  0 2 4 6 8",
        "↓ true → said digits: 0  ⠁⠑⠓⠛ 2",
    ]


def test_heat_maps_stand_side_by_side_with_one_scale() -> None:
    """Each under its label; an element has as many cells as there is room for, and is square."""
    left, right = HeatMap([[0.0, 1.0], [0.5, 0.75]], "a"), HeatMap([[1.0, 1.0], [0.0, 0.0]], "b")
    assert drawn(left, right, width=30, height=8, x=Axis("column"), y=Axis("row"))[1:] == [
        "a           b",
        " │    ████   │████████",
        "0┤    ████  0┤████████",
        " │▒▒▒▒▓▓▓▓   │",
        "1┤▒▒▒▒▓▓▓▓  1┤",
        "   0   1       0   1",
        "↓ row   → column   0  ░▒▓█ 1",
    ]


def test_a_heat_maps_axes_can_be_numbers_of_their_own() -> None:
    """From the first to the last column and row, also downwards."""
    rows = [[abs(i - 10) + abs(j - 10) for j in range(21)] for i in range(21)]
    assert drawn(HeatMap(rows, "far", (-2, 2), (1, -1)), width=60, height=9)[1:] == [
        "   1┤⣿⣿⡿⡿⡷⡷⡗⡗⡕⡕⠕⡕⡕⡗⡗⡷⡷⡿⡿⣿⣿",
        " 0.5┤⡷⡷⡗⡗⡕⡕⠕⠕⠅⠅⠁⠅⠅⠕⠕⡕⡕⡗⡗⡷⡷",
        "   0┤⡕⡕⡕⠕⠅⠅⠅⠁     ⠁⠅⠅⠅⠕⡕⡕⡕",
        "-0.5┤⡷⡵⡵⡕⡕⡅⡅⠅⠅⠄⠄⠄⠅⠅⡅⡅⡕⡕⡵⡵⡷",
        "    │⣿⣷⣷⡷⡷⡵⡵⡕⡕⡅⡅⡅⡕⡕⡵⡵⡷⡷⣷⣷⣿",
        "  -1┤⠛⠛⠛⠛⠛⠓⠓⠓⠓⠑⠑⠑⠓⠓⠓⠓⠛⠛⠛⠛⠛",
        "    -2   -1    0    1    2",
        "↓ loss → step far: 0  ⠁⠑⠓⠛ 20",
    ]


def test_a_large_heat_map_shows_means() -> None:
    """Elements share two by two dots where there is no room for each, and the numbers still count the elements."""
    rows = [[(i + j) / 38 for j in range(20)] for i in range(20)]
    assert drawn(HeatMap(rows), width=14, height=5)[1:] == [
        " 0┤ ⠄⠄⠅⡅⡅⡅⡕⡵⡵",
        "10┤⡅⡅⡕⡵⡵⡵⡷⣷⣷⣿",
        "   0   10",
        "0  ⠁⠑⠓⠛ 1",
    ]
