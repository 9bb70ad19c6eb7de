"""Instructions for `x[index]` and its way back, where the index is the same in every run: where each entry lies is known.

So one list of places does for any index, be it of slices, masks or several arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from gradwalk.ops.index import Index, add_at, put_at, steps
from gradwalk.program.listing import Call, item_of
from gradwalk.program.native.indexing import ADDING, TAKING, zeroed
from gradwalk.program.native.loops import Loop
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.rows import Encoder, Rows, Unencodable
from gradwalk.program.native.tiling import repeated

MOST = 100_000  # entries: a longer list of places isn't worth its memory


def entries(array: Any) -> Any:
    """Where each entry of an array lies in memory, counted in entries from the first one."""
    places = np.zeros(array.shape, np.int64)
    for size, step, along in zip(array.shape, array.strides, np.indices(array.shape, sparse=True), strict=True):
        places += along * (step // array.itemsize) if size > 1 else 0
    return places


def picked(array: Any, index: Index) -> Any:
    """What `getitem` picks."""
    basic, arrays = steps(index)
    return array[basic][arrays] if arrays else array[basic]


def standing(array: Operand, shape: tuple[int, ...]) -> Operand:
    """An array as a loop sees it that goes by places alone: always its first entry."""
    return array._replace(array=as_strided(array.array, shape, (0,) * len(shape)))


def _item(call: Call) -> Encoder | None:
    x, index = call.arguments
    opcode = TAKING.get(call.result.dtype.itemsize)
    if opcode is None or not isinstance(index, tuple) or not is_short(call.result) or not is_array(call):
        return None

    def encode(memory: Memory) -> Rows:
        source, out = memory.operand(x), memory.operand(call.result)
        places = memory.operand(entries(source.array)[index])
        read = standing(source, out.array.shape)
        return repeated(opcode, Loop(0, out.array.itemsize), [read, places, out], memory)

    return encode


def _put_back(call: Call) -> Encoder | None:
    (x,), index = call.arguments, call.keywords["index"]
    opcode = ADDING.get(call.result.dtype.char)
    if opcode is None or x.dtype != call.result.dtype or not is_short(x):
        return None

    def encode(memory: Memory) -> Rows:
        source, out = memory.operand(x), memory.operand(call.result)
        places = memory.operand(picked(entries(out.array), index))
        if places.array.shape != source.array.shape:
            raise Unencodable("it is broadcast where it is put back")
        added = standing(out, source.array.shape)
        loop = Loop(0, out.array.itemsize)
        return [*zeroed(out, memory), *repeated(opcode, loop, [source, places, added], memory)]

    return encode


def is_short(x: Any) -> bool:
    """Whether a list of places for all of its entries is worth its memory."""
    return bool(x.size <= MOST)


def is_array(call: Call) -> bool:
    """Whether entries are picked by arrays, so that the result is no view."""
    return any(isinstance(item, np.ndarray) for item in call.arguments[1])


PICKED: dict[Any, Callable[[Call], Encoder | None]] = {
    item_of: _item,
    add_at.forward: _put_back,
    put_at.forward: _put_back,
}
