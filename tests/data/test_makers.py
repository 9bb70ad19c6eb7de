"""Made datasets: their places as published, their seeds, and what is refused."""

import numpy as np
import pytest

from gradwalk.data import MAKERS, DataError, circles, drawn, gaussians, make, moons, spirals, xor


@pytest.mark.parametrize("name", MAKERS)
def test_a_seed_fixes_the_data_and_the_global_stream_is_left_alone(name):
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    first, again = make(name, seed=5), make(name, seed=5)
    np.testing.assert_array_equal(first.inputs, again.inputs)
    np.testing.assert_array_equal(first.targets, again.targets)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize("name", MAKERS)
def test_shapes_fit_the_task(name):
    data = make(name)
    assert data.inputs.shape == (len(data), len(data.columns))
    assert data.inputs.dtype == np.float64
    assert data.targets.shape == ((len(data),) if data.task == "classes" else (len(data), 1))
    assert data.targets.dtype == (np.int64 if data.task == "classes" else np.float64)
    if data.task != "regression":
        assert set(data.labels) == set(range(len(data.classes)))


def test_a_generator_of_the_callers_own_goes_on():
    stream = np.random.default_rng(0)
    assert not np.array_equal(moons(seed=stream).inputs, moons(seed=stream).inputs)


def test_moons_are_the_published_half_circles():
    """scikit-learn: outer (cos t, sin t), inner (1 − cos t, 1 − sin t − ½), t in linspace(0, π)."""
    data = moons(7, noise=0)
    outer, inner = data.inputs[data.labels == 0], data.inputs[data.labels == 1]
    assert (len(outer), len(inner)) == (3, 4)
    np.testing.assert_allclose(np.hypot(*outer.T), 1)
    np.testing.assert_allclose(np.hypot(inner[:, 0] - 1, inner[:, 1] - 0.5), 1)
    np.testing.assert_allclose(outer, [[1, 0], [0, 1], [-1, 0]], atol=1e-15)
    np.testing.assert_allclose(inner[[0, -1]], [[0, 0.5], [2, 0.5]], atol=1e-15)
    assert (outer[:, 1] >= 0).all()
    assert (inner[:, 1] <= 0.5).all()


def test_circles_are_the_published_ones():
    """scikit-learn: radius 1 and ``factor``, both evenly round the circle from angle 0 without its end."""
    data = circles(9, noise=0, factor=0.8)
    radius = np.hypot(*data.inputs.T)
    np.testing.assert_allclose(radius, np.where(data.labels == 1, 0.8, 1.0))
    np.testing.assert_allclose(data.inputs[:4], [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-15)
    assert np.bincount(data.labels).tolist() == [4, 5]


def test_noise_is_a_standard_deviation():
    spread = moons(20000, noise=0.1).inputs - moons(20000, noise=0).inputs
    assert spread.std() == pytest.approx(0.1, rel=0.02)
    assert abs(spread.mean()) < 0.002


def test_spirals_and_gaussians_have_as_many_classes_as_asked():
    assert spirals(10, classes=4).task == "classes"
    assert np.bincount(spirals(10, classes=4).labels).tolist() == [3, 3, 2, 2]
    assert spirals(classes=2).task == "binary"
    assert gaussians(9, classes=3).classes == ("0", "1", "2")


def test_more_points_of_xor_go_round_the_corners():
    data = xor(8, noise=0)
    np.testing.assert_array_equal(data.inputs[4:], xor().inputs)
    assert data.targets.sum() == 4


@pytest.mark.parametrize(
    ("make_it", "message"),
    [
        (lambda: moons(noise=-1), r"moons: noise=-1.*from 0 up"),
        (lambda: moons(1), r"moons: count=1: at least 2"),
        (lambda: xor(3), r"xor: count=3: at least 4"),
        (lambda: circles(factor=1.0), r"factor=1.0"),
        (lambda: spirals(classes=1), r"classes=1: at least 2"),
        (lambda: gaussians(2, classes=3), r"count=2: at least 3"),
        (lambda: drawn([[0, 0], [1, 1]], [0, 0]), r"drawn: classes=1: at least 2"),
        (lambda: drawn([[0, 0], [1, 1]], [0]), r"each has a class"),
        (lambda: drawn([[0, np.nan], [1, 1]], [0, 1]), r"two finite numbers"),
        (lambda: make("mons"), r"no dataset called 'mons'; did you mean moons\?.*xor, moons"),
    ],
)
def test_refusals(make_it, message):
    with pytest.raises(DataError, match=message):
        make_it()


def test_points_drawn_by_hand():
    data = drawn([(0.5, 1), (2, 3), (4, 5)], [5, 2, 9])
    assert (data.task, data.targets.tolist(), data.classes) == ("classes", [1, 0, 2], ("0", "1", "2"))
    np.testing.assert_array_equal(data.inputs, [[0.5, 1], [2, 3], [4, 5]])


def test_rows_can_be_taken():
    data = moons(10)
    some = data.take([3, 1])
    np.testing.assert_array_equal(some.inputs, data.inputs[[3, 1]])
    np.testing.assert_array_equal(some.targets, data.targets[[3, 1]])
    assert some.columns == data.columns
