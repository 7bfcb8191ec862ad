"""The rules of consent: given to bytes, remembered by their hash, and lost rather than invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.runs import Consent, SimulationError
from tests.runs.writing import COIN, write


def test_consent_is_for_these_bytes_only(tmp_path: Path) -> None:
    """A changed file asks again; the same bytes under another name do not."""
    source = write(tmp_path, COIN, shipped=False)
    consent = Consent(tmp_path / "home" / "consent.json")
    assert not consent.given(source)
    consent.give(source)
    assert consent.given(source)
    assert consent.given(write(tmp_path, COIN, "copy", shipped=False))
    assert not consent.given(write(tmp_path, COIN + "#", shipped=False))


def test_shipped_simulations_need_none(tmp_path: Path) -> None:
    """They came with the program."""
    assert Consent(tmp_path / "consent.json").given(write(tmp_path, COIN, shipped=True))


def test_consents_of_two_windows_add_up(tmp_path: Path) -> None:
    """The file is read again before it is written."""
    one, two = Consent(tmp_path / "consent.json"), Consent(tmp_path / "consent.json")
    first, second = write(tmp_path, COIN, shipped=False), write(tmp_path, COIN + "#", shipped=False)
    one.give(first)
    two.give(second)
    assert one.given(second)
    assert two.given(first)
    assert [path.name for path in tmp_path.glob("*consent*")] == ["consent.json"]


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'"text"', b"\xff", b"[" * 100_000])
def test_a_damaged_file_means_no_consent(tmp_path: Path, damaged: bytes) -> None:
    """It is a problem until the next consent is written, which keeps the damaged file beside the new one."""
    path = tmp_path / "consent.json"
    path.write_bytes(damaged)
    source = write(tmp_path, COIN, shipped=False)
    assert not Consent(path).given(source)
    assert [str(one) for one in Consent(path).problems()] == [
        f"{path}: cannot be read as consents: no simulation of your own may run; "
        "mend it, or agree to each simulation again when it asks"
    ]
    Consent(path).give(source)
    assert Consent(path).given(source)
    assert Consent(path).problems() == []
    assert path.with_name("consent.json.damaged").read_bytes() == damaged


def test_sound_consents_are_no_problem_and_are_not_kept_twice(tmp_path: Path) -> None:
    """Neither is their absence."""
    consent = Consent(tmp_path / "consent.json")
    assert consent.problems() == []
    for text in (COIN, COIN + "#"):
        consent.give(write(tmp_path, text, shipped=False))
        assert consent.problems() == []
    assert [path.name for path in tmp_path.glob("*consent*")] == ["consent.json"]


def test_a_damaged_file_that_cannot_be_kept_is_not_written_over(tmp_path: Path) -> None:
    """A folder stands where it would be kept: that stops root too."""
    path = tmp_path / "consent.json"
    path.write_bytes(b"{")
    (tmp_path / "consent.json.damaged" / "in it").mkdir(parents=True)
    with pytest.raises(SimulationError, match=r"consent\.json: cannot be written"):
        Consent(path).give(write(tmp_path, COIN, shipped=False))
    assert path.read_bytes() == b"{"


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    """A file stands where the folder should be: that stops root too."""
    (tmp_path / "file").touch()
    with pytest.raises(SimulationError, match=r"consent\.json: cannot be written"):
        Consent(tmp_path / "file" / "consent.json").give(write(tmp_path, COIN, shipped=False))
