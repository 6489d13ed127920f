"""The review alone: as text for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from noc_tui.episode.reader import SessionFile
from noc_tui.report.facts import facts_of
from noc_tui.report.reviewing import review_json, review_markdown, review_text
from noc_tui.review.model import Verdict
from noc_tui.sim.actions import ACTIONS
from tests.report.samples import made_review, poisoned, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.report.facts import SessionFacts
    from noc_tui.review.model import Review

FOUR = (Verdict.BEST, Verdict.MISTAKE, Verdict.BLUNDER, Verdict.NONE)


def reviewed(path: Path, *, why: str = "Throttling takes 16 % off the CPU.") -> tuple[SessionFacts, Review]:
    with SessionFile.open(path) as session:
        review = made_review(session, FOUR, why=why)
        return facts_of(session, review), review


def lines(path: Path, width: int = 80, **said: str) -> list[str]:
    return list(review_text(*reviewed(path, **said), width))


def as_json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(review_json(*reviewed(path)), allow_nan=False))
    return loaded


def test_the_text_begins_with_what_it_came_to(tmp_path: Path) -> None:
    text = lines(recorded(tmp_path))
    assert text[:2] == ["CPU overload, seed 3", "Resolved after 4 steps (2 min from the page)."]
    pairs = {line[:20].strip(): line[20:].strip() for line in text[3:8]}
    assert pairs["Grade"] == "B"
    assert pairs["Accuracy"] == "87 %"
    assert any("= 4.0 par + " in line for line in text)


def test_each_move_is_a_row_with_its_reason_below(tmp_path: Path) -> None:
    text = lines(recorded(tmp_path))
    head = next(number for number, line in enumerate(text) if line.startswith("Step"))
    assert " ".join(text[head].split()) == "Step Seen Done Verdict Lost Best"
    assert text[head + 3].split()[0] == "2"
    assert "? Mistake" in text[head + 3]
    assert text[head + 4] == "      Throttling takes 16 % off the CPU."
    assert "× Blunder" in text[head + 5]
    assert text[-1].endswith("– —")  # nothing is said of a move that is not judged


def test_titles_stand_over_their_columns(tmp_path: Path) -> None:
    text = lines(recorded(tmp_path))
    head = next(line for line in text if line.startswith("Step"))
    row = next(line for line in text if "? Mistake" in line)
    assert row.index("?") == head.index("Verdict")
    assert row.index("Throttle CPU") == head.index("Done")
    assert row.rindex("Throttle CPU") == head.index("Best")


@pytest.mark.parametrize("width", [60, 72, 100, 140])
def test_no_line_is_wider_than_it_may_be(tmp_path: Path, width: int) -> None:
    long = "It takes 16 % off the CPU and 25 ms off latency. " * 6
    text = lines(recorded(tmp_path), width, why=long)
    sums = [line for line in text if " par + " in line]  # a figure on a line of its own
    assert max(cell_len(line) for line in text if line not in sums) <= width


def test_the_markdown_has_a_row_for_each_move_and_no_markup_of_a_stranger(tmp_path: Path) -> None:
    text = review_markdown(*reviewed(poisoned(recorded(tmp_path))))
    tokens = MarkdownIt("gfm-like").parse(text)
    found = [child.type for token in tokens for child in token.children or ()]
    assert not {"html_inline", "image", "link_open", "code_inline"} & set(found)
    assert not [token for token in tokens if token.type == "html_block"]
    rows = [token for token in tokens if token.type == "tr_open"]
    # The head of the figures and that of the table, and what stands below them.
    assert len(rows) >= len(FOUR) + 1
    assert "\x1b" not in text


def test_the_json_holds_every_figure_of_the_review(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    _, review = reviewed(path)
    told = as_json(path)
    assert (told["incident"], told["seed"], told["outcome"], told["grade"]) == ("cpu_overload", 3, "resolved", "B")
    assert (told["par"], told["lost"], told["luck"]) == (review.par, review.lost, review.luck)
    assert told["sum"] == review.ledger.text
    assert [move["verdict"] for move in told["moves"]] == list(FOUR)
    assert [move["step"] for move in told["moves"]] == [1, 2, 3, 4]
    second, move = told["moves"][1], review.moves[1]
    assert second["costs"] == dict(zip(map(str, ACTIONS), move.q, strict=True))
    assert second["after"] == move.after._asdict()
    assert (second["action"], second["best"], second["lost"], second["why"]) == (
        move.action,
        move.best,
        move.lost,
        move.why,
    )
    assert told["best_play"]["actions"] == list(review.ghost_actions)
    assert len(told["best_play"]["metrics"]) == len(review.ghost)
