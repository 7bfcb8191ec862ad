"""The rules of one task: nothing that a simulation does hangs or fills the app, and the next task works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyapp.runs import Limits
from studyapp.runs.errors import LESS
from tests.runs.writing import COIN, LOOP, Bench, line_with, run_of, write


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A worker whose wall clock strikes first, after 0.4 s."""
    made = Bench(tmp_path_factory.mktemp("strict"), Limits(seconds=0.4, cpu=60, memory=2**30))
    yield made
    made.close()


# --- limits ---------------------------------------------------------------------------------------


def test_an_endless_loop_is_stopped_and_its_place_told(strict: Bench, tmp_path: Path) -> None:
    """Wall clock: the line where it was, and what to do."""
    source = write(tmp_path, LOOP, "endless")
    line = strict.error(strict.worker.run(source, {}, seed=0))
    # It is stopped in one of the two lines of its loop.
    first = line_with(source, "while True")
    places = [f"endless.py:{number}" for number in (first, first + 1)]
    assert line in [f"{place}: took longer than 0.4 s and was stopped; {LESS}" for place in places]
    strict.still_works(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        "import time\ntime.sleep(60)  # here",
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        "import signal\nsignal.raise_signal(signal.SIGSTOP)",
        "import threading\nthreading.Event().wait()",
        "import os\nos.closerange(3, 1000)\nwhile True: pass",
        "try:\n    while True: pass\nfinally:\n    while True: pass",
    ],
)
def test_whatever_hangs_is_stopped(strict: Bench, tmp_path: Path, body: str) -> None:
    """Also what sleeps, stops itself, or ignores the signal that asks where it is."""
    source = write(tmp_path, run_of(body))
    start = time.monotonic()
    line = strict.error(strict.worker.run(source, {}, seed=0))
    assert time.monotonic() - start < 5
    assert "took longer than 0.4 s and was stopped" in line
    if "# here" in body:
        assert line.startswith(f"coin.py:{line_with(source, '# here')}: ")
    strict.still_works(tmp_path)


def test_a_loop_at_the_top_of_a_file_is_stopped_too(strict: Bench, tmp_path: Path) -> None:
    """Describing executes the file, within the same limits."""
    line = strict.error(strict.worker.describe(write(tmp_path, "while True:\n    pass\n")))
    assert line.endswith("took longer than 0.4 s and was stopped; choose smaller parameters, or let it compute less")


@pytest.mark.slow
def test_processor_time_is_limited_for_each_task_anew(tmp_path: Path) -> None:
    """RLIMIT_CPU counts from a process's start: two tasks of 0.7 s pass a limit of 1 s, an endless one does not."""
    bench = Bench(tmp_path / "scratch", Limits(seconds=20, cpu=1))
    spin = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\nreturn Result({{}})"
    for number in range(2):
        bench.do(bench.worker.run(write(tmp_path, run_of(spin.format(0.7)), f"short{number}"), {}, seed=0))
    pid = bench.worker.pid
    line = bench.error(bench.worker.run(write(tmp_path, run_of(spin.format(60))), {}, seed=0))
    assert "used more than 1 s of processor time; choose smaller parameters" in line
    assert line.startswith("coin.py:")
    assert bench.worker.pid != pid
    bench.still_works(tmp_path)
    bench.close()


@pytest.mark.parametrize(
    "body",
    [
        "return Result({'n': np.ones(10 * 2**27).sum()})  # here",
        "rows = []\nwhile True: rows.append(bytes(10**8))  # here",
        "return 'x' * 10**10  # here",
    ],
)
def test_ten_gigabytes_are_refused(strict: Bench, tmp_path: Path, body: str) -> None:
    """The address space is limited; the process that came near the limit is replaced."""
    source = write(tmp_path, run_of(body))
    line = strict.error(strict.worker.run(source, {}, seed=0))
    place = f"coin.py:{line_with(source, '# here')}"
    assert line == f"{place}: needs more memory than the limit of 1 GiB; {LESS}"
    strict.still_works(tmp_path)


@pytest.mark.slow
def test_a_result_above_a_frame_is_refused(bench: Bench, tmp_path: Path) -> None:
    """Many values that are each small enough."""
    body = "x = np.full(2_000_000, 10**18)\nreturn Result({'a': x, 'b': x})"
    line = bench.error(bench.worker.run(write(tmp_path, run_of(body)), {}, seed=0))
    assert line == "coin.py: its result is larger than 64 MB; return fewer numbers and figures with fewer points"
    bench.still_works(tmp_path)


# --- ends and crashes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("import os\nos._exit(3)", "ended its own process with exit code 3"),
        ("import os\nos._exit(0)", "ended its own process with exit code 0"),
        ("import ctypes\nctypes.string_at(0)  # here", "crashed (SIGSEGV)"),
        ("import os\nos.abort()  # here", "crashed (SIGABRT)"),
        ("import signal\nsignal.raise_signal(signal.SIGKILL)", "was killed, perhaps because the machine ran out of"),
    ],
)
def test_a_process_that_ends_is_told_and_replaced(bench: Bench, tmp_path: Path, body: str, told: str) -> None:
    """With the line of a crash, which faulthandler leaves behind."""
    source = write(tmp_path, run_of(body))
    line = bench.error(bench.worker.run(source, {}, seed=0))
    assert told in line
    place = f"coin.py:{line_with(source, '# here')}: " if "# here" in body else "coin.py: "
    assert line.startswith(place)
    bench.still_works(tmp_path)


def test_the_place_of_a_crash_is_told_after_much_noise(bench: Bench, tmp_path: Path) -> None:
    """An earlier task filled the pipe that crashes are told through."""
    noise = (
        "import os\ntry:\n    while True: os.write(2, b'x' * 2**12)\nexcept BlockingIOError: pass\nreturn Result({})"
    )
    bench.do(bench.worker.run(write(tmp_path, run_of(noise), "noise"), {}, seed=0))
    source = write(tmp_path, run_of("import ctypes\nctypes.string_at(0)  # here"))
    place = f"coin.py:{line_with(source, '# here')}: crashed"
    assert bench.error(bench.worker.run(source, {}, seed=0)).startswith(place)


def test_the_place_of_a_crash_is_told_for_any_path(bench: Bench, tmp_path: Path) -> None:
    """faulthandler writes file names in ASCII."""
    folder = tmp_path / "Übung (1) σ"
    folder.mkdir()
    source = write(folder, run_of("import ctypes\nctypes.string_at(0)  # here"))
    place = f"coin.py:{line_with(source, '# here')}: crashed"
    assert bench.error(bench.worker.run(source, {}, seed=0)).startswith(place)


@pytest.mark.parametrize(
    "body",
    [
        "print('x' * 10**8)",
        "import sys\nsys.stderr.write('x' * 10**8)",
        "import os\nfor fd in (1, 2):\n    try:\n        for _ in range(1600): os.write(fd, b'x' * 2**16)\n"
        "    except BlockingIOError: pass",
        "import sys\nprint('x')\nsys.stdout.close()\nsys.stderr.close()",
        "import sys\nsys.stdout = sys.stderr = None",
        "import sys\nsys.stdout.detach()\nprint('x')\nsys.stderr.write('x')",
        "import os, sys\nos.close(sys.stdout.fileno())\nprint('x', flush=True)",
        "import sys\nsys.stdin.read()",
    ],
)
def test_prints_go_nowhere(bench: Bench, tmp_path: Path, body: str) -> None:
    """100 MB of them take no memory here and block nothing; the process goes on."""
    source = write(tmp_path, run_of(f"{body}\nreturn Result({{'n': 1}})"))
    bench.do(bench.worker.warm())
    pid = bench.worker.pid
    assert bench.do(bench.worker.run(source, {}, seed=0)).values == {"n": 1}
    assert bench.worker.pid == pid
    bench.still_works(tmp_path)


@pytest.mark.parametrize(
    ("body", "characters"),
    [
        ("pass", 0),
        ("print('loss', 0.5)", len("loss 0.5\n")),
        ("print('σ = ½', end='')", 5),
        ("print('x' * 10**8)", 10**8 + 1),
        ("for _ in range(1600): print('x' * 2**16, end='')", 1600 * 2**16),
        ("import sys\nsys.stderr.writelines(['one', 'two'])", 6),
        ("import warnings\nwarnings.warn('too few tosses')", 0),
        ("import sys\nprint('x')\nsys.stdout.close()\nprint('y')", 4),
        ("import sys\nprint('x')\nsys.stdout.detach()\nprint('y')", 4),
        ("import sys\nprint('x')\nsys.stdout = sys.stderr = None\nprint('y')", 2),
        ("import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): print('kept')\nprint('x')", 2),
        ("import logging\nlogging.warning('x')", len("WARNING:root:x\n")),
    ],
)
def test_what_is_printed_is_counted(bench: Bench, tmp_path: Path, body: str, characters: int) -> None:
    """Characters, not bytes, and whatever the simulation does to its output; the run says so in one line."""
    run = bench.do(bench.worker.run(write(tmp_path, run_of(f"{body}\nreturn Result({{'n': 1}})")), {}, seed=0))
    assert (run.values, run.printed) == ({"n": 1}, characters)
    assert bool(run.remark) is (characters > 0)


def test_each_run_has_a_count_of_its_own(bench: Bench, tmp_path: Path) -> None:
    """With what the file prints as it is executed, which is once in a process: every run says the same."""
    text = "import sys\nprint('top')\nkept = sys.stdout\n"
    body = "kept.write('x' * parameters.tosses)\nreturn Result({'n': 1})"
    source = write(tmp_path, run_of(body).replace("TITLE", text + "TITLE", 1))
    bench.do(bench.worker.describe(source))
    counts = [bench.do(bench.worker.run(source, {"tosses": n}, seed=0)).printed for n in (1000, 7, 7)]
    assert counts == [1004, 11, 11]
    assert bench.do(bench.worker.run(write(tmp_path, COIN, "silent"), {}, seed=0)).printed == 0
