"""Why a move was what its verdict says: what was better and why, in units, in a sentence or two for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ACTIONS, RESTART_INDEX, WAIT_INDEX
from noc_tui.sim.metrics import CONTINUOUS, METRIC, MetricName
from noc_tui.sim.rules import NO_CHANGE

if TYPE_CHECKING:
    from noc_tui.sim.metrics import SystemMetrics
    from noc_tui.sim.rules import Effect, Row, Rules
    from noc_tui.sim.simulator import SystemSimulator

_OF_NOTE: Final = 0.01
"""A smaller figure is not worth a word."""
_NEAR: Final = 0.05
"""A metric counts as in trouble from so far below its healthy limit, on its own scale."""
_WORN: Final = 0.7


@dataclass(frozen=True, slots=True)
class Position:
    """What the figures of the actions are in one position."""

    rules: Rules
    metrics: SystemMetrics
    flags: frozenset[str]
    uses: tuple[int, ...]
    pending: tuple[tuple[int, int, Row], ...]
    """In how many steps, of which action, what will be added."""
    outage_left: int
    pressure: float

    @classmethod
    def of(cls, simulator: SystemSimulator) -> Position:
        """Where a simulator stands."""
        return cls(
            simulator.rules,
            simulator.metrics,
            simulator.flags,
            simulator.uses,
            simulator.pending_rows,
            simulator.outage_left,
            simulator.pressure,
        )

    def effect(self, action: int) -> Effect:
        """What the action would do: its main figures, or those for want of what it requires."""
        chosen = self.rules.actions[action]
        return chosen.main if self.met(action) else chosen.otherwise

    def met(self, action: int) -> bool:
        requires = self.rules.actions[action].requires
        return requires is None or requires in self.flags

    def now(self, action: int) -> Row:
        """The action's figures of this step, worn by repeats."""
        return self.effect(action).worn[self.uses[action]]

    def later(self, action: int) -> Row:
        """The action's delayed figures; zeros where it has none."""
        later = self.effect(action).later
        return later.worn[self.uses[action]] if later else NO_CHANGE

    @property
    def next_pressure(self) -> float:
        """The pressure after the next step, if nothing is done and nothing is on its way."""
        if self.rules.pressure is None:
            return self.pressure
        return self.rules.pressure.under(self.flags).next(self.pressure)

    def idle_change(self, name: MetricName) -> float:
        """What the next step does to the metric, if nothing is done and nothing is on its way."""
        rules, i, p = self.rules, CONTINUOUS.index(name), self.next_pressure
        away = rules.baseline[i] - float(getattr(self.metrics, name))
        return p * rules.drift[i] + (1 - p) * rules.recovery * away

    def troubled(self, name: MetricName) -> bool:
        """Whether the metric is out of its healthy range, or close to it."""
        spec = METRIC[name]
        return bool(getattr(self.metrics, name) >= spec.healthy_below - _NEAR * spec.full_scale)


def why(position: Position, action: int, best: int, verdict: Verdict) -> str:
    """The reason in a sentence or two. May tell hidden state."""
    if verdict is Verdict.NONE:
        return "Counted as lost: even best play was expected to need nearly all the time that was left."
    if action == best:
        return f"Right: {benefit(position, best)}."
    better, worse = benefit(position, best), harm(position, action)
    if verdict is Verdict.BEST:
        return f"As good as {_name(best)}: {benefit(position, action)}."
    if verdict is Verdict.NEEDLESS:
        return f"Not needed: {better if best == WAIT_INDEX else 'waiting does as well'}. {_capital(worse)}."
    lead = "Waiting was better" if best == WAIT_INDEX else f"{ACTIONS[best].label} first"
    return f"{lead}: {better}. {_capital(worse)}."


def why_blind(action: int, best: int, verdict: Verdict, lost: float, before: SystemMetrics) -> str:
    """The same with nothing in it but what is visible: metrics, and the names of actions."""
    if verdict is Verdict.NONE:
        return "No verdict."
    if action == best:
        return "Right: everything is healthy, and nothing has to be done." if _calm(before, best) else "Right."
    if verdict is Verdict.BEST:
        return f"As good as {_name(best)}."
    cost = f", by {_steps(lost)}" if lost >= 0.1 else ""
    if verdict is Verdict.NEEDLESS:
        return "Not needed: waiting does as well."
    return f"{_capital(_name(best))} was better{cost}."


def _calm(metrics: SystemMetrics, best: int) -> bool:
    return best == WAIT_INDEX and metrics.is_resolved


def _steps(lost: float) -> str:
    return f"{lost:.1f} step{'' if f'{lost:.1f}' == '1.0' else 's'}"


def _name(action: int) -> str:
    return "waiting" if action == WAIT_INDEX else ACTIONS[action].label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- what is good about an action


def benefit(position: Position, action: int) -> str:
    """What the action is good for, as a clause with its subject."""
    if action == WAIT_INDEX:
        return _patience(position)
    parts = [*_gains_now(position, action), *_role(position, action), *_gains_later(position, action)]
    return f"it {_listed(parts[:3])}" if parts else f"it keeps {_tightest(position)} within limits"


def _gains_now(position: Position, action: int) -> list[str]:
    row = position.now(action)
    names = _largest({n: -row[i] for i, n in enumerate(CONTINUOUS) if -row[i] >= _OF_NOTE}, position)
    parts = [f"takes {_taken(row, names)} now"] if names else []
    if position.rules.pressure is not None and row[5] <= -_OF_NOTE:
        parts.append(f"{_pressure(-row[5])} off the pressure behind it" if parts else _relief(row[5]))
    return parts


def _relief(change: float) -> str:
    return f"takes {_pressure(-change)} off the pressure behind it"


def _gains_later(position: Position, action: int) -> list[str]:
    effect, row = position.effect(action), position.later(action)
    if effect.later is None:
        return []
    names = _largest({n: -row[i] for i, n in enumerate(CONTINUOUS) if -row[i] >= _OF_NOTE}, position)
    taken = [_taken(row, names)] if names else []
    if position.rules.pressure is not None and row[5] <= -_OF_NOTE:
        taken.append(f"{_pressure(-row[5])} off the pressure")
    return [f"takes {_listed(taken)} {_when(effect.later.after)}"] if taken else []


def _role(position: Position, action: int) -> list[str]:
    """What the flag that the action would set is good for."""
    rules, flag = position.rules, position.effect(action).sets
    if flag is None or flag in position.flags:
        return []
    waiting = rules.needed_by(flag, other_than=action)
    if waiting is not None:
        return [f"prepares the ground for {_name(waiting)}"]
    return ["goes to the root"] if rules.pressure is not None and rules.pressure.answers_to(flag) else []


def _patience(position: Position) -> str:
    if position.metrics.is_resolved:
        return "everything is healthy, and the streak only has to run"
    if position.outage_left:
        return "the service is on its way up again"
    helps = [steps for steps, _, row in position.pending if _helps(position, row)]
    if helps:
        return f"help is on its way, due {_due(min(helps))}"
    if all(position.idle_change(name) < _OF_NOTE for name in CONTINUOUS if position.troubled(name)):
        return "it heals by itself now, and a key costs more than it brings"
    return "nothing that can be done now is worth a step"


def _helps(position: Position, row: Row) -> bool:
    return min(row[:5]) <= -_OF_NOTE or (position.rules.pressure is not None and row[5] <= -_OF_NOTE)


# --- what is bad about an action


def harm(position: Position, action: int) -> str:
    """What the action does instead, as a clause with its subject."""
    if action == WAIT_INDEX:
        return _idleness(position)
    label = ACTIONS[action].label
    if not position.met(action):
        parts = [*_losses_now(position, action), *_outage(position, action)]
        return f"{label} has no ground to work on yet" + (f", and {_listed(parts[:2])}" if parts else "")
    parts = [*_timer(position, action), *_losses_now(position, action), *_outage(position, action)]
    parts += _losses_later(position, action)
    if parts:
        return f"{label} {_listed(parts[:3])}"
    if position.metrics.is_resolved:
        return f"{label} is spent where nothing is wrong"
    gains = [*_gains_now(position, action), *_gains_later(position, action)]
    if not gains:
        return f"{label} moves nothing that matters here"
    worn = _worn(position, action)
    return f"{label} only {_listed(gains)}" + (f", worn out by repeats to {worn * 100:.0f} %" if worn < _WORN else "")


def _idleness(position: Position) -> str:
    """What waiting lets happen: to the metric in trouble that gets worse fastest, else to the one furthest out."""
    grows = {n: change for n in CONTINUOUS if (change := position.idle_change(n)) >= _OF_NOTE / 2}
    for name in _largest(grows, position, 1):
        if position.troubled(name):
            return f"waiting lets {METRIC[name].inline} grow, by some {METRIC[name].text(grows[name])} a step"
    rises = position.next_pressure > position.pressure
    feeds = ", while the pressure behind it rises" if rises else ""
    excess = {n: float(getattr(position.metrics, n)) - METRIC[n].healthy_below for n in CONTINUOUS}
    for name in _largest({n: size for n, size in excess.items() if size > 0}, position, 1):
        level = METRIC[name].text(getattr(position.metrics, name))
        return f"waiting leaves {METRIC[name].inline} at {level} for longer{feeds}"
    return f"waiting lets it slip again{feeds}"


def _losses_now(position: Position, action: int) -> list[str]:
    row = position.now(action)
    names = _largest({n: row[i] for i, n in enumerate(CONTINUOUS) if row[i] >= _OF_NOTE}, position)
    parts = [f"adds {_added(row, names)} now"] if names else []
    if position.rules.pressure is not None and row[5] >= _OF_NOTE:
        parts.append(f"feeds the pressure behind it (+{_pressure(row[5])})")
    return parts


def _losses_later(position: Position, action: int) -> list[str]:
    effect, row = position.effect(action), position.later(action)
    if effect.later is None:
        return []
    names = _largest({n: row[i] for i, n in enumerate(CONTINUOUS) if row[i] >= _OF_NOTE}, position)
    added = [f"+{METRIC[n].text(row[CONTINUOUS.index(n)])} {METRIC[n].inline}" for n in names]
    if position.rules.pressure is not None and row[5] >= _OF_NOTE:
        feeds = f"feeds the pressure behind it {_when(effect.later.after)} (+{_pressure(row[5])}"
        return [feeds + "".join(f", {part}" for part in added) + ")"]
    return [f"brings {', '.join(added)} {_when(effect.later.after)}"] if added else []


def _outage(position: Position, action: int) -> list[str]:
    down = position.effect(action).down_for
    if down:
        return [f"takes the service down for {down + 1} steps"]
    if action == RESTART_INDEX:
        return ["breaks the streak with an outage" if position.metrics.is_resolved else "takes the service down"]
    return []


def _timer(position: Position, action: int) -> list[str]:
    pending = any(other == action for _, other, _ in position.pending)
    return ["starts its own timer anew"] if position.rules.actions[action].restarts_timer and pending else []


def _worn(position: Position, action: int) -> float:
    """What repeats have left of the action's benefits, as a share."""
    fresh, worn = position.effect(action).row, position.now(action)
    return min((w / f for f, w in zip(fresh, worn, strict=True) if f < 0), default=1.0)


# --- words


def _largest(sizes: dict[MetricName, float], position: Position, most: int = 2) -> list[MetricName]:
    """The metrics of the largest sizes, each on its own scale; those in trouble first, the others only if none is."""
    ordered = sorted(sizes, key=lambda name: -sizes[name] / METRIC[name].full_scale)
    troubled = [name for name in ordered if position.troubled(name)]
    return (troubled or ordered[:1])[:most]


def _tightest(position: Position) -> str:
    def room(name: MetricName) -> float:
        return (METRIC[name].healthy_below - float(getattr(position.metrics, name))) / METRIC[name].full_scale

    return METRIC[min(CONTINUOUS, key=room)].inline


def _taken(row: Row, names: list[MetricName]) -> str:
    return _listed([f"{METRIC[name].text(-row[CONTINUOUS.index(name)])} off {METRIC[name].inline}" for name in names])


def _added(row: Row, names: list[MetricName]) -> str:
    return _listed([f"{METRIC[name].text(row[CONTINUOUS.index(name)])} {METRIC[name].inline}" for name in names])


def _pressure(size: float) -> str:
    return f"{size * 100:.0f} %"


def _when(after: int) -> str:
    return "one step later" if after == 1 else f"{after} steps later"


def _due(steps: int) -> str:
    return "in the next step" if steps == 1 else f"in {steps} steps"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
