"""What the simulations cost: their code beside PyTorch's, each one's default run, and all claims of all of them.

    python -m tests.benchmarks.simulations [--runs 11]

`beside PyTorch` does the same work at the same precision on one thread each, in two processes that take turns, and
compares processor time: `layers` is 50 of 512 units with a batch of 256, forward and backward; `digits` 20 epochs of
the network that reads them; `adam` 10,000 steps of two weights, beside `torch.optim.Adam` with autograd or with the
gradient handed to it; `descent` the sweep of double descent beside batched `torch.linalg.solve`. Without PyTorch
(`pip install -e '.[oracle]'`) it is left out.

`default runs` are made in the worker, as the Lab makes them. `verify --all` is the command, for one seed and with all
that it starts. Both are wall-clock times, with the processor time beside them, which tells what a busy machine adds.
"""

from __future__ import annotations

import asyncio
import importlib.util
import resource
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from studyapp.library import shipped_content
from studyapp.runs import Source, Worker, read_source
from tests.benchmarks.apart import Apart
from tests.benchmarks.measuring import alternated, folder, repetitions, report, summary

WANTED = {"layers, float64": 1.25, "layers, float32": 1.25, "digits": 0.35, "adam": 0.07, "descent": 1.2}
"""The most that NumPy may take of PyTorch's time."""

GIVEN = "adam, gradient given"

DEFAULT_RUNS, VERIFICATIONS = 5, 3


def beside_torch(runs: int) -> dict[str, dict[str, float]]:
    """Least and median times of both, the ratio of the least ones, and the median of the rounds' ratios."""
    rows = {}
    with Apart("tests.benchmarks.work_numpy") as ours, Apart("tests.benchmarks.work_torch") as theirs:
        for name in (*WANTED, GIVEN):
            own = "adam" if name == GIVEN else name
            variants = {"NumPy": partial(ours.milliseconds, own), "PyTorch": partial(theirs.milliseconds, name)}
            taken = alternated(variants, runs)
            both = {f"{side}, {kind}": value for side in taken for kind, value in _least(taken[side]).items()}
            rounds = [one / other for one, other in zip(taken["NumPy"], taken["PyTorch"], strict=True)]
            ratios = {"ratio": min(taken["NumPy"]) / min(taken["PyTorch"]), "of rounds": statistics.median(rounds)}
            rows[name] = {**both, **{title: round(ratio, 3) for title, ratio in ratios.items()}}
            if name in WANTED:
                rows[name]["wanted"] = WANTED[name]
    return rows


def _least(values: list[float]) -> dict[str, float]:
    found = summary(values)
    return {"least": found["least"], "median": found["median"]}


async def default_runs(scratch: Path, runs: int) -> dict[str, dict[str, float]]:
    """Each simulation's default run, the slowest first; the seed changes from round to round.

    `processor` is the least processor time that the worker took for the run and all around it.
    """
    files = sorted((shipped_content() / "simulations").glob("[a-z]*.py"))
    sources: list[Source] = [read_source(file, shipped=True) for file in files]
    taken: dict[str, list[float]] = {source.name: [] for source in sources}
    busy: dict[str, list[float]] = {source.name: [] for source in sources}
    async with Worker(scratch) as worker:
        for seed in range(-1, runs):
            for source in sources:
                before = _processor(worker)
                run = await worker.run(source, {}, max(0, seed))
                if seed >= 0:
                    taken[source.name].append(1000 * run.seconds)
                    busy[source.name].append(1000 * (_processor(worker) - before))
    rows = {name: {**summary(taken[name]), "processor": round(min(busy[name]), 1)} for name in taken}
    return dict(sorted(rows.items(), key=lambda row: -row[1]["median"]))


def _processor(worker: Worker) -> float:
    """Seconds of processor time that the worker's process took so far: its clock's number follows from its id."""
    pid = worker.pid
    return time.clock_gettime((~pid << 3) | 2) if pid is not None and sys.platform == "linux" else 0.0


def verified(home: Path, runs: int) -> dict[str, dict[str, float]]:
    """Seconds of `studyapp verify --all`, each in a data folder of its own; what it says is told if it fails."""
    taken, busy = [], []
    for number in range(runs):
        command = [sys.executable, "-m", "studyapp", "--home", str(home / str(number)), "verify", "--all"]
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        taken.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
    return {"verify --all, one seed": {**summary(taken), "processor": round(min(busy), 1)}}


def main() -> None:
    """Measure and report."""
    runs = repetitions(__doc__, 11)
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed (pip install -e '.[oracle]'): nothing is compared with it", file=sys.stderr)
    else:
        report("beside PyTorch", "ms of processor time", beside_torch(runs))
    with folder() as path:
        rows = asyncio.run(default_runs(path / "scratch", DEFAULT_RUNS))
        report("default runs", "ms", rows, slowest=next(iter(rows)), wanted=1000)
        report("all claims", "s", verified(path, VERIFICATIONS), wanted=30)


if __name__ == "__main__":
    main()
