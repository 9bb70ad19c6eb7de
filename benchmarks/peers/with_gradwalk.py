"""gradwalk: eager; compiled, with everything that a call costs; and its program alone."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import gradwalk as gw
from benchmarks.peers import replayed
from benchmarks.peers.contest import WARM, Contestant, training
from benchmarks.peers.scalars import demo_loss, numbers, scalar_training
from benchmarks.peers.tensors import LOSSES, elements_step, leaves, training_step
from benchmarks.peers.workloads import RATE, Array, Convolutions, Elements, Network, ScalarNetwork
from benchmarks.program import TIERS, program_of

EAGER = "gradwalk eager"
COMPILED = "gradwalk compiled ({tier})"
PROGRAM = "gradwalk program ({tier})"
UPDATED_AFTER = ", without the update"

Entrant = Callable[[str, Callable[..., Any]], Contestant]  # from a name, and what is to be done with the step


def in_all_ways(entrant: Entrant, updating: bool = True) -> Iterator[Contestant]:
    """A step as it is; compiled for each tier that takes it; and what is replayed then, a part of the compiled step."""
    yield entrant(EAGER, lambda step: step)
    for tier, compile in TIERS.items():
        contestant = entrant(COMPILED.format(tier=tier), compile)
        for _ in range(WARM):
            contestant.step()
        if not contestant.step.func.reason:  # type: ignore[attr-defined]
            yield contestant
            program = program_of(contestant.step)
            lacking = UPDATED_AFTER if updating and not program.updates() else ""
            yield Contestant(PROGRAM.format(tier=tier) + lacking, program.run)


def network(work: Network | Convolutions) -> Iterator[Contestant]:
    """A step of training, by gradwalk's own optimizer."""
    x, y, arrays = work.arrays()

    def entrant(name: str, prepare: Callable[..., Any]) -> Contestant:
        parameters = leaves(gw, arrays)
        forward = LOSSES[type(work)](gw, work, parameters)
        step = prepare(training_step(forward, parameters, gw.optim.SGD(parameters, lr=RATE).step))
        given = gw.tensor(x), gw.tensor(y)
        return training(name, functools.partial(step, *given), lambda: [p.value for p in parameters])

    return in_all_ways(entrant)


def elements(work: Elements) -> Iterator[Contestant]:
    """The sum of elementwise ops and its three gradients."""

    def entrant(name: str, prepare: Callable[..., Any]) -> Contestant:
        parameters = leaves(gw, work.arrays())
        step = functools.partial(prepare(elements_step(gw, work, parameters)))

        def gradients() -> list[Array]:
            step()
            return [p.grad.value for p in parameters]

        return Contestant(name, step, gradients)

    return in_all_ways(entrant, updating=False)


def scalars(net: ScalarNetwork) -> Iterator[Contestant]:
    """A step of training with a tensor for every number."""
    x, y, arrays = net.arrays()

    def entrant(name: str, prepare: Callable[..., Any]) -> Contestant:
        parameters = numbers(lambda entry: gw.tensor(entry, requires_grad=True), arrays)
        flat = [p for array in parameters for p in array]
        step = prepare(training_step(demo_loss(net, parameters), flat, gw.optim.SGD(flat, lr=RATE).step))
        given = [[gw.tensor(entry) for entry in row] for row in x.tolist()], y[:, 0].tolist()
        return scalar_training(name, functools.partial(step, *given), parameters, arrays)

    yield from in_all_ways(entrant)
    yield from replayed.contestants(net)


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {
    Network: network,
    ScalarNetwork: scalars,
    Elements: elements,
    Convolutions: network,
}
