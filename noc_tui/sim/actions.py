"""The six things an operator can do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from noc_tui.sim.errors import UnknownActionError


class ActionType(StrEnum):
    """An action. The order of definition is the index in the discrete action space."""

    DO_NOTHING = "do_nothing"
    RESTART_SERVICE = "restart_service"
    THROTTLE_CPU = "throttle_cpu"
    CLEAR_CACHE = "clear_cache"
    REROUTE_TRAFFIC = "reroute_traffic"
    SCALE_UP = "scale_up"

    @property
    def label(self) -> str:
        """What stands on the action's key."""
        return _LABELS[self]


_LABELS: Final = {
    ActionType.DO_NOTHING: "Wait",
    ActionType.RESTART_SERVICE: "Restart service",
    ActionType.THROTTLE_CPU: "Throttle CPU",
    ActionType.CLEAR_CACHE: "Clear cache",
    ActionType.REROUTE_TRAFFIC: "Reroute traffic",
    ActionType.SCALE_UP: "Scale up",
}

LETTERS: Final[dict[ActionType, str]] = dict(zip(ActionType, "WRTCES", strict=True))
"""The letters on the keyboard, as strings of keys and drawings have them."""

ACTIONS: Final[tuple[ActionType, ...]] = tuple(ActionType)
ACTION_INDEX: Final[dict[ActionType, int]] = {action: index for index, action in enumerate(ActionType)}
WAIT_INDEX: Final = ACTION_INDEX[ActionType.DO_NOTHING]
RESTART_INDEX: Final = ACTION_INDEX[ActionType.RESTART_SERVICE]


def parse_action(value: object) -> ActionType:
    """The action of that name. Raises `UnknownActionError`, which lists the six, for anything else."""
    if isinstance(value, str):
        try:
            return ActionType(value)
        except ValueError:
            pass
    raise UnknownActionError(value, [str(action) for action in ACTIONS])
