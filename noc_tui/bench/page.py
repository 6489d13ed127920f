"""The report of an evaluation as one HTML file."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from noc_tui import __version__
from noc_tui.bench import tables
from noc_tui.bench.charts import by_step_chart, difference_chart, rate_chart
from noc_tui.report.document import html_document
from noc_tui.report.markup import Markup, element
from noc_tui.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.bench.summary import Summary
    from noc_tui.bench.tables import Section
    from noc_tui.report.story import Table


def title_of(summary: Summary) -> str:
    """What the report is called."""
    return f"Evaluation of {counted(len(summary.agents), 'agent')}"


def under_title(summary: Summary) -> str:
    """What was played, in a sentence."""
    how = {True: "blind", False: "not blind", None: "some blind and some not"}[summary.blind]
    return (
        f"{counted(summary.episodes, 'episode')} of {counted(len(summary.incidents), 'incident')}, "
        f"{counted(summary.seeds, 'seed')}, {how}, of at most {summary.max_steps} steps."
    )


@lru_cache(maxsize=1)
def _style() -> str:
    report = resources.files("noc_tui.report").joinpath("report.css").read_text("utf-8")
    return report + resources.files("noc_tui.bench").joinpath("page.css").read_text("utf-8")


def html_page(summary: Summary) -> str:
    """The whole page."""
    return html_document(title_of(summary), _style(), _parts(summary))


def _parts(summary: Summary) -> Iterator[Markup]:
    yield element(
        "header",
        element("p", "noc-tui bench", class_="over-line"),
        element("h1", title_of(summary)),
        element("p", under_title(summary)),
        *(element("p", note) for note in summary.notes),
    )
    yield _section(tables.outcomes(summary), _figure("Resolved, with 95 % intervals", rate_chart(summary)))
    yield _section(tables.conduct(summary), _figure("Resolved after so many steps", by_step_chart(summary)))
    if summary.differences:
        yield _section(tables.differences(summary), _figure("Difference in resolved", difference_chart(summary)))
    yield _section(tables.per_incident(summary))
    yield _section(tables.spending(summary))
    yield element("footer", element("p", f"Made by noc-tui {__version__} from recorded sessions."))


def _section(section: Section, *figures: Markup) -> Markup:
    name = section.title.lower().replace(",", "").replace(" ", "-")
    parts = [element("p", section.about)] if section.about else []
    heading = element("h2", section.title, id=name)
    return element("section", heading, *parts, *figures, _table(section.table, section.title), aria_labelledby=name)


def _figure(caption: str, chart: Markup) -> Markup:
    return element("figure", element("figcaption", element("h3", caption)), chart)


def _table(table: Table, caption: str) -> Markup:
    kinds = ["number" if column in table.numeric else None for column in range(len(table.head))]
    head = element(
        "tr", *(element("th", text, scope="col", class_=k) for text, k in zip(table.head, kinds, strict=True))
    )
    rows = []
    for row in table.rows:
        cells = [element("td", text, class_=kind) for text, kind in zip(row[1:], kinds[1:], strict=True)]
        rows.append(element("tr", element("th", row[0], scope="row"), *cells))
    whole = element("table", element("thead", head), element("tbody", *rows))
    # Who has no mouse must be able to scroll what is wider than the window.
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=caption)
