"""Rules of the built wheel: it has the package, the decks and the simulations, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as .ci/run builds it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, "--wheel-dir", folder, ROOT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The names of all files in the wheel, without those that say what it is."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def tracked(folder: str, ending: str) -> set[str]:
    """The files of a folder here, by their paths in it."""
    found = (path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob(f"*{ending}"))
    return {path.as_posix() for path in found if not any(part.startswith((".", "__")) for part in path.parts[:-1])}


def test_every_module_is_in_it(names: set[str]) -> None:
    """All of the package."""
    assert {f"studyapp/{path}" for path in tracked("studyapp", ".py")} <= names


def test_the_presets_are_in_it(names: set[str]) -> None:
    """Beside the module that reads them."""
    assert "studyapp/presets/course.toml" in names


def test_decks_and_simulations_are_in_it(names: set[str]) -> None:
    """Where the installed package looks for them."""
    for folder, ending in (("decks", ".md"), ("simulations", ".py"), ("simulations/data", ".npz")):
        wanted = {f"studyapp/_content/{folder}/{path}" for path in tracked(folder, ending)}
        assert wanted
        assert wanted <= names


def test_nothing_else_is_in_it(names: set[str]) -> None:
    """No tests, no working files, nothing at the top level but the package."""
    assert {PurePosixPath(name).parts[0] for name in names} == {"studyapp"}
    assert {PurePosixPath(name).suffix for name in names} <= {".py", ".md", ".tcss", ".toml", ".typed", ".npz"}
    assert not [name for name in names if "test" in PurePosixPath(name).name or "__pycache__" in name]


def test_the_unpacked_wheel_works(wheel: Path, tmp_path: Path) -> None:
    """From a folder of its own, `check` finds its content there and nothing wrong; the command is declared."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
        (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "studyapp = studyapp.cli:main" in archive.read(entry).decode()
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import studyapp.library as l; from studyapp.cli import main; "
        "assert l.shipped_content().name == '_content', l.shipped_content(); main()"
    )
    for words in (["check"], ["run", "softmax_output", "--json"]):
        command = [sys.executable, "-c", program, str(tmp_path / "site"), "--home", str(tmp_path / "home"), *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
