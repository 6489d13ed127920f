"""`noc-tui incidents`: the catalog, the user's own files, and what is wrong with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.sim.catalog import default_catalog
from tests.cli.shell import noc

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with the incident `mine` in it."""
    folder = tmp_path / "own"
    folder.mkdir()
    text = (paths.bundled_incidents_dir() / "tls_expiry.toml").read_text()
    (folder / "mine.toml").write_text(text.replace('"tls_expiry"', '"mine"', 1))
    return folder


@pytest.mark.parametrize("command", [("incidents",), ("incidents", "list")])
def test_every_incident_is_a_line(command: tuple[str, ...]) -> None:
    done = noc(*command)
    assert (done.code, done.err) == (0, "")
    assert tuple(line.split()[0] for line in done.lines) == default_catalog().ids


def test_the_list_as_json_is_an_object_a_line() -> None:
    done = noc("incidents", "list", "--format", "json")
    assert tuple(json.loads(line)["id"] for line in done.lines) == default_catalog().ids


def test_a_folder_of_ones_own_is_listed_and_shown(own: Path) -> None:
    assert "mine" in [line.split()[0] for line in noc("incidents", "list", "--incidents", str(own)).lines]
    assert noc("incidents", "show", "mine", "--incidents", str(own)).lines[-1] == f"file: {own / 'mine.toml'}"


def test_a_file_that_cannot_be_used_is_named_and_hides_no_other(own: Path) -> None:
    (own / "bad\x1b[2J.toml").write_text("id = 3")
    done = noc("incidents", "list", "--incidents", str(own))
    assert done.code == 1
    assert len(done.lines) == len(default_catalog().ids) + 1
    assert len(done.err.splitlines()) == 1
    assert "\x1b" not in done.err


def test_an_id_that_stands_twice_names_both_files_wherever_it_is_asked_for(own: Path) -> None:
    other = paths.user_incidents_dir()
    other.mkdir(parents=True)
    (other / "mine.toml").write_text((own / "mine.toml").read_text())
    for command in (
        ("incidents", "list"),
        ("incidents", "show", "mine"),
        ("run", "--agent", "wait", "--incident", "mine"),
    ):
        done = noc(*command, "--incidents", str(own))
        assert done.code != 0
        twice = f"noc-tui: the incident id 'mine' stands twice: in {other / 'mine.toml'} and in {own / 'mine.toml'}"
        assert done.err.strip() == twice
    assert len(noc("incidents", "list", "--incidents", str(own)).lines) == len(default_catalog().ids) - 1


def test_a_folder_of_ones_own_is_played_from(own: Path) -> None:
    done = noc("run", "--agent", "wait", "--incident", "mine", "--incidents", str(own), "--format", "json")
    assert (done.code, json.loads(done.out)["incident"]) == (0, "mine")


def test_several_folders_add_up(own: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "yours.toml").write_text((own / "mine.toml").read_text().replace('"mine"', '"yours"', 1))
    listed = noc("incidents", "list", "--incidents", str(own), "--incidents", str(tmp_path / "more")).lines
    assert {"mine", "yours"} < {line.split()[0] for line in listed}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("show", "nope"), 2),
        (("show", "broken"), 1),
        (("list", "--incidents", "nowhere"), 2),
        (("show", "mine", "--incidents", "broken.toml"), 2),
        (("show",), 2),
    ],
)
def test_wrong_names_are_wrong_use_and_broken_files_are_not(command: tuple[str, ...], code: int) -> None:
    paths.user_incidents_dir().mkdir(parents=True)
    (paths.user_incidents_dir() / "broken.toml").write_text("id = ")
    done = noc("incidents", *command)
    assert (done.code, done.out) == (code, "")
    assert done.err


@pytest.mark.parametrize("columns", [60, 80])
def test_a_summary_is_broken_between_words_for_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = noc("incidents", "show", "retry_storm")
    begin, end = shown.lines.index(""), shown.lines.index("At the page:")
    told = shown.lines[begin:end]
    assert columns - 20 < max(map(len, told)) < columns
    assert " ".join(filter(None, told)) == " ".join(default_catalog().load("retry_storm").summary.split())


def test_showing_an_incident_keeps_what_its_actions_do_for_those_who_ask_for_json() -> None:
    shown = noc("incidents", "show", "memory_leak")
    assert shown.lines[0] == "Memory leak (memory_leak)"
    assert any(line.split()[0] == "Memory" and line.endswith("in breach") for line in shown.lines if line)
    assert "clear_cache" not in shown.out
    (line,) = noc("incidents", "show", "memory_leak", "--format", "json").lines
    assert json.loads(line) == default_catalog().load("memory_leak").definition()
