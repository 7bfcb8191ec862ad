"""The README is true: its examples run as they are written, its commands, options, keys and JSON are the real ones."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import click
import pytest
from textual.binding import Binding

from studyapp.cli import COMMANDS, studyapp
from studyapp.core.sm2 import GRADES
from studyapp.decks import parse
from studyapp.model import Answered, Kind, Mode
from studyapp.settings import Settings
from studyapp.tui.app import StudyApp
from studyapp.tui.card_screen import CardScreen
from studyapp.tui.drafts import DraftsScreen
from studyapp.tui.edit import EditScreen
from studyapp.tui.exam_question import QuestionScreen
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.home import HomeScreen
from studyapp.tui.keys import EVERYWHERE, NAMES
from studyapp.tui.lab import LabScreen
from studyapp.tui.lab_draw import DrawScreen
from studyapp.tui.lab_form import ParameterForm
from studyapp.tui.lab_list import LabListScreen
from studyapp.tui.review import ReviewScreen
from tests.cli.calling import call, own_deck, own_simulation, start, studying
from tests.cli.conftest import home, no_environment, read_home

__all__ = ["home", "no_environment", "read_home"]

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
CHANCES = (0.1, 0.3, 0.5, 0.9)


def fenced(language: str, number: int = 0) -> str:
    """An example in a language, the first unless said otherwise; without the indent that it has in a list."""
    found = re.findall(rf"^ *(`{{3,}}){language}\n(.*?)^ *\1$", README, re.DOTALL | re.MULTILINE)
    return dedent(found[number][1])


def section(title: str) -> str:
    """A section's text."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


# --- the deck -------------------------------------------------------------------------------------


def test_the_deck_has_no_problem() -> None:
    """It parses, and shows the kinds that the text below it speaks of."""
    deck = parse(fenced("markdown").encode(), "weights.md")
    assert deck.problems == ()
    assert deck.title == "Weights"
    assert {card.kind for card in deck.cards} == {Kind.BASIC, Kind.CHOICE, Kind.CLOZE, Kind.COMPUTED}
    assert all(card.stamped for card in deck.cards)


def test_the_deck_passes_check_and_verify(home: Path) -> None:
    """Its parameters, claims and values exist, and the simulation bears its cards out."""
    own_deck(home, fenced("markdown"), "weights.md")
    done = call(home, "check", str(home / "decks" / "weights.md"))
    assert (done.status, done.out) == (0, "5 cards (1 basic, 1 choice, 2 cloze, 1 computed): no problems\n")
    assert call(home, "check").status == 0, "its ids are no shipped card's"
    done = call(home, "verify", "weights", "--seeds", "5")
    assert done.status == 0
    assert done.out.startswith("all 2 cards hold: ")


def test_the_formula_and_the_target_hold(home: Path) -> None:
    """Nothing is wrong with either card; of the second both its own parameters and the solution are run."""
    own_deck(home, fenced("markdown", 1), "temperature.md")
    done = call(home, "check", str(home / "decks" / "temperature.md"))
    assert (done.status, done.out) == (0, "2 cards (1 computed, 1 refute): no problems\n")
    done = call(home, "verify", "temperature", "--seeds", "5")
    assert done.status == 0
    assert done.out.startswith("all 2 cards hold: 15 runs, ")


# --- the simulation -------------------------------------------------------------------------------


@pytest.fixture
def coin(home: Path) -> Path:
    """A data folder with the README's simulation, which may run."""
    own_simulation(home, fenced("python"), "coin")
    return home


@pytest.mark.parametrize("chance", CHANCES)
def test_the_simulation_runs_as_written(coin: Path, chance: float) -> None:
    """With the options that the text names; its claim holds, and what it expects is what it measures."""
    done = call(coin, "run", "coin", "--chance", str(chance), "--seed", "7", "--json")
    assert done.status == 0, done.err
    verdicts = {claim["name"]: claim["verdict"] for claim in done.json["claims"]}
    assert verdicts == {"share_is_the_chance": "holds", "spreads_less": "holds" if chance == 0.9 else "does not apply"}
    assert done.json["values"]["spread"] == pytest.approx((chance * (1 - chance) / 1000) ** 0.5, rel=0.05)


def test_the_simulation_is_a_program(coin: Path) -> None:
    """Started as the text says, in a process of its own; its claim holds, and a parameter out of bounds is refused."""
    file = str(coin / "simulations" / "coin.py")
    done = start("--chance", "0.3", "--json", program=(file,), STUDYAPP_HOME=str(coin))
    assert (done.status, done.err) == (0, "")
    assert (done.json["simulation"], done.json["parameters"]["chance"]) == ("coin", 0.3)
    assert [claim["verdict"] for claim in done.json["claims"]] == ["holds", "does not apply"]
    by_name = call(coin, "run", file, "--chance", "0.3", "--json").json
    assert by_name["values"] == done.json["values"]
    refused = start("--chance", "7", program=(file,), STUDYAPP_HOME=str(coin)).refusal(2)
    assert "it lies outside 0.01 .. 0.99" in refused


def test_the_simulation_waits_for_consent(home: Path) -> None:
    """Which is for exactly its bytes: a change asks again, and it is no failure of `verify --all` that it waits."""
    own_simulation(home, fenced("python"), "coin")
    assert call(home, "run", "coin").status == 0
    own_simulation(home, fenced("python") + "# changed\n", "coin", consent=False)
    assert "has not been allowed to run yet" in call(home, "run", "coin").refusal()


@pytest.mark.parametrize("seeds", [3, pytest.param(100, marks=pytest.mark.slow)])
def test_the_card_that_launches_it_holds(coin: Path, seeds: int) -> None:
    """With many draws: key, tolerance and claim fit what is measured."""
    path = own_deck(coin, f"# Coins\n\n{fenced('markdown', 2)}", "coins.md")
    done = call(coin, "check", str(path))
    assert (done.status, done.out) == (0, "1 card (1 computed): no problems\n")
    done = call(coin, "verify", "coins", "--seeds", str(seeds))
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("the card holds: ")


@pytest.mark.parametrize("seeds", [2, pytest.param(100, marks=pytest.mark.slow)])
def test_every_claim_of_it_is_judged(coin: Path, seeds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `verify --all`: the second one at the place that it names."""
    (tmp_path / "shipped" / "simulations").mkdir(parents=True)  # the shipped ones are another test's matter
    monkeypatch.setattr("studyapp.library.shipped_content", lambda: tmp_path / "shipped")
    done = call(coin, "verify", "--all", "--seeds", str(seeds), "--json")
    assert done.status == 0
    (told,) = done.json["simulations"]
    assert (told["runs"], told["held"]) == (2 * seeds, ["share_is_the_chance", "spreads_less"])


def test_the_simulation_is_listed_and_may_be_named_by_a_card(coin: Path) -> None:
    """As the text says; its mistake is one of its value's."""
    assert re.search(r"^coin +A coin$", call(coin, "run").out, re.MULTILINE)
    settings = '[simulation]\nname = "coin"\n[answer]\nvalue = "spread"\ntolerance = 0.2\nmistakes = ["variance"]\n'
    path = own_deck(coin, f"# Coins\n\n## Spread? {{#spread}}\n\nThe root.\n\n```toml\n{settings}```\n")
    assert call(coin, "check", str(path)).out == "1 card (1 computed): no problems\n"


def test_the_simulation_imports_only_names_it_uses() -> None:
    """It is an example of style too."""
    tree = ast.parse(fenced("python"))
    imported = {name.asname or name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)
                for name in node.names}  # fmt: skip
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert imported <= used


# --- commands -------------------------------------------------------------------------------------


def rows() -> Iterator[tuple[str, str]]:
    """The table of commands: each usage, and what is said of it."""
    for line in section("The command line").splitlines():
        if line.startswith("| `studyapp"):
            usage, said = re.match(r"\| `(studyapp[^`]*)` \| (.*) \|", line).groups()  # type: ignore[union-attr]
            yield usage, said


def options_of(name: str) -> set[str]:
    """The options of a command."""
    command = studyapp.get_command(click.Context(studyapp), name)
    assert command is not None
    return {option for parameter in command.params for option in parameter.opts}


def test_every_command_is_documented_and_exists() -> None:
    """In the same order as in `--help`; the first row is the bare command."""
    named = [words.split()[1] for words, _ in rows() if " " in words]
    assert named == list(COMMANDS)


def test_every_option_named_for_a_command_exists() -> None:
    """In its usage or in what is said of it."""
    for usage, said in rows():
        name = [*usage.split(), ""][1]
        if name:
            shown = set(re.findall(r"--[a-z][a-z-]*", usage + said)) - {"--parameter"}
            assert shown <= options_of(name), name


def test_every_command_in_the_text_exists() -> None:
    """Wherever one is quoted."""
    for quoted in re.findall(r"`studyapp( [^`]*)?`", README):
        words = [word for word in quoted.split() if not word.startswith("-")]
        assert not words or words[0] in COMMANDS, quoted
    for option in ("--home", "--debug"):
        assert f"`{option}" in README
        assert option in options_of("due")


def test_the_sm2_example_works() -> None:
    """As it is quoted."""
    (grades,) = re.findall(r"`studyapp sm2 ([\d ]+)`", README)
    assert call(None, "sm2", *grades.split()).status == 0
    assert {int(grade) for grade in grades.split()} <= set(GRADES)


# --- JSON -----------------------------------------------------------------------------------------

Shape = dict[str, "Shape | None"]


def documented(command: str) -> Shape:
    """The keys that the README says a command's JSON has, nested as they are."""
    text = " ".join(section("The command line").split())
    found = re.search(rf"`{command}` gives `([^`]+)`", text)
    assert found is not None, command
    words = re.findall(r"\w+|[{},:]", found[1].replace("[", "").replace("]", "").replace("...", ""))
    return braced(iter(words[1:]))


def braced(words: Iterator[str]) -> Shape:
    """What stands between two braces; the first was read."""
    shape: Shape = {}
    key = ""
    for word in words:
        match word:
            case "}":
                return shape
            case "{":
                shape[key] = braced(words)
            case "," | ":":
                pass
            case _:
                key = word
                shape[key] = None
    raise AssertionError("a brace is missing")


def agrees(shape: Shape, value: Any) -> None:
    """The value has these keys, in this order, all the way down; of lists the first element counts."""
    if isinstance(value, list):
        assert value, "nothing to compare with"
        agrees(shape, value[0])
        return
    assert list(value) == list(shape)
    for key, below in shape.items():
        if below:
            agrees(below, value[key])


def test_json_is_as_documented(home: Path) -> None:
    """Of `due`, `log`, `run`, `verify` and `check`."""
    claims = '[simulation]\nname = "softmax_output"\nparameters = { temperature = 2.0 }\nclaims = ["lecture_example"]'
    own_deck(home, f"# Mine\n\n## A? {{#a}}\n\nx\n\n```toml\n{claims}\n```\n\n## B? {{#a}}\n\ny\n")
    with studying(home) as library:
        library.store.append([Answered("a", Mode.SPACED, Kind.BASIC, 4, 1)], at=library.now(), day=library.today)
    agrees(documented("due"), call(home, "due", "--json").json)
    agrees(documented("run"), call(home, "run", "softmax_output", "--json").json)
    agrees(documented("verify"), call(home, "verify", "mine", "--json").json)
    for name in ("papers.md", ".came/papers.md"):  # copied from another one than came with studyapp
        own_deck(home, "# Papers\n", name)
    agrees(documented("check"), call(home, "check", str(home / "decks"), "--json").json)
    (row,) = call(home, "log", "--json").json
    shape = documented("log")
    assert shape.pop("after", {}) in (None, {})  # written as {...}: the same as before
    assert list(row["after"]) == list(row.pop("before"))
    agrees(
        {key: below for key, below in shape.items() if key != "before"}, {k: v for k, v in row.items() if k != "after"}
    )


def test_what_only_help_describes_is_described_there() -> None:
    """The README sends its readers there."""
    for name in ("stats", "doctor"):
        assert "JSON: {" in call(None, name, "--help").out


# --- keys -----------------------------------------------------------------------------------------


def keys_of(*bound: Any) -> set[str]:
    """The keys that screens and widgets bind, as the README writes them."""
    found = set()
    for one in bound:
        for binding in one.BINDINGS:
            if isinstance(binding, Binding):
                found |= {NAMES.get(key, key) for key in binding.key.split(",")}
        for words in getattr(one, "OTHER_KEYS", {}):
            found |= set(words.split())
    for first, last in [key.split("-") for key in found if re.fullmatch(r"\w-\w", key)]:
        found |= {chr(code) for code in range(ord(first), ord(last) + 1)}
    return found


EVERYWHERE_KEYS = {key for keys in EVERYWHERE for key in keys.split()} | {"q", "Esc"}
SCREENS: dict[str, set[str]] = {
    "everywhere": EVERYWHERE_KEYS,
    "Home": keys_of(HomeScreen),
    "Drafts": keys_of(DraftsScreen) | {"Enter"},
    "Review": keys_of(ReviewScreen),
    "Card": keys_of(CardScreen) | {"Delete"},
    "Writing a card": keys_of(EditScreen) | {"F2", "F3"},
    "Lab": keys_of(LabScreen, ParameterForm),
    "List of the Lab": keys_of(LabListScreen),
    "Draw the curve": keys_of(DrawScreen),
    "Exam": keys_of(QuestionScreen) | {"?"},
    "Report of an exam": keys_of(ReportScreen) | {"Enter"},
}


def key_rows() -> list[tuple[str, str]]:
    """The table of keys: the screen, and what is said."""
    lines = [line for line in section("Keys").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(where, keys) for where, keys in cells if where != "where"]


@pytest.mark.parametrize(("where", "said"), key_rows())
def test_every_key_in_the_tables_is_bound(where: str, said: str) -> None:
    """By the screen that it stands for."""
    named = set(re.findall(r"`([^`]+)`", said)) | set(re.findall(r"\b(Enter|Space|Esc|Ctrl\+C)\b", said))
    assert named
    assert named <= SCREENS[where.partition(",")[0]]


def test_every_key_of_home_and_everywhere_is_told() -> None:
    """The first screen's keys are all there, but for moving about."""
    told = {key for where, said in key_rows() if where in ("Home", "everywhere") for key in re.findall(r"`(.)`", said)}
    assert {key for key in SCREENS["Home"] | EVERYWHERE_KEYS if len(key) == 1} - set("jk↑↓=") <= told


def test_the_keys_that_work_everywhere_are_the_applications() -> None:
    """Undo, redo, find, keys, commands and quit."""
    bound = keys_of(StudyApp) | {NAMES[StudyApp.COMMAND_PALETTE_BINDING]}
    assert {"?", ":", "/", "u", "U", "ctrl+c"} <= bound


# --- the rest -------------------------------------------------------------------------------------


def test_the_settings_are_the_real_ones() -> None:
    """All of them, by name."""
    (line,) = [line for line in section("Where your data is").splitlines() if "`settings.toml`" in line]
    named = re.findall(r"`(\w+)`", line.partition("settings.toml")[2])
    assert named == list(Settings.__dataclass_fields__)


def test_the_files_are_the_real_ones(home: Path) -> None:
    """What is written into the data folder is named."""
    own_simulation(home, fenced("python"), "coin")
    own_deck(home, fenced("markdown"))
    assert call(home, "run", "coin").status == 0
    with studying(home) as library:
        library.set(minutes=20)
    for one in home.iterdir():
        assert f"`{one.name}{'/' if one.is_dir() else ''}`" in section("Where your data is"), one.name
