"""Rules of presets: the shipped one, a learner's own, what is said of a wrong one, and when an official end is."""

from __future__ import annotations

import dataclasses
import json
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp import presets
from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.model import Kind
from studyapp.presets import ExamPlan, PresetError, ends_at, plan, plans
from studyapp.presets.reading import BOUNDED, KEYS, LISTS, LONGEST, SWITCHES, read


def own(home: Path, text: str, name: str = "mine") -> Path:
    """A preset of the learner's own."""
    path = home / "exams" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(home: Path, text: str) -> str:
    """What is said of such a preset, without the file's name, which comes first."""
    path = own(home, text)
    with pytest.raises(PresetError) as refused:
        plan(home, "mine")
    told = str(refused.value)
    assert told.startswith(f"{path}: ")
    assert told.isprintable(), told
    return told.removeprefix(f"{path}: ")


# --- the shipped one ------------------------------------------------------------------------------


def test_the_course_has_its_own_rules(tmp_path: Path) -> None:
    """24 questions, the e-mail item first, forward only, three to be explained, each kind its own limit."""
    course = plan(tmp_path, "course")
    assert course.title == "Deep learning, course rules"
    assert course.rules() == ExamRules(name="course", forward_only=True, email=True, oral=3)
    assert course.blueprint() == Blueprint(24, seconds=None)
    assert (course.minutes, course.ends) == (None, "")


def test_without_a_folder_there_are_the_shipped_presets(tmp_path: Path) -> None:
    """And nothing is made."""
    assert plans(tmp_path / "none") == ([plan(tmp_path, "course")], [])
    assert list(tmp_path.iterdir()) == []


# --- the learner's own ----------------------------------------------------------------------------


def test_a_learners_preset_comes_after_the_shipped_ones(tmp_path: Path) -> None:
    """It has its file's name."""
    own(tmp_path, 'title = "Mine"\nquestions = 5', "a")
    assert [one.name for one in plans(tmp_path)[0]] == ["course", "a"]
    assert plan(tmp_path, "a") == ExamPlan("a", "Mine", 5)


def test_a_learners_preset_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    """Of the same name; also when it is wrong, so that nobody sits another exam than the one that was written."""
    own(tmp_path, "questions = 3", "course")
    assert plan(tmp_path, "course") == ExamPlan("course", questions=3)
    assert plans(tmp_path) == ([ExamPlan("course", questions=3)], [])
    path = own(tmp_path, "questions = 0", "course")
    found, (problem,) = plans(tmp_path)
    assert found == []
    assert str(problem) == f"{path}: questions = 0 does not fit; give a whole number from 1 to 500."


def test_every_key_of_a_preset_reaches_the_plan(tmp_path: Path) -> None:
    """Each field of the plan but its name and the cards of another paper has a key."""
    assert {*KEYS} == {field.name for field in dataclasses.fields(ExamPlan)} - {"name", "cards"}
    own(
        tmp_path,
        'title = "All"\nquestions = 7\ndecks = ["a", "b"]\nparts = ["P"]\ntags = ["t"]\nseconds = 90\nminutes = 30.5\n'
        'ends = "17:30"\nforward_only = false\nemail = true\npractice = true\nextra_time = 1.25\noral = 2\n',
    )
    found = plan(tmp_path, "mine")
    assert found == ExamPlan(
        "mine", "All", 7, ("a", "b"), ("P",), ("t",), 90.0, 30.5, "17:30", False, True, True, 1.25, 2
    )
    assert found.blueprint() == Blueprint(7, ("a", "b"), ("P",), ("t",), 90.0)
    assert found.rules() == ExamRules("mine", False, True, True, False, 1.25, 2)


LINE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=LONGEST)
VALUES = {
    **{name: st.integers(low, high) for name, (low, high, whole) in BOUNDED.items() if whole},
    **{name: st.floats(low, high) for name, (low, high, whole) in BOUNDED.items() if not whole},
    **dict.fromkeys(SWITCHES, st.booleans()),
    **dict.fromkeys(LISTS, st.lists(LINE, max_size=3)),
    "title": LINE,
    "ends": st.times().map(lambda one: f"{one:%H:%M}"),
}


@given(st.fixed_dictionaries({}, optional=VALUES))
def test_whatever_fits_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, given: object) -> None:
    """All values within the bounds, in any combination."""
    assert isinstance(given, dict)
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in given.items())
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8")
    told = dataclasses.asdict(read(path))
    assert told["name"] == "any"
    for name, value in given.items():
        assert told[name] == (tuple(value) if isinstance(value, list) else value)
    assert tomllib.loads(text) == given


# --- what is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("qestions = 3", "qestions is no key of a preset; did you mean questions?"),
        ("zzz = 3", f"zzz is no key of a preset; it may be {', '.join(KEYS)}."),
        ("name = 'x'", f"name is no key of a preset; it may be {', '.join(KEYS)}."),
        ('"a\\nb" = 3', f"'a\\nb' is no key of a preset; it may be {', '.join(KEYS)}."),
        ("questions = 501", "questions = 501 does not fit; give a whole number from 1 to 500."),
        ("questions = true", "questions = true does not fit; give a whole number from 1 to 500."),
        ("questions = 2.5", "questions = 2.5 does not fit; give a whole number from 1 to 500."),
        ("seconds = 0", "seconds = 0 does not fit; give a number from 1 to 3600."),
        ("seconds = nan", "seconds = NaN does not fit; give a number from 1 to 3600."),
        ('minutes = "30"', 'minutes = "30" does not fit; give a number from 1 to 1440.'),
        ("extra_time = 0.5", "extra_time = 0.5 does not fit; give a number from 1 to 4."),
        ("oral = -1", "oral = -1 does not fit; give a whole number from 0 to 20."),
        ("email = 1", "email = 1 does not fit; give true or false, as in email = true."),
        ('decks = "a"', 'decks = "a" does not fit; give a list of names, as in decks = ["lesson-1"].'),
        ("tags = [1]", 'tags = [1] does not fit; give a list of names, as in tags = ["exam"].'),
        ('parts = [""]', 'parts = [""] does not fit; give a list of names, as in parts = ["Initialisation"].'),
        ('ends = "24:00"', 'ends = "24:00" does not fit; give HH:MM, as in ends = "17:30".'),
        ("ends = 17:30:00", 'ends = "17:30:00" does not fit; give HH:MM, as in ends = "17:30".'),
        ('title = "a\\nb"', 'title = "a\\nb" does not fit; give one line of at most 100 characters.'),
        ("questions = " + "9" * 5000, "cannot be read as a preset (Exceeds the limit"),
        ("questions = " + "9" * 4000, "questions = ... does not fit; give a whole number from 1 to 500."),
        ("questions", "cannot be read as a preset ("),
    ],
)
def test_a_wrong_key_is_one_clear_line(tmp_path: Path, text: str, told: str) -> None:
    """The file, the key, what it may be or which key was meant."""
    assert refusal(tmp_path, text).startswith(told)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Not one key after the other."""
    told = refusal(tmp_path, "oral = 21\nemial = true\nquestions = 5\n")
    assert told == (
        "oral = 21 does not fit; give a whole number from 0 to 20. Also, "
        "emial is no key of a preset; did you mean email?"
    )


def test_a_file_that_is_no_text_is_a_clear_line(tmp_path: Path) -> None:
    """As one that is a folder."""
    own(tmp_path, "").write_bytes(b"\xff\xfe")
    with pytest.raises(PresetError, match=r"mine\.toml: cannot be read as a preset"):
        plan(tmp_path, "mine")
    (tmp_path / "exams" / "folder.toml").mkdir()
    with pytest.raises(PresetError, match=r"folder\.toml: cannot be read as a preset"):
        plan(tmp_path, "folder")
    assert [one.path for one in plans(tmp_path)[1]] == [
        str(tmp_path / "exams" / f"{name}.toml") for name in ("folder", "mine")
    ]


def test_an_unknown_name_is_told_with_the_nearest(tmp_path: Path) -> None:
    """Or with all there are, and where others go."""
    own(tmp_path, "", "mine")
    with pytest.raises(PresetError) as refused:
        plan(tmp_path, "corse")
    assert str(refused.value) == "there is no preset 'corse'; did you mean 'course'?"
    with pytest.raises(PresetError) as refused:
        plan(tmp_path, "zzz")
    told = f"there is no preset 'zzz'; there is course, mine; others go to {tmp_path / 'exams'}"
    assert str(refused.value) == told


def test_a_name_is_no_path(tmp_path: Path) -> None:
    """Nothing outside the two folders is read."""
    own(tmp_path, "", "mine")
    (tmp_path / "settings.toml").write_text("questions = 1")
    for name in ("../settings", "", ".", str(tmp_path / "settings")):
        with pytest.raises(PresetError, match="there is no preset"):
            plan(tmp_path, name)


# --- the same again -------------------------------------------------------------------------------


def paper(rules: ExamRules, *seconds: float) -> Paper:
    """A paper whose questions have these limits."""
    options = (ExamOption("x", True), ExamOption("y"))
    questions = (ExamQuestion(f"c{n}", Kind.CHOICE, "d.md", "D", "?", options, one) for n, one in enumerate(seconds))
    return Paper("A title", 3, rules, tuple(questions))


def like(asked: Paper) -> ExamPlan:
    """The plan of all its cards once more."""
    return ExamPlan.like(asked, [one.card for one in asked.questions])


def test_a_plan_like_a_paper_asks_the_same_cards_under_the_same_rules() -> None:
    """One limit for all stays; several were each kind's own, and will be."""
    rules = ExamRules("mine", forward_only=False, email=True, practice=True, extra_time=1.5, oral=2)
    again = like(paper(rules, 90.0, 90.0))
    assert again.rules() == rules
    assert again.title == "A title"
    assert again.blueprint() == Blueprint(2, seconds=90.0, cards=("c0", "c1"))
    assert like(paper(rules, 60.0, 120.0)).blueprint().seconds is None


# --- the official end -----------------------------------------------------------------------------


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/St_Johns"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine in this zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_an_end_is_the_next_such_time_here_unless_it_has_just_passed() -> None:
    """For every hour at which it may be given and every time of day, also on days when the clocks change."""
    for day in ((2026, 6, 10), (2026, 3, 8), (2026, 3, 29), (2026, 10, 25), (2026, 11, 1)):
        midnight = datetime(*day).astimezone()
        clock = [midnight.astimezone(UTC) + timedelta(minutes=31 + 60 * hour) for hour in range(52)]
        for given_at in range(7, 24 * 60, 53):
            now = midnight.astimezone(UTC) + timedelta(minutes=given_at)
            for hour in range(24):
                text = f"{hour}:31"
                told = [one for one in clock if one > now and one.astimezone().hour == hour]
                try:
                    end = ends_at(text, now)
                except PresetError:
                    assert told[0] - now >= timedelta(hours=11)  # it passed, and comes again tomorrow only
                    continue
                assert timedelta() < end - now <= timedelta(hours=25)
                assert f"{end.astimezone():%M}" == "31"
                assert end == told[0] or skipped(end, hour)


def skipped(end: datetime, hour: int) -> bool:
    """Whether the clocks were set forward over this hour of the day, so that an hour later stands for it."""
    local = end.astimezone()
    return local.hour == hour + 1 and (local - timedelta(hours=1)).astimezone(UTC).astimezone().hour == hour - 1


@pytest.mark.parametrize("zone", ["Europe/Berlin"], indirect=True)
@pytest.mark.usefixtures("zone")
def test_an_end_in_an_hour_that_comes_twice_or_never() -> None:
    """The first of the two that is still to come; an hour that is skipped takes no time from anybody."""
    autumn = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)  # 02:40, before the clocks go back
    assert ends_at("2:45", autumn) - autumn == timedelta(minutes=5)
    assert ends_at("2:30", autumn) - autumn == timedelta(minutes=50)
    assert ends_at("2:45", autumn + timedelta(hours=1)) - autumn == timedelta(minutes=65)
    spring = datetime(2026, 3, 29, 0, 40, tzinfo=UTC)  # 01:40, before 02:00 becomes 03:00
    assert ends_at("2:30", spring) - spring == timedelta(minutes=50)
    assert f"{ends_at('2:30', spring):%H:%M}" == "03:30"


@pytest.mark.usefixtures("zone")
def test_an_end_after_midnight_is_tomorrows_and_one_of_an_hour_ago_a_slip() -> None:
    """As the words of the refusal say."""
    late = datetime(2026, 6, 10, 23, 30).astimezone()
    assert ends_at("0:45", late) - late == timedelta(minutes=75)
    assert ends_at("23:31", late) - late == timedelta(minutes=1)
    with pytest.raises(PresetError) as refused:
        ends_at("22:30", late)
    assert str(refused.value) == "the official end 22:30 has passed, it is 23:30; give a later one"
    with pytest.raises(PresetError, match="has passed"):
        ends_at("23:30", late)


@pytest.mark.parametrize(
    "text", ["", "17", "17.30", "24:00", "12:60", "1:5", "-1:30", "17:30:00", "x", "١٧:٣٠", "+7:30"]
)
def test_what_is_no_time_of_day_is_a_clear_line(text: str) -> None:
    """With an example."""
    with pytest.raises(PresetError) as refused:
        ends_at(text, datetime.now(UTC))
    assert str(refused.value) == f"{text!r} is no time of day; give the official end as HH:MM, as in 17:30"


def test_the_folder_of_presets_is_the_documented_one() -> None:
    """HOME/exams."""
    assert presets.FOLDER == "exams"
