"""The client against a real server."""

from __future__ import annotations

import asyncio

import pytest

from noc_tui.remote import ActionType, NOCAction, NocAgentEnvClient, NOCMetrics, NOCObservation, NOCState
from noc_tui.remote.base import EnvClient
from tests.remote.strangers import SEEN, saying
from tests.server.serving import served


async def test_it_plays_as_the_readme_says(server_url: str) -> None:
    async with NocAgentEnvClient(base_url=server_url) as env:
        result = await env.reset(incident_type="cpu_overload", seed=7)
        assert (result.done, result.reward) == (False, None)
        result = await env.step(NOCAction(action_type=ActionType.THROTTLE_CPU))
        assert isinstance(result.observation, NOCObservation)
        assert isinstance(result.observation.metrics, NOCMetrics)
        assert result.observation.metrics.cpu_usage < 0.75
        assert result.observation.explanation.startswith("Throttle CPU: CPU ")
        assert result.observation.reward_terms is not None
        assert result.reward == pytest.approx(sum(result.observation.reward_terms.values()))
        assert result.observation.reward == result.reward
        state = await env.state()
        assert isinstance(state, NOCState)
        assert (state.incident, state.seed, state.step_count) == ("cpu_overload", 7, 1)


def test_it_does_the_same_without_await(server_url: str) -> None:
    async def awaited() -> list[float]:
        async with NocAgentEnvClient(base_url=server_url) as env:
            await env.reset(incident_type="retry_storm", seed=3)
            return [(await env.step(NOCAction(action_type=action))).reward for action in ActionType]

    with NocAgentEnvClient(base_url=server_url).sync() as env:
        env.reset(incident_type="retry_storm", seed=3)
        rewards = [env.step(NOCAction(action_type=action)).reward for action in ActionType]
        assert env.state().step_count == 6
    assert rewards == asyncio.run(awaited())


async def test_what_the_server_refuses_is_its_sentence_and_the_session_goes_on(server_url: str) -> None:
    async with NocAgentEnvClient(base_url=server_url) as env:
        with pytest.raises(RuntimeError, match="no episode has been started in this session"):
            await env.step(NOCAction(action_type=ActionType.SCALE_UP))
        with pytest.raises(RuntimeError, match="reset has no argument 'colour'"):
            await env.reset(colour=1)
        assert (await env.reset(seed=1)).observation.step == 0


async def test_a_server_that_is_not_there_is_a_connection_error() -> None:
    async with served() as server:
        url = server.url
    with pytest.raises(ConnectionError, match="Failed to connect to ws://127"):
        await NocAgentEnvClient(base_url=url).connect()


async def test_a_server_that_goes_in_the_middle_is_a_connection_error() -> None:
    async with served() as server:
        client = server.client()
        await client.reset(seed=1)
    with pytest.raises(ConnectionError):
        await client.step(NOCAction(action_type=ActionType.SCALE_UP))
    await client.close()


async def test_a_connection_that_breaks_in_the_middle_is_a_connection_error() -> None:
    async with saying(None) as url, NocAgentEnvClient(base_url=url) as client:
        with pytest.raises(ConnectionError, match=f"The connection to {url.replace('http', 'ws')}/ws has ended: "):
            await client.reset(seed=1)


async def test_a_server_that_hangs_keeps_nobody_who_leaves_waiting(server_url: str) -> None:
    async with NocAgentEnvClient(base_url=server_url) as client:
        assert client._ws.close_timeout <= 1.0


def test_it_is_an_openenv_client_and_can_start_a_container() -> None:
    assert issubclass(NocAgentEnvClient, EnvClient)

    class Provider:
        started = stopped = ""

        def start_container(self, image: str) -> str:
            self.started = image
            return "http://127.0.0.1:9"

        def wait_for_ready(self, url: str) -> None:
            raise TimeoutError(url)

        def stop_container(self) -> None:
            self.stopped = self.started

    provider = Provider()
    with pytest.raises(TimeoutError, match="127"):
        NocAgentEnvClient.from_docker_image("noc-env", provider=provider).sync()
    assert provider.stopped == "noc-env"


def test_what_a_newer_server_tells_beside_is_no_error() -> None:
    client = NocAgentEnvClient(base_url="http://127.0.0.1:9")
    observation = SEEN | {"weather": "fine"}
    result = client._parse_result({"observation": observation, "reward": None, "done": False})
    assert result.observation.metrics.latency == 0.5
