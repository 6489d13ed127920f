"""What the dashboard says of whoever drives, computed from a live run. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.sim.actions import ACTIONS
from noc_tui.tui.keymap import display
from noc_tui.tui.widgets.driver_panel import DriverView
from noc_tui.tui.widgets.keybar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from noc_tui.tui.live import LiveRun
    from noc_tui.tui.widgets.banner import BadgeKind


def badge_of(run: LiveRun) -> tuple[str, BadgeKind]:
    """Who is in control, or how it ended, in capitals."""
    if run.episode.end is not None:
        outcome = run.episode.end.outcome
        return {"truncated": "OUT OF STEPS"}.get(outcome, outcome.upper()), "ended"
    if run.paused:
        return "PAUSED", "paused"
    if run.last_error is not None:
        return "AGENT FAILED · YOU", "error"
    if run.agent is not None:
        return f"{run.agent.name} DRIVES", "agent"
    return "YOU IN CONTROL", "you"


def action_keys(keys: Mapping[str, str]) -> str:
    """The keys of the six actions as one hint: `1-6`, or as the user has mapped them."""
    shown = "".join(display(keys[f"act.{action}"]) for action in ACTIONS)
    return "1-6" if shown == "123456" else shown


def driver_view(run: LiveRun, now: float, keys: dict[str, str]) -> DriverView | None:
    """What is said of whoever drives; None where a person plays at leisure."""
    if run.episode.done:
        return None
    if run.human:
        if run.last_error is not None:
            hints = (KeyHint(display(keys["agent"]), "try again"), KeyHint(action_keys(keys), "act"))
            return DriverView(run.agent_name, "failed", error=run.last_error, keys=hints)
        if run.clock_runs:
            return DriverView(
                "", "paused" if run.paused else "waiting", seconds=round(run.remaining(now), 1), period=run.interval
            )
        return None
    last = run.decision
    usage = last.usage if last is not None else None
    thinking = None if run.thinking_since is None else round(now - run.thinking_since, 1)
    tokens = None if usage is None or usage.tokens_out is None else (usage.tokens_in or 0) + usage.tokens_out
    return DriverView(
        name=run.agent.name if run.agent else "",
        state="paused" if run.paused else "thinking" if run.decision is None else "decided",
        seconds=thinking,
        rationale=(last.rationale or "") if last is not None else "",
        action=last.action.label if last is not None else "",
        tokens=tokens,
        cost=usage.cost if usage is not None else None,
        speed=run.speed,
        keys=(KeyHint(action_keys(keys), "take over"),),
    )
