"""Every claim of the shipped simulations is judged by `studyapp verify --all`: at the defaults, or where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.runs.loading import load as loaded
from tests.simulations.loading import SIMULATIONS, load, made, marked, outcome

FILES = sorted(path for path in SIMULATIONS.glob("[a-z]*.py"))
PLACES = {
    path.stem: [place for claim in marked(load(path.stem), "claim") for place in claim.claim.at] for path in FILES
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_claim_is_silent(path: Path) -> None:
    """One that is not about the defaults names a place in its domain; loading the file refuses any other place."""
    module = load(path.stem)
    defaults = made(module, {})
    claims = [one.claim for one in marked(module, "claim")]
    assert claims
    assert [one.name for one in claims if one.applies is not None and not one.applies(defaults) and not one.at] == []
    assert len(loaded(path.read_text(encoding="utf-8"), path.stem, str(path)).claims) == len(claims)


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", [0, 1])
def test_claims_hold_where_they_are_judged(path: Path, seed: int) -> None:
    """All those that speak there, not only the one that named the place."""
    spoken = set()
    for place in [{}, *{repr(sorted(one.items())): one for one in PLACES[path.stem]}.values()]:
        for mark, check in outcome(load(path.stem), seed, **place)[1]:
            if check is not None:
                assert check.holds, (mark.name, place, check)
                spoken.add(mark.name)
    assert spoken == {one.claim.name for one in marked(load(path.stem), "claim")}
