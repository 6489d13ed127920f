"""Make the pictures of the documentation from the real program: `uv run python -m scripts.make_pictures`.

Names after it make those alone: `... -m scripts.make_pictures dashboard drill-spot`.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from noc_tui.files import write_whole
from noc_tui.preferences import Preferences
from noc_tui.tui.app import NocApp
from noc_tui.tui.launch import Launch
from scripts.drill_pictures import SCENES as DRILLS
from scripts.practice_pictures import SCENES as PRACTICE
from scripts.scene import Scene, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
SIZES: Final = ((120, 40), (80, 24))


async def _a_few_steps(stage: Stage) -> None:
    await stage.press(*"3635")


async def _steps_of_two(stage: Stage) -> None:
    for _ in range(4):
        await stage.press("full_stop")
    await stage.see("ahead")


SCENES: Final[Mapping[str, Scene]] = {
    "dashboard": Scene(Launch("play", incident="retry_storm", seed=1042), _a_few_steps),
    "versus": Scene(
        Launch("play", incident="slow_leak", seed=4, watch=True, agent="rules", ghost="planner"), _steps_of_two
    ),
    **DRILLS,
    **PRACTICE,
}
"""By the name of the picture; those of drills and progress lie in a folder of their own."""


async def picture(scene: Scene, size: tuple[int, int]) -> str:
    """What a scene comes to in a window of that size, as SVG that fetches nothing."""
    now = [0.0]
    app = NocApp(
        scene.launch,
        Preferences(reduced_motion=True, player="you"),
        monotonic=lambda: now[0],
        live_timers=False,
        remembers=scene.remembers,
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await scene.play(Stage(app, pilot, now))
        svg = app.export_screenshot(title=" ", simplify=False)
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(r"terminal-\d+", "terminal", svg) + "\n"


def main(names: list[str]) -> None:
    """Write them into `docs/`; each scene begins with an empty data folder."""
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    for name, scene in SCENES.items():
        if names and name not in names:
            continue
        for columns, rows in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                os.environ.update(NOC_TUI_DATA=folder, NOC_TUI_CONFIG=str(Path(folder) / "none.toml"))
                path = DOCS / scene.folder / f"{name}-{columns}x{rows}.svg"
                path.parent.mkdir(exist_ok=True)
                write_whole(path, asyncio.run(picture(scene, (columns, rows))))
                print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
