"""Picking by an index that is the same in every run, and putting back: NumPy's numbers in one call of the kernel."""

import numpy as np
import pytest

from gradwalk.ops.index import add_at, getitem, put_at
from tests.program.native.programs import program

LEADING, TWICE = np.array([2, 0, -1]), np.array([[1, 1], [-3, 0]])
INDICES = {
    "rows": (TWICE,),
    "columns": (slice(None), LEADING),
    "the last columns": (..., LEADING),
    "pairs": (LEADING, np.array([3, 3, 0])),
    "a row, then columns": (1, LEADING),
    "every second row, columns": (slice(None, None, -2), LEADING),
    "a new axis": (None, LEADING, slice(1, 3)),
    "a mask": (np.arange(12).reshape(3, 4) % 5 < 2,),
    "a mask of rows": (np.array([True, False, True]),),
}


def numbers(dtype):
    x = np.arange(12.0).reshape(3, 4)
    if np.dtype(dtype).kind == "f":
        x[0, :3] = np.nan, np.inf, -0.0
    return x.astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("name", INDICES)
def test_what_is_picked(name, dtype):
    x, index = numbers(dtype), INDICES[name]

    def function(x):
        return [getitem(x, index=index), getitem(x * x, index=index), getitem(np.flip(x * x), index=index)]

    replay = program(function, x)
    assert replay.source.count("interpret(") == 1
    for given in (x, np.asfortranarray(x[::-1]), x + x):
        for mine, theirs in zip(replay.run(given), function(given), strict=True):
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.filterwarnings("ignore:invalid value")  # infinity less infinity
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", INDICES)
def test_what_is_put_back(name, dtype):
    index = INDICES[name]
    put = put_at if "mask" in name else add_at
    x = np.asarray(np.resize(numbers(dtype), getitem(np.zeros((3, 4)), index=index).shape))

    def function(x):
        turned = np.negative(x.T).T
        return [put(x, index=index, shape=(3, 4)), put(turned, index=index, shape=(3, 4)) * 2]

    replay = program(function, x)
    assert replay.source.count("interpret(") == 1
    for given in (x, np.asfortranarray(x * 2), np.ones_like(x)):
        for mine, theirs in zip(replay.run(given), function(given), strict=True):
            np.testing.assert_allclose(mine, theirs, 1e-5 if dtype == np.float32 else 1e-13)


def test_a_part_of_what_is_given_follows_it():
    x = np.arange(12.0).reshape(3, 4)
    replay = program(lambda x: [np.exp(x[1]), x[:, 1:3] + 0.0, x[..., None, 0] * 2], x)
    assert replay.source.count("interpret(") == 1
    for given in (x, x * 2, np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2]):
        row, columns, first = replay.run(given)
        np.testing.assert_array_equal(row, np.exp(given[1]))
        np.testing.assert_array_equal(columns, given[:, 1:3])
        np.testing.assert_array_equal(first, given[:, None, 0] * 2)
