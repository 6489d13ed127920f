"""The report of a session as one HTML file."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from noc_tui.report import story
from noc_tui.report.charts import has_marks, is_wide, legend, metric_chart
from noc_tui.report.document import html_document
from noc_tui.report.markup import Markup, element, joined
from noc_tui.report.wording import WEB_ADDRESS, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from noc_tui.report.facts import Impact, SessionFacts
    from noc_tui.report.findings import Finding
    from noc_tui.report.story import Pair, Table

_KINDS: Final = frozenset({"What", "Verdict"})
"""Columns that are coloured by what stands in their row."""


@lru_cache(maxsize=1)
def _style() -> str:
    return resources.files("noc_tui.report").joinpath("report.css").read_text("utf-8")


def html_report(facts: SessionFacts) -> str:
    """The whole report."""
    return html_document(f"Post-incident report: {facts.title}", _style(), _sections(facts))


def _sections(facts: SessionFacts) -> Iterator[Markup]:
    yield _top(facts)
    yield _section("Summary", *_summary(facts))
    yield _section(
        "Impact",
        _table(
            story.impact_table(facts),
            "Steps are 30 s on the incident clock. “Out” means out of the healthy range at the end of a step.",
            row_heads=True,
        ),
        element("p", story.before_page(facts)),
    )
    yield _section("Course", *_charts(facts))
    kinds = [event.kind for event in facts.events]
    yield _section("Timeline", _table(story.timeline_table(facts), "The clock counts from the page.", classes=kinds))
    yield _section("What worked", _findings(facts.worked, story.nothing_worked(facts)))
    yield _section("What was wasted", _findings(facts.wasted, "Nothing."))
    if facts.review is not None and facts.review.moves:
        table = story.review_table(facts.review)
        verdicts = [move.verdict.category for move in facts.review.moves]
        yield _section("Review of every move", _table(table, "Steps lost are expected ones.", classes=verdicts))
    if facts.models:
        yield _section("Use of models", _table(story.models_table(facts), "Failed and cancelled calls included."))
    yield _section("About this report", _pairs(story.about(facts)))


def _top(facts: SessionFacts) -> Markup:
    outcome, rest = story.headline(facts)
    return element(
        "header",
        element("p", "Post-incident report", class_="over-line"),
        element("h1", facts.title),
        element(
            "p",
            element("strong", outcome, class_=f"outcome {facts.outcome or 'unfinished'}"),
            f"{rest} {story.state_at_page(facts)}",
        ),
        _pairs(story.key_figures(facts)),
    )


def _section(title: str, *content: str) -> Markup:
    name = title.lower().replace(" ", "-")
    return element("section", element("h2", title, id=name), *content, aria_labelledby=name)


def _summary(facts: SessionFacts) -> Iterator[Markup]:
    if facts.secret:
        yield element("p", story.UNTOLD)
        return
    yield element("p", facts.summary or "The incident file has no summary.")
    if facts.lesson:
        yield element("p", element("strong", "To remember. "), facts.lesson)
    if facts.references:
        yield element("p", "Read on:")
        yield element("ul", *(element("li", _linked(text)) for text in facts.references))


def _linked(text: str) -> Markup:
    """Text in which addresses are links to what they show."""
    parts: list[str] = []
    end = 0
    for match in WEB_ADDRESS.finditer(text):
        parts += [text[end : match.start()], element("a", match[0], href=match[0], rel="noopener noreferrer")]
        end = match.end()
    return joined(*parts, text[end:])


def _pairs(pairs: Sequence[Pair]) -> Markup:
    items = (element("div", element("dt", name), element("dd", text)) for name, text in pairs)
    return element("dl", *items, class_="figures")


def _table(table: Table, caption: str, *, classes: Sequence[str] = (), row_heads: bool = False) -> Markup:
    """A table. `classes` has one for each row; with `row_heads` the first column names the rows."""
    widest = max(range(len(table.head)), key=lambda column: sum(len(row[column]) for row in table.rows))
    kinds = ["number" if column in table.numeric else None for column in range(len(table.head))]
    for column in _KINDS.intersection(table.head):
        kinds[table.head.index(column)] = "kind"
    if widest not in table.numeric and not row_heads:
        kinds[widest] = "wide"
    head = element("tr", *(_cell("th", text, kind, "col") for text, kind in zip(table.head, kinds, strict=True)))
    rows = []
    for number, row in enumerate(table.rows):
        cells = [_cell("td", text, kind) for text, kind in zip(row, kinds, strict=True)]
        if row_heads:
            cells[0] = _cell("th", row[0], kinds[0], "row")
        rows.append(element("tr", *cells, class_=classes[number] if classes else None))
    whole = element("table", element("caption", caption), element("thead", head), element("tbody", *rows))
    # Who has no mouse must be able to scroll what is wider than the window.
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=caption)


def _cell(name: str, text: str, kind: str | None, scope: str | None = None) -> Markup:
    return element(name, text, scope=scope, class_=kind)


def _charts(facts: SessionFacts) -> Iterator[Markup]:
    figures = []
    for index, impact in enumerate(facts.impacts):
        about = _about(impact)
        caption = element("figcaption", element("h3", impact.spec.label), element("span", about))
        figures.append(element("figure", caption, metric_chart(facts, index, about)))
    yield element("div", *figures, class_="charts wide" if is_wide(facts) else "charts")
    if has_marks(facts):
        yield legend(facts)


def _about(impact: Impact) -> str:
    """What the chart shows, in a sentence: the picture's text for who cannot see it."""
    spec = impact.spec
    healthy = story.healthy_text(spec)
    worst = f"worst {spec.text(impact.peak)} at step {impact.peak_step}" if impact.was_hit else "never out"
    out = f", out for {duration(impact.over_seconds)}" if impact.over else ""
    return f"Healthy {healthy}; {worst}{out}"


def _findings(findings: tuple[Finding, ...], nothing: str) -> Markup:
    if not findings:
        return element("p", nothing)
    return element("ul", *(element("li", story.finding_text(finding)) for finding in findings))
