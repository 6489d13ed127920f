"""What goes over the wire: actions, observations, state. Shared by client and server.

OpenEnv's own classes carry no types, hence the `ignore`s.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from noc_tui.remote.base import Action, Observation, State
from noc_tui.sim.actions import ActionType  # noqa: TC001  (pydantic resolves the annotations at run time)

Unit = Annotated[float, Field(ge=0, le=1)]
MAX_RATIONALE = 4_000
MAX_DRIVER = 120
DEFAULT_DRIVER = "remote"
"""Who stands in a recording as having decided, where the client does not say."""
NO_EPISODE = "no episode has been started in this session"
"""How the server begins to say that a step came before a reset."""


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NOCMetrics(_Value):
    """The six metrics, each from 0 to 1; higher is worse, except `service_healthy`."""

    cpu_usage: Unit
    memory_usage: Unit
    latency: Unit = Field(description="In units of 500 ms")
    packet_loss: Unit
    service_healthy: Unit = Field(description="1 up, 0 down")
    error_rate: Unit


class NOCLogLine(_Value):
    """One line of the incident log."""

    clock: int = Field(description="Seconds on the incident clock; 0 is the page, a step is 30")
    level: Literal["debug", "info", "warning", "error", "critical", "resolved"]
    source: str
    text: str
    kind: Literal["incident", "background", "alert", "page"]


class NOCAction(Action):  # type: ignore[misc]
    """One of the six actions."""

    action_type: ActionType
    rationale: str | None = Field(
        default=None, max_length=MAX_RATIONALE, description="Why; kept in the recording, changes nothing"
    )
    diagnosis: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]{0,47}$",
        description="Which incident a blind episode is taken for; kept in the recording, changes nothing",
    )


class NOCObservation(Observation):  # type: ignore[misc]
    """What is seen after a reset or a step: all that a person sees, and nothing hidden.

    `done` and `reward` (None after a reset) are those of every OpenEnv observation.
    """

    model_config = ConfigDict(extra="ignore")  # a newer server may tell more

    reward: FiniteFloat | None = None
    metrics: NOCMetrics
    incident_type: str | None = Field(description="The incident's id; None in a blind episode until it has ended")
    incident_title: str | None = Field(description="What it is called; None like `incident_type`")
    episode_id: str
    step: int = Field(ge=0, description="Steps taken")
    max_steps: int = Field(ge=1)
    explanation: str = Field(description="What the action did, in a sentence; empty after a reset")
    terminated: bool = Field(description="Resolved or crashed")
    truncated: bool = Field(description="The step limit is reached, and the episode neither resolved nor crashed")
    resolved: bool
    crashed: bool
    health_score: Unit = Field(description="1 is best")
    action_was_effective: bool | None = Field(description="Whether health rose by more than 0.005; None after a reset")
    reward_terms: dict[str, FiniteFloat] | None = Field(description="What the reward is the sum of; None after a reset")
    streak: int = Field(ge=0, description="Healthy steps in a row; three resolve the incident")
    outage_left: int = Field(ge=0, description="For how many more steps the service stays down, whatever is done")
    log: list[NOCLogLine] = Field(
        description="The lines since the last observation; after a reset those up to the page"
    )
    alerts: list[str] = Field(description="The names of the alerts that are firing, oldest first")
    samples: list[NOCMetrics] = Field(description="After a reset the metrics before the page, 30 s apart, oldest first")


class NOCState(State):  # type: ignore[misc]
    """Where the session stands. `episode_id` and `step_count` are those of every OpenEnv state."""

    incident: str | None = Field(
        default=None, description="The incident's id; None before the first reset, and in a blind episode until its end"
    )
    seed: int | None = Field(default=None, description="With incident and actions it gives the same episode again")
    max_steps: int | None = None
    blind: bool = False
    driver: str | None = Field(default=None, description="Who stands in the recording as having decided")
    outcome: Literal["resolved", "crashed", "truncated"] | None = Field(
        default=None, description="None while the episode goes on"
    )
    session: str | None = Field(default=None, description="The id of the recording; None where the server keeps none")
