"""Functions of single numbers for compiled loops, written so that loops of them become vector instructions.

The library's own ``exp`` would be called for one number at a time. These are polynomials on a short interval, whose
coefficients are minimax fits; infinities, NaN, signed zeros and numbers too small to be normal come out as NumPy's. Over
all float32 numbers the result is at most so many units in the last place from the true one:

    exp 1.1, expm1 1.5, tanh 2.6, log 0.9

The products of a polynomial are added without rounding in between (``contract``), where the machine can; other
arithmetic of a loop is not, so that it gives the same bits as NumPy.
"""

from __future__ import annotations

from math import sqrt  # noqa: F401
from typing import Any

import numpy as np
from llvmlite import ir
from numba import float32, float64, int32, njit, types, uint8  # noqa: F401
from numba.extending import intrinsic

from gradwalk.program.native.pointers import bytes_at, doubles, singles, words  # noqa: F401

inlined = njit(forceinline=True, error_model="numpy")
polynomial = njit(forceinline=True, error_model="numpy", fastmath={"contract"})


def reading_bits(kind: Any, other: Any) -> Any:
    """An intrinsic that reads the bits of a number as one of another kind."""

    @intrinsic
    def read(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], context.get_value_type(other))

        return other(kind), generate

    return read


bits_of, number_of = reading_bits(float32, int32), reading_bits(int32, float32)


@intrinsic
def on_its_own(typing: Any) -> Any:
    """Promise that what one pointer of this function leads to is written by no other; ask for the widest vectors.

    Otherwise LLVM would compare all pointers with each other, and give up where there are many; and it is shy of 512 bits,
    which pay in a loop that computes much for each number. llvmlite has no name for that attribute.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for argument in builder.function.args:
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate


# --- exponentials: x = k ln 2 + r, and e^x = 2^k e^r ---

LOG2_E = np.float32(1.44269504)
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)  # k times the first is exact
ROUNDER = np.float32(3 << 22)  # adding it leaves no digits behind the point
BIAS = np.float32(127)  # of an exponent
ONE_HALF, ONE, TWO = np.float32(0.5), np.float32(1), np.float32(2)
E0, E1, E2, E3, E4 = map(np.float32, (0.49999994, 0.16666521, 0.04166839, 0.0083687454, 0.0013814541))


@polynomial
def in_parts(x: Any) -> Any:
    """The whole number k, and e^r − 1."""
    whole = (x * LOG2_E + ROUNDER) - ROUNDER
    r = (x - whole * LN2_HIGH) - whole * LN2_LOW
    tail = (((E4 * r + E3) * r + E2) * r + E1) * r + E0
    return whole, tail * (r * r) + r


@inlined
def power_of_two(k: Any) -> Any:
    """2 to a whole number from -126 to 127: the sum's last bits are the exponent, as a float32 has it."""
    return number_of(bits_of(k + (ROUNDER + BIAS)) << 23)


@inlined
def between(low: Any, x: Any, high: Any) -> Any:
    """A number, or the bound that it is beyond; NaN stays."""
    x = low if x < low else x
    return high if x > high else x


@inlined
def with_sign(x: Any, other: Any) -> Any:
    """A number with the sign of another."""
    return number_of((bits_of(x) & 0x7FFFFFFF) | (bits_of(other) & -0x80000000))


@polynomial
def exp(x: Any) -> Any:
    """e^x; half of the power of two at a time, as the whole may be no float32 where the result is one."""
    k, rest = in_parts(between(np.float32(-104), x, np.float32(89)))
    half = (k * ONE_HALF + ROUNDER) - ROUNDER
    return (rest + ONE) * power_of_two(half) * power_of_two(k - half)


@polynomial
def expm1(x: Any) -> Any:
    """e^x − 1, exact near 0."""
    k, rest = in_parts(between(np.float32(-20), x, np.float32(89)))
    scale = power_of_two(k - ONE)
    half = scale * rest + (scale - ONE_HALF)
    return with_sign(half + half, x)


@polynomial
def tanh(x: Any) -> Any:
    """The hyperbolic tangent, from e^(−2|x|) − 1, which is exact near 0 and never too large."""
    down = expm1(-TWO * abs(x))
    return with_sign(down / (down + TWO), x)


# --- the logarithm: x = 2^k (1 + f), and ln x = k ln 2 + ln(1 + f) ---

SMALLEST, INFINITY, NOT_A_NUMBER = np.float32(2.0**-126), np.float32(np.inf), np.float32(np.nan)
TINY_SHIFT, ROOT_OF_HALF = np.float32(2.0**23), np.float32(np.sqrt(0.5))
L0, L1, L2, L3 = map(np.float32, (0.3333333, -0.25000826, 0.2000125, -0.16623148))
L4, L5, L6, L7 = map(np.float32, (0.14201032, -0.13161598, 0.12767774, -0.07638599))


@polynomial
def log(x: Any) -> Any:
    """The natural logarithm."""
    tiny = x < SMALLEST
    bits = bits_of(x * TINY_SHIFT if tiny else x)
    k = int32(bits - bits_of(ROOT_OF_HALF)) >> 23
    f = number_of(bits - (k << 23)) - ONE
    power = float32(int32(k - 23 if tiny else k))
    square = f * f
    tail = ((((((L7 * f + L6) * f + L5) * f + L4) * f + L3) * f + L2) * f + L1) * f + L0
    found = power * LN2_HIGH + (power * LN2_LOW + tail * (square * f) - ONE_HALF * square + f)
    found = x if x == INFINITY else found
    return found if x > 0 else -INFINITY if x == 0 else NOT_A_NUMBER


# --- choices and sums ---


@inlined
def larger(a: Any, b: Any) -> Any:
    """The larger of two numbers, NaN if one is."""
    return a if a > b or a != a else b


@inlined
def smaller(a: Any, b: Any) -> Any:
    """The smaller of two numbers, NaN if one is."""
    return a if a < b or a != a else b


@njit(forceinline=True, fastmath={"reassoc"})
def added(total: Any, x: Any) -> Any:
    """A sum that may be made of several that go on side by side."""
    return total + x


@inlined
def halved(sums: Any, count: int) -> Any:
    """The sum of the first numbers of an array, which is used up: the first half plus the second, again and again."""
    while count > 1:
        half = (count + 1) // 2
        for i in range(count - half):
            sums[i] += sums[half + i]
        count = half
    return sums[0]
