"""What the studio's front end and its kernel say to each other.

A message is a JSON head plus raw binary buffers. Structure (a whole walk with its layout) is sent when it changes; edits
and sliders then move *values only*. The front end's TypeScript types are generated from the dataclasses here
(``python -m gradwalk.studio.typescript``), so there is one statement of each.

Frame: 4 bytes, the head's length in bytes (little endian); the head as UTF-8 JSON, padded with spaces so that the first
buffer starts at a multiple of 8; then the buffers, one after the other, their byte lengths listed in the head's ``buffers``.
Every request has an ``id`` that its reply repeats. Of several requests with the same ``channel`` the latest wins: the
kernel may skip the earlier ones, answering them with the error code ``superseded``.

**The walk's numbers.** A `WalkReply` and a `ValuesReply` carry four Float64 buffers:

0. *values*: every node's value, flattened, node after node (`NodeInfo.offset`, `NodeInfo.size`)
1. *gradients*: laid out alike; NaN where no gradient flows
2. *steps*: for each step its upstream, local, contribution and total (`StepInfo.offsets`, −1 where a step has none)
3. *extra*: one number per step: 1 where the displayed numbers multiply exactly to the displayed result (=), else 0 (≈)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

# --- requests --------------------------------------------------------------------------------------------------------


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
    one row of the training part; without it, the batch of that step is meant.
    """

    experiment: Experiment
    step: int
    phase: Literal["", "forward", "loss", "backward", "update"] = ""
    piece: int | None = None
    row: int | None = None


@dataclass(frozen=True)
class Source:
    """Where a walk comes from: exactly one of formula, walk (a file's text), script, example, or a training's moment."""

    formula: str | None = None
    walk: str | None = None
    script: bool = False
    example: str | None = None
    moment: Moment | None = None
    values: dict[str, Any] = field(default_factory=dict)
    of: str = ""
    training: Training | None = None


@dataclass(frozen=True)
class Rounding:
    """One node's value rounded to some decimals; everything after it follows."""

    node: int
    digits: int


@dataclass(frozen=True)
class State:
    """Which walk, and with which leaf values: ``leaves`` maps a leaf's id to its value (a number or nested lists)."""

    key: str
    leaves: dict[str, Any] = field(default_factory=dict)
    rounding: Rounding | None = None


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
class StepRequest:
    """One step written out. Reply: `StepReply`."""

    state: State
    step: int
    kind: Literal["step"] = "step"


@dataclass(frozen=True)
class WhyRequest:
    """Why the gradient of one node (of one entry of it) is its number. Reply: `WhyReply`."""

    state: State
    node: int
    entry: list[int] = field(default_factory=list)
    kind: Literal["why"] = "why"


@dataclass(frozen=True)
class CostRequest:
    """What the gradients cost in three ways. Reply: `CostReply`."""

    key: str
    kind: Literal["cost"] = "cost"


@dataclass(frozen=True)
class CheckRequest:
    """Proof beside every gradient: finite differences with step size ``eps``, and PyTorch's value. Reply: `CheckReply`."""

    state: State
    eps: float = 1e-6
    kind: Literal["check"] = "check"


@dataclass(frozen=True)
class CompareRequest:
    """The walk as it is now beside the walk as it was opened. Reply: `CompareReply`."""

    state: State
    kind: Literal["compare"] = "compare"


@dataclass(frozen=True)
class AnswerRequest:
    """Predict, then reveal: is this the ``asked`` number of one step? Reply: `AnswerReply`."""

    state: State
    step: int
    asked: Literal["value", "local", "contribution", "total"]
    answer: float
    kind: Literal["answer"] = "answer"


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
class ExportRequest:
    """The walk as a file. Reply: `ExportReply`."""

    state: State
    form: Literal["html", "svg", "tex", "json", "txt"]
    step: int = -1
    kind: Literal["export"] = "export"


@dataclass(frozen=True)
class CatalogueRequest:
    """What there is to pick from: examples and lessons. Reply: `CatalogueReply`."""

    kind: Literal["catalogue"] = "catalogue"


@dataclass(frozen=True)
class LessonRequest:
    """One lesson. Reply: `LessonReply`."""

    slug: str
    kind: Literal["lesson"] = "lesson"


@dataclass(frozen=True)
class LabRequest:
    """Where a training stands at a moment; or after training on from there for about ``seconds``. Reply: `LabReply`.

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
class LookRequest:
    """What a trained network says of one row that isn't in the data, and how its loss changes with each input. Reply: `LookReply`.

    ``inputs`` are in the data's own units; ``label`` is the class, counted from 0, (or the number) that the loss is taken for.
    """

    moment: Moment
    inputs: list[float]
    label: float
    kind: Literal["look"] = "look"


REQUESTS = (
    OpenRequest, LayoutRequest, ValuesRequest, StepRequest, WhyRequest, CostRequest, CheckRequest, CompareRequest, AnswerRequest,
    CurveRequest, GridRequest, ChainRequest, SurfaceRequest, ExportRequest, CatalogueRequest, LessonRequest, LabRequest,
    LookRequest,
)  # fmt: skip

# --- replies ---------------------------------------------------------------------------------------------------------


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
class StepReply:
    """One step in MathML (symbols, numbers put in, result) and as a sentence for the narrated line and screen readers."""

    step: int
    symbols: str
    numbers: str
    result: str
    sentence: str
    kind: Literal["step"] = "step"


@dataclass(frozen=True)
class FactorInfo:
    """One factor of a path: ∂consumer/∂input, with its step in the walk (−1 if it has none) and its source line."""

    name: str
    mathml: str
    value: float
    node: int
    input: int
    step: int
    place: str
    code: str


@dataclass(frozen=True)
class PathInfo:
    """One path: its factors, product, share of all |products|, and the position of the decisive factor (−1: none)."""

    factors: list[FactorInfo]
    product: float
    share: float
    decisive: int


@dataclass(frozen=True)
class UseInfo:
    """One consumer's contribution."""

    name: str
    node: int
    symbols: str
    upstream: float | None
    local: float | None
    contribution: float
    place: str


@dataclass(frozen=True)
class ZeroInfo:
    """A factor that is zero, and how many paths it silences (as text: counts can be huge)."""

    factor: FactorInfo
    paths: str


@dataclass(frozen=True)
class WhyReply:
    """The reason for one gradient; counts are text, because they can be huge."""

    node: int
    entry: list[int]
    symbol: str
    mathml: str
    gradient: float
    uses: list[UseInfo]
    count: str
    paths: list[PathInfo]
    rest_count: str
    rest_sum: float
    zeros: list[ZeroInfo]
    kind: Literal["why"] = "why"


@dataclass(frozen=True)
class CostReply:
    """Multiplications in three ways (text: they can be huge), and shared factors as [name, times]."""

    path_by_path: str
    forward_mode: str
    reverse_mode: str
    paths: str
    leaves: int
    shared: list[list[str]]
    saved_entries: int
    saved_bytes: int
    kind: Literal["cost"] = "cost"


@dataclass(frozen=True)
class CheckLine:
    """One leaf: its gradient and what each reference says (numbers, or nested lists)."""

    name: str
    node: int
    gradient: Any
    found: dict[str, Any]
    differences: dict[str, float]
    ok: bool


@dataclass(frozen=True)
class CheckReply:
    """Every gradient with its proof."""

    ok: bool
    references: list[str]
    lines: list[CheckLine]
    notes: list[str]
    kind: Literal["check"] = "check"


@dataclass(frozen=True)
class DifferenceInfo:
    """One value or gradient that differs from the walk as it was opened."""

    name: str
    what: Literal["value", "gradient"]
    before: Any
    after: Any


@dataclass(frozen=True)
class CompareReply:
    """What an edit changed."""

    sentence: str
    differences: list[DifferenceInfo]
    kind: Literal["compare"] = "compare"


@dataclass(frozen=True)
class AnswerReply:
    """Right, or what went wrong. ``mistake`` is "" when right; ``expected`` is for the reveal."""

    right: bool
    mistake: Literal["", "sign", "factor", "path", "slope", "rounding", "other"]
    sentence: str
    expected: float
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True)
class CurveReply:
    """Buffers: x, y, slope. ``predicted`` is slope · nudge, ``actual`` what the function really does."""

    value: float
    slope: float
    predicted: float
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
    """Buffers: x and y of each link in turn. ``slope`` is the product of the links' slopes."""

    links: list[LinkInfo]
    slope: float
    kind: Literal["chain"] = "chain"


@dataclass(frozen=True)
class SurfaceReply:
    """Buffers: z (row per second leaf), the descent as x, y, loss of each step."""

    value: float
    kind: Literal["surface"] = "surface"


@dataclass(frozen=True)
class ExportReply:
    """A file's name, type and text."""

    name: str
    type: str
    text: str
    kind: Literal["export"] = "export"


@dataclass(frozen=True)
class ExampleInfo:
    """One example to pick."""

    name: str
    title: str
    formula: str
    values: dict[str, Any]
    params: list[str] = field(default_factory=list)  # the names that training updates: the weights, not the data


@dataclass(frozen=True)
class LessonInfo:
    """One lesson in the list."""

    slug: str
    title: str
    summary: str


@dataclass(frozen=True)
class CatalogueReply:
    """Examples, lessons, the glossary (term → meaning), and whether a script was given."""

    examples: list[ExampleInfo]
    lessons: list[LessonInfo]
    glossary: dict[str, str]
    script: str = ""
    torch: bool = False
    kind: Literal["catalogue"] = "catalogue"


@dataclass(frozen=True)
class LessonReply:
    """One lesson as HTML; ``<gw-…>`` elements in it are components, their settings in attributes."""

    slug: str
    title: str
    html: str
    previous: str = ""
    next: str = ""
    kind: Literal["lesson"] = "lesson"


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
class LookReply:
    """Buffers: the probability of each class (or the number predicted); the gradient of the loss for each input.

    ``decided`` is the likeliest class's name, or the number.
    """

    decided: str
    loss: float
    classes: list[str]
    kind: Literal["look"] = "look"


@dataclass(frozen=True)
class ErrorReply:
    """What went wrong, in a sentence, with the place ([line, column, end column], 1-based line) and the cure.

    ``setting`` names the setting of an experiment that is wrong ("points" and "table" are its data), so that a form can
    show the sentence beside it.
    """

    code: Literal[
        "formula", "walk", "setting", "gone", "too-large", "too-slow", "superseded", "bad-message", "internal"
    ]
    sentence: str
    cure: str = ""
    place: list[int] = field(default_factory=list)
    setting: str = ""
    kind: Literal["error"] = "error"


REPLIES = (
    WalkReply, LayoutReply, ValuesReply, StepReply, WhyReply, CostReply, CheckReply, CompareReply, AnswerReply, CurveReply,
    GridReply, ChainReply, SurfaceReply, ExportReply, CatalogueReply, LessonReply, LabReply, LookReply,
    ErrorReply,
)  # fmt: skip
