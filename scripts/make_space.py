"""Put together the folder that is pushed to a Hugging Face Space.

    python -m scripts.make_space FOLDER

A Space builds the Dockerfile at its root, with its own files as context. So the project's files go there, as far as the
image needs them, and README, manifest, Dockerfile and validation plan of `envs/noc_env` in front.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ENVIRONMENT: Final = ROOT / "envs" / "noc_env"
PROJECT: Final = ("pyproject.toml", "LICENSE", "incidents", "noc_tui", "envs/noc_env")
FRONT: Final = ("README.md", "Dockerfile", "openenv.yaml", "validation")


def make_space(folder: Path) -> None:
    """Fill the folder, which must not be there yet or be empty. Raises `FileExistsError`."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: holds something already")
    for name in PROJECT:
        _copy(ROOT / name, folder / name)
    for name in FRONT:
        _copy(ENVIRONMENT / name, folder / name)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


def main() -> None:
    """The command."""
    if len(sys.argv) != 2:
        sys.exit("expected one folder")
    try:
        make_space(Path(sys.argv[1]))
    except FileExistsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
