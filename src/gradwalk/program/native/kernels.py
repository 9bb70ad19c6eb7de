"""The kernel: a loop over a table of instructions, compiled by Numba once and kept on disk."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from gradwalk.program.native.instructions import (
    BLOCK_SIZE,
    BLOCKS,
    DATA,
    FUNCTION,
    LAST_SIZE,
    LENGTH,
    LOOP,
    MEMORY,
    OBJECTS,
    OFFSETS,
    OPCODE,
    OPERANDS,
    PLANE_STEPS,
    PLANES,
    PRODUCT_4,
    ROW_STEPS,
    ROWS,
    SCRATCH,
    SELECT_4,
    SIZES,
    SLOT_COUNT,
    SLOTS,
    SPAN_ADDRESSES,
    SPAN_BYTES,
    SPAN_OFFSETS,
    SPAN_SLOTS,
    SPAN_WRITTEN,
    STEPS,
    TABLE,
    WHOLE_SIZE,
    WIDTH,
    digest,
)
from gradwalk.program.native.loops import HEADER

WORD = 8  # bytes


def pointer(kind: Any) -> Any:
    """An intrinsic that reads an address as a pointer to elements of one kind."""

    @intrinsic
    def at(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(types.CPointer(kind)))

        return types.CPointer(kind)(types.int64), generate

    return at


words, bytes_at = pointer(types.int64), pointer(types.uint8)
halves = pointer(types.int32)  # of a word
singles, doubles = pointer(types.float32), pointer(types.float64)


def named_after_table(function: Any) -> Any:
    """Name a function after the numbers that are compiled into it: by that name Numba finds what it kept on disk."""
    function.__qualname__ = f"{function.__name__}_{digest()}"
    return function


@intrinsic
def call_loop(typing: Any, function: Any, operands: Any, sizes: Any, steps: Any, data: Any) -> Any:
    """Call one of NumPy's inner loops: ``void loop(char **operands, npy_intp *sizes, npy_intp *steps, void *data)``."""
    word = ir.IntType(64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [word] * 4).as_pointer()
        builder.call(builder.inttoptr(arguments[0], kind), list(arguments[1:]))
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5), generate


@njit
def select(row: Any, condition: Any, a: Any, b: Any, out: Any, size: int) -> None:
    """``out = where(condition, a, b)``, whatever the elements mean; the first cases are those that can be vectorised."""
    asked, first, second, step = row[STEPS], row[STEPS + 1] // size, row[STEPS + 2] // size, row[STEPS + 3] // size
    side_by_side = asked == 1 and step == 1
    if side_by_side and first == 1 and second == 1:
        for i in range(row[SIZES]):
            out[i] = a[i] if condition[i] else b[i]
    elif side_by_side and first == 1 and second == 0:
        other = b[0]
        for i in range(row[SIZES]):
            out[i] = a[i] if condition[i] else other
    elif side_by_side and first == 0 and second == 1:
        other = a[0]
        for i in range(row[SIZES]):
            out[i] = other if condition[i] else b[i]
    else:
        for i in range(row[SIZES]):
            out[i * step] = a[i * first] if condition[i * asked] else b[i * second]


@njit
def product(row: Any, a: Any, b: Any, out: Any, size: int) -> None:
    """``out = a @ b``; the columns of b and out are innermost, so that they are computed together."""
    rows, inner, columns = row[SIZES + 1], row[SIZES + 2], row[SIZES + 3]
    a_row, a_column, b_row = row[STEPS + 3] // size, row[STEPS + 4] // size, row[STEPS + 5] // size
    b_column, out_row = row[STEPS + 6] // size, row[STEPS + 7] // size
    for i in range(rows):
        for j in range(columns):
            out[i * out_row + j] = a[i * a_row] * b[j * b_column]
        for k in range(1, inner):
            factor = a[i * a_row + k * a_column]
            for j in range(columns):
                out[i * out_row + j] += factor * b[k * b_row + j * b_column]


@njit
def own_loop(row: Any, operands: Any) -> None:
    """The loops that NumPy has no function for, or a slow one."""
    opcode = row[OPCODE]
    if opcode == SELECT_4:
        select(row, bytes_at(operands[0]), halves(operands[1]), halves(operands[2]), halves(operands[3]), 4)
    elif opcode == PRODUCT_4:
        product(row, singles(operands[0]), singles(operands[1]), singles(operands[2]), 4)
    elif opcode < PRODUCT_4:
        select(row, bytes_at(operands[0]), words(operands[1]), words(operands[2]), words(operands[3]), 8)
    else:
        product(row, doubles(operands[0]), doubles(operands[1]), doubles(operands[2]), 8)


@njit
def perform(address: int, memory: Any, scratch: int, plane: int, line: int) -> None:
    """Carry out one instruction for one row of one plane."""
    row, operands = words(address), words(scratch)
    for i in range(OPERANDS):
        moved = plane * row[PLANE_STEPS + i] + line * row[ROW_STEPS + i]
        operands[i] = memory[row[SLOTS + i]] + row[OFFSETS + i] + moved
    if row[OPCODE] == LOOP:
        call_loop(row[FUNCTION], scratch, address + SIZES * WORD, address + STEPS * WORD, row[DATA])
    else:
        own_loop(row, operands)


@njit
def perform_blocks(address: int, memory: Any, scratch: int) -> None:
    """Carry out the rows that follow, together for one block after the other; the last one may be shorter."""
    head = words(address)
    for line in range(head[ROWS]):
        for number in range(1, head[SIZES] + 1):
            row = address + number * WIDTH * WORD
            words(row)[SIZES] = head[BLOCK_SIZE] if line < head[ROWS] - 1 else head[LAST_SIZE]
            perform(row, memory, scratch, 0, line)


@njit
def perform_whole(address: int, memory: Any, scratch: int) -> None:
    """Carry out the rows that follow one after the other."""
    head = words(address)
    for number in range(1, head[SIZES] + 1):
        row = address + number * WIDTH * WORD
        words(row)[SIZES] = head[WHOLE_SIZE]
        perform(row, memory, scratch, 0, 0)


@njit
def told(row: Any, which: int) -> Any:
    """One of the rows of what a group is told of its operands."""
    return words(row[DATA] + which * row[PLANES] * WORD)


@njit
def overlapping(row: Any, memory: Any) -> bool:
    """Whether a group writes to a part of what else it reads or writes; where operands begin is noted meanwhile."""
    slots, offsets, extents = told(row, SPAN_SLOTS), told(row, SPAN_OFFSETS), told(row, SPAN_BYTES)
    written, starts = told(row, SPAN_WRITTEN), told(row, SPAN_ADDRESSES)
    found = False
    for i in range(row[PLANES]):
        starts[i] = memory[slots[i]] + offsets[i]
        for j in range(i):
            overlap = starts[i] < starts[j] + extents[j] and starts[j] < starts[i] + extents[i]
            found |= overlap and (written[i] | written[j]) != 0
    return found


@njit
def perform_group(address: int, memory: Any, scratch: int) -> None:
    """Carry out the rows that follow by the loop that was made for them, or in blocks, or as they are."""
    row = words(address)
    if overlapping(row, memory):
        perform_whole(address, memory, scratch)
    elif row[FUNCTION]:
        starts = row[DATA] + SPAN_ADDRESSES * row[PLANES] * WORD
        call_loop(row[FUNCTION], starts, address + WHOLE_SIZE * WORD, 0, 0)
    else:
        perform_blocks(address, memory, scratch)


@njit(types.void(types.int64), cache=True, error_model="numpy")
@named_after_table
def interpret(program: int) -> None:
    """Carry out a stretch of instructions, whose head is at this address."""
    head = words(program)
    objects, memory, scratch = words(head[OBJECTS]), words(head[MEMORY]), head[SCRATCH]
    for slot in range(1, head[SLOT_COUNT]):
        memory[slot] = words(objects[slot] + HEADER)[0]
    number = 0
    while number < head[LENGTH]:
        address = head[TABLE] + number * WIDTH * WORD
        row = words(address)
        if row[OPCODE] == BLOCKS:
            perform_group(address, memory, scratch)
            number += row[SIZES]
        else:
            for plane in range(row[PLANES]):
                for line in range(row[ROWS]):
                    perform(address, memory, scratch, plane, line)
        number += 1


@njit(types.void(types.int64), cache=True, nogil=True)
@named_after_table
def interpret_long(program: int) -> None:
    """The same, while other threads of Python may run: getting back from that takes longer than a small program does."""
    interpret(program)
