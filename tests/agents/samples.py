"""Observations, agents and packages for tests, with as little in them as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from noc_tui.episode.observation import Observation
from noc_tui.episode.records import Decision
from noc_tui.sim.actions import ActionType
from noc_tui.sim.metrics import SystemMetrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

HEALTHY = SystemMetrics(0.40, 0.44, 0.09, 0.01, 1.0, 0.02)


def observe(
    metrics: SystemMetrics = HEALTHY,
    *,
    before: Sequence[tuple[SystemMetrics, ActionType]] = (),
    step: int | None = None,
    outage_left: int = 0,
    incident: str | None = None,
) -> Observation:
    """What an agent sees at `metrics`, after the states and actions of `before`."""
    return Observation(
        step=len(before) if step is None else step,
        max_steps=30,
        metrics=metrics,
        history=(*(state for state, _ in before), metrics),
        samples=(),
        lines=(),
        actions=tuple(action for _, action in before),
        explanations=("",) * len(before),
        streak=0,
        outage_left=outage_left,
        incident=incident,
    )


def wait(**changes: Any) -> Decision:
    """A sound answer."""
    return Decision(**{"action": ActionType.DO_NOTHING, "driver": "sample", **changes})


class SampleAgent:
    """Answers with whatever `answer` returns, awaited where it can be."""

    def __init__(self, answer: Callable[[Observation], Any], name: str = "sample") -> None:
        self.name = name
        self._answer = answer

    async def decide(self, observation: Observation) -> Decision:
        answer = self._answer(observation)
        return await answer if hasattr(answer, "__await__") else answer  # type: ignore[no-any-return]


class ClosingAgent(SampleAgent):
    """An agent that does something when it is closed."""

    def __init__(self, close: Callable[[], Awaitable[None]]) -> None:
        super().__init__(lambda _: wait())
        self.close = close


def install(folder: Path, entry_points: str, *, code: str = "", module: str = "", package: str = "acme-agents") -> Path:
    """Put a package with these entry points (the lines of its `noc_tui.agents` section) into a folder."""
    info = folder / f"{package.replace('-', '_')}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\nSummary: Agents of Acme\n")
    (info / "entry_points.txt").write_text(f"[noc_tui.agents]\n{entry_points}\n")
    if module:
        (folder / f"{module}.py").write_text(code)
    return folder
