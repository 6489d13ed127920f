"""The same server as in the tests of the server."""

from __future__ import annotations

from tests.server.conftest import server_url

__all__ = ["server_url"]
