"""Lines of keys: an error in the settings names the line of its key."""

from __future__ import annotations

import tomllib

from studyapp.decks.keylines import key_line


def test_lines_of_keys_in_unusual_toml() -> None:
    """Dotted keys, quoted keys, long strings, arrays over several lines and comments do not mislead."""
    text = (
        '# [answer]\n"accept" = [\n  "[answer]", # value = 1\n  "b",\n]\nsimulation.name = "s"\n'
        'x = """\n[answer]\n"""\n'
        "[ answer ]\n'value' = \"v\"\n"
    )
    lines = text.split("\n")
    assert tomllib.loads(text)["answer"] == {"value": "v"}
    assert [
        key_line(lines, keys) for keys in [("accept",), ("simulation", "name"), ("answer",), ("answer", "value")]
    ] == [
        1,
        5,
        9,
        10,
    ]
    assert key_line(lines, ("answer", "unit")) == 9
    assert key_line(lines, ("nothing",)) == 0
