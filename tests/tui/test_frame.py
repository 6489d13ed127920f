"""What the widgets are given to show, from a track."""

from __future__ import annotations

import pytest

from noc_tui.episode.episode import Episode
from noc_tui.tui.frame import between_entry
from tests.episode.builders import endless


@pytest.mark.parametrize(
    ("taker", "says"), [("human", "It broke off. Control is yours."), ("llm", "It broke off. Asked again.")]
)
def test_control_is_yours_only_where_an_agent_that_failed_is_not_asked_again(taker: str, says: str) -> None:
    failed = Episode(endless(), 1, driver="llm").hand_over(taker, "agent_error", error="It broke off.")
    assert between_entry(failed).text == says
