"""The client of an environment server: an episode a session, over a WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from websockets.exceptions import ConnectionClosed

from noc_tui.remote.base import EnvClient, StepResult
from noc_tui.remote.models import NOCAction, NOCObservation, NOCState

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAREWELL_SECONDS: Final = 1.0
"""How long a server may take to say goodbye; one that hangs would keep its client for ten."""


class NocAgentEnvClient(EnvClient[NOCAction, NOCObservation, NOCState]):  # type: ignore[misc]
    """Plays episodes on a server (`noc-tui serve`, or the container of `envs/noc_env`).

        async with NocAgentEnvClient(base_url="http://127.0.0.1:8000") as env:
            result = await env.reset(incident_type="cpu_overload", seed=7)
            result = await env.step(NOCAction(action_type=ActionType.THROTTLE_CPU))

    `NocAgentEnvClient(...).sync()` is the same without `await`; `from_docker_image(image)` starts a container first.

    `reset` takes `seed`, `episode_id`, `incident_type`, `blind`, `max_steps`, `driver` (who stands in the recording),
    or `split` and `index` of a task. `token` is what the server was given, where it was given one. What the server
    refuses is a `RuntimeError` with its sentence, and the session goes on; a server that cannot be reached, lets nobody
    in, or goes in the middle, is a `ConnectionError`. Raises `ValueError` for a token that cannot be sent.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        sent = dict(headers or {})
        if token is not None:
            if not (token.isascii() and token.isprintable()):
                raise ValueError("a token is of printable ASCII characters, and this one is not")
            sent["Authorization"] = f"Bearer {token}"
        super().__init__(base_url, headers=sent or None, **options)

    async def _connect_async(self) -> Any:
        connected = await super()._connect_async()
        self._ws.close_timeout = _FAREWELL_SECONDS  # OpenEnv has no option for it
        return connected

    async def _send_and_receive(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = await super()._send_and_receive(message)
        except ConnectionClosed as error:
            raise ConnectionError(f"The connection to {self._ws_url} has ended: {error}") from error
        return answer

    def _step_payload(self, action: NOCAction) -> dict[str, Any]:
        payload: dict[str, Any] = action.model_dump(mode="json", exclude_defaults=True)
        return payload

    def _parse_result(self, payload: dict[str, Any]) -> Any:
        reward, done = payload.get("reward"), payload.get("done", False)
        observation = NOCObservation.model_validate({**payload["observation"], "reward": reward, "done": done})
        return StepResult(observation=observation, reward=reward, done=done, metadata=payload.get("metadata"))

    def _parse_state(self, payload: dict[str, Any]) -> NOCState:
        state: NOCState = NOCState.model_validate(payload)
        return state
