"""`noc-tui run`: what it prints, what it records, what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.agents import registry
from noc_tui.agents.base import InstantAgent
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.sim.actions import ActionType
from tests.cli.shell import noc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from noc_tui.episode.library import SessionSummary
    from noc_tui.episode.observation import Observation

KEYS = ["incident", "seed", "agent", "outcome", "steps", "return", "score", "session"]


class FailsAfter(InstantAgent):
    """Waits, and fails once so many steps have been taken."""

    def __init__(self, steps: int, seed: int) -> None:
        super().__init__("flaky")
        self.steps, self.seed = steps, seed

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        if observation.step >= self.steps:
            raise ValueError(f"seed {self.seed} \x1b[31mbroke it")
        return ActionType.DO_NOTHING, ""


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent `wait` that fails at once, but only for even seeds."""
    monkeypatch.setitem(registry._SIMPLE, "wait", lambda seed: FailsAfter(0 if seed % 2 == 0 else 1000, seed))


def test_json_is_an_object_an_episode_with_these_keys_and_nothing_else_is_printed() -> None:
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload", "--seeds", "3:6", "--format", "json")
    assert done.code == 0
    assert done.err == ""
    results = [json.loads(line) for line in done.lines]
    assert [list(result) for result in results] == [KEYS] * 3
    assert [(result["incident"], result["seed"]) for result in results] == [("cpu_overload", n) for n in (3, 4, 5)]


def test_the_log_has_a_line_for_each_step_and_a_summary() -> None:
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload")
    words = [line.split()[0] for line in done.lines]
    steps = words.count("[STEP]")
    assert words == ["[START]", *["[STEP]"] * steps, "[END]", *["[SUMMARY]"] * 3]
    assert f"steps={steps}" in done.out


def test_what_is_played_is_recorded_and_verifies(sessions: Callable[[], list[SessionSummary]]) -> None:
    done = noc("run", "--agent", "random", "--seeds", "2", "--format", "json")
    printed = {json.loads(line)["session"] for line in done.lines}
    assert {summary.session for summary in sessions()} == printed
    assert len(printed) == 6
    for summary in sessions():
        with SessionFile.open(summary.path) as session:
            assert verify(session).ok


def test_without_recording_no_file_is_made_and_the_session_is_null() -> None:
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload", "--no-record", "--format", "json")
    assert json.loads(done.out)["session"] is None
    assert not paths.data_dir().exists()


def test_losing_is_no_error() -> None:
    done = noc("run", "--agent", "wait", "--incident", "cpu_overload", "--format", "json")
    assert json.loads(done.out)["outcome"] == "crashed"
    assert done.code == 0


def test_incidents_can_be_named_more_than_once_and_in_groups() -> None:
    done = noc("run", "--agent", "wait", "--incident", "retry_storm", "--incident", "classic", "--format", "json")
    assert [json.loads(line)["incident"] for line in done.lines] == [
        "retry_storm", "network_congestion", "memory_leak", "cpu_overload",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--agent", "nope"), "no agent 'nope'"),
        (("--agent", "script:nowhere.txt"), "nowhere.txt"),
        (("--agent", "rules", "--incident", "nope"), "no incident 'nope'"),
        (("--agent", "rules", "--incident", ""), "an incident without a name"),
        (("--agent", "rules", "--seeds", "0"), "holds no seed"),
        (("--agent", "rules", "--seeds", "many"), "expected a number of seeds"),
        (("--agent", "rules", "--incidents", "nowhere"), "--incidents nowhere: is no folder"),
        (("--agent", "\x1b[2J\x1b]0;owned\x07"), "no agent ''"),
    ],
)
def test_what_cannot_be_selected_is_refused_in_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = noc("run", *arguments)
    assert done.code == 2
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("noc-tui: ")
    assert sentence in done.err
    assert "\x1b" not in done.err


def test_an_incident_of_ones_own_that_is_broken_is_named_before_anything_is_played(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("id = 'mine'")
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload,mine", "--incidents", str(tmp_path))
    assert done.code == 1
    assert done.out == ""
    assert "mine.toml" in done.err


def test_a_folder_that_is_named_twice_or_looked_at_anyway_holds_no_id_twice(tmp_path: Path) -> None:
    text = (paths.bundled_incidents_dir() / "tls_expiry.toml").read_text()
    mine = paths.user_incidents_dir()
    mine.mkdir(parents=True)
    (mine / "mine.toml").write_text(text.replace('"tls_expiry"', '"mine"', 1))
    (tmp_path / "link").symlink_to(mine)
    options = [word for folder in (mine, tmp_path / "link", mine) for word in ("--incidents", str(folder))]
    done = noc("run", "--agent", "wait", "--incident", "mine", "--format", "json", *options)
    assert done.err == ""
    assert json.loads(done.out)["incident"] == "mine"


@pytest.mark.usefixtures("flaky")
def test_a_void_episode_is_reported_and_the_others_count() -> None:
    done = noc("run", "--agent", "wait", "--incident", "cpu_overload", "--seeds", "2", "--format", "json")
    assert done.code == 0
    assert [json.loads(line)["outcome"] for line in done.lines] == ["void", "crashed"]
    assert done.err.splitlines() == [
        "noc-tui: cpu_overload, seed 0: void after 0 steps: agent flaky failed: ValueError: seed 0 broke it"
    ]


@pytest.mark.usefixtures("flaky")
def test_where_every_episode_is_void_nothing_was_played() -> None:
    done = noc("run", "--agent", "wait", "--incident", "cpu_overload", "--seeds", "0:1", "--format", "json")
    assert done.code == 1
    assert json.loads(done.out)["outcome"] == "void"
    assert "nothing could be played" in done.err.splitlines()[-1]


def test_where_nothing_can_be_saved_it_is_said_once_and_the_episodes_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_DATA", "/dev/null/here")
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload", "--format", "json")
    assert done.code == 0
    assert json.loads(done.out)["outcome"] == "resolved"
    (line,) = done.err.splitlines()
    assert "is not being saved" in line


def test_the_users_time_limit_holds_and_wrong_settings_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []

    async def run_many(*_: object, time_limit: float, **__: object) -> object:
        limits.append(time_limit)
        return
        yield

    monkeypatch.setattr("noc_tui.bench.run.run_many", run_many)
    monkeypatch.setenv("NOC_TUI_AGENT_SECONDS", "2.5")
    monkeypatch.setenv("NOC_TUI_PACE", "warp")
    done = noc("run", "--agent", "rules")
    assert limits == [2.5]
    assert "NOC_TUI_PACE" in done.err


def test_a_blind_run_names_no_incident_before_its_end(sessions: Callable[[], list[SessionSummary]]) -> None:
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload", "--blind")
    before, _, after = done.out.partition("[END]")
    assert before.startswith("[START] task=blind env=")
    assert "cpu_overload" not in before
    assert "cpu_overload" in after
    assert [summary.blind for summary in sessions()] == [True]


def test_the_seed_chooses_the_incident_of_a_blind_run_that_names_none() -> None:
    results = []
    for seeds in ("4", "2:4"):
        done = noc("run", "--agent", "wait", "--blind", "--seeds", seeds, "--format", "json", "--no-record")
        results.append([(result["seed"], result["incident"]) for result in map(json.loads, done.lines)])
    assert [seed for seed, _ in results[0]] == [0, 1, 2, 3]
    assert results[0][2:] == results[1]
    assert len({incident for _, incident in results[0]}) > 1


def test_without_a_word_of_it_a_run_is_not_blind(sessions: Callable[[], list[SessionSummary]]) -> None:
    assert "task=cpu_overload" in noc("run", "--agent", "wait", "--incident", "cpu_overload").out
    assert [summary.blind for summary in sessions()] == [False]
