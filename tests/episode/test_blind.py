"""A blind episode tells nobody what it is: not by name, not by what is hidden."""

from __future__ import annotations

import dataclasses
import json
import random
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.agents.scripted import RulesAgent
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.catalog import Catalog, parse_incident
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from noc_tui.episode.observation import Observation
    from noc_tui.episode.records import StepRecord
    from noc_tui.sim.incident import Incident

INCIDENTS = Catalog([paths.bundled_incidents_dir()]).ids
HIDDEN_KEYS = {
    "blind",
    "difficulty",
    "flags",
    "id",
    "lesson",
    "pending",
    "pressure",
    "seed",
    "summary",
    "tags",
    "title",
}


def seen(observation: Observation) -> str:
    """All that an agent is told, as JSON."""
    return json.dumps(dataclasses.asdict(observation))


def under_another_name(incident: Incident) -> Incident:
    """The same incident, with nothing that could tell which."""
    other = {"id": "zzyzx", "title": "Zzyzx", "difficulty": "control", "tags": ["zzyzx"], "summary": "Zzyzx."}
    return parse_incident(incident.definition() | other | {"lesson": "Zzyzx.", "references": ["Zzyzx"]}, "a test")


def played(incident: Incident, seed: int) -> Episode:
    """A blind episode of any play: the rules at first, then anything."""
    episode = Episode(incident, seed, blind=True)
    agent, stream = RulesAgent("rules"), random.Random(seed)
    while not episode.done:
        action, rationale = agent.choose(episode.observation)
        assert_nothing_leaks(rationale, incident)
        record = episode.act(action if episode.steps < 4 else stream.choice(ACTIONS))
        assert_nothing_leaks(seen(episode.observation), incident, record)
    return episode


def assert_nothing_leaks(text: str, incident: Incident, record: StepRecord | None = None) -> None:
    """`text` is JSON, or plain."""
    told = text.lower()
    for secret in (incident.id, incident.title, incident.summary, incident.lesson, *incident.references):
        assert not secret or json.dumps(secret.strip().lower())[1:-1] not in told
    if record is not None and len(repr(record.pressure)) > 6:  # a shorter one may stand there by chance
        assert repr(record.pressure) not in told
    assert "pressure behind" not in told


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_observation_names_nothing_and_tells_no_hidden_figure(name: str) -> None:
    for seed in range(2):
        episode = played(bundled_incident(name), seed)
        assert episode.observation.incident is None


@pytest.mark.parametrize("name", INCIDENTS)
def test_what_is_seen_does_not_depend_on_what_the_incident_is_called(name: str) -> None:
    incident = bundled_incident(name)
    assert played(incident, 1).observation == played(under_another_name(incident), 1).observation


def test_an_observation_has_no_field_for_what_is_hidden() -> None:
    observation = Episode(bundled_incident("retry_storm"), 1, blind=True).observation
    assert not HIDDEN_KEYS & {field.name for field in dataclasses.fields(observation)}
