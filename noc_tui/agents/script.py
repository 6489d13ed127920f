"""The agent that reads its actions from a file."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Final

from noc_tui.agents.base import AgentError, InstantAgent
from noc_tui.episode.errors import SessionError
from noc_tui.episode.reader import SessionFile
from noc_tui.files import read_small
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from noc_tui.episode.observation import Observation

MAX_SCRIPT_BYTES: Final = 256 * 1024
MAX_SCRIPT_ACTIONS: Final = 10_000

_ENTRY: Final = re.compile(r"(?P<action>\S+)(?:\s+x(?P<times>[0-9]{1,9}))?")
_KEYS: Final = {str(number): action for number, action in enumerate(ACTIONS, 1)}
"""The keys of the dashboard."""


class ScriptAgent(InstantAgent):
    """Does what the script says, one entry a step, and waits once it is over.

    An entry counts as done when the step after it has been taken, by whomever: asked again before that, the agent
    gives the same answer.
    """

    def __init__(self, name: str, actions: Sequence[ActionType]) -> None:
        super().__init__(name)
        self._actions = actions
        self._next = 0
        self._asked_at: int | None = None

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        if self._asked_at is not None and observation.step != self._asked_at:
            self._next += 1
        self._asked_at = observation.step
        if self._next >= len(self._actions):
            return ActionType.DO_NOTHING, "The script is over: waits."
        return self._actions[self._next], f"Entry {self._next + 1} of {len(self._actions)} of the script."


def read_script(path: Path) -> tuple[ActionType, ...]:
    """The actions of a script: text with an action a line, a JSON array of them, or a recorded session (`.jsonl`).

    In text and JSON an action is given by name or as 1 to 6 and can be repeated (`throttle_cpu x3`); in text `#`
    begins a comment. Raises `AgentError` that names the file and the line or entry.
    """
    if path.suffix == ".jsonl":
        return _read_session(path)
    text = _read_text(path)
    entries = _json_entries(path, text) if text.lstrip().startswith("[") else _text_entries(path, text)
    actions: list[ActionType] = []
    for where, entry in entries:
        action, times = _parse_entry(where, entry)
        if len(actions) + times > MAX_SCRIPT_ACTIONS:
            raise AgentError(f"{where}: the script has more than {MAX_SCRIPT_ACTIONS} actions")
        actions += [action] * times
    if not actions:
        raise AgentError(f"{path}: the script holds no action; expected one a line")
    return tuple(actions)


def _read_text(path: Path) -> str:
    try:
        return read_small(path, MAX_SCRIPT_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise AgentError(f"{path}: the script cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise AgentError(f"{path}: the script is not UTF-8 text (byte {error.start})") from error


def _text_entries(path: Path, text: str) -> Iterator[tuple[str, str]]:
    """Each entry, and where it stands."""
    for number, line in enumerate(text.splitlines(), 1):
        if entry := line.partition("#")[0].strip():
            yield f"{path}: line {number}", entry


def _json_entries(path: Path, text: str) -> Iterator[tuple[str, str]]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise AgentError(f"{path}: line {error.lineno}: the script is not valid JSON: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise AgentError(f"{path}: the script is no JSON array of actions: {clean(str(error), 100)}") from error
    for number, value in enumerate(values, 1):
        where = f"{path}: entry {number}"
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise AgentError(f"{where}: expected the name of an action or a number from 1 to 6")
        yield where, str(value).strip()


def _parse_entry(where: str, entry: str) -> tuple[ActionType, int]:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise AgentError(f"{where}: {clean(entry, 60)!r} is no entry; expected an action, or an action and xN")
    name, times = match["action"], int(match["times"] or 1)
    action = _KEYS.get(name) or (ActionType(name) if name in ACTIONS else None)
    if action is None:
        near = difflib.get_close_matches(name[:60], ACTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"expected 1 to 6, or one of {', '.join(ACTIONS)}"
        raise AgentError(f"{where}: unknown action {clean(name, 60)!r}: {hint}")
    if not times:
        raise AgentError(f"{where}: an action cannot be taken 0 times")
    return action, times


def _read_session(path: Path) -> tuple[ActionType, ...]:
    try:
        session = SessionFile.open(path)
    except SessionError as error:
        raise AgentError(str(error)) from error
    try:
        if not 0 < session.steps <= MAX_SCRIPT_ACTIONS:
            raise AgentError(f"{path}: has {session.steps} steps; a script holds from 1 to {MAX_SCRIPT_ACTIONS}")
        return tuple(record.decision.action for record in session.records())
    except SessionError as error:
        raise AgentError(str(error)) from error
    finally:
        session.close()
