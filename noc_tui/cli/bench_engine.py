"""Which processors an evaluation plays on: those of this machine, or of a Ray cluster."""

from __future__ import annotations

from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from noc_tui.cli.common import complain

if TYPE_CHECKING:
    from noc_tui.bench.engine import Engine

INSTALL_RAY: Final = 'pip install "noc-tui[ray]"'


class EngineName(StrEnum):
    """Whose processors play and review."""

    LOCAL = "local"
    RAY = "ray"


def chosen_engine(name: EngineName, *, ray_address: str | None, processes: int | None, episodes: int) -> Engine:
    """The engine of that name for so many episodes. Exits where it cannot be had."""
    from noc_tui.bench.engine import LocalEngine, available_processors

    if name is EngineName.LOCAL:
        if ray_address is not None:
            complain("--ray-address is of no use without --engine ray", 2)
        return LocalEngine(processes) if processes else LocalEngine.for_episodes(episodes)
    if find_spec("ray") is None:
        complain(f"--engine ray needs Ray; this installs it: {INSTALL_RAY}", 2)
    from noc_tui.bench.ray_engine import RayEngine

    return RayEngine(ray_address, processes or available_processors())
