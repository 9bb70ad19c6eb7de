"""Gradient health in the studio: the questions of that page, answered."""

from __future__ import annotations

import time
from collections import OrderedDict

from gradwalk.studio.protocol import (
    ExaminedInfo,
    HealthReply,
    HealthRequest,
    ProblemInfo,
    ProblemsReply,
    RemedyInfo,
    SpreadReply,
    SpreadRequest,
)
from gradwalk.studio.signs import multiplies
from gradwalk.train.health import PROBLEMS, REMEDIES, Examination, HealthSettings, spread, treated, words
from gradwalk.train.health.problems import explained, findings
from gradwalk.train.health.settings import CHOICES, RANGES

PIECE = 0.03  # seconds of this thread's computing for training, in one request
KEPT = 8  # examinations


def problems_reply() -> ProblemsReply:
    """What can go wrong, what helps, and what a network can be made of."""
    return ProblemsReply(
        [
            ProblemInfo(one.name, one.title, one.symptom, one.cause, one.cure, one.settings, list(one.remedies))
            for one in PROBLEMS.values()
        ],
        [RemedyInfo(one.name, one.title, one.effect, one.part) for one in REMEDIES.values()],
        {name: list(values) for name, values in CHOICES.items()},
        {name: list(ends) for name, ends in RANGES.items()},
    )


class Examinations:
    """The networks under examination: their trainings go on a little with each request, so that none keeps others waiting."""

    def __init__(self) -> None:
        self.kept: OrderedDict[HealthSettings, Examination] = OrderedDict()

    def get(self, settings: HealthSettings) -> Examination:
        """The examination of these settings: begun before, or now."""
        if settings not in self.kept:
            self.kept[settings] = Examination(settings)
        self.kept.move_to_end(settings)
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return self.kept[settings]

    def reply(self, request: HealthRequest) -> HealthReply:
        """The network as it is, and with the remedies, both trained a little further."""
        sides = [self.get(settings) for settings in (request.settings, treated(request.settings, request.remedies))]
        is_new = not all(side.learner.losses for side in sides)  # a slider is being moved: one step is enough
        end = time.thread_time() + (0 if is_new else PIECE)
        while waiting := {side.learner for side in sides if not side.learner.done}:  # without remedies both are one
            for learner in waiting:
                learner.step()
            if time.thread_time() > end:
                break
        before, after = map(_examined, sides)
        return HealthReply(before, after, all(side.learner.done for side in sides))


def _examined(examination: Examination) -> ExaminedInfo:
    report = examination.report()
    found = [problem.name for problem in findings(report)]
    exact = [
        multiplies([layer.slope, layer.normalization, layer.weight, layer.around], layer.attenuation)
        for layer in report.flow.layers
    ]
    return ExaminedInfo(report, exact, found, words.journey(report), explained(report))


def spread_reply(request: SpreadRequest) -> SpreadReply:
    """How gradients of batches lie about the gradient of all points, before and after."""
    return SpreadReply(spread(request.settings), spread(treated(request.settings, request.remedies)))
