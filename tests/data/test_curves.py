"""Curves: their points without noise, their noise, and what is refused."""

import numpy as np
import pytest

from gradwalk.data import CURVES, DataError, curve, make


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


@pytest.mark.parametrize(
    ("make_it", "message"),
    [
        (lambda: curve("lime"), "no curve called 'lime'; there are: line, parabola"),
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
