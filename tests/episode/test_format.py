"""Events as lines: what is written is read back to the last bit, and nothing else is read."""

from __future__ import annotations

import json
import math
import struct
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.format import dump_event, parse_event
from noc_tui.episode.records import (
    LARGEST_INTEGER,
    LONG_TEXT,
    ControlRecord,
    Decision,
    DiagnosisRecord,
    EndRecord,
    LaterEvent,
    MarkRecord,
    StepRecord,
    SuggestionRecord,
    Usage,
    bounded,
)
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.metrics import SystemMetrics
from noc_tui.sim.reward import RewardTerms
from noc_tui.sim.telemetry import LogLine
from tests.episode.builders import eventful

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

fractions = st.floats(0, 1, allow_subnormal=True) | st.sampled_from((-0.0, 5e-324, 2.2250738585072014e-308))
numbers = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=True)
amounts = st.floats(0, allow_infinity=False)
counts = st.integers(0, LARGEST_INTEGER)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (bounds are naive)
incident_ids = st.from_regex(r"[a-z][a-z0-9_]{0,47}", fullmatch=True)
metrics = st.builds(SystemMetrics, *[fractions] * 6)
usages = st.builds(
    Usage,
    latency_ms=st.none() | amounts,
    tokens_in=st.none() | counts,
    tokens_out=st.none() | counts,
    cost=st.none() | amounts,
    first_token_ms=st.none() | amounts,
)
decisions = st.builds(
    Decision,
    action=st.sampled_from(ACTIONS),
    driver=texts.filter(bool),
    rationale=st.none() | texts,
    answer_format=st.none() | texts,
    diagnosis=st.none() | incident_ids,
    usage=usages,
)
log_lines = st.builds(
    LogLine,
    clock=st.integers(-720, 10**6),
    level=st.sampled_from(("debug", "info", "warning", "error", "critical", "resolved")),
    source=texts,
    text=texts,
    kind=st.sampled_from(("incident", "background", "alert", "page")),
)
step_records = st.builds(
    StepRecord,
    step=st.integers(1, 10**6),
    decision=decisions,
    before=metrics,
    after=metrics,
    reward_terms=st.builds(RewardTerms, *[numbers] * 6),
    reward=numbers,
    health=fractions,
    effective=st.booleans(),
    resolved=st.booleans(),
    crashed=st.booleans(),
    truncated=st.booleans(),
    streak=counts,
    pressure=fractions,
    outage_left=counts,
    pending=st.lists(st.tuples(counts, st.sampled_from(ACTIONS)), max_size=3).map(tuple),
    explanation=texts,
    lines=st.lists(log_lines, max_size=3).map(tuple),
    at=moments,
    elapsed=amounts,
    inherited=st.booleans(),
)
other_events = st.one_of(
    st.builds(
        ControlRecord,
        step=counts,
        giver=texts.filter(bool),
        taker=texts.filter(bool),
        reason=st.sampled_from(("start", "hand_over", "take_over", "agent_error", "resume", "fork")),
        error=st.none() | texts,
        usage=usages,
        at=moments,
        elapsed=amounts,
        inherited=st.booleans(),
    ),
    st.builds(MarkRecord, step=counts, text=texts, at=moments, elapsed=amounts, inherited=st.booleans()),
    st.builds(
        DiagnosisRecord,
        step=counts,
        driver=texts.filter(bool),
        incident=incident_ids,
        at=moments,
        elapsed=amounts,
        inherited=st.booleans(),
    ),
    st.builds(
        SuggestionRecord,
        step=counts,
        driver=texts.filter(bool),
        action=st.none() | st.sampled_from(ACTIONS),
        rationale=st.none() | texts,
        answer_format=st.none() | texts,
        error=st.none() | texts,
        followed=st.booleans(),
        usage=usages,
        at=moments,
        elapsed=amounts,
        inherited=st.booleans(),
    ),
    st.builds(
        EndRecord,
        outcome=st.sampled_from(("resolved", "crashed", "truncated", "void")),
        steps=counts,
        total_reward=numbers,
        score=fractions,
        at=moments,
        elapsed=amounts,
    ),
)


def bits(record: StepRecord) -> bytes:
    floats = (*record.before, *record.after, *record.reward_terms, record.reward, record.health, record.pressure)
    return struct.pack(f"{len(floats)}d", *floats)


@given(step_records)
def test_every_figure_of_a_step_comes_back_to_the_last_bit(record: StepRecord) -> None:
    again = parse_event(dump_event(record))
    assert again == record
    assert isinstance(again, StepRecord)
    assert bits(again) == bits(record)


@given(other_events)
def test_every_other_event_comes_back_as_it_was(event: LaterEvent) -> None:
    assert parse_event(dump_event(event)) == event


@given(step_records)
def test_an_event_is_one_line_of_ascii_without_control_codes(record: StepRecord) -> None:
    line = dump_event(record)
    assert line.endswith(b"}\n")
    assert line.isascii()
    assert min(line[:-1]) >= ord(" ")


@given(moments, st.integers(-14, 14))
def test_a_time_is_written_in_utc_whatever_its_zone(moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    mark = MarkRecord(step=0, at=elsewhere, elapsed=0.0)
    assert json.loads(dump_event(mark))["at"].endswith("Z")
    assert parse_event(dump_event(mark)) == mark


def a_step() -> dict[str, Any]:
    zero = SystemMetrics(0.1, 0.2, 0.3, 0.04, 1.0, 0.5)
    record = StepRecord(
        step=1,
        decision=Decision(action=ACTIONS[0], driver="human"),
        before=zero,
        after=zero,
        reward_terms=RewardTerms(0.0, 0.1, -0.1, 0.0, 0.0, 0.0),
        reward=0.0,
        health=0.5,
        effective=False,
        resolved=False,
        crashed=False,
        truncated=False,
        streak=0,
        pressure=1.0,
        outage_left=0,
        pending=((2, ACTIONS[5]),),
        explanation="",
        lines=(LogLine(12, "info", "cron", "tick", "background"),),
        at=NOON,
        elapsed=1.5,
    )
    values: dict[str, Any] = json.loads(dump_event(record))
    return values


def changed(path: str, value: Any) -> bytes:
    """A step with one value replaced (`...`: removed), as a line."""
    line = a_step()
    *parents, last = path.split(".")
    at: Any = line
    for part in parents:
        at = at[int(part) if part.isdigit() else part]
    if value is ...:
        del at[last]
    else:
        at[int(last) if last.isdigit() else last] = value
    return json.dumps(line).encode()


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("after.cpu_usage", ..., "after.cpu_usage: is missing"),
        ("after.gpu_usage", 0.5, "after.gpu_usage: is no key"),
        ("after.cpu_usage", 1.01, "after.cpu_usage: input should be less than or equal to 1"),
        ("after.latency", -0.01, "after.latency: input should be greater than or equal to 0"),
        ("before.error_rate", math.nan, "before.error_rate: "),
        ("before.error_rate", True, "before.error_rate: input should be a valid number"),
        ("before.error_rate", "0.5", "before.error_rate: input should be a valid number"),
        ("before.error_rate", None, "before.error_rate: input should be a valid number"),
        ("after", [0.1, 0.2, 0.3, 0.04, 1.0, 0.5], "after: input should be an object"),
        ("reward_terms.crash", ..., "reward_terms.crash: is missing"),
        ("reward_terms.crash", math.inf, "reward_terms.crash: input should be a finite number"),
        ("reward_terms", [0, 0, 0, 0, 0, 0], "reward_terms: input should be an object"),
        ("reward", -math.inf, "reward: input should be a finite number"),
        ("reward", "1", "reward: input should be a valid number"),
        ("health", 1.5, "health: "),
        ("effective", 1, "effective: input should be a valid boolean"),
        ("effective", "yes", "effective: input should be a valid boolean"),
        ("streak", 1.0, "streak: input should be a valid integer"),
        ("streak", "1", "streak: input should be a valid integer"),
        ("streak", -1, "streak: "),
        ("streak", 2**53, "streak: "),
        ("step", 0, "step: "),
        ("step", 10**30, "step: "),
        ("pending.0.1", "dance", "pending[0][1]: input should be 'do_nothing', "),
        ("pending.0", [1], "pending[0][1]: is missing"),
        ("lines.0", [1, "info", "cron", "tick", "page"], "lines[0]: input should be an object"),
        ("lines.0.level", "loud", "lines[0].level: "),
        ("lines.0.kind", ..., "lines[0].kind: is missing"),
        ("lines.0.text", "x" * (LONG_TEXT + 1), "lines[0].text: "),
        ("decision.action", "dance", "decision.action: input should be 'do_nothing', "),
        ("decision.action", 0, "decision.action: "),
        ("decision.driver", "", "decision.driver: "),
        ("decision.rationale", "x" * (LONG_TEXT + 1), "decision.rationale: "),
        ("decision.usage.cost", -1.0, "decision.usage.cost: "),
        ("decision.usage.price", 1.0, "decision.usage.price: is no key"),
        ("decision.usage", [], "decision.usage: "),
        ("mood", "calm", "mood: is no key"),
        ("at", 1700000000, "at: "),
        ("at", "1700000000", "at: "),
        ("at", "2026-01-01T12:00:00", "at: "),
        ("at", "2026-01-01T12:00:00+02:00", "at: "),
        ("at", "2026-02-30T12:00:00Z", "at: "),
        ("elapsed", -0.5, "elapsed: "),
        ("event", "dance", "event: is 'dance', expected one of 'header', "),
        ("event", ..., "event: is missing"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_by_key(path: str, value: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        parse_event(changed(path, value))
    assert str(raised.value).startswith(complaint)
    assert "\n" not in str(raised.value)


def test_a_key_of_any_length_makes_a_short_complaint() -> None:
    with pytest.raises(ValueError, match=r"k: is no key that may stand there$") as raised:
        parse_event(changed("k" * 50_000, 1))
    assert len(str(raised.value)) < 150


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xef\xbb\xbf{}",
        b"null",
        b"[]",
        b"1e999",
        b"{" * 100_000,
        b"[" * 100_000,
        b'"\\ud800"',
        b"\xff",
        b"9" * 5000,
    ],
)
def test_what_is_no_event_is_refused_in_a_clause(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{1,300}$"):
        parse_event(line)


def test_a_whole_number_does_for_a_decimal_one() -> None:
    record = parse_event(changed("after.cpu_usage", 1))
    assert isinstance(record, StepRecord)
    assert repr(record.after.cpu_usage) == "1.0"


def test_what_is_left_to_its_default_may_be_missing() -> None:
    record = parse_event(changed("inherited", ...))
    assert isinstance(record, StepRecord)
    assert record.inherited is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "dance"},
        {"driver": ""},
        {"rationale": 5},
        {"rationale": "\ud800"},
        {"rationale": "x" * (LONG_TEXT + 1)},
        {"usage": {"cost": 1}},
    ],
)
def test_a_decision_that_no_file_could_hold_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Decision(**{"action": "scale_up", "driver": "someone", **wrong})


@pytest.mark.parametrize("wrong", [{"cost": -1.0}, {"cost": math.nan}, {"tokens_in": 1.5}, {"latency_ms": "fast"}])
def test_usage_that_is_no_number_from_zero_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Usage(**wrong)


@given(st.text(max_size=50), st.integers(1, 50))
def test_bounded_text_fits_and_can_be_written(text: str, limit: int) -> None:
    short = bounded(text, limit)
    assert len(short) <= limit
    assert short.encode().decode() == short
    if len(text) <= limit and not any("\ud800" <= character <= "\udfff" for character in text):
        assert short == text


def test_a_session_is_plain_json_lines(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in eventful(tmp_path).read_text(encoding="ascii").splitlines()]
    assert [line["event"] for line in lines] == [
        "header", "step", "mark", "control", "mark", "step", "control", "step", "step",
    ]  # fmt: skip
    header, steps = lines[0], [line for line in lines if line["event"] == "step"]
    assert (header["format"], header["version"], header["seed"]) == ("noc-tui-session", 1, 7)
    assert [step["step"] for step in steps] == [1, 2, 3, 4]
    assert steps[0]["before"] == header["initial"]
    assert all(later["before"] == earlier["after"] for earlier, later in pairwise(steps))
    assert steps[1]["decision"]["usage"] == {
        "latency_ms": 12.5, "tokens_in": 300, "tokens_out": 7, "cost": 0.25, "first_token_ms": None,
    }  # fmt: skip
    assert steps[1]["decision"]["rationale"] == "“CPU” is hot\n\x1b[31m"
    assert sum(step["reward"] for step in steps) == pytest.approx(
        sum(sum(step["reward_terms"].values()) for step in steps)
    )
