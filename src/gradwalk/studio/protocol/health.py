"""Gradient health: what ails a deep network's gradient, and what the remedies do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gradwalk.studio.protocol.sources import Source
from gradwalk.train.health import HealthReport, HealthSettings, Spread


@dataclass(frozen=True)
class ProblemsRequest:
    """What can go wrong with gradients, what helps, and what a deep network can be made of. Reply: `ProblemsReply`."""

    kind: Literal["problems"] = "problems"


@dataclass(frozen=True)
class HealthRequest:
    """Examine a deep network, as it is and with remedies. Reply: `HealthReply`.

    Training goes on for a moment; the same request again (``turn`` counts them) continues it, until the reply is ``done``.
    """

    settings: HealthSettings
    remedies: list[str] = field(default_factory=list)
    turn: int = 0
    kind: Literal["health"] = "health"


@dataclass(frozen=True)
class SpreadRequest:
    """The spread of the gradient over batch sizes, as the network is and with remedies. Reply: `SpreadReply`."""

    settings: HealthSettings
    remedies: list[str] = field(default_factory=list)
    kind: Literal["spread"] = "spread"


@dataclass(frozen=True)
class PairRequest:
    """The walks of two sources beside each other. Reply: `PairReply`."""

    before: Source
    after: Source
    kind: Literal["pair"] = "pair"


@dataclass(frozen=True)
class ProblemInfo:
    """One problem: what one notices, why, what helps; a network that has it, and the names of the remedies."""

    name: str
    title: str
    symptom: str
    cause: str
    cure: str
    settings: HealthSettings
    remedies: list[str]


@dataclass(frozen=True)
class RemedyInfo:
    """One remedy: what it does to a gradient. Of those that change the same ``part`` only one can be taken."""

    name: str
    title: str
    effect: str
    part: str


@dataclass(frozen=True)
class ProblemsReply:
    """``choices`` has the possible values of each setting that is a name, ``ranges`` [least, most] of each number."""

    problems: list[ProblemInfo]
    remedies: list[RemedyInfo]
    choices: dict[str, list[str]]
    ranges: dict[str, list[float]]
    kind: Literal["problems"] = "problems"


@dataclass(frozen=True)
class ExaminedInfo:
    """One network's report, the names of the problems that it has, how its gradient comes through (``journey``), and what
    that and the updates come to (``sentence``).

    ``exact`` says of each layer whether its factors, as they are displayed, multiply to its attenuation (=) or nearly (≈).
    """

    report: HealthReport
    exact: list[bool]
    found: list[str]
    journey: str
    sentence: str


@dataclass(frozen=True)
class HealthReply:
    """The network as it is, and with the remedies; ``done`` when both have been trained to the end."""

    before: ExaminedInfo
    after: ExaminedInfo
    done: bool
    kind: Literal["health"] = "health"


@dataclass(frozen=True)
class SpreadReply:
    """How gradients of batches lie about the gradient of all points: of the network as it is, and with the remedies."""

    before: Spread
    after: Spread
    kind: Literal["spread"] = "spread"


@dataclass(frozen=True)
class LengthsInfo:
    """One value or gradient that differs between two walks: how long it is in each (the root of the sum of squares)."""

    name: str
    what: Literal["value", "gradient"]
    before: float
    after: float


@dataclass(frozen=True)
class PairReply:
    """Where two walks part."""

    sentence: str
    differences: list[LengthsInfo]
    kind: Literal["pair"] = "pair"
