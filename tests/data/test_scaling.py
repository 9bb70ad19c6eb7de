"""Scaling there and back, and learned weights in the original units."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradwalk.data import Scaling, curve, in_original_units, moons, split, standardise

TABLES = arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(1, 4)), elements=st.floats(-1e6, 1e6, width=32))


@given(TABLES, TABLES)
@settings(deadline=None)
def test_what_is_scaled_comes_back(fitted, other):
    scaling = Scaling.standard(fitted)
    size = np.abs(fitted).max() + 1
    np.testing.assert_allclose(scaling.undo(scaling.apply(fitted)), fitted, rtol=1e-12, atol=1e-12 * size)
    assert np.isfinite(scaling.apply(fitted)).all()


def test_columns_get_mean_0_and_deviation_1():
    values = np.random.default_rng(0).normal(5, 3, (50, 2))
    z = Scaling.standard(values).apply(values)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(z.std(axis=0), 1)


def test_yes_or_no_stays_and_a_constant_becomes_0():
    values = np.array([[0.0, 0.1, 7.0], [1.0, 0.1, 9.0], [1.0, 0.1, 8.0]])
    z = Scaling.standard(values).apply(values)
    np.testing.assert_array_equal(z[:, 0], values[:, 0])
    np.testing.assert_array_equal(z[:, 1], 0)


def test_the_held_out_rows_have_no_say():
    learned, held_out = split(curve("line", 40), 0.25)
    scaled, other = standardise(learned, held_out)
    np.testing.assert_allclose(scaled.inputs.mean(), 0, atol=1e-14)
    assert abs(other.inputs.mean()) > 1e-6
    np.testing.assert_allclose(other.input_scaling.undo(other.inputs), held_out.inputs, rtol=1e-12)
    np.testing.assert_allclose(other.target_scaling.undo(other.targets), held_out.targets, rtol=1e-12)


def test_classes_are_not_scaled():
    (scaled,) = standardise(moons())
    np.testing.assert_array_equal(scaled.targets, moons().targets)
    assert scaled.target_scaling is None


@given(st.integers(0, 2**31))
@settings(deadline=None, max_examples=25)
def test_weights_in_original_units_predict_the_same(seed):
    random = np.random.default_rng(seed)
    inputs, targets = random.normal(50, 20, (30, 3)), random.normal(-7, 4, (30, 1))
    (scaled,) = standardise(table(inputs, targets))
    weight, bias = random.standard_normal((1, 3)), random.standard_normal(1)
    predicted = scaled.target_scaling.undo(scaled.inputs @ weight.T + bias)
    original_weight, original_bias = in_original_units(weight, bias, scaled)
    np.testing.assert_allclose(inputs @ original_weight.T + original_bias, predicted, rtol=1e-9)


def test_least_squares_on_scaled_data_gives_the_generating_weights():
    inputs = np.random.default_rng(0).normal(100, 30, (40, 2))
    (scaled,) = standardise(table(inputs, inputs @ np.array([[3.0], [-2.0]]) + 5))
    solved = np.linalg.lstsq(np.c_[scaled.inputs, np.ones(40)], scaled.targets, rcond=None)[0]
    weight, bias = in_original_units(solved[:2].T, solved[2], scaled)
    np.testing.assert_allclose(weight, [[3, -2]], rtol=1e-9)
    np.testing.assert_allclose(bias, [5], rtol=1e-9)


def table(inputs, targets):
    columns = tuple(f"x{i}" for i in range(inputs.shape[1]))
    return replace(curve("line"), inputs=inputs, targets=targets, columns=columns)
