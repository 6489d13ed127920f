"""Four names for one incident: the right one, and those it is most easily taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.sim.metrics import METRIC_NAMES, METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from noc_tui.drills.draws import Draws
    from noc_tui.sim.incident import Incident
    from noc_tui.sim.metrics import SystemMetrics

NAMES: Final = 4
LOOK_ALIKE: Final = "look-alike"
_TAGGED: Final = 0.6
"""How much nearer a pair counts in which both are tagged as look-alikes."""
_SHARED: Final = 0.85
"""The same for each other tag that they share."""


class Name(NamedTuple):
    """One of the names to choose from."""

    incident: str
    title: str


def look_alikes(
    incident: Incident, others: Sequence[Incident], page: SystemMetrics, draws: Draws, count: int = NAMES
) -> tuple[Name, ...]:
    """`count` names in an order that is drawn, the right one among them; fewer where there are no more incidents.

    The others are those whose page looks most like `page`, each metric on its own scale; incidents that are
    tagged `look-alike`, or share other tags with this one, count as nearer. No two have the same title.
    """
    titles = {incident.title}
    nearest: list[Name] = []
    for other in sorted(others, key=lambda other: (_distance(incident, other, page), other.id)):
        if other.id != incident.id and other.title not in titles and len(nearest) < count - 1:
            titles.add(other.title)
            nearest.append(Name(other.id, other.title))
    return tuple(draws.shuffled([Name(incident.id, incident.title), *nearest]))


def _distance(incident: Incident, other: Incident, page: SystemMetrics) -> float:
    """How far the page of `other` lies from this one, in full scales."""
    apart = sum(
        abs(float(getattr(other.initial, name)) - value) / spec.full_scale
        for name, spec, value in zip(METRIC_NAMES, METRICS, page, strict=True)
    )
    shared = set(incident.tags) & set(other.tags)
    factor = _TAGGED if LOOK_ALIKE in shared else 1.0
    return float(apart * factor * _SHARED ** len(shared - {LOOK_ALIKE}))
