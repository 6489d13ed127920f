"""What the commands that play on a server share."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from noc_tui.cli.common import complain, fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from noc_tui.agents.base import Agent
    from noc_tui.remote.episode import Connection, RemoteEpisode


def check_server(url: str, *, versus: str | None = None) -> None:
    """Exits 2 for what is no address, without OpenEnv, and where a ghost is to play along."""
    if not url.startswith(("http://", "https://", "ws://", "wss://")):
        complain(f"--env-url {url}: expected an address like http://127.0.0.1:8000", 2)
    if versus is not None:
        complain("--env-url and --versus do not go together: a ghost plays here", 2)
    from importlib.util import find_spec

    if find_spec("openenv") is None:
        complain("--env-url needs the extra `server`: pip install 'noc-tui[server]'", 2)


@contextmanager
def connect(url: str, token: str | None) -> Iterator[Connection]:
    """A connection to the server there. Exits 2 where that can be none, 1 where what goes on there fails."""
    check_server(url)
    from noc_tui.remote.episode import Connection, RemoteError

    try:
        connection = Connection(url, token)
        try:
            yield connection
        finally:
            connection.close()
    except RemoteError as error:
        fail(error)


def remote_cases(
    connection: Connection, names: Sequence[str | None], seeds: Sequence[int], *, blind: bool
) -> Iterator[tuple[int, Callable[[Agent], RemoteEpisode]]]:
    """Every incident with every seed, as `run_cases` takes them; None is an incident that the seed chooses."""
    for name in names:
        for seed in seeds:
            yield seed, partial(_begin, connection, name, seed, blind)


def _begin(connection: Connection, name: str | None, seed: int, blind: bool, agent: Agent) -> RemoteEpisode:
    from noc_tui.agents.asking import driver_name
    from noc_tui.agents.planner import PlannerAgent
    from noc_tui.remote.episode import RemoteEpisode, RemoteError
    from noc_tui.sim.reward import RUN_SCORE_STEPS

    who = driver_name(agent)
    if isinstance(agent, PlannerAgent):
        raise RemoteError(f"agent {who} plays by the hidden state, which a server keeps to itself")
    return RemoteEpisode.begin(connection, incident=name, seed=seed, at_most=RUN_SCORE_STEPS, blind=blind, driver=who)
