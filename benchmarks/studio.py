"""The studio in headless Chromium: a value dragged on a network of about 200 nodes, the first paint, the bundle."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlencode

from tests.browser.chromium import found

from benchmarks.drag import Drag, dragged
from benchmarks.timing import Row, percentile
from benchmarks.trace import work
from gradwalk import expression
from gradwalk.studio import bundle

LEAF = "x0"  # moves every value after it, and every gradient


def studio_drag() -> Iterator[Row]:
    """What a frame of a drag costs, and how soon the numbers follow the hand."""
    lacking = "there is no bundle" if not bundle.is_there() else "there is no Chromium" if found() is None else ""
    if lacking:
        yield "studio: a drag in Chromium", f"skipped: {lacking}", "", ""
        return
    formula, values = network(8, 5)
    with served() as address:
        opened = f"{address}#play?{urlencode({'f': formula, 'v': json.dumps(values)})}"
        drag = asyncio.run(dragged(opened, LEAF))
    yield from figures(drag, delays(drag, formula, values))


def network(*layers: int) -> tuple[str, dict[str, float]]:
    """Two inputs, layers of tanh units, a sigmoid unit and a squared loss, written out number by number; its values."""
    lines, inputs, names = [], ["x0", "x1"], ["x0", "x1", "y"]

    def unit(name: str, squash: str) -> str:
        weights = [f"{name}_{i}" for i in range(len(inputs))]
        names.extend([*weights, f"{name}_b"])
        return f"{squash}({' + '.join(f'{w}*{x}' for w, x in zip(weights, inputs, strict=True))} + {name}_b)"

    for layer, size in enumerate(layers):
        lines += [f"h{layer}{i} = {unit(f'w{layer}{i}', 'tanh')}" for i in range(size)]
        inputs = [f"h{layer}{i}" for i in range(size)]
    lines += [f"p = {unit('v', 'sigmoid')}", "L = (p - y)**2"]
    drawn = random.Random(0)
    return "\n".join(lines), {name: round(drawn.uniform(-1, 1), 3) for name in names}


@contextlib.contextmanager
def served() -> Iterator[str]:
    """A studio in a process of its own; the address to open."""
    command = [sys.executable, "-m", "gradwalk.cli", "studio", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split(": ", 1)[1].strip()
    finally:
        server.terminate()
        server.wait()


def loaded() -> set[str]:
    """The files that the playground loads: the style sheet, the studio, the page's code, and what these import."""
    page = next(file.name for file in bundle.STATIC.glob("Playground-*.js"))
    found, waiting = {"style.css"}, ["studio.js", page]
    for name in waiting:
        if name not in found:
            found.add(name)
            waiting += re.findall(r'(?:from|import)"\./([^"]+)"', (bundle.STATIC / name).read_text())
    return found


def delays(drag: Drag, formula: str, values: dict[str, float]) -> list[float]:
    """Milliseconds from each move to the paint of its number: the engine says which number belongs to which move."""
    parsed = expression.parse(formula)
    gradients = {
        x: float(expression.walk(parsed, {**values, LEAF: x}).gradient(LEAF))
        for x in {move.value for move in drag.moves}
    }
    found = []
    for paint in drag.paints:
        moved = [x.time for x in drag.moves if x.time < paint.time and gradients[x.value] == paint.value]
        assert moved, f"no move makes the painted gradient {paint.value}"
        found.append(paint.time - moved[-1])
    return found


def figures(drag: Drag, delays: list[float]) -> Iterator[Row]:
    """The figures beside what is wanted of them."""
    every = work(drag.trace)
    frames = [every[paint.frame] for paint in drag.paints if paint.frame > 0]
    walls, cpus = [frame.wall for frame in frames], [frame.cpu for frame in frames]
    times = [paint.time for paint in drag.paints]
    intervals = [after - before for before, after in itertools.pairwise(times)]
    size = sum(len(gzip.compress((bundle.STATIC / name).read_bytes(), 9)) for name in loaded())
    name = f"studio: a drag on {drag.nodes} nodes, {len(times)} frames:"
    yield (
        f"{name} main-thread work of a frame, processor time, median",
        f"{median(cpus):.1f} ms",
        "wanted ≤ 8 ms",
        f"as it took, with its waits for a core, {median(walls):.1f} ms",
    )
    yield (
        f"{name} interval, 95th percentile",
        f"{percentile(intervals, 95):.1f} ms",
        "wanted ≤ 34 ms",
        f"median {median(intervals):.1f} ms",
    )
    yield (
        f"{name} from input to paint, median",
        f"{median(delays):.0f} ms",
        "wanted ≤ 60 ms",
        f"95th percentile {percentile(delays, 95):.0f} ms",
    )
    yield (
        "studio: first paint after the server's answer",
        f"{drag.first_paint:.0f} ms",
        "wanted < 1,000 ms",
        f"graph of {drag.nodes} nodes after {drag.drawn:.0f} ms",
    )
    yield "studio: bundle, gzipped", f"{size / 1000:.1f} kB", "wanted ≤ 120 kB", ""
