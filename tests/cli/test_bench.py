"""`noc-tui bench`: what it prints and writes, what it refuses, and that it goes on after a kill."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from noc_tui import paths
from noc_tui.bench.evaluation import Tally
from noc_tui.bench.folder import SESSIONS, read_folder
from noc_tui.cli.bench_progress import ProgressLine
from noc_tui.episode.reader import SessionFile
from tests.cli.shell import Result, noc, started

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT = Path("out")
QUICK = ("--incident", "cpu_overload,retry_storm", "--seeds", "2", "--no-review", "--processes", "1", "--output", "out")
REPORTS = ["episodes.csv", "report.csv", "report.html", "report.json", "report.md"]


def bench(*arguments: str) -> Result:
    return noc("bench", *arguments, *QUICK)


def report(folder: Path = OUT) -> dict[str, object]:
    values = json.loads((folder / "report.json").read_text())
    assert isinstance(values, dict)
    return values


def without_times(folder: Path) -> dict[str, object]:
    """The report without what a clock has measured."""
    text = (folder / "report.json").read_text().splitlines()
    return {"lines": [line for line in text if '"latency_' not in line]}


def test_it_prints_tables_and_writes_every_form_of_the_report() -> None:
    done = bench("--agent", "rules", "--no-reference")
    assert done.code == 0
    assert [line for line in done.lines if line and not line.startswith((" ", "rules", "Agent", "Incident"))][:3] == [
        "Outcome",
        "Conduct",
        "Time and cost",
    ]
    assert max(map(len, done.lines)) <= 80
    assert sorted(path.name for path in OUT.iterdir()) == sorted(["episodes.jsonl", SESSIONS, *REPORTS])
    assert (report()["episodes"], report()["blind"]) == (4, True)
    assert "written: out" in done.err


def test_the_references_play_along_unless_they_are_left_out() -> None:
    assert bench("--agent", "rules").code == 0
    agents = report()["agents"]
    assert isinstance(agents, list)
    assert {agent["agent"] for agent in agents} == {"wait", "random", "rules", "planner", "fixed:TETWCRTCET"}


def test_each_episode_is_reviewed_unless_that_is_left_out() -> None:
    done = noc("bench", "--agent", "rules", "--no-reference", "--incident", "cpu_overload", "--seeds", "1", "-o", "out")
    assert done.code == 0
    (row,) = read_folder(OUT).rows
    assert row.reviewed is not None


def test_without_a_folder_it_makes_one_among_the_users_own() -> None:
    done = noc(
        "bench", "--agent", "wait", "--no-reference", "--incident", "backup_window", "--seeds", "1", "--no-review"
    )
    assert done.code == 0
    (folder,) = (paths.data_dir() / "evaluations").iterdir()
    assert str(folder) in done.err
    assert (folder / "report.html").is_file()


def test_the_same_command_again_plays_nothing_and_reports_the_same() -> None:
    bench("--agent", "rules", "--no-reference")
    before, first = sorted((OUT / SESSIONS).iterdir()), report()
    assert bench("--agent", "rules", "--no-reference").code == 0
    assert (sorted((OUT / SESSIONS).iterdir()), report()) == (before, first)


def test_not_blind_is_asked_for() -> None:
    assert bench("--agent", "rules", "--no-reference", "--no-blind").code == 0
    assert report()["blind"] is False
    done = bench("--agent", "rules", "--no-reference")
    assert (done.code, done.out) == (2, "")
    assert "that are not blind; use another folder" in done.err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--agent", "ruels"), "did you mean rules"),
        (("--agent", "fixed:TX"), "takes up to 114 keys of WRTCES"),
        (("--agent", "rules", "--seeds", "5:2"), "holds no seed"),
        (("--agent", "rules", "--incident", "nothing"), "nothing"),
        (("--no-reference",), "nobody is to be evaluated"),
        (("--agent", "rules", "--ray-address", "head:6379"), "--ray-address is of no use without --engine ray"),
    ],
)
def test_what_cannot_be_evaluated_is_told_and_nothing_is_played(arguments: tuple[str, ...], problem: str) -> None:
    done = noc("bench", "--output", "out", *arguments)
    assert (done.code, done.out) == (2, "")
    assert problem in done.err
    assert not OUT.exists()


def test_without_scipy_it_says_which_command_installs_it() -> None:
    with mock.patch.dict(sys.modules, {"scipy": None}), mock.patch("importlib.util.find_spec", return_value=None):
        done = bench("--agent", "rules")
    assert (done.code, done.out) == (2, "")
    assert 'pip install "noc-tui[bench]"' in done.err


def test_without_ray_it_says_which_command_installs_it() -> None:
    with mock.patch("noc_tui.cli.bench_engine.find_spec", return_value=None):
        done = bench("--agent", "rules", "--engine", "ray")
    assert (done.code, done.out) == (2, "")
    assert done.err == 'noc-tui: --engine ray needs Ray; this installs it: pip install "noc-tui[ray]"\n'


def test_an_agent_that_failed_in_every_episode_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("MODEL_NAME", "sample-1")
    monkeypatch.setenv("API_KEY", "sk-none")
    monkeypatch.setenv("NOC_TUI_LLM_RETRIES", "0")
    done = bench("--agent", "llm", "--no-reference")
    assert done.code == 1
    assert "llm failed in every episode: " in done.err
    assert "127.0.0.1:1" in done.err


def test_a_budget_that_is_used_up_before_anything_is_finished_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_NAME", "sample-1")
    done = bench("--agent", "llm", "--no-reference", "--max-tokens", "0")
    assert (done.code, done.out) == (0, "")
    assert "stopped: 0 of 0 tokens are used; the same command with a larger budget" in done.err
    assert "no finished episode" in done.err


# --- report


def test_a_report_from_the_recordings_alone_is_that_of_the_run() -> None:
    bench("--agent", "rules", "--agent", "random", "--no-reference")
    shutil.copytree(OUT / SESSIONS, "elsewhere")
    done = noc("bench", "report", "elsewhere", "--no-review")
    assert done.code == 0
    assert report(Path("elsewhere")) == report()


def test_a_report_reviews_what_has_not_been_and_keeps_it() -> None:
    bench("--agent", "rules", "--no-reference")
    assert noc("bench", "report", "out").code == 0
    assert all(row.reviewed for row in read_folder(OUT).rows)


def test_without_a_folder_the_newest_of_the_users_own_is_reported() -> None:
    done = noc("bench", "report")
    assert (done.code, done.out) == (0, "")
    assert "no evaluations yet" in done.err
    noc("bench", "--agent", "rules", "--no-reference", *QUICK[:-2])
    (folder,) = (paths.data_dir() / "evaluations").iterdir()
    (folder / "report.html").unlink()
    assert noc("bench", "report", "--no-review").code == 0
    assert (folder / "report.html").is_file()


def test_folders_of_several_machines_are_reported_together() -> None:
    bench("--agent", "rules", "--no-reference")
    for name, seeds in (("a", "0:1"), ("b", "1:2")):
        noc("bench", "--agent", "rules", "--no-reference", *QUICK[:2], "--seeds", seeds, "--no-review", "-o", name)
    done = noc("bench", "report", "a", "b", "out", "--no-review", "--output", "all")
    assert done.code == 0
    assert "4 episodes stand in several folders, the same each time, and count once" in done.err
    assert without_times(Path("all")) == without_times(OUT)
    assert report(Path("a"))["episodes"] == 2


def test_folders_that_do_not_go_together_name_both_recordings() -> None:
    bench("--agent", "rules", "--no-reference")
    noc("bench", "--agent", "rules", "--no-reference", *QUICK[:4], "--no-blind", "--no-review", "-o", "seen")
    done = noc("bench", "report", "out", "seen", "--no-review")
    assert (done.code, done.out) == (1, "")
    assert "once blind and once not: out/sessions/" in done.err
    assert " and seen/sessions/" in done.err


def test_a_report_of_nothing_says_so() -> None:
    Path("empty").mkdir()
    done = noc("bench", "report", "empty")
    assert (done.code, done.out) == (1, "")
    assert "no finished episode" in done.err
    assert "cannot be listed" in noc("bench", "report", "nowhere").err


# --- progress


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def ticking(*times: float) -> Iterator[float]:
    yield from times


def tally(**changes: object) -> Tally:
    values = {"done": 30, "before": 10, "total": 100, "void": 0, "cost": 0.0, "cost_unknown": False, "tokens": 0}
    return Tally(**{**values, **changes})  # type: ignore[arg-type]


def test_progress_tells_what_is_left_by_the_pace_of_this_run() -> None:
    stream, times = Terminal(), ticking(0.0, 40.0, 40.0, 40.0)
    ProgressLine(stream, lambda: next(times)).show(tally())
    assert "30/100 episodes  2 min 20 s left" in stream.getvalue()  # 20 in 40 s, 70 to go


def test_progress_tells_what_it_has_cost() -> None:
    stream = Terminal()
    ProgressLine(stream, lambda: 1.0).show(tally(tokens=12_345, cost=0.5, void=2))
    assert "2 void  12,345 tokens  cost 0.5000" in stream.getvalue()
    stream = Terminal()
    ProgressLine(stream, lambda: 1.0).show(tally(tokens=12_345, cost=0.5, cost_unknown=True))
    assert "12,345 tokens  cost unknown" in stream.getvalue()


def test_progress_is_silent_where_nobody_looks() -> None:
    stream = io.StringIO()
    with ProgressLine(stream) as line:
        line.show(tally())
    assert stream.getvalue() == ""


# --- processes


LONG = ("--agent", "random", "--no-reference", "--no-review", "--incident", "all", "--seeds", "15")


def begun() -> None:
    """Wait until some episodes have been played."""
    while len(list((OUT / SESSIONS).glob("*.jsonl"))) < 12:
        os.sched_yield()


@pytest.mark.e2e
def test_a_killed_evaluation_goes_on_where_it_was_and_ends_like_one_that_was_not() -> None:
    running = started("bench", *LONG, "--processes", "2", "--output", "out")
    begun()
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)  # ends once the processes that it had started have ended, too
    played = {row.session for row in read_folder(OUT).rows}
    assert 0 < len(played) < 300
    assert noc("bench", *LONG, "--processes", "1", "--output", "out").code == 0
    found = read_folder(OUT)
    assert len(found.rows) == 300
    assert played <= {row.session for row in found.rows}
    assert found.interrupted == ()
    for path in sorted((OUT / SESSIONS).iterdir())[::40]:
        with SessionFile.open(path) as session:
            assert session.state == "ended"
    assert noc("bench", *LONG, "--processes", "1", "--output", "whole").code == 0
    assert without_times(OUT) == without_times(Path("whole"))


@pytest.mark.e2e
def test_ctrl_c_leaves_a_folder_that_goes_on_and_says_how() -> None:
    running = started("bench", *LONG, "--processes", "2", "--output", "out")
    begun()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in err
    assert "the same command with --output out goes on" in err
    assert 0 < len(read_folder(OUT).rows) < 300
