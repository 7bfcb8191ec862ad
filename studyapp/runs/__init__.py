"""Simulations: finding their files, asking consent, and running them in a child process within limits.

The names below are loaded when they are first used: the child process imports this package too and needs no worker.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studyapp.runs.consent import Consent
    from studyapp.runs.errors import Cancelled, SimulationError
    from studyapp.runs.finder import Found, Source, find, read_source
    from studyapp.runs.frames import decode, encode
    from studyapp.runs.worker import Limits, Worker

_HOMES = {
    "Cancelled": "errors",
    "Consent": "consent",
    "Found": "finder",
    "Limits": "worker",
    "SimulationError": "errors",
    "Source": "finder",
    "Worker": "worker",
    "decode": "frames",
    "encode": "frames",
    "find": "finder",
    "read_source": "finder",
}

__all__ = [
    "Cancelled",
    "Consent",
    "Found",
    "Limits",
    "SimulationError",
    "Source",
    "Worker",
    "decode",
    "encode",
    "find",
    "read_source",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
