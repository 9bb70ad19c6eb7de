"""Random numbers that depend on the seed and the place alone, so that a training can be entered anywhere.

Each stream is started from (seed, purpose, place), and nothing is drawn from one stream for another's sake. That is why
a checkpoint needs no generator's state, and why going back to a step gives the very same step again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from gradwalk import random


def seed_of(seed: int, purpose: str, *place: int) -> int:
    """The seed of one stream: an independent one for each purpose and place.

    >>> seed_of(0, "dropout", 1) == seed_of(0, "dropout", 2)
    False
    """
    words = np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), *place]).generate_state(2, np.uint32)
    return int(words[0]) << 32 | int(words[1])


@contextmanager
def seeded(seed: int, purpose: str, *place: int) -> Iterator[None]:
    """Draw from one stream inside; neither the user's own stream nor another thread's training notices."""
    with random.drawing_from(random.Generator().manual_seed(seed_of(seed, purpose, *place))):
        yield
