"""The user's settings: a TOML file, `NOC_TUI_*` variables and `.env`, validated key by key."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from noc_tui import paths
from noc_tui.preferences import PREFIX, Preferences
from noc_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path

_DEFAULT: Final = Preferences()
MAX_FILE_BYTES: Final = 64 * 1024

Key = Annotated[str, Field(min_length=1, max_length=32)]


class SettingsTable(BaseModel):
    """What stands in the config file; each key has the meaning of the field of `Preferences` of that name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: Annotated[str, Field(max_length=64)] = _DEFAULT.theme
    reduced_motion: bool = _DEFAULT.reduced_motion
    agent: Annotated[str, Field(min_length=1, max_length=400)] = _DEFAULT.agent
    pace: Literal["turn", "live"] = "turn"
    pace_seconds: Annotated[float, Field(ge=0.2, le=3600, allow_inf_nan=False)] = _DEFAULT.pace_seconds
    watch_speed: Annotated[float, Field(ge=0.5, le=16)] = _DEFAULT.watch_speed
    agent_seconds: Annotated[float, Field(ge=0.1, le=3600, allow_inf_nan=False)] = _DEFAULT.agent_seconds
    keys: dict[Annotated[str, Field(max_length=64)], Key] = Field(default_factory=dict, max_length=200)


class _Environment(BaseSettings):
    """The same keys from `NOC_TUI_*` variables and the `.env` of the working folder, as plain text."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    theme: str | None = None
    reduced_motion: str | None = None
    agent: str | None = None
    pace: str | None = None
    pace_seconds: str | None = None
    watch_speed: str | None = None
    agent_seconds: str | None = None


def read_preferences() -> Preferences:
    """The user's preferences. Whatever is wrong is left at its default and told in `notices`, naming file and key."""
    notices: list[str] = []
    values: dict[str, Any] = {}
    file = paths.config_file()
    if file.exists():
        values.update(_checked(_read(file, notices), str(file), notices))
    values.update(_checked(_from_environment(notices), "environment", notices))
    return replace(_DEFAULT, **values, notices=tuple(notices))


def _read(file: Path, notices: list[str]) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            notices.append(f"{file}: is larger than {MAX_FILE_BYTES // 1024} KiB and is not read")
            return {}
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        notices.append(f"{file}: cannot be read: {error.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        notices.append(f"{file}: is not valid TOML: {clean(str(error), 160)}")
    return {}


def _from_environment(notices: list[str]) -> dict[str, Any]:
    try:
        given = _Environment().model_dump(exclude_none=True)
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        notices.append(f".env: cannot be read: {clean(str(error), 160)}")
        return {}
    return {name: value for name, value in given.items() if value != ""}


def _checked(values: dict[str, Any], source: str, notices: list[str]) -> dict[str, Any]:
    """The values that are valid, each judged alone, so that one bad key costs no other."""
    good: dict[str, Any] = {}
    for key, value in values.items():
        try:
            table = SettingsTable.model_validate({key: value})
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in detail["loc"])
            known = ", ".join(SettingsTable.model_fields)
            wrong = f"unknown key; there are {known}" if detail["type"] == "extra_forbidden" else detail["msg"]
            notices.append(f"{source}: {clean(where, 80)}: {wrong[0].lower()}{wrong[1:]}; the default stands")
        else:
            good[key] = getattr(table, key)
    return good
