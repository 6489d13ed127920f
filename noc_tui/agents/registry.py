"""Agents by name: the program's own, and those that installed packages bring (entry points `noc_tui.agents`)."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from noc_tui.agents.asking import NAME_LIMIT, told
from noc_tui.agents.base import Agent, AgentError
from noc_tui.agents.fixed import FIXED, actions_of, keys_of
from noc_tui.agents.planner import PlannerAgent
from noc_tui.agents.script import ScriptAgent, read_script
from noc_tui.agents.scripted import RandomAgent, RulesAgent, WaitAgent
from noc_tui.agents.threaded import ThreadedAgent
from noc_tui.episode.records import CLOCK, HUMAN, SHORT_TEXT
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    AgentFactory = Callable[[int], Agent]
    """Makes the agent of one episode from the episode's seed."""

GROUP: Final = "noc_tui.agents"


@dataclass(frozen=True, slots=True)
class AgentName:
    """What a list says about an agent."""

    name: str
    description: str
    takes: str | None = None
    """What may stand behind a colon after the name; None for nothing."""
    alone: bool = False
    """Whether the name also stands without it."""

    @property
    def usage(self) -> str:
        """As one types it: `rules`, `script:FILE`, `llm[:NAME]`."""
        if self.takes is None:
            return self.name
        return f"{self.name}[:{self.takes}]" if self.alone else f"{self.name}:{self.takes}"

    @property
    def needs(self) -> str:
        """What it needs behind its name, for a sentence: `a file`, `keys`."""
        takes = (self.takes or "").lower()
        return takes if takes.endswith("s") else f"a {takes}"


BUILT_IN: Final = (
    AgentName("wait", "does nothing, whatever happens"),
    AgentName("random", "any action, each as likely as the others"),
    AgentName("rules", "worst symptom, usual remedy; looks at the metrics alone"),
    AgentName("planner", "near-perfect play; sees the rules and the hidden state, which no other agent is shown"),
    AgentName("ppo", "a policy trained by noc-tui train; SET is all, classic or pack", "SET", alone=True),
    AgentName("policy", "a trained policy of your own", "FILE"),
    AgentName("fixed", "a string of the keys W R T C E S, whatever happens, and then waits", "KEYS"),
    AgentName("script", "the actions of a file: an action a line, a JSON array, or a recorded session", "FILE"),
    AgentName("llm", "a language model; NAME is a profile of the config file", "NAME", alone=True),
)
_RESERVED: Final = {agent.name: agent for agent in BUILT_IN}
_VALID_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,47}")


def agent_names() -> tuple[list[AgentName], list[str]]:
    """Every agent there is, and one sentence for each entry point that cannot be used. Loads nobody's code."""
    installed, problems = _installed()
    names = list(BUILT_IN)
    for name, entries in sorted(installed.items()):
        if problem := _problem(name, entries):
            problems.append(problem)
        else:
            names.append(AgentName(name, _describe(entries[0])))
    return names, problems


def make_agent(spec: str, *, seed: int, hints: bool = False) -> Agent:
    """The agent `NAME` or `NAME:ARGUMENT` for one episode of that seed; `hints` as for `agent_factory`.

    Raises `AgentError` when there is no such agent, or it cannot be loaded.
    """
    return agent_factory(spec, hints=hints)(seed)


def agent_factory(spec: str, *, hints: bool = False) -> AgentFactory:
    """What makes the agent of that name for each of many episodes; its code or file is read once.

    With `hints` a language model is told the usual remedies of symptoms; nobody else is.

    Raises `AgentError` when there is no such agent, or it cannot be loaded; so does the factory.
    """
    name, colon, argument = spec.partition(":")
    if name not in _RESERVED:
        return _from_entry_point(spec, name, argument if colon else None)
    known = _RESERVED[name]
    if known.takes and not argument and (colon or not known.alone):
        raise AgentError(f"agent {name} needs {known.needs}: {known.usage}")
    if colon and not known.takes:
        raise AgentError(f"agent {name} takes nothing behind its name, not {clean(argument, 60)!r}")
    if name == "llm":
        return _model(argument or None, hints=hints)
    if name in {"policy", "ppo"}:
        return _policy(name, argument)
    if name == FIXED:
        return _fixed(argument)
    return _script(argument) if name == "script" else _SIMPLE[name]


_SIMPLE: Final[dict[str, AgentFactory]] = {
    "wait": lambda _: WaitAgent("wait"),
    "random": lambda seed: RandomAgent("random", seed),
    "rules": lambda _: RulesAgent("rules"),
    "planner": lambda _: PlannerAgent("planner"),
}


def _fixed(keys: str) -> AgentFactory:
    actions = actions_of(keys)
    return lambda _: ScriptAgent(f"{FIXED}:{keys_of(actions)}", actions)


def _script(file: str) -> AgentFactory:
    try:
        path = Path(file).expanduser()
        name, actions = clean(f"script:{path.name}", NAME_LIMIT), read_script(path)
    except AgentError as error:
        raise AgentError(clean(str(error), SHORT_TEXT)) from error
    except (RuntimeError, ValueError) as error:  # a home folder that there is not, a path that none can be
        raise AgentError(f"script {clean(file, 100)!r} cannot be read: {told(error)}") from error
    return lambda _: ScriptAgent(name, actions)


def _policy(kind: str, argument: str) -> AgentFactory:
    # Only those who have a policy play pay for NumPy's and pydantic's part in it.
    from noc_tui.agents.policy import PolicyAgent, load_network, policy_name, shipped_policy  # noqa: PLC0415

    try:
        path = Path(argument).expanduser() if kind == "policy" else shipped_policy(argument or None)
        name = policy_name(path) if kind == "policy" else ":".join(filter(None, (kind, argument)))
        network = load_network(path)
    except AgentError as error:
        raise AgentError(clean(str(error), SHORT_TEXT)) from error
    except (RuntimeError, ValueError) as error:
        raise AgentError(f"policy {clean(argument, 100)!r} cannot be read: {told(error)}") from error
    return lambda _: PolicyAgent(name, network)


def _model(name: str | None, *, hints: bool) -> AgentFactory:
    # Only those who ask a model pay for it.
    from noc_tui.agents.llm.agent import LLMAgent  # noqa: PLC0415
    from noc_tui.agents.llm.profiles import load_profile  # noqa: PLC0415
    from noc_tui.agents.llm.prompt import load_prompt  # noqa: PLC0415

    profile = load_profile(name)
    if hints:
        profile = replace(profile, hints=True)
    prompt = load_prompt(profile.prompt)
    return lambda _: LLMAgent(profile, prompt)


def _from_entry_point(spec: str, name: str, argument: str | None) -> AgentFactory:
    installed, _ = _installed()
    if name not in installed:
        raise AgentError(_unknown(name))
    if problem := _problem(name, installed[name]):
        raise AgentError(problem)
    entry = installed[name][0]
    where = f"agent {name} of {_origin(entry)} cannot be loaded"
    try:
        factory = entry.load()
    except (Exception, SystemExit) as error:
        raise AgentError(f"{where}: {told(error)}") from error
    if not callable(factory):
        raise AgentError(f"{where}: it is of type {type(factory).__name__}, and no factory of agents")
    return partial(_make, factory, clean(spec, NAME_LIMIT), argument, where)


def _make(factory: Callable[[str | None, int], Any], name: str, argument: str | None, where: str, seed: int) -> Agent:
    try:
        decider = factory(argument, seed)
    except AgentError as error:
        raise AgentError(clean(str(error), SHORT_TEXT)) from error
    except (Exception, SystemExit) as error:
        raise AgentError(f"{where}: {told(error)}") from error
    if not callable(getattr(decider, "decide", None)):
        raise AgentError(f"{where}: its factory made something of type {type(decider).__name__}, without decide")
    return ThreadedAgent(decider, name)


def _unknown(name: str) -> str:
    known = {agent.name: agent.usage for agent in agent_names()[0]}
    near = difflib.get_close_matches(name[:60], known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"no agent {clean(name, 60)!r}: {hint}there are {', '.join(known.values())}"


def _problem(name: str, entries: list[EntryPoint]) -> str | None:
    """Why the entry points of that name cannot be used, in a sentence."""
    origins = " and ".join(_origin(entry) for entry in entries)
    if name in _RESERVED:
        return f"agent {name} of noc-tui itself is used, and not that of {origins}; it needs another name"
    if name in {HUMAN, CLOCK}:
        return f"agent {name} of {origins} is not used, for recordings have that name for something else"
    if not _VALID_NAME.fullmatch(name):
        return f"agent {clean(name, 48)!r} of {origins} is not used; a name is of letters, digits, _, . and -"
    if len(entries) > 1:
        return f"agent {name} stands twice, in {origins}; uninstall one of them"
    return None


def _installed() -> tuple[dict[str, list[EntryPoint]], list[str]]:
    """The entry points by name, each package counted once, and one sentence for each package that cannot be read."""
    found: dict[str, list[EntryPoint]] = {}
    problems: list[str] = []
    seen: set[str] = set()
    for package in distributions():
        try:
            entries = [entry for entry in package.entry_points if entry.group == GROUP]
            if not entries or (key := _normalized(package.name)) in seen:
                continue  # the same package further down the path is hidden by the first
        except Exception as error:  # noqa: BLE001  (a broken package must not take the others with it)
            problems.append(f"the entry points of {_package(package)} cannot be read: {told(error)}")
            continue
        seen.add(key)
        for entry in entries:
            found.setdefault(entry.name, []).append(entry)
    return found, problems


def _normalized(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _package(package: Distribution) -> str:
    try:
        return clean(f"{package.name} {package.version}", 80)
    except Exception:  # noqa: BLE001  (what cannot be read has no name either)
        return "a broken package"


def _origin(entry: EntryPoint) -> str:
    """Whose entry point it is, for a sentence."""
    stands = clean(f"{entry.name} = {entry.value}", 120)
    return f"{_package(entry.dist)} (entry point {stands})" if entry.dist else f"the entry point {stands}"


def _describe(entry: EntryPoint) -> str:
    if entry.dist is None:
        return ""
    metadata = entry.dist.metadata
    summary = clean(metadata["Summary"], 100) if "Summary" in metadata else ""
    return f"{summary} ({_package(entry.dist)})" if summary else _package(entry.dist)
