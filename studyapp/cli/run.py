"""`studyapp run`: any simulation by its name, with its own parameters as options."""

from __future__ import annotations

import asyncio
import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from studyapp.cli import INTERRUPTED
from studyapp.cli.arguments import Whole, Written, options_of
from studyapp.cli.common import Call, common, json_option, on_terminal
from studyapp.cli.printing import brief, finite, one_line, plain, print_json, print_table, say, visible, warn
from studyapp.cli.waiting import Waiting
from studyapp.lab import Laboratory
from studyapp.runs.finder import Source
from studyapp.simulation import Description, ParameterError, Run, Verdict, claim_numbers

SIGNS = {Verdict.HOLDS: "✓", Verdict.FAILS: "✗", Verdict.SILENT: "·"}
LARGEST_SEED = 2**63 - 1


@click.command(
    short_help="Run a simulation by name; alone, list them all.",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    options_metavar="[NAME] [--PARAMETER VALUE]... [OPTIONS]",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="")
@click.option("--help", "-h", "wants_help", is_flag=True, help="Show this, or what the simulation NAME takes.")
@click.option("--seed", type=Whole(0, LARGEST_SEED), default=0, show_default=True, help="Seed of the run.")
@click.option(
    "--figure",
    type=Written("figure", ".png", ".svg"),
    help="Write its first figure as PNG or SVG, by the name's ending.",
)
@json_option
@common
def run(
    call: Call, arguments: tuple[str, ...], wants_help: bool, seed: int, figure: Path | None, as_json: bool
) -> int | None:
    """Run the simulation NAME with its parameters; without NAME, list all simulations.

    NAME may also be the path of a file. A parameter is written --name value or --name=value, a switch also --name and
    --no-name, several numbers 1.3,5.2,2.2; `-` and `_` in names are alike.

    \b
    studyapp run
    studyapp run softmax_output --help
    studyapp run softmax_output --temperature 2 --seed 7
    studyapp run exploding_gradients --activation relu --figure gradients.png
    studyapp run my_own.py --json

    JSON: {simulation, parameters, seed, values, claims: [{id, name, measured, expected, low, high, verdict}], numpy,
    seconds}, a bound that is infinite being null; without NAME [{simulation, title, summary}, ...].
    """
    if not arguments and wants_help:
        click.echo(click.get_current_context().get_help())
        return None
    if arguments and arguments[0].startswith("-"):
        raise click.UsageError(f"the simulation's name comes first, before {arguments[0]}")
    with call.library() as library:
        if arguments and not as_json and on_terminal():
            _ask_consent(library.laboratory, arguments[0])
        try:
            return asyncio.run(_run(library.laboratory, arguments, wants_help, seed, figure, as_json))
        except KeyboardInterrupt:
            warn(f"{arguments[0] if arguments else 'run'}: stopped")
            return INTERRUPTED


async def _run(
    laboratory: Laboratory, arguments: Sequence[str], wants_help: bool, seed: int, figure: Path | None, as_json: bool
) -> int | None:
    try:
        if not arguments:
            return await _list(laboratory, as_json)
        name, given = arguments[0], arguments[1:]
        for problem in laboratory.found.problems:
            if Path(problem.path).stem == Path(name).stem in laboratory.found.sources:
                warn(str(problem))  # an own file bears the name of a shipped simulation
        async with Waiting(f"reading {name}", quiet=as_json):
            description = await laboratory.describe(name)
        if wants_help:
            _explain(description)
            return None
        try:
            parameters = description.accept(options_of(description, given))
        except ParameterError as error:
            remedy = "" if error.remedy else f"; see `studyapp run {name} --help`"
            raise click.UsageError(f"{error}{remedy}") from None
        async with Waiting(f"running {name}", quiet=as_json) as waiting:
            done = await laboratory.run(name, parameters, seed, waiting.show)
        if figure is not None:
            if not done.figures:
                raise click.ClickException(f"{description.name} draws no figure; leave --figure out")
            async with Waiting(f"drawing {figure.name}", quiet=as_json):
                await laboratory.draw(done.figures[0], figure.absolute())
        if done.remark:
            warn(f"{description.name}: {done.remark}")
        if as_json:
            print_json(run_json(done))
        else:
            _report(description, done)
        if figure is not None:
            click.echo(one_line(f"figure written to {figure}"), err=True)
    finally:
        await laboratory.close()
    return None


def _ask_consent(laboratory: Laboratory, name: str) -> None:
    """Show a file that may not run yet, and ask. Not within the event loop, which takes the first Ctrl-C for itself."""
    source = laboratory.source(name)
    if laboratory.trusted(source):
        return
    _show_source(source)
    say("It runs in a process of its own with limits, which is not a sandbox: it can do what you can do.")
    # Without a default: a key too many after the pager is asked about again, and answers nothing.
    if not click.confirm(f"Run {source.name}, now and whenever it is unchanged?", default=None):
        raise click.ClickException(f"{source.name} was not run")
    laboratory.consent(source)


def _show_source(source: Source) -> None:
    code, size = visible(source.code.decode()), shutil.get_terminal_size()
    asked = f"{source.path} is your own file and has not run in this version. You are asked whether it may"
    if code.count("\n") + 8 > size.lines:
        told = f"{visible(asked)} when you have read it (q)."
        broken = textwrap.fill(told, size.columns, break_long_words=False, break_on_hyphens=False)
        click.echo_via_pager(f"{broken}\n\n{code}")
    else:
        click.echo(f"{visible(asked)}.\n\n{code}")


async def _list(laboratory: Laboratory, as_json: bool) -> int | None:
    known, wrong = await laboratory.descriptions()
    own = [name for name, source in laboratory.found.sources.items() if not laboratory.trusted(source)]
    if as_json:
        found = [{"simulation": one.name, "title": one.title, "summary": one.summary} for one in known.values()]
        print_json([*found, *({"simulation": name, "title": None, "summary": None} for name in own)])
    else:
        rows = [(one.name, one.title) for one in known.values()]
        rows += [(name, "your own, not allowed to run yet") for name in own]
        print_table(("simulation", "what it shows"), rows)
        say("\nstudyapp run NAME --help shows its parameters; studyapp run NAME runs it.")
    for problem in wrong:
        warn(str(problem))
    return 1 if wrong else None


def _explain(description: Description) -> None:
    say(f"{description.title}\n\n{description.summary}\n")
    rows = [
        (f"--{one.name}", plain(one.default), one.bounds, one.help + (f" [{one.unit}]" if one.unit else ""))
        for one in description.parameters
    ]
    print_table(("parameter", "default", "bounds", ""), rows)
    if description.values:
        say("\nvalues that cards can ask for")
        for value in description.values:
            say(f"  {value.name}: {value.meaning}" + (f" [{value.unit}]" if value.unit else ""))
    if description.claims:
        say("\nclaims")
        for claim in description.claims:
            say(f"  {claim.name}: {claim.sentence}" + (f" ({claim.domain})" if claim.domain else ""))


def _report(description: Description, done: Run) -> None:
    say(f"{description.title}   seed {done.seed}, {done.seconds:.2f} s, NumPy {done.numpy}")
    say("  ".join(f"{name}={plain(value)}" for name, value in done.parameters.items()) + "\n")
    rows = [(name, brief(value), brief(done.expected.get(name))) for name, value in done.values.items()]
    print_table(("value", "measured", "expected"), rows)
    click.echo()
    for claim in done.claims:
        if claim.verdict is not Verdict.SILENT:
            say(f"{SIGNS[claim.verdict]} {claim.name} {claim.verdict}: {claim.sentence}")
            say(f"    {claim_numbers(claim)}")
    silent = [claim.name for claim in done.claims if claim.verdict is Verdict.SILENT]
    if silent:
        say(f"{SIGNS[Verdict.SILENT]} not about these parameters: {', '.join(silent)}")


def run_json(done: Run) -> dict[str, Any]:
    """A run as `studyapp run --json` prints it; a bound that is infinite is null."""
    return {
        "simulation": done.simulation,
        "parameters": dict(done.parameters),
        "seed": done.seed,
        "values": dict(done.values),
        "claims": [
            {
                "id": claim.id,
                "name": claim.name,
                "measured": finite(claim.measured),
                "expected": finite(claim.expected),
                "low": finite(claim.low),
                "high": finite(claim.high),
                "verdict": claim.verdict.value,
            }
            for claim in done.claims
        ],
        "numpy": done.numpy,
        "seconds": round(done.seconds, 6),
    }
