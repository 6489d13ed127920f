"""Run the steps of `envs/noc_env/Dockerfile` without Docker, in an empty folder, and see whether what comes out plays.

    python -m scripts.prove_container

What is copied is copied from this checkout, what is run is run, and paths from `/` on lie in the folder. Left out is
what needs another machine: the base image, whose Python is the one that runs this, and its users. Then the start
command is started, asked for its health by the image's own check, played on with the client of the image, validated by
`openenv validate --url`, and stopped. Takes a minute or two: it installs all that the image does.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parent.parent
DOCKERFILE: Final = ROOT / "envs" / "noc_env" / "Dockerfile"
_OF_THE_MACHINE: Final = {"FROM", "USER", "LABEL", "EXPOSE"}
_DEADLINE: Final = 60.0
_PLAY: Final = """
from noc_env import ActionType, NOCAction, NocAgentEnvClient
with NocAgentEnvClient(base_url={url!r}).sync() as env:
    result = env.reset(incident_type="cpu_overload", seed=7)
    while not result.done:
        result = env.step(NOCAction(action_type=ActionType.THROTTLE_CPU))
    print("played", result.observation.step, "steps")
"""


class Image:
    """A folder that becomes what the image would hold."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.variables = {
            "PATH": f"{root}/usr/bin:/usr/bin:/bin",
            "HOME": f"{root}/home",
            "PORT": "8000",
            **{
                name: value
                for name, value in os.environ.items()
                if name.startswith(("PIP_", "SSL_", "HTTPS_", "HTTP_"))
            },
        }
        self.folder = root
        self.command: list[str] = []
        self.check: list[str] = []
        (root / "home").mkdir()
        # The Python of the base image.
        subprocess.run([sys.executable, "-m", "venv", str(root / "usr")], check=True)

    def inside(self, text: str) -> str:
        """A command or path with what is absolute in it put into the folder."""
        return re.sub(r"(?<![\w./])/(?=(?:src|opt|app)\b)", f"{self.root}/", text)

    def path(self, name: str) -> Path:
        """A path of the image."""
        return Path(self.inside(name)) if name.startswith("/") else self.folder / name

    def do(self, instruction: str, rest: str) -> None:
        """One instruction. Raises `ValueError` for one that is not known here."""
        known: dict[str, Callable[[str], None]] = {
            "WORKDIR": self._workdir,
            "ENV": self._env,
            "COPY": self._copy,
            "RUN": self._run,
            "CMD": self._cmd,
            "HEALTHCHECK": self._healthcheck,
        }
        if instruction in _OF_THE_MACHINE:
            return
        if instruction not in known:
            raise ValueError(f"{DOCKERFILE}: {instruction} is not known to this script")
        known[instruction](rest)

    def _workdir(self, rest: str) -> None:
        self.folder = self.path(rest)
        self.folder.mkdir(parents=True, exist_ok=True)

    def _env(self, rest: str) -> None:
        for assignment in shlex.split(rest):
            name, _, value = assignment.partition("=")
            self.variables[name] = self.inside(value).replace("$PATH", self.variables["PATH"])

    def _copy(self, rest: str) -> None:
        *sources, target = shlex.split(rest)
        if sources[0].startswith("--from="):
            return  # all stages lie in one folder
        for source in sources:
            into = self.path(target)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, into, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                into.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, into)

    def _run(self, rest: str) -> None:
        if rest.startswith("useradd "):
            return
        print(f"$ {rest}", flush=True)
        done = self.call(["/bin/sh", "-ec", self.inside(rest)])
        if done.returncode:
            sys.exit((done.stdout + done.stderr).decode())

    def _cmd(self, rest: str) -> None:
        self.command = json.loads(rest)

    def _healthcheck(self, rest: str) -> None:
        self.check = json.loads(rest.partition("CMD ")[2])

    def call(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        """Run a command of the image to its end."""
        return subprocess.run(command, cwd=self.folder, env=self.variables, check=False, capture_output=True)


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, with continued lines joined and comments left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    split = (line.strip().partition(" ") for line in lines.splitlines() if line.strip())
    return [(name, " ".join(rest.split())) for name, _, rest in split]


def prove(root: Path) -> None:
    """Install, start, check, play, validate, stop. Exits with a sentence at the first that fails."""
    image = Image(root)
    for name, rest in instructions(DOCKERFILE.read_text("utf-8")):
        image.do(name, rest)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        image.variables["PORT"] = str(probe.getsockname()[1])
    url = f"http://127.0.0.1:{image.variables['PORT']}"
    bin_folder = Path(image.variables["PATH"].partition(":")[0])
    with subprocess.Popen(
        [str(bin_folder / image.command[0]), *image.command[1:]], cwd=image.folder, env=image.variables
    ) as server:
        try:
            began = time.monotonic()
            check = [str(bin_folder / image.check[0]), *image.check[1:]]
            while image.call(check).returncode:
                if server.poll() is not None or time.monotonic() - began > _DEADLINE:
                    sys.exit("the start command does not become healthy")
                time.sleep(0.1)
            for command in (
                [str(bin_folder / "python"), "-c", _PLAY.format(url=url)],
                [str(bin_folder / "openenv"), "validate", "--url", url],
            ):
                done = image.call(command)
                print(done.stdout.decode(), flush=True)
                if done.returncode:
                    sys.exit(f"{command[0]} failed: {done.stderr.decode()}")
            server.terminate()
            if server.wait(30):
                sys.exit(f"the start command ended with {server.returncode}")
        finally:
            server.kill()
    print("the steps of the Dockerfile work")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        prove(Path(name).resolve())
