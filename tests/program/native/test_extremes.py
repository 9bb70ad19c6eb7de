"""Loops that look for large numbers: NumPy's numbers, NaN among them."""

import numpy as np
import pytest

from tests.program.native.programs import program

SPECIAL = [np.nan, np.inf, -np.inf, -0.0, 0.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(64, 10), (3, 1), (1, 7), (5, 32), (5, 33), (2, 3, 4), (9,)])
def test_the_largest_of_rows(shape, dtype):
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)

    def function(x):
        turned = np.exp(x).T
        return [np.max(x * 2, axis=-1, keepdims=True, initial=-np.inf), np.max(turned, axis=-1), np.max(turned, axis=0)]

    run = program(function, x).run
    for place in range(min(5, x.size)):
        x.flat[place * 3 % x.size] = SPECIAL[place]
        for mine, theirs in zip(run(x), function(x), strict=True):
            assert mine.shape == theirs.shape
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("least", [0, 0.5, -np.inf, np.nan])
def test_numbers_are_raised_to_a_least_one(least, dtype):
    x = np.resize([*SPECIAL, 1.5, -1.5], (13, 11)).astype(dtype)

    def function(x):
        z = np.negative(x)
        return [np.maximum(x, least), np.maximum(least, x * 2), np.maximum(z, least), np.maximum(x.T, least)[::2]]

    for mine, theirs in zip(program(function, x).run(x), function(x), strict=True):
        np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(np.signbit(mine), np.signbit(theirs))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_writes_over_what_it_reads(dtype):
    x = np.resize([*SPECIAL, 1.5, -1.5], (13, 11)).astype(dtype)

    def function(x):
        kept, cleared = np.negative(x), x + 1
        return [np.where(x > 0, kept, 0) * 2, np.where(x > 0, 0, cleared) * 2]

    for mine, theirs in zip(program(function, x).run(x), function(x), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_the_largest_of_all_of_several_short_rows():
    x = np.random.default_rng(2).normal(size=(6, 4))
    found = program(lambda x, y: [np.max(x), np.max(x.T), np.max(y), np.max(y.T)], x, x[:, 1:])
    for _ in range(2):
        x[...] = np.random.default_rng(3).permutation(x.ravel()).reshape(x.shape)
        assert found.run(x, x[:, 1:]) == (x.max(), x.max(), x[:, 1:].max(), x[:, 1:].max())
