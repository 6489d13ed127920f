"""What every test stands on: folders of its own, no keys of the developer's, one set of hypothesis settings."""

from __future__ import annotations

import gc
import os
from functools import cache
from typing import TYPE_CHECKING

import hypothesis
import pytest

from noc_tui import paths
from noc_tui.sim import catalog
from noc_tui.sim.catalog import default_catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A shared machine has slow moments: an example is never failed for the time it took.
# The quick run draws the same examples every time: only a change can break it. The thorough one searches.
hypothesis.settings.register_profile("quick", deadline=None, max_examples=60, database=None, derandomize=True)
hypothesis.settings.register_profile("brief", deadline=None, max_examples=10, database=None, derandomize=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=3000, database=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_FOREIGN = frozenset(
    [
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "API_BASE_URL",
        "MODEL_NAME",
        "API_KEY",
        "HF_TOKEN",
        "NOC_AGENT_TASK",
        "NO_COLOR",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "NOC_TUI_STORE",
        "NOC_TUI_PLAYER",
    ]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: begun last, it would be waited for by processors with nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What has been imported by now stays: a screen that collects garbage after its first paint need not look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _incidents_of_the_program_are_read_once() -> Iterator[None]:
    """They are frozen and no test changes them; reading all twenty takes a fifth of a second."""
    bundled, read = paths.bundled_incidents_dir(), catalog.load_file
    read_once = cache(read)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "load_file", lambda path: (read_once if path.parent == bundled else read)(path))
        yield


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads or writes what belongs to the person who runs it."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NOC_TUI_DATA", str(home / "data"))
    monkeypatch.setenv("NOC_TUI_CONFIG", str(home / "config.toml"))
    for variable in list(os.environ):
        if variable in _FOREIGN or variable.startswith("NOC_TUI_LLM_"):
            monkeypatch.delenv(variable)
    default_catalog.cache_clear()
    yield
    default_catalog.cache_clear()
