"""Reads a formula in two dimensions back into one line, as somebody would who looks at it column by column.

What stands over a bar and under it is a fraction, what stands higher than its neighbours a power, what a root's bar
covers is under the root. Whatever could be taken two ways is an error.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.formulas.evaluator import LOWERED, RAISED

_TALL = {"⎛": "⎞"}


class _Region:
    """A part of the picture: rows and columns from the first up to the last, blank edges cut off."""

    def __init__(self, lines: Sequence[str]) -> None:
        rows = [at for at, line in enumerate(lines) if line.strip()]
        assert rows, "nothing where something should stand"
        kept = lines[rows[0] : rows[-1] + 1]
        left = min(len(line) - len(line.lstrip()) for line in kept if line.strip())
        width = max(map(len, kept))
        self.lines = [line.ljust(width)[left:].ljust(width - left) for line in kept]
        self.width = max(len(line.rstrip()) for line in self.lines)
        self.baseline: int | None = None

    def part(self, rows: range, columns: range) -> list[str]:
        return [self.lines[row][columns.start : columns.stop] for row in rows]

    def column(self, at: int) -> dict[int, str]:
        """The row and the sign of all that stands in a column."""
        return {row: line[at] for row, line in enumerate(self.lines) if line[at] != " "}

    def settle(self, baseline: int) -> None:
        """All that stands side by side stands at one height."""
        assert self.baseline in (None, baseline), "\n".join(self.lines)
        self.baseline = baseline

    def read(self) -> str:
        text: list[str] = []
        at = 0
        while at < self.width:
            signs = self.column(at)
            if not signs:
                text.append(" ")
                at += 1
            elif self.baseline is not None and self.is_raised(signs):
                at = self.power(at, text)
            elif len(signs) > 1 and signs[min(signs)] in _TALL:
                at = self.bracket(at, min(signs), text)
            elif bars := [row for row, sign in signs.items() if sign == "─"]:
                (bar,) = bars
                at = self.fraction(at, bar, text)
            elif roots := [row for row, sign in signs.items() if sign in "√∛∜"]:
                (row,) = roots
                at = self.root(at, row, text)
            else:
                assert len(signs) == 1, "\n".join(self.lines)
                ((row, sign),) = signs.items()
                self.settle(row)
                text.append(sign)
                at += 1
        return "".join(text).strip()

    def bracket(self, at: int, top: int, text: list[str]) -> int:
        """What a tall bracket and its partner enclose."""
        depth, end = 0, at
        while end < self.width:
            depth += (self.lines[top][end] == "⎛") - (self.lines[top][end] == "⎞")
            if depth == 0:
                break
            end += 1
        bottom = next(row for row in range(top, len(self.lines)) if self.lines[row][at] == "⎝")
        assert [self.lines[row][end] for row in (top, bottom)] == ["⎞", "⎠"]
        assert set(self.column(at)) == set(range(top, bottom + 1)) == set(self.column(end))
        rows = range(top, bottom + 1)
        inner = _Region(self.part(rows, range(at + 1, end)))
        text.append(f"({inner.read()})")
        blank = next(row for row in rows if self.lines[row][at + 1 : end].strip())
        assert inner.baseline is not None
        self.settle(blank + inner.baseline)
        return end + 1

    def fraction(self, at: int, bar: int, text: list[str]) -> int:
        self.settle(bar)
        end = at
        while end < self.width and self.lines[bar][end] == "─":
            end += 1
        columns = range(at, end)
        above = _Region(self.part(range(bar), columns))
        below = _Region(self.part(range(bar + 1, len(self.lines)), columns))
        text.append(f"(({above.read()})/({below.read()}))")
        return end

    def root(self, at: int, row: int, text: list[str]) -> int:
        """A bar on the line above covers one line; beside a wall, all that stands under it."""
        sign = self.lines[row][at]
        if self.lines[row][at + 1 : at + 2] == "│":
            top = next(above for above in range(row, -1, -1) if self.lines[above][at + 1] == "┌")
            end = at + 2
            while end < self.width and self.lines[top][end] == "─":
                end += 1
            rows = range(top + 1, row + 1)
            inner = _Region(self.part(rows, range(at + 2, end)))
            text.append(f"{sign}({inner.read()})")
            blank = next(one for one in rows if self.lines[one][at + 2 : end].strip())
            assert inner.baseline is not None
            self.settle(blank + inner.baseline)
            return end
        self.settle(row)
        end = at + 1
        while row and end < self.width and self.lines[row - 1][end] == "_":
            end += 1
        covered = self.lines[row][at + 1 : end]
        text.append(f"{sign}({covered})" if covered else sign)
        return end

    def is_raised(self, signs: dict[int, str]) -> bool:
        """Whether a column has nothing lower than the raised row, or a small letter of the base's subscript."""
        assert self.baseline is not None
        here = signs.get(self.baseline, " ")
        return (
            min(signs) < self.baseline == max(signs) and here in LOWERED if here != " " else max(signs) < self.baseline
        )

    def power(self, at: int, text: list[str]) -> int:
        """What stands higher, up to where something else than a subscript stands at the baseline again, or below it."""
        assert self.baseline is not None
        end = at
        while end < self.width and self.lines[self.baseline][end] in {" ", *LOWERED}:
            if max(self.column(end), default=0) > self.baseline:  # the sign of a tall root
                break
            end += 1
        text += self.lines[self.baseline][at:end].split()
        raised = _Region(self.part(range(self.baseline), range(at, end))).read()
        assert text, "nothing that is raised"
        assert text[-1] != " ", "a blank that is raised"
        text.append(raised if set(raised) <= RAISED.keys() else f"^({raised})")
        if end < self.width:
            text.append(" ")
        return end


def read_back(lines: Sequence[str]) -> str:
    """The picture on one line, with brackets around all that stood apart."""
    return _Region(lines).read()
