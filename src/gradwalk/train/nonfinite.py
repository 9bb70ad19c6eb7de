"""NaN and infinity: a training stops at the step where one begins, and says in which layer and op."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.walk import Walk
from gradwalk.walk.nonfinite import NonFinite, first_nonfinite

NETWORK = "network"  # what walks of a training call the whole network


class Met(Exception):
    """A pass met a NaN or an infinity; where it began, a walk of that pass will tell."""


class NotFinite(GradwalkError, ArithmeticError):
    """A training that met a NaN or an infinity.

    ``step`` and ``epoch`` count from 0; ``block`` is the layer's name, ``op`` the operation. ``in_update`` says that it
    began when the weights were moved; otherwise they are still those before the step.
    """

    def __init__(self, step: int, epoch: int, block: str, op: str, found: str, in_update: bool = False):
        self.step, self.epoch, self.block, self.op, self.in_update = step, epoch, block, op, in_update
        super().__init__(
            f"step {step} (epoch {epoch}): {found}; a smaller learning rate (lr) or clipping (clip) usually cures it"
        )


def all_finite(arrays: Iterable[Any]) -> bool:
    """Whether there is neither a NaN nor an infinity anywhere; quick for the usual case."""
    values = [np.asarray(array) for array in arrays]
    with np.errstate(all="ignore"):
        total = sum(float(value.ravel().dot(value.ravel())) for value in values)  # one pass, without a temporary
    return bool(np.isfinite(total)) or all(np.isfinite(value).all() for value in values)


def refuse(arrays: Iterable[Any]) -> None:
    """`Met`, unless all numbers are finite."""
    if not all_finite(arrays):
        raise Met


def in_pass(walk: Walk, step: int, epoch: int) -> NotFinite:
    """The error for a NaN or an infinity that began in a forward or a backward pass."""
    found = first_nonfinite(walk)
    if found is None:
        return NotFinite(step, epoch, "", "", "the gradients add up to more than a number can hold")
    node = walk.nodes[found.node]
    return NotFinite(step, epoch, block_of(walk, found), node.op or "", told(walk, found))


def told(walk: Walk, found: NonFinite) -> str:
    """Where it began, in words."""
    node, block = walk.nodes[found.node], block_of(walk, found)
    place = f" in {block}" if block else ""
    if found.phase == "given":
        return f"{found.what} is given with {'a NaN' if found.kind == 'NaN' else 'an infinity'}"
    way = "backward through " if found.phase == "backward" else ""
    return f"the first {found.kind} is {found.what}, {way}{node.op}{place}"


def block_of(walk: Walk, found: NonFinite) -> str:
    """The layer that it began in, or "loss"."""
    path = [group for group in walk.nodes[found.node].scope if group != NETWORK]
    return path[0] if path else ""


def in_update(parameters: dict[str, Any], step: int, epoch: int) -> NotFinite:
    """The error for weights that an update made NaN or infinite."""
    name = next((name for name, tensor in parameters.items() if not np.isfinite(tensor.value).all()), "")
    return NotFinite(step, epoch, name.split(".")[0], "", f"the update made {name} larger than a number can be", True)
