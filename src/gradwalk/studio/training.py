"""Several updates in a row as one walk: every turn repeats the first one's structure, and one run fills in the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradwalk.studio.clock import Deadline
from gradwalk.studio.errors import too_large
from gradwalk.studio.numbers import Program, walk_with
from gradwalk.studio.protocol import Training
from gradwalk.walk import Node, Step, Walk

MOST_UPDATES = 500
MOST_STEPS = 60_000  # in all turns


def trained(walk: Walk, training: Training | None, deadline: Deadline) -> Walk:
    """The walk with its updates, as `Walk.update` makes it, but in a time that grows with the number of updates only."""
    if training is None or training.steps == 0:
        return walk
    _refuse_many(walk, training)
    once = walk.update(training.rate, training.params, 1)
    if training.steps == 1 or walk.turns > 1:
        return once if training.steps == 1 else walk.update(training.rate, training.params, training.steps)
    repeated = _repeated(walk, once, training.steps)
    return walk_with(repeated, Program(repeated).run({}, deadline=deadline))


def _refuse_many(walk: Walk, training: Training) -> None:
    if not 0 <= training.steps <= MOST_UPDATES:
        raise too_large(
            f"{training.steps:,} updates are more than the studio shows in a walk", f"ask for at most {MOST_UPDATES}"
        )
    steps = len(walk.steps) * (training.steps + 1)
    if steps > MOST_STEPS:
        most = max(0, MOST_STEPS // max(len(walk.steps), 1) - 1)
        raise too_large(
            f"a walk with {training.steps} updates would have {steps:,} steps", f"ask for at most {most} updates"
        )


def _repeated(walk: Walk, once: Walk, updates: int) -> Walk:
    """The second turn again and again; its values are still those of the first update."""
    count = len(walk.nodes)
    nodes, steps = list(once.nodes), list(once.steps)
    for turn in range(2, updates + 1):
        shift = (turn - 1) * count
        nodes += _later_nodes(once.nodes[count:], shift, turn)
        steps += _later_steps(once.steps[len(walk.steps) :], shift)
    return replace(once, output=once.output + (updates - 1) * count, nodes=tuple(nodes), steps=tuple(steps))


def _later_nodes(nodes: tuple[Node, ...], shift: int, turn: int) -> Iterator[Node]:
    for node in nodes:
        yield replace(
            node, id=node.id + shift, call=node.call + shift, inputs=tuple(i + shift for i in node.inputs), turn=turn
        )


def _later_steps(steps: tuple[Step, ...], shift: int) -> Iterator[Step]:
    for step in steps:
        yield replace(step, node=step.node + shift, input=None if step.input is None else step.input + shift)
