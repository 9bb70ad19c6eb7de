"""Instructions that go by an index: what NumPy reads and adds, and nothing outside of an array."""

import numpy as np
import pytest

from gradwalk.ops.index import embedding, gather, index_select, index_sum, scatter_sum
from gradwalk.ops.query import pick, place
from tests.program.native.programs import program

DRAW = np.random.default_rng(0)
FLOATS = [np.float32, np.float64]


def numbers(*shape):
    """Numbers with infinities, NaN and a negative zero among them."""
    x = DRAW.standard_normal(shape)
    x.flat[: min(4, x.size)] = [np.nan, np.inf, -np.inf, -0.0][: min(4, x.size)]
    return x


def indices(size, *shape):
    return DRAW.integers(0, size, shape)


# What is read, by an op on cells and by NumPy: a function of x and an index; then their shapes.
READING = {
    "entries of rows": (lambda x, i: gather(x, i, dim=1), lambda x, i: np.take_along_axis(x, i, 1), (5, 7), (5, 3), 7),
    "entries of columns": (lambda x, i: gather(x, i, dim=0), lambda x, i: np.take_along_axis(x, i, 0), (5, 7), (9, 7), 5),
    "a part of the rows": (lambda x, i: gather(x, i, dim=1), lambda x, i: np.take_along_axis(x[:2], i, 1), (5, 7), (2, 3), 7),
    "in the middle": (lambda x, i: gather(x, i, dim=-2), lambda x, i: np.take_along_axis(x, i, 1), (2, 3, 4), (2, 5, 4), 3),
    "one of a row": (lambda x, i: gather(x, i, dim=0), lambda x, i: x[i], (6,), (1,), 6),
    "of another's transpose": (
        lambda x, i: gather(np.negative(x).T, i, dim=0), lambda x, i: np.take_along_axis(-x.T, i, 0), (5, 7), (2, 5), 7,
    ),
    "rows": (lambda x, i: index_select(x, i, dim=0), lambda x, i: x[i], (5, 40), (9,), 5),
    "columns": (lambda x, i: index_select(x, i, dim=-1), lambda x, i: x[:, i], (5, 7), (3,), 7),
    "planes in the middle": (lambda x, i: index_select(x, i, dim=1), lambda x, i: x[:, i], (2, 3, 4), (6,), 3),
    "a table": (lambda x, i: embedding(i, x), lambda x, i: x[i], (6, 16), (2, 3), 6),
    "one row of a table": (lambda x, i: embedding(i, x), lambda x, i: x[i], (6, 16), (1, 1), 6),
    "one for each row": (lambda x, i: pick(x, i, dim=1), lambda x, i: x[np.arange(5), i], (5, 7), (5,), 7),
}  # fmt: skip


def by_numpy(add, shape, dtype):
    """What is left of zeros once NumPy has added to them."""
    made = np.zeros(shape, dtype)
    add(made)
    return made


ADDING = {
    "entries to rows": (
        lambda x, i: scatter_sum(x, i, dim=1, shape=(5, 4)),
        lambda x, i: by_numpy(lambda z: np.add.at(z, (np.arange(5)[:, None], i), x), (5, 4), x.dtype), (5, 9), (5, 9), 4,
    ),
    "entries to columns": (
        lambda x, i: scatter_sum(x, i, dim=0, shape=(3, 7)),
        lambda x, i: by_numpy(lambda z: np.add.at(z, (i, np.arange(7)), x), (3, 7), x.dtype), (20, 7), (20, 7), 3,
    ),
    "rows": (
        lambda x, i: index_sum(x, i, dim=0, size=3),
        lambda x, i: by_numpy(lambda z: np.add.at(z, i, x), (3, 16), x.dtype), (9, 16), (9,), 3,
    ),
    "rows of a table": (
        lambda x, i: index_sum(x, i, dim=0, size=6),
        lambda x, i: by_numpy(lambda z: np.add.at(z, i, x), (6, 16), x.dtype), (4, 3, 16), (4, 3), 6,
    ),
    "planes in the middle": (
        lambda x, i: index_sum(x, i, dim=1, size=2),
        lambda x, i: by_numpy(lambda z: np.add.at(z, (slice(None), i), x), (2, 2, 4), x.dtype), (2, 5, 4), (5,), 2,
    ),
    "columns of another's transpose": (
        lambda x, i: index_sum(np.negative(x).T, i, dim=-1, size=4),
        lambda x, i: by_numpy(lambda z: np.add.at(z, (slice(None), i), -x.T), (7, 4), x.dtype), (5, 7), (5,), 4,
    ),
    "one to each row": (
        lambda x, i: place(x, i, shape=(5, 4), dim=1),
        lambda x, i: by_numpy(lambda z: np.add.at(z, (np.arange(5), i), x), (5, 4), x.dtype), (5,), (5,), 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", READING)
def test_the_kernel_reads_what_numpy_reads(name, dtype):
    ours, theirs, shape, places, size = READING[name]
    x, index = numbers(*shape).astype(dtype), indices(size, *places)
    replay = program(lambda x, i: ours(x * dtype(2), i), x, index)
    assert replay.source.count("interpret(") == 1
    for _ in range(3):
        index = indices(size, *places)
        np.testing.assert_array_equal(replay.run(x, index)[0], theirs(x * 2, index))


@pytest.mark.filterwarnings("ignore:invalid value")  # infinity less infinity
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ADDING)
def test_the_kernel_adds_where_numpy_adds(name, dtype):
    ours, theirs, shape, places, size = ADDING[name]
    x, index = DRAW.standard_normal(shape).astype(dtype), indices(size, *places)
    replay = program(lambda x, i: ours(x * dtype(2), i), x, index)
    assert replay.source.count("interpret(") == 1
    for x in (x, numbers(*shape).astype(dtype), x):
        index = indices(size, *places)
        tolerance = 1e-5 if dtype == np.float32 else 1e-13
        np.testing.assert_allclose(replay.run(x, index)[0], theirs(x * 2, index), tolerance, tolerance)


def test_whole_numbers_are_read_too():
    x, index = np.arange(12).reshape(3, 4), np.array([[3, 0], [1, 1], [2, 3]])
    (found,) = program(lambda x, i: gather(x + 1, i, dim=1), x, index).run(x, index)
    np.testing.assert_array_equal(found, np.take_along_axis(x + 1, index, 1))
    assert found.dtype == x.dtype


@pytest.mark.parametrize("index", [np.int32, np.uint8], ids=str)
def test_indices_of_another_type_are_left_to_numpy(index):
    x, places = numbers(3, 4), indices(4, 3, 2).astype(index)
    replay = program(lambda x, i: gather(x, i, dim=1) * 1.0, x, places)
    np.testing.assert_array_equal(replay.run(x, places)[0], np.take_along_axis(x, places.astype(int), 1))


@pytest.mark.parametrize("ignore", [-100, 0, 2])
def test_what_is_ignored_counts_as_nothing(ignore):
    x, index = numbers(5, 4), np.array([0, 3, 2, 0, 1])
    index[1] = ignore
    read, added = program(
        lambda x, i: [pick(x, i, dim=1, ignore=ignore), place(x[:, 1], i, shape=(5, 4), dim=1, ignore=ignore)], x, index
    ).run(x, index)
    counted = index != ignore
    expected = np.zeros((5, 4))
    expected[np.flatnonzero(counted), index[counted]] = x[counted, 1]
    np.testing.assert_array_equal(read, np.where(counted, x[np.arange(5), np.where(counted, index, 0)], 0))
    np.testing.assert_array_equal(added, expected)


OUTSIDE = {
    "gather": lambda x, i: gather(x, i, dim=0),
    "scatter_sum": lambda x, i: scatter_sum(x, i, dim=0, shape=(4, 2)),
    "index_select": lambda x, i: index_select(x, i[:, 0], dim=0),
    "index_sum": lambda x, i: index_sum(x, i[:, 0], dim=0, size=4),
    "embedding": lambda x, i: embedding(i[:, 0], x),
}


@pytest.mark.parametrize("wrong", [4, -1, 10**12, -(2**63)])
@pytest.mark.parametrize("name", OUTSIDE)
def test_an_index_outside_is_refused_in_the_same_words(name, wrong):
    x, index = np.ones((4, 2)), np.zeros((4, 2), np.int64)

    def function(x, i):
        return [np.exp(OUTSIDE[name](x * 2.0, i)), gather(x, i, dim=0)]

    run = program(function, x, index).run
    before = run(x, index)
    index[2, 0] = wrong
    with pytest.raises(IndexError) as theirs:
        function(x, index)
    with pytest.raises(IndexError) as ours:
        run(x, index)
    assert str(ours.value) == str(theirs.value)
    index[2, 0] = 0
    for again, first in zip(run(x, index), before, strict=True):
        np.testing.assert_array_equal(again, first)


def test_the_check_that_failed_speaks():
    x, first, second = np.ones(4), np.array([1]), np.array([9])
    run = program(lambda x, i, j: [gather(x, i, dim=0), gather(x * 2.0, j, dim=0)], x, first, first).run
    with pytest.raises(IndexError, match="index 9 is out of range: there are 4"):
        run(x, first, second)
    with pytest.raises(IndexError, match="index -1 is out of range: there are 4"):
        run(x, -first, second)
