"""The commands of the docs are run one after another, as a reader types them. (README's: `tests/cli/test_help.py`.)

Two kinds are not run as they stand: what takes many minutes (the trainings of the shipped policies, their evaluation),
and what needs a server, a model or a package of somebody's. Their options are parsed in `tests/test_docs.py`, and tests
of their own run the same on a smaller scale, against a server of the test.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.shell import noc
from tests.cli.test_help import takes_the_screen
from tests.test_docs import COMMANDS, PAGES, ROOT

if TYPE_CHECKING:
    from noc_tui.tui.launch import Launch

ELSEWHERE = {
    "agents.md: noc-tui run --agent llm": "tests/agents/llm",
    "agents.md: noc-tui watch cpu_overload --agent acme": "tests/agents/test_docs.py",
    "agents.md: noc-tui run --agent acme": "tests/agents/test_docs.py",
    "environments.md: noc-tui serve": "tests/server",
    "environments.md: noc-tui run --agent rules --env-url": "tests/server",
    "environments.md: noc-tui play cpu_overload --env-url": "tests/server",
    "environments.md: noc-tui train": "tests/train",
    "environments.md: noc-tui watch": "tests/agents/test_policy.py",
    "environments.md: noc-tui bench": "tests/agents/test_policy.py",
    "environments.md: noc-tui web": "tests/e2e/test_browser.py",
    "evaluation.md: noc-tui bench --agent": "tests/cli/test_bench.py",
    "policies.md: noc-tui": "tests/agents/test_policy.py",
}
"""How commands begin that are run on a smaller scale, and where."""


PLACES = {
    "export FILE": "export all.json",
    "import FILE": "import all.json",
    "assign FILE": "assign plan.toml",
    "validate FILE": "validate cron_pileup.toml",
    "leaderboard INCIDENT": "leaderboard cpu_overload",
    "report DIR": "report one",
    "report ONE OTHER": "report one other",
    "--versus last": "--versus last --seed 3",
    " --agent llm": "",
}
"""What a reader puts in the place of a word, here; and without a model what a model would do."""


def played() -> None:
    """A session that is remembered, of eight steps."""
    assert (
        noc("run", "--agent", "fixed:WWWWWWWW", "--incident", "network_congestion", "--seeds", "3:4", "--remember").code
        == 0
    )


def planned() -> None:
    """The same, and a plan that somebody else has made."""
    played()
    assert noc("drill", "assign", "plan.toml", "--incident", "classic").code == 0


def written() -> None:
    """The incident that its page shows."""
    (example,) = re.findall(r"^```toml\n(id = \"cron_pileup\".*?)^```", PAGES["incidents.md"], re.DOTALL | re.MULTILINE)
    Path("cron_pileup.toml").write_text(example)


def evaluated() -> None:
    """Two evaluations of two machines."""
    for folder, seeds in (("one", "1"), ("other", "1:2")):
        only = ("--agent", "rules", "--incident", "tls_expiry", "--seeds", seeds, "--output", folder)
        assert noc("bench", *only, "--no-reference", "--no-review").code == 0


READY = {
    "agents.md": played,
    "evaluation.md": evaluated,
    "exports.md": played,
    "incidents.md": written,
    "progress.md": planned,
}
"""What has to be there before the commands of a page are run; README's are run in `tests/cli/test_help.py`."""


def test_every_command_is_run_somewhere() -> None:
    assert all((ROOT / test).exists() for test in ELSEWHERE.values())
    pages = {told.partition(":")[0] for told in COMMANDS if not any(map(told.startswith, ELSEWHERE))}
    assert pages == {*READY, "README.md"}
    assert [beginning for beginning in ELSEWHERE if not any(told.startswith(beginning) for told in COMMANDS)] == []


def as_typed(told: str) -> str:
    """A command of a page as a reader here would type it."""
    command = told.partition(": ")[2].partition("|")[0].replace("...", "")
    for word, here in PLACES.items():
        command = command.replace(word, here)
    return command


@pytest.mark.parametrize("page", READY)
def test_the_commands_of_a_page_work_one_after_another(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[Launch] = []

    def run_app(launch: Launch) -> int:
        launched.append(launch)
        return 0

    monkeypatch.setattr("noc_tui.tui.app.run_app", run_app)
    monkeypatch.chdir(tmp_path)
    READY[page]()
    mine = [told for told in COMMANDS if told.startswith(page) and not any(map(told.startswith, ELSEWHERE))]
    for command in dict.fromkeys(map(as_typed, mine)):
        opens = takes_the_screen(command) or bool(re.search(r"drill assign \S+$", command))
        launched.clear()
        done = noc(*shlex.split(command)[1:], terminal=opens)
        assert done.code == 0, f"{command}: {done.err}"
        assert len(launched) == opens, command
