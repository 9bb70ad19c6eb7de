"""Instructions for ops that go by an index: reading entries, and adding where they were read.

Either is an elementwise loop over the entries that are read. Along the dimension that the index speaks of, the array that
it points into has no step of its own: the index says how many to go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from gradwalk.ops.index import embedding, gather, index_select, index_sum, scatter_sum
from gradwalk.ops.shape import Shape, axis
from gradwalk.program.listing import Call
from gradwalk.program.native.instructions import ADD_AT_4, ADD_AT_8, CHECK, LOOP, TAKE_4, TAKE_8
from gradwalk.program.native.loops import NO_LOOP, Loop, loop_of
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.rows import Encoder, Rows
from gradwalk.program.native.tiling import repeated

TAKING, ADDING = {4: TAKE_4, 8: TAKE_8}, {"f": ADD_AT_4, "d": ADD_AT_8}


class Index(NamedTuple):
    """An index into a dimension of an array: in its place, the entries that are read have ``span`` dimensions."""

    cell: Any
    dim: int
    span: int

    def into(self, array: Operand, read: Shape) -> Operand:
        """An array as the loop over the entries that are read goes through it."""
        steps = array.array.strides
        kept = (*steps[: self.dim], *[0] * self.span, *steps[self.dim + 1 :])
        return array._replace(array=as_strided(array.array, read, kept))

    def aligned(self, memory: Memory, read: Shape) -> Operand:
        """The index, broadcasting against the entries that are read: one for each, or one for each slice."""
        found = memory.operand(self.cell)
        if self.cell.ndim == len(read):
            return found
        behind = (1,) * (len(read) - self.dim - self.span)
        return found._replace(array=found.array.reshape(*found.array.shape, *behind))


def entry_by_entry(index: Any, dim: int, rank: int) -> Index:
    """An index that has all dimensions of what it points into."""
    return Index(index, axis(dim, rank), 1)


def slice_by_slice(index: Any, dim: int, rank: int) -> Index:
    """An index whose entries stand for whole slices."""
    return Index(index, axis(dim, rank), index.ndim)


def _reading(call: Call, x: Any, index: Index) -> Encoder | None:
    opcode = TAKING.get(call.result.dtype.itemsize)
    if opcode is None or index.cell.dtype != np.int64:
        return None

    def encode(memory: Memory) -> Rows:
        source, out = memory.operand(x), memory.operand(call.result)
        places = index.aligned(memory, out.array.shape)
        loop = Loop(0, source.array.strides[index.dim])
        operands = [index.into(source, out.array.shape), places, out]
        return [*checked(places, x.shape[index.dim], memory), *repeated(opcode, loop, operands, memory)]

    return encode


def _adding(call: Call, x: Any, index: Index) -> Encoder | None:
    opcode = ADDING.get(call.result.dtype.char)
    if opcode is None or x.dtype != call.result.dtype or index.cell.dtype != np.int64:
        return None

    def encode(memory: Memory) -> Rows:
        source, out = memory.operand(x), memory.operand(call.result)
        places = index.aligned(memory, source.array.shape)
        loop = Loop(0, out.array.strides[index.dim])
        operands = [source, places, index.into(out, source.array.shape)]
        checks = checked(places, call.result.shape[index.dim], memory)
        return [*checks, *zeroed(out, memory), *repeated(opcode, loop, operands, memory)]

    return encode


def checked(places: Operand, size: int, memory: Memory) -> Rows:
    """The instruction that makes sure of an index, before anything is read or written by it."""
    return repeated(CHECK, Loop(0, size), [places], memory)


def zeroed(out: Operand, memory: Memory) -> Rows:
    """The instructions that fill an array with zeros."""
    char = out.array.dtype.char
    zero = memory.operand(np.zeros((), out.array.dtype))
    return repeated(LOOP, loop_of(np.positive, f"{char}->{char}") or NO_LOOP, [zero, out], memory)


def _gather(call: Call) -> Encoder | None:
    x, index = call.arguments
    return _reading(call, x, entry_by_entry(index, call.keywords["dim"], x.ndim)) if x.ndim else None


def _scatter_sum(call: Call) -> Encoder | None:
    x, index = call.arguments
    rank = len(call.result.shape)
    if x.shape != index.shape or index.ndim != rank or not rank:
        return None
    return _adding(call, x, entry_by_entry(index, call.keywords["dim"], rank))


def _index_select(call: Call) -> Encoder | None:
    x, index = call.arguments
    return _reading(call, x, slice_by_slice(index, call.keywords["dim"], x.ndim)) if x.ndim else None


def _index_sum(call: Call) -> Encoder | None:
    x, index = call.arguments
    return _adding(call, x, slice_by_slice(index, call.keywords["dim"], call.result.ndim))


def _embedding(call: Call) -> Encoder | None:
    index, weight = call.arguments
    return _reading(call, weight, slice_by_slice(index, 0, weight.ndim))


INDEXED: dict[Any, Callable[[Call], Encoder | None]] = {
    gather.forward: _gather,
    scatter_sum.forward: _scatter_sum,
    index_select.forward: _index_select,
    index_sum.forward: _index_sum,
    embedding.forward: _embedding,
}
