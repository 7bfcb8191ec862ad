"""The rules of finding simulations: by file name, read once, and never executed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studyapp.runs import SimulationError, find, read_source
from studyapp.runs.finder import LARGEST


def _folder(path: Path, *names: str) -> Path:
    path.mkdir()
    for name in names:
        (path / name).write_text("raise SystemExit('executed')\n", encoding="utf-8")
    return path


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may read everything, so file modes are tested as somebody else."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone may reach: pytest's own are private to root."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_every_python_file_is_a_simulation_unless_its_name_begins_with_an_underscore(tmp_path: Path) -> None:
    """Names come from files, in alphabetical order, and nothing in a file is executed."""
    shipped = _folder(tmp_path / "shipped", "b.py", "a.py", "_helper.py", ".hidden.py", "notes.md")
    own = _folder(tmp_path / "own", "c.py")
    found = find(shipped, own)
    assert list(found.sources) == ["a", "b", "c"]
    assert found.problems == ()
    assert [found.sources[name].shipped for name in "abc"] == [True, True, False]


def test_a_source_is_its_bytes_and_their_hash(tmp_path: Path) -> None:
    """What is hashed is what was read, also when the file changes afterwards."""
    shipped = _folder(tmp_path / "shipped", "a.py")
    source = find(shipped, None).sources["a"]
    (shipped / "a.py").write_text("changed", encoding="utf-8")
    assert source.code == b"raise SystemExit('executed')\n"
    assert source.sha256 == hashlib.sha256(source.code).hexdigest()
    assert read_source(shipped / "a.py").sha256 != source.sha256


def test_the_shipped_one_of_two_with_one_name_counts(tmp_path: Path) -> None:
    """A learner's file cannot take a shipped one's place unseen: it is a problem."""
    shipped, own = _folder(tmp_path / "shipped", "a.py"), _folder(tmp_path / "own", "a.py", "b.py")
    found = find(shipped, own)
    assert found.sources["a"].shipped
    assert list(found.sources) == ["a", "b"]
    assert [problem.path for problem in found.problems] == [str(own / "a.py")]
    assert "shipped simulation 'a'" in str(found.problems[0])


def test_own_folder_need_not_exist_but_the_shipped_one_must(tmp_path: Path) -> None:
    """Most learners have no simulations of their own; a missing shipped folder is a damaged installation."""
    shipped = _folder(tmp_path / "shipped", "a.py")
    assert find(shipped, tmp_path / "none").problems == ()
    assert find(shipped, None).problems == ()
    (problem,) = find(tmp_path / "none", None).problems
    assert problem.path == str(tmp_path / "none")


def test_files_that_are_no_simulation_are_problems_beside_the_good_ones(tmp_path: Path) -> None:
    """A folder, a named pipe (which would block for ever), other encodings, huge files, odd names, broken links."""
    shipped = _folder(tmp_path / "shipped", "good.py", "two words.py", "2nd.py")
    (shipped / "folder.py").mkdir()
    os.mkfifo(shipped / "pipe.py")
    (shipped / "latin.py").write_bytes("# one\n# caf\xe9\n".encode("latin-1"))
    (shipped / "huge.py").write_bytes(b"#" * (LARGEST + 1))
    (shipped / "broken.py").symlink_to(shipped / "nowhere")
    found = find(shipped, None)
    assert list(found.sources) == ["good"]
    assert sorted(Path(problem.path).name for problem in found.problems) == sorted(
        ["two words.py", "2nd.py", "folder.py", "pipe.py", "latin.py", "huge.py", "broken.py"]
    )
    assert all(problem.what and problem.remedy and "\n" not in str(problem) for problem in found.problems)
    (latin,) = (problem for problem in found.problems if "latin" in problem.path)
    assert "line 2 is not UTF-8" in latin.what


def test_an_unreadable_file_is_a_problem(open_folder: Path) -> None:
    """The others are found all the same."""
    shipped = _folder(open_folder / "shipped", "a.py", "b.py")
    (shipped / "a.py").chmod(0)
    with _as_nobody():
        found = find(shipped, None)
    assert list(found.sources) == ["b"]
    assert "Permission denied" in found.problems[0].what


def test_an_unreadable_folder_is_a_problem(open_folder: Path) -> None:
    """The shipped ones are found all the same."""
    shipped, own = _folder(open_folder / "shipped", "a.py"), _folder(open_folder / "own", "b.py")
    own.chmod(0)
    with _as_nobody():
        found = find(shipped, own)
    assert list(found.sources) == ["a"]
    assert found.problems[0].path == str(own)


def test_own_folder_within_an_unreadable_one_is_a_problem(open_folder: Path) -> None:
    """Even asking whether it exists is refused there."""
    shipped, locked = _folder(open_folder / "shipped", "a.py"), _folder(open_folder / "locked")
    _folder(locked / "own", "b.py")
    locked.chmod(0)
    with _as_nobody():
        found = find(shipped, locked / "own")
    assert list(found.sources) == ["a"]
    assert len(found.problems) == 1


def test_a_path_from_the_command_line_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    """A file that is not there, and one that is no Python file."""
    with pytest.raises(SimulationError, match=r"nothing\.py: cannot be read: No such file"):
        read_source(tmp_path / "nothing.py")
    with pytest.raises(SimulationError, match="no name for a simulation"):
        read_source(tmp_path / "figure.png")
