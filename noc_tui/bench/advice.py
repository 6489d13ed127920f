"""What the author of an incident should look at again, though the file can be used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from noc_tui.bench.assess import Assessment
    from noc_tui.sim.incident import Incident

ALWAYS: Final = 0.95
"""The share of episodes from which on a player is said to resolve them always."""
ITSELF: Final = 0.5
"""The share that waiting may resolve in an incident that is no control."""

_EXCERPT: Final = 60


def advice(assessment: Assessment) -> list[str]:
    """A clause for each thing that is probably not meant."""
    return [
        *_of_outcomes(assessment),
        *_of_single_actions(assessment),
        *(
            f"logs[{number}] wrote no line in any of these episodes; see whether its `when` can hold"
            for number in assessment.silent
        ),
        *leaks(assessment.incident),
        *(f"{result.player} failed: {result.error}" for result in assessment.results if result.error),
    ]


def leaks(incident: Incident) -> list[str]:
    """A clause for each log line that holds the id or the title, which blind play is to hide."""
    names = {"the id": incident.id, "the title": incident.title}
    return [
        f"logs[{number}] holds {what}, which gives the incident away in blind play: {clean(rule.text, _EXCERPT)!r}"
        for number, rule in enumerate(incident.logs, 1)
        if (what := next((what for what, name in names.items() if _words(name) in _words(rule.source, rule.text)), ""))
    ]


def _words(*texts: str) -> str:
    """The words of the texts, whatever stands between them."""
    words = re.findall(r"[^\W_]+", " ".join(texts).casefold())
    return f" {' '.join(words)} "


def _of_outcomes(assessment: Assessment) -> Iterator[str]:
    waiting = assessment.result(ActionType.DO_NOTHING)
    by_itself = waiting.share("resolved") if waiting else 0.0
    control = assessment.incident.difficulty == "control"
    if not any(result.share("resolved") for result in assessment.results):
        tried = ", ".join(result.player for result in assessment.results)
        yield f"cannot be resolved, as it seems: nobody resolved a single episode ({tried})"
    elif control and by_itself < ALWAYS:
        yield f"is a control, but waiting resolves only {by_itself * 100:.0f} % of the episodes"
    elif not control and by_itself >= ITSELF:
        yield f"resolves itself: waiting is enough in {by_itself * 100:.0f} % of the episodes, as in a control"


def _of_single_actions(assessment: Assessment) -> Iterator[str]:
    if assessment.incident.difficulty == "control":
        return
    for result in assessment.results:
        if result.player in ACTIONS and result.player != ActionType.DO_NOTHING and result.share("resolved") >= ALWAYS:
            yield (
                f"{result.player} in every step resolves {result.share('resolved') * 100:.0f} % of the episodes, "
                f"in {result.mean_steps('resolved'):.1f} steps: whoever finds it need not think"
            )
