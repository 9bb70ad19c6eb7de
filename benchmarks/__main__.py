"""Run all benchmarks and print their figures as a table: ``python -m benchmarks > benchmarks/RESULTS.md``."""

from __future__ import annotations

import itertools
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import gradwalk as gw
from benchmarks.program import compiled_steps
from benchmarks.timing import median, paired, seconds
from gradwalk.studio.kernel import Kernel

Row = tuple[str, str, str, str]

FOUR = np.array([1.0, 2.0, 3.0, 4.0])


def eager_ops() -> Iterator[Row]:
    """What recording adds to one op on four numbers, the user's position included."""
    a, b = gw.tensor(FOUR, requires_grad=True), gw.tensor(FOUR)
    pairs = {
        "a + b": (lambda: a + b, lambda: FOUR + FOUR),
        "a * b": (lambda: a * b, lambda: FOUR * FOUR),
        "a * 2.0": (lambda: a * 2.0, lambda: FOUR * 2.0),
        "exp(a)": (lambda: gw.exp(a), lambda: np.exp(FOUR)),
        "tanh(a)": (lambda: gw.tanh(a), lambda: np.tanh(FOUR)),
    }
    for name, (ours, theirs) in pairs.items():
        mine, bare = paired(ours, theirs, 20_000)
        yield (
            f"eager `{name}`, 4 numbers",
            f"{mine * 1e6:.2f} µs",
            f"NumPy {bare * 1e6:.2f} µs",
            f"+{(mine - bare) * 1e6:.2f} µs",
        )


def training_step() -> Iterator[Row]:
    """Forward and backward of a small network, beside PyTorch on one thread."""
    import torch

    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(shape) for shape in ((64, 20), (20, 32), (32,), (32, 1), (1,))]

    def step(library, tensors):
        x, w1, b1, w2, b2 = tensors
        out = library.tanh(x @ w1 + b1) @ w2 + b2
        (out * out).mean().backward()
        for tensor in tensors[1:]:
            tensor.grad = None

    ours = [gw.tensor(a, requires_grad=i > 0) for i, a in enumerate(arrays)]
    theirs = [torch.tensor(a, requires_grad=i > 0) for i, a in enumerate(arrays)]
    mine, other = paired(lambda: step(gw, ours), lambda: step(torch, theirs), 200)
    yield (
        "training step, 64×20 → 32 → 1",
        f"{mine * 1e6:.0f} µs",
        f"PyTorch {other * 1e6:.0f} µs",
        f"× {mine / other:.2f}",
    )

    def chain(library):
        w = library.tensor(0.5, requires_grad=True)
        x = w
        for _ in range(1000):
            x = x * 0.999 + 0.001
        x.backward()

    mine, other = paired(lambda: chain(gw), lambda: chain(torch), 3)
    yield (
        "2,000 scalar ops, forward and backward",
        f"{mine * 1e3:.1f} ms",
        f"PyTorch {other * 1e3:.1f} ms",
        f"× {mine / other:.2f}",
    )


def imports() -> Iterator[Row]:
    """What ``import gradwalk`` costs beyond ``import numpy`` (bytecode cached)."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def run(code: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment), 1)

    run("import gradwalk")
    pairs = [(run("import gradwalk"), run("import numpy")) for _ in range(15)]
    mine, bare = statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
    yield "`import gradwalk`", f"{mine * 1e3:.0f} ms", f"NumPy {bare * 1e3:.0f} ms", f"+{(mine - bare) * 1e3:.0f} ms"


def random_expression(size: int) -> gw.Tensor:
    """One number computed by ``size`` ops from one leaf, with much reuse."""
    random = np.random.default_rng(0)
    values = [gw.tensor(0.3, requires_grad=True, name="x")]
    for kind in random.integers(4, size=size):
        p, q = (values[-1 - int(random.integers(min(20, len(values))))] for _ in range(2))
        values.append((p + q, p * q, gw.tanh(p), p - q * 0.5)[kind])
    return values[-1]


def walks() -> Iterator[Row]:
    """Recording, explaining and saving a walk of 2,000 nodes; paths beyond counting."""
    output = random_expression(2000)
    walk = gw.walk(output)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.json"
        times = {
            "record": median(lambda: gw.walk(output)),
            "explain": median(lambda: walk.why("x")),
            "save": median(lambda: walk.save(path)),
        }
        yield (
            f"walk of {len(walk.nodes):,} nodes: " + ", ".join(times),
            ", ".join(f"{t * 1e3:.0f} ms" for t in times.values()),
            "",
            f"{sum(times.values()):.2f} s",
        )
    x = gw.tensor(1.0, requires_grad=True, name="x")
    doubled = x
    for _ in range(100):
        doubled = doubled + doubled
    walk = gw.walk(doubled)
    yield f"`why` over {walk.why('x').count:.2e} paths", f"{median(lambda: walk.why('x')) * 1e3:.0f} ms", "", ""


def studio() -> Iterator[Row]:
    """What the studio's kernel needs for a slider's every move, and for opening a walk."""
    opening = {"kind": "open", "source": {"script": True}}
    for size in (200, 1000):
        walk = gw.walk(random_expression(size))
        kernel = Kernel(walk)
        head, _ = kernel.handle(opening)
        moves = itertools.count()

        def move(kernel: Kernel = kernel, key: str = head["key"], moves: Iterator[int] = moves) -> None:
            request = {"kind": "values", "state": {"key": key, "leaves": {"0": 0.3 + 1e-4 * next(moves)}}}
            assert len(kernel.handle(request).buffers) == 4

        yield (
            f"studio: all numbers of {len(walk.nodes):,} nodes, {len(walk.steps):,} steps, after a slider's move",
            f"{median(move, 50) * 1e3:.1f} ms",
            "",
            "",
        )
        yield (
            f"studio: opening and laying out {len(walk.nodes):,} nodes",
            f"{median(lambda k=kernel: k.handle(opening)) * 1e3:.0f} ms",
            "",
            "",
        )


def long_chain() -> Iterator[Row]:
    """A chain of 100,000 ops: forward, backward, and letting go of it."""

    def run() -> None:
        x = gw.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(100_000):
            y = y * 0.999999
        y.backward()
        del y

    yield "100,000-op chain, forward, backward, freed", f"{median(run, 3):.2f} s", "", ""


def main() -> None:
    """Print every benchmark's rows as one Markdown table."""
    print(
        f"# Speed\n\nPython {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores ({platform.machine()}). Medians; each pair timed alternately.\n"
    )
    print("| what | gradwalk | peer | difference |\n|---|---|---|---|")
    for group in (eager_ops, training_step, compiled_steps, imports, walks, studio, long_chain):
        for row in group():
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
