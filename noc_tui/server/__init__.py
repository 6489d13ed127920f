"""The simulator as an OpenEnv server. Needs the extra `server`; whose client is `noc_tui.remote`."""

from __future__ import annotations

import noc_tui.remote.base  # noqa: F401  (first: with it OpenEnv's modules do not load Gradio)
