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


class Learner:
    """A fresh network in training, one update at a time."""

    def __init__(self, settings: HealthSettings):
        self.network = DeepNetwork(settings)
        self.optimizer = OPTIMIZERS[settings.optimizer](self.network.parameters(), lr=settings.lr)
        self.start = weights(self.network)
        self.losses: list[float] = []
        self.updates: list[float] = []

    @property
    def done(self) -> bool:
        """Whether all updates are made, or the loss isn't a number any more."""
        return len(self.losses) >= self.network.settings.steps or not np.isfinite(self.losses[-1:]).all()

    def step(self) -> None:
        """One update on its batch."""
        inputs, targets = batch(self.network.settings, len(self.losses))
        loss = loss_of(self.network(inputs), targets)
        self.optimizer.zero_grad()
        loss.backward()
        if self.network.settings.clip is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.network.settings.clip)
        self.optimizer.step()
        self.losses.append(loss.item())
        self.updates = self.updates or self._changes()

    def course(self) -> Course:
        """How far it has come."""
        return Course(list(self.losses), self.updates, self._changes(), dead(self.network))

    def _changes(self) -> list[float]:
        """How far the weights of each layer have moved, relative to their length before."""
        now = weights(self.network)
        return [ratio(length(new - old), length(old)) for old, new in zip(self.start, now, strict=True)]


def weights(network: DeepNetwork) -> list[Any]:
    """A copy of every layer's weights."""
    return [linear.weight.value.copy() for linear in network.linears]


def dead(network: DeepNetwork) -> list[float]:
    """The share of dead units in each layer, on the first batch."""
    with gw.no_grad():
        passages = network.passages(batch(network.settings)[0])
    return [dead_share(network, number, passage.normalized) for number, passage in enumerate(passages)]
