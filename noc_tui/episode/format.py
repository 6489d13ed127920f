"""Session events as lines of JSON: writing, checking and documenting them."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from noc_tui.episode.errors import SessionDamagedError, SessionError
from noc_tui.episode.records import FORMAT, FORMAT_VERSION, Event, Header

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LINE_BYTES: Final = 1024 * 1024
"""The largest incident makes a header of three quarters of it; no other event of ours is half as long."""

_LAST_VERSION: Final = 1_000_000
"""A greater number is no version but damage."""


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Event]:
    return TypeAdapter(Annotated[Event, Field(discriminator="event")])


@lru_cache(maxsize=1)
def _reader() -> Callable[[bytes], Event]:
    # The adapter's own method costs a twentieth of the time in which a file of 100,000 lines is to be opened.
    return _adapter().validator.validate_json


@lru_cache(maxsize=1)
def _writers() -> dict[type, Callable[..., bytes]]:
    # By the class of an event, and past the adapter's own method: a third of the time, and a session has many events.
    return {kind: TypeAdapter(kind).serializer.to_json for kind in get_args(Event)}


def dump_event(event: Event) -> bytes:
    """The event as one line of ASCII JSON, its line end included. Floats are written so that they read back exactly."""
    return _writers()[type(event)](event, ensure_ascii=True) + b"\n"


def parse_event(line: bytes) -> Event:
    """The event of one line. Raises `ValueError` with a clause that says which key is wrong and how."""
    try:
        return _reader()(line)
    except ValidationError as error:
        raise ValueError(describe(error)) from error


def parse_header(path: object, line: bytes) -> Header:
    """The header of the session file `path`, from its first line.

    Raises `SessionError` when the file is no session, or one of another version, `SessionDamagedError` when it is ours
    and damaged.
    """
    if len(line) > MAX_LINE_BYTES:
        raise SessionError(f"{path}: is no noc-tui session: its first line is longer than any event of one")
    try:
        event = parse_event(line)
    except ValueError as error:
        raise _unusable_header(path, line, str(error)) from error
    if not isinstance(event, Header):
        raise SessionError(f"{path}: is no whole noc-tui session: it begins with a {event.event} event, not a header")
    return event


def _unusable_header(path: object, line: bytes, reason: str) -> SessionError:
    """Why a first line is no header that we read: foreign, newer, or damaged."""
    values: Any = None
    with suppress(ValueError):  # what is no JSON is no header
        values = from_json(line)
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        return SessionError(f"{path}: is no noc-tui session: its first line is not a session header")
    version = values.get("version")
    if isinstance(version, int) and FORMAT_VERSION < version < _LAST_VERSION:
        return SessionError(
            f"{path}: is in session format {version}, and this noc-tui reads formats up to {FORMAT_VERSION};"
            f" {_who_wrote(values)} or a later one is needed"
        )
    return SessionDamagedError(path, 1, reason, 0)


def _who_wrote(header: dict[str, Any]) -> str:
    versions = header.get("versions")
    program = versions.get("program") if isinstance(versions, dict) else None
    return f"noc-tui {program[:40]}, which wrote it," if isinstance(program, str) else "the version that wrote it"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line of a session file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FORMAT} version {FORMAT_VERSION}: one line",
        "description": "A session file is JSON Lines: a header, what happens, step by step, and one end event.",
        **_adapter().json_schema(mode="serialization"),
    }


def describe(error: ValidationError) -> str:
    """The first thing that pydantic found wrong with an event or a decision, as a clause that names the key."""
    detail = error.errors(include_url=False, include_input=False)[0]
    kind, loc, message = detail["type"], detail["loc"], detail["msg"]
    if loc and loc[0] in _KINDS:
        loc = loc[1:]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")
    match kind:
        case "json_invalid":
            return message.replace("Invalid JSON", "is no JSON").replace("at line 1 column", "at character")
        case "union_tag_not_found":
            return "event: is missing"
        case "union_tag_invalid":
            return f"event: is {detail['ctx']['tag'][:40]!r}, expected one of {detail['ctx']['expected_tags']}"
        case "missing":
            return f"{where}: is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"{where[:80]}: is no key that may stand there"
        case "value_error":
            message = str(detail["ctx"]["error"])
        case "string_unicode":
            message = "holds half a surrogate pair, which no file can"
    message = message[0].lower() + message[1:]
    return f"{where}: {message}" if where else message


_KINDS: Final = frozenset({"header", "step", "control", "mark", "diagnosis", "suggestion", "end"})
