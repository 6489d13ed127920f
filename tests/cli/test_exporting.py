"""`noc-tui sessions export`: every format, where it is written, and what is never overwritten."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from noc_tui import paths
from noc_tui.cli.exporting import ExportFormat
from tests.cli.shell import noc
from tests.episode.builders import eventful, read_lines, write_lines
from tests.report.samples import named, poisoned

BEGINNINGS = {
    ExportFormat.MD: "# Post-incident report: CPU overload\n",
    ExportFormat.HTML: "<!doctype html>\n",
    ExportFormat.CSV: "step,driver,action,",
    ExportFormat.CAST: '{"version": 2, "width": 80, "height": 24,',
    ExportFormat.SVG: "<svg ",
    ExportFormat.ATIF: '{\n  "schema_version": "ATIF-v1.7",',
    ExportFormat.JSONL: '{"event":"header"',
}


def exported(*options: str, session: str = "last") -> str:
    done = noc("sessions", "export", session, *options)
    assert done.code == 0, done.err
    return done.out


@pytest.mark.parametrize("name", ExportFormat)
@pytest.mark.usefixtures("recorded")
def test_every_format_is_written_to_standard_output_where_it_is_no_terminal(name: ExportFormat) -> None:
    assert exported("--format", name).startswith(BEGINNINGS[name])


@pytest.mark.usefixtures("recorded")
def test_a_dash_is_standard_output() -> None:
    assert noc("sessions", "export", "last", "--out", "-", terminal=True).out.startswith("step,driver")


@pytest.mark.parametrize(
    ("name", "ending"), [("md", "md"), ("atif", "trajectory.json"), ("csv", "csv"), ("jsonl", "jsonl")]
)
def test_at_a_terminal_it_is_a_file_named_after_the_session(recorded: Path, name: str, ending: str) -> None:
    done = noc("sessions", "export", "last", "--format", name, terminal=True)
    assert (done.code, done.out) == (0, "")
    file = f"cpu_overload-{recorded.stem[-8:]}.{ending}"
    assert Path(file).read_text().startswith(BEGINNINGS[ExportFormat(name)])
    assert done.err == f"noc-tui: {file}: written, 4 steps\n"


@pytest.mark.parametrize("title", ["../../evil", "", "a b", 7, None])
def test_no_name_of_a_stranger_leads_to_another_folder(recorded: Path, title: object) -> None:
    header, *events = read_lines(recorded)
    write_lines(recorded, [header | {"incident": {"id": title}}, *events])
    assert noc("sessions", "export", "last", "--format", "csv", terminal=True).code == 0
    assert [file.name for file in Path().iterdir()] == [f"session-{recorded.stem[-8:]}.csv"]


@pytest.mark.parametrize(("file", "name"), [("x.html", "html"), ("x.MD", "md"), ("x.json", "atif"), ("x.txt", "csv")])
@pytest.mark.usefixtures("recorded")
def test_without_a_format_the_name_of_the_file_says_it(file: str, name: str) -> None:
    exported("--out", file)
    assert Path(file).read_text().startswith(BEGINNINGS[ExportFormat(name)])


@pytest.mark.usefixtures("recorded")
def test_a_file_is_overwritten_only_by_force() -> None:
    Path("mine.md").write_text("mine")
    done = noc("sessions", "export", "last", "--out", "mine.md")
    assert done.code == 2
    assert done.err == "noc-tui: mine.md: is there already; --force overwrites it, --out names another file\n"
    assert Path("mine.md").read_text() == "mine"
    exported("--out", "mine.md", "--force")
    assert Path("mine.md").read_text().startswith("# Post-incident report")


def test_the_session_itself_is_not_overwritten_by_force_either(recorded: Path) -> None:
    before = recorded.read_bytes()
    assert noc("sessions", "export", "last", "--out", str(recorded), "--force").code == 2
    assert recorded.read_bytes() == before


@pytest.mark.usefixtures("recorded")
def test_the_reports_bring_the_review() -> None:
    for text in (exported("--format", "md"), exported("--format", "html")):
        assert "Review of every move" in text
        assert "Accuracy" in text


def test_a_session_that_cannot_be_reviewed_is_reported_on_without(recorded: Path) -> None:
    header, first, *rest = read_lines(recorded)
    first["after"]["cpu_usage"] += 1e-9
    write_lines(recorded, [header, first, *rest])
    done = noc("sessions", "export", "last", "--format", "md")
    assert done.code == 0
    assert "Review of every move" not in done.out
    assert done.err.startswith("noc-tui: the review is left out: ")
    assert len(done.err.splitlines()) == 1


@pytest.mark.usefixtures("recorded")
def test_size_speed_and_step_are_obeyed() -> None:
    header, *events = map(json.loads, exported("--format", "cast", "--size", "100x30", "--speed", "2").splitlines())
    assert (header["width"], header["height"]) == (100, 30)
    assert {event[0] for event in events} == {0, 0.5, 1.0, 1.5, 2.0, 5.0}
    picture = exported("--format", "svg", "--step", "1").replace("&#160;", " ")
    assert "step 1/" in picture
    assert "step 4/" in exported("--format", "svg").replace("&#160;", " ")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--format", "svg", "--step", "5"), "--step 5: the session has 4 steps"),
        (("--format", "md", "--step", "1"), "--step: says nothing for md; it is for svg"),
        (("--format", "csv", "--size", "80x24"), "--size: says nothing for csv; it is for cast and svg"),
        (("--speed", "2"), "--speed: says nothing for csv; it is for cast"),
        (("--format", "cast", "--size", "80"), "--size '80': expected columns and rows, such as 120x40"),
        (("--format", "svg", "--size", "1x1"), "--size '1x1': expected columns and rows"),
        (("--format", "svg", "--size", "999x999"), "from 20x8 to 400x200"),
    ],
)
@pytest.mark.usefixtures("recorded")
def test_options_that_make_no_sense_are_wrong_use(options: tuple[str, ...], complaint: str) -> None:
    done = noc("sessions", "export", "last", *options)
    assert (done.code, done.out) == (2, "")
    assert complaint in done.err
    assert len(done.err.splitlines()) == 1


def test_an_unfinished_session_is_exported_and_said_to_be_unfinished() -> None:
    eventful(paths.sessions_dir())
    done = noc("sessions", "export", "last", "--out", "x.md")
    assert done.err == "noc-tui: x.md: written, 4 steps; the session is unfinished\n"
    assert "Unfinished" in Path("x.md").read_text()


@pytest.mark.parametrize("name", sorted(set(ExportFormat) - {ExportFormat.JSONL}))
def test_what_an_unfinished_blind_session_is_about_is_not_told(name: str) -> None:
    eventful(paths.sessions_dir(), blind=True)
    assert named(exported("--format", name).replace("&#160;", " ")) == []


def test_the_hidden_pressure_of_an_unfinished_blind_session_is_left_empty() -> None:
    eventful(paths.sessions_dir(), blind=True)
    rows = list(csv.DictReader(io.StringIO(exported("--format", "csv"), newline="")))
    assert {row["pressure"] for row in rows} == {""}
    eventful(paths.sessions_dir())
    rows = list(csv.DictReader(io.StringIO(exported("--format", "csv"), newline="")))
    assert all(float(row["pressure"]) > 0 for row in rows[1:])


def test_the_recording_of_an_unfinished_blind_session_is_not_exported() -> None:
    eventful(paths.sessions_dir(), blind=True)
    done = noc("sessions", "export", "last", "--format", "jsonl")
    assert (done.code, done.out) == (1, "")
    assert "is a blind episode that has not ended" in done.err
    done = noc("sessions", "export", "last", "--format", "csv", terminal=True)
    assert done.err.startswith("noc-tui: blind-")


@pytest.mark.parametrize("name", ExportFormat)
def test_nothing_of_a_stranger_steers_the_terminal(name: ExportFormat) -> None:
    poisoned(eventful(paths.sessions_dir()))
    out = exported("--format", name).replace("\r\n", "\n")
    assert all(character == "\n" or character.isprintable() or character == "\u00a0" for character in out)


@pytest.mark.usefixtures("recorded")
def test_a_report_loads_no_screen() -> None:
    code = (
        "import sys; from noc_tui.cli import main\n"
        "sys.argv[1:] = ['sessions', 'export', 'last', '--out', 'x.html']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules} & {'textual', 'rich', 'openai'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "\n"
    assert Path("x.html").exists()
