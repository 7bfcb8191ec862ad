"""The rules of what authors import: which values a parameter takes, what a claim finds, and how it is told."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, make_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.simulation import (
    RESERVED,
    Check,
    Claim,
    ClaimMark,
    Description,
    ExpectedMark,
    MistakeMark,
    Parameter,
    ParameterError,
    Run,
    Verdict,
    about,
    above,
    below,
    between,
    claim,
    claim_numbers,
    expected,
    mistake,
    parameter,
    parameters_of,
    true,
)


@dataclass(frozen=True)
class Declared:
    """One parameter of each kind."""

    depth: int = parameter(50, low=2, high=100, help="layers")
    gain: float = parameter(1.0, low=0.1, high=3, scale="log", help="gain of the weights", unit="1")
    act: str = parameter("tanh", choices=("tanh", "relu"), help="activation function")
    biased: bool = parameter(False, help="with biases")
    logits: tuple[float, ...] = parameter([1.3, 5], low=-10, high=10, help="logits")
    free: float = parameter(0.0, help="unbounded")


KNOWN = {one.name: one for one in parameters_of(Declared)}
ALL = Description("net", "A net", "", tuple(KNOWN.values()), (), (), ())


def test_a_run_says_that_it_printed() -> None:
    """In one line with what to do instead; one that printed nothing has nothing to say."""
    run = Run("one", "", {}, 7, {}, {}, (), (), "2", 0.1)
    assert run.remark == ""
    told = [replace(run, printed=count).remark for count in (1, 1234)]
    assert told[0] == "it printed 1 character, which is not shown; return values instead"
    assert told[1] == "it printed 1,234 characters, which are not shown; return values instead"


# --- parameters -----------------------------------------------------------------------------------


def test_a_parameters_kind_follows_from_its_default() -> None:
    """Each front end makes its own widget, option or check from it."""
    kinds = {name: one.kind for name, one in KNOWN.items()}
    assert kinds == {
        "depth": "int",
        "gain": "float",
        "act": "choice",
        "biased": "bool",
        "logits": "numbers",
        "free": "float",
    }
    assert KNOWN["logits"].default == (1.3, 5.0)
    assert (KNOWN["gain"].scale, KNOWN["gain"].unit, KNOWN["gain"].help) == ("log", "1", "gain of the weights")


@pytest.mark.parametrize(
    ("name", "given", "accepted"),
    [
        ("depth", 2, 2),
        ("depth", "100", 100),
        ("depth", 7.0, 7),
        ("depth", "1e1", 10),
        ("gain", 3, 3.0),
        ("gain", " 0.1 ", 0.1),
        ("act", "relu", "relu"),
        ("biased", True, True),
        ("biased", "yes", True),
        ("biased", "Off", False),
        ("biased", 1, True),
        ("logits", "1.3,5.2,-2", (1.3, 5.2, -2.0)),
        ("logits", "[1, 2]", (1.0, 2.0)),
        ("logits", [1, 2.5], (1.0, 2.5)),
        ("logits", (10,), (10.0,)),
        ("free", -1e300, -1e300),
    ],
)
def test_values_are_accepted_as_the_parameters_own_type(name: str, given: object, accepted: object) -> None:
    """From files (numbers), forms and command lines (text); the bounds themselves are inside."""
    value = KNOWN[name].accept(given)
    assert value == accepted
    assert type(value) is type(accepted)


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("depth", 1, "parameter depth: '1' does not fit, it lies outside 2 .. 100"),
        ("depth", 101, "it lies outside 2 .. 100"),
        ("depth", 2.5, "a whole number is wanted"),
        ("depth", "many", "parameter depth: 'many' does not fit, a number is wanted"),
        ("depth", True, "a number is wanted"),
        ("depth", None, "a number is wanted"),
        ("depth", 10**400, "a number is wanted"),
        ("gain", 0.0999, "it lies outside 0.1 .. 3"),
        ("gain", "nan", "a finite number is wanted"),
        ("free", "inf", "a finite number is wanted"),
        ("free", -math.inf, "a finite number is wanted"),
        ("act", "sigmoid", "parameter act: 'sigmoid' does not fit, choose one of tanh, relu"),
        ("act", ["tanh"], "choose one of tanh, relu"),
        ("biased", "perhaps", "say true or false"),
        ("biased", 2, "say true or false"),
        ("logits", [1, 11], "parameter logits: '11' does not fit, it lies outside -10 .. 10"),
        ("logits", "", "give between 1 and 1000 numbers"),
        ("logits", [], "give between 1 and 1000 numbers"),
        ("logits", 3, "give between 1 and 1000 numbers"),
        ("logits", [0] * 1001, "give between 1 and 1000 numbers"),
        ("logits", "1;2", "a number is wanted"),
        ("logits", [[1]], "a number is wanted"),
    ],
)
def test_other_values_are_refused_with_the_bounds(name: str, given: object, why: str) -> None:
    """One clear line that names the parameter, what was given (cut short) and what is wanted."""
    with pytest.raises(ParameterError) as refused:
        KNOWN[name].accept(given)
    assert why in str(refused.value)
    assert len(str(refused.value)) < 200


@given(st.floats(0.1, 3))
def test_what_is_accepted_is_accepted_again(number: float) -> None:
    """As itself and as text: a receipt's parameters can be run again."""
    gain = KNOWN["gain"]
    assert gain.accept(number) == number
    assert gain.accept(repr(number)) == number


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.floats())))
def test_any_value_is_accepted_within_the_bounds_or_refused(value: object) -> None:
    """Nothing else than a ParameterError comes out."""
    for one in KNOWN.values():
        try:
            accepted = one.accept(value)
        except ParameterError:
            continue
        numbers = accepted if isinstance(accepted, tuple) else (accepted,)
        for number in numbers:
            if isinstance(number, int | float) and not isinstance(number, bool):
                assert math.isfinite(number)
                assert one.low is None or number >= one.low
                assert one.high is None or number <= one.high


def test_bounds_in_words() -> None:
    """Shown beside a form's field and in error messages."""
    assert {name: one.bounds for name, one in KNOWN.items()} == {
        "depth": "2 .. 100",
        "gain": "0.1 .. 3",
        "act": "tanh, relu",
        "biased": "true, false",
        "logits": "-10 .. 10",
        "free": "-inf .. inf",
    }


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_names_of_the_command_line_are_reserved(name: str) -> None:
    """`--seed`, `--json`, `--figure`, `--home` and `--debug` belong to every command."""
    made = make_dataclass("Parameters", [(name, float, parameter(1.0, help="taken"))], frozen=True)
    with pytest.raises(TypeError, match=f"Parameters.{name}: the name is reserved"):
        parameters_of(made)
    assert len(RESERVED) == 5


def test_each_field_is_a_parameter_whose_default_fits() -> None:
    """Else the declaration is wrong, and says which."""
    bare = make_dataclass("Parameters", [("depth", int, 3)], frozen=True)
    with pytest.raises(TypeError, match=r"Parameters.depth is not declared with parameter"):
        parameters_of(bare)
    outside = make_dataclass("Parameters", [("depth", int, parameter(3, low=4, help="layers"))], frozen=True)
    with pytest.raises(ParameterError, match=r"parameter depth: '3' does not fit, it lies outside 4 .. inf"):
        parameters_of(outside)
    odd: Any = parameter("tanh", help="a text without choices")
    with pytest.raises(TypeError, match="'tanh' is no default for a parameter"):
        parameters_of(make_dataclass("Parameters", [("act", str, odd)], frozen=True))


def test_a_description_accepts_what_is_given_and_fills_in_the_rest() -> None:
    """Every parameter, in the declared order."""
    accepted = ALL.accept({"gain": "2", "depth": 3})
    assert accepted == {
        "depth": 3,
        "gain": 2.0,
        "act": "tanh",
        "biased": False,
        "logits": (1.3, 5.0),
        "free": 0.0,
    }
    assert list(accepted) == list(KNOWN)


def test_a_description_refuses_unknown_names_with_the_nearest() -> None:
    """Or with all there are."""
    with pytest.raises(ParameterError, match=r"net has no parameter 'gian'; did you mean gain\?") as refused:
        ALL.accept({"gian": 2})
    assert (refused.value.what, refused.value.remedy) == ("net has no parameter 'gian'", "did you mean gain?")
    with pytest.raises(ParameterError, match=r"net has no parameter 'zzz'; it has depth, gain, act"):
        ALL.accept({"zzz": 2})
    with pytest.raises(ParameterError, match=r"net has no parameter 'x'; it has none"):
        Description("net", "", "", (), (), (), ()).accept({"x": 1})
    with pytest.raises(ParameterError, match=r"outside 2 \.\. 100"):
        ALL.accept({"depth": 0})


# --- claims ---------------------------------------------------------------------------------------

finite = st.floats(-1e100, 1e100)
positive = st.floats(1e-100, 1e100)


@given(finite, finite, st.floats(0, 10))
def test_about_relative_and_absolute(measured: float, wanted: float, error: float) -> None:
    """The bounds are the expected number and the error either way, and belong to it; also for negative ones."""
    relative, absolute = about(measured, wanted, relative=error), about(measured, wanted, absolute=error)
    assert relative.low == wanted - error * abs(wanted) <= relative.high == wanted + error * abs(wanted)
    assert (absolute.low, absolute.high) == (wanted - error, wanted + error)
    for check in (relative, absolute):
        assert check.holds == (check.low <= measured <= check.high)
        assert Check(check.low, wanted, check.low, check.high).holds


@given(positive | positive.map(lambda number: -number), st.floats(1, 100))
def test_about_a_factor_holds_either_way(wanted: float, factor: float) -> None:
    """Between a `factor`-th and `factor` times the expected number, whatever its sign."""
    check = about(wanted, wanted, factor=factor)
    assert check.holds
    assert check.low <= check.high
    assert not about(-wanted, wanted, factor=factor).holds
    assert not about(wanted * factor * 1.01, wanted, factor=factor).holds


def test_about_wants_to_know_how_near() -> None:
    """There is no tolerance by default."""
    with pytest.raises(TypeError, match="relative, absolute or factor"):
        about(1, 1)


@pytest.mark.parametrize(
    ("check", "holds", "wanted"),
    [
        (between(2, 1, 3), True, 2),
        (between(3, 1, 3), True, 2),
        (between(3.1, 1, 3), False, 2),
        (below(1, 1), True, 1),
        (below(-1e300, 1), True, 1),
        (below(1.1, 1), False, 1),
        (above(1, 1), True, 1),
        (above(0.9, 1), False, 1),
        (true(1 > 0), True, 1),
        (true([]), False, 1),
        (between(math.nan, 1, 3), False, 2),
        (below(-math.inf, 1), False, 1),
        (above(math.inf, 1), False, 1),
    ],
)
def test_one_sided_and_two_sided_bounds_are_inclusive(check: Check, holds: bool, wanted: float) -> None:
    """What is expected is the bound, or the middle of two; what is not finite never holds."""
    assert check.holds is holds
    assert check.expected == wanted


def test_checks_hold_plain_numbers() -> None:
    """An author hands over NumPy's, which would not be told in JSON."""
    import numpy as np

    makers: list[Callable[[Any], Check]] = [
        lambda n: about(n, n, relative=0.1),
        lambda n: below(n, n),
        lambda n: between(n, n, n),
        lambda n: true(n > 0),
    ]
    for make in makers:
        check = make(np.float32(2))
        assert {type(one) for one in (check.measured, check.expected, check.low, check.high)} == {float}


# --- marks ----------------------------------------------------------------------------------------


def test_marks_stay_on_the_functions_and_change_nothing() -> None:
    """The function's name is the claim's, the value's or the mistake's; it can still be called and tested."""

    def applies(parameters: object) -> bool:
        return bool(parameters)

    @claim(3, "it is so", applies=applies, domain="gain 1")
    def is_so(parameters: object, values: object) -> Check:  # noqa: ARG001 - the shape of a claim
        return true(values)

    @expected("the norm", unit="1", applies=applies)
    def norm(parameters: float) -> float:
        return parameters

    @mistake("norm", "the square is forgotten")
    def root(parameters: float) -> float:
        return math.sqrt(parameters)

    assert vars(is_so)["claim"] == ClaimMark(3, "is_so", "it is so", "gain 1", applies)
    assert vars(norm)["expected"] == ExpectedMark("norm", "the norm", "1", applies)
    assert vars(root)["mistake"] == MistakeMark("root", "norm", "the square is forgotten")
    assert is_so(0, 1).holds
    assert (norm(4.0), root(4.0)) == (4.0, 2.0)


def test_a_claim_says_where_else_it_is_judged() -> None:
    """In one place or several; nothing is looked over before the file is loaded as a whole."""

    def holds(parameters: object, values: object) -> Check:  # noqa: ARG001 - the shape of a claim
        return true(values)

    for at, places in (
        ((), ()),
        ({"depth": 50}, ({"depth": 50},)),
        (({"depth": 50}, {"gain": 2.0, "depth": 3}), ({"depth": 50}, {"gain": 2.0, "depth": 3})),
        ([{}], ({},)),
    ):
        mark = vars(claim(1, "it is so", at=at)(holds))["claim"]
        assert mark.at == places
        assert mark == ClaimMark(1, "holds", "it is so", at=places)


def test_a_parameter_is_a_value() -> None:
    """Equal declarations are equal, so that descriptions can be compared."""
    assert parameters_of(Declared) == parameters_of(Declared)
    assert Parameter("x", "int", 1, "help") == Parameter("x", "int", 1, "help")


def test_importing_it_does_not_import_numpy() -> None:
    """The interface decodes what a worker sent into these classes."""
    code = "import sys, studyapp.simulation; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_bounds_that_lie_close_are_told_apart() -> None:
    """A claim's numbers have four digits, or as many as its bounds need."""
    near = Claim("s.3", "near", "", Verdict.HOLDS, 0.9109912, 0.91099, 0.91098, 0.911)
    assert claim_numbers(near) == "measured 0.91099, expected 0.91099, allowed 0.91098 to 0.911"
    far = Claim("s.3", "far", "", Verdict.HOLDS, 2.0, 3.0, None, 4.0)
    assert claim_numbers(far) == "measured 2, allowed up to 4"
    assert claim_numbers(Claim("s.3", "silent", "", Verdict.SILENT)) == "not about these parameters"


def test_all_errors_of_a_set_of_parameters_are_told() -> None:
    """Unknown names first; `accept` raises the first of them."""
    given: dict[str, object] = {"depth": 2.5, "gian": 2, "gain": 99, "act": "relu"}
    told = [str(error) for error in ALL.errors(given)]
    assert [line.split(";")[0] for line in told] == [
        "net has no parameter 'gian'",
        "parameter depth: '2.5' does not fit, a whole number is wanted",
        "parameter gain: '99' does not fit, it lies outside 0.1 .. 3",
    ]
    with pytest.raises(ParameterError) as refused:
        ALL.accept(given)
    assert str(refused.value) == told[0]
    assert not ALL.errors({"depth": 3})
