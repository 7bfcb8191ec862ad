"""Rules of the settings file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.settings import Settings, SettingsError, read, written


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    """Settings are optional."""
    assert read(tmp_path / "settings.toml") == Settings()


@given(minutes=st.integers(1, 240), new=st.integers(0, 9999), six=st.booleans(), stamp=st.sampled_from(["ask", "no"]))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, minutes: int, new: int, six: bool, stamp: str
) -> None:
    """A settings file holds exactly the settings."""
    settings = Settings(minutes=minutes, new_a_day=new, six_grades=six, stamp=stamp)
    file = tmp_path_factory.mktemp("s") / "settings.toml"
    file.write_bytes(written(settings))
    assert read(file) == settings


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("minuts = 5", "minuts is not a setting; did you mean minutes?"),
        ("minutes = 0", "minutes = 0 lies outside 1 .. 240"),
        ("minutes = 'ten'", "minutes = 'ten' is not like 10"),
        ("minutes = true", "minutes = True is not like 10"),
        ("stamp = 'maybe'", "must be one of ask, yes, no"),
        ("minutes = ", "cannot be read as settings"),
        ("\udcff", "cannot be read as settings"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, text: str, what: str) -> None:
    """File, key, and what it may be."""
    file = tmp_path / "settings.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SettingsError) as caught:
        read(file)
    assert str(file) in str(caught.value)
    assert what in str(caught.value)
    assert "\n" not in str(caught.value)
