"""The agent that the guide shows is installed as the guide says, and plays."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from noc_tui.agents.registry import make_agent
from noc_tui.bench.run import play_episode
from noc_tui.episode.episode import Episode
from tests.agents.samples import install
from tests.factories import bundled_incident

if TYPE_CHECKING:
    import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "agents.md"


def block(language: str) -> str:
    """The first block of that language."""
    found = re.search(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


async def test_the_guides_agent_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header, _, entry_points = block("toml").partition("\n")
    assert header == '[project.entry-points."noc_tui.agents"]'
    install(tmp_path, entry_points.replace('"', ""), code=block("python"), module="acme_agents")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        agent = make_agent("acme:0.7", seed=1)
    finally:
        sys.modules.pop("acme_agents", None)
    episode = Episode(bundled_incident("cpu_overload"), 1, driver=agent.name)
    result = await play_episode(agent, episode)
    assert result.outcome != "void"
    assert episode.uses(episode.steps)[2] > 0
