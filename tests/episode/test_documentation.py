"""docs/sessions.md: its examples are lines of the format, its recipes work, it leaves no key out."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.format import parse_event
from scripts.make_schema import TARGET
from tests.episode.builders import ended, eventful

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = TARGET.parent / "sessions.md"


@cache
def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)


def test_the_examples_are_one_of_each_event() -> None:
    examples = [parse_event(block.replace("\n", "").encode()) for block in blocks("json")]
    assert [example.event for example in examples] == [
        "header",
        "step",
        "control",
        "mark",
        "diagnosis",
        "suggestion",
        "end",
    ]


def test_every_key_is_explained() -> None:
    text = DOCUMENT.read_text()
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for name, definition in json.loads(TARGET.read_text())["$defs"].items():
        for key in definition.get("properties", {}):
            assert f"`{key}`" in (text if name == "MarkRecord" else prose), (name, key)


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
@pytest.mark.parametrize("recipe", blocks("sh"))
def test_the_recipes_work(recipe: str, tmp_path: Path) -> None:
    paths = [str(eventful(tmp_path)), str(ended(tmp_path))]
    for path in paths:
        command = recipe.strip().replace("SESSION.jsonl", path).replace("*.jsonl", " ".join(paths))
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
        assert done.stderr == ""
        printed_end = '"end"' in recipe and path == paths[0] and "*" not in recipe
        assert bool(done.stdout) is not printed_end
        assert "null" not in done.stdout.splitlines()
