"""Calls that NumPy makes another way: the same numbers, bit for bit, in memory that is there."""

import itertools

import numpy as np
import pytest

from gradwalk.program.listing import Listing
from gradwalk.program.plan import Plan
from gradwalk.program.replay import Replay

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # infinity less infinity, and such
EXTREMES = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e30, -1e-30, 1.5, -2.0, 3.0])


def replayed(function, *arrays):
    """A function of arrays as a program of NumPy's."""
    listing = Listing()
    given = [listing.cell(array) for array in arrays]
    wanted = [function(*given)]
    return Replay(Plan(listing.calls, given, wanted), given, wanted)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "u2", "i4", "i8"])
def test_what_is_left_as_it_is_or_becomes_zero(dtype):
    kinds = {
        "true": lambda x, y: np.where(x > y, x, 0) + y,
        "false": lambda x, y: np.where(x > y, 0, x) + y,
        "a column": lambda x, y: np.where(x > y[:, :1], y[:, :1], 0) + y,
        "transposed": lambda x, y: np.where((x > y).T, 0, x.T) + y.T,
        "twice": lambda x, y: np.where(x > y, np.where(y > x, 0, x), 0) + y,
    }
    draw = np.random.default_rng(0)
    x, y = draw.uniform(0, 100, (2, 4, 10)).astype(dtype)
    if np.dtype(dtype).kind == "f":
        x[0], y[:, 3] = EXTREMES, np.nan
    for name, function in kinds.items():
        replay = replayed(function, x, y)
        assert "where(" not in replay.source, name
        for given in (x, np.ascontiguousarray(x[::-1])):
            mine, theirs = replay.run(given, y)[0], function(given, y)
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine, theirs)
            if mine.dtype.kind == "f":
                np.testing.assert_array_equal(np.signbit(mine), np.signbit(theirs))


def test_other_choices_are_numpys():
    x, y = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    for function in (
        lambda x, y: np.where(x > 0, x, y) * 2,
        lambda x, y: np.where(x > 0, x, -0.0) * 2,
        lambda x, y: np.where(x, y, 0) * 2,
        lambda x, y: np.where(x > 0, 1, 0) * y,
        lambda x, y: np.where(np.sum(x) > 0, np.sum(y), 0) * y,
    ):
        np.testing.assert_array_equal(replayed(function, x, y).run(x, y)[0], function(x, y))


@pytest.mark.parametrize("function", [np.sum, np.max, np.min])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
def test_reductions_are_their_ufuncs(function, axis):
    x = EXTREMES.reshape(2, 5)
    replay = replayed(lambda x: function(x * 2, axis=axis, keepdims=True) * 1.0, x)
    assert f"{function.__name__}(" not in replay.source
    np.testing.assert_array_equal(replay.run(x)[0], function(x * 2, axis=axis, keepdims=True))


@pytest.mark.parametrize("function", [np.isnan, np.isinf, np.isfinite, np.signbit])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_truths_about_numbers_that_lie_another_way_from_run_to_run(function, order):
    """NumPy's loops for these don't write where results have gaps in between."""
    x = np.random.default_rng(5).normal(size=(4, 33, 2)).transpose(order)
    replay = replayed(lambda x: np.sum(function(x), axis=0), x)
    for array in (x, np.ascontiguousarray(x), np.asfortranarray(-x)):
        np.testing.assert_array_equal(*replay.run(array), np.sum(function(array), axis=0))
