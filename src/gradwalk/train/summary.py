"""A training in a few lines: what it learned from, how good it is now, and what should be known about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from gradwalk.data import in_original_units
from gradwalk.formula import number
from gradwalk.train.measuring import METRICS, Measured
from gradwalk.train.training import Training
from gradwalk.views.chart import amount


def remarks(training: Training) -> Iterator[str]:
    """What a reader should know before the first step."""
    yield from training.data.train.notes
    settings = training.settings
    if settings.accumulate > 1 and (settings.dropout or settings.normalization == "batch"):
        why = (
            "each piece has statistics of its own"
            if settings.normalization == "batch"
            else "each piece drops units of its own"
        )
        cause = "batch normalization" if settings.normalization == "batch" else "dropout"
        yield f"with {cause}, accumulated gradients differ from the whole batch's: {why}"


def shape(training: Training) -> str:
    """The network in short: inputs, hidden layers, outputs.

    >>> from gradwalk.train import Settings
    >>> shape(Training(Settings(data="xor", hidden=(4, 3))))
    '2 → 4 tanh → 3 tanh → 1'
    """
    data, settings = training.data.train, training.settings
    kind = " convolutions" if settings.network == "conv" else ""
    hidden = [f"{width}{kind} {settings.activation}" for width in settings.hidden]
    return " → ".join([str(data.inputs.shape[1]), *hidden, str(data.outputs)])


def parameter_count(training: Training) -> int:
    """How many numbers the network learns."""
    return sum(tensor.value.size for tensor in training.updating.parameters.values())


def measured_text(measured: Measured, task: str) -> str:
    """Loss and metric in a few words."""
    return f"loss {number(measured.loss)}  {METRICS[task]} {number(measured.metric)}"


def told(training: Training) -> str:
    """The end of a training, for people."""
    data, held_out = training.data.train, training.data.held_out
    lines = [
        f"{data.name}: {len(data):,} rows to learn from, {len(held_out) if held_out else 0:,} held out",
        f"network: {shape(training)}, {parameter_count(training):,} parameters",
        f"epoch {training.epoch}, step {training.step}{', stopped early' if training.has_stopped_early else ''}",
    ]
    if training.history:
        last = training.history[-1]
        lines.append(f"  learned   {measured_text(last.train, data.task)}")
        if last.held_out is not None:
            lines.append(f"  held out  {measured_text(last.held_out, data.task)}")
    formula = linear_formula(training)
    return "\n".join([*lines, formula] if formula else lines)


def summary(training: Training) -> dict[str, Any]:
    """The end of a training, for programs."""
    last = training.history[-1] if training.history else None
    weights = linear_weights(training)
    return {
        "settings": training.settings.to_json(),
        "epoch": training.epoch,
        "step": training.step,
        "finished": training.is_finished,
        "stopped_early": training.has_stopped_early,
        "parameters": parameter_count(training),
        "train": asdict(last.train) if last else None,
        "held_out": asdict(last.held_out) if last and last.held_out else None,
        "best": {"epoch": training.best[0], "loss": training.best[1]} if training.best else None,
        **({"weights": weights} if weights else {}),
    }


# --- linear models, in original units -----------------------------------------------------------------------------------


def linear_weights(training: Training) -> dict[str, float] | None:
    """What a network without hidden layers learned, by column, in the data's own units; "" is the constant.

    None for every other network, and where there are several outputs.
    """
    data = training.data.train
    if training.settings.hidden or data.outputs > 1 or data.picture:
        return None
    weight, bias = (
        np.asarray(training.model.state_dict()[f"output.linear.{part}"].value) for part in ("weight", "bias")
    )
    weights, constants = in_original_units(weight, bias, data)
    return dict(zip((*data.columns, ""), (*map(float, weights[0]), float(constants[0])), strict=True))


def linear_formula(training: Training) -> str:
    """What a network without hidden layers learned, as a formula in the data's own units; "" for every other."""
    weights = linear_weights(training)
    if weights is None:
        return ""
    terms = [f"{amount(weight)}·{column}" if column else amount(weight) for column, weight in weights.items()]
    data = training.data.train
    left = data.target if data.task == "regression" else f"logit of {data.target} = {data.classes[1]}"
    return f"{left} = {' + '.join(terms).replace('+ −', '− ')}"
