"""Settings that train each dataset well, so that its name alone is enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradwalk.train.preparing import is_table
from gradwalk.train.settings import Settings

POINTS: dict[str, Any] = {
    "hidden": (16,),
    "optimizer": "adam",
    "lr": 0.02,
    "epochs": 100,
    "batch_size": 32,
    "held_out": 0.2,
}
CURVE: dict[str, Any] = {
    "hidden": (16, 16),
    "optimizer": "adam",
    "lr": 0.01,
    "epochs": 300,
    "batch_size": 20,
    "held_out": 0.2,
}
# A linear model, whose weights can be read in the table's own units; hidden layers are for what it can't follow.
TABLE: dict[str, Any] = {
    "hidden": (), "activation": "relu", "optimizer": "adam", "lr": 0.02, "epochs": 200, "batch_size": 32,
    "held_out": 0.2, "scale": True, "patience": 20,
}  # fmt: skip
DEFAULTS: dict[str, dict[str, Any]] = {
    "xor": {"hidden": (4,), "optimizer": "sgd", "lr": 0.5, "epochs": 500},
    "moons": {
        "hidden": (4,), "init_scale": 5 / 3, "optimizer": "sgd", "lr": 0.5, "epochs": 500, "batch_size": 40,
        "held_out": 0.2,
    },
    "circles": POINTS,
    "spirals": {**POINTS, "hidden": (32, 32), "epochs": 200},
    "gaussians": {**POINTS, "epochs": 50},
    "drawn": {**POINTS, "held_out": 0.0},  # by hand, in the studio: few, and all of them wanted
    "line": {**CURVE, "hidden": (), "epochs": 100},
    # Twelve half waves: many rows, so that each has some, biases other than 0 (at 0 all units would bend at one place), and
    # a high rate until the fine wave is found, which is low at the end.
    "waves": {
        **CURVE, "data_options": {"count": 400}, "scale": True, "hidden": (64, 64), "init": "default", "lr": 0.02,
        "schedule": "step", "schedule_options": {"step_size": 420}, "epochs": 480, "batch_size": 64,
    },
    "digits": {
        "hidden": (256,), "activation": "relu", "dropout": 0.4, "optimizer": "adamw",
        "optimizer_options": {"weight_decay": 0.1}, "lr": 0.008, "schedule": "cosine", "epochs": 60, "batch_size": 128,
        "held_out": 0.2,
    },
}  # fmt: skip


def settings_for(data: str, **given: Any) -> Settings:
    """The settings of a dataset by its name (or of a table by its path), with those that are given in place of its own.

    >>> settings_for("xor", lr=0.1).lr, settings_for("xor").lr
    (0.1, 0.5)
    """
    usual = DEFAULTS.get(data, TABLE if is_table(data) else CURVE)
    options = given.get("data_options")
    if isinstance(options, Mapping):  # more noise doesn't mean fewer rows
        given["data_options"] = {**usual.get("data_options", {}), **options}
    return Settings.from_json({"data": data, **usual, **given})
