"""`examine`: everything about the health of one network's gradients, in one report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gradwalk.train.health.course import Course, course, nothing
from gradwalk.train.health.flow import Flow, flow
from gradwalk.train.health.network import DeepNetwork, batch, loss_of
from gradwalk.train.health.settings import HealthSettings
from gradwalk.walk import Walk
from gradwalk.walk import walk as walk_of


@dataclass(frozen=True)
class HealthReport:
    """The first backward pass of a network, layer by layer, and what some updates make of it."""

    settings: HealthSettings
    flow: Flow
    course: Course


def examine(settings: HealthSettings, between: Callable[[], object] = nothing) -> HealthReport:
    """Run the network forward and backward, and train it a little.

    >>> report = examine(HealthSettings(depth=3, steps=1))
    >>> [layer.name for layer in report.flow.layers]
    ['layer 1', 'layer 2', 'layer 3', 'output']
    >>> all(layer.slope <= 0.25 for layer in report.flow.layers[:-1])  # sigmoids
    True
    """
    return HealthReport(settings, flow(DeepNetwork(settings), *batch(settings)), course(settings, between))


def network_walk(settings: HealthSettings) -> Walk:
    """The walk of the very backward pass that the report's `Flow` measures: x, then z1, h1, z2, h2, … ŷ and L.

    z are weighted sums (n the normalised ones), h what the activation makes of them, a what leaves a residual layer.
    """
    network = DeepNetwork(settings)
    inputs, targets = batch(settings)
    named(network)
    passages = network.passages(inputs.requires_grad_())
    passages[-1].output.name = "ŷ"
    for number, passage in enumerate(passages, 1):
        for letter, value in zip("znha", passage[1:], strict=True):
            value.name = value.name or f"{letter}{number}"
    walk = walk_of(loss_of(passages[-1].output, targets), title=title(settings), name="L")
    return replace(
        walk, nodes=tuple(replace(node, span=None) for node in walk.nodes), source={}
    )  # no user's line made it


def named(network: DeepNetwork) -> None:
    """Short names for all parameters: W1, b1, and γ1, β1 where there is normalisation."""
    for number, linear in enumerate(network.linears, 1):
        linear.weight.name, linear.bias.name = f"W{number}", f"b{number}"
    for number, layer in enumerate(network.hidden, 1):
        for letter, parameter in zip("γβ", layer.norm.parameters(), strict=False):
            parameter.name = f"{letter}{number}"


def title(settings: HealthSettings) -> str:
    """The network in a few words."""
    return f"{settings.depth} layers of {settings.width} {settings.activation} units"
