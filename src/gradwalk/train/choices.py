"""What a training can be made of: each table maps the name in a setting to what it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradwalk.train.checks import Check, Unfit, UnfitEntry, flag, meant, number, whole


@dataclass(frozen=True)
class Choice:
    """An optimizer: its name in `gradwalk.optim`, and the options that it takes with their checks."""

    name: str
    options: dict[str, Check]


def _betas(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Unfit("two numbers", value)
    return tuple(map(number(least=0, below=1), value))


_fraction = number(least=0, below=1)
_decay = {"weight_decay": number(least=0)}
_adam = {"betas": _betas, "eps": number(least=0), **_decay, "amsgrad": flag}

OPTIMIZERS: dict[str, Choice] = {
    "sgd": Choice("SGD", {"momentum": _fraction, "dampening": _fraction, **_decay, "nesterov": flag}),
    "adam": Choice("Adam", _adam),
    "adamw": Choice("AdamW", _adam),
    "rmsprop": Choice(
        "RMSprop", {"alpha": _fraction, "eps": number(least=0), **_decay, "momentum": _fraction, "centered": flag}
    ),
    "adagrad": Choice("Adagrad", {"lr_decay": number(least=0), **_decay, "eps": number(least=0)}),
}

# What the rate does in the epochs that follow the warm-up, with the options of each; `train.updating` makes the schedules.
SCHEDULES: dict[str, dict[str, Check]] = {
    "constant": {},
    "step": {"step_size": whole(1, 1_000_000), "gamma": number(above=0, most=1)},
    "exponential": {"gamma": number(above=0, most=1)},
    "cosine": {"eta_min": number(least=0)},
}

ACTIVATIONS: dict[str, str] = {
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "softplus": "Softplus",
    "identity": "Identity",
}

# The functions of gradwalk.nn.init; "auto" is He's for the relu family and Xavier's otherwise, "default" leaves what the
# layers do by themselves (as PyTorch's).
INITIALISATIONS: dict[str, str] = {
    "auto": "",
    "default": "",
    "xavier_uniform": "xavier_uniform_",
    "xavier_normal": "xavier_normal_",
    "kaiming_uniform": "kaiming_uniform_",
    "kaiming_normal": "kaiming_normal_",
    "orthogonal": "orthogonal_",
    "normal": "normal_",
    "zeros": "zeros_",
}

NORMALIZATIONS = ("none", "batch", "layer")
NETWORKS = ("dense", "conv")
LOSSES = ("auto", "squared_error", "cross_entropy")
DTYPES = ("float64", "float32")
TIERS = ("numpy", "numba")  # what runs a step as a program: NumPy, or the kernel that Numba compiles


def options(value: Any, checks: Mapping[str, Check], name: str) -> dict[str, Any]:
    """The options of a choice, each with its check; one that doesn't exist is told with those that do."""
    if not isinstance(value, Mapping):
        raise Unfit("named values", value)
    for option in value:
        if option not in checks:
            known = f"has {', '.join(checks)}" if checks else "has none"
            raise UnfitEntry(option, f"is no option of {name}{meant(option, checks)}, which {known}")
    return {option: _checked(option, checks[option], given) for option, given in value.items()}


def _checked(option: str, check: Check, given: Any) -> Any:
    try:
        return check(given)
    except ValueError as error:
        raise UnfitEntry(option, str(error)) from None
