"""Who plays which session, and for which drill: a small file each, from before the first step until it is remembered.

A program may be killed at any point. What a session came to stands in its own file; whose it is, only here.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from noc_tui.episode.format import describe
from noc_tui.episode.records import SessionId  # noqa: TC001  (pydantic resolves the annotations at run time)
from noc_tui.files import read_small
from noc_tui.store.errors import StoreError
from noc_tui.store.people import PlayerName  # noqa: TC001  (see above)

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX: Final = ".claim"
_MAX_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Claim:
    """A session is somebody's."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid", strict=True)

    session: SessionId
    player: PlayerName
    drill: Annotated[str, Field(pattern=r"^[a-z_]{1,16}$")] | None = None
    """Which drill it belongs to; None: it is played for its own sake."""


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Claim]:
    return TypeAdapter(Claim)


class Claims:
    """The claims in a folder, each in a file that is called by its session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, claim: Claim) -> None:
        """Keep a claim, in place of one on the same session. Raises `StoreError`.

        Nothing waits for the disk: it has to outlast the program, not a power cut.
        """
        path = self._path(claim.session)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(asdict(claim)) + "\n")
            beside.replace(path)
        except OSError as error:
            with suppress(OSError):  # nothing half written is left behind, where that can be helped
                beside.unlink()
            raise StoreError(f"{self.folder}: who plays cannot be kept there: {error.strerror}") from error

    def find(self, session: str) -> Claim | None:
        """The claim on a session; None where there is none that can be read."""
        try:
            return _parsed(self._path(session))
        except (OSError, ValueError):
            return None

    def drop(self, session: str) -> None:
        """Let go of the claim on a session, if there is one. Raises `StoreError`."""
        path = self._path(session)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{path}: cannot be removed: {error.strerror}") from error

    def files(self) -> list[Path]:
        """The files of all claims, oldest session first; nothing where the folder is not there, or cannot be read."""
        try:
            with os.scandir(self.folder) as found:
                names = sorted(e.name for e in found if e.name.endswith(SUFFIX) and not e.name.startswith("."))
        except OSError:
            return []
        return [self.folder / name for name in names]

    def read(self) -> tuple[list[Claim], list[str]]:
        """All claims, oldest session first, and a sentence for each file that is none; such a file goes."""
        claims: list[Claim] = []
        problems: list[str] = []
        for path in self.files():
            try:
                claims.append(_parsed(path))
            except FileNotFoundError:
                continue  # another program has dealt with it
            except OSError as error:
                problems.append(f"{path}: cannot be read: {error.strerror}")
            except ValueError as error:
                problems.append(f"{path}: is damaged: {error}; whose session it was is not known any more")
                with suppress(OSError):  # or it is met again, and told again
                    path.unlink()
        return claims, problems

    def _path(self, session: str) -> Path:
        return self.folder / f"{session}{SUFFIX}"


def _parsed(path: Path) -> Claim:
    """The claim in a file. Raises `OSError`, and `ValueError` with a clause for what is none."""
    try:
        content = read_small(path, _MAX_BYTES)  # first: in most cases there is none, and no adapter to be built
        claim = _adapter().validate_json(content)
    except ValidationError as error:
        raise ValueError(describe(error)) from error
    if claim.session != path.stem:
        raise ValueError(f"it is called by another session than {claim.session}")
    return claim
