"""Serving in a container, where environment variables say how.

| variable | |
|---|---|
| `PORT` | where to listen, 8000 without it |
| `NOC_SERVER_TOKEN` | what a client has to show; without it nothing, for who publishes the port decides who comes |
| `NOC_SERVER_RECORD` | the folder of the recordings |
| `MAX_CONCURRENT_ENVS` | sessions at a time |
| `ENABLE_WEB_INTERFACE` | `true`: a page to play on, at `/web` |
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from noc_tui.server.app import ServerSettings, create_app
from noc_tui.server.environment import ENV_NAME
from noc_tui.server.limits import Limits
from noc_tui.server.running import ServeError, serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

EVERYWHERE = "0.0.0.0"  # noqa: S104  (a container has a network of its own)


def settings_from(variables: Mapping[str, str]) -> ServerSettings:
    """The settings that the environment gives. Raises `ServeError`."""
    record = variables.get("NOC_SERVER_RECORD")
    return ServerSettings(
        record=Path(record) if record else None,
        token=variables.get("NOC_SERVER_TOKEN") or None,
        web=variables.get("ENABLE_WEB_INTERFACE", "").lower() in {"1", "true", "yes"},
        limits=Limits(sessions=_number(variables, "MAX_CONCURRENT_ENVS", Limits().sessions, 4096)),
    )


def container_app(variables: Mapping[str, str] = os.environ) -> FastAPI:
    """The application for a server of one's own. Exits with a sentence where that cannot be."""
    try:
        return create_app(settings_from(variables))
    except ServeError as error:
        raise SystemExit(f"{ENV_NAME}: {error}") from error


def serve_container(variables: Mapping[str, str] = os.environ) -> None:
    """Serve on every address until SIGTERM. Exits with a sentence where that cannot be."""
    try:
        port = _number(variables, "PORT", 8000, 65535)
        serve(settings_from(variables), EVERYWHERE, port, ready=_say, public=True)
    except ServeError as error:
        raise SystemExit(f"{ENV_NAME}: {error}") from error


def _say(url: str) -> None:
    print(f"{ENV_NAME} serves {url}", flush=True)


def _number(variables: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = variables.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= largest):
        raise ServeError(f"{name} is {text[:20]!r}; expected a whole number from 1 to {largest}")
    return int(text)
