"""`examine`: everything about the health of one network's gradients, in one report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gradwalk.tensor import Tensor
from gradwalk.train.health.course import Course, Learner
from gradwalk.train.health.flow import Flow, flow
from gradwalk.train.health.network import DeepNetwork, Passage, batch, loss_of
from gradwalk.train.health.settings import HealthSettings
from gradwalk.walk import Node, Walk
from gradwalk.walk import walk as walk_of


@dataclass(frozen=True)
class HealthReport:
    """The first backward pass of a network, layer by layer, and what some updates make of it."""

    settings: HealthSettings
    flow: Flow
    course: Course


class Examination:
    """A network under examination: its first backward pass, and a training that can be followed step by step."""

    def __init__(self, settings: HealthSettings):
        self.settings = settings
        self.flow = flow(DeepNetwork(settings), *batch(settings))
        self.learner = Learner(settings)

    def report(self) -> HealthReport:
        """What is known so far."""
        return HealthReport(self.settings, self.flow, self.learner.course())


def examine(settings: HealthSettings) -> HealthReport:
    """Run the network forward and backward, and train it to the end.

    >>> report = examine(HealthSettings(depth=3, steps=1))
    >>> [layer.name for layer in report.flow.layers]
    ['layer 1', 'layer 2', 'layer 3', 'output']
    >>> all(layer.slope <= 0.25 for layer in report.flow.layers[:-1])  # sigmoids
    True
    """
    examination = Examination(settings)
    while not examination.learner.done:
        examination.learner.step()
    return examination.report()


def network_walk(settings: HealthSettings) -> Walk:
    """The walk of the very backward pass that the report's `Flow` measures: x, then s1, z1, h1, s2, z2, h2, … ŷ and L.

    s are weighted sums, z the same plus the bias, n normalised, h what the activation makes of them, a what leaves a
    residual layer.
    """
    network = DeepNetwork(settings)
    inputs, targets = batch(settings)
    passages = network.passages(inputs.requires_grad_())
    loss = loss_of(passages[-1].output, targets)
    passages[-1].output.name = "ŷ"
    for number, passage in enumerate(passages, 1):
        name_values(number, passage)
    name_inputs(loss, "losses")
    walk = walk_of(loss, title=title(settings), name="L")
    return replace(walk, nodes=tuple(map(plain, walk.nodes)), source={})


def plain(node: Node) -> Node:
    """A node in the group of its layer, without those inside; and without a place, for no line of the user's made it."""
    return replace(node, span=None, scope=node.scope[:1], calls=node.calls[:1])


def name_values(number: int, passage: Passage) -> None:
    """Names for all values and parameters of one layer, the same in every network, so that walks can be compared."""
    for letter, value in zip("znha", passage[1:], strict=True):
        value.name = value.name or f"{letter}{number}"
    product, _ = name_inputs(passage.sums, f"s{number}", f"b{number}")
    name_inputs(product, "", f"W{number}")
    if passage.normalized is not passage.sums:
        scaled, _ = name_inputs(passage.normalized, f"ẑ{number}·γ{number}", f"β{number}")
        name_inputs(scaled, f"ẑ{number}", f"γ{number}")


def name_inputs(value: Tensor, *names: str) -> tuple[Any, ...]:
    """Name what a value was computed from (nothing for a name that is empty); the inputs."""
    inputs = value.inputs or ()
    for input, name in zip(inputs, names, strict=False):
        input.name = name or input.name
    return inputs


def title(settings: HealthSettings) -> str:
    """The network in a few words."""
    return f"{settings.depth} layers of {settings.width} {settings.activation} units"
