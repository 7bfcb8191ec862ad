"""A warm worker for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studyapp.runs import Limits
from tests.runs.writing import Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A worker with roomy limits."""
    made = Bench(tmp_path_factory.mktemp("scratch"), Limits(seconds=20, cpu=20))
    yield made
    made.close()
