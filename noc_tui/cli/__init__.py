"""The command line. Each command loads its face only when it is used."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """The console script. Exit codes: 0 done, 1 a check failed or nothing could be played, 2 wrong use, 130 Ctrl-C."""
    try:
        from noc_tui.cli.program import run_program  # loading takes long enough for a Ctrl-C to come in between

        run_program()
    except KeyboardInterrupt:
        sys.exit(130)
