"""Plans: made by one, played by others, and everybody sees who did what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc_tui.drills.assign import (
    DRILL,
    MOST_EPISODES,
    Assigned,
    Plan,
    begun_of,
    done_of,
    load_plan,
    make_plan,
    next_of,
    plan_lines,
    team_lines,
    write_plan,
)
from noc_tui.drills.daily import bundled_catalog
from noc_tui.drills.errors import DrillError
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from noc_tui.review.positions import unwinnable_start
from noc_tui.store.claims import Claim
from noc_tui.store.store import Store
from tests.store.builders import DAY, START, session

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.store.entries import Entry
    from noc_tui.store.queries import BoardRow

IDS = bundled_catalog().ids
EPISODES = st.builds(
    Assigned, st.sampled_from(IDS), st.integers(0, 2**53 - 1), st.sampled_from(("turn", "live")), st.booleans()
)
PLAN = Plan((Assigned("cpu_overload", 7), Assigned("flaky_nic", 3, blind=True)), "Week 49")


def made(**changes: object) -> Plan:
    values: dict[str, object] = {"pace": "turn", "blind": False, "title": "", "chance": 5} | changes
    return make_plan(bundled_catalog(), ("cpu_overload", "flaky_nic"), None, **values)  # type: ignore[arg-type]


def done_after(*entries: Entry, player: str | None = None) -> dict[str, dict[int, BoardRow]]:
    """How the plan stands once these sessions have been remembered."""
    with Store() as store:
        store.remember(*entries)
        with store.reading() as connection:
            return done_of(connection, PLAN, player)


# --- making and reading


def test_without_seeds_each_incident_has_one_that_can_be_won_and_another_chance_another() -> None:
    plan = made()
    assert [each.incident for each in plan.episodes] == ["cpu_overload", "flaky_nic"]
    for each in plan.episodes:
        assert not unwinnable_start(bundled_catalog().load(each.incident), each.seed)
    assert made() == plan
    assert made(chance=6) != plan


def test_with_seeds_each_incident_is_played_from_each() -> None:
    plan = make_plan(bundled_catalog(), ("cpu_overload",), (1, 2), pace="live", blind=True, title="x", chance=0)
    assert plan.episodes == tuple(Assigned("cpu_overload", seed, "live", blind=True) for seed in (1, 2))


def test_a_plan_has_an_end() -> None:
    with pytest.raises(DrillError, match="at most 50"):
        make_plan(bundled_catalog(), IDS, range(50), pace="turn", blind=False, title="", chance=0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(EPISODES, min_size=1, max_size=6, unique_by=lambda each: (each.incident, each.seed)),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80),
)
def test_what_is_written_is_read_as_it_was(tmp_path: Path, episodes: list[Assigned], title: str) -> None:
    plan = Plan(tuple(episodes), title)
    write_plan(plan, tmp_path / "plan.toml")
    assert load_plan(tmp_path / "plan.toml", bundled_catalog()) == plan


_HEAD = 'format = "noc-tui-plan"\nversion = 1\n'
_EPISODE = '[[episodes]]\nincident = "cpu_overload"\nseed = 1\n'


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        ("no toml", "is no plan"),
        ("[a]\nb = 1", "is no plan of noc-tui"),
        (_HEAD.replace("1", "2") + _EPISODE, "version 2"),
        (_HEAD, "episodes"),
        (
            _HEAD + "[[episodes]]\nincident = 'flaky_nick'\nseed = 1",
            "episode 1: no incident 'flaky_nick': did you mean",
        ),
        (_HEAD + "[[episodes]]\nincident = '../x'\nseed = 1", "episode 1: incident: expected the id of an incident"),
        (_HEAD + "[[episodes]]\nseed = 1", "episode 1: incident: is missing"),
        (_HEAD + _EPISODE + _EPISODE.replace("= 1", "= -1"), "episode 2: seed: input should be greater"),
        (_HEAD + _EPISODE + "pace = 'fast'", "episode 1: pace: input should be 'turn' or 'live'"),
        (_HEAD + _EPISODE + "surprise = 1", "episode 1: surprise: is no key of an episode"),
        (_HEAD + "surprise = 1\n" + _EPISODE, ": surprise: is no key of a plan"),
        (_HEAD + _EPISODE * 2, "twice"),
        (_HEAD + _EPISODE * (MOST_EPISODES + 1), "episodes"),
        ("#" * 70_000, "larger than 64 KiB"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence_that_says_why(tmp_path: Path, content: str, clause: str) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(content)
    with pytest.raises(DrillError) as error:
        load_plan(file, bundled_catalog())
    assert str(error.value).startswith(f"{file}: ")
    assert clause in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(DrillError, match="cannot be read"):
        load_plan(tmp_path / "none.toml", bundled_catalog())
    with pytest.raises(DrillError, match="cannot be written"):
        write_plan(PLAN, tmp_path / "none" / "plan.toml")


# --- who did what


def test_the_first_try_at_an_episode_counts_and_only_as_it_was_asked_for() -> None:
    done = done_after(
        session("S1", seed=7, at=START + DAY, outcome="crashed", grade="F"),
        session("S2", seed=7, at=START + 2 * DAY),
        session("S3", seed=7, player="ben", pace="live"),
        session("S4", seed=7, player="carl", parent="S1"),
        session("S5", seed=7, player="rules", kind="agent"),
        session("S6", seed=3, incident="flaky_nic", blind=False, player="ben"),
        session("S7", seed=3, incident="flaky_nic", blind=True, player="ben"),
    )
    assert {player: {at: row.session for at, row in rows.items()} for player, rows in done.items()} == {
        "ana": {0: "S1"},
        "ben": {1: "S7"},
    }
    assert next_of(PLAN, done["ana"]) == PLAN.episodes[1]
    assert next_of(PLAN, done["ben"]) == PLAN.episodes[0]
    assert next_of(PLAN, done["ana"] | done["ben"]) is None


def test_what_is_blind_is_told_once_it_has_been_played() -> None:
    assert plan_lines(PLAN, {}) == [
        "Week 49: 0 of 2 played",
        "  1  cpu_overload, seed 7, turn: still to be played",
        "  2  blind, turn: still to be played",
    ]
    done = done_after(session("S1", seed=3, incident="flaky_nic", blind=True), player="ana")["ana"]
    assert plan_lines(PLAN, done)[2] == "  2  flaky_nic, seed 3, turn: resolved in 8 steps, grade A"


def test_a_team_sees_who_has_played_what() -> None:
    assert team_lines(PLAN, {})[-1] == "nobody has played any of it yet"
    done = done_after(
        session("S1", seed=7, player="ben"),
        session("S2", seed=3, incident="flaky_nic", blind=True, player="ben", outcome="crashed", grade="F"),
        session("S3", seed=7),
    )
    assert team_lines(PLAN, done) == [
        "Week 49: 2 episodes",
        "ben: 2 played, 1 resolved, grades A F",
        "ana: 1 played, 1 resolved, grades A .",
    ]


def test_an_episode_that_was_begun_for_a_plan_is_gone_on_with(tmp_path: Path) -> None:
    def recorded(seed: int, *, steps: int = 1) -> str:
        record = partial(SessionWriter.create, tmp_path)
        episode = Episode(bundled_catalog().load("cpu_overload"), seed, record=record)
        while episode.steps < steps and not episode.done:
            episode.act("do_nothing")
        episode.close()
        return episode.header.session

    begun, other_seed, ended = recorded(7), recorded(8), recorded(7, steps=100)
    claims = [Claim(other_seed, "ana", DRILL), Claim(ended, "ana", DRILL), Claim("GONE", "ana", DRILL)]
    episode = PLAN.episodes[0]
    assert begun_of(episode, "ana", claims, tmp_path) is None
    assert begun_of(episode, "ana", [*claims, Claim(begun, "ana")], tmp_path) is None
    assert begun_of(episode, "ana", [*claims, Claim(begun, "ben", DRILL)], tmp_path) is None
    assert begun_of(episode, "ana", [*claims, Claim(begun, "ana", DRILL)], tmp_path) == tmp_path / f"{begun}.jsonl"
