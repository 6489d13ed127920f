"""Log rules at work: which lines of a `[[logs]]` table are written at a state of the server, and what they say."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from noc_tui import paths
from noc_tui.sim.catalog import read_toml
from noc_tui.sim.conditions import STEP, Between
from noc_tui.sim.incident import LogRule  # noqa: TC001  (pydantic resolves the annotations at run time)
from noc_tui.sim.metrics import LATENCY_MS
from noc_tui.sim.validation import validated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np

    from noc_tui.sim.conditions import Facts
    from noc_tui.sim.metrics import SystemMetrics

HOST: Final = "web-01"
"""The one server there is."""

_PLACEHOLDER: Final = re.compile(r"\{(?:int:(\d+)-(\d+)|([a-z_]+))\}")
_BLOCK: Final = 128


class BackgroundLogs(BaseModel):
    """The harmless lines of every server, common to all incidents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    logs: tuple[LogRule, ...] = Field(default=(), max_length=200)


def load_background(path: Path) -> BackgroundLogs:
    """Read and validate a file of background lines. Raises `IncidentError`: one sentence that names file and key."""
    return validated(BackgroundLogs, read_toml(path), str(path))


@lru_cache(maxsize=1)
def default_background() -> BackgroundLogs:
    """The program's own background lines."""
    return load_background(paths.bundled_incidents_dir() / "_background.toml")


class Chance:
    """Uniform numbers from a generator, drawn ahead in blocks: one at a time they would cost ten times as much."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.ahead: list[float] = []
        """What has been drawn and not been used; the last is the next."""

    def draw(self) -> float:
        """The next number in [0, 1)."""
        if not self.ahead:
            self.ahead += self._rng.random(_BLOCK).tolist()
        return self.ahead.pop()

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit - 1`."""
        return int(self.draw() * limit)

    def draw_many(self, count: int) -> list[float]:
        """What `count` draws would give."""
        if not count:
            return []
        while len(self.ahead) < count:
            self.ahead[:0] = self._rng.random(_BLOCK).tolist()
        drawn = self.ahead[-count:]
        del self.ahead[-count:]
        drawn.reverse()
        return drawn

    def give_back(self, drawn: Sequence[float]) -> None:
        """The last numbers that were drawn, in their order: they are the next again."""
        self.ahead += reversed(drawn)


class LogRules:
    """The rules of one `[[logs]]` table through an episode: each state of the server is shown to them once, in order.

    Step 0 is the page, steps below it are the samples before it. A rule begins at the page, unless its `when` names a
    lower step.
    """

    def __init__(self, rules: Sequence[LogRule], chance: Chance) -> None:
        self._rules = tuple((rule, rule.conditions, rule.chance) for rule in rules)
        self._chance = chance
        self._pause = [math.inf if rule.once else rule.every for rule in rules]
        """Steps that each rule waits after it has written."""
        self._from = [_first_step(rule) for rule in rules]
        """The step from which on each may write, or write again."""
        self._chances = [rule.chance for rule in rules] if all(map(_is_chance_alone, rules)) else None
        """How likely each is to write, where nothing else decides."""

    def written(self, facts: Facts, step: int, limit: int) -> list[LogRule]:
        """The rules that write a line now, in the order of the file, at most `limit` of them."""
        if self._chances is not None:
            return self._written_by_chance(self._chances, step, limit)
        chosen: list[LogRule] = []
        draw = self._chance.draw
        for index, begins in enumerate(self._from):
            if step < begins:
                continue
            rule, conditions, likely = self._rules[index]
            for condition in conditions:
                if not condition.holds(facts):
                    break
            else:
                if likely < 1 and draw() >= likely:
                    continue
                if len(chosen) == limit:
                    break
                self._from[index] = step + self._pause[index]
                chosen.append(rule)
        return chosen

    def _written_by_chance(self, chances: Sequence[float], step: int, limit: int) -> list[LogRule]:
        """The same for many rules of which few write: one by one they would cost as much as all the rest."""
        if step < 0:
            return []
        drawn = self._chance.draw_many(len(chances))
        hits = [index for index, (number, likely) in enumerate(zip(drawn, chances, strict=True)) if number < likely]
        if len(hits) > limit:
            self._chance.give_back(drawn[hits[limit] + 1 :])
        return [self._rules[index][0] for index in hits[:limit]]


def _is_chance_alone(rule: LogRule) -> bool:
    return rule.chance < 1 and rule.every == 1 and not rule.once and not rule.conditions


def _first_step(rule: LogRule) -> float:
    for condition in rule.conditions:
        if isinstance(condition, Between) and condition.figure == STEP and condition.low != -math.inf:
            return min(0.0, condition.low)
    return 0.0


def fill_in(text: str, metrics: SystemMetrics, step: int, chance: Chance) -> str:
    """`text` with its placeholders replaced: percent with one decimal, milliseconds and health without."""
    if "{" not in text:
        return text
    template, values = _compiled(text)
    return template % tuple(value(metrics, step, chance) for value in values)


def lines_like(text: str) -> re.Pattern[str]:
    """What lines that are made of `text` look like, whatever has been filled in."""
    words, end = [], 0
    for placeholder in _PLACEHOLDER.finditer(text):
        words.append(re.escape(text[end : placeholder.start()]))
        end = placeholder.end()
    return re.compile("[-0-9a-z.]+".join([*words, re.escape(text[end:])]))


_Value = Callable[["SystemMetrics", int, Chance], object]


@lru_cache(maxsize=1024)
def _compiled(text: str) -> tuple[str, tuple[_Value, ...]]:
    """A text as a format with `%s` where its placeholders stand, and what to put there."""
    values: list[_Value] = []

    def place(match: re.Match[str]) -> str:
        low, high, name = match.groups()
        values.append(_within(int(low), int(high)) if name is None else _VALUES[name])
        return "%s"

    return _PLACEHOLDER.sub(place, text.replace("%", "%%")), tuple(values)


def _within(low: int, high: int) -> _Value:
    return lambda _metrics, _step, chance: low + chance.below(high - low + 1)


_VALUES: Final[dict[str, _Value]] = {
    "cpu": lambda metrics, _step, _chance: f"{metrics.cpu_usage * 100:.1f}",
    "memory": lambda metrics, _step, _chance: f"{metrics.memory_usage * 100:.1f}",
    "latency_ms": lambda metrics, _step, _chance: f"{metrics.latency * LATENCY_MS:.0f}",
    "packet_loss": lambda metrics, _step, _chance: f"{metrics.packet_loss * 100:.1f}",
    "error_rate": lambda metrics, _step, _chance: f"{metrics.error_rate * 100:.1f}",
    "health": lambda metrics, _step, _chance: f"{metrics.health_score * 100:.0f}",
    "step": lambda _metrics, step, _chance: step,
    "host": lambda _metrics, _step, _chance: HOST,
}
