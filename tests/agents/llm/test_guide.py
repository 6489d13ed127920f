"""The guide names every setting, and its examples are valid."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from noc_tui import paths
from noc_tui.agents.llm.profiles import ProfileTable, all_profiles, load_profile

if TYPE_CHECKING:
    import pytest

GUIDE = (Path(__file__).parents[3] / "docs" / "agents.md").read_text(encoding="utf-8")
MODELS = GUIDE.partition("## Models\n")[2].partition("\n## ")[0]


def example(first_line: str) -> str:
    """The indented block that begins with that line."""
    found = re.search(rf"^    {re.escape(first_line)}(?:\n|.)*?(?=^\S)", MODELS, re.MULTILINE)
    assert found
    return dedent(found[0])


def test_the_guide_explains_every_key_of_a_profile() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", MODELS, re.MULTILINE))
    assert set(ProfileTable.model_fields) <= rows


def test_its_profiles_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-of-a-test")
    paths.config_file().parent.mkdir(parents=True)
    paths.config_file().write_text(example("[llm.local]"))
    profiles, problems = all_profiles()
    assert problems == []
    assert [profile.name for profile in profiles] == ["llm:local", "llm:big"]
    assert profiles[1].price is not None


def test_its_variables_are_valid() -> None:
    Path(".env").write_text(example("API_BASE_URL=").partition("noc-tui")[0])
    found = load_profile()
    assert (found.base_url, found.model, found.secret) == ("https://api.openai.com/v1", "gpt-4o-mini", "sk-...")
