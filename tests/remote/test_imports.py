"""What comes along with the client, in a process of its own; and with everybody who is none."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVER_SIDE = (
    "gradio",
    "fastapi",
    "starlette",
    "uvicorn",
    "fastmcp",
    "mcp",
    "noc_tui.server",
    "openenv.core.env_server.http_server",
    "openenv.core.env_server.web_interface",
)


def ran(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)


def loaded(code: str, names: tuple[str, ...]) -> str:
    done = ran(f"{code}\nimport sys\nprint(sorted(set({names!r}) & set(sys.modules)))")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_client_loads_neither_server_nor_web_page_and_is_there_within_a_second_of_work() -> None:
    code = (
        "import time; from noc_tui.remote import NocAgentEnvClient, NOCAction;"
        "NocAgentEnvClient(base_url='http://127.0.0.1:1'); print(time.process_time())"
    )
    done = ran(f"{code}\nimport sys\nprint(sorted(set({SERVER_SIDE!r}) & set(sys.modules)))")
    seconds, names = done.stdout.splitlines()
    assert names == "[]"
    # Of its own time, interpreter included: what else the machine does is no matter.
    assert float(seconds) < 1.0


def test_the_server_loads_no_gradio_and_no_model_client() -> None:
    code = "import noc_tui.server.app, noc_tui.server.running, noc_tui.server.web"
    assert loaded(code, ("gradio", "openai", "aiohttp", "textual", "gymnasium", "torch")) == "[]"


@pytest.mark.parametrize(
    "path",
    [
        "import noc_tui.cli, noc_tui.tui.app, noc_tui.tui.screens.play",
        "import noc_tui.sim.batch, noc_tui.episode.episode, noc_tui.bench.run, noc_tui.cli.run, noc_tui.cli.serve",
    ],
    ids=["the screens", "headless runs"],
)
def test_nobody_loads_openenv_who_does_not_ask_for_it(path: str) -> None:
    assert loaded(path, ("openenv", "websockets", "noc_tui.remote", "noc_tui.server", *SERVER_SIDE)) == "[]"


def test_what_was_not_loaded_with_the_client_is_loaded_when_it_is_asked_for() -> None:
    done = ran(
        "import sys; sys.modules['gradio'] = None  # which OpenEnv can do without, and which takes its time\n"
        "import noc_tui.remote.base as base, openenv.core, openenv.core.env_server as server\n"
        "assert openenv.core.EnvClient is base.EnvClient\n"
        "assert server.Action is base.Action\n"
        "from openenv.core import GenericEnvClient\n"
        "from openenv.core.env_server import create_app\n"
        "assert issubclass(GenericEnvClient, base.EnvClient)\n"
        "assert 'create_app' in server.__all__\n"
        "try: openenv.core.nothing\n"
        "except AttributeError as error: print(error)"
    )
    assert done.stdout == "module 'openenv.core' has no attribute 'nothing'\n", done.stderr


def test_without_openenv_one_sentence_says_which_extra_installs_it() -> None:
    done = ran("import sys; sys.modules['openenv'] = None; import noc_tui.remote")
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: playing on a server needs OpenEnv, which the extra `server` installs:"
        " pip install 'noc-tui[server]'"
    )
    assert "During handling" not in done.stderr
