"""docs/incident.schema.json fits what is loaded, and does not fit what an editor can see to be wrong."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from noc_tui.cli.incident_template import incident_template
from noc_tui.sim.catalog import default_catalog, parse_incident, read_toml
from noc_tui.sim.errors import IncidentError
from noc_tui.sim.incident_schema import schema_text
from tests.sim.damage import WHOLE, changed, damages, places
from tests.sim.toml_text import toml_text
from tests.strategies import incident_files

TARGET = Path(__file__).parents[2] / "docs" / "incident.schema.json"

UNSEEN = (
    "never set",  # that a flag is set somewhere
    "hot",
    "that of another",  # what the file is called
    "{int:9-1}",  # that a range is not empty
    "3..1",
    "nan",  # which JSON has not
    "inf",
    "codes",  # control characters, but for line breaks in a line
    "a bell",
    "a zero",
    "right to left",
)


@cache
def schema() -> Draft202012Validator:
    values = json.loads(TARGET.read_text())
    Draft202012Validator.check_schema(values)
    return Draft202012Validator(values)


def test_the_schema_file_is_what_the_command_prints() -> None:
    assert TARGET.read_text() == schema_text()


@pytest.mark.parametrize("incident_id", default_catalog().ids)
def test_every_incident_of_the_program_fits(incident_id: str) -> None:
    schema().validate(read_toml(default_catalog().path(incident_id)))


def test_a_new_file_and_one_with_every_key_fit() -> None:
    schema().validate(tomllib.loads(incident_template("fresh")))
    schema().validate(tomllib.loads(toml_text(WHOLE)))


@given(incident_files())
def test_whatever_can_be_loaded_fits(definition: dict[str, Any]) -> None:
    schema().validate(definition)


def test_what_is_damaged_does_not_fit_unless_the_damage_is_one_that_no_editor_can_see() -> None:
    seen = 0
    for damage in damages():
        try:
            values = tomllib.loads(damage.content.decode())
        except (ValueError, RecursionError):
            continue
        if not any(kind in damage.kind for kind in UNSEEN) and damage.kind != "huge":
            assert not schema().is_valid(values), damage.kind
            seen += 1
    assert seen > 300


@given(
    st.sampled_from([at for at, _ in places(WHOLE)]),
    st.sampled_from([[], {}, "x", "> 1", -3.5, -1, 0, 1, 0.5, True, 1e300, 10**17]),
)
def test_the_program_and_the_schema_refuse_the_same(at: tuple[str | int, ...], value: Any) -> None:
    values = tomllib.loads(changed(at, value).decode())
    try:
        parse_incident(values, "here")
    except IncidentError as error:
        told = " ".join(error.problems)
        unseen = "no action `sets` the flag" in told or (at[-1] == "after" and "{" in told)
        assert unseen or not schema().is_valid(values)
    else:
        schema().validate(values)


def every(table: Any) -> list[dict[str, Any]]:
    """Every schema within a schema that names the keys of a table."""
    inner = table.values() if isinstance(table, dict) else table if isinstance(table, list) else ()
    own = [table] if isinstance(table, dict) and table.get("type") == "object" and "properties" in table else []
    return own + [found for each in inner for found in every(each)]


def test_an_editor_can_explain_every_table_and_every_key() -> None:
    values = json.loads(TARGET.read_text())
    assert values["title"]
    for table in every(values):
        assert table["description"]
        for key, about in table["properties"].items():
            described = about if "description" in about else values["$defs"][about["$ref"].rpartition("/")[2]]
            assert described["description"], key


def test_numbers_have_their_limits_and_defaults() -> None:
    keys = json.loads(TARGET.read_text())["properties"]
    assert (keys["max_steps"]["minimum"], keys["max_steps"]["maximum"], keys["max_steps"]["default"]) == (1, 10**6, 30)
    assert (keys["start_sd"]["maximum"], keys["repeat_factor"]["default"]) == (0.5, 1.0)
