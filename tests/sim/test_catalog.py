"""Which incidents there are, and where an id may stand."""

from __future__ import annotations

import errno
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui import paths
from noc_tui.sim import catalog as catalog_module
from noc_tui.sim.catalog import CLASSIC, Catalog, IncidentType, catalog_of, default_catalog
from noc_tui.sim.errors import IncidentError, UnknownIncidentError
from tests.factories import incident_definition

if TYPE_CHECKING:
    from pathlib import Path


def write_incident(folder: Path, name: str, **changes: Any) -> Path:
    """A valid incident file, unless `changes` spoil it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    definition = incident_definition(**{"id": name, "initial": {"latency": 0.5}, **changes})
    lines = [f"{key} = {json.dumps(value)}" for key, value in definition.items() if not isinstance(value, dict)]
    lines += [f"initial.{key} = {value}" for key, value in definition["initial"].items()]
    path.write_text("\n".join(lines))
    return path


class TestDefaultCatalog:
    def test_it_holds_the_classic_three_first_and_then_the_pack(self) -> None:
        ids = default_catalog().ids
        assert ids[:3] == CLASSIC == tuple(IncidentType)
        assert ids[3:] == tuple(sorted(ids[3:]))
        assert len(ids) == 20
        assert {"retry_storm", "backup_window"} <= set(ids)

    def test_every_incident_of_the_program_loads(self) -> None:
        incidents, errors = default_catalog().load_all()
        assert errors == []
        assert tuple(incident.id for incident in incidents) == default_catalog().ids

    def test_incidents_in_the_users_data_folder_belong_to_it(self) -> None:
        write_incident(paths.user_incidents_dir(), "my_own")
        assert "my_own" in default_catalog()
        assert default_catalog().load("my_own").initial.latency == 0.5

    def test_more_folders_come_on_top(self, tmp_path: Path) -> None:
        write_incident(tmp_path / "more", "my_own")
        catalog = catalog_of([tmp_path / "more"])
        assert "my_own" in catalog
        assert "cpu_overload" in catalog
        assert "my_own" not in default_catalog()


class TestFolders:
    def test_a_folder_that_does_not_exist_is_empty(self, tmp_path: Path) -> None:
        assert Catalog([tmp_path / "nowhere"]).ids == ()

    def test_only_toml_files_without_a_leading_underscore_or_dot_are_incidents(self, tmp_path: Path) -> None:
        for name in ("one", "two", "_alerts", ".one"):
            write_incident(tmp_path, name)
        (tmp_path / "notes.txt").write_text("no incident")
        assert Catalog([tmp_path]).ids == ("one", "two")

    def test_a_file_is_read_when_it_is_asked_for_and_once(self, tmp_path: Path) -> None:
        write_incident(tmp_path, "good")
        write_incident(tmp_path, "bad", difficulty="impossible")
        catalog = Catalog([tmp_path])
        assert catalog.load("good") is catalog.load("good")
        with pytest.raises(IncidentError, match=r"bad\.toml: difficulty: expected 'easy', .* not 'impossible'$"):
            catalog.load("bad")

    def test_what_loads_is_kept_apart_from_what_does_not(self, tmp_path: Path) -> None:
        write_incident(tmp_path, "good")
        write_incident(tmp_path, "bad", difficulty="impossible")
        write_incident(tmp_path, "worse", max_steps=0)
        incidents, errors = Catalog([tmp_path]).load_all()
        assert [incident.id for incident in incidents] == ["good"]
        assert [str(error).partition(": ")[0] for error in errors] == [
            str(tmp_path / "bad.toml"),
            str(tmp_path / "worse.toml"),
        ]

    def test_an_id_that_stands_twice_names_both_files_and_spoils_no_other(self, tmp_path: Path) -> None:
        first = write_incident(tmp_path / "a", "twice")
        second = write_incident(tmp_path / "b", "twice")
        write_incident(tmp_path / "b", "once")
        catalog = Catalog([tmp_path / "a", tmp_path / "b"])
        with pytest.raises(IncidentError) as error:
            catalog.load("twice")
        assert str(error.value) == f"the incident id 'twice' stands twice: in {first} and in {second}"
        assert catalog.load("once").id == "once"
        assert catalog.ids == ("once", "twice")

    def test_a_users_incident_may_not_take_the_id_of_a_bundled_one(self) -> None:
        write_incident(paths.user_incidents_dir(), "cpu_overload")
        with pytest.raises(IncidentError, match=r"'cpu_overload' stands twice: in .*cpu_overload\.toml and in .*home"):
            default_catalog().load("cpu_overload")


class TestChanges:
    """Files that change while the program runs."""

    def test_a_file_that_is_added_is_found(self, tmp_path: Path) -> None:
        catalog = Catalog([tmp_path / "later"])
        assert "one" not in catalog
        write_incident(tmp_path / "later", "one")
        assert catalog.load("one").id == "one"
        write_incident(tmp_path / "later", "two")
        assert catalog.ids == ("one", "two")

    def test_a_file_that_is_added_within_a_tick_of_the_file_systems_clock_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = 1_000_000_000_000
        monkeypatch.setattr(catalog_module, "_stamp", lambda _: (now, 1, 1))  # the folder looks as it did
        monkeypatch.setattr(catalog_module, "time", SimpleNamespace(time_ns=lambda: now + 1))
        write_incident(tmp_path, "one")
        catalog = Catalog([tmp_path])
        assert list(catalog.ids) == ["one"]
        write_incident(tmp_path, "two")
        assert list(catalog.ids) == ["one", "two"]

    def test_a_folder_that_looks_as_it_did_long_ago_is_not_read_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catalog_module, "_stamp", lambda _: (0, 1, 1))
        write_incident(tmp_path, "one")
        catalog = Catalog([tmp_path])
        assert catalog.ids == ("one",)
        monkeypatch.setattr(catalog_module, "incident_files", pytest.fail)
        assert catalog.ids == ("one",)

    def test_a_file_that_is_changed_is_read_again(self, tmp_path: Path) -> None:
        write_incident(tmp_path, "one", title="As it was")
        catalog = Catalog([tmp_path])
        before = catalog.load("one")
        write_incident(tmp_path, "one", title="As it is now")
        assert (before.title, catalog.load("one").title) == ("As it was", "As it is now")

    def test_a_file_that_is_broken_meanwhile_is_told_and_mended_again_is_used(self, tmp_path: Path) -> None:
        write_incident(tmp_path, "one")
        catalog = Catalog([tmp_path])
        catalog.load("one")
        write_incident(tmp_path, "one", max_steps=0)
        with pytest.raises(IncidentError, match=r"one\.toml: max_steps: expected at least 1"):
            catalog.load("one")
        write_incident(tmp_path, "one", max_steps=7)
        assert catalog.load("one").max_steps == 7

    def test_a_file_that_is_deleted_is_gone(self, tmp_path: Path) -> None:
        path = write_incident(tmp_path, "one")
        write_incident(tmp_path, "two")
        catalog = Catalog([tmp_path])
        catalog.load("one")
        path.unlink()
        with pytest.raises(UnknownIncidentError, match=r"^no incident 'one': expected one of two$"):
            catalog.load("one")

    def test_a_folder_that_is_deleted_is_empty(self, tmp_path: Path) -> None:
        path = write_incident(tmp_path / "own", "one")
        catalog = Catalog([tmp_path / "own"])
        assert "one" in catalog
        path.unlink()
        path.parent.rmdir()
        assert "one" not in catalog

    def test_a_clash_that_is_mended_is_one_no_more(self, tmp_path: Path) -> None:
        write_incident(tmp_path / "a", "twice")
        second = write_incident(tmp_path / "b", "twice")
        catalog = Catalog([tmp_path / "a", tmp_path / "b"])
        with pytest.raises(IncidentError, match="stands twice"):
            catalog.load("twice")
        second.unlink()
        assert catalog.load("twice").id == "twice"


class TestFoldersThatCannotBeRead:
    @pytest.fixture
    def locked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A folder that nobody may look into, and that not even its parent tells about."""
        folder = write_incident(tmp_path / "parent" / "locked", "hidden").parent
        for name in ("iterdir", "stat", "is_dir"):
            real = getattr(type(folder), name)

            def refuse(path: Path, *rest: Any, real: Any = real, **options: Any) -> Any:  # root may look anywhere
                if path == folder:
                    raise PermissionError(errno.EACCES, "Permission denied", str(path))
                return real(path, *rest, **options)

            monkeypatch.setattr(type(folder), name, refuse)
        return folder

    def test_they_are_told_and_hide_no_other(self, locked: Path, tmp_path: Path) -> None:
        write_incident(tmp_path / "open", "one")
        incidents, errors = Catalog([locked, tmp_path / "open"]).load_all()
        assert [incident.id for incident in incidents] == ["one"]
        assert [str(error) for error in errors] == [
            f"{locked}: cannot be looked into for incident files: Permission denied"
        ]

    def test_what_is_no_folder_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "incidents").write_text("a file")
        _, (error,) = Catalog([tmp_path / "incidents"]).load_all()
        assert str(error).endswith("incidents: cannot be looked into for incident files: Not a directory")

    def test_a_data_folder_that_cannot_be_read_costs_no_incident_of_the_program(
        self, locked: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paths, "user_incidents_dir", lambda: locked)
        default_catalog.cache_clear()
        incidents, errors = default_catalog().load_all()
        assert (len(incidents), len(errors)) == (20, 1)


class TestUnknownIds:
    @pytest.mark.parametrize(
        ("asked", "answer"),
        [
            ("oen", "no incident 'oen': did you mean one?"),
            ("zzzz", "no incident 'zzzz': expected one of one, two"),
            ("\x1b[2J", r"no incident '\x1b[2J': expected one of one, two"),
        ],
    )
    def test_the_nearest_is_suggested_or_all_are_listed(self, tmp_path: Path, asked: str, answer: str) -> None:
        write_incident(tmp_path, "one")
        write_incident(tmp_path, "two")
        with pytest.raises(UnknownIncidentError) as error:
            Catalog([tmp_path]).load(asked)
        assert str(error.value) == answer

    def test_where_there_is_none_that_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(UnknownIncidentError, match=r"^no incident 'x': there are none$"):
            Catalog([tmp_path]).load("x")

    def test_a_huge_id_makes_a_short_sentence(self) -> None:
        with pytest.raises(UnknownIncidentError) as error:
            default_catalog().load("x" * 100_000)
        assert len(str(error.value)) < 500
