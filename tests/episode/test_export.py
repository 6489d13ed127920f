"""Exports: CSV as RFC 4180 wants it, exact and harmless; the recording as JSON Lines in ASCII."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.episode.export import COLUMNS, csv_lines, jsonl_lines
from noc_tui.episode.reader import SessionFile
from noc_tui.text import clean
from tests.episode.builders import eventful, read_lines, write_lines

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "\x1b[m=1",
)


def exported(path: Path) -> str:
    with SessionFile.open(path) as session:
        return "".join(csv_lines(session))


def explained(path: Path, text: str) -> Path:
    """The session with this explanation of its first step, by a driver of that name."""
    lines = read_lines(path)
    first = next(line for line in lines if line["event"] == "step")
    first["explanation"] = text
    first["decision"]["driver"] = text[:400] or "x"
    return write_lines(path, lines)


def test_a_row_for_each_step_behind_the_page(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    rows = list(csv.DictReader(io.StringIO(exported(path), newline="")))
    assert [row["step"] for row in rows] == ["0", "1", "2", "3", "4"]
    assert [row["driver"] for row in rows] == ["", "human", "rules", "human", "human"]
    with SessionFile.open(path) as session:
        page = session.header.initial
        assert [float(rows[0][name]) for name in page._fields] == list(page)
        for row, record in zip(rows[1:], session.records(), strict=True):
            figures = record.after._asdict() | record.reward_terms._asdict()
            figures |= {name: getattr(record, name) for name in ("health", "reward", "pressure", "elapsed", "streak")}
            assert {name: float(row[name]) for name in figures} == figures
            for flag in ("effective", "resolved", "crashed", "truncated"):
                assert row[flag] == str(getattr(record, flag))
            assert row["action"] == record.decision.action


def test_every_row_has_every_column_and_ends_as_the_format_says(tmp_path: Path) -> None:
    path = explained(eventful(tmp_path), 'a "quoted", text\r\nof two lines')
    text = exported(path)
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n") == 6
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert rows[2][-1] == 'a "quoted", text of two lines'


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_spreadsheet_takes_a_text_for_a_formula(tmp_path: Path, formula: str) -> None:
    row = list(csv.DictReader(io.StringIO(exported(explained(eventful(tmp_path), formula)), newline="")))[1]
    for name in ("explanation", "driver"):
        assert row[name] == f"'{clean(formula)}"


def test_the_recording_comes_out_as_it_stands(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    with SessionFile.open(path) as session:
        assert "".join(jsonl_lines(session)).encode() == path.read_bytes()


def test_what_is_appended_later_does_not_belong_to_it(tmp_path: Path) -> None:
    path = eventful(tmp_path)
    before = path.read_text()
    with SessionFile.open(path) as session:
        with path.open("a") as file:
            file.write('{"event": "st')
        assert "".join(jsonl_lines(session)) == before


@given(st.text(max_size=60))
def test_any_text_comes_out_in_ascii_and_means_the_same(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    path = eventful(tmp_path_factory.mktemp("session"))
    lines = read_lines(explained(path, text))
    path.write_bytes("".join(json.dumps(line, ensure_ascii=False) + "\r\n" for line in lines).encode())
    with SessionFile.open(path) as session:
        out = "".join(jsonl_lines(session))
    assert all(character == "\n" or " " <= character <= "~" for character in out)
    assert [json.loads(line) for line in out.splitlines()] == lines
