"""What `--incident` and `--seeds` name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.bench.selection import SelectionError, blind_incident, parse_seeds, select_incidents
from noc_tui.sim.catalog import CLASSIC, Catalog
from noc_tui.sim.errors import UnknownIncidentError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """The program's incidents, and one of the user's."""
    (tmp_path / "mine.toml").write_text("")
    return Catalog([paths.bundled_incidents_dir(), tmp_path])


def test_classic_is_the_three_easiest_first(catalog: Catalog) -> None:
    assert select_incidents(["classic"], catalog) == ("network_congestion", "memory_leak", "cpu_overload")


def test_the_pack_is_the_rest_of_the_programs_own(catalog: Catalog) -> None:
    pack = select_incidents(["pack"], catalog)
    assert len(pack) == 17
    assert not {*CLASSIC, "mine"} & set(pack)


def test_all_is_everything_the_users_own_included(catalog: Catalog) -> None:
    assert select_incidents(["all"], catalog) == catalog.ids
    assert "mine" in catalog.ids


def test_selections_add_up_in_their_order_and_each_incident_comes_once(catalog: Catalog) -> None:
    chosen = select_incidents(["mine, memory_leak", "classic", "mine"], catalog)
    assert chosen == ("mine", "memory_leak", "network_congestion", "cpu_overload")


def test_an_unknown_incident_is_told_with_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(UnknownIncidentError, match="did you mean memory_leak"):
        select_incidents(["memory_leek"], catalog)


@pytest.mark.parametrize("selections", [[], [""], ["classic,"], [" , "]])
def test_a_selection_of_nothing_is_refused(catalog: Catalog, selections: list[str]) -> None:
    with pytest.raises(SelectionError, match="give an id, classic, pack or all"):
        select_incidents(selections, catalog)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("1", range(1)),
        (" 20 ", range(20)),
        ("0:3", range(3)),
        ("100:120", range(100, 120)),
        ("9007199254740990:9007199254740991", range(9007199254740990, 9007199254740991)),
    ],
)
def test_seeds_are_a_number_of_them_or_a_half_open_range(text: str, seeds: range) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0", "seeds '0': holds no seed; the end is not included"),
        ("5:5", "holds no seed"),
        ("7:5", "holds no seed"),
        ("", "expected a number of seeds, or a range like 100:120"),
        ("-3", "expected a number of seeds"),
        ("1:2:3", "expected a number of seeds"),
        ("1:", "expected a number of seeds"),
        ("٣", "expected a number of seeds"),
        ("1e3", "expected a number of seeds"),
        ("9" * 5_000, "expected a number of seeds"),
        ("100001", "holds 100001 seeds; at most 100000 are played"),
        ("9007199254740991:9007199254740993", "a seed is at most 9007199254740991"),
    ],
)
def test_seeds_that_cannot_be_played_are_refused_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(SelectionError) as caught:
        parse_seeds(text)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 150


def test_a_seed_chooses_the_same_blind_incident_always(catalog: Catalog) -> None:
    first = [blind_incident(seed, catalog) for seed in range(8)]
    assert first == [blind_incident(seed, Catalog([paths.bundled_incidents_dir()])) for seed in range(8)]


def test_seeds_choose_among_all_of_the_programs_own_the_control_included(catalog: Catalog) -> None:
    chosen = Counter(blind_incident(seed, catalog) for seed in range(2000))
    assert set(chosen) == {*select_incidents(["classic", "pack"], catalog)}
    assert min(chosen.values()) > 50
