"""The six metrics of the server: what they mean, when they are healthy, how they read in units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

MetricName = Literal["cpu_usage", "memory_usage", "latency", "packet_loss", "service_healthy", "error_rate"]
METRIC_NAMES: Final[tuple[MetricName, ...]] = get_args(MetricName)
"""The array order of every interface."""

CONTINUOUS: Final[tuple[MetricName, ...]] = ("cpu_usage", "memory_usage", "latency", "packet_loss", "error_rate")
"""The metrics that carry noise, in the order in which their noise is drawn."""

LATENCY_MS: Final = 500.0
"""A latency of 1.0 is this many milliseconds."""


_IN_UNITS: Final = {"%": 100.0, "ms": LATENCY_MS, "up": 1.0}


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric: its limits as fractions of 1, and how it is written for a person."""

    name: MetricName
    label: str
    short: str
    unit: Literal["%", "ms", "up"]
    healthy_below: float
    """Healthy while the value is below this (for `service_healthy`: while it is at least this)."""
    crash_at: float | None
    """The server has crashed once the value reaches this."""
    full_scale: float
    """What fills a strip from bottom to top; a value beyond it is capped and marked."""

    @property
    def higher_is_worse(self) -> bool:
        return self.name != "service_healthy"

    @property
    def inline(self) -> str:
        """The label in the middle of a sentence: `CPU`, `packet loss`."""
        return self.label if self.label.isupper() else self.label.lower()

    def is_healthy(self, value: float) -> bool:
        """Whether this metric alone is in its healthy range."""
        return value < self.healthy_below if self.higher_is_worse else value >= self.healthy_below

    def in_units(self, value: float) -> float:
        """The value in percent or milliseconds (the service: 0 to 1 as it is)."""
        return value * _IN_UNITS[self.unit]

    def text(self, value: float) -> str:
        """The value as a person reads it: `93.0 %`, `153 ms`, `up`, `down`, `40 % up`."""
        if self.unit == "up":
            return "up" if value >= 1.0 else "down" if value < 0.005 else f"{value * 100:.0f} % up"
        if self.unit == "ms":
            return f"{value * LATENCY_MS:.0f} ms"
        return f"{value * 100:.1f} %"


METRICS: Final[tuple[MetricSpec, ...]] = (
    MetricSpec("cpu_usage", "CPU", "CPU", "%", 0.65, 0.98, 1.0),
    MetricSpec("memory_usage", "Memory", "Memory", "%", 0.65, 0.98, 1.0),
    MetricSpec("latency", "Latency", "Latency", "ms", 0.20, None, 1.0),
    MetricSpec("packet_loss", "Packet loss", "Loss", "%", 0.05, None, 0.30),
    MetricSpec("service_healthy", "Service", "Service", "up", 1.0, None, 1.0),
    MetricSpec("error_rate", "Errors", "Errors", "%", 0.10, 0.90, 0.60),
)
METRIC: Final[dict[MetricName, MetricSpec]] = {spec.name: spec for spec in METRICS}


class SystemMetrics(NamedTuple):
    """The state of the server that everybody sees. All in [0, 1]; higher is worse, except `service_healthy`."""

    cpu_usage: float
    """CPU utilisation."""
    memory_usage: float
    """RAM utilisation."""
    latency: float
    """Network latency, in units of 500 ms."""
    packet_loss: float
    """Fraction of packets dropped."""
    service_healthy: float
    """1 is up, 0 is down."""
    error_rate: float
    """Fraction of requests that fail."""

    @property
    def health_score(self) -> float:
        """Weighted health in [0, 1], 1 being best. The terms are added in this order, to the last bit."""
        return max(
            0.0,
            1.0
            - (
                self.cpu_usage * 0.25
                + self.memory_usage * 0.25
                + self.latency * 0.20
                + self.packet_loss * 0.15
                + (1.0 - self.service_healthy) * 0.10
                + self.error_rate * 0.05
            ),
        )

    @property
    def is_critical(self) -> bool:
        """Whether a crash threshold has been reached."""
        return self.cpu_usage >= 0.98 or self.memory_usage >= 0.98 or self.error_rate >= 0.90

    @property
    def is_resolved(self) -> bool:
        """Whether all six are healthy now. An episode is resolved when that holds on three steps in a row."""
        return (
            self.cpu_usage < 0.65
            and self.memory_usage < 0.65
            and self.latency < 0.20
            and self.packet_loss < 0.05
            and self.service_healthy >= 1.0
            and self.error_rate < 0.10
        )

    def to_array(self) -> NDArray[np.float64]:
        """The six values as a float64 array of shape (6,), in the order of `METRIC_NAMES`."""
        import numpy as np  # noqa: PLC0415  (this module is imported before first paint, numpy is not)

        return np.array(self, dtype=np.float64)

    @classmethod
    def from_array(cls, values: Iterable[float]) -> Self:
        """The metrics from six numbers in the order of `METRIC_NAMES`.

        Raises `ValueError` when there are not six of them or one lies outside [0, 1].
        """
        numbers = [float(value) for value in values]
        if len(numbers) != len(METRIC_NAMES):
            raise ValueError(f"expected {len(METRIC_NAMES)} metrics, got {len(numbers)}")
        for name, number in zip(METRIC_NAMES, numbers, strict=True):
            if not 0.0 <= number <= 1.0:
                raise ValueError(f"{name} is {number}, expected a number from 0 to 1")
        return cls(*numbers)
