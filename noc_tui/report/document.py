"""A report as one HTML file that needs nothing else: no script, no font, no picture from anywhere.

A Content-Security-Policy lets the browser load nothing at all, and apply no style but the one that stands in the file.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

from noc_tui.report.markup import Markup, element

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLICY: Final = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def html_document(title: str, style: str, parts: Iterable[Markup]) -> str:
    """The file: its title, its style sheet, and the parts of its body."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY.format(digest=digest)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="generator", content="noc-tui"),
        element("title", title),
        element("style", Markup(style)),
    )
    body = element("body", element("main", *parts))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"
