"""`noc-tui incidents new` and `schema`: for those who write incidents of their own."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from noc_tui.cli.common import complain, examples, fail, say

if TYPE_CHECKING:
    from noc_tui.sim.catalog import Catalog

_GROUPS: Final = ("all", "classic", "pack")
"""What `--incident` takes for several incidents: no single one can be called that."""


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command(
        epilog=examples("noc-tui incidents new full_disk", "noc-tui incidents new full_disk --folder drills")
    )(new)
    group.command(epilog=examples("noc-tui incidents schema"))(schema)


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The id: lower-case letters, digits and _.")],
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write it.", show_default="incidents, in your data folder"),
    ] = None,
) -> None:
    """Write a commented incident file to start from.

    It can be played as it stands. Never overwrites a file.
    """
    from noc_tui import paths
    from noc_tui.cli.incident_template import incident_template
    from noc_tui.sim.catalog import catalog_of

    _check_name(name)
    own = paths.user_incidents_dir()
    target = own if folder is None else Path(os.path.expanduser(folder))  # noqa: PTH111  (Path's raises without a home)
    _check_free(name, target, catalog_of([] if folder is None else [target]))
    path = target / f"{name}.toml"
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:  # also where a file has the name of the folder
        fail(error)
    try:
        _write_new(path, incident_template(name))
    except FileExistsError:
        complain(f"{path} is there already, and stays as it is; choose another name", 1)
    except OSError as error:
        fail(error)
    say(f"wrote {path}")
    where = "" if folder is None else f" --incidents {shlex.quote(str(target))}"
    say(f"check it: noc-tui incidents validate {name if folder is None else shlex.quote(str(path))}")
    say(f"play it:  noc-tui play {name}{where}")


def _check_name(name: str) -> None:
    """Exit 2 for what cannot be an incident's id."""
    from noc_tui.sim.incident import NAME_PATTERN

    if name in _GROUPS:
        complain(f"{name} stands for several incidents where one is chosen; choose another name", 2)
    if not re.fullmatch(NAME_PATTERN, name):
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower().removesuffix(".toml")).strip("_0123456789")[:48]
        hint = f"; how about {plain}?" if plain and plain not in _GROUPS else ""
        rule = "lower-case letters, digits and _, begins with a letter and has at most 48 characters"
        complain(f"{name[:60]!r} cannot be the name of an incident: a name is of {rule}{hint}", 2)


def _check_free(name: str, folder: Path, catalog: Catalog) -> None:
    """Exit 1 where an incident of that id is there already, in this folder or another."""
    taken = catalog.files(name)
    if taken and taken[0].parent != folder:
        complain(f"there is an incident {name} already, in {taken[0]}; choose another name", 1)


def _write_new(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises `FileExistsError` for one that is there, `OSError` otherwise."""
    from noc_tui.files import write_whole

    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC))  # the name is ours from here on
    try:
        write_whole(path, text)
    except BaseException:
        path.unlink()
        raise


def schema() -> None:
    """Print the JSON Schema of incident files, for editors."""
    from noc_tui.sim.incident_schema import schema_text

    typer.echo(schema_text(), nl=False)
