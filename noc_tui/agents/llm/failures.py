"""What went wrong with a call, in a sentence: host, key, model, quota, or what was sent."""

from __future__ import annotations

import os
import re
import socket
import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import openai

from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.adapting import RefusedError
from noc_tui.agents.llm.collecting import TooLargeError
from noc_tui.agents.llm.redaction import redact
from noc_tui.text import clean

if TYPE_CHECKING:
    from noc_tui.agents.llm.profiles import Profile

_SAID: Final = 160
"""Characters of what a server says that are told."""
_SEARCHED: Final = 2_000
"""Characters of it that are searched for what it finds wrong."""


class EncodedError(Exception):
    """What was sent is compressed, though that was asked not to be: nobody knows how large it is."""


def explained(error: Exception, profile: Profile) -> Exception:
    """The `AgentError` or `RefusedError` that tells what happened, without the key, whoever has brought it up."""
    host = profile.host
    if isinstance(error, openai.APIConnectionError) and isinstance(error.__cause__, EncodedError | TooLargeError):
        error = error.__cause__
    match error:
        case openai.APIStatusError():
            return _of_status(error, profile)
        case openai.APITimeoutError():
            sentence = f"{host} did not answer in time"
        case openai.APIConnectionError():
            sentence = f"no connection to {host}{_by_way_of(profile)}: {_reason(error, profile)}"
        case TooLargeError():
            sentence = f"{host} sent more than any answer can be; the rest was not read"
        case EncodedError():
            sentence = f"{host} sent a compressed answer, though asked not to; it was not read"
        case openai.OpenAIError():
            sentence = f"{host} cannot be asked ({type(error).__name__})"
        case _:
            sentence = f"{host} sent something that is no Chat Completions answer ({type(error).__name__})"
    return AgentError(sentence)


def _of_status(error: openai.APIStatusError, profile: Profile) -> Exception:
    host, message, model = profile.host, said(error.body, profile), clean(redact(profile.model, profile.secret), 80)
    match error.status_code:
        case 401 if profile.api_key is None:
            return AgentError(f"{host} wants an API key (401), and none is set")
        case 401:
            return AgentError(f"{host} does not accept the API key (401)")
        case 402:
            sentence = f"{host} wants to be paid (402)"
        case 403:
            sentence = f"{host} does not allow it with this API key (403)"
        case 404:
            sentence = f"{host} knows no model {model}, or no Chat Completions at that URL (404)"
        case 413:
            sentence = f"{host} finds the prompt too long (413)"
        case 429 if error.code == "insufficient_quota":
            sentence = f"the quota at {host} is used up (429)"
        case 429:
            sentence = f"{host} takes no more requests for now: rate limit or quota (429)"
        case status if status >= 500:
            sentence = f"{host} failed ({status})"
        case status if status < 400:
            return AgentError(f"{host} has moved to another URL ({status}), which is not followed: check the endpoint")
        case status:
            sentence = f"{host} refused the request ({status})"
    parameter = error.param if isinstance(error.param, str) else None
    text = _message(error.body, profile, _SEARCHED)
    return RefusedError(sentence + message, status=error.status_code, parameter=parameter, text=text)


def said(body: object, profile: Profile) -> str:
    """What a server says in the body of an error, as the end of a sentence."""
    message = _message(body, profile, _SAID)
    return f": {message}" if message else ""


def _message(body: object, profile: Profile, limit: int) -> str:
    found = body
    if isinstance(body, dict):
        found = body.get("message", body.get("detail", body.get("error", "")))
        if isinstance(found, dict):
            found = found.get("message", "")
        elif isinstance(found, list):
            found = str(found[:3])
    if not isinstance(found, str) or re.match(r"\s*<(?:!doctype|html)", found, re.IGNORECASE):
        return ""
    # Cut after the key has been taken out, or a part of it would stay.
    return clean(redact(clean(found, 2 * _SEARCHED), profile.secret), limit).strip()


def _by_way_of(profile: Profile) -> str:
    """The proxy that the environment wants to be asked instead, for a sentence; its password is not told."""
    endpoint, proxies = urlsplit(profile.base_url), getproxies()
    proxy = proxies.get(endpoint.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(endpoint.netloc):
        return ""
    where = urlsplit(proxy if "//" in proxy else f"//{proxy}").netloc.rpartition("@")[2]
    return f" by way of the proxy {clean(redact(where, profile.secret), 80)}"


def _reason(error: Exception, profile: Profile) -> str:
    """What lies at the bottom of a failed connection."""
    cause: BaseException = error
    for _ in range(20):  # exceptions can hang together in a circle
        below = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause.__cause__ or cause.__context__
        if below is None:
            break
        cause = below
    if isinstance(cause, OSError) and cause.errno and not isinstance(cause, socket.gaierror | ssl.SSLError):
        text = os.strerror(cause.errno)  # asyncio puts another text beside the number
    else:
        text = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return clean(redact(clean(text, _SEARCHED), profile.secret), _SAID)
