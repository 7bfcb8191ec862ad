"""Which arguments each macro takes, told to pylatexenc so that it splits a formula as TeX would."""

from __future__ import annotations

from functools import cache
from typing import Any

from pylatexenc.macrospec import (  # type: ignore[import-untyped]
    EnvironmentSpec,
    LatexContextDb,
    MacroSpec,
    MacroStandardArgsParser,
    SpecialsSpec,
)

from studyapp.formulas.symbols import ACCENTS, ALPHABETS, names

TEXTS = names("text textrm textbf textit texttt textsf textnormal textsc textup mbox hbox intertext")
"""Macros whose argument is words and not mathematics."""
WORD_FONTS = names("mathrm mathit mathsf mathtt operatorname operatornamewithlimits")
"""Fonts in which several letters are one name."""
PLAIN_FONTS = names(
    "mathbf boldsymbol bm pmb symbf mathnormal ensuremath mathop mathrel mathbin mathord mathopen mathclose mathinner "
    "boxed smash substack hidden"
)
"""Macros that show their argument, in a shape that the terminal does without."""
FRACTIONS = names("frac dfrac tfrac nicefrac sfrac")
BINOMIALS = names("binom dbinom tbinom")
HIDDEN = names("phantom hphantom vphantom label color hspace vspace mspace")
"""Macros whose argument is not shown."""

MATRICES = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "array": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
}
CASES = names("cases dcases rcases")

TAKES: dict[str, str] = {
    **dict.fromkeys((*TEXTS, *PLAIN_FONTS, *ACCENTS, *ALPHABETS), "{"),
    **dict.fromkeys(WORD_FONTS | {"tag", "operatornamewithlimits"}, "*{"),
    **dict.fromkeys(FRACTIONS | BINOMIALS, "{{"),
    **dict.fromkeys(HIDDEN - {"hspace", "vspace"}, "{"),
    **dict.fromkeys(("hspace", "vspace"), "*{"),
    **dict.fromkeys(("overset", "underset", "stackrel", "textcolor"), "{{"),
    **dict.fromkeys(("xrightarrow", "xleftarrow", "sqrt"), "[{"),
    **dict.fromkeys(("overbrace", "underbrace", "not", "pmod", "mod", "pod"), "{"),
    "cfrac": "[{{",
}
"""The arguments of each macro in pylatexenc's notation: a star, an optional one in brackets, one in braces."""


STRUCTURE = names("left middle right over choose atop \\")
"""Macros that divide what stands around them instead of taking arguments."""


@cache
def context() -> Any:
    """pylatexenc's table of macros and environments; built once, since that takes longer than a formula."""
    known = LatexContextDb()
    known.add_context_category(
        "formulas",
        macros=[
            *(MacroSpec(name, args_parser=MacroStandardArgsParser(takes)) for name, takes in TAKES.items()),
            MacroSpec("\\", args_parser=MacroStandardArgsParser("*[", optional_arg_no_space=True)),
        ],
        environments=[
            EnvironmentSpec("array", args_parser=MacroStandardArgsParser("[{")),
            EnvironmentSpec("alignat", args_parser=MacroStandardArgsParser("{")),
            EnvironmentSpec("alignat*", args_parser=MacroStandardArgsParser("{")),
            EnvironmentSpec("alignedat", args_parser=MacroStandardArgsParser("{")),
        ],
        specials=[SpecialsSpec("&"), SpecialsSpec("~")],
    )
    known.set_unknown_macro_spec(MacroSpec(""))
    known.set_unknown_environment_spec(EnvironmentSpec(""))
    return known
