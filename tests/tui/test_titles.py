"""What incidents are called, without checking their files."""

from __future__ import annotations

import pytest

from noc_tui import paths
from noc_tui.sim.catalog import default_catalog
from noc_tui.tui.titles import titles_of


def test_every_incident_of_the_program_is_called_as_its_file_says() -> None:
    catalog = default_catalog()
    assert titles_of(catalog.ids) == {name: catalog.load(name).title for name in catalog.ids}


def test_what_is_not_there_has_no_title() -> None:
    assert titles_of(["of_old", "../../etc/passwd"]) == {}


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ('# a comment\ntitle = "A \\"b\\" \\u00e9"\n', 'A "b" é'),
        ('title = "x\\u001b[2J\\u202ey"', "xy"),
        ("title = 1", None),
        ('title = "never closed', None),
        ("#" * 9000 + '\ntitle = "too far down"', None),
        ("", None),
    ],
)
def test_a_file_of_ones_own_may_hold_anything(content: str, title: str | None) -> None:
    folder = paths.user_incidents_dir()
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(content)
    assert titles_of(["mine"]).get("mine") == title
