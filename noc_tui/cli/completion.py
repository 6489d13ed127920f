"""What the shell completes: incidents, agents, sessions. Whatever goes wrong completes nothing and says nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import typer  # noqa: TC002  (Typer evaluates the annotations of a completer)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Names = Callable[[typer.Context], Iterable[str]]
    Completer = Callable[[typer.Context, str], list[str]]

_MOST = 50
_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
"""What no shell trips over."""


def _completer(names: Names) -> Completer:
    """A completer of these names, as Typer wants it."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        try:
            found = [name for name in names(context) if name.startswith(incomplete) and _WORD.fullmatch(name)]
        except Exception:  # noqa: BLE001  (a message would end up in the command line that is being typed)
            return []
        return found[:_MOST]

    return complete


def _incidents(context: typer.Context) -> Iterable[str]:
    from noc_tui.sim.catalog import catalog_of

    # No value has been converted while the line is still being typed.
    return catalog_of([Path(folder) for folder in context.params.get("incidents") or ()]).ids


def _agents(_: typer.Context) -> Iterable[str]:
    from noc_tui.agents.registry import agent_names

    names, _problems = agent_names()
    return [agent.name for agent in names]


def _sessions(_: typer.Context) -> Iterable[str]:
    from noc_tui import paths

    return ("last", *sorted((path.stem for path in paths.sessions_dir().glob("*.jsonl")), reverse=True))


complete_incidents = _completer(_incidents)
complete_selections = _completer(lambda context: ("classic", "pack", "all", *_incidents(context)))
complete_agents = _completer(_agents)
complete_sessions = _completer(_sessions)
