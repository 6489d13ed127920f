"""The planner as an agent: what it is shown, what it says."""

from __future__ import annotations

import pytest

from noc_tui.agents.asking import ask
from noc_tui.agents.base import AgentError
from noc_tui.agents.planner import show_episode
from noc_tui.agents.registry import agent_names, make_agent
from noc_tui.bench.run import play_episode
from noc_tui.episode.episode import Episode
from noc_tui.episode.verify import verify
from noc_tui.sim.actions import ActionType
from tests.factories import bundled_incident

AMPLE = 30.0


async def test_it_plays_an_episode_that_it_was_shown_blind_or_not() -> None:
    for blind in (False, True):
        agent, episode = make_agent("planner", seed=5), Episode(bundled_incident("dns_failure"), 5, blind=blind)
        show_episode(agent, episode)
        result = await play_episode(agent, episode)
        assert result.outcome == "resolved"
        assert result.steps <= 7
        assert verify(episode).ok
        assert (episode.record(1).decision.action, episode.record(1).decision.driver) == ("reroute_traffic", "planner")


async def test_it_says_that_it_sees_hidden_state_and_not_what() -> None:
    agent, episode = make_agent("planner", seed=5), Episode(bundled_incident("gc_death_spiral"), 5, blind=True)
    show_episode(agent, episode)
    decision = await ask(agent, episode.observation, AMPLE)
    assert decision.rationale is not None
    assert decision.rationale.startswith("Sees the hidden state. Scale up: a cost of ")
    assert "pressure" not in decision.rationale
    named = {agent.name: agent.description for agent in agent_names()[0]}
    assert "sees the rules and the hidden state" in named["planner"]


async def test_it_takes_over_in_the_middle_and_is_told_nothing_twice() -> None:
    agent, episode = make_agent("planner", seed=5), Episode(bundled_incident("syn_flood"), 5)
    episode.act(ActionType.SCALE_UP)
    show_episode(agent, episode)
    first = await ask(agent, episode.observation, AMPLE)
    again = await ask(agent, episode.observation, AMPLE)
    assert first.action is again.action is ActionType.REROUTE_TRAFFIC
    episode.step(first)
    assert (await ask(agent, episode.observation, AMPLE)).action is not ActionType.REROUTE_TRAFFIC


async def test_it_plays_the_episode_that_it_was_shown_last() -> None:
    agent = make_agent("planner", seed=5)
    for incident, action in (("dns_failure", "reroute_traffic"), ("gc_death_spiral", "scale_up")):
        episode = Episode(bundled_incident(incident), 5)
        show_episode(agent, episode)
        assert (await ask(agent, episode.observation, AMPLE)).action == action


async def test_without_the_episode_it_does_not_pretend_to_know() -> None:
    episode = Episode(bundled_incident("syn_flood"), 5)
    with pytest.raises(AgentError, match="plays by the hidden state, and was not shown the episode"):
        await ask(make_agent("planner", seed=5), episode.observation, AMPLE)


def test_other_agents_are_shown_nothing() -> None:
    agent, episode = make_agent("rules", seed=5), Episode(bundled_incident("syn_flood"), 5)
    before = dict(vars(agent))
    show_episode(agent, episode)
    assert vars(agent) == before
