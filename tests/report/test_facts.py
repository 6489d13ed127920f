"""The facts of a session: impact, timeline, what worked, what models cost; and what a blind one keeps to itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import Decision, Usage
from noc_tui.report import events
from noc_tui.report.atif import atif_trajectory
from noc_tui.report.facts import SessionFacts, facts_of, total_cost
from noc_tui.report.story import before_page
from noc_tui.report.wording import clock_text, duration, points, step_list
from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ActionType
from noc_tui.sim.metrics import METRIC, METRICS
from noc_tui.text import clean
from tests.episode.builders import endless, eventful, path_of
from tests.factories import make_incident
from tests.report.samples import begin, made_review, named, poisoned, recorded

if TYPE_CHECKING:
    from pathlib import Path


def facts(path: Path, verdicts: list[Verdict] | None = None) -> SessionFacts:
    with SessionFile.open(path) as session:
        return facts_of(session, made_review(session, verdicts) if verdicts else None)


def test_the_impact_of_a_metric_is_its_worst_value_and_the_steps_that_ended_out_of_range(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    found = facts(path)
    with SessionFile.open(path) as session:
        states = [session.header.initial, *(record.after for record in session.records())]
    for index, impact in enumerate(found.impacts):
        values = [state[index] for state in states]
        spec = METRICS[index]
        assert impact.spec is spec
        assert impact.peak == (max(values) if spec.higher_is_worse else min(values))
        assert values[impact.peak_step] == impact.peak
        assert impact.over == sum(not spec.is_healthy(value) for value in values[1:])
        assert impact.over_seconds == 30 * impact.over
        assert (impact.at_page, impact.last) == (values[0], values[-1])


def test_what_was_out_of_range_before_the_page_is_counted_back_from_it(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    cpu = facts(path).impacts[0]
    with SessionFile.open(path) as session:
        values = [sample.cpu_usage for sample in session.header.samples]
    assert 0 < cpu.over_before_page < len(values)
    assert all(value >= 0.65 for value in values[-cpu.over_before_page :])
    assert values[-cpu.over_before_page - 1] < 0.65


def test_a_resolved_session_tells_how_long_it_took_to_restore(tmp_path: Path) -> None:
    found = facts(recorded(tmp_path))
    assert found.outcome == "resolved"
    assert found.totals.restored_after == found.steps == 4
    assert found.totals.restored_clock == found.seconds == 120
    assert not found.secret


def test_the_timeline_has_everything_in_its_order_with_step_numbers(tmp_path: Path) -> None:
    found = facts(eventful(tmp_path)).events
    told = [(event.kind, event.step) for event in found if event.kind not in {"firing", "resolved"}]
    assert told == [
        ("page", 0),
        ("action", 1),
        ("mark", 1),
        ("control", 1),
        ("mark", 1),
        ("action", 2),
        ("control", 2),
        ("action", 3),
        ("action", 4),
    ]
    assert [event.text for event in found if event.kind == "mark"] == ["before the autopilot", "after it"]
    assert "rules failed; control passed to operator: it broke" in {event.text for event in found}
    assert found[0].clock < 0  # an alert that led to the page
    assert found[-1].kind == "action"  # not ended


def test_an_agent_that_failed_and_is_asked_again_hands_nothing_over(tmp_path: Path) -> None:
    episode = begin(tmp_path, driver="llm")
    episode.hand_over("llm", "agent_error", error="it broke off")
    episode.hand_over("human", "agent_error", error="once more")
    assert [event.text for event in facts_of(episode).events if event.kind == "control"] == [
        "llm failed, and was asked again: it broke off",
        "llm failed; control passed to operator: once more",
    ]


def test_alerts_that_fire_and_are_resolved_stand_in_the_timeline(tmp_path: Path) -> None:
    found = facts(recorded(tmp_path)).events
    firing = [event for event in found if event.kind == "firing"]
    resolved = [event for event in found if event.kind == "resolved"]
    assert firing
    assert resolved
    assert all(event.text.startswith("[FIRING:") and event.clock <= 0 for event in firing)
    assert all(event.text.startswith("[RESOLVED]") and event.step > 0 for event in resolved)
    assert (found[-1].kind, found[-1].text) == ("end", "Resolved at step 4.")


def test_waiting_on_and_on_is_one_line(tmp_path: Path) -> None:
    path = recorded(tmp_path, "network_congestion", ["scale_up", *["do_nothing"] * 3, "scale_up"])
    waited = [event for event in facts(path).events if event.kind == "wait"]
    assert waited[0].step == 2
    assert waited[-1].last_step == 4
    assert sum(event.last_step - event.step + 1 for event in waited) == 3


def test_waiting_of_two_drivers_is_a_line_for_each(tmp_path: Path) -> None:
    episode = begin(tmp_path, incident=endless())
    for driver in ("human", "human", "clock"):
        episode.act("do_nothing", driver=driver)
    waited = [event for event in facts_of(episode).events if event.kind == "wait"]
    assert [(event.step, event.last_step) for event in waited] == [(1, 2), (3, 3)]


def test_what_was_out_of_range_as_far_back_as_can_be_seen_was_so_for_at_least_that_long(tmp_path: Path) -> None:
    """Its baseline is out of range."""
    seen = before_page(facts_of(begin(tmp_path, incident=endless())))
    assert seen == "Out of range the longest before the page: Latency, for at least 12 min."
    assert "at least" not in before_page(facts(recorded(tmp_path)))


def test_of_very_many_events_the_first_and_the_last_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_EVENTS", 8)
    path = recorded(tmp_path, "network_congestion", ["scale_up", "clear_cache"] * 6)
    found = facts(path).events
    (gap,) = [event for event in found if event.kind == "gap"]
    assert len(found) == 9
    assert found.index(gap) == 4
    assert found[-1].step == 12
    assert "more events between step" in gap.text


def test_without_a_review_what_raised_health_worked_and_what_did_not_was_wasted(tmp_path: Path) -> None:
    path = recorded(tmp_path, actions=["throttle_cpu", "clear_cache", "throttle_cpu", "do_nothing"])
    found = facts(path)
    assert [(f.action, f.steps) for f in found.worked] == [("throttle_cpu", (1, 3))]
    assert [(f.action, f.steps) for f in found.wasted] == [("clear_cache", (2,))]
    assert found.worked[0].health > 0.005 > found.wasted[0].health
    assert found.wasted[0].lost is None


def test_with_a_review_its_verdicts_say_what_worked_and_what_was_wasted(tmp_path: Path) -> None:
    verdicts = [Verdict.BEST, Verdict.NEEDLESS, Verdict.BLUNDER, Verdict.GOOD]
    found = facts(recorded(tmp_path), verdicts)
    assert [(f.action, f.verdict, f.steps) for f in found.worked] == [("throttle_cpu", "best", (1,))]
    # The most costly first; waiting well is nothing to list, waiting badly is.
    assert [(f.verdict, f.steps) for f in found.wasted] == [("blunder", (3,)), ("needless", (2,))]
    assert found.wasted[0].action is ActionType.DO_NOTHING
    assert found.wasted[0].lost == 5.0
    assert "Throttling" in found.wasted[0].why


def test_what_helped_most_stands_first(tmp_path: Path) -> None:
    helps = {"throttle_cpu": {"cpu_usage": -0.05}, "clear_cache": {"memory_usage": -0.2}}
    incident = make_incident(initial={"cpu_usage": 0.9, "memory_usage": 0.9}, actions=helps)
    episode = begin(tmp_path, incident=incident)
    for action in helps:
        episode.act(action)
    assert [finding.action for finding in facts_of(episode).worked] == ["clear_cache", "throttle_cpu"]


def test_of_several_moves_the_reason_is_that_of_the_worst(tmp_path: Path) -> None:
    episode = begin(tmp_path, incident=endless())
    for _ in range(3):
        episode.act("clear_cache")
    review = made_review(episode, [Verdict.BLUNDER] * 3)
    moves = [
        replace(move, lost=lost, why=f"It lost {lost}.")
        for move, lost in zip(review.moves, (4.0, 9.0, 5.0), strict=True)
    ]
    (wasted,) = facts_of(episode, replace(review, moves=tuple(moves))).wasted
    assert (wasted.lost, wasted.why) == (18.0, "It lost 9.0.")


def test_what_models_cost_includes_calls_that_came_to_nothing(tmp_path: Path) -> None:
    (use,) = facts(eventful(tmp_path)).models
    assert (use.driver, use.steps, use.calls, use.failed) == ("rules", 1, 2, 1)
    assert (use.tokens_in, use.tokens_out, use.cost, use.latency_ms) == (300, 7, 0.75, 12.5)


def test_a_suggestion_is_paid_for_though_the_model_took_no_step(tmp_path: Path) -> None:
    episode = begin(tmp_path)
    paid = Usage(latency_ms=20.0, tokens_in=300, tokens_out=7, cost=0.25)
    episode.suggest("llm", Decision(action=ActionType.SCALE_UP, driver="llm", usage=paid), followed=False)
    episode.suggest("llm", error="it broke off", usage=paid)
    (use,) = facts_of(episode).models
    assert (use.driver, use.steps, use.calls, use.failed) == ("llm", 0, 2, 1)
    assert (use.tokens_in, use.tokens_out, use.cost, use.latency_ms) == (600, 14, 0.5, 40.0)
    spent = atif_trajectory(episode)["final_metrics"]
    assert (spent["total_prompt_tokens"], spent["total_completion_tokens"], spent["total_cost_usd"]) == (600, 14, 0.5)


def test_a_session_that_no_model_took_part_in_has_no_use_of_models(tmp_path: Path) -> None:
    assert facts(recorded(tmp_path)).models == ()


def test_a_cost_that_is_unknown_of_one_call_is_unknown_of_all() -> None:
    paid, free, unpriced = Usage(tokens_in=1, cost=0.5), Usage(latency_ms=3.0), Usage(tokens_in=1)
    assert total_cost([paid, free, paid]) == 1.0
    assert total_cost([paid, unpriced]) is None
    assert total_cost([free]) is None


def test_a_blind_session_that_can_be_gone_on_with_keeps_its_secret(tmp_path: Path) -> None:
    path = eventful(tmp_path, blind=True)
    with SessionFile.open(path) as session:
        found = facts_of(session, made_review(session, [Verdict.BLUNDER] * 4))
    assert found.secret
    assert (found.title, found.incident, found.summary, found.lesson) == ("Blind incident", None, "", "")
    assert found.references == ()
    assert found.review is None
    assert named(repr(found)) == []


def test_a_blind_session_that_has_ended_tells_what_it_was_and_what_it_was_taken_for(tmp_path: Path) -> None:
    episode = begin(tmp_path, blind=True)
    episode.diagnose("memory_leak")
    episode.act("throttle_cpu")
    episode.diagnose("cpu_overload")
    for action in ("throttle_cpu", "do_nothing", "do_nothing"):
        episode.act(action)
    episode.close()
    found = facts(path_of(tmp_path, episode))
    assert found.incident == "cpu_overload"
    assert found.blind
    assert [event.text for event in found.events if event.kind == "diagnosis"] == [
        "Took it for memory_leak.",
        "Took it for cpu_overload.",
    ]
    assert found.diagnosis is not None
    assert found.diagnosis.right
    assert found.diagnosis.first_right is not None
    assert found.diagnosis.first_right.step == 1


def test_texts_of_strangers_are_cleaned(tmp_path: Path) -> None:
    found = facts(poisoned(eventful(tmp_path)))
    texts = [found.title, found.summary, found.lesson, found.difficulty, found.program, found.driver]
    texts += found.references
    texts += [text for event in found.events for text in (event.source, event.text)]
    for text in texts:
        assert text == clean(text, 10_000)
        assert "\n" not in text


def test_a_definition_that_lacks_everything_is_reported_on_all_the_same(tmp_path: Path) -> None:
    episode = begin(tmp_path, incident=endless(3))
    for _ in range(3):
        episode.step(Decision(action=ActionType.SCALE_UP, driver="human"))
    episode.close()
    found = facts(path_of(tmp_path, episode))
    assert found.outcome == "truncated"
    assert found.totals.restored_after is None
    assert found.impacts[2].over == 3
    assert METRIC["latency"] is found.impacts[2].spec


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (40, "40 s"), (120, "2 min"), (750, "12 min 30 s"), (3900, "1 h 5 min")]
)
def test_durations_are_written_for_people(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_clocks_steps_and_points_are_written_for_people() -> None:
    assert [clock_text(seconds) for seconds in (-190, 0, 30, 3720)] == ["−03:10", "00:00", "00:30", "1:02:00"]
    assert step_list([1, 2, 3, 7, 9, 10]) == "1–3, 7, 9–10"
    assert step_list([0, 1]) == "0–1"
    assert [points(change) for change in (0.123, -0.0004, -0.5)] == ["+12.3", "0.0", "−50.0"]
