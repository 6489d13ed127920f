"""Settings: where they come from, which wins, and that whatever is wrong is told and stops nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc_tui import paths
from noc_tui.preferences import MAX_FILE_BYTES, Preferences, load_preferences
from noc_tui.settings import read_preferences
from noc_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an environment that sets nothing."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in list(os.environ):
        if name.upper().startswith("NOC_TUI_") and name not in {"NOC_TUI_DATA", "NOC_TUI_CONFIG"}:
            monkeypatch.delenv(name)
    return folder


def config(content: str | bytes) -> Path:
    """Write the settings file."""
    file = paths.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def dotenv(content: str | bytes) -> None:
    """Write the `.env` of the working folder."""
    with open(".env", "wb") as file:  # noqa: PTH123
        file.write(content.encode() if isinstance(content, str) else content)


# --- where they come from


def test_who_sets_nothing_gets_the_defaults_and_pydantic_is_not_loaded() -> None:
    assert load_preferences() == Preferences()
    code = (
        "import sys; from noc_tui.preferences import load_preferences as load; load(); print('pydantic' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_every_setting_can_stand_in_the_file() -> None:
    config(
        """
        theme = "noc-light"
        reduced_motion = true
        agent = "wait"
        pace = "live"
        pace_seconds = 6
        watch_speed = 2.5
        agent_seconds = 10
        blind = true
        coach = true
        store = "postgresql://ana@db.example/noc"
        player = "ana"
        [keys]
        "act.scale_up" = "x"
        """
    )
    assert load_preferences() == Preferences(
        theme="noc-light",
        reduced_motion=True,
        agent="wait",
        pace="live",
        pace_seconds=6.0,
        watch_speed=2.5,
        agent_seconds=10.0,
        blind=True,
        coach=True,
        store="postgresql://ana@db.example/noc",
        player="ana",
        keys={"act.scale_up": "x"},
    )


def test_an_action_id_needs_no_quotes() -> None:
    config("[keys]\nact.scale_up = 'x'\nmark = 'M'\nact.clear_cache.letter = 'y'")
    found = load_preferences()
    assert found.keys == {"act.scale_up": "x", "act.clear_cache.letter": "y", "mark": "M"}
    assert found.notices == ()


def test_every_setting_but_the_keys_can_be_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"THEME": "nord", "REDUCED_MOTION": "1", "AGENT": "wait", "PACE": "live"}
    values |= {"PACE_SECONDS": "6", "WATCH_SPEED": "2.5", "AGENT_SECONDS": "10", "BLIND": "true", "COACH": "1"}
    for name, value in values.items():
        monkeypatch.setenv(f"NOC_TUI_{name}", value)
    assert load_preferences() == Preferences("nord", True, "wait", "live", 6.0, 2.5, 10.0, True, True)


def test_the_environment_wins_over_dotenv_and_that_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    config("pace_seconds = 1\nwatch_speed = 1\nagent_seconds = 1")
    dotenv("NOC_TUI_WATCH_SPEED=2\nexport NOC_TUI_AGENT_SECONDS='2'  # quoted")
    monkeypatch.setenv("NOC_TUI_AGENT_SECONDS", "3")
    found = load_preferences()
    assert (found.pace_seconds, found.watch_speed, found.agent_seconds) == (1.0, 2.0, 3.0)
    assert found.notices == ()


def test_a_wrong_value_does_not_hide_the_right_one_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    config("watch_speed = 4")
    monkeypatch.setenv("NOC_TUI_WATCH_SPEED", "very")
    found = load_preferences()
    assert found.watch_speed == 4.0
    assert len(found.notices) == 1


def test_an_empty_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    config("theme = 'nord'")
    monkeypatch.setenv("NOC_TUI_THEME", "")
    assert load_preferences() == Preferences(theme="nord")


def test_a_file_of_windows_is_read() -> None:
    config(b"\xef\xbb\xbftheme = 'nord'\r\npace = 'live'\r\n")
    dotenv(b"\xef\xbb\xbfNOC_TUI_AGENT=wait\r\n")
    assert load_preferences() == Preferences(theme="nord", pace="live", agent="wait")


def test_dotenv_of_somebody_else_is_left_alone() -> None:
    dotenv(b"OPENAI_API_KEY=sk-123\nthis is no assignment\nPATH_TO=\xff\xfe\n")
    assert load_preferences() == Preferences()
    config("theme = 'nord'")
    assert load_preferences() == Preferences(theme="nord")


def test_a_virtual_environment_of_that_name_is_left_alone(here: Path) -> None:
    (here / ".env").mkdir()
    assert load_preferences() == read_preferences() == Preferences()


def test_a_broken_line_of_dotenv_costs_no_other(capfd: pytest.CaptureFixture[str]) -> None:
    dotenv("NOC_TUI_AGENT=wait\nNOC_TUI_THEME 'nord'\nNOC_TUI_PACE=live\n")
    found = load_preferences()
    assert (found.agent, found.pace, found.theme) == ("wait", "live", "noc-dark")
    assert found.notices == (".env: line 2 cannot be understood",)
    assert capfd.readouterr() == ("", "")


# --- what is wrong


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("pace = 'warp'", "pace: input should be 'turn' or 'live'"),
        ("pace_seconds = 0", "pace_seconds: input should be greater than or equal to 0.2"),
        ("pace_seconds = nan", "pace_seconds: "),
        ("agent_seconds = inf", "agent_seconds: "),
        ("pace_seconds = true", "pace_seconds: input should be a valid number"),
        ("watch_speed = '2'", "watch_speed: input should be a valid number"),
        ("reduced_motion = 'yes'", "reduced_motion: input should be a valid boolean"),
        ("theme = 3", "theme: input should be a valid string"),
        ("theme = ['a']", "theme: input should be a valid string"),
        ("agent = ''", "agent: string should have at least 1 character"),
        ("store = 'mysql://db/x'", "store: expected postgresql://USER@HOST/DATABASE or sqlite:////PATH/TO/FILE; "),
        (r'player = "a\u0007"', "player: expected a name without control characters; "),
        ("themes = 'nord'", "themes: unknown key; did you mean theme?"),
        ("zzz = 1", "zzz: unknown key; there are theme, reduced_motion, "),
        ("notices = ['x']", "notices: unknown key"),
        ("keys = 'x'", "keys: input should be a valid dictionary"),
        ("[keys]\nmark = 1", "keys.mark: input should be a valid string"),
        ("[keys]\nact.scale_up = 5", "keys.act.scale_up: input should be a valid string"),
        ("[keys]\n" + ".".join("a" * 900) + " = 'x'", "keys.a.a.a: input should be a valid string"),
        ("theme = ", "is no valid TOML: "),
        (b"theme = '\xff'", "is no UTF-8 text (byte 9)"),
        (bytes(range(256)), "is no UTF-8 text"),
        (b"\x00", "is no valid TOML"),
        ("a" * (MAX_FILE_BYTES + 1), "cannot be read: it is larger than 16 KiB"),
        ("a = " + "[" * 8000, "is no"),
        ("a = " + "[" * 8000 + "]" * 8000, "is no"),
        ("a = " + "9" * 8000, "is no"),
    ],
)
def test_what_is_wrong_in_the_file_is_one_notice_that_names_it(content: str | bytes, told: str) -> None:
    file = config(content)
    found = load_preferences()
    (notice,) = found.notices
    assert notice.startswith(f"{file}: {told}")
    assert notice == clean(notice)
    assert found == Preferences(notices=found.notices)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("NOC_TUI_PACE", "warp", "NOC_TUI_PACE: input should be 'turn' or 'live'"),
        ("NOC_TUI_WATCH_SPEED", "nan", "NOC_TUI_WATCH_SPEED: "),
        ("NOC_TUI_THEEM", "nord", "NOC_TUI_THEEM: unknown key; did you mean NOC_TUI_THEME?"),
        ("NOC_TUI_KEYS", "{}", "NOC_TUI_KEYS: unknown key"),
        ("noc_tui_pace", "warp", "noc_tui_pace: input should be"),
    ],
)
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_what_is_wrong_in_a_variable_is_one_notice_that_names_it(
    monkeypatch: pytest.MonkeyPatch, place: str, name: str, value: str, told: str
) -> None:
    if place == "environment":
        monkeypatch.setenv(name, value)
    else:
        dotenv(f"{name}={value}")
    found = load_preferences()
    (notice,) = found.notices
    assert notice.startswith(f"{place}: {told}")
    assert found == Preferences(notices=found.notices)


def test_places_are_no_settings_and_dotenv_cannot_move_them() -> None:
    dotenv("NOC_TUI_DATA=/elsewhere\n")
    (notice,) = load_preferences().notices
    assert notice.startswith(".env: NOC_TUI_DATA: is read from the environment alone")


def test_one_wrong_key_costs_no_other() -> None:
    config("pace = 'warp'\ntheme = 'nord'\n[keys]\nmark = 5\nfork = 'F'\n" + "help = '" + "x" * 40 + "'")
    found = load_preferences()
    assert found.theme == "nord"
    assert found.keys == {"fork": "F"}
    assert len(found.notices) == 3


@pytest.mark.parametrize("secret", ["sk-verysecret", "'sk-verysecret'"])
@pytest.mark.parametrize("key", ["openai_api_key", "pace", "watch_speed", "reduced_motion", "keys", "agent_seconds"])
def test_no_notice_ever_holds_a_value(monkeypatch: pytest.MonkeyPatch, key: str, secret: str) -> None:
    config(f"{key} = {secret!r}")
    dotenv(f"NOC_TUI_{key.upper()}={secret}\n")
    monkeypatch.setenv(f"NOC_TUI_{key.upper()}", secret)
    notices = load_preferences().notices
    assert len(notices) == 3
    assert "verysecret" not in "".join(notices)


def test_text_in_a_notice_steers_no_terminal() -> None:
    config('"\\u001b[2Jevil\\u202e" = 1')
    (notice,) = load_preferences().notices
    assert notice.isprintable()
    assert "evil" in notice


def test_hundreds_of_mistakes_are_a_handful_of_notices() -> None:
    config("".join(f"k{number} = 1\n" for number in range(500)))
    notices = load_preferences().notices
    assert len(notices) == 20
    assert notices[-1] == "settings: 481 more of them are wrong"


def test_keys_by_the_hundred_are_cut_off() -> None:
    config("[keys]\n" + "".join(f"k{number} = 'x'\n" for number in range(500)))
    found = load_preferences()
    assert len(found.keys) == 200
    assert "keys: has more than 200 entries" in found.notices[0]


def test_a_pipe_or_a_device_is_not_waited_for(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(here / "fifo")
    for file in ("/dev/zero", str(here / "fifo"), str(here)):
        monkeypatch.setenv("NOC_TUI_CONFIG", file)
        assert load_preferences().notices == (f"{file}: cannot be read: it is no regular file",)


def test_a_file_that_may_not_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    file = config("theme = 'nord'")
    dotenv("NOC_TUI_PACE=live")

    def refuse(path: object, *_: object) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", refuse)
    assert load_preferences() == Preferences(
        notices=(f"{file}: cannot be read: Permission denied", ".env: cannot be read: Permission denied")
    )


def test_a_name_that_no_file_can_have_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_CONFIG", "/" + "x" * 5000)
    (notice,) = load_preferences().notices
    assert "File name too long" in notice


def test_a_link_to_nowhere_sets_nothing() -> None:
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().symlink_to("nowhere")
    assert load_preferences() == Preferences()


@given(content=st.binary(max_size=300), variable=st.text(max_size=40), lines=st.binary(max_size=100))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_there_nothing_is_raised(content: bytes, variable: str, lines: bytes) -> None:
    config(content)
    dotenv(b"NOC_TUI_PACE=" + lines)
    os.environ["NOC_TUI_AGENT"] = clean(variable) or "wait"
    try:
        found = read_preferences()
    finally:
        del os.environ["NOC_TUI_AGENT"]
    for notice in found.notices:
        assert notice == clean(notice)


# --- where things are


def test_folders_are_those_of_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("NOC_TUI_DATA", "NOC_TUI_CONFIG"):
        monkeypatch.delenv(variable)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    assert paths.sessions_dir() == tmp_path / "d" / "noc-tui" / "sessions"
    assert paths.user_incidents_dir() == tmp_path / "d" / "noc-tui" / "incidents"
    assert paths.config_file() == tmp_path / "c" / "noc-tui" / "config.toml"


def test_variables_move_them_and_a_home_folder_is_written_as_in_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_DATA", "~/d")
    monkeypatch.setenv("NOC_TUI_CONFIG", "~/c.toml")
    home = os.environ["HOME"]
    assert str(paths.data_dir()) == f"{home}/d"
    assert str(paths.config_file()) == f"{home}/c.toml"


def test_a_home_folder_of_nobody_is_a_name_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_DATA", "~no-such-user/d")
    assert str(paths.data_dir()) == "~no-such-user/d"


def test_asking_where_things_are_makes_no_folder(tmp_path: Path) -> None:
    paths.sessions_dir()
    paths.config_file()
    load_preferences()
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_the_password_of_a_store_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_TUI_STORE", "postgresql://ana:secret@db.example/noc")
    monkeypatch.setenv("NOC_TUI_PLAYER", "Ana B.")
    found = load_preferences()
    assert (found.store, found.player) == ("postgresql://ana:secret@db.example/noc", "Ana B.")
    assert "secret" not in repr(found)
    monkeypatch.setenv("NOC_TUI_STORE", "mysql://ana:secret@db.example/noc")
    found = load_preferences()
    assert found.store == ""
    assert "NOC_TUI_STORE" in found.notices[0]
    assert "secret" not in found.notices[0]
