"""Questions about a walk: a step written out, why, cost, proof, comparison, practice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gradwalk.studio.protocol.sources import State


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
    """Proof beside every gradient of a turn: finite differences with step size ``eps``, and PyTorch's value. Reply: `CheckReply`."""

    state: State
    eps: float = 1e-6
    turn: int = 0
    kind: Literal["check"] = "check"


@dataclass(frozen=True)
class CompareRequest:
    """The walk as it is now beside the walk as it was opened. Reply: `CompareReply`."""

    state: State
    kind: Literal["compare"] = "compare"


@dataclass(frozen=True)
class PracticeRequest:
    """Predict, then reveal: what to ask a learner, number by number. Reply: `PracticeReply`."""

    state: State
    kind: Literal["practice"] = "practice"


@dataclass(frozen=True)
class AnswerRequest:
    """Is this the ``asked`` number of one step? Reply: `AnswerReply`."""

    state: State
    step: int
    asked: Literal["value", "local", "contribution", "total"]
    answer: float
    kind: Literal["answer"] = "answer"


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
    value: float
    node: int
    input: int
    step: int
    place: str
    code: str


@dataclass(frozen=True)
class PathInfo:
    """One path: factors, product, its part of all |products| in percent, and where the decisive factor stands (−1: none).

    ``exact`` says whether the factors, as displayed, multiply to the product, as displayed.
    """

    factors: list[FactorInfo]
    product: float
    exact: bool
    percent: float
    decisive: int


@dataclass(frozen=True)
class UseInfo:
    """One consumer's contribution; ``exact`` as in `PathInfo`, of upstream · local."""

    name: str
    node: int
    symbols: str
    upstream: float | None
    local: float | None
    contribution: float
    exact: bool
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
    """One leaf: its gradient, what each reference says (numbers, or nested lists), and the largest of the differences."""

    name: str
    node: int
    gradient: Any
    found: dict[str, Any]
    differences: dict[str, float]
    largest: float
    ok: bool


@dataclass(frozen=True)
class CheckReply:
    """Every gradient of one turn with its proof; ``pending`` names the references that aren't ready: ask again soon."""

    turn: int
    ok: bool
    references: list[str]
    lines: list[CheckLine]
    notes: list[str]
    pending: list[str]
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
class QuestionInfo:
    """One number to predict: where it arises, the question, how it is written, and what it is (for the reveal)."""

    step: int
    asked: Literal["value", "local", "contribution", "total"]
    text: str
    symbol: str
    expected: float


@dataclass(frozen=True)
class PracticeReply:
    """The numbers to predict, in the order in which they arise."""

    questions: list[QuestionInfo]
    kind: Literal["practice"] = "practice"


@dataclass(frozen=True)
class AnswerReply:
    """Right, or what went wrong. ``mistake`` is "" when right; ``expected`` is for the reveal."""

    right: bool
    mistake: Literal["", "sign", "factor", "path", "slope", "rounding", "other"]
    sentence: str
    expected: float
    kind: Literal["answer"] = "answer"
