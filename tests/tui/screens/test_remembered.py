"""What screens of what is remembered show when something more is remembered while they are looked at."""

from __future__ import annotations

import pytest

from noc_tui.store.store import Store
from noc_tui.tui.launch import Launch
from noc_tui.tui.remembering import Remembering
from tests.store.builders import session
from tests.tui.cockpit import cockpit


@pytest.mark.parametrize("launch", [Launch("progress"), Launch("leaderboard", incident="cpu_overload")])
async def test_what_is_taken_in_meanwhile_shows_at_once_or_when_in_sight_again(launch: Launch) -> None:
    with Store() as store:
        store.remember(session("S1", incident="flaky_nic"))
        async with cockpit(launch, player="ana") as pit:
            assert "CPU overload" not in pit.text()
            store.remember(session("S2", seed=7))
            await pit.press("question_mark")
            pit.app.post_message(Remembering.Caught())
            await pit.settle()
            await pit.press("escape")
            shown = pit.text()
            store.remember(session("S3", seed=8))
            pit.app.post_message(Remembering.Caught())
            await pit.settle()
            assert "CPU overload" in shown
            assert pit.text() != shown
