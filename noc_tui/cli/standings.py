"""`noc-tui progress leaderboard`: who was quickest, on a daily or at a seed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import complain, examples, fail, say, say_json
from noc_tui.cli.completion import complete_incidents
from noc_tui.text import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from noc_tui.drills.boards import ShownBoard
    from noc_tui.store.queries import BoardRow

_HEADINGS = ("", "who", "is", "outcome", "steps", "over par", "grade", "accuracy")


def register(commands: typer.Typer) -> None:
    """Add the command to the group of progress."""
    commands.command(
        epilog=examples(
            "noc-tui progress leaderboard",
            "noc-tui progress leaderboard --date 2026-12-01",
            "noc-tui progress leaderboard cpu_overload --seed 7",
        )
    )(leaderboard)


def leaderboard(
    incident: Annotated[
        str | None,
        typer.Argument(
            metavar="INCIDENT",
            help="Of this incident; without --seed, of the seed that was played last.",
            autocompletion=complete_incidents,
        ),
    ] = None,
    *,
    seed: Annotated[int | None, typer.Option(min=0, metavar="N", help="Of this seed of the incident.")] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Of the daily of that date (UTC).",
            show_default="today, in UTC",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False,
    player: Annotated[str | None, typer.Option("--player", metavar="NAME", help="Who asks.")] = None,
    store: Annotated[str, typer.Option("--store", metavar="URL", help="As of noc-tui progress.")] = "",
) -> None:
    """Who was quickest: people and agents side by side.

    Without INCIDENT, the daily. Only sessions count that come out the same when simulated again. What a daily is stays
    secret until you have finished it.
    """
    if incident is not None and day is not None:
        complain("--date is about the daily; leave it or INCIDENT away", 2)
    if seed is not None and incident is None:
        complain("--seed needs an INCIDENT", 2)
    from noc_tui.cli.progress import asked, player_of
    from noc_tui.drills.boards import boards_of_dailies, rows_of, seed_board
    from noc_tui.drills.errors import DrillError

    name, today = player_of(player), datetime.now(UTC).date()

    def ask(connection: Connection) -> tuple[ShownBoard | None, list[BoardRow]]:
        board: ShownBoard | None
        if incident is None:
            (board,) = boards_of_dailies(connection, name, [day.date() if day else today])
        else:
            board = seed_board(connection, name, today, incident, seed)
        return board, [] if board is None else rows_of(connection, board)

    try:
        board, rows = asked(store, ask)
    except DrillError as error:
        fail(error)
    if board is None and incident is not None:
        _check_incident(incident)
    if as_json:
        say_json(_values(board, rows))
        return
    if board is None:
        say(f"nobody has resolved {incident}{'' if seed is None else f' from seed {seed}'} yet")
        return
    say(_title(board))
    for line in _lines(rows):
        say(line)


def _check_incident(name: str) -> None:
    """Exit 2 for what is no incident, of which nobody could have resolved anything."""
    from noc_tui.sim.catalog import default_catalog
    from noc_tui.sim.errors import IncidentError, UnknownIncidentError

    try:
        default_catalog().path(name)
    except UnknownIncidentError as error:
        fail(error, 2)
    except IncidentError as error:
        fail(error)


def _title(board: ShownBoard) -> str:
    what = f"{board.incident}, seed {board.seed}"
    if board.date is None:
        return f"{what}, by another definition than the one here" if board.foreign else what
    return f"daily of {board.date}: {'still to be played by you' if board.secret else what}"


def _lines(rows: list[BoardRow]) -> list[str]:
    if not rows:
        return ["nobody stands here yet"]
    from noc_tui.store.wording import aligned

    return aligned([_HEADINGS, *(_row(place, row) for place, row in enumerate(rows, 1))])


def _row(place: int, row: BoardRow) -> tuple[str, ...]:
    over = "" if row.par is None else f"{round(row.steps - row.par, 1) + 0.0:+.1f}"
    accuracy = "" if row.accuracy is None else f"{row.accuracy:.0f} %"
    return str(place), clean(row.player, 40), row.kind, row.outcome, str(row.steps), over, row.grade or "", accuracy


def _values(board: ShownBoard | None, rows: list[BoardRow]) -> dict[str, object]:
    known = board is not None and not board.secret
    return {
        "incident": board.incident if board and known else None,
        "seed": board.seed if board and known else None,
        "date": str(board.date) if board and board.date else None,
        "foreign": board is not None and board.foreign,
        "rows": [row._asdict() for row in rows],
    }
