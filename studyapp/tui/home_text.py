"""The texts of Home: the table of decks and the lines below it."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style

from studyapp.core.days import date_of
from studyapp.overview import Overview, Row
from studyapp.store import SittingRow
from studyapp.tui import wording
from studyapp.tui.card_text import plain

BOLD, DIM = Style(bold=True), Style(dim=True)
BAR = 8
SPARKS = "▁▂▃▄▅▆▇█"
MODES = ("Learn", "Test", "Matching")


def table(seen: Overview, highlighted: int, width: int, most: int) -> Content:
    """One row per deck, the first for all of them; a click highlights, a second one studies.

    At most so many rows, those around the highlighted one: laying out a hundred takes 50 ms.
    """
    columns = "".join(f"  {name}" for name in MODES)
    name_width = max(14, width - 2 - BAR - 7 - len(columns) - 15)
    heading = f"  {'Name'.ljust(name_width)}{'Mastery'.ljust(BAR + 6)}{columns}{'Spaced'.rjust(8)}"
    lines = [Content.styled(heading, DIM)]
    rows = [*enumerate((seen.all, *seen.rows))]
    first = max(0, min(highlighted - most // 2, len(rows) - most))
    for position, row in rows[first : first + most]:
        style = Style(bold=position == highlighted) + Style.from_meta({"@click": f"screen.choose({position})"})
        lines.append(_row(row, position == highlighted, name_width).stylize(style))
    if len(rows) > most:
        lines.append(Content.styled(f"  {first + 1}-{first + most} of {len(rows)}: ↑ ↓ lead to the others", DIM))
    return Content("\n").join(lines)


def _row(row: Row, highlighted: bool, name_width: int) -> Content:
    title = plain(row.title)
    if title.cell_length > name_width - 1:
        title = title.truncate(name_width - 1, ellipsis=True)
    share = round(BAR * row.mastery)
    bar = "█" * share + "░" * (BAR - share)
    new = (f"{row.new} new" if row.new else "").rjust(6)
    waiting = (f"{row.due} due" if row.due else "-").rjust(14 - len(new)) + f" {new}"
    return Content.assemble(
        "▸ " if highlighted else "  ",
        title,
        " " * (name_width - title.cell_length),
        f"{bar} {f'{100 * row.mastery:.0f} %'.rjust(5)}",
        *(f"  {'-'.ljust(len(name))}" for name in MODES),
        waiting,
    )


def state(seen: Overview, folder: str, width: int) -> Content:
    """Today, the week to come, and how it has been going; a first line for those who are new or come back."""
    lines = []
    if not sum(seen.all.levels):
        lines += [Content.styled("No cards yet. Put decks, which are Markdown files, into this folder:", BOLD)]
        lines += [plain(folder)]
    elif not seen.studied_before:
        new = wording.counted(seen.all.new, "new card")
        lines += [Content.styled(f"No study sessions yet. Enter starts; {new} wait, as the time allows.", BOLD)]
    elif seen.welcome_back:
        when = (
            f"you are level on {_date(seen.today + seen.level_in_days)}" if seen.level_in_days else "this takes a while"
        )
        words = f"Welcome back: {seen.all.due} due. At {seen.minutes} minutes a day {when}; new cards wait."
        lines += [Content.styled(words, BOLD)]
    if seen.ran_out is not None:
        kind = exam_kind(seen.ran_out)
        lines += [Content.styled(f"{'An' if kind == 'exam' else 'A'} {kind} ran out: p shows it.", BOLD)]
    lines.append(Content.styled("─" * width, DIM))
    lines.append(_labelled("Today", _today(seen)))
    if seen.studied_before:
        lines.append(_labelled("Week", _week(seen)))
    lately = [_exam(seen.exam)] if seen.exam is not None else []
    lately += [f"studied {seen.studied_days} of the last 30 days"] * seen.studied_before
    if lately:
        lines.append(_labelled("Lately", " · ".join(lately)))
    return Content("\n").join(lines)


def _labelled(label: str, text: str) -> Content:
    return Content.assemble((label.ljust(8), DIM), text)


def _today(seen: Overview) -> str:
    waiting = [f"{seen.all.due} due"] * bool(seen.all.due) + [f"{seen.all.new} new"] * bool(seen.all.new)
    done = f"{wording.counted(seen.done_today, 'card')} done"
    if not waiting:
        return f"nothing more is due; {done}" if seen.done_today else "nothing is due"
    minutes = max(1, round(min(seen.needed_minutes, seen.minutes)))
    more = "" if seen.needed_minutes <= seen.minutes else f" of {seen.needed_minutes:.0f}"
    return f"{' and '.join(waiting)}, about {minutes}{more} minutes{' · ' + done if seen.done_today else ''}"


def _week(seen: Overview) -> str:
    most = max(seen.week, default=0)
    days = []
    for offset, due in enumerate(seen.week, start=1):
        spark = SPARKS[round((len(SPARKS) - 1) * due / most)] if most else SPARKS[0]
        days.append(f"{date_of(seen.today + offset):%a}"[:2] + f" {due} {spark}")
    return "   ".join(days)


def _exam(row: SittingRow) -> str:
    return f"{exam_kind(row)}: {row.right} of {row.questions}, {row.started.astimezone():%a}"


def exam_kind(row: SittingRow) -> str:
    """What sort of exam it was."""
    return "rehearsal" if row.rehearsal else "practice exam" if row.practice else "exam"


def _date(day: int) -> str:
    on = date_of(day)
    return f"{on.day} {on:%b}"
