"""Verification: equal recordings verify, and whatever figure was changed is found and named."""

from __future__ import annotations

import copy
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import Verification, verify
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.catalog import default_catalog
from tests.episode.builders import WAIT, ended, endless, eventful, into, path_of, play, read_lines, write_lines
from tests.factories import bundled_incident
from tests.strategies import SEEDS, episodes

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.sim.incident import Incident

FIGURES = (
    "before", "after", "reward_terms", "reward", "health", "effective", "resolved", "crashed", "truncated", "streak",
    "pressure", "outage_left", "pending", "inherited",
)  # fmt: skip
TOTALS = ("outcome", "steps", "total_reward", "score")


def verified(path: Path) -> Verification:
    with SessionFile.open(path) as session:
        return verify(session)


@given(
    SEEDS, st.sampled_from(default_catalog().ids), st.lists(st.sampled_from(ACTIONS), max_size=30), st.integers(0, 700)
)
def test_what_was_played_verifies(seed: int, incident: str, actions: list[ActionType], draws: int) -> None:
    episode = play(Episode(bundled_incident(incident), seed, draws=draws), actions)
    assert verify(episode) == Verification(episode.steps, None)


@given(episodes())
def test_whatever_an_incident_may_hold_verifies_from_its_file(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[dict[str, Any], int, list[ActionType]]
) -> None:
    from noc_tui.sim.incident import Incident

    definition, seed, actions = drawn
    folder = tmp_path_factory.mktemp("drawn")
    episode = play(Episode(Incident.model_validate(definition), seed, record=into(folder)), actions)
    assert verified(path_of(folder, episode)) == Verification(episode.steps, None)


# --- tampering


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, list[dict[str, Any]]]]:
    """Sessions with pending effects, outages, flags, forks, and each kind of end."""
    folder = tmp_path_factory.mktemp("recordings")
    paths = [ended(folder), ended(folder, incident="cold_standby"), ended(folder, incident="slow_leak", seed=3)]
    calm = Episode(bundled_incident("network_congestion"), 2, record=into(folder))
    while not calm.done:
        calm.act(ActionType.REROUTE_TRAFFIC)
    with SessionFile.open(paths[1]) as parent:
        fork = play(Episode.fork(parent, 3, record=into(folder)), [WAIT] * 3)
    fork.void()
    paths += [path_of(folder, calm), path_of(folder, fork)]
    return [(path, read_lines(path)) for path in paths]


def changed(value: Any, data: st.DataObject) -> Any:
    """Another value of the same kind, the smallest change among them."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return data.draw(st.sampled_from([value + 1, value - 1 if value else 2]))
    if isinstance(value, float):
        near = [math.nextafter(value, 0.5), math.nextafter(value, 0.25), -value if value == 0 else value / 2]
        return data.draw(st.sampled_from([each for each in near if repr(each) != repr(value)]))
    if isinstance(value, str):
        return data.draw(
            st.sampled_from([each for each in ("resolved", "crashed", "truncated", "void") if each != value])
        )
    if isinstance(value, list):
        return [*value, [1, "scale_up"]]
    key = data.draw(st.sampled_from(sorted(value)))
    return {**value, key: changed(value[key], data)}


@given(st.data())
def test_any_changed_figure_of_any_step_is_found_and_its_step_is_named(
    recordings: list[tuple[Path, list[dict[str, Any]]]], data: st.DataObject
) -> None:
    path, lines = data.draw(st.sampled_from(recordings))
    number = data.draw(st.sampled_from([n for n, line in enumerate(lines) if line["event"] == "step"]))
    figure = data.draw(st.sampled_from(FIGURES))
    line = copy.deepcopy(lines[number])
    line[figure] = changed(line[figure], data)
    tampered = write_lines(path.with_name("tampered.jsonl"), [*lines[:number], line, *lines[number + 1 :]])
    result = verified(tampered)
    assert result.difference is not None
    assert result.difference.startswith(f"step {line['step']}: {figure if figure != 'after' else ''}")
    assert result.steps == line["step"] - 1
    assert result.note is None


@given(st.data())
def test_any_changed_total_is_found(recordings: list[tuple[Path, list[dict[str, Any]]]], data: st.DataObject) -> None:
    path, lines = data.draw(st.sampled_from(recordings))
    total = data.draw(st.sampled_from([each for each in TOTALS if each != "steps"]))
    end = {**lines[-1], total: changed(lines[-1][total], data)}
    result = verified(write_lines(path.with_name("tampered.jsonl"), [*lines[:-1], end]))
    assert result.difference is not None
    assert result.difference.startswith(f"the end: {total} is recorded as ")


@given(st.data())
def test_any_changed_metric_before_the_first_step_is_found(
    recordings: list[tuple[Path, list[dict[str, Any]]]], data: st.DataObject
) -> None:
    path, lines = data.draw(st.sampled_from(recordings))
    header = copy.deepcopy(lines[0])
    where = data.draw(st.integers(0, len(header["samples"])))
    if where:
        header["samples"][where - 1] = changed(header["samples"][where - 1], data)
    else:
        header["initial"] = changed(header["initial"], data)
    result = verified(write_lines(path.with_name("tampered.jsonl"), [header, *lines[1:]]))
    assert result.difference is not None
    assert result.difference.startswith(f"sample {where} before the page: " if where else "at the page: ")
    assert result.steps == 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"seed": 8}, "at the page: cpu_usage is recorded as "),
        ({"draws": 5}, "at the page: cpu_usage is recorded as "),
        ({"samples": []}, "before the page: the number of samples is recorded as 0, simulated as 24"),
        ({"incident_hash": "sha256:" + "0" * 64}, "the header's incident is not the one that its incident_hash names"),
        ({"incident": {}}, "the header's incident: id: is missing"),
        ({"parent": {"session": "x", "step": 2}}, "step 1: inherited is recorded as False"),
        ({"parent": {"session": "x", "step": 99}}, "step 1: inherited is recorded as False"),
        ({"max_steps": 2}, "step 2: truncated is recorded as False, simulated as True"),
    ],
)
def test_a_changed_header_is_found(change: dict[str, Any], complaint: str, tmp_path: Path) -> None:
    path = eventful(tmp_path)
    header, *rest = read_lines(path)
    result = verified(write_lines(path, [header | change, *rest]))
    assert result.difference is not None
    assert result.difference.startswith(complaint)


def test_another_incident_with_its_own_hash_is_found(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    header, *rest = read_lines(path)
    other: Incident = bundled_incident("slow_leak")
    header |= {"incident": other.definition(), "incident_hash": other.digest}
    result = verified(write_lines(path, [header, *rest]))
    assert result.difference is not None
    assert result.difference.startswith("at the page: ")


def test_an_action_that_was_not_taken_is_found(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    lines = read_lines(path)
    lines[5]["decision"]["action"] = "do_nothing"
    result = verified(write_lines(path, lines))
    assert result.steps == 1
    assert result.difference is not None
    assert result.difference.startswith("step 2: cpu_usage is recorded as ")


def test_minus_zero_is_not_zero(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    text = path.read_text()
    assert '"resolution":0.0' in text
    path.write_text(text.replace('"resolution":0.0', '"resolution":-0.0', 1))
    assert verified(path).difference == "step 1: reward_terms.resolution is recorded as -0.0, simulated as 0.0"


def test_a_fork_whose_inherited_steps_are_not_all_there_is_found(tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path / "parent")) as parent:
        fork = Episode.fork(parent, 4, record=into(tmp_path))
    fork.mark()
    lines = [line for line in read_lines(path_of(tmp_path, fork)) if line.get("step", 0) <= 2]
    assert verified(write_lines(path_of(tmp_path, fork), lines)).difference == (
        "4 steps should come from the parent session, 2 are there"
    )


@pytest.mark.parametrize("outcome", ["resolved", "void"])
def test_an_end_that_the_figures_do_not_bring_is_found(outcome: str, tmp_path: Path) -> None:
    path = ended(tmp_path)
    lines = read_lines(path)
    write_lines(path, [*lines[:-1], {**lines[-1], "outcome": outcome}])
    assert verified(path).difference == f"the end: outcome is recorded as '{outcome}', simulated as 'crashed'"


def test_steps_after_the_end_are_found(tmp_path: Path) -> None:
    path = ended(tmp_path)
    *lines, last, _ = read_lines(path)
    result = verified(write_lines(path, [*lines, last, {**last, "step": last["step"] + 1}]))
    assert result == Verification(last["step"], f"step {last['step'] + 1}: stands after the end of the episode")


# --- what is no figure


def test_texts_and_times_and_drivers_are_no_figures(tmp_path: Path) -> None:
    path = ended(tmp_path)
    lines = read_lines(path)
    lines[0] |= {"lines": [], "driver": "x", "pace": "live", "started": "2000-01-01T00:00:00Z"}
    for line in lines[1:-1]:
        line |= {"explanation": "", "lines": [], "at": "2000-01-01T00:00:00Z", "elapsed": 0}
        line["decision"] |= {"rationale": "because", "driver": "x"}
    assert verified(write_lines(path, lines)).ok


# --- NumPy


def test_another_numpy_is_named_when_something_differs_and_only_then(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    lines = read_lines(path)
    lines[0]["versions"]["numpy"] = "1.0.0"
    assert verified(write_lines(path, lines)) == Verification(4, None)
    lines[1]["health"] = 0.5
    note = verified(write_lines(path, lines)).note
    assert note is not None
    assert note.startswith(f"it was recorded with NumPy 1.0.0, this is {np.__version__}, and ")


def test_an_interrupted_session_verifies_as_far_as_it_goes(tmp_path: Path) -> None:
    episode = play(Episode(endless(), 1, record=into(tmp_path)), [WAIT] * 7)
    assert verified(path_of(tmp_path, episode)) == Verification(7, None)
    assert json.loads(path_of(tmp_path, episode).read_text().splitlines()[-1])["step"] == 7
