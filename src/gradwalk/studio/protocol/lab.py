"""The training lab: where a training stands at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gradwalk.studio.protocol.sources import Experiment, Moment

When = Literal["made", "coming", "waiting"]


@dataclass(frozen=True)
class LabRequest:
    """Where a training stands at a moment; or after training on from there. Reply: `LabReply`.

    ``seconds`` is about how long training on and making the reply take together, so that pictures come at an even pace.
    Requests with the same word in ``play`` go on from one another, so that several can be in flight: only the first one
    begins at its moment. ``until`` is a step to stop at. ``parts`` names the buffers that are wanted (see `LabReply`; those
    that this network or data don't have are left out), ``grid`` how many points each side of a map has, ``since`` the
    step from which on losses are sent.
    """

    moment: Moment
    seconds: float = 0
    play: str = ""
    until: int | None = None
    parts: list[str] = field(default_factory=list)
    grid: int = 100
    since: int = 0
    kind: Literal["lab"] = "lab"


@dataclass(frozen=True)
class PictureRequest:
    """Train on as a `LabRequest` does, and show only what the map is painted from, which is quick. Reply: `PictureReply`."""

    moment: Moment
    seconds: float
    play: str
    until: int | None = None
    grid: int = 100
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class LookRequest:
    """What a trained network says of one row that isn't in the data, and how its loss changes with each input. Reply: `LookReply`.

    ``inputs`` are in the data's own units; ``label`` is the class, counted from 0, (or the number) that the loss is taken for.
    """

    moment: Moment
    inputs: list[float]
    label: float
    kind: Literal["look"] = "look"


@dataclass(frozen=True)
class RowsRequest:
    """Some rows of an experiment's data, first those to learn from, then those held out. Reply: `RowsReply`."""

    experiment: Experiment
    rows: list[int]
    kind: Literal["rows"] = "rows"


@dataclass(frozen=True)
class UpdateRequest:
    """How an update came about, or what the next one will do: of one entry of one parameter ("W1"). Reply: `UpdateReply`.

    Without an entry, the one with the largest gradient is meant. Of a parameter or an entry that isn't there the first, or
    the nearest, is taken: a network changes while its page stays.
    """

    moment: Moment
    parameter: str = ""
    entry: list[int] = field(default_factory=list)
    kind: Literal["update"] = "update"


@dataclass(frozen=True)
class LayerInfo:
    """One layer with weights at a moment: norms of its gradient, weights and last update; what its units did on the batch.

    None where there is none yet. ``ratio`` is update to weight; ``dead`` and ``saturated`` are shares of units and values.
    """

    name: str
    weights: list[int]  # the shape
    gradient: float | None
    weight: float
    update: float | None
    ratio: float | None
    mean: float
    std: float
    dead: float
    saturated: float | None


@dataclass(frozen=True)
class PartInfo:
    """What one buffer of a `LabReply` is: its name, its shape, the least and greatest number in it; a note for the reader."""

    name: str
    shape: list[int]
    low: float
    high: float
    note: str = ""


@dataclass(frozen=True)
class MeasuredInfo:
    """Loss and metric (accuracy, or R²) on a part of the data."""

    loss: float
    metric: float


@dataclass(frozen=True)
class DataInfo:
    """What is learned from: how many rows there are to learn and to judge by, what the columns are, which task it is.

    ``extent`` is what a map shows: [low, high] of each input, where there are one or two (else empty). All numbers are in
    the data's own units.
    """

    name: str
    rows: int
    held_out: int
    columns: list[str]
    target: str
    task: Literal["regression", "binary", "classes"]
    classes: list[str]
    picture: list[int]
    extent: list[list[float]]
    metric: str
    notes: list[str]


@dataclass(frozen=True)
class LabReply:
    """A training at a moment. The buffers are Float64, in the order of ``parts``:

    - ``losses``: the loss of each batch from ``since`` on, up to the furthest step reached
    - ``points``: rows of x, y, target, whether held out (0 or 1), first those to learn from; x and y are NaN where there
      are more than two inputs; for a single input, y is the target
    - ``outputs``: what the network says of each point: a probability for each class (for two, that of class 1), or a number
    - ``boundary``: what the network says over the map, rows from the low end of the second input: [grid, grid] with the
      probability of class 1 or the number; of three and more classes [2, grid, grid]: the likeliest class, its
      probability; of a single input [grid] numbers
    - ``units``: what each unit of each hidden layer gives over the map, [units, grid, grid] on a coarser grid (≤ 24)
    - ``hidden``: the points as the last hidden layer sees them, [rows, units up to 2]: of more than two units, the two
      principal directions
    - ``bent``: lines of the input plane as that layer sees them, [lines, places, 2]
    - ``cut``: the straight line that the output layer draws there, [2, 2] (two classes only)
    - ``epochs``: epoch, step, training loss and metric, held-out loss and metric of each finished epoch (of more than
      400, every so-manieth and the last)
    - ``weights``: all weights, layer after layer; ``gradients``: the same for their gradients
    - ``pulls``: of a network without hidden layers, what each row to learn from (of at most 200) adds to the gradient of
      each weight and of the bias, at these weights: [rows, inputs + 1]; the gradient over all rows is the sum
    - ``activations``: of each layer with weights, how many results on the batch lie in each of equal bins, those that are exactly
      0 left out, [layers, bins]
    - ``spreads``: of each of those layers the low and high end of its bins, how many results are 0, its units, how many of
      them were 0 on every row (dead), how many at a flat end of the activation on every row (stuck), the share of results
      at flat ends, and where those ends begin, [layers, 9]; NaN for an activation without flat ends
    - ``tangle``: of a network without hidden layers, up to three places of each class, [2, 3, 2], whose segments or
      triangles share a place, so that no straight line separates them (left out where one does)

    ``step`` and ``phase`` say where the training stands, ``furthest`` the last step reached; ``loss`` and the layers'
    gradients are those of the present step, at its beginning those of the one before. ``stopped`` says why a training
    can't go on from here before its epochs are done (a NaN, patience), "" while it can; ``remarks`` are sentences on the
    data and on what this network can't do. ``key`` stands for the experiment.
    """

    key: str
    step: int
    phase: str
    piece: int
    pieces: int
    epoch: int
    batch: int
    batches: int
    furthest: int
    last: int
    lr: float
    loss: float | None
    train: MeasuredInfo
    held_out: MeasuredInfo | None
    layers: list[LayerInfo]
    parts: list[PartInfo]
    data: DataInfo
    settings: dict[str, Any]
    stopped: str = ""
    remarks: list[str] = field(default_factory=list)
    kind: Literal["lab"] = "lab"


@dataclass(frozen=True)
class PictureReply:
    """Where a training stands after training on, as in a `LabReply`; the buffer, where there is a map, is Float32: the
    boundary in single precision, to be painted and not to be read."""

    key: str
    step: int
    phase: str
    piece: int
    last: int
    stopped: str
    boundary: PartInfo | None
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class LookReply:
    """Buffers: the probability of each class (or the number predicted); the gradient of the loss for each input.

    ``decided`` is the likeliest class's name, or the number.
    """

    decided: str
    loss: float
    classes: list[str]
    kind: Literal["look"] = "look"


@dataclass(frozen=True)
class RowsReply:
    """Buffer: the rows' inputs in the data's own units, [rows, columns]."""

    rows: list[int]
    columns: list[str]
    kind: Literal["rows"] = "rows"


@dataclass(frozen=True)
class ParameterInfo:
    """One parameter: its short name (W1), its path in the network, its shape."""

    name: str
    path: str
    shape: list[int]


@dataclass(frozen=True)
class TensorInfo:
    """The parameter itself, its gradient, or something remembered of it: its norm, its least and greatest number; and its
    chosen entry before the update and after it (None where there is none)."""

    name: str
    symbol: str
    norm: float
    low: float
    high: float
    before: float | None
    after: float | None


@dataclass(frozen=True)
class StoryInfo:
    """The rule for the chosen entry in MathML: with names, with numbers; and what it comes to (``relation``: = or ≈)."""

    symbols: str
    numbers: str
    relation: str
    before: float
    after: float
    change: float


@dataclass(frozen=True)
class UpdateReply:
    """How an optimizer moves one parameter at a moment. The buffers are ``tensors``, each as [rows, entries].

    ``when`` says whether the update was just made, comes next (after the backward pass), or waits for its gradient;
    ``step`` which step it belongs to. ``settings`` are those that it was made with, ``rule`` is the law in words.
    """

    optimizer: str
    rule: str
    settings: dict[str, Any]
    parameters: list[ParameterInfo]
    name: str
    entry: list[int]
    when: When
    step: int
    story: StoryInfo | None
    tensors: list[TensorInfo]
    kind: Literal["update"] = "update"
