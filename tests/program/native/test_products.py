"""Products of matrices of all sizes and layouts, and rows that are added to them."""

import numpy as np
import pytest

from gradwalk.program.native import instructions
from tests.program.native.programs import opcodes, program

TOLERANCE = {np.float32: {"rtol": 1e-5, "atol": 1e-5}, np.float64: {"rtol": 1e-13, "atol": 1e-13}}
OURS = {instructions.PRODUCT_4, instructions.PRODUCT_8}
SIZES = [
    (1, 1, 1), (1, 2, 16), (2, 3, 24), (3, 1, 40), (7, 2, 65), (2, 3, 1), (4, 2, 4), (3, 1, 5), (5, 7, 3), (8, 1, 16), (9, 33, 17), (8, 5, 31), (32, 32, 32), (13, 20, 40),
    (30, 64, 70), (64, 10, 128), (7, 40, 60), (70, 80, 90),
]  # fmt: skip


def numbers(shape, dtype, seed):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", SIZES)
def test_all_layouts(sizes, dtype):
    rows, inner, columns = sizes
    a, b = numbers((rows, inner), dtype, 0), numbers((inner, columns), dtype, 1)
    turned_a, turned_b, bias = a.T.copy(), b.T.copy(), numbers((columns,), dtype, 2)

    def function(a, b, turned_a, turned_b, bias):
        products = [a @ b, turned_a.T @ b, a @ turned_b.T, turned_a.T @ turned_b.T]
        return [*products, np.exp(a) @ b + bias, bias + np.exp(turned_a).T @ turned_b.T]

    given = (a, b, turned_a, turned_b, bias)
    run = program(function, *given).run
    for scale in (1, -2):  # the second results lie where the first ones did
        for mine, theirs in zip(run(a * scale, *given[1:]), function(a * scale, *given[1:]), strict=True):
            np.testing.assert_allclose(mine, theirs, **TOLERANCE[dtype])


def test_small_ones_are_ours():
    a = np.ones((32, 32))
    found = opcodes(program(lambda a, bias: np.tanh(a @ a.T + bias), a, np.ones(32)))
    assert found == [instructions.TURN_8, instructions.PRODUCT_8, instructions.LOOP]
    large = np.ones((100, 100))
    assert not OURS & set(opcodes(program(lambda a: a @ a, large)))


@pytest.mark.parametrize("bias", [(1, 20), (20,), (16, 1), (16, 20), ()])
def test_what_is_added_to_a_product(bias):
    a, b, bias = numbers((16, 9), np.float32, 0), numbers((9, 20), np.float32, 1), numbers(bias, np.float32, 2)

    def function(a, b, bias):
        product = a @ b
        return [product + bias, product, a @ b * 2 + (a @ b + bias)]

    for mine, theirs in zip(program(function, a, b, bias).run(a, b, bias), function(a, b, bias), strict=True):
        np.testing.assert_allclose(mine, theirs, **TOLERANCE[np.float32])


def test_infinities_and_nan():
    a, b = numbers((9, 17), np.float64, 0), numbers((17, 19), np.float64, 1)
    a[1, 2], a[3, 3], b[2, 4], b[5, 5], b[0, 6] = np.inf, np.nan, 0.0, -np.inf, 1e308
    a[:, 0] = 1e10
    with np.errstate(all="ignore"):
        expected = a @ b
        np.testing.assert_allclose(program(lambda a, b: a @ b, a, b).run(a, b)[0], expected)
        np.testing.assert_allclose(program(lambda a, b: a @ b.T, a, b.T.copy()).run(a, b.T.copy())[0], expected)


def test_stacks_and_strides():
    a, b = numbers((3, 9, 8), np.float32, 0), numbers((3, 8, 20), np.float32, 1)
    wide = np.repeat(b, 2, axis=2)

    def function(a, b, wide):
        return [a @ b, np.exp(a) @ np.exp(b), a[0] @ wide[1, :, ::2], a @ np.exp(b).swapaxes(1, 2).swapaxes(1, 2)]

    for mine, theirs in zip(program(function, a, b, wide).run(a, b, wide), function(a, b, wide), strict=True):
        np.testing.assert_allclose(mine, theirs, **TOLERANCE[np.float32])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "shape", [(2, 16), (3, 24), (3, 5), (32, 32), (100, 21), (7, 128), (128, 40), (200, 33), (4, 6, 20)]
)
def test_sums_of_columns(shape, dtype):
    x = numbers(shape, dtype, 0)
    x[0, ..., 1], x[1, ..., 2], x[..., 3] = np.inf, np.nan, -0.0
    axes = tuple(range(len(shape) - 1))
    run = program(lambda x: np.sum(x, axis=axes), x).run
    for scale in (1, -2):  # the second sums lie where the first ones did
        np.testing.assert_allclose(run(x * scale)[0], np.sum(x * scale, axis=axes), **TOLERANCE[dtype])
