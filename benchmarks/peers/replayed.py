"""micrograd's demo as a replayed graph: a run of it, what getting it ready takes, and its memory."""

from __future__ import annotations

import functools
import tracemalloc
from collections.abc import Iterator
from typing import Any

import gradwalk as gw
from benchmarks.peers.contest import Contestant
from benchmarks.peers.scalars import demo_loss, numbers
from benchmarks.peers.workloads import WORKLOADS, Array, ScalarNetwork
from benchmarks.program import TIERS
from benchmarks.timing import Measured
from gradwalk.program.native.loading import loading_for
from gradwalk.program.scalar.graph import read
from gradwalk.program.scalar.schedule import levels, schedule

REPLAYED = "gradwalk program ({tier}), replayable"
SCHEDULING, READING = "scheduling", "reading the tape"
REMEMBERED = "replayed scalar node"


def taped(net: ScalarNetwork) -> tuple[list[Any], Any]:
    """The demo's parameters and its loss, with the tape."""
    x, y, arrays = net.arrays()
    parameters = numbers(lambda entry: gw.tensor(entry, requires_grad=True), arrays)
    points = [[gw.tensor(entry) for entry in row] for row in x.tolist()]
    return [p for row in parameters for p in row], demo_loss(net, parameters)(points, y[:, 0].tolist())


def contestants(net: ScalarNetwork) -> Iterator[Contestant]:
    """A run in each tier, without an update; and both parts of getting it ready."""
    flat, loss = taped(net)
    for tier in TIERS:
        replay = gw.replayable(loss, tier.lower())
        yield Contestant(REPLAYED.format(tier=tier), replay.run, functools.partial(gradients, net, replay, flat))
    loading = loading_for(tier.lower())
    level = loading.scalar.levels if loading and loading.scalar else levels
    yield Contestant(READING, functools.partial(read, loss))
    yield Contestant(SCHEDULING, functools.partial(schedule, read(loss), level))


def gradients(net: ScalarNetwork, replay: Any, flat: list[Any]) -> list[Array]:
    """What a run finds, in the shapes of the parameters."""
    replay.run()
    found = iter(flat)
    arrays = net.arrays()[2]
    for array in arrays:
        array.flat = [next(found).grad.item() for _ in range(array.size)]
    return arrays


def memory() -> dict[str, Measured]:
    """Bytes for each node of the demo that a replay holds beside the tape, all of its Python objects included."""
    tier = [*TIERS][-1].lower()
    _, loss = taped(WORKLOADS["a"])  # type: ignore[arg-type]
    gw.replayable(loss, tier).run()  # what is made once for all is there now
    tracemalloc.start()
    replay = gw.replayable(loss, tier)
    replay.run()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {REMEMBERED: Measured(held / len(replay.values))}
