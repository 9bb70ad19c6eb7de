"""`HealthSettings`: a deep network of equal layers, what it learns from, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from gradwalk.errors import GradwalkError
from gradwalk.train.checks import Check, flag, meant, number, one_of, optional, whole

POINTS = 200  # in the data
NOISE = 0.1  # standard deviation of what is added to them
LEAK = 0.1  # slope of leaky_relu on its left side


class HealthSettingsError(GradwalkError, ValueError):
    """A setting that can't be used; ``setting`` names which."""

    def __init__(self, setting: str, sentence: str):
        self.setting = setting
        super().__init__(f"{setting} {sentence}")


@dataclass(frozen=True)
class HealthSettings:
    """Everything that the health of a network's gradients depends on, checked when it is made.

    ``depth`` counts hidden layers of ``width`` units each. Weights start as ``init`` (a function of `gradwalk.nn.init`;
    "default" is what Linear does by itself) times ``init_scale``, all hidden biases at ``bias``. ``clip`` bounds the norm
    of all gradients together (None: no bound). ``steps`` counts updates, each on a batch of ``batch_size`` of the points.

    >>> HealthSettings(depth=100)
    Traceback (most recent call last):
    ...
    gradwalk.train.health.settings.HealthSettingsError: depth must be a whole number from 1 to 40, not 100
    """

    data: str = "moons"
    depth: int = 8
    width: int = 16
    activation: str = "sigmoid"
    init: str = "xavier_normal"
    init_scale: float = 1.0
    bias: float = 0.0
    residual: bool = False
    normalization: str = "none"
    optimizer: str = "sgd"
    lr: float = 0.5
    clip: float | None = None
    batch_size: int = 64
    steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        for name, check in CHECKS.items():
            try:
                object.__setattr__(self, name, check(getattr(self, name)))
            except ValueError as error:
                raise HealthSettingsError(name, str(error)) from None

    def to_json(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> HealthSettings:
        """Settings from plain data; what isn't given keeps its default, and what doesn't exist is told."""
        known = [item.name for item in fields(cls)]
        for name in document:
            if name not in known:
                raise HealthSettingsError(str(name), f"is no setting{meant(name, known)}; there are {', '.join(known)}")
        return cls(**document)


# What each setting can be: one of some names, or from the least to the most.
CHOICES: dict[str, tuple[str, ...]] = {
    "data": ("moons", "circles", "xor", "gaussians"),
    "activation": ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "identity"),
    "init": ("default", "xavier_normal", "kaiming_normal", "normal"),
    "normalization": ("none", "layer"),
    "optimizer": ("sgd", "adam"),
}
COUNTS: dict[str, tuple[int, int]] = {
    "depth": (1, 40), "width": (1, 64), "batch_size": (1, POINTS), "steps": (1, 1000), "seed": (0, 999_999),
}  # fmt: skip
AMOUNTS: dict[str, tuple[float, float]] = {
    "init_scale": (0, 10), "bias": (-10, 10), "lr": (1e-6, 1000), "clip": (1e-6, 1000),
}  # fmt: skip
RANGES: dict[str, tuple[float, float]] = {**COUNTS, **AMOUNTS}

CHECKS: dict[str, Check] = {
    **{name: one_of(names) for name, names in CHOICES.items()},
    **{name: whole(least, most) for name, (least, most) in COUNTS.items()},
    **{name: number(least=least, most=most) for name, (least, most) in AMOUNTS.items()},
    "clip": optional(number(least=AMOUNTS["clip"][0], most=AMOUNTS["clip"][1])),
    "residual": flag,
}
