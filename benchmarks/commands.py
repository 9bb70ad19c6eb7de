"""Whole commands and trainings, the start of Python included."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.fresh import environment
from benchmarks.timing import Row, median, paired
from gradwalk.train import Training, settings_for


def train_commands() -> Iterator[Row]:
    """Whole commands, the start of Python included; their output says how good the network became."""
    rate = ["--hidden", "4", "--activation", "tanh", "--optimizer", "sgd", "--lr", "0.5", "--epochs", "500"]
    for arguments in (["xor", *rate], ["moons", *rate], ["digits"]):
        command, ends = [sys.executable, "-m", "gradwalk.cli", "train", *arguments, "--json"], []

        def run(command: list[str] = command, ends: list[str] = ends) -> None:
            ends.append(subprocess.run(command, check=True, env=environment(), capture_output=True, text=True).stdout)

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
