"""Which incidents and which seeds a command is about."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Final

from noc_tui import paths
from noc_tui.episode.records import LARGEST_INTEGER
from noc_tui.sim.catalog import CLASSIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.sim.catalog import Catalog

MAX_SEEDS: Final = 100_000
_SEEDS: Final = re.compile(r"(?:([0-9]{1,16}):)?([0-9]{1,16})")


class SelectionError(ValueError):
    """A selection that cannot be used. The message is one sentence that can be shown as it is."""


def select_incidents(selections: Sequence[str], catalog: Catalog) -> tuple[str, ...]:
    """The incident ids that `--incident` names, each once and in the order named.

    A selection is an id, `classic` (the three, easiest first), `pack` (the program's others), `all` (the user's own
    included), or several of these with commas between.

    Raises `SelectionError` for an empty selection, `UnknownIncidentError` for an id that is not in the catalog.
    """
    chosen: dict[str, None] = {}
    for selection in selections:
        for part in selection.split(","):
            chosen.update(dict.fromkeys(_group(part.strip(), catalog)))
    if not chosen:
        raise SelectionError("no incident is selected; give an id, classic, pack or all")
    return tuple(chosen)


def remote_selection(selections: Sequence[str]) -> tuple[str, ...]:
    """Like `select_incidents` for incidents of a server, which says itself which it has: `classic` are the three.

    Raises `SelectionError`, for `pack` and `all` too.
    """
    chosen: dict[str, None] = {}
    for part in (part.strip() for selection in selections for part in selection.split(",")):
        if part in {"", "pack", "all"}:
            raise SelectionError(f"incident {part!r}: on a server, give ids or classic")
        chosen.update(dict.fromkeys(CLASSIC if part == "classic" else [part]))
    return tuple(chosen)


def _group(name: str, catalog: Catalog) -> Sequence[str]:
    match name:
        case "":
            raise SelectionError("an incident without a name is selected; give an id, classic, pack or all")
        case "classic":
            return [incident for incident in CLASSIC if incident in catalog]
        case "pack":
            bundled = paths.bundled_incidents_dir()
            return [name for name in catalog.ids if name not in CLASSIC and catalog.path(name).parent == bundled]
        case "all":
            return catalog.ids
    catalog.path(name)
    return [name]


def blind_incident(seed: int, catalog: Catalog) -> str:
    """The id of the incident of a blind episode for which none was named: any of the program's own, by the seed.

    The same seed means the same incident to everybody whose program has the same ones. Raises `IncidentError` when an
    id of theirs stands twice.
    """
    ids = sorted(select_incidents(["classic", "pack"], catalog))
    # Python promises that `random()` of a seed stays the same in later versions; NumPy does not.
    stream = random.Random(f"noc-tui blind incident {seed}")  # noqa: S311  (not a secret that is worth guessing)
    return ids[int(stream.random() * len(ids))]


def parse_seeds(text: str) -> range:
    """The seeds that `--seeds` names: `N` for 0 to N - 1, `A:B` for A to B - 1.

    Raises `SelectionError` when there is none, or more than `MAX_SEEDS`, or one that no session can hold.
    """
    match = _SEEDS.fullmatch(text.strip())
    if match is None:
        raise SelectionError(f"seeds {text[:40]!r}: expected a number of seeds, or a range like 100:120")
    first, end = int(match[1] or 0), int(match[2])
    if end <= first:
        raise SelectionError(f"seeds {text[:40]!r}: holds no seed; the end is not included")
    if end - first > MAX_SEEDS:
        raise SelectionError(f"seeds {text[:40]!r}: holds {end - first} seeds; at most {MAX_SEEDS} are played")
    if end > LARGEST_INTEGER:
        raise SelectionError(f"seeds {text[:40]!r}: a seed is at most {LARGEST_INTEGER}")
    return range(first, end)
