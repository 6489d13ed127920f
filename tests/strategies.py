"""Hypothesis strategies for incidents and what is done in them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from noc_tui.sim.actions import ACTIONS, ActionType

SEEDS = st.integers(0, 2**32 - 1)
FLAGS = ("cured", "space", "warm")
FIVE = ("cpu_usage", "memory_usage", "latency", "packet_loss", "error_rate")

# Mostly small figures, so that episodes last; now and then anything that is allowed.
CHANGES = st.one_of(
    st.integers(-12, 6).map(lambda hundredths: hundredths / 100),
    st.integers(-12, 6).map(lambda hundredths: hundredths / 100),
    st.integers(-12, 6).map(lambda hundredths: hundredths / 100),
    st.integers(-40, 40).map(lambda hundredths: hundredths / 100),
    st.floats(-1, 1),
)
DRIFTS = st.one_of(st.integers(-10, 20).map(lambda thousandths: thousandths / 1000), st.floats(-0.1, 0.1))
LEVELS = st.one_of(st.integers(0, 80).map(lambda hundredths: hundredths / 100), st.floats(0, 0.9))
FRACTIONS = st.one_of(st.integers(0, 100).map(lambda hundredths: hundredths / 100), st.floats(0, 1))


def tables(names: tuple[str, ...], values: st.SearchStrategy[float]) -> st.SearchStrategy[dict[str, Any]]:
    """A table that gives all of the names, or some and leaves the others to their defaults."""
    whole = dict.fromkeys(names, values)
    return st.one_of(st.fixed_dictionaries(whole), st.fixed_dictionaries({}, optional=whole))


@st.composite
def action_effects(draw: st.DrawFn, flags: tuple[str, ...]) -> dict[str, Any]:
    """One `[actions.ACTION]` table; `flags` are those that it may require."""
    effect = draw(tables((*FIVE, "pressure"), CHANGES))
    if draw(st.booleans()):
        effect["later"] = {**draw(tables((*FIVE, "pressure"), CHANGES)), "after": draw(st.integers(1, 4))}
        if draw(st.booleans()):
            effect["reissue_restarts_timer"] = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        effect["down_for"] = draw(st.integers(0, 4))
    if flags != () and draw(st.booleans()):
        effect["requires"] = draw(st.sampled_from(flags))
        if draw(st.booleans()):
            effect["otherwise"] = draw(tables((*FIVE, "pressure"), CHANGES))
            if draw(st.booleans()):
                effect["otherwise"]["down_for"] = draw(st.integers(0, 4))
    return effect


@st.composite
def pressures(draw: st.DrawFn, flags: tuple[str, ...]) -> dict[str, Any]:
    """One `[pressure]` table; `flags` are those that some action sets."""
    pressure: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "initial": FRACTIONS,
                "threshold": st.one_of(st.just(0.0), FRACTIONS),
                "growth": DRIFTS,
                "decay": st.integers(0, 20).map(lambda hundredths: hundredths / 100),
                "floor": FRACTIONS,
            },
        )
    )
    if flags != () and draw(st.booleans()):
        pressure["floor_lifted_by"] = draw(st.sampled_from(flags))
    if "cured" in flags and draw(st.booleans()):
        pressure["growth_when_cured"] = draw(DRIFTS)
    return pressure


@st.composite
def incident_definitions(draw: st.DrawFn) -> dict[str, Any]:
    """What a valid incident file may hold, every rule of the simulator within reach."""
    setters = draw(st.dictionaries(st.sampled_from(ACTIONS), st.sampled_from(FLAGS), max_size=3))
    flags = tuple(sorted(set(setters.values())))
    actions = {}
    for action in draw(st.sets(st.sampled_from(ACTIONS)).map(lambda some: sorted(some | setters.keys()))):
        actions[str(action)] = draw(action_effects(flags))
        if action in setters:
            actions[action]["sets"] = setters[action]
    definition: dict[str, Any] = {
        "id": "drawn",
        "title": "Drawn by a test",
        "difficulty": "medium",
        "summary": "Anything that a file may define.",
        "initial": draw(tables((*FIVE, "service_healthy"), LEVELS)),
        "actions": actions,
    }
    optional = {
        "max_steps": st.integers(1, 60),
        "repeat_factor": FRACTIONS,
        "recovery": FRACTIONS,
        "start_sd": st.sampled_from((0.0, 0.02, 0.05, 0.5)),
        "drift": tables(FIVE, DRIFTS),
        "baseline": tables(FIVE, LEVELS),
        "pressure": pressures(flags),
    }
    for name, strategy in optional.items():
        if draw(st.booleans()):
            definition[name] = draw(strategy)
    return definition


@st.composite
def episodes(draw: st.DrawFn) -> tuple[dict[str, Any], int, list[ActionType]]:
    """An incident's definition, a seed, and actions of which most do something in that incident."""
    definition = draw(incident_definitions())
    at_hand = [ActionType(name) for name in definition["actions"]]
    actions = st.sampled_from([*at_hand, *at_hand, *at_hand, *ACTIONS])
    return definition, draw(SEEDS), draw(st.lists(actions, min_size=12, max_size=40))


def _without_braces(text: str) -> str:
    """What stands in braces would have to be a placeholder."""
    return text.replace("{", "(")


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), min_size=1, max_size=30)
COMPARISONS = st.one_of(
    st.builds("{} {}".format, st.sampled_from(("<", "<=", ">", ">=")), st.integers(0, 100).map(lambda n: n / 100)),
    st.just("0.2..0.8"),
    st.just(0),
)
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys((*FIVE, "service_healthy", "pressure"), COMPARISONS),
        "step": st.sampled_from(("-24..-1", ">= 0", "2..6", 3)),
        "action": st.sampled_from((*map(str, ACTIONS), "not scale_up")),
        "uses": st.dictionaries(st.sampled_from(tuple(map(str, ACTIONS))), st.sampled_from((1, ">= 2", "0..1"))),
    },
)
FILLED_IN = st.sampled_from(("{cpu} %", "{latency_ms} ms at {step} on {host}", "pid {int:1-99999}", "a { alone", "}{"))
LOGS = st.lists(
    st.fixed_dictionaries(
        {"source": st.sampled_from(("app", "nginx", "a@b/c-d.e_f")), "text": TEXTS.map(_without_braces) | FILLED_IN},
        optional={
            "level": st.sampled_from(("debug", "info", "warning", "error", "critical")),
            "when": QUESTIONS,
            "every": st.integers(1, 5),
            "once": st.booleans(),
            "chance": st.sampled_from((0.25, 1, 1.0)),
        },
    ),
    max_size=12,
)


@st.composite
def incident_files(draw: st.DrawFn) -> dict[str, Any]:
    """What a valid incident file may hold, all that is only shown included."""
    definition = draw(incident_definitions())
    optional = {
        "title": TEXTS,
        "difficulty": st.sampled_from(("easy", "medium", "hard", "control")),
        "summary": st.one_of(TEXTS, st.just("two\nlines")),
        "lesson": TEXTS,
        "tags": st.lists(st.sampled_from(("batch", "a-1", "0"))),
        "references": st.lists(TEXTS, max_size=2),
        "onset": st.dictionaries(st.sampled_from(FIVE), st.integers(1, 24)),
        "logs": LOGS,
    }
    for name, strategy in optional.items():
        if draw(st.booleans()):
            definition[name] = draw(strategy)
    return definition
