"""The leaderboards: people and agents side by side, and no daily is given away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.drills.daily import bundled_catalog, daily_of
from noc_tui.store.entries import SessionEntry, millis
from noc_tui.store.store import Store
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.drill_daily import DailyScreen
from noc_tui.tui.screens.leaderboard import LeaderboardScreen
from noc_tui.tui.screens.replay import ReplayScreen
from tests.store.builders import START, daily, session
from tests.tui.cockpit import Cockpit, cockpit
from tests.tui.shelf import resolved

if TYPE_CHECKING:
    from noc_tui.store.entries import Entry

SIZES = [(50, 14), (80, 24), (120, 40), (200, 60)]


def remember(*entries: Entry) -> None:
    with Store() as store:
        store.remember(*entries)


def played(name: str, incident: str = "cpu_overload", **changes: Any) -> SessionEntry:
    """A session of the incident as it is defined now, played just now."""
    values: dict[str, Any] = {
        "incident": incident,
        "incident_hash": bundled_catalog().load(incident).digest,
        "seed": 7,
        "at": millis(datetime.now(UTC)),
    }
    return session(name, **(values | changes))


def todays(name: str, **changes: Any) -> tuple[Entry, ...]:
    """A try of today's daily that counts."""
    today = daily_of(datetime.now(UTC).date())
    entry = played(name, today.incident, seed=today.seed, blind=True, **changes)
    return entry, daily(today.date.isoformat(), player=entry.player, session=name, outcome=entry.outcome)


def order(pit: Cockpit) -> list[str]:
    """Who stands on the board, the best first."""
    screen = pit.app.screen
    assert isinstance(screen, LeaderboardScreen)
    return [ranked.row.player for ranked in screen._list.rows]


async def test_where_nobody_has_played_one_is_told_what_to_press() -> None:
    async with cockpit(Launch("leaderboard"), size=(80, 24), player="ana") as pit:
        assert "Nobody stands here yet. enter plays it: be the first. q goes back." in pit.text()
        await pit.press("enter")
        assert isinstance(pit.app.screen, DailyScreen)


async def test_an_incident_that_nobody_has_resolved_has_no_board() -> None:
    async with cockpit(Launch("leaderboard", incident="flaky_nic"), size=(80, 24)) as pit:
        assert "Nobody has resolved this incident yet. q goes back." in pit.text()


async def test_a_board_that_cannot_be_read_is_not_said_to_be_empty() -> None:
    paths.progress_file().parent.mkdir(parents=True, exist_ok=True)
    paths.progress_file().write_text("no database " * 1000)
    async with cockpit(Launch("leaderboard"), size=(80, 24)) as pit:
        assert "What is remembered cannot be read now. Play goes on without. q goes back." in pit.text()
        assert "is damaged" in pit.text()


async def test_another_definition_of_an_incident_is_told_comes_last_and_is_not_what_would_be_played() -> None:
    remember(played("S1", at=START), played("S2", player="cheat", incident_hash="sha256:easy", steps=1))
    async with cockpit(Launch("leaderboard", incident="cpu_overload"), size=(80, 24), player="ana") as pit:
        assert order(pit) == ["ana"]
        await pit.press("right")
        assert order(pit) == ["cheat"]
        assert "CPU overload  seed 7  another definition than the one here" in pit.text()
        assert "enter play it" not in pit.text()


@pytest.mark.parametrize("size", SIZES)
async def test_people_and_agents_stand_side_by_side_the_quickest_first(size: tuple[int, int]) -> None:
    remember(
        played("S1", steps=9),
        played("S2", player="rules", kind="agent", steps=6),
        played("S3", player="ben", steps=7),
        played("S4", player="cheat", steps=1, reviewed=False),
    )
    async with cockpit(Launch("leaderboard", incident="cpu_overload"), size=size, player="ana") as pit:
        assert order(pit) == ["rules", "ben", "ana"]
        assert "CPU overload  seed 7" in pit.text()
        assert "? help" in pit.text().splitlines()[-1]


async def test_where_there_are_few_rows_they_are_for_those_who_stand_there() -> None:
    remember(*(played(f"S{place}", player=f"p{place}", steps=place) for place in range(1, 6)))
    async with cockpit(Launch("leaderboard", incident="cpu_overload"), size=(40, 8), player="ana") as pit:
        assert [place for place in range(1, 6) if f"p{place} " in pit.text()] == [1, 2, 3, 4]


async def test_a_daily_that_is_still_to_be_played_is_not_given_away() -> None:
    remember(*todays("S1", player="ben", steps=5))
    today = daily_of(datetime.now(UTC).date())
    title = bundled_catalog().load(today.incident).title
    async with cockpit(Launch("leaderboard"), player="ana") as pit:
        assert order(pit) == ["ben"]
        assert "still to be played by you" in pit.text()
        for word in (title, str(today.seed)):
            assert word not in pit.text()
        await pit.press("right")
        assert "1 of 1" in pit.text()
    remember(*todays("S2", player="ana", steps=6))
    async with cockpit(Launch("leaderboard"), player="ana") as pit:
        assert order(pit) == ["ben", "ana"]
        assert title in pit.text()
        await pit.press("right")
        assert "2 of 2" in pit.text()


async def test_agents_stand_on_the_daily_with_their_best_session() -> None:
    today = daily_of(datetime.now(UTC).date())
    remember(
        *todays("S1", player="ben", outcome="crashed", steps=2),
        played("S2", today.incident, seed=today.seed, player="rules", kind="agent", steps=9),
        played("S3", today.incident, seed=today.seed, player="carl", steps=4),  # not the daily: played for its own sake
    )
    async with cockpit(Launch("leaderboard"), player="ana") as pit:
        assert order(pit) == ["rules", "ben"]


async def test_the_seed_of_a_board_can_be_played_and_a_session_that_is_here_replayed() -> None:
    path = resolved()
    remember(played(path.stem))
    async with cockpit(Launch("leaderboard", incident="cpu_overload"), player="ana") as pit:
        await pit.press("v")
        assert isinstance(pit.app.screen, ReplayScreen)
        await pit.press("q", "enter")
        assert (pit.episode.incident.id, pit.episode.header.seed) == ("cpu_overload", 7)


async def test_the_name_of_a_player_steers_nothing() -> None:
    remember(played("S1", player="[red]x[/red] \u202eend"))
    async with cockpit(Launch("leaderboard", incident="cpu_overload"), player="ana") as pit:
        assert "[red]x[/red] end" in pit.text()
