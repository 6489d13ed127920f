"""The program of one visitor of `noc-tui web`, run as a module: it has pipes in place of a terminal."""

from __future__ import annotations

from noc_tui.tui.app import run_app
from noc_tui.tui.launch import Launch

if __name__ == "__main__":
    raise SystemExit(run_app(Launch(face="home")))
