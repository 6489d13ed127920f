"""`noc-tui`, `play`, `watch`, `replay`: what they open, and what they refuse before they take the screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.cli import interactive
from noc_tui.episode.episode import Episode
from noc_tui.episode.records import LARGEST_INTEGER
from noc_tui.sim.actions import ActionType
from noc_tui.tui.launch import Launch
from tests.cli.shell import Result, noc
from tests.episode.builders import into, read_lines, write_lines
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from pathlib import Path


class Screen:
    """Stands in for the terminal program: notes what it was asked to open."""

    def __init__(self) -> None:
        self.launched: list[Launch] = []

    def run(self, launch: Launch) -> int:
        self.launched.append(launch)
        return 0

    def open(self, *arguments: str) -> Result:
        """Run the command in a terminal."""
        return noc(*arguments, terminal=True)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    screen = Screen()
    monkeypatch.setattr("noc_tui.tui.app.run_app", screen.run)
    return screen


@pytest.mark.parametrize(
    ("command", "launch"),
    [
        ((), Launch("home")),
        (("play",), Launch("picker")),
        (("play", "memory_leak"), Launch("play", incident="memory_leak")),
        (
            ("play", "memory_leak", "--seed", "7", "--pace", "live", "--agent", "wait"),
            Launch("play", incident="memory_leak", seed=7, pace="live", agent="wait"),
        ),
        (("play", "--blind"), Launch("play", blind=True)),
        (("play", "--no-blind"), Launch("picker", blind=False)),
        (("play", "memory_leak", "--blind"), Launch("play", incident="memory_leak", blind=True)),
        (("watch", "--blind", "--seed", "7"), Launch("play", seed=7, blind=True, watch=True)),
        (("watch",), Launch("picker", watch=True)),
        (
            ("watch", "memory_leak", "--agent", "rules"),
            Launch("play", incident="memory_leak", agent="rules", watch=True),
        ),
        (
            ("watch", "memory_leak", "--agent", "rules", "--versus", "planner", "--hints"),
            Launch("play", incident="memory_leak", agent="rules", watch=True, ghost="planner", hints=True),
        ),
        (("watch", "--versus", "rules"), Launch("picker", watch=True, ghost="rules")),
        (("play", "--versus", "rules"), Launch("picker", ghost="rules")),
        (("play", "--hints", "--blind", "--versus", "wait"), Launch("play", blind=True, ghost="wait", hints=True)),
        (("replay",), Launch("sessions")),
    ],
)
def test_a_command_opens_its_face(screen: Screen, command: tuple[str, ...], launch: Launch) -> None:
    done = screen.open(*command)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert screen.launched == [launch]


def test_replay_opens_the_session_at_the_step(screen: Screen, recorded: Path) -> None:
    assert screen.open("replay", "last", "--from", "4").code == 0
    assert screen.launched == [Launch("replay", session=recorded, step=4)]


@pytest.mark.parametrize("command", ["play", "watch"])
def test_against_a_recording_its_own_start_is_played(screen: Screen, recorded: Path, command: str) -> None:
    for name in ("last", str(recorded), recorded.stem[-8:]):
        assert screen.open(command, "--versus", name).err == ""
    assert set(screen.launched) == {Launch("play", watch=command == "watch", ghost=recorded)}


def test_the_exit_code_is_that_of_the_terminal_program(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.tui.app.run_app", lambda _: 143)
    assert screen.open("play").code == 143


def test_an_incident_of_ones_own_can_be_played(screen: Screen, tmp_path: Path) -> None:
    text = (paths.bundled_incidents_dir() / "tls_expiry.toml").read_text()
    (tmp_path / "mine.toml").write_text(text.replace('"tls_expiry"', '"mine"', 1))
    assert screen.open("play", "mine", "--incidents", str(tmp_path)).err == ""
    assert screen.launched == [Launch("play", incident="mine", incident_folders=(tmp_path,))]


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        (("play", "nope"), 2, "no incident 'nope'"),
        (("play", "mine"), 1, "mine.toml"),
        (("play", "--agent", "nope"), 2, "no agent 'nope'"),
        (("play", "--agent", "script:nowhere"), 2, "nowhere"),
        (("play", "--incidents", "nowhere"), 2, "--incidents nowhere"),
        (("watch", "nope", "--agent", "rules"), 2, "no incident 'nope'"),
        (("play", "--versus", "nope"), 2, "is no agent (wait, "),
        (("play", "--versus", "rules:hard"), 2, "takes nothing behind its name"),
        (("play", "--versus", "script:nowhere"), 2, "nowhere"),
        (("watch", "--versus", "nowhere.jsonl"), 2, "nowhere.jsonl"),
        (("watch", "--versus", "notes.jsonl"), 1, "is no noc-tui session"),
        (("watch", "--versus", "last", "--seed", "99"), 2, "leave --seed away"),
        (("play", "slow_leak", "--versus", "last"), 2, "leave slow_leak away"),
        (("watch", "--agent", "rules:hard"), 2, "takes nothing behind its name"),
        (("watch", "--incidents", "nowhere"), 2, "--incidents nowhere"),
        (("replay", "nope"), 2, "no session 'nope'"),
        (("replay", "notes.jsonl"), 1, "is no noc-tui session"),
        (("replay", "last", "--from", "5"), 2, "has 4 steps"),
        (("replay", "--from", "5"), 2, "name a session"),
        (("replay", "--verify"), 2, "name a session"),
        (("replay", "--follow"), 2, "name a session"),
        (("replay", "last", "--verify", "--follow"), 2, "--verify"),
        (("replay", "last", "--verify", "--from", "1"), 2, "--verify"),
    ],
)
@pytest.mark.usefixtures("recorded")
def test_the_screen_is_not_taken_for_what_is_wrong(
    screen: Screen, tmp_path: Path, command: tuple[str, ...], code: int, sentence: str
) -> None:
    paths.user_incidents_dir().mkdir(parents=True)
    (paths.user_incidents_dir() / "mine.toml").write_text("id = ")
    (tmp_path / "here" / "notes.jsonl").write_text('{"a": 1}\n')
    done = screen.open(*command)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err
    assert len(done.err.splitlines()) == 1
    assert screen.launched == []


@pytest.mark.parametrize("option", [("--seed", "-1"), ("--seed", str(2**53)), ("--seed", "x"), ("--pace", "warp")])
def test_an_option_out_of_its_range_is_refused_with_the_usage(screen: Screen, option: tuple[str, str]) -> None:
    done = screen.open("play", *option)
    assert done.code == 2
    assert done.err.startswith("Usage: noc-tui play")
    assert done.err.isascii()  # no boxes
    assert screen.launched == []


def test_every_seed_that_can_be_typed_can_be_recorded() -> None:
    assert interactive._LARGEST_SEED == LARGEST_INTEGER


def test_what_is_being_recorded_can_be_followed_from_a_step_to_come(screen: Screen, recorded: Path) -> None:
    assert screen.open("replay", "last", "--follow", "--from", "100").code == 0
    assert screen.launched == [Launch("replay", session=recorded, step=100, follow=True)]


@pytest.mark.parametrize("command", [(), ("play",), ("watch", "memory_leak"), ("replay",), ("replay", "last")])
@pytest.mark.usefixtures("recorded")
def test_without_a_terminal_the_command_for_that_is_named(screen: Screen, command: tuple[str, ...]) -> None:
    done = noc(*command)
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    instead = line.partition(", use noc-tui ")[2].split()
    if "SESSION" not in instead:
        assert noc(*instead).code == 0
    assert screen.launched == []


def test_a_recording_verifies_by_its_file_its_id_and_as_the_last(recorded: Path) -> None:
    for name in (str(recorded), recorded.stem, recorded.stem.lower(), recorded.stem[-8:], "last"):
        done = noc("replay", name, "--verify")
        assert (done.code, done.err) == (0, "")
        assert done.out.endswith("all figures of 4 steps are equal to the last bit (resolved)\n")


def test_the_first_difference_is_named(recorded: Path) -> None:
    lines = read_lines(recorded)
    lines[2]["after"]["latency"] += 1e-12
    lines[3]["reward"] += 1
    write_lines(recorded, lines)
    done = noc("replay", "last", "--verify")
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert "step 2" in line
    assert "latency" in line


def test_what_is_still_being_recorded_can_be_verified_so_far() -> None:
    episode = Episode(bundled_incident("memory_leak"), 1, record=into(paths.sessions_dir()))
    episode.act(ActionType.CLEAR_CACHE)
    assert noc("replay", "last", "--verify").out.endswith("(live)\n")
    episode.close()
    assert noc("replay", "last", "--verify").out.endswith("(interrupted)\n")


def test_a_recording_of_a_newer_version_is_refused_with_what_is_needed(recorded: Path) -> None:
    lines = read_lines(recorded)
    lines[0] |= {"version": 2, "versions": {"program": "9.1\x1b[2J"}}
    recorded.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = noc("replay", "last", "--verify")
    assert done.code == 1
    assert "noc-tui 9.1" in done.err
    assert "\x1b" not in done.err
