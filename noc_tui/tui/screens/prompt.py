"""Small modal questions: a line of text, and yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from noc_tui.text import clean
from noc_tui.tui.widgets.keybar import KeyBar, KeyHint

if TYPE_CHECKING:
    from textual.app import ComposeResult

_ACCEPT: Final = KeyHint("enter", "accept")
_BACK: Final = KeyHint("esc", "back")
_YES: Final = KeyHint("y", "yes")
_NO: Final = KeyHint("n", "no")


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line of text. The result is the text without blanks around it, or None when the user backs out.

    With `digits` it is empty or a whole number from 0 to `highest`; anything else is told to be wrong, and not taken.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "back")]

    def __init__(
        self,
        title: str,
        placeholder: str,
        *,
        limit: int,
        digits: bool = False,
        highest: int | None = None,
        value: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._placeholder = placeholder
        self._limit = limit
        self._digits = digits
        self._highest = highest
        self._value = value

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            yield Label(clean(self._title, 200), id="prompt-title", markup=False)
            yield Input(self._value, placeholder=self._placeholder, max_length=self._limit, compact=True)
            yield Label(id="prompt-problem", markup=False)
            yield _keys(_ACCEPT, _BACK)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is wrong while it is typed."""
        problem = self._problem(event.value.strip())
        self.query_one("#prompt-problem", Label).update(Content.styled(problem and f"! {problem}", "$breach"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with the line, if it is right."""
        event.stop()
        self._answer(event.value.strip())

    def _answer(self, text: str) -> None:
        if not self._problem(text):
            self.dismiss(text)

    def _problem(self, text: str) -> str:
        if not self._digits or not text:
            return ""
        # Not isdigit alone, which takes superscripts and other scripts' digits.
        if not (text.isascii() and text.isdigit()):
            return "digits only: a whole number is asked for"
        if self._highest is not None and int(text) > self._highest:
            return f"too high: {self._highest} at most"
        return ""

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """A click on a key does what the key does."""
        if event.key == _ACCEPT.key:
            self._answer(self.query_one(Input).value.strip())
        else:
            self.action_cancel()

    def action_cancel(self) -> None:
        """Answer with nothing."""
        self.dismiss(None)


class ConfirmScreen(ModalScreen[bool]):
    """Asks for yes or no. Anything but `y` is no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes"),
        Binding("n,escape,q", "answer(False)", "no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            yield Label(clean(self._question, 400), id="prompt-title", markup=False)
            yield _keys(_YES, _NO)

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """A click on a key does what the key does."""
        self.action_answer(event.key == _YES.key)

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)


def _keys(*hints: KeyHint) -> KeyBar:
    bar = KeyBar()
    bar.hints = hints
    return bar
