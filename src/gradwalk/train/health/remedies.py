"""What helps a sick gradient: each remedy is a change of some settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradwalk.train.checks import meant
from gradwalk.train.health.settings import RANGES, HealthSettings, HealthSettingsError

FACTOR = 100.0  # by which a learning rate is raised or lowered


@dataclass(frozen=True)
class Remedy:
    """One switch: what it is called, what it does to a gradient, and what of the network it changes (``part``)."""

    name: str
    title: str
    effect: str
    part: str
    changes: Callable[[HealthSettings], dict[str, Any]]


def _always(**changes: Any) -> Callable[[HealthSettings], dict[str, Any]]:
    return lambda settings: changes


REMEDIES: dict[str, Remedy] = {
    remedy.name: remedy
    for remedy in (
        Remedy("relu", "ReLU", "a slope of exactly 1 wherever a unit is on", "activation", _always(activation="relu")),
        Remedy(
            "leaky_relu",
            "Leaky ReLU",
            "a small slope where a unit is off, so that it can come back",
            "activation",
            _always(activation="leaky_relu"),
        ),
        Remedy(
            "he",
            "He initialisation",
            "weights that make up for the half that ReLU switches off, and biases at zero",
            "start",
            _always(init="kaiming_normal", init_scale=1.0, bias=0.0),
        ),
        Remedy(
            "xavier",
            "Xavier initialisation",
            "weights that keep the sizes of values and gradients, and biases at zero",
            "start",
            _always(init="xavier_normal", init_scale=1.0, bias=0.0),
        ),
        Remedy("residual", "Residual connections", "a way around each layer, with a slope of 1", "residual", _always(residual=True)),
        Remedy(
            "normalization",
            "Layer normalisation",
            "each layer's sums brought to mean 0 and deviation 1",
            "normalization",
            _always(normalization="layer"),
        ),
        Remedy("clip", "Gradient clipping", "a gradient longer than 1 is shortened to 1", "clip", _always(clip=1.0)),
        Remedy("adam", "Adam", "each weight's steps divided by the usual size of its gradient", "optimizer", _always(optimizer="adam")),
        Remedy("lower", "Lower rate", "steps a hundredth as long", "rate", lambda settings: {"lr": max(settings.lr / FACTOR, RANGES["lr"][0])}),
        Remedy(
            "higher",
            "Higher rate",
            "steps a hundred times as long",
            "rate",
            lambda settings: {"lr": min(settings.lr * FACTOR, RANGES["lr"][1])},
        ),
    )
}  # fmt: skip


def treated(settings: HealthSettings, remedies: Sequence[str]) -> HealthSettings:
    """The settings with some remedies applied, each by its name.

    >>> treated(HealthSettings(), ["relu", "he"]).init
    'kaiming_normal'
    """
    chosen = [_known(name) for name in remedies]
    parts: dict[str, Remedy] = {}
    for remedy in chosen:
        other = parts.setdefault(remedy.part, remedy)
        if other is not remedy:
            raise HealthSettingsError(
                "remedies", f"hold {other.name} and {remedy.name}, which both set the {remedy.part}; take one of them"
            )
    for remedy in chosen:
        settings = replace(settings, **remedy.changes(settings))
    return settings


def _known(name: str) -> Remedy:
    if name not in REMEDIES:
        raise HealthSettingsError("remedies", f"hold {name!r}{meant(name, REMEDIES)}; there are {', '.join(REMEDIES)}")
    return REMEDIES[name]
