"""A page to play on, at `/web`: each visitor has a session of its own, over the same WebSocket as everybody.

OpenEnv's own page loads Gradio, and all its visitors share one episode.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import Request  # noqa: TC002  (FastAPI evaluates the annotations of a route)
from fastapi.responses import HTMLResponse, RedirectResponse

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import METRICS

if TYPE_CHECKING:
    from fastapi import FastAPI

    from noc_tui.sim.catalog import Catalog

_PAGE: Final = Path(__file__).with_name("page.html")
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self' ws: wss:"
    ),
    "Referrer-Policy": "no-referrer",
}
"""Nothing but what the page itself holds runs; the address, which may hold a token, goes nowhere."""


def add_page(app: FastAPI, catalog: Catalog) -> None:
    """Add the page to the application."""

    async def page() -> HTMLResponse:
        return HTMLResponse(page_html(catalog), headers=_HEADERS)

    async def home(request: Request) -> RedirectResponse:
        query = request.url.query  # which may hold the token
        return RedirectResponse(f"/web?{query}" if query else "/web")

    app.get("/web", include_in_schema=False)(page)
    app.get("/web/", include_in_schema=False)(home)  # from there the page would look for `/web/ws`
    app.get("/", include_in_schema=False)(home)


def page_html(catalog: Catalog) -> str:
    """The page, with what there is to choose from."""
    facts = {
        "incidents": catalog.ids,
        "actions": [{"id": str(action), "label": action.label} for action in ACTIONS],
        "metrics": [
            {
                "name": spec.name,
                "label": spec.label,
                "unit": spec.unit,
                "scale": spec.in_units(1.0),
                "full": spec.full_scale,
                "healthy": spec.healthy_below,
                "worse": "higher" if spec.higher_is_worse else "lower",
            }
            for spec in METRICS
        ],
    }
    # A name may hold what would end the script that it stands in.
    return _PAGE.read_text("utf-8").replace("{{facts}}", json.dumps(facts).replace("<", "\\u003c"))
