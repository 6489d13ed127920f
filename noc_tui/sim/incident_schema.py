"""The JSON Schema of an incident file, for editors: made from the models, with what the code says of each key."""

from __future__ import annotations

import ast
import inspect
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from noc_tui.sim import incident, metrics
from noc_tui.sim.actions import ACTIONS
from noc_tui.sim.conditions import COMPARISON_PATTERN, FIGURES, FLAG_PATTERN, NUMBERS_END, RANGE_PATTERN
from noc_tui.sim.incident import PLACEHOLDERS, Incident

if TYPE_CHECKING:
    from types import ModuleType

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def incident_schema() -> dict[str, Any]:
    """The schema, as JSON-ready values.

    It refuses what an editor can see while one types: unknown keys, wrong types, values out of range. That flags are
    set somewhere, and that ranges are not empty, is seen by `load_file` alone.
    """
    schema = Incident.model_json_schema()
    tables = schema.pop("$defs") | {"Incident": schema}
    del tables["ActionType"]  # an editor offers only such keys as are named one by one, which `_actions` does
    for name, table in tables.items():
        _describe(getattr(incident, name), table)
    _refine(tables)
    del tables["Incident"]
    return {"$schema": DIALECT, **schema, "title": "An incident of noc-tui", "$defs": tables}


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(incident_schema(), indent=2) + "\n"


def _describe(model: type, table: dict[str, Any]) -> None:
    """Put what the code says of a model and its keys into its table, in place of what pydantic makes of their names."""
    documented = _docstrings(metrics)["SystemMetrics"]
    for base in reversed(model.__mro__):
        documented |= _docstrings(incident).get(base.__name__, {})
    table["description"] = documented.pop("")
    for key, values in table["properties"].items():
        values.pop("title", None)
        if key in documented:
            values["description"] = documented[key]
        if values.get("default", 0) is None:  # a key that is left out: TOML has no null
            del values["default"]
            values.update(next(kind for kind in values.pop("anyOf") if kind.get("type") != "null"))


def _docstrings(module: ModuleType) -> dict[str, dict[str, str]]:
    """For each class its docstring, under the key "", and what stands below its attributes."""
    found: dict[str, dict[str, str]] = {}
    for definition in ast.parse(inspect.getsource(module)).body:
        if isinstance(definition, ast.ClassDef):
            found[definition.name] = {"": ast.get_docstring(definition) or ""}
            for attribute, below in pairwise(definition.body):
                match attribute, below:
                    case ast.AnnAssign(target=ast.Name(id=key)), ast.Expr(value=ast.Constant(value=str(text))):
                        found[definition.name][key] = text
    return found


def _refine(tables: dict[str, Any]) -> None:
    """Add what the models check with code of their own."""
    actions = tables["Incident"]["properties"]["actions"]
    del actions["propertyNames"]
    actions |= _closed({action: {"$ref": "#/$defs/ActionEffect"} for action in ACTIONS})
    tables["ActionEffect"] |= {
        "dependentRequired": {"otherwise": ["requires"]},
        "if": {"properties": {"reissue_restarts_timer": {"const": True}}, "required": ["reissue_restarts_timer"]},
        "then": {"required": ["later"]},
    }
    rule = tables["LogRule"]["properties"]
    plain = {"type": "number", "exclusiveMinimum": -NUMBERS_END, "exclusiveMaximum": NUMBERS_END}
    comparison = {"$ref": "#/$defs/Comparison"}
    tables["Comparison"] = {
        "description": 'A comparison such as ">= 0.40", a range such as "2..6", or a plain number.',
        "anyOf": [_matching(COMPARISON_PATTERN), _matching(RANGE_PATTERN), plain],
    }
    named = [*ACTIONS, *(f"not {action}" for action in ACTIONS)]
    rule["when"] |= _closed(
        {
            **dict.fromkeys(FIGURES, comparison),
            "action": {"description": "The action of the step, or `not` one.", "enum": named},
            "flag": {"description": "A flag that is set, or `not` set.", **_matching(FLAG_PATTERN)},
            "uses": {
                "description": "How often an action has been chosen, this step included.",
                "type": "object",
                **_closed(dict.fromkeys(ACTIONS, comparison)),
            },
        }
    )
    fillable = "|".join((*PLACEHOLDERS, "int:[0-9]{1,12}-[0-9]{1,12}"))
    rule["text"] |= {"pattern": r"^[^\n]*$", "not": {"pattern": rf"\{{(?!(?:{fillable})\}})[^{{}}]*\}}"}}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"properties": properties, "additionalProperties": False}


def _matching(pattern: str) -> dict[str, str]:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}
