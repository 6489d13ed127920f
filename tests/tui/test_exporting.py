"""Frames and pictures: what the replay shows, as the app itself shows it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyte
import pytest

from noc_tui.episode.reader import SessionFile
from noc_tui.report.asciicast import cast_lines
from noc_tui.tui.exporting import RenderingError, rendered_frames, rendered_picture
from noc_tui.tui.launch import Launch
from tests.episode.builders import eventful
from tests.report.samples import named, poisoned, recorded
from tests.tui.cockpit import cockpit

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def screens(path: Path, size: tuple[int, int]) -> list[list[str]]:
    """What a terminal shows at each step of the film."""
    frames = rendered_frames(path, size)
    screen = pyte.Screen(*size)
    stream = pyte.Stream(screen)
    shown = []
    with SessionFile.open(path) as session:
        for line in list(cast_lines(session, frames, size=size))[1:-1]:
            _, kind, data = json.loads(line)
            if kind == "o":
                stream.feed(data)
                shown.append([row.rstrip() for row in screen.display])
    return shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_film_shows_what_the_app_shows(tmp_path: Path, size: tuple[int, int]) -> None:
    path = eventful(tmp_path)
    shown = await asyncio.to_thread(screens, path, size)  # which runs a loop of its own
    assert len(shown) == 5
    async with cockpit(Launch("replay", session=path), size=size) as pit:
        for step in range(5):
            pit.replay.player.seek(step)
            pit.replay.player.playing = step < 4
            pit.replay.show_position()
            await pit.settle()
            assert shown[step] == pit.text().split("\n")


def test_a_frame_holds_no_sequence_but_colours(tmp_path: Path) -> None:
    for frame in rendered_frames(poisoned(eventful(tmp_path)), (80, 24)):
        for row in frame:
            assert re.sub(r"\x1b\[[0-9;]*m", "", row).isprintable()


def test_a_frame_is_reported_as_it_is_made(tmp_path: Path) -> None:
    steps: list[int] = []
    rendered_frames(recorded(tmp_path), (40, 12), steps.append)
    assert steps == [0, 1, 2, 3, 4]


def test_a_picture_stands_alone(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    svg = rendered_picture(path, 2, (80, 24))
    root = ET.fromstring(svg)  # noqa: S314  (our own)
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title") is not None
    assert "@font-face" not in svg
    assert svg.count("http") == 1  # the name space
    text = "".join(root.itertext()).replace("\u00a0", " ")
    assert "CPU overload" in text
    assert "step 2/" in text
    assert rendered_picture(path, 2, (80, 24)) == svg


def test_a_picture_of_what_strangers_wrote_is_one(tmp_path: Path) -> None:
    root = ET.fromstring(rendered_picture(poisoned(eventful(tmp_path)), 1, (80, 24)))  # noqa: S314  (our own)
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        "svg", "title", "style", "defs", "clipPath", "rect", "g", "text", "circle", "line",
    }  # fmt: skip
    assert "\x1b" not in "".join(root.itertext())


def test_what_a_blind_session_is_about_is_not_shown_before_its_end(tmp_path: Path) -> None:
    path = eventful(tmp_path, blind=True)
    assert named(rendered_picture(path, 4, (120, 40)).replace("&#160;", " ")) == []
    assert named("".join(row for frame in rendered_frames(path, (120, 40)) for row in frame)) == []


def test_a_recording_that_does_not_open_cannot_be_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.tui.exporting._PATIENCE", 3)
    with pytest.raises(RenderingError, match=r"gone\.jsonl: the replay does not open"):
        rendered_frames(tmp_path / "gone.jsonl", (80, 24))
