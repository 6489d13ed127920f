"""What the test of Ray lets a program of its own do: Ray forgets processes that it has started, of which Python warns.

`python -m tests.bench.on_ray FOLDER` starts a cluster, plays into the folder, ends the cluster, and says in JSON how
many of the batches that were handed over last had been begun when it ended.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import ray

from noc_tui.bench.budget import Budget
from noc_tui.bench.evaluation import Plan, evaluate
from noc_tui.bench.playing import Chunk, Terms, play_chunk
from noc_tui.bench.ray_engine import RayEngine
from tests.factories import bundled_incident, make_incident

BATCHES = 99


def plan() -> Plan:
    """Two agents, two incidents, two seeds, with reviews."""
    incidents = (bundled_incident("cpu_overload"), bundled_incident("tls_expiry"))
    return Plan(agents=("rules", "random"), incidents=incidents, seeds=(0, 1), review=True)


def begun(engine: RayEngine, folder: Path) -> int:
    """How many batches were begun, of many, when the executor was shut down at once."""
    terms = Terms(sessions=folder, blind=True, review=False, time_limit=30.0)
    incident = make_incident(initial={"cpu_usage": 0.8}, max_steps=3)
    chunks = [Chunk(agent="wait", incident=incident, seeds=(seed,)) for seed in range(BATCHES)]
    executor = engine()
    futures = [executor.submit(play_chunk, chunk, terms) for chunk in chunks]
    executor.shutdown(wait=True, cancel_futures=True)
    return len([future.result() for future in futures if not future.cancelled()])


def main() -> None:
    """Play, and say what came of it."""
    folder = Path(sys.argv[1])
    engine = RayEngine(None, 2)
    cluster = engine()
    asyncio.run(evaluate(plan(), folder / "played", engine=engine, budget=Budget()))
    told = {"begun": begun(engine, folder / "begun"), "still there": ray.is_initialized()}
    cluster.shutdown()
    print(json.dumps(told | {"there at the end": ray.is_initialized()}))


if __name__ == "__main__":
    main()
