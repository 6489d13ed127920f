"""Sessions in other forms: CSV, a row a step; JSON Lines that are safe to show."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from noc_tui.episode.records import LONG_TEXT
from noc_tui.episode.track import is_secret
from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.reward import REWARD_TERMS
from noc_tui.text import spreadsheet_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.episode.reader import SessionFile
    from noc_tui.episode.track import Track

COLUMNS: Final = (
    "step",
    "driver",
    "action",
    *METRIC_NAMES,
    "health",
    "reward",
    *REWARD_TERMS,
    "effective",
    "resolved",
    "crashed",
    "truncated",
    "streak",
    "pressure",
    "elapsed",
    "explanation",
)
_NOT_PLAIN: Final = re.compile(r"[^\x20-\x7e]")


def csv_lines(track: Track) -> Iterator[str]:
    """The track as CSV (RFC 4180, line ends included): a header, the page as step 0, then a row for each step.

    Numbers are written so that they read back exactly. Text is cleaned of control codes, and an apostrophe stands
    before what a spreadsheet would take for a formula. Of a blind episode that has not ended the pressure stays empty.
    """
    secret = is_secret(track)
    yield _row(COLUMNS)
    page = track.header.initial
    empty = ("",) * (len(COLUMNS) - 4 - len(METRIC_NAMES))
    yield _row((0, "", "", *page, page.health_score, *empty))
    for step in range(1, track.steps + 1):
        record = track.record(step)
        yield _row(
            (
                record.step,
                spreadsheet_cell(record.decision.driver, LONG_TEXT),
                record.decision.action,
                *record.after,
                record.health,
                record.reward,
                *record.reward_terms,
                record.effective,
                record.resolved,
                record.crashed,
                record.truncated,
                record.streak,
                "" if secret else record.pressure,
                record.elapsed,
                spreadsheet_cell(record.explanation, LONG_TEXT),
            )
        )


def jsonl_lines(session: SessionFile) -> Iterator[str]:
    """The whole lines of a recording, line ends included, in ASCII: what noc-tui has written comes out as it stands.

    A torn last line is left out. Raises `OSError` when the file cannot be read again.
    """
    left = session.whole_bytes
    with session.path.open("rb") as file:
        for line in file:
            left -= len(line)
            if left < 0:
                break
            yield _NOT_PLAIN.sub(_escaped, line.decode(errors="replace").rstrip("\r\n")) + "\n"


def _escaped(match: re.Match[str]) -> str:
    """The same in ASCII JSON: what is beyond it can only be text, what is below only space between two tokens."""
    if match[0] in "\t\r":
        return " "
    code = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{code[start : start + 4]}" for start in range(0, len(code), 4))


def _row(values: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
