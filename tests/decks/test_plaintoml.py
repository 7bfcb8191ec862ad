"""The quick reader of TOML gives exactly what tomllib reads, or leaves it to tomllib."""

from __future__ import annotations

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.decks.plaintoml import read_plain

PIECES = st.sampled_from(
    ["a", "b", "[a]\n", "[b]\n", "[a.b]\n", "[[a]]\n", "a = ", "b = ", "a.b = ", " = ", '"x"', '"y # z"', "'q'", '""',
     "1", "-0", "0.05", "1e5", "1E400", "01", "1_0", "true", "null", "NaN", "-Infinity", "inf", "[", "]", "{", "}",
     ", ", ",", "[1, 2]", '["x", "y"]', "[[1], [2]]", "{ a = 1 }", '{ a = [1, 2], b = "x" }', '{"a": 1}',
     "{ a = { b = 1 } }",
     "{}", "\n", "\n", " ", "\t", "# c", "\\n", "1979-01-01", '"""', "é"]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_plain_toml_is_what_tomllib_reads(text: str) -> None:
    """The quick reader gives exactly tomllib's answer, or none."""
    plain = read_plain(text.split("\n"))
    if plain is not None:
        assert repr(plain) == repr(tomllib.loads(text))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b-1", "C_2"]), st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
              st.text(st.characters(exclude_characters="\\\"", exclude_categories=("Cc", "Cs")))),
    lambda inner: st.lists(inner, max_size=3), max_leaves=4)), unique_by=lambda pair: pair[0]))  # fmt: skip
def test_plain_toml_reads_all_usual_values(pairs: list[tuple[str, object]]) -> None:
    """Strings, numbers, switches and lists of them are read without tomllib."""

    def written(value: object) -> str:
        match value:
            case bool():
                return str(value).lower()
            case str():
                return f'"{value}"'
            case list():
                return f"[{', '.join(map(written, value))}]"
        return repr(value)

    text = "\n".join(f"{key} = {written(value)}" for key, value in pairs)
    assert read_plain(text.split("\n")) == dict(pairs) == tomllib.loads(text)
