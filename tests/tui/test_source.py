"""Rules of a simulation's source on the screen: to be read, never obeyed."""

from __future__ import annotations

from studyapp.tui.source import ON, listing


def test_lines_are_numbered_and_go_on_beside_their_number() -> None:
    """What goes on says so where the number would stand, so that no line of code is mistaken for two."""
    code = "\n".join(["import numpy"] * 9 + ["def run(parameters, rng):", "\treturn " + "1 + " * 10 + "1"])
    lines = [line.rstrip() for line in listing(code, 30).plain.split("\n")]
    assert lines[0] == " 1  import numpy"
    assert lines[9] == "10  def run(parameters, rng):"
    assert lines[10].startswith("11      return 1 +")
    assert len(lines) > 11
    assert all(line.startswith(f" {ON}  ") for line in lines[11:])
    assert all(len(line) <= 30 for line in lines)


def test_nothing_in_a_source_is_obeyed() -> None:
    """Markup is text, and control characters are gone."""
    shown = listing("x = '[@click=app.quit]quit[/] \x1b]52;c;SE9TVElMRQ==\x07 \x9b31m \u202e'", 100)
    assert "[@click=app.quit]quit[/]" in shown.plain
    assert not set(shown.plain) & {"\x1b", "\x07", "\x9b", "\u202e"}
    assert "@click" not in str(shown.spans)
