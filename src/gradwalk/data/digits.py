"""Handwritten digits: 1,797 pictures of 8 × 8 pixels, from the UCI repository (see digits.LICENSE.txt)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gradwalk.data.dataset import DataError, Dataset, Seed

SIDE = 8
INK = 16  # the most that one pixel holds: how many of its 4 × 4 finer pixels were black


def digits(count: int | None = None, seed: Seed = 0) -> Dataset:
    """Handwritten digits, 8 × 8 pixels each; 0 is paper and 1 is ink. All of them, or ``count`` drawn by chance.

    The test part of *Optical Recognition of Handwritten Digits* (E. Alpaydin and C. Kaynak, 1998, CC BY 4.0).

    >>> data = digits()
    >>> data.inputs.shape, data.targets.shape
    ((1797, 64), (1797,))
    """
    with np.load(Path(__file__).with_name("digits.npz")) as stored:
        pixels, labels = stored["pixels"], stored["labels"]
    everything = Dataset(
        name="digits",
        inputs=pixels / INK,
        targets=labels.astype(np.int64),
        task="classes",
        columns=tuple(f"row {row} column {column}" for row in range(1, SIDE + 1) for column in range(1, SIDE + 1)),
        target="digit",
        description="handwritten digits, 8 × 8 pixels (UCI; E. Alpaydin and C. Kaynak, CC BY 4.0)",
        classes=tuple("0123456789"),
        picture=(SIDE, SIDE),
    )
    if count is None:
        return everything
    if not 1 <= count <= len(everything):
        raise DataError(f"digits: count={count}: there are {len(everything)} pictures to draw from")
    return everything.take(np.random.default_rng(seed).permutation(len(everything))[:count])
