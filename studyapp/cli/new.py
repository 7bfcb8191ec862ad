"""`studyapp new`: begins a simulation of one's own."""

from __future__ import annotations

import click

from studyapp.cli.common import Call, Group, common
from studyapp.cli.printing import say


@click.group(cls=Group, invoke_without_command=True, short_help="Begin a simulation of your own.")
@common
def new(call: Call) -> None:  # noqa: ARG001 - what it is called with is for the command below it
    """Begin something of your own: a small complete file, to be changed.

    \b
    studyapp new simulation my_idea
    """
    if click.get_current_context().invoked_subcommand is None:
        raise click.UsageError("say what is to be new; `studyapp new simulation NAME` begins a simulation")


@new.command(short_help="Write a small working simulation.")
@click.argument("name")
@common
def simulation(call: Call, name: str) -> None:
    """Write NAME.py into the simulations folder of the data folder: an example that runs and holds, to be changed.

    No file is ever overwritten. NAME is written in lower_snake_case, and no shipped simulation has it.

    \b
    studyapp new simulation my_idea
    """
    with call.library() as library:
        path = library.new_simulation(name)
        run, verify, home = (library.here(one) for one in (f"studyapp run {name}", "studyapp verify --all", "studyapp"))
    say(f"{path} is yours to change. Next:\n")
    for command, what in (
        (run, "shows the file, asks whether it may run, and runs it"),
        (verify, "judges what it claims, with all the others"),
        (home, f"and x: the Lab, where {name} is listed"),
    ):
        say(f"  {command}\n      {what}")
