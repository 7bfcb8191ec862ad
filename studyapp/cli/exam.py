"""`studyapp exam`: sit an exam, resume the one that runs, or write a paper with its answer key to a file."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studyapp.cli.arguments import Number, Whole, Written
from studyapp.cli.common import Call, common, on_terminal
from studyapp.cli.printing import Bar, counted, one_line, say, warn
from studyapp.core.exam.making import LARGEST_SEED
from studyapp.presets import ExamPlan, ExamRequest, ends_at, plan

if TYPE_CHECKING:
    from studyapp.exams import Made
    from studyapp.library import Library

PAPER = Written("paper", ".md", ".html")

CONTENT = ("deck", "part", "tag")
"""The options that say what a paper is about; any of them replaces all that a preset says of it."""
REHEARSED = ("extra_time", "take_over", "seed")
"""The options that a rehearsal knows."""
FIXED = ("deck", "preset", "part", "tag", "questions")
"""The options that a paper like another one leaves no room for."""


@click.command(short_help="Sit an exam, resume it, or print a paper.")
@click.argument("deck", nargs=-1)
@click.option("--preset", metavar="NAME", help="Its questions and rules; see below.")
@click.option("--part", multiple=True, help="Only questions of this part of a deck; may be repeated.")
@click.option("--tag", multiple=True, help="Only questions with this tag; may be repeated.")
@click.option("--questions", type=Whole(1, 500), help="How many (24).")
@click.option("--seconds", type=Number(1, 3600), help="For each (60, and 120 for a computed one).")
@click.option("--minutes", type=Number(1, 1440), help="For the whole exam (the questions' limits and a quarter).")
@click.option("--ends", metavar="HH:MM", help="The official end: until then results stay hidden.")
@click.option("--practice", is_flag=True, help="Keep it out of the question statistics.")
@click.option("--rehearsal", is_flag=True, help="Two minutes to learn the setting: five trivial questions.")
@click.option("--extra-time", type=Number(1, 4), help="A factor for all limits, as 1.25.")
@click.option("--free/--forward-only", default=None, help="Whether questions may be taken up again (no).")
@click.option("--seed", type=Whole(0, LARGEST_SEED), help="The same seed makes the same paper from the same decks.")
@click.option("--like", metavar="ID", help="The questions of a sitting again, with new numbers and order.")
@click.option("--take-over", is_flag=True, help="Resume the exam that another terminal has open.")
@click.option("--print", "paper", type=PAPER, help="Write the paper and its answer key as .md or .html instead.")
@common
def exam(call: Call, **given: Any) -> None:
    """Sit an exam over all decks, or over the DECKs named by title or file; while one runs, resume it.

    It is closed book: until it is over, other commands are refused. Its time never stops.

    \b
    studyapp exam --rehearsal
    studyapp exam --preset course
    studyapp exam lesson-1 --questions 10 --seconds 90 --practice
    studyapp exam --preset course --seed 7 --print paper.html

    The preset `course` follows a course's own rules. Your own are files exams/NAME.toml in the data folder, with the
    keys title, questions, decks, parts, tags, seconds, minutes, ends, forward_only, email, practice, extra_time and
    oral (so many questions to explain in words afterwards). Options given here come before a preset's.
    """
    options = {name: value for name, value in given.items() if value is not None and value is not False and value != ()}
    if given["free"] is False:
        options["free"] = False
    _check(options)
    if "paper" in options:
        with call.library(closed_book=False) as library:
            _refuse_while_running(library, options)
            _print(library, _request(library, options), options["paper"])
    elif on_terminal():
        _sit(call, options)
    else:
        raise click.ClickException("an exam needs a terminal; --print FILE.md (or .html) writes a paper")


def _check(options: Mapping[str, Any]) -> None:
    """Wrong usage where two options cannot both be meant."""
    if "rehearsal" in options:
        _leave_out("--rehearsal always has the same questions", options.keys() - {"rehearsal", *REHEARSED})
    if "like" in options:
        _leave_out("--like asks what that sitting asked", options.keys() & set(FIXED))
    if "paper" in options:
        _leave_out("--print only writes a paper", options.keys() & {"ends", "take_over"})
    if {"minutes", "ends"} <= options.keys():
        raise click.UsageError("--minutes and --ends both say when it is over; give one of them")


def _leave_out(why: str, given: set[str]) -> None:
    if given:
        names = (_name(name) for name in sorted(given))
        raise click.UsageError(f"{why}; leave out {', '.join(names)}")


def _name(option: str) -> str:
    names = {"deck": "the DECKs", "paper": "--print", "free": "--free or --forward-only"}
    return names.get(option, f"--{option.replace('_', '-')}")


# --- sitting --------------------------------------------------------------------------------------


def _sit(call: Call, options: Mapping[str, Any]) -> None:
    from studyapp.cli.study import ended, tell_of_exam
    from studyapp.tui.app import StudyApp

    import_module("studyapp.tui.exam_lobby")  # before the store is opened, see Call.library
    with call.library(closed_book=False) as library:
        resumed = _refuse_while_running(library, options)
        if resumed:
            warn(resumed)
        elif "take_over" in options:
            raise click.ClickException("no exam is running; leave --take-over out")
        request = ExamRequest(take_over="take_over" in options) if resumed else _request(library, options)
        app = StudyApp(library, start="exam", exam=request, debug=call.debug)
        app.run()
        tell_of_exam(library)
    ended(call, app)


def _refuse_while_running(library: Library, options: Mapping[str, Any]) -> str:
    """Which exam runs and is resumed, as one line, empty if none; ClickException for options that are for a new one."""
    running = library.exams.running()
    if running is None:
        return ""
    which = one_line(f"{running.title} ({running.id})")
    others = sorted(options.keys() - {"take_over"})
    if others:
        names = ", ".join(_name(name) for name in others)
        raise click.ClickException(f"{which} is running; `studyapp exam` alone resumes it, {names} must wait")
    return f"resuming {which}"


def _request(library: Library, options: Mapping[str, Any]) -> ExamRequest:
    """What is to be sat: the preset, or the sitting to be repeated, with the options before it."""
    found = _plan(library, options)
    return ExamRequest(
        found,
        seed=options.get("seed"),
        ends=ends_at(found.ends, library.now()) if found.ends and "paper" not in options else None,
        rehearsal="rehearsal" in options,
        like=options.get("like", ""),
    )


def _plan(library: Library, options: Mapping[str, Any]) -> ExamPlan:
    if "like" in options:
        paper = library.exams.load(options["like"]).sitting.paper
        if paper.rules.rehearsal:
            raise click.ClickException(
                f"{options['like']} was a rehearsal; `studyapp exam --rehearsal` is the same again"
            )
        found = library.exams.again(paper)
    elif "preset" in options:
        found = plan(library.places.home, options["preset"])
    else:
        found = ExamPlan()
    changes: dict[str, Any] = {
        name: options[name]
        for name in ("questions", "seconds", "minutes", "ends", "practice", "extra_time")
        if name in options
    }
    if "free" in options:
        changes["forward_only"] = not options["free"]
    if "minutes" in options:
        changes["ends"] = ""
    if "ends" in options:
        changes["minutes"] = None
    if options.keys() & set(CONTENT):  # and the paper is called after what it is about
        decks, parts, tags = (tuple(options.get(name, ())) for name in CONTENT)
        changes |= {"decks": decks, "parts": parts, "tags": tags, "title": ""}
    found = dataclasses.replace(found, **changes)
    return dataclasses.replace(found, decks=library.matching(found.decks))


# --- printing -------------------------------------------------------------------------------------


def _print(library: Library, request: ExamRequest, path: Path) -> None:
    """Write the paper that a sitting with these options and this seed asks."""
    from studyapp.decks import atomic
    from studyapp.exam_pages import paper_html, paper_markdown

    made = asyncio.run(_made(library, request))
    for line in made.left_out:
        warn(line)
    written = paper_html if path.suffix.lower() == ".html" else paper_markdown
    atomic(path.absolute(), written(made.paper, minutes=request.plan.minutes).encode())
    number = counted(len(made.paper.questions), "question")
    say(f"{number} and the key written to {path}; with --seed {made.paper.seed} in place of --print they can be sat")


async def _made(library: Library, request: ExamRequest) -> Made:
    found = request.plan
    try:
        with Bar() as bar:
            return await library.exams.make(
                found.blueprint(), found.rules(), title=found.title, seed=request.seed, progress=bar.count
            )
    finally:
        await library.close_laboratory()
