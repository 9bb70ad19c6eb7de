"""The four problems that gradients have: what one notices, why, and what helps; each with a network that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradwalk.train.health import words
from gradwalk.train.health.report import HealthReport
from gradwalk.train.health.settings import HealthSettings

BEHIND = 0.05  # a first layer that moves less than this share of what the busiest layer does isn't learning
RISE = 10.0  # a loss that grows so many times over explodes
SILENT = 0.75  # of the units of a layer dead: a part of the network has stopped
CRAWL = 1e-3  # relative change by an update, below which training takes thousands of them
STAYS = 0.75  # of the first losses: a course that ends above hasn't come far


@dataclass(frozen=True)
class Problem:
    """One thing that goes wrong: ``settings`` bring it about, and each of ``remedies`` by itself puts it right."""

    name: str
    title: str
    symptom: str
    cause: str
    cure: str
    settings: HealthSettings
    remedies: tuple[str, ...]
    present: Callable[[HealthReport], bool]
    explained: Callable[[HealthReport], str]


def is_exploding(report: HealthReport) -> bool:
    """Whether the loss has left all bounds."""
    losses = np.array(report.course.losses)
    return not (np.isfinite(losses).all() and losses.max() <= RISE * losses[0])


def is_dead(report: HealthReport) -> bool:
    """Whether most of a layer is silent, in the beginning or in the end."""
    return max(*(layer.dead for layer in report.flow.layers), *report.course.dead) >= SILENT


def is_vanishing(report: HealthReport) -> bool:
    """Whether the first layer hardly moves while a later one does."""
    return report.course.moved[0] < BEHIND * max(report.course.moved)


def is_slow(report: HealthReport) -> bool:
    """Whether even the busiest layer moves by next to nothing, and the loss stays where it is."""
    losses = np.array(report.course.losses)
    few = max(1, len(losses) // 10)  # batches differ, so some of them are averaged
    stays = losses[-few:].mean() > STAYS * losses[:few].mean()
    return bool(0 < max(report.course.updates) < CRAWL and stays)


PROBLEMS: dict[str, Problem] = {
    problem.name: problem
    for problem in (
        Problem(
            "vanishing",
            "Vanishing gradients",
            "The first layers don't learn.",
            "Sigmoids in a deep network: each multiplies the gradient by a slope of a quarter at most.",
            "ReLU, whose slope is one; or residual connections, a way around each layer.",
            HealthSettings(depth=8, activation="sigmoid", init="xavier_normal", lr=0.1),
            ("relu", "residual"),
            is_vanishing,
            words.vanishing,
        ),
        Problem(
            "exploding",
            "Exploding gradients",
            "The loss leaps up, and soon isn't a number.",
            "Large weights: a factor above one in every layer. Or a rate at which even a good gradient leaps too far.",
            "Start with weights of the right size; clip the gradient, or lower the rate.",
            HealthSettings(depth=10, activation="relu", init="kaiming_normal", init_scale=2.0, lr=0.1),
            ("he", "clip", "lower"),
            is_exploding,
            words.exploding,
        ),
        Problem(
            "dead",
            "Dead units",
            "Parts of the network never change again.",
            "ReLU units that are off for every example: their slope is zero, and so is all that comes through them.",
            "A slope that isn't quite zero on the left (leaky ReLU), or a start at which units are on.",
            HealthSettings(depth=3, activation="relu", init="kaiming_normal", bias=-1.0, lr=0.5),
            ("leaky_relu", "he"),
            is_dead,
            words.dead,
        ),
        Problem(
            "slow",
            "Slow convergence",
            "The loss falls, but crawls.",
            "A rate so low that each step changes next to nothing, though the gradient is in order.",
            "A higher rate, or an optimizer that finds its own step for each weight (Adam).",
            HealthSettings(depth=3, activation="tanh", init="xavier_normal", lr=0.001),
            ("higher", "adam"),
            is_slow,
            words.slow,
        ),
    )
}  # fmt: skip


GRAVITY = ("exploding", "dead", "vanishing", "slow")  # what explodes often dies of it, and what is dead seems slow


def findings(report: HealthReport) -> list[Problem]:
    """The problems that a network has, the gravest first."""
    return [PROBLEMS[name] for name in GRAVITY if PROBLEMS[name].present(report)]


def explained(report: HealthReport) -> str:
    """What happens in this network, and which factor is to blame."""
    found = findings(report)
    return found[0].explained(report) if found else words.healthy(report)
