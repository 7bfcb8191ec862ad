"""Draws a figure to a PNG or SVG file with matplotlib, which is imported only here and only in a worker process."""

from __future__ import annotations

import contextlib
import os
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studyapp.runs.errors import SimulationError
from studyapp.simulation import Bars, Figure, HeatMap, Line, Mark, Points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

SUFFIXES = (".png", ".svg")

_WIDTH = 75  # characters of a title in one line
_LONGEST = 8
"""A matrix is stretched, so that it is no thread, when its longer side has more than so many times the shorter's."""
_MARGIN = 0.05  # of an axis beyond its numbers, as matplotlib has it
_STEPS = (1, 2, 5, 10)  # of the numbers along an axis
_FEWEST = 2  # labels on a logarithmic axis
_MOST_NAMES = 20  # beside each other under bars


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
        what, remedy = "its folder does not exist", "make the folder, or name another"
        if path.parent.exists():  # as in /proc, which says that what cannot be made is not found
            what, remedy = "no file can be made there", "name a place that can be written"
        raise SimulationError(str(path), what, remedy) from error
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

    maps = [mark for mark in figure.marks if isinstance(mark, HeatMap)]
    # The same figure gives the same file: no date, and no random names inside an SVG.
    with mpl.rc_context({"svg.hashsalt": "studyapp", "axes.unicode_minus": True}):
        canvas = Canvas(figsize=(7.2, 4.8), dpi=150, layout="compressed" if maps else "constrained")
        FigureCanvasAgg(canvas)
        places = canvas.subplots(1, max(1, len(maps)), squeeze=False)[0]
        if maps:
            _heat_maps(places, maps)
        _marks(places[0], figure)
        # Not matplotlib's own wrapping: it reads "$" as maths whatever parse_math says.
        canvas.suptitle("\n".join(textwrap.wrap(figure.title, _WIDTH)), parse_math=False, fontsize="large")
        for axes in places:
            axes.set_xlabel(figure.x.label, parse_math=False)
        places[0].set_ylabel(figure.y.label, parse_math=False)
        canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _heat_maps(places: Sequence[Axes], maps: Sequence[HeatMap]) -> None:
    """Each in its place, with one scale for all."""
    from matplotlib.ticker import MaxNLocator

    arrays = [np.asarray(one.z, dtype=float) for one in maps]
    low, high = min(z.min() for z in arrays), max(z.max() for z in arrays)
    for axes, one, z in zip(places, maps, arrays, strict=True):
        rows, columns = z.shape
        (left, right), (top, bottom) = _edges(one.x, columns), _edges(one.y, rows)
        square = abs((right - left) / columns / ((bottom - top) / rows))
        aspect: Any = square if max(z.shape) <= _LONGEST * min(z.shape) else "auto"
        image = axes.imshow(z, vmin=low, vmax=high, extent=(left, right, bottom, top), aspect=aspect)
        axes.xaxis.set_major_locator(MaxNLocator("auto", steps=_STEPS, integer=not one.x))
        axes.yaxis.set_major_locator(MaxNLocator("auto", steps=_STEPS, integer=not one.y))
        if len(maps) > 1:
            axes.set_title(one.label, parse_math=False, fontsize="medium")
    whole = all(np.all(z == z.round()) for z in arrays)
    bar = places[0].figure.colorbar(image, ax=list(places), ticks=MaxNLocator("auto", steps=_STEPS, integer=whole))
    if len(maps) == 1:
        bar.set_label(maps[0].label, parse_math=False)


def _edges(ends: Sequence[float] | None, count: int) -> tuple[float, float]:
    """Where the first element begins and the last one ends; their middles are at `ends`, or counted from 0."""
    first, last = ends or (0, count - 1)
    half = (last - first) / max(1, count - 1) / 2 or 0.5
    return first - half, last + half


def _marks(axes: Axes, figure: Figure) -> None:
    """All marks but heat maps, the axes that belong to them, and a legend."""
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
    if not any(isinstance(mark, HeatMap) for mark in figure.marks):  # whose axes count rows and columns
        _scales(axes, figure, named=bool(groups))
    labelled = [(artist, label) for artist, label in named if label]
    if labelled:
        # Matplotlib leaves out labels that begin with "_" and reads "$" as maths: both are set afterwards.
        legend = axes.legend([artist for artist, _ in labelled], ["x"] * len(labelled))
        for text, (_, label) in zip(legend.get_texts(), labelled, strict=True):
            text.set_parse_math(False)
            text.set_text(label)


def _scales(axes: Axes, figure: Figure, *, named: bool) -> None:
    """Both scales, what they show at least, and where they are labelled; bars' names stand along the x axis."""
    from matplotlib.ticker import MaxNLocator

    axes.set_yscale(figure.y.scale)
    if not named:
        axes.set_xscale(figure.x.scale)
    for axis, told, limit in ((axes.xaxis, figure.x, axes.set_xlim), (axes.yaxis, figure.y, axes.set_ylim)):
        if axis.get_scale() == "log":
            _label_some(axis)
            continue
        if told.zero:
            low, high = (one(0.0, *axis.get_data_interval()) for one in (min, max))
            margin = _MARGIN * (high - low)
            limit(low - margin * (low < 0), high + margin * (high > 0))
        if all(_counts(mark, axis.axis_name) for mark in figure.marks):
            axis.set_major_locator(MaxNLocator("auto", steps=_STEPS, integer=True))
    axes.grid(visible=True, alpha=0.25)
    axes.set_axisbelow(True)


def _counts(mark: Mark, axis: str) -> bool:
    """Whether all its places along an axis are whole numbers, so that a half may mean nothing there."""
    if not isinstance(mark, Line | Points):
        return False
    places = np.asarray(mark.x if axis == "x" else mark.y, dtype=float)
    return bool(np.all(places == places.round()))


def _label_some(axis: Axis) -> None:
    """Label a logarithmic axis at powers of ten, or where there are too few of them at round numbers."""
    from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, NullFormatter

    axis.set_minor_formatter(NullFormatter())
    low, high = sorted(axis.get_view_interval())
    for locator in (LogLocator(subs=(1, 2, 5)), AutoLocator()):
        if sum(low <= tick <= high for tick in axis.get_majorticklocs()) >= _FEWEST:
            break
        axis.set_major_locator(locator)
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


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
    shown = range(0, len(names), -(-len(names) // _MOST_NAMES) or 1)
    axes.set_xticks(shown, [names[i] for i in shown], parse_math=False)
    return drawn
