"""The client. It lives in `noc_tui`, which plays with it too; here is where OpenEnv looks for it."""

from noc_tui.remote.client import NocAgentEnvClient

__all__ = ["NocAgentEnvClient"]
