"""Rules of posing a card: what a seed decides, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.questions import Asking, asking, draw, fill, is_typeable, pose, reserved, shown
from studyapp.model import Asked, Card, Kind, Option, ParameterValue, SimulationLink
from studyapp.simulation import Key

SEEDS = st.integers(0, 2**31 - 1)


def card(**facts: object) -> Card:
    """A basic card with some facts changed."""
    return Card(**{"id": "c", "kind": Kind.BASIC, "prompt": "P", "deck": "d.md", "line": 1, **facts})  # type: ignore[arg-type]


CHOICE = card(kind=Kind.CHOICE, options=tuple(Option(text, text == "right") for text in ("right", "b", "c", "d")))
COMPUTED = card(
    kind=Kind.COMPUTED,
    prompt="Width @{width}, gain @{gain}?",
    back="See `@{width}` and @{width}.",
    simulation=SimulationLink("s", {"gain": 0.5}, {"width": (64, 128, 256), "depth": (1, 2, 3)}),
    answer=Asked("growth", tolerance=0.05),
)


@given(SEEDS)
def test_a_seed_gives_one_question(seed: int) -> None:
    """The same card and seed give the same question, so that any past one can be shown again exactly."""
    key = Key(1.0, {})
    assert pose(COMPUTED, seed, key) == pose(COMPUTED, seed, key)
    assert pose(CHOICE, seed) == pose(CHOICE, seed)


@given(SEEDS)
def test_shuffling_keeps_every_option(seed: int) -> None:
    """The options shown are those written, in some order, and `right` points at the right one."""
    question = pose(CHOICE, seed)
    assert sorted(one.text for one in question.options) == ["b", "c", "d", "right"]
    assert question.options[question.right].text == "right"


def test_every_option_comes_to_every_place() -> None:
    """Over many seeds the right option stands in each place about equally often."""
    places = [pose(CHOICE, seed).right for seed in range(400)]
    assert all(70 <= places.count(place) <= 130 for place in range(4))


@given(SEEDS)
def test_draws_are_candidates_and_fixed_parameters_stay(seed: int) -> None:
    """A drawn parameter is one of its candidates; a fixed one is as the card says."""
    drawn = draw(COMPUTED, seed)
    assert drawn["gain"] == 0.5
    assert drawn["width"] in (64, 128, 256)
    assert drawn["depth"] in (1, 2, 3)


@given(SEEDS)
def test_a_further_parameter_leaves_the_others_draws_alone(seed: int) -> None:
    """Each parameter has its own stream: adding one to a card does not change what old seeds drew.

    Only a combination that the card now keeps for exams is drawn anew.
    """
    fewer = card(simulation=SimulationLink("s", {}, {"width": (64, 128, 256)}))
    more = replace(COMPUTED, answer=None)  # which reserves nothing
    assert draw(fewer, seed)["width"] == draw(more, seed)["width"]
    assert draw(COMPUTED, seed) in (draw(more, seed), *_unreserved(more, seed))


def _unreserved(more: Card, seed: int) -> list[dict[str, ParameterValue]]:
    """What the card draws instead of what exams keep; nothing if the seed's own draw is not kept."""
    first = {name: draw(more, seed)[name] for name in ("width", "depth")}
    return [draw(COMPUTED, seed)] if first in reserved(COMPUTED) else []


@given(SEEDS)
def test_study_never_draws_what_exams_keep_and_exams_draw_nothing_else(seed: int) -> None:
    """Two of the nine combinations are kept: numbers of an exam were not seen in study."""
    kept = [{"gain": 0.5, **one} for one in reserved(COMPUTED)]
    assert len(kept) == 2
    assert draw(COMPUTED, seed) not in kept
    assert draw(COMPUTED, seed, exam=True) in kept


def test_with_few_numbers_none_are_kept() -> None:
    """Of two combinations study needs both."""
    few = replace(COMPUTED, simulation=SimulationLink("s", {}, {"width": (64, 128)}))
    assert reserved(few) == []
    assert draw(few, 1, exam=True) == draw(few, 1)


def test_all_candidates_are_drawn() -> None:
    """Every candidate comes up over some dozen seeds."""
    assert {draw(COMPUTED, seed)["width"] for seed in range(60)} == {64, 128, 256}


def test_text_is_filled_outside_code_only() -> None:
    """`@{x}` becomes the drawn value in prompt and back, and stays as written inside code."""
    question = pose(COMPUTED, 3, Key(1.0, {}))
    width = question.parameters["width"]
    assert question.prompt == f"Width {width}, gain 0.5?"
    assert question.back == f"See `@{{width}}` and {width}."


def test_a_formula_in_a_gap_is_recalled_and_a_word_is_typed() -> None:
    """What one would have to type as LaTeX is not typed."""

    def asked(text: str) -> Asking:
        return asking(Card(id="g:c1", kind=Kind.CLOZE, prompt="P", deck="d.md", line=1, back=text, cloze=1))

    assert asked(r"$\sigma(z) = {{c1::\frac{1}{1 + e^{-z}}}}$") is Asking.RECALL
    assert asked("$x_{{c1::2}} = 1$") is Asking.TYPED
    assert asked("the {{c1::cross-entropy}}") is Asking.TYPED


def test_a_number_below_zero_has_the_sign_of_a_formula() -> None:
    """So has each of a list; an exponent and a name keep their hyphens."""
    given: dict[str, ParameterValue] = {"a": -2, "b": (-0.5, 3.0, -1e-9), "c": 1e-7, "d": "two-3"}
    assert fill("@{a}, @{b}, @{c}, @{d}", given) == "−2, −0.5, 3, −1e-09, 1e-07, two-3"


def test_filling_leaves_fences_and_unknown_names() -> None:
    """Fenced code is left alone, and so is a name that no parameter has."""
    text = "@{a}\n\n```python\n@{a}\n```\n\n``x ` @{a}`` @{b} @{a}"
    assert fill(text, {"a": 2}) == "2\n\n```python\n@{a}\n```\n\n``x ` @{a}`` @{b} 2"


def test_values_read_as_in_a_sentence() -> None:
    """Numbers are short, lists have commas, switches are on or off."""
    assert [shown(one) for one in (256, 0.5, 0.1 + 0.2, (1.3, 5.2), True, "relu", 1e-7)] == [
        "256",
        "0.5",
        "0.3",
        "1.3, 5.2",
        "on",
        "relu",
        "1e-07",
    ]


def test_only_short_plain_answers_are_typed() -> None:
    """At most four words on one line without formula or code; anything longer is recalled."""
    assert is_typeable("the sigmoid function")
    assert not is_typeable("it maps one score to a probability")
    assert not is_typeable("$n/2$")
    assert not is_typeable("`relu`")
    assert not is_typeable("")
    assert asking(card(back="sigmoid")) is Asking.TYPED
    assert asking(card(back="a long answer in many words here")) is Asking.RECALL
    assert asking(card(back="a long answer in many words here", accept=("short",))) is Asking.TYPED


def test_a_short_answer_accepts_itself() -> None:
    """Where the whole answer is short it is what counts when typed."""
    assert pose(card(back="sigmoid"), 1).accepted == ("sigmoid",)


def test_a_cloze_shows_its_gap_and_accepts_what_it_hides() -> None:
    """The front has the gap of this number only; the answer counts when typed; the back shows the whole text."""
    gap = card(id="c:c1", kind=Kind.CLOZE, cloze=1, back="Glorot divides by {{c1::the sum}} of {{c2::both widths}}.")
    question = pose(gap, 1)
    assert question.asking is Asking.TYPED
    assert question.accepted == ("the sum",)
    assert "the sum" not in question.front
    assert "both widths" in question.front
    assert "the sum" in question.back


def test_a_cloze_with_a_formula_is_never_typed() -> None:
    """A formula in the gap is recalled and graded by the learner."""
    gap = card(id="c:c1", kind=Kind.CLOZE, cloze=1, back=r"The variance is {{c1::$\frac{2}{n}$}}.")
    assert pose(gap, 1).asking is Asking.RECALL
