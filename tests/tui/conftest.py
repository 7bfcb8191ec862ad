"""How tests of screens run: each `async def` in a loop of its own, with grade keys that are never dead."""

from __future__ import annotations

import asyncio
import inspect

import pytest

from studyapp.tui import review_view


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine function to its end."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture(autouse=True)
def live_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade keys work at once after a reveal; the one test about that sets the time itself."""
    monkeypatch.setattr(review_view, "DEAD_SECONDS", 0.0)
