r"""What each macro's sign is: the whole table, a line for each, with the name that Unicode gives the sign.

The file is read by eye: is GREATER-THAN OR EQUAL TO what `\geq` should be? After a change of the table:

    python -m tests.formulas.test_symbols && git diff tests/formulas/symbols.txt
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]
from pylatexenc.latexencode import get_builtin_uni2latex_dict  # type: ignore[import-untyped]

from studyapp.formulas import linear, symbols
from studyapp.formulas.signs import sign_of

GOLDEN = Path(__file__).with_name("symbols.txt")
TABLES = ("ORDINARY", "BINARY", "ADDITIVE", "RELATION", "BIG", "OPENING", "CLOSING", "BARS")
MACROS = {macro: sign for table in TABLES for macro, sign in getattr(symbols, table).items()}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def rows() -> Iterator[str]:
    """The table as the file has to hold it: by what part the signs play, then accents, alphabets and small letters."""
    for table in TABLES:
        yield f"# {table}"
        for macro in getattr(symbols, table):
            shown = sign_of(macro)
            assert shown is not None
            yield f"\\{macro} {shown.text} {_names(shown.text)}"
        yield ""
    yield from ("# WORDS", *(f"\\{word} {word}" for word in sorted(symbols.WORDS)), "")
    yield from ("# SPACES", *(f"\\{macro!r} {len(space)}" for macro, space in symbols.SPACES.items()), "")
    yield from ("# DROPPED", *(f"\\{macro}" for macro in sorted(symbols.DROPPED)), "")
    yield from ("# ACCENTS", *(f"\\{macro} x{mark} {_names(mark)}" for macro, mark in symbols.ACCENTS.items()), "")
    for alphabet in symbols.ALPHABETS:
        yield f"# {alphabet} {''.join(symbols.styled(alphabet, letter) for letter in LETTERS + '0123456789')}"
    yield f"# RAISED {' '.join(''.join(pair) for pair in symbols.RAISED.items())}"
    yield f"# LOWERED {' '.join(''.join(pair) for pair in symbols.LOWERED.items())}"
    yield "# TYPED"
    for sign, role in sorted(symbols.SIGNS.items()):
        yield f"{sign} {role.name} {_names(sign)}"


def _names(text: str) -> str:
    return text if text == "mod" else ", ".join(unicodedata.name(sign) for sign in text)


def test_every_macro_has_the_sign_that_was_looked_at() -> None:
    """A difference is either a mistake or has been looked at, and then the file is written anew."""
    assert "\n".join(rows()) + "\n" == GOLDEN.read_text(encoding="utf-8"), __doc__


GREEK = {
    "epsilon": "GREEK LUNATE EPSILON SYMBOL", "varepsilon": "GREEK SMALL LETTER EPSILON",
    "phi": "GREEK PHI SYMBOL", "varphi": "GREEK SMALL LETTER PHI", "vartheta": "GREEK THETA SYMBOL",
    "varkappa": "GREEK KAPPA SYMBOL", "varpi": "GREEK PI SYMBOL", "varrho": "GREEK RHO SYMBOL",
    "varsigma": "GREEK SMALL LETTER FINAL SIGMA",
}  # fmt: skip
"""TeX's two forms of a letter: Unicode calls the form that TeX has without `var` the letter, but for these."""


def test_greek_letters_have_their_own_names() -> None:
    r"""`\alpha` is GREEK SMALL LETTER ALPHA and `\Gamma` the capital one; Unicode writes lambda without its b."""
    greek = {macro: sign for macro, sign in symbols.ORDINARY.items() if "GREEK" in unicodedata.name(sign)}
    assert len(greek) == 31 + 11
    for macro, sign in greek.items():
        letter = macro.upper().replace("LAMBDA", "LAMDA")
        size = "CAPITAL" if macro[0].isupper() else "SMALL"
        assert unicodedata.name(sign) == GREEK.get(macro, f"GREEK {size} LETTER {letter}")


OTHERWISE = {
    # TeX's many dots are shown as two; Σ and the ASCII asterisk are in every font; slanted signs are shown as upright.
    "dotsb": "…", "dotsm": "…", "dotsi": "…", "sum": "∑", "ast": "∗", "leqslant": "⩽", "geqslant": "⩾",
    # There the other table has the sign for want of a better one.
    "prime": "'", "bullet": "∙", "bigoplus": "⊕", "bigotimes": "⊗",
}  # fmt: skip
"""Where the signs of pylatexenc's own table differ on purpose, what it has."""


def _elsewhere() -> dict[str, set[str]]:
    """What pylatexenc's tables, from and to Unicode, have for the macros of ours; they are not used by the program."""
    found: dict[str, set[str]] = {macro: set() for macro in MACROS}
    for code, latex in get_builtin_uni2latex_dict().items():
        macro = re.fullmatch(r"\{?\\(?:ensuremath\{)?\\?([A-Za-z]+)\}?\}?", latex.strip())
        if macro and macro[1] in found:
            found[macro[1]].add(chr(code))
    text = LatexNodes2Text(strict_latex_spaces=True)
    for macro in filter(str.isalpha, MACROS):
        found[macro].add(text.latex_to_text(f"\\{macro}").strip())
    return {macro: signs - {""} for macro, signs in found.items() if signs - {""}}


def test_signs_are_those_of_an_independent_table() -> None:
    """For 180 macros; names that it lacks are read in the file."""
    elsewhere = _elsewhere()
    assert len(elsewhere) >= 180
    differing = {macro for macro, signs in elsewhere.items() if MACROS[macro] not in signs}
    assert differing == set(OTHERWISE)
    assert all(sign in elsewhere[macro] for macro, sign in OTHERWISE.items())


@pytest.mark.parametrize("macro", MACROS)
def test_a_sign_is_shown_where_its_macro_stands(macro: str) -> None:
    """Between two letters, whatever part it plays."""
    text = linear(rf"x \{macro} y")
    assert text.replace(" ", "") == f"x{MACROS[macro]}y"


def test_brackets_come_in_pairs_that_mirror_each_other() -> None:
    """The left one of a pair opens and the right one closes; bars are the same on both sides."""
    for (opens, opening), (closes, closing) in zip(symbols.OPENING.items(), symbols.CLOSING.items(), strict=True):
        assert closes == ("}" if opens == "{" else re.sub("^l+", lambda found: "r" * len(found[0]), opens))
        left, right = unicodedata.name(opening), unicodedata.name(closing)
        assert right == left.replace("LEFT", "RIGHT")
        assert ("LEFT" in left) == (left not in ("VERTICAL LINE", "DOUBLE VERTICAL LINE"))


def test_small_letters_and_alphabets_are_those_of_their_letters() -> None:
    """Unicode says of each to which letter it belongs."""
    for plain, small in [*symbols.RAISED.items(), *symbols.LOWERED.items()]:
        if plain not in "-⊤′":
            assert unicodedata.normalize("NFKC", small) == plain
            assert re.search("SUPERSCRIPT|SUBSCRIPT|MODIFIER LETTER", unicodedata.name(small))
    for alphabet, kind in {"mathbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT", "mathfrak": "BLACK-LETTER|FRAKTUR"}.items():
        for letter in LETTERS:
            styled = symbols.styled(alphabet, letter)
            assert unicodedata.normalize("NFKC", styled) == letter
            assert re.search(kind, unicodedata.name(styled))
    assert linear(r"\mathbb{1} \mathbb{R}_{0} \mathfrak{Z} \mathcal{1}") == "𝟙ℝ₀ℨ1"


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(rows()) + "\n", encoding="utf-8")
