"""Whose session it is, until it is remembered."""

from __future__ import annotations

from errno import ENOSPC
from typing import TYPE_CHECKING

import pytest

from noc_tui.store.claims import Claim, Claims
from noc_tui.store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def claims(tmp_path: Path) -> Claims:
    return Claims(tmp_path / "queue")


def test_claims_are_read_as_they_were_put_the_oldest_session_first(claims: Claims) -> None:
    later, earlier = Claim("S2", "ana", "daily"), Claim("S1", "ben")
    claims.put(later)
    claims.put(earlier)
    assert claims.read() == ([earlier, later], [])
    assert claims.find("S2") == later


def test_a_claim_can_be_put_anew_and_dropped_twice(claims: Claims) -> None:
    claims.put(Claim("S1", "ana"))
    claims.put(Claim("S1", "ana", "shift"))
    assert claims.read() == ([Claim("S1", "ana", "shift")], [])
    claims.drop("S1")
    claims.drop("S1")
    assert claims.read() == ([], [])
    assert claims.find("S1") is None


def test_where_nobody_has_played_there_is_nothing(claims: Claims) -> None:
    assert claims.read() == ([], [])
    assert not claims.folder.exists()


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        ("not json", "is no JSON"),
        ('{"session": "S1"}', "player"),
        ('{"session": "../S1", "player": "ana", "drill": null}', "session"),
        ('{"session": "S2", "player": "ana", "drill": null}', "another session"),
        ('{"session": "S1", "player": "ana", "drill": "rm -rf"}', "drill"),
        ('{"session": "S1", "player": "a\\u001b", "drill": null}', "player"),
    ],
)
def test_a_damaged_claim_is_told_once_and_costs_no_other(claims: Claims, content: str, clause: str) -> None:
    claims.put(Claim("S9", "ana"))
    (claims.folder / "S1.claim").write_text(content)
    read, problems = claims.read()
    assert read == [Claim("S9", "ana")]
    assert len(problems) == 1
    assert "S1.claim: is damaged" in problems[0]
    assert clause in problems[0]
    assert claims.read() == ([Claim("S9", "ana")], [])


def test_a_claim_that_cannot_be_kept_leaves_nothing_behind(claims: Claims, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(StoreError, match="No space left"):
        claims.put(Claim("S1", "ana"))
    assert list(claims.folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        Claims(tmp_path / "file").put(Claim("S1", "ana"))
