"""Saves what the Lab shows: a figure as a picture, its numbers as a table, a run as JSON, by the name's ending."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from studyapp.core.experiments.table import table, table_of_runs
from studyapp.decks import DeckError, atomic
from studyapp.lab import Laboratory
from studyapp.runs.errors import SimulationError, one_line
from studyapp.runs.frames import plain
from studyapp.simulation import Figure, Run
from studyapp.tui.ask import AskLine, AskYesNo
from studyapp.tui.screen import StudyScreen

QUESTION = (
    "Save as .png or .svg (this figure), .csv or .json (the numbers), by the name's ending, "
    "in {folder} unless you name another folder:"
)


async def ask_and_save(
    screen: StudyScreen, name: str, figure: Figure, figures: Sequence[Figure], runs: Sequence[Run]
) -> None:
    """Ask for a file name, `name` and .png at first, write the file whole, and say where it is.

    A file that is there already makes way only after a yes; after a no, and after a name that will not do, that name
    is there to be changed.
    """
    given, wrong, question = f"{name}.png", "", QUESTION.format(folder=Path.cwd())
    while given := await screen.app.push_screen_wait(AskLine(wrong + question, given, "save it")):
        try:
            file, there = placed(given)
            asked = AskYesNo(f"{file.name} is there already, in {file.parent}.", "replace it", "another name")
            if there and (await screen.app.push_screen_wait(asked)) is not True:
                wrong = ""
                continue
            await save(file, screen.library.laboratory, figure, figures, runs)
        except (SimulationError, DeckError) as error:
            wrong = f"! {error}\n"
        else:
            screen.study_app.say(f"Saved as {file}")
            break


def placed(given: str) -> tuple[Path, bool]:
    """The file that is meant by a name, and whether it is there; SimulationError for what cannot be the name of one."""
    try:
        file = Path(given).expanduser().absolute()
        if file.is_dir():
            raise SimulationError(given, "this is a folder", "name a file in it")
        return file, file.exists()
    except RuntimeError:
        raise SimulationError(given, "there is no such home folder", "write the whole path") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SimulationError(one_line(given, 40), f"this cannot be the name of a file: {why}", "shorten it") from None


async def save(
    file: Path, laboratory: Laboratory, figure: Figure, figures: Sequence[Figure], runs: Sequence[Run]
) -> None:
    """Write a picture of the figure, or the numbers of the runs and figures; an older file makes way.

    SimulationError for any other ending and for a place that cannot be written.
    """
    alone = len(runs) == 1 and bool(runs[0].figures)  # the runs of an experiment have none of their own
    match file.suffix.lower():
        case ".csv":
            text = table(runs, figures) if runs[0].figures else table_of_runs(runs)
        case ".json":
            told = [plain(run) for run in runs]
            rest = {"figures": [plain(one) for one in figures]}
            text = json.dumps(told[0] if alone else {"runs": told, **rest}, indent=1) + "\n"
        case ".png" | ".svg":
            await laboratory.draw(figure, file)
            return
        case _:
            remedy = "give it a name that ends in .png, .svg, .csv or .json"
            raise SimulationError(file.name, "this is no kind of figure or table", remedy)
    atomic(file, text.encode())
