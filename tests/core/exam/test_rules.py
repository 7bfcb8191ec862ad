"""The exam's rules on time and on what counts, one by one, as the state machine holds them."""

from __future__ import annotations

import pytest

from studyapp.core.exam.events import (
    Emailed,
    Explained,
    Finished,
    Guessed,
    Opened,
    Picked,
    Released,
    Saved,
    Shown,
    SittingEvent,
    Started,
    Struck,
)
from studyapp.core.exam.report import report
from studyapp.core.exam.sitting import Attempt, Refusal, Save, advance, due, following
from tests.core.exam.papers import LIMIT, SECOND, after, begun, paper, question, refused

# --- 1 to 4: the clock of a question, and what is saved -------------------------------------------


def test_rule_1_a_clock_starts_at_the_first_showing_and_never_again() -> None:
    """Rule 1: a question's clock starts when it is first shown, runs on when it is left, and never restarts."""
    sitting = begun(paper(forward_only=False))
    assert sitting.deadline(0) is None
    sitting = after(sitting, Shown(5 * SECOND, 0))
    assert sitting.deadline(0) == 5 * SECOND + LIMIT
    sitting = after(sitting, Shown(15 * SECOND, 1), Shown(40 * SECOND, 0))
    assert sitting.attempts[0].shown_at == 5 * SECOND
    assert sitting.left(0, 40 * SECOND) == 25 * SECOND  # 25 s of its 60 passed while another one was on the screen
    assert sitting.left(1, 40 * SECOND) == 35 * SECOND


def test_rule_1_the_email_item_has_no_clock() -> None:
    """Rule 1: however long the e-mail item takes, the first question has all its time afterwards."""
    sitting = after(begun(paper(email=True)), Emailed(100 * SECOND, given=True), Shown(101 * SECOND, 0))
    assert due(after(begun(paper(email=True))), 100 * SECOND) is None
    assert sitting.left(0, 101 * SECOND) == LIMIT


@pytest.mark.parametrize(("offset", "counts"), [(-1, True), (0, False), (1, False)])
def test_rule_2_a_save_counts_iff_received_before_the_deadline(offset: int, counts: bool) -> None:
    """Rule 2: half-open: 1 ms before the deadline counts, the deadline itself and 1 ms after do not."""
    sitting = after(begun(paper()), Shown(7, 0))
    saved = Saved(7 + LIMIT + offset, 0, 2)
    assert refused(sitting, saved) is (None if counts else Refusal.TIME_IS_UP)
    assert advance(sitting, saved).attempts[0].saves == ((Save(7 + LIMIT + offset, 2),) if counts else ())


@pytest.mark.parametrize(("offset", "counts"), [(-1, True), (0, False), (1, False)])
def test_rule_2_the_end_of_the_exam_is_a_deadline_as_well(offset: int, counts: bool) -> None:
    """Rule 2: the same to the millisecond where the exam's end comes before the question's own limit."""
    sitting = after(begun(paper(), end=30 * SECOND), Shown(0, 0))
    assert (refused(sitting, Saved(30 * SECOND + offset, 0, 0)) is None) is counts


@pytest.mark.parametrize(("offset", "counts"), [(-1, True), (0, False), (1, False)])
def test_rule_2_moving_on_closes_a_question_to_the_millisecond(offset: int, counts: bool) -> None:
    """Rule 2: a save handled after the next question was shown counts iff it was received before that."""
    sitting = after(begun(paper()), Shown(0, 0), Shown(9 * SECOND, 1))
    assert refused(sitting, Saved(9 * SECOND + offset, 0, 1)) is (None if counts else Refusal.LEFT)


def test_rule_2_a_save_received_in_time_and_handled_late_counts() -> None:
    """Rule 2: what matters is when the key press was received, not when it was handled: time may have moved on."""
    sitting = after(begun(paper()), Shown(0, 0), Shown(LIMIT, 1), Saved(LIMIT - 1, 0, 3))
    assert sitting.attempts[0].saves == (Save(LIMIT - 1, 3),)
    assert sitting.current == 1


def test_rule_2_a_question_is_locked_for_good_after_its_deadline() -> None:
    """Rule 2: after the deadline nothing opens it again: no answer, no mark, no showing, no resuming."""
    sitting = after(begun(paper(forward_only=False)), Shown(0, 0), Shown(10, 1), Opened(LIMIT, "again"))
    for event in (Saved(LIMIT, 0, 0), Picked(LIMIT, 0, 0), Guessed(LIMIT, 0, True), Struck(LIMIT, 0, 0, True)):
        assert refused(sitting, event) is Refusal.TIME_IS_UP
    assert refused(sitting, Shown(LIMIT, 0)) is Refusal.TIME_IS_UP
    assert sitting.locked(0, LIMIT)
    assert sitting.left(0, LIMIT) == 0


def test_rule_3_only_saved_answers_are_recorded() -> None:
    """Rule 3: chosen but unsaved at the deadline is kept as a draft, shown in the report, and does not count."""
    sitting = after(begun(paper(1)), Shown(0, 0), Picked(5, 0, 0), Finished(LIMIT, expired=True))
    assert sitting.right_answers == sitting.saved_answers == 0
    (answer,) = report(sitting).answers
    assert (answer.picked, answer.saved) == (0, None)
    assert report(sitting).habits.picked_and_right == 1


def test_rule_3_what_was_saved_stays_when_another_option_is_picked() -> None:
    """Rule 3: a later pick, a pick taken back, a strike or a guess mark changes nothing that was saved."""
    saved = after(begun(paper()), Shown(0, 0), Picked(1, 0, 0), Saved(2, 0, 0))
    for events in ([Picked(3, 0, 1)], [Picked(3, 0, None)], [Struck(3, 0, 0, True)], [Guessed(3, 0, True)]):
        assert after(saved, *events).attempts[0].saved == Save(2, 0)
    assert not saved.attempts[0].unsaved
    assert after(saved, Picked(3, 0, 1)).attempts[0].unsaved
    assert after(saved, Guessed(3, 0, True)).attempts[0].unsaved
    assert not after(saved, Picked(3, 0, 1), Picked(4, 0, 0)).attempts[0].unsaved


def test_rule_4_saving_again_replaces_and_every_save_is_kept() -> None:
    """Rule 4: saving again before the deadline replaces; every save is kept."""
    sitting = after(begun(paper()), Shown(0, 0), Saved(1, 0, 3), Saved(2, 0, 0, True), Saved(3, 0, 1))
    assert sitting.attempts[0].saved == Save(3, 1)
    assert sitting.attempts[0].saves == (Save(1, 3), Save(2, 0, True), Save(3, 1))
    assert sitting.saved_answers == 1


def test_a_struck_option_is_not_picked() -> None:
    """Also: striking out the picked option lets go of it, and picking a struck option takes it back in."""
    sitting = after(begun(paper()), Shown(0, 0), Picked(1, 0, 2), Struck(2, 0, 2, True))
    assert sitting.attempts[0] == Attempt(0, struck=frozenset({2}))
    sitting = after(sitting, Struck(3, 0, 1, True), Picked(4, 0, 2), Struck(5, 0, 1, False))
    assert sitting.attempts[0] == Attempt(0, picked=2)


@pytest.mark.parametrize("option", [-1, 4])
def test_there_is_no_such_option(option: int) -> None:
    """Also: what was not among the options can be neither picked, struck nor saved."""
    sitting = after(begun(paper()), Shown(0, 0))
    for event in (Saved(1, 0, option), Picked(1, 0, option), Struck(1, 0, option, True)):
        assert refused(sitting, event) is Refusal.NO_OPTION


@pytest.mark.parametrize("asked", [-1, 1, 3])
def test_a_question_that_was_not_shown_has_no_answer(asked: int) -> None:
    """Also: an answer to a question before its showing, or to none at all, is refused."""
    sitting = after(begun(paper()), Shown(10, 0))
    for event in (Saved(11, asked, 0), Picked(11, asked, 0), Guessed(11, asked, True), Struck(11, asked, 0, True)):
        assert refused(sitting, event) is Refusal.NOT_SHOWN
    assert refused(sitting, Saved(9, 0, 0)) is Refusal.NOT_SHOWN


# --- 9, 14 to 18: the item before, the end, and time ----------------------------------------------


@pytest.mark.parametrize("given", [True, False])
def test_rule_9_the_email_item_comes_first_and_never_blocks(given: bool) -> None:
    """Rule 9: where the rules say so, the e-mail item is pinned first, has no weight, and an empty answer goes on."""
    sitting = begun(paper(email=True))
    assert sitting.asks_email
    assert refused(sitting, Shown(1, 0)) is Refusal.NOT_ASKED
    sitting = after(sitting, Emailed(1, given), Shown(2, 0))
    assert sitting.emailed is given
    assert refused(sitting, Emailed(3, True)) is Refusal.NOT_ASKED
    assert report(after(sitting, Finished(3))).score.of == 3


def test_rule_9_without_the_rule_nobody_asks() -> None:
    """Rule 9: elsewhere there is no such item, and nothing to answer."""
    sitting = begun(paper())
    assert not sitting.asks_email
    assert refused(sitting, Emailed(1, True)) is Refusal.NOT_ASKED


@pytest.mark.parametrize(("at", "shown"), [(10, False), (99_999, False), (100_000, True), (100_001, True)])
def test_rule_14_results_wait_for_the_official_end(at: int, shown: bool) -> None:
    """Rule 14: until the official end key and results stay hidden, even where the learner finished earlier."""
    sitting = after(begun(paper(), end=100_000, official=True), Shown(0, 0), Finished(5))
    assert (refused(sitting, Released(at)) is None) is shown
    free = after(begun(paper(), end=100_000), Shown(0, 0), Finished(5))
    assert refused(free, Released(at)) is None


def test_rule_14_results_are_released_once_and_never_while_it_runs() -> None:
    """Rule 14: nothing is shown before the finish, and the first showing is what is kept."""
    sitting = after(begun(paper()), Shown(0, 0))
    assert refused(sitting, Released(200_000)) is Refusal.NOT_ASKED
    released = after(sitting, Finished(5), Released(6))
    assert refused(released, Released(7)) is Refusal.NOT_ASKED
    assert released.released_at == 6


def test_rule_15_the_limit_is_the_lesser_of_the_questions_and_the_exams() -> None:
    """Rule 15: effective limit = min(question's limit, exam's end), and the sitting says which one binds."""
    sitting = after(begun(paper(), end=90 * SECOND), Shown(0, 0), Shown(31 * SECOND, 1))
    assert (sitting.deadline(0), sitting.bound_by_end(0)) == (LIMIT, False)
    assert (sitting.deadline(1), sitting.bound_by_end(1)) == (90 * SECOND, True)
    exactly = after(begun(paper(), end=LIMIT), Shown(0, 0))
    assert (exactly.deadline(0), exactly.bound_by_end(0)) == (LIMIT, False)


def test_rule_15_every_sitting_has_an_end() -> None:
    """Rule 15: by default a quarter more than the sum of the limits; at the end it is over, whatever was shown."""
    assert paper(4).natural_end == 5 * LIMIT
    sitting = begun(paper(4))
    assert due(sitting, 5 * LIMIT - 1) is None
    assert due(sitting, 5 * LIMIT) == Finished(5 * LIMIT, expired=True)


@pytest.mark.parametrize(("offset", "happens"), [(-1, True), (0, False), (1, False)])
def test_rule_15_from_its_end_on_nothing_begins(offset: int, happens: bool) -> None:
    """Rule 15: no question is shown, no terminal opens it and no address is given from the exam's end on."""
    sitting = begun(paper(email=True), end=1000)
    asked = after(sitting, Emailed(0, True))
    at, reason = 1000 + offset, None if happens else Refusal.TIME_IS_UP
    assert refused(sitting, Emailed(at, True)) is reason
    assert refused(asked, Shown(at, 0)) is reason
    assert refused(asked, Opened(at, "a")) is reason


@pytest.mark.parametrize("shown", [[], [Shown(0, 0)], [Shown(0, 0), Shown(9, 1)]])
def test_rule_15_finish_now_always_exists(shown: list[SittingEvent]) -> None:
    """Rule 15: before the first question, on it, and later, with or without a saved answer, before the e-mail item."""
    assert after(begun(paper()), *shown, Finished(10)).finished
    assert after(begun(paper(email=True)), Finished(0)).finished


def test_rule_16_resuming_gives_no_time() -> None:
    """Rule 16: time never pauses: a sitting opened again has the deadlines it had."""
    sitting = after(begun(paper()), Shown(0, 0), Opened(20 * SECOND, "a"), Opened(50 * SECOND, "b"))
    assert sitting.left(0, 50 * SECOND) == 10 * SECOND
    assert sitting.writer == "b"


@pytest.mark.parametrize("at", [0, 1, LIMIT - 1])
def test_rule_18_what_is_left_is_the_deadline_minus_now(at: int) -> None:
    """Rule 18: ticks are never counted: what is shown is the deadline minus now, and asking changes nothing."""
    sitting = after(begun(paper()), Shown(0, 0))
    assert sitting.left(0, at) == LIMIT - at
    assert [due(sitting, at) for _ in range(3)] == [None] * 3


# --- 21 to 26: crashes, finishing, forward only, expiry -------------------------------------------


def test_rule_21_a_crash_resumes_at_the_same_question() -> None:
    """Rule 21: inside the window the same question is there, with what was picked, and the remaining time."""
    sitting = after(begun(paper()), Shown(0, 0), Picked(5, 0, 2), Struck(6, 0, 1, True), Guessed(7, 0, True))
    resumed = after(sitting, Opened(9 * SECOND, "second"))
    assert resumed.current == 0
    assert resumed.attempts[0] == Attempt(0, None, 2, True, frozenset({1}))
    assert resumed.left(0, 9 * SECOND) == 51 * SECOND
    assert due(resumed, LIMIT - 1) is None


@pytest.mark.parametrize(("at", "fits"), [(9, False), (10, True), (11, True), (99, True), (100, True), (101, False)])
def test_rule_22_a_finish_lies_between_the_last_showing_and_the_end(at: int, fits: bool) -> None:
    """Rule 22: a finish is neither before what was shown last nor after the exam's end."""
    sitting = after(begun(paper(), end=100), Shown(10, 0))
    assert refused(sitting, Finished(at)) is (None if fits else Refusal.NOT_ASKED)


@pytest.mark.parametrize("late", [0, 1, 10 * LIMIT])
def test_rule_22_a_start_after_expiry_finishes_at_the_deadline(late: int) -> None:
    """Rule 22: however late it is noticed, the finish has the deadline as its time, and there is only one."""
    last = after(begun(paper(1)), Shown(3, 0))
    finish = due(last, 3 + LIMIT + late)
    assert finish == Finished(3 + LIMIT, expired=True)
    over = after(last, finish)
    assert due(over, 3 + LIMIT + late) is None
    assert refused(over, finish) is Refusal.FINISHED


def test_rule_22_the_end_comes_before_what_expired_on_the_way() -> None:
    """Rule 22: where the exam's end has passed while questions were still to come, that is the time of the finish."""
    sitting = after(begun(paper(3)), Shown(0, 0))
    assert due(sitting, 10**9) == Finished(sitting.end, expired=True)


def test_rule_22_the_finish_is_never_before_the_last_deadline() -> None:
    """Rule 22: with questions open side by side the exam ends with the one that closes last."""
    sitting = after(begun(paper(2, forward_only=False)), Shown(0, 0), Shown(20 * SECOND, 1), Shown(30 * SECOND, 0))
    assert due(sitting, LIMIT) == Shown(LIMIT, 1)
    assert due(sitting, 79 * SECOND) == Shown(79 * SECOND, 1)
    for at in (80 * SECOND, 81 * SECOND, 10**9):
        assert due(sitting, at) == Finished(80 * SECOND, expired=True)


def test_rule_23_the_writer_is_who_opened_it_last() -> None:
    """Rule 23: taking over names the new writer, in the log and for everybody who reads it."""
    sitting = after(begun(paper()), Opened(1, "one"), Opened(2, "two"))
    assert sitting.writer == "two"
    assert refused(sitting, Opened(1, "late")) is Refusal.NOT_ASKED


LATER: tuple[SittingEvent, ...] = (
    Opened(9, "again"),
    Emailed(9, True),
    Shown(9, 1),
    Picked(9, 0, 1),
    Struck(9, 0, 1, True),
    Guessed(9, 0, True),
    Saved(9, 0, 1),
    Finished(9),
    Finished(9, expired=True),
)


@pytest.mark.parametrize("event", LATER, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("email", [True, False])
def test_rule_24_after_the_finish_no_write_path_exists(event: SittingEvent, email: bool) -> None:
    """Rule 24: whatever comes after the finish, also what was received before it, is refused."""
    shown = [Emailed(0, True)] if email else []
    over = after(begun(paper(email=email)), *shown, Shown(1, 0), Saved(2, 0, 0), Finished(5))
    assert refused(over, event) is Refusal.FINISHED
    assert refused(over, Started(0, paper(), 10**6)) is Refusal.NOT_ASKED


def test_rule_24_releasing_and_explaining_change_no_answer() -> None:
    """Rule 24: the two things that may still happen leave every attempt as it was."""
    over = after(begun(paper()), Shown(1, 0), Saved(2, 0, 0), Finished(5))
    later = after(over, Released(6), Explained(7, 0, 3), Explained(8, 0, 1))
    assert (later.attempts, later.finished_at, later.right_answers) == (over.attempts, 5, 1)
    assert later.explained == {0: 1}


def test_rule_25_forward_only_has_no_side_door() -> None:
    """Rule 25: on by default: no showing again, no skipping, and nothing that touches a question that was left."""
    sitting = after(begun(paper(4)), Shown(0, 0), Saved(5, 0, 1), Shown(10, 1))
    assert sitting.paper.rules.forward_only
    for shown in (0, 3, -1):
        assert refused(sitting, Shown(20, shown)) is not None
    assert refused(sitting, Shown(20, 0)) is Refusal.FORWARD_ONLY
    for event in (Saved(20, 0, 0), Picked(20, 0, 0), Guessed(20, 0, True), Struck(20, 0, 0, True)):
        assert refused(sitting, event) is Refusal.LEFT
    assert refused(after(sitting, Opened(21, "second terminal")), Shown(22, 0)) is Refusal.FORWARD_ONLY
    assert following(sitting, 20) == 2


def test_rule_25_without_it_every_open_question_can_be_shown() -> None:
    """Rule 25: an option: without it one may go back as long as a question's own time is not up."""
    sitting = after(begun(paper(4, forward_only=False)), Shown(0, 2), Shown(1, 0), Shown(2, 3), Shown(3, 2))
    assert sitting.current == 2
    assert following(sitting, 4) == 3
    assert refused(sitting, Shown(4, 2)) is Refusal.NOT_ASKED  # it is on the screen


def test_rule_26_expiry_moves_on_and_the_last_one_finishes() -> None:
    """Rule 26: expiry never traps: the next question comes with all its time, and after the last one it is over."""
    sitting = after(begun(paper(2)), Shown(0, 0))
    moved = due(sitting, LIMIT + 250)
    assert moved == Shown(LIMIT + 250, 1)
    sitting = after(sitting, moved)
    assert sitting.left(1, LIMIT + 250) == LIMIT
    over = due(sitting, 2 * LIMIT + 300)
    assert over == Finished(2 * LIMIT + 250, expired=True)
    assert after(sitting, over).finished


def test_rule_26_expiry_goes_round_to_what_is_still_open() -> None:
    """Rule 26: with going back allowed, an expired question at the end leads to those that were left open before."""
    sitting = after(begun(paper(3, forward_only=False)), Shown(0, 2))
    assert due(sitting, LIMIT) == Shown(LIMIT, 0)
    sitting = after(sitting, Shown(LIMIT, 0))
    assert following(sitting, LIMIT) == 1
    assert following(after(sitting, Shown(LIMIT + 1, 1)), LIMIT + 2) == 0


def test_rule_27_extra_time_lengthens_every_limit() -> None:
    """Rule 27: the factor multiplies each question's limit and the exam's natural end, and is part of the paper."""
    longer = paper(2, extra_time=1.5)
    assert (longer.limit(0), longer.natural_end) == (90 * SECOND, round(1.25 * 180 * SECOND))
    sitting = after(begun(longer), Shown(0, 0))
    assert sitting.left(0, 0) == 90 * SECOND
    assert sitting.paper.rules.extra_time == 1.5


def test_rule_28_what_is_left_needs_no_countdown_on_the_screen() -> None:
    """Rule 28: hidden or not, and asked in whatever order, the time left and what binds it follow from the moment."""
    sitting = after(begun(paper(), end=50 * SECOND), Shown(0, 0))
    assert [sitting.left(0, at) for at in (49_999, 0, 10_000, 50_000)] == [1, 50_000, 40_000, 0]
    assert sitting.bound_by_end(0)


def test_rule_6_and_5_the_score_is_right_answers_alone() -> None:
    """Rules 5 and 6: every question weighs the same, whatever its limit and options; nothing is subtracted."""
    mixed = paper(4)
    questions = (question("a", options=2, seconds=600.0), *mixed.questions[1:])
    sitting = begun(type(mixed)("Mixed", 1, mixed.rules, questions))
    sitting = after(sitting, Shown(0, 0), Saved(1, 0, 0), Shown(2, 1), Saved(3, 1, 1), Shown(4, 2), Finished(5))
    score = report(sitting).score
    assert (score.right, score.of, score.share) == (1, 4, 0.25)
