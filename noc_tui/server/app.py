"""The application: OpenEnv's routes over `NocEnvironment`, behind the guard."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from openenv.core.env_server.http_server import HTTPEnvServer  # type: ignore[import-untyped]
from openenv.core.env_server.types import ConcurrencyConfig  # type: ignore[import-untyped]

from noc_tui import __version__
from noc_tui.remote.models import NOCAction, NOCObservation, NOCState
from noc_tui.server.arguments import RequestError
from noc_tui.server.environment import DESCRIPTION, ENV_NAME, NocEnvironment
from noc_tui.server.guard import Guard, current_connection
from noc_tui.server.limits import Limits
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.errors import SimulatorError

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import Request

    from noc_tui.sim.catalog import Catalog

IDLE_SECONDS: Final = 1_800.0
"""After so long the slot of a session that was made over HTTP is freed; a WebSocket keeps its own while it is open."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What a server serves, and to whom."""

    record: Path | None = None
    """The folder of the recordings; None: none are kept."""
    token: str | None = None
    """What a client has to show; None: nothing."""
    web: bool = False
    """Whether there is a page to play on."""
    loopback: bool = False
    """Whether only this machine can reach it."""
    limits: Limits = field(default_factory=Limits)
    catalog: Catalog | None = None
    """None: the program's incidents and the user's own."""


class NocServer(HTTPEnvServer):  # type: ignore[misc]
    """OpenEnv's server. Whoever is connected is never idle: a person may think for as long as it takes."""

    async def _create_session(self) -> Any:
        session_id, environment = await super()._create_session()
        connection = current_connection()
        if connection is not None:
            # What is attached, OpenEnv does not reap. It forgets to attach the sessions that a WebSocket makes itself.
            self._session_websocket_attachments.add(session_id)

            def answer(step: dict[str, Any]) -> str:
                answered: str = environment.answer(step)
                self._update_session_activity(session_id, increment_step=True)
                return answered

            connection.answer_steps(answer)
        return session_id, environment


def create_app(settings: ServerSettings | None = None) -> FastAPI:
    """The ASGI application. `app.state.server` tells how many sessions there are."""
    settings = settings or ServerSettings()
    app = FastAPI(title="noc-tui", version=__version__, description=DESCRIPTION)
    server = NocServer(
        partial(NocEnvironment, settings.catalog, record=settings.record),
        NOCAction,
        NOCObservation,
        concurrency_config=ConcurrencyConfig(
            max_concurrent_envs=settings.limits.sessions, session_timeout=IDLE_SECONDS
        ),
        env_name=ENV_NAME,
        state_cls=NOCState,
    )
    app.state.server = server
    if settings.web:
        from noc_tui.server.web import add_page  # noqa: PLC0415  (not everybody wants it)

        add_page(app, settings.catalog or default_catalog())
    server.register_routes(app)
    for kind, status in ((RequestError, 422), (SimulatorError, 409)):
        app.add_exception_handler(kind, partial(_told, status))
    app.add_middleware(Guard, limits=settings.limits, token=settings.token, loopback=settings.loopback)
    return app


def _told(status: int, request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001  (FastAPI's signature)
    """What a client got wrong, in the form that FastAPI has for errors."""
    return JSONResponse({"detail": str(error)}, status)
