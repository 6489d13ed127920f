"""The wire: whatever a client sends, it gets an answer that says what is wrong, and its session goes on."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from noc_tui.server.app import ServerSettings
from noc_tui.server.environment import NocEnvironment
from noc_tui.server.guard import Messages
from noc_tui.server.limits import Limits
from noc_tui.sim.actions import ACTIONS
from tests.server.serving import ask, served, socket_of

RESET = {"type": "reset", "data": {"seed": 7, "incident_type": "cpu_overload"}}
STEP = {"type": "step", "data": {"action_type": "throttle_cpu"}}
STATE = {"type": "state"}
SESAME = "open sesame"

WRONG: dict[str, tuple[Any, str, str]] = {
    "no JSON": ("{", "INVALID_JSON", "the message is no JSON: "),
    "a list": ("[]", "INVALID_JSON", "the message is a list, expected an object with a type"),
    "a number": ("5", "INVALID_JSON", "the message is a int, expected an object with a type"),
    "null": ("null", "INVALID_JSON", "the message is a NoneType, expected an object with a type"),
    "nothing": ("", "INVALID_JSON", "the message is no JSON: "),
    "bytes": (b"{}", "INVALID_JSON", "a message is a text frame, and this is a binary one"),
    "NaN": (
        '{"type": "step", "data": {"action_type": NaN}}',
        "INVALID_JSON",
        "the message is no JSON: it has no number",
    ),
    "a number without an end": (
        '{"type": "reset", "data": {"seed": 1e999}}',
        "INVALID_JSON",
        "the message holds a number that is too large",
    ),
    "thousands of digits": ('{"type": "reset", "data": {"seed": ' + "9" * 5000 + "}}", "INVALID_JSON", "Exceeds the"),
    "half a surrogate pair": (
        '{"type": "step", "data": {"action_type": "\\ud800"}}',
        "INVALID_JSON",
        "the message holds half a surrogate pair",
    ),
    "nesting": ('{"type": "step", "data": ' + '{"a":' * 40 + "1" + "}" * 41, "INVALID_JSON", "the message is nested"),
    "deep nesting": ("[" * 20_000, "INVALID_JSON", "the message is nested more than 32 deep"),
    "too long": ('{"type": "state"}' + " " * 70_000, "INVALID_JSON", "the message holds more than 65536 bytes"),
    "no type": ({}, "UNKNOWN_TYPE", "Unknown message type: "),
    "an unknown type": ({"type": "undo"}, "UNKNOWN_TYPE", "Unknown message type: undo"),
    "a type that is no text": ({"type": [1]}, "UNKNOWN_TYPE", "Unknown message type: [1]"),
    "no action": ({"type": "step"}, "VALIDATION_ERROR", "Invalid message"),
    "an unknown action": ({"type": "step", "data": {"action_type": "reboot"}}, "VALIDATION_ERROR", "Invalid message"),
    "an action that is no text": ({"type": "step", "data": {"action_type": 3}}, "VALIDATION_ERROR", "Invalid message"),
    "another field": (
        {"type": "step", "data": {"action_type": "scale_up", "a": 1}},
        "VALIDATION_ERROR",
        "Invalid mess",
    ),
    "data that is no object": ({"type": "reset", "data": 3}, "VALIDATION_ERROR", "Invalid message"),
    "an unknown argument": ({"type": "reset", "data": {"a": 1}}, "EXECUTION_ERROR", "reset has no argument 'a': "),
    "the name of a parameter": ({"type": "reset", "data": {"self": 1}}, "EXECUTION_ERROR", "reset has no argument 'se"),
}


@pytest.mark.parametrize("message", WRONG.keys())
async def test_what_is_no_message_is_answered_with_a_typed_error_and_the_session_survives(
    server_url: str, message: str
) -> None:
    sent, code, sentence = WRONG[message]
    async with socket_of(server_url) as socket:
        await ask(socket, RESET)
        await ask(socket, STEP)
        answer = await ask(socket, sent)
        assert (answer["type"], answer["data"]["code"]) == ("error", code)
        assert answer["data"]["message"].startswith(sentence)
        assert "Traceback" not in json.dumps(answer)
        assert (await ask(socket, STEP))["data"]["observation"]["step"] == 2


async def test_an_action_that_there_is_not_is_told_which_there_are(server_url: str) -> None:
    async with socket_of(server_url) as socket:
        await ask(socket, RESET)
        answer = await ask(socket, {"type": "step", "data": {"action_type": "reboot"}})
        assert "'do_nothing', 'restart_service'" in answer["data"]["errors"][0]["msg"]


async def test_a_step_before_the_reset_and_one_after_the_end_are_errors_and_the_session_survives(
    server_url: str,
) -> None:
    async with socket_of(server_url) as socket:
        early = await ask(socket, STEP)
        assert early["data"]["code"] == "EXECUTION_ERROR"
        assert early["data"]["message"].startswith("no episode has been started in this session: reset first")
        await ask(socket, {"type": "reset", "data": {"seed": 1, "max_steps": 1}})
        assert (await ask(socket, STEP))["data"]["done"] is True
        late = await ask(socket, STEP)
        assert late["data"]["message"] == "the episode ended truncated at step 1; no step can follow"
        assert (await ask(socket, RESET))["data"]["observation"]["step"] == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["action", "action_type", "seed", "incident_type", "split", "index", "start", "stop", "jsonrpc", "method", "params",
     "session_id", "name", "id"]
)  # fmt: skip
MESSAGES = st.builds(
    lambda kind, data, more: {"type": kind, "data": data, **more},
    st.sampled_from(["reset", "step", "state", "mcp", "undo"]) | JSON,
    st.dictionaries(
        st.sampled_from(["seed", "incident_type", "blind", "max_steps", "action_type", "split", "index", "a"]), JSON
    )
    | JSON,
    st.dictionaries(st.sampled_from(["data", "id", "x"]), JSON, max_size=1),
)


@given(messages=st.lists(MESSAGES | JSON | st.text(max_size=20), max_size=12))
@settings(max_examples=25)
async def test_nothing_that_is_sent_ends_a_session(server_url: str, messages: list[Any]) -> None:
    async with socket_of(server_url) as socket:
        for message in messages:
            assert (await ask(socket, json.dumps(message)))["type"] in {"error", "observation", "state", "mcp"}
        assert (await ask(socket, STATE))["type"] == "state"


@pytest.mark.parametrize("pieces", [1, 20])
async def test_a_message_of_20_mb_is_a_typed_error_and_the_session_survives(server_url: str, pieces: int) -> None:
    async with socket_of(server_url) as socket:
        await ask(socket, RESET)
        await socket.send(["x" * (20_000_000 // pieces)] * pieces if pieces > 1 else "x" * 20_000_000)
        answer = json.loads(await socket.recv())
        assert (answer["type"], answer["data"]["code"]) == ("error", "INVALID_JSON")
        assert answer["data"]["message"] == "the message holds more than 65536 bytes"
        assert (await ask(socket, STEP))["data"]["observation"]["step"] == 1


async def test_what_is_no_utf_8_ends_the_connection_as_its_protocol_has_it_and_is_no_matter_for_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with served() as server, server.socket() as socket:
        await socket.send(b"\xff", text=True)
        with pytest.raises(ConnectionClosedError) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1007
    assert capsys.readouterr().err == ""


async def test_who_comes_over_the_limit_is_told_so_and_may_come_when_another_has_left() -> None:
    async with served(ServerSettings(limits=Limits(sessions=1))) as server:
        async with server.socket() as socket:
            await ask(socket, STATE)
            async with server.socket() as second:
                refused = json.loads(await second.recv())
                assert refused["data"]["code"] == "CAPACITY_REACHED"
                assert refused["data"]["message"].startswith("Server at capacity: 1/1 sessions active")
            assert (await ask(socket, STATE))["type"] == "state"
        await server.freed.get()
        async with server.socket() as third:
            assert (await ask(third, STATE))["type"] == "state"


async def test_sessions_know_nothing_of_each_other(server_url: str) -> None:
    async with socket_of(server_url) as one, socket_of(server_url) as other:
        first = await ask(one, RESET)
        await ask(other, {"type": "reset", "data": {"seed": 8, "incident_type": "cpu_overload"}})
        await ask(other, STEP)
        assert (await ask(one, STATE))["data"]["step_count"] == 0
        async with socket_of(server_url) as alone:
            assert (await ask(alone, RESET))["data"]["observation"]["metrics"] == first["data"]["observation"][
                "metrics"
            ]
            assert (await ask(alone, STEP))["data"]["reward"] == (await ask(one, STEP))["data"]["reward"]


async def test_the_routes_of_openenv_are_there(server_url: str) -> None:
    async with httpx2.AsyncClient(base_url=server_url) as http:
        assert (await http.get("/health")).json() == {"status": "healthy"}
        metadata = (await http.get("/metadata")).json()
        assert (metadata["name"], metadata["author"]) == ("noc_env", None)
        schema = (await http.get("/schema")).json()
        assert "action_type" in schema["action"]["properties"]
        assert "reward_terms" in schema["observation"]["properties"]
        assert {"incident", "seed", "step_count"} <= set(schema["state"]["properties"])
        assert "swagger" in (await http.get("/docs")).text.lower()
        assert (await http.get("/state")).json()["episode_id"] is None
        assert (await http.post("/mcp", json={})).json()["jsonrpc"] == "2.0"
        assert (await http.get("/list_environments")).json() == ["noc_env"]
        assert (await http.post("/noc_env/num_tasks", json={"split": "test"})).json()["num_tasks"] > 0
        assert (await http.get("/web")).status_code == 404


async def test_over_http_a_reset_shows_the_page_and_a_step_points_to_the_websocket(server_url: str) -> None:
    async with httpx2.AsyncClient(base_url=server_url) as http:
        first = await http.post("/reset", json={"seed": 7, "incident_type": "cpu_overload"})
        assert first.json()["observation"]["incident_type"] == "cpu_overload"
        step = await http.post("/step", json={"action": {"action_type": "scale_up"}})
        assert step.status_code == 409
        assert step.json()["detail"].endswith("to play, open a WebSocket on /ws)")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/reset", {"colour": 1}, 422),
        ("/reset", {"incident_type": "fire"}, 422),
        ("/reset", {"split": "test", "index": 10**6}, 422),
        ("/reset", "{", 422),
        ("/reset", " " * 70_000, 413),
        ("/reset", '{"seed": NaN}', 422),
        ("/reset", '{"seed": 1e999}', 422),
        ("/reset", '{"seed": ' + "9" * 5_000 + "}", 422),
        ("/reset", '{"episode_id": "\\ud800"}', 422),
        ("/reset", "[" * 30_000, 422),
        ("/reset", '{"seed": ' + "[" * 900 + "]" * 900 + "}", 422),
        ("/reset", b'{"episode_id": "\xff"}', 422),
        ("/step", '{"action": NaN}', 422),
        ("/mcp", '{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}', 422),
        ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"session_id": [1]}}, 422),
        ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "openenv/session/close", "params": {"session_id": {}}}, 422),
        ("/step", {"action": {"action_type": "reboot"}}, 422),
        ("/step", {}, 422),
        ("/noc_env/tasks", {"split": "dev"}, 422),
        ("/noc_env/task", {"split": "test", "index": 10**6}, 400),
    ],
)
async def test_what_is_wrong_over_http_is_a_status_and_a_sentence(
    server_url: str, path: str, body: Any, status: int
) -> None:
    async with httpx2.AsyncClient(base_url=server_url) as http:
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        answer = await http.post(path, content=content, headers={"content-type": "application/json"})
        assert answer.status_code == status
        assert answer.json()["detail"]


ANY_TEXT = st.text(st.characters(), max_size=8)
"""Halves of surrogate pairs too."""
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS | ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
HEADERS = {"content-type": "application/json", "connection": "close"}
ROUTES = ("/reset", "/step", "/mcp", "/noc_env/tasks", "/noc_env/task", "/noc_env/task_range", "/noc_env/num_tasks")


@given(requests=st.lists(st.tuples(st.sampled_from(ROUTES), ANY_JSON | st.binary(max_size=20)), max_size=12))
@settings(max_examples=25)
async def test_nothing_that_is_requested_is_an_error_of_the_server(
    server_url: str, requests: list[tuple[str, Any]]
) -> None:
    async with httpx2.AsyncClient(base_url=server_url) as http:
        for path, body in requests:
            content = body if isinstance(body, bytes) else json.dumps(body)
            answer = await http.post(path, content=content, headers=HEADERS)
            assert answer.status_code < 500, (path, content)


async def test_requests_over_the_rate_are_told_to_come_later() -> None:
    async with (
        served(ServerSettings(limits=Limits(rate=1e-6))) as server,
        httpx2.AsyncClient(base_url=server.url) as http,
    ):
        refused = await http.get("/metadata")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")


async def test_a_token_is_asked_for_wherever_anything_can_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    async with served(ServerSettings(token=SESAME)) as server, httpx2.AsyncClient(base_url=server.url) as http:
        assert (await http.get("/health")).status_code == 200
        refused = await http.get("/schema")
        assert refused.status_code == 401
        assert refused.json()["detail"] == "this server wants its token, as `Authorization: Bearer TOKEN`"
        assert (await http.get("/schema", headers={"authorization": f"Bearer {SESAME}"})).status_code == 200
        assert (await http.get("/schema", headers={"authorization": "Bearer open sesam"})).status_code == 401
        for path in ("/ws", "/mcp"):
            with pytest.raises(InvalidStatus) as denied:
                await server.socket(path)
            assert denied.value.response.status_code == 401
        async with server.socket("/ws?token=open+sesame") as socket:
            assert (await ask(socket, STATE))["type"] == "state"
        async with server.client(token=SESAME) as client:
            assert (await client.reset(seed=1)).observation.step == 0
        with pytest.raises(ConnectionError, match="401"):
            await server.client(token=SESAME[1:]).connect()
    assert capsys.readouterr().err == ""


async def test_a_page_of_another_site_is_not_let_in_where_there_is_no_token(server_url: str) -> None:
    async with httpx2.AsyncClient(base_url=server_url) as http:
        foreign, own = {"origin": "http://evil.example"}, {"origin": server_url}
        assert (await http.get("/schema", headers=foreign)).status_code == 403
        assert (await http.get("/schema", headers={"origin": "http://["})).status_code == 403
        assert (await http.get("/schema", headers=own)).status_code == 200
        with pytest.raises(InvalidStatus) as denied:
            await socket_of(server_url, origin="http://evil.example")
        assert denied.value.response.status_code == 403
        async with socket_of(server_url, origin=server_url) as socket:
            assert (await ask(socket, STATE))["type"] == "state"


async def test_on_the_loopback_a_site_whose_name_has_come_to_mean_this_machine_is_another_site() -> None:
    async with (
        served(ServerSettings(loopback=True)) as server,
        httpx2.AsyncClient(base_url=server.url) as http,
    ):
        port = server.url.rpartition(":")[2]
        for host, status in (("127.0.0.1", 200), ("localhost", 200), ("[::1]", 200), ("evil.example", 403)):
            headers = {"host": f"{host}:{port}", "origin": f"http://{host}:{port}"}
            assert (await http.get("/schema", headers=headers)).status_code == status, host


async def test_what_is_no_request_of_json_rpc_is_answered_and_the_mcp_socket_stays_open(
    server_url: str,
) -> None:
    async with socket_of(server_url, "/mcp") as socket:
        for wrong in ("[]", "{", '"x"'):
            assert (await ask(socket, wrong))["error"]["code"] == -32700
        listed = await ask(socket, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        assert listed["error"]["message"] == "Environment does not support MCP"


async def test_a_step_is_answered_as_openenv_would_answer_it(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way from a step to its answer tells what the long way tells."""
    reset = {"type": "reset", "data": {"seed": 7, "incident_type": "cpu_overload", "episode_id": "one"}}
    steps = [{"type": "step", "data": {"action_type": str(action)}} for action in ACTIONS]
    async with socket_of(server_url) as socket:
        answers = []
        for way in ("_answered", "step"):
            with monkeypatch.context() as patched:
                # The long way without a short one, and the short one where the long way leads nowhere.
                if way == "_answered":
                    patched.setattr(Messages, way, lambda _messages, _value: None)
                else:
                    patched.setattr(NocEnvironment, way, None)
                await ask(socket, reset)
                answers.append([await ask(socket, step) for step in steps])
        assert answers[0] == answers[1]
        assert answers[0][0]["type"] == "observation"
