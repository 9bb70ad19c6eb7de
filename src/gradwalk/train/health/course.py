"""What training makes of it: some real updates, and how far each layer has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import gradwalk as gw
from gradwalk import nn, optim
from gradwalk.train.health.flow import dead_share, length, ratio
from gradwalk.train.health.network import DeepNetwork, batch, loss_of
from gradwalk.train.health.settings import HealthSettings

OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {"sgd": optim.SGD, "adam": optim.Adam}


@dataclass(frozen=True)
class Course:
    """Some updates: the loss of each one's batch before it, and what became of the layers.

    ``updates`` has each layer's first change and ``moved`` its whole way, both relative to the length of its first weights;
    ``dead`` the share of its units that are dead in the end. The course ends early at a loss that isn't finite.
    """

    losses: list[float]
    updates: list[float]
    moved: list[float]
    dead: list[float]


def nothing() -> None:
    """Nothing to do between two steps."""


def course(settings: HealthSettings, between: Callable[[], object] = nothing) -> Course:
    """Train a fresh network of these settings; ``between`` is called before each step (it may raise, to give up)."""
    network = DeepNetwork(settings)
    optimizer = OPTIMIZERS[settings.optimizer](network.parameters(), lr=settings.lr)
    start = weights(network)
    losses: list[float] = []
    updates: list[float] = []
    while len(losses) < settings.steps and np.isfinite(losses[-1:]).all():
        between()
        losses.append(step(network, optimizer, len(losses)))
        updates = updates or changes(start, weights(network))
    return Course(losses, updates, changes(start, weights(network)), dead(network))


def step(network: DeepNetwork, optimizer: optim.Optimizer, number: int) -> float:
    """One update on its batch; the loss before it."""
    inputs, targets = batch(network.settings, number)
    loss = loss_of(network(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    if network.settings.clip is not None:
        nn.utils.clip_grad_norm_(network.parameters(), network.settings.clip)
    optimizer.step()
    return float(loss.item())


def weights(network: DeepNetwork) -> list[Any]:
    """A copy of every layer's weights."""
    return [linear.weight.value.copy() for linear in network.linears]


def changes(before: list[Any], after: list[Any]) -> list[float]:
    """How far the weights of each layer have moved, relative to their length before."""
    return [ratio(length(new - old), length(old)) for old, new in zip(before, after, strict=True)]


def dead(network: DeepNetwork) -> list[float]:
    """The share of dead units in each layer, on the first batch."""
    with gw.no_grad():
        passages = network.passages(batch(network.settings)[0])
    return [dead_share(network, number, passage.normalized) for number, passage in enumerate(passages)]
