"""What client and server tell each other. It lives in `noc_tui`; here is where OpenEnv looks for it."""

from noc_tui.remote.models import NOCAction, NOCLogLine, NOCMetrics, NOCObservation, NOCState
from noc_tui.sim.actions import ActionType

__all__ = ["ActionType", "NOCAction", "NOCLogLine", "NOCMetrics", "NOCObservation", "NOCState"]
