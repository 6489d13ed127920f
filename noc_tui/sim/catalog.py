"""The incidents there are: those of the program, and folders of the user's own."""

from __future__ import annotations

import re
import stat
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from noc_tui import paths
from noc_tui.sim.errors import IncidentError, UnknownIncidentError, rather, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from noc_tui.sim.incident import Incident

Model = TypeVar("Model", bound="BaseModel")

MAX_FILE_BYTES: Final = 256 * 1024
_KEY_PART: Final = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_DEEP_KEY: Final = rf"(?<![\w\\-]){_KEY_PART}(?:[ \t]*+\.[ \t]*+{_KEY_PART}){{31}}"
"""Dotted keys cost tomllib the square of their parts: minutes, in a file of this size."""
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,48}")


class IncidentType(StrEnum):
    """The three classic incidents, easiest first. Any other incident goes by its id."""

    NETWORK_CONGESTION = "network_congestion"
    MEMORY_LEAK = "memory_leak"
    CPU_OVERLOAD = "cpu_overload"


CLASSIC: Final[tuple[str, ...]] = tuple(str(incident) for incident in IncidentType)


class Catalog:
    """Incidents by id, from folders of TOML files. Files are looked for at once and read when they are asked for.

    An id that stands in two folders is an error that names both files, raised when that id is asked for; the other
    incidents stay usable.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self._files: dict[str, list[Path]] = {}
        for folder in self.folders:
            for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
                if not path.name.startswith("_"):
                    self._files.setdefault(path.stem, []).append(path)
        self._loaded: dict[str, Incident] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, the classic three first, then by name."""
        others = sorted(name for name in self._files if name not in CLASSIC)
        return (*(name for name in CLASSIC if name in self._files), *others)

    def __contains__(self, incident_id: object) -> bool:
        return incident_id in self._files

    def path(self, incident_id: str) -> Path:
        """The file of an incident. Raises `UnknownIncidentError`, or `IncidentError` for an id that stands twice."""
        files = self._files.get(incident_id, [])
        if not files:
            hint = rather(incident_id, self.ids) if self._files else "there are none"
            raise UnknownIncidentError(f"no incident {shown(incident_id)}: {hint}")
        if len(files) > 1:
            raise IncidentError(f"the incident id {incident_id!r} stands twice: in {files[0]} and in {files[1]}")
        return files[0]

    def load(self, incident_id: str) -> Incident:
        """The incident of that id. Raises `IncidentError` with one sentence when it cannot be used."""
        if incident_id not in self._loaded:
            self._loaded[incident_id] = load_file(self.path(incident_id))
        return self._loaded[incident_id]

    def load_all(self) -> tuple[list[Incident], list[IncidentError]]:
        """Every incident that loads, and why the others do not."""
        incidents, errors = [], []
        for incident_id in self.ids:
            try:
                incidents.append(self.load(incident_id))
            except IncidentError as error:
                errors.append(error)
        return incidents, errors


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
    incident = parse_incident(read_toml(path), str(path))
    if incident.id != path.stem:
        raise IncidentError(f"{path}: id is {incident.id!r}, but the file's name says {path.stem!r}; they must agree")
    return incident


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file of at most `MAX_FILE_BYTES`. Raises `IncidentError`: file, line, what is wrong."""
    import tomllib  # noqa: PLC0415  (ids are checked before the first paint, files read after it)

    text = _read_bounded(path)
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


def _read_bounded(path: Path) -> str:
    try:
        # What is no regular file may block for ever (a pipe) or never end (a device).
        if not stat.S_ISREG(path.stat().st_mode):
            raise IncidentError(f"{path}: cannot be read: not a regular file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise IncidentError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > MAX_FILE_BYTES:
        raise IncidentError(f"{path}: larger than {MAX_FILE_BYTES // 1024} KiB, which no incident needs")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IncidentError(f"{path}: is not UTF-8 text (byte {error.start})") from error


def parse_incident(data: dict[str, Any], where: str) -> Incident:
    """An incident from plain values. Raises `IncidentError`, its sentence beginning with `where`."""
    from noc_tui.sim.incident import Incident  # noqa: PLC0415  (pydantic is loaded when an incident is)

    return validated(Incident, data, where)


def validated(model: type[Model], data: dict[str, Any], where: str) -> Model:
    """`data` as a pydantic model. Raises `IncidentError`, its sentence beginning with `where`."""
    from pydantic import ValidationError  # noqa: PLC0415  (loaded when an incident is)

    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
        raise IncidentError(f"{where}: {_describe(details[0], model)}{more}") from error


_EXPECTED: Final = {
    "bool_type": "true or false",
    "dict_type": "a table",
    "finite_number": "a finite number",
    "float_type": "a number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "int_type": "a whole number",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
    "model_type": "a table",
    "string_pattern_mismatch": "text that matches {pattern}",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "string_type": "text in quotes",
    "too_long": "at most {max_length} items",
    "tuple_type": "a list",
}
"""What would be right, by pydantic's kind of error, where its own words are not those of a file's author."""


def _describe(detail: ErrorDetails, model: type[Any]) -> str:
    """One pydantic error as a clause that names the key and says what is wrong and what would be right."""
    location = _location(detail["loc"])
    kind = detail["type"]
    if kind == "value_error":
        text = str(detail["ctx"]["error"])
        return f"{location}: {text}" if location else text
    if kind == "extra_forbidden":
        known = _keys_beside(model, detail["loc"])
        return f"{location}: unknown key; {rather(str(detail['loc'][-1]), known)}"
    if kind == "missing":
        return f"{location}: is missing"
    if kind in _EXPECTED:
        expected = "expected " + _EXPECTED[kind].format_map(detail.get("ctx", {}))
    else:
        expected = detail["msg"][0].lower() + detail["msg"][1:]
    return f"{location}: {expected}, not {shown(detail['input'])}"


def _location(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            # A key in quotes may hold anything, terminal control codes too.
            text += ("." if text else "") + (part if _PLAIN_KEY.fullmatch(part) else shown(part))
    return text


def _keys_beside(model: Any, loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at `loc` may have, found by walking the models' own fields."""
    for part in loc[:-1]:
        field = model.model_fields.get(part)
        if field is None:  # the number of a list's item, or the name of an action
            continue
        inner = (*getattr(field.annotation, "__args__", ()), field.annotation)
        model = next(candidate for candidate in inner if hasattr(candidate, "model_fields"))
    return [field.alias or name for name, field in model.model_fields.items()]


def _sentence(error: Exception) -> str:
    return str(error).replace("\n", " ")[:200]
