"""docs/session.schema.json fits what is written, and does not fit what is not read."""

from __future__ import annotations

import copy
import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from noc_tui.episode.format import dump_event, parse_event
from scripts.make_schema import TARGET, schema_text
from tests.episode.builders import ended, eventful, into, path_of, read_lines
from tests.episode.test_format import a_step, other_events, step_records

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.episode.records import LaterEvent


@cache
def schema() -> Draft202012Validator:
    values = json.loads(TARGET.read_text())
    Draft202012Validator.check_schema(values)
    return Draft202012Validator(values)


def test_the_schema_file_is_what_the_script_writes() -> None:
    assert TARGET.read_text() == schema_text()


def test_every_key_that_the_code_explains_is_explained_in_the_schema() -> None:
    definitions = json.loads(TARGET.read_text())["$defs"]
    assert definitions["StepRecord"]["properties"]["pressure"]["description"].startswith("Hidden state")
    assert definitions["Header"]["properties"]["draws"]["description"].startswith("Standard normals")


@pytest.mark.parametrize("make", [eventful, partial(eventful, blind=True), ended])
def test_every_line_of_a_session_fits(make: Any, tmp_path: Path) -> None:
    for line in read_lines(make(tmp_path)):
        schema().validate(line)


def test_the_lines_of_a_fork_fit(tmp_path: Path) -> None:
    from noc_tui.episode.episode import Episode
    from noc_tui.episode.reader import SessionFile

    with SessionFile.open(eventful(tmp_path)) as session:
        fork = Episode.fork(session, 2, record=into(tmp_path))
    fork.void()
    fork.close()
    for line in read_lines(path_of(tmp_path, fork)):
        schema().validate(line)


@given(step_records | other_events)
def test_whatever_an_event_can_be_fits(event: LaterEvent) -> None:
    schema().validate(json.loads(dump_event(event)))


def leaves(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path for key, each in inner for path in leaves(each, (*at, key))]
    return found or [at]


@given(st.sampled_from(leaves(a_step())), st.sampled_from([[], {}, "x", -3.5, 1e300, True, "2026", 10**17]))
def test_the_reader_and_the_schema_refuse_the_same(path: tuple[str | int, ...], value: Any) -> None:
    line = copy.deepcopy(a_step())
    at: Any = line
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    try:
        parse_event(json.dumps(line).encode())
    except ValueError:
        assert not schema().is_valid(line)
    else:
        schema().validate(line)


@pytest.mark.parametrize("path", [path for path in leaves(a_step()) if isinstance(path[-1], str)])
def test_a_line_with_a_key_missing_does_not_fit(path: tuple[str | int, ...]) -> None:
    line = a_step()
    at: Any = line
    for part in path[:-1]:
        at = at[part]
    del at[path[-1]]
    assert not schema().is_valid(line)
