"""The kernel for scalar graphs: runs of like nodes, gathered, computed block by block, and scattered; compiled once.

Places are reached by address: indexing an array would look each time whether the index counts from the end.
"""

from __future__ import annotations

from typing import Any

from numba import njit, types

from gradwalk.program.native.instructions import OPCODE, SIZES, SLOTS, WIDTH
from gradwalk.program.native.kept import named_after_code
from gradwalk.program.native.kernels import perform
from gradwalk.program.native.pointers import WORD, doubles, halves, words
from gradwalk.program.scalar import schedule
from gradwalk.program.scalar.kinds import (
    ARITY,
    BLOCK,
    GATHER,
    GRADIENTS,
    INPUT,
    OPERANDS,
    OUT,
    PLACES,
    SCATTER,
    SCRATCH,
    TABLE,
    UPSTREAM,
    VALUES,
)

HALF = WORD // 2  # bytes of an operand's place
whole = types.int32[::1]
levels = njit(whole(whole, whole, types.int64, whole), cache=True)(named_after_code(schedule.levels))


@njit
def gather(target: Any, values: Any, inputs: Any, arity: int, count: int) -> None:
    """Fetch a block's inputs."""
    for i in range(count):
        target[i] = values[inputs[i * arity]]


@njit
def scatter(source: Any, gradients: Any, inputs: Any, arity: int, count: int) -> None:
    """Add a block's contributions, one after the other: several may go to one place."""
    for i in range(count):
        gradients[inputs[i * arity]] += source[i]


@njit
def perform_block(head: Any, first: int, last: int, run: Any, low: int, count: int) -> None:
    """Carry out the instructions from ``first`` to ``last`` for a block of a run, from ``low`` on."""
    places = words(head[PLACES])
    for number in range(first, last):
        address = head[TABLE] + number * WIDTH * WORD
        row = words(address)
        moved = doubles(places[row[SLOTS]])
        inputs = halves(head[OPERANDS] + (run[2] + low * row[ARITY] + row[INPUT]) * HALF)
        if row[OPCODE] == GATHER:
            gather(moved, doubles(head[VALUES]), inputs, row[ARITY], count)
        elif row[OPCODE] == SCATTER:
            scatter(moved, doubles(head[GRADIENTS]), inputs, row[ARITY], count)
        else:
            row[SIZES] = count
            perform(address, places, head[SCRATCH], 0, 0)


@njit(types.void(types.int64, types.int32[:, ::1], types.int64[:, ::1], types.int64, types.int64), cache=True)
@named_after_code
def replay(program: int, runs: Any, parts: Any, first: int, last: int) -> None:
    """Carry out runs, from the first one up to the last one, which isn't done; or down to it.

    ``program`` is where the head begins; ``parts`` says for each kind where its instructions begin and end in the table.
    """
    head = words(program)
    places = words(head[PLACES])
    for number in range(first, last, 1 if first < last else -1):
        run = runs[number]
        kind, start, size = run[0], run[1], runs[number + 1, 1] - run[1]
        for low in range(0, size, BLOCK):
            places[OUT] = head[VALUES] + (start + low) * WORD
            places[UPSTREAM] = head[GRADIENTS] + (start + low) * WORD
            perform_block(head, parts[kind, 0], parts[kind, 1], run, low, min(BLOCK, size - low))
