"""`noc-tui web` in a real browser, without a window."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from noc_tui.episode.reader import SessionFile
from tests.e2e.terminal import PROGRAM

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from playwright.sync_api import sync_playwright

from tests.e2e.browser import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOME = "a flight simulator for on-call"
RESOLVED = "✓ RESOLVED"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """Of a server that has just been started."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NOC_TUI_", "TEXTUAL"))}
    environment |= {"NOC_TUI_DATA": str(data), "NOC_TUI_CONFIG": str(data / "config.toml")}
    with subprocess.Popen(
        [PROGRAM, "web", "--port", "0", "--visitors", "2"], stdout=subprocess.PIPE, text=True, env=environment, cwd=data
    ) as server:
        assert server.stdout is not None
        words = server.stdout.readline().split()
        assert words[0] == "open"
        yield words[1]
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[[], Visit]]:
    """Opens the page in a window of its own, where no script may fail."""
    contexts = []
    problems: list[str] = []

    def one() -> Visit:
        context = browser.new_context(viewport={"width": 1000, "height": 560})
        contexts.append(context)
        context.on("weberror", lambda problem: problems.append(str(problem.error)))
        return Visit(context.new_page(), address)

    yield one
    for context in contexts:
        context.close()
    assert problems == []


def sick(text: str) -> bool:
    """Whether latency or loss stands over its limit."""
    return any(" over " in line for line in text.splitlines() if line.lstrip().startswith(("Latency", "Loss")))


def test_an_incident_is_played_by_keyboard_in_a_window_that_changes_size_until_it_is_resolved(
    visit: Callable[[], Visit], data: Path
) -> None:
    failed: list[str] = []
    first = visit()
    first.page.on("requestfailed", lambda request: failed.append(request.url))
    first.see(HOME)
    blank = first.painted()
    first.press("p")
    first.see("Network congestion")
    first.press("s")
    first.see("a whole number; empty for any")
    first.press("4")
    first.press("Enter")
    first.see(lambda now: "a whole number" not in now)
    first.press("Enter")
    text = first.see("YOU IN CONTROL")
    assert first.painted() != blank
    large = first.size

    other = visit()
    assert HOME in other.see(HOME)
    assert "YOU IN CONTROL" not in other.text

    for step in range(1, 20):
        first.let_go()
        first.press("5" if sick(text) else "1")
        text = first.see(lambda now, step=step: f"step {step}/" in now or RESOLVED in now)  # type: ignore[misc]  # an argument with a default
        if RESOLVED in text:
            break
        if step == 2:
            first.page.set_viewport_size({"width": 700, "height": 480})
            text = first.see(lambda now: first.size != large and "YOU IN CONTROL" in now.splitlines()[0])
    assert first.size < large
    (path,) = (data / "sessions").glob("*.jsonl")
    with SessionFile.open(path) as session:
        assert session.end is not None
        assert session.end.outcome == "resolved"
        assert {record.decision.driver for record in session.records()} == {"human"}
    assert HOME in other.text  # the other visitor has seen nothing of it
    assert failed == []


def test_a_page_that_is_loaded_again_starts_anew_even_in_a_full_house_and_loses_nothing(
    visit: Callable[[], Visit], data: Path
) -> None:
    before = set((data / "sessions").glob("*.jsonl"))
    page = visit()
    page.see(HOME)
    visit().see(HOME)
    page.press("p")
    page.see("Memory leak")
    page.press("Enter")
    page.see("YOU IN CONTROL")
    page.press("4")
    page.see("step 1/")
    page.reload()
    page.see(HOME)
    assert page.visits == 2
    (path,) = set((data / "sessions").glob("*.jsonl")) - before
    with SessionFile.open(path) as session:
        assert (session.steps, session.state) == (1, "interrupted")
    third = visit()
    third.page.get_by_text("2 visitors are here already, and there is no room for more.").wait_for()
    third.page.get_by_role("button", name="Start again").wait_for()
