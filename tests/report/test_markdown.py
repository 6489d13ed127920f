"""The report in Markdown: what stands in it, and that no text of a stranger's becomes markup."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from noc_tui.episode.reader import SessionFile
from noc_tui.report.facts import facts_of
from noc_tui.report.markdown import escaped, markdown_report
from noc_tui.review.model import Verdict
from noc_tui.text import clean
from tests.episode.builders import eventful
from tests.report.samples import HOSTILE, made_review, named, poisoned, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

GITHUB = MarkdownIt("gfm-like")


def report(path: Path, verdicts: list[Verdict] | None = None) -> str:
    with SessionFile.open(path) as session:
        return markdown_report(facts_of(session, made_review(session, verdicts) if verdicts else None))


def inline(markdown: str) -> list[Token]:
    """What stands in the lines of a document."""
    return [token for block in GITHUB.parse(markdown) for token in block.children or ()]


def tables(markdown: str) -> list[list[list[str]]]:
    """The tables of a document as a reader sees them: rows of cells."""
    found: list[list[list[str]]] = []
    tokens = GITHUB.parse(markdown)
    for token, following in pairwise(tokens):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in {"td_open", "th_open"}:
            found[-1][-1].append("".join(child.content for child in following.children or ()))
    return found


def test_it_reads_from_the_outcome_to_where_it_comes_from(tmp_path: Path) -> None:
    text = report(recorded(tmp_path), [Verdict.BEST] * 4)
    assert re.findall(r"^#+ .*", text, re.MULTILINE) == [
        "# Post-incident report: CPU overload",
        "## Summary",
        "## Impact",
        "## Timeline",
        "## What worked",
        "## What was wasted",
        "## Review of every move",
        "## About this report",
    ]
    assert "**Resolved** after 4 steps (2 min from the page). At the page: CPU 89.1 %, " in text
    assert "- **Time to restore (MTTR):** 4 steps, 2 min on the incident clock" in text
    assert "- **Grade:** B" in text
    assert "- Throttle CPU, steps 1–2 (best): health +" in text


def test_every_table_has_whole_rows(tmp_path: Path) -> None:
    found = tables(report(poisoned(eventful(tmp_path)), [Verdict.BEST, Verdict.MISTAKE, Verdict.NONE, Verdict.GOOD]))
    assert len(found) == 4  # impact, timeline, review, models
    for rows in found:
        assert len({len(row) for row in rows}) == 1


def test_the_impact_stands_in_units(tmp_path: Path) -> None:
    impact = tables(report(recorded(tmp_path)))[0]
    assert impact[0][:4] == ["Metric", "Healthy", "At the page", "Peak"]
    cpu = next(row for row in impact if row[0] == "CPU")
    assert cpu[1] == "under 65 %"
    assert re.fullmatch(r"[89]\d\.\d %", cpu[3])
    assert cpu[6] == "30 s"


def test_an_unfinished_session_says_so(tmp_path: Path) -> None:
    text = report(eventful(tmp_path))
    assert "**Unfinished**: 4 steps so far" in text
    assert "not restored" in text


def test_what_a_blind_session_is_about_is_not_told_before_its_end(tmp_path: Path) -> None:
    text = report(eventful(tmp_path, blind=True))
    assert "# Post-incident report: Blind incident" in text
    assert "is not told here" in text
    assert named(text) == []


def test_the_references_of_an_incident_are_links_to_what_they_show(tmp_path: Path) -> None:
    links = [token.attrs["href"] for token in inline(report(recorded(tmp_path))) if token.type == "link_open"]
    assert "https://www.brendangregg.com/usemethod.html" in links


def test_texts_of_strangers_make_no_markup(tmp_path: Path) -> None:
    text = report(poisoned(eventful(tmp_path)))
    assert "\x1b" not in text
    kinds = {token.type for token in inline(text)}
    assert kinds <= {"text", "text_special", "softbreak", "strong_open", "strong_close", "link_open", "link_close"}
    blocks = {token.type for token in GITHUB.parse(text)}
    assert not blocks & {"html_block", "fence", "code_block", "blockquote_open"}
    links = {token.attrs["href"] for token in inline(text) if token.type == "link_open"}
    assert links == {"https://evil.example/x.png", "https://evil.example/y.png"}  # of the references, as they stand


@pytest.mark.parametrize("text", ["- x", "+ x", "1. x", "2) x", "# x", "> x", "===", "---", "~~~", "    x", "* * *"])
def test_a_text_that_looks_like_a_block_is_a_paragraph(text: str) -> None:
    tokens = GITHUB.parse(escaped(text.strip()))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]


@given(st.text(alphabet=st.sampled_from(HOSTILE + "0123456789.)(-+=~#$:/&;{}!\\`"), max_size=60))
def test_whatever_the_text_a_reader_sees_just_that(text: str) -> None:
    text = clean(text).strip()
    tokens = inline(escaped(text))
    assert "".join(token.content for token in tokens) == text
    assert {token.type for token in tokens} <= {"text", "text_special"}
