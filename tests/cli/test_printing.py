"""Rules of printing: columns, numbers, plurals, and text that no terminal obeys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.cli.printing import Bar, brief, counted, finite, plain, print_json, print_table, say, visible, width


def test_columns_hold_with_wide_and_combining_signs(capsys: pytest.CaptureFixture[str]) -> None:
    """Width is counted in columns of the terminal, not in characters."""
    print_table(("a", "b"), [("深層学習", "1"), ("e\u0301te\u0301", "2"), ("plain", "3")])
    lines = capsys.readouterr().out.splitlines()
    assert [width(line) for line in lines] == [11, 11, 11, 11]
    assert lines[1] == "深層学習  1"


def test_a_column_may_be_flush_right(capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers stand under numbers."""
    print_table(("n", ""), [(1, "x"), (100, "")], frozenset({0}))
    assert capsys.readouterr().out == "  n\n  1  x\n100\n"


def test_no_cell_breaks_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Line breaks and escape codes in a cell are taken out."""
    print_table(("a", "b"), [("two\nlines", "\x1b[31mred\x1b[0m")])
    assert capsys.readouterr().out.splitlines()[1] == "two lines  [31mred[0m"


@given(st.text())
def test_what_is_said_is_never_obeyed(text: str) -> None:
    """Of the control characters only tabs and line breaks reach the terminal."""
    shown = visible(text)
    assert not any(c in shown for c in "\x1b\x07\x00\x9b\x7f\u202e\u2066\r")


def test_what_is_judged_shows_what_it_hides() -> None:
    """A file that is to be consented to shows its control characters, and Windows' line ends as line ends."""
    assert visible("a\r\nb\x1b[2K\rc\u202e") == "a\nb\\x1b[2K\\rc\\u202e"


def test_say_takes_controls_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A deck's title cannot move the cursor."""
    say("a\x1b[2Jb")
    assert capsys.readouterr().out == "a[2Jb\n"


@pytest.mark.parametrize(("number", "words"), [(0, "no cards"), (1, "1 card"), (2, "2 cards"), (1000, "1000 cards")])
def test_things_are_counted_in_words(number: int, words: str) -> None:
    """One is not many."""
    assert counted(number, "card") == words


def test_a_plural_may_be_given() -> None:
    """Where it is not made by an s."""
    assert counted(2, "entry", "entries") == "2 entries"
    assert counted(1, "entry", "entries") == "1 entry"


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (3, "3"), (0.1, "0.1"), (1e-7, "1e-07"), ("relu", "relu"), ((1.3, 5.0), "1.3,5")],
)
def test_a_parameter_is_written_as_it_may_be_typed(value: object, text: str) -> None:
    """It can be copied back to the command line."""
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.123456789, "0.12346"),
        (7, "7"),
        (False, "false"),
        ("text", "text"),
        ([1.0, None, 2.0], "[1, -, 2]"),
        (list(range(9)), "[0, 1, 2, ..., 7, 8] (9)"),
        ([[1, 2], [3, 4]], "[[1, 2], [3, 4]]"),
        ([], "[]"),
    ],
)
def test_a_value_is_shown_in_few_characters(value: object, text: str) -> None:
    """Numbers by five digits, long arrays by their ends and their length."""
    assert brief(value) == text


def test_what_is_not_finite_is_null() -> None:
    """JSON has no word for it."""
    assert [finite(one) for one in (1.5, float("nan"), float("inf"), -float("inf"), None)] == [1.5] + [None] * 4


def test_json_is_text_for_people_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Indented, with its signs as they are."""
    print_json({"card": "σ"})
    assert capsys.readouterr().out == '{\n  "card": "σ"\n}\n'


def test_json_without_finite_numbers_is_a_mistake_of_ours() -> None:
    """It never prints what no parser reads."""
    with pytest.raises(ValueError, match="Out of range"):
        print_json(float("nan"))


def test_no_progress_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    """stderr is no terminal here."""
    with Bar() as bar:
        bar.show(0.5)
        bar.count(1, 2)
    assert capsys.readouterr() == ("", "")


def test_progress_is_wiped_also_after_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of the error stands alone."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    def work() -> None:
        with Bar() as bar:
            bar.show(0.5)
            bar.show(0.6)  # too soon after the first to be drawn
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert capsys.readouterr().err == "\r\x1b[K" + "█" * 15 + "░" * 15 + "  50 %" + "\r\x1b[K"
