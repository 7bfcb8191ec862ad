"""Every rule of the exam has a test that states it: which, and where."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
RULES = range(1, 33)
"""What an exam guarantees, numbered; the docstring of a test that proves one begins with its number."""


def stated() -> dict[int, list[str]]:
    """The names of the tests by the numbers of the rules that their docstrings state."""
    found: dict[int, list[str]] = {}
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                said = re.match(r"Rules? ([\d, and]+)", ast.get_docstring(node) or "")
                for number in re.findall(r"\d+", said[1]) if said else ():
                    found.setdefault(int(number), []).append(f"{file.relative_to(TESTS)}::{node.name}")
    return found


def test_every_rule_is_stated_by_a_test() -> None:
    """None of the thirty-two is taken on trust, and no test states one that does not exist."""
    assert set(stated()) == set(RULES)
