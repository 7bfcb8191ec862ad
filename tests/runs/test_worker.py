"""The rules of the worker: one task at a time, progress, cancelling at any moment, and closing for good."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from studyapp.runs import Cancelled, SimulationError, Worker
from tests.runs.writing import COIN, LOOP, Bench, alive, run_of, write


def test_progress_arrives_while_the_simulation_runs(bench: Bench, tmp_path: Path) -> None:
    """As fractions from 0 to 1, at most twenty times a second."""
    body = "import time\nfor i in range(40):\n    progress(i / 20 - 0.5)\n    time.sleep(0.01)\nreturn Result({})"
    source = write(tmp_path, run_of(body))
    seen: list[tuple[float, bool]] = []

    async def watched() -> None:
        task = asyncio.create_task(
            bench.worker.run(source, {}, 0, lambda fraction: seen.append((fraction, task.done())))
        )
        await task

    bench.do(watched())
    fractions = [fraction for fraction, _ in seen]
    assert 3 <= len(fractions) <= 12
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] <= 1
    assert not any(done for _, done in seen)


def test_an_error_of_the_watcher_is_its_own(bench: Bench, tmp_path: Path) -> None:
    """It comes through as it is, and the worker is fit again."""

    def broken(_: float) -> None:
        raise RuntimeError("watcher")

    with pytest.raises(RuntimeError, match="watcher"):
        bench.do(bench.worker.run(write(tmp_path, LOOP), {}, 0, broken))
    bench.still_works(tmp_path)


async def _cancel(worker: Worker, task: asyncio.Task[object]) -> float:
    start = time.monotonic()
    await worker.cancel()
    with pytest.raises(Cancelled, match=r"coin\.py: cancelled"):
        await task
    return time.monotonic() - start


def test_cancelling_stops_the_running_task_at_once(bench: Bench, tmp_path: Path) -> None:
    """Escape: whoever awaits gets Cancelled within a tenth of a second, and the process is gone."""
    source = write(tmp_path, LOOP)

    async def escaped() -> None:
        running = asyncio.Event()
        task: asyncio.Task[object] = asyncio.create_task(bench.worker.run(source, {}, 0, lambda _: running.set()))
        await running.wait()
        pid = bench.worker.pid
        assert pid is not None
        seconds = await _cancel(bench.worker, task)
        assert seconds < 0.5  # about 0.01; the rest is for a busy machine
        assert not alive(pid)

    bench.do(escaped())
    bench.still_works(tmp_path)


@pytest.mark.parametrize("wait", [0, 0.001, 0.003, 0.01, 0.03, 0.06, 0.1, 0.2])
def test_a_task_can_be_cancelled_at_any_moment(tmp_path: Path, wait: float) -> None:
    """Also while its process is being started."""
    bench = Bench(tmp_path / "scratch")
    source = write(tmp_path, LOOP)

    async def escaped() -> None:
        task: asyncio.Task[object] = asyncio.create_task(bench.worker.run(source, {}, 0))
        await asyncio.sleep(wait)
        await bench.worker.cancel()
        with pytest.raises(Cancelled):
            await task

    bench.do(escaped())
    bench.still_works(tmp_path)
    bench.close()
    assert not list((tmp_path / "scratch").glob("run-*"))


def test_cancelling_without_a_task_does_nothing(bench: Bench, tmp_path: Path) -> None:
    """The warm process stays."""
    bench.still_works(tmp_path)
    pid = bench.worker.pid
    bench.do(bench.worker.cancel())
    assert bench.worker.pid == pid


def test_the_next_task_in_line_is_not_cancelled(bench: Bench, tmp_path: Path) -> None:
    """Only what runs is stopped."""
    endless, coin = write(tmp_path, LOOP), write(tmp_path, COIN, "after")

    async def escaped() -> object:
        task: asyncio.Task[object] = asyncio.create_task(bench.worker.run(endless, {}, 0))
        after = asyncio.create_task(bench.worker.run(coin, {}, 0))
        await asyncio.sleep(0.05)
        await _cancel(bench.worker, task)
        return (await after).values

    assert bench.do(escaped())


def test_an_asyncio_task_that_is_cancelled_leaves_nothing_running(bench: Bench, tmp_path: Path) -> None:
    """The interface cancels its own tasks when a screen closes."""
    source = write(tmp_path, LOOP)

    async def dropped() -> None:
        running = asyncio.Event()
        task = asyncio.create_task(bench.worker.run(source, {}, 0, lambda _: running.set()))
        await running.wait()
        pid = bench.worker.pid
        assert pid is not None
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not alive(pid)

    bench.do(dropped())
    bench.still_works(tmp_path)


def test_tasks_are_done_one_at_a_time(bench: Bench, tmp_path: Path) -> None:
    """Each gets its own answer."""
    source = write(tmp_path, COIN)

    async def many() -> list[int]:
        return [run.seed for run in await asyncio.gather(*(bench.worker.run(source, {}, seed) for seed in range(20)))]

    assert bench.do(many()) == list(range(20))


def test_closing_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    """Waiting tasks are cancelled, later ones are refused, closing twice is fine."""
    bench = Bench(tmp_path / "scratch")
    source = write(tmp_path, LOOP)

    async def closed() -> int:
        tasks: list[asyncio.Task[object]] = [asyncio.create_task(bench.worker.run(source, {}, 0)) for _ in range(2)]
        await asyncio.sleep(0.3)
        pid = bench.worker.pid
        assert pid is not None
        await bench.worker.close()
        for task in tasks:
            with pytest.raises(Cancelled):
                await task
        with pytest.raises(Cancelled):
            await bench.worker.run(source, {}, 0)
        return pid

    assert not alive(bench.do(closed()))
    bench.close()
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("wait", [0, 0.002, 0.02])
def test_closing_while_a_process_is_started_leaves_none(tmp_path: Path, wait: float) -> None:
    """The app may be left the moment it was opened."""

    async def closed() -> list[Path]:
        worker = Worker(tmp_path / "scratch")
        task = asyncio.create_task(worker.warm())
        await asyncio.sleep(wait)
        await worker.close()
        left = list(tmp_path.glob("scratch/*"))
        with pytest.raises(Cancelled):
            await task
        assert worker.pid is None
        return left

    assert asyncio.run(closed()) == []


def test_a_worker_may_be_used_as_a_context(tmp_path: Path) -> None:
    """It is closed at the end, also after an error."""

    async def used() -> int | None:
        async with Worker(tmp_path / "scratch") as worker:
            await worker.warm()
            assert worker.numpy
            pid = worker.pid
            with pytest.raises(SimulationError):
                await worker.run(write(tmp_path, "TITLE ="), {}, 0)
        return pid

    pid = asyncio.run(used())
    assert pid is not None
    assert not alive(pid)
