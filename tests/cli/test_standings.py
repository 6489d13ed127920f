"""`noc-tui progress leaderboard` and `noc-tui drill assign`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.drills.daily import bundled_catalog, daily_of
from noc_tui.store.queue import Queue
from tests.cli.shell import noc
from tests.store.builders import START, daily, session

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.store.entries import Entry
    from noc_tui.tui.launch import Launch


def waiting(*entries: Entry) -> None:
    """What is to be taken in by the next command."""
    Queue(paths.queue_dir()).put(entries)


def played(name: str, incident: str = "cpu_overload", **changes: Any) -> Entry:
    digest = bundled_catalog().load(incident).digest
    return session(name, **({"incident": incident, "incident_hash": digest, "seed": 7} | changes))


# --- the leaderboard


def test_the_board_of_a_seed_has_people_and_agents_side_by_side() -> None:
    waiting(played("S1", steps=9), played("S2", player="rules", kind="agent", steps=6), played("S3", seed=8))
    done = noc("progress", "leaderboard", "cpu_overload", "--seed", "7")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "cpu_overload, seed 7"
    assert [line.split()[1] for line in lines[2:]] == ["rules", "ana"]


def test_only_what_verifies_stands_on_a_board() -> None:
    waiting(played("S1", reviewed=False))
    assert noc("progress", "leaderboard", "cpu_overload").out == "nobody has resolved cpu_overload yet\n"


def test_another_definition_of_an_incident_is_no_rival_of_the_one_here() -> None:
    waiting(played("S1", steps=9, at=START), played("S2", player="cheat", incident_hash="sha256:easy", steps=1))
    assert noc("progress", "leaderboard", "cpu_overload").out.splitlines()[0] == "cpu_overload, seed 7"
    values = json.loads(noc("progress", "leaderboard", "cpu_overload", "--seed", "7", "--json").out)
    assert (values["foreign"], [row["player"] for row in values["rows"]]) == (False, ["ana"])
    waiting(played("S3", player="cheat", seed=8, incident_hash="sha256:easy", steps=1))
    done = noc("progress", "leaderboard", "cpu_overload", "--seed", "8")
    assert done.out.startswith("cpu_overload, seed 8, by another definition than the one here\n")


def test_names_of_wide_characters_are_as_wide_as_they_are_shown() -> None:
    waiting(played("S1", player="日本語", steps=5), played("S2", player="e\u0301va", steps=6), played("S3", steps=7))
    heading, *lines = noc("progress", "leaderboard", "cpu_overload").out.splitlines()[1:]
    at = heading.index("is")
    assert [line.index("person") for line in lines] == [at - 3, at + 1, at]


def test_a_daily_stays_secret_until_one_has_finished_it() -> None:
    today = daily_of(datetime.now(UTC).date())
    waiting(
        played("S1", today.incident, seed=today.seed, player="ben", blind=True),
        daily(today.date.isoformat(), player="ben", session="S1"),
    )
    done = noc("progress", "leaderboard", "--player", "ana")
    assert "still to be played by you" in done.out
    assert today.incident not in done.out
    assert "ben" in done.out
    values = json.loads(noc("progress", "leaderboard", "--player", "ana", "--json").out)
    assert (values["incident"], values["rows"][0]["player"]) == (None, "ben")
    assert today.incident in noc("progress", "leaderboard", "--player", "ben").out


def test_where_nobody_has_resolved_a_seed_it_is_named_and_so_is_an_incident_that_there_is_not() -> None:
    done = noc("progress", "leaderboard", "cpu_overload", "--seed", "7")
    assert (done.code, done.out) == (0, "nobody has resolved cpu_overload from seed 7 yet\n")
    done = noc("progress", "leaderboard", "cpu_overlaod")
    assert (done.code, done.out) == (2, "")
    assert "did you mean cpu_overload" in done.err


@pytest.mark.parametrize("arguments", [("--seed", "3"), ("cpu_overload", "--date", "2026-12-01")])
def test_what_makes_no_sense_together_is_refused(arguments: tuple[str, ...]) -> None:
    done = noc("progress", "leaderboard", *arguments)
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_an_imported_session_is_simulated_again_before_it_stands_there(recorded: Path) -> None:
    assert noc("progress", "import", str(recorded)).code == 0
    done = noc("progress", "leaderboard", "cpu_overload", "--seed", "0")
    assert "rules" in done.out
    tampered = recorded.with_name("TAMPERED.jsonl")
    tampered.write_text(recorded.read_text().replace('"elapsed"', '"elapsed"').replace("0.8", "0.7", 3))
    assert noc("progress", "import", str(tampered)).code == 1


# --- plans


def test_a_plan_is_made_opened_and_followed(tmp_path: Path) -> None:
    file = str(tmp_path / "plan.toml")
    done = noc("drill", "assign", file, "--incident", "cpu_overload", "--seeds", "7:9", "--title", "Week 49")
    assert done.code == 0
    assert "2 episodes" in done.out
    assert "0 of 2 played" in noc("drill", "assign", file, "--show", "--player", "ana").out
    waiting(played("S1"))
    assert "1 of 2 played" in noc("drill", "assign", file, "--show", "--player", "ana").out
    assert "ana: 1 played, 1 resolved" in noc("drill", "assign", file, "--team").out
    waiting(played("S2", seed=8))
    done = noc("drill", "assign", file, "--player", "ana")
    assert done.code == 0
    assert "2 of 2 played" in done.out


def test_who_has_played_an_episode_of_a_plan_is_told_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "plan.toml")
    noc("drill", "assign", file, "--incident", "cpu_overload", "--seeds", "7:9", "--title", "Week 49")
    seeds = []

    def play(launch: Launch) -> int:
        seeds.append(launch.seed)
        waiting(played(f"S{launch.seed}", seed=launch.seed))
        return 0

    monkeypatch.setattr("noc_tui.tui.app.run_app", play)
    monkeypatch.setenv("NOC_TUI_PLAYER", "ana")
    first, second = (noc("drill", "assign", file, terminal=True) for _ in range(2))
    assert first.lines[-1] == f"Week 49: 1 of 2 played; noc-tui drill assign {file} plays the next"
    assert second.lines[-1] == "Week 49: 2 of 2 played"
    assert seeds == [7, 8]


def test_a_plan_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text("what colleagues are playing")
    done = noc("drill", "assign", str(file), "--incident", "cpu_overload")
    assert done.code == 1
    assert "is there already" in done.err
    assert file.read_text() == "what colleagues are playing"


def test_to_play_a_plan_needs_a_terminal(tmp_path: Path) -> None:
    file = str(tmp_path / "plan.toml")
    noc("drill", "assign", file, "--incident", "cpu_overload")
    done = noc("drill", "assign", file)
    assert done.code == 2
    assert "--show" in done.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--incident", "none"), 2),
        (("--incident", "all", "--seeds", "50"), 2),
        (("--blind",), 2),
        (("--incident", "cpu_overload", "--show"), 2),
        ((), 1),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = noc("drill", "assign", str(tmp_path / "plan.toml"), *arguments)
    assert done.code == code
    assert done.err.count("\n") == 1


# --- settings


def test_player_and_store_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    waiting(session("S1", player="Ana B."))
    monkeypatch.setenv("NOC_TUI_PLAYER", "Ana B.")
    monkeypatch.setenv("NOC_TUI_STORE", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert noc("progress").out.startswith("Ana B.: 1 session,")
    assert (tmp_path / "other.sqlite3").exists()
    assert not paths.progress_file().exists()


def test_a_setting_that_names_no_database_is_told_for_another_is_shown_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_STORE", "mysql://ana:secret@db.example/noc")
    done = noc("progress", "--format", "md")
    assert "NOC_TUI_STORE" in done.err
    assert "no effect" in done.err
    assert "secret" not in done.err


def test_a_password_in_a_store_that_is_set_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_STORE", "postgresql://ana:secret@127.0.0.1:1/noc")
    done = noc("progress")
    assert done.code == 1
    assert "secret" not in done.err + done.out


# --- agents


def test_what_an_agent_plays_without_a_screen_stands_on_the_boards_if_asked() -> None:
    assert noc("run", "--agent", "rules", "--incident", "cpu_overload", "--format", "json").code == 0
    assert "nobody" in noc("progress", "leaderboard", "cpu_overload").out
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload", "--format", "json", "--remember")
    assert (done.code, done.err) == (0, "")
    assert "rules" in noc("progress", "leaderboard", "cpu_overload").out
    assert not list(paths.queue_dir().glob("*.claim"))


def test_what_is_not_recorded_cannot_be_remembered() -> None:
    done = noc("run", "--agent", "rules", "--incident", "cpu_overload", "--no-record", "--remember")
    assert done.code == 2
    assert "--no-record" in done.err
