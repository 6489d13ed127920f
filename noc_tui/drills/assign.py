"""A plan of episodes that an instructor makes and colleagues open: which incidents and seeds, in which pace, blind."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import or_, select

from noc_tui.drills.draws import Draws
from noc_tui.drills.errors import DrillError
from noc_tui.drills.seeds import winnable_seed
from noc_tui.episode.errors import SessionError
from noc_tui.episode.library import SUFFIX
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import INCIDENT_ID, LARGEST_INTEGER, Pace
from noc_tui.files import read_small, write_whole
from noc_tui.sim.errors import IncidentError, UnknownIncidentError
from noc_tui.store.queries import BoardRow
from noc_tui.store.schema import sessions
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from noc_tui.sim.catalog import Catalog
    from noc_tui.store.claims import Claim

FORMAT: Final = "noc-tui-plan"
VERSION: Final = 1
MOST_EPISODES: Final = 50
DRILL: Final = "assign"
"""The drill that the episodes of plans are played for."""
_MAX_BYTES: Final = 64 * 1024
_TITLE: Final = 80


@dataclass(frozen=True, slots=True)
class Assigned:
    """An episode of a plan."""

    incident: Annotated[str, Field(pattern=INCIDENT_ID)]
    seed: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
    pace: Pace = "turn"
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What colleagues are to play, in this order."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid", strict=True)

    episodes: Annotated[tuple[Assigned, ...], Field(min_length=1, max_length=MOST_EPISODES)]
    title: Annotated[str, Field(max_length=_TITLE)] = ""
    format: Literal["noc-tui-plan"] = FORMAT
    version: Literal[1] = VERSION


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def make_plan(
    catalog: Catalog,
    incidents: Sequence[str],
    seeds: Sequence[int] | None,
    *,
    pace: Pace,
    blind: bool,
    title: str,
    chance: int,
) -> Plan:
    """Each of the incidents from each of the seeds; without seeds, from one each that can be won, drawn by `chance`.

    Raises `DrillError` for more than 50 episodes, `IncidentError` for an incident that cannot be used.
    """
    loaded = [catalog.load(name) for name in dict.fromkeys(incidents)]
    if len(loaded) * (1 if seeds is None else len(seeds)) > MOST_EPISODES:
        raise DrillError(f"a plan has at most {MOST_EPISODES} episodes; ask for fewer incidents or seeds")
    episodes = [
        Assigned(incident.id, seed, pace, blind)
        for incident in loaded
        for seed in ([winnable_seed(incident, Draws("assign", incident.id, chance))] if seeds is None else seeds)
    ]
    return Plan(tuple(episodes), clean(title, _TITLE))


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan as TOML. Raises `DrillError` where the file cannot be written."""
    lines = [f'format = "{FORMAT}"', f"version = {VERSION}", f"title = {json.dumps(plan.title, ensure_ascii=False)}"]
    for each in plan.episodes:
        lines += ["", "[[episodes]]", f'incident = "{each.incident}"', f"seed = {each.seed}"]
        lines += [f'pace = "{each.pace}"', f"blind = {str(each.blind).lower()}"]
    try:
        write_whole(path, "\n".join([*lines, ""]))
    except OSError as error:
        raise DrillError(f"{path}: cannot be written: {error.strerror}") from error


def load_plan(path: Path, catalog: Catalog) -> Plan:
    """The plan in a file. Raises `DrillError` for what is none, and for one with an incident that is not here."""
    try:
        table = tomllib.loads(read_small(path, _MAX_BYTES).decode())
    except OSError as error:
        raise DrillError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise DrillError(f"{path}: is no plan: {clean(str(error), 160)}") from error
    if table.get("format") != FORMAT:
        raise DrillError(f"{path}: is no plan of noc-tui (noc-tui drill assign --help says how one is made)")
    if isinstance(table.get("version"), int) and table["version"] > VERSION:
        raise DrillError(f"{path}: is of version {table['version']}, and this noc-tui reads version {VERSION}")
    try:
        plan = _adapter().validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        raise DrillError(f"{path}: {clean(_fault(error), 160)}") from error
    except ValueError as error:  # what JSON has no word for
        raise DrillError(f"{path}: {clean(str(error), 160)}") from error
    if len({(each.incident, each.seed) for each in plan.episodes}) < len(plan.episodes):
        raise DrillError(f"{path}: episodes: one stands there twice")
    for number, each in enumerate(plan.episodes, 1):
        try:
            catalog.path(each.incident)
        except UnknownIncidentError as error:
            raise DrillError(f"{path}: episode {number}: {error} (--incidents DIR looks in a folder more)") from error
        except IncidentError as error:
            raise DrillError(f"{path}: episode {number}: {error}") from error
    return plan


def _fault(error: ValidationError) -> str:
    """The first thing that is wrong with a plan, as a clause. Episodes are counted from 1, as `plan_lines` does."""
    detail = error.errors(include_url=False, include_input=False)[0]
    kind, loc, message = detail["type"], detail["loc"], detail["msg"]
    in_episode = len(loc) > 1 and loc[0] == "episodes"
    where = f"episode {int(loc[1]) + 1}: " if in_episode else ""
    key = ".".join(str(part) for part in (loc[2:] if in_episode else loc))
    match kind:
        case "missing":
            message = "is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            message = f"is no key of {'an episode' if in_episode else 'a plan'}"
        case "string_pattern_mismatch":
            message = "expected the id of an incident"
    return f"{where}{key}{': ' if key else ''}{message[0].lower()}{message[1:]}"


def done_of(connection: Connection, plan: Plan, player: str | None = None) -> dict[str, dict[int, BoardRow]]:
    """The first session of each person (or of one) at each episode of a plan: by name, and by its place from 0.

    Only what was played alone and from the start, in the plan's pace and as blind as it asks for.
    """
    columns = [sessions.c[name] for name in BoardRow._fields]
    wanted = or_(*((sessions.c.incident == e.incident) & (sessions.c.seed == e.seed) for e in plan.episodes))
    query = select(sessions.c.incident, sessions.c.seed, sessions.c.pace, sessions.c.blind, *columns).where(
        wanted,
        sessions.c.kind == "person",
        sessions.c.parent.is_(None),
        sessions.c.draws == 0,
        ~sessions.c.assisted,
        sessions.c.reviewed,
    )
    if player is not None:
        query = query.where(sessions.c.player == player)
    places = {Assigned(e.incident, e.seed, e.pace, e.blind): place for place, e in enumerate(plan.episodes)}
    found: dict[str, dict[int, BoardRow]] = {}
    for incident, seed, pace, blind, *values in connection.execute(query.order_by(sessions.c.ended)):
        place = places.get(Assigned(incident, seed, pace, blind))
        if place is not None:
            row = BoardRow(*values)
            found.setdefault(row.player, {}).setdefault(place, row)
    return found


def next_of(plan: Plan, done: dict[int, BoardRow]) -> Assigned | None:
    """The first episode that has not been played; None where all have."""
    return next((each for place, each in enumerate(plan.episodes) if place not in done), None)


def begun_of(each: Assigned, player: str, claims: Sequence[Claim], folder: Path) -> Path | None:
    """The recording in `folder` of an episode that a player has begun for a plan and that can be gone on with."""
    for claim in claims:
        path = folder / f"{claim.session}{SUFFIX}"
        if (claim.player, claim.drill) != (player, DRILL) or not path.exists():
            continue
        try:
            with SessionFile.open(path) as file:
                header = file.header
                found = Assigned(str(header.incident.get("id")), header.seed, header.pace, header.blind)
                if found == each and file.state == "interrupted":
                    return path
        except SessionError:
            continue  # it cannot be gone on with; what is wrong with it the list of sessions tells
    return None


def plan_heading(plan: Plan, done: dict[int, BoardRow]) -> str:
    """How much of a plan somebody has played: `Week 49: 1 of 2 played`."""
    return f"{plan.title or 'Plan'}: {len(done)} of {len(plan.episodes)} played"


def plan_lines(plan: Plan, done: dict[int, BoardRow]) -> list[str]:
    """How somebody stands with a plan, a line each. What is blind and still to be played is not told."""
    lines = [plan_heading(plan, done)]
    for place, each in enumerate(plan.episodes):
        row = done.get(place)
        what = "blind" if each.blind and row is None else f"{each.incident}, seed {each.seed}"
        result = "still to be played" if row is None else _result(row)
        lines.append(f"{place + 1:>3}  {what}, {each.pace}: {result}")
    return lines


def team_lines(plan: Plan, done: dict[str, dict[int, BoardRow]]) -> list[str]:
    """How all stand with a plan, a line each: who has played most of it first."""
    count = len(plan.episodes)
    lines = [f"{plan.title or 'Plan'}: {count} episode{'' if count == 1 else 's'}"]
    for player, rows in sorted(done.items(), key=lambda item: (-len(item[1]), item[0])):
        resolved = sum(row.outcome == "resolved" for row in rows.values())
        grades = " ".join(rows[place].grade or "-" if place in rows else "." for place in range(len(plan.episodes)))
        lines.append(f"{clean(player, 40)}: {len(rows)} played, {resolved} resolved, grades {grades}")
    return lines if done else [*lines, "nobody has played any of it yet"]


def _result(row: BoardRow) -> str:
    grade = f", grade {row.grade}" if row.grade else ""
    steps = f"{row.steps} step{'' if row.steps == 1 else 's'}"
    return {
        "resolved": f"resolved in {steps}{grade}",
        "crashed": f"crashed after {steps}{grade}",
        "truncated": f"out of time after {steps}{grade}",
        "void": f"no result after {steps}",
    }[row.outcome]
