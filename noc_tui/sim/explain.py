"""A sentence for a person about one step: what the action did, in units, whether it helped, and why.

Whether an action helped is judged from its figures, now and later, against what waiting would have done. The noise of
the step and whatever was on its way already do not count for or against it. Whether something better existed is the
business of the review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.sim.actions import ACTIONS, RESTART_INDEX, WAIT_INDEX
from noc_tui.sim.judgement import NOTICEABLE, Judgement, harmed, judge, largest, relieved, relieves
from noc_tui.sim.metrics import CONTINUOUS, METRIC, METRICS, MetricName
from noc_tui.sim.simulator import STREAK_TO_RESOLVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from noc_tui.sim.rules import Effect
    from noc_tui.sim.simulator import Transition


_VISIBLE: Final = 0.016
"""Two standard deviations of the noise: a smaller change of a metric cannot be told from it."""
_OF_NOTE: Final = 0.01
"""A smaller figure is not worth a word."""
_WORN: Final = 0.7
"""From this share of its first effect down, repeats are to blame."""
_ROOT: Final = 0.5
"""Figures that take as much off the pressure go to the root of the incident."""
_MAX_CLAUSES: Final = 3
_MAX_SENTENCE: Final = 130
"""In characters: what would make the sentence longer is left out."""


def explain(transition: Transition, *, blind: bool = False) -> str:
    """What the step did and whether that helped, in one line of at most two sentences.

    `blind` tells only what was visible: the metrics before and after. It names no delayed effect, no pressure, no
    preparation, and judges by what the metrics did.
    """
    if blind:
        shown, clauses = _visible(transition)
    elif transition.action == WAIT_INDEX:
        shown, clauses = _waited(transition)
    else:
        shown, clauses = _acted(transition)
    text = clauses[0]
    for clause in clauses[1:_MAX_CLAUSES]:
        if len(text) + len(clause) < _MAX_SENTENCE:
            text += f"; {clause}"
    return f"{ACTIONS[transition.action].label}: {_changes(transition, shown)}. {text[0].upper()}{text[1:]}."


# --- what the metrics did


def _changes(t: Transition, shown: Iterable[MetricName]) -> str:
    parts: list[str] = []
    for name in shown:
        parts.append(_change(name, getattr(t.before, name), getattr(t.after, name), in_full=not parts))
    before, after = t.before.service_healthy, t.after.service_healthy
    if before != after and not (t.down and t.action == RESTART_INDEX):
        parts.append("service up again" if after >= 1 else f"service {METRIC['service_healthy'].text(after)}")
    text = ", ".join(parts) or "nothing moved beyond noise"
    return text[0].upper() + text[1:] if text.startswith("service") else text


def _change(name: MetricName, before: float, after: float, *, in_full: bool) -> str:
    """`CPU 92.1 → 84.0 %` in full, else `latency −38 ms`."""
    spec = METRIC[name]
    digits = 0 if spec.unit == "ms" else 1
    old, new = round(spec.in_units(before), digits), round(spec.in_units(after), digits)
    if in_full:
        return f"{spec.label} {old:.{digits}f} → {new:.{digits}f} {spec.unit}"
    if old == new:
        return f"{METRIC[name].inline} unchanged"
    return f"{METRIC[name].inline} {'+' if new > old else '−'}{abs(new - old):.{digits}f} {spec.unit}"


def _moved(t: Transition, least: float = _VISIBLE) -> list[MetricName]:
    """The two metrics that changed most, of those that changed by at least `least`."""
    sizes = {name: abs(getattr(t.after, name) - getattr(t.before, name)) for name in CONTINUOUS}
    return largest({name: size for name, size in sizes.items() if size >= least}, 2)


# --- an action


def _acted(t: Transition) -> tuple[list[MetricName], list[str]]:
    judged = judge(t)
    sizes = {name: abs(judged.now[i]) + abs(t.due[i]) for i, name in enumerate(CONTINUOUS)}
    shown = largest(sizes, 3) or _moved(t)
    clauses = [_verdict(t, judged)]
    if ending := _ending(t):
        return shown, clauses + ending
    if not (judged.deceives and clauses[0].startswith("Wrong")):
        clauses += _timing(t, judged)
    clauses += _outage(t, judged.effect)
    clauses += _worn_out(judged)
    clauses += _arrived(t)
    if len(clauses) == 1:
        clauses += _streak(t)
    return shown, clauses


def _verdict(t: Transition, judged: Judgement) -> str:
    if not t.met:
        word = "Relief only" if judged.worth > NOTICEABLE else "Wrong"
        return f"{word}: the ground for it was not prepared"
    if t.before.is_resolved and (t.down or judged.worth > -NOTICEABLE):
        word, but = ("Wrong", ", and the outage breaks the streak") if t.down else ("Not needed", " already")
        return f"{word}: everything was healthy{but}"
    role = _role(t, judged.effect)
    if judged.moves_nothing and not role:
        return "Wrong: it moves nothing here"
    if role and judged.worth < NOTICEABLE:
        return f"A preparation: {role}"
    if judged.worth > 0 and not (relieves(t, judged.now) or relieves(t, judged.later)):
        return f"A precaution: {_calm(judged)}"
    return _weighed(t, judged, role)


def _weighed(t: Transition, judged: Judgement, role: str) -> str:
    if judged.worth < -NOTICEABLE:
        return f"Wrong: {_damage(t, judged)}"
    better, worse = relieved(t, judged.now), harmed(t, judged.now)
    if judged.worth < NOTICEABLE:
        if t.action == RESTART_INDEX:
            return "Wrong: the outage buys nothing"
        if better is None or worse is None:
            return "Made little difference"
        return f"A trade: better {METRIC[better].inline}, worse {METRIC[worse].inline}"
    if judged.worth_now < -NOTICEABLE:
        return "Costs something now, but helps" + (f": {role}" if role else "")
    return "Helped" + _reason(t, judged, role)


def _reason(t: Transition, judged: Judgement, role: str) -> str:
    pressure = judged.now[5] if t.rules.pressure is not None else 0.0
    if not role and pressure <= -_ROOT:
        role = "it goes to the root"
    elif not role and pressure < 0 and t.pressure < t.pressure_before:
        role = "the pressure behind it falls"
    reason = f": {role}" if role else ""
    better, worse = relieved(t, judged.now), harmed(t, judged.now)
    if worse is not None and _rose(t, worse):
        return f"{reason}, at the price of {METRIC[worse].inline}"
    if not role and better is not None and _rose(t, better):
        return ", but not enough to turn it"
    return reason


def _rose(t: Transition, name: MetricName) -> bool:
    return bool(getattr(t.after, name) > getattr(t.before, name))


def _damage(t: Transition, judged: Judgement) -> str:
    if judged.deceives:
        return f"it looks like help, but worse follows {_when(t, judged.effect)}"
    pressure = judged.now[5] + judged.later[5] if t.rules.pressure is not None else 0.0
    if (worse := harmed(t, judged.now)) is not None:
        verb = "drives" if _rose(t, worse) else "keeps"
        return f"it {verb} {METRIC[worse].inline} up" + (" and feeds the cause" if pressure > _OF_NOTE else "")
    return "it feeds the cause" if pressure > 0 else "it does more harm than good"


def _calm(judged: Judgement) -> str:
    helped = largest({name: -(judged.now[i] + judged.later[i]) for i, name in enumerate(CONTINUOUS)}, 1)
    if not helped:
        return "nothing that it helps was out of range"
    return f"{METRIC[helped[0]].inline} {'were' if helped[0] == 'error_rate' else 'was'} within limits"


def _role(t: Transition, effect: Effect) -> str:
    """What the flag that the action sets for the first time is good for; empty when it sets none."""
    rules = t.rules
    if effect.sets is None or t.uses:
        return ""
    if rules.needed_by(effect.sets, other_than=t.action) is not None:
        return "it clears the way for what has to follow"
    return "it goes to the root" if rules.pressure is not None and rules.pressure.answers_to(effect.sets) else ""


def _outage(t: Transition, effect: Effect) -> list[str]:
    if effect.down_for:
        return [f"service down for this step and {effect.down_for} more"]
    if t.action == RESTART_INDEX:
        return ["service down for this step"]
    return ["the service is still down"] if t.down else []


def _when(t: Transition, effect: Effect) -> str:
    if effect.later is None:
        return "later"
    when = "at the next step" if effect.later.after == 1 else f"in {effect.later.after} steps"
    return f"{when}, counted from now" if t.uses and t.rules.actions[t.action].restarts_timer else when


def _timing(t: Transition, judged: Judgement) -> list[str]:
    now, later = judged.worth_now, judged.worth_later
    if abs(later) < _OF_NOTE:
        return []
    if later > 0:
        what = "more" if now > 0 else "the help comes"
    elif now <= 0:
        what = "more harm follows"
    elif now + later < 0:
        what = "worse follows"
    else:
        what = f"{'most' if -later > now / 2 else 'part'} of it comes back"
    return [f"{what} {_when(t, judged.effect)}"]


def _worn_out(judged: Judgement) -> list[str]:
    fresh, worn = judged.effect.row, judged.now
    left = [worn[i] / fresh[i] for i in range(len(fresh)) if fresh[i] < 0]
    if not left or left[0] > _WORN:
        return []
    return [f"repeats have worn it out to {left[0] * 100:.0f} %"]


def _arrived(t: Transition) -> list[str]:
    """What fell due of earlier actions, when it is worth a word."""
    names = largest({name: abs(t.due[i]) for i, name in enumerate(CONTINUOUS) if abs(t.due[i]) >= _OF_NOTE}, 2)
    if not names:
        pressure = t.due[5] if t.rules.pressure is not None else 0.0
        return [f"an earlier action {'relieved' if pressure < 0 else 'fed'} the cause"] if pressure else []
    due = [_change(name, 0.0, t.due[CONTINUOUS.index(name)], in_full=False) for name in names]
    return [f"an earlier action brought {', '.join(due)}"]


# --- waiting


def _waited(t: Transition) -> tuple[list[MetricName], list[str]]:
    clauses = _ending(t) or _streak(t)
    clauses += _arrived(t)
    if t.down:
        clauses.append("the service is still down")
    if len(clauses) < 2 and not t.streak:
        clauses.insert(0, _trend(t))
    return _moved(t) or _moved(t, 0.0), clauses


def _trend(t: Transition) -> str:
    """Where the incident goes by itself, from its figures alone."""
    rules, own = t.rules, t.rules.actions[WAIT_INDEX].main.worn[t.uses]
    pull = (1 - t.pressure) * rules.recovery
    worse = 0.0
    for index, name in enumerate(CONTINUOUS):
        change = t.pressure * rules.drift[index] + pull * (rules.baseline[index] - getattr(t.before, name)) + own[index]
        worse += change / METRIC[name].full_scale
    rises, falls = t.pressure > t.pressure_before + 0.005, t.pressure < t.pressure_before - 0.005
    if worse > _OF_NOTE:
        if falls:
            return "It still gets worse, but the pressure behind it falls"
        return "It gets worse by itself" + (": the pressure behind it rises" if rises else "")
    if worse < -_OF_NOTE:
        if rises:
            return "It gets better for now, but the pressure behind it rises"
        return "It gets better by itself" + (": the pressure behind it falls" if falls else "")
    return "Little happens by itself"


# --- where it stands


def _ending(t: Transition) -> list[str]:
    if t.after.is_critical:
        spec = next(s for s in METRICS if s.crash_at is not None and getattr(t.after, s.name) >= s.crash_at)
        return [f"the server crashed: {METRIC[spec.name].inline} at {spec.text(getattr(t.after, spec.name))}"]
    return ["all healthy three steps in a row: resolved"] if t.streak == STREAK_TO_RESOLVE else []


def _streak(t: Transition) -> list[str]:
    return [f"all healthy, {t.streak} of {STREAK_TO_RESOLVE}"] if t.streak else []


# --- blind


def _visible(t: Transition) -> tuple[list[MetricName], list[str]]:
    change = t.after.health_score - t.before.health_score
    verdict = "It looks about the same"
    if abs(change) > 0.005:
        verdict = "It looks better" if change > 0 else "It looks worse"
    clauses = [verdict, *(_ending(t) or _streak(t))]
    if METRIC["service_healthy"].text(t.after.service_healthy) == "down":
        clauses.append("the service is down")
    return _moved(t), clauses
