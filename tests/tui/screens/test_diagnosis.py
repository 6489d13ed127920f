"""Naming the incident: the key, the list, what is recorded, and what the debrief and the replay make of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from noc_tui import paths
from noc_tui.agents import registry
from noc_tui.agents.base import InstantAgent
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.totals import diagnosis_of
from noc_tui.sim.actions import ActionType
from noc_tui.tui.actions import BY_ID
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.debrief import DebriefScreen
from noc_tui.tui.screens.diagnosis import DiagnosisScreen, candidates_of
from noc_tui.tui.screens.play import PlayScreen
from noc_tui.tui.summary import diagnosed
from tests.episode.builders import path_of
from tests.factories import bundled_incident, make_incident
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit, playing

if TYPE_CHECKING:
    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import Decision

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])


def blind_launch(*, max_steps: int = 6) -> Launch:
    """An expired certificate that has been begun, and nobody knows it."""
    episode = shelf.begin("tls_expiry", 11, ["do_nothing"], blind=True, max_steps=max_steps)
    episode.close()
    return Launch("play", session=path_of(paths.sessions_dir(), episode))


def named(pit: Cockpit) -> list[tuple[int, str]]:
    """What the file has been told."""
    with SessionFile.open(paths.sessions_dir() / f"{pit.episode.header.session}.jsonl") as session:
        return [(each.step, each.incident) for each in session.diagnoses]


async def diagnose(pit: Cockpit, words: str) -> None:
    """Open the list, type, accept."""
    await pit.press("d")
    await pit.settle()
    assert isinstance(pit.app.screen, DiagnosisScreen)
    await pit.press(*(letter if letter != " " else "space" for letter in words), "enter")
    assert isinstance(pit.app.screen, PlayScreen)


# --- the key


async def test_d_lets_the_player_name_the_incident_and_the_log_says_so() -> None:
    async with cockpit(blind_launch()) as pit:
        assert "d diagnose" in pit.text().splitlines()[-1]
        await diagnose(pit, "certificate")
        assert named(pit) == [(1, "tls_expiry")]
        assert any("> you " in line and "diagnosed: tls_expiry" in line for line in pit.text().splitlines())
        assert "diagnosis: tls_expiry" in pit.text().splitlines()[0]
        assert pit.episode.steps == 1  # no step is taken


async def test_it_can_be_changed_and_the_list_begins_at_what_was_named_last() -> None:
    async with cockpit(blind_launch()) as pit:
        await diagnose(pit, "syn")
        await pit.press("1", "d")
        await pit.settle()
        assert any("▸ SYN flood" in line for line in pit.text().splitlines())
        await pit.press(*"dns", "enter")
        assert named(pit) == [(1, "syn_flood"), (2, "dns_failure")]


async def test_escape_names_nothing() -> None:
    async with cockpit(blind_launch()) as pit:
        await pit.press("d", "escape")
        assert isinstance(pit.app.screen, PlayScreen)
        assert named(pit) == []


async def test_an_episode_that_is_not_blind_has_no_such_key() -> None:
    async with cockpit(playing()) as pit:
        assert "diagnose" not in pit.text()
        await pit.press("d")
        assert isinstance(pit.app.screen, PlayScreen)
        assert not pit.play.can_do(BY_ID["diagnose"])


async def test_after_the_end_there_is_nothing_left_to_name() -> None:
    async with cockpit(blind_launch(max_steps=2)) as pit:
        await pit.press("1")
        assert pit.episode.done
        assert "diagnose" not in pit.text().splitlines()[-1]
        await pit.press("d")
        assert isinstance(pit.app.screen, PlayScreen)


# --- the list


@SIZES
async def test_the_list_fits_and_all_incidents_are_in_it(size: tuple[int, int]) -> None:
    async with cockpit(blind_launch(), size=size) as pit:
        await pit.press("d")
        await pit.settle()
        text = pit.text()
        assert "Backup window" in text
        assert "enter name it" in text
        assert all(len(line) <= size[0] for line in text.splitlines())
        await pit.press(*["pagedown"] * 8)
        assert "▸ SYN flood" in pit.text()


async def test_arrows_move_the_cursor_while_the_filter_is_typed() -> None:
    async with cockpit(blind_launch()) as pit:
        await pit.press("d")
        await pit.settle()
        await pit.press(*"leak", "down")
        assert "▸ Slow leak" in pit.text()
        await pit.press("up")
        assert "▸ Memory leak" in pit.text()
        await pit.press("enter")
        assert named(pit) == [(1, "memory_leak")]


async def test_a_filter_that_leaves_nothing_says_so_and_names_nothing() -> None:
    async with cockpit(blind_launch()) as pit:
        await pit.press("d")
        await pit.settle()
        await pit.press(*"zzz", "enter")
        assert isinstance(pit.app.screen, DiagnosisScreen)
        assert "No incident has that in it." in pit.text()
        await pit.press("escape")
        assert named(pit) == []


async def test_the_summaries_are_not_in_it() -> None:
    async with cockpit(blind_launch(), size=(120, 40)) as pit:
        await pit.press("d")
        await pit.settle()
        for name in ("tls_expiry", "cpu_overload", "dns_failure"):
            assert bundled_incident(name).summary[:24] not in pit.text()


def test_the_incident_in_play_stands_among_the_others_even_where_the_catalog_lacks_it() -> None:
    own = make_incident(id="mine", title="Mine")
    others = [bundled_incident("tls_expiry"), bundled_incident("cpu_overload")]
    assert [each.incident for each in candidates_of(others, own)] == ["cpu_overload", "tls_expiry", "mine"]
    assert candidates_of(others, others[0]) == candidates_of(others, others[1])


# --- what comes of it


async def test_the_debrief_says_whether_it_was_right_and_since_when() -> None:
    async with cockpit(blind_launch(max_steps=4)) as pit:
        await diagnose(pit, "tls")
        await pit.press("1")
        await diagnose(pit, "syn")
        await pit.press("1", "1", "enter")
        await pit.settle()
        assert isinstance(pit.app.screen, DebriefScreen)
        told = str(pit.app.screen.query_one("#facts", Static).content)
        assert re.search(r"Diagnosis +! wrong: syn_flood\n", told)
        assert re.search(r"Recognised +at step 1, after \d", told)


@pytest.mark.parametrize(
    ("names", "verdict", "first"),
    [
        (("syn_flood", "tls_expiry"), "✓ right: tls_expiry", "at step 1, after 0 s"),
        (("syn_flood",), "! wrong: syn_flood", "never"),
    ],
)
def test_what_was_named_last_counts(names: tuple[str, ...], verdict: str, first: str) -> None:
    episode = shelf.begin("tls_expiry", actions=(), blind=True, max_steps=2)
    for name in names:
        episode.diagnose(name)
        episode.act("do_nothing")
    while not episode.done:
        episode.act("do_nothing")
    assert list(diagnosed(diagnosis_of(episode))) == [("Diagnosis", verdict), ("Recognised", first)]


async def test_the_replay_has_a_marker_and_a_log_line_where_it_was_named() -> None:
    launch = blind_launch()
    async with cockpit(launch) as pit:
        await pit.press("1")
        await diagnose(pit, "syn")
        await pit.press("1", "q")
        pit.app.open(Launch("replay", session=launch.session))
        await pit.settle()
        assert "you diagnosed: syn_flood" in [tick.label for tick in pit.replay.player.ticks if tick.step == 2]
        assert "diagnosed: syn_flood" not in pit.text()
        await pit.press("end")
        assert "diagnosed: syn_flood" in pit.text()


def test_who_named_it_is_told_where_it_was_an_agent() -> None:
    episode = shelf.begin("tls_expiry", blind=True, max_steps=3)
    episode.diagnose("tls_expiry", driver="llm")
    episode.act("do_nothing")
    assert dict(diagnosed(diagnosis_of(episode)))["Diagnosis"] == "✓ right: tls_expiry, by llm"


class Sure(InstantAgent):
    """Has made up its mind."""

    async def decide(self, observation: Observation) -> Decision:
        return replace(await super().decide(observation), diagnosis="dns_failure")

    def choose(self, observation: Observation) -> tuple[ActionType, str]:
        return ActionType.DO_NOTHING, f"It was clear from step {observation.step} on."


async def test_what_an_agent_names_is_recorded_once_and_stands_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._SIMPLE, "wait", lambda _: Sure("sure"))
    async with cockpit(blind_launch(), size=(120, 80), agent="wait") as pit:
        await pit.press("a")
        for _ in range(3):
            await pit.pass_time(1.1)
        assert pit.episode.steps > 2
        assert named(pit) == [(1, "dns_failure")]
        said = [line for line in pit.text().splitlines() if "diagnosed: dns_failure" in line]
        assert len(said) == 1
        assert "sure" in said[0]
