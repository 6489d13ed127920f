"""Who is played against: `--versus`, and the drill of that name, take a recording or an agent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from noc_tui.cli.common import complain, fail
from noc_tui.cli.completion import complete_agents

OPTION = "--versus "
"""How an error names what `play` and `watch` were given, before its value."""

VersusOption = Annotated[
    str | None,
    typer.Option(
        "--versus",
        metavar="WHOM",
        help="An agent, or a recording (a file, an id, last), whose incident and seed are played then.",
        autocompletion=complete_agents,
    ),
]


def find_opponent(name: str, given: str = OPTION) -> Path | str:
    """The file of a recording that is named by path, id, part of one, or `last`; else the name of an agent.

    `given` stands before the name in errors. Exits 2 for what is neither, or cannot be used.
    """
    from noc_tui.agents.base import AgentError
    from noc_tui.agents.registry import agent_factory, agent_names
    from noc_tui.episode.errors import SessionError
    from noc_tui.episode.library import SUFFIX, find_session

    agent = name.partition(":")[0]
    names = [each.name for each in agent_names()[0]]
    if agent in names:  # before the rest: script:FILE may be a path as well
        try:
            agent_factory(name)
        except AgentError as error:
            fail(error, 2)
        return name
    try:
        return find_session(name)
    except SessionError as error:
        if name == "last" or os.sep in name or name.endswith(SUFFIX):
            fail(error, 2)
        complain(f"{given}{name}: is no agent ({', '.join(names)}), and {error}", 2)


def check_opponent(
    opponent: Path | str | None, incident: str | None = None, seed: int | None = None, given: str = OPTION
) -> None:
    """Refuse a recording that cannot be played against (exit 1), or that plays something else than is asked for (2)."""
    if not isinstance(opponent, Path):
        return
    from noc_tui.episode.library import summarize
    from noc_tui.tui.chase import MOST_STEPS

    session = summarize(opponent)
    if not 0 < session.steps <= MOST_STEPS:
        complain(f"{given}{opponent.name}: has {session.steps} steps; from 1 to {MOST_STEPS} can be played against", 1)
    if seed not in {None, session.seed}:
        complain(f"{given}{opponent.name}: plays seed {session.seed}, not {seed}; leave --seed away", 2)
    if incident not in {None, session.incident}:
        what = "another incident" if session.secret else session.incident
        complain(f"{given}{opponent.name}: plays {what}, not {incident}; leave {incident} away", 2)
