"""Tasks: an incident and a seed each, in splits that share no seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from noc_tui import paths
from noc_tui.server.arguments import RequestError
from noc_tui.sim.catalog import Catalog
from noc_tui.sim.errors import shown

if TYPE_CHECKING:
    from noc_tui.sim.incident import Incident


class Split(NamedTuple):
    """The seeds of a split."""

    first: int
    seeds: int


SPLITS: Final = {
    "train": Split(0, 200),
    "validation": Split(1_000_000, 20),
    "test": Split(2_000_000, 50),
}


class Tasks:
    """Every incident of the program with every seed of a split: task `i` of `n` incidents is incident `i % n`.

    A user's own incidents are no tasks, so that an index means the same everywhere.
    """

    def __init__(self) -> None:
        self._catalog = Catalog([paths.bundled_incidents_dir()])
        self.incidents = self._catalog.ids

    def count(self, split: str) -> int:
        """How many tasks there are. Raises `RequestError` for an unknown split."""
        return _split(split).seeds * len(self.incidents)

    def place(self, split: str, index: int) -> tuple[Incident, int]:
        """Incident and seed of a task. Raises `RequestError` for an unknown split, `IndexError` for an index."""
        count = self.count(split)
        if not 0 <= index < count:
            raise IndexError(f"task {index} of split {split}: expected 0 to {count - 1}")
        seed, which = divmod(index, len(self.incidents))
        return self._catalog.load(self.incidents[which]), _split(split).first + seed

    def spec(self, split: str, index: int) -> dict[str, Any]:
        """The task as plain values. Raises like `place`."""
        incident, seed = self.place(split, index)
        return {
            "id": f"{split}-{index}",
            "split": split,
            "index": index,
            "incident_type": incident.id,
            "seed": seed,
            "difficulty": str(incident.difficulty),
            "max_steps": incident.max_steps,
        }

    def specs(self, split: str, start: int | None = None, stop: int | None = None) -> list[dict[str, Any]]:
        """The tasks of a slice, as Python counts. Raises `RequestError` for an unknown split."""
        return [self.spec(split, index) for index in range(self.count(split))[start:stop]]


def _split(name: str) -> Split:
    if name not in SPLITS:
        raise RequestError(f"no split {shown(name)}: expected one of {', '.join(SPLITS)}")
    return SPLITS[name]
