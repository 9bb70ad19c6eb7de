"""Loops over many dimensions in one instruction: copying, adding and the larger of two, wherever the entries lie.

Rows of a few entries are common in windows, so that eight go at a time and what comes per row is kept small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from gradwalk.program.native.instructions import (
    ADD_4,
    ADD_8,
    COPY_4,
    COPY_8,
    FIRST_4,
    LARGER_4,
    LARGER_8,
    OPCODE,
    SIZES,
    STEPS,
)

LANES = 8  # entries that go at a time

Combine = Callable[[Any, Any, Any], Any]  # from a builder, what is new, and what is there


def combined(number: Any, size: int, lanes: int, combine: Combine) -> Any:
    """An intrinsic that combines neighbouring entries at one address with those at another, and writes them there."""
    kind = (ir.VectorType(number, lanes) if lanes > 1 else number).as_pointer()

    @intrinsic
    def at(typing: Any, source: Any, target: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            places = [builder.inttoptr(address, kind) for address in arguments]
            builder.store(combine(builder, *(builder.load(x, align=size) for x in places)), places[1], align=size)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), generate

    return at


def nest(number: Any, size: int, combine: Combine) -> Any:
    """A function that does so for all entries of up to four dimensions; ``row`` has their sizes and steps."""
    one, several = (combined(number, size, lanes, combine) for lanes in (1, LANES))

    @njit
    def along(source: int, target: int, count: int, step: int, target_step: int) -> None:
        done = count - count % LANES if step == size and target_step == size else 0
        for i in range(0, done, LANES):
            several(source + i * size, target + i * size)
        for i in range(done, count):
            one(source + i * step, target + i * target_step)

    @njit
    def run(row: Any, source: int, target: int) -> None:
        first, second, third, count = row[SIZES], row[SIZES + 1], row[SIZES + 2], row[SIZES + 3]
        a, b, c, d = row[STEPS], row[STEPS + 1], row[STEPS + 2], row[STEPS + 3]
        to_a, to_b, to_c, to_d = row[STEPS + 4], row[STEPS + 5], row[STEPS + 6], row[STEPS + 7]
        for i in range(first):
            for j in range(second):
                for k in range(third):
                    moved, to_moved = i * a + j * b + k * c, i * to_a + j * to_b + k * to_c
                    along(source + moved, target + to_moved, count, d, to_d)

    return run


def larger(builder: Any, new: Any, there: Any) -> Any:
    """The larger of two; NaN if either is."""
    wins = builder.or_(builder.fcmp_ordered(">", new, there), builder.fcmp_unordered("uno", new, new))
    return builder.select(wins, new, there)


def matching(number: Any, size: int, lanes: int) -> Any:
    """An intrinsic that marks neighbouring entries which are the largest (or NaN) and still wait for that, and ends their wait."""
    numbers, truths = (
        (ir.VectorType(kind, lanes) if lanes > 1 else kind).as_pointer() for kind in (number, ir.IntType(8))
    )

    @intrinsic
    def at(typing: Any, source: Any, best: Any, waiting: Any, target: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kinds = (numbers, numbers, truths, truths)
            places = [builder.inttoptr(address, kind) for address, kind in zip(arguments, kinds, strict=True)]
            new, most = (builder.load(place, align=size) for place in places[:2])
            left = builder.load(places[2], align=1)
            hit = builder.or_(builder.fcmp_ordered("==", new, most), builder.fcmp_unordered("uno", new, new))
            first = builder.and_(builder.zext(hit, left.type), left)
            builder.store(first, places[3], align=1)
            builder.store(builder.xor(left, first), places[2], align=1)
            return context.get_dummy_value()

        return types.void(*[types.int64] * 4), generate

    return at


def first_of(number: Any, size: int) -> Any:
    """A function that does so along two dimensions."""
    one, several = (matching(number, size, lanes) for lanes in (1, LANES))

    @njit
    def run(row: Any, operands: Any) -> None:
        count, a, b, c, d = row[SIZES], row[STEPS], row[STEPS + 1], row[STEPS + 2], row[STEPS + 3]
        done = count - count % LANES if a == size and b == size and c == 1 and d == 1 else 0
        for i in range(row[SIZES + 1]):
            x, best = operands[0] + i * row[STEPS + 4], operands[1] + i * row[STEPS + 5]
            waiting, out = operands[2] + i * row[STEPS + 6], operands[3] + i * row[STEPS + 7]
            for j in range(0, done, LANES):
                several(x + j * size, best + j * size, waiting + j, out + j)
            for j in range(done, count):
                one(x + j * a, best + j * b, waiting + j * c, out + j * d)

    return run


copy_4, copy_8 = (nest(ir.IntType(8 * size), size, lambda builder, new, there: new) for size in (4, 8))
add_4 = nest(ir.FloatType(), 4, lambda builder, new, there: builder.fadd(new, there))
add_8 = nest(ir.DoubleType(), 8, lambda builder, new, there: builder.fadd(new, there))
larger_4, larger_8 = nest(ir.FloatType(), 4, larger), nest(ir.DoubleType(), 8, larger)
first_4, first_8 = first_of(ir.FloatType(), 4), first_of(ir.DoubleType(), 8)


@njit
def nested(row: Any, operands: Any) -> None:
    """Carry out one of these instructions."""
    opcode, source, target = row[OPCODE], operands[0], operands[1]
    if opcode == COPY_4:
        copy_4(row, source, target)
    elif opcode == COPY_8:
        copy_8(row, source, target)
    elif opcode == ADD_4:
        add_4(row, source, target)
    elif opcode == ADD_8:
        add_8(row, source, target)
    elif opcode == LARGER_4:
        larger_4(row, source, target)
    elif opcode == LARGER_8:
        larger_8(row, source, target)
    elif opcode == FIRST_4:
        first_4(row, operands)
    else:
        first_8(row, operands)
