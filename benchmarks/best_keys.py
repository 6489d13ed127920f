"""How the best fixed string of keys was found (`noc_tui.bench.evaluation.BEST_KEYS`): search it again.

    python -m benchmarks.best_keys [--seeds N] [--longest N] [--width N] [--rounds N]

The search plays all incidents of the program with seeds from 1,000,000 on, which no evaluation uses by default, so that
the string is not made for the seeds that it is measured with. It begins with waiting, and with a line that was known to
do well. The string found is then played with other seeds.
"""

from __future__ import annotations

import argparse
import time

from noc_tui.agents.fixed import actions_of, keys_of
from noc_tui.bench.best_keys import Line, Worth, search, worths
from noc_tui.sim.actions import ACTION_INDEX, ACTIONS
from noc_tui.sim.catalog import default_catalog
from noc_tui.sim.reward import RUN_SCORE_STEPS

KNOWN = "TTTSESSCRE"
FIRST_SEED = 1_000_000
CHECKED = range(2_000_000, 2_000_100)


def shown(line: Line) -> str:
    """A line as keys."""
    return keys_of(ACTIONS[index] for index in line) or "(waits)"


def tell(number: int, line: Line, worth: Worth) -> None:
    """Print how far a round has come."""
    print(
        f"round {number:>2}: {shown(line):<12} resolves {worth.resolved:.3f}, {-worth.less_steps:.2f} steps", flush=True
    )


def main() -> None:
    """Search, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="episodes of each incident (default %(default)s)")
    parser.add_argument("--longest", type=int, default=10, help="keys at most (default %(default)s)")
    parser.add_argument("--width", type=int, default=64, help="strings that are kept (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=25, help="at most (default %(default)s)")
    options = parser.parse_args()
    catalog = default_catalog()
    incidents = [catalog.load(name) for name in catalog.ids]
    known = tuple(ACTION_INDEX[action] for action in actions_of(KNOWN))[: options.longest]
    began = time.process_time()
    line, _ = search(
        incidents,
        range(FIRST_SEED, FIRST_SEED + options.seeds),
        longest=options.longest,
        limit=RUN_SCORE_STEPS,
        start=((), known),
        width=options.width,
        rounds=options.rounds,
        progress=tell,
    )
    print(f"found after {time.process_time() - began:.0f} s of CPU")
    for which in (line, known):
        (worth,) = worths([which], incidents, CHECKED, RUN_SCORE_STEPS)
        tell(0, which, worth)


if __name__ == "__main__":
    main()
