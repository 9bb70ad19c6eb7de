"""Groups of instructions as one compiled loop: NumPy's numbers, and no call that waits for a compiler."""

import itertools
import threading
from types import SimpleNamespace

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.program.native import compiling, fusing
from gradwalk.program.native.instructions import BLOCKS, FUNCTION, OPCODE
from tests.program.native.programs import program

SIZE = fusing.SIZE + 77
CLOSE = {np.float32: {"rtol": 1e-5, "atol": 1e-6}, np.float64: {"rtol": 1e-12, "atol": 1e-14}}


def heads(native):
    """What stands before the groups of a program."""
    tables = [array for array in native.found["kept"] if isinstance(array, np.ndarray) and array.ndim == 2]
    return [row for table in tables for row in table if row[OPCODE] == BLOCKS]


def fused(function, *arrays):
    """A function of arrays as a program with a compiled loop."""
    native = program(function, *arrays)
    assert heads(native)
    assert any(row[FUNCTION] for row in heads(native))
    return native.run


def drawn(dtype, count=2, size=SIZE):
    return np.random.default_rng(0).uniform(-3, 3, (count, size)).astype(dtype)


def listed(found):
    return found if isinstance(found, list) else [found]


CALLS = {
    "arithmetic": lambda x, y: (x * y - y / (x * x + 1)) * -x + abs(y) * np.sqrt(abs(x)) - np.reciprocal(y),
    "a choice": lambda x, y: np.where((x > y) & ~(y <= 0) | (x == 1), np.maximum(x, 0), np.minimum(x * y, y)),
    "sums": lambda x, y: [np.sum((z := x * y + x - y), dtype=x.dtype), z * np.sum(z * z * y), np.sum(x, keepdims=True)],
    "overwritten": lambda x, y: (((x + y) * x + y) * x + y) * np.sum(x * y * x * y),
    "a number of its own array": lambda x, y: (x - x[0]) * y + x[0] * x,
    "truths": lambda x, y: [(x > y) | np.isnan(x), np.logical_not(x != y) & (x < 0)],
    "two dimensions": lambda x, y: (x.reshape(7, -1) * y.reshape(7, -1) + 1) * x.reshape(7, -1) - y.reshape(7, -1),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CALLS)
def test_one_loop_gives_what_numpy_gives(name, dtype):
    x, y = drawn(dtype, size=7 * (SIZE // 7))
    run = fused(CALLS[name], x, y)
    for scale in (1, -2):
        expected = listed(CALLS[name](x * dtype(scale), y))
        for mine, theirs in zip(run(x * dtype(scale), y), expected, strict=True):
            assert mine.dtype == theirs.dtype
            np.testing.assert_allclose(mine, theirs, **CLOSE[dtype])


# The largest distance from the true value, in units of the last place of a float32.
BOUNDS = {np.exp: 1.1, np.expm1: 1.5, np.tanh: 2.6, np.log: 0.9}


def test_functions_are_as_exact_as_stated_for_all_kinds_of_numbers():
    """Every 40,503rd float32 there is, and those where something ends."""
    spread = np.arange(0, 2**32, 40_503, dtype=np.uint32).view(np.float32)
    ends = np.float32(
        [0, -0.0, np.inf, -np.inf, np.nan, 88.72, 88.73, -87.3, -103.9, -104, 1e-45, -1e-45, 2.0**-126, 1]
    )
    x = np.concatenate([spread, ends])
    with np.errstate(all="ignore"):
        for function, mine in zip(BOUNDS, fused(lambda x: [f(x) for f in BOUNDS], x)(x), strict=True):
            rounded = (true := function(x.astype(np.float64))).astype(np.float32)
            finite = np.isfinite(rounded)
            np.testing.assert_array_equal(mine[~finite], rounded[~finite])
            np.testing.assert_array_equal(np.signbit(mine[x == 0]), np.signbit(rounded[x == 0]))
            distance = abs(mine.astype(np.float64) - true)[finite] / np.spacing(abs(rounded[finite]))
            assert distance.max() <= BOUNDS[function]


UNARY = [np.tanh, np.exp, np.square, np.negative, abs, lambda x: np.sqrt(x * x + 1), lambda x: np.log(x * x + 0.5)]
BINARY = [np.add, np.subtract, np.multiply, np.maximum, np.minimum, lambda x, y: x / (y * y + 1)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(3))
def test_programs_drawn_at_random(seed, dtype):
    def function(*arrays):
        draw = np.random.default_rng(seed)
        found = list(arrays)
        for _ in range(12):
            x, y = (found[i] for i in draw.integers(len(found), size=2))
            unary, binary = UNARY[draw.integers(len(UNARY))], BINARY[draw.integers(len(BINARY))]
            found.append(np.tanh(binary(unary(x), y)))  # no number grows beyond all bounds
        return [found[-1], np.sum(found[-1] * found[-2]), found[-3]]

    given = drawn(dtype, count=3)
    for mine, theirs in zip(program(function, *given).run(*given), function(*given), strict=True):
        np.testing.assert_allclose(mine, theirs, **CLOSE[dtype])


def test_gradients_are_pytorchs():
    torch = pytest.importorskip("torch")

    def loss_of(library, a, b, c):
        loss = (library.tanh(a * b + c) * library.sigmoid(a) - library.exp(-c * c)).sum()
        loss.backward()
        return loss

    given = [gw.tensor(x, requires_grad=True) for x in drawn(np.float32, count=3)]
    theirs = [torch.tensor(x.detach().numpy().copy(), requires_grad=True) for x in given]
    step = gw.compile(lambda: loss_of(gw, *given), tier="numba")
    expected = loss_of(torch, *theirs).item()
    for _ in range(3):
        for x in given:
            x.grad = None
        assert step().item() == pytest.approx(expected, rel=1e-5)
    for x, y in zip(given, theirs, strict=True):
        np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), **CLOSE[np.float32])


def test_infinities_nan_and_signs_of_zero_are_numpys():
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 3e38, -1e-45, 1.0], np.float32)
    x, y = (np.resize(array.ravel(), SIZE) for array in np.meshgrid(special, special))

    def function(x, y):
        made = [x + y, x - y, x * y, x / y, -x, abs(x), np.sqrt(x), np.maximum(x, y), np.minimum(x, y)]
        return [*made, np.where(x > y, x, y), x == y, x >= y]

    with np.errstate(all="ignore"):
        for mine, theirs in zip(fused(function, x, y)(x, y), function(x, y), strict=True):
            np.testing.assert_array_equal(mine, theirs)
            if theirs.dtype == np.float32:
                numbers = ~np.isnan(theirs)
                np.testing.assert_array_equal(np.signbit(mine)[numbers], np.signbit(theirs)[numbers])


def test_long_sums_are_as_exact_as_numpys():
    x = np.random.default_rng(0).uniform(0, 1, 3_000_001).astype(np.float32)
    (mine,) = fused(lambda x: np.sum(np.sqrt(x * x) * 1 + 0), x)(x)
    true = x.sum(dtype=np.float64)
    assert abs(mine - true) <= 2 * np.spacing(np.float32(true))


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: np.cumsum(x * y + x - y) * x,
        lambda x, y: np.sin(x * y + x - y) * x,
        lambda x, y: np.max((x * y + x - y) * x),
        lambda x, y: x[::2] * y[::2] + x[::2] - y[::2] * x[1::2],
    ],
)
def test_what_is_no_such_loop_goes_on_as_it_did(function):
    x, y = drawn(np.float32, size=2 * SIZE)
    np.testing.assert_allclose(program(function, x, y).run(x, y)[0], function(x, y), rtol=1e-5, atol=1e-5)


def test_a_call_does_not_wait_for_the_compiler(monkeypatch):
    allowed, served, compiled = threading.Event(), threading.Event(), compiling.compiled

    def held(source):
        allowed.wait(60)
        return compiled(source) if source else SimpleNamespace(address=0)

    monkeypatch.setattr(compiling, "compiled", held)
    x, y = drawn(np.float32)
    native = program(CALLS["arithmetic"], x, y, settled=False)
    [head] = heads(native)
    compiling.later("", lambda address: served.set())
    first = native.run(x, y)[0].copy()
    assert not head[FUNCTION]
    allowed.set()
    assert served.wait(60)
    assert head[FUNCTION]
    np.testing.assert_allclose(native.run(x, y)[0], first, **CLOSE[np.float32])


def test_a_source_that_cannot_be_compiled_is_left_alone():
    told = []
    compiling.at_once("def loop(): nothing", told.append)
    assert not told


def test_a_source_is_kept_on_disk_beside_the_functions():
    source = "def loop(n, x0):\n    x0[0] += 1\n\ndef called(operands, sizes, steps, data):\n    loop(1, doubles(words(operands)[0]))"
    first, second = compiling.compiled(source), compiling.compiled.__wrapped__(source)
    assert first.address
    assert second.cache_hits == 1


def test_loops_that_several_processes_kept_stay_apart(monkeypatch):
    """Numba numbers functions from 1 in each process: two compiled by two processes may have the same number."""
    numbers = pytest.importorskip("numba.core.bytecode").FunctionIdentity
    compiled, made = compiling.compiled.__wrapped__, []

    def compiled_by_another(source):
        monkeypatch.setattr(numbers, "_unique_ids", itertools.count(10**6))
        made.append(compiled(source))
        return made[-1]

    monkeypatch.setattr(compiling, "compiled", compiled_by_another)
    x, y = drawn(np.float32)
    functions = [  # long enough not to be written out where they are called
        lambda x, y, last=last: np.tanh(last(np.exp(np.tanh(x * y)), np.log(np.expm1(-y * y) + 2)))
        for last in (np.add, np.subtract)
    ]
    for function in (*functions, *functions):  # the second time they are read from the disk
        np.testing.assert_allclose(fused(function, x, y)(x, y)[0], function(x, y), **CLOSE[np.float32])
    assert [one.cache_hits for one in made[2:]] == [1, 1]


@pytest.mark.parametrize("size", [30_000, SIZE])
@pytest.mark.parametrize("first", [0, 1])
def test_arrays_that_overlap_are_changed_in_order(first, size):
    """Each part of a network's memory may be a tensor of its own."""

    def change(x, y):
        with gw.no_grad():
            x.mul_(2.0)
            return y * 3 + y * y - y

    def tensors():
        memory = np.linspace(1, 2, size + 1)
        parts = memory[:-1], memory[1:]
        return memory, gw.from_numpy(parts[first]), gw.from_numpy(parts[1 - first])

    (mine, *given), (theirs, *others), compiled = tensors(), tensors(), gw.compile(change, tier="numba")
    for _ in range(4):
        np.testing.assert_array_equal(compiled(*given).numpy(), change(*others).numpy())
        np.testing.assert_array_equal(mine, theirs)
    assert not compiled.reason
