"""Any valid incident file, any actions: an episode stays within its bounds, ends, and is recorded to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.catalog import Catalog
from tests.episode.builders import into, path_of
from tests.sim.toml_text import toml_text
from tests.strategies import SEEDS, incident_definitions, incident_files

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.sim.incident import Incident

OPENINGS = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=12)


def from_file(folder: Path, definition: dict[str, Any]) -> Incident:
    """The definition written as TOML into a user's folder, and loaded from there."""
    (folder / f"{definition['id']}.toml").write_text(toml_text(definition), encoding="utf-8")
    return Catalog([folder]).load(definition["id"])


def played(episode: Episode, actions: list[ActionType]) -> Episode:
    """The episode played to its end, the actions again and again."""
    while not episode.done:
        episode.act(actions[episode.steps % len(actions)])
    episode.close()
    return episode


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("incidents")


@given(incident_files())
def test_a_file_read_back_is_the_same_incident(folder: Path, definition: dict[str, Any]) -> None:
    from noc_tui.sim.incident import Incident

    incident = from_file(folder, definition)
    assert incident == Incident.model_validate(definition)
    assert incident.digest == Incident.model_validate(definition).digest
    again = from_file(folder, incident.definition())
    assert (again, again.digest) == (incident, incident.digest)


@given(incident_definitions(), SEEDS, OPENINGS)
def test_metrics_stay_in_range_and_the_episode_ends_by_its_last_step(
    folder: Path, definition: dict[str, Any], seed: int, actions: list[ActionType]
) -> None:
    incident = from_file(folder, definition)
    episode = played(Episode(incident, seed), actions)
    assert episode.end is not None
    assert 1 <= episode.steps <= incident.max_steps
    assert episode.end.outcome == "truncated" or episode.record(episode.steps).after.is_resolved is (
        episode.end.outcome == "resolved"
    )
    for metrics in (*episode.header.samples, *episode.observation.history):
        assert all(0.0 <= value <= 1.0 for value in metrics)
    for step in range(1, episode.steps + 1):
        record = episode.record(step)
        assert 0.0 <= record.pressure <= 1.0
        assert (record.outcome is not None) is (step == episode.steps)


@given(incident_files(), SEEDS, OPENINGS, st.integers(0, 300))
def test_a_recording_verifies_to_the_last_bit(
    folder: Path, definition: dict[str, Any], seed: int, actions: list[ActionType], draws: int
) -> None:
    episode = Episode(from_file(folder, definition), seed, draws=draws, record=into(folder))
    played(episode, actions)
    with SessionFile.open(path_of(folder, episode)) as session:
        assert session.end == episode.end
        verification = verify(session)
        assert (verification.difference, verification.steps) == (None, episode.steps)
        assert [session.record(step).lines for step in range(1, session.steps + 1)] == [
            episode.record(step).lines for step in range(1, episode.steps + 1)
        ]
