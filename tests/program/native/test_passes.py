"""What moves parameters in one pass: bit for bit what NumPy's calls give, wherever the arrays lie."""

import numpy as np
import pytest

from gradwalk.program.native import instructions, together
from tests.program.native.programs import opcodes, program

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of infinities, by NumPy
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, -1e30, 1e30, 1e-40]


def numbers(shape, dtype, seed=0):
    found = np.random.default_rng(seed).uniform(-2, 2, shape).astype(dtype)
    found.reshape(-1)[: len(SPECIAL)] = SPECIAL[: found.size]
    return found


def moving(w, gradient, rate):
    """A step of gradient descent, written where the parameters are."""
    w.listing.put(w, w - rate * gradient)
    return [gradient]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (16,), (3, 1), (5, 33), (2, 3, 70), (0, 4), (150, 200)])
def test_a_step_of_descent(shape, dtype):
    w, gradient = numbers(shape, dtype), numbers(shape, dtype, 1)[...]
    native = program(moving, w.copy(), gradient, 0.5)
    assert not shape or not w.size or instructions.AXPY_4 in opcodes(native) or instructions.AXPY_8 in opcodes(native)
    for rate in (0.05, -3.0, np.inf):
        expected = w - np.asarray(rate, dtype) * gradient
        native.run(w, gradient, rate)
        np.testing.assert_array_equal(w, expected)


def test_a_difference_of_what_lies_anyhow():
    x, y = numbers((6, 40), np.float32), numbers((40, 6), np.float32, 1)
    row = numbers((40,), np.float32, 2)

    def function(x, y, row, rate):
        turned = np.exp(y).T
        return [x - rate * turned, turned - turned * rate, x - 2.0 * row, x - rate * (scaled := rate * x), scaled]

    run = program(function, x, y, row, 0.5).run
    rate = np.float32(0.3)
    turned = np.exp(y).T
    expected = [x - rate * turned, turned - turned * rate, x - 2 * row, x - rate * (rate * x), rate * x]
    for mine, theirs in zip(run(x, y, row, 0.3), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (9,), (16,), (5, 33), (2, 3, 70), (0, 4), (150, 200)])
def test_what_tanh_makes_of_a_gradient(shape, dtype):
    x, y = numbers(shape, dtype), numbers(shape, dtype, 1)[...]

    def function(x, y):
        return [y * (1 - x * x), ((z := np.exp(y)) * z - 0.5) * y, z * (0.5 - y * y), y * (1 - x * y)]

    native = program(function, x, y)
    short = 0 < x.size < 10_000 and shape
    assert not short or opcodes(native).count(instructions.SLOPE_4) + opcodes(native).count(instructions.SLOPE_8) == 2
    for mine, theirs in zip(native.run(x, y), function(x, y), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6)


@pytest.fixture
def all_streamed(monkeypatch):
    """Small outer products count as large."""
    monkeypatch.setattr(together, "STREAMED", 1)


@pytest.mark.usefixtures("all_streamed")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 17), (9, 64), (5, 203), (40, 256)])
def test_an_outer_product_moves_what_it_is_the_gradient_of(shape, dtype):
    def step(w, x, y, rate):
        return moving(w, np.exp(x).T @ y, rate)

    w, x, y = numbers(shape, dtype), numbers((1, shape[0]), dtype, 1), numbers((1, shape[1]), dtype, 2)
    native = program(step, w.copy(), x, y, 0.5)
    assert {instructions.OUTER_AXPY_4, instructions.OUTER_AXPY_8} & set(opcodes(native))
    for rate in (0.05, -3.0):
        gradient = np.exp(x).T * y
        expected = w - dtype(rate) * gradient
        (found,) = native.run(w, x, y, rate)
        np.testing.assert_allclose(found, gradient, rtol=1e-6)
        np.testing.assert_allclose(w, expected, rtol=1e-6)


@pytest.mark.usefixtures("all_streamed")
def test_a_gradient_that_is_read_again_stays_in_the_cache():
    w, x, y = (numbers(shape, np.float32) for shape in [(4, 20), (1, 4), (1, 20)])

    def step(w, x, y, rate):
        (gradient,) = moving(w, x.T @ y, rate)
        return [np.sum(gradient), w * 2.0]

    native = program(step, w.copy(), x, y, 0.5)
    assert instructions.OUTER_AXPY_4 not in opcodes(native)
    expected = w - np.float32(0.5) * (x.T * y)
    np.testing.assert_array_equal(native.run(w, x, y, 0.5)[1], expected * 2)


@pytest.mark.usefixtures("all_streamed")
def test_what_is_given_may_share_memory():
    memory = numbers((9, 12), np.float64)
    w, x, y = memory[:6], memory[5:6, :6], memory[3:4]

    def step(w, x, y, rate):
        return moving(w, x.T @ y, rate)

    native = program(step, np.zeros((6, 12)), np.zeros((1, 6)), np.zeros((1, 12)), 0.5)
    assert instructions.OUTER_AXPY_8 in opcodes(native)
    gradient = x.T * y
    expected = w - 0.25 * gradient
    np.testing.assert_array_equal(native.run(w, x, y, 0.25)[0], gradient)
    np.testing.assert_array_equal(w, expected)


def test_results_that_lie_where_something_was():
    x, y = numbers((8, 8), np.float32), numbers((8, 8), np.float32, 1)

    def function(x, y):
        for _ in range(4):
            turned = np.exp(x).T
            x = y - turned * 0.5
            x = np.tanh(x - np.tanh(x) * 2.0) @ y + np.tanh(y[:, 0])
        return [x]

    for _ in range(2):
        np.testing.assert_allclose(program(function, x, y).run(x, y)[0], function(x, y)[0], rtol=1e-4)
