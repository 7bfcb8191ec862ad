"""Rules of a table of numbers: every number of a run and of its figures once, as spreadsheets read them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.experiments.table import HEADER, elements, table, table_of_runs
from studyapp.simulation import Axis, Bars, Claim, Figure, HeatMap, Line, Mark, Points, Run, Verdict

MATRIX = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
RUN = Run(
    simulation="coin",
    sha256="0" * 64,
    parameters={"chance": 0.5, "fair": True, "way": "odd, or even", "weights": (1.0, 2.5)},
    seed=7,
    values={"share": 0.25, "both": [1.0, 2.0], "map": MATRIX},
    expected={"share": 0.5},
    figures=(),
    claims=(
        Claim("coin.1", "fair", "it is fair", Verdict.FAILS, 0.25, 0.5),
        Claim("coin.2", "odd", "it is odd", Verdict.SILENT),
        Claim("coin.3", "lost", "it is lost", Verdict.FAILS),
    ),
    numpy="2",
    seconds=0.1,
)


def rows(run: Run | None, *marks: Mark, title: str = "F") -> list[tuple[str, ...]]:
    """What a spreadsheet reads, without the header."""
    text = table([run] if run else [], [Figure(title, Axis("x"), Axis("y"), marks)] if marks else [])
    assert "\r" not in text
    found = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    assert found[0] == HEADER
    return found[1:]


def test_a_run_tells_parameters_values_and_verdicts() -> None:
    """With the seed that makes it again; an array has one row for each element, a claim that is silent none."""
    assert rows(RUN) == [
        ("seed", "coin", "", "", "7"),
        ("parameter", "chance", "", "", "0.5"),
        ("parameter", "fair", "", "", "True"),
        ("parameter", "way", "", "", "odd, or even"),
        ("parameter", "weights", "0", "", "1.0"),
        ("parameter", "weights", "1", "", "2.5"),
        ("value", "share", "", "", "0.25"),
        ("value", "both", "0", "", "1.0"),
        ("value", "both", "1", "", "2.0"),
        *[("value", "map", f"{r} {c}", "", str(MATRIX[r][c])) for r in (0, 1) for c in (0, 1, 2)],
        ("expected", "share", "", "", "0.5"),
        ("claim", "fair", "", "fails", "0.25"),
        ("claim", "lost", "", "fails", ""),
    ]


def test_of_two_runs_each_part_says_of_which() -> None:
    """The runs that stand beside each other are A and B there too."""
    other = replace(RUN, seed=8)
    read = list(csv.reader(table([RUN, other], []).splitlines()))[1:]
    assert [row for row in read if row[1] == "coin"] == [
        ["A seed", "coin", "", "", "7"],
        ["B seed", "coin", "", "", "8"],
    ]
    assert [row[0][2:] for row in read if row[0].startswith("A ")] == [row[0] for row in rows(RUN)]


def test_many_runs_have_one_row_each() -> None:
    """With the seed and all parameters in columns, so that each can be made again; arrays are left to the JSON."""
    other = replace(RUN, seed=8, parameters={**RUN.parameters, "chance": 0.9}, values={"share": 0.5}, claims=())
    first, second = csv.DictReader(io.StringIO(table_of_runs([RUN, other]), newline=""))
    assert [first[name] for name in ("seed", "parameter chance", "parameter weights 1")] == ["7", "0.5", "2.5"]
    assert [first[name] for name in ("value share", "expected share")] == ["0.25", "0.5"]
    assert [first[name] for name in ("claim fair", "claim fair verdict", "claim lost")] == ["0.25", "fails", ""]
    assert [second[name] for name in ("seed", "parameter chance", "value share")] == ["8", "0.9", "0.5"]
    assert second["claim fair verdict"] == ""
    assert not [name for name in first if "map" in name or "both" in name]
    assert table_of_runs([]) == "\n"


def test_every_kind_of_mark_is_told() -> None:
    """By the figure's title and the mark's label; bars by name, heat maps by row and column."""
    assert rows(None, Line([1, 2], [3.5, 4], "a"), Points([9], [8.0], "b")) == [
        ("F", "a", "0", "1", "3.5"),
        ("F", "a", "1", "2", "4"),
        ("F", "b", "0", "9", "8.0"),
    ]
    assert rows(None, Bars(["on", "off"], [1.0, 2.0], "c"), HeatMap([[1.0], [2.0]], "d")) == [
        ("F", "c", "0", "on", "1.0"),
        ("F", "c", "1", "off", "2.0"),
        ("F", "d", "0 0", "", "1.0"),
        ("F", "d", "1 0", "", "2.0"),
    ]
    assert rows(None) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=20), st.text(max_size=9), st.text(max_size=9))
def test_numbers_keep_all_their_digits(points: list[tuple[float, float]], title: str, label: str) -> None:
    """And any title or label stays one cell on one line."""
    shown, called = " ".join(title.split()), " ".join(label.split())
    found = rows(None, Line([x for x, _ in points], [y for _, y in points], label), title=title)
    assert [(row[0], row[1], repr(float(row[3])), repr(float(row[4]))) for row in found] == [
        (shown, called, repr(x), repr(y)) for x, y in points
    ]


def test_elements_of_nested_lists_have_an_index() -> None:
    """One number has none."""
    assert list(elements([[1, 2], [3]])) == [("0 0", 1), ("0 1", 2), ("1 0", 3)]
    assert list(elements(5.0)) == [("", 5.0)]
    assert list(elements([])) == []
