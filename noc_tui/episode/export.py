"""Sessions in other forms: CSV, a row a step."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from noc_tui.sim.metrics import METRIC_NAMES
from noc_tui.sim.reward import REWARD_TERMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.episode.track import Track

COLUMNS = (
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


def csv_lines(track: Track) -> Iterator[str]:
    """The track as CSV (RFC 4180, line ends included): a header, the page as step 0, then a row for each step."""
    yield _row(COLUMNS)
    page = track.header.initial
    empty = ("",) * (len(COLUMNS) - 4 - len(METRIC_NAMES))
    yield _row((0, "", "", *page, page.health_score, *empty))
    for step in range(1, track.steps + 1):
        record = track.record(step)
        yield _row(
            (
                record.step,
                _plain(record.decision.driver),
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
                record.pressure,
                record.elapsed,
                _plain(record.explanation),
            )
        )


def _row(values: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
