"""`noc-tui incidents validate`: what is wrong with incident files, and what they are like to play."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from noc_tui.cli.common import IncidentFolders, complain, examples, fail, incident_folders, say, say_json
from noc_tui.cli.completion import complete_incidents
from noc_tui.cli.formats import FormatOption, OutputFormat
from noc_tui.cli.parameters import SeedsOption  # noqa: TC001  (Typer evaluates the annotations)
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from noc_tui.bench.assess import Assessment, PlayerResult
    from noc_tui.episode.records import Outcome
    from noc_tui.sim.catalog import Catalog

_PATIENCE: Final = 1.0
"""Seconds after which a terminal is told what is going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """What there is to say about one file."""

    file: Path
    problems: tuple[str, ...] = ()
    """Why it cannot be used, a sentence each."""
    untold: int = 0
    """How many more problems there are."""
    assessment: Assessment | None = None
    """How it plays; None for a file that cannot be used."""
    warnings: tuple[str, ...] = ()


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command(
        epilog=examples(
            "noc-tui incidents validate memory_leak",
            "noc-tui incidents validate tls_expiry --seeds 5 --format json",
        )
    )(validate)


def validate(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Files, folders or incident ids.", autocompletion=complete_incidents),
    ],
    seeds: SeedsOption = "50",
    output: FormatOption = OutputFormat.TEXT,
    incidents: IncidentFolders = None,
) -> None:
    """Check incident files, and how they play.

    Tells every fault of a file, or what waiting, chance, each action and simple agents achieve in it, and warns of
    what is probably not meant. Exit code 1 if a file cannot be used.
    """
    from noc_tui.bench.selection import SelectionError, parse_seeds
    from noc_tui.sim.catalog import catalog_of

    try:
        wanted = parse_seeds(seeds)
    except SelectionError as error:
        fail(error, 2)
    catalog = catalog_of(incident_folders(incidents))
    chosen = [path for name in files for path in _named(name, catalog)]
    progress = _Progress()
    bad = False
    for path in chosen:
        report = _report(path, catalog, wanted, progress)
        progress.clear()
        bad = bad or bool(report.problems)
        if output is OutputFormat.JSON:
            say_json(_as_json(report, len(wanted)))
        else:
            for line in _as_text(report, len(wanted)):
                say(line)
    if bad:
        raise typer.Exit(1)


def _named(name: str, catalog: Catalog) -> Sequence[Path]:
    """The files that an argument names: those of an id, those in a folder, or the one. Exits 2 where there is none."""
    from noc_tui.sim.catalog import incident_files
    from noc_tui.sim.errors import IncidentError

    if files := catalog.files(name):
        return files
    path = Path(os.path.expanduser(name))  # noqa: PTH111  (Path's raises where there is no home)
    if not os.path.lexists(path):
        is_path = "/" in name or name.endswith(".toml")
        complain(f"{name}: there is no such file" if is_path else f"{name}: there is no such incident, or file", 2)
    if not os.path.isdir(path):  # noqa: PTH112  (Path's raises where a folder above cannot be read)
        return [path]
    try:
        found = incident_files(path)
    except IncidentError as error:
        fail(error)
    return found or complain(f"{name}: holds no incident file, NAME.toml", 2)


def _report(path: Path, catalog: Catalog, seeds: range, progress: _Progress) -> _Report:
    from noc_tui.bench.advice import advice
    from noc_tui.bench.assess import assess
    from noc_tui.sim.catalog import load_file
    from noc_tui.sim.errors import IncidentError

    clash, usable = _clash(path, catalog)
    try:
        incident = load_file(path)
    except IncidentError as error:
        return _Report(file=path, problems=error.problems, untold=error.untold)
    if clash and not usable:
        return _Report(file=path, problems=(f"{path}: {clash}",))
    assessment = assess(incident, seeds, progress.of(path, len(seeds)))
    clauses = [*advice(assessment), *([clash] if clash else [])]
    return _Report(file=path, assessment=assessment, warnings=tuple(f"{path}: warning: {each}" for each in clauses))


def _clash(path: Path, catalog: Catalog) -> tuple[str | None, bool]:
    """Where else the id of this file stands, as a clause, and whether the file can be used all the same.

    That depends on whether it lies where incidents are looked for.
    """
    files = catalog.files(path.stem)
    others = [file for file in files if os.path.realpath(file) != os.path.realpath(path)]
    if not others:
        return None, True
    return f"the id {path.stem!r} stands in {others[0]} too; one of the two needs another", len(others) == len(files)


# --- what is printed


def _as_json(report: _Report, seeds: int) -> dict[str, Any]:
    assessment = report.assessment
    return {
        "file": str(report.file),
        "valid": not report.problems,
        "problems": list(report.problems),
        "more_problems": report.untold,
        "warnings": list(report.warnings),
        "incident": assessment.incident.id if assessment else None,
        "episodes": seeds if assessment else 0,
        "players": [_player_as_json(result) for result in assessment.results] if assessment else [],
    }


def _player_as_json(result: PlayerResult) -> dict[str, Any]:
    values: dict[str, Any] = {"player": result.player, "steps": result.mean_steps()}
    for outcome in _OUTCOMES:
        values[outcome] = result.share(outcome)
        values[f"steps_{outcome}"] = result.mean_steps(outcome)
    return values


def _as_text(report: _Report, seeds: int) -> Iterator[str]:
    yield from report.problems
    if report.untold:
        yield f"{report.file}: and {report.untold} more"
    if report.assessment is not None:
        from noc_tui.bench.assess import ASSESSED_STEPS

        incident = report.assessment.incident
        limit = min(incident.max_steps, ASSESSED_STEPS)
        yield f"{report.file}: valid; {incident.title} ({incident.id}), {incident.difficulty}"
        yield f"  {seeds} episodes each, of at most {limit} steps: the share that ended so, and in how many steps"
        yield f"  {'':<18}{'resolved':>15}{'crashed':>15}{'out of time':>15}"
        for result in report.assessment.results:
            yield f"  {_LABELS.get(result.player, result.player):<18}" + "".join(
                f"{_cell(result, outcome):>15}" for outcome in _OUTCOMES[:3]
            )
    yield from report.warnings


_OUTCOMES: Final[tuple[Outcome, ...]] = ("resolved", "crashed", "truncated", "void")
_LABELS: Final = {"do_nothing": "wait"}


def _cell(result: PlayerResult, outcome: Outcome) -> str:
    """Share and mean steps: `96 % in 7.1`."""
    steps = result.mean_steps(outcome)
    return "-" if steps is None else f"{result.share(outcome) * 100:.0f} % in {steps:4.1f}"


class _Progress:
    """A line on standard error that says who is playing, once that takes long and a terminal is there to see it."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._shown = False

    def of(self, path: Path, episodes: int) -> Callable[[str, int], None]:
        """What is to be told of each episode of this file."""

        def tell(player: str, over: int) -> None:
            if sys.stderr.isatty() and time.monotonic() - self._began >= _PATIENCE:
                self._shown = True
                line = clean(f"{path.name}: {_LABELS.get(player, player)}, {over} of {episodes} episodes over", 79)
                typer.echo(f"\r{line}\x1b[K", nl=False, err=True)

        return tell

    def clear(self) -> None:
        """Take the line away, for others to be written."""
        if self._shown:
            typer.echo("\r\x1b[K", nl=False, err=True)
            self._shown = False
