"""Servers that are not there, go, or say what no noc-tui server says: one sentence each, and nothing else happens."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import closing
from typing import Any

import pytest

from noc_tui.episode.records import Decision
from noc_tui.remote.episode import Connection, RemoteEpisode, RemoteError
from noc_tui.remote.failures import sentence_of
from noc_tui.server.app import ServerSettings
from noc_tui.sim.actions import ActionType
from tests.remote.strangers import error, observation, saying_in_a_thread, state
from tests.server.serving import served

THROTTLE = Decision(action=ActionType.THROTTLE_CPU, driver="me")
STRANGE = "does not answer as a noc-tui server does"


def told(*answers: Any, at_most: int | None = None) -> str:
    """What is told of a server with these answers, which is called "it"."""
    with saying_in_a_thread(*answers) as url, closing(Connection(url, seconds=20)) as connection:

        def play() -> None:
            episode = RemoteEpisode.begin(connection, incident="cpu_overload", at_most=at_most, driver="me")
            while True:
                episode.step(THROTTLE)

        with pytest.raises(RemoteError) as failed:
            play()
        return str(failed.value).replace(url, "it")


@pytest.mark.parametrize(
    "answer",
    [
        "hello",
        '"hello"',
        "[]",
        "[" * 100_000,
        b"\xff\xfe\x00",
        {"type": "observation"},
        {"type": "observation", "data": []},
        {"type": "observation", "data": {"observation": None}},
        {"type": "error", "data": [1]},
        " " * (5 * 2**20),
        observation(step=2),
        observation(step=1, max_steps="x"),
        observation(step=1),
        observation(step=1, reward=float("nan")),
        observation(step=1, reward=float("inf")),
        observation(step=1, reward="much"),
        observation(step=1, reward=1.0, reward_terms={"health": float("nan")}),
        observation(step=1, reward=1.0, health_score=float("nan")),
        observation(step=1, reward=1.0, metrics=[1]),
        observation(step=10**400, reward=1.0),
    ],
    ids=lambda answer: str(answer)[:16],
)
def test_what_no_noc_tui_server_says_is_told_as_that(answer: Any) -> None:
    assert told(observation(), state(), answer) == f"it {STRANGE}"


def test_an_episode_without_a_seed_or_an_end_is_none_of_a_noc_tui_server() -> None:
    assert told(observation(), state(seed=None)) == f"it {STRANGE}"
    assert told(observation(), state(seed="x")) == f"it {STRANGE}"
    assert (
        told(observation(max_steps=10**12), state(), observation(max_steps=10**12), state(), at_most=5)
        == f"it {STRANGE}"
    )
    assert told(observation(max_steps=1), state(), observation(step=1, reward=1.0)) == f"it {STRANGE}"


def test_a_server_without_tls_is_told_apart_from_one_that_nobody_vouches_for() -> None:
    without = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)")
    assert sentence_of("it", without) == (
        "it cannot be reached: it does not speak TLS, which https:// and wss:// ask for"
    )
    unknown = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    unknown.verify_message = "self-signed certificate"
    assert sentence_of("it", unknown) == "it cannot be reached: self-signed certificate"


@pytest.mark.parametrize("token", ["\N{PARTY POPPER}", "a\nb"])
def test_a_token_that_cannot_be_sent_is_told_before_anybody_is_asked(token: str) -> None:
    with pytest.raises(
        RemoteError, match=r"^http://it: a token is of printable ASCII characters, and this one is not$"
    ):
        Connection("http://it", token)


def test_what_a_server_says_reaches_no_terminal_as_it_is() -> None:
    said = told(observation(), state(), error("\x1b[31mno\x07\u202e [b]room[/b]\n" + "x" * 10**6))
    assert said.startswith("it: no [b]room[/b] xxx")
    assert said.isprintable()
    assert len(said) <= 400


def test_a_server_that_goes_says_how() -> None:
    assert told(observation(), state(), None) == "it has gone: the connection was lost"

    async def stopped() -> str:
        async with served() as server:
            connection = Connection(server.url, seconds=20)
            await asyncio.to_thread(connection.reset)
        with pytest.raises(RemoteError) as failed:
            await asyncio.to_thread(connection.reset)
        await asyncio.to_thread(connection.close)
        return str(failed.value).replace(server.url, "it")

    assert asyncio.run(stopped()) == "it cannot be reached: Connection refused"


def test_a_server_that_was_started_anew_has_lost_the_episode() -> None:
    sentence = "no episode has been started in this session: reset first"
    lost = "it has lost the episode: it was started anew, or the connection was lost"
    assert told(observation(), state(), error(sentence)) == lost


def test_a_server_that_wants_its_token_says_how_to_give_it() -> None:
    async def refused(url: str, token: str | None) -> str:
        connection = Connection(url, token)
        with pytest.raises(RemoteError) as failed:
            await asyncio.to_thread(connection.reset)
        await asyncio.to_thread(connection.close)
        return str(failed.value).replace(url, "it")

    async def run() -> list[str]:
        async with served(ServerSettings(token="sesame")) as server:  # noqa: S106  (the test's own)
            return [await refused(server.url, token) for token in (None, "wrong")] + [
                await refused(f"{server.url}/elsewhere", "sesame")
            ]

    wants = "it wants its token: --token, or NOC_SERVER_TOKEN"
    assert asyncio.run(run()) == [wants, wants, f"it {STRANGE} (HTTP 403)"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://[::1", "http://[::1: Invalid IPv6 URL"),
        ("http://127.0.0.1:99999", "http://127.0.0.1:99999: Port out of range 0-65535"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9 cannot be reached: Connection refused"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(RemoteError) as failed, closing(Connection(url)) as connection:
        connection.reset()
    assert str(failed.value) == sentence
