"""Walks with their layout and their numbers; walks as files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gradwalk.studio.protocol.sources import Source, State


@dataclass(frozen=True)
class OpenRequest:
    """Make a walk and lay it out within ``width``; ``open`` lists groups to show opened. Reply: `WalkReply`."""

    source: Source
    width: float = 960
    open: list[str] = field(default_factory=list)
    turn: int = 0
    kind: Literal["open"] = "open"


@dataclass(frozen=True)
class LayoutRequest:
    """Lay the same walk out again. Reply: `LayoutReply`."""

    key: str
    width: float
    open: list[str] = field(default_factory=list)
    turn: int = 0
    kind: Literal["layout"] = "layout"


@dataclass(frozen=True)
class ValuesRequest:
    """The walk's numbers with other leaf values. Reply: `ValuesReply`."""

    state: State
    kind: Literal["values"] = "values"


@dataclass(frozen=True)
class ExportRequest:
    """The walk as a file. Reply: `ExportReply`."""

    state: State
    form: Literal["html", "svg", "tex", "json", "txt"]
    step: int = -1
    kind: Literal["export"] = "export"


@dataclass(frozen=True)
class NodeInfo:
    """One node: what doesn't change with the values. ``place`` is [line, column, end line, end column] in ``file``."""

    id: int
    name: str
    role: Literal["parameter", "input", "constant", "result"]
    op: str
    inputs: list[int]
    shape: list[int]
    offset: int
    size: int
    has_gradient: bool
    turn: int
    symbols: str  # the forward formula in plain text: w1 · x
    file: str = ""
    place: list[int] = field(default_factory=list)
    scope: list[str] = field(default_factory=list)
    elided: bool = False


@dataclass(frozen=True)
class StepInfo:
    """One step: ``offsets`` into the steps buffer for upstream, local, contribution, total (−1: none), ``sizes`` alike."""

    phase: Literal["forward", "seed", "backward", "update"]
    node: int
    input: int
    slot: int
    offsets: list[int]
    sizes: list[int]
    symbols: str  # in plain text: ∂L/∂z1 · x
    mathml: str  # the same in MathML; values carry data-node, gradients data-gradient
    shape_note: str = ""  # why the transpose, why the bias sums over the batch


@dataclass(frozen=True)
class WalkReply:
    """A whole walk with its layout; the numbers are in the buffers. ``layout`` is walk/layout.py's Layout as JSON.

    ``grains`` maps edge, node, line and layer to lists of [first step, last step].
    """

    key: str
    title: str
    outputs: list[int]
    turns: int
    nodes: list[NodeInfo]
    steps: list[StepInfo]
    files: dict[str, str]
    layout: dict[str, Any]
    grains: dict[str, list[list[int]]]
    formula: str = ""
    warnings: list[str] = field(default_factory=list)
    kind: Literal["walk"] = "walk"


@dataclass(frozen=True)
class LayoutReply:
    """The same walk laid out again."""

    layout: dict[str, Any]
    kind: Literal["layout"] = "layout"


@dataclass(frozen=True)
class ValuesReply:
    """New numbers for the walk, in the buffers."""

    key: str
    warnings: list[str] = field(default_factory=list)
    kind: Literal["values"] = "values"


@dataclass(frozen=True)
class ExportReply:
    """A file's name, type and text."""

    name: str
    type: str
    text: str
    kind: Literal["export"] = "export"
