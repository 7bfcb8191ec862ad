"""The form of the Lab: one line per parameter, moved by keys, digits or the mouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Input, Static

from studyapp.core import sliders
from studyapp.simulation import Parameter, ParameterError
from studyapp.tui.lab_text import typed
from studyapp.tui.review_text import beside

SLIDER = range(5, 12)
"""How many places a slider has, as the width allows."""
VALUE_ROOM = 10
"""Columns beside a slider: a value of seven characters and a dot."""
BOLD, DIM = Style(bold=True), Style(dim=True)
Value = sliders.ParameterValue


def shown(value: Value) -> str:
    """A value as the form shows it."""
    match value:
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:.4g}"
        case tuple():
            return ", ".join(f"{one:g}" for one in value)
        case _:
            return str(value)


class ParameterLine(Static):
    """One parameter: its name, a slider or its choices, and its value."""

    def __init__(self, parameter: Parameter, name_width: int) -> None:
        super().__init__()
        self.parameter = parameter
        self._name_width = name_width

    def show(self, value: Value, highlighted: bool, changed: bool) -> None:
        """Draw the line, once it has a width; a value that is not the first one wears a dot."""
        if not self.size.width:
            return
        parameter = self.parameter
        name = parameter.name.ljust(self._name_width)
        parts: list[Content | str | tuple[str, Style]] = [("▸" if highlighted else " ", BOLD)]
        parts.append((name, BOLD if highlighted else Style()))
        if sliders.slides(parameter):
            last = self._places - 1
            place = round(last * sliders.fraction(parameter, value))
            parts += ["├" + "─" * place + "●" + "─" * (last - place) + "┤", (f" {shown(value)}", BOLD)]
        elif parameter.kind == "choice":
            mark = Content.assemble(*parts)
            chosen = [(f" ●{one}", BOLD) if one == value else (f"  {one}", DIM) for one in parameter.choices]
            self.update(beside(mark, Content.assemble(*chosen, " ·" if changed else ""), max(20, self.size.width)))
            return
        else:
            parts.append((f" {shown(value)}", BOLD))
        line = Content.assemble(*parts, " ·" if changed else "")
        self.update(line.truncate(max(20, self.size.width), ellipsis=True))

    @property
    def _places(self) -> int:
        """How many places the slider has."""
        return min(SLIDER[-1], max(SLIDER[0], self.size.width - self._name_width - 3 - VALUE_ROOM))

    def on_resize(self) -> None:
        """Draw it for the new width."""
        form = self.parent
        if isinstance(form, ParameterForm):
            form.show()

    def on_click(self, event: events.Click) -> None:
        """Highlight the line; a click on a slider moves it there."""
        place = None
        offset = event.x - 2 - self._name_width
        if sliders.slides(self.parameter) and event.y == 0 and 0 <= offset < self._places:
            place = offset / (self._places - 1)
        self.post_message(ParameterForm.Clicked(self.parameter.name, place))


STARTS = "0123456789.-"
"""A key of these begins a value."""
TYPED = r"[0-9eE+\-., ]*"
"""What a typed value has: numbers, of a list several."""


class ParameterForm(VerticalScroll, can_focus=True):
    """All parameters of a simulation, and its seed. Posts Changed whenever a value changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "parameter before", show=False),
        Binding("down,j", "move(1)", "next parameter", show=False),
        Binding("left,h", "step(-1)", "less", show=False),
        Binding("right,l", "step(1)", "more", show=False),
        Binding("enter", "take", "type a value", show=False),
        Binding("R", "reset", "reset all", show=False),
    ]
    DEFAULT_CSS = """
    ParameterForm { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    ParameterForm ParameterLine { height: auto; width: 1fr; }
    ParameterForm Input { height: 1; border: none; padding: 0 1; background: $panel-lighten-1; }
    """

    class Changed(Message):
        """A value of the form has changed."""

    class Clicked(Message):
        """A line was clicked; `place` is where on its slider, 0 to 1, or None."""

        def __init__(self, parameter: str, place: float | None) -> None:
            super().__init__()
            self.parameter, self.place = parameter, place

    class Highlighted(Message):
        """Another parameter is highlighted, or has another value: what it is, in words."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Refused(Message):
        """A typed value does not fit."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    def __init__(self, parameters: Sequence[Parameter], values: Mapping[str, Value], seed: int) -> None:
        super().__init__(id="form")
        numbers = Parameter("seed", "int", seed, "another seed, another draw", low=0)
        self._parameters = (*parameters, numbers)
        self._first: dict[str, Value] = {**values, "seed": seed}
        self.values: dict[str, Value] = dict(self._first)
        self._at = 0

    @property
    def seed(self) -> int:
        """The seed in the form."""
        return int(str(self.values["seed"]))

    @property
    def parameter(self) -> Parameter | None:
        """The simulation's parameter that is highlighted; None on the seed."""
        highlighted = self._parameters[self._at]
        return None if highlighted.name == "seed" else highlighted

    @property
    def given(self) -> dict[str, Value]:
        """The simulation's parameters, without the seed."""
        return {name: value for name, value in self.values.items() if name != "seed"}

    def compose(self) -> ComposeResult:
        """One line per parameter."""
        width = max(len(one.name) for one in self._parameters) + 1
        for one in self._parameters:
            yield ParameterLine(one, width)

    def on_mount(self) -> None:
        """Draw the lines."""
        self.show()

    def show(self) -> None:
        """Draw all lines."""
        for position, line in enumerate(self.query(ParameterLine)):
            name = line.parameter.name
            line.show(self.values[name], position == self._at, self.values[name] != self._first[name])
        self._tell()

    def _tell(self) -> None:
        """Say what the highlighted parameter is, which of all (some may be out of sight), and what it was at first."""
        parameter = self._parameters[self._at]
        first = self._first[parameter.name]
        unit = f" in {parameter.unit}" if parameter.unit else ""
        bounds = "" if parameter.kind in ("bool", "choice") else f" ({parameter.bounds})"  # a choice shows all it has
        was = f" · {shown(first)} at first" if self.values[parameter.name] != first else ""
        place = f"{self._at + 1} of {len(self._parameters)}"
        self.post_message(self.Highlighted(f"{place} · {parameter.name}: {parameter.help}{unit}{bounds}{was}"))

    def _change(self, name: str, value: Value) -> None:
        if value != self.values[name]:
            self.values[name] = value
            self.show()
            self.post_message(self.Changed())

    def action_move(self, step: int) -> None:
        """Highlight another parameter; a field left open is given up."""
        self.query(ValueField).remove()
        self._at = (self._at + step) % len(self._parameters)
        self.show()
        list(self.query(ParameterLine))[self._at].scroll_visible(animate=False)

    def action_step(self, direction: int) -> None:
        """Move the highlighted parameter by one step."""
        parameter = self._parameters[self._at]
        if parameter.name == "seed":
            self._change("seed", max(0, self.seed + direction))
        elif parameter.kind == "numbers" or (parameter.kind in ("int", "float") and not sliders.slides(parameter)):
            self.post_message(self.Refused(f"{parameter.name} is typed: a digit begins a value, Enter opens this one"))
        else:
            self._change(parameter.name, sliders.step(parameter, self.values[parameter.name], direction))

    def action_reset(self) -> None:
        """Set every parameter back to what it was at first."""
        self.values = dict(self._first)
        self.show()
        self.post_message(self.Changed())

    def on_parameter_form_clicked(self, message: Clicked) -> None:
        """Highlight, and move, what was clicked."""
        message.stop()
        self.query(ValueField).remove()
        names = [one.name for one in self._parameters]
        again = self._at == names.index(message.parameter)
        self._at = names.index(message.parameter)
        parameter = self._parameters[self._at]
        if message.place is not None and parameter.name != "seed":
            self._change(parameter.name, sliders.at(parameter, message.place))
        elif again and not sliders.slides(parameter):
            self.action_edit("")
            return
        self.focus()
        self.show()

    def on_key(self, event: events.Key) -> None:
        """A digit, point or minus starts to type a value; what comes before the field has the keys belongs to it."""
        field = next(iter(self.query(ValueField)), None)
        if field is not None and event.is_printable and event.character:
            event.stop()
            field.insert_text_at_cursor(event.character)
        elif field is None and event.character and event.character in STARTS:
            event.stop()
            self.action_edit(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """A pasted value is one that is typed at once."""
        text = event.text.strip().partition("\n")[0]
        if text and text[0] in STARTS and not self.query(ValueField):
            event.stop()
            self.action_edit(text)

    async def action_take(self) -> None:
        """Open the field with the value as it is; with one open already, take what it has."""
        parameter = self._parameters[self._at]
        if field := next(iter(self.query(ValueField)), None):
            await field.action_submit()
        elif parameter.kind in ("bool", "choice"):  # an Enter too many, as after a search, changes nothing
            self.post_message(self.Refused(f"{parameter.name} is chosen: ← → change it"))
        else:
            self.action_edit("")

    def action_edit(self, start: str) -> None:
        """Type the highlighted parameter's value."""
        if self.query(ValueField):
            return
        parameter = self._parameters[self._at]
        if parameter.kind in ("bool", "choice"):
            self.action_step(1)
            return
        field = ValueField(start or typed(self.values[parameter.name]), parameter)
        self.mount(field, after=list(self.query(ParameterLine))[self._at])
        field.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """What was wrong with the value is not said of another one."""
        message.stop()
        self._tell()

    def on_resize(self) -> None:
        """Keep the highlighted line in sight."""
        list(self.query(ParameterLine))[self._at].scroll_visible(animate=False)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Take a typed value, or say why it does not fit."""
        message.stop()
        assert isinstance(message.input, ValueField)
        parameter = message.input.parameter
        try:
            value = parameter.accept(message.value)
        except ParameterError as error:
            self.post_message(self.Refused(str(error)))
            return
        message.input.remove()
        self.focus()
        self._change(parameter.name, value)


class ValueField(Input):
    """The field for one parameter's value; Esc leaves the value as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "leave it", show=False)]

    def __init__(self, start: str, parameter: Parameter) -> None:
        super().__init__(start, max_length=2000, select_on_focus=False, compact=True, restrict=TYPED)
        self.parameter = parameter

    def action_give_up(self) -> None:
        """Leave the value as it was."""
        form = self.parent
        self.remove()
        if isinstance(form, ParameterForm):
            form.show()
            form.focus()
