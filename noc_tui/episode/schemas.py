"""How values that pydantic has no strict form of are read from a session file, and written to it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic_core import core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

_TIMESTAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"


class ByName:
    """Marks a NamedTuple that stands in the file as an object with exactly its fields as keys.

    `every` is the type of all fields and `types` those of single fields, where the class itself says too little.
    """

    def __init__(self, every: Any = None, **types: Any) -> None:
        self._every = every
        self._types = types

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        declared = dict.fromkeys(source._fields, self._every) if self._every else get_type_hints(source)
        types = declared | self._types
        fields = {name: core_schema.typed_dict_field(handler.generate_schema(types[name])) for name in source._fields}
        table = core_schema.typed_dict_schema(
            fields, config=core_schema.CoreConfig(extra_fields_behavior="forbid", strict=True, allow_inf_nan=False)
        )
        # The values come in the order of the fields. Both functions are C: a file may have 100,000 lines.
        values = core_schema.no_info_after_validator_function(dict.values, table)
        return core_schema.no_info_after_validator_function(
            partial(tuple.__new__, source),
            values,
            serialization=core_schema.plain_serializer_function_ser_schema(_as_dict, return_schema=table),
        )


def _as_dict(values: Any) -> dict[str, Any]:
    return values._asdict()  # type: ignore[no-any-return]


class UtcTimestamp:
    """Marks a `datetime` that stands in the file as `YYYY-MM-DDThh:mm:ss.ffffffZ`.

    Left alone, pydantic takes numbers in strings, and times without a zone, which cannot be compared with the others.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        text = core_schema.str_schema(pattern=_TIMESTAMP, strict=True)
        return core_schema.no_info_after_validator_function(
            datetime.fromisoformat,
            text,
            serialization=core_schema.plain_serializer_function_ser_schema(_as_text, return_schema=text),
        )


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
