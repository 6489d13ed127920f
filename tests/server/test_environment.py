"""The environment: an `Episode` in OpenEnv's clothes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.bench.selection import blind_incident
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.remote.models import NOCAction, NOCObservation
from noc_tui.server.arguments import RequestError
from noc_tui.server.environment import NocEnvironment
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.alerts import AlertBoard, default_alert_rules
from noc_tui.sim.catalog import CLASSIC, default_catalog
from noc_tui.sim.errors import EpisodeOverError, NotResetError
from noc_tui.sim.metrics import SystemMetrics
from noc_tui.sim.reward import REWARD_TERMS
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from pathlib import Path

THROTTLE = NOCAction(action_type=ActionType.THROTTLE_CPU)
WAIT = NOCAction(action_type=ActionType.DO_NOTHING)


def played(environment: NocEnvironment, actions: list[ActionType]) -> list[NOCObservation]:
    return [environment.step(NOCAction(action_type=action)) for action in actions]


def waited_out(environment: NocEnvironment) -> NOCObservation:
    """The last observation of an episode in which nothing is done."""
    seen = environment.step(WAIT)
    while not seen.done:
        seen = environment.step(WAIT)
    return seen


@pytest.mark.parametrize("incident", ["cpu_overload", "retry_storm"])
def test_it_is_the_episode_that_the_terminal_plays(incident: str) -> None:
    environment, episode = NocEnvironment(), Episode(bundled_incident(incident), 7)
    first = environment.reset(seed=7, incident_type=incident)
    assert tuple(first.metrics.model_dump().values()) == episode.metrics
    assert [line.text for line in first.log] == [line.text for line in episode.header.lines]
    assert [tuple(sample.model_dump().values()) for sample in first.samples] == list(episode.header.samples)
    for action in (ActionType.THROTTLE_CPU, ActionType.SCALE_UP, ActionType.RESTART_SERVICE):
        seen, record = environment.step(NOCAction(action_type=action)), episode.act(action)
        assert tuple(seen.metrics.model_dump().values()) == record.after
        assert (seen.reward, seen.done, seen.step) == (record.reward, False, record.step)
        assert seen.explanation == record.explanation
        assert seen.reward_terms == dict(zip(REWARD_TERMS, record.reward_terms, strict=True))
        assert (seen.health_score, seen.action_was_effective) == (record.health, record.effective)
        assert (seen.streak, seen.outage_left) == (record.streak, record.outage_left)
        assert [tuple(line.model_dump().values()) for line in seen.log] == list(record.lines)
        assert seen.samples == []


def test_a_reset_tells_no_reward_and_no_outcome() -> None:
    first = NocEnvironment().reset(seed=1, incident_type="memory_leak")
    assert (first.reward, first.done, first.step, first.explanation) == (None, False, 0, "")
    assert first.reward_terms is None
    assert first.action_was_effective is None
    assert (first.incident_type, first.incident_title) == ("memory_leak", "Memory leak")
    assert len(first.samples) == 24


def test_each_argument_of_a_reset_is_honoured() -> None:
    environment = NocEnvironment()
    first = environment.reset(
        seed=5, episode_id="mine", incident_type="syn_flood", blind=False, max_steps=2, driver="policy"
    )
    assert (first.episode_id, first.incident_type, first.max_steps) == ("mine", "syn_flood", 2)
    state = environment.state
    assert (state.episode_id, state.seed, state.max_steps, state.driver) == ("mine", 5, 2, "policy")
    assert [seen.done for seen in played(environment, [ActionType.DO_NOTHING] * 2)] == [False, True]
    assert environment.state.outcome == "truncated"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"colour": 1}, "reset has no argument 'colour': expected any of blind, driver, episode_id, incident_type,"),
        ({"incident_type": "fire"}, "no incident 'fire': expected one of network_congestion, memory_leak, cpu_over"),
        ({"incident_type": 3}, "reset: incident_type: input should be a valid string"),
        ({"seed": "7"}, "reset: seed: input should be a valid integer"),
        ({"seed": True}, "reset: seed: input should be a valid integer"),
        ({"seed": -1}, "reset: seed: input should be greater than or equal to 0"),
        ({"seed": 2**53}, "reset: seed: input should be less than or equal to 9007199254740991"),
        ({"max_steps": 0}, "reset: max_steps: input should be greater than or equal to 1"),
        ({"blind": "yes"}, "reset: blind: input should be a valid boolean"),
        ({"episode_id": "x" * 256}, "reset: episode_id: string should have at most 255 characters"),
        ({"split": "train"}, "reset: a task is named by split and index together"),
        ({"split": "dev", "index": 0}, "no split 'dev': expected one of train, validation, test"),
        ({"split": "test", "index": -1}, "reset: task -1 of split test: expected 0 to "),
        ({"split": "test", "index": 0, "seed": 1}, "reset: split and index say which incident and seed; leave"),
    ],
    ids=str,
)
def test_what_a_reset_cannot_do_is_one_sentence_and_the_episode_goes_on(
    arguments: dict[str, Any], sentence: str
) -> None:
    environment = NocEnvironment()
    environment.reset(seed=1, incident_type="cpu_overload")
    environment.step(THROTTLE)
    with pytest.raises(RequestError) as refused:
        environment.reset(**arguments)
    assert str(refused.value).startswith(sentence)
    assert environment.step(THROTTLE).step == 2


def test_a_step_before_the_reset_says_so_and_one_after_the_end_likewise() -> None:
    environment = NocEnvironment()
    with pytest.raises(NotResetError, match="no episode has been started in this session: reset first"):
        environment.step(WAIT)
    environment.reset(seed=1, incident_type="cpu_overload", max_steps=1)
    environment.step(WAIT)
    with pytest.raises(EpisodeOverError, match="the episode ended truncated at step 1; no step can follow"):
        environment.step(WAIT)
    assert environment.reset(seed=1).step == 0


def test_how_it_ended_is_told_apart() -> None:
    environment = NocEnvironment()
    environment.reset(seed=3, incident_type="cpu_overload", max_steps=60)
    last = waited_out(environment)
    assert (last.terminated, last.truncated, last.resolved, last.crashed) == (True, False, False, True)
    environment.reset(seed=3, incident_type="cpu_overload", max_steps=1)
    last = waited_out(environment)
    assert (last.terminated, last.truncated, last.resolved, last.crashed) == (False, True, False, False)


def test_a_blind_episode_tells_its_incident_at_the_end_and_not_before() -> None:
    environment = NocEnvironment()
    seen = environment.reset(seed=4, incident_type="cpu_overload", blind=True)
    while not seen.done:
        assert (seen.incident_type, seen.incident_title, environment.state.incident) == (None, None, None)
        assert "cpu_overload" not in environment.state.model_dump_json()
        seen = environment.step(WAIT)
    assert (seen.incident_type, environment.state.incident) == ("cpu_overload", "cpu_overload")


def test_without_an_incident_the_seed_chooses_as_it_does_in_gymnasium() -> None:
    gym = pytest.importorskip("noc_tui.gym")
    environment, other = NocEnvironment(), gym.NOCSystemEnv()
    chosen = []
    for seed in range(12):
        chosen.append(environment.reset(seed=seed).incident_type)
        assert other.reset(seed=seed)[1]["incident_type"] == chosen[-1]
    assert set(chosen) == set(CLASSIC)


def test_blind_without_an_incident_the_seed_chooses_as_it_does_in_the_terminal() -> None:
    environment = NocEnvironment()
    for seed in range(3):
        seen = environment.reset(seed=seed, blind=True)
        assert seen.max_steps == 30
        assert waited_out(environment).incident_type == blind_incident(seed, default_catalog())


def test_without_a_seed_one_is_drawn_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: 11)
    environment = NocEnvironment()
    first = environment.reset()
    assert environment.state.seed == 11
    assert environment.reset(seed=11).metrics == first.metrics


def test_alerts_are_those_that_fire_now() -> None:
    environment, board = NocEnvironment(), AlertBoard(default_alert_rules())
    seen = environment.reset(seed=7, incident_type="cpu_overload")
    for sample in seen.samples:
        board.update(SystemMetrics(**sample.model_dump()))
    counts = set()
    for _ in range(20):
        board.update(SystemMetrics(**seen.metrics.model_dump()))
        assert set(seen.alerts) == {rule.name for rule in board.firing}
        counts.add(len(seen.alerts))
        if seen.done:
            break
        seen = environment.step(THROTTLE)
    assert len(counts) > 1


def test_the_rubric_tree_has_a_child_for_each_term_and_adds_up_to_the_reward() -> None:
    environment = NocEnvironment()
    environment.reset(seed=7, incident_type="cpu_overload")
    for action in ACTIONS:
        seen = environment.step(NOCAction(action_type=action))
        scores = {name: rubric.last_score for name, rubric in environment.rubric.named_rubrics()}
        assert scores == seen.reward_terms
        assert environment.rubric.last_score == seen.reward


def test_tasks_are_the_same_for_everybody_and_splits_share_no_seed(tmp_path: Path) -> None:
    environment = NocEnvironment()
    assert environment.list_splits() == ["train", "validation", "test"]
    seeds = {}
    for split in environment.list_splits():
        specs = environment.list_tasks(split)
        assert len(specs) == environment.num_tasks(split)
        assert [spec["index"] for spec in specs] == list(range(len(specs)))
        assert len({(spec["incident_type"], spec["seed"]) for spec in specs}) == len(specs)
        seeds[split] = {spec["seed"] for spec in specs}
    assert not seeds["train"] & seeds["test"]
    assert not seeds["validation"] & (seeds["train"] | seeds["test"])
    assert environment.get_task_range("train", 2, 4) == environment.list_tasks("train")[2:4]
    spec = environment.get_task("test", 25)
    first = environment.reset(split="test", index=25)
    assert (first.incident_type, environment.state.seed) == (spec["incident_type"], spec["seed"])
    with pytest.raises(IndexError):
        environment.get_task("test", environment.num_tasks("test"))


def test_what_is_played_is_recorded_with_its_driver_and_verifies(tmp_path: Path) -> None:
    environment = NocEnvironment(record=tmp_path)
    environment.reset(seed=7, incident_type="cpu_overload", driver="policy \x1b[31mred", blind=True)
    environment.step(
        NOCAction(action_type=ActionType.THROTTLE_CPU, rationale="CPU is high\x07", diagnosis="cpu_overload")
    )
    session = environment.state.session
    environment.reset(seed=8, incident_type="cpu_overload")  # leaves the first one unfinished, and resumable
    environment.close()  # nothing happened in the second: it leaves no file
    assert [path.name for path in tmp_path.iterdir()] == [f"{session}.jsonl"]
    with SessionFile.open(tmp_path / f"{session}.jsonl") as recorded:
        assert verify(recorded).ok
        assert recorded.header.driver == "policy red"
        decision = recorded.record(1).decision
        assert (decision.driver, decision.rationale, decision.diagnosis) == (
            "policy red",
            "CPU is high",
            "cpu_overload",
        )
        assert recorded.diagnoses[0].incident == "cpu_overload"


def test_without_a_folder_no_session_is_told() -> None:
    environment = NocEnvironment()
    environment.reset(seed=7)
    environment.step(WAIT)
    assert environment.state.session is None


def test_a_folder_that_cannot_be_written_is_told_once_in_the_log_and_the_episode_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    environment = NocEnvironment(record=tmp_path / "file" / "folder")
    environment.reset(seed=7)
    assert [environment.step(WAIT).step for _ in range(3)] == [1, 2, 3]
    assert environment.state.session is None
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("This session is not being saved: ")
