"""Rules of runs made ahead and of receipts: what is shown, what is logged, and what is computed again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studyapp.core.questions import Question, draw, pose
from studyapp.lab import ConsentError, IncomparableError
from studyapp.library import Library
from studyapp.runs.errors import SimulationError
from studyapp.runs.finder import Source
from studyapp.runs.worker import Worker
from studyapp.simulation import ParameterError, Run
from tests.laboratory import COIN_CARD, at_work, card, do, no_worker, one_loop, opened, write
from tests.runs.writing import COIN, LOOP

__all__ = ["one_loop", "opened"]


def timed(run: Callable[[], object], seconds: float) -> Callable[..., Coroutine[Any, Any, Run]]:
    """A worker's `run` that counts its calls and seems to take so many seconds."""

    async def made(_: Worker, source: Source, parameters: Mapping[str, Any], seed: int, *_more: object) -> Run:
        run()
        return Run(source.name, source.sha256, parameters, seed, {}, {}, (), (), "2", seconds)

    return made


def test_the_fastest_time_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run on a busy machine is timed anew at the next start, and is slow no more; a truly slow one stays slow."""

    def starts(seconds: float) -> list[bool]:
        """Whether two questions in a row have their runs made, at a start when they take so long."""
        monkeypatch.setattr(Worker, "run", timed(lambda: None, seconds))
        with at_work(tmp_path) as opened:
            return [do(opened.laboratory.run_quickly("softmax_output", {}, seed)) is not None for seed in (1, 2)]

    assert starts(0.9) == [True, False]
    assert starts(0.8) == [True, False]
    assert starts(0.01) == [True, True]
    assert starts(0.9) == [True, True]
    (tmp_path / "home" / "cache.db").unlink()
    assert starts(9.0) == [True, False]
    assert starts(0.01) == [False, False]


def computed(opened: Library, identity: str = "ratio", seed: int = 4) -> Question:
    """A computed card as it is asked with this seed."""
    asked = card(opened, identity)
    return pose(asked, seed, do(opened.laboratory.key(asked, draw(asked, seed))))


def test_a_receipt_says_what_an_answer_was_computed_from(opened: Library) -> None:
    """The key at once; what the run beside the answer measured once that run is over; no receipt without simulation."""
    laboratory, question = opened.laboratory, computed(opened)
    assert question.key is not None
    before = laboratory.receipt(question)
    assert before is not None
    assert (before["simulation"], before["seed"]) == ("softmax_output", 4)
    assert before["sha256"] == laboratory.source("softmax_output").sha256
    assert before["parameters"] == question.parameters
    assert before["key"] == {"ratio_of_probabilities": question.key.value}
    assert before["values"] == {}
    do(laboratory.run_ahead(question))
    run = do(laboratory.run("softmax_output", question.parameters, 4))
    after = laboratory.receipt(question)
    assert after is not None
    assert isinstance(values := after["values"], dict)
    assert values["ratio_of_probabilities"] == run.values["ratio_of_probabilities"]
    assert values == {name: value for name, value in run.values.items() if name in values}
    assert len(values) > 5
    assert before == {**after, "values": {}}
    assert after["numpy"] == run.numpy
    assert json.loads(json.dumps(after))
    assert laboratory.receipt(pose(card(opened, "which"), 4)) is None
    do(laboratory.run_ahead(pose(card(opened, "which"), 4)))


def test_a_run_made_ahead_is_the_one_that_is_shown(opened: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is asked again, by the answer or by an undo."""
    laboratory, question = opened.laboratory, computed(opened)
    assert laboratory.finished(question) is None
    do(laboratory.run_ahead(question))
    run = laboratory.finished(question)
    assert run is not None
    assert (run.seed, run.parameters["temperature"]) == (4, question.parameters["temperature"])
    no_worker(monkeypatch)
    assert do(laboratory.run_quickly("softmax_output", question.parameters, 4)) is run
    assert laboratory.finished(computed_again := pose(question.card, 5)) is None
    assert computed_again.seed == 5


def test_nothing_is_made_ahead_without_consent(opened: Library, tmp_path: Path) -> None:
    """Of a learner's own file nothing is executed; the answer's receipt names it all the same, without values."""
    proof = tmp_path / "executed"
    write(tmp_path, f"open({str(proof)!r}, 'w')\n" + COIN)
    laboratory, question = opened.laboratory, pose(card(opened, "share"), 1)
    do(laboratory.run_ahead(question))
    assert not proof.exists()
    receipt = laboratory.receipt(question)
    assert receipt is not None
    assert (receipt["simulation"], receipt["key"], receipt["values"]) == ("coin", {}, {})
    with pytest.raises(ConsentError):
        do(laboratory.run_quickly("coin", {}, 1))


def test_what_goes_wrong_ahead_is_said_with_the_answer(opened: Library, tmp_path: Path) -> None:
    """A simulation that fails, a parameter out of bounds, a simulation that is gone: nothing is raised before."""
    write(tmp_path, COIN.replace("heads = ", "heads = 1 / 0 * "))
    laboratory, share = opened.laboratory, card(opened, "share")
    laboratory.consent(laboratory.source("coin"))
    question = pose(share, 1)
    do(laboratory.run_ahead(question))
    assert laboratory.receipt(question)["values"] == {}  # type: ignore[index]
    with pytest.raises(SimulationError, match="division by zero"):
        do(laboratory.run_quickly("coin", question.parameters, 1))
    outside = replace(question, parameters={"chance": 7.0})
    do(laboratory.run_ahead(outside))
    with pytest.raises(ParameterError, match="it lies outside"):
        do(laboratory.run_quickly("coin", outside.parameters, 1))
    (tmp_path / "home" / "simulations" / "coin.py").unlink()
    laboratory.refresh()
    do(laboratory.run_ahead(question))
    assert laboratory.finished(question) is None
    assert laboratory.receipt(question) is None


def test_a_key_does_not_wait_for_a_run_made_ahead(opened: Library, tmp_path: Path) -> None:
    """An endless run that nobody knew to be endless is ended for it; closing ends one too."""
    write(tmp_path, LOOP)
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    endless, ratio = pose(card(opened, "share"), 1), card(opened, "ratio")

    async def work() -> float:
        ahead = asyncio.create_task(laboratory.run_ahead(endless))
        await asyncio.sleep(0.5)
        begun = time.monotonic()
        assert (await laboratory.key(ratio, draw(ratio, 4))).value > 1
        waited = time.monotonic() - begun
        await ahead
        assert laboratory.finished(endless) is None
        ahead = asyncio.create_task(laboratory.run_ahead(endless))
        await asyncio.sleep(0.05)
        await laboratory.close()
        await ahead
        return waited

    assert do(work()) < 5


def test_a_receipt_agrees_when_it_is_computed_again(opened: Library) -> None:
    """Out of the log, by a real run; what does not agree is told with both numbers."""
    laboratory, question = opened.laboratory, computed(opened)
    do(laboratory.run_ahead(question))
    receipt = json.loads(json.dumps(laboratory.receipt(question)))
    assert do(laboratory.again(receipt)) == []
    key, values = receipt["key"]["ratio_of_probabilities"], receipt["values"]["largest_probability"]
    changed = {**receipt, "key": {"ratio_of_probabilities": key * (1 + 1e-8)}}
    (line,) = do(laboratory.again(changed))
    assert line == f"ratio_of_probabilities was {key * (1 + 1e-8):.12g}, and is {key:.12g} now"
    changed = {**receipt, "numpy": "1.0", "values": {"largest_probability": values * 2, "no_such": 1.0}}
    assert do(laboratory.again(changed)) == [
        f"largest_probability was {values * 2:.12g}, and is {values:.12g} now",
        "no_such was 1, and has no value now",
        f"NumPy was 1.0, and is {receipt['numpy']} now",
    ]
    first = {name: receipt[name] for name in ("simulation", "sha256", "parameters", "seed", "numpy")}
    assert do(laboratory.again({**first, "values": receipt["key"]})) == []


def test_a_receipt_of_an_array_knows_the_element(opened: Library, tmp_path: Path) -> None:
    """The one that was asked for; the first receipts did not say which, and cannot be compared."""
    write(tmp_path, COIN.replace("return parameters.chance\n", "return [0.5, parameters.chance]\n"))
    path = tmp_path / "shipped" / "decks" / "coin.md"
    path.write_text(COIN_CARD.replace("absolute = 0.1\nmistakes", "absolute = 0.1\nindex = 1\n#"))
    opened.synchronise()
    laboratory = opened.laboratory
    laboratory.consent(laboratory.source("coin"))
    receipt = laboratory.receipt(question := computed(opened, "share"))
    assert receipt is not None
    assert (receipt["key"], receipt["index"]) == ({"share": question.parameters["chance"]}, 1)
    assert do(laboratory.again(receipt)) == []
    assert len(do(laboratory.again({**receipt, "index": 0}))) == 1
    with pytest.raises(IncomparableError, match="share: it was not logged which element was asked"):
        do(laboratory.again({name: value for name, value in receipt.items() if name != "index"}))


def test_what_cannot_be_compared_says_why(opened: Library, tmp_path: Path) -> None:
    """A file that changed, may not run, or is gone; an answer before its run was over; what is no receipt."""
    laboratory = opened.laboratory
    early = laboratory.receipt(pose(card(opened, "share"), 1))
    assert early is not None
    full = {**early, "values": {"share": 0.5}}

    def why(told: dict[str, object]) -> str:
        with pytest.raises(IncomparableError) as caught:
            do(laboratory.again(told))
        return str(caught.value)

    assert why(full) == "coin.py: the file may not run yet"
    laboratory.consent(laboratory.source("coin"))
    assert why(early) == "coin.py: answered before its run was over"
    assert why({}) == "receipt: cannot be read (it has no 'values')"
    write(tmp_path, COIN + "# changed\n")
    laboratory.refresh()
    assert why(full) == "coin.py: the file changed since"
    (tmp_path / "home" / "simulations" / "coin.py").unlink()
    laboratory.refresh()
    assert why(full) == "coin: there is no simulation of this name any more"


def test_single_numbers_are_told_from_arrays(opened: Library) -> None:
    """By their exact answers, without a run; what has none at these parameters is none."""
    names = do(opened.laboratory.exact_numbers("softmax_output", [{}]))
    description = do(opened.laboratory.describe("softmax_output"))
    run = do(opened.laboratory.run("softmax_output", {}, 0))
    assert set(names) == {mark.name for mark in description.values if isinstance(run.expected.get(mark.name), float)}
    assert 0 < len(names) < len(description.values)


def test_exact_numbers_are_told_at_each_set(opened: Library) -> None:
    """In the order of the sets, as each set has them alone."""
    sets = [{"temperature": 0.5}, {"temperature": 2.0}]
    both = do(opened.laboratory.exact_numbers("softmax_output", sets))
    alone = [do(opened.laboratory.exact_numbers("softmax_output", [one])) for one in sets]
    assert both["ratio_of_probabilities"] == [one["ratio_of_probabilities"][0] for one in alone]
    assert both["ratio_of_probabilities"][0] != both["ratio_of_probabilities"][1]
