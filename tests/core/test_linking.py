"""Rules between a card and the simulation behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from studyapp.core.linking import combinations, nearest_simulations, problems, silent, too_close
from studyapp.model import Asked, Card, Kind, ParameterValue, SimulationLink, Target
from studyapp.simulation import ClaimMark, Description, ExpectedMark, Key, MistakeMark, Parameter

COIN = Description(
    name="coin",
    title="A coin",
    summary="",
    parameters=(Parameter("tosses", "int", 100, "how many", low=1, high=1000),),
    values=(ExpectedMark("share", "share of heads"), ExpectedMark("variance", "of the share")),
    claims=(ClaimMark(1, "fair", "it is fair", domain="few tosses"), ClaimMark(2, "even", "it is even")),
    mistakes=(MistakeMark("forgets_the_root", "variance", "one forgets the root"),),
)
KNOWN = {"coin": COIN}
DRAWN = replace(
    COIN, parameters=(*COIN.parameters, Parameter("bias", "float", 0.1, "", low=0), Parameter("fair", "bool", True, ""))
)


def card(link: SimulationLink | None, asked: Asked | None = None) -> Card:
    """A card with this simulation and answer."""
    kind = Kind.COMPUTED if asked else Kind.BASIC
    return Card(id="c", kind=kind, prompt="P", deck="d.md", line=7, simulation=link, answer=asked)


def found(link: SimulationLink, asked: Asked | None = None) -> str:
    """The one problem of a card, as a line."""
    (problem,) = problems([card(link, asked)], KNOWN)
    return str(problem)


def test_a_card_that_names_what_exists_has_no_problem() -> None:
    """Names and bounds that fit are accepted."""
    link = SimulationLink("coin", {"tosses": 5}, claims=("fair",))
    assert not problems([card(link), card(None)], KNOWN)
    assert not problems([card(link, Asked("variance", 0.05, mistakes=("forgets_the_root",)))], KNOWN)


def test_each_wrong_name_is_told_with_the_nearest() -> None:
    """Line, card, what is wrong, and the nearest name that exists."""
    assert found(SimulationLink("cion", line=9)) == (
        "d.md:9: c: [simulation] name: there is no simulation 'cion'; did you mean 'coin'?"
    )
    assert "no parameter 'tosess'; did you mean tosses?" in found(SimulationLink("coin", {"tosess": 5}))
    assert "did you mean 'fair'?" in found(SimulationLink("coin", claims=("fare",)))
    assert "did you mean 'share'?" in found(SimulationLink("coin"), Asked("shar", 0.1))
    wrong = found(SimulationLink("coin"), Asked("share", 0.1, mistakes=("forgets_the_root",), line=12))
    assert wrong.startswith("d.md:12: c: [answer] mistakes: 'forgets_the_root' is not a mistake about share")


def test_every_candidate_must_fit_the_bounds() -> None:
    """A drawn parameter out of bounds is found before any learner draws it."""
    assert "outside 1 .. 1000" in found(SimulationLink("coin", vary={"tosses": (10, 5000)}))


def test_all_errors_of_a_card_come_at_once() -> None:
    """Unknown names, bounds and fractions; also a mistake's name where the value's is wrong. Each has one remedy."""
    link = SimulationLink("coin", {"tosess": 5, "tosses": 0}, {"bias": (1, 2), "tosses": (5000, 2.5)}, ("fare",))
    wrong = problems([card(link, Asked("shar", 0.1, mistakes=("forgets_the_rot", "forgets_the_root")))], KNOWN)
    assert [(one.what, one.remedy) for one in wrong] == [
        ("[simulation] coin has no parameter 'tosess'", "did you mean tosses?"),
        ("[simulation] parameter tosses: '0' does not fit, it lies outside 1 .. 1000", "correct the value"),
        ("[simulation] coin has no parameter 'bias'", "it has tosses"),
        ("[simulation] parameter tosses: '5000' does not fit, it lies outside 1 .. 1000", "correct the value"),
        ("[simulation] parameter tosses: '2.5' does not fit, a whole number is wanted", "correct the value"),
        ("[simulation] claims: 'fare' is not a claim of coin", "did you mean 'fair'?"),
        ("[answer] value: 'shar' is not a value of coin", "did you mean 'share'?"),
        ("[answer] mistakes: 'forgets_the_rot' is not a mistake of coin", "did you mean 'forgets_the_root'?"),
    ]


def formula(vary: Mapping[str, tuple[ParameterValue, ...]] = MappingProxyType({}), **symbols: str) -> list[str]:
    """The problems of a card that asks for a formula in these symbols."""
    asked = Asked("share", 0.1, formula=symbols, line=12)
    found = problems([card(SimulationLink("coin", vary=vary), asked)], {"coin": DRAWN})
    assert all(one.line == 12 and one.what.startswith("[answer] formula: ") for one in found)
    return [f"{one.what.removeprefix('[answer] formula: ')}; {one.remedy}" for one in found]


def test_a_formula_is_in_numbers_that_can_be_drawn() -> None:
    """Between their bounds, or from the card's candidates."""
    assert formula(n="tosses") == []
    assert formula({"bias": (0.1, 0.2)}, n="tosses", b="bias") == []
    assert formula(n="tosess") == ["'tosess' is not a parameter of coin; did you mean 'tosses'?"]
    assert formula(f="fair") == ["f stands for fair, which is no number; name a parameter that is one"]
    assert formula(b="bias") == ["b stands for bias, which has no bounds to draw from; give its candidates in vary"]


def test_what_varies_beside_a_formula_is_in_it() -> None:
    """Else a learner would be asked at one value, and judged at another."""
    assert formula({"tosses": (5, 6)}, b="tosses") == []
    assert formula({"bias": (0.1, 0.2)}, n="tosses") == [
        "bias varies, and no symbol stands for it; add one, or fix it in parameters"
    ]


def test_a_target_names_what_exists_and_what_meets_it() -> None:
    """The parameters that may be changed, and a solution in them that fits their bounds."""

    def told(**changed: Any) -> list[str]:
        whole = {"task": "t", "value": "share", "change": ("tosses",), "solution": {"tosses": 9}, "line": 12, **changed}
        one = replace(card(SimulationLink("coin")), target=Target(**whole))
        return [f"{one.line}: {one.what}; {one.remedy}" for one in problems([one], KNOWN)]

    assert told() == []
    assert told(value="only_measured") == []  # `verify` says what no run has
    assert told(change=("tosses", "tosess")) == [
        "12: [target] change: 'tosess' is not a parameter of coin; did you mean 'tosses'?"
    ]
    assert told(change=("bias",)) == [
        "12: [target] change: 'bias' is not a parameter of coin; it may be tosses",
        "12: [target] solution: tosses is not among what may be changed; add tosses to change",
    ]
    assert told(solution={"tosses": 0}) == [
        "12: [target] solution: parameter tosses: '0' does not fit, it lies outside 1 .. 1000; correct the value"
    ]
    assert told(solution={"bias": 1}) == ["12: [target] solution: coin has no parameter 'bias'; it has tosses"]


def test_a_claim_that_is_silent_at_some_draw_is_told() -> None:
    """With the first such parameters and what it is about; one that always applies is not."""
    link = SimulationLink("coin", claims=("fair", "even"), line=9)
    draws: list[tuple[dict[str, ParameterValue], list[str]]] = [
        ({"tosses": 1}, ["even", "fair"]),
        ({"tosses": 2}, ["even"]),
        ({"tosses": 3}, ["even"]),
    ]
    (wrong,) = silent(card(link), draws, COIN)
    assert str(wrong) == (
        "d.md:9: c: [simulation] claims: 'fair' does not apply at tosses=2;"
        " it is about few tosses; choose such parameters, or leave the claim out"
    )
    (other,) = silent(card(SimulationLink("coin", claims=("even",))), [({}, [])], COIN)
    assert str(other).endswith("'even' does not apply at the defaults; choose other parameters, or leave the claim out")
    assert not silent(card(None), draws, COIN)


def test_too_many_combinations_are_refused() -> None:
    """What cannot all be checked is not accepted."""
    many = tuple(range(1, 60))
    wrong = problems([card(SimulationLink("coin", vary={"tosses": many, "a": many}))], KNOWN)
    assert "more than 2000 combinations" in str(wrong[0])


def test_combinations_are_all_draws() -> None:
    """Every candidate with every other, on top of the fixed parameters."""
    link = SimulationLink("coin", {"x": 0}, {"a": (1, 2), "b": (3, 4)})
    assert [tuple(one.values()) for one in combinations(link)] == [(0, 1, 3), (0, 1, 4), (0, 2, 3), (0, 2, 4)]


def test_numbers_nearer_than_twice_the_tolerance_are_told() -> None:
    """A learner's number must be able to belong to one of key and mistakes only."""
    asked = Asked("share", tolerance=0.05)
    keys = [
        ({"tosses": 5}, Key(1.0, {"near": 1.09, "far": 1.5})),
        ({"tosses": 6}, Key(1.0, {"near": 1.08, "far": 2.0})),
    ]
    (wrong,) = too_close(card(SimulationLink("coin"), asked), keys)
    assert "the key (1) and near (1.09) are too close at tosses=5" in wrong.what
    assert not too_close(card(SimulationLink("coin"), Asked("share", absolute=0.01)), keys)


def test_two_mistakes_must_differ_too() -> None:
    """A wrong number has one name."""
    nothing: dict[str, ParameterValue] = {}
    keys = [(nothing, Key(1.0, {"one": 3.0, "other": 3.1}))]
    (wrong,) = too_close(card(SimulationLink("coin"), Asked("share", tolerance=0.05)), keys)
    assert "one (3) and other (3.1)" in wrong.what


def test_the_nearest_simulations_share_rare_words_with_the_card() -> None:
    """A card about coins is offered the coin before what only shares common words."""
    other = Description("layers", "Deep layers", "How gradients go through layers.", (), (), (), ())
    about_coins = Card(id="c", kind=Kind.BASIC, prompt="What is the variance of a tossed coin?", deck="d.md", line=1)
    assert nearest_simulations(about_coins, {"layers": other, "coin": COIN}) == ["coin", "layers"]
    assert nearest_simulations(about_coins, {"layers": other, "coin": COIN}, most=1) == ["coin"]
