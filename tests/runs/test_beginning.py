"""Rules of beginning a simulation of one's own: which names, and that no file is lost."""

from __future__ import annotations

import errno
import keyword
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.runs import SimulationError, find
from studyapp.runs.beginning import LONGEST, NAME, TEMPLATE, TITLE, begin, suggested
from studyapp.runs.loading import load

SHIPPED = Path(__file__).parents[2] / "simulations"


def test_a_new_file_is_a_simulation_of_that_name(tmp_path: Path) -> None:
    """Found in the learner's folder, which is made; its title is the name in words, the rest is the template."""
    path = begin("my_first_idea", (), tmp_path / "home" / "simulations")
    assert path == tmp_path / "home" / "simulations" / "my_first_idea.py"
    text = path.read_text(encoding="utf-8")
    assert list(find(SHIPPED, path.parent).sources) == sorted([*find(SHIPPED, None).sources, "my_first_idea"])
    description = load(text, "my_first_idea", str(path)).description
    assert description.title == "My first idea"
    assert (len(description.values), len(description.claims), len(description.mistakes)) == (1, 1, 1)
    template = TEMPLATE.read_text(encoding="utf-8")
    assert TITLE in template
    assert TITLE not in text
    assert [line for line in text.splitlines() if line and line not in template] == ['TITLE = "My first idea"']


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    """Nor a link to nowhere, nor a folder; it is said what to do."""
    (tmp_path / "mine.py").write_text("mine", encoding="utf-8")
    (tmp_path / "lost.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.py").mkdir()
    for name in ("mine", "lost", "folder"):
        with pytest.raises(SimulationError) as refused:
            begin(name, (), tmp_path)
        wanted = f"{tmp_path / name}.py: it exists, and stays as it is; choose another name, or edit it"
        assert str(refused.value) == wanted
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_shipped_name_is_taken(tmp_path: Path) -> None:
    """The shipped one would be used."""
    with pytest.raises(SimulationError, match=r"^coin: there is a shipped simulation .* it may be my_coin$"):
        begin("coin", ("coin",), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("My Idea", "my_idea"),
        ("MyIdea", "my_idea"),
        ("my-idea.py", "my_idea"),
        ("2nd try", "my_2nd_try"),
        ("class", "my_class"),
        ("Idée", "idee"),
        ("_hidden", "hidden"),
        ("../../etc/passwd", "etc_passwd"),
        ("", "my_simulation"),
        ("深層", "my_simulation"),
        ("a" * 99, "a" * (LONGEST - 3)),
    ],
)
def test_other_names_are_refused_with_one_that_would_do(tmp_path: Path, name: str, better: str) -> None:
    """Nothing is written for them, here or elsewhere."""
    with pytest.raises(SimulationError) as refused:
        begin(name, (), tmp_path / "own")
    assert refused.value.remedy == f"it may be {better}"
    assert list(tmp_path.iterdir()) == []
    assert begin(better, (), tmp_path / "own").exists()


@given(st.text())
def test_what_is_suggested_is_always_a_name(given: str) -> None:
    """Whatever was typed; a good name is suggested as it is, but for underscores that say nothing."""
    better = suggested(given)
    assert NAME.fullmatch(better)
    assert not keyword.iskeyword(better)
    assert suggested(better) == better


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """As where a file is in its place."""
    (tmp_path / "simulations").write_text("", encoding="utf-8")
    with pytest.raises(SimulationError, match=r"simulations: no folder can be made there: File exists; make room"):
        begin("mine", (), tmp_path / "simulations")


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be taken for a simulation, and stand in the way of the next try."""
    opened = Path.open

    def full(path: Path, mode: str = "r", **rest: str) -> TextIO:
        file: TextIO = opened(path, mode, **rest)  # type: ignore[call-overload]
        if mode == "x":
            monkeypatch.setattr(file, "write", _no_room)
        return file

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(SimulationError, match=r"mine\.py: cannot be written: No space left"):
        begin("mine", (), tmp_path)
    assert list(tmp_path.iterdir()) == []


def _no_room(_text: str) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")
