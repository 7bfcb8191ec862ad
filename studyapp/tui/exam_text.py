"""The texts of a question in an exam, made from its session: the bar, the options, what is saved, the map, warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from studyapp.core import durations
from studyapp.core.exam.paper import ExamQuestion, Paper
from studyapp.exam_session import ExamSession, SaveState
from studyapp.tui.card_lines import fitted, padded
from studyapp.tui.card_text import content, plain
from studyapp.tui.review_text import BOLD, DIM, LETTERS, beside, stacked

if TYPE_CHECKING:
    from studyapp.core.exam.sitting import Attempt

BAR = 14
"""The countdown's bar takes so many cells."""

WARNINGS = (30, 10)
"""At so many seconds the learner is told in words what is left, the countdown hidden or not."""

STRUCK = Style(dim=True, strike=True)
HEADINGS = {
    SaveState.BLANK: "NOTHING SAVED",
    SaveState.NOT_SAVED: "NOT SAVED",
    SaveState.RECEIVED: "RECEIVED, NOT YET STORED",
    SaveState.FAILED: "NOT STORED, TRYING AGAIN",
    SaveState.SAVED: "SAVED",
}


def kind(paper: Paper) -> str:
    """What is being sat, as the first words of its bar: `PRACTICE EXAM`."""
    rules = paper.rules
    return "REHEARSAL" if rules.rehearsal else "PRACTICE EXAM" if rules.practice else "EXAM"


def press(text: str, key: str, style: Style | None = None) -> Content:
    """A text that does by the mouse what a key does."""
    return Content.styled(text, (style or Style()) + Style.from_meta({"@click": f"screen.press({key!r})"}))


def clock(milliseconds: int) -> str:
    """A time left, as `0:42`: the last second begins at `0:01`, and `0:00` is over."""
    return durations.clock(-(-max(0, milliseconds) // 1000))


# --- the bar --------------------------------------------------------------------------------------


def bar(session: ExamSession, *, hidden: bool, width: int) -> Content:
    """Which question it is, and how long it can still be answered: by its own limit or by the end of the exam."""
    sitting, question = session.sitting, session.current
    number = len(sitting.attempts)
    if question < 0:
        where, left, span, whose = f"{kind(sitting.paper)} · before question 1", sitting.end, sitting.end, "the exam"
        left = max(0, sitting.end - session.at())
    else:
        where = f"{kind(sitting.paper)} · {question + 1} of {number}"
        shown_at = sitting.attempts[question].shown_at or 0
        span = (sitting.deadline(question) or sitting.end) - shown_at
        left = session.left
        whose = "the exam" if sitting.bound_by_end(question) else "this question"
    if hidden:
        right = "time hidden, t shows it"
    else:
        right = f"{whose} {clock(left).rjust(5)}"
        if width >= len(where) + len(right) + BAR + 5:
            right += f"  {gauge(left, span)}"
    if len(right) >= width:
        right = "time hidden" if hidden else clock(left)
    room = max(0, width - len(right) - 2)
    title = where if len(where) <= room else fitted(where.partition(" · ")[2], room)
    return plain(padded(title, max(0, width - len(right))) + right)


def gauge(left: int, span: int) -> str:
    """The share of the time that is left as a bar; a part of a cell is shown as half of one."""
    halves = -(-2 * BAR * max(0, left) // max(1, span))
    full, half = divmod(min(2 * BAR, halves), 2)
    return ("█" * full + "▒" * half).ljust(BAR, "░")


def warning(session: ExamSession) -> str:
    """What is said about the time that is left, empty while there is enough."""
    sitting, question = session.sitting, session.current
    if question < 0 or sitting.finished:
        return ""
    attempt = sitting.attempts[question]
    span = (sitting.deadline(question) or 0) - (attempt.shown_at or 0)
    seconds = next((one for one in sorted(WARNINGS) if session.left <= 1000 * one < span), 0)
    if not seconds or not session.left:
        return ""
    said = f"Less than {seconds} seconds left{' in the exam' if sitting.bound_by_end(question) else ''}"
    if seconds > min(WARNINGS):
        return f"{said}."
    if attempt.unsaved:
        return f"{said}: {LETTERS[attempt.picked or 0]} is not saved. Enter saves it."
    if attempt.saved is None:
        return f"{said}: pick one, a wrong answer costs nothing."
    return f"{said}; {LETTERS[attempt.saved.option]} is saved."


# --- the question ---------------------------------------------------------------------------------


def asked(question: ExamQuestion, note: str, width: int) -> Content:
    """The prompt in bold, the rest of the front, and in a rehearsal what this question teaches."""
    heading = content(question.prompt, width=width).stylize(BOLD)
    front = content(question.front, width=width) if question.front else None
    return stacked(heading, front, beside(Content.styled("Rehearsal  ", DIM), plain(note), width) if note else None)


def options(question: ExamQuestion, attempt: Attempt, width: int) -> list[Content]:
    """The options a, b, c ..., the picked one and those struck out marked by signs and words; a click picks."""
    lines = []
    for place, option in enumerate(question.options):
        picked, struck = place == attempt.picked, place in attempt.struck
        mark, style = ("▸ ", BOLD) if picked else ("- ", STRUCK) if struck else ("  ", Style())
        text = content(option.text, width=width - 7).stylize(style)
        if struck or (picked and attempt.guess):
            text += Content.styled("   struck out" if struck else "   a guess", DIM)
        line = beside(Content.styled(f"  {mark}{LETTERS[place]}  ", DIM if struck else style), text, width)
        lines.append(line.stylize(Style.from_meta({"@click": f"screen.press({LETTERS[place]!r})"})))
    return lines


# --- what is saved --------------------------------------------------------------------------------


def state(session: ExamSession, width: int) -> tuple[str, Content]:
    """Whether the answer counts, in words: a heading, and a line on what to do; `width` is the line's."""
    sitting, question = session.sitting, session.current
    if sitting.finished:
        return _finished(session)
    if question < 0:
        return "NOT STARTED", plain("Question 1 is shown, and its clock starts, when you press Enter.")
    attempt, how = sitting.attempts[question], session.state(question)
    return HEADINGS[how], _state_line(attempt, how, len(sitting.paper.questions[question].options), session, width)


def _finished(session: ExamSession) -> tuple[str, Content]:
    if session.pending:
        trouble = f"Not everything is stored: {session.trouble}; trying again."
        return "FINISHED, NOT YET STORED", plain(trouble if session.trouble else "Storing what is left.")
    return "FINISHED", plain("Everything is stored.")


def _state_line(attempt: Attempt, how: SaveState, number: int, session: ExamSession, width: int) -> Content:
    saved = attempt.saved
    kept = f"{LETTERS[saved.option]}{', a guess,' if saved.guess else ''} is saved and counts" if saved else ""
    letter = LETTERS[attempt.picked] if attempt.picked is not None else ""
    match how:
        case SaveState.BLANK:
            return plain(f"Nothing is picked: a-{LETTERS[number - 1]} picks. Only a saved answer counts.")
        case SaveState.NOT_SAVED if saved is not None and saved.option == attempt.picked:
            words = f"{kept}; {'that it is a guess' if attempt.guess else 'that it is none'} is not saved."
        case SaveState.NOT_SAVED if saved is not None:
            words = f"{letter} is picked and does not count yet; {kept}."
        case SaveState.NOT_SAVED:
            words = f"{letter} is picked and does not count yet."
        case SaveState.RECEIVED:
            return plain(f"{LETTERS[saved.option] if saved else ''} was received in time and is being written.")
        case SaveState.FAILED:
            return plain(
                f"{LETTERS[saved.option] if saved else ''} was received in time and counts once it is stored: "
                f"{session.trouble}"
            )
        case _:
            return plain(f"{kept}. Until its time is up another one may replace it.")
    right = press("Enter saves it", "enter", BOLD)
    room = width - right.cell_length - 2
    if len(words) > room:
        return Content.assemble(beside(Content(), plain(words), width), "\n", right)
    return Content.assemble(padded(words, room), "  ", right)


# --- the map --------------------------------------------------------------------------------------

ROWS = 2
"""The map takes so many lines at most; of a longer exam it shows the part around the question in hand."""

NOW, SAVED, BLANK, LOCKED, TO_COME, NOT_STORED = "▶", "■", "□", "×", "·", "!"


def places(session: ExamSession) -> list[str]:
    """A sign for each question: the one on the screen, saved, looked at without, to come.

    Where questions may be taken up again, one without an answer is told apart once its time is up; where moving on
    locks, all that are left blank are locked.
    """
    found, at, sitting = list[str](), session.at(), session.sitting
    free = not sitting.paper.rules.forward_only
    for question, attempt in enumerate(sitting.attempts):
        if question == session.current and not sitting.finished:
            found.append(NOW)
        elif attempt.saved is not None:
            stored = session.state(question) not in (SaveState.RECEIVED, SaveState.FAILED)
            found.append(SAVED if stored or attempt.unsaved else NOT_STORED)
        elif attempt.shown_at is None:
            found.append(TO_COME)
        else:
            found.append(LOCKED if free and sitting.locked(question, at) else BLANK)
    return found


def exam_map(session: ExamSession, signs: Sequence[str], width: int) -> Content:
    """All questions as the signs of `places`, and what these mean; where questions may be chosen, a click shows one."""
    free = not session.sitting.paper.rules.forward_only
    first = 0
    if len(signs) > ROWS * width:
        first = max(0, min(session.current - ROWS * width // 2, len(signs) - ROWS * width))
    cells = [_cell(sign, place, free) for place, sign in enumerate(signs[first : first + ROWS * width], start=first)]
    lines = [Content.assemble(*cells[start : start + width]) for start in range(0, len(cells), width)]
    legend = Content.styled(_legend(signs, free), DIM)
    last = lines[-1]
    if last.cell_length + 4 + legend.cell_length <= width:
        lines[-1] = Content.assemble(last, " " * (width - last.cell_length - legend.cell_length), legend)
    elif len(lines) < ROWS:
        lines.append(legend)
    return Content("\n").join(lines)


def _cell(sign: str, place: int, free: bool) -> Content:
    style = BOLD if sign in (NOW, NOT_STORED) else Style()
    return Content.styled(sign, style + Style.from_meta({"@click": f"screen.show({place})"}) if free else style)


def _legend(signs: Sequence[str], free: bool) -> str:
    blank = "no answer yet" if free else "left blank"
    said = [f"{SAVED} saved", f"{BLANK} {blank}", f"{NOW} now", f"{TO_COME} to come"]
    if LOCKED in signs:
        said.insert(2, f"{LOCKED} time up, blank")
    if NOT_STORED in signs:
        said.insert(1, f"{NOT_STORED} not yet stored")
    return "  ".join(said)


# --- notices --------------------------------------------------------------------------------------


def time_was_up(session: ExamSession, question: int) -> str:
    """What became of a question whose time ran out."""
    attempt = session.sitting.attempts[question]
    said = f"Time was up on {question + 1}: "
    if attempt.unsaved and attempt.picked is not None:
        said += f"{LETTERS[attempt.picked]} was picked and not saved, it does not count"
        if attempt.saved is None:
            return f"{said}."
        return f"{said}; {LETTERS[attempt.saved.option]} is saved and does."
    if attempt.saved is not None:
        return f"{said}{LETTERS[attempt.saved.option]} is saved and counts."
    return f"{said}it stays blank."
