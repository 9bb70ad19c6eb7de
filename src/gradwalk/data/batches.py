"""Parts of a dataset: what is held out to judge by, and small batches in an order drawn anew for every epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gradwalk.data.dataset import DataError, Dataset, Seed
from gradwalk.tensor import Tensor, tensor

Rows = npt.NDArray[np.int64]


def split(dataset: Dataset, held_out: float = 0.2, seed: Seed = 0) -> tuple[Dataset, Dataset]:
    """Take a share of the rows away by chance, to judge by later: (to learn from, held out).

    Classes keep their shares in both parts, and each keeps at least one row to learn from. Rows keep their order.
    """
    if not 0 <= held_out < 1:
        raise DataError(f"held_out={held_out}: it is the share of rows that isn't learned from, from 0 to below 1")
    labels = np.zeros(len(dataset), np.int64) if dataset.task == "regression" else dataset.labels
    counts = np.bincount(labels, minlength=1)
    stream, chosen = np.random.default_rng(seed), np.zeros(len(dataset), bool)
    for label, size in enumerate(apportioned(counts, round(held_out * len(dataset)))):
        chosen[stream.permutation(np.flatnonzero(labels == label))[:size]] = True
    return dataset.take(np.flatnonzero(~chosen)), dataset.take(np.flatnonzero(chosen))


def apportioned(counts: Rows, seats: int) -> Rows:
    """Share out ``seats`` in proportion to counts, by largest remainder; each count keeps at least one for itself."""
    exact = counts * seats / max(counts.sum(), 1)
    shares: Rows = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(shares - exact, kind="stable")
    shares[by_remainder[: seats - shares.sum()]] += 1
    fitting: Rows = np.minimum(shares, np.maximum(counts - 1, 0))
    return fitting


class Batches:
    """Go through a dataset once per loop, in batches of ``size`` rows (all rows, if None), each row once.

    The order of an epoch depends on the seed and on the epoch's number only, so that any epoch can be gone through
    again, and a saved position goes on exactly. A loop that was left early goes on where it was.

    >>> from gradwalk.data import moons
    >>> batches = Batches(moons(10), size=4)
    >>> [inputs.shape for inputs, targets in batches]
    [(4, 2), (4, 2), (2, 2)]
    >>> batches.epoch, batches.position
    (1, 0)
    """

    def __init__(self, dataset: Dataset, size: int | None = None, *, seed: int = 0, shuffle: bool = True):
        if size is not None and size < 1:
            raise DataError(f"size={size}: a batch has at least one row")
        self.dataset, self.size, self.seed, self.shuffle = dataset, size or max(len(dataset), 1), seed, shuffle
        self.epoch = self.position = 0

    def __len__(self) -> int:
        return -(-len(self.dataset) // self.size)

    def order(self, epoch: int) -> Rows:
        """In which order an epoch goes through the rows."""
        count = len(self.dataset)
        return np.random.default_rng((self.seed, epoch)).permutation(count) if self.shuffle else np.arange(count)

    def rows(self, epoch: int) -> list[Rows]:
        """The rows of each batch of an epoch."""
        order = self.order(epoch)
        return [order[start : start + self.size] for start in range(0, len(order), self.size)]

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for rows in self.rows(self.epoch)[self.position :]:
            self._advance()  # first, so that a position that is saved while a batch is worked on is that of the next
            yield tensor(self.dataset.inputs[rows]), tensor(self.dataset.targets[rows])

    def _advance(self) -> None:
        self.epoch, self.position = divmod(self.epoch * len(self) + self.position + 1, len(self))

    def state_dict(self) -> dict[str, int]:
        """Which batch is next, as plain numbers."""
        return {"epoch": self.epoch, "position": self.position, **self._settings()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a saved position; it must be of the same number of rows, batch size and seed."""
        for name, own in self._settings().items():
            if state[name] != own:
                raise DataError(
                    f"the saved position is of batches with {name}={state[name]}, and these have {name}={own}"
                )
        self.epoch, self.position = int(state["epoch"]), int(state["position"])

    def _settings(self) -> dict[str, int]:
        return {"rows": len(self.dataset), "size": self.size, "seed": self.seed, "shuffle": int(self.shuffle)}
