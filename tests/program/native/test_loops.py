"""NumPy's inner loops, called directly: the very results of the ufuncs that they belong to."""

import ctypes

import numpy as np
import pytest

from gradwalk.program.native.loops import check_layout, loop_of
from gradwalk.program.native.memory import address

LOOP = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)


def called(ufunc, types, *operands):
    """What an inner loop makes of operands in one row."""
    loop = loop_of(ufunc, types)
    out = np.empty(len(operands[0]), types[-1])
    numbers = [x.ctypes.data for x in (*operands, out)], [len(out)], [x.strides[0] for x in (*operands, out)]
    words = [np.array(row, np.int64) for row in numbers]
    LOOP(loop.function)(*[row.ctypes.data for row in words], loop.data)
    return out


@pytest.mark.parametrize("dtype", "fd")
@pytest.mark.parametrize(
    "name", ["exp", "log", "tanh", "sqrt", "square", "negative", "log1p", "expm1", "sin", "absolute"]
)
def test_functions_of_one_argument(name, dtype):
    x = np.linspace(0.1, 3, 37, dtype=dtype)
    np.testing.assert_array_equal(called(getattr(np, name), f"{dtype}->{dtype}", x), getattr(np, name)(x))


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "logaddexp"])
def test_functions_of_two_arguments(name):
    x, y = np.linspace(0.1, 3, 37), np.linspace(-2, 2, 37) + 0.01
    np.testing.assert_array_equal(called(getattr(np, name), "dd->d", x, y), getattr(np, name)(x, y))
    np.testing.assert_array_equal(called(np.greater, "dd->?", x, y), x > y)


def test_loops_that_are_not_safe_or_not_there():
    assert loop_of(np.add, "fd->d") is None
    assert loop_of(np.add, "OO->O") is None
    assert loop_of(np.power, "ll->l") is None  # it raises an error for a negative exponent


def test_the_layout_is_checked():
    check_layout()
    x = np.arange(3.0)
    assert address(x) == x.ctypes.data
    assert address(x[1:]) == x[1:].ctypes.data
