"""A flight simulator for on-call, as an OpenEnv environment: its client, and what that sends and gets."""

from .client import NocAgentEnvClient
from .models import ActionType, NOCAction, NOCObservation, NOCState

__all__ = ["ActionType", "NOCAction", "NOCObservation", "NOCState", "NocAgentEnvClient"]
