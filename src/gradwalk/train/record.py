"""What is written down of a training at the end of each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradwalk.train.measuring import Measured


@dataclass(frozen=True)
class Record:
    """One epoch's end: how good the network is on both parts (None where nothing is held out), rate, gradient norms."""

    epoch: int
    step: int
    lr: float
    train: Measured
    held_out: Measured | None
    gradients: dict[str, float]

    @property
    def judged(self) -> float:
        """The loss that says which epoch is best: the held-out one if there is one."""
        return (self.held_out or self.train).loss

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Record:
        """A record from what ``dataclasses.asdict`` made of it."""
        parts = {name: Measured(**document[name]) if document[name] else None for name in ("train", "held_out")}
        return cls(**{**document, **parts})
