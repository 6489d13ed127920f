"""What stood on the screen before a move, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.sim.metrics import METRICS

if TYPE_CHECKING:
    from noc_tui.sim.metrics import MetricSpec, SystemMetrics


def seen(metrics: SystemMetrics) -> str:
    """The metrics out of range, the furthest out first: `CPU 91.0 %, latency 131 ms`; or `all healthy`."""
    out = [(spec, value) for spec, value in zip(METRICS, metrics, strict=True) if not spec.is_healthy(value)]
    out.sort(key=lambda pair: -_how_far(*pair))
    words = [f"{spec.short} {spec.text(value)}" for spec, value in out]
    return ", ".join([*words[:1], *(word[0].lower() + word[1:] if _is_word(word) else word for word in words[1:])]) or (
        "all healthy"
    )


def _how_far(spec: MetricSpec, value: float) -> float:
    """How much of the way from the threshold to the crash, or to the end of the scale, is gone."""
    if not spec.higher_is_worse:
        return 1.0 - value
    end = spec.crash_at if spec.crash_at is not None else spec.full_scale
    return (value - spec.healthy_below) / (end - spec.healthy_below)


def _is_word(text: str) -> bool:
    """Whether the first word may be written small: CPU may not."""
    return not text.split(maxsplit=1)[0].isupper()
