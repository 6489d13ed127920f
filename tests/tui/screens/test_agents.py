"""Choosing who drives, and testing the connection to a model."""

from __future__ import annotations

import pytest

from noc_tui import paths
from noc_tui.agents.registry import BUILT_IN
from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.agents import AgentsScreen
from noc_tui.tui.screens.home import HomeScreen
from tests.llm_server import LLMServer, Turn, failure
from tests.tui.cockpit import Cockpit, cockpit, playing
from tests.tui.model import KEY

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


async def agents(pit: Cockpit) -> AgentsScreen:
    """Open the screen from home."""
    await pit.press("a")
    await pit.settle()
    assert isinstance(pit.app.screen, AgentsScreen)
    return pit.app.screen


@SIZES
async def test_every_agent_is_listed_and_the_one_that_takes_over_is_marked(
    server: LLMServer, size: tuple[int, int]
) -> None:
    async with cockpit(Launch("home"), size=size) as pit:
        await agents(pit)
        lines = pit.text().splitlines()
        for agent in BUILT_IN:
            assert any(f" {agent.name}" in line for line in lines)
        assert any("● rules" in line for line in lines)
        assert "rules takes over on a" in lines[0]
        assert any(f"sample-1 at {server.host}" in line for line in lines)


@SIZES
async def test_of_a_model_host_model_and_whether_there_is_a_key_are_told(
    server: LLMServer, size: tuple[int, int]
) -> None:
    async with cockpit(Launch("home"), size=size) as pit:
        await agents(pit)
        await pit.press("end")
        text = pit.text()
        assert "Model  sample-1" in text
        assert f"Host   {server.host}" in text
        assert "Key    set" in text
        assert "Price  unknown" in text
        assert "Not tested yet." in text
        assert KEY not in text


async def test_the_chosen_agent_takes_over_from_then_on(server: LLMServer) -> None:
    async with cockpit(Launch("home")) as pit:
        await agents(pit)
        await pit.press("end", "enter")
        assert isinstance(pit.app.screen, HomeScreen)
        assert "llm takes over on a" in pit.told()
        assert str(paths.config_file()) in pit.told()
        pit.app.open(playing("cpu_overload"))
        await pit.settle()
        await pit.press("a")
        assert pit.episode.driver == "llm"
        assert len(server.received) == 1
        await pit.press("1")


async def test_t_asks_the_model_once_and_tells_that_it_works(server: LLMServer) -> None:
    async with cockpit(Launch("home")) as pit:
        await agents(pit)
        await pit.press("end", "t")
        await pit.settle()
        assert f"✓ llm: sample-1 at {server.host} answers by tool call in" in pit.text()
        assert len(server.received) == 1


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (failure(401, f"Incorrect API key: {KEY}"), "does not accept the API key (401)"),
        (failure(404, "[b]no[/b]"), "knows no model sample-1"),
        (failure(429, "used up", code="insufficient_quota"), "is used up (429)"),
        (Turn(content="hm"), "gave no answer that can be used"),
    ],
)
async def test_t_tells_what_is_wrong_and_never_the_key(server: LLMServer, turn: Turn, says: str) -> None:
    server.turns.clear()
    server.policy = lambda _: turn
    async with cockpit(Launch("home")) as pit:
        await agents(pit)
        await pit.press("end", "t")
        await pit.settle()
        assert says in " ".join(pit.text().split())
        assert KEY not in pit.text()


async def test_what_has_no_connection_cannot_be_tested(server: LLMServer) -> None:
    async with cockpit(Launch("home")) as pit:
        await agents(pit)
        await pit.press("home")
        assert "t test" not in pit.text()
        await pit.press("t")
        assert server.received == []


async def test_what_needs_a_file_cannot_be_chosen_and_says_how_it_can(server: LLMServer) -> None:
    async with cockpit(Launch("home")) as pit:
        screen = await agents(pit)
        await pit.press("home", *["down"] * [agent.name for agent in BUILT_IN].index("script"))
        assert "noc-tui play --agent script:FILE" in pit.text()
        assert "enter choose" not in pit.text()
        await pit.press("enter")
        assert pit.app.screen is screen
        assert pit.app.preferences.agent == "rules"


@SIZES
async def test_without_a_model_it_is_told_what_to_put_where(alone: None, size: tuple[int, int]) -> None:
    async with cockpit(Launch("home"), size=size) as pit:
        await agents(pit)
        text = pit.text()
        assert "No model yet." in text
        assert "API_BASE_URL=http://" in text
        assert "MODEL_NAME=" in text
        if size[1] > 24:
            assert "[llm]" in text
            assert str(paths.config_file())[-12:] in text


async def test_a_profile_that_cannot_be_used_is_told(server: LLMServer) -> None:
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().write_text('[llm.odd]\nbase_url = "nowhere"\nmodel = "m"\n')
    async with cockpit(Launch("home")) as pit:
        await agents(pit)
        assert "llm.odd: base_url: should be a URL" in pit.told()


async def test_leaving_chooses_nobody(server: LLMServer) -> None:
    async with cockpit(Launch("home")) as pit:
        await agents(pit)
        await pit.press("end", "escape")
        assert isinstance(pit.app.screen, HomeScreen)
        assert pit.app.preferences.agent == "rules"
