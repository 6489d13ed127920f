"""Train the policies that come with the program, and make the table of docs/policies.md.

`uv run python -m scripts.make_policies` trains all of them, which takes half an hour; with names behind it those alone,
and with `--table` none.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from noc_tui.agents.policy import SHIPPED, shipped_policy
from noc_tui.agents.policy_file import CARD, WEIGHTS, read_policy
from noc_tui.files import write_whole
from noc_tui.paths import bundled_incidents_dir
from noc_tui.sim.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "policies.md"
BEGIN: Final = "<!-- what they achieve: made by scripts/make_policies.py -->"
END: Final = "<!-- end of what they achieve -->"
OPTIONS: Final = {
    "all": "--incident classic --incident pack --timesteps 10000000 --envs 256",
    "classic": "--incident classic",
    "pack": "--incident pack --timesteps 6000000 --envs 256",
}
"""How each of them was trained, beside `--objective time`."""


def command(name: str, folder: Path | str) -> list[str]:
    """The command that trains it."""
    return ["noc-tui", "train", "--objective", "time", *OPTIONS[name].split(), "--out", str(folder)]


def train(name: str) -> None:
    """Train it, and put it in the place of the one that stands there."""
    with tempfile.TemporaryDirectory() as folder:
        program, *arguments = command(name, Path(folder) / name)
        subprocess.run([Path(sys.executable).with_name(program), *arguments], check=True)
        for suffix in (WEIGHTS, CARD):
            shutil.copyfile(
                (Path(folder) / name / "policy").with_suffix(suffix), shipped_policy(name).with_suffix(suffix)
            )


def table() -> str:
    """What the cards of the policies say: for each incident, how many were resolved, and in how many steps."""
    evaluations = [read_policy(shipped_policy(name)).card.evaluation for name in SHIPPED]
    lines = [
        f"| incident | {' | '.join(agent(name) for name in SHIPPED)} |",
        "|---" * (len(SHIPPED) + 1) + "|",
    ]
    for incident in Catalog([bundled_incidents_dir()]).ids:
        cells = []
        for evaluation in evaluations:
            result = evaluation.incidents.get(incident) if evaluation else None
            cells.append(f"{result.resolved} · {result.steps:.1f}" if result and result.steps is not None else "")
        lines.append(f"| `{incident}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def agent(name: str) -> str:
    """As one types it."""
    return "`ppo`" if name == SHIPPED[0] else f"`ppo:{name}`"


def replaced(page: str, made: str) -> str:
    """The page with the table in place of what stood between the marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main(arguments: Sequence[str]) -> None:
    """Train, and write the table into the page."""
    parser = argparse.ArgumentParser(prog="python -m scripts.make_policies", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHIPPED)}; all of them without")
    parser.add_argument("--table", action="store_true", help="train none, and write the table alone")
    given = parser.parse_args(arguments)
    for name in [] if given.table else given.names or SHIPPED:
        train(name)
    write_whole(TARGET, replaced(TARGET.read_text(encoding="utf-8"), table()))


if __name__ == "__main__":
    main(sys.argv[1:])
