"""Rules of `studyapp sm2`, `stats` and `doctor`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from studyapp.model import Answered, Kind, Mode, Predicted, Predicting
from tests.cli.calling import call, own_deck, studying

STATS_KEYS = [
    "today", "cards", "mastery", "due", "new", "week", "answers",
    "cards_answered", "days", "seconds", "grades", "sure", "guess", "predictions", "curves",
]  # fmt: skip
DOCTOR_KEYS = ["entries", "cards", "repaired", "problems"]
PLAIN = "# Plain\n\n## A? {#a}\n\nx\n\n## B? {#b}\n\ny\n"


# --- sm2 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grades", "steps"),
    [
        ("4 4", [[1, 1, "2.5000", False], [2, 6, "2.5000", False]]),
        ("4 4 3", [[1, 1, "2.5000", False], [2, 6, "2.5000", False], [3, 15, "2.3600", True]]),
        (
            "4 4 3 3 4",
            [
                [1, 1, "2.5000", False],
                [2, 6, "2.5000", False],
                [3, 15, "2.3600", True],
                [4, 36, "2.2200", True],
                [5, 80, "2.2200", False],
            ],
        ),
        ("5 1 5", [[1, 1, "2.6000", False], [0, 1, "2.6000", True], [1, 1, "2.7000", False]]),
        ("0", [[0, 1, "2.5000", True]]),
    ],
)
def test_sm2_steps_are_anchored(grades: str, steps: list[list[object]]) -> None:
    """Repetitions, interval, EF with four decimals, and whether it is asked again today; one step a grade."""
    done = call(None, "sm2", *grades.split(), "--json")
    assert (done.status, done.err, done.json) == (0, "", steps)


def test_sm2_is_a_table_for_people() -> None:
    """One line a grade."""
    assert call(None, "sm2", "4", "4", "3").out.splitlines() == [
        "grade  n  interval    EF",
        "    4  1       1 d  2.50",
        "    4  2       6 d  2.50",
        "    3  3      15 d  2.36  again today",
    ]


def test_sm2_needs_no_data_folder(tmp_path: Path) -> None:
    """It is only a rule."""
    assert call(tmp_path / "home", "sm2", "4").status == 0
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("grades", "line"),
    [
        (["6"], "sm2: invalid value for 'GRADES...': '6' is not a whole number from 0 to 5"),
        (["-1"], "sm2: no such option '-1'"),
        (["good"], "sm2: invalid value for 'GRADES...': 'good' is not a whole number from 0 to 5"),
        ([], "sm2: missing argument 'GRADES...'"),
        (["5"] * 501, "sm2: 501 grades are too many; give at most 500"),
    ],
)
def test_what_is_no_grade_is_refused(grades: list[str], line: str) -> None:
    """As wrong usage."""
    assert call(None, "sm2", *grades).refusal(2).startswith(line)


def test_as_many_grades_as_are_allowed_can_be_printed() -> None:
    """The interval is unbounded here, and has hundreds of digits by then."""
    assert len(call(None, "sm2", *["5"] * 500, "--json").json) == 500


# --- stats ----------------------------------------------------------------------------------------


def test_stats_json_is_as_its_help_says(home: Path) -> None:
    """Counts of answers, days and grades, and how often sureness was right."""
    own_deck(home, PLAIN)
    with studying(home, days_ago=1) as library:
        for card, grade, correct, sure in (("a", 4, True, True), ("b", 1, False, True), ("b", 3, True, False)):
            event = Answered(card, Mode.SPACED, Kind.CHOICE, grade, 1, correct, sure, milliseconds=30_000)
            library.store.append([event], at=library.now(), day=library.today)
        for number, form in ((4.2, Predicting.NUMBER), (6.0, Predicting.NUMBER), (0.4, Predicting.CURVE)):
            measured = 0.0 if form is Predicting.CURVE else 4.0
            made = Predicted("s", "v", {}, 1, number, measured, "sure", form=form, scale="log" if not measured else "")
            library.store.append([made], at=library.now(), day=library.today)
        yesterday = library.today
    done = call(home, "stats", "--json")
    assert (done.status, done.err) == (0, "")
    assert list(done.json) == STATS_KEYS
    told = done.json
    assert (told["answers"], told["cards_answered"], told["seconds"]) == (3, 2, 90.0)
    assert (told["today"], told["days"]) == (yesterday + 1, [yesterday])
    assert told["sure"] == {"right": 1, "of": 2}
    assert told["guess"] == {"right": 1, "of": 1}
    assert told["predictions"]["sure"] == {"right": 1, "of": 3}
    assert told["curves"] == {"drawn": 1, "decades": 0.4, "spans": None}
    said = call(home, "stats").out
    assert "predictions, sure: 1 of 3 right, 33 %" in said
    assert "1 curve among them drawn, the middle one 0.40 decades off" in said
    assert "Right: a number within 10 %" in said
    assert "a drawn curve within a factor 2 or 15 % of its span" in said
    assert sum(told["grades"].values()) == 3
    assert told["grades"]["4"] == 1
    assert len(told["week"]) == 7
    assert len(told["mastery"]) == 5
    assert sum(told["mastery"]) == told["cards"]


def test_stats_for_people(home: Path) -> None:
    """What is in the decks; without any answer that there was none; then what the answers say."""
    own_deck(home, PLAIN)
    lines = call(home, "stats").out.splitlines()
    assert lines[0].endswith("mastery 0 %: 0 due, 20 new today")
    assert lines[1:] == ["No study sessions yet."]
    with studying(home) as library:
        event = Answered("a", Mode.SPACED, Kind.CHOICE, 4, 1, correct=True, sure=True, milliseconds=60_000)
        library.store.append([event], at=library.now(), day=library.today)
    out = call(home, "stats").out
    assert "1 answer on 1 card, 100 % passed\n" in out
    assert "studied on 1 day, 1 minute in all; 1 of the last 30\n" in out
    assert "when sure: 1 of 1 right, 100 %\n" in out
    assert "next seven days: 1, 0, 0, 0, 0, 0, 0 due\n" in out


# --- doctor ---------------------------------------------------------------------------------------


@pytest.fixture
def answered(home: Path) -> Path:
    """A data folder with one answer."""
    own_deck(home, PLAIN)
    with studying(home) as library:
        event = Answered("a", Mode.SPACED, Kind.BASIC, 4, 1)
        library.store.append([event], at=library.now(), day=library.today)
    return home


def test_doctor_finds_a_sound_store_sound(answered: Path) -> None:
    """One line; as JSON with empty lists."""
    done = call(answered, "doctor")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("the log is sound: 1 entry; the schedule agrees with the log; ")
    told = call(answered, "doctor", "--json").json
    assert list(told) == DOCTOR_KEYS
    assert (told["entries"], told["repaired"], told["problems"]) == (1, [], [])


def test_doctor_repairs_a_schedule_that_differs(answered: Path) -> None:
    """What the log says counts; it is said which card was mended."""
    with closing(sqlite3.connect(answered / "cache.db", isolation_level=None)) as raw:
        raw.execute("UPDATE schedule SET interval = 99 WHERE card = 'a'")
    done = call(answered, "doctor")
    assert done.status == 0
    assert done.out.startswith("repaired: ")
    assert "the log is sound: 1 entry; 1 repair; " in done.out
    assert call(answered, "doctor", "--json").json["repaired"] == []
    assert call(answered, "log", "a", "--json").json[0]["after"]["interval"] == 1


def test_a_damaged_cache_is_no_damaged_log(answered: Path) -> None:
    """It is rebuilt, and the log called sound."""
    path = answered / "cache.db"
    with closing(sqlite3.connect(path)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'schedule'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(content)
    done = call(answered, "doctor")
    assert done.status == 0, done
    assert "the log is sound: 1 entry" in done.out
    assert call(answered, "doctor").out.startswith("the log is sound: 1 entry; the schedule agrees")


def test_doctor_says_what_is_wrong_with_a_log(answered: Path) -> None:
    """Exit 1, with what to do; also as JSON, though nothing else can be said of it."""
    (answered / "log.db").write_bytes(b"no database" * 1000)
    line = call(answered, "doctor").refusal()
    assert line == f"{answered / 'log.db'} is no database; put a backup in its place, or move it away to start anew"
    done = call(answered, "doctor", "--json")
    assert (done.status, done.err) == (1, "")
    assert done.json == {"entries": None, "cards": None, "repaired": [], "problems": [line]}


def test_doctor_finds_an_entry_that_makes_no_sense(answered: Path) -> None:
    """A log that can be opened may still be damaged."""
    with closing(sqlite3.connect(answered / "log.db", isolation_level=None)) as raw:
        raw.execute("UPDATE entry SET detail = 'nonsense'")
    done = call(answered, "doctor", "--json")
    assert done.status == 1
    assert done.json["problems"]
    assert "nonsense" not in done.err
