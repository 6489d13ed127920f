"""An episode on a server, played from here: agents and commands do not notice, and it comes out the same."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.registry import agent_factory
from noc_tui.bench.run import play_episode
from noc_tui.episode.episode import Episode
from noc_tui.episode.records import Decision
from noc_tui.remote.episode import Connection, RemoteEpisode, RemoteError
from noc_tui.server.app import ServerSettings
from noc_tui.sim.actions import ActionType
from noc_tui.sim.errors import EpisodeOverError
from tests.cli.shell import noc
from tests.factories import bundled_incident
from tests.server.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THROTTLE = Decision(action=ActionType.THROTTLE_CPU, driver="me", rationale="CPU")


@pytest.fixture
def connection(server_url: str) -> Iterator[Connection]:
    with closing(Connection(server_url)) as opened:
        yield opened


@pytest.mark.parametrize("incident", ["cpu_overload", "retry_storm"])
def test_an_agent_sees_and_does_there_what_it_sees_and_does_here(connection: Connection, incident: str) -> None:
    here = Episode(bundled_incident(incident), 7, max_steps=30, driver="rules")
    there = RemoteEpisode.begin(connection, incident=incident, seed=7, at_most=30, driver="rules")
    assert there.observation == here.observation
    results = [asyncio.run(play_episode(agent_factory("rules")(7), episode)) for episode in (here, there)]
    assert there.observation == here.observation
    assert (results[1].outcome, results[1].rewards) == (results[0].outcome, results[0].rewards)
    assert results[1].session is None
    for step in range(1, here.steps + 1):
        ours, theirs = here.record(step), there.record(step)
        for name in ("before", "after", "reward_terms", "health", "streak", "explanation", "lines", "outage_left"):
            assert getattr(theirs, name) == getattr(ours, name), name
        assert theirs.decision.action == ours.decision.action


def test_an_incident_with_fewer_steps_keeps_its_own_limit(connection: Connection) -> None:
    assert (
        RemoteEpisode.begin(connection, incident="cpu_overload", seed=1, at_most=30, driver="me").header.max_steps == 30
    )
    assert RemoteEpisode.begin(connection, incident="syn_flood", seed=1, at_most=90, driver="me").header.max_steps == 30


def test_a_blind_episode_tells_its_name_when_it_is_over(connection: Connection) -> None:
    episode = RemoteEpisode.begin(connection, incident="cpu_overload", seed=3, at_most=2, blind=True, driver="me")
    assert episode.observation.incident is None
    assert episode.header.incident == {"id": "unknown", "title": "Blind incident"}
    for _ in range(2):
        episode.step(THROTTLE)
    assert episode.header.incident == {"id": "cpu_overload", "title": "CPU overload"}
    with pytest.raises(EpisodeOverError, match="the episode ended truncated at step 2; no step can follow"):
        episode.step(THROTTLE)


def test_an_agent_that_fails_makes_it_void_and_no_step_is_taken_there(connection: Connection) -> None:
    episode = RemoteEpisode.begin(connection, incident="cpu_overload", seed=3, driver="script:/missing")
    control = episode.hand_over("human", "agent_error", error="it failed")
    assert (control.giver, episode.driver) == ("script:/missing", "human")
    assert episode.void().outcome == "void"
    assert episode.steps == 0


def test_what_goes_wrong_there_is_one_sentence_with_the_address(server_url: str, connection: Connection) -> None:
    with pytest.raises(RemoteError, match=rf"{server_url}: no incident 'fire': expected one of network_congestion,"):
        connection.reset(incident_type="fire")


def test_the_command_plays_there_and_prints_what_it_prints_here(server_url: str) -> None:
    arguments = ("run", "--agent", "rules", "--incident", "classic,syn_flood", "--seeds", "2")
    here, there = noc(*arguments, "--no-record"), noc(*arguments, "--env-url", server_url)
    assert (there.code, there.out, there.err) == (0, here.out, "")


def test_the_command_names_the_session_that_the_server_records(tmp_path: Path) -> None:
    async def played() -> dict[str, object]:
        async with served(ServerSettings(record=tmp_path)) as server:
            done = await asyncio.to_thread(
                noc, "run", "--agent", "rules", "--blind", "--env-url", server.url, "--format", "json"
            )
            assert done.err == ""
            result: dict[str, object] = json.loads(done.out)
            return result

    result = asyncio.run(played())
    (path,) = tmp_path.iterdir()
    assert path.stem == result["session"]
    assert noc("replay", str(path), "--verify").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--agent", "planner"], 1, "agent planner plays by the hidden state, which a server keeps to itself"),
        (["--agent", "rules", "--incident", "all"], 2, "incident 'all': on a server, give ids or classic"),
        (["--agent", "nobody"], 2, "no agent 'nobody': there are wait, random, rules"),
    ],
)
def test_what_cannot_be_played_there_is_a_sentence(
    server_url: str, arguments: list[str], code: int, sentence: str
) -> None:
    done = noc("run", *arguments, "--env-url", server_url)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"noc-tui: {sentence}")


def test_an_address_that_is_none_is_refused() -> None:
    done = noc("run", "--agent", "rules", "--env-url", "server")
    assert (done.code, done.err) == (2, "noc-tui: --env-url server: expected an address like http://127.0.0.1:8000\n")


def test_wrong_settings_are_told_as_when_it_plays_here(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_PACE", "warp")
    done = noc("run", "--agent", "wait", "--incident", "cpu_overload", "--env-url", server_url)
    assert done.code == 0
    assert "NOC_TUI_PACE" in done.err
