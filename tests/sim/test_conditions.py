"""The `when` of a log rule: what it may ask, and what it answers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.conditions import FIGURES, Facts, parse_conditions
from noc_tui.sim.errors import SeveralProblemsError


def facts(
    *,
    action: str | None = None,
    flags: frozenset[str] = frozenset(),
    uses: dict[str, int] | None = None,
    **figures: float,
) -> Facts:
    values = [figures.pop(name, 0.0) for name in FIGURES]
    assert not figures
    return Facts([*values, *((uses or {}).get(name, 0) for name in ACTIONS)], action, flags)


def holds(when: dict[str, Any], state: Facts) -> bool:
    return all(condition.holds(state) for condition in parse_conditions(when))


class TestFigures:
    @pytest.mark.parametrize(
        ("text", "below", "at", "above"),
        [
            ("< 0.4", True, False, False),
            ("<= 0.4", True, True, False),
            (">= 0.4", False, True, True),
            (">0.4", False, False, True),
            ("0.4..0.45", False, True, True),
            (" 0.35 .. 0.4 ", True, True, False),
            ("0.4..0.4", False, True, False),
        ],
    )
    def test_comparisons_and_ranges(self, text: str, below: bool, at: bool, above: bool) -> None:
        answers = [holds({"latency": text}, facts(latency=value)) for value in (math.nextafter(0.4, 0), 0.4, 0.41)]
        assert answers == [below, at, above]

    def test_a_bare_number_means_exactly_that(self) -> None:
        assert [holds({"step": 3}, facts(step=step)) for step in (2, 3, 4)] == [False, True, False]

    @pytest.mark.parametrize("figure", FIGURES)
    def test_every_figure_can_be_asked_about(self, figure: str) -> None:
        asked_for: dict[str, Any] = {figure: 0.7}
        assert holds({figure: ">= 0.7"}, facts(**asked_for))
        assert not holds({figure: ">= 0.7"}, facts())

    def test_steps_before_the_page_are_negative(self) -> None:
        assert holds({"step": "-6..-1"}, facts(step=-3))
        assert not holds({"step": "-6..-1"}, facts(step=0))

    @given(st.floats(0, 1), st.integers(0, 100), st.sampled_from(["<", "<=", ">", ">="]))
    def test_a_comparison_answers_like_python(self, value: float, hundredths: int, sign: str) -> None:
        limit = hundredths / 100
        expected = {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[sign]
        assert holds({"cpu_usage": f"{sign} {limit}"}, facts(cpu_usage=value)) is expected


class TestNames:
    def test_the_action_of_the_step(self) -> None:
        assert holds({"action": "scale_up"}, facts(action="scale_up"))
        assert not holds({"action": "scale_up"}, facts(action="clear_cache"))
        assert not holds({"action": "scale_up"}, facts(action=None))

    def test_any_other_action(self) -> None:
        assert not holds({"action": "not scale_up"}, facts(action="scale_up"))
        assert holds({"action": "not scale_up"}, facts(action="clear_cache"))

    def test_a_flag_that_is_set_or_not(self) -> None:
        cured = facts(flags=frozenset({"cured"}))
        assert (holds({"flag": "cured"}, cured), holds({"flag": "cured"}, facts())) == (True, False)
        assert (holds({"flag": "not cured"}, cured), holds({"flag": "not cured"}, facts())) == (False, True)


@pytest.mark.parametrize("action", ACTIONS)
def test_uses_of_an_action(action: str) -> None:
    when = {"uses": {action: ">= 2"}}
    assert [holds(when, facts(uses={action: uses})) for uses in (1, 2, 3)] == [False, True, True]
    assert not holds(when, facts())


def test_all_conditions_must_hold() -> None:
    when = {"latency": "> 0.4", "action": "scale_up", "uses": {"scale_up": 1, "clear_cache": "< 1"}}
    met: dict[str, Any] = {"latency": 0.5, "action": "scale_up", "uses": {"scale_up": 1}}
    assert holds(when, facts(**met))
    for change in (
        {"latency": 0.3},
        {"action": None},
        {"uses": {"scale_up": 2}},
        {"uses": {"scale_up": 1, "clear_cache": 1}},
    ):
        assert not holds(when, facts(**{**met, **change}))


def test_no_condition_holds_always() -> None:
    assert holds({}, facts())


COMPARISON = 'expected a comparison such as ">= 0.40", a range such as "2..6" or a plain number, not '


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ({"latencyy": "> 1"}, "'latencyy' cannot be asked about; did you mean latency?"),
        ({"latency": "above 0.4"}, f"latency: {COMPARISON}'above 0.4'"),
        ({"latency": "== 0.4"}, f"latency: {COMPARISON}'== 0.4'"),
        ({"latency": "> 1e3"}, f"latency: {COMPARISON}'> 1e3'"),
        ({"latency": True}, f"latency: {COMPARISON}true"),
        ({"latency": math.nan}, f"latency: {COMPARISON}nan"),
        ({"latency": 10**400}, f"latency: {COMPARISON}a whole number of 1329 bits"),
        ({"latency": ["> 1"]}, f"latency: {COMPARISON}['> 1']"),
        ({"latency": "0.4..0.3"}, "latency: the range '0.4..0.3' is empty; its lower end comes first"),
        ({"action": "scaleup"}, "action: 'scaleup' is no action; did you mean scale_up?"),
        ({"action": 3}, 'action: expected a name, or "not NAME", not 3'),
        ({"flag": "Not Cured"}, "flag: expected a name, or \"not NAME\", not 'Not Cured'"),
        ({"uses": "> 3"}, 'uses: expected uses.ACTION = "COMPARISON", such as uses.scale_up = ">= 2"'),
        ({"uses": {"scale": "> 3"}}, "uses: 'scale' is no action; did you mean scale_up?"),
        ({"uses": {"scale_up": "often"}}, f"uses.scale_up: {COMPARISON}'often'"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_would_be_right(when: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  (the sentence is compared whole)
        parse_conditions(when)
    assert str(error.value) == sentence


def test_of_very_many_wrong_keys_some_are_told() -> None:
    with pytest.raises(SeveralProblemsError) as error:
        parse_conditions({f"zzz{number}": "> 1" for number in range(5_000)})
    assert len(error.value.problems) == 20


def test_a_key_that_is_like_no_other_is_answered_with_all_there_are() -> None:
    with pytest.raises(ValueError, match=r"^'zzz' cannot be asked about; expected one of cpu_usage, .*, flag, uses$"):
        parse_conditions({"zzz": "> 1"})


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = st.one_of(st.text(), st.sampled_from(("latency", "step", "flag", "action", "uses")))


@given(st.dictionaries(KEYS, ANYTHING))
def test_nothing_that_a_file_can_hold_does_more_than_be_refused(when: dict[str, Any]) -> None:
    refusal = ""
    try:
        parse_conditions(when)
    except ValueError as error:
        refusal = str(error)
    assert len(refusal) < 400
    assert refusal.isprintable()
