"""Fixed strings of keys as agents."""

from __future__ import annotations

import pytest

from noc_tui.agents.base import AgentError
from noc_tui.agents.fixed import actions_of, keys_of
from noc_tui.agents.registry import agent_factory, make_agent
from noc_tui.bench.run import play_episode
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ACTIONS
from tests.factories import bundled_incident


async def test_a_fixed_string_does_what_it_says_and_then_waits() -> None:
    episode = Episode(bundled_incident("slow_leak"), 3, max_steps=5)
    await play_episode(make_agent("fixed:tsc", seed=3), episode)
    actions = [episode.record(step).decision.action for step in range(1, episode.steps + 1)]
    assert keys_of(actions) == "TSCWW"
    assert {episode.record(step).decision.driver for step in (1, 5)} == {"fixed:TSC"}


def test_every_action_has_a_key() -> None:
    assert actions_of(keys_of(ACTIONS)) == ACTIONS


@pytest.mark.parametrize("spec", ["fixed:TXT", "fixed:" + "T" * 500, "fixed:T\x1b[31m"])
def test_what_is_no_string_of_keys_is_refused_with_an_example(spec: str) -> None:
    with pytest.raises(AgentError, match=r"keys of WRTCES, not .*; for example fixed:TTS") as raised:
        agent_factory(spec)
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize("spec", ["fixed", "fixed:"])
def test_a_string_of_no_keys_is_none(spec: str) -> None:
    with pytest.raises(AgentError, match="agent fixed needs keys: fixed:KEYS"):
        agent_factory(spec)
