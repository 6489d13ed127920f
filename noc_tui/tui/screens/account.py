"""The post-incident report as a model words it, while it writes; what the facts do not hold is marked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.frame import title_of
from noc_tui.tui.screens.base import NocScreen
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from noc_tui.bench.telling import Account
    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review

_SHOWN_EVERY: Final = 0.1
"""Seconds: a model writes faster than a terminal is to be painted."""
_WITHOUT: Final = "The report of the program stands: noc-tui sessions export last --format md."


class AccountScreen(NocScreen):
    """Asks the model that makes the suggestions to word the report of a session that has ended."""

    SCOPE: ClassVar[Scope] = "account"
    CSS_PATH = "account.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("account")]

    def __init__(self, track: Track, review: Review | None, recording: Path) -> None:
        super().__init__()
        self._track = track
        self._review = review
        self._target = recording.with_name(f"{track.header.session}.report.md")
        self._account: Account | None = None
        self._shown_at = 0.0

    def compose(self) -> ComposeResult:
        yield Banner()
        with VerticalScroll(id="account"):
            yield Static(id="account-text", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to ask; arrows and page keys scroll."""
        self.query_one(Banner).view = BannerView("Report in words", title_of(self._track))
        self.query_one("#account").focus()
        self._show("Asking the model …")
        self.run_worker(self._tell())

    def can_do(self, action: UserAction) -> bool:
        """Save what there is."""
        return action.id != "account.save" or self._account is not None

    async def _tell(self) -> None:
        from noc_tui.agents.base import AgentError  # noqa: PLC0415
        from noc_tui.bench.telling import tell  # noqa: PLC0415
        from noc_tui.tui.choices import model_for  # noqa: PLC0415

        try:
            profile = await asyncio.to_thread(model_for, self.noc.preferences.agent)
            account = await tell(self._track, self._review, profile, self._grows)
        except AgentError as error:
            sentence = str(error).rstrip(".")
            self._show(f"{sentence}.\n\n{_WITHOUT}")
            return
        self._account = account
        self._show(told(account))
        self.query_one(Banner).view = BannerView("Report in words", title_of(self._track), extra=account.model)
        self.refresh_keys()

    def _grows(self, text: str) -> None:
        now = self.noc.monotonic()
        if now - self._shown_at >= _SHOWN_EVERY:
            self._shown_at = now
            self._show(text)

    def _show(self, text: str | Content) -> None:
        for shown in self.query("#account-text").results(Static):
            shown.update(text)

    def action_save(self) -> None:
        """Save it beside the session, the whole report of the program below it."""
        from noc_tui.bench.telling import account_markdown  # noqa: PLC0415
        from noc_tui.files import write_whole  # noqa: PLC0415

        if self._account is None:
            return
        try:
            write_whole(self._target, account_markdown(self._account, self._track, self._review))
        except OSError as error:
            self.noc.warn(f"{self._target}: cannot be written: {error.strerror}")
        else:
            self.noc.tell(f"Saved as {self._target}")


def told(account: Account) -> Content:
    """The text with its unfounded numbers marked, and what it has cost."""
    from noc_tui.bench.telling import passages  # noqa: PLC0415
    from noc_tui.tui.spending import Spending  # noqa: PLC0415

    parts: list[str | tuple[str, str]] = [
        (f"{piece} [!]", "$breach bold") if wrong else piece for piece, wrong in passages(account)
    ]
    spent = Spending().plus(account.usage)
    parts.append((f"\n\n{clean(account.model, 80)} · {spent.tokens_text} · {spent.cost_text}", "$muted"))
    if account.unfounded:
        numbers = ", ".join(account.unfounded)
        parts.append((f"\n[!] Not in the facts, and perhaps made up: {numbers}", "$breach"))
    return Content.assemble(*parts)
