"""Ray as the engine, on a real cluster of two processors."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.bench.budget import Budget
from noc_tui.bench.engine import EngineError, LocalEngine
from noc_tui.bench.evaluation import evaluate
from noc_tui.bench.folder import SESSIONS, merged, read_folder
from noc_tui.bench.ray_engine import ADDRESS, RayEngine
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.verify import verify
from tests.bench.on_ray import BATCHES, plan

if TYPE_CHECKING:
    from pathlib import Path

    from noc_tui.bench.outcomes import Row


def rows_in(folder: Path) -> list[Row]:
    return merged([read_folder(folder)])[0]


def played(folder: Path) -> list[tuple[Any, ...]]:
    """All that does not depend on when it was played."""
    return sorted(
        (row.key, row.terms, row.outcome, row.keys, row.total_reward, row.reviewed) for row in rows_in(folder)
    )


@pytest.mark.long
async def test_a_cluster_plays_the_same_and_its_recordings_come_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    command = [sys.executable, "-m", "tests.bench.on_ray", str(tmp_path)]
    done = await asyncio.to_thread(subprocess.run, command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    await evaluate(plan(), tmp_path / "here", engine=LocalEngine(1), budget=Budget())
    assert played(tmp_path / "played") == played(tmp_path / "here")

    recordings = sorted((tmp_path / "played" / SESSIONS).iterdir())
    assert [path.stem for path in recordings] == sorted(row.session for row in rows_in(tmp_path / "played"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in recordings} == {0o600}
    with SessionFile.open(recordings[0]) as session:
        assert verify(session).ok

    # Ended early, what had been begun was waited for and lies here; the rest never was.
    assert 0 < told["begun"] < BATCHES
    assert len(rows_in(tmp_path / "begun")) == told["begun"]
    assert (told["still there"], told["there at the end"]) == (True, False)


def test_a_cluster_is_asked_for_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.bench.ray_engine.ray.is_initialized", lambda: True)
    monkeypatch.setattr("noc_tui.bench.ray_engine.ray.cluster_resources", lambda: {"CPU": 1.0})
    with RayEngine(None, 1)() as cluster, pytest.raises(ValueError, match="none of what a cluster is asked"):
        cluster.submit(print)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_a_cluster_that_nobody_answers_for_is_told_at_once(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"{scheme}127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setenv(ADDRESS, address)
    with pytest.raises(EngineError, match=f"the Ray cluster at {address} cannot be had: .*refused"):
        RayEngine(None, 1)()
