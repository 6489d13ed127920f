"""The command line. Each command loads its face only when it is used."""

from __future__ import annotations

from noc_tui.cli.main import main

__all__ = ["main"]
