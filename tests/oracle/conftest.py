"""PyTorch as an independent implementation: `pip install -e '.[dev,oracle]'`; without it these tests are skipped."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def torch() -> Any:
    """PyTorch's CPU build with one thread and float64; imported only by the tests that ask for it, since it is slow."""
    module = pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
    module.set_num_threads(1)
    module.set_default_dtype(module.float64)
    return module
