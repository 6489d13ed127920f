"""Finding agents by name: those of the program, and those that installed packages bring."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from noc_tui.agents.asking import ask, close_agent
from noc_tui.agents.base import AgentError
from noc_tui.agents.registry import agent_factory, agent_names, make_agent
from noc_tui.sim.actions import ActionType
from tests.agents.samples import install, observe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AMPLE = 30.0
MODULE = "acme_agents_of_a_test"

CODE = """
from noc_tui.episode.records import Decision

class Theirs:
    def __init__(self, argument, seed):
        self.said = f"argument {argument!r}, seed {seed}"

    async def decide(self, observation):
        return Decision(action="clear_cache", driver="whoever", rationale=self.said)

class Indecisive:
    def __init__(self, argument, seed):
        pass

def choosy(argument, seed):
    from noc_tui.agents.base import AgentError
    raise AgentError("acme wants\\x1b[31m a model:\\nacme:MODEL")

def broken(argument, seed):
    raise ConnectionError("no\\x1b[31m endpoint\\nat all")

answer = 42
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Installs a package of agents: its entry points, and the code of its module."""
    folders = iter(range(100))

    def put(entry_points: str, code: str = CODE, package: str = "acme-agents") -> None:
        folder = tmp_path / f"site-packages-{next(folders)}"
        install(folder, entry_points.replace("MODULE", MODULE), code=code, module=MODULE, package=package)
        monkeypatch.syspath_prepend(folder)

    yield put
    sys.modules.pop(MODULE, None)


def refusal(spec: str) -> str:
    with pytest.raises(AgentError) as caught:
        make_agent(spec, seed=1)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize("spec", ["wait", "random", "rules"])
def test_the_programs_own_agents_are_called_what_they_are_asked_for(spec: str) -> None:
    assert make_agent(spec, seed=1).name == spec


async def test_random_plays_the_episodes_seed() -> None:
    async def actions(seed: int) -> list[ActionType]:
        agent = make_agent("random", seed=seed)
        return [(await agent.decide(observe(step=step))).action for step in range(20)]

    assert await actions(1) == await actions(1) != await actions(2)


async def test_a_script_is_found_by_its_file_and_named_without_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "night shift.txt"
    path.write_text("scale_up")
    agent = make_agent(f"script:{path}", seed=1)
    assert agent.name == "script:night shift.txt"
    assert (await agent.decide(observe())).action is ActionType.SCALE_UP


async def test_a_script_is_read_once_and_begins_anew_in_each_episode(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text("scale_up\nclear_cache")
    factory = agent_factory(f"script:{path}")
    path.unlink()
    assert [(await factory(seed).decide(observe())).action for seed in (1, 2)] == [ActionType.SCALE_UP] * 2


ALL = "wait, random, rules, planner, ppo[:SET], policy:FILE, fixed:KEYS, script:FILE, llm[:NAME]"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("ruels", f"no agent 'ruels': did you mean rules? there are {ALL}"),
        ("xyzzy", f"no agent 'xyzzy': there are {ALL}"),
        ("", f"no agent '': there are {ALL}"),
        ("\x1b[2Jevil\n" + "x" * 9_000, "no agent 'evil xxx"),
        ("script", "agent script needs a file: script:FILE"),
        ("script:", "agent script needs a file: script:FILE"),
        ("rules:hard", "agent rules takes nothing behind its name, not 'hard'"),
        ("script:~nobody-of-that-name/file", "script '~nobody-of-that-name/file' cannot be read: RuntimeError: "),
        ("script:a\0b", "script 'ab' cannot be read: ValueError: "),
        ("policy:~nobody-of-that-name/a.json", "policy '~nobody-of-that-name/a.json' cannot be read: RuntimeError: "),
        ("policy:a\0b.json", "policy 'ab.json' cannot be read: ValueError: "),
        ("script:\x1b[31mred", "red: the script cannot be read: No such file"),
        ("script:\udce9", ": the script cannot be read: No such file"),
        ("script:no/such/file", "no/such/file: the script cannot be read: No such file or directory"),
    ],
)
def test_a_name_that_is_none_is_told_with_what_there_is(spec: str, says: str) -> None:
    assert refusal(spec).startswith(says)


async def test_an_installed_agent_gets_argument_and_seed_and_plays_under_its_name(
    installed: Callable[..., None],
) -> None:
    installed("acme = MODULE:Theirs")
    for spec, said in (("acme", "argument None, seed 5"), ("acme:fast:er", "argument 'fast:er', seed 5")):
        agent = make_agent(spec, seed=5)
        decision = await ask(agent, observe(), AMPLE)
        await close_agent(agent)
        assert decision.action is ActionType.CLEAR_CACHE
        assert (decision.driver, decision.rationale) == (spec, said)


def test_installed_agents_are_listed_without_loading_them(installed: Callable[..., None]) -> None:
    installed("acme = MODULE:Theirs\nzeta = MODULE:Theirs", code="raise SystemExit('loaded')")
    names, problems = agent_names()
    assert [name.usage for name in names] == [*ALL.split(", "), "acme", "zeta"]
    assert names[-1].description == "Agents of Acme (acme-agents 1.2)"
    assert all(name.description for name in names)
    assert problems == []
    assert MODULE not in sys.modules


def test_an_installed_agent_is_offered_for_a_mistyped_name(installed: Callable[..., None]) -> None:
    installed("acme = MODULE:Theirs")
    assert refusal("acmee").startswith("no agent 'acmee': did you mean acme? there are wait,")


ACME = "agent acme of acme-agents 1.2 (entry point acme = "


@pytest.mark.parametrize(
    ("entry_point", "code", "says"),
    [
        ("MODULE:Theirs", "raise OSError('no \\x1b[31mGPU')", f"{MODULE}:Theirs) cannot be loaded: OSError: no GPU"),
        ("MODULE:Theirs", "import sys; sys.exit(3)", f"{MODULE}:Theirs) cannot be loaded: SystemExit: 3"),
        ("MODULE:Theirs", "def f(:", f"{MODULE}:Theirs) cannot be loaded: SyntaxError: "),
        ("MODULE:Missing", CODE, f"{MODULE}:Missing) cannot be loaded: AttributeError: module '{MODULE}' has no"),
        ("no_such_module:x", CODE, "no_such_module:x) cannot be loaded: ModuleNotFoundError: No module named"),
        ("not a reference", CODE, "not a reference) cannot be loaded: "),
        ("MODULE:answer", CODE, f"{MODULE}:answer) cannot be loaded: it is of type int, and no factory of agents"),
        ("MODULE:broken", CODE, f"{MODULE}:broken) cannot be loaded: ConnectionError: no endpoint at all"),
        (
            "MODULE:Indecisive",
            CODE,
            f"{MODULE}:Indecisive) cannot be loaded: its factory made something of type Indecisive,",
        ),
    ],
)
def test_an_agent_that_cannot_be_loaded_is_told_with_its_entry_point(
    installed: Callable[..., None], entry_point: str, code: str, says: str
) -> None:
    installed(f"acme = {entry_point}", code=code)
    assert refusal("acme").startswith(ACME + says)


def test_what_a_factory_says_in_an_agent_error_is_told_as_it_stands(installed: Callable[..., None]) -> None:
    installed("acme = MODULE:choosy")
    assert refusal("acme") == "acme wants a model: acme:MODEL"


def test_an_entry_point_cannot_take_the_name_of_an_agent_of_the_program(installed: Callable[..., None]) -> None:
    installed("rules = MODULE:Theirs\nacme = MODULE:Theirs")
    assert type(make_agent("rules", seed=1)).__name__ == "RulesAgent"
    names, problems = agent_names()
    assert [name.name for name in names].count("rules") == 1
    assert len(problems) == 1
    assert problems[0].startswith("agent rules of noc-tui itself is used, and not that of acme-agents 1.2 (entry")


@pytest.mark.parametrize("name", ["human", "clock"])
def test_an_agent_cannot_be_taken_for_a_person_or_the_clock(installed: Callable[..., None], name: str) -> None:
    installed(f"{name} = MODULE:Theirs")
    assert "recordings have that name for something else" in refusal(name)
    assert len(agent_names()[1]) == 1


def test_a_name_that_cannot_be_typed_is_not_offered(installed: Callable[..., None]) -> None:
    installed("with space = MODULE:Theirs\n\x1b[31mred = MODULE:Theirs")
    names, problems = agent_names()
    assert [name.usage for name in names] == ALL.split(", ")
    assert len(problems) == 2
    assert all("a name is of letters, digits" in problem and problem.isprintable() for problem in problems)


def test_a_name_that_two_packages_bring_is_refused(installed: Callable[..., None]) -> None:
    installed("acme = MODULE:Theirs")
    installed("acme = MODULE:Theirs", package="other-agents")
    message = refusal("acme")
    assert message.startswith("agent acme stands twice, in ")
    assert "acme-agents 1.2" in message
    assert "other-agents 1.2" in message
    assert agent_names()[1] == [message]


def test_a_package_that_lies_on_the_path_twice_counts_once(installed: Callable[..., None]) -> None:
    installed("acme = MODULE:Theirs")
    installed("acme = MODULE:Theirs", package="Acme_Agents")
    assert make_agent("acme", seed=1).name == "acme"
    assert agent_names()[1] == []


def test_a_package_with_damaged_entry_points_leaves_the_others_alone(installed: Callable[..., None]) -> None:
    installed("this is no entry point", package="broken-agents")
    installed("acme = MODULE:Theirs")
    names, problems = agent_names()
    assert names[-1].name == "acme"
    assert len(problems) == 1
    assert problems[0].startswith("the entry points of broken-agents 1.2 cannot be read: ")
