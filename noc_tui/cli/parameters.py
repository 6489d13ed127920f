"""Options that more than one command has."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from noc_tui.cli.completion import complete_agents, complete_selections

BlindOption = Annotated[
    bool | None,
    typer.Option(
        "--blind/--no-blind",
        help="Keep the incident's name and hidden state from you until the end; without INCIDENT the seed chooses one.",
        show_default="as in the settings: --no-blind",
    ),
]

SeedsOption = Annotated[str, typer.Option("--seeds", metavar="N|A:B", help="N for seeds 0 to N-1, A:B for A to B-1.")]

MaxFailuresOption = Annotated[
    int,
    typer.Option(
        "--max-failures", min=1, max=100, metavar="N", help="How many failures of an agent make an episode void."
    ),
]


SOME_AGENTS = "rules, ppo, planner, llm, policy:FILE, script:FILE"
"""What a help names of the agents there are."""


def agent_option(text: str) -> Any:
    """The option `--agent` of a command that does `text` with it."""
    return typer.Option("--agent", metavar="NAME", help=text, autocompletion=complete_agents)


def selection_option(default: str, *, envvar: str | None = None) -> Any:
    """The option `--incident` of a command that plays several; without it, what `default` says."""
    return typer.Option(
        "--incident",
        metavar="ID",
        help="An id, classic, pack or all. Can be repeated.",
        envvar=envvar,
        show_default=default,
        autocompletion=complete_selections,
    )


EnvUrlOption = Annotated[
    str | None,
    typer.Option("--env-url", metavar="URL", help="Play on the server there (noc-tui serve), instead of here."),
]

TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token", metavar="TOKEN", envvar="NOC_SERVER_TOKEN", show_envvar=True, help="What that server wants to see."
    ),
]
