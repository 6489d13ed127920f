"""A ghost beside a running episode: where it comes from, when its moves are told, who is ahead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from noc_tui import paths
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ActionType
from noc_tui.tui.chase import Chase, ChaseError, compared, lead_in_words
from tests.episode.builders import read_lines, write_lines
from tests.factories import bundled_incident
from tests.tui.shelf import WON, begin, interrupted, resolved

if TYPE_CHECKING:
    from pathlib import Path


def episode(seed: int = 3, incident: str = "cpu_overload") -> Episode:
    return Episode(bundled_incident(incident), seed)


def said(chase: Chase) -> list[str]:
    return [f"{line.source} {line.clock} {line.text}" for line in chase.due()]


async def test_the_moves_of_a_recording_are_told_as_they_fall_due() -> None:
    mine = episode()
    chase = Chase(mine, resolved())
    await chase.begin()
    assert said(chase) == []
    mine.act("do_nothing")
    assert said(chase) == ["ghost 00:00 Throttle CPU"]
    assert said(chase) == []
    mine.act("do_nothing")
    mine.act("do_nothing")
    assert said(chase) == ["ghost 00:30 Throttle CPU", "ghost 01:00 Wait"]
    mine.act("throttle_cpu")
    assert said(chase) == ["ghost 01:30 Wait. It resolved in 4 steps."]
    assert mine.steps == 4


async def test_moves_that_were_due_before_it_was_there_are_caught_up() -> None:
    mine = episode()
    mine.act("throttle_cpu")
    mine.act("throttle_cpu")
    chase = Chase(mine, resolved())
    assert said(chase) == []
    assert chase.in_words == (f"Ghost {chase.name}", "…")
    await chase.begin()
    assert len(said(chase)) == 2
    assert chase.in_words is not None
    assert chase.in_words[0] == "Ghost you"
    assert chase.metrics[2] == mine.metrics


async def test_who_plays_as_it_did_is_level_and_who_waits_falls_behind() -> None:
    path = resolved()
    same, slow = episode(), episode()
    for run, actions in ((same, WON[:2]), (slow, ("do_nothing",) * 2)):
        for action in actions:
            run.act(action)
    along, behind = Chase(same, path), Chase(slow, path)
    for chase in (along, behind):
        await chase.begin()
        assert chase.lead_in_words == ""
        assert await chase.look()
    assert along.lead_in_words == "level with the ghost"
    assert behind.lead_in_words.endswith("steps behind")


@pytest.mark.parametrize("agent", ["rules", "planner", "wait"])
async def test_an_agent_is_a_ghost_that_leaves_no_recording(agent: str) -> None:
    chase = Chase(episode(), agent)
    await chase.begin()
    assert chase.ghost is not None
    assert (chase.name, chase.ghost.name) == (agent, agent)
    assert chase.ghost.steps > 3
    assert not paths.sessions_dir().exists()


async def test_it_begins_where_the_episode_does() -> None:
    mine = Episode(bundled_incident("memory_leak"), 5, draws=10, max_steps=7, blind=True)
    chase = Chase(mine, "wait")
    await chase.begin()
    assert chase.ghost is not None
    assert chase.ghost.metrics[0] == mine.metrics
    assert (chase.ghost.draws, chase.ghost.max_steps) == (10, 7)


@pytest.mark.parametrize(
    ("source", "sentence"), [("script:nowhere.txt", "nowhere.txt"), ("llm", "has no model"), ("nope", "no agent")]
)
async def test_an_agent_that_cannot_be_had_is_no_ghost(
    source: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chase = Chase(episode(), source)
    with pytest.raises(ChaseError, match="There is no ghost: ") as error:
        await chase.begin()
    assert sentence in str(error.value)
    assert chase.in_words is None
    assert chase.due() == []


async def test_a_recording_of_another_start_or_without_steps_or_doctored_is_no_ghost() -> None:
    doctored = resolved()
    lines = read_lines(doctored)
    lines[1]["after"]["cpu_usage"] = 0.5
    write_lines(doctored, lines)
    empty = begin(actions=())
    empty.mark("here")
    empty.close()
    for path, sentence in (
        (interrupted(seed=4), "plays seed 4, not 3"),
        (interrupted("memory_leak"), "plays another incident"),
        (paths.sessions_dir() / f"{empty.header.session}.jsonl", "has no steps"),
        (doctored, "step 1"),
        (doctored.with_name("gone.jsonl"), "gone.jsonl"),
    ):
        with pytest.raises(ChaseError, match=sentence):
            await Chase(episode(), path).begin()


async def test_a_file_from_elsewhere_is_called_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "alice.jsonl"
    path.write_bytes(resolved().read_bytes())
    chase = Chase(episode(), path)
    await chase.begin()
    assert chase.name == "alice"


async def test_when_the_episode_has_ended_it_says_who_was_quicker() -> None:
    mine = episode()
    chase = Chase(mine, resolved())
    await chase.begin()
    assert chase.result() == []
    while not mine.done:
        mine.act(ActionType.DO_NOTHING)
    (line,) = chase.result()
    assert line.text == "you: it resolved it in 4 steps, you did not."


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        (4, 4, "both of you resolved it in 4 steps"),
        (4, 5, "you resolved it in 4 steps, it in 5: 1 step quicker"),
        (9, 5, "you resolved it in 9 steps, it in 5: 4 steps slower"),
        (9, None, "you resolved it in 9 steps, it did not"),
        (None, None, "neither of you resolved it"),
    ],
)
def test_two_results_are_compared_in_words(mine: int | None, theirs: int | None, words: str) -> None:
    assert compared(mine, theirs) == words


@pytest.mark.parametrize(
    ("lead", "words"),
    [(0.4, "level"), (-0.4, "level"), (0.6, "1 step ahead"), (2.3, "2 steps ahead"), (-7.0, "7 steps behind")],
)
def test_a_lead_is_rounded(lead: float, words: str) -> None:
    assert lead_in_words(lead) == words


async def test_texts_of_a_foreign_file_are_no_control_codes(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2Jb.jsonl"
    lines = read_lines(resolved())
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    chase = Chase(episode(), path)
    await chase.begin()
    assert "\x1b" not in chase.name
