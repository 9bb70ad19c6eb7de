"""The matrix products of a network's step, and nothing else: what the processor's library makes of the same shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.peers.contest import Contestant
from benchmarks.peers.workloads import Array, Network

NAME = "its products alone"


def products(net: Network) -> Iterator[Contestant]:
    """Forward, and backward to the weights and to all inputs but the network's own, into buffers allocated beforehand."""
    x, _, parameters = net.arrays()
    weights = parameters[::2]
    hidden = [x, *(np.ones((net.rows, size), x.dtype) for size in net.sizes[1:])]
    forward = list(zip(hidden, weights, hidden[1:], strict=False))
    backward = [(h.T, g.copy(), np.empty_like(w)) for h, w, g in forward]
    further = [(g, w.T, np.empty_like(h)) for h, w, g in forward[1:]]
    outputs = [(a, b, np.empty_like(out)) for a, b, out in forward]
    triples = [*outputs, *backward, *further]
    yield Contestant(NAME, lambda: multiply(triples))


def multiply(triples: list[tuple[Array, Array, Array]]) -> None:
    """All products, one after the other."""
    for a, b, out in triples:
        np.matmul(a, b, out=out)


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {Network: products}
