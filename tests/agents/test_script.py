"""The agent that reads its actions from a file, and what it says about files that hold none."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.base import AgentError
from noc_tui.agents.script import MAX_SCRIPT_ACTIONS, ScriptAgent, read_script
from noc_tui.episode.episode import Episode
from noc_tui.episode.writer import SessionWriter
from noc_tui.sim.actions import ACTIONS, ActionType
from tests.agents.samples import observe
from tests.factories import make_incident

if TYPE_CHECKING:
    from pathlib import Path

WAIT, RESTART, THROTTLE, CLEAR, REROUTE, SCALE = ACTIONS


def script(folder: Path, content: str | bytes, name: str = "script.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(AgentError) as caught:
        read_script(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.isprintable()
    return message.removeprefix(str(path))


def record(folder: Path, actions: list[ActionType]) -> Path:
    episode = Episode(make_incident(max_steps=100), 1, record=partial(SessionWriter.create, folder))
    for action in actions:
        episode.act(action)
    episode.close()
    return folder / f"{episode.header.session}.jsonl"


def test_a_script_has_an_action_a_line_with_comments_keys_and_repeats(tmp_path: Path) -> None:
    content = "\ufeff# first\nthrottle_cpu x3\n\n  scale_up # more room\r\n1\n6 x2\n"
    assert read_script(script(tmp_path, content)) == (THROTTLE, THROTTLE, THROTTLE, SCALE, WAIT, SCALE, SCALE)


def test_the_keys_are_those_of_the_dashboard(tmp_path: Path) -> None:
    assert read_script(script(tmp_path, "1\n2\n3\n4\n5\n6")) == ACTIONS


def test_a_script_may_be_a_json_array(tmp_path: Path) -> None:
    assert read_script(script(tmp_path, '\n["clear_cache", 5, "2", "scale_up x2"]')) == (
        CLEAR,
        REROUTE,
        RESTART,
        SCALE,
        SCALE,
    )


def test_a_recorded_session_is_a_script(tmp_path: Path) -> None:
    done = [THROTTLE, SCALE, RESTART, THROTTLE, CLEAR]
    assert read_script(record(tmp_path, done)) == tuple(done)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("throttle_cpu\ntrottle_cpu\n", ": line 2: unknown action 'trottle_cpu': did you mean throttle_cpu?"),
        ("\n\nxyzzy", ": line 3: unknown action 'xyzzy': expected 1 to 6, or one of do_nothing, restart_service,"),
        ("7", ": line 1: unknown action '7': expected 1 to 6,"),
        ("scale_up x0", ": line 1: an action cannot be taken 0 times"),
        ("scale_up twice", ": line 1: 'scale_up twice' is no entry; expected an action, or an action and xN"),
        ("scale\x1b[31m_up\u202e", ": line 1: unknown action 'scale_up'"),
        ("x" * 5_000, ": line 1: unknown action 'xxx"),
        ("# nothing\n", ": the script holds no action; expected one a line"),
        ("", ": the script holds no action; expected one a line"),
        ("[]", ": the script holds no action; expected one a line"),
        ('["scale_up",\n', ": line 2: the script is not valid JSON: Expecting value"),
        ('["scale_up", "jump"]', ": entry 2: unknown action 'jump'"),
        ('["scale_up", true]', ": entry 2: expected the name of an action or a number from 1 to 6"),
        ('["scale_up", {"action": 1}]', ": entry 2: expected the name of an action or a number from 1 to 6"),
        ("[" * 100_000, ": the script is no JSON array of actions"),
        ("[" + "9" * 5_000 + "]", ": the script is no JSON array of actions"),
        (b"scale_up\n\xff\xfe", ": the script is not UTF-8 text (byte 9)"),
        ("scale_up\n" * 40_000, ": the script cannot be read: it is larger than 256 KiB"),
        ("scale_up x999999999", f": line 1: the script has more than {MAX_SCRIPT_ACTIONS} actions"),
        ("scale_up x9999\n6\n6", f": line 3: the script has more than {MAX_SCRIPT_ACTIONS} actions"),
    ],
)
def test_an_error_names_the_file_and_the_place(tmp_path: Path, content: str | bytes, says: str) -> None:
    assert refusal(script(tmp_path, content)).startswith(says)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.txt") == ": the script cannot be read: No such file or directory"
    assert refusal(tmp_path) == ": the script cannot be read: it is no regular file"
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == ": the script cannot be read: it is no regular file"


def test_a_session_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "is no noc-tui session" in refusal(script(tmp_path, json.dumps(["scale_up"]) + "\n", "mine.jsonl"))


def test_a_session_without_steps_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path, [WAIT])
    header = path.read_bytes().partition(b"\n")[0] + b"\n"
    assert refusal(script(tmp_path, header, "empty.jsonl")) == ": has 0 steps; a script holds from 1 to 10000"


def test_a_script_goes_on_with_each_step_and_then_waits() -> None:
    agent = ScriptAgent("script:demo", (THROTTLE, SCALE))
    choices = [agent.choose(observe(step=step)) for step in range(4)]
    assert [action for action, _ in choices] == [THROTTLE, SCALE, WAIT, WAIT]
    assert choices[-1][1] == "The script is over: waits."


def test_a_script_asked_again_before_the_step_was_taken_says_the_same() -> None:
    agent = ScriptAgent("script:demo", (THROTTLE, SCALE))
    assert [agent.choose(observe(step=step))[0] for step in (0, 0, 1, 1)] == [THROTTLE, THROTTLE, SCALE, SCALE]


def test_a_script_that_takes_over_in_the_middle_begins_with_its_first_entry() -> None:
    agent = ScriptAgent("script:demo", (THROTTLE, SCALE))
    assert [agent.choose(observe(step=step))[0] for step in (7, 9)] == [THROTTLE, SCALE]
