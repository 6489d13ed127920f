"""The dashboard of an episode that a server plays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from noc_tui.episode.library import list_sessions
from noc_tui.remote.episode import Connection, RemoteError
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from tests.tui.cockpit import cockpit

if TYPE_CHECKING:
    import pytest

LAUNCH = Launch(face="play", incident="cpu_overload", seed=7)


async def test_it_is_played_like_any_other_and_recorded(server_url: str) -> None:
    async with cockpit(replace(LAUNCH, server=server_url)) as pit:
        await pit.press("3")
        assert "step 1/60" in pit.text()
        assert f"on {urlsplit(server_url).netloc}" in pit.text()
        assert pit.told() == ""
        await pit.press("q")
        assert isinstance(pit.app.screen, HomeScreen)
    (summary,), _ = list_sessions()
    assert (summary.steps, summary.driver) == (1, "human")


async def test_when_the_server_goes_a_toast_says_so_and_nothing_is_lost(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise RemoteError("the server is gone")

    async with cockpit(replace(LAUNCH, server=server_url)) as pit:
        await pit.press("3")
        monkeypatch.setattr(Connection, "step", gone)
        await pit.press("3")
        assert pit.told() == "the server is gone; from here on it is played here alone"
        assert "not saved" not in pit.text()
        assert "played here alone" in pit.text()
        await pit.press("3")
        assert "step 3/60" in pit.text()
        assert pit.told().count("the server is gone") == 1


async def test_a_server_that_is_not_there_leads_back_with_a_sentence() -> None:
    async with cockpit(replace(LAUNCH, server="http://127.0.0.1:9")) as pit:
        assert pit.told() == "http://127.0.0.1:9 cannot be reached: Connection refused"


async def test_the_same_again_is_played_on_the_server_again(server_url: str) -> None:
    async with cockpit(replace(LAUNCH, server=server_url)) as pit:
        await pit.press("2", "2")
        assert "CRASHED" in pit.text()
        await pit.press("enter", "s")
        assert "step 0/60" in pit.text()
        assert f"on {urlsplit(server_url).netloc}" in pit.text()
