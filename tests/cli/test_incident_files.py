"""`noc-tui incidents new` and `schema`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from noc_tui import files, paths
from noc_tui.bench.advice import advice
from noc_tui.bench.assess import assess
from noc_tui.cli.incident_template import incident_template
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.catalog import load_file
from noc_tui.sim.incident_schema import incident_schema
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.simulator import SystemSimulator
from tests.cli.shell import noc

if TYPE_CHECKING:
    from noc_tui.tui.launch import Launch


def own(name: str) -> Path:
    return paths.user_incidents_dir() / f"{name}.toml"


class TestNew:
    def test_it_writes_into_the_users_folder_and_says_what_to_type_next(self) -> None:
        done = noc("incidents", "new", "full_disk")
        assert (done.code, done.err) == (0, "")
        assert done.lines == [
            f"wrote {own('full_disk')}",
            "check it: noc-tui incidents validate full_disk",
            "play it:  noc-tui play full_disk",
        ]
        assert load_file(own("full_disk")).title == "Full disk"

    @pytest.mark.parametrize("folder", ["drills", "a b/c"])
    def test_both_commands_that_it_names_work(self, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
        launched: list[Launch] = []

        def run_app(launch: Launch) -> int:
            launched.append(launch)
            return 0

        monkeypatch.setattr("noc_tui.tui.app.run_app", run_app)
        for where in ((), ("--folder", folder)):
            done = noc("incidents", "new", f"fresh_{len(where)}", *where)
            check, play = (shlex.split(line.partition(": ")[2])[1:] for line in done.lines[1:])
            assert noc(*check, "--seeds", "1").code == 0
            assert (noc(*play, terminal=True).code, len(launched)) == (0, 1)
            launched.clear()

    def test_a_new_incident_is_worth_playing(self, tmp_path: Path) -> None:
        path = tmp_path / "fresh.toml"
        path.write_text(incident_template("fresh"))
        incident = load_file(path)
        assessment = assess(incident, range(10))
        assert advice(assessment) == []
        assert all(result.share("resolved") < 0.5 for result in assessment.results if result.player in ACTIONS)
        keys = [ActionType.THROTTLE_CPU] * 2 + [ActionType.SCALE_UP]
        for seed in range(10):
            simulator = SystemSimulator(seed)
            simulator.reset(incident)
            while not simulator.done:
                step = sum(simulator.uses)
                simulator.step(keys[step] if step < len(keys) else ActionType.DO_NOTHING)
            assert simulator.metrics.is_resolved

    def test_every_key_of_a_new_file_is_explained_where_it_first_stands(self) -> None:
        seen = {"title", "tags", "summary", *METRIC_NAMES}  # they speak for themselves, the metrics in the head
        for line in incident_template("fresh").splitlines():
            key = line.partition(" = ")[0]
            if "=" in line and not line.startswith("#") and key not in seen:
                assert "    # " in line, line
                seen.add(key)
        assert {"initial", "threshold", "floor", "later", "down_for", "when", "every", "once", "chance"} <= seen
        assert {"start_sd", "repeat_factor", "recovery", "max_steps", "difficulty", "lesson", "references"} <= seen

    def test_a_file_that_is_there_stays_as_it_is(self) -> None:
        noc("incidents", "new", "full_disk")
        own("full_disk").write_text("mine")
        done = noc("incidents", "new", "full_disk")
        assert (done.code, done.out) == (1, "")
        assert (
            done.err.strip() == f"noc-tui: {own('full_disk')} is there already, and stays as it is; choose another name"
        )
        assert own("full_disk").read_text() == "mine"

    def test_a_link_that_leads_nowhere_is_not_written_through(self, tmp_path: Path) -> None:
        own("x").parent.mkdir(parents=True)
        own("full_disk").symlink_to(tmp_path / "elsewhere.toml")
        assert noc("incidents", "new", "full_disk").code == 1
        assert not (tmp_path / "elsewhere.toml").exists()

    def test_an_id_of_the_programs_own_is_taken(self) -> None:
        done = noc("incidents", "new", "tls_expiry", "--folder", "drills")
        assert (done.code, done.out) == (1, "")
        assert "there is an incident tls_expiry already, in " in done.err
        assert not Path("drills/tls_expiry.toml").exists()

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("Full disk", "how about full_disk?"),
            ("full-disk.toml", "how about full_disk?"),
            ("../../etc/passwd", "how about etc_passwd?"),
            ("2nd", "how about nd?"),
            ("x" * 49, f"how about {'x' * 48}?"),
            ("\x1b[2J", "how about j?"),
            ("", "at most 48 characters"),
            ("日本", "at most 48 characters"),
            ("all", "choose another name"),
            ("classic", "choose another name"),
            ("pack", "choose another name"),
        ],
    )
    def test_a_name_that_cannot_be_one_is_told_with_one_that_can(self, name: str, hint: str) -> None:
        done = noc("incidents", "new", name)
        assert (done.code, done.out) == (2, "")
        assert done.err.strip().endswith(hint)
        assert len(done.err.splitlines()) == 1
        assert "\x1b" not in done.err
        assert not paths.user_incidents_dir().exists()

    def test_a_folder_that_is_a_file_is_not_taken_for_the_incident(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        done = noc("incidents", "new", "full_disk", "--folder", str(tmp_path / "file"))
        assert (done.code, done.err) == (1, f"noc-tui: {tmp_path / 'file'}: File exists\n")

    def test_a_folder_that_cannot_be_made_is_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        done = noc("incidents", "new", "full_disk", "--folder", str(tmp_path / "file" / "within"))
        assert (done.code, done.out) == (1, "")
        assert len(done.err.splitlines()) == 1

    def test_a_disk_that_is_full_leaves_no_half_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files, "write_whole", full)
        done = noc("incidents", "new", "full_disk")
        assert (done.code, done.out) == (1, "")
        assert "No space left on device" in done.err
        assert list(paths.user_incidents_dir().iterdir()) == []


def test_the_schema_is_printed_whole_and_in_ascii() -> None:
    done = noc("incidents", "schema")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == incident_schema()
    assert done.out.isascii()
