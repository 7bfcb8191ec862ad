"""Rules of the code that is shown beside other code: functions as they are written, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.experiments.definitions import called, definition

SOURCE = '''"""Two of them."""

def first(p):
    """Says \\d."""
    return p.x


@mistake("first",
         "words")
def second(p):
    def first(q):
        return q
    return first(p)  # at its end


class Third:
    def fourth(self):
        pass
'''


def test_a_function_is_shown_as_it_is_written() -> None:
    """From its name to its last line, without decorators: those stand on the screen already."""
    assert definition(SOURCE, "first") == 'def first(p):\n    """Says \\d."""\n    return p.x'
    assert definition(SOURCE, "second") == "def second(p):\n    def first(q):\n        return q\n    return first(p)"


@pytest.mark.parametrize("name", ["Third", "fourth", "", "fifth"])
def test_what_is_no_function_of_the_file_is_not_shown(name: str) -> None:
    """Nor is a method."""
    assert definition(SOURCE, name) == ""


def test_lines_are_counted_as_python_counts_them() -> None:
    """A form feed, or a separator within a text, begins no line."""
    assert definition('A = "\x0c\u2028"\r\n\x0c\r\ndef f():\r\n    return 1\r\n', "f").split() == [
        *("def", "f():"),
        *("return", "1"),
    ]


CALLING = '''
from math import exp


class Parameters:
    """Two."""

    @property
    def step(self):
        """One over the
        width."""
        return rate(self)

    def unused(self):
        return rate(self)


def rate(p):
    return exp(p.x)


def truth(p):
    return p.step + wrong(p)


@mistake("truth", "words", applies=lambda p: unseen(p))
def wrong(p):
    return sorted([1.0], key=rate) + truth(p)


def unseen(p):
    return True
'''


def test_what_functions_call_is_shown_once_in_the_order_of_the_file() -> None:
    """Functions, methods and properties of the file, one level deep; neither themselves nor what decorates them."""
    step = 'def step(self):\n    """One over the\n    width."""\n    return rate(self)'
    assert called(CALLING, ["truth"]) == [step, "def wrong(p):\n    return sorted([1.0], key=rate) + truth(p)"]
    assert called(CALLING, ["truth", "wrong"]) == [step, "def rate(p):\n    return exp(p.x)"]
    assert called(CALLING, ["nowhere"]) == called("def f(:", ["f"]) == []


@pytest.mark.parametrize(
    "source", ["def f(:", "\0", "(" * 5000, "def f():\n\treturn 1\n        return 2", "x = '\ud800'"]
)
def test_a_file_that_cannot_be_read_shows_nothing(source: str) -> None:
    """It did run once, or it would not be asked for; it may have been changed since."""
    assert definition(source, "f") == ""


@settings(deadline=None)
@given(st.text())
def test_no_text_at_all_is_an_error(source: str) -> None:
    """Whatever stands in the file."""
    assert isinstance(definition(source, "f"), str)
