"""The server that screens with a language model are tested against."""

from __future__ import annotations

from tests.tui.model import alone, server

__all__ = ["alone", "server"]
