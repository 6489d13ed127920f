"""For tests of the batch path: one row of it, or one simulator, told in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noc_tui.sim.batch_state import BatchState
    from noc_tui.sim.simulator import SystemSimulator


def told(simulator: SystemSimulator) -> dict[str, Any]:
    """All that the next steps of a simulator depend on, noise apart."""
    moves_pressure = simulator.rules.pressure is not None
    pending = [(steps, row if moves_pressure else (*row[:5], 0.0)) for steps, _, row in simulator.pending_rows]
    return {
        "metrics": [value.hex() for value in simulator.metrics],
        "pressure": simulator.pressure,
        "uses": list(simulator.uses),
        "flags": simulator.flags,
        "streak": simulator.streak,
        "step": simulator.steps,
        "limit": simulator.max_steps,
        "down for": simulator.outage_left,
        "pending": sorted((steps, row) for steps, row in pending if any(row)),
    }


def told_of_row(state: BatchState, row: int) -> dict[str, Any]:
    """The same of a row of a batch. Effects that have worn out entirely are left out here and there."""
    tables = state.tables
    pending = []
    for slot in state.pending:
        for j in range(tables.ring):
            number = slot[(state.clock + j) % tables.ring, row]
            figures = tables.figures[:, number].tolist()
            assert figures[4] == 0.0
            if any(figures):
                pending.append((j + 1, (*figures[:4], *figures[5:])))
    return {
        "metrics": [value.hex() for value in state.metrics[:, row].tolist()],
        "pressure": float(state.pressure[row]),
        "uses": state.uses[:, row].tolist(),
        "flags": tables.flags_in(int(state.phase[row])),
        "streak": int(state.streak[row]),
        "step": int(state.step[row]),
        "limit": int(state.limit[row]),
        "down for": max(0, int(state.down_until[row]) - int(state.step[row]) + 1),
        "pending": sorted(pending),
    }
