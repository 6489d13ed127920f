"""Ray as the engine, on a real cluster: one of two processors, which the test starts and ends.

All of it is one test, for a cluster takes several seconds to start.
"""

from __future__ import annotations

import socket
import stat
from typing import TYPE_CHECKING, Any

import pytest
import ray

from noc_tui.bench.budget import Budget
from noc_tui.bench.engine import Engine, EngineError, LocalEngine
from noc_tui.bench.evaluation import Plan, evaluate
from noc_tui.bench.folder import SESSIONS, merged, read_folder
from noc_tui.bench.playing import Chunk, Terms, play_chunk
from noc_tui.bench.ray_engine import ADDRESS, RayEngine
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from tests.factories import bundled_incident, make_incident

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.bench.outcomes import Row


async def run(folder: Path, engine: Engine) -> None:
    incidents = (bundled_incident("cpu_overload"), bundled_incident("tls_expiry"))
    plan = Plan(agents=("rules", "random"), incidents=incidents, seeds=(0, 1), review=True)
    await evaluate(plan, folder, engine=engine, budget=Budget())


def rows_in(folder: Path) -> list[Row]:
    return merged([read_folder(folder)])[0]


def played(folder: Path) -> list[tuple[Any, ...]]:
    """All that does not depend on when it was played."""
    return sorted(
        (row.key, row.terms, row.outcome, row.keys, row.total_reward, row.reviewed) for row in rows_in(folder)
    )


async def test_a_cluster_plays_the_same_and_its_recordings_come_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    engine = RayEngine(None, 2)
    cluster = engine()
    try:
        await run(tmp_path / "ray", engine)
        await run(tmp_path / "here", LocalEngine(1))
        assert played(tmp_path / "ray") == played(tmp_path / "here")
        recordings = sorted((tmp_path / "ray" / SESSIONS).iterdir())
        assert [path.stem for path in recordings] == sorted(row.session for row in rows_in(tmp_path / "ray"))
        assert {stat.S_IMODE(path.stat().st_mode) for path in recordings} == {0o600}
        with SessionFile.open(recordings[0]) as session:
            assert verify(session).ok
        an_end_keeps_what_is_being_played(engine, tmp_path / "ended")
        assert ray.is_initialized()  # by `cluster`, whose business it is
        with pytest.raises(ValueError, match="none of what a cluster is asked"):
            cluster.submit(print)
    finally:
        cluster.shutdown()
    assert not ray.is_initialized()


def an_end_keeps_what_is_being_played(engine: Engine, folder: Path) -> None:
    """Whatever was begun is finished and lies here; the rest was never begun."""
    terms = Terms(sessions=folder, blind=True, review=False, time_limit=30.0)
    incident = make_incident(initial={"cpu_usage": 0.8}, max_steps=3)
    executor = engine()
    futures = [
        executor.submit(play_chunk, Chunk(agent="wait", incident=incident, seeds=(n,)), terms) for n in range(99)
    ]
    executor.shutdown(wait=True, cancel_futures=True)
    finished = [future.result().rows[0].session for future in futures if not future.cancelled()]
    assert 0 < len(finished) < 99
    assert sorted(path.stem for path in folder.iterdir()) == sorted(finished)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_a_cluster_that_nobody_answers_for_is_told_at_once(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"{scheme}127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setenv(ADDRESS, address)
    with pytest.raises(EngineError, match=f"the Ray cluster at {address} cannot be had: .*refused"):
        RayEngine(None, 1)()
