"""What the studio's front end and its kernel say to each other.

A message is a JSON head plus raw binary buffers. Structure (a whole walk with its layout) is sent when it changes; edits
and sliders then move *values only*. The front end's TypeScript types are generated from the dataclasses here
(``python -m gradwalk.studio.typescript``), so there is one statement of each.

Frame: 4 bytes, the head's length in bytes (little endian); the head as UTF-8 JSON, padded with spaces so that the first
buffer starts at a multiple of 8; then the buffers, one after the other, their byte lengths listed in the head's ``buffers``.
Every request has an ``id`` that its reply repeats. Of several requests with the same ``channel`` the latest wins: the
kernel may skip the earlier ones, answering them with the error code ``superseded``.

**The walk's numbers.** A `WalkReply` and a `ValuesReply` carry five Float64 buffers:

0. *values*: every node's value, flattened, node after node (`NodeInfo.offset`, `NodeInfo.size`)
1. *gradients*: laid out alike; NaN where no gradient flows
2. *steps*: for each step its upstream, local, contribution and total (`StepInfo.offsets`, −1 where a step has none)
3. *exact*: one number per step: 1 where the displayed numbers multiply exactly to the displayed result (=), else 0 (≈)
4. *reach*: the largest finite size in each node's value, then in each node's gradient, then in each step's total
"""

from gradwalk.studio.protocol.contents import (
    CatalogueReply,
    CatalogueRequest,
    ExampleInfo,
    LessonInfo,
    LessonReply,
    LessonRequest,
)
from gradwalk.studio.protocol.errors import ErrorReply
from gradwalk.studio.protocol.functions import (
    ChainReply,
    ChainRequest,
    CurveReply,
    CurveRequest,
    GridReply,
    GridRequest,
    LinkInfo,
    SurfaceReply,
    SurfaceRequest,
)
from gradwalk.studio.protocol.health import (
    ExaminedInfo,
    HealthReply,
    HealthRequest,
    LengthsInfo,
    PairReply,
    PairRequest,
    ProblemInfo,
    ProblemsReply,
    ProblemsRequest,
    RemedyInfo,
    SpreadReply,
    SpreadRequest,
)
from gradwalk.studio.protocol.lab import (
    DataInfo,
    LabReply,
    LabRequest,
    LayerInfo,
    LookReply,
    LookRequest,
    MeasuredInfo,
    ParameterInfo,
    PartInfo,
    PictureReply,
    PictureRequest,
    RowsReply,
    RowsRequest,
    StoryInfo,
    TensorInfo,
    UpdateReply,
    UpdateRequest,
    When,
)
from gradwalk.studio.protocol.questions import (
    AnswerReply,
    AnswerRequest,
    CheckLine,
    CheckReply,
    CheckRequest,
    CompareReply,
    CompareRequest,
    CostReply,
    CostRequest,
    DifferenceInfo,
    FactorInfo,
    PathInfo,
    PracticeReply,
    PracticeRequest,
    QuestionInfo,
    StepReply,
    StepRequest,
    UseInfo,
    WhyReply,
    WhyRequest,
    ZeroInfo,
)
from gradwalk.studio.protocol.sources import Experiment, Moment, Rounding, Source, State, Training
from gradwalk.studio.protocol.walks import (
    ExportReply,
    ExportRequest,
    LayoutReply,
    LayoutRequest,
    NodeInfo,
    OpenRequest,
    StepInfo,
    ValuesReply,
    ValuesRequest,
    WalkReply,
)

LARGEST = 8_000_000  # bytes in one request's frame
REQUESTS = (
    OpenRequest, LayoutRequest, ValuesRequest, StepRequest, WhyRequest, CostRequest, CheckRequest, CompareRequest,
    PracticeRequest, AnswerRequest, CurveRequest, GridRequest, ChainRequest, SurfaceRequest, ExportRequest, CatalogueRequest, LessonRequest,
    ProblemsRequest, HealthRequest, SpreadRequest, PairRequest,
    LabRequest, PictureRequest, LookRequest, RowsRequest, UpdateRequest,
)  # fmt: skip
REPLIES = (
    WalkReply, LayoutReply, ValuesReply, StepReply, WhyReply, CostReply, CheckReply, CompareReply, PracticeReply, AnswerReply,
    CurveReply, GridReply, ChainReply, SurfaceReply, ExportReply, CatalogueReply, LessonReply, ProblemsReply,
    HealthReply, SpreadReply, PairReply, LabReply, PictureReply, LookReply, RowsReply, UpdateReply, ErrorReply,
)  # fmt: skip

__all__ = [
    "LARGEST",
    "REPLIES",
    "REQUESTS",
    "AnswerReply",
    "AnswerRequest",
    "CatalogueReply",
    "CatalogueRequest",
    "ChainReply",
    "ChainRequest",
    "CheckLine",
    "CheckReply",
    "CheckRequest",
    "CompareReply",
    "CompareRequest",
    "CostReply",
    "CostRequest",
    "CurveReply",
    "CurveRequest",
    "DataInfo",
    "DifferenceInfo",
    "ErrorReply",
    "ExaminedInfo",
    "ExampleInfo",
    "Experiment",
    "ExportReply",
    "ExportRequest",
    "FactorInfo",
    "GridReply",
    "GridRequest",
    "HealthReply",
    "HealthRequest",
    "LabReply",
    "LabRequest",
    "LayerInfo",
    "LayoutReply",
    "LayoutRequest",
    "LengthsInfo",
    "LessonInfo",
    "LessonReply",
    "LessonRequest",
    "LinkInfo",
    "LookReply",
    "LookRequest",
    "MeasuredInfo",
    "Moment",
    "NodeInfo",
    "OpenRequest",
    "PairReply",
    "PairRequest",
    "ParameterInfo",
    "PartInfo",
    "PathInfo",
    "PictureReply",
    "PictureRequest",
    "PracticeReply",
    "PracticeRequest",
    "ProblemInfo",
    "ProblemsReply",
    "ProblemsRequest",
    "QuestionInfo",
    "RemedyInfo",
    "Rounding",
    "RowsReply",
    "RowsRequest",
    "Source",
    "SpreadReply",
    "SpreadRequest",
    "State",
    "StepInfo",
    "StepReply",
    "StepRequest",
    "StoryInfo",
    "SurfaceReply",
    "SurfaceRequest",
    "TensorInfo",
    "Training",
    "UpdateReply",
    "UpdateRequest",
    "UseInfo",
    "ValuesReply",
    "ValuesRequest",
    "WalkReply",
    "When",
    "WhyReply",
    "WhyRequest",
    "ZeroInfo",
]
