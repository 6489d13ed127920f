"""`noc-tui incidents validate`: every fault of a file, and how those without one play."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.bench.assess import PLAYERS
from noc_tui.cli import validating
from tests.cli.shell import noc
from tests.sim.damage import damages, odd_files

if TYPE_CHECKING:
    from pathlib import Path


def copied(folder: Path, name: str, source: str = "tls_expiry") -> Path:
    """One of the program's files under another id."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (paths.bundled_incidents_dir() / f"{source}.toml").read_text()
    path = folder / f"{name}.toml"
    path.write_text(text.replace(f'"{source}"', f'"{name}"', 1))
    return path


def test_a_good_file_is_played_by_everybody(tmp_path: Path) -> None:
    path = copied(tmp_path, "mine")
    done = noc("incidents", "validate", str(path), "--seeds", "2")
    assert (done.code, done.err) == (0, "")
    assert done.lines[0].startswith(f"{path}: valid; ")
    assert "2 episodes each, of at most 30 steps" in done.lines[1]
    shown = [line.split()[0] for line in done.lines[3:] if line.startswith("  ")]
    assert shown == ["wait", *PLAYERS[1:]]
    assert " 100 % in " in done.lines[3]


def test_as_json_a_file_is_an_object_a_line(tmp_path: Path) -> None:
    good, bad = copied(tmp_path, "mine"), tmp_path / "bad.toml"
    bad.write_text("max_steps = 0")
    done = noc("incidents", "validate", str(good), str(bad), "--seeds", "3:5", "--format", "json")
    assert done.code == 1
    first, second = map(json.loads, done.lines)
    assert (first["file"], first["valid"], first["incident"], first["episodes"]) == (str(good), True, "mine", 2)
    waiting = first["players"][0]
    assert waiting["player"] == "do_nothing"
    assert (waiting["crashed"], waiting["resolved"], waiting["steps_resolved"]) == (1.0, 0.0, None)
    assert waiting["steps"] == waiting["steps_crashed"]
    assert (second["valid"], second["players"], second["incident"]) == (False, [], None)
    assert f"{bad}: max_steps: expected at least 1, not 0" in second["problems"]


def test_every_fault_is_a_line_that_begins_with_the_file(tmp_path: Path) -> None:
    path = copied(tmp_path, "mine")
    path.write_text("max_stops = 3\nrecofery = 2\n" + path.read_text().replace("recovery = ", "recovery = 1"))
    done = noc("incidents", "validate", str(path))
    assert (done.code, done.err) == (1, "")
    assert done.lines == [
        f"{path}: recovery: expected at most 1.0, not 10.4",
        f"{path}: max_stops: unknown key; did you mean max_steps?",
        f"{path}: recofery: unknown key; did you mean recovery?",
    ]


def test_of_very_many_faults_the_rest_is_counted(tmp_path: Path) -> None:
    path = copied(tmp_path, "mine")
    path.write_text("".join(f"k{number} = 1\n" for number in range(30)) + path.read_text())
    done = noc("incidents", "validate", str(path))
    assert len(done.lines) == 21
    assert done.lines[-1] == f"{path}: and 10 more"


def test_files_folders_and_ids_may_be_mixed(tmp_path: Path) -> None:
    for name in ("one", "two", "_shared", ".hidden"):
        copied(tmp_path / "folder", name)
    copied(paths.user_incidents_dir(), "own")
    single = copied(tmp_path, "single")
    done = noc("incidents", "validate", str(tmp_path / "folder"), "own", str(single), "flaky_nic", "--seeds", "1")
    files = [line.partition(": valid;")[0].rpartition("/")[2] for line in done.lines if ": valid;" in line]
    assert (done.code, files) == (0, ["one.toml", "two.toml", "own.toml", "single.toml", "flaky_nic.toml"])


def test_an_incident_of_a_folder_of_ones_own_goes_by_its_id(tmp_path: Path) -> None:
    copied(tmp_path / "more", "mine")
    done = noc("incidents", "validate", "mine", "--incidents", str(tmp_path / "more"), "--seeds", "1")
    assert (done.code, done.lines[0].partition(": ")[0]) == (0, str(tmp_path / "more" / "mine.toml"))


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("nope", "noc-tui: nope: there is no such incident, or file"),
        ("./nope.toml", "noc-tui: ./nope.toml: there is no such file"),
        ("empty", "noc-tui: empty: holds no incident file, NAME.toml"),
    ],
)
def test_what_is_not_there_is_wrong_use(named: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "here" / "empty").mkdir()
    done = noc("incidents", "validate", "tls_expiry", named)
    assert (done.code, done.out, done.err.strip()) == (2, "", sentence)


def test_seeds_that_are_none_are_wrong_use() -> None:
    done = noc("incidents", "validate", "tls_expiry", "--seeds", "none")
    assert (done.code, done.out) == (2, "")
    assert "seeds 'none'" in done.err


class TestIdsThatStandTwice:
    def test_a_file_elsewhere_is_warned_that_its_id_is_taken(self, tmp_path: Path) -> None:
        path = tmp_path / "tls_expiry.toml"
        shutil.copy(paths.bundled_incidents_dir() / "tls_expiry.toml", path)
        done = noc("incidents", "validate", str(path), "--seeds", "1")
        taken = paths.bundled_incidents_dir() / "tls_expiry.toml"
        assert done.code == 0
        assert done.lines[-1] == (
            f"{path}: warning: the id 'tls_expiry' stands in {taken} too; one of the two needs another"
        )

    def test_where_incidents_are_looked_for_neither_can_be_used(self) -> None:
        own = paths.user_incidents_dir()
        own.mkdir(parents=True)
        bundled = paths.bundled_incidents_dir() / "tls_expiry.toml"
        shutil.copy(bundled, own)
        done = noc("incidents", "validate", "tls_expiry", "--seeds", "1")
        twice = "the id 'tls_expiry' stands in {} too; one of the two needs another"
        assert done.code == 1
        assert done.lines == [
            f"{bundled}: {twice.format(own / 'tls_expiry.toml')}",
            f"{own / 'tls_expiry.toml'}: {twice.format(bundled)}",
        ]


def test_no_damage_ends_the_program_or_reaches_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    some = list(damages())[::9]
    for number, damage in enumerate(some):
        (folder / f"damaged{number:03}.toml").write_bytes(damage.content)
    odd = [str(path) for path, _ in odd_files(tmp_path).values() if path.is_symlink() or path.exists()]
    done = noc(
        "incidents", "validate", str(folder), *(path for path in odd if not path.endswith("folder/damaged.toml"))
    )
    assert (done.code, done.err) == (1, "")
    told = {line.partition(".toml: ")[0].rpartition("/")[2] for line in done.lines}
    assert {f"damaged{number:03}" for number in range(len(some))} <= told
    assert all(line.isprintable() for line in done.lines)


class TestProgress:
    @pytest.fixture
    def seconds(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """The clock of the command; its first entry is what it says."""
        clock = [0.0]

        class Time:
            @staticmethod
            def monotonic() -> float:
                return clock[0]

        monkeypatch.setattr(validating, "time", Time)
        return clock

    def test_a_terminal_is_told_who_plays_once_it_takes_long(
        self, monkeypatch: pytest.MonkeyPatch, seconds: list[float]
    ) -> None:
        from noc_tui.bench import assess

        def limit(_: object) -> int:
            seconds[0] += 0.3  # it is asked for at the start of every episode
            return 1

        monkeypatch.setattr(assess, "_limit", limit)
        done = noc("incidents", "validate", "tls_expiry", "--seeds", "2", terminal=True)
        lines = done.err.split("\r")
        assert lines[1].startswith("tls_expiry.toml: ")
        assert lines[1].removesuffix("\x1b[K").endswith(" of 2 episodes over")
        assert lines[-1] == "\x1b[K"
        assert "\x1b" not in done.out

    def test_what_is_quick_or_has_no_terminal_says_nothing(self, seconds: list[float]) -> None:
        assert noc("incidents", "validate", "tls_expiry", "--seeds", "1", terminal=True).err == ""
        seconds[0] = 100.0
        assert noc("incidents", "validate", "tls_expiry", "--seeds", "1").err == ""
