"""The numbers of a run or of a figure as a table for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from studyapp.simulation import Bars, Figure, HeatMap, Run, Verdict

HEADER = ("part", "name", "index", "x", "y")


def table(run: Run | None, figures: Sequence[Figure]) -> str:
    """CSV with one number in each row: parameters, values, expected values and claims of a run, then every figure.

    `index` counts an array's elements from 0, as in `2` or `2 0`. Of a figure `part` is its title and `name` the mark's
    label; a bar has its name for x, an entry of a heat map its row and column for the index.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    if run is not None:
        writer.writerows(map(_in_one_line, _of_run(run)))
    for figure in figures:
        writer.writerows(map(_in_one_line, _of_figure(figure)))
    return file.getvalue()


Row = tuple[str, str, str, object, object]


def _in_one_line(row: Row) -> tuple[object, ...]:
    """The row with every text on one line: not every reader of such files knows quoted line breaks."""
    return tuple(" ".join(one.split()) if isinstance(one, str) else one for one in row)


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
