"""How many environment steps a second `NOCSystemVectorEnv` takes, against `SyncVectorEnv` over `NOCSystemEnv`.

    python -m benchmarks.gym_rate [--environments N] [--steps N] [--repeats N]

Needs the extra `gym`. The scalar environments are bare, without the wrappers of `gymnasium.make`. Both play the same
seeds with the same random actions, and are checked to give the same before anything is timed. `SyncVectorEnv` puts
every info together at once, explanations included, which the vector environment makes when they are looked at; so it
is timed a second time with explanations that cost nothing, and the bar holds for both. Repeats alternate, so that a
busy moment of the machine touches all; medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from unittest import mock

import gymnasium
import numpy as np
from gymnasium.vector import SyncVectorEnv

from noc_tui.gym import ENV_ID, NOCSystemEnv

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gymnasium.vector import VectorEnv
    from numpy.typing import NDArray

BAR = 60.0
SEED = 1


def both_of(n: int, autoreset: str) -> tuple[VectorEnv[Any, Any, Any], VectorEnv[Any, Any, Any]]:
    """`n` environments of the classic incidents, either way."""
    ours = gymnasium.make_vec(ENV_ID, n, "vector_entry_point", autoreset_mode=autoreset)
    return ours, SyncVectorEnv([NOCSystemEnv] * n, autoreset_mode=autoreset)


def play(envs: VectorEnv[Any, Any, Any], actions: NDArray[np.int64]) -> float:
    """Environment steps a second over these actions, (steps, n)."""
    envs.reset(seed=SEED)
    start = time.perf_counter()
    for chosen in actions:
        envs.step(chosen)
    return actions.size / (time.perf_counter() - start)


def check_agreement(autoreset: str) -> None:
    """Both give the same to the last bit, or there is nothing to compare."""
    both = both_of(16, autoreset)
    for envs in both:
        envs.reset(seed=SEED)
    for chosen in np.random.default_rng(SEED).integers(0, 6, (200, 16)):
        ours, theirs = (envs.step(chosen) for envs in both)
        for one, other in zip(ours[:4], theirs[:4], strict=True):
            if one.tobytes() != other.tobytes():
                sys.exit(f"{autoreset}: the two differ")


def free_explanations() -> AbstractContextManager[Any]:
    """Explanations that cost nothing."""
    return mock.patch("noc_tui.gym.env.explain", lambda _transition, *, blind: "" if blind else "free")


def main() -> None:
    """Print a table; exit 1 when a ratio is below the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=int, default=1024, help="side by side (default %(default)s)")
    parser.add_argument("--steps", type=int, default=8, help="of SyncVectorEnv, per repeat (default %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of each (default %(default)s)")
    options = parser.parse_args()
    n = options.environments
    rng = np.random.default_rng(SEED)
    few, many = rng.integers(0, 6, (options.steps, n)), rng.integers(0, 6, (50 * options.steps, n))
    missed = False
    print(f"{n} environments; environment steps/s, median")
    print(f"{'autoreset':<10} {'vector':>12} {'sync':>10} {'ratio':>6} {'explained free':>15} {'ratio':>6} {'bar':>4}")
    for autoreset in ("NextStep", "SameStep"):
        check_agreement(autoreset)
        vector, sync = both_of(n, autoreset)
        rates: dict[str, list[float]] = {"vector": [], "sync": [], "free": []}
        for _ in range(options.repeats):
            for name, envs, actions in (("vector", vector, many), ("sync", sync, few), ("free", sync, few)):
                with free_explanations() if name == "free" else nullcontext():
                    rates[name].append(play(envs, actions))
        ours, theirs, free = (statistics.median(rates[name]) for name in ("vector", "sync", "free"))
        missed |= min(ours / theirs, ours / free) < BAR
        print(
            f"{autoreset:<10} {ours:>12,.0f} {theirs:>10,.0f} {ours / theirs:>6.0f} {free:>15,.0f} {ours / free:>6.0f} "
            f"{BAR:>4.0f}"
        )
    sys.exit(missed)


if __name__ == "__main__":
    main()
