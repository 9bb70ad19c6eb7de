"""The kernel for scalar graphs: runs of like nodes, gathered, computed block by block, and scattered; compiled once."""

from __future__ import annotations

from typing import Any

from numba import njit, types

from gradwalk.program.native.instructions import FUNCTION, OPCODE, SIZES, SLOTS, WIDTH
from gradwalk.program.native.kernels import WORD, doubles, perform, words
from gradwalk.program.scalar import schedule
from gradwalk.program.scalar.kinds import BLOCK, GATHER, OUT, SCATTER, UPSTREAM

whole, numbers = types.int32[::1], types.float64[::1]
levels = njit(whole(whole, whole, types.int64, whole), cache=True)(schedule.levels)


@njit
def gather(target: Any, values: Any, operands: Any, begin: int, count: int) -> None:
    """Fetch a block's inputs."""
    for i in range(count):
        target[i] = values[operands[begin + i]]


@njit
def scatter(source: Any, gradients: Any, operands: Any, begin: int, count: int) -> None:
    """Add a block's contributions, one after the other: several may go to one place."""
    for i in range(count):
        gradients[operands[begin + i]] += source[i]


@njit
def perform_run(
    run: Any, size: int, part: Any, table: int, operands: Any, values: Any, gradients: Any, memory: Any, scratch: int
) -> None:
    """Carry out the instructions from ``part[0]`` to ``part[1]`` for all nodes of a run."""
    places = words(memory)
    for low in range(0, size, BLOCK):
        count = min(BLOCK, size - low)
        places[OUT] = values.ctypes.data + (run[1] + low) * WORD
        places[UPSTREAM] = gradients.ctypes.data + (run[1] + low) * WORD
        for number in range(part[0], part[1]):
            address = table + number * WIDTH * WORD
            row = words(address)
            begin = run[2] + row[FUNCTION] * size + low
            if row[OPCODE] == GATHER:
                gather(doubles(places[row[SLOTS]]), values, operands, begin, count)
            elif row[OPCODE] == SCATTER:
                scatter(doubles(places[row[SLOTS]]), gradients, operands, begin, count)
            else:
                row[SIZES] = count
                perform(address, places, scratch, 0, 0)


@njit(
    types.void(
        types.int32[:, ::1], types.int64, types.int64, types.int64[:, ::1], types.int64, whole, numbers, numbers,
        types.int64, types.int64,
    ),
    cache=True,
)  # fmt: skip
def replay(
    runs: Any, first: int, last: int, parts: Any, table: int, operands: Any, values: Any, gradients: Any,
    memory: int, scratch: int,
) -> None:  # fmt: skip
    """Carry out runs, from the first one up to the last one, which isn't done; or down to it.

    ``parts`` says for each kind where its instructions begin and end in the table. ``memory`` is where slots begin.
    """
    for number in range(first, last, 1 if first < last else -1):
        run = runs[number]
        size = runs[number + 1, 1] - run[1]
        perform_run(run, size, parts[run[0]], table, operands, values, gradients, memory, scratch)
