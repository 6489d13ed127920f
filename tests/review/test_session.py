"""The review of a session: what adds up, what is not judged, what is told while it is made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.episode import Episode
from noc_tui.review.model import GRADES, Review, Verdict
from noc_tui.review.moves import review_move
from noc_tui.review.planner import Planner
from noc_tui.review.positions import CannotReviewError, Shadow, unwinnable_start
from noc_tui.review.session import par_of, review_session
from noc_tui.sim.actions import ActionType
from noc_tui.sim.simulator import SystemSimulator
from tests.episode.builders import ended
from tests.factories import bundled_incident, make_incident
from tests.review.builders import episode_of, plan_out, simulator_of

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Planner(4)


def review_of(incident: str, keys: str, *, seed: int = 1) -> Review:
    return review_session(episode_of(incident, keys, seed=seed), planner=QUICK)


SESSIONS = {
    "resolved": ("log_flood_disk_full", "XCX" + "-" * 20),
    "crashed": ("regex_bad_deploy", "-" * 20),
    "out of time": ("network_congestion", "RX" * 40),
    "interrupted": ("gc_death_spiral", "TSS"),
    "lost and interrupted": ("retry_storm", "SSXX-----"),
    "lost and crashed": ("slow_leak", "XXXSSXX" + "X" * 30),
    "not begun": ("syn_flood", ""),
}


@pytest.mark.parametrize(("incident", "keys"), SESSIONS.values(), ids=SESSIONS.keys())
def test_the_steps_add_up(incident: str, keys: str) -> None:
    review = review_of(incident, keys)
    counted = [move for move in review.moves if not move.lost_position]
    ahead = review.ledger.ahead
    assert review.lost == pytest.approx(sum(move.lost for move in counted))
    assert review.luck == pytest.approx(sum(move.luck for move in counted), abs=1e-6)
    assert review.par + review.lost + review.luck == pytest.approx(len(counted) + ahead, abs=0.05)
    shown = review.ledger
    assert round(10 * (shown.steps + shown.ahead)) == round(10 * shown.par) + round(10 * shown.lost) + round(
        10 * shown.luck
    )


def test_a_crash_counts_the_rest_of_the_time_and_ten_more() -> None:
    review = review_of(*SESSIONS["crashed"])
    assert review.outcome == "crashed"
    assert review.lost_from is None or review.lost_from < review.steps
    if review.lost_from is None:
        assert review.ledger.ahead == 30 - review.steps + 10
        assert "for the crash" in review.ledger.text


def test_from_the_point_of_no_return_on_nothing_is_judged_and_nothing_counts() -> None:
    review = review_of(*SESSIONS["lost and interrupted"])
    assert review.lost_from is not None
    late = review.moves[review.lost_from :]
    assert late
    assert all(move.verdict is Verdict.NONE and move.lost == move.luck == move.regret == 0 for move in late)
    assert review.ledger.steps == review.lost_from
    assert review.ledger.why_ahead == "expected once it was lost"
    assert review.worst is not None
    assert review.worst <= review.lost_from


def test_what_takes_long_to_win_is_not_lost() -> None:
    review = review_session(episode_of("slow_leak", "XRX--RTX" + "-" * 30, seed=2))
    assert review.outcome == "resolved"
    assert review.lost_from is None
    assert review.moves[0].verdict is Verdict.BLUNDER
    assert review.moves[0].lost < 6


def test_an_interrupted_session_has_no_grade_and_counts_what_was_still_expected() -> None:
    review = review_of(*SESSIONS["interrupted"])
    assert (review.outcome, review.grade, review.mttr_steps) == (None, None, None)
    assert review.ledger.ahead > 0
    assert review.ledger.why_ahead == "expected still to come"


def test_a_session_without_a_step_has_a_par_and_nothing_else() -> None:
    review = review_of(*SESSIONS["not begun"])
    assert review.moves == ()
    assert review.accuracy is review.worst is None
    assert 8 < review.par < 10


def test_par_is_the_same_before_and_after_the_episode() -> None:
    episode = episode_of("syn_flood", "")
    par = par_of(episode, planner=QUICK)
    for action in (ActionType.SCALE_UP, ActionType.RESTART_SERVICE):
        episode.act(action)
    assert par_of(episode, planner=QUICK) == review_session(episode, planner=QUICK).par == pytest.approx(par)


def test_best_play_is_all_best_and_graded_s() -> None:
    keys = plan_out(simulator_of("noisy_neighbour", seed=3), QUICK)
    review = review_of("noisy_neighbour", keys, seed=3)
    assert {move.verdict for move in review.moves} == {Verdict.BEST}
    assert (review.lost, review.accuracy, review.grade, review.worst) == (0.0, 100.0, "S", None)
    assert review.mttr_steps == len(keys)


@pytest.mark.parametrize("incident", ["flaky_nic", "conn_pool_exhaustion", "cold_standby", "gc_death_spiral"])
@pytest.mark.parametrize("spoiled", ["", "XS"])
def test_an_episode_that_is_drawn_out_at_the_end_is_graded_no_better(incident: str, spoiled: str) -> None:
    def graded(dawdle: str) -> Review:
        simulator = simulator_of(incident, spoiled, seed=2)
        keys = spoiled
        for key in dawdle:
            while simulator.streak < 2:
                action = QUICK.best(simulator)
                simulator.step(action)
                keys += "-XTCRS"[list(ActionType).index(action)]
            simulator.step(list(ActionType)["-XTCRS".index(key)])
            keys += key
        keys += plan_out(simulator, QUICK)
        return review_of(incident, keys, seed=2)

    prompt, drawn_out = graded(""), graded("XX")
    assert prompt.grade is not None
    assert drawn_out.grade is not None
    assert drawn_out.steps > prompt.steps
    assert GRADES.index(drawn_out.grade) >= GRADES.index(prompt.grade)
    assert GRADES.index(drawn_out.grade) > 0


def test_harmful_keys_are_counted_and_the_first_useful_one_is_named() -> None:
    review = review_of("cache_stampede", "XCTT--")
    assert review.harmful == 2
    assert review.first_useful == 3
    assert review.worst in {1, 2}
    assert review.move(1).verdict is Verdict.BLUNDER


def test_harm_in_a_lost_position_does_not_count() -> None:
    hopeless = make_incident(
        initial={"latency": 0.9}, actions={"scale_up": {"latency": -0.01}, "throttle_cpu": {"cpu_usage": 0.3}}
    )
    review = review_session(episode_of(hopeless, "TT"), planner=QUICK)
    assert (review.outcome, review.lost_from, review.harmful) == ("crashed", 0, 0)


@pytest.mark.parametrize(
    ("start", "change", "harmful", "useful"),
    [(0.62, 0.02, 1, None), (0.62, 0.005, 0, None), (0.62, -0.005, 0, None), (0.63, -0.01, 0, 1)],
)
def test_what_makes_next_to_no_difference_is_neither_harmful_nor_useful(
    start: float, change: float, harmful: int, useful: int | None
) -> None:
    incident = make_incident(initial={"cpu_usage": start}, actions={"scale_up": {"cpu_usage": change}})
    review = review_session(episode_of(incident, "S"), planner=QUICK)
    assert (review.harmful, review.first_useful) == (harmful, useful)


def test_the_ghost_shows_best_play_from_the_same_start() -> None:
    episode = episode_of("tls_expiry", "S-X------")
    review = review_session(episode, planner=QUICK)
    assert review.ghost[0] == episode.header.initial
    assert review.ghost_actions[0] is ActionType.RESTART_SERVICE
    assert len(review.ghost) == len(review.ghost_actions) + 1
    assert all(metrics.is_resolved for metrics in review.ghost[-3:])


def test_the_ghost_ends_with_a_crash_that_nobody_can_avert() -> None:
    review = review_session(episode_of(make_incident(drift={"cpu_usage": 0.6}), "-"), planner=QUICK)
    assert len(review.ghost) == 2
    assert review.ghost[-1].is_critical


def test_a_move_tells_what_the_metrics_would_have_been() -> None:
    move = review_session(episode_of("regex_bad_deploy", "-"), planner=QUICK).move(1)
    assert move.best is ActionType.REROUTE_TRAFFIC
    assert move.expected.cpu_usage < move.after.cpu_usage
    assert move.expected.service_healthy == 1.0


def test_progress_is_told_from_nothing_to_all() -> None:
    told: list[tuple[int, int]] = []
    review_session(
        episode_of("network_congestion", "-X" * 15), lambda done, total: told.append((done, total)), planner=QUICK
    )
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert len(told) > 2
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_move_that_has_just_been_made_is_reviewed_as_in_the_review_of_all() -> None:
    episode = episode_of("reconnect_herd", "XSTT")
    review, shadow = review_session(episode, planner=QUICK), Shadow(episode)
    for step in (1, 2, 3, 4, 2):
        move, known = review_move(episode, step, planner=QUICK, shadow=shadow), review.move(step)
        assert (move.verdict, move.best, move.why) == (known.verdict, known.best, known.why)
        assert (move.lost, move.luck) == pytest.approx((known.lost, known.luck), abs=1e-6)


def test_what_was_lost_long_ago_is_not_judged_near_the_end_either() -> None:
    hopeless = make_incident(initial={"latency": 0.9}, actions={"scale_up": {"latency": -0.01}}, max_steps=12)
    episode = episode_of(hopeless, "-" * 12)
    assert {move.verdict for move in review_session(episode, planner=QUICK).moves} == {Verdict.NONE}
    assert review_move(episode, 12, planner=QUICK).verdict is Verdict.NONE


def test_the_coach_draws_nothing_from_the_episode() -> None:
    watched, alone = episode_of("retry_storm", "T"), episode_of("retry_storm", "TTT")
    for _ in range(2):
        review_move(watched, watched.steps, planner=QUICK)
        watched.act(ActionType.THROTTLE_CPU)
    assert [watched.record(step).after for step in (1, 2, 3)] == [alone.record(step).after for step in (1, 2, 3)]


def test_a_fork_says_which_moves_it_has_inherited() -> None:
    fork = Episode.fork(episode_of("retry_storm", "ST"), 1)
    fork.act(ActionType.THROTTLE_CPU)
    assert [move.inherited for move in review_session(fork, planner=QUICK).moves] == [True, False]


def test_a_recording_is_reviewed_like_the_episode(tmp_path: Path) -> None:
    from noc_tui.episode.reader import SessionFile

    with SessionFile.open(ended(tmp_path, incident="flaky_nic", seed=4)) as session:
        recorded = review_session(session, planner=QUICK)
    played = episode_of("flaky_nic", "-XTCRS" * 10, seed=4)
    assert recorded == review_session(played, planner=QUICK)


def test_an_episode_from_the_middle_of_a_stream_is_reviewed() -> None:
    episode = Episode(bundled_incident("retry_storm"), 1, draws=25)
    episode.act(ActionType.THROTTLE_CPU)
    assert review_session(episode, planner=QUICK).moves[0].after == episode.metrics


def test_a_recording_that_comes_out_differently_is_not_reviewed() -> None:
    episode = episode_of("retry_storm", "TT")
    episode.header = replace(episode.header, seed=99)
    with pytest.raises(CannotReviewError, match=r"session \w+ cannot be reviewed: step 1: "):
        review_session(episode)


@pytest.mark.parametrize("step", [0, 3])
def test_a_step_that_there_is_not_is_an_index_error(step: int) -> None:
    with pytest.raises(IndexError, match=f"step {step} was asked for"):
        review_move(episode_of("retry_storm", "TT"), step, planner=QUICK)


# --- starts that nobody can win


def test_a_start_that_chance_alone_decides_is_known_from_the_seed() -> None:
    incident = bundled_incident("cpu_overload")
    shares = sum(unwinnable_start(incident, seed) for seed in range(200)) / 200
    assert 0.08 < shares < 0.2
    assert not any(unwinnable_start(bundled_incident("retry_storm"), seed) for seed in range(5))


@pytest.mark.parametrize("draws", [0, 5, 35])
def test_it_is_known_wherever_in_its_stream_the_episode_begins(draws: int) -> None:
    """Nothing but the packet loss can be out of range, and no action moves it: waiting resolves what can be."""
    moved = dict.fromkeys(("cpu_usage", "memory_usage", "latency", "error_rate"), 0.0001)
    incident = make_incident(initial={"packet_loss": 0.05}, drift=moved, start_sd=0.01, max_steps=6)
    outcomes = []
    for seed in range(40):
        simulator = SystemSimulator.started(incident, seed, draws=draws)
        while not simulator.done:
            simulator.step(ActionType.DO_NOTHING)
        outcomes.append(simulator.streak == 3)
        assert unwinnable_start(incident, seed, draws=draws) is not outcomes[-1]
    assert len(set(outcomes)) == 2


def test_an_unwinnable_start_is_named_and_not_graded() -> None:
    incident = bundled_incident("cpu_overload")
    seed = next(seed for seed in range(100) if unwinnable_start(incident, seed))
    episode = episode_of("cpu_overload", ("TTT" + "-" * 7) * 6, seed=seed)
    assert episode.end is not None
    assert episode.end.outcome != "resolved"
    review = review_session(episode, planner=QUICK)
    assert review.unwinnable_start
    assert review.grade is None


def test_who_plays_a_start_that_can_be_won_can_win_it() -> None:
    incident = bundled_incident("memory_leak")
    for seed in (seed for seed in range(6) if not unwinnable_start(incident, seed)):
        simulator = simulator_of("memory_leak", seed=seed)
        plan_out(simulator, QUICK)
        assert simulator.streak == 3


def test_nothing_is_unwinnable_where_all_is_moved() -> None:
    assert not unwinnable_start(make_incident(recovery=0.1, baseline={"latency": 0.3}), 1)
