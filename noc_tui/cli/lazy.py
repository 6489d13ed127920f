"""A command group that loads the module of a command when the command is used, or listed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_group

if TYPE_CHECKING:
    from typer._click import Command, Context


class LazyGroup(TyperGroup):
    """The commands of `noc-tui`.

    Reading the options of all commands takes longer than reading the arguments of one: what `noc-tui play` does not
    need is not loaded for it.
    """

    MODULES: ClassVar[dict[str, str]] = {
        "play": "interactive",
        "drill": "drill",
        "watch": "interactive",
        "tutorial": "interactive",
        "replay": "interactive",
        "run": "run",
        "bench": "bench",
        "review": "review",
        "sessions": "sessions",
        "progress": "progress",
        "train": "train",
        "web": "web",
        "serve": "serve",
        "incidents": "incidents",
        "doctor": "doctor",
    }
    """Each command, in the order of the help, and the module of `noc_tui.cli` that registers it."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002  (Click's signature)
        """All names, loaded or not."""
        return list(self.MODULES)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of that name; None if there is none."""
        if cmd_name not in self.commands:
            # All of them for a name that there is not: the message suggests those that are like it.
            names = [cmd_name] if cmd_name in self.MODULES else list(self.MODULES)
            for name in names:
                self._load(self.MODULES[name])
        return super().get_command(ctx, cmd_name)

    def _load(self, module: str) -> None:
        loader = typer.Typer(rich_markup_mode=None)
        import_module(f"noc_tui.cli.{module}").register(loader)
        for name, command in get_group(loader).commands.items():
            self.commands.setdefault(name, command)
