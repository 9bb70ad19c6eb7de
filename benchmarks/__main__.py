"""Run all benchmarks and print their figures as a table: ``python -m benchmarks > benchmarks/RESULTS.md``."""

from __future__ import annotations

import itertools
import json
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
from benchmarks.lab import lab
from benchmarks.program import compiled_steps
from benchmarks.studio import studio_drag
from benchmarks.timing import Row, median, paired, seconds
from gradwalk.studio.kernel import Kernel
from gradwalk.train import Training, settings_for

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


def train_commands() -> Iterator[Row]:
    """Whole commands, the start of Python included; their output says how good the network became."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    rate = ["--hidden", "4", "--activation", "tanh", "--optimizer", "sgd", "--lr", "0.5", "--epochs", "500"]
    for arguments in (["xor", *rate], ["moons", *rate], ["digits"]):
        command, ends = [sys.executable, "-m", "gradwalk.cli", "train", *arguments, "--json"], []

        def run(command: list[str] = command, ends: list[str] = ends) -> None:
            ends.append(subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout)

        time, end = median(run, 3), json.loads(ends[-1].splitlines()[-1])
        judged = end["held_out"] or end["train"]
        yield f"`gradwalk train {arguments[0]}`", f"{time:.2f} s", "", f"accuracy {judged['metric']:.3f}"


def train_steps() -> Iterator[Row]:
    """Steps of a training (batches, update and checks for NaN included), beside the same network in PyTorch."""
    import torch

    torch.set_num_threads(1)
    for name in ("moons", "digits"):
        training = Training(
            settings_for(name, epochs=1_000_000, held_out=0.0, dropout=0.0, optimizer="sgd", optimizer_options={})
        )
        widths = [training.data.train.inputs.shape[1], *training.settings.hidden, training.data.train.outputs]
        activation = torch.nn.ReLU if training.settings.activation == "relu" else torch.nn.Tanh
        layers = [layer for a, b in itertools.pairwise(widths) for layer in (torch.nn.Linear(a, b), activation())][:-1]
        net = torch.nn.Sequential(*layers).double()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        loss = torch.nn.CrossEntropyLoss() if name == "digits" else torch.nn.BCEWithLogitsLoss()
        data = training.data.train
        x, y = torch.tensor(data.inputs), torch.tensor(data.targets)

        def step(net=net, optimizer=optimizer, loss=loss, training=training, x=x, y=y):
            rows = torch.as_tensor(training.batch_rows())
            optimizer.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            optimizer.step()

        mine, other = paired(training.finish_batch, step, 100)
        yield (
            f"training, {name}, {' → '.join(map(str, widths))}, batches of {training.batches.size}",
            f"{1 / mine:,.0f} steps/s",
            f"PyTorch {1 / other:,.0f} steps/s",
            f"× {mine / other:.2f}",
        )


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
    for group in (
        eager_ops,
        training_step,
        compiled_steps,
        imports,
        walks,
        studio,
        studio_drag,
        train_commands,
        train_steps,
        lab,
        long_chain,
    ):
        for row in group():
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
