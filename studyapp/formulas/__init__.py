"""Formulas in the terminal: LaTeX laid out in characters, with brackets wherever flattening could change a meaning.

Importing this costs nothing: the tables and pylatexenc's parser are loaded with the first formula.
"""

from studyapp.formulas.showing import displayed, fault, linear, unknown_macros

__all__ = ["displayed", "fault", "linear", "unknown_macros"]
