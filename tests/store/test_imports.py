"""The database is loaded when it is used: not for the help, not for the rules of a drill."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"sqlalchemy", "psycopg", "fsrs", "glicko2", "sqlite3"}
FACES = {"textual", "rich", "openai", "typer"}
HELP = "import sys; sys.argv[1:] = {!r}; from noc_tui.cli import main\ntry: main()\nexcept SystemExit: pass"


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (HELP.format(["--help"]), HEAVY),
        (HELP.format(["progress", "--help"]), HEAVY | {"pydantic", "numpy"}),
        ("import noc_tui.drills.spot, noc_tui.drills.whole, noc_tui.drills.daily", HEAVY | FACES),
        ("import noc_tui.store.store, noc_tui.store.progress, noc_tui.store.rebuilding", FACES | {"fsrs", "glicko2"}),
    ],
    ids=["noc-tui --help", "noc-tui progress --help", "the rules of drills", "the store"],
)
def test_an_import_brings_no_more_than_it_needs(code: str, unwanted: set[str]) -> None:
    report = f"{code}\nimport sys; print('LOADED', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "noc_tui" in loaded
    assert loaded & unwanted == set()
