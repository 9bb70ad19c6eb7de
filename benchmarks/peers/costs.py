"""What a single node costs: time on four numbers, time as graphs grow, memory, and what it takes to begin."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.fresh import told
from benchmarks.peers import replayed
from benchmarks.timing import Measured, interleaved, measured

Figures = dict[str, Measured]

OPS = 96  # in the chain whose time is divided by their number
SIZES = (100, 1_000, 10_000, 100_000)
GRADWALK, TORCH, AUTOGRAD = "gradwalk eager", "PyTorch", "HIPS autograd"
LIBRARIES = {GRADWALK: "gradwalk", TORCH: "torch"}


# --- one op on four numbers -------------------------------------------------------------------------------------------


def chain(np: Any, x: Any, b: Any, c: Any) -> Any:
    """Ops of three kinds on four numbers, one after the other; their sum."""
    for _ in range(OPS // 3):
        x = np.tanh(x * b + c)
    return x.sum()


def op_costs() -> Figures:
    """Seconds for one op, forward and backward, on four numbers."""
    works = {name: (chain_of_tensors(importlib.import_module(library)), nothing) for name, library in LIBRARIES.items()}
    works[AUTOGRAD] = chain_of_arrays(), nothing
    found = interleaved(list(works.values()))
    return {name: Measured(cost.median / OPS, cost.spread) for name, cost in zip(works, found, strict=True)}


def nothing() -> None:
    """No way back is needed: nothing is changed."""


def chain_of_tensors(library: Any) -> Callable[[], object]:
    """Forward and backward, for libraries with PyTorch's names."""
    x = library.tensor(np.linspace(-1, 1, 4, dtype="float32"), requires_grad=True)
    b, c = (library.tensor(np.full(4, number, "float32")) for number in (0.9, 0.1))

    def step() -> None:
        x.grad = None
        chain(library, x, b, c).backward()

    return step


def chain_of_arrays() -> Callable[[], object]:
    """Forward and backward, for HIPS autograd."""
    import autograd
    import autograd.numpy as anp

    x, b, c = np.linspace(-1, 1, 4, dtype="float32"), np.full(4, 0.9, "float32"), np.full(4, 0.1, "float32")
    differentiated = autograd.value_and_grad(lambda x: chain(anp, x, b, c))
    return lambda: differentiated(x)


# --- growth -----------------------------------------------------------------------------------------------------------


def growth() -> Figures:
    """Seconds for a scalar node, forward, backward and freed, in graphs of 10² to 10⁵ nodes."""
    figures = {}
    for size in SIZES:
        works = [(scalar_chain(importlib.import_module(library), size), nothing) for library in LIBRARIES.values()]
        found = interleaved(works)
        for name, cost in zip(LIBRARIES, found, strict=True):
            figures[at(name, size)] = Measured(cost.median / size, cost.spread)
    figures[UNEVEN] = Measured(unevenness([figures[at(GRADWALK, size)].median for size in SIZES]))
    return figures


UNEVEN = f"{GRADWALK}: furthest from the middle"


def at(name: str, size: int) -> str:
    """What a figure for one size is called."""
    return f"{name}, {size:,} nodes"


def unevenness(costs: Sequence[float]) -> float:
    """How far the costs are from the middle between the lowest and the highest, as a share of it."""
    middle = (min(costs) + max(costs)) / 2
    return max(costs) / middle - 1


def scalar_chain(library: Any, size: int) -> Callable[[], object]:
    """Forward, backward and freed: a chain of scalar ops."""
    w, b = (library.tensor(number, requires_grad=True) for number in (0.9, 0.1))

    def step() -> None:
        w.grad = b.grad = None
        x = w
        for _ in range(size // 3):
            x = library.tanh(x * w + b)
        x.backward()

    return step


# --- memory -----------------------------------------------------------------------------------------------------------

NODES = 60_000
REMEMBERED = """
import numpy as np, {library} as library
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
def made(size):
    y = x
    for _ in range(size):
        y = y * c
    return y
x = library.tensor(np.ones(4, "float32"), requires_grad=True)
c = library.tensor(np.ones(4, "float32"))
kept = made(1000)
before = resident()
kept = made({nodes})
print((resident() - before) / {nodes})
"""


def memory() -> Figures:
    """Bytes that a process grows by for each node of a tape: products of four float32 numbers, kept for backward."""
    return replayed.memory() | {
        name: measured([float(told(REMEMBERED.format(library=library, nodes=NODES))) for _ in range(3)])
        for name, library in LIBRARIES.items()
    }


# --- to begin with ----------------------------------------------------------------------------------------------------

IMPORTED = """
import time
import numpy
start = time.perf_counter()
import gradwalk as gw
imported = time.perf_counter()
w = gw.tensor(3.0, requires_grad=True)
((w * 2 - 1) ** 2).backward()
print(imported - start, time.perf_counter() - imported)
"""
IMPORT, FIRST = "import gradwalk, beyond NumPy", "first gradient, after that"


def start() -> Figures:
    """Seconds for the import in a new process, and for the first gradient after it."""
    told(IMPORTED)  # the first time writes bytecode
    rounds = [tuple(map(float, told(IMPORTED).split())) for _ in range(11)]
    return {name: measured(times) for name, times in zip((IMPORT, FIRST), zip(*rounds, strict=True), strict=True)}
