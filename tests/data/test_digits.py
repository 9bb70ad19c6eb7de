"""Handwritten digits: what they are, against what their makers published."""

import numpy as np
import pytest

from gradwalk.data import DataError, digits

TEST_SET_COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # as the UCI repository publishes them


def test_digits_are_the_published_test_set():
    data = digits()
    assert data.inputs.shape == (1797, 64)
    assert np.bincount(data.labels).tolist() == TEST_SET_COUNTS
    assert data.classes == tuple("0123456789")
    assert (data.inputs.min(), data.inputs.max()) == (0, 1)
    assert (data.picture, data.outputs, data.task) == ((8, 8), 10, "classes")


def test_the_first_digit_is_a_zero():
    picture = (digits().inputs[0].reshape(8, 8) * 16).astype(int)
    assert picture[0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]  # the first line of the published file
    assert digits().labels[0] == 0
    assert picture[3:5, 3:5].sum() == 0  # a hole in the middle


def test_some_digits_are_drawn_by_chance():
    some = digits(count=50, seed=1)
    assert len(some) == 50
    np.testing.assert_array_equal(some.inputs, digits(count=50, seed=1).inputs)
    assert not np.array_equal(some.inputs, digits(count=50, seed=2).inputs)
    assert len({row.tobytes() for row in some.inputs}) == 50


def test_more_than_there_are_is_refused():
    with pytest.raises(DataError, match="count=2000: there are 1797"):
        digits(count=2000)
