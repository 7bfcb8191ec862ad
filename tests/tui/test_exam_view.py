"""Rules of room: however long a question and its options are, some of both is always in sight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studyapp.tui.exam_view import heights

LINES = st.integers(1, 300)


@given(LINES, LINES, st.integers(2, 60))
def test_question_and_options_share_the_room(question: int, options: int, room: int) -> None:
    """Both get a line at least, no more than they need or there is, and everything if it fits."""
    given_question, given_options = heights(question, options, room)
    assert 1 <= given_question <= question
    assert 1 <= given_options <= options
    assert given_question + given_options <= room
    if question + options <= room:
        assert (given_question, given_options) == (question, options)
    else:
        assert given_question + given_options == room  # nothing is left empty while something is cut off


@given(st.integers(20, 300), st.integers(1, 8), st.integers(13, 40))
def test_short_options_are_whole_beside_a_long_question(question: int, options: int, room: int) -> None:
    """Options that take no more than two thirds of the room are never scrolled."""
    assert heights(question, options, room)[1] == options
