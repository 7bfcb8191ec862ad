"""The rules of figures in files: every mark, every text as it is, whole files or none, and matplotlib never here."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from studyapp.simulation import Axis, Bars, Figure, HeatMap, Line, Mark, Points
from tests.runs.writing import COIN, Bench, run_of, write

X, Y = Axis("layer"), Axis("norm (log)", "log")
ODD = r"$ \frac{ $x^{ _a <b> & % {} σ ₂ [/x]"

FIGURES = {
    "lines": Figure("Norms", X, Y, [Line([1, 2, 3], [1e-9, 1, 1e9], "tanh"), Line([1, 2], [1, 2], "relu")]),
    "points": Figure("Points", Axis("x", "log"), X, [Points(np.array([1, 10, 100]), [1, 2, 3])]),
    "bars": Figure("Bars", X, Y, [Bars(["a", "b"], [1, 2], "before"), Bars(["a", "c"], [3, 1], "after")]),
    "same names": Figure("Bars", X, X, [Bars(["a", "a"], [1, -2])]),
    "heat map": Figure("Map", X, X, [HeatMap(np.eye(3), "weight")]),
    "thin heat map": Figure("Map", X, X, [HeatMap(np.ones((2, 50)), "weight", (-1, 1))]),
    "one element": Figure("Map", X, X, [HeatMap([[0]], "", (1, 2), (4, 3))]),
    "heat maps": Figure("Maps", X, X, [HeatMap(np.eye(3), ODD), HeatMap(np.ones((2, 4)), "$")]),
    "many names": Figure("Bars", X, X, [Bars([f"name {one}" for one in range(200)], np.arange(200))]),
    "both": Figure("Map and path", X, Y, [HeatMap([[1, 2], [3, 4]]), Line([0, 1], [0, 1], "path")]),
    "empty": Figure("", Axis(""), Axis(""), []),
    "zeros on a log axis": Figure("Zeros", Axis("x", "log"), Y, [Line([0, 1], [0, 0]), Points([0], [-1])]),
    "odd texts": Figure(ODD, Axis(ODD), Axis(ODD), [Line([1], [1], ODD), Line([1], [1], "_" + ODD)]),
    "odd names": Figure(ODD, X, X, [Bars([ODD, "$"], [1, 2], ODD)]),
    "odd colour bar": Figure(ODD * 5, X, X, [HeatMap([[1]], ODD)]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_can_be_drawn(bench: Bench, tmp_path: Path, name: str) -> None:
    """As SVG, where its texts can be looked at."""
    path = tmp_path / "figure.svg"
    bench.do(bench.worker.draw(FIGURES[name], path))
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    assert [one.name for one in tmp_path.iterdir()] == ["figure.svg"]


def test_a_png_is_a_picture(bench: Bench, tmp_path: Path) -> None:
    """Large enough for a slide; the suffix may be in capitals."""
    path = tmp_path / "figure.PNG"
    bench.do(bench.worker.draw(FIGURES["lines"], path))
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (1080, 720)


def _comments(path: Path) -> str:
    """Matplotlib draws letters as shapes and leaves the text beside them in a comment."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    tags: list[tuple[object, str]] = [(one.tag, one.text or "") for one in ElementTree.parse(path, parser).iter()]
    return "\n".join(text for tag, text in tags if tag is ElementTree.Comment)


def test_texts_are_data(bench: Bench, tmp_path: Path) -> None:
    """A `$` is a `$`; a label that begins with `_` is shown; the numbers of a log axis still have exponents."""
    path = tmp_path / "figure.svg"
    figure = Figure("a $x$ b", Axis("c $y$"), Y, [Line([1, 2], [1, 1000], "_d $z$"), Bars(["e $w$"], [5])])
    bench.do(bench.worker.draw(figure, path))
    texts = _comments(path)
    for text in ("a $x$ b", "c $y$", "_d $z$", "e $w$", "norm (log)"):
        assert text in texts
    assert r"$\mathdefault{10^{3}}$" in texts


def _numbers(path: Path) -> set[float]:
    """The plain numbers that stand along the axes."""
    found: set[float] = set()
    for text in _comments(path).replace("\N{MINUS SIGN}", "-").split("\n"):
        with contextlib.suppress(ValueError):
            found.add(float(text))
    return found


def _pictures(path: Path) -> list[tuple[float, float]]:
    """Width and height of each heat map, not of a colour bar."""
    tree = ElementTree.parse(path).getroot().iter()
    return [(float(one.attrib["width"]), float(one.attrib["height"])) for one in tree if one.tag.endswith("image")][:-1]


@pytest.mark.parametrize("ends", [None, (-3, 3)])
def test_the_elements_of_a_heat_map_are_squares(bench: Bench, tmp_path: Path, ends: tuple[float, float] | None) -> None:
    """Whatever its columns stand for; only a matrix that would be a thread is stretched."""
    path = tmp_path / "figure.svg"
    bench.do(bench.worker.draw(Figure("t", X, X, [HeatMap(np.ones((2, 6)), "", ends)]), path))
    ((width, height),) = _pictures(path)
    assert width / height == pytest.approx(3, rel=0.02)
    bench.do(bench.worker.draw(Figure("t", X, X, [HeatMap(np.ones((2, 60)), "", ends)]), path))
    ((width, height),) = _pictures(path)
    assert width / height < 3


def test_heat_maps_stand_side_by_side(bench: Bench, tmp_path: Path) -> None:
    """As in the terminal: each under its label, one scale for both, here from 0 to 8."""
    path = tmp_path / "figure.svg"
    bench.do(bench.worker.draw(Figure("t", X, X, [HeatMap([[0, 3]], "left"), HeatMap([[5, 8]], "right")]), path))
    assert len(_pictures(path)) == 2
    assert {"left", "right"} <= {one.strip() for one in _comments(path).split("\n")}
    assert {0, 2, 4, 6, 8} <= _numbers(path)


def test_columns_and_rows_are_counted_or_have_numbers_of_their_own(bench: Bench, tmp_path: Path) -> None:
    """There is no column 0.5, but an x of 0.5."""
    path = tmp_path / "figure.svg"
    bench.do(bench.worker.draw(Figure("t", X, X, [HeatMap([[0, 100], [0, 100]])]), path))
    assert {one for one in _numbers(path) if one < 20} == {0, 1}
    bench.do(bench.worker.draw(Figure("t", X, X, [HeatMap([[0, 100], [0, 100]], "", (0, 1), (3, 2))]), path))
    assert {0.5, 2.5} <= _numbers(path)


def test_a_logarithmic_axis_of_less_than_a_decade_has_plain_round_numbers(bench: Bench, tmp_path: Path) -> None:
    """Not one power of ten alone, and not six times a power of ten beside each line."""
    path = tmp_path / "figure.svg"
    bench.do(bench.worker.draw(Figure("t", Axis("x", "log"), Y, [Line([1, 1000], [0.22, 6])]), path))
    assert {0.5, 1, 2, 5} <= _numbers(path)
    assert "times" not in _comments(path)
    bench.do(bench.worker.draw(Figure("t", Axis("x", "log"), Y, [Line([1, 1000], [0.12, 0.15])]), path))
    assert len([one for one in _numbers(path) if 0.1 < one < 0.2]) > 1


def test_whole_numbers_have_whole_numbers_beside_them(bench: Bench, tmp_path: Path) -> None:
    """There is no epoch 2.5."""
    path = tmp_path / "figure.svg"
    bench.do(bench.worker.draw(Figure("t", X, X, [Line([0, 1, 2], [3, 4, 5]), Points([1], [4])]), path))
    assert _numbers(path) == {0, 1, 2, 3, 4, 5}


def test_an_axis_may_ask_for_zero(bench: Bench, tmp_path: Path) -> None:
    """And begins there."""
    path = tmp_path / "figure.svg"
    for zero, shown in ((False, False), (True, True)):
        figure = Figure("t", Axis("x"), Axis("density", zero=zero), [Line([3.5, 4.5], [6.4, 6.6])])
        bench.do(bench.worker.draw(figure, path))
        assert (0 in _numbers(path)) == shown
        assert not any(one < 0 for one in _numbers(path))


def test_the_same_figure_gives_the_same_file(bench: Bench, tmp_path: Path) -> None:
    """No date, no random names: a figure under version control changes only when it changes."""
    one, two = tmp_path / "one.svg", tmp_path / "two.svg"
    bench.do(bench.worker.draw(FIGURES["lines"], one))
    bench.do(bench.worker.draw(FIGURES["lines"], two))
    assert one.read_bytes() == two.read_bytes()


def test_a_relative_path_is_meant_from_here(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from the worker's empty folder."""
    monkeypatch.chdir(tmp_path)
    bench.do(bench.worker.draw(FIGURES["points"], Path("figure.svg")))
    assert (tmp_path / "figure.svg").exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("figure.pdf", "figure.pdf: this is no kind of figure; give it a name that ends in .png or .svg"),
        ("figure", "figure: this is no kind of figure; give it"),
        ("none/figure.png", "its folder does not exist; make the folder, or name another"),
        ("folder.png", "this is a folder; name a file"),
        ("file/figure.png", "cannot be written: Not a directory; name a place that can be written"),
        ("x" * 300 + ".png", "cannot be written: File name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_clear_line(bench: Bench, tmp_path: Path, name: str, told: str) -> None:
    """And the process goes on."""
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    bench.do(bench.worker.warm())
    pid = bench.worker.pid
    assert told in bench.error(bench.worker.draw(FIGURES["lines"], tmp_path / name))
    assert bench.worker.pid == pid


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no such folder on this system")
def test_a_folder_that_takes_no_files_is_not_said_to_be_missing(bench: Bench) -> None:
    """The system says of /proc that the file is not found."""
    told = "/proc/figure.png: no file can be made there; name a place that can be written"
    assert told in bench.error(bench.worker.draw(FIGURES["lines"], Path("/proc/figure.png")))


def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path) -> None:
    """Played by a limit on the size of files: the picture is larger."""
    bench = Bench(tmp_path / "scratch")
    full = run_of("import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\nreturn Result({})")
    path = tmp_path / "figure.png"
    path.write_text("old", encoding="utf-8")
    bench.do(bench.worker.draw(FIGURES["empty"], tmp_path / "first.svg"))  # the font cache is larger, too
    bench.do(bench.worker.run(write(tmp_path, full), {}, 0))
    assert "cannot be written: File too large" in bench.error(bench.worker.draw(FIGURES["lines"], path))
    bench.close()
    assert path.read_text(encoding="utf-8") == "old"
    assert not list(tmp_path.glob(".figure*"))


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        (Line([1, 2], [1]), "cannot be drawn: Line has 2 x and 1 y"),
        (HeatMap([1, 2]), "cannot be drawn: z is an array of 2, not a matrix"),
        (Points([1], [float("nan")]), "cannot be asked that"),
    ],
)
def test_a_figure_that_cannot_be_drawn_leaves_the_old_file(bench: Bench, tmp_path: Path, mark: Mark, told: str) -> None:
    """Whole or not at all."""
    path = tmp_path / "figure.svg"
    path.write_text("old", encoding="utf-8")
    assert told in bench.error(bench.worker.draw(Figure("t", X, X, [mark]), path))
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["figure.svg"]


def test_the_font_cache_stays_in_the_given_folder(tmp_path: Path) -> None:
    """It is written once, and found by the next process; nothing else is left there."""
    bench = Bench(tmp_path / "scratch")
    bench.do(bench.worker.draw(FIGURES["lines"], tmp_path / "figure.png"))
    bench.close()
    assert [one.name for one in (tmp_path / "scratch").iterdir()] == ["matplotlib"]
    assert list((tmp_path / "scratch" / "matplotlib").glob("fontlist*"))


def test_this_side_imports_neither_numpy_nor_matplotlib(tmp_path: Path) -> None:
    """The interface starts, describes, runs and draws without them."""
    code = """
import asyncio, sys
from pathlib import Path
from studyapp.runs import Consent, Worker, find, read_source

async def main(source, scratch):
    async with Worker(scratch) as worker:
        await worker.describe(source)
        await worker.run(source, {}, 0)
        await worker.keys(source, [{}], "share")

asyncio.run(main(read_source(Path(sys.argv[1])), Path(sys.argv[2])))
print(*(name for name in ("numpy", "matplotlib", "studyapp.runs.loading", "ctypes") if name in sys.modules))
"""
    arguments = [sys.executable, "-c", code, str(write(tmp_path, COIN).path), str(tmp_path / "scratch")]
    assert subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip() == ""
