"""`noc-tui train`: policies by PPO, and policies made of what Stable-Baselines3 has saved."""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003  (Typer evaluates the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from noc_tui.cli.common import (
    IncidentFolders,
    complain,
    examples,
    fail,
    incident_folders,
    load_incident,
    notice,
    say,
)
from noc_tui.cli.completion import complete_selections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from noc_tui.sim.catalog import Catalog
    from noc_tui.train.plan import Plan
    from noc_tui.train.run import Trained

_INTERRUPTED = 130
_MOST_TIMESTEPS = 10**10
_LARGEST_SEED = 2**53 - 1

commands = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)


class ObjectiveChoice(StrEnum):
    """What a policy is trained for."""

    REWARD = "reward"
    TIME = "time"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(
        commands,
        name="train",
        epilog=examples(
            "noc-tui train --objective time",
            "noc-tui train --incident all --timesteps 3000000 --envs 256 --out DIR",
            "noc-tui train --resume DIR",
        ),
    )


@commands.callback()
def train(
    context: typer.Context,
    *,
    timesteps: Annotated[
        int | None,
        typer.Option(min=1, max=_MOST_TIMESTEPS, metavar="N", help="Steps of all environments.", show_default="200000"),
    ] = None,
    incident: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="What is trained on: an id, classic, pack or all. Can be repeated.",
            show_default="classic",
            autocompletion=complete_selections,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=_LARGEST_SEED, metavar="N", help="Of all that chance decides.", show_default="42"),
    ] = None,
    envs: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, metavar="N", help="Environments side by side.", show_default="64"),
    ] = None,
    objective: Annotated[
        ObjectiveChoice | None,
        typer.Option(
            help="reward: what the environment pays, dawdling included; time: to resolve fast.", show_default="reward"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where policy, checkpoint and TensorBoard log go.",
            show_default="a new folder among your data",
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Go on with the training there, as it was begun.", show_default=False),
    ] = None,
    incidents: IncidentFolders = None,
) -> None:
    """Train a policy by PPO.

    Ctrl-C ends it with the best policy so far. The result is the same for the same options on the same machine, whether
    it was interrupted and resumed or not.
    """
    if context.invoked_subcommand is not None:
        return
    _need_training()
    from noc_tui.sim.catalog import catalog_of

    catalog = catalog_of(incident_folders(incidents))
    if resume is not None:
        if [given for given in (timesteps, incident, seed, envs, objective, out) if given is not None]:
            complain("--resume goes on as the training was begun; it takes no other option but --incidents", 2)
        _run(_begun(resume, catalog), resume, resume=True)
        return
    folder = out or _new_folder()
    given = {"timesteps": timesteps, "seed": seed, "envs": envs}
    plan = _plan(catalog, incident or ["classic"], objective or ObjectiveChoice.REWARD, given)
    _begin(plan, folder)
    _run(plan, folder, resume=False)


@commands.command("convert", epilog=examples("noc-tui train convert model.zip --trust"))
def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A model that Stable-Baselines3 has saved.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where the policy goes.", show_default="beside FILE"),
    ] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Load FILE, whatever it may do.", show_default=False)] = False,
) -> None:
    """Make a policy of a model that Stable-Baselines3 has saved (.zip).

    Such a file can run any code as soon as it is loaded. Convert none but from people that you trust.
    """
    _need_training()
    if not file.is_file():
        complain(f"{file}: is no file", 2)
    if output is None and (taken := _taken(file)) is not None:
        complain(f"{taken}: stands there already; --output names another place for the policy", 2)
    warning = f"{file}: a file of Stable-Baselines3 can run any code on this machine as soon as it is loaded"
    if not trust:
        complain(f"{warning}; say --trust if you trust whoever made it", 2)
    notice(warning)
    from noc_tui.agents.base import AgentError
    from noc_tui.train.export import convert as converted

    try:
        policy = converted(file, output or file)
    except (AgentError, OSError) as error:
        fail(error)
    say(f"{policy}: written, and what it is beside it; play it with --agent {shlex.quote(f'policy:{policy}')}")


def _taken(file: Path) -> Path | None:
    """What a policy beside that file would take the place of."""
    from noc_tui.agents.policy_file import CARD, WEIGHTS

    beside = (file.with_suffix(suffix) for suffix in (WEIGHTS, CARD))
    return next((path for path in beside if path.exists()), None)


def _need_training() -> None:
    try:
        import noc_tui.train  # noqa: F401  (says what is missing)
    except ModuleNotFoundError as error:
        complain(str(error), 2)


def _plan(
    catalog: Catalog, selections: Sequence[str], objective: ObjectiveChoice, given: Mapping[str, int | None]
) -> Plan:
    """What the options ask for. Exits where they cannot be used."""
    from noc_tui.bench.selection import SelectionError, select_incidents
    from noc_tui.sim.errors import IncidentError
    from noc_tui.train.objective import Objective
    from noc_tui.train.plan import Plan

    try:
        names = select_incidents(selections, catalog)
    except (IncidentError, SelectionError) as error:
        fail(error, 2)
    return Plan(
        incidents=tuple(load_incident(catalog, name) for name in names),
        objective=Objective(objective.value),
        **{name: value for name, value in given.items() if value is not None},
    )


def _new_folder() -> Path:
    from ulid import ULID

    from noc_tui import paths

    return paths.data_dir() / "policies" / str(ULID())


def _begin(plan: Plan, folder: Path) -> None:
    """Make the folder of a training. Exits 2 for one that holds another."""
    from noc_tui.train.checkpoint import PLAN_FILE, write_plan

    if (folder / PLAN_FILE).exists():
        complain(f"--out {folder}: holds a training already; go on with it by --resume, or name another folder", 2)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_plan(folder, plan)
    except OSError as error:
        fail(error)


def _begun(folder: Path, catalog: Catalog) -> Plan:
    from noc_tui.sim.errors import IncidentError
    from noc_tui.train.checkpoint import TrainingError, read_plan

    try:
        return read_plan(folder, catalog)
    except (IncidentError, TrainingError) as error:
        fail(error, 2)


def _run(plan: Plan, folder: Path, *, resume: bool) -> None:
    many = "1 incident" if len(plan.incidents) == 1 else f"{len(plan.incidents)} incidents"
    goes_on = f"noc-tui train --resume {shlex.quote(str(folder))} goes on"
    try:
        notice(f"training on {many}, into {folder}; Ctrl-C keeps the best so far")
        result = _trained(plan, folder, resume=resume)
    except KeyboardInterrupt:  # before the training proper, or once more while the best policy is evaluated
        notice(f"interrupted; {goes_on}")
        sys.exit(_INTERRUPTED)
    _report(plan, result)
    if result.interrupted:
        notice(f"interrupted after {result.timesteps:,} timesteps; {goes_on}")
        sys.exit(_INTERRUPTED)


def _trained(plan: Plan, folder: Path, *, resume: bool) -> Trained:
    """What the training comes to. Exits where it cannot be begun."""
    from rich.console import Console

    from noc_tui.cli.train_progress import TrainingProgress
    from noc_tui.train.checkpoint import TrainingError
    from noc_tui.train.run import train as trained

    try:
        with TrainingProgress(Console(file=sys.stderr), plan.total) as progress:
            return trained(plan, folder, tell=progress.show, resume=resume)
    except (OSError, TrainingError) as error:
        fail(error)


def _report(plan: Plan, result: Trained) -> None:
    """What the policy achieves, incident by incident."""
    evaluation = result.evaluation
    wide = max(len(incident.id) for incident in plan.incidents)
    say(f"{'incident':<{wide}}  resolved   steps  reward")
    for name, figures in evaluation.incidents.items():
        steps = "-" if figures.steps is None else f"{figures.steps:.1f}"
        resolved = f"{figures.resolved}/{evaluation.seeds}"
        say(f"{name:<{wide}}  {resolved:>8}  {steps:>6}  {figures.reward:>6.1f}")
    say(f"policy: {result.policy} (as it was after {result.best_at:,} timesteps)")
    say(f"play it: noc-tui watch {plan.incidents[0].id} --agent {shlex.quote(f'policy:{result.policy}')}")
