"""The report in every form: the same figures, nothing that a name could break out of, nothing from elsewhere."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from noc_tui.bench.exports import as_json, episodes_csv, figures_csv, markdown, write_report
from noc_tui.bench.page import html_page
from noc_tui.bench.summary import Summary, summarize
from noc_tui.bench.tables import terminal_report
from tests.bench.rows import crashed, make_row, reviewed, void

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.bench.outcomes import Row

EVIL = "<script>alert(1)</script>|`x`\x1b[31m"
PAID = {"calls": 5, "tokens_in": 2000, "tokens_out": 150, "cost": 0.0125, "latencies_ms": (812.0, 1200.0)}


def sample_rows(agent: str = "llm") -> list[Row]:
    """Two agents, three incidents, four seeds; the second agent is worse, and failed once."""
    rows = []
    for incident in ("alpha", "beta", "gamma"):
        for seed in range(4):
            rows.append(make_row(agent, incident, seed, session="s", reviewed=reviewed(), steps=4 + seed, **PAID))
            rows.append(crashed("wait", incident, seed, reviewed=reviewed(accuracy=40.0, harmful=2)))
    rows[0] = void(agent, "alpha", 0, session="s", **PAID)
    return rows


@pytest.fixture
def summary() -> Summary:
    return summarize(sample_rows())


class Page(HTMLParser):
    """What stands in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


# --- in a terminal


def test_the_tables_fit_eighty_columns_whatever_the_agents_are_called() -> None:
    rows = [row for n in range(7) for row in sample_rows(f"llm:{'x' * 60}{n}")]
    lines = list(terminal_report(summarize([row for row in rows if row.agent != "wait"])))
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("Resolved, by incident") for line in lines) == 2


def test_the_tables_tell_the_rates_with_their_intervals(summary: Summary) -> None:
    lines = list(terminal_report(summary))
    assert lines[1].split() == ["Agent", "Resolved", "In", "12", "steps", "pass^2", "Crashed", "Void", "Episodes"]
    assert lines[2].split() == ["llm", "100", "%", "(74–100)", "100", "%", "(74–100)", "1.00", "0", "%", "1", "12"]
    assert any(line.startswith("llm") and "0.0136" in line for line in lines)  # 12 × 0.0125 / 11


def test_what_is_not_known_is_not_shown_as_nothing() -> None:
    lines = list(terminal_report(summarize([make_row(cost=None), void("other")])))
    assert any(re.match(r"one .* unknown +unknown$", line) for line in lines)
    assert lines[3].split() == ["other", "—", "—", "—", "—", "1", "1"]


def test_a_name_can_steer_no_terminal() -> None:
    text = "\n".join(terminal_report(summarize(sample_rows(EVIL))))
    assert "\x1b" not in text


# --- files


def test_json_has_every_figure_and_nothing_that_json_does_not_know(summary: Summary) -> None:
    values = json.loads(json.dumps(as_json(summary), allow_nan=False))
    assert (values["format"], values["version"], values["within_steps"]) == ("noc-tui-evaluation", 1, 12)
    llm = values["agents"][0]
    assert (llm["agent"], llm["overall"]["void"], llm["overall"]["resolved"]) == ("llm", 1, 11)
    assert llm["overall"]["resolved_rate"]["low"] == pytest.approx(0.741, abs=1e-3)
    assert llm["overall"]["cost_per_resolved"] == pytest.approx(12 * 0.0125 / 11)
    assert set(llm["incidents"]) == {"alpha", "beta", "gamma"}
    resolved = [d for d in values["differences"] if d["measure"] == "resolved" and d["incident"] is None]
    assert [(d["one"], d["other"], d["estimate"]["value"], d["episodes"]) for d in resolved] == [("llm", "wait", 1, 11)]


def test_csv_has_a_row_for_each_agent_and_one_for_each_of_its_incidents(summary: Summary) -> None:
    lines = list(csv.DictReader(io.StringIO(figures_csv(summary))))
    assert [(line["agent"], line["incident"]) for line in lines] == [
        (agent, incident) for agent in ("llm", "wait") for incident in ("", "alpha", "beta", "gamma")
    ]
    assert float(lines[0]["resolved_rate"]) == 1.0
    assert (lines[1]["void"], lines[1]["pass_hat_4"], lines[0]["pass_hat_1"]) == ("1", "", "1.0")


def test_csv_has_a_row_for_each_episode() -> None:
    lines = list(csv.DictReader(io.StringIO(episodes_csv(sample_rows()))))
    assert len(lines) == 24
    assert (lines[0]["outcome"], lines[0]["error"], lines[0]["cost"]) == ("void", "it failed", "0.0125")
    assert (lines[1]["keys"], lines[1]["par"], lines[1]["mean_latency_ms"]) == ("WWWWW", "4.0", "1006.0")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", " =1", "\uff1d1", "\uff201"])
def test_a_spreadsheet_takes_no_name_for_a_formula(name: str) -> None:
    (line,) = csv.DictReader(io.StringIO(episodes_csv([make_row(name)])))
    assert line["agent"] == f"'{name}"


def test_markdown_shows_a_name_as_it_is() -> None:
    text = markdown(summarize(sample_rows(EVIL)))
    assert "<script" not in text.replace("\\<script", "")
    table = [line for line in text.splitlines() if line.startswith("| \\<script")]
    assert table
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table[:1]}) == 1
    assert "\x1b" not in text


def test_the_page_is_sound_and_needs_nothing_from_elsewhere(summary: Summary) -> None:
    text = html_page(summary)
    page = Page(text)
    assert page.open == []
    assert not set(page.tags) & {"script", "link", "img", "iframe", "object", "form"}
    assert not set(page.attributes) & {"src", "href", "style", "onload", "onclick"}
    assert page.tags.count("svg") == 3
    (policy,) = [value for value in page.attributes["content"] if value.startswith("default-src 'none'")]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() in policy
    assert "url(" not in style[1]


def test_the_page_shows_a_name_as_text() -> None:
    page = Page(html_page(summarize(sample_rows(EVIL))))
    assert "script" not in page.tags
    assert "<script>alert(1)</script>|`x`" in page.text


def test_the_dots_stand_where_the_figures_are(summary: Summary) -> None:
    text = html_page(summary)
    rates = re.findall(r'<circle cx="([0-9.]+)"', text)
    # 100 % at the right edge, 0 % at the left one; the difference of +100 points at the right edge again.
    assert rates == ["836", "300", "836"]
    (low, high) = re.findall(r'<line x1="([0-9.]+)" x2="([0-9.]+)" y1="20" y2="20" class="interval"', text)[0]
    assert float(low) == pytest.approx(300 + 536 * 0.741, abs=0.5)
    assert high == "836"


def test_many_agents_have_labels_that_do_not_cover_each_other() -> None:
    rows = [make_row(f"agent{n}", seed=seed) for n in range(9) for seed in range(2)]
    text = html_page(summarize(rows))
    heights = sorted(float(y) for y in re.findall(r'<text x="[0-9.]+" y="([0-9.]+)" class="series">', text))
    assert len(heights) == 9
    assert min(after - before for before, after in pairwise(heights)) >= 14


@pytest.mark.parametrize(
    "rows", [[make_row()], [void()], [void("a"), make_row("b")], [make_row("a", "x"), make_row("b", "y")]]
)
def test_a_report_of_next_to_nothing_can_be_written(tmp_path: Path, rows: list[Row]) -> None:
    files = write_report(tmp_path, summarize(rows), rows)
    assert [file.name for file in files] == ["report.html", "report.md", "report.json", "report.csv", "episodes.csv"]
    assert all(file.stat().st_size for file in files)


def test_a_report_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, summary: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    write_report(tmp_path, summary, sample_rows())
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    monkeypatch.setattr("noc_tui.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(tmp_path, summarize([make_row()]), [make_row()])
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before
