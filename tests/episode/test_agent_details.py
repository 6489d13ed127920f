"""What an agent says of itself is recorded where it gets control, and where it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc_tui.agents.asking import about_of
from noc_tui.agents.scripted import WaitAgent
from noc_tui.episode.episode import Episode
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import MOST_DETAILS, SHORT_TEXT
from tests.episode.builders import WAIT, into, path_of, read_lines
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"model": "sample-1", "prompt": "sha256:" + "0" * 64}


def begun(folder: Path, agent: dict[str, str] | None = None) -> Episode:
    return Episode(bundled_incident("cpu_overload"), 3, driver="llm", agent=agent, record=into(folder))


def test_it_stands_in_the_header_in_a_change_of_control_and_in_a_suggestion(tmp_path: Path) -> None:
    episode = begun(tmp_path, ABOUT)
    episode.act(WAIT)
    episode.hand_over("human", "take_over")
    episode.suggest("llm", agent=ABOUT)
    episode.hand_over("llm", "hand_over", agent=ABOUT)
    episode.close()
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        assert session.header.agent == ABOUT
        assert [control.agent for control in session.controls] == [None, ABOUT]
        assert session.suggestions[0].agent == ABOUT


def test_where_nothing_is_said_the_key_is_left_out_as_in_files_from_before(tmp_path: Path) -> None:
    episode = begun(tmp_path)
    episode.act(WAIT)
    episode.hand_over("human", "take_over")
    episode.close()
    assert all("agent" not in line for line in read_lines(path_of(tmp_path, episode)))
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        assert session.header.agent is None


def test_what_is_too_long_or_too_much_is_cut(tmp_path: Path) -> None:
    episode = begun(tmp_path, {f"{number:03}" + "k" * 500: "v" * 500 for number in range(100)})
    episode.act(WAIT)
    episode.close()
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        assert session.header.agent is not None
        assert len(session.header.agent) == MOST_DETAILS
        assert {len(text) for entry in session.header.agent.items() for text in entry} == {SHORT_TEXT}


def test_a_fork_and_a_resumed_session_keep_it_and_say_who_goes_on(tmp_path: Path) -> None:
    episode = begun(tmp_path, ABOUT)
    episode.act(WAIT)
    episode.close()
    with SessionFile.open(path_of(tmp_path, episode)) as session:
        fork = Episode.fork(session, 1, driver="llm", agent={"model": "other"})
    assert fork.header.agent == ABOUT
    assert fork.controls[-1].agent == {"model": "other"}


class Boastful(WaitAgent):
    about = {"model": "x\x1b[2J" + "y" * 1_000, "tries": 3}  # noqa: RUF012  (stands in for what others write)


def test_it_is_made_safe_and_an_agent_need_not_say_anything() -> None:
    about = about_of(Boastful("boastful"))
    assert about is not None
    assert "\x1b" not in about["model"]
    assert len(about["model"]) <= SHORT_TEXT
    assert about["tries"] == "3"
    assert about_of(WaitAgent("wait")) is None
