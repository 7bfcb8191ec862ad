"""Settings: every key, what is wrong with it, and its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.decks.settings import Place, read_settings
from studyapp.model import Target
from tests.decks.samples import deck


def faults(text: str, place: Place = Place.CARD) -> list[str]:
    """The faults of a block whose first line is line 10 of its file."""
    return [f"{line}: {what}; {remedy}" for line, what, remedy in read_settings(text.split("\n"), 10, place)[1]]


LINK = '[simulation]\nname = "s"\n'
ASKED = '[answer]\nvalue = "v"\ntolerance = 0.1\n'


TARGET = """[target]
task = "make it so"
value = "v"
above = 0.5
change = ["gain"]
solution = { gain = 2 }
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('accpt = ["a"]', "10: accpt: unknown key; did you mean 'accept'?"),
        ("zzz = 1", "10: zzz: unknown key; known here: accept, simulation, answer, target"),
        ('tags = ["a"]', "10: tags: is not a setting of a card; write tags into the heading, as in "
                         "'## Question {#id .tag}'"),
        ('hint = "a"', "10: hint: is not a setting of a card; write a paragraph that starts with 'Hint:'"),
        ('name = "s"', "10: name: unknown key; it belongs under [simulation]"),
        (LINK + 'value = "v"', "12: [simulation] value: unknown key; it belongs under [answer]"),
        (LINK + 'accept = ["a"]', "12: [simulation] accept: unknown key; put it above [simulation]"),
        (LINK + 'claim = ["c"]', "12: [simulation] claim: unknown key; did you mean 'claims'?"),
        ('accept = "a"', '10: accept: must be a list of texts; write accept = ["...", "..."]'),
        ('accept = ["a", " "]', '10: accept: must be a list of texts; write accept = ["...", "..."]'),
        ("simulation = 1", "10: simulation: must be a table; write [simulation] on a line of its own, its keys below"),
        ("[[answer]]", "10: answer: must be a table; write [answer] on a line of its own, its keys below"),
        ('[simulation]\nname = "../s.py"', "11: [simulation] name: '../s.py' is not a name; "
                                           "give the simulation's name, never a path"),
        ("[simulation]\nname = 3", "11: [simulation] name: must be a text; put it in quotes"),
        (LINK + "parameters = 3", "12: [simulation] parameters: must be a table; write parameters = { name = ... }"),
        (LINK + "parameters = { a = nan }", "12: [simulation] parameters.a: must be a number, a text, true, false or "
                                            "a list of numbers; correct the value"),
        (LINK + '[simulation.parameters]\nb = 1\na = ["x"]', "14: [simulation] parameters.a: must be a number, a text, "
                                                             "true, false or a list of numbers; correct the value"),
        (LINK + "vary = { a = 3 }", "12: [simulation] vary.a: must be a list of the values to draw from; "
                                    "write a = [1, 2, 3]"),
        (LINK + "vary = { a = [] }", "12: [simulation] vary.a: must be a list of the values to draw from; "
                                     "write a = [1, 2, 3]"),
        (LINK + "parameters = { a = 1 }\nvary = { a = [1] }", "13: [simulation] vary.a: is fixed in parameters too; "
                                                              "keep one of the two"),
        ("[answer]\ntolerance = 0.1", "10: [answer] value: is missing; "
                                      "name the value of the simulation that is asked for"),
        ('[answer]\nvalue = "v"', "10: [answer] tolerance: is missing; "
                                  "write tolerance = 0.05 (relative, 5 %) or absolute = ..."),
        (ASKED + "absolute = 1", "13: [answer] absolute: stands beside tolerance; keep one of the two"),
        ('[answer]\nvalue = "v"\ntolerance = 5', "12: [answer] tolerance: 5 is 100 % or more; "
                                                 "it is relative: 0.05 is 5 %"),
        ('[answer]\nvalue = "v"\nabsolute = -1', "12: [answer] absolute: must be a number above 0; "
                                                 "write absolute = 0.05"),
        (ASKED + "index = -1", "13: [answer] index: must be a whole number from 0; 0 is the first element"),
        (ASKED + "index = true", "13: [answer] index: must be a whole number from 0; 0 is the first element"),
        (ASKED + 'mistake = ["m"]', "13: [answer] mistake: unknown key; did you mean 'mistakes'?"),
        ('accept = ["\\u001b[2J"]', "10: accept: has a control character; delete the escape"),
        ("accept = [", "10: settings: invalid value; correct the TOML"),
        ("\n\na b", "12: settings: expected '=' after a key in a key/value pair; correct the TOML"),
        ('accept = ["a"]\naccept = ["b"]', "11: settings: cannot overwrite a value; correct the TOML"),
        (ASKED + "formula = 3", '13: [answer] formula: must name what the formula is in; '
                                'write formula = { a = "fan_in" } or ["fan_in"]'),
        (ASKED + "formula = []", '13: [answer] formula: must name what the formula is in; '
                                 'write formula = { a = "fan_in" } or ["fan_in"]'),
        (ASKED + "formula = {}", '13: [answer] formula: must name what the formula is in; '
                                 'write formula = { a = "fan_in" } or ["fan_in"]'),
        (ASKED + 'formula = [["a"]]', "13: [answer] formula: ['a'] is no parameter's name; put it in quotes"),
        (ASKED + "formula = { a = 3 }", "13: [answer] formula: 3 is no parameter's name; put it in quotes"),
        (ASKED + 'formula = { "a b" = "fan_in" }', "13: [answer] formula: 'a b' is no symbol; "
                                                   "use letters and digits, a letter first"),
        (ASKED + 'formula = ["_private"]', "13: [answer] formula: '_private' is no symbol; "
                                           "use letters and digits, a letter first"),
        (ASKED + 'formula = { sqrt = "fan_in" }', "13: [answer] formula: 'sqrt' is the name of a function; "
                                                  "use another symbol"),
        ("target = 1", "10: target: must be a table; write [target] on a line of its own, its keys below"),
        (TARGET + 'chage = ["x"]', "16: [target] chage: unknown key; did you mean 'change'?"),
        (TARGET.replace("above = 0.5\n", ""), "10: [target] above: is missing; "
                                              "write above = ..., below = ..., or both"),
        (TARGET.replace("0.5", "true"), "13: [target] above: must be a number; write above = 0.05"),
        (TARGET.replace("0.5", "nan"), "13: [target] above: must be a number; write above = 0.05"),
        (TARGET + "index = -1", "16: [target] index: must be a whole number from 0; 0 is the first element"),
        (TARGET.replace('["gain"]', '"gain"'), '14: [target] change: must be a list of texts; '
                                               'write change = ["...", "..."]'),
        (TARGET.replace("{ gain = 2 }", "[2]"), "15: [target] solution: must be a table; "
                                                "write solution = { name = ... }"),
        (TARGET.replace("{ gain = 2 }", "{ gain = inf }"), "15: [target] solution.gain: must be a number, a text, "
                                                           "true, false or a list of numbers; correct the value"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_cards_settings(text: str, fault: str) -> None:
    """One fault, with the line of the key and what to do."""
    assert faults(text) == [fault]


def test_all_faults_come_at_once_in_order_of_lines() -> None:
    """Nobody should have to run the check five times."""
    found = faults('accpt = 1\n[simulation]\nnam = "s"\n\n[answer]\nvalue = 3\ntolerance = 9\n')
    assert [fault.split(":")[0] for fault in found] == ["10", "12", "15", "16"]


def test_deck_and_part_have_fewer_keys() -> None:
    """A deck has source and tags; a part a simulation besides."""
    assert faults('source = "x"\ntags = ["a", "b-c"]', Place.DECK) == []
    assert faults('source = "x"\n' + LINK, Place.PART) == []
    assert faults('tags = ["a b"]', Place.DECK) == ["10: tags: 'a b' is not a tag; use letters, digits, - and _"]
    assert faults('sourc = "x"', Place.DECK) == ["10: sourc: unknown key; did you mean 'source'?"]
    assert faults("accept = []", Place.PART) == ["10: accept: is not a setting of a part; put it under a card"]


def test_values_of_every_type() -> None:
    """Lists of numbers become tuples of floats, everything else stays as it is."""
    text = LINK + 'parameters = { a = true, b = 3, c = 0.5, d = "relu", e = [1, 2.5] }\nvary = { f = [[1, 2], [3, 4]] }'
    link = read_settings(text.split("\n"), 10, Place.CARD)[0].link
    assert link is not None
    assert dict(link.parameters) == {"a": True, "b": 3, "c": 0.5, "d": "relu", "e": (1.0, 2.5)}
    assert dict(link.vary) == {"f": ((1.0, 2.0), (3.0, 4.0))}
    assert link.figure == ""
    assert link.line == 10


def test_a_card_chooses_its_figure() -> None:
    """By its title, also of the simulation that its part names."""
    part = '# P\n\n```toml\n[simulation]\nname = "s"\n```\n\n'
    link = deck("# D\n\n" + part + '## A\n\na\n\n```toml\n[simulation]\nfigure = "Loss"\n```\n').cards[0].simulation
    assert link is not None
    assert (link.name, link.figure) == ("s", "Loss")


def test_a_formula_is_in_symbols_of_parameters() -> None:
    """A table names each; a list those that are their own symbols, Greek letters too."""

    def formula(text: str) -> dict[str, str]:
        found, wrong = read_settings((ASKED + text).split("\n"), 10, Place.CARD)
        assert not wrong
        assert found.asked is not None
        return dict(found.asked.formula)

    assert formula('formula = { a = "fan_in", b = "fan_out" }') == {"a": "fan_in", "b": "fan_out"}
    assert formula('formula = ["gain", "η"]') == {"gain": "gain", "η": "η"}
    assert formula("") == {}


def test_a_target_has_a_value_bounds_and_a_way_to_meet_it() -> None:
    """One bound is enough; every other key but the element must be there, and each that is not is told."""
    found, wrong = read_settings(TARGET.split("\n"), 10, Place.CARD)
    assert not wrong
    assert found.target == Target("make it so", "v", ("gain",), {"gain": 2}, above=0.5, line=10)
    both = read_settings((TARGET + "below = 7\nindex = 2\n").split("\n"), 10, Place.CARD)[0].target
    assert both is not None
    assert (both.above, both.below, both.index) == (0.5, 7.0, 2)
    keys = {fault.split(": ")[1] for fault in faults("[target]")}
    assert keys == {f"[target] {key}" for key in ("task", "value", "change", "solution", "above")}
    assert faults("[target]\n", Place.PART) == ["10: target: is not a setting of a part; put it under a card"]
    assert faults("target = 1", Place.DECK) == ["10: target: is not a setting of a deck; put it under a card"]


FRAGMENTS = st.sampled_from(
    ["accept", "name", "value", " = ", '"x"', "1", "[simulation]", "[answer]", "[", "[target]",
     "formula", "change", "above", "]", "{", "}", ",",
     "\n", "\n", "vary", "#"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=15).map("".join), st.sampled_from(Place))
def test_settings_never_raise(text: str, place: Place) -> None:
    """Any text gives settings and faults whose lines lie in the block."""
    count = text.count("\n") + 1
    for fault in read_settings(text.split("\n"), 10, place)[1]:
        assert 10 <= fault.line < 10 + count
        assert fault.what
        assert fault.remedy
