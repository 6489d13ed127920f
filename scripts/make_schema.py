"""Writes docs/session.schema.json: the JSON Schema of a line of a session file, with what the code says of each key."""

from __future__ import annotations

import ast
import inspect
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from noc_tui.episode import records
from noc_tui.episode.format import json_schema

TARGET = Path(__file__).parent.parent / "docs" / "session.schema.json"


def schema_text() -> str:
    """The whole file."""
    schema = json_schema()
    _drop_titles(schema["$defs"])
    for definition in ast.parse(inspect.getsource(records)).body:
        if isinstance(definition, ast.ClassDef) and (found := schema["$defs"].get(definition.name)):
            # Not every pydantic takes over the docstrings of classes, and those of attributes at each program start.
            found.pop("description", None)
            schema["$defs"][definition.name] = {"description": ast.get_docstring(definition), **found}
            _describe_keys(found["properties"], definition)
    return json.dumps(schema, indent=2, ensure_ascii=True) + "\n"


def _describe_keys(properties: dict[str, Any], definition: ast.ClassDef) -> None:
    """Take over the docstrings that stand below the attributes."""
    for attribute, below in pairwise(definition.body):
        match attribute, below:
            case ast.AnnAssign(target=ast.Name(id=key)), ast.Expr(value=ast.Constant(value=str(text))):
                properties[key]["description"] = text
    for values in properties.values():
        if "const" in values:
            values.pop("default", None)  # what tells the kinds of lines apart has none


def _drop_titles(schema: Any) -> None:
    """Remove the titles that pydantic makes from the keys: they say nothing that the keys do not."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            _drop_titles(inner)


if __name__ == "__main__":
    TARGET.write_text(schema_text(), encoding="utf-8")
