"""The incident log without a terminal."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from noc_tui.tui.widgets.log_lines import (
    GLYPHS,
    LINE_LIMIT,
    LINES_KEPT,
    LogEntry,
    LogFilter,
    LogLevel,
    LogLines,
    Severity,
    clean_entry,
)

LONG = "upstream timed out (110: Connection timed out) while reading response header"


def entry(text: str = "ok", source: str = "nginx", level: LogLevel = "info", clock: str = "00:12") -> LogEntry:
    return LogEntry(clock, GLYPHS[level], level, source, text)


def log_of(*entries: LogEntry, width: int = 60, compact: bool = False) -> LogLines:
    log = LogLines()
    log.resize(width, compact=compact)
    log.show(entries)
    return log


def text_of(log: LogLines) -> list[str]:
    rows = [log.row(number) for number in range(log.rows)]
    return [row.head + row.text for row in rows]


entries = st.lists(
    st.builds(
        entry,
        text=st.text(st.sampled_from("ab  日→x"), max_size=120),
        source=st.sampled_from(["lb", "nginx", "a-source-of-many-letters", ""]),
        level=st.sampled_from(get_args(LogLevel)),
        clock=st.sampled_from(["00:12", "-04:30", "1:02:33"]),
    ),
    max_size=12,
)
filters = st.builds(LogFilter, st.sampled_from(["", "a", "LB", "日"]), st.sampled_from(get_args(Severity)))
widths = st.integers(1, 130)


def test_a_line_has_clock_glyph_source_and_text_in_columns() -> None:
    log = log_of(entry("one", "lb", "warning"), entry("two", "alert", "critical", "00:22"))
    assert text_of(log) == ["00:12 ! lb     one", "00:22 ‼ alert  two"]


def test_a_long_line_goes_on_under_its_text() -> None:
    assert text_of(log_of(entry(LONG), width=60)) == [
        "00:12 · nginx  upstream timed out (110: Connection timed",
        "               out) while reading response header",
    ]


def test_where_the_text_would_be_too_narrow_it_goes_on_further_left() -> None:
    assert text_of(log_of(entry(LONG), width=40)) == [
        "00:12 · nginx  upstream timed out (110:",
        "  Connection timed out) while reading",
        "  response header",
    ]


def test_a_compact_line_of_the_lowest_level_has_one_row_that_ends_in_an_ellipsis() -> None:
    assert text_of(log_of(entry(LONG, level="debug"), entry("short", level="debug"), width=50, compact=True)) == [
        "00:12 . nginx  upstream timed out (110: Connectio…",
        "00:12 . nginx  short",
    ]


@pytest.mark.parametrize("level", sorted(set(get_args(LogLevel)) - {"debug"}))
def test_all_other_lines_are_told_whole_in_the_compact_form_too(level: LogLevel) -> None:
    assert text_of(log_of(entry(LONG, "nginx", level), width=50, compact=True)) == [
        f"00:12 {GLYPHS[level]} nginx  upstream timed out (110: Connection",
        "               timed out) while reading response",
        "               header",
    ]


@given(st.integers(0, 3 * LINES_KEPT), st.integers(1, 700))
@settings(max_examples=15, deadline=None)
def test_of_very_many_lines_the_newest_are_kept_and_the_first_says_how_many_went(many: int, at_once: int) -> None:
    given_lines = [entry(f"line {number}") for number in range(many)]
    grown, jumped = LogLines(), LogLines()
    for start in range(0, many, at_once):
        grown.append(given_lines[start : start + at_once])
    jumped.show(given_lines)
    for log in (grown, jumped):
        listed = log.rows
        assert min(many, LINES_KEPT) <= listed <= LINES_KEPT * 5 // 4 + 1
        assert log.total == many
        if listed < many:
            assert log.row(0).entry.text == f"{many - listed + 1:,} older lines are no longer listed here"
            assert log.row(1).entry == given_lines[many - listed + 1]
        assert not many or log.row(listed - 1).entry == given_lines[-1]


def test_an_entry_keeps_its_index_when_older_ones_are_dropped() -> None:
    log = LogLines()
    log.append([entry(f"line {number}") for number in range(LINES_KEPT)])
    assert log.row(log.row_of(3_900)).entry.text == "line 3900"
    rows_moved = [not log.append([entry(f"line {LINES_KEPT + number}")]) for number in range(2_000)]
    assert sum(rows_moved) == 1
    assert log.row(log.row_of(3_900)).entry.text == "line 3900"
    assert log.entry_at(log.row_of(3_900)) == 3_900
    assert log.row_of(5) == 0
    assert log.shown_from(5_990) == 10


def test_a_jump_back_from_very_many_lines_shows_the_first_again() -> None:
    lines = [entry(f"line {number}") for number in range(3 * LINES_KEPT)]
    log = log_of(*lines)
    log.show(lines[:100])
    assert log.row(0).entry == lines[0]
    assert (log.rows, log.total) == (100, 100)


def test_columns_grow_with_what_stands_in_them_up_to_a_bound() -> None:
    log = log_of(entry("x", "postgres", clock="-04:30"), entry("y", "a-source-of-many-letters"))
    assert text_of(log) == ["-04:30 · postgres     x", " 00:12 · a-source-of… y"]


@pytest.mark.parametrize(
    ("width", "row"), [(36, "00:12 · nginx  ok"), (35, "· nginx  ok"), (24, "· nginx  ok"), (23, "· ok")]
)
def test_a_narrow_log_leaves_out_the_clock_and_then_the_source(width: int, row: str) -> None:
    assert text_of(log_of(entry(), width=width)) == [row]


@given(entries, widths, st.booleans(), filters)
def test_no_row_is_wider_than_the_log(shown: list[LogEntry], width: int, compact: bool, wanted: LogFilter) -> None:
    log = log_of(*shown, width=width, compact=compact)
    log.filter_by(wanted)
    assert all(cell_len(row) <= max(width, 4) for row in text_of(log))


@given(entries, entries, widths, st.booleans(), filters)
def test_a_log_that_was_appended_to_is_like_one_that_was_shown_whole(
    first: list[LogEntry], then: list[LogEntry], width: int, compact: bool, wanted: LogFilter
) -> None:
    grown = log_of(*first, width=width, compact=compact)
    grown.filter_by(wanted)
    for each in then:
        grown.append([each])
    whole = log_of(*first, *then, width=width, compact=compact)
    whole.filter_by(wanted)
    assert text_of(grown) == text_of(whole)
    assert (grown.shown, grown.total) == (whole.shown, whole.total)


@given(entries, st.data(), widths)
def test_a_jump_back_and_forth_changes_nothing(shown: list[LogEntry], data: st.DataObject, width: int) -> None:
    log = log_of(*shown, width=width)
    before = text_of(log)
    log.show(shown[: data.draw(st.integers(0, len(shown)))])
    log.show(shown)
    assert text_of(log) == before


def test_a_jump_into_other_lines_shows_those() -> None:
    log = log_of(entry("one"), entry("two"), entry("three"))
    assert not log.show([entry("one"), entry("zwei")])
    assert [row.split()[-1] for row in text_of(log)] == ["one", "zwei"]


def test_what_comes_late_stands_behind_the_action_of_its_clock_or_at_the_end() -> None:
    first, second = entry("Wait", "you", "action", "00:00"), entry("Scale up", "you", "action", "00:30")
    log = log_of(entry("page", "pager", "critical", "00:00"), first, entry("a", clock="00:12"), second)
    late = [entry(text, "ghost", "debug", clock) for text, clock in (("x", "00:00"), ("y", "00:30"), ("z", "01:00"))]
    assert log.weave(late)
    assert [row.partition("  ")[2].strip() for row in text_of(log)] == ["page", "Wait", "x", "a", "Scale up", "y", "z"]
    assert not log.weave([])


def test_what_comes_late_into_very_many_lines_stands_in_its_place_too() -> None:
    log = log_of(*(entry(str(number), clock="00:00") for number in range(3 * LINES_KEPT)))
    log.append([entry("Wait", "you", "action", "00:30"), entry("after", clock="00:31")])
    total = log.total
    log.weave([entry("x", "ghost", "debug", "00:30")])
    assert log.total == total + 1
    assert [row.rpartition(" ")[2] for row in text_of(log)[-3:]] == ["Wait", "x", "after"]


def test_it_is_known_whether_rows_stayed_where_they_were() -> None:
    log = log_of(entry("one"))
    assert log.append([entry("two")])
    assert log.show([entry("one"), entry("two"), entry("three")])
    assert not log.append([entry("four", "a-longer-source")])
    assert not log.show([entry("one")])


@given(entries, widths, filters)
def test_rows_and_entries_are_found_from_each_other(shown: list[LogEntry], width: int, wanted: LogFilter) -> None:
    log = log_of(*shown, width=width)
    log.filter_by(wanted)
    for number in range(log.rows):
        index = log.entry_at(number)
        assert log.row(number).entry == shown[index]
        assert log.row_of(index) <= number
        assert log.row(log.row_of(index)).first
    assert log.entry_at(log.rows) == log.total
    assert log.shown_from(0) == log.shown == len([each for each in shown if wanted.matches(each)])


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(IndexError, match="row 1 of 1"):
        log_of(entry()).row(1)


SAMPLE = (
    entry("quiet", "cron", "debug"),
    entry("slow", "nginx", "warning"),
    entry("broken", "app", "error"),
    entry("out of memory", "kernel", "critical"),
    entry("[FIRING:1] Slow", "alert", "warning"),
    entry("[RESOLVED] Slow", "alert", "resolved"),
    entry("Scale up", "you", "action"),
)


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        (LogFilter(), [each.text for each in SAMPLE]),
        (LogFilter(severity="warnings+"), ["slow", "broken", "out of memory", "[FIRING:1] Slow"]),
        (LogFilter(severity="alerts"), ["[FIRING:1] Slow", "[RESOLVED] Slow"]),
        (LogFilter(severity="actions"), ["Scale up"]),
        (LogFilter("SLOW"), ["slow", "[FIRING:1] Slow", "[RESOLVED] Slow"]),
        (LogFilter("slow", "alerts"), ["[FIRING:1] Slow", "[RESOLVED] Slow"]),
        (LogFilter("nginx"), ["slow"]),
        (LogFilter("[f"), ["[FIRING:1] Slow"]),
        (LogFilter(".*"), []),
    ],
)
def test_the_filter(wanted: LogFilter, texts: list[str]) -> None:
    log = log_of(*SAMPLE)
    log.filter_by(wanted)
    assert [log.row(number).entry.text for number in range(log.rows)] == texts
    assert (log.shown, log.total) == (len(texts), len(SAMPLE))


def test_what_is_wrapped_is_copied_as_one_line() -> None:
    log = log_of(entry(LONG), entry("next"), width=40)
    assert log.copy((0, 0), (log.rows, 0)) == f"00:12 · nginx  {LONG}\n00:12 · nginx  next"


def test_a_part_is_copied_from_and_to_where_it_was_marked() -> None:
    log = log_of(entry(LONG), entry("next"), width=40)
    assert log.copy((0, 15), (1, 12)) == "upstream timed out (110: Connection"
    assert log.copy((1, 13), (1, 18)) == "timed"
    assert log.copy((2, 0), (3, 8)) == "response header\n00:12 · "


def test_a_word_cut_by_the_wrapping_is_copied_whole() -> None:
    log = log_of(entry("x" * 50), width=40)
    assert log.copy((0, 15), (log.rows, 0)) == "x" * 50


def test_an_ellipsis_is_copied_as_what_it_stands_for() -> None:
    log = log_of(entry(LONG, level="debug"), width=40, compact=True)
    assert log.copy((0, 15), (0, 40)) == LONG
    assert log.copy((0, 15), (0, 23)) == "upstream"


@given(entries, widths, st.booleans())
def test_all_that_is_copied_is_every_text_whole(shown: list[LogEntry], width: int, compact: bool) -> None:
    log = log_of(*shown, width=width, compact=compact)
    copied = log.copy((0, 0), (log.rows, 0))
    assert [
        line.rstrip(" ").endswith(each.text.rstrip(" ")) for line, each in zip(copied.split("\n"), shown, strict=False)
    ] == [True] * len(shown)


def test_text_from_outside_is_cleaned() -> None:
    dirty = LogEntry("00:\x1b[5m12", "!", "warning", "ng\u202einx", "\x1b]0;owned\x07one\ntwo" + "x" * LINE_LIMIT)
    cleaned = clean_entry(dirty)
    assert cleaned[:4] == ("00:12", "!", "warning", "nginx")
    assert cleaned.text.startswith("one two")
    assert len(cleaned.text) == LINE_LIMIT
    assert log_of(dirty).row(0).entry == cleaned


def test_a_clean_line_is_not_copied() -> None:
    clean = entry(LONG)
    assert clean_entry(clean) is clean
