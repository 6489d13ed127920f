"""The incidents there are: those of the program, and folders of the user's own."""

from __future__ import annotations

import re
import time
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from noc_tui import paths
from noc_tui.files import read_small
from noc_tui.sim.errors import IncidentError, UnknownIncidentError, rather, shown
from noc_tui.sim.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from noc_tui.sim.incident import Incident

    _Stamp = tuple[int, int, int] | None
    """None for what cannot be looked at."""

MAX_FILE_BYTES: Final = 256 * 1024
_TICK_NS: Final = 50_000_000
_KEY_PART: Final = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_DEEP_KEY: Final = rf"(?<![\w\\-]){_KEY_PART}(?:[ \t]*+\.[ \t]*+{_KEY_PART}){{31}}"
"""Dotted keys cost tomllib the square of their parts: minutes, in a file of this size."""


class IncidentType(StrEnum):
    """The three classic incidents, easiest first. Any other incident goes by its id."""

    NETWORK_CONGESTION = "network_congestion"
    MEMORY_LEAK = "memory_leak"
    CPU_OVERLOAD = "cpu_overload"


CLASSIC: Final[tuple[str, ...]] = tuple(str(incident) for incident in IncidentType)


class Catalog:
    """Incidents by id, from folders of TOML files.

    Files are looked for when an id is asked for, and read when that incident is; what has changed since then, is new or
    is gone is noticed. An id that stands in two folders is an error that names both files, raised when that id is asked
    for; the other incidents stay usable.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self._seen: tuple[_Stamp, ...] | None = None
        self._files: dict[str, list[Path]] = {}
        self._problems: list[IncidentError] = []
        self._loaded: dict[Path, tuple[_Stamp, Incident]] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, the classic three first, then by name."""
        files = self._look()
        others = sorted(name for name in files if name not in CLASSIC)
        return (*(name for name in CLASSIC if name in files), *others)

    def __contains__(self, incident_id: object) -> bool:
        return incident_id in self._look()

    def files(self, incident_id: str) -> tuple[Path, ...]:
        """Every file of that id: one, unless there is no such incident or the id stands twice."""
        return tuple(self._look().get(incident_id, ()))

    def path(self, incident_id: str) -> Path:
        """The file of an incident. Raises `UnknownIncidentError`, or `IncidentError` for an id that stands twice."""
        files = self.files(incident_id)
        if not files:
            hint = rather(incident_id, self.ids) if self._files else "there are none"
            raise UnknownIncidentError(f"no incident {shown(incident_id)}: {hint}")
        if len(files) > 1:
            raise IncidentError(f"the incident id {incident_id!r} stands twice: in {files[0]} and in {files[1]}")
        return files[0]

    def load(self, incident_id: str) -> Incident:
        """The incident of that id. Raises `IncidentError` with one sentence when it cannot be used."""
        path = self.path(incident_id)
        stamp = _stamp(path)
        known = self._loaded.get(path)
        if known is None or known[0] != stamp:
            known = self._loaded[path] = (stamp, load_file(path))
        return known[1]

    def load_all(self) -> tuple[list[Incident], list[IncidentError]]:
        """Every incident that loads, why the others do not, and why a folder cannot be looked into."""
        incidents, errors = [], []
        for incident_id in self.ids:
            try:
                incidents.append(self.load(incident_id))
            except IncidentError as error:
                errors.append(error)
        return incidents, [*self._problems, *errors]

    def _look(self) -> dict[str, list[Path]]:
        """The files by id, the folders read anew where one has changed."""
        seen = tuple(_stamp(folder) for folder in self.folders)
        if seen != self._seen or _just_changed(seen):
            files: dict[str, list[Path]] = {}
            problems = []
            for folder in self.folders:
                try:
                    for path in incident_files(folder):
                        files.setdefault(path.stem, []).append(path)
                except IncidentError as error:
                    problems.append(error)
            self._files, self._problems, self._seen = files, problems, seen
        return self._files


def incident_files(folder: Path) -> list[Path]:
    """The incident files of a folder, by name; none where there is no such folder.

    Raises `IncidentError` for one that cannot be looked into.
    """
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise IncidentError(f"{folder}: cannot be looked into for incident files: {error.strerror}") from error
    return [path for path in found if path.name.endswith(".toml") and not path.name.startswith(("_", "."))]


def _stamp(path: Path) -> _Stamp:
    """What differs when a file, or the names in a folder, have changed: nanoseconds, size, inode."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _just_changed(stamps: Iterable[_Stamp]) -> bool:
    """Whether one is so fresh that another change might leave it as it is: file systems count time in ticks."""
    now = time.time_ns()
    return any(stamp is not None and abs(now - stamp[0]) < _TICK_NS for stamp in stamps)


@lru_cache(maxsize=1)
def default_catalog() -> Catalog:
    """The program's incidents and those in the user's data folder."""
    return Catalog([paths.bundled_incidents_dir(), paths.user_incidents_dir()])


def catalog_of(folders: Sequence[Path]) -> Catalog:
    """The default catalog, and these folders beside it."""
    usual = default_catalog()
    return Catalog([*usual.folders, *folders]) if folders else usual


def load_file(path: Path) -> Incident:
    """Read and validate one incident file. Raises `IncidentError`: file, key or line, what is wrong, what is right."""
    return parse_incident(read_toml(path), str(path), name=path.stem)


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file of at most `MAX_FILE_BYTES`. Raises `IncidentError`: file, line, what is wrong."""
    import tomllib  # noqa: PLC0415  (ids are checked before the first paint, files read after it)

    text = _read_text(path)
    if re.search(_DEEP_KEY, text):
        raise IncidentError(f"{path}: is nested more deeply than any incident needs")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise IncidentError(f"{path}: is nested more deeply than any incident needs") from error
    except tomllib.TOMLDecodeError as error:
        raise IncidentError(f"{path}: is not valid TOML: {_sentence(error)}") from error
    except ValueError as error:  # Python's own limit on the digits of an integer
        raise IncidentError(f"{path}: holds a number of thousands of digits") from error


def _read_text(path: Path) -> str:
    try:
        return read_small(path, MAX_FILE_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise IncidentError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise IncidentError(f"{path}: is not UTF-8 text (byte {error.start})") from error


def parse_incident(data: dict[str, Any], where: str, *, name: str | None = None) -> Incident:
    """An incident from plain values, whose id must be `name` if there is one.

    Raises `IncidentError`: all that is wrong, each sentence beginning with `where`.
    """
    from noc_tui.sim.incident import Incident, loose_ends  # noqa: PLC0415  (pydantic is loaded when an incident is)

    misnamed = _misnamed(data.get("id"), name)
    incident = validated(Incident, data, where, also=lambda: [*misnamed, *loose_ends(data)])
    if misnamed:
        raise IncidentError(f"{where}: {misnamed[0]}")
    return incident


def _misnamed(given: object, name: str | None) -> list[str]:
    from noc_tui.sim.incident import NAME_PATTERN  # noqa: PLC0415  (see above)

    if name is None or given == name or not (isinstance(given, str) and re.fullmatch(NAME_PATTERN, given)):
        return []
    return [f"id is {given!r}, but the file's name says {shown(name)}; they must agree"]


def _sentence(error: Exception) -> str:
    return str(error).replace("\n", " ")[:200]
