"""The folder of the environment: what its image is made of, and what is pushed to a Space."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from openenv.validation import Level, Verdict, run_validation  # type: ignore[import-untyped]

from noc_tui.server.container import container_app, serve_container, settings_from
from noc_tui.server.limits import Limits
from noc_tui.server.running import ServeError
from scripts.make_space import make_space
from scripts.prove_container import DOCKERFILE, ROOT, instructions, prove

ENVS = ROOT / "envs"
STEPS = instructions(DOCKERFILE.read_text("utf-8"))


def steps(name: str) -> list[str]:
    return [rest for instruction, rest in STEPS if instruction == name]


def test_continued_lines_are_joined_and_comments_left_out() -> None:
    assert instructions("# a\nFROM x\n\nRUN a && \\\n    b\n") == [("FROM", "x"), ("RUN", "a && b")]


def test_the_image_stands_on_a_slim_python_of_a_fixed_version_and_runs_as_nobody_special() -> None:
    assert {re.sub(" AS .*", "", base) for base in steps("FROM")} == {"python:3.13-slim"}
    assert steps("USER") == ["1000"]
    assert "--uid 1000" in next(step for step in steps("RUN") if step.startswith("useradd"))
    after_user = [name for name, _ in STEPS[[name for name, _ in STEPS].index("USER") :]]
    assert not {"RUN", "COPY"} & set(after_user)


def test_the_image_keeps_no_caches_and_starts_without_a_shell() -> None:
    (install,) = (step for step in steps("RUN") if "pip install" in step)
    assert "--no-cache-dir" in install
    assert not steps("ADD")
    assert steps("CMD") == ['["python", "-m", "noc_env.server.app"]']
    (check,) = steps("HEALTHCHECK")
    assert "/health" in check
    assert 'CMD ["python", "-c"' in check


def test_all_that_is_copied_is_there_and_no_more_is_sent_to_the_builder() -> None:
    sent = (ENVS / "noc_env" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert sent[0] == "*"
    allowed = {line[1:] for line in sent if line.startswith("!")}
    copied = {source for step in steps("COPY") if "--from" not in step for source in step.split()[:-1]}
    assert all((ROOT / source).exists() for source in copied)
    assert {source.removesuffix("/requirements.txt") for source in copied} == allowed


def test_hadolint_finds_nothing_wrong_with_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="paths of the image are those of Linux")
def test_its_steps_install_start_play_and_stop_in_an_empty_folder(tmp_path: Path) -> None:
    prove(tmp_path)


def test_environment_variables_say_how_it_serves() -> None:
    plain = settings_from({})
    assert (plain.token, plain.record, plain.web, plain.limits) == (None, None, False, Limits())
    told = settings_from(
        {
            "NOC_SERVER_TOKEN": "t",
            "NOC_SERVER_RECORD": "folder",
            "ENABLE_WEB_INTERFACE": "True",
            "MAX_CONCURRENT_ENVS": "3",
        }
    )
    assert (told.token, told.record, told.web, told.limits.sessions) == ("t", Path("folder"), True, 3)


@pytest.mark.parametrize("number", ["0", "-1", "many", "5000", "1" * 30, "²"])
def test_a_number_that_is_none_is_a_sentence(number: str) -> None:
    with pytest.raises(ServeError, match=r"MAX_CONCURRENT_ENVS is '.*'; expected a whole number from 1 to 4096"):
        settings_from({"MAX_CONCURRENT_ENVS": number})


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"MAX_CONCURRENT_ENVS": "many"}, "MAX_CONCURRENT_ENVS is 'many'; expected a whole number from 1 to 4096"),
        ({"NOC_SERVER_TOKEN": "t\n"}, "the token has to be of printable ASCII characters, without a space at its ends"),
        ({"NOC_SERVER_RECORD": "/dev/null/x"}, "recordings cannot be kept in /dev/null/x: Not a directory"),
        ({"PORT": "http"}, "PORT is 'http'; expected a whole number from 1 to 65535"),
    ],
)
def test_what_cannot_be_served_ends_the_container_with_a_sentence(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(SystemExit, match=f"noc_env: {sentence}"):
        serve_container(variables)


def test_an_application_that_cannot_be_made_is_a_sentence() -> None:
    with pytest.raises(SystemExit, match="noc_env: MAX_CONCURRENT_ENVS is 'many'; expected a whole number"):
        container_app({"MAX_CONCURRENT_ENVS": "many"})


def test_the_package_is_what_openenv_looks_for() -> None:
    code = (
        "import noc_env, noc_env.client, noc_env.models, noc_env.server.app as server\n"
        "assert noc_env.NocAgentEnvClient is noc_env.client.NocAgentEnvClient\n"
        "assert callable(server.main)\n"
        "print(sorted(noc_env.__all__), {'/ws', '/health', '/web'} <= {route.path for route in server.app.routes})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ENVS), "ENABLE_WEB_INTERFACE": "true"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "['ActionType', 'NOCAction', 'NOCObservation', 'NOCState', 'NocAgentEnvClient'] True\n"


def test_the_readme_has_what_a_space_wants_to_know() -> None:
    _, matter, text = (ENVS / "noc_env" / "README.md").read_text("utf-8").split("---\n", 2)
    facts = yaml.safe_load(matter)
    assert (facts["sdk"], facts["app_port"], facts["base_path"]) == ("docker", 8000, "/web")
    assert "openenv" in facts["tags"]
    assert "docker build --file envs/noc_env/Dockerfile" in text


def test_a_space_is_the_project_with_the_environment_in_front(tmp_path: Path) -> None:
    folder = tmp_path / "space"
    make_space(folder)
    assert (folder / "README.md").read_text("utf-8").startswith("---\ntitle: noc-tui\n")
    assert (folder / "Dockerfile").read_bytes() == DOCKERFILE.read_bytes()
    for step in steps("COPY"):
        if "--from" not in step:
            assert all((folder / source).exists() for source in step.split()[:-1])
    assert not list(folder.rglob("__pycache__"))
    assert run_validation(folder, max_level=Level.STATIC).verdict is Verdict.PASS
    with pytest.raises(FileExistsError, match="holds something already"):
        make_space(folder)
