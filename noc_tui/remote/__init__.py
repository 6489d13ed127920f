"""Playing on an environment server: the client, and what it sends and gets.

Nothing here loads the server's side (`noc_tui.server`), nor Gradio. Raises `ModuleNotFoundError` when OpenEnv is not
installed.
"""

from __future__ import annotations

from noc_tui.remote.client import NocAgentEnvClient
from noc_tui.remote.models import NOCAction, NOCLogLine, NOCMetrics, NOCObservation, NOCState
from noc_tui.sim.actions import ActionType

__all__ = ["ActionType", "NOCAction", "NOCLogLine", "NOCMetrics", "NOCObservation", "NOCState", "NocAgentEnvClient"]
