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
        ("zzz = 5", "zzz is not a setting; it may be minutes, new_a_day"),
        ("minutes = 0", "minutes = 0 lies outside 1 .. 240; give a number between, as in minutes = 10."),
        ("minutes = 'ten'", 'minutes = "ten" does not fit; give a whole number, as in minutes = 10.'),
        ("minutes = true", "minutes = true does not fit; give a whole number, as in minutes = 10."),
        ("minutes = 0x" + 5000 * "f", "minutes = ... lies outside 1 .. 240; give a number"),
        ("minutes = " + 5000 * "9", "cannot be read as settings"),
        ("minutes = 2026-01-01", "does not fit; give a whole number, as in minutes = 10."),
        ("six_grades = 1", "six_grades = 1 does not fit; give true or false, as in six_grades = false."),
        ("stamp = 'maybe'", 'stamp = "maybe" does not fit; give one of ask, yes, no, as in stamp = "ask".'),
        ("stamp = [1]", "stamp = [1] does not fit; give one of ask, yes, no"),
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


def test_all_wrong_settings_are_told_at_once(tmp_path: Path) -> None:
    """In one line, each with its remedy."""
    file = tmp_path / "settings.toml"
    file.write_text("minuts = 5\nnew_a_day = 'many'\nrollover_hour = 24\n")
    with pytest.raises(SettingsError) as caught:
        read(file)
    assert str(caught.value) == (
        f"{file}: minuts is not a setting; did you mean minutes?"
        ' Also, new_a_day = "many" does not fit; give a whole number, as in new_a_day = 20.'
        " Also, rollover_hour = 24 lies outside 0 .. 23; give a number between, as in rollover_hour = 4."
    )
