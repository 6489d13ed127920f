"""`noc-tui serve`: the simulator as an OpenEnv server."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (Typer evaluates the annotations of a command)
from typing import Annotated

import typer

from noc_tui.cli.common import IncidentFolders, complain, examples, fail, incident_folders, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "noc-tui serve",
            "noc-tui serve --web --record sessions",
            "noc-tui serve --host 0.0.0.0 --token SECRET --max-sessions 8",
        )
    )(serve)


def serve(
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0: any that is free.")] = 8000,
    max_sessions: Annotated[int, typer.Option(min=1, max=4096, metavar="N", help="Sessions at a time.")] = 64,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Record each episode as a session in this folder.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="TOKEN",
            envvar="NOC_SERVER_TOKEN",
            show_envvar=True,
            help="What a client has to show; needed on an address that others can reach.",
        ),
    ] = None,
    rate: Annotated[
        float, typer.Option(min=1, max=1_000_000, metavar="N", help="Messages a second that one client may send.")
    ] = 2_000.0,
    max_message: Annotated[
        int, typer.Option(min=256, max=2**24, metavar="BYTES", help="The longest message that is taken.")
    ] = 65_536,
    web: Annotated[bool, typer.Option("--web", help="A page to play on, at /web.")] = False,
    incidents: IncidentFolders = None,
) -> None:
    """Serve the simulator to OpenEnv clients, until Ctrl-C.

    Sessions live on the WebSocket /ws; docs of all routes are at /docs. Recordings open in noc-tui replay, also
    while they are being made (--follow).
    """
    import sys

    folders = incident_folders(incidents)
    try:
        from noc_tui.server.app import ServerSettings
        from noc_tui.server.limits import Limits
        from noc_tui.server.running import ServeError
        from noc_tui.server.running import serve as serve_until_told
    except ModuleNotFoundError as error:
        if error.name not in {"openenv", "uvicorn"}:
            raise
        complain("noc-tui serve needs the extra `server`: pip install 'noc-tui[server]'", 2)
    from noc_tui.sim.catalog import catalog_of

    settings = ServerSettings(
        record=record,
        token=token,
        web=web,
        limits=Limits(sessions=max_sessions, message_bytes=max_message, rate=rate),
        catalog=catalog_of(folders),
    )

    def ready(url: str) -> None:
        page = f" and a page to play on at {url}/web" if web else ""
        say(f"noc-tui serves {url}{page} (Ctrl-C ends it)")
        sys.stdout.flush()

    try:
        interrupted = serve_until_told(settings, host, port, ready=ready)
    except ServeError as error:
        fail(error, 2)
    if interrupted:
        raise typer.Exit(130)
