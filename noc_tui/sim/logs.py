"""Log rules at work: which lines of a `[[logs]]` table are written at a state of the server, and what they say."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from noc_tui import paths
from noc_tui.sim.catalog import read_toml
from noc_tui.sim.conditions import Between
from noc_tui.sim.incident import LogRule  # noqa: TC001  (pydantic resolves the annotations at run time)
from noc_tui.sim.metrics import LATENCY_MS
from noc_tui.sim.validation import validated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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

    def written(self, facts: Facts, step: int, limit: int) -> list[LogRule]:
        """The rules that write a line now, in the order of the file, at most `limit` of them."""
        chosen: list[LogRule] = []
        ahead, draw = self._chance.ahead, self._chance.draw
        for index, begins in enumerate(self._from):
            if step < begins:
                continue
            rule, conditions, likely = self._rules[index]
            for condition in conditions:
                if not condition.holds(facts):
                    break
            else:
                # A call for each of the many rules that depend on chance alone would cost as much as all the rest.
                if likely < 1 and (ahead.pop() if ahead else draw()) >= likely:
                    continue
                if len(chosen) == limit:
                    break
                self._from[index] = step + self._pause[index]
                chosen.append(rule)
        return chosen


def _first_step(rule: LogRule) -> float:
    for condition in rule.conditions:
        if isinstance(condition, Between) and condition.figure == "step" and condition.low != -math.inf:
            return min(0.0, condition.low)
    return 0.0


def fill_in(text: str, metrics: SystemMetrics, step: int, chance: Chance) -> str:
    """`text` with its placeholders replaced: percent with one decimal, milliseconds and health without."""

    def value(match: re.Match[str]) -> str:
        low, high, name = match.groups()
        if name is None:
            return str(int(low) + chance.below(int(high) - int(low) + 1))
        return _VALUES[name](metrics, step)

    return _PLACEHOLDER.sub(value, text) if "{" in text else text


_VALUES: Final[dict[str, Callable[[SystemMetrics, int], str]]] = {
    "cpu": lambda metrics, _: f"{metrics.cpu_usage * 100:.1f}",
    "memory": lambda metrics, _: f"{metrics.memory_usage * 100:.1f}",
    "latency_ms": lambda metrics, _: f"{metrics.latency * LATENCY_MS:.0f}",
    "packet_loss": lambda metrics, _: f"{metrics.packet_loss * 100:.1f}",
    "error_rate": lambda metrics, _: f"{metrics.error_rate * 100:.1f}",
    "health": lambda metrics, _: f"{metrics.health_score * 100:.0f}",
    "step": lambda _, step: str(step),
    "host": lambda _metrics, _step: HOST,
}
