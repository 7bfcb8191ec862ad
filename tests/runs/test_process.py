"""The rules of the process: apart from everything, and gone with all that it started."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studyapp.runs import Limits
from tests.runs.writing import COIN, LOOP, Bench, alive, all_gone, run_of, write

# --- what a simulation starts ---------------------------------------------------------------------

# Past Python, so that the guard does not see it.
FORK = "import ctypes, os, time\nfork = ctypes.CDLL(None).fork\n"
NOTE = "open(os.environ['STUDYAPP_RUN'] + '/../pids', 'a').write(f'{os.getpid()}\\n')\n"


def _noted(scratch: Path) -> list[int]:
    return [int(line) for line in (scratch / "pids").read_text(encoding="utf-8").split()]


@pytest.mark.parametrize("leave", ["", "    os.setsid()\n", "    os.setsid()\n    if fork(): os._exit(0)\n"])
def test_what_a_simulation_forked_is_killed(tmp_path: Path, leave: str) -> None:
    """In its group, out of its group, and as a grandchild that nobody waits for."""
    bench = Bench(tmp_path / "scratch", Limits(seconds=0.5, cpu=60))
    fork = f"for _ in range(3):\n  if not fork():\n{leave}    {NOTE}    while True: time.sleep(1)\n"
    line = bench.error(bench.worker.run(write(tmp_path, run_of(f"{FORK}{fork}while True: pass")), {}, seed=0))
    assert "took longer than 0.5 s" in line
    pids = _noted(tmp_path / "scratch")
    assert len(pids) == 3
    assert all_gone(pids)
    bench.still_works(tmp_path)
    bench.close()


@pytest.mark.parametrize("end", ["return Result({'n': 1})", "os._exit(1)", "raise ValueError"])
def test_what_a_simulation_left_behind_is_killed(tmp_path: Path, end: str) -> None:
    """However the task itself ended; one that succeeded is told that it may not."""
    bench = Bench(tmp_path / "scratch", Limits(seconds=10))
    body = f"{FORK}if not fork():\n    os.setsid()\n    {NOTE}    while True: time.sleep(1)\ntime.sleep(0.1)\n{end}"
    line = bench.error(bench.worker.run(write(tmp_path, run_of(body)), {}, seed=0))
    if end.startswith("return"):
        assert "left other processes running, which were ended" in line
    assert all_gone(_noted(tmp_path / "scratch"))
    bench.still_works(tmp_path)
    bench.close()


@pytest.mark.slow
def test_a_fork_bomb_is_ended(tmp_path: Path) -> None:
    """Processes that double until there are a hundred."""
    bench = Bench(tmp_path / "scratch", Limits(seconds=0.6, cpu=60))
    body = f"{FORK}for _ in range(6):\n    fork()\n{NOTE}while True: time.sleep(1)"
    assert "took longer" in bench.error(bench.worker.run(write(tmp_path, run_of(body)), {}, seed=0))
    pids = _noted(tmp_path / "scratch")
    assert len(pids) > 30
    assert all_gone(pids)
    bench.still_works(tmp_path)
    bench.close()


def test_a_forked_copy_cannot_answer(bench: Bench, tmp_path: Path) -> None:
    """It comes back from `run` like its parent, and must not send a second result."""
    body = f"{FORK}pid = fork()\nif pid: os.waitpid(pid, 0)\nreturn Result({{'n': pid > 0}})"
    assert bench.do(bench.worker.run(write(tmp_path, run_of(body)), {}, seed=0)).values == {"n": True}
    bench.still_works(tmp_path)


def test_threads_left_running_end_with_their_process(bench: Bench, tmp_path: Path) -> None:
    """They would slow down and could disturb the next task."""
    body = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nreturn Result({'n': 1})"
    bench.do(bench.worker.warm())
    pid = bench.worker.pid
    assert pid is not None
    assert bench.do(bench.worker.run(write(tmp_path, run_of(body)), {}, seed=0)).values == {"n": 1}
    assert not alive(pid)
    bench.still_works(tmp_path)


# --- what a simulation finds around it ------------------------------------------------------------


def test_a_simulation_finds_nothing_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, no environment of the learner's, no neighbours to import, one thread for linear algebra."""
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "neighbour.py").touch()
    body = """import os, sys, importlib.util
here = os.getcwd() == os.environ["HOME"] == os.environ["TMPDIR"] and not os.listdir()
return Result({
    "here": here,
    "secret": "SECRET" in os.environ or "PYTHONPATH" in os.environ,
    "neighbour": importlib.util.find_spec("neighbour") is not None,
    "threads": int(os.environ["OPENBLAS_NUM_THREADS"]),
    "isolated": sys.flags.isolated,
    "own_session": os.getsid(0) == os.getpid(),
    "core": __import__("resource").getrlimit(__import__("resource").RLIMIT_CORE)[0],
    "matplotlib": any("matplotlib" in name for name in sys.modules),
})"""
    fresh = Bench(tmp_path / "scratch")
    values = fresh.do(fresh.worker.run(write(tmp_path, run_of(body)), {}, seed=0)).values
    fresh.close()
    assert values == {
        "here": True,
        "secret": False,
        "neighbour": False,
        "threads": 1,
        "isolated": 1,
        "own_session": True,
        "core": 0,
        "matplotlib": False,
    }


def test_a_learners_file_shares_its_process_with_no_other(bench: Bench, tmp_path: Path) -> None:
    """What it does to NumPy is gone before a shipped simulation is asked again."""
    bend = COIN + "\n\nnp.random.default_rng = None\nnp.mean = None\n"
    own, shipped = write(tmp_path, bend, "bend", shipped=False), write(tmp_path, COIN)
    bench.do(bench.worker.describe(own))
    pid = bench.worker.pid
    bench.do(bench.worker.describe(own))
    assert bench.worker.pid == pid
    assert bench.do(bench.worker.run(shipped, {}, seed=0)).values["share"] > 0
    assert bench.worker.pid != pid
    pid = bench.worker.pid
    bench.do(bench.worker.run(write(tmp_path, COIN, "other"), {}, seed=0))
    assert bench.worker.pid == pid


def test_numpys_error_state_and_warnings_are_each_tasks_own(bench: Bench, tmp_path: Path) -> None:
    """One that makes warnings errors does not change the next."""
    strict = "import warnings\nnp.seterr(all='raise')\nwarnings.simplefilter('error')\nreturn Result({})"
    bench.do(bench.worker.run(write(tmp_path, run_of(strict)), {}, seed=0))
    loose = run_of("return Result({'n': np.log(np.zeros(1)) < 0})")
    assert bench.do(bench.worker.run(write(tmp_path, loose, "loose"), {}, seed=0)).values == {"n": [True]}


# --- how it starts and ends -----------------------------------------------------------------------

PARENT = """
import asyncio, sys
from pathlib import Path
from studyapp.runs import Worker, read_source

async def main():
    worker = Worker(Path(sys.argv[2]))
    say = lambda _: print(worker.pid, flush=True)
    if sys.argv[3] == "idle":
        await worker.warm()
        say(0)
        await asyncio.sleep(60)
    await worker.run(read_source(Path(sys.argv[1])), {}, 0, say)

asyncio.run(main())
"""


@pytest.mark.parametrize("doing", ["idle", "running"])
def test_the_process_ends_by_itself_when_its_parent_is_killed(tmp_path: Path, doing: str) -> None:
    """kill -9 of the app: no process and no folder stays, whether it waited or ran an endless loop."""
    source = write(tmp_path, LOOP)
    arguments = [sys.executable, "-c", PARENT, str(source.path), str(tmp_path / "scratch"), doing]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    assert all_gone([pid])
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_parent_that_forgets_to_close_leaves_nothing(tmp_path: Path) -> None:
    """The line breaks when it exits."""
    code = PARENT.replace("await asyncio.sleep(60)", "sys.stdout.flush(); import os; os._exit(0)")
    arguments = [sys.executable, "-c", code, str(write(tmp_path, COIN).path), str(tmp_path / "scratch"), "idle"]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=True)
    assert all_gone([int(done.stdout)])


def test_a_process_killed_while_it_waited_is_replaced(bench: Bench, tmp_path: Path) -> None:
    """By the system, for want of memory, say."""
    bench.still_works(tmp_path)
    pid = bench.worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert all_gone([pid])
    bench.do(asyncio.sleep(0.05))
    bench.still_works(tmp_path)


def test_a_process_that_cannot_start_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Python, no folder to work in, no NumPy."""
    coin = write(tmp_path, COIN)
    (tmp_path / "file").touch()
    bench = Bench(tmp_path / "file" / "scratch")
    assert "cannot be written" in bench.error(bench.worker.run(coin, {}, 0))
    bench.close()

    bench = Bench(tmp_path / "scratch")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(tmp_path / "nothing"))
        assert bench.error(bench.worker.run(coin, {}, 0)).startswith("worker process: cannot be started: [Errno 2]")
    with monkeypatch.context() as patch:
        patch.setattr("studyapp.runs.process._PROGRAM", "import no_such_module")
        line = bench.error(bench.worker.run(coin, {}, 0))
    assert line.startswith("worker process: did not start: ended its own process with exit code 1 (")
    assert "No module named 'no_such_module'" in line
    bench.still_works(tmp_path)
    bench.close()
