"""Small modal questions: a line of text, and yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

if TYPE_CHECKING:
    from textual.app import ComposeResult


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line of text. The result is None when the user backs out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "back")]

    def __init__(self, title: str, placeholder: str, *, limit: int, digits: bool = False, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._placeholder = placeholder
        self._limit = limit
        self._digits = digits
        self._value = value

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            yield Label(self._title, id="prompt-title", markup=False)
            yield Input(
                self._value,
                placeholder=self._placeholder,
                max_length=self._limit,
                type="integer" if self._digits else "text",
                restrict=r"[0-9]*" if self._digits else None,
            )
            yield Label("enter  accept    esc  back", id="prompt-keys", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with the line."""
        event.stop()
        self.dismiss(event.value.strip())

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
            yield Label(self._question, id="prompt-title", markup=False)
            yield Label("y  yes    n  no", id="prompt-keys", markup=False)

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001  (Textual passes it by position)
        """Close with the answer."""
        self.dismiss(answer)
