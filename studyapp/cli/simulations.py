"""`studyapp run` and `studyapp verify`: simulations by name, and every one that a card relies on."""

from __future__ import annotations

import asyncio
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from studyapp.cli.common import Call, common, json_option, print_json, print_table, say
from studyapp.lab import ConsentError, Laboratory
from studyapp.simulation import Description, ParameterError, Run, Verdict, claim_numbers
from studyapp.verification import Failure, Verification

SIGNS = {Verdict.HOLDS: "✓", Verdict.FAILS: "✗", Verdict.SILENT: "·"}


@click.command(
    short_help="Run a simulation by name; alone, list them all.",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--help", "-h", "wants_help", is_flag=True, help="Show this, or a simulation's parameters.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Seed of the run.")
@click.option("--figure", type=click.Path(path_type=Path, dir_okay=False), help="Write the figure as PNG or SVG.")
@json_option
@common
def run(
    call: Call, arguments: tuple[str, ...], wants_help: bool, seed: int, figure: Path | None, as_json: bool
) -> int | None:
    """Run the simulation NAME with its parameters; without NAME, list all simulations.

    \b
    studyapp run
    studyapp run softmax_output --help
    studyapp run softmax_output --temperature 2 --seed 7
    studyapp run exploding_gradients --activation relu --gain 1.5 --figure gradients.png
    studyapp run my_own.py --json
    """
    if not arguments and wants_help:
        click.echo(click.get_current_context().get_help())
        return None
    with call.library() as library:
        laboratory = library.laboratory
        return asyncio.run(_run(laboratory, arguments, wants_help, seed, figure, as_json))


async def _run(
    laboratory: Laboratory, arguments: Sequence[str], wants_help: bool, seed: int, figure: Path | None, as_json: bool
) -> int | None:
    try:
        if not arguments:
            return await _list(laboratory, as_json)
        name, given = arguments[0], arguments[1:]
        if name.startswith("-"):
            raise click.UsageError(f"the simulation's name comes first, before {name}")
        description = await _described(laboratory, name)
        if wants_help:
            _explain(description)
            return None
        try:
            parameters = description.accept(options_of(description, given))
        except ParameterError as error:
            raise click.UsageError(str(error)) from None
        done = await laboratory.run(name, parameters, seed, _Bar().show if sys.stderr.isatty() else None)
        if as_json:
            print_json(run_json(done))
        else:
            _report(description, done)
        if figure is not None:
            if not done.figures:
                raise click.ClickException(f"{description.name} draws no figure")
            await laboratory.draw(done.figures[0], figure.absolute())
            click.echo(f"figure written to {figure}", err=True)
    finally:
        await laboratory.close()
    return None


async def _described(laboratory: Laboratory, name: str) -> Description:
    try:
        return await laboratory.describe(name)
    except ConsentError as asked:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise
        say(f"{asked.source.path} is your own file and has not run before. This is what it says:\n")
        click.echo_via_pager(asked.source.code.decode())
        say("It runs in a process of its own with limits, which is not a sandbox: it can do what you can do.")
        if not click.confirm(f"Run {asked.source.name}, now and whenever it is unchanged?"):
            raise click.ClickException(f"{asked.source.name} was not run") from None
        laboratory.consent(asked.source)
        return await laboratory.describe(name)


async def _list(laboratory: Laboratory, as_json: bool) -> int | None:
    known, wrong = await laboratory.descriptions()
    if as_json:
        print_json([{"simulation": one.name, "title": one.title, "summary": one.summary} for one in known.values()])
    else:
        print_table(("simulation", "what it shows"), [(one.name, one.title) for one in known.values()])
        say("\nstudyapp run NAME --help shows its parameters; studyapp run NAME runs it.")
    for problem in wrong:
        click.echo(f"studyapp: {problem}", err=True)
    return 1 if wrong else None


def options_of(description: Description, given: Sequence[str]) -> dict[str, object]:
    """The parameters written as `--name value`, `--name=value`, or `--name` and `--no-name` for a switch.

    `-` and `_` in names are alike. Raises click.UsageError for anything else.
    """
    kinds = {one.name: one.kind for one in description.parameters}
    found: dict[str, object] = {}
    rest = list(given)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            raise click.UsageError(f"{word!r} is no option; parameters are written --name value")
        name, equals, value = word[2:].partition("=")
        name = name.replace("-", "_")
        if kinds.get(name) == "bool" and not equals and (not rest or rest[0].startswith("--")):
            found[name] = True
        elif name.startswith("no_") and kinds.get(name[3:]) == "bool" and not equals:
            found[name[3:]] = False
        elif equals:
            found[name] = value
        elif name not in kinds:
            found[name] = ""  # refused by its name, with the nearest one
            rest = rest[1:] if rest and not rest[0].startswith("--") else rest
        elif rest:
            found[name] = rest.pop(0)
        else:
            raise click.UsageError(f"--{name} wants a value")
    return found


def _explain(description: Description) -> None:
    say(f"{description.title}\n\n{description.summary}\n")
    rows = [
        (f"--{one.name}", _plain(one.default), one.bounds, one.help + (f" [{one.unit}]" if one.unit else ""))
        for one in description.parameters
    ]
    print_table(("parameter", "default", "bounds", ""), rows)
    if description.values:
        say("\nvalues that cards can ask for")
        for value in description.values:
            say(f"  {value.name}: {value.meaning}")
    if description.claims:
        say("\nclaims")
        for claim in description.claims:
            say(f"  {claim.name}: {claim.sentence}" + (f" ({claim.domain})" if claim.domain else ""))


def _plain(value: object) -> str:
    return ",".join(f"{one:g}" for one in value) if isinstance(value, tuple) else str(value)


def _report(description: Description, done: Run) -> None:
    say(f"{description.title}   seed {done.seed}, {done.seconds:.2f} s, NumPy {done.numpy}")
    say("  ".join(f"{name}={_plain(value)}" for name, value in done.parameters.items()) + "\n")
    rows = [(name, brief(value), brief(done.expected.get(name))) for name, value in done.values.items()]
    print_table(("value", "measured", "expected"), rows)
    click.echo()
    for claim in done.claims:
        if claim.verdict is Verdict.SILENT:
            continue
        say(f"{SIGNS[claim.verdict]} {claim.name} {claim.verdict}: {claim.sentence}")
        say(f"    {claim_numbers(claim)}")
    silent = [claim.name for claim in done.claims if claim.verdict is Verdict.SILENT]
    if silent:
        say(f"· not about these parameters: {', '.join(silent)}")


def brief(value: object) -> str:
    """A number, or an array by its ends."""
    if value is None:
        return ""
    if isinstance(value, list):
        shown = [brief(one) for one in (value if len(value) <= 6 else [*value[:3], *value[-2:]])]
        if len(value) > 6:
            shown.insert(3, "...")
        return f"[{', '.join(shown)}]" + (f" ({len(value)})" if len(value) > 6 else "")
    return _number(value) if isinstance(value, int | float) else str(value)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.5g}"


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


def finite(value: float | None) -> float | None:
    """The number, or None (null in JSON) for what JSON has no word for."""
    return value if value is not None and math.isfinite(value) else None


@click.command(short_help="Run every simulation that a card relies on.")
@click.argument("deck", nargs=-1)
@click.option("--seeds", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Draws of each card.")
@json_option
@common
def verify(call: Call, deck: tuple[str, ...], seeds: int, as_json: bool) -> int:
    """Run every simulation that a card of the DECKs (all, if none is named) relies on; exit 1 if a claim fails.

    \b
    studyapp verify
    studyapp verify lesson-1 --seeds 20
    """
    with call.library() as library:
        chosen = set(library.matching(deck))
        cards = [card for card in library.store.cards() if not chosen or card.deck in chosen]
        begun = time.perf_counter()
        bar = _Bar()

        async def work() -> Verification:
            from studyapp.verification import verify as verified

            laboratories = [library.another_laboratory() for _ in range(max(1, os.cpu_count() or 1))]
            try:
                return await verified(laboratories, cards, seeds, bar.count if sys.stderr.isatty() else _quiet)
            finally:
                await asyncio.gather(*(one.close() for one in laboratories))

        found = asyncio.run(work())
        library.verified(cards, seeds, found)
    seconds = time.perf_counter() - begun
    if as_json:
        print_json(verification_json(found, seeds, seconds))
    else:
        for failure in found.failures:
            say(_failure_line(failure))
        failed = len({failure.card for failure in found.failures})
        verdict = f"{failed} of {found.cards} cards failed" if failed else f"all {found.cards} cards hold"
        say(f"{verdict}: {found.runs} runs, {found.claims} claims, {seeds} seeds, {seconds:.1f} s")
    return 1 if found.failures else 0


def _failure_line(failure: Failure) -> str:
    parameters = ", ".join(f"{name}={_plain(value)}" for name, value in failure.parameters.items())
    return f"✗ {failure.card}: {failure.simulation}({parameters}) seed {failure.seed}: {failure.what}"


def verification_json(found: Verification, seeds: int, seconds: float) -> dict[str, Any]:
    """A verification as `studyapp verify --json` prints it."""
    return {
        "cards": found.cards,
        "runs": found.runs,
        "claims": found.claims,
        "seeds": seeds,
        "seconds": round(seconds, 3),
        "failures": [
            {
                "card": failure.card,
                "simulation": failure.simulation,
                "parameters": dict(failure.parameters),
                "seed": failure.seed,
                "claim": failure.claim,
                "what": failure.what,
                "measured": finite(failure.measured),
                "expected": finite(failure.expected),
                "low": finite(failure.low),
                "high": finite(failure.high),
            }
            for failure in found.failures
        ],
    }


def _quiet(done: int, of: int) -> None:
    """No progress: nobody watches."""


class _Bar:
    """A progress bar on the terminal's one line, redrawn ten times a second at most and wiped at the end."""

    WIDTH = 30

    def __init__(self) -> None:
        self._shown = 0.0

    def show(self, fraction: float) -> None:
        """Show a fraction from 0 to 1."""
        if fraction >= 1:
            click.echo("\r\x1b[K", err=True, nl=False)
        elif time.monotonic() - self._shown > 0.1:
            self._shown = time.monotonic()
            filled = round(self.WIDTH * fraction)
            click.echo(f"\r{'█' * filled}{'░' * (self.WIDTH - filled)} {100 * fraction:3.0f} %", err=True, nl=False)

    def count(self, done: int, of: int) -> None:
        """Show that so many of so many are done."""
        self.show(done / of)
