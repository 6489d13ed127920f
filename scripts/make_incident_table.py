"""Make the table of docs/incidents.md, how each incident plays: `uv run python -m scripts.make_incident_table`."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from noc_tui.bench.assess import PLAYERS, assess
from noc_tui.bench.selection import parse_seeds
from noc_tui.files import write_whole
from noc_tui.paths import bundled_incidents_dir
from noc_tui.sim.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.bench.assess import PlayerResult

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "incidents.md"
BEGIN: Final = "<!-- how they play: made by scripts/make_incident_table.py -->"
END: Final = "<!-- end of how they play -->"

_HEADINGS: Final = {
    "do_nothing": "wait",
    "restart_service": "restart",
    "throttle_cpu": "throttle",
    "clear_cache": "clear",
    "reroute_traffic": "reroute",
    "scale_up": "scale up",
}
_LEGEND: Final = """\
    {command}

Resolved / crashed / out of time, in percent of {count} episodes (seeds {first} to {last}), and their mean length
in steps. From wait to scale up: this one action in every step."""


def row(seeds: range, incident_id: str) -> str:
    """A line of the table, with a cell for each player."""
    incident = Catalog([bundled_incidents_dir()]).load(incident_id)
    cells = [cell(result) for result in assess(incident, seeds).results]
    return f"| `{incident_id}` | {' | '.join(cells)} |"


def cell(result: PlayerResult) -> str:
    """`12/84/4 · 23.8`: the percentages of the outcomes, and the mean steps."""
    shares = "/".join(f"{result.share(outcome) * 100:.3g}" for outcome in ("resolved", "crashed", "truncated"))
    return f"{shares} · {result.mean_steps():.1f}"


def table(seeds: range, incidents: Sequence[str], jobs: int, command: str) -> str:
    """What stands between the two marks."""
    headings = [_HEADINGS.get(player, player) for player in PLAYERS]
    legend = _LEGEND.format(count=len(seeds), first=seeds[0], last=seeds[-1], command=command)
    lines = [legend, "", f"| incident | {' | '.join(headings)} |", "|---" * (len(headings) + 1) + "|"]
    if jobs == 1:
        lines += map(partial(row, seeds), incidents)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            lines += pool.map(partial(row, seeds), incidents)
    return "\n".join(lines)


def replaced(page: str, made: str) -> str:
    """The page with the table in place of what stood between the marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main(arguments: Sequence[str]) -> None:
    """Write the table into the page, or print that of some incidents."""
    parser = argparse.ArgumentParser(prog="python -m scripts.make_incident_table", description=__doc__)
    parser.add_argument("incidents", nargs="*", metavar="INCIDENT", help="print the rows of these; all: write the page")
    parser.add_argument("--seeds", type=parse_seeds, default="200", metavar="N|A:B")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes")
    given = parser.parse_args(arguments)
    command = " ".join(["uv run python -m scripts.make_incident_table", *arguments])
    made = table(given.seeds, given.incidents or Catalog([bundled_incidents_dir()]).ids, given.jobs, command)
    if given.incidents:
        print(made)
    else:
        write_whole(TARGET, replaced(TARGET.read_text(encoding="utf-8"), made))


if __name__ == "__main__":
    main(sys.argv[1:])
