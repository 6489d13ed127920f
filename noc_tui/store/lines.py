"""Entries as lines of JSON: what the queue and exported files consist of."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from noc_tui.episode.format import describe
from noc_tui.store.entries import Entry


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Entry]:
    return TypeAdapter(Annotated[Entry, Field(discriminator="entry")])


def dump_entry(entry: Entry) -> str:
    """The entry as one line of ASCII JSON, without a line end."""
    return _adapter().dump_json(entry, ensure_ascii=True).decode()


def parse_entry(line: str | bytes) -> Entry:
    """The entry of one line. Raises `ValueError` with a clause that says which key is wrong and how."""
    try:
        return _adapter().validate_json(line)
    except ValidationError as error:
        kind = error.errors(include_url=False, include_input=False)[0]["type"]
        if kind.startswith("union_tag"):
            raise ValueError("entry: is missing, or none of session, review, daily, player") from error
        raise ValueError(describe(error)) from error


def check_entry(values: object) -> Entry:
    """The entry of values as JSON gives them. Raises `ValueError` as `parse_entry` does."""
    from pydantic_core import to_json  # noqa: PLC0415  (see `noc_tui.store.transfer`, which alone needs it)

    return parse_entry(to_json(values))
