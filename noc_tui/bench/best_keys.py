"""The search for the string of keys that resolves most without looking: the bar that looking has to clear.

Local search with a beam. From the strings kept so far, every string that differs in one key, has one key more or less,
or two neighbours exchanged is played in every incident with every seed; the best are kept. It ends when a round brings
nothing better, or after `rounds`. Nothing is drawn: the same arguments give the same string.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.batch import BatchSimulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from noc_tui.sim.incident import Incident

Line = tuple[int, ...]
"""Indices of actions; after the last of them, one waits."""

_ENVIRONMENTS: Final = 8192
"""How many episodes are played at the same time."""


class Worth(NamedTuple):
    """What a string achieves. The larger the better: what resolves more, and of equals what does so sooner."""

    resolved: float
    """Share of the episodes."""
    less_steps: float
    """Mean steps, below 0; an episode that is not resolved counts its whole limit."""


def search(
    incidents: Sequence[Incident],
    seeds: Sequence[int],
    *,
    longest: int,
    limit: int,
    start: Sequence[Line] = ((),),
    width: int = 8,
    rounds: int = 20,
    progress: Callable[[int, Line, Worth], None] = lambda _round, _line, _worth: None,
) -> tuple[Line, Worth]:
    """The best string of at most `longest` keys that was found, and what it achieves in episodes of `limit` steps."""
    known: dict[Line, Worth] = {}

    def look_at(lines: Sequence[Line]) -> None:
        known.update(zip(lines, worths(lines, incidents, seeds, limit), strict=True))

    look_at(list(dict.fromkeys(start)))
    for number in range(1, rounds + 1):
        kept = _best(known, width)
        near = dict.fromkeys(other for line in kept for other in neighbours(line, longest) if other not in known)
        look_at(list(near))
        best = _best(known, width)
        progress(number, best[0], known[best[0]])
        if best == kept:
            break
    best_line = _best(known, 1)[0]
    return best_line, known[best_line]


def _best(known: dict[Line, Worth], most: int) -> list[Line]:
    """The best, of equals the first in the order of actions."""
    return sorted(known, key=lambda line: (*(-figure for figure in known[line]), len(line), line))[:most]


def neighbours(line: Line, longest: int) -> Iterator[Line]:
    """Every string that is one change away."""
    for place in range(len(line)):
        yield line[:place] + line[place + 1 :]
        if place:
            yield (*line[: place - 1], line[place], line[place - 1], *line[place + 1 :])
        for action in range(len(ACTIONS)):
            yield (*line[:place], action, *line[place + 1 :])
    if len(line) < longest:
        for place in range(len(line) + 1):
            for action in range(len(ACTIONS)):
                yield (*line[:place], action, *line[place:])


def worths(lines: Sequence[Line], incidents: Sequence[Incident], seeds: Sequence[int], limit: int) -> list[Worth]:
    """What each string achieves."""
    each = len(incidents) * len(seeds)
    together = max(1, _ENVIRONMENTS // each)
    found: list[Worth] = []
    for first in range(0, len(lines), together):
        found += _played(lines[first : first + together], incidents, seeds, limit)
    return found


def _played(lines: Sequence[Line], incidents: Sequence[Incident], seeds: Sequence[int], limit: int) -> list[Worth]:
    each = len(incidents) * len(seeds)
    number = len(lines) * each
    simulator = BatchSimulator(
        [incident for incident in incidents for _ in seeds] * len(lines),
        number,
        [*seeds] * (len(incidents) * len(lines)),
        max_steps=limit,
    )
    simulator.reset()
    actions = np.zeros((limit, len(lines)), dtype=np.intp)
    for column, line in enumerate(lines):
        actions[: len(line), column] = line[:limit]
    ended, resolved = np.zeros(number, dtype=np.intp), np.zeros(number, dtype=np.bool_)
    for step in range(1, limit + 1):
        brought = simulator.step(np.repeat(actions[step - 1], each))
        now = brought.done & (ended == 0)
        ended[now], resolved[now] = step, brought.resolved[now]
        if ended.all():
            break
        simulator.reset(mask=brought.done)  # whatever they play from there on is not looked at
    steps = np.where(resolved, ended, limit).reshape(len(lines), each)
    shares = resolved.reshape(len(lines), each)
    return [Worth(float(share.mean()), -float(step.mean())) for share, step in zip(shares, steps, strict=True)]
