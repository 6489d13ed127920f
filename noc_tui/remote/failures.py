"""What can go wrong between here and a server, as a sentence."""

from __future__ import annotations

import os
import ssl
from typing import Final

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.frames import CloseCode

from noc_tui.remote.models import NO_EPISODE
from noc_tui.text import clean

FAILURES: Final = (
    OSError,  # connections, and answers that take too long
    WebSocketException,
    RuntimeError,  # what the server refuses; answers that are nested too deeply
    ValueError,  # what is no address, no JSON, or not what it should be
    AttributeError,  # OpenEnv's client takes every answer for an object
    KeyError,
    TypeError,
)
"""What OpenEnv's client raises over a server that is not there, is no noc-tui server, or refuses."""

STRANGE: Final = "does not answer as a noc-tui server does"
_UNAUTHORIZED: Final = 401
_STOPPED: Final = frozenset({CloseCode.GOING_AWAY, CloseCode.SERVICE_RESTART})
_LONGEST: Final = 400


def sentence_of(url: str, error: Exception) -> str:
    """The sentence for one of `FAILURES`, which names the server."""
    if isinstance(error, ConnectionError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, RuntimeError) and not isinstance(error, RecursionError):
        said = str(error).removeprefix("Server error: ").partition(" (code: ")[0]
        lost = "has lost the episode: it was started anew, or the connection was lost"
        sentence = f"{url} {lost}" if said.startswith(NO_EPISODE) else f"{url}: {said}"
    elif type(error) is ValueError:  # of what is not quite an address
        sentence = f"{url}: {error}"
    else:
        sentence = f"{url} {_predicate(error)}"
    return clean(sentence, _LONGEST)


def _predicate(error: Exception) -> str:
    """What the server does, or does not."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        wants = "wants its token: --token, or NOC_SERVER_TOKEN"
        return wants if status == _UNAUTHORIZED else f"{STRANGE} (HTTP {status})"
    if isinstance(error, ConnectionClosed):
        return _parting(error)
    if isinstance(error, TimeoutError):
        return "takes too long to answer"
    if isinstance(error, OSError):
        return f"cannot be reached: {reason}" if (reason := _reason(error)) else "cannot be reached"
    return STRANGE


def _reason(error: OSError) -> str | None:
    # asyncio puts the call that has failed in place of the reason.
    if error.errno is not None and str(error.strerror).startswith("Connect call failed"):
        return os.strerror(error.errno)
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS, which https:// and wss:// ask for"
    return error.strerror


def _parting(error: ConnectionClosed) -> str:
    """How the connection has ended."""
    by_us = None if error.rcvd_then_sent else error.sent
    if by_us is not None and by_us.code != CloseCode.INTERNAL_ERROR:
        return STRANGE
    if error.rcvd is None or by_us is not None:  # without a farewell, or without an answer to a ping
        return "has gone: the connection was lost"
    return "has been stopped" if error.rcvd.code in _STOPPED else "has ended the connection"
