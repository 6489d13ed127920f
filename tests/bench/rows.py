"""Rows of figures for tests, as somebody might have played them."""

from __future__ import annotations

from typing import Any

from noc_tui.bench.outcomes import Reviewed, Row


def make_row(agent: str = "one", incident: str = "sample", seed: int = 0, **changes: Any) -> Row:
    """A blind episode that was resolved in 5 steps; no model was asked, nothing is reviewed."""
    values: dict[str, Any] = {
        "agent": agent,
        "incident": incident,
        "seed": seed,
        "draws": 0,
        "session": f"{agent}-{incident}-{seed}",
        "incident_hash": f"sha256:{incident}",
        "max_steps": 30,
        "blind": True,
        "outcome": "resolved",
        "steps": 5,
        "keys": "WWWWW",
        "score": 1.0,
        "total_reward": 20.0,
        "agent_errors": 0,
        "error": None,
        "latencies_ms": (),
        "calls": 0,
        "tokens_in": None,
        "tokens_out": None,
        "cost": 0.0,
    }
    return Row(**{**values, **changes})


def crashed(agent: str = "one", incident: str = "sample", seed: int = 0, **changes: Any) -> Row:
    """An episode that ended in a crash."""
    return make_row(agent, incident, seed, **{"outcome": "crashed", **changes})


def void(agent: str = "one", incident: str = "sample", seed: int = 0, **changes: Any) -> Row:
    """An episode in which the agent failed at once."""
    figures = {"outcome": "void", "steps": 0, "keys": "", "agent_errors": 1, "error": "it failed"}
    return make_row(agent, incident, seed, **{**figures, **changes})


def reviewed(par: float = 4.0, accuracy: float | None = 90.0, harmful: int = 0) -> Reviewed:
    """What a review might say."""
    return Reviewed(par=par, accuracy=accuracy, harmful=harmful, unwinnable=False)
