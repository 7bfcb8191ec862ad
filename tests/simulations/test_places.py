"""Every claim of the shipped simulations is judged by `studyapp verify --all`: at the defaults, or where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.runs.loading import load as loaded
from tests.simulations.loading import SIMULATIONS, load, made, marked

FILES = sorted(path for path in SIMULATIONS.glob("[a-z]*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_claim_is_silent(path: Path) -> None:
    """One that is not about the defaults names a place in its domain; loading the file refuses any other place."""
    module = load(path.stem)
    defaults = made(module, {})
    claims = [one.claim for one in marked(module, "claim")]
    assert claims
    assert [one.name for one in claims if one.applies is not None and not one.applies(defaults) and not one.at] == []
    assert len(loaded(path.read_text(encoding="utf-8"), path.stem, str(path)).claims) == len(claims)
