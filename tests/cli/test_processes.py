"""Rules that only a process of its own can show: exit status, streams, signals, pipes, encodings, `python FILE`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, Done, call, environment, own_simulation, start
from tests.cli.samples import HALF, doing
from tests.runs.writing import all_gone

STUDYAPP = [sys.executable, "-m", "studyapp"]
FULL = Path("/dev/full")
SLOW = pytest.mark.slow
HANGS = doing("while True:\n    pass")


def test_success_is_0_and_on_stdout(home: Path) -> None:
    """Nothing on stderr."""
    done = start("--home", str(home), "due", "--json")
    assert (done.status, done.err) == (0, "")
    assert len(done.json) > 20


def test_failure_is_1_and_on_stderr(home: Path) -> None:
    """One line, no traceback, nothing on stdout."""
    done = start("run", "no_simulation", "--home", str(home))
    assert done.refusal().startswith("no_simulation: there is no simulation of this name")
    assert done.out == ""


def test_wrong_usage_is_2_and_on_stderr() -> None:
    """One line, no traceback, nothing on stdout."""
    done = start("sm2", "7")
    assert "is not a whole number from 0 to 5" in done.refusal(2)
    assert done.out == ""


@pytest.mark.parametrize(
    "words", [["run", "no_simulation", "--debug"], pytest.param(["--debug", "run", "no_simulation"], marks=SLOW)]
)
def test_debug_shows_the_traceback(home: Path, words: list[str]) -> None:
    """Before or after the command; the status is the same."""
    done = start("--home", str(home), *words)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("Traceback (most recent call last):\n")
    assert "SimulationError: no_simulation: there is no simulation" in done.err


def test_the_environment_names_the_data_folder(home: Path) -> None:
    """As documented."""
    assert len(start("due", "--json", STUDYAPP_HOME=str(home)).json) > 20


def test_the_installed_command_is_the_module(home: Path) -> None:
    """`studyapp` and `python -m studyapp` are one."""
    command = Path(sys.executable).with_name("studyapp")
    if not command.exists():
        pytest.skip("studyapp is not installed here")
    done = subprocess.run([command, "--home", home, "sm2", "4", "--json"], capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (0, [[1, 1, "2.5000", False]])


# --- pipes, disks, encodings ----------------------------------------------------------------------


@pytest.mark.parametrize("words", [["due"], pytest.param(["due", "--json"], marks=SLOW), ["--help"]])
def test_whoever_stops_reading_is_no_error(home: Path, words: list[str]) -> None:
    """As in `studyapp due | head -1`: no complaint, and no traceback when the interpreter ends."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [*STUDYAPP, "--home", str(home), *words]
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, env=environment(), check=False)
    finally:
        os.close(writer)
    assert done.stderr == ""
    assert done.returncode == (1 if words == ["--help"] else 0)


@pytest.mark.skipif(not FULL.exists(), reason="the system has no disk that is always full")
def test_output_that_cannot_be_written_is_an_error(home: Path) -> None:
    """As in `studyapp due > file` on a full disk: a script must not take half a list for a whole one."""
    with FULL.open("w") as full:
        command = [*STUDYAPP, "--home", str(home), "due", "--json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment(), check=False)
    assert done.returncode == 1
    assert done.stderr == "studyapp: input or output: No space left on device (--debug shows where)\n"


def test_an_output_that_lacks_a_sign_still_gets_the_text(home: Path) -> None:
    """A terminal that knows only Latin-1 shows other signs by their numbers; JSON stays JSON."""
    done = start("--home", str(home), "run", "softmax_output", PYTHONIOENCODING="latin-1")
    assert (done.status, done.err) == (0, "")
    assert "\\u2713 sums_to_one holds" in done.out
    own_simulation(home, HALF.replace('"A half"', '"½ 🎲"'))
    done = start("--home", str(home), "run", "--json", PYTHONIOENCODING="latin-1")
    assert "½ 🎲" in {one["title"] for one in done.json}


def test_a_name_that_is_no_text_is_said_all_the_same(home: Path) -> None:
    """File names are bytes; half a character ends neither the list of problems nor the JSON."""
    path = os.fsencode(home.parent) + b"/\xff.md"
    with open(path, "w") as file:  # noqa: PTH123 - a path of bytes
        file.write("# T\n\n## No answer {#none}\n")
    for words in ([], ["--json"]):
        done = start("--home", str(home), "check", os.fsdecode(path), *words)
        assert done.status == 1
        assert done.err == ""
        assert "\\udcff.md" in done.out
    assert len(done.json["problems"]) == 1


# --- Ctrl-C ---------------------------------------------------------------------------------------


def interrupted(command: list[str]) -> tuple[int, str, str, list[int]]:
    """How a command ends that is interrupted while its worker processes compute, and those processes."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True
    ) as process:
        workers: list[int] = []
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not any(burning(one) for one in workers):
            time.sleep(0.02)
            workers = children(process.pid)
        assert workers, "no worker process was started"
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err, workers


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(folder.name))
    return found


def burning(pid: int) -> bool:
    """Whether a process has computed for longer than its start takes."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") > 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the processes in /proc")
@pytest.mark.parametrize("how", ["run", pytest.param("verify", marks=SLOW), pytest.param("python", marks=SLOW)])
def test_ctrl_c_ends_it_all(home: Path, how: str) -> None:
    """Status 130 at once, one line at most, and no worker process is left; the same for a simulation's own file."""
    path = own_simulation(home, HANGS + "\n\nif __name__ == '__main__':\n    main()\n")
    command = {
        "run": [*STUDYAPP, "--home", str(home), "run", "mine"],
        "verify": [*STUDYAPP, "--home", str(home), "verify", "--seeds", "200"],
        "python": [sys.executable, str(path), "--home", str(home)],
    }[how]
    status, out, err, workers = interrupted(command)
    told = {"run": "studyapp: mine: stopped\n", "verify": "", "python": f"studyapp: {path}: stopped\n"}[how]
    assert (status, out, err.strip("\n")) == (130, "", told.strip("\n"))
    assert all_gone(workers)
    assert not any((home / "scratch").glob("run-*"))


# --- python simulations/NAME.py -------------------------------------------------------------------


def without_times(done: Done) -> str:
    """What a run printed, but for how long it took."""
    return re.sub(r'"seconds": [\d.e-]+|[\d.]+ s, ', "", done.out)


@pytest.mark.parametrize(
    "words",
    [["--seed", "3", "--json"], pytest.param(["--temperature", "2"], marks=SLOW), pytest.param(["--help"], marks=SLOW)],
)
def test_a_simulations_file_is_a_command(home: Path, words: list[str]) -> None:
    """`python simulations/NAME.py` prints what `studyapp run NAME` prints, with the same options."""
    file = str(ROOT / "simulations" / "softmax_output.py")
    by_file = start(*words, program=(file,), STUDYAPP_HOME=str(home))
    by_name = call(home, "run", "softmax_output", *words)
    assert (by_file.status, by_file.err) == (by_name.status, by_name.err) == (0, "")
    assert without_times(by_file) == without_times(by_name)


@SLOW
def test_a_simulations_file_fails_as_the_command_does(home: Path) -> None:
    """The status is passed on."""
    file = str(ROOT / "simulations" / "softmax_output.py")
    done = start("--home", str(home), "--temperature=0", program=(file,))
    assert "parameter temperature: '0' does not fit" in done.refusal(2)
    done = start("--home", str(home), "--figure", str(home / "a.png"), program=(file,))
    assert done.status == 0
    assert (home / "a.png").read_bytes().startswith(b"\x89PNG")
