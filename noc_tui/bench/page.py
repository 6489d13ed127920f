"""The report of an evaluation as one HTML file that needs nothing else: no script, no font, no picture from anywhere.

A Content-Security-Policy lets the browser load nothing at all, and apply no style but the one that stands in the file.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from noc_tui import __version__
from noc_tui.bench import tables
from noc_tui.bench.charts import by_step_chart, difference_chart, rate_chart
from noc_tui.report.markup import Markup, element
from noc_tui.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.bench.summary import Summary
    from noc_tui.bench.tables import Section
    from noc_tui.report.story import Table

_POLICY: Final = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


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
def _style() -> tuple[Markup, str]:
    """The style sheet, and the policy that lets it through."""
    report = resources.files("noc_tui.report").joinpath("report.css").read_text("utf-8")
    text = report + resources.files("noc_tui.bench").joinpath("page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), _POLICY.format(digest=digest)


def html_page(summary: Summary) -> str:
    """The whole page."""
    style, policy = _style()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="generator", content="noc-tui"),
        element("title", title_of(summary)),
        element("style", style),
    )
    body = element("body", element("main", *_parts(summary)))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


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
