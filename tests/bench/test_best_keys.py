"""The search for the best fixed string of keys."""

from __future__ import annotations

from noc_tui.agents.fixed import actions_of
from noc_tui.agents.registry import make_agent
from noc_tui.bench.best_keys import Worth, neighbours, search, worths
from noc_tui.bench.evaluation import BEST_KEYS
from noc_tui.bench.run import play_episode
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ACTION_INDEX
from tests.factories import bundled_incident

KNOWN = "TTTSESSCRE"
"""A line that was known to do well before anything was searched."""


def line_of(keys: str) -> tuple[int, ...]:
    return tuple(ACTION_INDEX[action] for action in actions_of(keys))


async def test_a_string_is_worth_what_playing_it_brings() -> None:
    incidents, seeds = [bundled_incident("retry_storm"), bundled_incident("cpu_overload")], range(3)
    ended = []
    for incident in incidents:
        for seed in seeds:
            episode = Episode(incident, seed, max_steps=30)
            ended.append(await play_episode(make_agent("fixed:TTS", seed=seed), episode))
    resolved = [end.outcome == "resolved" for end in ended]
    steps = [end.steps if end.outcome == "resolved" else 30 for end in ended]
    (worth,) = worths([line_of("TTS")], incidents, seeds, 30)
    assert worth == Worth(sum(resolved) / 6, -sum(steps) / 6)
    assert 0 < worth.resolved < 1


def test_neighbours_are_one_change_away() -> None:
    near = set(neighbours((2, 2), 3))
    assert {(2,), (2, 5), (1, 2), (2, 2, 2), (0, 2, 2)} <= near
    assert all(abs(len(line) - 2) <= 1 for line in near)
    assert all(len(line) <= 2 for line in neighbours((2, 2), 2))


def test_the_search_finds_the_cure_and_always_the_same_one() -> None:
    def found() -> tuple[tuple[int, ...], Worth]:
        return search([bundled_incident("tls_expiry")], range(4), longest=3, limit=30, width=2, rounds=4)

    line, worth = found()
    assert worth.resolved == 1.0
    assert found() == (line, worth)
    assert worths([()], [bundled_incident("tls_expiry")], range(4), 30) < [worth]


def test_the_best_keys_beat_the_known_line_on_seeds_that_neither_was_made_for() -> None:
    names = ("memory_leak", "conn_pool_exhaustion", "dns_failure", "flaky_nic", "regex_bad_deploy", "tls_expiry")
    incidents = [bundled_incident(name) for name in names]
    best, known = worths([line_of(BEST_KEYS), line_of(KNOWN)], incidents, range(5), 30)
    assert best > known
