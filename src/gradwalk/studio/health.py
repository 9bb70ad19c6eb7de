"""Gradient health in the studio: the questions of that page, answered."""

from __future__ import annotations

from gradwalk.studio.clock import Deadline
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
from gradwalk.train.health import PROBLEMS, REMEDIES, HealthSettings, examine, spread, treated, words
from gradwalk.train.health.problems import explained, findings
from gradwalk.train.health.settings import CHOICES, RANGES


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


def health_reply(request: HealthRequest, deadline: Deadline) -> HealthReply:
    """The network as it is, and with the remedies."""
    after = treated(request.settings, request.remedies)
    return HealthReply(_examined(request.settings, deadline), _examined(after, deadline))


def _examined(settings: HealthSettings, deadline: Deadline) -> ExaminedInfo:
    report = examine(settings, deadline.check)
    found = [problem.name for problem in findings(report)]
    return ExaminedInfo(report, found, words.journey(report), explained(report))


def spread_reply(request: SpreadRequest) -> SpreadReply:
    """How gradients of batches lie about the gradient of all points, before and after."""
    return SpreadReply(spread(request.settings), spread(treated(request.settings, request.remedies)))
