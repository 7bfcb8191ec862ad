"""The text of functions out of a simulation's source, to be shown beside each other."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Collection, Iterator


def definition(source: str, name: str) -> str:
    """The function of this name at the top of the file as it is written, without its decorators; "" without one."""
    found = (node for node in _top(source) if isinstance(node, ast.FunctionDef) and node.name == name)
    return next((_written(source, node) for node in found), "")


def called(source: str, names: Collection[str]) -> list[str]:
    """The functions of the file, and the methods and properties of its classes, that these functions name themselves.

    In the order of the file, each once, and without these functions, as `definition` shows them.
    """
    functions = list(_functions(source))
    named = {
        found.id if isinstance(found, ast.Name) else found.attr
        for node in functions
        if node.name in names
        for statement in node.body
        for found in ast.walk(statement)
        if isinstance(found, ast.Name | ast.Attribute)
    }
    return [_written(source, node) for node in functions if node.name in named and node.name not in names]


def _functions(source: str) -> Iterator[ast.FunctionDef]:
    for node in _top(source):
        for one in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(one, ast.FunctionDef):
                yield one


def _top(source: str) -> list[ast.stmt]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a file that is only shown, as of an odd escape in one of its texts
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _written(source: str, node: ast.FunctionDef) -> str:
    return textwrap.dedent(ast.get_source_segment(source, node, padded=True) or "")
