"""How each kind of card is written: a list of samples over the card in hand, one of which may begin it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from studyapp.samples import SAMPLES
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints


class SamplesScreen(ModalScreen[str]):
    """The kinds of cards, and how the highlighted one is written; dismissed with its Markdown, or "" on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "dismiss('')", "back to the text"),
        Binding("pagedown,space", "page(1)", "more of it", priority=True),
        Binding("pageup", "page(-1)", "back in it", priority=True),
    ]
    CSS = """
    SamplesScreen { align: center middle; }
    SamplesScreen #box { width: 90; max-width: 100%; height: 26; max-height: 100%; padding: 0 1;
                         border: round $panel-lighten-3; background: $surface; }
    SamplesScreen Horizontal { height: 1fr; }
    SamplesScreen OptionList { width: 14; border: none; background: $surface; padding: 0; }
    SamplesScreen VerticalScroll { width: 1fr; padding: 0 1; border-left: solid $panel-lighten-2; }
    SamplesScreen Static { height: auto; }
    SamplesScreen #about { padding: 0 0 1 0; text-style: bold; }
    """

    def compose(self) -> ComposeResult:
        """The kinds, and beside them the one that is highlighted."""
        with Vertical(id="box"):
            with Horizontal():
                yield OptionList(*(sample.name for sample in SAMPLES), markup=False)
                with VerticalScroll(can_focus=False):
                    yield Static(plain(SAMPLES[0].about), id="about")
                    yield Static(plain(SAMPLES[0].markdown), id="markdown")
            yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say what there is to do."""
        self.query_one(Hints).show(
            [
                Hint("Enter", "write one like it"),
                Hint("↑↓", "kind"),
                Hint("Space", "page", "screen.page(1)"),
                Hint("Esc", "back to the text", "screen.dismiss('')"),
            ]
        )

    def on_option_list_option_highlighted(self, message: OptionList.OptionHighlighted) -> None:
        """Show how it is written."""
        sample = SAMPLES[message.option_index]
        self.query_one("#about", Static).update(plain(sample.about))
        self.query_one("#markdown", Static).update(plain(sample.markdown))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Begin with it."""
        self.dismiss(SAMPLES[message.option_index].markdown)

    def action_page(self, way: int) -> None:
        """Turn a page of the sample."""
        sample = self.query_one(VerticalScroll)
        (sample.scroll_page_down if way > 0 else sample.scroll_page_up)(animate=False)
