"""The list with a cursor that home, picker and sessions share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from noc_tui.tui.widgets.painted import Run
from noc_tui.tui.widgets.row_list import RowList, pad
from tests.tui.widgets.hosting import Hosted, hosted, shown, style_of

HEADINGS = ("one", "two", "# rest", "three")


def make_list(*, one_click: bool = False) -> RowList[str]:
    """A list in which what begins with # cannot be chosen."""
    return RowList(
        lambda row, width: [Run(row[:width], "label")],
        selectable=lambda row: not row.startswith("#"),
        one_click=one_click,
    )


async def press(host: Hosted, *keys: str) -> None:
    for key in keys:
        await host.pilot.press(key)


async def test_the_cursor_moves_over_what_can_be_chosen_and_stops_at_the_ends() -> None:
    rows = make_list()
    async with hosted(rows, (20, 6)) as host:
        rows.show(HEADINGS)
        rows.focus()
        seen = [rows.current]
        for key in ("down", "down", "down", "up", "home", "up", "end"):
            await press(host, key)
            seen.append(rows.current)
        assert seen == ["one", "two", "three", "three", "two", "one", "one", "three"]


async def test_the_cursor_is_a_glyph_and_weight_and_not_only_a_colour() -> None:
    rows = make_list()
    async with hosted(rows, (20, 6)):
        rows.show(HEADINGS, at=1)
        assert [line.rstrip() for line in shown(rows)[:4]] == ["  one", "▸ two", "  # rest", "  three"]
        assert style_of(rows, "two").bold
        assert not style_of(rows, "one").bold


async def test_the_row_under_the_cursor_is_kept_in_sight() -> None:
    rows = make_list()
    async with hosted(rows, (20, 5)) as host:
        rows.show([str(number) for number in range(5_000)])
        rows.focus()
        await press(host, "end")
        assert shown(rows)[-1].startswith("▸ 4999")
        await press(host, "pageup")
        assert rows.current == "4995"
        assert any(line.startswith("▸ 4995") for line in shown(rows))


async def test_only_the_rows_in_sight_are_drawn() -> None:
    painted: list[int] = []

    def paint(row: int, width: int) -> list[Run]:
        painted.append(row)
        return [Run(f"{row:>{width}}")]

    rows = RowList(paint)
    async with hosted(rows, (20, 5)) as host:
        rows.show(range(100_000))
        await host.pilot.pause()
        assert set(painted) <= set(range(5))


async def test_an_empty_list_has_nothing_under_the_cursor_and_takes_keys_all_the_same() -> None:
    rows = make_list()
    async with hosted(rows, (20, 5)) as host:
        rows.show(HEADINGS)
        rows.show([])
        rows.focus()
        await press(host, "down", "end", "pageup")
        assert rows.current is None
        rows.show(["# nothing here"])
        assert rows.current is None


async def test_every_move_is_told_once() -> None:
    rows = make_list()
    async with hosted(rows, (20, 6)) as host:
        rows.show(HEADINGS)
        rows.focus()
        await press(host, "down", "end", "end")
        await host.pilot.pause()
        assert len([m for m in host.posted(RowList.Highlighted) if type(m) is RowList.Highlighted]) == 3


async def test_a_click_moves_the_cursor_and_a_double_click_chooses() -> None:
    rows = make_list()
    async with hosted(rows, (20, 6)) as host:
        rows.show(HEADINGS)
        await host.pilot.click(rows, offset=(4, 3))
        assert rows.current == "three"
        assert host.posted(RowList.Chosen) == []
        await host.pilot.click(rows, offset=(4, 1), times=2)
        assert rows.current == "two"
        assert len(host.posted(RowList.Chosen)) == 1


async def test_one_click_chooses_in_a_menu_and_none_chooses_a_heading() -> None:
    rows = make_list(one_click=True)
    async with hosted(rows, (20, 6)) as host:
        rows.show(HEADINGS)
        await host.pilot.click(rows, offset=(4, 2))
        await host.pilot.click(rows, offset=(4, 5))
        assert host.posted(RowList.Chosen) == []
        await host.pilot.click(rows, offset=(4, 1))
        assert len(host.posted(RowList.Chosen)) == 1


@given(st.text(st.sampled_from("ab 日本é"), max_size=12), st.integers(1, 12), st.booleans())
def test_padding_always_gives_the_width(text: str, width: int, right: bool) -> None:
    assert cell_len(pad(text, width, right=right)) == width
