"""The action pad: to read and to click."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from noc_tui.tui.theme import DARK
from noc_tui.tui.widgets.action_pad import ActionPad, PadItem, compact_rows
from tests.tui.widgets.hosting import colours, hosted, shown, style_of

ITEMS = (
    PadItem(("1", "w"), "Wait"),
    PadItem(("2", "r"), "Restart service", "down 1 step"),
    PadItem(("3", "t"), "Throttle CPU", "used 2×"),
    PadItem(("4", "c"), "Clear cache"),
    PadItem(("5", "e"), "Reroute traffic", chosen=True),
    PadItem(("6", "s"), "Scale up", "1×, due in 1"),
)
REASON = "a recording plays; f forks here"


def make_pad(*, compact: bool = False, reason: str = "", items: tuple[PadItem, ...] = ITEMS) -> ActionPad:
    pad = ActionPad()
    pad.items = items
    pad.compact = compact
    pad.disabled_reason = reason
    return pad


async def test_a_card_has_a_row_for_each_action_with_keys_label_and_note() -> None:
    pad = make_pad()
    async with hosted(pad, (40, 20)):
        assert [line.rstrip() for line in shown(pad)] == [
            "Actions",
            "1 w  Wait",
            "2 r  Restart service  down 1 step",
            "3 t  Throttle CPU     used 2×",
            "4 c  Clear cache",
            "5 e  Reroute traffic",
            "6 s  Scale up         1×, due in 1",
        ]


async def test_at_80_columns_the_compact_form_has_two_rows_of_three() -> None:
    pad = make_pad(compact=True)
    async with hosted(pad, (80, 24)):
        assert [line.rstrip() for line in shown(pad)] == [
            "1 w Wait                  2 r Restart service       3 t Throttle CPU used 2×",
            "4 c Clear cache           5 e Reroute traffic       6 s Scale up 1×, due in 1",
        ]


@pytest.mark.parametrize(("width", "rows"), [(62, 2), (55, 2), (54, 3), (38, 3), (36, 6), (30, 6)])
async def test_a_narrow_compact_form_has_fewer_columns(width: int, rows: int) -> None:
    pad = make_pad(compact=True)
    async with hosted(pad, (width, 24)):
        assert len(shown(pad)) == rows
        assert compact_rows(ITEMS, width - 2) == rows
        assert all(item.label in "".join(shown(pad)) for item in ITEMS)


async def test_where_two_keys_each_would_cost_a_row_only_the_first_is_shown_and_clicks_still_hit() -> None:
    pad = make_pad(compact=True)
    async with hosted(pad, (40, 24)) as host:
        assert [line.rstrip() for line in shown(pad)] == [
            "1 Wait             2 Restart service",
            "3 Throttle CPU     4 Clear cache",
            "5 Reroute traffic  6 Scale up 1×",
        ]
        await host.pilot.click(pad, (20, 1))
        await host.pilot.click(pad, (19, 1))
        assert [message.index for message in host.posted(ActionPad.Chosen)] == [3, 2]


async def test_where_a_note_has_no_room_none_of_its_words_is_shown() -> None:
    for width in range(20, 40):
        pad = make_pad()
        async with hosted(pad, (width, 20)):
            assert ("down" in shown(pad)[2]) == ("down 1 step" in shown(pad)[2])


async def test_in_six_rows_the_actions_stand_without_the_title() -> None:
    pad = make_pad()
    pad.styles.height = 6
    async with hosted(pad, (40, 20)) as host:
        assert [line.split()[0] for line in shown(pad)] == ["1", "2", "3", "4", "5", "6"]
        await host.pilot.click(pad, (10, 5))
        assert [message.index for message in host.posted(ActionPad.Chosen)] == [5]


async def test_in_a_narrow_compact_form_all_actions_that_are_off_are_named() -> None:
    pad = make_pad(compact=True, reason=REASON)
    async with hosted(pad, (30, 20)):
        assert all(word in " ".join(shown(pad)) for item in ITEMS for word in item.label.split())


@pytest.mark.parametrize("width", [3, 8, 15])
@pytest.mark.parametrize("compact", [False, True])
async def test_rows_are_cut_at_any_width(width: int, compact: bool) -> None:
    for reason in ("", REASON):
        pad = make_pad(compact=compact, reason=reason)
        async with hosted(pad, (width, 24)):
            assert {cell_len(line) for line in shown(pad)} <= {width - 2}


async def test_the_last_action_chosen_is_marked_without_colour_too() -> None:
    pad = make_pad()
    async with hosted(pad, (40, 20)):
        assert style_of(pad, "5 e").reverse
        assert not style_of(pad, "4 c").reverse


@pytest.mark.parametrize(("y", "index"), [(1, 0), (5, 4), (6, 5)])
async def test_a_click_on_a_row_chooses_its_action(y: int, index: int) -> None:
    pad = make_pad()
    async with hosted(pad, (40, 20)) as host:
        await host.pilot.click(pad, (10, y))
        assert [message.index for message in host.posted(ActionPad.Chosen)] == [index]


@pytest.mark.parametrize(("x", "y", "index"), [(2, 0, 0), (30, 0, 1), (76, 1, 5)])
async def test_a_click_in_the_compact_form_chooses_too(x: int, y: int, index: int) -> None:
    pad = make_pad(compact=True)
    async with hosted(pad, (80, 24)) as host:
        await host.pilot.click(pad, (x, y))
        assert [message.index for message in host.posted(ActionPad.Chosen)] == [index]


async def test_a_click_on_the_title_chooses_nothing() -> None:
    pad = make_pad()
    async with hosted(pad, (40, 20)) as host:
        await host.pilot.click(pad, (10, 0))
        assert not host.posted(ActionPad.Chosen)


@pytest.mark.parametrize("compact", [False, True])
async def test_when_actions_are_off_the_pad_says_why_and_ignores_clicks(compact: bool) -> None:
    pad = make_pad(compact=compact, reason=REASON)
    async with hosted(pad, (80, 24)) as host:
        assert REASON in " ".join(line.strip() for line in shown(pad))
        assert all(item.label in "".join(shown(pad)) for item in ITEMS)
        for y in range(pad.size.height):
            await host.pilot.click(pad, (4, y))
        assert not host.posted(ActionPad.Chosen)


async def test_where_the_reason_has_no_room_below_it_stands_in_the_title() -> None:
    pad = make_pad(reason=REASON)
    pad.styles.height = 7
    async with hosted(pad, (60, 20)):
        assert shown(pad)[0].rstrip() == f"Actions off: {REASON}"
        assert len(shown(pad)) == 7


async def test_a_single_action_can_be_off() -> None:
    pad = make_pad(items=(replace(ITEMS[0], enabled=False), *ITEMS[1:]))
    async with hosted(pad, (40, 20)) as host:
        await host.pilot.click(pad, (10, 1))
        await host.pilot.click(pad, (10, 2))
        assert [message.index for message in host.posted(ActionPad.Chosen)] == [1]


async def test_the_row_under_the_pointer_is_lit() -> None:
    pad = make_pad()
    async with hosted(pad, (40, 20)) as host:
        await host.pilot.hover(pad, (10, 3))
        assert [y for y in range(7) if DARK.panel in colours(pad, y)] == [3]
        await host.pilot.hover(None, (39, 19))
        assert not [y for y in range(7) if DARK.panel in colours(pad, y)]


async def test_a_chosen_action_flashes_unless_animations_are_off() -> None:
    pad = make_pad()
    async with hosted(pad, (40, 20)) as host:
        host.pilot.app.animation_level = "none"
        pad.flash(0)
        assert style_of(pad, "Wait").bgcolor == style_of(pad, "Restart").bgcolor
        host.pilot.app.animation_level = "full"
        pad.flash(0)
        assert style_of(pad, "Wait").bgcolor != style_of(pad, "Restart").bgcolor


async def test_notes_are_never_markup_or_control_codes() -> None:
    pad = make_pad(items=(PadItem(("1",), "Wait", "[b]x\x1b[31m"),))
    async with hosted(pad, (40, 20)):
        assert shown(pad)[1].rstrip() == "1  Wait  [b]x"
