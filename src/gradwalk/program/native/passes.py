"""Loops of our own that do in one pass over memory what NumPy's functions do in several.

Each operation is rounded by itself, as NumPy rounds it, so that results are the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit, types
from numba.extending import intrinsic

from gradwalk.program.native.instructions import (
    AXPY_4,
    AXPY_8,
    DATA,
    OPCODE,
    OUTER_AXPY_4,
    OUTER_AXPY_8,
    SIZES,
    SLOPE_4,
    STEPS,
)
from gradwalk.program.native.pointers import doubles, singles
from gradwalk.program.native.vectors import LINE, NUMBER, QUARTER, load, spread, store, stream, vector_of

ADDRESS = types.int64
Formula = Callable[..., Any]  # writes the instructions for vectors


def axpy_of(builder: Any, factor: Any, x: Any, y: Any) -> Any:
    """y − factor · x."""
    return builder.fsub(y, builder.fmul(factor, x))


def slope_of(builder: Any, start: Any, x: Any, factor: Any) -> Any:
    """(start − x²) · factor: what tanh makes of a gradient."""
    return builder.fmul(builder.fsub(start, builder.fmul(x, x)), factor)


def entries_by(formula: Formula, size: int) -> Any:
    """An intrinsic for so many bytes of each array: it takes a number, and addresses (which may be equal) with offsets."""

    @intrinsic
    def entries(typing: Any, number: Any, x: Any, x_at: Any, y: Any, y_at: Any, out: Any, out_at: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number, x, x_at, y, y_at, out, out_at = arguments
            kind = vector_of(number.type, size)
            reads = spread(builder, number, size), load(builder, x, x_at, kind), load(builder, y, y_at, kind)
            store(builder, formula(builder, *reads), out, out_at)
            return context.get_dummy_value()

        return types.void(number, *[ADDRESS] * 6), generate

    return entries


def loop_by(formula: Formula) -> Any:
    """A loop over a number (or several), two arrays and a result."""
    line, single = entries_by(formula, LINE), entries_by(formula, NUMBER)

    @njit
    def loop(row: Any, operands: Any, number: Any, size: int) -> None:
        step, x_step, y_step, out_step = row[STEPS] // size, row[STEPS + 1], row[STEPS + 2], row[STEPS + 3]
        x, y, out, lanes, whole = operands[1], operands[2], operands[3], LINE // size, 0
        if step == 0 and x_step == size and y_step == size and out_step == size:
            whole = row[SIZES] // lanes * lanes
        for i in range(0, whole, lanes):
            line(number[0], x, i * size, y, i * size, out, i * size)
        for i in range(whole, row[SIZES]):
            single(number[i * step], x, i * x_step, y, i * y_step, out, i * out_step)

    return loop


axpy, slope = loop_by(axpy_of), loop_by(slope_of)


@njit
def outer_axpy(row: Any, operands: Any, x: Any, y: Any, outer: Any, out: Any, factor: Any, size: int) -> None:
    """``outer = x[:, None] · y`` and ``out -= factor · outer``.

    The last row comes first: a forward pass read it last, so that it may still be in the cache.
    """
    rows, columns, step = row[SIZES + 1], row[SIZES], row[STEPS] // size
    width = columns * size
    if meet(operands[3], rows * width, operands[0], rows * row[STEPS]) or meet(
        operands[3], rows * width, operands[1], width
    ):
        for i in range(rows * columns):
            outer[i] = x[i // columns * step] * y[i % columns]
        for i in range(rows * columns):
            out[i] -= factor[0] * outer[i]
        return
    for i in range(rows - 1, -1, -1):
        outer_axpy_row(x[i * step], factor[0], operands[1], operands[2], operands[3], i * width, width, size)
    visible()


@njit
def meet(a: int, a_size: int, b: int, b_size: int) -> bool:
    """Whether two arrays share memory: what was given may."""
    return a < b + b_size and b < a + a_size


@njit
def outer_axpy_row(scale: Any, factor: Any, y: int, outer: int, out: int, start: int, width: int, size: int) -> None:
    """The same for a row of so many bytes; whole lines of what is outer go past the cache."""
    done = 0
    while done < width:
        at, left = start + done, width - done
        if left >= LINE and (outer + at) % LINE == 0:
            outer_axpy_line(scale, factor, y, done, outer, out, at)
            done += LINE
        elif left >= QUARTER and (outer + at) % QUARTER == 0:
            outer_axpy_quarter(scale, factor, y, done, outer, out, at)
            done += QUARTER
        else:
            outer_axpy_number(scale, factor, y, done, outer, out, at)
            done += size


def outer_axpy_by(size: int, write: Any) -> Any:
    """The same for some bytes of a row: an intrinsic that takes addresses and offsets."""

    @intrinsic
    def several(typing: Any, scale: Any, factor: Any, y: Any, y_at: Any, outer: Any, out: Any, at: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            scale, factor, y, y_at, outer, out, at = arguments
            kind = vector_of(scale.type, size)
            product = builder.fmul(spread(builder, scale, size), load(builder, y, y_at, kind))
            write(builder, product, outer, at)
            moved = axpy_of(builder, spread(builder, factor, size), product, load(builder, out, at, kind))
            store(builder, moved, out, at)
            return context.get_dummy_value()

        return types.void(scale, factor, *[ADDRESS] * 5), generate

    return several


outer_axpy_line = outer_axpy_by(LINE, stream)
outer_axpy_quarter, outer_axpy_number = outer_axpy_by(QUARTER, store), outer_axpy_by(NUMBER, store)


@intrinsic
def visible(typing: Any) -> Any:
    """Wait until other threads see what was streamed."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate


@njit
def in_one_pass(row: Any, operands: Any) -> None:
    """Carry out one of these instructions."""
    a, b, c, d = operands[0], operands[1], operands[2], operands[3]
    opcode = row[OPCODE]
    if opcode == AXPY_4:
        axpy(row, operands, singles(a), 4)
    elif opcode == AXPY_8:
        axpy(row, operands, doubles(a), 8)
    elif opcode == OUTER_AXPY_4:
        outer_axpy(row, operands, singles(a), singles(b), singles(c), singles(d), singles(row[DATA]), 4)
    elif opcode == OUTER_AXPY_8:
        outer_axpy(row, operands, doubles(a), doubles(b), doubles(c), doubles(d), doubles(row[DATA]), 8)
    elif opcode == SLOPE_4:
        slope(row, operands, singles(a), 4)
    else:
        slope(row, operands, doubles(a), 8)
