"""What a model is told: what a person would see, no more in a blind episode, in words that the user can replace."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.prompt import load_prompt
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.metrics import METRIC
from noc_tui.sim.remedies import REMEDIES
from noc_tui.sim.telemetry import LogLine
from tests.agents.samples import observe
from tests.factories import bundled_incident


def told(observation: Any, **options: Any) -> str:
    """All that the model is told."""
    messages = load_prompt(None).messages(observation, **{"answer": "Answer like this.", **options})
    assert [message["role"] for message in messages] == ["system", "user"]
    return "\n".join(message["content"] for message in messages)


def episode(*actions: str, blind: bool = False) -> Episode:
    run = Episode(bundled_incident("memory_leak"), 3, blind=blind)
    for action in actions:
        run.act(action)
    return run


# --- what it sees


def test_it_sees_role_goal_actions_and_how_to_answer() -> None:
    text = told(observe())
    assert "engineer on call" in text
    assert "three steps in a row" in text
    for action in ACTIONS:
        assert f"\n- {action}: " in text
    assert "Answer like this." in text


def test_it_sees_the_six_metrics_in_units_with_limits_and_trend() -> None:
    before = observe().metrics._replace(cpu_usage=0.85)
    now = before._replace(cpu_usage=0.93, latency=0.306, service_healthy=0.0)
    text = told(observe(now, before=[(before, ActionType.DO_NOTHING)]))
    assert "- CPU: 93.0 %, NOT healthy (healthy below 65.0 %, crash at 98.0 %), rising. 85.0 93.0" in text
    assert "- Latency: 153 ms, NOT healthy (healthy below 100 ms), rising. 45 153" in text
    assert "- Memory: 44.0 %, healthy (healthy below 65.0 %, crash at 98.0 %), steady. 44.0 44.0" in text
    assert "- Service: down, NOT healthy (healthy: up). up, down" in text
    assert "- Packet loss: 1.0 %, healthy (healthy below 5.0 %), steady." in text
    assert "- Errors: 2.0 %, healthy (healthy below 10.0 %, crash at 90.0 %), steady." in text


def test_it_sees_the_samples_before_the_page_the_log_and_the_alerts() -> None:
    run = episode()
    text = told(run.observation)
    first = run.header.samples[0]
    assert f"- Memory (%): {first.memory_usage * 100:.1f} " in text
    assert "+00:00 critical pager: Page: " in text
    assert all(line.text in text for line in run.observation.lines[-5:])


def test_an_alert_fires_until_it_is_resolved() -> None:
    lines = [
        LogLine(-90, "warning", "alert", "[FIRING:1] HighCpu (host=web-01 severity=warning)", "alert"),
        LogLine(-60, "critical", "alert", "[FIRING:1] ServiceDown (host=web-01 severity=critical)", "alert"),
        LogLine(-30, "resolved", "alert", "[RESOLVED] HighCpu (host=web-01)", "alert"),
        LogLine(-20, "error", "app", "[FIRING:1] Nonsense (said an application)"),
    ]
    assert "Alerts firing: HighCpu, ServiceDown\n" in told(replace(observe(), lines=tuple(lines[:2])))
    assert "Alerts firing: ServiceDown\n" in told(replace(observe(), lines=tuple(lines)))
    assert "Alerts firing: none\n" in told(observe())


def test_it_sees_what_was_done_by_whom_and_what_came_of_it() -> None:
    run = episode("scale_up", "clear_cache", "do_nothing")
    text = told(run.observation, chosen={1: ActionType.SCALE_UP, 3: ActionType.RESTART_SERVICE})
    explained = run.observation.explanations
    assert f"- step 1, scale_up (you). {explained[0]}" in text
    assert f"- step 2, clear_cache (the operator). {explained[1]}" in text
    assert f"- step 3, do_nothing (the operator, where you wanted restart_service). {explained[2]}" in text
    assert "Step 4 of 60. Healthy steps in a row: " in text


def test_it_sees_how_long_the_service_stays_down() -> None:
    assert "stays down for 2 more steps" in told(observe(outage_left=2))
    assert "stays down" not in told(observe())


# --- what it does not see


def test_in_a_blind_episode_the_incident_has_no_name() -> None:
    definition = bundled_incident("memory_leak")
    assert f"The incident: {definition.title}\n" in told(episode().observation)
    blind = told(episode("scale_up", blind=True).observation)
    for hidden in ("The incident", definition.title, definition.id, definition.summary, definition.lesson.strip()):
        assert hidden not in blind


def test_which_remedy_helps_against_which_symptom_is_told_only_as_a_hint() -> None:
    assert "emed" not in told(episode(blind=True).observation)
    hinted = told(observe(), hints=True)
    for metric, remedy in REMEDIES.items():
        symptom = "Service not up" if metric == "service_healthy" else f"{METRIC[metric].label} too high"
        assert f"- {symptom}: {remedy}\n" in hinted


def test_lines_that_have_nothing_to_say_are_left_out() -> None:
    assert "\n\n\n" not in told(observe())
    assert "$" not in told(observe())


def test_the_log_is_bounded_and_harmless() -> None:
    evil = LogLine(5, "info", "a\x1b[2Jpp", "one\x1b[31m\ntwo $metrics \u202e" + "x" * 5_000)
    lines = (*(LogLine(clock, "info", "app", f"line {clock}") for clock in range(500)), evil)
    text = told(replace(observe(), lines=lines))
    assert "+00:05 info app: one two $metrics xxx" in text
    assert "line 499" in text
    assert "line 400" not in text
    assert len(text) < 6_000
    assert text.replace("\n", "").isprintable()


def test_what_was_wrong_with_the_last_answer_is_told_at_the_end() -> None:
    assert told(observe(), problem="the answer is empty").endswith(
        "Your last answer could not be used: the answer is empty. Answer like this."
    )


# --- the template


def template(content: str | bytes) -> Path:
    file = Path("mine.txt")
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_the_program_has_a_readable_template_whose_hash_is_that_of_the_file() -> None:
    import noc_tui.agents.llm as package

    file = Path(package.__file__).with_name("prompt.txt")
    assert load_prompt(None).digest == f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def test_the_user_can_replace_it() -> None:
    content = b"\xef\xbb\xbfa note\r\n[system]\r\nYou: $actions\r\n[user]\r\n${metrics}\r\nThat is $$5. $answer\r\n"
    mine = load_prompt(template(content))
    system, user = mine.messages(observe(), answer="So!")
    assert system["content"].startswith("You: - do_nothing")
    assert user["content"].endswith("That is $5. So!")
    assert mine.digest == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_model_that_knows_no_system_message_can_be_told_all_in_one() -> None:
    (message,) = load_prompt(template("[user]\n$actions $metrics $answer")).messages(observe(), answer="So!")
    assert message["role"] == "user"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("$metrics $actions $answer", "has no line [user]"),
        ("[user]\n$metrics $actions", "has no $answer, without which no model could answer"),
        ("[user]\n$metrics $actions $answer $secret", "unknown placeholder $secret; there are $actions, $alerts, "),
        ("[user]\n$metrics $actions $answer 5$", "has a dollar sign that begins no placeholder"),
        (b"[user]\n\xff", "is no UTF-8 text (byte 7)"),
        ("x" * 40_000, "cannot be read: it is larger than 32 KiB"),
    ],
)
def test_a_template_that_cannot_be_used_is_told(content: str | bytes, says: str) -> None:
    with pytest.raises(AgentError) as caught:
        load_prompt(template(content))
    assert str(caught.value).startswith("prompt mine.txt: ")
    assert says in str(caught.value)


def test_a_template_that_is_not_there_is_told() -> None:
    for path in (Path("nowhere.txt"), Path(), Path("a\0b")):
        with pytest.raises(AgentError, match="cannot be read: "):
            load_prompt(path)
