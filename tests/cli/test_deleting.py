"""`noc-tui sessions delete` and `prune`: nothing goes without a yes, and nothing that is being recorded goes at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.clock import FrozenClock
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ActionType
from tests.cli.shell import noc
from tests.episode.builders import into
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from pathlib import Path


def record(*, days_ago: float, close: bool = True) -> Episode:
    """A session of one step that began so long ago."""
    clock = FrozenClock(at=datetime.now(UTC) - timedelta(days=days_ago))
    episode = Episode(bundled_incident("memory_leak"), 1, record=into(paths.sessions_dir()), clock=clock)
    episode.act(ActionType.CLEAR_CACHE)
    if close:
        episode.close()
    return episode


def kept() -> set[str]:
    return {path.stem for path in paths.sessions_dir().iterdir()}


def names(*episodes: Episode) -> set[str]:
    return {episode.header.session for episode in episodes}


def test_delete_asks_and_shows_what_it_asks_about(recorded: Path) -> None:
    done = noc("sessions", "delete", "last", typed="y\n", terminal=True)
    assert done.code == 0
    assert done.lines[0].startswith(recorded.stem[-8:])
    assert "Delete 1 session? [y/N]" in done.out
    assert not recorded.exists()


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "perhaps\n"])
def test_what_is_no_yes_deletes_nothing(recorded: Path, answer: str) -> None:
    done = noc("sessions", "delete", "last", typed=answer, terminal=True)
    assert done.code == 1
    assert "nothing has been deleted" in done.err
    assert recorded.exists()


def test_where_nobody_can_be_asked_nothing_is_deleted(recorded: Path) -> None:
    done = noc("sessions", "delete", "last", typed="y\n")
    assert done.code == 2
    assert "--yes" in done.err
    assert recorded.exists()


def test_a_session_that_is_named_twice_is_deleted_once(recorded: Path) -> None:
    done = noc("sessions", "delete", "last", recorded.stem, str(recorded), "--yes")
    assert (done.code, done.out, done.err) == (0, f"deleted {recorded.stem}\n", "")


def test_one_name_that_is_wrong_keeps_all(recorded: Path) -> None:
    assert noc("sessions", "delete", "last", "nope", "--yes").code == 2
    assert recorded.exists()


@pytest.mark.parametrize(("name", "content"), [("notes.jsonl", '{"a": 1}\n'), ("empty.jsonl", "")])
def test_a_file_that_is_no_session_is_not_deleted(tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content)
    done = noc("sessions", "delete", str(file), "--yes")
    assert done.code == 1
    assert "is no noc-tui session" in done.err
    assert file.exists()


def test_a_session_under_another_kind_of_name_is_not_deleted(recorded: Path, tmp_path: Path) -> None:
    other = recorded.rename(tmp_path / "run.txt")
    assert noc("sessions", "delete", str(other), "--yes").code == 1
    assert other.exists()


def test_a_damaged_session_can_be_deleted(recorded: Path) -> None:
    recorded.write_text(recorded.read_text().replace('"version":1,', '"version":1,"more":2,', 1))
    assert noc("sessions", "delete", "last", "--yes").code == 0
    assert not recorded.exists()


def test_what_is_being_recorded_is_not_deleted_and_the_others_are() -> None:
    old, live = record(days_ago=1), record(days_ago=0, close=False)
    done = noc("sessions", "delete", *names(old, live), "--yes")
    assert done.code == 1
    assert "is being recorded" in done.err
    assert kept() == names(live)


def test_prune_wants_to_be_told_what(recorded: Path) -> None:
    assert noc("sessions", "prune", "--yes").code == 2
    assert noc("sessions", "prune", "--older-than", "soon", "--yes").code == 2
    assert recorded.exists()


def test_prune_by_age_keeps_what_is_younger() -> None:
    old, young = record(days_ago=31), record(days_ago=29)
    assert noc("sessions", "prune", "--older-than", "30d", "--yes").code == 0
    assert kept() == names(young)
    assert old.header.session not in kept()


@pytest.mark.parametrize(("age", "left"), [("3h", 0), ("5h", 1), ("99999w", 1)])
def test_an_age_is_of_hours_days_or_weeks(age: str, left: int) -> None:
    record(days_ago=4 / 24)
    noc("sessions", "prune", "--older-than", age, "--yes")
    assert len(kept()) == left


def test_prune_by_number_keeps_the_newest() -> None:
    episodes = [record(days_ago=days) for days in (3, 2, 1)]
    assert noc("sessions", "prune", "--keep", "2", "--yes").code == 0
    assert kept() == names(*episodes[1:])


def test_prune_with_both_deletes_what_both_allow() -> None:
    episodes = [record(days_ago=days) for days in (40, 35, 1)]
    assert noc("sessions", "prune", "--older-than", "30d", "--keep", "2", "--yes").code == 0
    assert kept() == names(*episodes[1:])


def test_prune_leaves_what_is_being_recorded() -> None:
    live = record(days_ago=50, close=False)
    done = noc("sessions", "prune", "--keep", "0", "--yes")
    assert (done.code, done.out) == (0, "")
    assert "nothing to delete" in done.err
    assert kept() == names(live)


def test_prune_asks(recorded: Path) -> None:
    assert noc("sessions", "prune", "--keep", "0").code == 2
    assert noc("sessions", "prune", "--keep", "0", typed="n\n", terminal=True).code == 1
    assert recorded.exists()


def test_a_dry_run_names_what_would_go_and_keeps_it(recorded: Path) -> None:
    done = noc("sessions", "prune", "--keep", "0", "--dry-run")
    assert done.code == 0
    assert [line.split()[0] for line in done.lines] == [recorded.stem[-8:]]
    assert "1 session would be deleted" in done.err
    assert recorded.exists()


def test_prune_of_a_folder_that_cannot_be_listed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_DATA", "/dev/null")
    done = noc("sessions", "prune", "--keep", "0", "--yes")
    assert done.code == 1
    assert "cannot be listed" in done.err
