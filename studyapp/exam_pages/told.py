"""Reports as JSON, for scripts: every number as it is, exam times in milliseconds, instants as ISO 8601 in UTC."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from studyapp.core.exam.report import Answer, Report, Tally
from studyapp.core.exam.submission import submissions
from studyapp.core.plain import plain
from studyapp.exam_pages.blocks import letter
from studyapp.exam_pages.report_page import asked_in_words, command, state

if TYPE_CHECKING:
    from studyapp.exams import Kept


def report_json(kept: Kept, found: Report) -> dict[str, Any]:
    """The report: `questions` are numbered from 1 and options named by their letters, as they were shown.

    `expected` says what to expect of a real exam, from questions never seen in study; null without such, and in a
    rehearsal. `draft` is what was picked and not saved as it stood. `explained` rates questions, 0 to 3; null: not yet.
    """
    sitting = kept.sitting
    expects = found.unseen.of and not sitting.paper.rules.rehearsal
    return _about(kept) | {
        "score": _tally(found.score),
        "by_chance": found.by_chance,
        "expected": _tally(found.unseen) if expects else None,
        "unseen": _tally(found.unseen),
        "seen": _tally(found.seen),
        "guessed": _tally(found.guessed),
        "topics": [
            {
                "topic": one.name,
                **_tally(one.tally),
                "milliseconds": one.milliseconds,
                "sure_and_wrong": one.sure_and_wrong,
            }
            for one in found.topics
        ],
        "start_with": found.start_with or None,
        "habits": asdict(found.habits),
        "explained": {str(number + 1): sitting.explained.get(number) for number in asked_in_words(sitting)},
        "questions": [_answer(kept, one) for one in found.answers],
    }


def progress_json(kept: Kept, at: int, hidden_until: datetime | None) -> dict[str, Any]:
    """A sitting whose results may not be shown, at this exam time: no key, no score, no text of a question."""
    questions = [
        {
            "number": line.number + 1,
            "saved": letter(line.saved.option) if line.saved is not None else None,
            "saved_at": line.saved.at if line.saved is not None else None,
            "guess": line.saved.guess if line.saved is not None else None,
            "draft": letter(line.picked) if line.picked is not None else None,
            "used": line.used,
            "limit": line.limit,
            "lock": line.lock.value,
        }
        for line in submissions(kept.sitting, at)
    ]
    left = 0 if kept.sitting.finished else max(0, kept.sitting.end - at)
    about = _about(kept) | {"seed": None}  # it would make the paper again, with its key
    until = _instant(hidden_until) if hidden_until is not None else None
    return about | {"left": left, "hidden_until": until, "questions": questions}


def _about(kept: Kept) -> dict[str, Any]:
    sitting, paper = kept.sitting, kept.sitting.paper
    finished = kept.started + timedelta(milliseconds=sitting.finished_at) if sitting.finished_at is not None else None
    return {
        "id": kept.id,
        "title": paper.title,
        "state": state(sitting),
        "started": _instant(kept.started),
        "finished": _instant(finished) if finished is not None else None,
        "end": sitting.end,
        "official": sitting.official,
        "preset": paper.rules.name,
        "practice": paper.rules.practice,
        "rehearsal": paper.rules.rehearsal,
        "forward_only": paper.rules.forward_only,
        "extra_time": paper.rules.extra_time,
        "email": sitting.emailed,
        "seed": paper.seed,
        "versions": dict(paper.versions),
    }


def _tally(tally: Tally) -> dict[str, Any]:
    low, high = tally.interval
    share = tally.share if tally.of else None
    return {"right": tally.right, "of": tally.of, "share": share, "low": low, "high": high}


def _answer(kept: Kept, one: Answer) -> dict[str, Any]:
    question, attempt = one.question, one.attempt
    return {
        "number": one.number + 1,
        "card": question.card,
        "deck": question.deck,
        "kind": question.kind.value,
        "topic": question.topic,
        "seen": question.seen,
        "sealed": question.sealed,
        "prompt": question.prompt,
        "front": question.front,
        "options": [
            {
                "letter": letter(place),
                "text": option.text,
                "correct": option.correct,
                "reason": option.reason,
                "mistake": option.mistake or None,
                "struck": place in attempt.struck,
            }
            for place, option in enumerate(question.options)
        ],
        "outcome": one.outcome.value,
        "key": letter(question.right),
        "saved": letter(one.saved.option) if one.saved is not None else None,
        "guess": one.saved.guess if one.saved is not None else None,
        "draft": letter(one.picked) if one.picked is not None else None,
        "saves": [{"at": save.at, "letter": letter(save.option), "guess": save.guess} for save in attempt.saves],
        "shown_at": attempt.shown_at,
        "used": one.used,
        "limit": kept.sitting.paper.limit(one.number),
        "explanation": question.explanation,
        "source": question.source,
        "simulation": question.simulation or None,
        "parameters": plain(question.parameters),
        "claims": list(question.claims),
        "run": command(question) if question.simulation else None,
    }


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
