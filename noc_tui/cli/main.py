"""The command `noc-tui`: its global options, its commands, and how errors leave it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from noc_tui import __version__
from noc_tui.cli import doctor, incidents, interactive, run, sessions
from noc_tui.cli.common import fail, no_traceback_for

app = typer.Typer(
    name="noc-tui",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,  # Rich would be loaded for the help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples: noc-tui play cpu_overload --seed 7; noc-tui watch memory_leak --agent rules; noc-tui replay last",
)


def _print_version(value: bool) -> None:  # noqa: FBT001  (Typer's callback)
    if value:
        typer.echo(f"noc-tui {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  (acts in its callback)
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something goes wrong.")] = False,
) -> None:
    """A flight simulator for on-call, in the terminal: play, watch, replay one server under an incident."""
    no_traceback_for(debug=debug)
    if context.invoked_subcommand is None:
        interactive.home()


interactive.register(app)
run.register(app)
sessions.register(app)
incidents.register(app)
doctor.register(app)


def main() -> None:
    """The console script. Exit codes: 0 done, 1 a check failed or nothing could be played, 2 wrong use, 130 Ctrl-C."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  (the edge: every error becomes one sentence here)
        fail(error)
