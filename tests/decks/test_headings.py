"""Headings: what is text, and what is an id or a tag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.decks.headings import read_heading, retitled


@pytest.mark.parametrize(
    ("heading", "text", "name", "tags", "marks"),
    [
        ("Q", "Q", "", (), ()),
        ("Q {#q}", "Q", "q", (), ()),
        ("Q{#q}", "Q", "q", (), ()),
        ("Q {#q .a .b .a}", "Q", "q", ("a", "b"), ()),
        ("Q { .steps #q .größe }", "Q", "q", ("größe",), ("steps",)),
        ("{#q}", "", "q", (), ()),
        ("Q {}", "Q {}", "", (), ()),
        ("the set {a, b}", "the set {a, b}", "", (), ()),
        ("x_{.5}", "x_{.5}", "", (), ()),
        (r"$\frac{a}{b}$", r"$\frac{a}{b}$", "", (), ()),
        ("Q {#q} more", "Q {#q} more", "", (), ()),
        ("}", "}", "", (), ()),
    ],
)
def test_heading_attributes(heading: str, text: str, name: str, tags: tuple[str, ...], marks: tuple[str, ...]) -> None:
    """Attributes end a heading; braces that start with neither `#` nor `.` are text."""
    found = read_heading(heading)
    assert (found.text, found.id, found.tags, found.marks, found.faults) == (text, name, tags, marks, ())


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        ("Q {#A}", "'#A' is no id: an id has small letters, digits and hyphens"),
        ("Q {#-a}", "'#-a' is no id: an id has small letters, digits and hyphens"),
        ("Q {#a.b}", "'#a.b' is no id: an id has small letters, digits and hyphens"),
        ("Q {#a #b}", "the heading has 2 ids"),
        ("Q {#a .b!}", "'.b!' is no tag"),
        ("Q {#a key=value}", "'key=value' is neither an id nor a tag"),
    ],
)
def test_broken_attributes(heading: str, what: str) -> None:
    """What starts like attributes and is none is a fault, not a part of the question."""
    ((found, remedy),) = read_heading(heading).faults
    assert found == what
    assert remedy


@given(st.text(st.sampled_from("{}#. ab=\t"), max_size=12))
def test_reading_a_heading_never_raises(heading: str) -> None:
    """Any heading has a text."""
    assert read_heading(heading).text == read_heading(heading).text.strip()


@pytest.mark.parametrize(
    ("line", "identity", "tags", "written"),
    [
        ("## One", "one", None, "## One {#one}"),
        ("## One {#a .b}\r", "one", None, "## One {#one .b}\r"),
        ("## One {#a .b}", "", None, "## One {.b}"),
        ("## One {#a}", "", None, "## One"),
        ("## One {#a .b .refute} ##", None, ["c"], "## One {#a .refute .c}"),
        ("##  # of cards {.b}", None, [], "##  # of cards"),
        ("## $x_{.5}$", None, ["c"], "## $x_{.5}$ {.c}"),
        ("##", "one", None, "## {#one}"),
    ],
)
def test_a_heading_is_written_anew(line: str, identity: str | None, tags: list[str] | None, written: str) -> None:
    """Its text, the marks of its kind and its line end stay; hashes that closed it go."""
    assert retitled(line, identity=identity, tags=tags).replace("##{", "## {") == written
