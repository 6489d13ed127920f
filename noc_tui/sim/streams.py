"""A random stream for each of many environments, drawn from in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BLOCK: Final = 64
"""For how many steps or resets normals are drawn ahead: it changes no value, and a call per step would cost most."""


class NormalStreams:
    """Standard normals, five at a time, of one generator for each environment."""

    def __init__(self, seeds: Sequence[int]) -> None:
        n = len(seeds)
        self.seeds: list[int] = list(seeds)
        self._generators = [np.random.default_rng(seed) for seed in seeds]
        self._blocks = np.empty((n, BLOCK, 5))
        self._fives = self._blocks.reshape(n * BLOCK, 5)
        self._drawn = np.empty((n, 5))
        self._starts = np.arange(n) * BLOCK
        self._next = np.full(n, BLOCK)
        self._drawn_before_block = np.full(n, -5 * BLOCK)

    def reseed(self, rows: NDArray[np.intp], seeds: Sequence[int | None]) -> None:
        """Start the streams of these rows anew, where a seed is given. Nothing changes if a seed is no good."""
        fresh = [
            (row, seed, np.random.default_rng(seed))
            for row, seed in zip(rows.tolist(), seeds, strict=True)
            if seed is not None
        ]
        for row, seed, generator in fresh:
            self.seeds[row] = seed
            self._generators[row] = generator
            self._next[row] = BLOCK
            self._drawn_before_block[row] = -5 * BLOCK

    def drawn(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """How many normals of these rows' streams have been used so far."""
        drawn: NDArray[np.intp] = self._drawn_before_block[rows] + 5 * self._next[rows]
        return drawn

    def draw(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """The next five of these rows, which do not repeat: (len(rows), 5)."""
        self._refill(rows[self._next[rows] == BLOCK])
        fives: NDArray[np.float64] = self._fives.take(self._starts[rows] + self._next[rows], axis=0)
        self._next[rows] += 1
        return fives

    def draw_all(self) -> NDArray[np.float64]:
        """The next five of every row: (n, 5). They stand there until the next call."""
        self._refill((self._next == BLOCK).nonzero()[0])
        self._fives.take(self._starts + self._next, axis=0, out=self._drawn, mode="clip")
        self._next += 1
        return self._drawn

    def _refill(self, rows: NDArray[np.intp]) -> None:
        if rows.size:
            generators, blocks = self._generators, self._blocks
            for row in rows.tolist():
                generators[row].standard_normal(out=blocks[row])
            self._next[rows] = 0
            self._drawn_before_block[rows] += 5 * BLOCK
