"""Databases to test on: SQLite always, PostgreSQL for real where it is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from noc_tui.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of the tests' own, reached by a socket in its folder."""

    folder: Path
    user: str

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}@/{database}?host={self.folder}"


def _programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return next((path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)


def _owner() -> pwd.struct_passwd:
    """Who runs the server: it refuses to be run by root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="noc-pg-"))
    folder.chmod(0o700)
    as_owner: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.geteuid() == 0:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_owner |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    data = folder / "data"
    start = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=20"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "noc", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        timeout=120,
        **as_owner,
    )
    try:
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-o", start, "-w", "-t", "60", "start"],
            check=True,
            timeout=90,
            **as_owner,
        )
        yield Server(folder, "noc")
    finally:
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False, timeout=60, **as_owner
        )
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'progress.sqlite3'}"
    return str(request.getfixturevalue("server_url"))


@pytest.fixture
def server_url(server: Server) -> str:
    """An empty database on the server."""
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^(public|noc_tui.*)$'")
        for (schema,) in schemas.fetchall():
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())
        connection.execute("CREATE SCHEMA public")
    return server.url("postgres")


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """A store of either kind, with a queue of its own."""
    with Store(url, queue=tmp_path / "queue", patience=10) as opened:
        yield opened


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """A store in a file, for what is the same on both, or is a matter of files."""
    with Store(f"sqlite:///{tmp_path / 'progress.sqlite3'}", queue=tmp_path / "queue", patience=10) as opened:
        yield opened
