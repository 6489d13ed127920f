"""One environment as a few lines of text, for the render modes "ansi" and "human"."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.sim.metrics import METRICS
from noc_tui.sim.simulator import STREAK_TO_RESOLVE

if TYPE_CHECKING:
    from noc_tui.sim.metrics import SystemMetrics

_BAR: Final = 20


class Frame(NamedTuple):
    """What is shown of an environment."""

    title: str | None
    """The incident's; None in a blind environment."""
    step: int
    max_steps: int
    metrics: SystemMetrics
    streak: int
    explanation: str
    """What the last action did; empty before the first step."""
    outcome: str
    """`resolved`, `crashed`, `out of steps`, or empty while the episode goes on."""

    def text(self) -> str:
        """The lines, without a newline at the end and without terminal codes."""
        lines = [
            f"{self.title or 'Unknown incident'}: step {self.step} of {self.max_steps}",
            f"  health {self.metrics.health_score:.2f}, healthy for {self.streak} of {STREAK_TO_RESOLVE} steps",
        ]
        for spec, value in zip(METRICS, self.metrics, strict=True):
            filled = round(value / spec.full_scale * _BAR)
            bar = "#" * min(filled, _BAR)
            mark = "" if spec.is_healthy(value) else "  !"
            lines.append(f"  {spec.label:<11} {spec.text(value):>8}  [{bar:<{_BAR}}]{mark}")
        lines += [line for line in (self.explanation, self.outcome.upper()) if line]
        return "\n".join(lines)


def outcome(*, resolved: bool, crashed: bool, truncated: bool) -> str:
    """The outcome as a frame shows it."""
    return "resolved" if resolved else "crashed" if crashed else "out of steps" if truncated else ""


def show(text: str) -> None:
    """Print a frame. What the terminal's encoding has no character for becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n\n")
    sys.stdout.flush()
