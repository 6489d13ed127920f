"""What the tutorial says, and what it waits for: one incident, lost on purpose and then resolved. Pure.

Everybody gets the same episode, so that what is said of it is so; a test holds that.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from noc_tui.sim.actions import ActionType

INCIDENT: Final = "cpu_overload"
SEED: Final = 3


class Lesson(NamedTuple):
    """A thing to be told, and the key that goes on."""

    text: str
    """`{restart}`, `{throttle}`, `{wait}`, `{next}` and `{help}` stand for the keys, `{healthy}`, `{over}` and `{near}`
    for the signs beside the strips: their colours differ from theme to theme."""
    action: ActionType | None = None
    """What has to be done; None: it is enough to have read it."""


LOSING: Final = (
    Lesson(
        "You are on call, and a page has come in. The six strips are the server: one metric each, a column a step."
        " What is dim was before the page. That is often the best clue. {next} goes on."
    ),
    Lesson(
        "Beside each strip stands how it is: {healthy} healthy, {over} over its threshold, and by how much, {near}"
        " close to a crash. CPU, latency and errors are too high here. {next} goes on."
    ),
    Lesson(
        "There are six actions, each a step of 30 seconds. Restarting is what many do first. It is wrong here;"
        " to see why, press {restart}.",
        ActionType.RESTART_SERVICE,
    ),
    Lesson(
        "CPU went up, and the service is down: it starts with cold caches, and the work is still there. At 98 % the"
        " server crashes. See it once: press {restart} again.",
        ActionType.RESTART_SERVICE,
    ),
    Lesson(
        "Crashed: that ends an episode. It is a simulator, and this is what it is for. {next} opens the debrief, which"
        " says what every move was worth."
    ),
)
DEBRIEF: Final = (
    "Every move, with what was better, and below the table why. Restarting threw it away; Throttle CPU was best. Now do"
    " it right: {again} plays the same incident and seed again."
)
WINNING: Final = (
    Lesson(
        "The same page: a seed gives everybody the same episode, bit for bit. CPU is short, so take load away first:"
        " press {throttle}, Throttle CPU.",
        ActionType.THROTTLE_CPU,
    ),
    Lesson(
        "The log says what it did: CPU, latency and errors come down. They are not healthy yet, so keep going: press"
        " {throttle} again.",
        ActionType.THROTTLE_CPU,
    ),
    Lesson(
        "All six strips are calm. Beside Health stands the streak: ●○○. Three healthy steps in a row resolve the"
        " incident. Doing nothing is an action too: press {wait}.",
        ActionType.DO_NOTHING,
    ),
    Lesson("●●○. Another step without a relapse, and it is resolved: press {wait}.", ActionType.DO_NOTHING),
    Lesson(
        "Resolved in four steps. That is all there is to it: read strips and log, act, and stay calm for three steps."
        " {help} explains every screen. {next} goes home; Play and Drill are there."
    ),
)
