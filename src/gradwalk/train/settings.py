"""`Settings`: everything that a training depends on. The same settings train the same network, number for number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from typing import Any

from gradwalk.errors import GradwalkError
from gradwalk.train.checks import Check, UnfitEntry, flag, meant, number, one_of, optional, several, text, whole
from gradwalk.train.choices import (
    ACTIVATIONS,
    DTYPES,
    INITIALISATIONS,
    LOSSES,
    NETWORKS,
    NORMALIZATIONS,
    OPTIMIZERS,
    SCHEDULES,
    TIERS,
    options,
)

WIDEST, DEEPEST, LONGEST = 4096, 100, 10_000_000


class SettingsError(GradwalkError, ValueError):
    """A setting that can't be used, so told that a form can show it beside the field, and a command with its own option.

    ``setting`` names which, ``entry`` which of its named values, if it has any; ``sentence`` says the rest.
    """

    def __init__(self, setting: str, sentence: str, entry: str = ""):
        self.setting, self.entry, self.sentence = setting, entry, sentence
        super().__init__(" ".join(part for part in (setting, entry, sentence) if part))

    @classmethod
    def of(cls, setting: str, error: ValueError) -> SettingsError:
        """What a check has against a setting, or against one of its entries."""
        if isinstance(error, UnfitEntry):
            return cls(setting, error.sentence, error.entry)
        return cls(setting, str(error))


@dataclass(frozen=True)
class Settings:
    """A training's settings: checked when they are made, plain JSON with `to_json` and `from_json`.

    ``data`` is the name of a dataset or the path of a CSV file, ``data_options`` what it takes (``noise``, ``target``, …).
    ``scale`` brings columns (and the numbers of a regression) to mean 0 and standard deviation 1.
    ``batch_size`` None means the whole training part. ``accumulate`` says in how many pieces each batch is computed: the
    gradients add up to the whole batch's. ``clip`` bounds the norm of all gradients together, ``clip_value`` each entry.
    ``warmup`` counts epochs of a linear rise before the schedule begins. ``patience`` counts epochs without a better
    held-out loss (training loss where nothing is held out) after which the training stops. ``tier`` says what runs the
    steps: "numba" is faster on small networks, and its last digits can differ from those of "numpy".

    >>> Settings(data="xor", hidden=[8], lr=0.1).hidden
    (8,)
    >>> Settings(optimizer="adma")
    Traceback (most recent call last):
    ...
    gradwalk.train.settings.SettingsError: optimizer must be one of sgd, adam, adamw, rmsprop, adagrad (did you mean adam?), not 'adma'
    """

    data: str = "moons"
    data_options: Mapping[str, Any] = field(default_factory=dict)
    scale: bool = False
    network: str = "dense"
    hidden: tuple[int, ...] = (4,)
    activation: str = "tanh"
    init: str = "auto"
    init_scale: float = 1.0
    normalization: str = "none"
    residual: bool = False
    dropout: float = 0.0
    loss: str = "auto"
    optimizer: str = "sgd"
    optimizer_options: Mapping[str, Any] = field(default_factory=dict)
    lr: float = 0.1
    schedule: str = "constant"
    schedule_options: Mapping[str, Any] = field(default_factory=dict)
    warmup: int = 0
    batch_size: int | None = None
    accumulate: int = 1
    clip: float | None = None
    clip_value: float | None = None
    epochs: int = 100
    patience: int | None = None
    held_out: float = 0.0
    seed: int = 0
    dtype: str = "float64"
    tier: str = "numpy"

    def __post_init__(self) -> None:
        for name, check in CHECKS.items():
            self._check(name, check)
        self._check(
            "optimizer_options", partial(options, checks=OPTIMIZERS[self.optimizer].options, name=self.optimizer)
        )
        self._check("schedule_options", partial(options, checks=SCHEDULES[self.schedule], name=self.schedule))

    def _check(self, name: str, check: Check) -> None:
        try:
            object.__setattr__(self, name, check(getattr(self, name)))
        except ValueError as error:
            raise SettingsError.of(name, error) from None

    def to_json(self) -> dict[str, Any]:
        """Plain data that JSON can hold, every setting included."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, document: Any) -> Settings:
        """Settings from plain data; what isn't given keeps its default, and what doesn't exist is told."""
        if not isinstance(document, Mapping):
            raise SettingsError("settings", f"must be named values, not {type(document).__name__}")
        known = [item.name for item in fields(cls)]
        for name in document:
            if name not in known:
                raise SettingsError(str(name), f"is no setting{meant(name, known)}; there are {', '.join(known)}")
        return cls(**document)

    def changed(self, **settings: Any) -> Settings:
        """The same settings with some of them changed."""
        return replace(self, **settings)


def _data_options(value: Any) -> dict[str, Any]:
    """Named values; which ones a dataset takes, it says itself when it is loaded."""
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError("must be named values")
    return dict(value)


CHECKS: dict[str, Callable[[Any], Any]] = {
    "data": text,
    "data_options": _data_options,
    "scale": flag,
    "network": one_of(NETWORKS),
    "hidden": several(whole(1, WIDEST), DEEPEST),
    "activation": one_of(ACTIVATIONS),
    "init": one_of(INITIALISATIONS),
    "init_scale": number(least=0, most=1000),
    "normalization": one_of(NORMALIZATIONS),
    "residual": flag,
    "dropout": number(least=0, below=1),
    "loss": one_of(LOSSES),
    "optimizer": one_of(OPTIMIZERS),
    "lr": number(above=0),
    "schedule": one_of(SCHEDULES),
    "warmup": whole(0, LONGEST),
    "batch_size": optional(whole(1, LONGEST)),
    "accumulate": whole(1, LONGEST),
    "clip": optional(number(above=0)),
    "clip_value": optional(number(above=0)),
    "epochs": whole(0, LONGEST),
    "patience": optional(whole(1, LONGEST)),
    "held_out": number(least=0, below=1),
    "seed": whole(0, 2**63 - 1),
    "dtype": one_of(DTYPES),
    "tier": one_of(TIERS),
}
