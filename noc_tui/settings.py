"""The user's settings: a TOML file, the `.env` of the working folder, `NOC_TUI_*` variables, validated key by key."""

from __future__ import annotations

import difflib
import io
import os
import tomllib
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

from dotenv.parser import parse_stream
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noc_tui import paths
from noc_tui.files import read_small
from noc_tui.preferences import DOTENV, MAX_FILE_BYTES, PLACES, PREFIX, Preferences, read_dotenv
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MODEL_TABLES: Final = frozenset({"llm", "prices"})
MODEL_PREFIX: Final = f"{PREFIX}LLM_"
"""These tables, and the variables that begin like this, are read by `noc_tui.agents.llm.profiles`."""

_DEFAULT: Final = Preferences()
_MOST_NOTICES: Final = 20
_MOST_KEYS: Final = 200

Key = Annotated[str, Field(min_length=1, max_length=32)]

_EXPECTED: Final = {
    "store": "expected postgresql://USER@HOST/DATABASE or sqlite:////PATH/TO/FILE",
    "player": "expected a name without control characters",
}
"""What is said of a text that its pattern refuses: a pattern says nothing to most."""


class SettingsTable(BaseModel):
    """What may stand in the config file; each key has the meaning of the field of `Preferences` of that name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: Annotated[str, Field(max_length=64)] = _DEFAULT.theme
    reduced_motion: bool = _DEFAULT.reduced_motion
    agent: Annotated[str, Field(min_length=1, max_length=400)] = _DEFAULT.agent
    pace: Literal["turn", "live"] = "turn"
    pace_seconds: Annotated[float, Field(ge=0.2, le=3600)] = _DEFAULT.pace_seconds
    watch_speed: Annotated[float, Field(ge=0.5, le=16)] = _DEFAULT.watch_speed
    agent_seconds: Annotated[float, Field(ge=0.1, le=3600)] = _DEFAULT.agent_seconds
    blind: bool = _DEFAULT.blind
    coach: bool = _DEFAULT.coach
    copilot: bool = _DEFAULT.copilot
    store: Annotated[str, Field(max_length=2000, pattern=r"^(sqlite|postgres(ql)?)(\+[a-z0-9_]+)?:")] = _DEFAULT.store
    player: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")] = _DEFAULT.player
    keys: dict[Annotated[str, Field(max_length=64)], Key] = Field(default_factory=dict)


class _Setting(NamedTuple):
    """A value as it was found, not yet looked at."""

    place: str
    """The file, or `environment`."""
    name: str
    """What it is called there: `pace`, `keys.act.scale_up`, `NOC_TUI_PACE`."""
    key: str
    value: Any
    is_text: bool
    """Whether a number is given as text, as variables are; in a file `"6"` is a mistake."""


class _WrongError(Exception):
    """A setting that is left at its default. The message is a clause, and never holds the value: it may be a secret."""


def read_preferences() -> Preferences:
    """The user's preferences, the environment before `.env` before the file. Raises nothing.

    Whatever is wrong is left at what it is without it and told in `notices`, one sentence each, naming place and key.
    """
    notices: list[str] = []
    found = [*_from_file(paths.config_file(), notices), *_from_dotenv(notices), *_from_environment()]
    values: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for setting in found:
        try:
            value = _checked(setting)
        except _WrongError as error:
            notices.append(f"{setting.place}: {clean(setting.name, 80)}: {error}; it has no effect")
        else:
            if setting.key == "keys":
                keys |= value
            else:
                values[setting.key] = value
    if len(notices) > _MOST_NOTICES:
        notices[_MOST_NOTICES - 1 :] = [f"settings: {len(notices) - _MOST_NOTICES + 1} more of them are wrong"]
    return replace(_DEFAULT, **values, keys=MappingProxyType(keys), notices=tuple(notices))


def _from_file(file: Path, notices: list[str]) -> Iterator[_Setting]:
    place = clean(str(file), 300)
    try:
        table = tomllib.loads(read_small(file, MAX_FILE_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        return
    except OSError as error:
        notices.append(f"{place}: cannot be read: {error.strerror}")
        return
    except UnicodeDecodeError as error:
        notices.append(f"{place}: is no UTF-8 text (byte {error.start})")
        return
    except tomllib.TOMLDecodeError as error:
        notices.append(f"{place}: is no valid TOML: {clean(str(error), 160)}")
        return
    except (RecursionError, ValueError):  # nested by the thousand, or a number of thousands of digits
        notices.append(f"{place}: is no TOML that settings could stand in")
        return
    for key, value in table.items():
        if key in MODEL_TABLES:
            continue
        if key == "keys" and isinstance(value, dict):
            # One by one, so that one wrong entry costs no other.
            for number, (action, name) in enumerate(_dotted(value)):
                if number == _MOST_KEYS:
                    notices.append(f"{place}: keys: has more than {_MOST_KEYS} entries; the others have no effect")
                    break
                yield _Setting(place, f"keys.{action}", "keys", {action: name}, is_text=False)
        else:
            yield _Setting(place, key, key, value, is_text=False)


def _dotted(table: dict[str, Any], levels: int = 2) -> Iterator[tuple[str, Any]]:
    """The entries of a table, and those of the tables in it as `a.b`: an id that somebody has put no quotes around."""
    for key, value in table.items():
        if levels and isinstance(value, dict):
            yield from ((f"{key}.{inner}", entry) for inner, entry in _dotted(value, levels - 1))
        else:
            yield key, value


def _from_dotenv(notices: list[str]) -> Iterator[_Setting]:
    try:
        text = read_dotenv().decode("utf-8-sig")
    except OSError as error:
        notices.append(f"{DOTENV}: cannot be read: {error.strerror}")
        return
    except UnicodeDecodeError as error:
        notices.append(f"{DOTENV}: is no UTF-8 text (byte {error.start})")
        return
    for binding in parse_stream(io.StringIO(text)):
        if binding.error and PREFIX in binding.original.string.upper():
            notices.append(f"{DOTENV}: line {binding.original.line} cannot be understood")
        elif binding.key in PLACES:
            notices.append(f"{DOTENV}: {binding.key}: is read from the environment alone; it has no effect here")
        elif binding.key:
            yield from _named(str(DOTENV), [(binding.key, binding.value or "")])


def _from_environment() -> Iterator[_Setting]:
    return _named("environment", os.environ.items())


def _named(place: str, variables: Iterable[tuple[str, str]]) -> Iterator[_Setting]:
    """The variables that are settings. An empty one is none."""
    for name, value in variables:
        is_ours = name.upper().startswith(PREFIX) and not name.upper().startswith(MODEL_PREFIX)
        if value and is_ours and name.upper() not in PLACES:
            yield _Setting(place, name, name.upper().removeprefix(PREFIX).lower(), value, is_text=True)


def _checked(setting: _Setting) -> Any:
    """The value that a setting stands for. Raises `_WrongError`."""
    known = [name for name in SettingsTable.model_fields if not (setting.is_text and name == "keys")]
    if setting.key not in known:
        near = difflib.get_close_matches(setting.key[:64], known, n=1)
        names = [f"{PREFIX}{name.upper()}" if setting.is_text else name for name in near or known]
        raise _WrongError(f"unknown key; {'did you mean' if near else 'there are'} {', '.join(names)}{'?' * len(near)}")
    try:
        table = SettingsTable.model_validate({setting.key: setting.value}, strict=not setting.is_text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = _EXPECTED[setting.key] if first["type"] == "string_pattern_mismatch" else first["msg"]
        raise _WrongError(f"{message[0].lower()}{message[1:]}") from error
    return getattr(table, setting.key)
