"""What a run beside an answer says: that it was made just now, and what its claims found."""

from __future__ import annotations

from textual.content import Content

from studyapp.simulation import Run, Verdict, claim_numbers
from studyapp.tui.card_text import plain
from studyapp.tui.review_text import BOLD, DIM, RIGHT, WRONG, beside

SIGNS = {Verdict.HOLDS: RIGHT, Verdict.FAILS: WRONG, Verdict.SILENT: "·"}


def run_line(run: Run, claims: tuple[str, ...], width: int) -> Content:
    """That it ran just now, with which seed, what its claims say, and whether it printed."""
    shown = [claim for claim in run.claims if claim.name in claims]
    lines = [
        Content.assemble(
            (f"{RIGHT} run just now ", BOLD), (f"(seed {run.seed}, {run.seconds:.2f} s)   {run.simulation}", DIM)
        )
    ]
    for claim in shown:
        sign = SIGNS[claim.verdict]
        lines.append(beside(Content(f"{sign} "), plain(f"{claim.sentence}: {claim_numbers(claim)}"), width))
    for name in claims:
        if name not in {claim.name for claim in run.claims}:
            words = f"{run.simulation} has no claim {name!r}, so nothing backs this card; `studyapp check` says more"
            lines.append(beside(Content(f"{WRONG} "), plain(words), width))
    if run.remark:
        lines.append(beside(Content("· "), plain(run.remark).stylize(DIM), width))
    return Content("\n").join(lines)
