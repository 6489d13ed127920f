"""The drills as a user has them: a terminal, keys, and the files that are left behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from noc_tui.drills.daily import daily_of
from noc_tui.episode.episode import Episode
from noc_tui.store.queries import daily_entry, deck_of
from noc_tui.store.store import Store
from tests.e2e.terminal import Terminal
from tests.episode.builders import into, path_of
from tests.factories import bundled_incident
from tests.store.asking import recent_sessions
from tests.tui.drilling import today_that_lasts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

PLAYER = "ana"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    # The agent ends most episodes soon: a service that is restarted at every step serves nobody.
    settings = (f'player = "{PLAYER}"', 'agent = "fixed:R"', "pace_seconds = 0.2", "watch_speed = 16")
    (folder / "config.toml").write_text("\n".join(settings))
    return folder


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    """The database that the program leaves behind."""
    with Store(f"sqlite:///{data}/progress.sqlite3", queue=data / "queue") as opened:
        yield opened


def test_a_round_of_spot(data: Path, store: Store) -> None:
    with Terminal("drill", "spot", "--seconds", "0", "--positions", "10", data=data, size=(80, 24)) as terminal:
        for number in range(1, 11):
            terminal.see(f"position {number} of 10")
            terminal.see("WHAT WOULD YOU DO?")
            terminal.press("5")
            terminal.see("WHAT IS IT?")
            terminal.press("1")
            terminal.see("ANSWERED")
            terminal.press("enter")
        text = terminal.see("ROUND OVER")
        assert re.search(r"\d+ OF 10 RIGHT", text)
        terminal.press("q")
        terminal.see("Play")
        terminal.press("q")
        assert terminal.wait() == 0
    store.take_in_queue()
    with store.reading() as connection:
        assert sum(card.reviews for card in deck_of(connection, PLAYER).values()) == 10


def test_what_has_been_answered_survives_a_kill(data: Path, store: Store) -> None:
    with Terminal("drill", "spot", "--seconds", "0", data=data) as terminal:
        terminal.see("WHAT WOULD YOU DO?")
        terminal.press("5")
        terminal.see("WHAT IS IT?")
        terminal.press("enter")
        terminal.see("ANSWERED")
        terminal.kill()
    store.take_in_queue()
    with store.reading() as connection:
        assert sum(card.reviews for card in deck_of(connection, PLAYER).values()) == 1


def test_a_shift(data: Path, store: Store) -> None:
    with Terminal("drill", "shift", data=data) as terminal:
        terminal.see("You are on call tonight")
        terminal.press("enter")
        for number in range(1, 6):
            terminal.see(f"page {number} of 5")
            terminal.press("enter")
            assert "Blind incident" in terminal.see("YOU IN CONTROL")
            if number == 1:
                terminal.see("step 2/")  # the world does not wait
            terminal.press("a")
            terminal.see("enter " + ("go on" if number < 5 else "result"))
            terminal.press("enter")
        text = terminal.see("false alarm")
        assert re.search(r"\d OF 5 RESOLVED", text)
        terminal.press("ctrl+c")
        terminal.wait()
    with store.reading() as connection:
        rows = recent_sessions(connection)
    assert [row.drill for row in rows] == ["shift"] * 5
    assert len({row.incident for row in rows}) == 5
    assert not (data / "shift.json").exists()


def play_the_daily(terminal: Terminal) -> None:
    """Alone, and to an end that comes as soon as that of the agent."""
    terminal.see("YOU IN CONTROL")
    step = 0
    while "enter result" not in terminal.text:
        step += 1
        terminal.press("2r"[step % 2])  # two keys of one action: neither is taken for one that is held
        terminal.see(lambda text, step=step: f"step {step}/" in text or "enter result" in text)  # type: ignore[misc]
    terminal.press("enter")


def test_the_daily_twice_and_the_second_try_does_not_count(data: Path, store: Store) -> None:
    day = today_that_lasts()
    with Terminal("drill", "daily", data=data) as terminal:
        terminal.see("The first try counts")
        terminal.press("enter")
        play_the_daily(terminal)
        text = terminal.see("This try counts.")
        line = next(line.strip() for line in text.splitlines() if "par " in line)
        terminal.press("r")
        terminal.see("YOU IN CONTROL")
        terminal.press("a")  # the second time there is help
        terminal.see("enter result")
        terminal.press("enter")
        terminal.see("This try does not count: the first one does.")
        terminal.press("q")
        terminal.see("Play")
        terminal.press("q")
        assert terminal.wait() == 0
        left = terminal.raw.decode(errors="replace").rpartition("\x1b[?1049l")[2]
        assert f"noc-tui daily {day}" in left
        assert line in left
        assert daily_of(day).incident not in left
    with store.reading() as connection:
        entry = daily_entry(connection, PLAYER, day.isoformat())
        rows = recent_sessions(connection)
    assert entry is not None
    assert entry.session == min(row.session for row in rows)
    assert len(rows) == 2


def test_a_recording_is_played_against_on_its_own_seed(data: Path) -> None:
    path = recorded(data)
    with Terminal("drill", "versus", str(path), data=data, size=(120, 40)) as terminal:
        terminal.see("seed 3")
        terminal.see("Ghost")
        terminal.press("1")
        terminal.see("step 1/")
        terminal.see(lambda text: " behind " in text and re.search(r"» ghost +Throttle CPU", text) is not None)
        terminal.press("ctrl+c")
        assert terminal.wait() == 130


def recorded(folder: Path) -> Path:
    """What a colleague has sent."""
    episode = Episode(bundled_incident("cpu_overload"), 3, record=into(folder / "sent"))
    for action in ("throttle_cpu", "throttle_cpu", "do_nothing", "do_nothing"):
        episode.act(action)
    episode.close()
    return path_of(folder / "sent", episode)
