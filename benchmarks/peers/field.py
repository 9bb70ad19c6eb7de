"""Who takes part: the peers that are installed, each with what it makes of a workload."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

from benchmarks.peers import by_hand
from benchmarks.peers.contest import Contestant, check
from benchmarks.peers.workloads import Workload
from benchmarks.timing import Measured, interleaved

PEERS = ("with_gradwalk", "by_hand", "with_torch", "with_jax", "with_autograd", "with_micrograd", "sgemm")
OPTIONAL = ("with_torch_compile", "with_tinygrad", "with_casadi")


def installed(names: tuple[str, ...]) -> Iterator[ModuleType]:
    """The peers' files that can be loaded; what is missing is told."""
    for name in names:
        try:
            yield importlib.import_module(f"benchmarks.peers.{name}")
        except ModuleNotFoundError as error:
            print(f"{name}: left out, there is no module {error.name}", file=sys.stderr)


def field(workload: Workload, names: tuple[str, ...] = PEERS) -> list[Contestant]:
    """All implementations of a workload, with gradients like those written by hand."""
    contestants = [
        contestant
        for peer in installed(names)
        if type(workload) in peer.WAYS
        for contestant in peer.WAYS[type(workload)](workload)
    ]
    check(contestants, by_hand.gradients(workload))
    return contestants


def contest(workload: Workload, names: tuple[str, ...] = PEERS) -> dict[str, Measured]:
    """Seconds that a step takes in each library, timed in turns."""
    contestants = field(workload, names)
    found = interleaved([(contestant.step, contestant.reset) for contestant in contestants])
    return {contestant.name: measured for contestant, measured in zip(contestants, found, strict=True)}
