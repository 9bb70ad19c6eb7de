"""Where the results of a listing's calls live: constants, views, buffers that serve again.

What NumPy can put into memory that is there (`into`) is written into a buffer, which is allocated when the plan is made,
laid out as the result that was seen, and serves again as soon as nothing reads it any more. What only rearranges memory (a
transpose, a slice, a broadcast) is a view of a buffer, made once and for all; a view of what is given is made again only
when another array is given. What reads nothing that changes is computed once. What is wanted gets memory of its own in
every run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradwalk.program.into import copied, is_copy, makes_new, overwriting
from gradwalk.program.listing import Call, Cell, put
from gradwalk.program.views import VIEWS, always_view


@dataclass(eq=False, frozen=True, slots=True)
class Step:
    """A call that each run makes; ``into`` is the buffer that takes its result, None if it makes a new array.

    Where it is a given cell, the result is written into that cell's array of each run.
    """

    call: Call
    into: Any = None


@dataclass(eq=False, slots=True)
class Buffer:
    """Memory that serves several results, one after the other; ``busy`` until the call at that position is made."""

    array: Any
    busy: int = -1

    @property
    def kind(self) -> Any:
        """Buffers of one kind stand in for each other."""
        return kind_of(self.array)


class Plan:
    """The steps of every run, and what was made beforehand.

    ``still`` are the cells that hold their array for good, ``home`` those whose result was written right into the given array
    that it is to be put in, ``rooted`` the views of one given cell. ``memory`` has what a
    cell's array may lie in: buffers, cells that are given, or cells whose array is new in every run (perhaps itself).
    """

    def __init__(self, calls: Sequence[Call], given: Sequence[Cell], wanted: Sequence[Cell]):
        self.steps: list[Step] = []
        self.given, self.wanted = set(given), set(wanted)
        self.changing = set(given)
        self.still: set[Cell] = set()
        self.home: set[Cell] = set()
        self.rooted: dict[Cell, list[Call]] = {cell: [] for cell in given}
        self.roots: dict[Cell, Cell] = {cell: cell for cell in given}
        self.memory: dict[Cell, frozenset[Any]] = {cell: frozenset({cell}) for cell in given}
        self.calls = postponed(needed(calls, wanted), given)
        self.last = last_reads(self.calls, wanted)
        self.ends = {call.arguments[1]: position for position, call in enumerate(self.calls) if call.function is put}
        self.spare: dict[Any, list[Buffer]] = defaultdict(list)
        for position, call in enumerate(self.calls):
            self._place(position, call)

    def _place(self, position: int, call: Call) -> None:
        reads = [cell for cell in call.cells() if cell in self.changing]
        if not reads:
            return  # the same in every run
        self.changing.add(call.result)
        read = frozenset(memory for cell in reads for memory in self.memory.get(cell, ()))
        if call.function is put:
            if call.arguments[1] not in self.home:
                self.steps.append(Step(call))
        elif self._writes_home(position, call, read) or self._is_view(call, reads, read):
            pass
        elif makes_new(call) and (call.result in self.wanted or not isinstance(call.result.value, np.ndarray)):
            self.steps.append(Step(call))
            self._hold(call.result, frozenset({call.result}))
        elif makes_new(call):
            self._write(position, call, read)
        elif is_copy(call):
            self._write(position, Call(copied, call.arguments[:1], {}, call.result), read)
        else:
            self.steps.append(Step(call))
            # the new array may be a part of what was read
            self._hold(call.result, frozenset({call.result}) if call.function is np.where else read)
        for memory in read:
            if isinstance(memory, Buffer) and memory.busy <= position:
                self.spare[memory.kind].append(memory)

    def _is_view(self, call: Call, reads: list[Cell], read: frozenset[Any]) -> bool:
        return call.function in VIEWS and (self._look(call, reads, read) or self._look_into_given(call, reads))

    def _look(self, call: Call, reads: list[Cell], read: frozenset[Any]) -> bool:
        """Make a view of buffers once and for all, if it really is one."""
        if not self.still.issuperset(reads):
            return False
        view = call.now()
        if not any(isinstance(m, Buffer) and np.may_share_memory(view, m.array) for m in read):
            return False
        call.result.value = view
        self.still.add(call.result)
        self._hold(call.result, read)
        return True

    def _look_into_given(self, call: Call, reads: list[Cell]) -> bool:
        """Have a view made whenever another array is given, if it is a view whatever the array."""
        root = self.roots.get(reads[0])
        if len(reads) > 1 or root is None or not isinstance(root.value, np.ndarray):
            return False
        if not (always_view(call) or root.value.flags.c_contiguous):
            return False
        if not np.may_share_memory(call.result.value, root.value):
            return False
        self.rooted[root].append(call)
        self.roots[call.result] = root
        self._hold(call.result, frozenset({root}))
        return True

    def _write(self, position: int, call: Call, read: frozenset[Any]) -> None:
        """Let a call write over what it reads for the last time, else into a spare buffer, else into a new one."""
        kind = kind_of(call.result.value)
        ended = [m for m in read if isinstance(m, Buffer) and m.busy <= position and m.kind == kind]
        over = next((buffer for buffer in ended if overwrites(call, buffer)), None)
        spare = self.spare[kind]
        buffer = over or (spare.pop() if spare else Buffer(np.empty_like(call.result.value)))
        call.result.value = buffer.array
        self.still.add(call.result)
        self._hold(call.result, frozenset({buffer}))
        self.steps.append(Step(call, buffer.array))

    def _writes_home(self, position: int, call: Call, read: frozenset[Any]) -> bool:
        """Let a call write its result right into the given array that it is to be put in, if nothing in between reads that."""
        end = self.ends.get(call.result)
        if end is None or not overwriting(call) or self.last[call.result] != end:
            return False
        target = self.calls[end].arguments[0]
        if target not in self.given or (call.result.shape, call.result.dtype) != (target.shape, target.dtype):
            return False
        looking = {cell for cell, memory in self.memory.items() if target in memory}
        between = {cell for later in self.calls[position + 1 : end] for cell in later.cells()}
        if looking & between or (looking - {target}) & set(call.cells()):
            return False
        self.steps.append(Step(call, target))
        self.home.add(call.result)
        self._hold(call.result, frozenset({target}))
        return True

    def _hold(self, cell: Cell, memory: frozenset[Any]) -> None:
        self.memory[cell] = memory
        for part in memory:
            if isinstance(part, Buffer):
                part.busy = max(part.busy, self.last[cell])


def needed(calls: Sequence[Call], wanted: Sequence[Cell]) -> list[Call]:
    """The calls without those that nobody needs, in order."""
    live, kept = set(wanted), []
    for call in reversed(calls):
        if call.result in live or call.function is put:
            kept.append(call)
            live.update(call.cells())
    return kept[::-1]


def postponed(calls: Sequence[Call], given: Iterable[Cell]) -> list[Call]:
    """The calls in an order in which what takes more memory than all that it is made of is made right before it is read.

    What reads what is given stays before all that may be written there.
    """
    lent, writing = set(given), set()
    for call in calls:
        if call.function is put:
            writing |= {call.result, call.arguments[1]}
        elif not makes_new(call) and not lent.isdisjoint(call.cells()):
            lent.add(call.result)
    found = list(calls)
    for position in reversed(range(len(calls))):
        call = calls[position]
        if makes_new(call) and nbytes(call.result) > sum(map(nbytes, call.cells())):
            until = writing if lent.intersection(call.cells()) else set()
            later = enumerate(found[position + 1 :], position)
            end = next((i for i, x in later if x.result in until or call.result in set(x.cells())), position)
            found.insert(end, found.pop(position))
    return found


def nbytes(cell: Cell) -> int:
    """The memory that an array takes."""
    return getattr(cell.value, "nbytes", 0)


def last_reads(calls: Sequence[Call], wanted: Sequence[Cell]) -> dict[Cell, int]:
    """Where each cell is read for the last time; what is wanted is read after everything."""
    last = {cell: position for position, call in enumerate(calls) for cell in call.cells()}
    return {**last, **dict.fromkeys(wanted, len(calls))}


def kind_of(array: Any) -> Any:
    """The shape and type of an array, and its layout: in which order a sum adds up depends on that."""
    return array.shape, array.dtype, array.strides


def overwrites(call: Call, buffer: Buffer) -> bool:
    """Whether a call may write over what it reads: elementwise, and reading it in the very same places."""
    return overwriting(call) and all(
        cell.value is buffer.array or not np.may_share_memory(buffer.array, cell.value)
        for cell in call.cells()
        if isinstance(cell.value, np.ndarray)
    )
