"""A running episode with a ghost beside it: its dots in the strips, its moves in the log, the lead in the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.tui.screens.episode import EpisodeScreen
from noc_tui.tui.widgets.log_panel import LogPanel

if TYPE_CHECKING:
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.tui.chase import Chase
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.widgets.log_lines import LogEntry


class ChasedScreen(EpisodeScreen):
    """The dashboard over an episode that may have a ghost."""

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._chase: Chase | None = None

    def _begin_chase(self) -> None:
        """Make the ghost, if one is wanted; play goes on meanwhile."""
        from noc_tui.tui.chase import Chase  # noqa: PLC0415  (few play against one)

        source = self._launch.ghost
        if source is None or self._launch.session is not None:
            return
        limit = self.noc.preferences.agent_seconds
        self._chase = Chase(self.run.episode, source, hints=self._launch.hints, time_limit=limit)
        self.run_worker(self._make_ghost(self._chase), group="ghost")

    async def _make_ghost(self, chase: Chase) -> None:
        from noc_tui.tui.chase import ChaseError  # noqa: PLC0415

        try:
            await chase.begin()
        except ChaseError as error:
            self.noc.warn(str(error))
        if not self._is_going:
            self.query_one(LogPanel).weave(self._ghost_lines())
            self._listen_to_ghost()
            self._show_all()

    def _ghost_lines(self) -> list[LogEntry]:
        """What the ghost has done up to here, as far as it has not been told."""
        return self._chase.due() if self._chase is not None else []

    def _listen_to_ghost(self) -> None:
        """Find out who is ahead; once the episode has ended, tell who was quicker."""
        chase = self._chase
        if chase is not None and chase.ghost is not None:
            self.query_one(LogPanel).append(chase.result())
            self.run_worker(self._look_at_lead(chase), group="lead")

    async def _look_at_lead(self, chase: Chase) -> None:
        from noc_tui.tui.chase import ChaseError  # noqa: PLC0415

        try:
            news = await chase.look()
        except ChaseError as error:
            self.noc.warn(str(error))
            news = True
        if news and not self._is_going:
            self._show_banner()

    # --- showing

    def ghost_metrics(self) -> tuple[SystemMetrics, ...]:
        return self._chase.metrics if self._chase is not None else super().ghost_metrics()

    def _extras(self) -> tuple[tuple[str, str], ...]:
        words = self._chase.in_words if self._chase is not None else None
        return (*super()._extras(), *([words] if words is not None else []))

    def _lead(self) -> str:
        return self._chase.lead_in_words if self._chase is not None else ""
