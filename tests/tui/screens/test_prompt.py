"""The small questions: a line of text, and yes or no."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from noc_tui.tui.launch import Launch
from noc_tui.tui.screens.home import HomeScreen
from noc_tui.tui.screens.prompt import ConfirmScreen, PromptScreen
from tests.tui import shelf
from tests.tui.cockpit import Cockpit, cockpit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.screen import Screen

T = TypeVar("T")


@asynccontextmanager
async def asked(question: Screen[T], size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Cockpit, list[T | None]]]:
    """A question over the home screen, and the answers that were given."""
    answers: list[T | None] = []
    async with cockpit(Launch("home"), size=size) as pit:
        pit.app.push_screen(question, answers.append)
        await pit.settle()
        yield pit, answers


def number(highest: int | None = 60) -> PromptScreen:
    return PromptScreen("Go to step", "0 to 60", limit=7, digits=True, highest=highest)


async def test_enter_answers_with_the_text_without_the_blanks_around_it() -> None:
    async with asked(PromptScreen("Note", "", limit=20)) as (pit, answers):
        await pit.press("space", *"hot", "space", "enter")
        assert answers == ["hot"]
        assert isinstance(pit.app.screen, HomeScreen)


async def test_escape_answers_with_nothing() -> None:
    async with asked(PromptScreen("Note", "", limit=20, value="kept")) as (pit, answers):
        await pit.press("escape")
        assert answers == [None]


async def test_no_more_than_the_limit_is_taken() -> None:
    async with asked(PromptScreen("Note", "", limit=3)) as (pit, answers):
        await pit.press(*"abcde", "enter")
        assert answers == ["abc"]


@pytest.mark.parametrize(
    ("typed", "problem"), [("x", "digits only"), ("61", "too high: 60 at most"), ("٣", "digits only")]
)
async def test_what_is_wrong_is_said_while_it_is_typed_and_enter_does_not_take_it(typed: str, problem: str) -> None:
    async with asked(number()) as (pit, answers):
        await pit.press(*typed)
        assert f"! {problem}" in pit.text()
        await pit.press("enter")
        assert answers == []
        await pit.press("backspace", "backspace", "6", "enter")
        assert answers == ["6"]


@pytest.mark.parametrize("typed", ["", "0", "60"])
async def test_nothing_and_the_ends_of_the_range_are_taken(typed: str) -> None:
    async with asked(number()) as (pit, answers):
        await pit.press(*typed, "enter")
        assert answers == [typed]


@pytest.mark.parametrize(("hint", "answer"), [("enter accept", "note"), ("esc back", None)])
async def test_a_click_on_a_key_does_what_the_key_does(hint: str, answer: str | None) -> None:
    async with asked(PromptScreen("Note", "", limit=20, value="note")) as (pit, answers):
        rows = pit.text().splitlines()
        y = next(y for y, row in enumerate(rows) if hint in row)
        await pit.pilot.click(offset=(rows[y].index(hint) + 1, y))
        await pit.settle()
        assert answers == [answer]


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("escape", False), ("q", False)])
async def test_only_y_means_yes(key: str, answer: bool) -> None:
    async with asked(ConfirmScreen("Delete it?")) as (pit, answers):
        await pit.press(key)
        assert answers == [answer]


async def test_enter_and_other_keys_answer_nothing() -> None:
    async with asked(ConfirmScreen("Delete it?")) as (pit, answers):
        await pit.press("enter", "space", "d", "Y")
        assert answers == []
        assert isinstance(pit.app.screen, ConfirmScreen)


@pytest.mark.parametrize("size", [(50, 14), (200, 60)])
async def test_a_question_fits_the_window_and_its_text_steers_nothing(size: tuple[int, int]) -> None:
    async with asked(ConfirmScreen(f"Delete {shelf.HOSTILE}?"), size) as (pit, _):
        assert shelf.WITNESS in pit.text()
        assert "y yes   n no" in pit.text()
        assert not {"\x1b", "\x9b", "\u202e"} & set(pit.text())
