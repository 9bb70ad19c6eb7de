"""Products of small matrices: a few rows times a few vectors of columns at a time, all of which stay in registers."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from gradwalk.program.native.instructions import FUNCTION, SIZES, STEPS
from gradwalk.program.native.vectors import LINE, NUMBER, QUARTER, load, pointed, spread, store, vector_of

ADDRESS = types.int64
# Rows at a time, and bytes of a register: with two registers for columns, all sums of so many rows stay in registers.
FEW, WIDE = (8, LINE) if get_host_cpu_features().get("avx512f") else (4, LINE // 2)
FUSED = ("contract",)  # a product and a sum may be rounded once


def tile_by(rows: int, vectors: int, size: int) -> Any:
    """An intrinsic for so many rows and vectors of columns of a product.

    It takes a number of the type, and in bytes: how far the rows of a and of out are, the columns of b, and all steps.
    """

    @intrinsic
    def tile(
        typing: Any, one: Any, a: Any, b: Any, bias: Any, out: Any, inner: Any, a_at: Any, out_at: Any, beside: Any,
        a_row: Any, a_column: Any, b_row: Any, out_row: Any
    ) -> Any:  # fmt: skip
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            one, a, b, bias, out, inner, a_at, out_at, beside, a_row, a_column, b_row, out_row = arguments
            kind, add, times = vector_of(one.type, size), builder.add, builder.mul
            places = [(i, v) for i in range(rows) for v in range(vectors)]
            across = [add(beside, beside.type(v * size)) for v in range(vectors)]
            sums = {place: cgutils.alloca_once_value(builder, ir.Constant(kind, None)) for place in places}
            with cgutils.for_range(builder, inner) as loop:
                down, along = times(loop.index, b_row), add(a_at, times(loop.index, a_column))
                columns = [load(builder, b, add(down, x), kind) for x in across]
                numbers = [number_at(builder, a, add(along, times(a_row, a_row.type(i))), one) for i in range(rows)]
                for i, v in places:
                    product = builder.fmul(spread(builder, numbers[i], size), columns[v], flags=FUSED)
                    builder.store(builder.fadd(product, builder.load(sums[i, v]), flags=FUSED), sums[i, v])
            with builder.if_then(builder.icmp_signed("!=", bias, bias.type(0))):
                for i, v in places:
                    added = load(builder, bias, across[v], kind)
                    builder.store(builder.fadd(builder.load(sums[i, v]), added), sums[i, v])
            for i, v in places:
                place = add(out_at, add(times(out_row, out_row.type(i)), across[v]))
                store(builder, builder.load(sums[i, v]), out, place)
            return context.get_dummy_value()

        return types.void(one, *[ADDRESS] * 12), generate

    return tile


def number_at(builder: Any, base: Any, offset: Any, like: Any) -> Any:
    """The number so many bytes behind an address."""
    return builder.load(pointed(builder, base, offset, like.type))


def strip_by(vectors: int, size: int) -> Any:
    """A function for so many vectors of columns of all rows; the last rows may be computed twice."""
    several, single = tile_by(FEW, vectors, size), tile_by(1, vectors, size)

    @njit
    def strip(row: Any, one: Any, a: int, b: int, bias: int, out: int, beside: int) -> None:
        rows, inner = row[SIZES + 1], row[SIZES + 2]
        a_row, a_column, b_row, out_row = row[STEPS + 3], row[STEPS + 4], row[STEPS + 5], row[STEPS + 7]
        if rows < FEW:
            for i in range(rows):
                single(one, a, b, bias, out, inner, i * a_row, i * out_row, beside, a_row, a_column, b_row, out_row)
            return
        for start in range(0, rows, FEW):
            i = min(start, rows - FEW)
            several(one, a, b, bias, out, inner, i * a_row, i * out_row, beside, a_row, a_column, b_row, out_row)

    return strip


two_registers, one_register = strip_by(2, WIDE), strip_by(1, WIDE)
quarter, one_number = strip_by(1, QUARTER), strip_by(1, NUMBER)


@njit
def product(row: Any, operands: Any, one: Any, size: int) -> None:
    """``out = a @ b``, and a row added to each of its rows if there are four operands.

    The columns of b and out lie side by side; the last ones may be computed twice.
    """
    a, b, bias, out = operands[0], operands[1], operands[2], operands[3]
    if row[FUNCTION] == 0:
        bias, out = 0, operands[2]
    width, done = row[SIZES + 3] * size, 0
    while done < width:
        if width - done >= 2 * WIDE:
            two_registers(row, one, a, b, bias, out, done)
            done += 2 * WIDE
        elif width >= WIDE:
            one_register(row, one, a, b, bias, out, min(done, width - WIDE))
            done += WIDE
        elif width >= QUARTER:
            quarter(row, one, a, b, bias, out, min(done, width - QUARTER))
            done += QUARTER
        else:
            one_number(row, one, a, b, bias, out, done)
            done += size


@njit
def turn(row: Any, operands: Any, one: Any, x: Any, out: Any, size: int) -> None:
    """``out = x.T``, where what lies side by side in x are the rows of out; the last ones may be copied twice."""
    rows, columns, step = row[SIZES + 1], row[SIZES + 2], row[STEPS]
    block = QUARTER // size
    if rows < block or columns < block:
        for i in range(rows):
            for j in range(columns):
                out[i * columns + j] = x[j * (step // size) + i]
        return
    for start in range(0, rows, block):
        i = min(start, rows - block) * size
        for beside in range(0, columns, block):
            j = min(beside, columns - block)
            turn_block(one, operands[0], j * step + i, step, operands[1], i * columns + j * size, columns * size)


@intrinsic
def turn_block(typing: Any, one: Any, x: Any, x_at: Any, x_step: Any, out: Any, out_at: Any, out_step: Any) -> Any:
    """The same for a square, by riffling the rows of its one half with those of the other."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one, x, x_at, x_step, out, out_at, out_step = arguments
        kind = vector_of(one.type, QUARTER)
        size = kind.count
        rows = [load(builder, x, builder.add(x_at, builder.mul(x_step, x.type(i))), kind) for i in range(size)]
        for _ in range(size.bit_length() - 1):
            pairs = zip(rows[: size // 2], rows[size // 2 :], strict=True)
            rows = [builder.shuffle_vector(*pair, half) for pair in pairs for half in riffles(size)]
        for i, vector in enumerate(rows):
            store(builder, vector, out, builder.add(out_at, builder.mul(out_step, out.type(i))))
        return context.get_dummy_value()

    return types.void(one, *[ADDRESS] * 6), generate


def riffles(size: int) -> list[Any]:
    """Which entries of two vectors are those of the one half of their riffle, and of the other."""
    word = ir.IntType(32)
    order = [place for i in range(size) for place in (i, size + i)]
    return [ir.Constant(ir.VectorType(word, size), [word(i) for i in half]) for half in (order[:size], order[size:])]
