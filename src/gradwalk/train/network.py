"""From settings and data to a network: blocks that a reader knows by name (``hidden1``, ``hidden2``, ``output``)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradwalk import nn
from gradwalk.data import Dataset
from gradwalk.nn import init
from gradwalk.tensor import Tensor
from gradwalk.train.choices import ACTIVATIONS, INITIALISATIONS
from gradwalk.train.randomness import seeded
from gradwalk.train.settings import Settings, SettingsError

# (task, loss) -> the module of the loss; "squared_error" on two classes puts a sigmoid after the last layer.
LOSSES: dict[tuple[str, str], Callable[[], nn.Module]] = {
    ("regression", "auto"): nn.MSELoss,
    ("regression", "squared_error"): nn.MSELoss,
    ("binary", "auto"): nn.BCEWithLogitsLoss,
    ("binary", "cross_entropy"): nn.BCEWithLogitsLoss,
    ("binary", "squared_error"): nn.MSELoss,
    ("classes", "auto"): nn.CrossEntropyLoss,
    ("classes", "cross_entropy"): nn.CrossEntropyLoss,
}
RELU_FAMILY = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
KERNEL, POOL = 3, 2


class Block(nn.Sequential):
    """One layer with all that belongs to it: linear map, normalization, activation, dropout."""


class Residual(Block):
    """A block whose input is added to its result, so that the gradient has a way around it."""

    def forward(self, input: Tensor) -> Tensor:
        """x + f(x)."""
        return input + super().forward(input)


def network(settings: Settings, data: Dataset) -> nn.Sequential:
    """The model that the settings describe for this data, initialised from the settings' seed."""
    with seeded(settings.seed, "init"):
        model = nn.Sequential(OrderedDict(BUILDERS[settings.network](settings, data)))
        initialise(model, settings)
    return model.to(np.dtype(settings.dtype))


def loss_for(settings: Settings, data: Dataset) -> nn.Module:
    """What the training makes small."""
    if (data.task, settings.loss) not in LOSSES:
        fitting = ", ".join(loss for task, loss in LOSSES if task == data.task)
        raise SettingsError("loss", f"{settings.loss!r} doesn't fit a {data.task} target; {fitting} do")
    return LOSSES[data.task, settings.loss]()


def has_probability_output(settings: Settings, data: Dataset) -> bool:
    """Whether the network's last layer is a sigmoid already (squared error on two classes)."""
    return data.task == "binary" and settings.loss == "squared_error"


# --- building --------------------------------------------------------------------------------------------------------


def _dense(settings: Settings, data: Dataset) -> Iterator[tuple[str, nn.Module]]:
    width = data.inputs.shape[1]
    for number, size in enumerate(settings.hidden, 1):
        yield f"hidden{number}", _hidden(settings, nn.Linear(width, size), width == size, _norm(settings, size))
        width = size
    yield "output", _output(settings, data, width)


def _conv(settings: Settings, data: Dataset) -> Iterator[tuple[str, nn.Module]]:
    if data.picture is None:
        raise SettingsError("network", f"'conv' looks at pictures, and {data.name} has none; take 'dense'")
    height, width = data.picture
    channels = 1
    yield "picture", nn.Unflatten(1, (1, height, width))
    for number, size in enumerate(settings.hidden, 1):
        if min(height, width) < POOL:
            raise SettingsError("hidden", f"has more layers than a {data.picture[0]}×{data.picture[1]} picture can be halved")
        layer = nn.Conv2d(channels, size, KERNEL, padding=KERNEL // 2)
        yield f"hidden{number}", _hidden(settings, layer, channels == size, _norm2d(settings, size), nn.MaxPool2d(POOL))
        channels, height, width = size, height // POOL, width // POOL
    yield "flat", nn.Flatten()
    yield "output", _output(settings, data, channels * height * width)


BUILDERS: dict[str, Callable[[Settings, Dataset], Iterator[tuple[str, nn.Module]]]] = {"dense": _dense, "conv": _conv}


def _hidden(
    settings: Settings, layer: nn.Module, can_skip: bool, norm: nn.Module | None, pool: nn.Module | None = None
) -> nn.Module:
    parts: dict[str, nn.Module | None] = {
        "linear": layer,
        "norm": norm,
        "activation": getattr(nn, ACTIVATIONS[settings.activation])(),
        "dropout": nn.Dropout(settings.dropout) if settings.dropout else None,
    }
    made = OrderedDict((name, part) for name, part in parts.items() if part is not None)
    block = Residual(made) if settings.residual and can_skip else Block(made)
    return block if pool is None else Block(OrderedDict(block=block, pool=pool))


def _norm(settings: Settings, size: int) -> nn.Module | None:
    return {"none": lambda: None, "batch": lambda: nn.BatchNorm1d(size), "layer": lambda: nn.LayerNorm(size)}[settings.normalization]()


def _norm2d(settings: Settings, channels: int) -> nn.Module | None:
    kinds = {"none": lambda: None, "batch": lambda: nn.BatchNorm2d(channels), "layer": lambda: nn.GroupNorm(1, channels)}
    return kinds[settings.normalization]()


def _output(settings: Settings, data: Dataset, width: int) -> nn.Module:
    linear = OrderedDict[str, nn.Module](linear=nn.Linear(width, data.outputs))
    if has_probability_output(settings, data):
        linear["activation"] = nn.Sigmoid()
    return Block(linear)


# --- initialising ----------------------------------------------------------------------------------------------------


def initialise(model: nn.Module, settings: Settings) -> None:
    """Fill every layer's weights as the settings say, with biases 0; "default" leaves what the layers did themselves."""
    if settings.init == "default":
        return
    for name, parameter in model.named_parameters():
        if name.endswith("linear.weight"):
            _fill(parameter, settings, last=name.startswith("output"))
        elif name.endswith("linear.bias"):
            init.zeros_(parameter)


def _fill(weight: Any, settings: Settings, last: bool) -> None:
    activation = "identity" if last else settings.activation
    chosen = settings.init
    if chosen == "auto":
        chosen = "kaiming_uniform" if activation in RELU_FAMILY else "xavier_uniform"
    options = {"nonlinearity": "relu" if activation in RELU_FAMILY else "linear"} if chosen.startswith("kaiming") else {}
    getattr(init, INITIALISATIONS[chosen])(weight, **options)
    if settings.init_scale != 1:
        weight.data = weight.value * settings.init_scale
