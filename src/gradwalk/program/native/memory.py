"""Where the operands of instructions lie: at addresses for good, or in arrays that may be others in the next run."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.listing import Cell, Number, put
from gradwalk.program.native.loops import HEADER
from gradwalk.program.plan import Plan

FIXED = 0  # the slot of what never moves
MANY = 10_000  # numbers: it pays to look whether they are all the same


class Operand(NamedTuple):
    """Where an operand begins: a slot and an offset; and an array of its shape and strides."""

    slot: int
    offset: int
    array: Any

    def seen(self, view: Any) -> Operand:
        """A view of the same array."""
        return self._replace(offset=self.offset + address(view) - address(self.array), array=view)


def address(array: Any) -> int:
    """Where an array's numbers begin."""
    return ctypes.c_void_p.from_address(id(array) + HEADER).value or 0


class Memory:
    """The arrays of a plan's cells; ``slots`` number those that may be other arrays in the next run.

    For these there is an array of the same layout, from which offsets and strides are read.
    """

    def __init__(self, plan: Plan):
        self.arrays: dict[Cell, Any] = {}
        self.slots: dict[Cell, int] = {}
        self.bases = [0]  # of each slot: where the array that shows its layout begins
        self.changing: Any = plan.changing
        self.kept: list[Any] = []  # only the instructions know of these
        self.targets = {call.arguments[0] for call in plan.calls if call.function is put}
        for root, views in plan.rooted.items():
            if isinstance(root, Number):
                continue
            self.arrive(root)
            root.value = self.arrays[root]
            for view in views:
                view.result.value = self.arrays[view.result] = view.now()
                self.slots[view.result] = self.slots[root]

    def arrive(self, cell: Cell) -> None:
        """Make room for what every run brings: a slot, or a copy where there are no dimensions."""
        if cell.shape or cell in self.targets:
            self._slot(cell, np.asarray(cell.value, order="C"))
        else:
            self.stay(cell)
            self.arrays[cell][...] = cell.value

    def leave(self, cell: Cell) -> None:
        """Make room for what every run makes anew and gives away."""
        if cell.shape:
            self._slot(cell, np.empty_like(cell.value))
        else:
            self.stay(cell)

    def stay(self, cell: Cell) -> None:
        """Make room for what only this program reads."""
        self.arrays[cell] = np.empty_like(cell.value)
        self.slots[cell] = FIXED

    def share(self, cell: Cell, other: Cell) -> None:
        """Let a cell have the array of another."""
        self.arrays[cell], self.slots[cell] = self.arrays[other], self.slots[other]

    def forget(self, cell: Cell) -> None:
        """Take back what was arranged for a cell."""
        self.arrays.pop(cell, None)
        self.slots.pop(cell, None)

    def _slot(self, cell: Cell, array: Any) -> None:
        self.arrays[cell] = array
        self.slots[cell] = len(self.bases)
        self.bases.append(address(array))

    def operand(self, value: Any) -> Operand:
        """Where a cell's array lies, or a constant."""
        if isinstance(value, Cell):
            array, slot = self.arrays.get(value, value.value), self.slots.get(value, FIXED)
        else:
            array, slot = value, FIXED
        array = np.asarray(array)
        if slot == FIXED:
            self.kept.append(array)
        return Operand(slot, address(array) - self.bases[slot], array)

    def source(self, value: Any) -> Operand:
        """The same for what is only read: a long constant of one number over and over is that number, spread."""
        operand = self.operand(value)
        array, changing = operand.array, isinstance(value, Cell) and (value in self.changing or value in self.arrays)
        if array.size < MANY or changing:
            return operand
        number, bits = array[(slice(1),) * array.ndim], f"u{array.itemsize}"
        same = (array.view(bits) == number.view(bits)).all()
        return operand._replace(array=np.broadcast_to(number, array.shape)) if same else operand
