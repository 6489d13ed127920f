"""Every block of code in README and docs is run by a test: this says by which, and runs what nobody else does.

What the program's own commands do: `tests/test_doc_commands.py`.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from typer._click import core

from noc_tui import paths
from noc_tui.agents.registry import BUILT_IN
from noc_tui.agents.script import read_script
from noc_tui.episode.episode import Episode
from noc_tui.preferences import load_preferences
from noc_tui.sim.actions import ActionType
from noc_tui.sim.simulator import SystemSimulator
from tests.cli.shell import noc
from tests.factories import bundled_incident

ROOT = Path(__file__).parents[1]
PAGES = {page.name: page.read_text("utf-8") for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BLOCKS = {
    name: [
        dedent(block).strip("\n")
        for block in re.findall(
            r"^(?: {4}.*\n|\n(?= {4}))+", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE
        )
    ]
    for name, text in PAGES.items()
}
"""Each page's indented blocks."""

RUN_BY = {
    ("README.md", "python"): ("tests/test_readme.py", "tests/server/test_documentation.py"),
    ("README.md", "toml"): ("tests/test_docs.py",),
    ("agents.md", "python"): ("tests/agents/test_docs.py",),
    ("agents.md", "toml"): ("tests/agents/test_docs.py",),
    ("environments.md", "python"): ("tests/server/test_documentation.py", "tests/gym/test_rllib.py"),
    ("gymnasium.md", "python"): ("tests/gym/test_documentation.py",),
    ("incidents.md", "toml"): ("tests/sim/test_incident_docs.py",),
    ("keys.md", "toml"): ("tests/test_keys_page.py",),
    ("sessions.md", "json"): ("tests/episode/test_documentation.py",),
    ("sessions.md", "sh"): ("tests/episode/test_documentation.py",),
}
"""Each page and language of a fenced block, and the tests that run all of these."""

OTHERS = {
    ("agents.md", "# shed load first"): "tests/test_docs.py",
    ("agents.md", "API_BASE_URL="): "tests/agents/llm/test_guide.py",
    ("agents.md", "[llm.local]"): "tests/agents/llm/test_guide.py",
    ("architecture.md", "cli "): "tests/test_docs.py",
    ("environments.md", "pip install"): "tests/test_docs.py",
    ("environments.md", "docker build"): "tests/server/test_container.py",
    ("environments.md", "openenv validate"): "tests/server/test_validation.py",
    ("evaluation.md", "pip install"): "tests/test_docs.py",
    ("gymnasium.md", "pip install"): "tests/test_docs.py",
    ("incidents.md", "full_disk.toml: "): "tests/sim/test_incident_docs.py",
    ("incidents.md", "#:schema"): "tests/sim/test_incident_schema.py",
    ("incidents.md", "uv run python -m scripts.make_incident_table"): "tests/bench/test_incident_table.py",
    ("README.md", "pip install uv && uv run pytest"): "tests/test_docs.py",
    ("review.md", "from noc_tui"): "tests/test_docs.py",
    ("review.md", "9 steps ="): "tests/review/test_session.py",
    ("simulator.md", "from noc_tui"): "tests/test_docs.py",
    ("simulator.md", "health ="): "tests/sim/test_metrics.py",
    ("simulator.md", "p = min("): "tests/sim/test_rules.py",
    ("simulator.md", "incident feeds itself"): "tests/sim/test_rules.py",  # no block: a list goes on
    ("simulator.md", "raw = "): "tests/sim/test_rules.py",
    ("simulator.md", "import numpy"): "tests/sim/test_batch.py",
}
"""How each indented block begins that begins with no command of the program, and the test that is about it."""


def command_of(line: str) -> str | None:
    """The command of the program that a line is, without what explains it."""
    found = re.match(r"(?:[A-Z_]+=\S+ )*(?:.* && )?(?:uv run (?:--no-dev )?(?:--extra \w+ )?)?(noc-tui\b.*)", line)
    return re.split(r" {2,}", found[1])[0] if found else None


def commands() -> dict[str, list[str]]:
    """Every command of the program that stands in a page, and its arguments; of what can be chosen, the first."""
    return {
        f"{name}: {told}": shlex.split(re.sub(r"\|\S+", "", told.replace("...", "")))[1:]
        for name, blocks in BLOCKS.items()
        for told in filter(None, map(command_of, "\n".join(blocks).splitlines()))
    }


COMMANDS = commands()


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that have been called, none of which does anything."""
    called: list[str] = []

    def invoke(_: Any, context: Any) -> None:
        called.append(context.command_path)

    monkeypatch.setattr(core.Command, "invoke", invoke)
    return called


def test_who_runs_the_fenced_blocks_is_known() -> None:
    found = {
        (name, language)
        for name, text in PAGES.items()
        for language in re.findall(r"^```(\w*)\n.*?^```$", text, re.DOTALL | re.MULTILINE)
    }
    assert found == set(RUN_BY)
    for tests in RUN_BY.values():
        for test in tests:
            assert "```" in (ROOT / test).read_text("utf-8"), f"{test} looks for no block"


def test_who_runs_an_indented_block_is_known() -> None:
    met = set()
    for name, blocks in BLOCKS.items():
        for block in blocks:
            found = {(page, beginning) for page, beginning in OTHERS if page == name and block.startswith(beginning)}
            met |= found
            assert found or all(map(command_of, block.splitlines())), block
    assert met == set(OTHERS)
    for test in OTHERS.values():
        assert (ROOT / test).exists(), test


@pytest.mark.parametrize("line", ["play --nope", "play a b", "drill nope", "bench report --seeds 3"])
def test_what_is_none_would_be_noticed(line: str, called: list[str]) -> None:
    assert noc(*line.split(), terminal=True).code == 2


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_one_with_these_arguments(line: str, called: list[str]) -> None:
    done = noc(*COMMANDS[line], terminal=True)
    assert (done.code, done.err) == (0, ""), done.err
    assert called


def test_an_agent_that_a_command_names_is_one() -> None:
    known = {agent.name for agent in BUILT_IN} | {"acme"}  # the one that agents.md shows how to make
    named = {
        after for arguments in COMMANDS.values() for before, after in pairwise(arguments)
        if before == "--agent"
    }  # fmt: skip
    assert {"rules", "ppo", "llm"} <= named
    assert {name.partition(":")[0] for name in named} <= known


def test_what_is_to_be_installed_is_an_extra_of_the_project() -> None:
    text = "\n".join(PAGES.values())
    extras = set(re.findall(r"noc-tui\[(\w+)\]", text)) | set(re.findall(r"--extra (\w+)", text))
    assert extras
    assert extras <= set(SETTINGS["project"]["optional-dependencies"])


def test_a_module_that_is_to_be_run_is_there() -> None:
    modules = {
        module for text in PAGES.values() for module in re.findall(r"python -m ((?:scripts|benchmarks)\.\w+)", text)
    }
    assert modules
    assert {module for module in modules if find_spec(module) is None} == set()


def test_the_settings_of_the_readme_are_settings() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", PAGES["README.md"], re.DOTALL | re.MULTILINE)
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().write_text(example)
    found = load_preferences()
    assert found.notices == ()
    assert (found.theme, found.agent, found.keys) == ("noc-light", "rules", {"act.scale_up": "x"})


def test_the_layers_of_the_architecture_are_those_of_the_contract() -> None:
    contract = SETTINGS["tool"]["importlinter"]["contracts"][0]["layers"]
    drawn = [line[:30].split() for line in BLOCKS["architecture.md"][0].splitlines()]
    assert drawn == [re.findall(r"noc_tui\.(\w+)", layer) for layer in contract]


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_links_to_is_there(name: str) -> None:
    folder = ROOT if name == "README.md" else ROOT / "docs"
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", PAGES[name]):
        path, _, part = target.partition("#")
        page = folder / path if path else folder / name
        assert page.exists(), target
        if part:
            headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
            assert part in {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}, target


def python(name: str) -> list[str]:
    """The indented blocks of a page that are Python."""
    blocks = re.findall(r"^(?: {4}.*\n|\n(?= {4}))+", PAGES[name], re.MULTILINE)
    return [code for code in map(dedent, blocks) if re.match(r"\n*(?:from|import) ", code)]


def test_every_page_with_indented_python_is_run() -> None:
    assert {name: len(python(name)) for name in PAGES if python(name)} == {"review.md": 1, "simulator.md": 2}


def test_the_script_of_the_agents_page_is_one(tmp_path: Path) -> None:
    (example,) = (block for block in BLOCKS["agents.md"] if block.startswith("# shed load"))
    (tmp_path / "script").write_text(example)
    assert [str(action) for action in read_script(tmp_path / "script")] == [
        "throttle_cpu", "throttle_cpu", "scale_up", "do_nothing",
    ]  # fmt: skip


def test_the_python_of_the_review_page_runs() -> None:
    (code,) = python("review.md")
    episode = Episode(bundled_incident("cpu_overload"), 7)
    for action in (ActionType.THROTTLE_CPU, ActionType.SCALE_UP):
        episode.act(action)
    simulator = SystemSimulator(7)
    simulator.reset("cpu_overload")
    names: dict[str, Any] = {"track": episode, "step": 1, "simulator": simulator, "progress": lambda *_: None}
    exec(code, names)  # noqa: S102  (our own page)
    assert len(names["review"].moves) == 2
    assert names["move"].action == "throttle_cpu"


def test_the_python_of_the_simulators_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    first, _batch = python("simulator.md")  # the other is run in tests/sim/test_batch.py
    exec(first, {})  # noqa: S102  (our own page)
    assert "Throttle CPU" in capsys.readouterr().out
