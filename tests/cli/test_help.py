"""What `--help` says is true, its examples work, and it costs little."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from noc_tui import __version__
from noc_tui.cli.program import app
from tests.cli.shell import PROGRAM, noc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.tui.launch import Launch

README = Path(__file__).parents[2] / "README.md"


def commands(command: Any = None, name: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group, and what to type for it."""
    command = command or get_command(app)
    yield name, command
    if isinstance(command, TyperGroup):
        context = typer.Context(command)
        for inner in command.list_commands(context):
            yield from commands(command.get_command(context, inner), (*name, inner))


COMMANDS = dict(commands())


def examples() -> list[str]:
    """Every example that stands below a help."""
    return [
        line.strip()
        for command in COMMANDS.values()
        for line in command.epilog.splitlines()
        if line.strip().startswith("noc-tui")
    ]


def readme() -> list[str]:
    """Every command of README that runs the program."""
    return [
        line.partition("  #")[0].strip()
        for line in re.findall(r"^ {4}(?:uv run (?:--extra \w+ )?)?(noc-tui .*)$", README.read_text(), re.MULTILINE)
    ]


def takes_the_screen(line: str) -> bool:
    words = line.split()
    shown = {"play", "watch", "replay", "drill", "tutorial"}
    return len(words) == 1 or (words[1] in shown and not {"--verify", "--show", "assign"} & set(words))


def takes_long(line: str) -> bool:
    """Whether it trains, evaluates at length, serves until it is stopped, wants a server, or opens a plan.

    Such commands are run in tests of their own.
    """
    if "--env-url" in line or "--output eval" in line:
        return True
    opens_a_plan = line.split()[1:3] == ["drill", "assign"] and "--incident" not in line
    return opens_a_plan or line.split()[1:2] in (["train"], ["web"], ["serve"])


HEADLESS = sorted({line for line in (*examples(), *readme()) if not takes_the_screen(line) and not takes_long(line)})


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_every_command_has_a_help_of_one_screen_with_examples(name: tuple[str, ...]) -> None:
    done = noc(*name, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.lines[0].startswith(f"Usage: {' '.join(('noc-tui', *name))} ")
    assert len(done.lines) <= 40
    assert max(map(len, done.lines)) <= 80
    assert not re.search(r"^  [a-z]+  .*\.\.\.$", done.out.partition("Commands:")[2], re.MULTILINE)  # cut off
    for example in COMMANDS[name].epilog.splitlines():
        if example.startswith("  noc-tui"):
            assert f"  {example}" in done.lines  # on a line of its own, to be copied


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_what_help_says_of_an_option_is_there(name: tuple[str, ...]) -> None:
    for param in COMMANDS[name].params:
        assert param.help, f"{param.name} of {name} says nothing"


@pytest.mark.parametrize("command", ["play", "watch", "run", "bench"])
def test_help_names_the_trained_policies_that_an_agent_can_be(command: str) -> None:
    (told,) = (param.help for param in COMMANDS[(command,)].params if param.name == "agent")
    assert {"ppo", "policy:FILE"} <= set(told.replace(",", "").split())


def test_examples_show_every_command() -> None:
    shown = {tuple(word for word in line.split()[1:3] if not word.startswith("-")) for line in examples()}
    for name, command in COMMANDS.items():
        assert any(words[: len(name)] == name for words in shown), f"{name} has no example: {command.epilog}"


@pytest.mark.parametrize("line", HEADLESS)
@pytest.mark.usefixtures("recorded")
def test_an_example_that_needs_no_terminal_works(line: str) -> None:
    done = noc(*shlex.split(line)[1:])
    assert done.code == 0, done.err


@pytest.mark.parametrize("line", sorted({line for line in (*examples(), *readme()) if takes_the_screen(line)}))
def test_an_example_that_needs_one_opens_it(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    noc("run", "--agent", "rules", "--incident", "network_congestion")
    launched: list[Launch] = []

    def run_app(launch: Launch) -> int:
        launched.append(launch)
        return 0

    monkeypatch.setattr("noc_tui.tui.app.run_app", run_app)
    done = noc(*shlex.split(line)[1:], terminal=True)
    assert (done.code, done.err) == (0, "")
    assert len(launched) == 1


def test_the_version_is_that_of_the_package() -> None:
    assert noc("--version").out == f"noc-tui {__version__}\n"


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("play", "--help"), ("doctor", "--help")])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", PROGRAM, *arguments], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    heavy = {"textual", "rich", "numpy", "openai", "pydantic", "pydantic_settings", "dotenv", "asyncio", "tomllib"}
    assert not loaded & heavy


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("nope",), "No such command 'nope'"),
        (("--nope",), "No such option: --nope"),
        (("run",), "Missing option '--agent'"),
        (("run", "--agent", "rules", "--format", "xml"), "'xml' is not one of"),
        (("sessions", "list", "--limit", "0"), "not in the range"),
        (("incidents", "show"), "Missing argument"),
        (("play", "cpu_overload", "memory_leak"), "unexpected extra argument"),
    ],
)
def test_wrong_use_gets_the_usage_in_plain_text(arguments: tuple[str, ...], complaint: str) -> None:
    done = noc(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: noc-tui ")
    assert complaint in done.err
    assert done.err.isascii()
