"""The table of docs/incidents.md, and the script that makes it."""

from __future__ import annotations

import re

import pytest

from noc_tui.bench.assess import PLAYERS, PlayerResult, assess
from noc_tui.sim.catalog import default_catalog
from scripts import make_incident_table as script
from tests.factories import bundled_incident

PAGE = script.TARGET.read_text(encoding="utf-8")
TABLE = PAGE.partition(script.BEGIN)[2].partition(script.END)[0]
SEEDS = range(200)


def rows(text: str) -> dict[str, list[str]]:
    """The cells of the table, by incident."""
    found = re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.MULTILINE)
    return {incident: cells.split(" | ") for incident, cells in found}


def test_a_cell_gives_the_outcomes_and_the_mean_of_all_steps() -> None:
    result = PlayerResult("rules", (("resolved", 6), ("resolved", 8), ("crashed", 3), ("truncated", 30)))
    assert script.cell(result) == "50/25/25 · 11.8"
    assert script.cell(PlayerResult("rules", (("resolved", 6),) * 199 + (("crashed", 6),))) == "99.5/0.5/0 · 6.0"


def test_a_row_has_a_cell_for_every_player(capsys: pytest.CaptureFixture[str]) -> None:
    script.main(["tls_expiry", "flaky_nic", "--seeds", "2"])
    printed = capsys.readouterr().out
    assert "percent of 2 episodes (seeds 0 to 1)" in printed
    assert printed.startswith("    uv run python -m scripts.make_incident_table tls_expiry flaky_nic --seeds 2\n\n")
    assert list(rows(printed)) == ["tls_expiry", "flaky_nic"]
    assert {len(cells) for cells in rows(printed).values()} == {len(PLAYERS)}


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    page = script.replaced(PAGE, "| new |")
    before, _, rest = PAGE.partition(script.BEGIN)
    assert page == f"{before}{script.BEGIN}\n\n| new |\n\n{script.END}{rest.partition(script.END)[2]}"
    assert script.replaced(page, "| new |") == page


def test_the_page_has_a_row_for_every_incident_of_the_program() -> None:
    assert sorted(rows(TABLE)) == sorted(default_catalog().ids)


@pytest.mark.parametrize("incident_id", ["retry_storm", "backup_window", "memory_leak"])
def test_the_page_says_what_the_simulator_does(incident_id: str) -> None:
    results = assess(bundled_incident(incident_id), SEEDS, only=["do_nothing", "throttle_cpu"]).results
    cells = rows(TABLE)[incident_id]
    assert [script.cell(result) for result in results] == [cells[PLAYERS.index(result.player)] for result in results]
