"""Whatever is done to an incident file: one sentence for each fault, which names file and key, and nothing ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.catalog import Catalog, load_file
from noc_tui.sim.conditions import KEYS
from noc_tui.sim.errors import IncidentError
from noc_tui.sim.incident import ActionEffect, Incident, LogRule, Otherwise, Pressure
from noc_tui.sim.validation import MAX_PROBLEMS
from tests.sim.damage import NAME, WHOLE, changed, damages, odd_files, places, written
from tests.sim.toml_text import toml_text

if TYPE_CHECKING:
    from pathlib import Path

ALL = list(damages())
ALLOWED = "{cpu}, {memory}, {latency_ms}, {packet_loss}, {error_rate}, {health}, {step}, {host}, {int:LOW-HIGH}"
COMPARISON = 'a comparison such as ">= 0.40", a range such as "2..6" or a plain number'


def problems_of(path: Path) -> tuple[str, ...]:
    """What is wrong with a file, each sentence without the path that it begins with."""
    with pytest.raises(IncidentError) as refused:
        load_file(path)
    for problem in refused.value.problems:
        assert problem.startswith(f"{path}: ")
        assert problem.isprintable()
        assert len(problem) - len(str(path)) < 400
    assert len(refused.value.problems) <= MAX_PROBLEMS
    return tuple(problem.removeprefix(f"{path}: ") for problem in refused.value.problems)


def saved(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / f"{NAME}.toml"
    path.write_bytes(content)
    return path


def test_the_whole_file_has_every_key_and_loads(tmp_path: Path) -> None:
    assert load_file(saved(tmp_path, toml_text(WHOLE).encode())).id == NAME
    assert WHOLE.keys() == Incident.model_fields.keys()
    named = {str(at[-1]) for at, _ in places(WHOLE)}
    for model in (ActionEffect, LogRule, Otherwise, Pressure):
        own = model.model_fields.keys() - {"memory_usage", "packet_loss", "error_rate", "growth", "decay"}
        assert own <= named


def test_there_are_many_kinds_of_damage_and_each_is_one() -> None:
    assert len(ALL) > 400
    assert len({damage.kind for damage in ALL}) == len(ALL)


@pytest.mark.parametrize("place", sorted({damage.kind.partition(":")[0] for damage in ALL}))
def test_it_is_told_by_file_and_key(place: str, tmp_path: Path) -> None:
    for damage in (each for each in ALL if each.kind.partition(":")[0] == place):
        problems = problems_of(saved(tmp_path, damage.content))
        assert any(damage.key in problem for problem in problems), (damage.kind, problems)


@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "dangling", "device", "missing"])
def test_what_is_no_file_is_told_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    path, words = odd_files(tmp_path)[kind]
    (problem,) = problems_of(path)
    assert problem.startswith("cannot be read: ")
    assert words in problem


def test_a_byte_order_mark_is_no_damage(tmp_path: Path) -> None:
    assert load_file(saved(tmp_path, b"\xef\xbb\xbf" + toml_text(WHOLE).encode())).id == NAME


@given(st.integers(0, len(toml_text(WHOLE).encode()) - 2))
def test_a_file_that_was_cut_off_is_refused_wherever_that_was(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    assert problems_of(saved(tmp_path_factory.mktemp("cut"), toml_text(WHOLE).encode()[:length]))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    assert problems_of(saved(tmp_path_factory.mktemp("bytes"), content))


@given(st.integers(0, len(toml_text(WHOLE).encode()) - 1), st.integers(0, 255))
def test_one_wrong_byte_is_refused_in_a_sentence_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    content = bytearray(toml_text(WHOLE).encode())
    content[at] = byte
    path = saved(tmp_path_factory.mktemp("byte"), bytes(content))
    try:
        load_file(path)
    except IncidentError:
        assert problems_of(path)


class TestSeveralFaults:
    def test_all_of_them_are_told_in_the_order_of_the_file(self, tmp_path: Path) -> None:
        definition = WHOLE | {
            "id": "another",
            "max_steps": 0,
            "drift": {"cpu": 0.1},
            "actions": {
                "reboot": {},
                "scale_up": {"latency": 2, "otherwise": {}},
                "clear_cache": {"requires": "hot", "reissue_restarts_timer": True},
            },
            "logs": [{"source": "app", "text": "{a} {b}", "when": {"load": 1, "latency": "high", "uses": {"x": 1}}}],
        }
        assert problems_of(saved(tmp_path, toml_text(definition).encode())) == (
            "max_steps: expected at least 1, not 0",
            "drift.cpu: unknown key; did you mean cpu_usage?",
            f"actions: 'reboot' is no action; expected one of {', '.join(ACTIONS)}",
            "actions.scale_up.latency: expected at most 1.0, not 2",
            *(f"logs[1].text: {{{name}}} cannot be filled in; expected one of {ALLOWED}" for name in "ab"),
            f"logs[1].when: 'load' cannot be asked about; expected one of {', '.join(KEYS)}",
            f"logs[1].when: latency: expected {COMPARISON}, not 'high'",
            f"logs[1].when: uses: 'x' is no action; expected one of {', '.join(ACTIONS)}",
            "id is 'another', but the file's name says 'damaged'; they must agree",
            "actions.scale_up: has `otherwise` but no `requires`; add the flag that it needs",
            "actions.clear_cache: has `reissue_restarts_timer` but no `later` whose timer it could restart",
            "actions.clear_cache.requires: no action `sets` the flag 'hot'; no action sets any flag",
            "pressure.floor_lifted_by: no action `sets` the flag 'warm'; no action sets any flag",
            "pressure.growth_when_cured (the flag `cured`): no action `sets` the flag 'cured'; no action sets any flag",
        )

    def test_of_very_many_the_first_are_told_and_the_others_counted(self, tmp_path: Path) -> None:
        content = toml_text(WHOLE).encode() + b"".join(b"k%d = 1\n" % number for number in range(100))
        with pytest.raises(IncidentError) as refused:
            load_file(saved(tmp_path, content))
        assert len(refused.value.problems) == MAX_PROBLEMS
        assert refused.value.untold == 100 - MAX_PROBLEMS
        assert str(refused.value).endswith("(and 99 more)")

    @pytest.mark.parametrize("at", [("actions", "scale_up", "sets"), ("actions", "reroute_traffic", "sets")])
    def test_a_flag_whose_name_is_wrong_is_not_told_a_second_time_as_missing(
        self, at: tuple[str, ...], tmp_path: Path
    ) -> None:
        (problem,) = problems_of(saved(tmp_path, changed(at, "Warm!")))
        assert problem.startswith(f"{written(at)}: expected text that matches")


def test_damaged_files_hide_no_other(tmp_path: Path) -> None:
    for number, damage in enumerate(ALL[::7]):
        (tmp_path / f"damaged{number}.toml").write_bytes(damage.content)
    (tmp_path / "sound.toml").write_bytes(changed(("id",), "sound"))
    incidents, errors = Catalog([tmp_path]).load_all()
    assert [incident.id for incident in incidents] == ["sound"]
    assert len(errors) == len(ALL[::7])
