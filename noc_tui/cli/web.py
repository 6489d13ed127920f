"""`noc-tui web`: the whole program in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from noc_tui.cli.common import complain, examples, fail, say

INSTALL = "pip install 'noc-tui[web]'"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples("noc-tui web", "noc-tui web --port 9000", "noc-tui web --host 0.0.0.0 --token correcthorse"),
    )(web)


def web(
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0: any that is free.")] = 8000,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(
            metavar="T", help="Let in who opens the address with ?token=T.", envvar="NOC_WEB_TOKEN", show_default=False
        ),
    ] = None,
    visitors: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="At most so many at a time.")] = 8,
) -> None:
    """Play in a browser.

    Each visitor has a process of their own, with your recordings, settings and models: whoever gets in plays as you.
    """
    from importlib.util import find_spec

    if find_spec("textual_serve") is None:
        complain(f"noc-tui web needs textual-serve; this installs it: {INSTALL}", 2)
    import asyncio

    from noc_tui.cli.web_server import WebServer, serve
    from noc_tui.hosts import is_loopback

    if token is None and not is_loopback(host):
        complain(
            f"--host {host}: whoever reaches that address would play as you, with your recordings and models; "
            "give a --token that they have to know",
            2,
        )
    if token is not None and not (len(token) >= 8 and token.isascii() and token.isalnum()):
        complain("--token: expected 8 or more letters and digits", 2)

    def ready(address: str) -> None:
        say(f"open {address}{'?token=' + token if token else ''} in a browser (Ctrl-C ends it)")

    try:
        asyncio.run(serve(WebServer(token=token, most=visitors), host, port, ready=ready))
    except OSError as error:
        fail(error)
