"""What a report says in sentences: what happens to the gradient, and which factor is to blame."""

from __future__ import annotations

import math

from gradwalk.formula import number
from gradwalk.train.health.flow import Flow, dominating, ratio
from gradwalk.train.health.report import HealthReport

CULPRITS = {
    "slope": "the slope of the activations",
    "normalization": "the normalisation",
    "weight": "the weights",
    "around": "the ways around the layers",
}
EVEN = 10.0  # up to this change on the whole way, the gradient is as it should be


def reached(flow: Flow) -> float:
    """Which share of the output's gradient arrives at the first layer."""
    return ratio(flow.layers[0].gradient, flow.seed)


def journey(report: HealthReport) -> str:
    """How the gradient comes through the layers, and what did most of it."""
    share = reached(report.flow)
    arrived = f"By the time it reaches layer 1, the gradient is {number(share)} times as long as at the output"
    if math.isfinite(share) and 1 / EVEN <= share <= EVEN:
        return f"{arrived}, which is healthy."
    factor, mean = dominating(report.flow.layers[1:-1] or report.flow.layers)
    return f"{arrived}. Most of that is done by {CULPRITS[factor]}: a factor of {number(mean)} per layer."


def vanishing(report: HealthReport) -> str:
    """How little the first layer moves."""
    first, most = report.course.moved[0], max(report.course.moved)
    return f"{journey(report)} So layer 1 moved by {percent(first)} of its length, where another layer moved by {percent(most)}."


def exploding(report: HealthReport) -> str:
    """Where the loss went, and through what."""
    losses = report.course.losses
    went = (
        f"The loss began at {number(losses[0])} and rose to {number(max(losses))}"
        if math.isfinite(losses[-1])
        else (f"The loss began at {number(losses[0])}, and after {len(losses) - 1} updates it isn't a number any more")
    )
    return f"{journey(report)} The first update alone changed a layer's weights by {percent(max(report.course.updates))}. {went}."


def dead(report: HealthReport) -> str:
    """Where units are silent for every example."""
    shares = [max(pair) for pair in zip((layer.dead for layer in report.flow.layers), report.course.dead, strict=True)]
    worst = max(range(len(shares)), key=lambda layer: shares[layer])
    name = report.flow.layers[worst].name
    return (
        f"In {name}, {percent(shares[worst])} of the units are off for every example. Their slope is a factor of 0, "
        "so no gradient comes through them and no update moves them."
    )


def slow(report: HealthReport) -> str:
    """How short the steps are."""
    return (
        f"{journey(report)} But an update changes no layer by more than {percent(max(report.course.updates))}: "
        f"after {len(report.course.losses)} updates the loss went from {fall(report)}."
    )


def healthy(report: HealthReport) -> str:
    """That all is well."""
    return f"{journey(report)} In {len(report.course.losses)} updates the loss went from {fall(report)}."


def fall(report: HealthReport) -> str:
    """The first loss and the last."""
    return f"{number(report.course.losses[0])} to {number(report.course.losses[-1])}"


def percent(share: float) -> str:
    """A share as a percentage.

    >>> percent(0.00012345)
    '0.0123 %'
    """
    return f"{number(100 * share, 3)} %"
