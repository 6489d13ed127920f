"""The official client, kept within bounds: of time, of size, of what it may be made to wait for."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import aclosing, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.collecting import Collector, ReportedError, TooLargeError
from noc_tui.agents.llm.events import event_data
from noc_tui.agents.llm.failures import EncodedError, explained, said
from noc_tui.agents.llm.profiles import DEFAULT_ENDPOINT

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable

    from noc_tui.agents.llm.answers import Reply
    from noc_tui.agents.llm.profiles import Profile

MAX_RESPONSE_BYTES: Final = 8 * 2**20
"""Of one response. A token of a streamed answer comes in an event of some 300 bytes."""
_CONNECT_SECONDS: Final = 10.0
_END_SECONDS: Final = 0.2
"""Between the last event of an answer and the end of the response."""
_HEADERS: Final = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host", "user-agent"}
)
"""What every endpoint is sent, beside what the client says of itself (`x-stainless-...`)."""

for _name in ("openai", "httpcore2", "httpx2"):
    # They log the headers and URLs that servers send, and a server may send a key back.
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(slots=True)
class _Call:
    """What the hooks of the client have to know of the call that they work for."""

    deadline: float
    """On the clock of the event loop."""
    last_status: int | None = None
    """What the last attempt came to, where the client tries again."""


_CALL: Final[ContextVar[_Call]] = ContextVar("noc_tui_llm_call")


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted; to load them takes longer than most calls."""
    return httpx2.create_ssl_context()


class Client:
    """Asks one endpoint. To be made, used and closed by one event loop; making it takes a while."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._openai = AsyncOpenAI(
            # Without a key it would look for one that was meant for somebody else.
            api_key=profile.secret or "none",
            base_url=profile.base_url,
            max_retries=profile.retries,
            timeout=httpx2.Timeout(profile.time_limit, connect=min(_CONNECT_SECONDS, profile.time_limit)),
            default_headers={"Accept-Encoding": "identity", "Authorization": f"Bearer {profile.secret or 'none'}"},
            http_client=DefaultAsyncHttpxClient(
                verify=_certificates(),
                follow_redirects=False,  # the key stays where the user has sent it
                event_hooks={
                    "request": [] if profile.base_url == DEFAULT_ENDPOINT else [_leave_out_what_is_for_openai],
                    "response": [_keep_within_bounds],
                },
            ),
        )

    async def ask(self, arguments: dict[str, Any], deadline: float, listen: Callable[[Collector], None]) -> Reply:
        """What the endpoint answers to a call with these arguments of Chat Completions.

        `listen` is told whenever something more of the answer has come. Raises `AgentError` when it has not answered by
        the deadline (on the clock of the event loop) or has failed, `RefusedError` when it may take another request.
        """
        call = _Call(deadline)
        token = _CALL.set(call)
        failure: Exception
        try:
            async with asyncio.timeout_at(deadline):
                return await self._ask(arguments, listen)
        except TimeoutError:
            failure = AgentError(self._too_late(call))
        except AgentError as error:
            failure = AgentError(str(error))
        except ReportedError as error:
            failure = AgentError(f"{self._profile.host} broke off with an error{said(error.body, self._profile)}")
        except Exception as error:  # noqa: BLE001  (whatever a server can make the client raise)
            failure = explained(error, self._profile)
        finally:
            _CALL.reset(token)
        # Here, so that nothing of the client's, with what the server said, hangs on to it.
        raise failure

    async def _ask(self, arguments: dict[str, Any], listen: Callable[[Collector], None]) -> Reply:
        collector = Collector()
        # What `chat.completions.create` does but for its look at messages and schema, which takes as long as the rest.
        response = await self._openai.post("/chat/completions", cast_to=httpx2.Response, body=arguments, stream=True)
        async with aclosing(response):
            if "event-stream" not in response.headers.get("content-type", ""):
                collector.take(json.loads(await response.aread()))
                return collector.reply()
            events = event_data(response.aiter_raw())
            try:
                async for data in events:
                    if data.startswith(b"[DONE]"):
                        await _read_to_the_end(events)
                        break
                    if collector.add(json.loads(data)):
                        listen(collector)
            except httpx2.HTTPError:
                raise AgentError(f"the answer of {self._profile.host} broke off") from None
        if collector.finish is None:
            raise AgentError(f"the answer of {self._profile.host} broke off")
        return collector.reply()

    def _too_late(self, call: _Call) -> str:
        sentence = f"{self._profile.host} did not answer within {self._profile.time_limit:g} s"
        if call.last_status == 429:
            return f"{sentence}: rate limit or quota (429)"
        return f"{sentence}, and had failed before ({call.last_status})" if call.last_status else sentence

    async def close(self) -> None:
        """Close all connections."""
        await self._openai.close()


async def _read_to_the_end(events: AsyncIterator[bytes]) -> None:
    """Take what still comes of a whole answer: a connection whose response was not read to its end is closed.

    A server may keep it open for ever, and is not waited for.
    """
    with suppress(TimeoutError, TooLargeError, httpx2.HTTPError):
        async with asyncio.timeout(_END_SECONDS):
            async for _ in events:
                pass


async def _leave_out_what_is_for_openai(request: httpx2.Request) -> None:
    """Take out what the client adds from `OPENAI_ORG_ID`, `OPENAI_CUSTOM_HEADERS` and the like: for OpenAI alone."""
    for name in set(request.headers) - _HEADERS:
        if not name.startswith("x-stainless-"):
            del request.headers[name]


async def _keep_within_bounds(response: httpx2.Response) -> None:
    """Count what comes; refuse what would grow when it is read; do not try again when the time is too short for it."""
    if response.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise EncodedError
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101  (the client is asynchronous)
    response.stream = _Counted(response.stream)
    call = _CALL.get()
    call.last_status = response.status_code if response.is_error else None
    wait = _retry_after(response.headers)
    if wait is not None and wait >= call.deadline - asyncio.get_running_loop().time():
        response.headers["x-should-retry"] = "false"


def _retry_after(headers: httpx2.Headers) -> float | None:
    """The seconds to wait that the server asks for; None where it asks for none, or names a date."""
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None


class _Counted(httpx2.AsyncByteStream):
    """A body that ends with an error where it is too large."""

    def __init__(self, source: httpx2.AsyncByteStream) -> None:
        self._source = source

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._source:
            size += len(piece)
            if size > MAX_RESPONSE_BYTES:
                raise TooLargeError
            yield piece

    async def aclose(self) -> None:
        await self._source.aclose()
