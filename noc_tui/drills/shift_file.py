"""A shift as it goes on, and the file that it is kept in, so that one that was interrupted can be continued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noc_tui.drills.errors import DrillError
from noc_tui.drills.results import result_of
from noc_tui.drills.whole import LONGEST_PAUSE, PAGES, Assignment, ShiftPage
from noc_tui.episode.errors import SessionError
from noc_tui.episode.format import describe
from noc_tui.episode.library import SUFFIX, UNFINISHED, summarize
from noc_tui.episode.reader import SessionFile
from noc_tui.episode.records import LARGEST_INTEGER
from noc_tui.files import read_small, write_whole
from noc_tui.store.entries import SessionEntry  # noqa: TC001  (pydantic resolves it at run time)
from noc_tui.store.people import PlayerName  # noqa: TC001  (see above)

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """A page that has been answered: the session it became, and what came of it."""

    session: str
    over: bool = False
    """It has been played to its end."""
    entry: SessionEntry | None = None
    """None until it has been reviewed."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A night on call, as far as it has gone. A value: what happens makes a new one."""

    player: str
    pages: tuple[ShiftPage, ...]
    answered: tuple[Answered, ...] = ()
    """The last of them may be in play still."""

    @property
    def open_session(self) -> str | None:
        """The session of the last page that was answered, where it has not been played to its end."""
        last = self.answered[-1:]
        return last[0].session if last and not last[0].over else None

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """The sessions that were played to their end, and of which nobody knows what came of them."""
        return tuple(each.session for each in self.answered if each.over and each.entry is None)

    @property
    def next_page(self) -> ShiftPage | None:
        """The page that comes next; None where it was the last."""
        return self.pages[len(self.answered)] if len(self.answered) < len(self.pages) else None

    @property
    def entries(self) -> tuple[SessionEntry, ...]:
        """What came of the pages, in their order, as far as it is known."""
        return tuple(each.entry for each in self.answered if each.entry is not None)

    @property
    def is_over(self) -> bool:
        """Whether all pages have been played, and what came of them is known."""
        return len(self.entries) == len(self.pages)

    def begun(self, session: str) -> Shift:
        """The next page is being answered. Raises `DrillError` after the last one."""
        if self.next_page is None:
            raise DrillError("the shift has no more pages")
        return replace(self, answered=(*self.answered, Answered(session)))

    def played(self) -> Shift:
        """The page in play has been played to its end."""
        *before, last = self.answered
        return replace(self, answered=(*before, replace(last, over=True)))

    def ended(self, entry: SessionEntry) -> Shift:
        """It is known what came of a session; one that is not of this shift changes nothing."""
        known = (Answered(a.session, True, entry) if a.session == entry.session else a for a in self.answered)
        return replace(self, answered=tuple(known))

    def dropped(self) -> Shift:
        """Nothing happened in the session of the page in play: the page comes again."""
        return replace(self, answered=self.answered[:-1]) if self.open_session else self


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    incident: Annotated[str, Field(min_length=1, max_length=48)]
    seed: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
    pause: Annotated[int, Field(ge=0, le=LONGEST_PAUSE)]


class _Answered(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    session: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,64}$")]
    over: bool
    entry: SessionEntry | None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["noc-tui shift"]
    version: Literal[1]
    player: PlayerName
    pages: Annotated[tuple[_Page, ...], Field(min_length=1, max_length=PAGES)]
    answered: Annotated[tuple[_Answered, ...], Field(max_length=PAGES)]


def save_shift(path: Path, shift: Shift) -> None:
    """Keep the shift. Raises `DrillError` where it cannot be."""
    file = _File(
        format="noc-tui shift",
        version=1,
        player=shift.player,
        pages=tuple(
            _Page(incident=page.assignment.incident, seed=page.assignment.seed, pause=page.pause)
            for page in shift.pages
        ),
        answered=tuple(_Answered(session=a.session, over=a.over, entry=a.entry) for a in shift.answered),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, file.model_dump_json(indent=1) + "\n")
    except OSError as error:
        raise DrillError(f"{path}: the shift cannot be kept: {error.strerror}") from error


def load_shift(path: Path) -> Shift | None:
    """The shift that is kept there; None where there is none. Raises `DrillError` for a file that is none."""
    try:
        file = _File.model_validate_json(read_small(path, _MAX_BYTES))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DrillError(f"{path}: the shift cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise DrillError(f"{path}: is no shift: {describe(error)}") from error
    if len(file.answered) > len(file.pages):
        raise DrillError(f"{path}: is no shift: more pages were answered than there are")
    return Shift(
        player=file.player,
        pages=tuple(ShiftPage(Assignment(page.incident, page.seed), page.pause) for page in file.pages),
        answered=tuple(Answered(each.session, each.over, each.entry) for each in file.answered),
    )


def forget_shift(path: Path) -> None:
    """The shift is over. Raises `DrillError` where its file cannot be removed."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DrillError(f"{path}: cannot be removed: {error.strerror}") from error


def caught_up(shift: Shift, folder: Path) -> Shift:
    """The shift after a look at its sessions in `folder`: what has ended meanwhile, what nothing happened in.

    Reviews what has not been reviewed: for a worker. Raises `DrillError` where a session has gone, or cannot be read.
    """
    if (session := shift.open_session) is not None:
        path = folder / f"{session}{SUFFIX}"
        if not path.exists():
            shift = shift.dropped()
        elif _has_ended(path):
            shift = shift.played()
    for session in shift.unreviewed:
        try:
            with SessionFile.open(folder / f"{session}{SUFFIX}") as file:
                shift = shift.ended(result_of(file, person=shift.player, drill="shift").entry)
        except (SessionError, ValueError) as error:
            raise DrillError(f"the shift cannot be continued: {error}") from error
    return shift


def _has_ended(path: Path) -> bool:
    try:
        return summarize(path).status not in UNFINISHED
    except SessionError as error:
        raise DrillError(f"the shift cannot be continued: {error}") from error
