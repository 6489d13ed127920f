"""Trained policies: what they see, what they do, what is said about files that hold none, how the shipped ones play."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.agents.base import AgentError
from noc_tui.agents.policy import SHIPPED, Network, load_network, numbers_of, shipped_policy
from noc_tui.agents.policy_file import MAX_CARD_BYTES, Architecture, Inputs, PolicyCard, read_policy, write_policy
from noc_tui.agents.policy_inputs import BLOCKS, MAX_HISTORY, InputSpec, PolicyInputs
from noc_tui.agents.registry import make_agent
from noc_tui.bench.run import play_episode
from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.sim.metrics import SystemMetrics
from tests.agents.samples import HEALTHY, observe
from tests.factories import bundled_incident

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from noc_tui.episode.observation import Observation

EVERYTHING = Inputs(frames=4, actions=4, blocks=BLOCKS)
WAIT, RESTART, THROTTLE, CLEAR, REROUTE, SCALE = ACTIONS


def weights_for(architecture: Architecture, seed: int = 0) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    drawn = np.random.default_rng(seed)
    return {name: drawn.normal(0, 0.5, shape).astype(np.float32) for name, shape in architecture.shapes().items()}


def policy(
    folder: Path,
    *,
    inputs: Inputs = EVERYTHING,
    hidden: tuple[int, ...] = (8,),
    favourite: ActionType | None = None,
    name: str = "mine",
) -> Path:
    """A policy with random weights, or one that always does the same."""
    architecture = Architecture(inputs=inputs, hidden=hidden, activation="tanh")
    weights = weights_for(architecture)
    if favourite is not None:
        last = f"layers.{len(hidden)}"
        weights[f"{last}.weight"][:] = 0
        weights[f"{last}.bias"][:] = np.eye(6)[ACTIONS.index(favourite)] * 5
    return write_policy(folder / name, PolicyCard(weights_sha256="0" * 64, architecture=architecture), weights)


def rewritten(path: Path, **changes: Any) -> None:
    """Change what stands in the JSON of a policy."""
    card = path.with_suffix(".json")
    card.write_text(json.dumps(json.loads(card.read_text()) | changes))


def refusal(path: Path) -> str:
    with pytest.raises(AgentError) as caught:
        read_policy(path)
    message = str(caught.value)
    assert message.isprintable()
    return message.replace(f"{path.parent}/", "")


# --- what a policy does


async def test_it_does_what_its_network_holds_likeliest(tmp_path: Path) -> None:
    agent = make_agent(f"policy:{policy(tmp_path, favourite=CLEAR)}", seed=1)
    decision = await agent.decide(observe())
    assert (decision.action, decision.rationale) == (CLEAR, "Clear cache 97 %.")
    assert agent.name == "policy:mine"


async def test_it_names_a_second_choice_that_is_likely_too(tmp_path: Path) -> None:
    path = policy(tmp_path, hidden=())
    stored = read_policy(path)
    stored.weights["layers.0.weight"] = np.zeros_like(stored.weights["layers.0.weight"])
    stored.weights["layers.0.bias"] = np.array([1, 0, 0, 0, 0, 1.5], dtype=np.float32)
    write_policy(path, stored.card, stored.weights)
    decision = await make_agent(f"policy:{path}", seed=1).decide(observe())
    assert (decision.action, decision.rationale) == (SCALE, "Scale up 40 %, Wait 24 %.")


def test_a_policy_that_a_training_wrote_is_called_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "nightly"
    folder.mkdir()
    assert make_agent(f"policy:{policy(folder, name='policy')}", seed=1).name == "policy:nightly"
    assert make_agent(f"policy:{folder}", seed=1).name == "policy:nightly"


def test_it_may_be_named_by_its_weights_or_by_the_json_beside_them(tmp_path: Path) -> None:
    path = policy(tmp_path)
    assert read_policy(path).card == read_policy(path.with_suffix(".json")).card


def test_what_was_written_is_what_is_read(tmp_path: Path) -> None:
    architecture = Architecture(inputs=Inputs(frames=2), hidden=(3, 4), activation="relu")
    weights = weights_for(architecture)
    card = PolicyCard(
        weights_sha256="0" * 64, architecture=architecture, incidents=("syn_flood",), training={"seed": 42, "lr": 0.5}
    )
    stored = read_policy(write_policy(tmp_path / "x", card, weights))
    assert stored.card.model_copy(update={"weights_sha256": "0" * 64}) == card
    assert {name: array.tobytes() for name, array in stored.weights.items()} == {
        name: array.tobytes() for name, array in weights.items()
    }


def test_the_network_is_dense_layers_with_an_activation_between() -> None:
    architecture = Architecture(inputs=Inputs(), hidden=(5,), activation="relu")
    weights = weights_for(architecture)
    numbers = np.random.default_rng(1).random((7, 6), dtype=np.float32)
    inner = np.maximum(numbers @ weights["layers.0.weight"].T + weights["layers.0.bias"], 0)
    expected = inner @ weights["layers.1.weight"].T + weights["layers.1.bias"]
    network = Network(architecture, weights)
    np.testing.assert_allclose(network.logits(numbers), expected, rtol=1e-5)
    assert network.actions(numbers).tolist() == expected.argmax(axis=1).tolist()


# --- what a policy sees


def numbers(spec: InputSpec, observation: Observation) -> list[float]:
    architecture = Architecture(
        inputs=Inputs(frames=spec.frames, actions=spec.actions, blocks=spec.blocks), hidden=(), activation="tanh"
    )
    (row,) = numbers_of(Network(architecture, weights_for(architecture)), observation).tolist()
    return [round(number, 5) for number in row]


HIGH = SystemMetrics(0.75, 0.44, 0.09, 0.01, 1.0, 0.02)
HIGHER = SystemMetrics(0.80, 0.44, 0.09, 0.01, 1.0, 0.02)
NOW = observe(HEALTHY, before=[(HIGH, SCALE), (HIGHER, THROTTLE)])


def test_frames_are_the_last_metrics_oldest_first_after_nothing() -> None:
    assert numbers(InputSpec(frames=2), NOW) == [*HIGHER, *HEALTHY]
    assert numbers(InputSpec(frames=4), NOW) == [*[0.0] * 6, *HIGH, *HIGHER, *HEALTHY]


def test_actions_are_told_oldest_first() -> None:
    assert numbers(InputSpec(actions=3), NOW)[6:] == [*[0] * 6, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("margins", [-1, -1, -1, -0.4, 0, -0.8]),
        ("start", [*HIGH]),
        ("uses", [0, 0, 0.125, 0, 0, 0.125]),
        ("since", [0, 0, 1, 0, 0, 0.5]),
        ("effects", [*[0] * 12, -1, *[0] * 5, *[0] * 12, 0.5, *[0] * 5]),
        ("progress", [0.03333, 0.33333]),
    ],
)
def test_a_block_tells_what_it_is_said_to(block: Any, expected: list[float]) -> None:
    assert numbers(InputSpec(blocks=(block,)), NOW)[6:] == pytest.approx(expected, abs=1e-5)


@given(st.lists(st.integers(0, 5), max_size=25), st.integers(0, 1000))
def test_the_numbers_lie_between_minus_one_and_one(actions: list[int], seed: int) -> None:
    drawn, inputs = np.random.default_rng(seed), PolicyInputs(EVERYTHING.spec)
    inputs.start(drawn.random((1, 6), dtype=np.float32))
    for action in actions:
        inputs.step(np.array([action]), drawn.random((1, 6), dtype=np.float32))
    row = inputs.numbers()
    assert row.shape == (1, EVERYTHING.spec.size)
    assert np.abs(row).max() <= 1.0


def test_play_makes_the_very_numbers_that_training_makes() -> None:
    gym = pytest.importorskip("noc_tui.gym", reason="the extra gym is not installed")
    seeds, incident = 5, bundled_incident("syn_flood")
    envs = gym.NOCSystemVectorEnv(seeds, incident_type=incident, max_steps=100)
    inputs = PolicyInputs(EVERYTHING.spec, seeds)
    architecture = Architecture(inputs=EVERYTHING, hidden=(), activation="tanh")
    network = Network(architecture, weights_for(architecture))
    episodes = [Episode(incident, seed, max_steps=100) for seed in range(seeds)]
    drawn = np.random.default_rng(3)
    inputs.start(envs.reset(seed=0)[0])
    for _ in range(6):
        played = np.concatenate([numbers_of(network, episode.observation) for episode in episodes])
        assert played.tobytes() == inputs.numbers().tobytes()
        actions = drawn.integers(0, 6, seeds)
        inputs.step(actions, envs.step(actions)[0])
        for episode, action in zip(episodes, actions.tolist(), strict=True):
            episode.act(ACTIONS[action])


def test_rows_that_start_anew_forget_and_the_others_do_not() -> None:
    inputs = PolicyInputs(EVERYTHING.spec, 2)
    first = np.array([HIGH, HIGHER], dtype=np.float32)
    inputs.start(first)
    inputs.step(np.array([2, 3]), first)
    before = inputs.numbers()
    inputs.start(first[:1], np.array([True, False]))
    after = inputs.numbers()
    fresh = PolicyInputs(EVERYTHING.spec, 1)
    fresh.start(first[:1])
    assert after[0].tobytes() == fresh.numbers()[0].tobytes()
    assert after[1].tobytes() == before[1].tobytes()


async def test_it_plays_the_same_whether_the_incident_is_secret_or_not() -> None:
    episodes = [Episode(bundled_incident("dns_failure"), 3, blind=blind) for blind in (False, True)]
    for episode in episodes:
        await play_episode(make_agent("ppo", seed=3), episode)
    one, other = episodes
    assert one.observation.actions == other.observation.actions
    assert one.observation.actions


# --- what is said about files that hold no policy


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.safetensors") == "gone.json: the policy cannot be read: No such file or directory"
    path = policy(tmp_path)
    path.unlink()
    assert refusal(path) == "mine.safetensors: the policy cannot be read: No such file or directory"


@pytest.mark.parametrize("name", ["model.zip", "model.pt", "model"])
def test_other_files_are_not_looked_into(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)  # whoever opened it would wait for ever
    said = refusal(tmp_path / name)
    assert said.startswith(f"{name}: is no policy")
    assert ("train convert" in said) == (name == "model.zip")


def test_a_pipe_or_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = policy(tmp_path)
    card = path.with_suffix(".json")
    card.write_text(" " * (MAX_CARD_BYTES + 1))
    assert refusal(path) == "mine.json: the policy cannot be read: it is larger than 64 KiB"
    card.unlink()
    os.mkfifo(card)
    assert refusal(path) == "mine.json: the policy cannot be read: it is no regular file"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": 2}, "is a policy of format 2, and this noc-tui reads format 1"),
        ({"format": "other"}, "format: input should be 'noc-tui policy'"),
        ({"colour\x1b[31m": 1}, "colour: is no key of a policy"),
        ({"architecture": {}}, "architecture.inputs: is missing"),
        (
            {"architecture": {"inputs": {"frames": 17}, "hidden": [8], "activation": "tanh"}},
            "architecture.inputs.frames: input should be less than or equal to 16",
        ),
        (
            {"architecture": {"inputs": {"blocks": ["uses", "uses"]}, "hidden": [8], "activation": "tanh"}},
            "architecture.inputs.blocks: a block stands twice",
        ),
        (
            {"architecture": {"inputs": {}, "hidden": [1025], "activation": "tanh"}},
            "architecture.hidden[0]: input should be less than or equal to 1024",
        ),
        (
            {"architecture": {"inputs": {}, "hidden": [], "activation": "eval"}},
            "architecture.activation: input should be 'tanh' or 'relu'",
        ),
    ],
)
def test_a_json_that_describes_no_policy_is_told_by_its_key(
    tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    path = policy(tmp_path)
    rewritten(path, **changes)
    assert refusal(path) == f"mine.json: {expected}"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 10_000])
def test_what_is_no_json_object_is_refused(tmp_path: Path, content: bytes) -> None:
    path = policy(tmp_path)
    path.with_suffix(".json").write_bytes(content)
    assert refusal(path).startswith("mine.json: ")


def test_weights_of_another_policy_are_noticed(tmp_path: Path) -> None:
    path, other = policy(tmp_path), policy(tmp_path, favourite=WAIT, name="other")
    path.write_bytes(other.read_bytes())
    assert refusal(path) == "mine.safetensors: holds other weights than those that mine.json was written for"


def replaced(path: Path, content: bytes) -> None:
    """Put other bytes in place of the weights, and vouch for them."""
    import hashlib

    path.write_bytes(content)
    rewritten(path, weights_sha256=hashlib.sha256(content).hexdigest())


Tensors = dict[str, "np.ndarray[Any, Any]"]


def _without(tensors: Tensors) -> None:
    del tensors["layers.1.bias"]


def _beside(tensors: Tensors) -> None:
    tensors["extra\x1b[31m"] = np.zeros(3, dtype=np.float32)


def _other_shape(tensors: Tensors) -> None:
    tensors["layers.1.bias"] = np.zeros(5, dtype=np.float32)


def _other_type(tensors: Tensors) -> None:
    tensors["layers.1.bias"] = np.zeros(6)


def _not_a_number(tensors: Tensors) -> None:
    tensors["layers.1.bias"] = np.full(6, np.nan, dtype=np.float32)


def _endless(tensors: Tensors) -> None:
    tensors["layers.0.weight"] = np.full_like(tensors["layers.0.weight"], np.inf)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_without, "tensor layers.1.bias is missing"),
        (_beside, "tensor extra is none of this architecture"),
        (_other_shape, "tensor layers.1.bias is float32 of shape [5], expected float32 of shape [6]"),
        (_other_type, "tensor layers.1.bias is float64 of shape [6], expected float32 of shape [6]"),
        (_not_a_number, "tensor layers.1.bias holds what is no weight: not a number, or beyond 1,000,000"),
        (_endless, "tensor layers.0.weight holds what is no weight: not a number, or beyond 1,000,000"),
    ],
)
def test_weights_that_do_not_fit_are_told_by_their_name(
    tmp_path: Path, change: Callable[[Tensors], None], expected: str
) -> None:
    from safetensors.numpy import load, save

    path = policy(tmp_path)
    tensors = load(path.read_bytes())
    change(tensors)
    replaced(path, save(tensors))
    assert refusal(path) == f"mine.safetensors: {expected}"


@given(st.binary(max_size=300))
def test_bytes_that_are_no_weights_are_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = policy(tmp_path_factory.mktemp("policy"))
    replaced(path, content)
    assert refusal(path).startswith("mine.safetensors: ")


@given(st.integers(0, 400), st.integers(0, 255))
def test_one_wrong_byte_is_never_more_than_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    path = policy(tmp_path_factory.mktemp("policy"))
    content = bytearray(path.read_bytes())
    content[place] = byte
    replaced(path, bytes(content))
    with suppress(AgentError):
        read_policy(path)


def test_the_agent_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for spec, expected in {
        "policy": "agent policy needs a file: policy:FILE",
        "policy:": "agent policy needs a file: policy:FILE",
        "ppo:nope": "agent ppo takes one of all, classic, pack behind its name, not 'nope'",
        f"policy:{tmp_path}/a\x1b[31m.json": f"{tmp_path}/a.json: the policy cannot be read: No such file or directory",
    }.items():
        with pytest.raises(AgentError) as caught:
            make_agent(spec, seed=1)
        assert str(caught.value) == expected


# --- the shipped ones


def resolved(network: Network, incident: str, seeds: int) -> int:
    """How many episodes it resolves, with the seeds from 0 on, to the incident's own limit."""
    from noc_tui.gym import NOCSystemVectorEnv

    envs = NOCSystemVectorEnv(seeds, incident_type=incident)
    inputs = PolicyInputs(network.inputs, seeds)
    inputs.start(envs.reset(seed=0)[0])
    running, count = np.ones(seeds, dtype=np.bool_), 0
    while running.any():
        actions = network.actions(inputs.numbers())
        observations, _, terminations, truncations, infos = envs.step(actions)
        inputs.step(actions, observations)
        count += int((running & infos["resolved"]).sum())
        running &= ~(terminations | truncations)
    return count


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_policy_is_small_and_says_where_it_comes_from(name: str) -> None:
    path = shipped_policy(name)
    card = read_policy(path).card
    assert path.stat().st_size + path.with_suffix(".json").stat().st_size < 200_000
    assert (card.training["objective"], card.training["seed"]) == ("time", 42)
    assert card.evaluation is not None
    assert set(card.evaluation.incidents) == set(card.incidents)


@pytest.mark.parametrize("name", ["all", "classic"])
def test_the_classic_three_are_resolved_nearly_as_often_as_is_possible(name: str) -> None:
    pytest.importorskip("gymnasium", reason="the extra gym is not installed")
    network = load_network(shipped_policy(name))
    assert resolved(network, "network_congestion", 200) == 200
    assert resolved(network, "cpu_overload", 200) >= 0.97 * 168  # the planner, which sees all, resolves 168 of them
    assert resolved(network, "memory_leak", 200) >= 0.97 * 187  # and 187 of these


PACK = ("shard_rebalance", "slow_leak", "syn_flood", "cold_standby", "backup_window", "poison_backlog")


@pytest.mark.parametrize("name", ["ppo", "ppo:pack"])
async def test_the_pack_is_resolved_where_rules_are_not_enough(name: str) -> None:
    async def outcomes(agent: str) -> list[str]:
        episodes = [Episode(bundled_incident(incident), seed) for incident in PACK for seed in range(2)]
        return [(await play_episode(make_agent(agent, seed=0), episode)).outcome for episode in episodes]

    assert "resolved" not in await outcomes("rules")
    assert (await outcomes(name)).count("resolved") >= 11


def test_to_play_takes_nothing_of_what_training_takes() -> None:
    code = (
        "import sys; sys.argv[1:] = ['run', '--agent', 'ppo', '--incident', 'tls_expiry', '--no-record']\n"
        "from noc_tui.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "print({'torch', 'stable_baselines3', 'gymnasium', 'tensorboard'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "success=true" in done.stdout.lower(), done.stderr
    assert done.stdout.splitlines()[-1] == "set()"


def test_the_most_that_a_card_may_ask_for_can_be_had() -> None:
    spec = InputSpec(MAX_HISTORY, MAX_HISTORY, BLOCKS)
    inputs = PolicyInputs(spec)
    inputs.start(np.array([HIGH], dtype=np.float32))
    assert inputs.numbers().shape == (1, spec.size)


def test_the_model_card_says_what_the_policies_say_of_themselves() -> None:
    from scripts.make_policies import OPTIONS, TARGET, command, replaced, table

    page = TARGET.read_text(encoding="utf-8")
    assert replaced(page, table()) == page
    assert set(OPTIONS) == set(SHIPPED)
    for name in SHIPPED:
        assert f"\n    {' '.join(command(name, name))}\n" in page
