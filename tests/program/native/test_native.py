"""Programs of instructions: the numbers of NumPy's calls, whatever is given and whoever holds the results."""

import itertools

import numpy as np
import pytest

from gradwalk.program.listing import Listing
from gradwalk.program.native import blocks
from gradwalk.program.native.loading import loading
from gradwalk.program.native.native import Native
from gradwalk.program.plan import Plan
from tests.program.native.programs import program

TOLERANCE = {np.float32: {"rtol": 1e-5, "atol": 1e-5}, np.float64: {"rtol": 1e-13, "atol": 1e-14}}
X, Y = np.arange(12.0).reshape(3, 4) / 7 - 1, np.linspace(-2, 2, 12).reshape(3, 4)


CALLS = {
    "elementwise": lambda x, y: np.tanh(x) * y - np.exp(-y) / 2,
    "broadcast": lambda x, y: (x + y[0]) * y[:, :1] - np.sum(y),
    "outer axes": lambda x, y: x[:, None, :] * y[None, :, :] + y[:, :1, None],
    "four dimensions": lambda x, y: (x[:, None, :, None] * y[None, :, None, :]) + x[:, None, None, :],
    "transposed": lambda x, y: x.T * y.reshape(4, 3) + np.exp(x).T,
    "product": lambda x, y: np.exp(x) @ y.T + x @ np.exp(y).T,
    "product with vectors": lambda x, y: (x[0] @ y.T) * (x @ y[1]) + x[2] @ y[2],
    "stacked products": lambda x, y: np.exp(x).reshape(3, 2, 2) @ y.reshape(3, 2, 2),
    "sum": lambda x, y: np.sum(x * y) + np.sum(x, axis=1),
    "sum of columns": lambda x, y: np.sum(x * y, axis=0, keepdims=True) * np.sum(y, axis=(0, 1)),
    "largest": lambda x, y: np.max(x, axis=1, keepdims=True) - np.max(x * y) + np.min(y, axis=0),
    "select": lambda x, y: np.where(x > y, x, np.where(y > 0, y * 2, 0.5)),
    "logic": lambda x, y: np.where((x > 0) & (y > 0) | np.isnan(y), y, -1.0),
    "numpy in between": lambda x, y: np.cumsum(np.exp(x), axis=1) * y + np.argmax(y * 2, axis=1)[:, None],
    "a number by numpy": lambda x, y: np.exp(y) * np.linalg.norm(x * 2) + np.linalg.norm(np.sum(x)),
    "a long chain": lambda x, y: np.sum(z := np.tanh(x * y + x) * np.exp(-y * y)) + z * np.sum(z * x, axis=1)[:, None],
    "halves of a buffer": lambda x, y: (z := np.exp(x))[:, :2] * z[:, 2:] + np.flip(z * y)[:, :2],
    "whole numbers": lambda x, y: (x > 0).astype(np.int64) * 3 - 1 + (y > 0).astype(np.int64),
}


@pytest.fixture(params=["whole", "in blocks"])
def small_blocks(request, monkeypatch):
    """Arrays of five numbers count as long."""
    if request.param == "in blocks":
        monkeypatch.setattr(blocks, "LONG", 5)
        monkeypatch.setattr(blocks, "BLOCK", 3)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", CALLS)
def test_calls_give_what_numpy_gives(name, dtype):
    x, y = X.astype(dtype), Y.astype(dtype)
    run = program(CALLS[name], x, y).run
    for scale in (1, -2, 3):
        (mine,), theirs = run(x * dtype(scale), y), CALLS[name](x * dtype(scale), y)
        assert mine.dtype == theirs.dtype
        np.testing.assert_allclose(mine, theirs, **TOLERANCE[dtype])


def test_infinities_and_nan_are_numpys():
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e308, 5e-324])
    run = program(lambda x: [np.maximum(x, 0), 1 / x, x - x, np.where(x > 0, x, 0.0), np.max(x), np.exp(x)], x).run
    with np.errstate(all="ignore"):
        expected = [np.maximum(x, 0), 1 / x, x - x, np.where(x > 0, x, 0.0), np.max(x), np.exp(x)]
    for mine, theirs in zip(run(x), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(np.signbit(mine), np.signbit(theirs))


@pytest.mark.parametrize("function", [np.isnan, np.isinf, np.isfinite, np.signbit])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_truths_about_arrays_of_any_layout(function, order):
    """NumPy's loops for these don't write where results have gaps in between."""
    x = np.random.default_rng(5).normal(size=(4, 33, 2)).transpose(order)
    native = program(lambda x: np.sum(function(x), axis=0), x)
    for array in (x, np.ascontiguousarray(x), np.asfortranarray(-x)):
        np.testing.assert_array_equal(*native.run(array), np.sum(function(array), axis=0))


def test_arrays_of_any_layout_may_be_given():
    run = program(lambda x, y: x.T @ y + np.sum(x), X, Y).run
    unaligned = np.frombuffer(b"\0" + X.tobytes(), np.uint8)[1:].view(np.float64).reshape(3, 4)
    wide = np.repeat(X, 2, axis=1)[:, ::2]
    for x in (X, unaligned, np.asfortranarray(X), wide, wide[::1], X):
        np.testing.assert_allclose(run(x, Y)[0], X.T @ Y + X.sum(), rtol=1e-15)
    wide[...] = 2  # the same array as before, changed in place
    for x in (wide, wide):
        np.testing.assert_allclose(run(x, Y)[0], x.T @ Y + x.sum(), rtol=1e-15)
        wide[...] = 3


def test_a_result_that_nobody_holds_serves_again():
    run = program(lambda x: [x * 2.0, np.exp(x)], X).run
    first = run(X)
    kept, gone = first[0], id(first[1])
    view = run(X)[1][0]  # while the first results are held: others
    del first
    second = run(X + 1)
    assert not np.may_share_memory(kept, second[0])
    assert not np.may_share_memory(view, second[1])
    np.testing.assert_array_equal(kept, X * 2)
    np.testing.assert_array_equal(view, np.exp(X[0]))
    del second
    again = run(X)
    assert id(again[1]) != gone or not np.may_share_memory(again[1], view)
    before = id(again[0])
    del again
    assert id(run(X)[0]) == before


def test_a_result_may_be_wanted_twice_or_be_a_view():
    doubled, again, turned, given, part = program(lambda x: [(y := x * 2.0), y, y.T, x, x[0]], X).run(X)
    assert not any(np.may_share_memory(a, b) for a, b in [(doubled, again), (doubled, turned), (again, turned)])
    for found, expected in [(doubled, X * 2), (again, X * 2), (turned, 2 * X.T), (given, X), (part, X[0])]:
        np.testing.assert_array_equal(found, expected)


def test_one_call_of_the_kernel_does_what_has_instructions():
    source = program(lambda x: np.sum(np.tanh(x @ x.T), axis=0), X).source
    assert source.count("interpret(") == 1
    assert "tanh" not in source


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 7, 8, 33, 100, 1025])
@pytest.mark.parametrize("columns", [1, 3, 16, 130])
def test_rows_side_by_side_and_by_halves(rows, columns, dtype):
    draw = np.random.default_rng(0).uniform
    x, row, column = draw(1, 2, (rows, columns)), draw(1, 2, columns), draw(1, 2, (rows, 1))

    def function(x, row, column):
        return [x + row, row - x * 2, (x / column) * row, np.sum(x, axis=0), np.max(x * row, axis=0, keepdims=True)]

    given = [array.astype(dtype) for array in (x, row, column)]
    for mine, theirs in zip(program(function, *given).run(*given), function(*given), strict=True):
        np.testing.assert_allclose(mine, theirs, **TOLERANCE[dtype])


def stepping(x, w, rate):
    """Write into what is given, by the sum of what else is."""
    w.listing.put(w, w - np.sum(x * w) * rate)
    return w * 2.0


@pytest.mark.parametrize("shape", [(3, 4), ()])
def test_given_arrays_are_changed_where_they_lie(shape):
    listing = Listing()
    given = [listing.cell(value) for value in (np.ones(shape), np.ones(shape), 0.5)]
    wanted = [stepping(*given)]
    run = Native(Plan(listing.calls, given, wanted), given, wanted, (), loading().wait()).run
    x = np.full(shape, 2.0)
    for w in (np.ones(shape), np.asfortranarray(np.ones(shape)), np.ones((*shape, 2))[..., 0]):
        for rate in (0.5, 0.25):
            expected = w - (x * w).sum() * rate
            np.testing.assert_array_equal(run(x, w, rate)[0], expected * 2)
            np.testing.assert_array_equal(w, expected)


def test_long_arrays_go_through_in_blocks():
    x, y = np.random.default_rng(0).uniform(-1, 1, (2, 50_001))

    def function(x, y):
        z = np.tanh(x * y + 1) / (np.exp(x) + 2)
        return [np.sum(z), z * np.sum(z), np.where(z > 0.3, 1, z) * y, np.sum(z * x)]

    run = program(function, x, y).run
    for scale in (1, -3):
        for mine, theirs in zip(run(x * scale, y), function(x * scale, y), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_a_long_program_lets_other_threads_run():
    x = np.ones((200, 200))
    short, long = (program(lambda x: x @ x, array).run.__globals__["interpret"] for array in (x[:9, :9], x))
    assert short.__name__ == "interpret"
    assert long.__name__ == "interpret_long"


@pytest.mark.parametrize("shapes", [((100, 1), (1, 90)), ((1,), (1, 70)), ((3, 1), (1,)), ((64, 1), (1, 16))])
def test_products_with_an_inner_size_of_one(shapes):
    x, y = (np.random.default_rng(0).uniform(-1, 1, shape) for shape in shapes)
    np.testing.assert_array_equal(program(lambda x, y: x @ y, x, y).run(x, y)[0], x @ y)


def test_a_plain_number_that_differs_from_run_to_run():
    def function(x, rate):
        return [np.where(x > 0, rate, x), x * rate + (1 - rate), np.sum(x) * rate]

    listing = Listing()
    given = [listing.cell(X), listing.cell(0.5)]
    wanted = function(*given)
    run = Native(Plan(listing.calls, given, wanted), given, wanted, (), loading().wait()).run
    for rate in (0.5, 3, 0.25):
        for mine, theirs in zip(run(X, rate), function(X, rate), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-14)
