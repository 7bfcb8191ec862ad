"""The numbers of runs and of their figures as a table for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from studyapp.simulation import Bars, Figure, HeatMap, Run, Verdict

HEADER = ("part", "name", "index", "x", "y")


def table(runs: Sequence[Run], figures: Sequence[Figure]) -> str:
    """CSV with one number in each row: parameters, values, expected values and claims of each run, then every figure.

    `index` counts an array's elements from 0, as in `2` or `2 0`. Of a figure `part` is its title and `name` the mark's
    label; a bar has its name for x, an entry of a heat map its row and column for the index. Of two runs each part
    begins with A or B.
    """
    rows: list[Row] = []
    for letter, run in zip(("A ", "B ") if len(runs) > 1 else ("",), runs, strict=False):
        rows += [(letter + row[0], *row[1:]) for row in _of_run(run)]
    for figure in figures:
        rows += _of_figure(figure)
    return _csv([HEADER, *rows])


def table_of_runs(runs: Sequence[Run]) -> str:
    """CSV with one run in each row: its seed, parameters, values, expected values, and its claims with what they found.

    Only values that are one number have a column; a parameter that is several has one for each, named with its index.
    What a run does not have stays empty.
    """
    told = [dict(_columns(run)) for run in runs]
    names = list(dict.fromkeys(name for one in told for name in one))
    return _csv([names, *([one.get(name, "") for name in names] for one in told)])


Row = tuple[str, str, str, object, object]


def _columns(run: Run) -> Iterator[tuple[str, object]]:
    for part, name, index, x, y in _of_run(run):
        column = "seed" if part == "seed" else f"{part} {name} {index}".strip()
        if part == "claim":
            yield f"{column} verdict", x
        if part == "parameter" or not index:
            yield column, y


def _csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows with every text on one line: not every reader of such files knows quoted line breaks."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([" ".join(one.split()) if isinstance(one, str) else one for one in row] for row in rows)
    return file.getvalue()


def _of_run(run: Run) -> Iterator[Row]:
    yield "seed", run.simulation, "", "", run.seed
    for part, values in (("parameter", run.parameters), ("value", run.values), ("expected", run.expected)):
        for name, value in values.items():
            for index, number in elements(value):
                yield part, name, index, "", number
    for claim in run.claims:
        if claim.verdict is not Verdict.SILENT:
            yield "claim", claim.name, "", str(claim.verdict), "" if claim.measured is None else claim.measured


def elements(value: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """The numbers of nested lists, each with its index; of one number the number itself, with none."""
    if isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from elements(one, f"{above} {place}".strip())
    else:
        yield above, value


def _of_figure(figure: Figure) -> Iterator[Row]:
    for mark in figure.marks:
        match mark:
            case HeatMap(z, label):
                for index, number in elements(list(z)):
                    yield figure.title, label, index, "", number
            case Bars(names, heights, label):
                for place, (name, height) in enumerate(zip(names, heights, strict=True)):
                    yield figure.title, label, str(place), name, height
            case _:
                for place, (x, y) in enumerate(zip(mark.x, mark.y, strict=True)):
                    yield figure.title, mark.label, str(place), x, y
