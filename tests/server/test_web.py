"""The page at `/web`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx2

from noc_tui.server.app import ServerSettings
from noc_tui.server.web import page_html
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.catalog import Catalog, default_catalog
from tests.server.serving import served

if TYPE_CHECKING:
    from pathlib import Path

SESAME = "sesame"


def facts_of(page: str) -> dict[str, Any]:
    (facts,) = re.findall(r'<script type="application/json" id="facts">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(facts)
    return found


def test_the_page_knows_what_there_is_to_choose_from() -> None:
    facts = facts_of(page_html(default_catalog()))
    assert facts["incidents"] == list(default_catalog().ids)
    assert [action["id"] for action in facts["actions"]] == [str(action) for action in ACTIONS]
    assert [metric["unit"] for metric in facts["metrics"]] == ["%", "%", "ms", "%", "up", "%"]


def test_a_name_from_outside_does_not_end_the_script_that_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "<script>alert(1).toml").touch()
    page = page_html(Catalog([tmp_path]))
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert facts_of(page)["incidents"] == ["<script>alert(1)"]


async def test_the_page_is_there_when_it_is_asked_for_and_runs_nothing_of_others() -> None:
    async with served(ServerSettings(web=True)) as server, httpx2.AsyncClient(base_url=server.url) as http:
        page = await http.get("/web")
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "http:" not in policy
        assert not re.search(r"""(?:src|href)\s*=|innerHTML|https?://""", page.text)


async def test_there_is_one_address_of_the_page_for_it_finds_the_websocket_beside_that() -> None:
    async with served(ServerSettings(web=True)) as server, httpx2.AsyncClient(base_url=server.url) as http:
        for path in ("/", "/web/"):
            assert (await http.get(path)).headers["location"] == "/web"
            assert (await http.get(f"{path}?token=a%26b&c=d")).headers["location"] == "/web?token=a%26b&c=d"


async def test_the_page_is_behind_the_token() -> None:
    settings = ServerSettings(web=True, token=SESAME)
    async with served(settings) as server, httpx2.AsyncClient(base_url=server.url) as http:
        assert (await http.get("/web")).status_code == 401
        assert (await http.get(f"/web?token={SESAME}")).status_code == 200
