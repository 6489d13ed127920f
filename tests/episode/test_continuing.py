"""Resuming and forking: the random stream goes on where it was, and each file stands alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.episode.errors import CannotContinueError
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import MarkRecord, Parent, StepRecord
from noc_tui.episode.verify import verify
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ACTIONS, ActionType
from tests.episode.builders import (
    WAIT,
    ListRecorder,
    TickingClock,
    ended,
    endless,
    eventful,
    into,
    path_of,
    play,
    read_lines,
    write_lines,
)
from tests.factories import bundled_incident
from tests.strategies import SEEDS

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.episode.track import Track


def metrics_of(track: Track) -> list[Any]:
    return [track.header.initial, *(track.record(step).after for step in range(1, track.steps + 1))]


# --- forks


@pytest.mark.parametrize("blind", [False, True])
def test_a_fork_at_any_step_stands_and_verifies_alone_and_goes_on_as_its_parent_did(
    blind: bool, tmp_path: Path
) -> None:
    path = eventful(tmp_path / "parent", blind=blind)
    with SessionFile.open(path) as parent:
        for step in range(parent.steps + 1):
            fork = Episode.fork(parent, step, record=into(tmp_path / str(step)))
            for later in range(step + 1, parent.steps + 1):
                fork.act(parent.record(later).decision.action)
            fork.mark()
            fork.close()
            with SessionFile.open(path_of(tmp_path / str(step), fork)) as session:
                assert session.header.parent == Parent(session=parent.header.session, step=step)
                assert session.header.session != parent.header.session
                assert session.header.blind is blind
                assert metrics_of(session) == metrics_of(parent)
                assert [record.inherited for record in session.records()] == [
                    n <= step for n in range(1, parent.steps + 1)
                ]
                assert verify(session).ok


def test_a_fork_carries_the_whole_story_up_to_its_step_in_order_and_marked(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as parent:
        fork = Episode.fork(parent, 2, record=into(tmp_path / "fork"), driver="someone")
    fork.act(WAIT)
    fork.close()
    told = read_lines(path)
    copied = [{**line, "inherited": True} for line in told[1:] if line["step"] <= 2]
    lines = read_lines(path_of(tmp_path / "fork", fork))
    assert lines[1 : len(copied) + 1] == copied
    forked, step = lines[len(copied) + 1 :]
    assert (forked["event"], forked["reason"], forked["step"], forked["taker"]) == ("control", "fork", 2, "someone")
    assert (step["step"], step["inherited"], step["decision"]["driver"]) == (3, False, "someone")


def test_the_log_before_the_page_stays_as_it_was_recorded(tmp_path: Path) -> None:
    path = tampered(eventful(tmp_path), 0, lambda header: header["lines"][0].update(text="as an older version said it"))
    with SessionFile.open(path) as parent:
        fork = Episode.fork(parent, 2)
        resumed = Episode.resume(parent, ListRecorder())
    for episode in (fork, resumed):
        assert episode.header.lines == parent.header.lines
        assert episode.observation.lines[: len(parent.header.lines)] == parent.header.lines
        assert episode.observation.lines[len(parent.header.lines) :] == tuple(
            line for step in range(1, episode.steps + 1) for line in episode.record(step).lines
        )


def test_forks_of_forks_name_their_own_parents_and_keep_the_order_of_everything(tmp_path: Path) -> None:
    generations: list[Track] = [play(Episode(endless(), 1, clock=TickingClock()), [WAIT] * 3)]
    for generation in range(1, 4):
        parent = generations[-1]
        fork = Episode.fork(
            parent, parent.steps, driver=f"driver {generation}", record=into(tmp_path), clock=TickingClock()
        )
        fork.mark("first")
        fork.hand_over("rules", "hand_over")
        fork.mark("second")
        fork.act(ACTIONS[generation])
        fork.close()
        with SessionFile.open(path_of(tmp_path, fork)) as session:
            assert session.header.parent == Parent(session=parent.header.session, step=parent.steps)
            assert verify(session).ok
            told = [getattr(aside, "text", "") or getattr(aside, "reason", "") for aside in session.asides]
            assert told == ["fork", "first", "hand_over", "second"] * generation
            times = [event.elapsed for event in Episode.fork(session, session.steps).events]
            assert all(earlier <= later for earlier, later in pairwise(times))
        generations.append(fork)
    assert metrics_of(generations[-1])[:4] == metrics_of(generations[0])


def test_asides_between_the_same_steps_keep_their_order_even_within_a_millisecond(tmp_path: Path) -> None:
    parent = Episode(endless(), 1, clock=(clock := TickingClock()))
    clock.monotonic = lambda: 5.0  # type: ignore[method-assign]  # time stands still
    for name in "cabfed":
        parent.mark(name)
        parent.hand_over(name, "hand_over")
    recorder = ListRecorder()
    Episode.fork(parent, 0, record=lambda _: recorder)
    assert "".join(event.text for event in recorder.events if isinstance(event, MarkRecord)) == "cabfed"
    assert [event.event for event in recorder.events] == ["header", *["mark", "control"] * 6, "control"]


@given(SEEDS, st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=25), st.data())
def test_wherever_it_branches_off_the_same_actions_give_the_same_figures(
    seed: int, actions: list[ActionType], data: st.DataObject
) -> None:
    parent = play(Episode(bundled_incident("slow_leak"), seed), actions)
    step = data.draw(st.integers(0, parent.steps - 1))
    fork = Episode.fork(parent, step)
    play(fork, actions[step:])
    assert metrics_of(fork) == metrics_of(parent)
    assert [fork.record(n).lines for n in range(1, fork.steps + 1)] == [
        parent.record(n).lines for n in range(1, fork.steps + 1)
    ]
    assert fork.observation.history == parent.observation.history
    assert fork.uses(fork.steps) == parent.uses(parent.steps)
    assert verify(fork).ok


def test_a_fork_of_an_ended_session_branches_off_before_its_end(tmp_path: Path) -> None:
    with SessionFile.open(ended(tmp_path)) as session:
        with pytest.raises(CannotContinueError, match=f"ended at step {session.steps}; go on from an earlier one"):
            Episode.fork(session, session.steps)
        assert not Episode.fork(session, session.steps - 1).done


def test_a_fork_of_a_blind_session_is_blind_until_the_incident_has_been_told() -> None:
    parent = play(Episode(endless(), 1, blind=True), [WAIT] * 2)
    assert Episode.fork(parent, 1).header.blind
    parent.void()
    fork = Episode.fork(parent, 1)
    assert not fork.header.blind
    assert fork.observation.incident == endless().title


def test_a_void_session_can_be_forked_where_it_was_given_up() -> None:
    episode = play(Episode(endless(), 1), [WAIT] * 2)
    episode.void()
    fork = Episode.fork(episode, 2)
    assert fork.act(WAIT).step == 3


@pytest.mark.parametrize("step", [-1, 5, 10**9])
def test_a_step_that_is_not_there_cannot_be_forked(step: int, tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path)) as session, pytest.raises(CannotContinueError, match="has no step"):
        Episode.fork(session, step)


def test_a_fork_in_which_nothing_happened_leaves_no_file(tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path / "parent")) as parent:
        Episode.fork(parent, 3, record=into(tmp_path / "fork")).close()
    assert list((tmp_path / "fork").iterdir()) == []


# --- resuming


def reopened(path: Path, **arguments: Any) -> Episode:
    with SessionFile.open(path) as session:
        return Episode.resume(session, SessionWriter.reopen(path, session.whole_bytes), **arguments)


def test_an_interrupted_session_goes_on_in_its_own_file(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    before = path.read_bytes()
    episode = reopened(path, driver="someone")
    assert (episode.steps, episode.driver) == (4, "someone")
    play(episode, [WAIT] * 2)
    episode.close()
    assert path.read_bytes().startswith(before)
    with SessionFile.open(path) as session:
        assert session.steps == 6
        assert (session.controls[-1].reason, session.controls[-1].step) == ("resume", 4)
        assert not any(record.inherited for record in session.records())
        assert verify(session).ok


def test_an_interruption_changes_nothing_in_what_follows(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    whole = play(Episode(bundled_incident("retry_storm"), 7), [record.decision.action for record in steps_of(path)])
    play(whole, [WAIT] * 5)
    episode = play(reopened(path), [WAIT] * 5)
    assert metrics_of(episode) == metrics_of(whole)
    assert [episode.record(n).lines for n in range(1, episode.steps + 1)] == [
        whole.record(n).lines for n in range(1, whole.steps + 1)
    ]


def steps_of(path: Path) -> list[StepRecord]:
    with SessionFile.open(path) as session:
        return list(session.records())


def test_play_time_goes_on_where_it_stood(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    played = steps_of(path)[-1].elapsed
    clock = TickingClock()
    clock.seconds = 5_000.0
    episode = reopened(path, clock=clock)
    assert played < episode.controls[-1].elapsed <= played + 2


def test_play_time_goes_on_from_what_happened_last_be_it_a_step_or_not() -> None:
    parent = play(Episode(endless(), 1, clock=(clock := FrozenClock())), [WAIT])
    clock.seconds = 40.0
    mark = parent.mark()
    assert Episode.fork(parent, 1, clock=FrozenClock()).controls[-1].elapsed == mark.elapsed == 40.0


def test_a_resumed_fork_keeps_its_parent(tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path / "parent")) as parent:
        fork = play(Episode.fork(parent, 3, record=into(tmp_path)), [WAIT])
    fork.close()
    episode = play(reopened(path_of(tmp_path, fork)), [WAIT])
    episode.close()
    with SessionFile.open(path_of(tmp_path, fork)) as session:
        assert session.header == fork.header
        assert session.header.parent is not None
        assert session.header.parent.step == 3
        assert [record.inherited for record in session.records()] == [True, True, True, False, False]
        assert verify(session).ok


def test_a_resumed_session_is_the_one_that_was_interrupted(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    episode = reopened(path)
    episode.close()
    with SessionFile.open(path) as session:
        assert episode.header == session.header


def test_an_ended_session_is_not_resumed(tmp_path: Path) -> None:
    recorder = ListRecorder()
    with SessionFile.open(ended(tmp_path)) as session, pytest.raises(CannotContinueError, match="has ended"):
        Episode.resume(session, recorder)
    assert recorder.events == []


# --- recordings that do not come out the same


def tampered(path: Path, line: int, change: Any) -> Path:
    lines = read_lines(path)
    change(lines[line])
    return write_lines(path, lines)


TAMPERED = [
    (0, lambda header: header["initial"].update(cpu_usage=0.5), "at the page: cpu_usage is recorded as 0.5"),
    (0, lambda header: header.update(seed=8), "at the page: cpu_usage"),
    (0, lambda header: header["incident"].update(recovery=0.9), "incident_hash"),
    (0, lambda header: header["incident"].update(recovery="much"), "recovery: "),
    (1, lambda step: step["after"].update(cpu_usage=0.5), "step 1: cpu_usage is recorded as 0.5, simulated as "),
    (5, lambda step: step.update(pressure=0.125), "step 2: pressure is recorded as 0.125, simulated as "),
    (5, lambda step: step.update(health=0.125), "step 2: health is recorded as 0.125, simulated as "),
]


@pytest.mark.parametrize(("line", "change", "complaint"), TAMPERED)
def test_a_recording_that_comes_out_differently_is_neither_forked_nor_resumed(
    line: int, change: Any, complaint: str, tmp_path: Path
) -> None:
    path = tampered(eventful(tmp_path / "parent"), line, change)
    before = path.read_bytes()
    with SessionFile.open(path) as session:
        with pytest.raises(CannotContinueError, match="cannot be gone on with: ") as raised:
            Episode.fork(session, 4, record=into(tmp_path / "fork"))
        assert complaint in str(raised.value)
        recorder = ListRecorder()
        with pytest.raises(CannotContinueError, match="cannot be gone on with: "):
            Episode.resume(session, recorder)
    assert recorder.events == []
    assert not (tmp_path / "fork").exists()
    assert path.read_bytes() == before


def test_what_comes_out_differently_after_the_fork_is_no_hindrance(tmp_path: Path) -> None:
    path = tampered(eventful(tmp_path), 5, lambda step: step.update(pressure=0.125))
    with SessionFile.open(path) as session:
        assert Episode.fork(session, 1).steps == 1


def test_another_numpy_is_named_where_it_may_be_the_reason(tmp_path: Path) -> None:
    path = tampered(eventful(tmp_path), 0, lambda header: header["versions"].update(numpy="1.0.0"))
    with SessionFile.open(path) as session:
        assert Episode.fork(session, 4).steps == 4
    tampered(path, 1, lambda step: step["after"].update(cpu_usage=0.5))
    with SessionFile.open(path) as session, pytest.raises(CannotContinueError) as raised:
        Episode.fork(session, 4)
    assert f"recorded with NumPy 1.0.0, this is {np.__version__}" in str(raised.value)


def test_steps_after_an_end_that_the_figures_bring_are_not_gone_on_with(tmp_path: Path) -> None:
    path = ended(tmp_path)
    lines = read_lines(path)
    last = lines[-2]
    beyond = {**last, "step": last["step"] + 1, "crashed": False, "before": last["after"]}
    write_lines(path, [*lines[:-1], beyond])
    with SessionFile.open(path) as session, pytest.raises(CannotContinueError, match="stands after the end"):
        Episode.resume(session, ListRecorder())


def test_of_a_blind_recording_no_hidden_figure_is_told_with_what_differs(tmp_path: Path) -> None:
    path = tampered(eventful(tmp_path, blind=True), 5, lambda step: step.update(pressure=0.125))
    with SessionFile.open(path) as session, pytest.raises(CannotContinueError) as raised:
        Episode.fork(session, 4)
    assert str(raised.value).endswith("cannot be gone on with: it does not come out the same when simulated again")
