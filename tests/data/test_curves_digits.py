"""Curves and handwritten digits: what they are, against what others published."""

import numpy as np
import pytest

from gradwalk.data import CURVES, DataError, curve, digits, make

TEST_SET_COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # as the UCI repository publishes them


@pytest.mark.parametrize("name", CURVES)
def test_without_noise_targets_lie_on_the_curve(name):
    data = curve(name, count=11, noise=0)
    np.testing.assert_array_equal(data.targets, CURVES[name].function(data.inputs))
    assert data.description == f"y = {CURVES[name].formula}"
    assert (data.task, data.target, data.outputs) == ("regression", "y", 1)


def test_two_curves_by_hand():
    np.testing.assert_allclose(curve("line", 3, noise=0).targets.ravel(), [-1, 1, 3])
    np.testing.assert_allclose(curve("sine", 5, noise=0).targets.ravel(), [0, -1, 0, 1, 0], atol=1e-15)


def test_the_noise_of_a_curve_is_a_standard_deviation():
    rest = curve("sine", 20000, noise=0.2).targets - curve("sine", 20000, noise=0).targets
    assert rest.std() == pytest.approx(0.2, rel=0.02)


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


@pytest.mark.parametrize(
    ("make_it", "message"),
    [
        (lambda: digits(count=2000), "count=2000: there are 1797"),
        (lambda: curve("line", count=1), "line: count=1"),
        (lambda: curve("line", noise=-1), "from 0 up"),
        (lambda: make("digits", noise=1), "digits has no setting 'noise'; it takes count, seed"),
        (lambda: make("sine", turns=1), "sine has no setting 'turns'; it takes count, noise, seed"),
        (lambda: curve("line").labels, "line has no classes"),
    ],
)
def test_refusals(make_it, message):
    with pytest.raises(DataError, match=message):
        make_it()
