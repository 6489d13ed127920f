"""Why each action is worth what it is, in the position before a mistake."""

from __future__ import annotations

import pytest

from noc_tui.drills.errors import DrillError
from noc_tui.drills.retry import episode_before, reasons, retry_of
from noc_tui.episode.episode import Episode
from noc_tui.review.session import review_session
from noc_tui.sim.actions import ACTIONS, ActionType
from tests.drills.builders import incidents


def test_each_action_has_its_reason_and_that_of_the_best_says_it_is_right() -> None:
    episode = Episode(incidents()["flaky_nic"], 3)
    for action in (ActionType.REROUTE_TRAFFIC, ActionType.RESTART_SERVICE, ActionType.DO_NOTHING):
        episode.act(action)
    retry = retry_of(episode, review_session(episode), 2)
    told = reasons(episode_before(episode, retry), retry)
    assert list(told) == list(ACTIONS)
    assert told[retry.move.best].startswith("Right: ")
    assert retry.tried(retry.move.best).done
    assert not retry.tried(ActionType.RESTART_SERVICE).done
    assert not told[ActionType.RESTART_SERVICE].startswith("Right: ")


def test_a_blind_episode_is_not_told_about_before_its_end() -> None:
    episode = Episode(incidents()["flaky_nic"], 3, blind=True)
    for action in (ActionType.REROUTE_TRAFFIC, ActionType.RESTART_SERVICE):
        episode.act(action)
    review = review_session(episode)
    with pytest.raises(DrillError, match="has not ended"):
        retry_of(episode, review)
    while not episode.done:
        episode.act(ActionType.REROUTE_TRAFFIC)
    assert not retry_of(episode, review_session(episode), 2).done
