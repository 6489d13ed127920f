"""The report as GitHub Markdown. Whatever a text holds, it is text: never markup, a link or a picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from noc_tui.report import story
from noc_tui.report.wording import WEB_ADDRESS

if TYPE_CHECKING:
    from noc_tui.report.facts import SessionFacts
    from noc_tui.report.findings import Finding
    from noc_tui.report.story import Pair, Table

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>#|~&$]")
_BULLET: Final = re.compile(r"^([-+=]|[0-9]+(?=[.)]( |$)))")
_LINK: Final = re.compile(r"(?i)((?:https?|ftp|mailto|xmpp)):|(www)\.|@")
"""What GitHub would make a link of without being asked."""


def markdown_report(facts: SessionFacts) -> str:
    """The whole report."""
    outcome, rest = story.headline(facts)
    parts = [
        f"# Post-incident report: {escaped(facts.title)}",
        f"**{outcome}**{escaped(rest)} {escaped(story.state_at_page(facts))}",
        markdown_pairs(story.key_figures(facts)),
        "## Summary",
        *_summary(facts),
        "## Impact",
        "Steps are 30 s on the incident clock. “Out” means out of the healthy range at the end of a step.",
        markdown_table(story.impact_table(facts)),
        escaped(story.before_page(facts)),
        "## Timeline",
        "The clock counts from the page.",
        markdown_table(story.timeline_table(facts)),
        "## What worked",
        _findings(facts.worked) or escaped(story.nothing_worked(facts)),
        "## What was wasted",
        _findings(facts.wasted) or "Nothing.",
    ]
    if facts.review is not None and facts.review.moves:
        parts += ["## Review of every move", markdown_table(story.review_table(facts.review))]
    if facts.models:
        parts += ["## Use of models", markdown_table(story.models_table(facts))]
    parts += ["## About this report", markdown_pairs(story.about(facts))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(facts: SessionFacts) -> list[str]:
    if facts.secret:
        return [story.UNTOLD]
    parts = [escaped(facts.summary) or "The incident file has no summary."]
    if facts.lesson:
        parts.append(f"**To remember.** {escaped(facts.lesson)}")
    if facts.references:
        parts.append("\n".join(["Read on:", "", *(f"- {_linked(text)}" for text in facts.references)]))
    return parts


def escaped(text: str) -> str:
    """Text of one line as Markdown that shows it as it is."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _LINK.sub(lambda match: "".join(map(_reference, match[0])), text)
    return _BULLET.sub(lambda match: "".join(map(_reference, match[0])), text)


def _reference(character: str) -> str:
    """A character as a reference, of which no link and no list is made."""
    return f"&#{ord(character)};"


def _linked(text: str) -> str:
    """Text of one line in which addresses are links to what they show."""
    parts, end = [], 0
    for match in WEB_ADDRESS.finditer(text):
        parts += [escaped(text[end : match.start()]), f"<{match[0]}>"]
        end = match.end()
    return "".join([*parts, escaped(text[end:])])


def markdown_pairs(pairs: tuple[Pair, ...]) -> str:
    """A list of names and what is said under each. The names are the program's own."""
    return "\n".join(f"- **{name}:** {escaped(text)}" for name, text in pairs)


def markdown_table(table: Table) -> str:
    """A table of GitHub's."""
    head = [escaped(cell) for cell in table.head]
    rules = ["---:" if column in table.numeric else "---" for column in range(len(head))]
    rows = [[escaped(cell) or " " for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rules, *rows))


def _findings(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"- {escaped(story.finding_text(finding))}" for finding in findings)
