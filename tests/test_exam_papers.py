"""Papers made of decks: the shipped ones give a whole exam, a seed gives it again, and what is made stays as it is."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path

import pytest

from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamRules, Paper, PaperError
from studyapp.core.plain import plain, restore
from studyapp.core.questions import reserved
from studyapp.exams import Exams, Made
from studyapp.library import Library
from studyapp.model import Answered, Card, Kind, Mode
from tests.studying import COMPUTED, NOON, Clock, library

RULES = ExamRules()


@dataclass(frozen=True)
class Course:
    """A paper of the shipped decks, what was told while it was made, and the cards."""

    made: Made
    again: Made
    other: Made
    rerun: Made
    progress: list[tuple[int, int]]
    cards: dict[str, Card]
    entries: int


def opened(home: Path) -> Library:
    """The shipped decks in a fresh home."""
    clock = Clock()
    return Library.open(home, now=clock, seeds=lambda: 7, clocks=clock.reading)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Made once: with a seed, in another home with that seed, with another seed, and once more of the same cards."""
    progress: list[tuple[int, int]] = []

    async def making() -> Course:
        home = tmp_path_factory.mktemp("course")
        with opened(home / "one") as one, opened(home / "two") as two:
            made = await one.exams.make(
                Blueprint(24), RULES, seed=5, progress=lambda done, of: progress.append((done, of))
            )
            again = await two.exams.make(Blueprint(24), RULES, seed=5)
            other = await one.exams.make(Blueprint(24, seconds=90), RULES, seed=6)
            rerun = await one.exams.make(one.exams.again(other.paper).blueprint(), RULES, seed=8)
            cards = {card.id: card for card in one.store.cards()}
            entries = one.store.entry_count()
            await one.close_laboratory()
            await two.close_laboratory()
        return Course(made, again, other, rerun, progress, cards, entries)

    return asyncio.run(making())


def test_the_shipped_decks_give_a_course_paper(course: Course) -> None:
    """24 questions over all topics, nothing left out, no two of one family, everything there that a screen shows."""
    questions = course.made.paper.questions
    assert len(questions) == 24
    assert course.made.left_out == ()
    assert len({course.cards[one.card].family for one in questions}) == 24
    assert len({one.topic for one in questions}) >= 8
    assert all(one.prompt and "@{" not in one.prompt for one in questions)
    assert all(2 <= len(one.options) <= 5 for one in questions)
    assert [one.seconds for one in questions] == [120 if one.kind is Kind.COMPUTED else 60 for one in questions]
    assert course.made.paper.title == "All decks"


def test_sealed_cards_are_asked_first(course: Course) -> None:
    """Also: those kept out of study for exams are in the paper, as many as their topics have places for."""
    sealed = {card.id: card.part for card in course.cards.values() if "sealed" in card.tags}
    places = Counter(one.topic for one in course.made.paper.questions)
    asked = {one.card for one in course.made.paper.questions if one.sealed}
    assert sealed
    assert asked == {one.card for one in course.made.paper.questions} & sealed.keys()
    for topic, there in Counter(sealed.values()).items():
        assert sum(sealed[one] == topic for one in asked) == min(there, places[topic])


def test_rule_8_a_seed_reproduces_a_paper_exactly(course: Course) -> None:
    """Rule 8: also in another home, on another day; another seed gives another choice and order."""
    assert course.again.paper == course.made.paper
    ours, others = ([one.card for one in made.paper.questions] for made in (course.made, course.other))
    assert ours != others
    assert ours != sorted(ours)


def test_rule_30_a_paper_says_what_it_was_made_of(course: Course) -> None:
    """Rule 30: the hash of every deck and simulation in it, and the versions of the programs that computed it."""
    asked = course.made.paper
    versions = asked.versions
    named = {one.deck for one in asked.questions} | {one.simulation for one in asked.questions if one.simulation}
    assert versions.keys() == named | {"studyapp", "numpy"}
    assert all(len(versions[name]) == 64 for name in named)
    assert restore(Paper, json.loads(json.dumps(plain(asked)))) == asked


def test_rule_30_computed_questions_use_numbers_that_study_never_draws(course: Course) -> None:
    """Rule 30: computed before the clock starts, at reserved numbers, with the key and named mistakes as options."""
    computed = [
        one
        for made in (course.made, course.other, course.rerun)
        for one in made.paper.questions
        if one.kind is Kind.COMPUTED
    ]
    assert computed
    for one in computed:
        kept = reserved(course.cards[one.card])
        assert any(draw.items() <= dict(one.parameters).items() for draw in kept)
        assert all(option.mistake or option.correct for option in one.options)
        assert all(option.reason for option in one.options if option.mistake)


def test_the_progress_is_told(course: Course) -> None:
    """From nothing to all, never back: a progress bar can be drawn."""
    assert course.progress[0] == (0, 24)
    assert course.progress[-1] == (24, 24)
    assert course.progress == sorted(course.progress)


def test_the_same_paper_with_new_numbers(course: Course) -> None:
    """The same cards and limits; order, options and numbers anew."""
    before, after = course.other.paper, course.rerun.paper
    assert {one.card for one in after.questions} == {one.card for one in before.questions}
    assert {one.seconds for one in after.questions} == {one.seconds for one in before.questions} == {90}
    assert [one.card for one in after.questions] != [one.card for one in before.questions]
    old = {one.card: one for one in before.questions}
    assert any(one.options != old[one.card].options for one in after.questions)


def test_new_numbers_are_drawn_where_there_are_some(room: Path) -> None:
    """Of ten temperatures two are kept for exams, and over a few seeds both are asked, with their own keys."""
    many = COMPUTED.replace("[0.5, 1.0, 2.0]", str([0.5 + number / 4 for number in range(10)]))
    many = many.replace('["forgets_to_exponentiate"]', '["forgets_to_exponentiate", "exponentiates_in_base_two"]')

    async def making() -> list[Paper]:
        with library(room, Clock(), many=many) as one:
            try:
                first = (await one.exams.make(Blueprint(1), RULES, seed=1)).paper
                return [
                    (await one.exams.make(one.exams.again(first).blueprint(), RULES, seed=seed)).paper
                    for seed in range(8)
                ]
            finally:
                await one.close_laboratory()

    asked = [paper.questions[0] for paper in asyncio.run(making())]
    assert len({one.parameters["temperature"] for one in asked}) == 2
    for one in asked:
        assert isinstance(one.parameters["temperature"], float)
        assert float(one.options[one.right].text) == pytest.approx(exp(2 / one.parameters["temperature"]), rel=0.005)


def test_rule_32_making_a_paper_counts_nothing(course: Course) -> None:
    """Rule 32: nothing counts before the start: the log is as empty as it was."""
    assert course.entries == 0


# --- decks of our own -----------------------------------------------------------------------------


def choices(*names: str, tag: str = "", part: str = "") -> str:
    """A deck of choice cards."""
    heading = f"# {part}\n\n" if part else "# Ours\n\n"
    seal = f" .{tag}" if tag else ""
    return heading + "\n".join(
        f"## What is {name}? {{#{name}{seal}}}\n\n- [x] right\n- [ ] wrong\n- [ ] other\n" for name in names
    )


@pytest.fixture
def making(room: Path) -> Iterator[tuple[Library, Exams]]:
    """A library of our own choice cards and a computed one whose simulation does not exist."""
    broken = COMPUTED.replace('"softmax_output"', '"no_such_simulation"').replace(
        '["forgets_to_exponentiate"]', '["one", "two"]'
    )
    with library(room, Clock(), ours=choices("a", "b", "c"), broken=broken) as one:
        yield one, one.exams


def test_a_card_that_cannot_be_computed_is_left_out_and_replaced(making: tuple[Library, Exams]) -> None:
    """A line says which and why, another card takes its place, and too few are refused in a clear line."""
    _, exams = making

    async def paper_of(questions: int) -> Made:
        return await exams.make(Blueprint(questions), RULES, seed=3)

    made = asyncio.run(paper_of(3))
    assert {one.card for one in made.paper.questions} == {"a", "b", "c"}
    assert all(line.startswith("ratio is left out: ") and "no_such_simulation" in line for line in made.left_out)
    with pytest.raises(PaperError, match="there are 3 questions to choose from, not 4; ask fewer"):
        asyncio.run(paper_of(4))


def test_what_is_asked_of_decks_parts_and_tags(making: tuple[Library, Exams]) -> None:
    """The title says what was chosen, unless one is given."""
    _, exams = making
    made = asyncio.run(exams.make(Blueprint(2, decks=("ours.md",)), RULES, seed=1))
    assert made.paper.title == "Ours"
    assert asyncio.run(exams.make(Blueprint(2, decks=("ours.md",)), RULES, seed=1, title="Mine")).paper.title == "Mine"
    with pytest.raises(PaperError, match="no question in any deck has the tag 'nothing'; there are no tags"):
        asyncio.run(exams.make(Blueprint(2, tags=("nothing",)), RULES, seed=1))
    with pytest.raises(PaperError, match="there are 0 questions"):
        asyncio.run(exams.make(Blueprint(2, decks=("nothing.md",)), RULES, seed=1))


def test_rule_31_what_was_seen_in_study_is_marked(making: tuple[Library, Exams]) -> None:
    """Rule 31: a card that any answer has shown before is no evidence of what to expect; nothing else changes by it."""
    opened_library, exams = making
    fresh = asyncio.run(exams.make(Blueprint(3), RULES, seed=1)).paper
    assert not any(one.seen for one in fresh.questions)
    opened_library.store.append([Answered("b", Mode.LEARN, Kind.CHOICE, 4, 1)], at=NOON, day=1)
    later = asyncio.run(exams.make(Blueprint(3), RULES, seed=1)).paper
    assert [one.card for one in later.questions if one.seen] == ["b"]
    assert tuple(replace(one, seen=False) for one in later.questions) == fresh.questions


def test_rule_30_editing_decks_later_changes_nothing(room: Path) -> None:
    """Rule 30: the sitting has the texts and the key it was started with; nothing is read or computed for it again."""
    with library(room, Clock(), ours=choices("a", "b", "c")) as one:
        asked = asyncio.run(one.exams.make(Blueprint(3), RULES, seed=1)).paper
        sitting_id = one.exams.start(asked)
    edited = choices("a").replace("- [x] right\n- [ ] wrong", "- [ ] right\n- [x] wrong")
    with library(room, Clock(), ours=edited) as one:
        assert one.store.card("b") is None

        def no_laboratory() -> None:
            raise AssertionError("no simulation runs during an exam")

        one.exams.laboratory = no_laboratory  # type: ignore[assignment]

        async def sitting() -> None:
            session = one.exams.resume(sitting_id)
            for place, question in enumerate(asked.questions):
                session.show(place)
                session.pick(question.right)
                session.save()
            session.finish()
            assert await session.stored_all(5)
            await session.close()

        asyncio.run(sitting())
        kept, report = one.exams.report(sitting_id)
        assert kept.sitting.paper == asked
        assert report.score.right == 3
        assert {answer.question.options[answer.question.right].text for answer in report.answers} == {"right"}
        assert one.exams.again(asked).cards == ("a",)


def test_rule_7_two_right_options_never_get_into_a_paper(room: Path) -> None:
    """Rule 7: one single best answer per question: the loader refuses anything else, and says where."""
    two = choices("a", "b").replace("- [ ] wrong", "- [x] wrong", 1)
    with library(room, Clock(), ours=two) as one:
        assert [(problem.card, problem.path) for problem in one.problems()] == [("a", "ours.md")]
        assert one.store.card("a") is None
        with pytest.raises(PaperError, match="there are 1 questions"):
            asyncio.run(one.exams.make(Blueprint(2), RULES, seed=1))
