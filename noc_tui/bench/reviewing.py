"""Reviewing afterwards what was played without."""

from __future__ import annotations

from concurrent.futures import as_completed
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from noc_tui.bench.folder import SESSIONS, Contents, FolderError, RowList
from noc_tui.bench.playing import review_chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from noc_tui.bench.engine import Engine
    from noc_tui.bench.outcomes import Row

_CHUNK: Final = 10


def review_missing(
    contents: Contents,
    engine: Engine,
    *,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    notice: Callable[[str], None] = lambda _: None,
) -> Contents:
    """Review the episodes of a folder that have not been; where the folder is an evaluation's, they stay reviewed."""
    missing = [contents.path(row) for row in contents.rows if row.reviewed is None]
    if not missing:
        return contents
    reviewed: dict[str, Row] = {}
    executor = engine()
    try:
        chunks = [
            executor.submit(review_chunk, missing[first : first + _CHUNK]) for first in range(0, len(missing), _CHUNK)
        ]
        for chunk in as_completed(chunks):
            played = chunk.result()
            reviewed.update((row.session, row) for row in played.rows)
            for sentence in played.notices:
                notice(sentence)
            tell(len(reviewed), len(missing))
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        _keep(contents, reviewed.values(), notice)
    return replace(contents, rows=tuple(reviewed.get(row.session, row) for row in contents.rows))


def _keep(contents: Contents, rows: Iterable[Row], notice: Callable[[str], None]) -> None:
    if (contents.folder / SESSIONS).is_dir():
        try:
            with RowList(contents.folder) as listed:
                listed.append(rows)
        except FolderError as error:
            notice(f"the reviews are not kept: {error}")
