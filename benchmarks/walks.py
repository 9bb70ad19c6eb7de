"""Walks recorded, explained and saved; and what the studio's kernel makes of them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import gradwalk as gw
from benchmarks.timing import Row, median
from gradwalk.studio.kernel import Kernel


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
            assert kernel.handle(request).head["kind"] == "values"

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
