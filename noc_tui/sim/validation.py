"""What pydantic finds wrong with a file, in the words of its author: which key, what is wrong, what would be right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.errors import IncidentError, SeveralProblemsError, rather, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound="BaseModel")

MAX_PROBLEMS: Final = 20
"""Of more than that only the number is told."""
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,48}")


def validated(model: type[Model], data: dict[str, Any], where: str, also: Callable[[], Sequence[str]] = tuple) -> Model:
    """`data` as a pydantic model.

    Raises `IncidentError` with every problem, each sentence beginning with `where`. `also` says what else is wrong,
    of that which the model itself sees only where all its fields are right.
    """
    from pydantic import ValidationError  # noqa: PLC0415  (loaded when an incident is)

    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        told = [f"{where}: {clause}" for detail in details[:MAX_PROBLEMS] for clause in _clauses(detail, model)]
        if all(detail["loc"] for detail in details):
            told += [f"{where}: {clause}" for clause in also()]
        untold = len(told[MAX_PROBLEMS:]) + len(details[MAX_PROBLEMS:])
        raise IncidentError(*told[:MAX_PROBLEMS], untold=untold) from error


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


def _clauses(detail: ErrorDetails, model: type[Any]) -> Iterator[str]:
    """One pydantic error as clauses that name the key and say what is wrong and what would be right."""
    loc, kind = detail["loc"], detail["type"]
    location = _location(loc)
    if kind == "value_error":
        error = detail["ctx"]["error"]
        for text in error.problems if isinstance(error, SeveralProblemsError) else [str(error)]:
            yield f"{location}: {text}" if location else text
    elif kind == "extra_forbidden":
        yield f"{location}: unknown key; {rather(str(loc[-1]), _keys_beside(model, loc))}"
    elif kind == "missing":
        yield f"{location}: is missing"
    elif loc[-1:] == ("[key]",):  # the one table whose keys are values: that of the actions
        yield f"{_location(loc[:-2])}: {shown(loc[-2])} is no action; {rather(str(loc[-2]), ACTIONS)}"
    elif kind in _EXPECTED:
        expected = _EXPECTED[kind].format_map(detail.get("ctx", {}))
        yield f"{location}: expected {expected}, not {shown(detail['input'])}"
    else:
        yield f"{location}: {detail['msg'][0].lower()}{detail['msg'][1:]}, not {shown(detail['input'])}"


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
