"""A drill told about on a page of its own: what is coming, and afterwards what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.types import CSSPathType

    from noc_tui.episode.episode import Episode

Part = str | tuple[str, str]


class BriefScreen(NocScreen):
    """A text in the middle, and keys."""

    CSS_PATH: ClassVar[CSSPathType | None] = "drill_brief.tcss"

    def compose(self) -> ComposeResult:
        yield Banner()
        with Container(id="middle"), VerticalScroll(id="brief"):
            yield Static(id="brief-text", markup=False)
        yield KeyBar()

    def say(self, *parts: Part) -> None:
        """Show this text: plain, or with a style."""
        self.query_one("#brief-text", Static).update(Content.assemble(*parts))


def is_kept(episode: Episode) -> bool:
    """Whether an episode that was left can be gone on with."""
    return episode.is_worth_a_file and not episode.done and not episode.recording_problem
