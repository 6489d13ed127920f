"""Make docs/browser.png from the real program in Chromium: `uv run python -m scripts.make_browser_picture`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "browser.png"
KEYS: Final = ("p", "Enter", "5", "5", "6")
_SETTLED: Final = 1500
"""Milliseconds for the program to show what a key did."""


def play(page: Page, address: str) -> None:
    """Open the page, and take the first steps of the first incident of the list."""
    page.goto(address)
    page.wait_for_selector("body.-first-byte")
    for key in ("", *KEYS):
        if key:
            page.keyboard.press(key)
        page.wait_for_timeout(_SETTLED)


def main() -> None:
    """Start the server, play, and take the picture."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("there is no Chromium on this machine")
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {"NOC_TUI_DATA": data, "NOC_TUI_CONFIG": f"{data}/config.toml"}
        program = [str(Path(sys.executable).with_name("noc-tui")), "web", "--port", "0"]
        with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True) as server:
            address = server.stdout.readline().split()[1] if server.stdout else ""
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1080, "height": 640})
                play(page, address)
                page.screenshot(path=TARGET)
                browser.close()
            server.terminate()


if __name__ == "__main__":
    main()
