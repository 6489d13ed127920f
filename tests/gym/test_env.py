"""`NOCSystemEnv`: one simulated server as Gymnasium has it."""

from __future__ import annotations

import io
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("gymnasium", reason="the extra gym is not installed")

from gymnasium.spaces import Box, Discrete

from noc_tui.episode.episode import Episode
from noc_tui.gym import NOCSystemEnv
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.catalog import CLASSIC, IncidentType
from noc_tui.sim.errors import EpisodeOverError, NotResetError, UnknownIncidentError
from noc_tui.sim.incident import Incident
from noc_tui.sim.metrics import METRIC_NAMES, METRICS
from noc_tui.sim.reward import REWARD_TERMS
from tests.factories import bundled_incident, make_incident
from tests.strategies import SEEDS, episodes

WAIT, SCALE_UP = 0, 5


def restless(**changes: Any) -> Incident:
    """An incident that neither resolves nor crashes by itself."""
    return make_incident(initial={"packet_loss": 0.3}, **{"max_steps": 50, "start_sd": 0.02, **changes})


class TestSpaces:
    def test_observations_are_six_floats_from_0_to_1_and_actions_are_six(self) -> None:
        env = NOCSystemEnv()
        assert env.observation_space == Box(0, 1, (6,), np.float32)
        assert env.action_space == Discrete(6)

    def test_each_environment_has_spaces_of_its_own(self) -> None:
        one, other = NOCSystemEnv(), NOCSystemEnv()
        one.action_space.seed(1)
        other.action_space.seed(1)
        one.action_space.sample()
        assert one.observation_space is not other.observation_space
        assert one.action_space is not other.action_space

    def test_the_order_is_that_of_the_metrics_and_of_the_actions(self) -> None:
        env = NOCSystemEnv(restless(), seed=1)
        observation, _ = env.reset()
        assert observation.tolist() == np.array(env.simulator.metrics, dtype=np.float32).tolist()
        for index, action in enumerate(ACTIONS):
            assert env.step(index)[4]["action"] == str(action)


class TestAnyEpisode:
    @given(episode=episodes(), blind=st.booleans(), earlier=st.integers(0, 2))
    def test_it_is_the_episode_that_the_terminal_plays(
        self, episode: tuple[dict[str, Any], int, list[Any]], blind: bool, earlier: int
    ) -> None:
        definition, seed, actions = episode
        incident = Incident.model_validate(definition)
        env = NOCSystemEnv(incident, seed=seed, blind=blind)
        for _ in range(earlier):
            env.reset()
            env.step(WAIT)
        observation, _ = env.reset()
        told = Episode(incident, seed, draws=10 * earlier, blind=blind)
        assert observation.tobytes() == np.array(told.metrics, dtype=np.float32).tobytes()
        for action in actions:
            record = told.act(action)
            observation, reward, terminated, truncated, info = env.step(ACTIONS.index(action))
            assert observation.tobytes() == np.array(record.after, dtype=np.float32).tobytes()
            assert (reward, terminated) == (record.reward, record.resolved or record.crashed)
            assert (truncated, info["step"], info["health_score"]) == (record.truncated, record.step, record.health)
            assert (info["resolved"], info["crashed"]) == (record.resolved, record.crashed)
            assert (info["explanation"], info["action_was_effective"]) == (record.explanation, record.effective)
            assert info["reward_terms"] == record.reward_terms._asdict()
            if told.done:
                break


class TestReset:
    def test_a_seed_makes_everything_anew_the_incidents_too(self) -> None:
        env = NOCSystemEnv()

        def played() -> list[Any]:
            told: list[Any] = [env.reset(seed=7)]
            for _ in range(5):
                told += [env.step(SCALE_UP), env.step(WAIT), env.reset()]
            return [(item[0].tolist(), item[1:]) for item in told]

        assert played() == played()

    def test_without_a_seed_the_stream_goes_on(self) -> None:
        env = NOCSystemEnv(restless(), seed=7)
        first, second = env.reset()[0].tolist(), env.reset()[0].tolist()
        assert first != second
        assert NOCSystemEnv(restless()).reset(seed=7)[0].tolist() == first

    def test_environments_without_a_seed_differ(self) -> None:
        assert len({tuple(NOCSystemEnv(restless()).reset()[0].tolist()) for _ in range(8)}) == 8

    def test_it_tells_the_seed_that_it_drew_itself(self) -> None:
        env = NOCSystemEnv()
        observation, info = env.reset()
        seed = env.np_random_seed
        assert seed == env.simulator.seed
        again, same = NOCSystemEnv().reset(seed=seed)
        assert (again.tolist(), same) == (observation.tolist(), info)

    def test_after_a_reset_info_tells_how_things_stand_and_nothing_of_a_step(self) -> None:
        _, info = NOCSystemEnv("memory_leak").reset(seed=1)
        assert set(info) == {"step", "resolved", "crashed", "health_score", "metrics", "incident_type"}
        assert (info["step"], info["resolved"], info["crashed"]) == (0, False, False)

    def test_an_option_that_is_unknown_is_an_error_that_lists_the_known(self) -> None:
        with pytest.raises(ValueError, match="unknown reset option 'incident': expected one of incident_type"):
            NOCSystemEnv().reset(options={"incident": "memory_leak"})


class TestIncidents:
    def test_the_classic_three_take_turns_by_chance(self) -> None:
        env = NOCSystemEnv(seed=1)
        counts = Counter(env.reset()[1]["incident_type"] for _ in range(300))
        assert set(counts) == set(CLASSIC)
        assert min(counts.values()) > 70

    def test_seeds_draw_different_incidents(self) -> None:
        env = NOCSystemEnv()
        counts = Counter(env.reset(seed=seed)[1]["incident_type"] for seed in range(300))
        assert min(counts[incident] for incident in CLASSIC) > 70

    def test_the_set_can_be_chosen(self) -> None:
        env = NOCSystemEnv(seed=1, incidents=["syn_flood", bundled_incident("retry_storm")])
        assert {env.reset()[1]["incident_type"] for _ in range(30)} == {"syn_flood", "retry_storm"}

    @pytest.mark.parametrize("fixed", ["cpu_overload", IncidentType.CPU_OVERLOAD])
    def test_one_can_be_fixed(self, fixed: str) -> None:
        env = NOCSystemEnv(fixed)
        assert {env.reset()[1]["incident_type"] for _ in range(10)} == {"cpu_overload"}

    def test_an_option_fixes_that_of_one_episode(self) -> None:
        env = NOCSystemEnv("cpu_overload")
        assert env.reset(options={"incident_type": "tls_expiry"})[1]["incident_type"] == "tls_expiry"
        assert env.reset(options={"incident_type": None})[1]["incident_type"] == "cpu_overload"

    @given(SEEDS)
    def test_which_is_drawn_changes_nothing_of_how_it_goes(self, seed: int) -> None:
        env = NOCSystemEnv()
        drawn, info = env.reset(seed=seed)
        fixed, _ = NOCSystemEnv(info["incident_type"]).reset(seed=seed)
        assert drawn.tobytes() == fixed.tobytes()

    def test_an_unknown_one_is_an_error_at_once(self) -> None:
        with pytest.raises(UnknownIncidentError, match="no incident 'memory_lek': did you mean memory_leak"):
            NOCSystemEnv("memory_lek")
        with pytest.raises(UnknownIncidentError, match="memory_lek"):
            NOCSystemEnv(incidents=["memory_lek"])
        with pytest.raises(UnknownIncidentError, match="memory_lek"):
            NOCSystemEnv().reset(options={"incident_type": "memory_lek"})
        with pytest.raises(ValueError, match="the incident is 3; expected an incident or its id"):
            NOCSystemEnv().reset(options={"incident_type": 3})

    @pytest.mark.parametrize("nothing", [[], "memory_leak"])
    def test_a_set_is_a_list_with_something_in_it(self, nothing: Any) -> None:
        with pytest.raises(ValueError, match="expected a list of one or more incidents"):
            NOCSystemEnv(incidents=nothing)


class TestStep:
    @pytest.mark.parametrize("action", [6, -1, 1.0, "scale_up", None, True, np.float64(1), np.array([1]), np.int64(9)])
    def test_what_is_no_action_is_a_value_error_that_names_it_and_changes_nothing(self, action: Any) -> None:
        env = NOCSystemEnv(restless(), seed=1)
        env.reset()
        with pytest.raises(ValueError, match=r"expected one of 0 \(do_nothing\), .*, 5 \(scale_up\)") as error:
            env.step(action)
        assert str(error.value).startswith(f"unknown action {str(action).lower() if action is True else repr(action)}")
        assert env.step(0)[4]["step"] == 1

    @pytest.mark.parametrize("action", [5, np.int64(5), np.uint8(5), np.array(5)])
    def test_every_kind_of_whole_number_is_an_action(self, action: Any) -> None:
        env = NOCSystemEnv(restless(), seed=1)
        env.reset()
        assert env.step(action)[4]["action"] == "scale_up"

    def test_info_tells_what_happened(self) -> None:
        env = NOCSystemEnv("memory_leak", seed=1)
        env.reset()
        _, reward, _, _, info = env.step(3)
        assert set(info) == {
            "step", "resolved", "crashed", "health_score", "action", "explanation", "action_was_effective",
            "metrics", "reward_terms", "incident_type",
        }  # fmt: skip
        metrics = env.simulator.metrics
        in_units = {spec.name: spec.in_units(value) for spec, value in zip(METRICS, metrics, strict=True)}
        assert list(info["metrics"]) == list(METRIC_NAMES)
        assert info["metrics"] == in_units
        assert list(info["reward_terms"]) == list(REWARD_TERMS)
        total = 0.0
        for term in info["reward_terms"].values():
            total += term
        assert total == reward
        assert info["explanation"].startswith("Clear cache: ")

    def test_resolved_and_crashed_are_terminated_not_truncated(self) -> None:
        calm = NOCSystemEnv(make_incident(), seed=1)
        calm.reset()
        outcomes = [calm.step(WAIT)[2:4] for _ in range(3)]
        assert outcomes == [(False, False), (False, False), (True, False)]
        doomed = NOCSystemEnv(make_incident(drift={"cpu_usage": 0.1}, initial={"cpu_usage": 0.95}), seed=1)
        doomed.reset()
        *_, terminated, truncated, info = doomed.step(WAIT)
        assert (terminated, truncated, info["crashed"], info["resolved"]) == (True, False, True, False)

    def test_max_steps_truncates(self) -> None:
        env = NOCSystemEnv(restless(), seed=1, max_steps=3)
        env.reset()
        assert [env.step(WAIT)[2:4] for _ in range(3)] == [(False, False), (False, False), (False, True)]

    def test_a_step_that_resolves_at_the_limit_is_not_truncated(self) -> None:
        env = NOCSystemEnv(make_incident(), max_steps=3)
        env.reset()
        assert [env.step(WAIT)[2:4] for _ in range(3)][-1] == (True, False)

    def test_before_a_reset_and_after_the_end_it_is_an_error(self) -> None:
        env = NOCSystemEnv(restless(), max_steps=1)
        with pytest.raises(NotResetError):
            env.step(WAIT)
        env.reset()
        env.step(WAIT)
        with pytest.raises(EpisodeOverError, match="ended truncated at step 1"):
            env.step(WAIT)

    @pytest.mark.parametrize("max_steps", [0, -1, 1.5, True, 1_000_001, "5"])
    def test_max_steps_has_to_make_sense(self, max_steps: Any) -> None:
        with pytest.raises(ValueError, match=r"max_steps is .*; expected a whole number from 1 to 1000000"):
            NOCSystemEnv(max_steps=max_steps)

    @pytest.mark.parametrize("seed", [-1, 1.5, True, "7"])
    def test_a_seed_is_a_whole_number(self, seed: Any) -> None:
        with pytest.raises(ValueError, match=r"seed is .*; expected a whole number from 0 on"):
            NOCSystemEnv(seed=seed)


class TestBlind:
    def test_nothing_names_the_incident_or_what_is_hidden(self) -> None:
        env = NOCSystemEnv("retry_storm", seed=1, blind=True, render_mode="ansi")
        seeing = NOCSystemEnv("retry_storm", seed=1, render_mode="ansi")
        _, info = env.reset()
        seeing.reset()
        assert "incident_type" not in info
        observation, *_, info = env.step(4)
        sight, *_, told = seeing.step(4)
        assert "incident_type" not in info
        assert info["explanation"] != told["explanation"]
        assert observation.tobytes() == sight.tobytes()
        assert "Retry storm" in str(seeing.render())
        assert "Retry storm" not in str(env.render())


class TestRender:
    def test_ansi_gives_text_in_units(self) -> None:
        env = NOCSystemEnv(restless(title="Packets lost"), seed=1, render_mode="ansi", max_steps=1)
        env.reset()
        before = str(env.render())
        assert "Packets lost: step 0 of 1" in before
        *_, info = env.step(WAIT)
        after = str(env.render())
        assert f"{info['metrics']['packet_loss']:.1f} %" in after
        assert info["explanation"] in after
        assert after.endswith("OUT OF STEPS")
        assert after.replace("\n", "").isprintable()

    def test_human_prints_each_reset_and_step(self, capsys: pytest.CaptureFixture[str]) -> None:
        env = NOCSystemEnv(restless(), seed=1, render_mode="human")
        env.reset()
        env.step(WAIT)
        assert env.render() is None
        shown = capsys.readouterr().out
        assert [shown.count(f"step {step} of 50") for step in (0, 1)] == [1, 2]

    def test_human_prints_on_a_terminal_that_knows_ascii_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        screen = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding="ascii"))
        env = NOCSystemEnv("memory_leak", seed=1, render_mode="human")
        env.reset()
        env.step(3)
        assert b"Clear cache: Memory " in screen.getvalue()

    def test_without_a_mode_it_warns_and_shows_nothing(self) -> None:
        env = NOCSystemEnv(restless())
        env.reset()
        with pytest.warns(UserWarning, match="give one of: ansi, human"):
            assert env.render() is None

    def test_an_unknown_mode_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="render_mode is 'rgb_array'; expected None or one of ansi, human"):
            NOCSystemEnv(render_mode="rgb_array")

    def test_before_a_reset_there_is_nothing_to_show(self) -> None:
        with pytest.raises(NotResetError):
            NOCSystemEnv(render_mode="ansi").render()
