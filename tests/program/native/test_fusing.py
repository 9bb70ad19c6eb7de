"""Groups of instructions as one compiled loop: NumPy's numbers, and no call that waits for a compiler."""

import threading

import numpy as np
import pytest

from gradwalk.program.listing import Listing
from gradwalk.program.native import compiling, fusing
from gradwalk.program.native.instructions import FUNCTION, FUSED, OPCODE
from gradwalk.program.native.loading import loading
from gradwalk.program.native.native import Native
from gradwalk.program.plan import Plan

SIZE = fusing.SIZE + 77
EXACT = {np.float32: {"rtol": 1e-5, "atol": 1e-6}, np.float64: {"rtol": 1e-12, "atol": 1e-14}}


def program(function, *arrays, settled=True):
    """A function of arrays as a program, and the instructions that call compiled loops."""
    listing = Listing()
    given = [listing.cell(array) for array in arrays]
    found = function(*given)
    wanted = found if isinstance(found, list) else [found]
    native = Native(Plan(listing.calls, given, wanted), given, wanted, (), loading(settled).wait())
    tables = [array for array in native.found["kept"] if isinstance(array, np.ndarray) and array.ndim == 2]
    return native.run, [row for table in tables for row in table if row[OPCODE] == FUSED]


def drawn(dtype, count=2, size=SIZE):
    return np.random.default_rng(0).uniform(-3, 3, (count, size)).astype(dtype)


CALLS = {
    "arithmetic": lambda x, y: (x * y - y / (x * x + 1)) * -x + abs(y) * np.sqrt(abs(x)) - np.reciprocal(y),
    "a choice": lambda x, y: np.where((x > y) & ~(y <= 0) | (x == 1), np.maximum(x, 0), np.minimum(x * y, y)),
    "sums": lambda x, y: [np.sum((z := x * y + x - y), dtype=x.dtype), z * np.sum(z * z * y), np.sum(x, keepdims=True)],
    "overwritten": lambda x, y: (((x + y) * x + y) * x + y) * np.sum(x * y * x * y),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CALLS)
def test_one_loop_gives_what_numpy_gives(name, dtype):
    x, y = drawn(dtype)
    run, calling = program(CALLS[name], x, y)
    assert calling
    assert all(row[FUNCTION] for row in calling)
    for scale in (1, -2):
        expected = CALLS[name](x * dtype(scale), y)
        for mine, theirs in zip(
            run(x * dtype(scale), y), expected if isinstance(expected, list) else [expected], strict=True
        ):
            assert mine.dtype == theirs.dtype
            np.testing.assert_allclose(mine, theirs, **EXACT[dtype])


def test_a_call_does_not_wait_for_the_compiler(monkeypatch):
    compiler, compile = threading.Event(), compiling.compiled

    def held(source):
        compiler.wait(60)
        return compile(source)

    monkeypatch.setattr(compiling, "compiled", held)
    x, y = drawn(np.float32)
    run, [calling] = program(CALLS["arithmetic"], x, y, settled=False)
    before = run(x, y)[0].copy()
    assert calling[FUNCTION] == 0
    compiler.set()
    while not calling[FUNCTION]:  # the thread writes it there
        threading.Event().wait(0.001)
    np.testing.assert_allclose(run(x, y)[0], before, **EXACT[np.float32])
