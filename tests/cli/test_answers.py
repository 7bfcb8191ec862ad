"""Rules of `studyapp due` and `studyapp log`: what waits, and what was answered."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from studyapp.library import Library
from studyapp.model import Answered, Flagged, Kind, Mode
from tests.cli.calling import call, own_deck, own_simulation, studying
from tests.cli.samples import BACKED, COMPUTED, HALF

DUE_KEYS = ["card", "deck", "kind", "due", "n", "interval", "ef", "state"]
LOG_KEYS = ["id", "card", "at", "day", "mode", "kind", "grade", "correct", "sure", "before", "after", "seed", "revoked"]
STATE_KEYS = ["n", "interval", "ef", "due"]
PLAIN = "# Plain\n\n" + "".join(f"## Question {i}? {{#q{i}}}\n\nAnswer {i}.\n\n" for i in range(4))


def grade(library: Library, identity: str, grade: int) -> None:
    """Answer a card."""
    event = Answered(identity, Mode.SPACED, Kind.BASIC, grade, 9, sure=None)
    library.store.append([event], at=library.now(), day=library.today)


@pytest.fixture
def studied(home: Path) -> Path:
    """A data folder with a deck of four: q0 due, q1 to be asked again today, q2 and q3 new; one answer taken back."""
    own_deck(home, PLAIN)
    with studying(home, days_ago=3) as library:
        grade(library, "q0", 4)
    with studying(home) as library:
        grade(library, "q1", 3)
        grade(library, "q2", 5)
        library.undo()
    return home


# --- due ------------------------------------------------------------------------------------------


def test_due_json_is_as_documented(studied: Path) -> None:
    """Drills first, then what is due, then all that is new; EF as a number, the day as a whole number or null."""
    done = call(studied, "due", "plain", "--json")
    assert (done.status, done.err) == (0, "")
    with studying(studied) as library:
        today = library.today
    assert [list(row) for row in done.json] == [DUE_KEYS] * 4
    assert [tuple(row.values()) for row in done.json] == [
        ("q1", "mine.md", "basic", today + 1, 1, 1, 2.36, "drill"),
        ("q0", "mine.md", "basic", today - 2, 1, 1, 2.5, "review"),
        ("q2", "mine.md", "basic", None, 0, 0, 2.5, "new"),
        ("q3", "mine.md", "basic", None, 0, 0, 2.5, "new"),
    ]


def test_due_ignores_the_days_limits(studied: Path) -> None:
    """It says what there is, not what a session would take."""
    (studied / "settings.toml").write_text("new_a_day = 1\nreviews_a_day = 0\n")
    assert len(call(studied, "due", "plain", "--json").json) == 4


def test_due_is_a_table_for_people(studied: Path) -> None:
    """One line a card, and how many at the end."""
    done = call(studied, "due", "plain")
    lines = done.out.splitlines()
    assert lines[0].split() == ["card", "kind", "state", "due", "days", "EF"]
    assert [line.split()[0] for line in lines[1:-1]] == ["q1", "q0", "q2", "q3"]
    assert lines[-1] == "2 due, 2 new"


def test_due_without_anything_says_so(home: Path) -> None:
    """And its JSON is an empty list."""
    own_deck(home, "# Plain\n\nNo card yet.\n")
    assert call(home, "due", "plain").out == "Nothing is due.\n"
    assert call(home, "due", "plain", "--json").json == []


def test_suspended_and_buried_cards_are_not_due(studied: Path) -> None:
    """Until they are taken back."""
    with studying(studied) as library:
        for flag in (Flagged("q0", suspended=True), Flagged("q3", buried_until=library.today + 1)):
            library.store.append([flag], at=library.now(), day=library.today)
    assert [row["card"] for row in call(studied, "due", "plain", "--json").json] == ["q1", "q2"]


# --- log ------------------------------------------------------------------------------------------


def test_log_json_is_as_documented(studied: Path) -> None:
    """Newest first, with the state before and after each answer when it was given, also of one taken back."""
    done = call(studied, "log", "--json")
    assert (done.status, done.err) == (0, "")
    rows = done.json
    assert [list(row) for row in rows] == [LOG_KEYS] * 3
    assert [(row["card"], row["grade"], row["revoked"]) for row in rows] == [
        ("q2", 5, True),
        ("q1", 3, False),
        ("q0", 4, False),
    ]
    _, newer, older = rows
    assert [list(row[side]) for row in rows for side in ("before", "after")] == [STATE_KEYS] * 6
    assert older["before"] == {"n": 0, "interval": 0, "ef": 2.5, "due": None}
    assert older["after"] == {"n": 1, "interval": 1, "ef": 2.5, "due": older["day"] + 1}
    assert newer["after"]["ef"] == 2.36
    assert (older["mode"], older["kind"], older["correct"], older["sure"], older["seed"]) == (
        "spaced",
        "basic",
        None,
        None,
        9,
    )
    assert datetime.fromisoformat(older["at"]).tzinfo is not None
    assert len({row["id"] for row in rows}) == 3


def test_log_of_one_card(studied: Path) -> None:
    """Only its answers; a card never answered has none, and one that nobody knows is refused."""
    assert [row["card"] for row in call(studied, "log", "q0", "--json").json] == ["q0"]
    assert call(studied, "log", "q3").out == "q3 was not answered yet.\n"
    assert call(studied, "log", "q3", "--json").json == []
    line = call(studied, "log", "q00").refusal()
    assert line.startswith("neither the decks nor the log have a card 'q00'; did you mean 'q0'?")
    assert call(studied, "log", "zzz").refusal().endswith("; `studyapp due` and `studyapp log` show ids")


def test_log_of_a_card_that_no_file_has(studied: Path) -> None:
    """Its history stays."""
    own_deck(studied, "# Plain\n\nEmpty.\n")
    assert [row["card"] for row in call(studied, "log", "q0", "--json").json] == ["q0"]


def test_the_limit_counts_answers(studied: Path) -> None:
    """Entries that are no answers, such as an undo, do not use it up."""
    with studying(studied) as library:
        for _ in range(5):
            library.store.append([Flagged("q3", suspended=True)], at=library.now(), day=library.today)
            library.undo()
    assert [row["card"] for row in call(studied, "log", "--limit", "1", "--json").json] == ["q2"]
    assert [row["card"] for row in call(studied, "log", "--limit", "2", "--json").json] == ["q2", "q1"]
    assert len(call(studied, "log", "--limit", "99", "--json").json) == 3


def test_log_is_a_table_for_people(studied: Path) -> None:
    """When, what, how, and what it changed."""
    lines = call(studied, "log").out.splitlines()
    assert lines[0].split() == ["at", "card", "grade", "interval"]
    assert lines[1].endswith("0 -> 1 d  taken back")
    assert lines[2].split()[2:] == ["q1", "3", "0", "->", "1", "d"]
    assert len(lines) == 4


def test_an_empty_log_says_so(home: Path) -> None:
    """Before the first answer."""
    assert call(home, "log").out == "Nothing was answered yet.\n"
    assert call(home, "log", "--json").json == []


def test_a_long_log_shows_the_newest_fifty(home: Path) -> None:
    """And how to see more; JSON has them all."""
    own_deck(home, PLAIN)
    with studying(home) as library:
        events = [Answered("q0", Mode.SPACED, Kind.BASIC, 4, seed) for seed in range(60)]
        library.store.append(events, at=library.now(), day=library.today)
    lines = call(home, "log").out.splitlines()
    assert len(lines) == 52
    assert lines[-1] == "The newest 50 answers; --limit N shows more."
    assert len(call(home, "log", "--json").json) == 60
    assert len(call(home, "log", "--limit", "55").out.splitlines()) == 56


def test_answers_given_in_a_session_are_logged(home: Path) -> None:
    """What the screens do, the command line sees."""
    own_deck(home, PLAIN)
    with studying(home) as library:
        session = library.study(["mine.md"])
        asyncio.run(session.next())
        session.reveal()
        session.grade(4)
    (row,) = call(home, "log", "--json").json
    assert (row["mode"], row["grade"], row["seed"]) == ("spaced", 4, 7)


# --- log --rerun ----------------------------------------------------------------------------------


def answer_all(home: Path) -> list[dict[str, Any]]:
    """Answer the cards of one's own deck in a session, each once its run was made; the receipts."""
    with studying(home) as library:

        async def session() -> None:
            begun = library.study(["mine.md"])
            while (question := await begun.next()) is not None:
                await begun.look_ahead()
                if question.key is not None:
                    begun.type_answer(str(question.key.value))
                else:
                    begun.reveal()
                    begun.grade(4)
            await library.close_laboratory()

        asyncio.run(session())
        events = [row.entry.event for row in library.store.entries()]
    receipts = [event.receipt for event in events if isinstance(event, Answered)]
    return [dict(receipt) for receipt in receipts if receipt is not None]


@pytest.fixture
def answered(home: Path) -> Path:
    """A data folder with three answers: of a backed and a computed card of one's own simulation, and of a plain one."""
    own_simulation(home, HALF)
    own_deck(home, "# Mine\n\n" + BACKED + COMPUTED + "## Plain? {#plain}\n\nYes.\n")
    return home


def test_rerun_computes_the_answers_again(answered: Path) -> None:
    """By their receipts, in real runs: they agree, and the status is 0; answers without a simulation do not count."""
    backed, computed = sorted(answer_all(answered), key=lambda receipt: len(receipt["key"]))
    assert set(backed["values"]) == set(computed["values"]) == {"half", "switch", "numbers"}
    assert (backed["key"], computed["key"]) == ({}, {"half": computed["parameters"]["number"] / 2})
    done = call(answered, "log", "--rerun")
    assert (done.status, done.out, done.err) == (0, "2 of 2 answers with a simulation agree\n", "")


def test_rerun_tells_each_answer_that_differs(answered: Path) -> None:
    """With its moment, its card, and both numbers; the status is 1."""
    receipt = next(one for one in answer_all(answered) if one["key"])
    key, half = receipt["key"]["half"], receipt["values"]["half"]
    with studying(answered) as library:
        for changed in ({"key": {"half": key + 1}}, {"values": {"half": half * (1 + 2e-9)}}, {"key": {"no_such": 1.0}}):
            event = Answered("computed", Mode.SPACED, Kind.COMPUTED, 4, 7, receipt={**receipt, **changed})
            library.store.append([event], at=library.now(), day=library.today)
    done = call(answered, "log", "computed", "--rerun")
    lines = done.out.splitlines()
    assert (done.status, done.err, len(lines)) == (1, "", 4)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d computed: it cannot be computed any more \(.*no value 'no_such'.*\)", lines[0]
    )
    assert lines[1].endswith(f" computed: half was {half * (1 + 2e-9):.12g}, and is {half:.12g} now")
    assert lines[2].endswith(f" computed: half was {key + 1:.12g}, and is {key:.12g} now")
    assert lines[3] == "1 of 4 answers with a simulation agrees"
    assert call(answered, "log", "computed", "--rerun", "--limit", "1").out.count("\n") == 2


def test_rerun_says_what_cannot_be_compared(answered: Path) -> None:
    """As of a changed file: that is no difference, so the status is 0."""
    answer_all(answered)
    own_simulation(answered, HALF + "# changed\n")
    done = call(answered, "log", "--rerun")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "2 answers cannot be compared: mine.py: the file changed since",
        "0 of 2 answers with a simulation agree",
    ]


def test_rerun_leaves_out_what_was_taken_back(answered: Path) -> None:
    """And says when nothing is left; it prints lines, and no JSON."""
    assert call(answered, "log", "--rerun").out == "No answer that was logged has a simulation to run again.\n"
    answer_all(answered)
    with studying(answered) as library:
        for _ in range(3):
            library.undo()
    assert call(answered, "log", "--rerun").out == "No answer that was logged has a simulation to run again.\n"
    assert "leave one of the two out" in call(answered, "log", "--rerun", "--json").refusal(2)
