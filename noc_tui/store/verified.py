"""Reviews of what came out bit for bit: what counts in ratings and on leaderboards rests on nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from noc_tui.episode.verify import verify
from noc_tui.review.positions import CannotReviewError
from noc_tui.review.session import review_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.episode.track import Track
    from noc_tui.review.model import Review

    Progress = Callable[[int, int], None]
    """Told how many of how many positions have been looked at."""

MOST_REVIEWED: Final = 2_000
"""Steps. A longer session is remembered without a review: it would take minutes."""


def verified_review(track: Track, progress: Progress | None = None) -> Review | None:
    """The review of a session that comes out as it is recorded when simulated again, page and end included.

    None where nothing was done in it, or more than can be reviewed. Raises `CannotReviewError` where it comes out
    differently: a review follows the steps, and takes the outcome from the record.
    """
    if not 0 < track.steps <= MOST_REVIEWED:
        return None
    verification = verify(track)
    if verification.difference is not None:
        note = f" ({verification.note})" if verification.note else ""
        raise CannotReviewError(f"session {track.header.session} cannot be reviewed: {verification.difference}{note}")
    return review_session(track, progress)
