"""The text of one function out of a simulation's source, to be shown beside another."""

from __future__ import annotations

import ast
import warnings


def definition(source: str, name: str) -> str:
    """The function of this name at the top of the file as it is written, without its decorators; "" without one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a file that is only shown, as of an odd escape in one of its texts
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_source_segment(source, node) or ""
    return ""
