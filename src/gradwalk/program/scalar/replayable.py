"""`replayable`: a number and its gradients, to be computed again and again from what the leaves hold."""

from __future__ import annotations

import numpy as np

from gradwalk.program.native.loading import loading_for
from gradwalk.program.scalar.graph import read
from gradwalk.program.scalar.program import NativeProgram, Program
from gradwalk.program.scalar.schedule import levels, schedule
from gradwalk.tensor import Tensor, leaf


class Replayable:
    """A tape of single numbers, made ready: ``run()`` computes it and its gradients from what the leaves hold now."""

    def __init__(self, output: Tensor, tier: str | None = None):
        self.loading = loading_for(tier)  # None once it is used, or if it isn't to be
        kernel = None if self.loading is None else self.loading.scalar
        graph = read(output)
        self.leaves = graph.leaves
        self.schedule = schedule(graph, levels if kernel is None else kernel.levels)
        self.values, self.gradients = np.zeros((2, graph.given + len(graph.ops)))
        self.values[len(self.leaves) : graph.given] = graph.constants
        self.program = Program(self.schedule, self.values, self.gradients)
        self._handed = [
            (x, leaf(self.gradients[place : place + 1].reshape(())))
            for place, x in enumerate(self.leaves)
            if x.requires_grad
        ]

    def run(self) -> float:
        """The number, computed again; its gradients are in the leaves' ``.grad``.

        There they replace what was there before, and lie in memory of the program's own: so do those of the next run.
        """
        self.values[: len(self.leaves)] = [x.value.item() for x in self.leaves]
        self.compute()
        for x, gradient in self._handed:
            if x.grad is not gradient:
                x.grad = gradient
        return float(self.values[self.program.output])

    def compute(self) -> None:
        """Compute all ``values`` and ``gradients`` from those that are given: with the kernel from when it is there."""
        if self.loading is not None and self.loading.scalar is not None:
            self.program = NativeProgram(self.schedule, self.values, self.gradients, self.loading.scalar)
            self.loading = None
        self.program.carry_out()


def replayable(output: Tensor, tier: str | None = None) -> Replayable:
    """Make the tape behind a single number ready to be computed again, forward and backward, hundreds of times faster.

    For graphs of single float64 numbers, as micrograd has them: every op on the tape is elementwise, and every tensor is
    one number. ``run()`` reads what the leaves hold then, gives the number, and puts its gradients into the leaves'
    ``.grad``, in place of those of the run before. What doesn't come from a leaf that requires grad is as it was, and so
    is the way that the code took: a function with changing control flow is for `compile`. ``tier`` is as in `compile`.

    Call it before ``backward()``, which frees the tape. `ScalarError` if there is anything else on it.

    >>> import gradwalk as gw
    >>> w, b = gw.tensor(3.0, requires_grad=True), gw.tensor(1.0, requires_grad=True)
    >>> replay = gw.replayable((w * 2 + b) ** 2)
    >>> replay.run(), w.grad.item(), b.grad.item()
    (49.0, 28.0, 14.0)
    >>> w.data = 0.5
    >>> replay.run(), w.grad.item(), b.grad.item()
    (4.0, 8.0, 4.0)
    """
    return Replayable(output, tier)
