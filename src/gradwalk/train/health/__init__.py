"""Gradient health: what happens to the gradient on its way through a deep network, and which remedy helps."""

from gradwalk.train.health.problems import PROBLEMS, Problem
from gradwalk.train.health.remedies import REMEDIES, Remedy, treated
from gradwalk.train.health.report import Examination, HealthReport, examine, network_walk
from gradwalk.train.health.settings import HealthSettings, HealthSettingsError
from gradwalk.train.health.spread import Spread, spread

__all__ = [
    "PROBLEMS",
    "REMEDIES",
    "Examination",
    "HealthReport",
    "HealthSettings",
    "HealthSettingsError",
    "Problem",
    "Remedy",
    "Spread",
    "examine",
    "network_walk",
    "spread",
    "treated",
]
