"""Which model is asked, where, and how: from the environment, `.env` and the tables `[llm]` of the config file."""

from __future__ import annotations

import difflib
import io
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noc_tui import paths
from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.prices import Price
from noc_tui.files import read_small
from noc_tui.preferences import DOTENV, MAX_FILE_BYTES, load_preferences
from noc_tui.settings import MODEL_PREFIX
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENT: Final = "llm"
"""The agent, and the table of the config file. Those of named profiles stand in it."""
DEFAULT_ENDPOINT: Final = "https://api.openai.com/v1"
ENDPOINT_VARIABLE: Final = "API_BASE_URL"
MODEL_VARIABLE: Final = "MODEL_NAME"
KEY_VARIABLES: Final = ("API_KEY", "HF_TOKEN", "OPENAI_API_KEY")
"""The first of them that is set is the key."""

_MOST_PROFILES: Final = 50
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,47}")


def _url(text: str) -> str:
    """The base of an endpoint, as the client wants it. The messages never hold the value: it may hold a key."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("should be a URL like http://localhost:8000/v1") from None
    if parts.scheme not in {"http", "https"} or not host or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("should be a URL like http://localhost:8000/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError("should hold no user name and no password; a key has a setting of its own")
    if parts.query or parts.fragment:
        raise ValueError("should end with its path, without what follows a ? or #")
    return text.rstrip("/").removesuffix("/chat/completions")


def _key(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value().strip()
    if not (text.isascii() and text.isprintable()) or " " in text or not 0 < len(text) <= 4096:
        raise ValueError("should be printable characters without spaces")
    return SecretStr(text)


Url = Annotated[str, Field(max_length=500), AfterValidator(_url)]
Key = Annotated[SecretStr, AfterValidator(_key)]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]


class ProfileTable(BaseModel):
    """What may stand in `[llm]` and `[llm.NAME]`; None is what is not given there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    base_url: Url | None = None
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    api_key: Key | None = None
    api_key_env: Variable | None = None
    """The variable that holds the key, so that the file need not."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=16, le=1_000_000)] | None = None
    time_limit: Annotated[float, Field(ge=0.1, le=3600)] | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | None = None
    hints: bool | None = None
    prompt: Annotated[str, Field(min_length=1, max_length=1000)] | None = None


_VARIABLES: Final = {ENDPOINT_VARIABLE: "base_url", MODEL_VARIABLE: "model"} | {
    f"{MODEL_PREFIX}{setting.upper()}": setting
    for setting in ("temperature", "max_tokens", "time_limit", "retries", "hints", "prompt")
}
"""The settings that are variables as well; the key has variables of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A model, where it is, and how it is asked. The key is in no `repr`."""

    name: str = AGENT
    """`llm` or `llm:NAME`."""
    base_url: str = DEFAULT_ENDPOINT
    model: str
    api_key: SecretStr | None = None
    temperature: float = 0.2
    max_tokens: int = 2048
    """Of one answer, thoughts included."""
    time_limit: float = 30.0
    """Seconds for one decision, retries included."""
    retries: int = 2
    """How often the client tries again after 429, 5xx and lost connections."""
    hints: bool = False
    """Whether the model is told the usual remedies of symptoms."""
    prompt: Path | None = None
    """The user's own template."""
    price: Price | None = None

    @property
    def host(self) -> str:
        """Where the model is, for a sentence."""
        return urlsplit(self.base_url).netloc

    @property
    def secret(self) -> str | None:
        """The key in clear: for the client, and for keeping it out of what is shown."""
        return self.api_key.get_secret_value() if self.api_key is not None else None


def load_profile(name: str | None = None) -> Profile:
    """The profile `[llm.NAME]`, or what `llm` alone stands for.

    A named profile has from `llm` what it does not say itself; the key of `llm` only along with the endpoint, so that
    no key goes where it was not meant to go. Raises `AgentError` when there is no such profile, when something in it is
    wrong, or when no model is named.
    """
    sources = _Sources()
    if name is not None and name not in sources.named:
        near = difflib.get_close_matches(name[:60], sources.named, n=1)
        there = f"there are {', '.join(sources.named)}" if sources.named else "there is none yet"
        hint = f"did you mean {near[0]}? " if near else ""
        raise AgentError(f"no model profile {clean(name, 60)!r}: {hint}{there} ([{AGENT}.NAME] in {sources.place})")
    return sources.profile(name)


def all_profiles() -> tuple[list[Profile], list[str]]:
    """Every profile that can be used, `llm` itself first where it names a model, and one sentence for each other."""
    try:
        sources = _Sources()
    except AgentError as error:
        return [], [str(error)]
    profiles, problems = [], []
    for name in ([None] if sources.names_a_model else []) + list(sources.named):
        try:
            profiles.append(sources.profile(name))
        except AgentError as error:
            problems.append(str(error))
    return profiles, problems


class _Sources:
    """The settings of models, as they were found. Raises `AgentError` where a file cannot be read at all."""

    def __init__(self) -> None:
        self.place = clean(str(paths.config_file()), 300)
        file = _read_config(paths.config_file(), self.place)
        self._variables = _read_dotenv() | {name: value for name, value in os.environ.items() if value}
        table = file.get(AGENT, {})
        if not isinstance(table, dict):
            raise AgentError(f"{self.place}: {AGENT}: should be a table")
        self._table = {key: value for key, value in table.items() if not isinstance(value, dict)}
        self.named = {key: value for key, value in table.items() if isinstance(value, dict)}
        if len(self.named) > _MOST_PROFILES:
            raise AgentError(f"{self.place}: {AGENT}: has more than {_MOST_PROFILES} profiles")
        self._prices = file.get("prices", {})

    @property
    def names_a_model(self) -> bool:
        """Whether `llm` alone can be meant to work."""
        return bool(self._table or self._variables.get(MODEL_VARIABLE))

    def profile(self, name: str | None) -> Profile:
        common = _checked(self._table, f"{self.place}: {AGENT}")
        given = self._from_variables(common)
        shown = AGENT
        if name is not None:
            if not _NAME.fullmatch(name):
                raise AgentError(
                    f"{self.place}: {AGENT}: profile {clean(name, 48)!r}: a name is of letters, digits, _, . and -"
                )
            shown = f"{AGENT}:{name}"
            own = _checked(self.named[name], f"{self.place}: {AGENT}.{name}")
            given = _inherit(given, self._with_key(own, f"{self.place}: {AGENT}.{name}"))
        model = given.pop("model", None)
        if model is None:
            raise AgentError(
                f"agent {shown} has no model: set {MODEL_VARIABLE} and {ENDPOINT_VARIABLE}, or model and base_url "
                f"in [{shown.replace(':', '.')}] of {self.place}"
            )
        return Profile(
            name=shown,
            model=model,
            price=self._price(model),
            **{"time_limit": load_preferences().agent_seconds} | given,
        )

    def _from_variables(self, common: dict[str, Any]) -> dict[str, Any]:
        """The settings of `llm` itself: variables before the table; the table's key only for the table's endpoint."""
        given = self._with_key(common, f"{self.place}: {AGENT}")
        own: dict[str, Any] = {}
        for variable, value in self._variables.items():
            if setting := _setting_of(variable):
                own |= _checked({setting: value}, variable, as_text=True)
        if own.get("base_url", given.get("base_url")) != given.get("base_url"):
            given.pop("api_key", None)
        if "prompt" in own:
            own["prompt"] = Path(os.path.expanduser(own["prompt"]))  # noqa: PTH111  (Path.expanduser raises)
        given |= own
        for variable in KEY_VARIABLES:
            if variable == "HF_TOKEN" and "base_url" not in given:
                continue  # another company's key does not go to the default endpoint
            if variable != "API_KEY" and "api_key" in given:
                break
            if found := self._variables.get(variable):
                given["api_key"] = _checked({"api_key": found}, variable, as_text=True)["api_key"]
                break
        return given

    def _with_key(self, given: dict[str, Any], place: str) -> dict[str, Any]:
        """The settings with the key that `api_key_env` points to, and with a whole path of the template."""
        given = dict(given)
        variable = given.pop("api_key_env", None)
        if variable is not None and "api_key" not in given:
            value = self._variables.get(variable)
            if value is None:
                raise AgentError(f"{place}: api_key_env: the variable {variable} is not set")
            given["api_key"] = _checked({"api_key": value}, variable, as_text=True)["api_key"]
        if "prompt" in given:
            template = os.path.expanduser(given["prompt"])  # noqa: PTH111  (Path.expanduser raises)
            given["prompt"] = paths.config_file().parent / template
        return given

    def _price(self, model: str) -> Price | None:
        if not isinstance(self._prices, dict):
            raise AgentError(f"{self.place}: prices: should be a table")
        if model not in self._prices:
            return None
        try:
            return Price.model_validate(self._prices[model])
        except ValidationError as error:
            raise AgentError(_sentence(error, f"{self.place}: prices.{clean(model, 80)}")) from None


def _setting_of(variable: str) -> str | None:
    """The setting of `llm` that a variable is; None for one that is none. Raises `AgentError` for a misspelt one."""
    if variable in _VARIABLES or not variable.startswith(MODEL_PREFIX):
        return _VARIABLES.get(variable)
    raise AgentError(f"{clean(variable, 80)}: unknown variable; there are {', '.join(_VARIABLES)}")


def _inherit(given: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    if "base_url" in own:
        given = {key: value for key, value in given.items() if key != "api_key"}
    return given | own


def _checked(table: Mapping[str, Any], place: str, *, as_text: bool = False) -> dict[str, Any]:
    """What the table gives, validated. Raises `AgentError`, which names place and key and never the value."""
    try:
        found = ProfileTable.model_validate(dict(table), strict=None if as_text else True)
    except ValidationError as error:
        raise AgentError(_sentence(error, place)) from None
    return {key: value for key, value in found if value is not None}


def _sentence(error: ValidationError, place: str) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    key = ".".join(clean(str(part), 60) for part in first["loc"][:1])
    if first["type"] == "extra_forbidden":
        return f"{place}: {key}: unknown key; there are {', '.join(ProfileTable.model_fields)}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}{f': {key}' if key else ''}: {message[0].lower()}{message[1:]}"


def _read_config(file: Path, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(read_small(file, MAX_FILE_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise AgentError(f"{place}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):  # no UTF-8, no TOML, or nested by the thousand
        raise AgentError(f"{place}: is no TOML that settings could stand in") from None


def _read_dotenv() -> dict[str, str]:
    if not os.path.isfile(DOTENV):  # noqa: PTH113  (Path.is_file raises)
        return {}
    try:
        text = read_small(DOTENV, MAX_FILE_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise AgentError(f"{DOTENV}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        return {}  # somebody else's
    return {binding.key: binding.value for binding in parse_stream(io.StringIO(text)) if binding.key and binding.value}
