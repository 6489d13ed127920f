"""What the dashboard says of whoever drives, computed from a live run. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.sim.actions import ACTIONS
from noc_tui.text import clean
from noc_tui.tui.keymap import display
from noc_tui.tui.models import ModelAgent
from noc_tui.tui.spending import Spending
from noc_tui.tui.widgets.driver_panel import DriverView
from noc_tui.tui.widgets.keybar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from noc_tui.agents.base import Agent
    from noc_tui.episode.records import Usage
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


def driver_view(run: LiveRun, now: float, keys: Mapping[str, str]) -> DriverView | None:
    """What is said of whoever drives; None where a person plays at leisure, and asks nobody."""
    if run.episode.done:
        return None
    if not run.human:
        return _agent_view(run, now, keys)
    if run.copilot.state != "idle":
        return _copilot_view(run, now, keys)
    if run.last_error is not None:
        hints = (
            KeyHint(display(keys["agent"]), "try again"),
            KeyHint(action_keys(keys), "act"),
            KeyHint(display(keys["agents"]), "another agent"),
        )
        return DriverView(run.agent_name, "failed", error=run.last_error, figures=_totals(run), keys=hints)
    if run.clock_runs:
        seconds = round(run.remaining(now), 1)
        return DriverView("", "paused" if run.paused else "waiting", seconds=seconds, period=run.interval)
    return None


def _agent_view(run: LiveRun, now: float, keys: Mapping[str, str]) -> DriverView:
    last, agent = run.decision, run.agent
    thinking = None if run.thinking_since is None else round(now - run.thinking_since, 1)
    if thinking is None and last is not None and last.usage.latency_ms is not None:
        thinking = round(last.usage.latency_ms / 1000, 1)
    return DriverView(
        name=agent.name if agent else "",
        state="paused" if run.paused else "thinking" if last is None else "decided",
        seconds=thinking,
        rationale=run.said,
        is_old=last is None and not run.rationale,
        action=last.action.label if last is not None else "",
        figures=_figures(agent, run.last_usage, _totals(run)),
        speed=run.speed,
        keys=(KeyHint(action_keys(keys), "take over"),),
    )


def _copilot_view(run: LiveRun, now: float, keys: Mapping[str, str]) -> DriverView:
    copilot = run.copilot
    decision, name = copilot.decision, copilot.agent.name if copilot.agent else run.agent_name
    clock = (f"next step in {run.remaining(now):.1f} s",) if run.clock_runs and not run.paused else ()
    figures = (*clock, *_figures(copilot.agent, decision.usage if decision else None, _totals(run)))
    act, dismiss = KeyHint(action_keys(keys), "act"), KeyHint(display(keys["close"]), "dismiss")
    match copilot.state:
        case "suggests" if decision is not None:
            return DriverView(
                name=name,
                state="suggests",
                seconds=round((decision.usage.latency_ms or 0.0) / 1000, 1),
                rationale=decision.rationale or "",
                action=decision.action.label,
                figures=figures,
                keys=(KeyHint(display(keys["debrief"]), "do it"), act, dismiss),
            )
        case "failed":
            hints = (KeyHint(display(keys["suggest"]), "ask again"), act, KeyHint(display(keys["agents"]), "another"))
            return DriverView(name, "failed", error=copilot.error or "", figures=figures, keys=hints)
    seconds = round(now - copilot.since, 1) if copilot.since is not None else None
    return DriverView(
        name, "thinking", seconds=seconds, rationale=copilot.rationale, figures=figures, keys=(act, dismiss)
    )


def _figures(agent: Agent | None, usage: Usage | None, totals: tuple[str, ...]) -> tuple[str, ...]:
    """Of a model: which it is, what its last answer took and cost, and all of them together."""
    if not isinstance(agent, ModelAgent):
        return totals
    figures = [clean(agent.model, 60)]
    if usage is not None:
        spent = Spending().plus(usage)
        figures += [spent.tokens_text, spent.cost_text]
        if usage.first_token_ms is not None:
            figures.append(f"first token {usage.first_token_ms / 1000:.1f} s")
    return (*figures, *totals)


def _totals(run: LiveRun) -> tuple[str, ...]:
    spending = run.meter.spending
    if not spending.calls:
        return ()
    calls = f"{spending.calls} call{'' if spending.calls == 1 else 's'}"
    return (f"in all {calls}, {spending.tokens_text}, {spending.cost_text}",)
