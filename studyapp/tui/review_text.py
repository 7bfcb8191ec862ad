"""The texts of Review, made from a session: what stands on the card, under it and in the grade row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from studyapp.core import durations
from studyapp.core.backing import Backing, backing
from studyapp.core.questions import Asking, Question, signed
from studyapp.core.queue import SURE_AND_WRONG_AFTER
from studyapp.core.sm2 import GOOD, Outlook
from studyapp.model import Kind, Option
from studyapp.study import Graded, Stage, StudySession
from studyapp.tui import wording
from studyapp.tui.card_lines import fitted, padded
from studyapp.tui.card_text import content, plain

if TYPE_CHECKING:
    from studyapp.core.grading import Verdict
    from studyapp.model import Card, Problem

BOLD, DIM = Style(bold=True), Style(dim=True)
LETTERS = "abcdef"
RIGHT, WRONG = "✓", "✗"


def beside(mark: Content, body: Content, width: int) -> Content:
    """A mark with a text beside it that wraps under itself."""
    lines = body.wrap(max(10, width - mark.cell_length))
    blank = Content(" " * mark.cell_length)
    return Content("\n").join([(mark if i == 0 else blank) + line for i, line in enumerate(lines or [Content()])])


def stacked(*parts: Content | None) -> Content:
    """Parts one under the other with an empty line between; missing and empty ones are left out."""
    return Content("\n\n").join([part for part in parts if part])


def labelled(label: str, text: str, width: int) -> Content | None:
    """A field of a card with its name; None without text."""
    if not text:
        return None
    return beside(Content.styled(f"{label}  ", DIM), content(text, width=width - len(label) - 2), width)


def bar(session: StudySession, name: str, width: int) -> Content:
    """Where one is: the decks, the card's place in the session, how many come back, the time left."""
    left = session.minutes * 60 - session.seconds
    time = f"{durations.clock(left)} left of {session.minutes} min" if left > 0 else f"{session.minutes} min are over"
    again = f", {session.coming_back} again" if session.coming_back else ""
    where = f"{session.place} of {session.done + session.left}{again} · {time}"
    room = width - len(where)
    return plain(padded(fitted(f"Review · {name}", room - 2), room) + where)


def gone(was: Card, now: Card | None, problems: Iterable[Problem]) -> str:
    """Why a card is not asked any more: it is a draft now, or in no deck, perhaps for what is wrong there."""
    if now is not None:
        return f"{was.id} is a draft now."
    wrong = next((f"; {one.path}:{one.line}: {one.what}" for one in problems if one.path == was.deck), "")
    return f"{was.id} is in no deck any more{wrong}."


# --- the card -------------------------------------------------------------------------------------


def front(question: Question, hinted: bool, width: int) -> Content:
    """What is asked: the heading in bold, the rest of the front, and the hint once it was asked for."""
    heading = content(question.prompt, width=width).stylize(BOLD)
    rest = content(question.front, width=width) if question.front else None
    return stacked(heading, rest, labelled("hint", question.card.hint, width) if hinted else None)


def options(question: Question, picked: int | None, width: int) -> Content:
    """The options a, b, c ... as they are asked, the one picked marked; each can be clicked."""
    lines = []
    for position, option in enumerate(question.options):
        mark, style = ("▸ ", BOLD) if position == picked else ("  ", Style())
        line = _option(position, mark, content(option.text, width=width - 5).stylize(style), style, width)
        lines.append(line.stylize(Style.from_meta({"@click": f"screen.pick({position})"})))
    return Content("\n").join(lines)


def options_answered(question: Question, graded: Graded | None, given: str, width: int) -> Content:
    """The options with the right one and the one given marked, in signs and words and not by colour alone."""
    lines = []
    for position, option in enumerate(question.options):
        chosen = option.text == given
        mark = f"{RIGHT} " if option.correct else f"{WRONG} " if chosen else "  "
        style = BOLD if option.correct else Style() if chosen else DIM
        text = content(option.text, width=width - 5).stylize(style)
        if chosen:
            sure = graded.verdict.sure if graded else None
            text += Content.styled("    your answer" + {True: ", sure", False: ", a guess", None: ""}[sure], DIM)
        lines.append(_option(position, mark, text, style, width))
    return Content("\n").join(lines)


def _option(position: int, mark: str, text: Content, style: Style, width: int) -> Content:
    return beside(Content.styled(f"{mark}{LETTERS[position]}  ", style), text, width)


def steps(question: Question, shown: int, width: int) -> Content:
    """The first steps of a derivation, and how many are still covered."""
    lines = [
        beside(Content.styled(f"{number}  ", BOLD), content(step, width=width - 3), width)
        for number, step in enumerate(question.steps[:shown], start=1)
    ]
    left = len(question.steps) - shown
    if left:
        lines.append(Content.styled(f"{wording.counted(left, 'step')} to go: write the next one down first.", DIM))
    return Content("\n\n").join(lines)


def asked(session: StudySession, picked: int | None, steps_shown: int, uncovered: bool, width: int) -> Content:
    """What stands under the card before the answer."""
    question = session.question
    assert question is not None
    if session.trouble:
        return beside(
            Content.styled("! ", BOLD),
            plain(f"The number of this card cannot be computed: {session.trouble}. Put it off with - and go on."),
            width,
        )
    match question.asking:
        case Asking.OPTIONS if session.covered and not uncovered:
            days = wording.interval(session.schedule.interval)
            return Content.styled(f"Last seen {days} ago. Recall the answer first: Space uncovers the options.", DIM)
        case Asking.OPTIONS:
            return options(question, picked, width)
        case Asking.STEPS:
            return steps(question, steps_shown, width)
        case _:
            return Content()


def answer(session: StudySession, unfolded: bool, width: int) -> Content:
    """What stands under the card after the answer: the verdict on it, the right one, and why."""
    question, graded = session.question, session.graded
    assert question is not None
    card = question.card
    given = session.given
    parts: list[Content | None] = []
    match question.asking:
        case Asking.OPTIONS:
            parts.append(options_answered(question, graded, given, width))
            wrong = next((one for one in question.options if one.text == given and not one.correct), None)
            if wrong is not None and wrong.reason:
                letter = LETTERS[question.options.index(wrong)]
                parts.append(beside(Content.styled(f"{letter}  ", BOLD), content(wrong.reason, width=width - 3), width))
        case Asking.TYPED if given or graded:
            parts.append(_typed(question, graded.verdict if graded else None, given, width))
        case Asking.TYPED if question.key is not None and not question.samples:
            parts.append(content(f"**{number(question.key.value)}** {question.key.unit}", width=width))
        case Asking.STEPS:
            parts.append(steps(question, len(question.steps), width))
        case _:
            pass
    if question.asking is Asking.TYPED and question.key is None and card.kind is not Kind.CLOZE:
        accepted = [one for one in question.accepted if one != question.back]
        if accepted and not any(_says(text, accepted[0]) for text in (question.back, given)):
            parts.append(beside(Content.styled("= ", BOLD), plain(accepted[0]).stylize(BOLD), width))
    parts.append(content(question.back, width=width) if question.back else None)
    if unfolded:
        if question.asking is Asking.OPTIONS:
            parts += _reasons(question.options, given, width)
        parts += [
            labelled("analogy", card.analogy, width),
            labelled("source", card.source, width),
            labelled("backing", backing_words(question), width),
        ]
    return stacked(*parts)


def _says(back: str, answer: str) -> bool:
    """Whether the first paragraph is the answer, and no more."""
    return back.partition("\n\n")[0].strip().removesuffix(".").casefold() == answer.casefold()


def _reasons(options: Sequence[Option], given: str, width: int) -> list[Content]:
    """Why each option is wrong, but for the one given."""
    return [
        beside(Content.styled(f"{letter}  ", DIM), content(one.reason, width=width - 3), width)
        for letter, one in zip(LETTERS, options, strict=False)
        if one.reason and one.text != given
    ]


def both_sides(question: Question, width: int) -> Content:
    """The answer of a card that is looked at and not asked: everything there is."""
    card = question.card
    parts: list[Content | None] = []
    if question.options:
        parts.append(options_answered(question, None, "", width))
    parts += _reasons(question.options, "", width)
    if question.steps:
        parts.append(steps(question, len(question.steps), width))
    parts.append(content(question.back, width=width) if question.back else None)
    for name, text in (("hint", card.hint), ("analogy", card.analogy), ("source", card.source)):
        parts.append(labelled(name, text, width))
    return stacked(*parts, labelled("backing", backing_words(question), width))


def folded_lines(session: StudySession) -> str:
    """What `w` would unfold, in words; empty when there is nothing more."""
    question = session.question
    assert question is not None
    card = question.card
    has = [
        name
        for name, text in (("analogy", card.analogy), ("source", card.source), ("backing", card.simulation))
        if text
    ]
    if question.asking is Asking.OPTIONS and any(option.reason for option in question.options):
        has.insert(0, "the other options")
    return " · ".join(has)


def backing_words(question: Question) -> str:
    """In which sense the simulation stands behind the card."""
    link = question.card.simulation
    if link is None:
        return ""
    match backing(question.card):
        case Backing.COMPUTED:
            return f"computed: the answer comes from `{link.name}`, at the numbers of this question"
        case Backing.BACKED:
            return f"backed: {', '.join(f'`{claim}`' for claim in link.claims)} must hold in each run of `{link.name}`"
        case _:
            return f"illustrated: `{link.name}` shows the idea; it does not prove the sentence"


def number(value: float) -> str:
    """A computed number as it is shown: four significant digits, whole where it is."""
    return signed(f"{value:.0f}" if value == int(value) and abs(value) < 1e6 else f"{value:.4g}")


def _typed(question: Question, verdict: Verdict | None, given: str, width: int) -> Content:
    shown = plain(given or "(nothing)")
    if verdict is None:
        lines = [Content.assemble("your answer was  ", shown.stylize(BOLD))]
    else:
        lines = [Content.assemble(f"{RIGHT if verdict.correct else WRONG} ", shown.stylize(BOLD))]
    if verdict is not None and verdict.note:
        lines.append(beside(Content("  "), plain(verdict.note), width))
    if question.key is not None and not question.samples:
        key = Content.assemble(
            ("= ", BOLD), (number(question.key.value), BOLD), f" {question.key.unit}".rstrip(), ("  computed", DIM)
        )
        lines.append(key)
    return Content("\n").join(lines)


# --- the grade row --------------------------------------------------------------------------------


def grade_row(session: StudySession, six: bool, width: int) -> Content:
    """What was graded and what follows from it, and the grades with what each would do; always three lines.

    The mark of the grade given has the column before its key, so that the grades never move.
    """
    if session.stage is Stage.ASKED:
        return Content("\n\n")
    graded, outlook = session.graded, session.outlook
    names = wording.SIX_GRADES if six else wording.GRADES
    given = graded.verdict.grade if graded is not None else session.judged
    if graded is not None:
        first = _verdict_words(graded, session.given, names)
    elif given is not None:
        name = names.get(given, wording.SIX_GRADES[given])
        first = Content(f"Taken back: it was judged {name}, and Space gives that again. The time after:")
    else:
        first = _outlook_words(outlook)
    column = min(20, (width + 2) // len(names))
    top, bottom = [], []
    for position, (grade, name) in enumerate(names.items()):
        key = str(grade if six else position + 1)
        may = grade in session.allowed
        now = grade == given
        label = f"{'▸' if now else ' '}{key} {name}"[:column]
        style = (BOLD if may else DIM) + (Style.from_meta({"@click": f"screen.grade({grade})"}) if may else Style())
        top.append(Content.styled(label.ljust(column), style))
        after = wording.consequence(outlook[grade], column - 2)
        bottom.append(Content.styled(f"   {after}".ljust(column), DIM))
    words = [Content(" ") + line for line in first.wrap(width)]
    return Content("\n").join([*words[:2], Content().join(top), Content().join(bottom)][:3])


def _outlook_words(outlook: dict[int, Outlook]) -> Content:
    applied = outlook[GOOD].applied
    if applied is None:
        return Content("A drill: it moves no date, and Good ends it for today.")
    return Content(f"Every pass brings it back in {wording.interval(applied)}. The time after that:")


def _verdict_words(graded: Graded, chosen: str, names: Mapping[int, str]) -> Content:
    verdict, after = graded.verdict, graded.after
    name = names.get(verdict.grade, wording.SIX_GRADES[verdict.grade])
    match verdict.correct, verdict.sure:
        case False, True:
            why = "sure and wrong"
        case False, _:
            why = "wrong" if chosen else "not known"
        case True, False:
            why = "right, a guess"
        case True, _:
            why = "right"
        case _:
            why = "your grade"
    drill = graded.before.answered_on == after.answered_on
    when = "a drill moves no date" if drill else f"due {wording.in_days(after.interval)}"
    if after.drilling:
        soon = f"after {SURE_AND_WRONG_AFTER} cards" if (verdict.correct, verdict.sure) == (False, True) else "today"
        when = f"back {soon}" if drill else f"back {soon}, {when}"
    said = "" if why == name.lower() else f": {why}"
    return Content.assemble((name, BOLD), f"{said}; {when}.", "" if drill else " The time after:")
