"""There is one way to the screen: as Content, which is never parsed, and through a filter of control characters.

Textual parses a `str` wherever a widget takes one. Types do not tell the two apart, as its signatures take both, so the
sources are read here: every other way that Textual offers is a fault, and a new kind of widget is one until somebody
has looked at what it does with text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.widgets import Input, Static, TextArea

import studyapp.tui
from studyapp.tui.card_text import Harmless
from tests.studying import Clock, library
from tests.tui.hostile import CODES, OBEYED, assert_harmless
from tests.tui.screens import at_home

TUI = Path(studyapp.tui.__path__[0])
SOURCES = {
    ".".join(file.relative_to(TUI).with_suffix("").parts): file.read_text(encoding="utf-8")
    for file in sorted(TUI.rglob("*.py"))
}
"""The sources by their modules' names within the package."""

WIDGETS = {"Static", "Input", "TextArea", "OptionList", "Option"}
"""What may be imported of Textual's widgets. Input and TextArea show texts as they are; how others are used is read."""
RICH = {"rich.cells", "rich.segment"}
PARSED = {"from_markup", "from_text", "render_str"}
"""What makes Content of markup."""
TITLES = {"border_title", "border_subtitle", "sub_title", "tooltip"}
"""What a widget shows beside its content."""
KEEPS_CONTENT = {"join", "stylize", "truncate", "first_line"}
"""What is Content if it is asked of Content."""

CONTENT = {"Content", "Content | None"}
"""The annotations that promise it."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def content_functions(sources: Mapping[str, str]) -> frozenset[str]:
    """What gives Content, as `module.name`, or `module.name[1]` for the second of several things that it gives.

    Not where another function of the module's has the name and gives something else.
    """
    given: dict[str, set[str]] = {}
    for module, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, Function):
                given.setdefault(f"{module}.{node.name}", set()).add(ast.unparse(node.returns) if node.returns else "")
    found = {name for name, kinds in given.items() if kinds <= CONTENT}
    for name, kinds in given.items():
        match ast.parse(kinds.pop(), mode="eval").body if len(kinds) == 1 and kinds != {""} else None:
            case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=parts)):
                found |= {f"{name}[{place}]" for place, part in enumerate(parts) if ast.unparse(part) in CONTENT}
    return frozenset(found)


class Reader:
    """Reads one source for faults, each as `line: what`."""

    def __init__(self, module: str, source: str) -> None:
        self.source, self.module = ast.parse(source), module
        nodes = list(ast.walk(self.source))
        self.names = {
            one.asname or one.name: f"{node.module}.{one.name}".removeprefix("studyapp.tui.")
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for one in node.names
        }
        self.made = {"Static"}
        """Classes whose first argument is shown; those that take other arguments hand it on to `super().__init__`."""
        self.handed_on: set[ast.AST] = set()
        for node in nodes:
            if isinstance(node, ast.ClassDef) and "Static" in [ast.unparse(base) for base in node.bases]:
                inside = list(ast.walk(node))
                if not any(isinstance(one, ast.FunctionDef) and one.name == "__init__" for one in inside):
                    self.made.add(node.name)
                supers = (one for one in inside if isinstance(one, ast.Call))
                self.handed_on |= {one for one in supers if ast.unparse(one.func) == "super().__init__"}

    def faults(self) -> Iterator[str]:
        """All of them, in no order."""
        yield from self._read(self.source, None)

    def _read(self, node: ast.AST, function: Function | None) -> Iterator[str]:
        for one in ast.iter_child_nodes(node):
            fault = self._fault(one, function)
            if fault:
                yield f"{getattr(one, 'lineno', 0)}: {fault}"
            yield from self._read(one, one if isinstance(one, Function) else function)

    def _fault(self, node: ast.AST, function: Function | None) -> str:
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("textual.widgets"):
                return ", ".join(f"what does {one.name} do with text?" for one in names if one.name not in WIDGETS)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "rich" and module not in RICH:
                return f"{module} has a markup of its own"
            case ast.Import(names=names) if any(one.name.split(".")[0] in ("rich", "textual") for one in names):
                return "import by name, so that it can be read here"
            case ast.Attribute(attr=name) if name in PARSED:
                return f"{name} takes markup"
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in TITLES:
                return "" if self.shown(value, function) else f"{ast.unparse(value)} may be a str"
            case ast.FunctionDef(name="render", returns=returns) if (
                returns is None or ast.unparse(returns) != "Content"
            ):
                return "what a widget renders is parsed unless it is Content"
            case ast.Call():
                return self._call_fault(node, function)
        return ""

    def _call_fault(self, call: ast.Call, function: Function | None) -> str:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        keywords = {one.arg: one.value for one in call.keywords}
        plain = "markup" in keywords and ast.unparse(keywords["markup"]) == "False"
        given = [*call.args, *(keywords[one] for one in ("content", "prompt") if one in keywords)]
        if name in ("OptionList", "notify") and not plain:
            return f"{name} without markup=False"
        if ((name in self.made or call in self.handed_on) and not plain) or name == "update":
            return "".join(f"{ast.unparse(one)} may be a str" for one in given[:1] if not self.shown(one, function))
        words = call.args[2:3] if name == "Binding" else call.args[:2] if name == "SystemCommand" else []
        if not all(isinstance(one, ast.Constant) for one in words):
            return f"the palette parses the words of a {name}: write them out"
        return ""

    def shown(self, node: ast.expr, function: Function | None) -> bool:
        """Whether it can be shown: our own literal, or Content."""
        return isinstance(node, ast.Constant) or self.is_content(node, function)

    def is_content(self, node: ast.expr, function: Function | None) -> bool:
        """Whether an expression can only be Content (or nothing), as far as one function tells."""
        match node:
            case ast.Call(func=ast.Name(id="Content")):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id="Content"))):
                return True
            case ast.Call(func=called) if self.named(called):
                return self.named(called) in FUNCTIONS
            case ast.Subscript(value=ast.Call(func=called), slice=ast.Constant(value=int(place))):
                return f"{self.named(called)}[{place}]" in FUNCTIONS
            case ast.Call(func=ast.Attribute(value=value, attr=name)) | ast.Attribute(value=value, attr=name):
                return name in KEEPS_CONTENT and self.is_content(value, function)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self.is_content(left, function) or self.is_content(right, function)
            case ast.IfExp(body=body, orelse=orelse):
                return self.is_content(body, function) and self.is_content(orelse, function)
            case ast.Name(id=name) if function is not None:
                found = list(_values(name, function))
                return bool(found) and all(one is not None and self.is_content(one, function) for one in found)
        return False

    def named(self, called: ast.expr) -> str:
        """The function that is called, as `module.name`; empty for a method of something else."""
        match called:
            case ast.Name(id=name):
                return self.names.get(name, f"{self.module}.{name}")
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in (*self.names, "self"):
                return f"{self.names.get(owner, self.module)}.{name}"
        return ""


def _values(name: str, function: Function) -> Iterator[ast.expr | None]:
    """All that a name stands for in a function; None for what is not told here."""
    for given in (*function.args.args, *function.args.kwonlyargs):
        if given.arg == name:
            promised = given.annotation is not None and ast.unparse(given.annotation) in CONTENT
            yield ast.parse("Content()", mode="eval").body if promised else None
    for node in _own(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.AugAssign(target=ast.Name(id=target)) if target == name:
                continue  # what is added to Content gives Content
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value) if any(
                _names(one, name) for one in targets
            ):
                for place, one in enumerate(targets):
                    if _names(one, name):
                        yield value.elts[place] if isinstance(value, ast.Tuple) else _part(value, place)
            case ast.Assign(targets=targets) if any(_names(one, name) for one in targets):
                yield None
            case ast.NamedExpr(target=ast.Name(id=target), value=value) if target == name:
                yield value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                yield value
            case ast.MatchAs(name=target) | ast.MatchStar(name=target) if target == name:
                yield None
            case ast.For() | ast.AsyncFor() if _names(node.target, name):
                yield None
            case ast.withitem(optional_vars=ast.expr() as one) if _names(one, name):
                yield None


def _part(value: ast.expr, place: int) -> ast.expr:
    return ast.Subscript(value=value, slice=ast.Constant(value=place), ctx=ast.Load())


def _own(function: Function) -> Iterator[ast.AST]:
    """A function's nodes without those of its comprehensions, whose names are their own."""
    waiting: list[ast.AST] = [function]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.comprehension)]


def _names(target: ast.expr, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(target))


EXAMPLE = "def pair(of: object) -> tuple[str, Content]: ..."
FUNCTIONS = content_functions({**SOURCES, "here": EXAMPLE})
OF_BINDINGS = "commands"
"""It makes the palette's commands from the bindings' descriptions, which are literals."""


@pytest.mark.parametrize("module", SOURCES)
def test_every_text_is_content(module: str) -> None:
    """No screen hands Textual a text that it would parse."""
    faults = list(Reader(module, SOURCES[module]).faults())
    assert [fault for fault in faults if not (module == OF_BINDINGS and "SystemCommand" in fault)] == []


IMPORTS = """
from studyapp.tui import review_text
from studyapp.tui.card_text import content, plain
"""


@pytest.mark.parametrize(
    "source",
    [
        "Static(card.prompt)",
        "Static(f'{title}', id='x')",
        "Static(content=name)",
        "self.static('x').update(title)",
        "self.static('x').update(str(error))",
        "self.static('x').update(', '.join(names))",
        "self.static('x').update(plain(text).plain)",
        "self.static('x').update(review_text.number(value))",
        "self.static('x').update(card_text(value))",
        "def show(self, text):\n    self.update(text)",
        "def show(self):\n    line = plain('a')\n    line = 'b' + self.name\n    self.update(line)",
        "def show(self):\n    for line in self.lines:\n        self.update(line)",
        "def show(self):\n    a, line = self.pair\n    self.update(line)",
        "def show(self):\n    a, line = pair(self)\n    self.update(a)",
        "def show(self):\n    a, line = plain('a'), self.name\n    self.update(line)",
        "def show(self):\n    line = plain('a')\n    if line := self.name:\n        self.update(line)",
        "def show(self):\n    line: str = self.name\n    self.update(line)",
        "def show(self):\n    match self.name:\n        case line:\n            self.update(line)",
        "def show(self):\n    with self.open() as line:\n        self.update(line)",
        "def show(self):\n    self.update(plain('a') if self.x else self.y)",
        "class Title(Static): ...\nTitle(text)",
        "class Title(Static):\n    def __init__(self, text):\n        super().__init__(text)",
        "OptionList(*names)",
        "self.notify(text)",
        "self.notify(text, markup=True)",
        "self.border_title = deck.title",
        "widget.tooltip = text",
        "Content.from_markup(text)",
        "Content.from_text(text)",
        "from textual.widgets import Label",
        "from textual.widgets.option_list import OptionDoesNotExist",
        "from rich.text import Text",
        "import rich.markup",
        "def render(self):\n    return self.text",
        "def render(self) -> str:\n    return self.text",
        "Binding('a', 'open', title)",
        "SystemCommand(title, 'help', run)",
    ],
)
def test_other_ways_are_faults(source: str) -> None:
    """The reader finds each way that leads past Content."""
    assert list(Reader("here", IMPORTS + source).faults()) != []


@pytest.mark.parametrize(
    "source",
    [
        "Static(plain(text))",
        "Static(id='x')",
        "Static('Find', markup=False)",
        "Static(QUESTION, markup=False)",
        "Static(plain(text) + '\\n')",
        "self.update(Content('\\n').join(lines))",
        "self.update(content(text).first_line)",
        "self.update(review_text.front(question, False, width))",
        "widget.border_title = plain(text)",
        "def show(self):\n    a, line = pair(self)\n    self.update(line)",
        "def show(self):\n    line, a = plain('a'), self.name\n    self.update(line)",
        "def show(self, line: Content | None):\n    if line is not None:\n        self.update(line)",
        "def show(self, line: Content):\n    self.update(line.truncate(9))",
        "def show(self):\n    line = plain('a')\n    line += self.name\n    self.update(line)",
        "class Title(Static):\n    def __init__(self, text):\n        super().__init__()\nTitle(text)",
        "OptionList(markup=False)",
        "self.notify(text, markup=False)",
        "from textual.widgets import Static, Input",
        "def render(self) -> Content: ...",
    ],
)
def test_content_is_no_fault(source: str) -> None:
    """What screens do."""
    assert list(Reader("here", IMPORTS + source).faults()) == []


# --- control characters -------------------------------------------------------------------------------------------


def test_the_filter_changes_the_text_alone() -> None:
    """Style and control of a segment stay as they are."""
    bold = Style(bold=True)
    filtered = Harmless().apply([Segment(f"a{CODES}b\ud800", bold), Segment("c")], Color(0, 0, 0))
    assert filtered == [Segment("a" + OBEYED.sub("", CODES) + "b", bold), Segment("c")]


async def test_no_widget_sends_the_terminal_what_it_obeys(tmp_path: Path) -> None:
    """Content that was not made by `plain`, and a field's text, go through the filter like all; nothing moves."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            area = TextArea(f"area [b]{CODES}[/b]|")
            await seat.screen.mount(Static(Content(f"raw {CODES}|")), Input(f"field {CODES}|", compact=True), area)
            await seat.settle()
            assert_harmless(seat)
            text = OBEYED.sub("", CODES)
            assert f"raw {text}|" in seat.text
            assert f"field {text}|" in seat.text
            assert f"area [b]{text}[/b]|" in seat.text
            assert {strip.cell_length for strip in seat.screen._compositor.render_strips()} == {80}
