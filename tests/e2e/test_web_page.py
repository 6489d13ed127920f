"""The page of `noc-tui serve --web` in a real browser, without a window."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from noc_tui.server.app import ServerSettings

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from playwright.sync_api import expect, sync_playwright

from noc_tui.episode.library import list_sessions
from tests.server.conftest import in_a_thread

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.e2e

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def test_two_visitors_play_with_six_buttons_each_an_episode_of_their_own(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with in_a_thread(ServerSettings(web=True, record=tmp_path)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        problems: list[str] = []
        first, other = browser.new_page(), browser.new_page()
        for page in (first, other):
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
            page.goto(f"{url}/web")
            expect(page.locator("#actions button")).to_have_count(6)
            expect(page.locator("#actions button").first).to_be_disabled()
        begin(first, "cpu_overload", "7")
        begin(other, "memory_leak", "7", blind=True)
        expect(first.locator("#title")).to_have_text("· CPU overload")
        expect(other.locator("#title")).to_have_text("· Blind incident")
        expect(first.locator("#alerts")).to_contain_text("HostHighCpuLoad")

        for step in range(1, 20):
            first.get_by_role("button", name="Throttle CPU").click()
            expect(first.locator("#status")).to_contain_text(f"Step {step} of")
            if first.locator("#status").get_attribute("data-over"):
                break
        expect(first.locator("#status")).to_contain_text("Resolved.")
        expect(first.locator("#actions button").first).to_be_disabled()
        expect(other.locator("#status")).to_contain_text("Step 0 of 60")

        first.locator("[name=max_steps]").fill("0")
        first.locator("form").evaluate("form => { form.noValidate = true }")
        first.get_by_role("button", name="Reset").click()
        expect(first.locator("#problem")).to_contain_text("max_steps: input should be greater than or equal to 1")
        browser.close()
    assert problems == []
    (summary,), _ = list_sessions(tmp_path)
    assert (summary.status, summary.driver, summary.seed) == ("resolved", "human", 7)


def begin(page: Page, incident: str, seed: str, *, blind: bool = False) -> None:
    """Choose, and press Reset."""
    page.locator("[name=incident_type]").select_option(incident)
    page.locator("[name=seed]").fill(seed)
    page.locator("[name=blind]").set_checked(blind)
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#status")).to_contain_text("Step 0 of")
