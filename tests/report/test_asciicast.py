"""Films: valid asciicast, paced, with markers, and no text of a stranger's in control of the terminal."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.reader import SessionFile
from noc_tui.report.asciicast import LAST_FRAME_SECONDS, cast_lines, markers_of
from tests.episode.builders import eventful
from tests.report.samples import named, poisoned, recorded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from noc_tui.report.asciicast import Frame

SIZE = (10, 3)


def film(path: Path, frames: Sequence[Frame], *, speed: float = 1.0) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """The header and the events of a film with these frames."""
    with SessionFile.open(path) as session:
        lines = list(cast_lines(session, frames, size=SIZE, speed=speed))
    assert all(line.endswith("\n") and line.isascii() for line in lines)
    header, *events = map(json.loads, lines)
    return header, [tuple(event) for event in events]


def shown(events: list[tuple[Any, ...]], until: float) -> list[str]:
    """What a terminal shows at that time."""
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    for at, kind, data in events:
        if kind == "o" and at <= until:
            stream.feed(data)
    return [row.rstrip() for row in screen.display]


def frames_of(count: int) -> list[Frame]:
    return [(f"step {number}", "same", "x" * 10 if number % 2 else "") for number in range(count)]


def test_the_header_says_what_is_shown(tmp_path: Path) -> None:
    header, events = film(recorded(tmp_path), frames_of(5))
    assert (header["version"], header["width"], header["height"]) == (2, *SIZE)
    assert header["title"] == "noc-tui: CPU overload, seed 3"
    assert header["duration"] == events[-1][0] == 4 + LAST_FRAME_SECONDS
    assert isinstance(header["timestamp"], int)


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0])
def test_a_step_is_shown_after_the_other_at_the_wanted_speed(tmp_path: Path, speed: float) -> None:
    header, events = film(recorded(tmp_path), frames_of(5), speed=speed)
    times = [event[0] for event in events]
    assert times == sorted(times)
    assert [event[0] for event in events if event[1] == "o"][:5] == [step / speed for step in range(5)]
    # The player shortens no pause that is meant.
    assert header["idle_time_limit"] >= max(later - earlier for earlier, later in pairwise(times))
    for step in range(5):
        assert shown(events, step / speed)[0] == f"step {step}"


def test_only_rows_that_change_are_written_again(tmp_path: Path) -> None:
    _, events = film(recorded(tmp_path), frames_of(5))
    first, second, *_ = [event[2] for event in events if event[1] == "o"]
    assert "same" in first
    assert "same" not in second
    assert shown(events, 1) == ["step 1", "same", "x" * 10]


def test_markers_stand_at_what_happened(tmp_path: Path) -> None:
    with SessionFile.open(eventful(tmp_path)) as session:
        markers = markers_of(session)
    assert markers[0] == ["Page"]
    assert "Step 1: Throttle CPU" in markers[1]
    assert "Mark: before the autopilot" in markers[1]
    assert "Control: operator → rules" in markers[1]
    assert "Control: rules → operator" in markers[2]
    with SessionFile.open(recorded(tmp_path)) as session:
        markers = markers_of(session)
    assert markers[4][-1] == "Resolved at step 4"
    assert any(label.startswith("[RESOLVED]") for labels in markers.values() for label in labels)
    assert not any("Wait" in label for labels in markers.values() for label in labels)


def test_each_marker_is_an_event_at_its_step(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    _, events = film(path, frames_of(5), speed=2)
    with SessionFile.open(path) as session:
        expected = [(step / 2, label) for step, labels in sorted(markers_of(session).items()) for label in labels]
    assert [(at, label) for at, kind, label in events if kind == "m"] == expected


def test_what_strangers_wrote_is_harmless(tmp_path: Path) -> None:
    header, events = film(poisoned(eventful(tmp_path)), frames_of(5))
    for text in (header["title"], *(event[2] for event in events if event[1] == "m")):
        assert text.isprintable()


def test_what_a_blind_session_is_about_is_not_told_before_its_end(tmp_path: Path) -> None:
    header, events = film(eventful(tmp_path, blind=True), frames_of(5))
    assert named(json.dumps([header, events])) == []


@given(st.lists(st.tuples(*[st.text("ab ", max_size=10)] * 3), min_size=1, max_size=6))
def test_after_each_step_the_screen_is_that_frame(
    tmp_path_factory: pytest.TempPathFactory, frames: list[tuple[str, str, str]]
) -> None:
    padded = [tuple(row.ljust(10) for row in frame) for frame in frames]
    _, events = film(recorded(tmp_path_factory.mktemp("session")), padded)
    for step, frame in enumerate(frames):
        assert shown(events, step) == [row.rstrip() for row in frame]
