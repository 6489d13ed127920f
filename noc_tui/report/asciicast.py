"""Films of a session as asciicast, version 2: https://docs.asciinema.org/manual/asciicast/v2/.

Not version 3, which players and converters of before 2025 do not know, and which has nothing that is wanted here: both
have markers, which the player shows on its bar and jumps between.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from noc_tui.episode.track import BLIND_TITLE, is_secret
from noc_tui.report.wording import OUTCOMES, driver_name
from noc_tui.sim.actions import ActionType
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from noc_tui.episode.records import Aside
    from noc_tui.episode.track import Track

Frame = tuple[str, ...]
"""The rows of a screen from top to bottom, with the escape sequences of their colours and no others."""

LAST_FRAME_SECONDS: Final = 3.0
"""How long the end of a film stands."""
_LABEL: Final = 80
_BEGIN: Final = "\x1b[?25l\x1b[?7l\x1b[2J"
"""No cursor, no wrapping at the last column, an empty screen."""
_END: Final = "\x1b[0m"


def cast_lines(track: Track, frames: Sequence[Frame], *, size: tuple[int, int], speed: float = 1.0) -> Iterator[str]:
    """The film: a JSON text a line, in ASCII, line ends included.

    `frames` has a frame for the page and one for each step, `speed` (> 0) of which are shown a second, on a screen of
    `size` columns and rows. Of each frame the rows are written that differ from the one before.
    """
    end = _seconds(len(frames) - 1, speed) + LAST_FRAME_SECONDS
    title = BLIND_TITLE if is_secret(track) else clean(str(track.header.incident.get("title", "?")), _LABEL)
    yield _line(
        {
            "version": 2,
            "width": size[0],
            "height": size[1],
            "timestamp": int(track.header.started.timestamp()),
            "duration": end,
            "idle_time_limit": max(_seconds(1, speed), LAST_FRAME_SECONDS),
            "title": f"noc-tui: {title}, seed {track.header.seed}",
            "env": {"TERM": "xterm-256color"},
        }
    )
    markers = markers_of(track)
    before: Frame = ()
    for step, frame in enumerate(frames):
        at = _seconds(step, speed)
        yield _line((at, "o", ("" if before else _BEGIN) + _difference(before, frame)))
        for label in markers.get(step, ()):
            yield _line((at, "m", label))
        before = frame
    # Something has to happen at the end, or a player stops before the last frame has been seen.
    yield _line((end, "o", _END))


def _seconds(steps: int, speed: float) -> float:
    return round(steps / speed, 6)


def _difference(before: Frame, frame: Frame) -> str:
    return "".join(
        f"\x1b[{number + 1};1H{row}" for number, row in enumerate(frame) if not before or row != before[number]
    )


def markers_of(track: Track) -> dict[int, list[str]]:
    """What a player lists to jump to, by step: the page, actions but waiting, alerts, marks, control, the end.

    Raises `SessionDamagedError` where a line of a file cannot be read.
    """
    markers: dict[int, list[str]] = defaultdict(list)
    markers[0].append("Page")
    for step in range(1, track.steps + 1):
        record = track.record(step)
        if record.decision.action is not ActionType.DO_NOTHING:
            markers[step].append(f"Step {step}: {record.decision.action.label}")
        markers[step] += [clean(line.text, _LABEL) for line in record.lines if line.kind == "alert"]
    for aside in track.asides:
        markers[aside.step].append(_label(aside))
    if track.end is not None:
        markers[track.end.steps].append(f"{OUTCOMES[track.end.outcome]} at step {track.end.steps}")
    return markers


def _label(aside: Aside) -> str:
    if aside.event == "mark":
        return f"Mark: {clean(aside.text, _LABEL)}" if aside.text else "Mark"
    if aside.event == "diagnosis":
        return f"Diagnosis: {clean(aside.incident, _LABEL)}"
    if aside.event == "suggestion":
        return f"Suggestion of {driver_name(aside.driver)}{', followed' if aside.followed else ''}"
    return f"Control: {driver_name(aside.giver)} → {driver_name(aside.taker)}"


def _line(value: object) -> str:
    return json.dumps(value) + "\n"
