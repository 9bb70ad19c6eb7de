"""Functions of one and of two variables, chains of functions, and a walk's output over two of its leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gradwalk.studio.protocol.sources import State


@dataclass(frozen=True)
class CurveRequest:
    """A function of one variable between two ends: values, slopes, and the tangent at ``at``. Reply: `CurveReply`."""

    formula: str
    name: str
    low: float
    high: float
    at: float
    nudge: float = 0.01
    values: dict[str, Any] = field(default_factory=dict)
    points: int = 201
    kind: Literal["curve"] = "curve"


@dataclass(frozen=True)
class GridRequest:
    """A function of two variables on a grid, with both cross-sections through a point. Reply: `GridReply`."""

    formula: str
    names: list[str]
    low: list[float]
    high: list[float]
    at: list[float]
    values: dict[str, Any] = field(default_factory=dict)
    points: int = 61
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True)
class ChainRequest:
    """A composition of functions of one variable, link by link of the chain. Reply: `ChainReply`."""

    formula: str
    name: str
    low: float
    high: float
    at: float
    values: dict[str, Any] = field(default_factory=dict)
    points: int = 121
    kind: Literal["chain"] = "chain"


@dataclass(frozen=True)
class SurfaceRequest:
    """The output of a walk over two of its scalar leaves, with a path of descent on it. Reply: `SurfaceReply`."""

    state: State
    names: list[str]
    low: list[float]
    high: list[float]
    rate: float = 0.1
    steps: int = 20
    points: int = 41
    kind: Literal["surface"] = "surface"


@dataclass(frozen=True)
class CurveReply:
    """Buffers: x, y, slope. ``predicted`` is slope · nudge (``exact`` as displayed), ``actual`` what the function does."""

    value: float
    slope: float
    predicted: float
    exact: bool
    actual: float
    flat: list[float]  # where the slope is zero between the ends
    mathml: str
    kind: Literal["curve"] = "curve"


@dataclass(frozen=True)
class GridReply:
    """Buffers: z (row per second variable), the section along the first variable, the section along the second."""

    value: float
    partials: list[float]
    mathml: str
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True)
class LinkInfo:
    """One link of a chain: a function of what comes before it, at its own point."""

    name: str
    symbols: str
    mathml: str
    input: float
    output: float
    slope: float
    low: float
    high: float


@dataclass(frozen=True)
class ChainReply:
    """Buffers: x and y of each link in turn. ``slope`` is the product of the links' slopes, ``exact`` as displayed."""

    links: list[LinkInfo]
    slope: float
    exact: bool
    kind: Literal["chain"] = "chain"


@dataclass(frozen=True)
class SurfaceReply:
    """Buffers: z (row per second leaf), the descent as x, y, loss of each step."""

    value: float
    kind: Literal["surface"] = "surface"
