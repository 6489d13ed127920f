"""Options that more than one command has."""

from __future__ import annotations

from typing import Annotated

import typer

BlindOption = Annotated[
    bool | None,
    typer.Option(
        "--blind/--no-blind",
        help="Keep the incident's name and hidden state from you until the end; without INCIDENT the seed chooses one.",
        show_default="as in the settings: --no-blind",
    ),
]
