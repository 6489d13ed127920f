"""Shell completion: as the scripts ask for it that `--show-completion` prints."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.sim.catalog import default_catalog
from tests.cli.shell import PROGRAM, noc, program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> Completing:
    return Completing(monkeypatch)


class Completing:
    """What bash is offered for a command line, of which the last word is being typed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, line: str) -> list[str]:
        self._monkeypatch.setenv("_NOC_TUI_COMPLETE", "complete_bash")
        self._monkeypatch.setenv("COMP_WORDS", line)
        self._monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        done = noc()
        self._monkeypatch.delenv("_NOC_TUI_COMPLETE")
        assert (done.code, done.err) == (0, "")
        return [line for line in done.lines if line]


def test_commands_and_options(complete: Completing) -> None:
    assert complete("noc-tui sess") == ["sessions"]
    assert complete("noc-tui play --see") == ["--seed"]
    assert complete("noc-tui play --pace ") == ["turn", "live"]


@pytest.mark.parametrize("command", ["play", "watch", "incidents show"])
def test_incidents(complete: Completing, command: str) -> None:
    assert complete(f"noc-tui {command} me") == ["memory_leak"]
    assert tuple(complete(f"noc-tui {command} ")) == default_catalog().ids


def test_incidents_of_the_folder_that_is_named(complete: Completing, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").touch()
    assert complete(f"noc-tui play --incidents {tmp_path} mi") == ["mine"]


def test_incidents_and_groups_of_a_run(complete: Completing) -> None:
    assert complete("noc-tui run --incident c") == [
        "classic", "cpu_overload", "cache_stampede", "cold_standby", "conn_pool_exhaustion",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["play", "watch", "run"])
def test_agents(complete: Completing, command: str) -> None:
    assert complete(f"noc-tui {command} --agent r") == ["random", "rules"]


@pytest.mark.parametrize("command", ["replay", "sessions show", "sessions export", "sessions delete"])
def test_sessions(complete: Completing, command: str, recorded: Path) -> None:
    assert complete(f"noc-tui {command} ") == ["last", recorded.stem]
    assert complete(f"noc-tui {command} {recorded.stem[:20]}") == [recorded.stem]


def test_of_many_sessions_the_newest_are_offered(complete: Completing) -> None:
    paths.sessions_dir().mkdir(parents=True)
    for number in range(1000):
        (paths.sessions_dir() / f"S{number:04}.jsonl").touch()
    offered = complete("noc-tui replay S")
    assert offered[0] == "S0999"
    assert len(offered) == 50


def test_a_name_that_a_shell_would_trip_over_is_not_offered(complete: Completing) -> None:
    paths.sessions_dir().mkdir(parents=True)
    for name in ("a b", "$(id)", "a\nb", "`id`", "\x1b[31m", "é", "-rf"):
        (paths.sessions_dir() / f"{name}.jsonl").touch()
    assert complete("noc-tui replay ") == ["last"]


@pytest.mark.parametrize(
    "line",
    [
        "noc-tui play nope",
        "noc-tui play --seed x me",
        "noc-tui play --incidents /nowhere mi",
        "noc-tui replay zzz",
        "noc-tui play 'unclosed",
    ],
)
def test_what_is_wrong_in_the_line_says_nothing(complete: Completing, line: str) -> None:
    assert set(complete(line)) <= {"memory_leak"}


def test_what_breaks_completes_nothing_and_says_nothing(complete: Completing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr("noc_tui.sim.catalog.catalog_of", broken)
    monkeypatch.setattr("noc_tui.agents.registry.agent_names", broken)
    monkeypatch.setattr("noc_tui.paths.sessions_dir", broken)
    assert complete("noc-tui play ") == []
    assert complete("noc-tui run --agent ") == []
    assert complete("noc-tui replay ") == []


def test_incidents_and_sessions_are_completed_without_what_is_heavy(tmp_path: Path) -> None:
    for words in ("noc-tui play me", "noc-tui replay la", "noc-tui play --pa"):
        env = {
            "_NOC_TUI_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": "2",
            "PYTHONPROFILEIMPORTTIME": "1",
        }
        done = program(env=env)
        assert done.stdout.strip()
        loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert "noc_tui.cli.program" in loaded
        assert not loaded & {"textual", "rich", "numpy", "openai", "pydantic"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_completion_is_installed_for_bash_and_works_there(tmp_path: Path) -> None:
    script = f"""
        PATH={PROGRAM.rpartition("/")[0]}:$PATH
        noc-tui --install-completion >/dev/null || exit 3
        . ~/.bashrc
        COMP_WORDS=(noc-tui play mem); COMP_CWORD=2
        _noc_tui_completion noc-tui
        echo "${{COMPREPLY[@]}}"
    """
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(["bash", "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "memory_leak\n"), done.stderr
