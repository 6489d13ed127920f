"""The command `noc-tui`: its global options, its commands, and how errors leave it."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from noc_tui import __version__
from noc_tui.cli.common import complain, examples, fail, show_tracebacks
from noc_tui.cli.lazy import LazyGroup

app = typer.Typer(
    name="noc-tui",
    cls=LazyGroup,
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,  # Rich would be loaded for the help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "noc-tui",
        "noc-tui play cpu_overload --seed 7",
        "noc-tui watch memory_leak --agent rules",
        "noc-tui replay last",
    ),
)


def _print_version(value: bool) -> None:
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
    store: Annotated[
        str, typer.Option("--store", metavar="URL", help="Where results are remembered, in place of what is set.")
    ] = "",
) -> None:
    """A flight simulator for on-call, in the terminal. Without a command, the home screen opens."""
    show_tracebacks(wanted=debug)
    if store:
        if not store.startswith(("postgresql:", "postgres:", "sqlite:")):  # it may hold a password, and is not told
            complain("--store: expected postgresql://USER@HOST/DATABASE or sqlite:////PATH/TO/FILE", 2)
        os.environ["NOC_TUI_STORE"] = store
    if context.invoked_subcommand is None:
        from noc_tui.cli.interactive import home

        home()


def run_program() -> None:
    """Run the command that the arguments name. Every error becomes one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # what a terminal cannot show must not end the program
    try:
        app(prog_name="noc-tui")
    except Exception as error:  # noqa: BLE001  (the edge: see above)
        _give_up_output()
        fail(error)


def _give_up_output() -> None:
    """Drop what standard output does not take any more (a full disk), or the exit would fail a second time."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
