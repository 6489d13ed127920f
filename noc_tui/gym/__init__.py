"""The simulator as Gymnasium environments. Importing this registers them:

| id | |
|---|---|
| `noc_tui/NOC-v0` | an incident of the classic three, another each episode |
| `noc_tui/ID-v0`, as in `noc_tui/syn_flood-v0` | one for each incident of the program |

`gymnasium.make` gives a `NOCSystemEnv`, `gymnasium.make_vec` a `NOCSystemVectorEnv`, which steps many of them at once.

Raises `ModuleNotFoundError` when Gymnasium is not installed.
"""

from __future__ import annotations

try:
    import gymnasium  # noqa: F401  (looked for here, so that what is missing is said in one sentence)
except ModuleNotFoundError as error:
    if error.name != "gymnasium":
        raise
    raise ModuleNotFoundError(
        "noc_tui.gym needs Gymnasium, which the extra `gym` installs: pip install 'noc-tui[gym]'", name="gymnasium"
    ) from None

from noc_tui.gym.env import NOCSystemEnv
from noc_tui.gym.registration import ENV_ID, env_id, register_environments
from noc_tui.gym.vector import NOCSystemVectorEnv

__all__ = ["ENV_ID", "NOCSystemEnv", "NOCSystemVectorEnv", "env_id"]

register_environments()
