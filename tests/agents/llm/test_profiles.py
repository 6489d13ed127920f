"""Which model is asked: where its settings come from, which wins, and where a key may go."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc_tui import paths
from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.prices import Price
from noc_tui.agents.llm.profiles import Profile, all_profiles, load_profile
from noc_tui.agents.registry import agent_factory
from noc_tui.preferences import load_preferences

CANARY = "sk-canary-0123456789abcdef"


def config(content: str) -> None:
    """Write the config file."""
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().write_text(content)


def dotenv(content: str) -> None:
    """Write the `.env` of the working folder."""
    Path(".env").write_text(content)


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names a model and where it is."""
    monkeypatch.setenv("API_BASE_URL", "http://localhost:8000/v1/")
    monkeypatch.setenv("MODEL_NAME", "small")
    return monkeypatch


def problem(name: str | None = None) -> str:
    with pytest.raises(AgentError) as caught:
        load_profile(name)
    return str(caught.value)


# --- the environment


def test_three_variables_are_enough(set_to: pytest.MonkeyPatch) -> None:
    set_to.setenv("API_KEY", CANARY)
    found = load_profile()
    assert (found.name, found.base_url, found.model, found.secret) == (
        "llm",
        "http://localhost:8000/v1",
        "small",
        CANARY,
    )
    assert (found.temperature, found.time_limit, found.retries, found.hints, found.price) == (0.2, 30.0, 2, False, None)


def test_a_local_model_needs_no_key(set_to: pytest.MonkeyPatch) -> None:
    assert load_profile().secret is None


def test_the_key_is_the_first_of_three(set_to: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "HF_TOKEN", "API_KEY"):
        set_to.setenv(variable, f"the-{variable}")
        assert load_profile().secret == f"the-{variable}"
    set_to.setenv("API_KEY", "")
    assert load_profile().secret == "the-HF_TOKEN"  # noqa: S105  (no secret)


def test_the_token_of_another_company_does_not_go_to_the_default_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_NAME", "small")
    monkeypatch.setenv("HF_TOKEN", "hf-token")
    assert (load_profile().base_url, load_profile().secret) == ("https://api.openai.com/v1", None)
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    assert load_profile().secret == CANARY


def test_dotenv_gives_what_the_environment_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv("API_BASE_URL=http://a/v1\nMODEL_NAME='of the file'\nexport API_KEY=abc-def-ghi  # mine\nOTHER=1\n")
    monkeypatch.setenv("MODEL_NAME", "of the environment")
    found = load_profile()
    assert (found.base_url, found.model, found.secret) == ("http://a/v1", "of the environment", "abc-def-ghi")


def test_how_it_is_asked_can_be_a_variable_too(set_to: pytest.MonkeyPatch) -> None:
    for name, value in {"TEMPERATURE": "0", "MAX_TOKENS": "99", "TIME_LIMIT": "5.5", "RETRIES": "0"}.items():
        set_to.setenv(f"NOC_TUI_LLM_{name}", value)
    dotenv("NOC_TUI_LLM_HINTS=yes\nNOC_TUI_LLM_PROMPT=~/mine.txt")
    found = load_profile()
    assert (found.temperature, found.max_tokens, found.time_limit, found.retries) == (0.0, 99, 5.5, 0)
    assert (found.hints, found.prompt) == (True, Path("~/mine.txt").expanduser())
    assert load_preferences().notices == ()


def test_the_time_limit_is_that_of_all_agents_unless_it_has_its_own(set_to: pytest.MonkeyPatch) -> None:
    config("agent_seconds = 12\n[llm.slow]\ntime_limit = 300")
    assert (load_profile().time_limit, load_profile("slow").time_limit) == (12.0, 300.0)


# --- the config file


def test_the_file_has_settings_and_named_profiles() -> None:
    config(
        """
        [llm]
        base_url = "https://a.example/v1"
        model = "large"
        temperature = 1
        [llm.local]
        base_url = "http://localhost:11434/v1/chat/completions"
        model = "tiny"
        hints = true
        prompt = "tiny.txt"
        [prices.large]
        input = 2.5
        output = 10
        """
    )
    assert load_profile() == Profile(
        model="large", base_url="https://a.example/v1", temperature=1.0, price=Price(input=2.5, output=10.0)
    )
    assert load_profile("local") == Profile(
        name="llm:local",
        model="tiny",
        base_url="http://localhost:11434/v1",
        temperature=1.0,
        hints=True,
        prompt=paths.config_file().parent / "tiny.txt",
    )
    assert [profile.name for profile in all_profiles()[0]] == ["llm", "llm:local"]
    assert load_preferences().notices == ()


def test_variables_win_over_the_table_of_llm_and_not_over_a_named_profile(set_to: pytest.MonkeyPatch) -> None:
    config('[llm]\nmodel = "a"\ntemperature = 1.5\n[llm.b]\nmodel = "b"')
    assert (load_profile().model, load_profile().temperature) == ("small", 1.5)
    assert (load_profile("b").model, load_profile("b").base_url) == ("b", "http://localhost:8000/v1")


def test_a_key_stays_with_its_endpoint(set_to: pytest.MonkeyPatch) -> None:
    set_to.setenv("API_KEY", CANARY)
    set_to.setenv("THEIR_KEY", "their-key")
    config(
        """
        [llm.same]
        model = "other"
        [llm.elsewhere]
        base_url = "http://elsewhere/v1"
        [llm.theirs]
        base_url = "http://elsewhere/v1"
        api_key_env = "THEIR_KEY"
        """
    )
    assert load_profile("same").secret == CANARY
    assert load_profile("elsewhere").secret is None
    assert load_profile("theirs").secret == "their-key"  # noqa: S105  (no secret)


def test_the_key_of_the_file_does_not_follow_an_endpoint_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    config(f'[llm]\nmodel = "a"\nbase_url = "http://a/v1"\napi_key = "{CANARY}"')
    monkeypatch.setenv("OPENAI_API_KEY", "somebody-elses")
    assert load_profile().secret == CANARY
    monkeypatch.setenv("API_BASE_URL", "http://b/v1")
    assert load_profile().secret == "somebody-elses"  # noqa: S105  (no secret)


def test_a_file_that_only_others_write_is_left_alone(set_to: pytest.MonkeyPatch) -> None:
    Path(".env").write_bytes(b"\xff\xfe")
    assert load_profile().model == "small"
    Path(".env").unlink()
    Path(".env").mkdir()
    assert load_profile().model == "small"


# --- what is wrong


def test_who_has_set_nothing_is_told_what_to_set() -> None:
    assert problem().startswith(
        "agent llm has no model: set MODEL_NAME and API_BASE_URL, or model and base_url in [llm]"
    )
    assert all_profiles() == ([], [])


def test_a_name_that_is_none_is_told_with_those_that_there_are() -> None:
    assert "no model profile 'local': there is none yet ([llm.NAME] in " in problem("local")
    config('[llm.local]\nmodel = "a"\n[llm.big]\nmodel = "b"')
    assert "no model profile 'locla': did you mean local? there are local, big" in problem("locla")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("temprature = 1", "llm.x: temprature: unknown key; there are base_url, model, "),
        ("temperature = 3", "llm.x: temperature: input should be less than or equal to 2"),
        ("temperature = '0'", "llm.x: temperature: input should be a valid number"),
        ("temperature = nan", "llm.x: temperature: "),
        ("retries = true", "llm.x: retries: input should be a valid integer"),
        ("time_limit = 0", "llm.x: time_limit: input should be greater than or equal to 0.1"),
        ("model = ''", "llm.x: model: string should have at least 1 character"),
        ("base_url = 'localhost:8000'", "llm.x: base_url: should be a URL like http://localhost:8000/v1"),
        ("base_url = 'http://'", "llm.x: base_url: should be a URL like"),
        ("base_url = 'http://a:b/v1'", "llm.x: base_url: should be a URL like"),
        ("base_url = 'http://a b/v1'", "llm.x: base_url: should be a URL like"),
        ("base_url = 'http://a/v1?api-version=1'", "llm.x: base_url: should end with its path"),
        (f"base_url = 'http://me:{CANARY}@a/v1'", "llm.x: base_url: should hold no user name and no password"),
        (f"api_key = '{CANARY}\\u00e9'", "llm.x: api_key: should be printable characters without spaces"),
        (f'api_key = "{CANARY}\\n{CANARY}"', "llm.x: api_key: should be printable characters without spaces"),
        ("api_key_env = 'NOT_SET'", "llm.x: api_key_env: the variable NOT_SET is not set"),
        (f"api_key_env = '{CANARY}'", "llm.x: api_key_env: string should match pattern"),
    ],
)
def test_a_wrong_entry_is_told_by_file_and_key_and_never_by_its_value(table: str, says: str) -> None:
    table = table.replace("\\u00e9", "é")
    config(f"[llm.x]\nmodel = 'm'\n{table}" if not table.startswith("model") else f"[llm.x]\n{table}")
    message = problem("x")
    assert message.startswith(f"{paths.config_file()}: ")
    assert says in message
    assert CANARY not in message
    assert all_profiles() == ([], [message])


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("NOC_TUI_LLM_TEMPERATURE", "warm", "NOC_TUI_LLM_TEMPERATURE: temperature: input should be a valid number"),
        ("NOC_TUI_LLM_TEMPRATURE", "1", "NOC_TUI_LLM_TEMPRATURE: unknown variable; there are API_BASE_URL, "),
        ("API_BASE_URL", f"http://{CANARY}@a/v1", "API_BASE_URL: base_url: should hold no user name and no password"),
        ("API_KEY", f"{CANARY} {CANARY}", "API_KEY: api_key: should be printable characters without spaces"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(set_to: pytest.MonkeyPatch, variable: str, value: str, says: str) -> None:
    set_to.setenv(variable, value)
    assert says in problem()
    assert CANARY not in problem()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("llm = 3", "llm: should be a table"),
        ("[llm]\nmodel = 'm'\n[prices.m]\ninput = 1", "prices.m: output: field required"),
        ("[llm]\nmodel = 'm'\n[prices.m]\ninput = -1\noutput = 1", "prices.m: input: input should be greater than"),
        ("prices = 3\n[llm]\nmodel = 'm'", "prices: should be a table"),
        ("[llm", "is no TOML that settings could stand in"),
        ("[llm]\nmodel = 'm'\nx = " + "[" * 3000, "is no TOML that settings could stand in"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(content: str, says: str) -> None:
    config(content)
    assert problem().startswith(f"{paths.config_file()}: ")
    assert says in problem()


def test_one_wrong_profile_does_not_take_the_others_with_it() -> None:
    config("[llm]\nmodel = 'm'\n[llm.a]\nretries = -1\n[llm.b]\nhints = true\n[llm.'a b']\nhints = true")
    profiles, problems = all_profiles()
    assert [profile.name for profile in profiles] == ["llm", "llm:b"]
    assert [problem.rpartition(": ")[0].partition(": ")[2] for problem in problems] == [
        "llm.a: retries",
        "llm: profile 'a b'",
    ]


def test_a_profile_never_shows_its_key(set_to: pytest.MonkeyPatch) -> None:
    set_to.setenv("API_KEY", CANARY)
    found = load_profile()
    assert CANARY not in f"{found!r} {found} {found.api_key}"


# --- the agent


def test_the_agent_is_had_by_name(set_to: pytest.MonkeyPatch) -> None:
    config('[llm.b]\nmodel = "b"')
    assert agent_factory("llm")(0).name == "llm"
    assert agent_factory("llm:b")(0).name == "llm:b"
    for spec, says in (("llm:", "agent llm needs a name: llm[:NAME]"), ("llm:c", "no model profile 'c'")):
        with pytest.raises(AgentError, match=says.replace("[", r"\[")):
            agent_factory(spec)


def test_hints_can_be_asked_for(set_to: pytest.MonkeyPatch) -> None:
    agent = agent_factory("llm", hints=True)(0)
    assert agent.about["hints"] == "yes"  # type: ignore[attr-defined]
