"""The summary of an evaluation as files: JSON, CSV, Markdown, and a page."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from noc_tui import __version__
from noc_tui.bench import tables
from noc_tui.bench.outcomes import Reviewed, Row
from noc_tui.bench.page import html_page, title_of, under_title
from noc_tui.bench.summary import PASS_K, WITHIN
from noc_tui.files import write_whole
from noc_tui.report.markdown import escaped, markdown_table
from noc_tui.text import spreadsheet_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from noc_tui.bench.statistics import Estimate
    from noc_tui.bench.summary import Figures, Summary

FORMAT: Final = "noc-tui-evaluation"
VERSION: Final = 1


def write_report(folder: Path, summary: Summary, rows: Sequence[Row]) -> list[Path]:
    """Write every form of the report into the folder, each file whole or not at all. Raises `OSError`."""
    contents = {
        "report.html": html_page(summary),
        "report.md": markdown(summary),
        "report.json": json.dumps(as_json(summary), indent=1, allow_nan=False) + "\n",
        "report.csv": figures_csv(summary),
        "episodes.csv": episodes_csv(rows),
    }
    for name, text in contents.items():
        write_whole(folder / name, text)
    return [folder / name for name in contents]


# --- JSON


def as_json(summary: Summary) -> dict[str, Any]:
    """The whole summary as JSON-ready values: shares in [0, 1], times in ms, s or steps as their names say."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": __version__,
        "episodes": summary.episodes,
        "incidents": list(summary.incidents),
        "seeds": summary.seeds,
        "blind": summary.blind,
        "max_steps": summary.max_steps,
        "within_steps": WITHIN,
        "agents": [
            {
                "agent": agent.agent,
                "overall": figures_json(agent.overall),
                "incidents": {incident: figures_json(figures) for incident, figures in agent.incidents},
                "resolved_by_step": list(agent.resolved_by_step),
            }
            for agent in summary.agents
        ],
        "differences": [
            asdict(difference) | {"estimate": difference.estimate._asdict()} for difference in summary.differences
        ],
        "notes": list(summary.notes),
    }


def figures_json(figures: Figures) -> dict[str, Any]:
    """The figures as JSON-ready values."""
    return {
        **{field.name: getattr(figures, field.name) for field in fields(figures)},
        "resolved_rate": _estimate(figures.resolved_rate),
        "within_rate": _estimate(figures.within_rate),
        "pass_hat": {str(k): value for k, value in figures.pass_hat},
        "mttr_seconds": figures.mttr_seconds,
        "cost_per_resolved": figures.cost_per_resolved,
    }


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    return None if estimate is None else estimate._asdict()


# --- CSV


def figures_csv(summary: Summary) -> str:
    """A row for each agent over all incidents (`incident` is empty), and for each agent in each incident."""
    lines = []
    for agent in summary.agents:
        for incident, figures in (("", agent.overall), *agent.incidents):
            lines.append({"agent": agent.agent, "incident": incident, **_flat(figures)})
    return _csv(lines)


def _flat(figures: Figures) -> dict[str, object]:
    """Each figure in a column of its own."""
    flat: dict[str, object] = {}
    for name, value in figures_json(figures).items():
        if name == "pass_hat":
            flat |= {f"pass_hat_{k}": value.get(str(k)) for k in PASS_K}
        elif name in {"resolved_rate", "within_rate"}:
            estimate = value or {"value": None, "low": None, "high": None}
            flat |= {name: estimate["value"], f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}
        else:
            flat[name] = value
    return flat


def episodes_csv(rows: Sequence[Row]) -> str:
    """A row for each episode."""
    return _csv([_episode(row) for row in sorted(rows, key=lambda row: row.key)])


def _episode(row: Row) -> dict[str, object]:
    values = {field.name: getattr(row, field.name) for field in fields(row) if field.name not in _NOT_IN_CSV}
    latency = sum(row.latencies_ms) / len(row.latencies_ms) if row.latencies_ms else None
    reviewed = {field.name: getattr(row.reviewed, field.name, None) for field in fields(Reviewed)}
    return {**values, "mean_latency_ms": latency, **reviewed}


_NOT_IN_CSV: Final = frozenset({"latencies_ms", "reviewed", "draws"})


def _csv(lines: Sequence[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]) if lines else [])
    writer.writeheader()
    for line in lines:
        writer.writerow(
            {key: spreadsheet_cell(value) if isinstance(value, str) else value for key, value in line.items()}
        )
    return text.getvalue()


# --- Markdown


def markdown(summary: Summary) -> str:
    """The report as GitHub's Markdown."""
    return "\n\n".join(_markdown_parts(summary)) + "\n"


def _markdown_parts(summary: Summary) -> Iterator[str]:
    yield f"# {escaped(title_of(summary))}"
    yield escaped(under_title(summary))
    for note in summary.notes:
        yield f"- {escaped(note)}"
    for section in tables.sections(summary):
        yield f"## {escaped(section.title)}"
        if section.about:
            yield escaped(section.about)
        yield markdown_table(section.table)
