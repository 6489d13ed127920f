"""What the shell completes: incident ids, agents, sessions. Errors complete nothing."""

from __future__ import annotations


def complete_incidents(incomplete: str) -> list[str]:
    """Incident ids that begin so."""
    from noc_tui.sim.catalog import default_catalog

    return [name for name in default_catalog().ids if name.startswith(incomplete)]


def complete_agents(incomplete: str) -> list[str]:
    """Agents that begin so."""
    from noc_tui.agents.registry import agent_names

    names, _ = agent_names()
    return [agent.name for agent in names if agent.name.startswith(incomplete)]


def complete_sessions(incomplete: str) -> list[str]:
    """`last`, and session ids that begin so."""
    from noc_tui import paths

    folder = paths.sessions_dir()
    ids = sorted((path.stem for path in folder.glob("*.jsonl")), reverse=True) if folder.is_dir() else []
    return [name for name in ("last", *ids) if name.startswith(incomplete)][:50]
