"""A schedule with the numbers that it works on: carried out by NumPy run by run, or by the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from gradwalk.program.native.instructions import OPERANDS
from gradwalk.program.native.loading import ScalarKernel
from gradwalk.program.native.memory import address
from gradwalk.program.native.rows import Rows
from gradwalk.program.scalar.graph import Array
from gradwalk.program.scalar.kinds import BLOCK, Kind
from gradwalk.program.scalar.schedule import Schedule


class Program:
    """What is computed where: ``values`` and ``gradients`` by place. Run by run, by NumPy."""

    def __init__(self, made: Schedule, values: Array, gradients: Array):
        self.runs, self.operands, self.output = made.runs, made.operands, made.output
        self.kinds = [Kind(*kind) for kind in made.kinds]
        self.values, self.gradients = values, gradients

    def carry_out(self) -> None:
        """Compute all values from those that are given, and all gradients."""
        self.gradients.fill(0)
        self.gradients[self.output] = 1
        with np.errstate(all="ignore"):
            self.forward()
            self.backward()

    def forward(self) -> None:
        """Compute values, inputs first."""
        for number in range(len(self.runs) - 1):
            self.compute(number)

    def backward(self) -> None:
        """Compute gradients, consumers first."""
        for number in reversed(range(len(self.runs) - 1)):
            self.send_back(number)

    def compute(self, number: int) -> None:
        """Compute a run's values."""
        kind, out, inputs = self._run(number)
        kind.compute(self.values, out, inputs)

    def send_back(self, number: int) -> None:
        """Add what a run's nodes contribute to their inputs' gradients."""
        kind, out, inputs = self._run(number)
        kind.send_back(self.values, self.gradients, out, inputs)

    def _run(self, number: int) -> tuple[Kind, slice, Array]:
        """A run's kind, its places, and those of its inputs (one row for each)."""
        (kind, first, begin), (_, last, end) = self.runs[number : number + 2].tolist()
        return self.kinds[kind], slice(first, last), self.operands[begin:end].reshape(last - first, -1).T


class NativeProgram(Program):
    """The same; what there are instructions for is done by the kernel."""

    def __init__(self, made: Schedule, values: Array, gradients: Array, kernel: ScalarKernel):
        super().__init__(made, values, gradients)
        rows: Rows = []
        entered = np.array([part for kind in self.kinds for part in self._entered(kind, rows)], np.int64)
        self.parts = entered.reshape(len(self.kinds), 2, 2).swapaxes(0, 1).copy()  # forward and backward, by kind
        self.table = np.array(rows, np.int64)
        self.rows = np.empty((2 * max(kind.arity for kind in self.kinds), BLOCK))
        self.places = np.array([0, 0, 0, *map(address, self.rows)], np.int64)  # of slots
        self.scratch = np.zeros(OPERANDS, np.int64)
        parts = self.table, self.operands, values, gradients, self.places, self.scratch
        self.head = np.array([*map(address, parts)], np.int64)
        self.kernel = kernel
        native = [self.kinds[kind].instructions is not None for kind in self.runs[:-1, 0].tolist()]
        self.stretches = [*stretches(native)]

    def _entered(self, kind: Kind, rows: Rows) -> Iterator[tuple[int, int]]:
        for part in kind.instructions or ([], []):
            yield len(rows), len(rows) + len(part)
            rows += part

    def forward(self) -> None:
        """Compute values, inputs first."""
        for native, first, last in self.stretches:
            if native:
                self._replay(first, last, 0)
            else:
                self.compute(first)

    def backward(self) -> None:
        """Compute gradients, consumers first."""
        for native, first, last in reversed(self.stretches):
            if native:
                self._replay(last - 1, first - 1, 1)
            else:
                self.send_back(first)

    def _replay(self, first: int, last: int, direction: int) -> None:
        self.kernel.replay(address(self.head), self.runs, self.parts[direction], first, last)


def stretches(native: list[bool]) -> Iterator[tuple[bool, int, int]]:
    """Runs that the kernel does one after the other as (True, first, end); others one by one.

    >>> list(stretches([True, True, False, False, True]))
    [(True, 0, 2), (False, 2, 3), (False, 3, 4), (True, 4, 5)]
    """
    for own, group in groupby(range(len(native)), native.__getitem__):
        numbers = list(group)
        if own:
            yield True, numbers[0], numbers[-1] + 1
        else:
            yield from ((False, number, number + 1) for number in numbers)
