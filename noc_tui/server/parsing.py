"""What a client sends, as JSON that OpenEnv can answer.

OpenEnv ends the session, or fails with a traceback, over what is no object, holds half a surrogate pair, a number of
thousands of digits or one that is infinite, or is nested too deeply.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final

_DEEPEST: Final = 32
TOO_DEEP: Final = f"the message is nested more than {_DEEPEST} deep"


def problem_of(body: bytes) -> str | None:
    """Why OpenEnv would fail over a request's body, as a sentence; None: it would not."""
    try:
        value = _value(body.decode())
    except RecursionError:
        return TOO_DEEP
    except UnicodeDecodeError:
        return "the message is no JSON: it is not in UTF-8"
    except json.JSONDecodeError as error:
        return f"the message is no JSON: {error}"
    except ValueError as error:
        return str(error)[:200]
    asked = value.get("params") if isinstance(value, dict) else None
    session = asked.get("session_id") if isinstance(asked, dict) else None
    if not isinstance(session, str | None):
        return f"params.session_id is a {type(session).__name__}, expected text"
    return None


def parsed(text: str) -> dict[str, Any]:
    """The object that the text is. Raises `ValueError` with a sentence for what OpenEnv could not answer."""
    value = _value(text)
    if not isinstance(value, dict):
        raise ValueError(f"the message is a {type(value).__name__}, expected an object with a type")  # noqa: TRY004  (the client's mistake, not ours)
    return value


def _value(text: str) -> Any:
    """What the text says in JSON. Raises `ValueError`, mostly with a sentence, for what could not be answered."""
    value = _DECODER.decode(text)
    if text.count("{") + text.count("[") > _DEEPEST and _depth(value) > _DEEPEST:
        raise ValueError(TOO_DEEP)
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("the message holds half a surrogate pair") from None
    return value


def _depth(value: Any) -> int:
    """How deeply lists and objects are nested, as far as that is of interest."""
    deepest, level = 0, [value]
    while level and deepest <= _DEEPEST:
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [value for values in inner for value in values]
        deepest += bool(inner)
    return deepest


def _finite(digits: str) -> float:
    """The number. Python reads one that is too large as infinite, and could not write that."""
    value = float(digits)
    if math.isinf(value):
        raise ValueError("the message holds a number that is too large")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"the message is no JSON: it has no number {name}")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
