"""The studio's kernel: a message in, a message out, no input or output of its own.

>>> kernel = Kernel()
>>> head, buffers = kernel.handle({"id": 1, "kind": "open", "source": {"formula": "(2*x + 1)**2", "values": {"x": 1}}})
>>> head["kind"], head["id"], [node["name"] for node in head["nodes"]]
('walk', 1, ['x', '2', '2·x', '1', '2·x + 1', 'L'])
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from gradwalk.studio import curves, explaining, health, practice, questions
from gradwalk.studio import protocol as p
from gradwalk.studio.clock import Clock, Deadline
from gradwalk.studio.errors import reply_to
from gradwalk.studio.examples import EXAMPLES
from gradwalk.studio.lab import Lab
from gradwalk.studio.opened import Opened, digits
from gradwalk.studio.opening import drawn, turn_of, walk_reply
from gradwalk.studio.shelf import Shelf
from gradwalk.studio.wire import Reply, WireError, decode_frame, encode_frame, floats, head_of, request_from
from gradwalk.walk import Walk, WalkError
from gradwalk.walk.check import REFERENCES, Loader

SECONDS = 10.0  # for one request

Answer = tuple[Any, Sequence[Any]]  # a reply's dataclass, and its buffers: arrays to be sent as Float64, or bytes


class Trainings(Protocol):
    """What answers the requests about trainings: a `Lab`, here or in another process."""

    def answer(self, request: Any, deadline: Deadline) -> Any:
        """A reply's dataclass with its buffers; of a moment, its walk."""
        ...


class Kernel:
    """Answers requests, one after the other; keeps the walks that are open.

    ``script_walk`` gives the walk of the user's script as it is now (or raises a `GradwalkError` that says why there is
    none); ``script`` is its name. A request may take some ``seconds`` of its ``clock``. ``references`` are what gradients
    are compared with; ``trainings`` makes the lab. Not for several threads at once: each page has a kernel of its own.
    """

    def __init__(
        self,
        script_walk: Callable[[], Walk] | Walk | None = None,
        script: str = "",
        seconds: float = SECONDS,
        clock: Clock = time.perf_counter,
        references: Mapping[str, Loader] = REFERENCES,
        trainings: Callable[[], Trainings] = Lab,
    ):
        self.trainings = trainings()
        self.shelf = Shelf(
            (lambda: script_walk) if isinstance(script_walk, Walk) else script_walk, self.trainings.answer
        )
        self.script, self.seconds = script or ("script" if script_walk is not None else ""), seconds
        self.clock, self.references = clock, references
        self.deadline = Deadline(seconds, clock)
        self.examinations = health.Examinations()

    def handle(self, request: Any) -> Reply:
        """One request's reply; whatever goes wrong is a reply too."""
        try:
            asked = request_from(request)
            self.deadline = Deadline(self.seconds, self.clock)
            with np.errstate(all="ignore"):  # a NaN or an infinity is told in the reply
                reply, buffers = HANDLERS[type(asked)](self, asked)
            made = Reply(
                head_of(reply), [buffer if isinstance(buffer, bytes) else floats(buffer) for buffer in buffers]
            )
        except Exception as error:  # a kernel that raises would take its page down
            made = Reply(head_of(reply_to(error)), [])
        if isinstance(request, Mapping) and isinstance(request.get("id"), int | str):
            made.head["id"] = request["id"]
        return made

    def handle_frame(self, frame: bytes) -> bytes:
        """The same from frame to frame."""
        try:
            request = decode_frame(frame).head
        except WireError as error:
            return encode_frame(head_of(reply_to(error)))
        return encode_frame(*self.handle(request))

    # --- the walk and its numbers ---

    def open(self, request: p.OpenRequest) -> Answer:
        """A whole walk with its layout and its numbers."""
        opened = self.shelf.open(request.source, self.deadline)
        reply = walk_reply(opened, request.width, request.open, request.turn)
        return reply, opened.places.buffers(opened.base)

    def layout(self, request: p.LayoutRequest) -> Answer:
        """The same walk laid out again."""
        walk = self.shelf.get(request.key).walk
        return p.LayoutReply(drawn(walk, request.width, request.open, request.turn)), ()

    def values(self, request: p.ValuesRequest) -> Answer:
        """The walk's numbers with other leaf values."""
        opened = self.shelf.get(request.state.key)
        numbers = opened.numbers(request.state, self.deadline)
        reply = p.ValuesReply(opened.key, opened.warnings(numbers) + opened.stale(request.state))
        return reply, opened.places.buffers(numbers, digits(request.state))

    def _at(self, state: p.State) -> tuple[Opened, Walk]:
        opened = self.shelf.get(state.key)
        return opened, opened.at(state, self.deadline)

    # --- questions ---

    def step(self, request: p.StepRequest) -> Answer:
        """One step written out."""
        opened, walk = self._at(request.state)
        opened.step(request.step)
        return explaining.step_reply(walk, request.step, digits(request.state)), ()

    def why(self, request: p.WhyRequest) -> Answer:
        """Why one gradient is its number."""
        opened, walk = self._at(request.state)
        opened.node(request.node)
        return explaining.why_reply(walk, request.node, request.entry, digits(request.state), self.deadline), ()

    def cost(self, request: p.CostRequest) -> Answer:
        """What the gradients cost."""
        return explaining.cost_reply(self.shelf.get(request.key).walk), ()

    def check(self, request: p.CheckRequest) -> Answer:
        """Proof beside every gradient."""
        walk = self._at(request.state)[1]
        turn = turn_of(walk, request.turn)
        return explaining.check_reply(walk, request.eps, turn, self.references, self.deadline), ()

    def compare(self, request: p.CompareRequest) -> Answer:
        """The walk as it is beside the walk as it was opened."""
        opened, walk = self._at(request.state)
        return explaining.compare_reply(opened.walk, walk), ()

    def practice(self, request: p.PracticeRequest) -> Answer:
        """What to ask a learner."""
        return p.PracticeReply(list(questions.questions(self._at(request.state)[1]))), ()

    def answer(self, request: p.AnswerRequest) -> Answer:
        """Right, or what went wrong."""
        opened, walk = self._at(request.state)
        opened.step(request.step)
        return practice.verdict(walk, request.step, request.asked, request.answer), ()

    def export(self, request: p.ExportRequest) -> Answer:
        """The walk as a file."""
        return explaining.export_reply(self._at(request.state)[1], request.form, request.step), ()

    # --- functions ---

    def curve(self, request: p.CurveRequest) -> Answer:
        """A function of one variable."""
        return curves.curve(request, self.deadline)

    def grid(self, request: p.GridRequest) -> Answer:
        """A function of two variables."""
        return curves.grid(request, self.deadline)

    def chain(self, request: p.ChainRequest) -> Answer:
        """A composition, link by link."""
        return curves.chain(request, self.deadline)

    def surface(self, request: p.SurfaceRequest) -> Answer:
        """A walk's output over two of its leaves."""
        return curves.surface(self._at(request.state)[1], request, self.deadline)

    # --- the training lab ---

    def training(self, request: Any) -> Answer:
        """Where a training stands, and what belongs to it there."""
        return self.trainings.answer(request, self.deadline)  # type: ignore[no-any-return]

    # --- what there is ---

    def catalogue(self, request: p.CatalogueRequest) -> Answer:
        """Examples, lessons and the glossary."""
        lessons = _module("lessons")
        listed = list(lessons.catalogue()) if lessons else []
        return p.CatalogueReply(list(EXAMPLES), listed, glossary(), self.script, find_spec("torch") is not None), ()

    def lesson(self, request: p.LessonRequest) -> Answer:
        """One lesson."""
        lessons = _module("lessons")
        if lessons is None or request.slug not in {info.slug for info in lessons.catalogue()}:
            raise WalkError(f"there is no lesson called {request.slug[:60]!r}")
        return lessons.lesson(request.slug), ()

    # --- gradient health ---

    def problems(self, request: p.ProblemsRequest) -> Answer:
        """The four problems, and what a network can be made of."""
        return health.problems_reply(), ()

    def health(self, request: p.HealthRequest) -> Answer:
        """A deep network before and after its remedies."""
        return self.examinations.reply(request), ()

    def spread(self, request: p.SpreadRequest) -> Answer:
        """The gradient's spread over batch sizes."""
        return health.spread_reply(request), ()

    def pair(self, request: p.PairRequest) -> Answer:
        """Two walks beside each other."""
        before, after = (self.shelf.open(source, self.deadline).walk for source in (request.before, request.after))
        return explaining.pair_reply(before, after), ()


HANDLERS: dict[type[Any], Callable[[Kernel, Any], Answer]] = {
    p.OpenRequest: Kernel.open, p.LayoutRequest: Kernel.layout, p.ValuesRequest: Kernel.values, p.StepRequest: Kernel.step,
    p.WhyRequest: Kernel.why, p.CostRequest: Kernel.cost, p.CheckRequest: Kernel.check, p.CompareRequest: Kernel.compare,
    p.PracticeRequest: Kernel.practice, p.AnswerRequest: Kernel.answer, p.CurveRequest: Kernel.curve, p.GridRequest: Kernel.grid, p.ChainRequest: Kernel.chain,
    p.SurfaceRequest: Kernel.surface, p.ExportRequest: Kernel.export, p.CatalogueRequest: Kernel.catalogue,
    p.LessonRequest: Kernel.lesson, p.ProblemsRequest: Kernel.problems, p.HealthRequest: Kernel.health,
    p.SpreadRequest: Kernel.spread, p.PairRequest: Kernel.pair,
    p.LabRequest: Kernel.training, p.PictureRequest: Kernel.training, p.LookRequest: Kernel.training,
    p.RowsRequest: Kernel.training, p.UpdateRequest: Kernel.training,
}  # fmt: skip


def _module(name: str) -> Any:
    """A module of the studio that may not be there (an export has no lessons)."""
    full = f"gradwalk.studio.{name}"
    return import_module(full) if find_spec(full) else None


def glossary() -> dict[str, str]:
    """Every term with its meaning."""
    module = _module("glossary")
    found: dict[str, str] = dict(module.glossary()) if module else {}
    return found
