"""Make the pictures of the README from the real program: `uv run python -m scripts.make_pictures`."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

from noc_tui.files import write_whole
from noc_tui.preferences import Preferences
from noc_tui.tui.app import NocApp
from noc_tui.tui.launch import Launch

DOCS = Path(__file__).resolve().parent.parent / "docs"
KEYS = "3635"
PICTURES = {"dashboard-120x40.svg": (120, 40), "dashboard-80x24.svg": (80, 24)}


async def picture(size: tuple[int, int]) -> str:
    """The dashboard of that size after a few steps, as SVG that fetches nothing."""
    app = NocApp(
        Launch("play", incident="retry_storm", seed=1042),
        Preferences(reduced_motion=True),
        monotonic=iter(range(10**6)).__next__,
        live_timers=False,
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in KEYS:
            await pilot.press(key)
            await pilot.pause()
        svg = app.export_screenshot(title=" ", simplify=False)
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(r"terminal-\d+", "terminal", svg) + "\n"


def main() -> None:
    """Write them into `docs/`."""
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(NOC_TUI_DATA=folder, NOC_TUI_CONFIG=str(Path(folder) / "none.toml"))
        for name, size in PICTURES.items():
            write_whole(DOCS / name, asyncio.run(picture(size)))
            print(DOCS / name)


if __name__ == "__main__":
    main()
