"""Rules of the laboratory: which file a name means, what may run, and what is computed only once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studyapp.checking import check_links
from studyapp.core.formula_answers import SETS
from studyapp.lab import ConsentError, Laboratory
from studyapp.library import Library
from studyapp.runs.errors import SimulationError
from studyapp.runs.worker import Worker
from studyapp.simulation import ParameterError
from tests.laboratory import COIN_CARD, at_work, card, do, no_worker, one_loop, opened, write
from tests.runs.writing import COIN, LOOP
from tests.studying import COMPUTED

__all__ = ["one_loop", "opened"]


# --- which file a name means ----------------------------------------------------------------------


def test_a_name_means_a_file_in_one_of_two_folders(opened: Library, tmp_path: Path) -> None:
    """The shipped one, or the learner's own; any other name is an error with the nearest."""
    laboratory = opened.laboratory
    assert laboratory.source("softmax_output").shipped
    assert laboratory.source("coin").path == tmp_path / "home" / "simulations" / "coin.py"
    with pytest.raises(SimulationError, match="coim: there is no simulation of this name; did you mean 'coin'"):
        laboratory.source("coim")


def test_a_path_means_that_file(opened: Library, tmp_path: Path) -> None:
    """A copy of a shipped file is the shipped one only if its name and its bytes are."""
    laboratory = opened.laboratory
    shipped = laboratory.source("softmax_output")
    copy = tmp_path / "softmax_output.py"
    copy.write_bytes(shipped.code)
    assert laboratory.source(str(copy)) == shipped
    copy.write_bytes(shipped.code + b"# changed\n")
    changed = laboratory.source(str(copy))
    assert (changed.path, changed.shipped) == (copy, False)
    other = tmp_path / "another.py"
    other.write_bytes(shipped.code)
    assert not laboratory.source(str(other)).shipped


def test_a_shipped_simulation_keeps_its_name(opened: Library, tmp_path: Path) -> None:
    """The learner's file of the same name is left out, and said to be."""
    write(tmp_path, COIN, "softmax_output")
    laboratory = opened.laboratory
    assert laboratory.source("softmax_output").shipped
    (problem,) = laboratory.found.problems
    assert "there is a shipped simulation 'softmax_output', which is used" in problem.what


def test_a_file_that_cannot_be_read_is_told_by_its_name(opened: Library, tmp_path: Path) -> None:
    """Rather than that there is none."""
    path = write(tmp_path, COIN)
    path.write_bytes(b"\xff")
    with pytest.raises(SimulationError, match=r"coin\.py: line 1 is not UTF-8 text; save the file as UTF-8"):
        opened.laboratory.source("coin")


def test_folders_are_looked_at_again_when_asked(opened: Library, tmp_path: Path) -> None:
    """Not at each question: the learner may be editing."""
    laboratory = opened.laboratory
    before = laboratory.source("coin")
    write(tmp_path, COIN + "# changed\n")
    assert laboratory.source("coin") == before
    laboratory.refresh()
    assert laboratory.source("coin").sha256 != before.sha256


def test_a_file_that_cannot_be_described_is_a_problem_with_one_remedy(opened: Library, tmp_path: Path) -> None:
    """At its line, in the words of the error itself."""
    path = write(tmp_path, "import os\nos.fork()\n")
    opened.laboratory.consent(opened.laboratory.source("coin"))
    _, (problem,) = do(opened.laboratory.descriptions())
    what = "importing it was stopped: os.fork starts or signals another process"
    assert str(problem) == f"{path}:2: {what}; a simulation computes in its own process"


def test_an_edited_file_is_found_before_a_run_that_is_wished(opened: Library, tmp_path: Path) -> None:
    """Only if it was edited, or is gone; a shipped one is never looked at."""
    laboratory = opened.laboratory
    found = laboratory.found
    for name in ("coin", "softmax_output", "none_of_these"):
        laboratory.refresh_if_edited(name)
    assert laboratory.found is found
    path = write(tmp_path, COIN + "# changed\n")
    laboratory.refresh_if_edited("coin")
    assert laboratory.source("coin").code == path.read_bytes()
    path.unlink()
    laboratory.refresh_if_edited("coin")
    with pytest.raises(SimulationError, match="there is no simulation of this name"):
        laboratory.source("coin")


# --- consent --------------------------------------------------------------------------------------


def test_an_own_simulation_runs_only_after_consent(opened: Library, tmp_path: Path) -> None:
    """To these very bytes: a changed file asks again. The error holds what is to be shown."""
    laboratory = opened.laboratory
    with pytest.raises(ConsentError, match="`studyapp run coin` in a terminal shows it and asks") as asked:
        do(laboratory.run("coin", {}, 0))
    assert asked.value.source.code == COIN.encode()
    laboratory.consent(asked.value.source)
    assert do(laboratory.run("coin", {}, 0)).simulation == "coin"
    write(tmp_path, COIN + "# changed\n")
    laboratory.refresh()
    for task in (laboratory.describe("coin"), laboratory.run("coin", {}, 0), laboratory.run_quickly("coin", {}, 0)):
        with pytest.raises(ConsentError):
            do(task)


def test_consent_is_kept_between_starts(tmp_path: Path) -> None:
    """And shipped simulations need none."""
    write(tmp_path, COIN)
    with at_work(tmp_path) as opened:
        laboratory = opened.laboratory
        assert laboratory.trusted(laboratory.source("softmax_output"))
        assert not laboratory.trusted(laboratory.source("coin"))
        laboratory.consent(laboratory.source("coin"))
    with at_work(tmp_path) as opened:
        assert opened.laboratory.trusted(opened.laboratory.source("coin"))


def test_nothing_in_a_file_is_executed_before_consent(opened: Library, tmp_path: Path) -> None:
    """Not to list it, nor to check the cards that name it."""
    proof = tmp_path / "executed"
    write(tmp_path, f"open({str(proof)!r}, 'w')\n" + COIN)

    async def look() -> tuple[list[str], int]:
        known, wrong = await opened.laboratory.descriptions()
        return list(known), len(wrong) + len(await check_links(opened.laboratory, list(opened.store.cards())))

    names, wrong = do(look())
    assert "coin" not in names
    assert "softmax_output" in names
    assert (wrong, proof.exists()) == (0, False)


# --- what is computed only once -------------------------------------------------------------------


def test_descriptions_and_keys_are_kept_between_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the hash of the file: a later start asks no worker for what is known."""
    with at_work(tmp_path, computed=COMPUTED) as opened:
        ratio = card(opened, "ratio")
        first = do(opened.laboratory.key(ratio, {"logits": (2.0, 0.0), "temperature": 0.5}))
        assert first.value == pytest.approx(54.598, rel=1e-4)
        assert first.mistakes == {"forgets_to_exponentiate": 4.0}
        assert opened.laboratory.misconception(ratio, "forgets_to_exponentiate").startswith("one takes the difference")
        assert opened.laboratory.misconception(ratio, "no_such_mistake") == ""
    no_worker(monkeypatch)
    with at_work(tmp_path) as opened:
        ratio = card(opened, "ratio")
        assert do(opened.laboratory.key(ratio, {"temperature": 0.5, "logits": (2.0, 0.0)})) == first
        assert do(opened.laboratory.describe("softmax_output")).name == "softmax_output"
        with pytest.raises(AssertionError, match="a worker process was asked"):
            do(opened.laboratory.key(ratio, {"logits": (2.0, 0.0), "temperature": 1.0}))


def test_a_copy_has_a_name_of_its_own(opened: Library, tmp_path: Path) -> None:
    """Although its bytes are the same, and so all that is remembered of them."""
    laboratory = opened.laboratory
    write(tmp_path, COIN, "other")
    laboratory.refresh()
    laboratory.consent(laboratory.source("coin"))
    assert [do(laboratory.describe(name)).name for name in ("coin", "other", "coin")] == ["coin", "other", "coin"]
    with pytest.raises(ParameterError, match="other has no parameter 'chances'"):
        do(laboratory.run("other", {"chances": 1}, 0))


def test_another_version_of_a_file_is_computed_anew(opened: Library, tmp_path: Path) -> None:
    """What an older one said is not its key."""
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    share = card(opened, "share")
    assert do(laboratory.key(share, {"chance": 0.2})).value == 0.2
    write(tmp_path, COIN.replace("return parameters.chance\n", "return parameters.chance / 2\n"))
    laboratory.refresh()
    laboratory.consent(laboratory.source("coin"))
    assert do(laboratory.key(share, {"chance": 0.2})).value == 0.1


def test_a_slow_run_is_made_by_itself_only_once(opened: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """After that it is known to be slow, at these parameters and with this file."""
    monkeypatch.setattr("studyapp.lab.QUICK", 0.0)
    laboratory = opened.laboratory
    assert do(laboratory.run_quickly("softmax_output", {"samples": 10_000}, 1)) is not None
    assert do(laboratory.run_quickly("softmax_output", {"samples": 10_000}, 2)) is None
    assert do(laboratory.run_quickly("softmax_output", {"samples": 9_000}, 2)) is not None
    monkeypatch.setattr("studyapp.lab.QUICK", 100.0)
    assert do(laboratory.run_quickly("softmax_output", {"samples": 10_000}, 2)) is not None


def test_a_verification_counts_for_its_version_of_the_file(opened: Library, tmp_path: Path) -> None:
    """A changed simulation was never verified; a card without one never is."""
    laboratory = opened.laboratory
    share = card(opened, "share")
    laboratory.remember_verified(share, 20_000, 5)
    assert laboratory.verified(share) == (20_000, 5)
    laboratory.remember_verified(card(opened, "which"), 20_000, 5)
    assert laboratory.verified(card(opened, "which")) is None
    write(tmp_path, COIN + "# changed\n")
    laboratory.refresh()
    assert laboratory.verified(share) is None
    (tmp_path / "home" / "simulations" / "coin.py").unlink()
    laboratory.refresh()
    assert laboratory.verified(share) is None


# --- formulas and mistakes ------------------------------------------------------------------------

FORMULA_CARD = COIN_CARD.replace('mistakes = ["share_of_tails"]', 'mistakes = ["share_of_tails"]\nformula = ["chance"]')


def test_a_formula_is_judged_at_sets_that_are_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the mistakes give there; drawn from the candidates of the card, the same ones at every question."""
    write(tmp_path, COIN)
    with at_work(tmp_path, coin=FORMULA_CARD) as opened:
        laboratory, share = opened.laboratory, card(opened, "share")
        with pytest.raises(ConsentError):
            do(laboratory.formula_samples(share))
        laboratory.consent(laboratory.source("coin"))
        found = do(laboratory.formula_samples(share))
        assert len(found) == SETS
        assert {one.symbols["chance"] for one in found} == {0.2, 0.8}
        assert all(one.key.value == one.symbols["chance"] for one in found)
        assert all(one.key.mistakes["share_of_tails"] == pytest.approx(1 - one.key.value) for one in found)
        monkeypatch.setattr(Worker, "keys_where_it_applies", None)
        assert do(laboratory.formula_samples(share)) is found


def test_check_finds_a_formula_whose_value_hardly_applies(tmp_path: Path) -> None:
    """So many sets as it takes to tell formulas apart must have an exact value."""
    write(tmp_path, COIN.replace('unit="heads per toss"', "applies=lambda parameters: parameters.chance < 0.02"))
    text = FORMULA_CARD.replace("vary = { chance = [0.2, 0.8] }", "parameters = { tosses = 5 }").replace(
        "@{chance}", ""
    )
    with at_work(tmp_path, coin=text.replace("absolute = 0.1", "absolute = 1e-3")) as opened:
        laboratory = opened.laboratory
        laboratory.consent(laboratory.source("coin"))
        with pytest.raises(SimulationError, match=r"share applies at \d+ of 400 sets drawn for the formula; draw from"):
            do(laboratory.formula_samples(card(opened, "share")))


def test_mistakes_are_told_beside_the_exact_values(opened: Library) -> None:
    """At any parameters that fit; a file that may not run is not asked."""
    laboratory = opened.laboratory
    with pytest.raises(ConsentError):
        do(laboratory.beside("coin", {}))
    laboratory.consent(laboratory.source("coin"))
    assert do(laboratory.beside("coin", {"chance": 0.25})) == ({"share": 0.25}, {"share_of_tails": 0.75})
    with pytest.raises(SimulationError, match="lies outside"):
        do(laboratory.beside("coin", {"chance": 2}))


# --- runs -----------------------------------------------------------------------------------------


def test_missing_parameters_take_their_defaults(opened: Library) -> None:
    """And wrong ones are refused before a worker is asked."""
    run = do(opened.laboratory.run("softmax_output", {"samples": "100"}, 3))
    assert (run.parameters["samples"], run.parameters["classes"], run.seed) == (100, 5, 3)
    with pytest.raises(ParameterError, match="it lies outside 100"):
        do(opened.laboratory.run("softmax_output", {"samples": 1}, 3))


def test_progress_is_told(opened: Library, tmp_path: Path) -> None:
    """And a run can be cancelled, after which the laboratory works."""
    write(tmp_path, LOOP)
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    seen: list[float] = []

    async def work() -> str:
        task = asyncio.create_task(laboratory.run("coin", {}, 0, seen.append))
        while not seen:
            await asyncio.sleep(0.01)
        await laboratory.cancel()
        with pytest.raises(SimulationError, match="cancelled"):
            await task
        return (await laboratory.run("softmax_output", {"samples": 100}, 0)).simulation

    assert do(work()) == "softmax_output"
    assert seen == [0.0]


# --- checking -------------------------------------------------------------------------------------


def test_check_finds_a_key_that_cannot_be_computed(opened: Library, tmp_path: Path) -> None:
    """At the parameters of any draw; the line is the answer's."""
    write(tmp_path, COIN.replace("return parameters.chance\n", "return 1 / (parameters.chance - 0.8)\n"))
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    (problem,) = do(check_links(laboratory, list(opened.store.cards())))
    assert (problem.path, problem.card) == ("coin.md", "share")
    assert problem.line >= 11
    assert "coin.py" in problem.what


def test_check_finds_mistakes_too_near_the_key(opened: Library, tmp_path: Path) -> None:
    """A number must belong to one of them only."""
    path = tmp_path / "shipped" / "decks" / "coin.md"
    path.write_text(COIN_CARD.replace("[0.2, 0.8]", "[0.45, 0.8]"))
    opened.synchronise()
    laboratory: Laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    (problem,) = do(check_links(laboratory, list(opened.store.cards())))
    assert "the key (0.45) and share_of_tails (0.55) are too close at chance=0.45" in problem.what


def test_check_finds_a_claim_that_does_not_apply(opened: Library, tmp_path: Path) -> None:
    """At any of the card's draws: the card would be called backed by a claim that is silent there."""
    path = tmp_path / "shipped" / "decks" / "coin.md"
    named = COIN_CARD.replace('name = "coin"', 'name = "coin"\nclaims = ["share_is_chance", "fair"]')
    path.write_text(named.replace("0.2, 0.8", "0.5, 0.8").replace("absolute = 0.1\nmistakes", "absolute = 0.1\n#"))
    opened.synchronise()
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    (problem,) = do(check_links(laboratory, list(opened.store.cards())))
    assert problem.what == "[simulation] claims: 'fair' does not apply at chance=0.8"
    assert problem.remedy == "it is about chance 0.5; choose such parameters, or leave the claim out"


def test_check_tells_which_elements_there_are(opened: Library, tmp_path: Path) -> None:
    """Of an array value asked without an index; nothing of the simulation's file, and one remedy."""
    write(tmp_path, COIN.replace("return parameters.chance\n", "return [parameters.chance] * 5\n"))
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    (problem,) = do(check_links(laboratory, list(opened.store.cards())))
    assert problem.what == "[answer] index: share is an array of 5"
    assert problem.remedy == "say which element is asked: index = 0 to 4"


def test_check_finds_answers_that_do_not_fit(tmp_path: Path) -> None:
    """Over 12 lines in a shipped deck, over 20 in the learner's own; siblings of a gap card are told once."""
    own = tmp_path / "home" / "decks" / "own.md"
    own.parent.mkdir(parents=True)
    paragraphs = {lines: "{{c1::one}} and {{c2::two}}" + "\n\nmore" * ((lines - 1) // 2) for lines in (11, 13, 19, 21)}
    cards = "".join(f"## Q {{#{{}}{lines}}}\n\n{text}\n\n" for lines, text in paragraphs.items())
    own.write_text("# Own\n\n" + cards.replace("{}", "own"))
    with at_work(tmp_path, shipped="# Shipped\n\n" + cards.replace("{}", "shipped")) as opened:
        found = do(opened.check()).problems
    long = [str(one) for one in found if "74 columns" in one.what]
    assert [(line.split(":")[2].strip(), line.split("takes ")[1]) for line in long] == [
        ("own21", "21 lines of 74 columns, and 20 fit; shorten it, or make two cards of it"),
        ("shipped13", "13 lines of 74 columns, and 12 fit; shorten it, or make two cards of it"),
        ("shipped19", "19 lines of 74 columns, and 12 fit; shorten it, or make two cards of it"),
        ("shipped21", "21 lines of 74 columns, and 12 fit; shorten it, or make two cards of it"),
    ]


def test_check_finds_a_simulation_that_cannot_be_described(opened: Library, tmp_path: Path) -> None:
    """The others are checked."""
    write(tmp_path, "TITLE = 'x'\n", "broken")
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("broken"))
    (problem,) = do(check_links(laboratory, list(opened.store.cards())))
    assert "broken.py" in problem.path
