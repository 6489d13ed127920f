"""What is said of one side of a comparison, computed from it. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.text import clean
from noc_tui.tui.driving import badge_of, driver_view
from noc_tui.tui.keymap import display
from noc_tui.tui.sides import GhostSide, LiveSide
from noc_tui.tui.widgets.banner import BannerView
from noc_tui.tui.widgets.driver_panel import DriverView
from noc_tui.tui.widgets.keybar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from noc_tui.tui.sides import Side
    from noc_tui.tui.widgets.banner import BadgeKind, Recording

_CHOSEN: Final = "▸"
_OUTCOMES: Final = {"truncated": "OUT OF STEPS"}


def head_view(side: Side, *, chosen: bool, turn: str = "") -> BannerView:
    """The title row of a column. `turn` says which of the two is shown, and how to see the other."""
    badge, kind = _badge(side)
    recording: Recording = "off"
    if isinstance(side, LiveSide):
        recording = "rec" if side.track.recording_problem is None else "failed"
    return BannerView(
        title=side.name,
        subtitle=turn,
        step=side.step,
        max_steps=side.track.header.max_steps,
        recording=recording,
        badge=badge,
        badge_kind=kind,
        program=_CHOSEN if chosen else "",
    )


def _badge(side: Side) -> tuple[str, BadgeKind]:
    if isinstance(side, LiveSide):
        badge, kind = badge_of(side.run)
        return {"agent": "DRIVES", "error": "FAILED", "you": "STOPPED"}.get(kind, badge), kind
    end = side.track.end
    if side.done:
        outcome = end.outcome if end is not None else "interrupted"
        return _OUTCOMES.get(outcome, outcome.upper()), "ended"
    paused = isinstance(side, GhostSide) and side.paused
    return ("PAUSED", "paused") if paused else ("GHOST", "replay")


def driver_view_of(side: Side, speed: float, now: float, keys: Mapping[str, str]) -> DriverView | None:
    """What the driver of a side is doing; None once it has ended."""
    if side.done:
        return None
    if isinstance(side, LiveSide):
        view = driver_view(side.run, now, keys)
        if view is None:
            return None
        retry = (KeyHint(display(keys["versus.retry"]), "try again"),) if view.state == "failed" else ()
        return view._replace(name=clean(side.name, 40), keys=retry)
    decision = side.track.record(side.step).decision if side.step else None
    paused = isinstance(side, GhostSide) and side.paused
    return DriverView(
        name=clean(side.name, 40),
        state="paused" if paused else "decided",
        rationale=(decision.rationale or "") if decision else "",
        action=decision.action.label if decision else "",
        speed=speed,
    )
