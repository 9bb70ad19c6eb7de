"""Where walks come from, and which state of one is meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gradwalk.train.health import HealthSettings


@dataclass(frozen=True)
class Training:
    """Several updates in a row: plain gradient steps on ``params`` (all parameters if empty)."""

    rate: float
    steps: int
    params: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Experiment:
    """A training, completely: ``settings`` as `gradwalk.train.Settings` writes them, and data that no name stands for.

    ``points`` are drawn by hand, each as [x, y, class]; ``table`` is the text of a CSV file, ``file`` its name. What the
    settings leave out is what `gradwalk.train.settings_for` chooses. ``key`` alone (a `LabReply`'s) stands for an
    experiment sent before; the error ``gone`` says that it isn't kept any more.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    points: list[list[float]] = field(default_factory=list)
    table: str = ""
    file: str = ""
    key: str = ""


@dataclass(frozen=True)
class Moment:
    """A place in a training: the beginning of a step (counted from 0), or after one of that step's phases.

    Of a batch computed in pieces, ``piece`` says which one's phase is meant (without it, the last one's). ``row`` picks
    one row, first those to learn from, then those held out; without it, the batch of that step is meant.
    """

    experiment: Experiment
    step: int
    phase: Literal["", "forward", "loss", "backward", "update"] = ""
    piece: int | None = None
    row: int | None = None


@dataclass(frozen=True)
class Source:
    """Where a walk comes from: exactly one of formula, walk (a file's text), script, example, health (a deep network) and
    moment (of a training).
    """

    formula: str | None = None
    walk: str | None = None
    script: bool = False
    example: str | None = None
    moment: Moment | None = None
    values: dict[str, Any] = field(default_factory=dict)
    of: str = ""
    training: Training | None = None
    health: HealthSettings | None = None


@dataclass(frozen=True)
class Rounding:
    """One node's value rounded to some decimals; everything after it follows."""

    node: int
    digits: int


@dataclass(frozen=True)
class State:
    """Which walk, with which leaf values (``leaves``: id to number or nested lists), shown to how many digits."""

    key: str
    leaves: dict[str, Any] = field(default_factory=dict)
    rounding: Rounding | None = None
    digits: int = 4
