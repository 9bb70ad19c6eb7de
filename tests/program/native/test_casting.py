"""Instructions that count truths, and turn one type of number into another."""

import numpy as np
import pytest

from gradwalk.ops.arithmetic import cast
from tests.program.native.programs import program

EXTREMES = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e300, -1e300, 5e-324, 1.5])
WHOLE = np.array([0, 1, -1, 2**53 + 1, -(2**63), 2**63 - 1])


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(
    ("x", "dtype"),
    [
        (EXTREMES, np.float32),
        (EXTREMES.clip(-1e30, 1e30).astype(np.float32), np.float64),
        (WHOLE, np.float32),
        (WHOLE, np.float64),
        (WHOLE > 0, np.int64),
        (WHOLE > 0, np.float32),
        (WHOLE > 0, np.float64),
    ],
)
def test_types_change_as_numpy_changes_them(x, dtype):
    replay = program(lambda x: [cast(x, dtype=np.dtype(dtype)), np.flip(x).astype(dtype)], x)
    assert replay.source.count("interpret(") == 1
    for mine, theirs in zip(replay.run(x), (x.astype(dtype), np.flip(x).astype(dtype)), strict=True):
        assert mine.dtype == dtype
        np.testing.assert_array_equal(mine, theirs)


def test_a_cast_that_has_no_instruction_is_numpys():
    x = np.array([1.5, -2.5])
    np.testing.assert_array_equal(program(lambda x: cast(x * 2, dtype=np.dtype(np.int32)), x).run(x)[0], [3, -5])


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_truths_are_counted(axis, keepdims):
    x = np.random.default_rng(0).standard_normal((300, 7))
    replay = program(lambda x: np.sum(x > 0, axis=axis, keepdims=keepdims), x)
    assert "add_reduce" not in replay.source
    for x in (x, x[::-1], np.full_like(x, np.nan), np.ones_like(x)):
        (mine,) = replay.run(x)
        theirs = np.sum(x > 0, axis=axis, keepdims=keepdims)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)


def test_whole_numbers_are_added_and_compared():
    x = np.arange(-6, 6).reshape(3, 4)
    (total, equal, far) = program(lambda x: [np.sum(x * 2, axis=0), x == -3, x != 2**40], x).run(x)
    np.testing.assert_array_equal(total, (x * 2).sum(0))
    np.testing.assert_array_equal(equal, x == -3)
    assert far.all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_operands_of_several_types_meet_as_in_numpy(dtype):
    x, whole = np.array([[1.5, np.nan, -np.inf], [0.0, 1.0, 2.0]], dtype), np.array([1, 2, 3])

    def function(x, whole):
        return [x * whole, whole / np.sum(x > 0), np.max(x) / np.sum(whole > 1), (x > 0) * whole]

    replay = program(function, x, whole)
    assert replay.source.count("interpret(") == 1
    for mine, theirs in zip(replay.run(x, whole), function(x, whole), strict=True):
        assert mine.dtype == theirs.dtype
        np.testing.assert_allclose(mine, theirs, rtol=1e-15)


@pytest.mark.parametrize("start", [-np.inf, 0.5])
def test_the_largest_may_start_somewhere(start):
    x = np.array([[-1.0, 2.0], [-3.0, -4.0], [np.nan, 1.0]])
    (found,) = program(lambda x: np.max(x * 2, axis=1, initial=start), x).run(x)
    np.testing.assert_array_equal(found, np.max(x * 2, axis=1, initial=start))
