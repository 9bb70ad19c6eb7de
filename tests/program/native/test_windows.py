"""Windows, margins, copies and sums over many dimensions, as instructions: NumPy's numbers for every layout."""

import numpy as np
import pytest

from gradwalk.ops.conv import first_largest, largest, surround, unwindow, windows
from tests.program.native.programs import program

TOLERANCE = {np.float32: {"rtol": 1e-5, "atol": 1e-5}, np.float64: {"rtol": 1e-13, "atol": 1e-13}}
WINDOWS = {
    "signal": ((3, 2, 9), {"size": (3,), "stride": (1,), "dilation": (1,)}),
    "image": ((3, 2, 6, 7), {"size": (3, 2), "stride": (1, 1), "dilation": (1, 1)}),
    "apart": ((2, 3, 7, 8), {"size": (2, 2), "stride": (2, 3), "dilation": (1, 1)}),
    "dilated": ((2, 8, 9, 8), {"size": (3, 2), "stride": (1, 2), "dilation": (2, 3)}),
    "volume": ((2, 3, 4, 5, 4), {"size": (2, 2, 3), "stride": (1, 2, 1), "dilation": (1, 1, 1)}),
    "one place": ((1, 1, 2, 2), {"size": (2, 2), "stride": (1, 1), "dilation": (1, 1)}),
    "one entry": ((2, 17, 3, 3), {"size": (1, 1), "stride": (2, 1), "dilation": (1, 1)}),
}


def through_windows(x, layout, dtype, window):
    """All that is done with windows; what is computed first lies as the layout says."""
    x = np.exp(x) if layout == "C" else np.moveaxis(np.exp(np.moveaxis(x, 1, -1)), -1, 1)
    rank = len(window["size"])
    seen = windows(x, **window)
    best = largest(seen, dims=rank)
    steps = {name: window[name] for name in ("stride", "dilation")}
    return [
        np.reshape(seen, (2, -1)) * dtype(2),
        np.sum(seen, axis=tuple(range(-rank, 0))) * dtype(2),
        best * dtype(1),
        np.where(first_largest(seen, best, dims=rank), seen, dtype(0)) * dtype(1),
        unwindow(seen * dtype(3), shape=x.shape, **steps) * dtype(2),
        surround(x, margins=((1, 2),) * rank, fill=-np.inf) * dtype(1),
    ]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layout", ["C", "channels last"])
@pytest.mark.parametrize("name", WINDOWS)
def test_windows_show_what_numpys_do(name, layout, dtype):
    shape, window = WINDOWS[name]
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    run = program(lambda x: through_windows(x, layout, dtype, window), x).run
    for given in (x, -x, np.asfortranarray(x), x):
        for mine, theirs in zip(run(given), through_windows(given, layout, dtype, window), strict=True):
            assert mine.dtype == theirs.dtype
            np.testing.assert_allclose(mine, theirs, **TOLERANCE[dtype])


def test_windows_need_no_numpy():
    shape, window = WINDOWS["image"]
    source = program(lambda x: through_windows(x, "channels last", np.float32, window), np.ones(shape, "f")).source
    assert source.count("interpret(") == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_largest_is_nan_where_there_is_one_and_the_first_of_equals(dtype):
    x = np.array([[1, np.nan, np.inf, np.nan, 1], [2, 2, 1, 2, 2], [-np.inf] * 5, [-0.0, 0, 0, -0.0, 0]], dtype)
    window = {"size": (2,), "stride": (1,), "dilation": (1,)}

    def function(x):
        seen = windows(x * dtype(1), **window)
        best = largest(seen, dims=1)
        return [best * dtype(1), first_largest(seen, best, dims=1)]

    best, first = program(function, x).run(x)
    expected = np.lib.stride_tricks.sliding_window_view(x, 2, axis=1)
    np.testing.assert_array_equal(best, expected.max(axis=-1))
    np.testing.assert_array_equal(first, np.arange(2) == expected.argmax(axis=-1)[..., None])


def test_a_given_array_in_another_shape_is_read_where_it_lies():
    x = np.arange(12.0).reshape(3, 4)
    found = program(lambda x: np.reshape(x, (2, 6)) @ np.reshape(x, (6, 2)) + np.sum(x[1:, ::2]), x)
    assert "reshape" not in found.source
    wide = np.zeros((3, 8))
    for given in (x, np.asfortranarray(x), wide[:, ::2], x):
        for _ in range(2):
            expected = given.reshape(2, 6) @ given.reshape(6, 2) + given[1:, ::2].sum()
            np.testing.assert_allclose(found.run(given)[0], expected, rtol=1e-14)
            given += 1  # the same array, changed in place


@pytest.mark.parametrize("dtype", ["f", "d", "i", "l", "?"])
def test_copies_keep_the_bits_of_every_type(dtype):
    x = np.random.default_rng(0).integers(0, 2, (2, 3, 4, 5, 2)).astype(dtype)

    def function(x):
        y = np.where(x > 0, x, np.zeros((), dtype))
        return [np.reshape(np.transpose(y, order), (6, -1))[:, ::-1] for order in ((4, 1, 3, 0, 2), (0, 3, 1, 4, 2))]

    for mine, theirs in zip(program(function, x).run(x), function(x), strict=True):
        np.testing.assert_array_equal(mine, theirs, strict=True)


def test_what_is_given_and_taken_in_other_shapes_shares_no_memory_with_the_next_run():
    mask = np.eye(3, dtype=bool)
    run = program(lambda mask, x: [np.where(mask, x, 0.0).T, np.reshape(x.T, (9,))], mask, np.ones((3, 3))).run
    first = run(mask, np.ones((3, 3)))
    before = [np.array(x) for x in first]
    run(~mask, np.full((3, 3), 2.0))
    for kept, expected in zip(first, before, strict=True):
        np.testing.assert_array_equal(kept, expected)
