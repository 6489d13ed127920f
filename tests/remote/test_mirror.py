"""Playing on a server with all that the program has: what is simulated here has to be what comes from there."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.library import list_sessions
from noc_tui.episode.records import Decision
from noc_tui.episode.writer import SessionWriter
from noc_tui.preferences import Preferences
from noc_tui.remote.episode import Connection, RemoteError
from noc_tui.remote.mirror import MirroredEpisode
from noc_tui.server.app import ServerSettings
from noc_tui.sim.actions import ActionType
from noc_tui.sim.errors import EpisodeOverError
from noc_tui.tui.launch import Launch
from noc_tui.tui.opening import open_episode
from tests.cli.shell import noc
from tests.factories import bundled_incident, make_incident
from tests.server.serving import served

if TYPE_CHECKING:
    from pathlib import Path

THROTTLE = Decision(action=ActionType.THROTTLE_CPU, driver="human")


def test_what_is_played_stands_in_a_recording_here_and_in_one_there(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"

    def play(url: str) -> None:
        record = partial(SessionWriter.create, here)
        episode = MirroredEpisode(Connection(url), bundled_incident("cpu_overload"), 7, record=record, blind=True)
        while not episode.done:
            episode.step(THROTTLE)
        assert episode.notice is None
        with pytest.raises(EpisodeOverError):
            episode.step(THROTTLE)
        episode.close()

    async def run() -> None:
        async with served(ServerSettings(record=there)) as server:
            await asyncio.to_thread(play, server.url)
            await server.freed.get()

    asyncio.run(run())
    (ours,), (theirs,) = list_sessions(here)[0], list_sessions(there)[0]
    assert ours.session != theirs.session
    for name in ("incident", "seed", "driver", "status", "steps", "max_steps", "blind"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.status == "resolved"


def test_when_the_server_goes_the_episode_goes_on_here_and_says_so() -> None:
    async def begun() -> MirroredEpisode:
        async with served() as server:
            connection = Connection(server.url, seconds=5)
            episode = await asyncio.to_thread(MirroredEpisode, connection, bundled_incident("cpu_overload"), 7)
            await asyncio.to_thread(episode.step, THROTTLE)
            return episode

    episode = asyncio.run(begun())
    assert episode.notice is None
    assert episode.step(THROTTLE).step == 2
    assert episode.notice is not None
    assert episode.notice.endswith("; from here on it is played here alone")
    assert episode.step(THROTTLE).step == 3
    episode.close()


def test_a_server_with_other_rules_is_found_out(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = MirroredEpisode(Connection(server_url), bundled_incident("cpu_overload"), 7)
    step = Connection.step
    monkeypatch.setattr(Connection, "step", lambda self, action: (step(self, action)[0], 99.0))
    episode.step(THROTTLE)
    assert episode.notice == f"{server_url} plays by other rules; from here on it does not count there"
    episode.close()


def test_an_incident_that_is_another_one_there_or_none_is_not_begun(server_url: str, tmp_path: Path) -> None:
    record = partial(SessionWriter.create, tmp_path)
    other = make_incident(id="cpu_overload")
    with pytest.raises(RemoteError, match="its incident cpu_overload is not the one of this program"):
        MirroredEpisode(Connection(server_url), other, 7, record=record)
    with pytest.raises(RemoteError, match="no incident 'sample': expected one of"):
        MirroredEpisode(Connection(server_url), make_incident(), 7, record=record)
    assert list(tmp_path.iterdir()) == []


def test_the_screen_opens_it_like_any_other(server_url: str) -> None:
    launch = Launch(face="play", incident="cpu_overload", seed=7, server=server_url)
    episode = open_episode(launch, Preferences())
    assert isinstance(episode, MirroredEpisode)
    assert episode.step(THROTTLE).step == 1
    assert episode.notice is None
    episode.close()
    with pytest.raises(RemoteError, match="cannot be reached: Connection refused"):
        open_episode(Launch(face="play", incident="cpu_overload", server="http://127.0.0.1:9"), Preferences())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--env-url", "server"], "--env-url server: expected an address like http://127.0.0.1:8000"),
        (
            ["--env-url", "http://x", "--versus", "rules"],
            "--env-url and --versus do not go together: a ghost plays here",
        ),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_the_screen_opens(arguments: list[str], sentence: str) -> None:
    done = noc("play", "cpu_overload", *arguments)
    assert (done.code, done.err) == (2, f"noc-tui: {sentence}\n")
