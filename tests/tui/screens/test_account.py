"""The report as a model words it, from the debrief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui import paths
from noc_tui.tui.screens.account import AccountScreen
from tests.llm_server import LLMServer, Turn, failure
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.shelf import WON

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {"do_nothing": "1", "throttle_cpu": "3"}


async def words(pit: Cockpit) -> None:
    """Resolve the CPU overload, and let the model word the report."""
    await pit.press(*(KEYS[action] for action in WON), "enter")
    await pit.settle()
    await pit.press("w")
    await pit.settle()
    assert isinstance(pit.app.screen, AccountScreen)


def saved() -> list[Path]:
    return list(paths.sessions_dir().glob("*.report.md"))


async def test_it_is_shown_with_made_up_numbers_marked_and_saved_beside_the_session(server: LLMServer) -> None:
    server.turns.clear()
    server.policy = lambda _: Turn(content="Restored after 4 steps.\n\nIt cost [b]987[/b] dollars.")
    async with cockpit(playing("cpu_overload"), size=(80, 24)) as pit:
        await words(pit)
        text = pit.text()
        assert "Restored after 4 steps." in text
        assert "[b]987 [!][/b] dollars." in text
        assert "Not in the facts, and perhaps made up: 987" in text
        assert "sample-1 · 400 in 30 out · cost unknown" in text
        assert saved() == []
        await pit.press("s")
        (file,) = saved()
        assert "Saved as" in pit.told()
    assert "987 \\[not in the facts\\]" in file.read_text()
    assert "# Post-incident report: CPU overload" in file.read_text()


async def test_when_the_model_fails_the_report_of_the_program_stands(server: LLMServer) -> None:
    server.turns.clear()
    server.policy = lambda _: failure(500, "oh")
    async with cockpit(playing("cpu_overload")) as pit:
        await words(pit)
        assert "failed (500)" in pit.text()
        assert "noc-tui sessions export" in pit.text()
        await pit.press("s")
        assert saved() == []


async def test_without_a_model_it_is_said_where_to_set_one(alone: None) -> None:
    async with cockpit(playing("cpu_overload")) as pit:
        await words(pit)
        assert "No model is set yet" in pit.text()
        assert "noc-tui sessions export" in pit.text()
