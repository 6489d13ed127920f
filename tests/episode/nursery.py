"""A program for `test_kill`: lets children play and kills each of them at some moment, `nursery FOLDER KILLS SEED`.

Prints how many steps each child had been told it had taken. Children are forked, for the imports take longest.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from itertools import count
from pathlib import Path

from noc_tui.episode.episode import Episode
from noc_tui.sim.actions import ACTIONS
from tests.episode.builders import endless, into


def play_for_ever(folder: Path, seed: int, told: int) -> None:
    """Play one session after the other; a byte to `told` for each step that has been taken."""
    chooser = random.Random(seed)
    for number in count():
        episode = Episode(endless(chooser.randrange(1, 20)), number, record=into(folder))
        while not episode.done:
            episode.act(chooser.choice(ACTIONS))
            if chooser.random() < 0.2 and not episode.done:
                episode.mark("here")
            os.write(told, b".")
        episode.close()


def main(folder: Path, kills: int, seed: int) -> None:
    """Play and kill."""
    moments = random.Random(seed)
    for number in range(kills):
        listen, tell = os.pipe()
        child = os.fork()
        if not child:
            play_for_ever(folder / str(number), number, tell)
        os.close(tell)
        steps = moments.randrange(60)
        for _ in range(steps):
            os.read(listen, 1)
        for _ in range(moments.randrange(20_000)):  # a moment within the next step
            pass
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while rest := os.read(listen, 4096):
            steps += len(rest)
        print(steps)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
