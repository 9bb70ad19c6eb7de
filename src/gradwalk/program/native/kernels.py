"""The kernel: a loop over a table of instructions, compiled by Numba once and kept on disk."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import float32, float64, njit, types
from numba.extending import intrinsic

from gradwalk.program.native.index_loops import indexed
from gradwalk.program.native.instructions import (
    AXPY_4,
    BLOCK_SIZE,
    BLOCKS,
    COPY_4,
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
    PRODUCT_8,
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
    TAKE_4,
    TURN_4,
    TURN_8,
    WHOLE_SIZE,
    WIDTH,
)
from gradwalk.program.native.kept import named_after_code
from gradwalk.program.native.loops import HEADER
from gradwalk.program.native.nests import nested
from gradwalk.program.native.passes import in_one_pass
from gradwalk.program.native.pointers import WORD, doubles, halves, singles, words
from gradwalk.program.native.product_loops import product, turn
from gradwalk.program.native.select_loops import select_or_replace


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
def own_loop(row: Any, operands: Any) -> int:
    """The loops that NumPy has no function for, or a slow one; 0, or the number of a check that failed."""
    opcode = row[OPCODE]
    if COPY_4 > opcode >= TAKE_4:
        return indexed(row, operands)  # type: ignore[no-any-return]
    if AXPY_4 > opcode >= COPY_4:
        nested(row, operands)
        return 0
    if opcode == SELECT_4:
        select_or_replace(row, operands, halves(operands[1]), halves(operands[2]), halves(operands[3]), 4)
    elif opcode == PRODUCT_4:
        product(row, operands, float32(1), 4)
    elif opcode == PRODUCT_8:
        product(row, operands, float64(1), 8)
    elif opcode == TURN_4:
        turn(row, operands, float32(1), singles(operands[0]), singles(operands[1]), 4)
    elif opcode == TURN_8:
        turn(row, operands, float64(1), doubles(operands[0]), doubles(operands[1]), 8)
    elif opcode >= AXPY_4:
        in_one_pass(row, operands)
    else:
        select_or_replace(row, operands, words(operands[1]), words(operands[2]), words(operands[3]), 8)
    return 0


@njit
def perform(address: int, memory: Any, scratch: int, plane: int, line: int) -> int:
    """Carry out one instruction for one row of one plane; 0, or the number of a check that failed."""
    row, operands = words(address), words(scratch)
    for i in range(OPERANDS):
        moved = plane * row[PLANE_STEPS + i] + line * row[ROW_STEPS + i]
        operands[i] = memory[row[SLOTS + i]] + row[OFFSETS + i] + moved
    return call(address, scratch)  # type: ignore[no-any-return]


@njit
def call(address: int, scratch: int) -> int:
    """Have an instruction's loop run over operands that lie where the scratch says; 0, or the number of a check that failed."""
    row = words(address)
    if row[OPCODE] != LOOP:
        return own_loop(row, words(scratch))  # type: ignore[no-any-return]
    call_loop(row[FUNCTION], scratch, address + SIZES * WORD, address + STEPS * WORD, row[DATA])
    return 0


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
def perform_rows(address: int, memory: Any, scratch: int) -> int:
    """Carry out one instruction for all rows of all planes, or up to a check that fails; 0, or the number of that."""
    row, operands = words(address), words(scratch)
    for plane in range(row[PLANES]):
        failed = perform(address, memory, scratch, plane, 0)
        for _ in range(1, row[ROWS]):
            if failed:
                break
            for i in range(OPERANDS):
                operands[i] += row[ROW_STEPS + i]
            failed = call(address, scratch)
        if failed:
            return failed  # type: ignore[no-any-return]
    return 0


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


@njit(types.int64(types.int64), cache=True, error_model="numpy")
@named_after_code
def interpret(program: int) -> int:
    """Carry out a stretch of instructions, whose head is at this address; stop at a check that fails, and tell which."""
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
            failed = perform_rows(address, memory, scratch)
            if failed:
                return failed  # type: ignore[no-any-return]
        number += 1
    return 0


@njit(types.int64(types.int64), cache=True, nogil=True)
@named_after_code
def interpret_long(program: int) -> int:
    """The same, while other threads of Python may run: getting back from that takes longer than a small program does."""
    return interpret(program)  # type: ignore[no-any-return]
