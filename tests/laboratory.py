"""A laboratory with real simulations and a real worker, for tests that are not async: shared by those of its rules."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from studyapp.library import Library
from studyapp.model import Card
from studyapp.runs.worker import Worker
from tests.runs.writing import COIN
from tests.studying import CHOICE, COMPUTED, Clock, library

T = TypeVar("T")

COIN_CARD = """# Coin

## What is the share of heads at chance @{chance}? {#share}

That chance.

```toml
[simulation]
name = "coin"
vary = { chance = [0.2, 0.8] }

[answer]
value = "share"
absolute = 0.1
mistakes = ["share_of_tails"]
```
"""


RUNNERS: list[asyncio.Runner] = []


@pytest.fixture(autouse=True, scope="module")
def one_loop() -> Iterator[None]:
    """All tests of a file that imports this share an event loop, which is closed at their end."""
    RUNNERS.append(asyncio.Runner())
    yield
    RUNNERS.pop().close()


@contextmanager
def at_work(folder: Path, **decks: str) -> Iterator[Library]:
    """A library whose worker process is ended with it."""
    with library(folder, Clock(), **decks) as opened:
        try:
            yield opened
        finally:
            do(opened.close_laboratory())


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Library]:
    """A library with a computed card of a shipped simulation, one of the learner's `coin`, and a choice card."""
    write(tmp_path, COIN)
    with at_work(tmp_path, computed=COMPUTED, coin=COIN_CARD, choice=CHOICE) as one:
        yield one


def write(folder: Path, text: str, name: str = "coin") -> Path:
    """A simulation of the learner's own."""
    path = folder / "home" / "simulations" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def do(task: Coroutine[Any, Any, T]) -> T:
    """What a task of the laboratory gives."""
    return RUNNERS[-1].run(task)


def card(opened: Library, identity: str) -> Card:
    """A card of the library."""
    found = opened.store.card(identity)
    assert found is not None
    return found


def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, whoever asks a worker process for anything fails the test."""

    async def asked(*_: object, **__: object) -> object:
        raise AssertionError("a worker process was asked")

    for name in ("describe", "keys", "run"):
        monkeypatch.setattr(Worker, name, asked)
