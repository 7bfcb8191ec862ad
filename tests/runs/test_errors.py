"""The rule of errors: one line, whatever they are made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studyapp.runs import Cancelled, SimulationError
from studyapp.runs.errors import one_line


def test_error_says_where_what_and_what_to_do() -> None:
    """The place comes first, with its line, and the remedy last."""
    error = SimulationError("coin.py", "run raised ValueError: no", "correct it", line=12)
    assert str(error) == "coin.py:12: run raised ValueError: no; correct it"
    assert str(SimulationError("coin.py", "is gone")) == "coin.py: is gone"
    assert str(Cancelled("coin.py")) == "coin.py: cancelled"
    assert isinstance(Cancelled("coin.py"), SimulationError)


@given(st.text())
def test_any_text_becomes_one_printable_line(text: str) -> None:
    """Escape codes, line ends and bidirectional controls of a stranger's message never reach a terminal."""
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 300
