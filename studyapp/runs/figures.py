"""Draws a figure to a PNG or SVG file with matplotlib, which is imported only here and only in a worker process."""

from __future__ import annotations

import contextlib
import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studyapp.runs.errors import SimulationError
from studyapp.simulation import Bars, Figure, HeatMap, Line, Points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg")

_WIDTH = 75  # characters of a title in one line


def draw(figure: Figure, path: Path) -> None:
    """Write the figure; its suffix says the format. The file is there whole or not at all.

    All texts are data: a `$` in a title is a `$`. A SimulationError for an unknown suffix or a place that cannot be
    written.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SimulationError(path.name, "this is no kind of figure", "give it a name that ends in .png or .svg")
    # In the same folder, so that the last step is a rename; the suffix tells matplotlib the format.
    unfinished = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix.lower()}")
    try:
        if path.is_dir():
            raise SimulationError(str(path), "this is a folder", "name a file")
        # Made first: a place that cannot be written is told before seconds are spent on drawing.
        unfinished.touch(mode=0o666)
        _draw(figure, unfinished)
        unfinished.replace(path)
    except FileNotFoundError as error:
        raise SimulationError(str(path), "its folder does not exist", "make the folder, or name another") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise SimulationError(str(path), f"cannot be written: {why}", "name a place that can be written") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _draw(figure: Figure, path: Path) -> None:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    # The same figure gives the same file: no date, and no random names inside an SVG.
    with mpl.rc_context({"svg.hashsalt": "studyapp", "axes.unicode_minus": True}):
        canvas = Canvas(figsize=(7.2, 4.8), dpi=150, layout="constrained")
        FigureCanvasAgg(canvas)
        axes = canvas.add_subplot()
        _marks(axes, figure)
        # Not matplotlib's own wrapping: it reads "$" as maths whatever parse_math says.
        axes.set_title("\n".join(textwrap.wrap(figure.title, _WIDTH)), parse_math=False)
        axes.set_xlabel(figure.x.label, parse_math=False)
        axes.set_ylabel(figure.y.label, parse_math=False)
        canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _marks(axes: Axes, figure: Figure) -> None:
    groups = [mark for mark in figure.marks if isinstance(mark, Bars)]
    named: list[tuple[Any, str]] = []
    for mark in figure.marks:
        match mark:
            case Line():
                named.append((axes.plot(mark.x, mark.y, linewidth=1.6)[0], mark.label))
            case Points():
                # plot, not scatter, which would begin its own row of colours
                named.append((axes.plot(mark.x, mark.y, "o", markersize=4)[0], mark.label))
            case Bars():
                named.append((_bars(axes, mark, groups), mark.label))
            case HeatMap():
                image = axes.imshow(np.asarray(mark.z), aspect="auto", interpolation="nearest", origin="upper")
                axes.figure.colorbar(image, ax=axes).set_label(mark.label, parse_math=False)
    if not any(isinstance(mark, HeatMap) for mark in figure.marks):
        # A heat map's axes count rows and columns.
        axes.set_yscale(figure.y.scale)
        if not groups:
            axes.set_xscale(figure.x.scale)
        axes.grid(visible=True, alpha=0.25)
        axes.set_axisbelow(True)
    labelled = [(artist, label) for artist, label in named if label]
    if labelled:
        # Matplotlib leaves out labels that begin with "_" and reads "$" as maths: both are set afterwards.
        legend = axes.legend([artist for artist, _ in labelled], ["x"] * len(labelled))
        for text, (_, label) in zip(legend.get_texts(), labelled, strict=True):
            text.set_parse_math(False)
            text.set_text(label)


def _bars(axes: Axes, mark: Bars, groups: list[Bars]) -> object:
    """Bars of several groups stand side by side at their common names."""
    names = list(groups[0].names)
    alike = all(list(group.names) == names for group in groups)
    if not alike:
        names = list(dict.fromkeys(name for group in groups for name in group.names))
    number = next(i for i, group in enumerate(groups) if group is mark)
    width = 0.8 / len(groups)
    left = (number - (len(groups) - 1) / 2) * width
    places = [(i if alike else names.index(name)) + left for i, name in enumerate(mark.names)]
    drawn = axes.bar(places, mark.heights, width=width)
    axes.set_xticks(range(len(names)), names, parse_math=False)
    return drawn
