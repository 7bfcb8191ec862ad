"""The text of one function out of a simulation's source, to be shown beside another."""

from __future__ import annotations

import ast


def definition(source: str, name: str) -> str:
    """The function of this name at the top of the file as it is written, without its decorators; "" without one."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
    return ""
