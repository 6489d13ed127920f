"""What incidents are called, for lists: read from the heads of their files, for to check them takes a while."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HEAD: Final = 8 * 1024
"""Bytes of a file that its title is looked for in."""
_TITLE: Final = re.compile(rb'^title[ \t]*=[ \t]*("(?:[^"\\\n]|\\.)*")', re.MULTILINE)
_LONGEST: Final = 80


def titles_of(incidents: Iterable[str]) -> dict[str, str]:
    """What incidents are called, by their ids; without those whose title cannot be found, for which the id may stand.

    For a thread. The texts can be shown as they are.
    """
    from noc_tui.sim.catalog import catalog_of  # noqa: PLC0415  (loads pydantic)
    from noc_tui.sim.errors import IncidentError  # noqa: PLC0415

    catalog, titles = catalog_of(()), {}
    for name in incidents:
        try:
            title = _title(catalog.path(name))
        except IncidentError:
            continue
        if title:
            titles[name] = title
    return titles


def _title(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            found = _TITLE.search(stream.read(_HEAD))
        return clean(json.loads(found[1]), _LONGEST) if found else None
    except (OSError, ValueError):  # to play the incident tells what is wrong with it
        return None
