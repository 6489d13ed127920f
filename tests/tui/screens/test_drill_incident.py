"""One blind incident that the schedule chooses, by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.tui.launch import Launch
from noc_tui.tui.practice import now_millis
from noc_tui.tui.screens.debrief import DebriefScreen
from tests.tui.cockpit import cockpit
from tests.tui.drilling import PLAYER, cards, loaded, play_to_the_end, remembered

if TYPE_CHECKING:
    import pytest

INCIDENT = Launch("drill", drill="incident", seed=4)


async def test_a_blind_incident_in_live_pace_is_rated_and_the_next_one_is_a_key_away() -> None:
    async with cockpit(INCIDENT, size=(80, 24), remembers=True, player=PLAYER) as pit:
        await loaded(pit, "A page will come in.")
        await pit.press("enter")
        header, title = pit.episode.header, pit.episode.incident.title
        assert (header.blind, header.pace, header.max_steps) == (True, "live", 30)
        assert title not in pit.text()
        await play_to_the_end(pit)
        await remembered(pit)
        assert "rated again, comes back in 1 min" in pit.told().replace("\n", " ")
        await pit.press("enter")
        assert isinstance(pit.app.screen, DebriefScreen)
        await pit.press("q", "q")
        assert f"{title}: " in pit.text()
        await pit.press("enter")
        await loaded(pit, "A page will come in.")
    assert {key: card.reviews for key, card in cards().items()} == {(str(header.incident["id"]), "episode"): 1}


async def test_one_that_is_left_in_the_middle_goes_on() -> None:
    async with cockpit(INCIDENT) as pit:
        await loaded(pit, "A page will come in.")
        await pit.press("enter", "3", "q")
        await loaded(pit, "It is not over yet.")
        await pit.press("enter")
        assert pit.episode.steps == 1


async def test_after_one_that_was_gone_on_with_the_next_one_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async with cockpit(INCIDENT, remembers=True, player=PLAYER) as pit:
        await loaded(pit, "A page will come in.")
        await pit.press("enter", "3", "q")
        await loaded(pit, "It is not over yet.")
        await pit.press("enter")
        first, incident = pit.episode.header.session, pit.episode.incident.id
        await play_to_the_end(pit)
        await remembered(pit)
        in_a_while = now_millis() + 300_000  # when its card is due again
        monkeypatch.setattr("noc_tui.tui.practice.now_millis", lambda: in_a_while)
        await pit.press("q", "enter")
        await loaded(pit, "A page will come in.")
        await pit.press("enter")
        assert pit.episode.header.session != first
        assert pit.episode.steps == 0
        assert pit.episode.incident.id != incident


async def test_what_is_being_reviewed_is_not_played_again() -> None:
    async with cockpit(INCIDENT, player=PLAYER) as pit:  # nobody reviews anything here
        await loaded(pit, "A page will come in.")
        await pit.press("enter")
        await play_to_the_end(pit)
        await pit.press("q")
        await loaded(pit, "The moves are being reviewed")
        assert "begin" not in pit.text()
        await pit.press("enter")
        assert "The moves are being reviewed" in pit.text()
