"""Graphs of single numbers, replayed: like nodes of one level are computed together."""

from gradwalk.program.scalar.graph import ScalarError
from gradwalk.program.scalar.replayable import Replayable, replayable

__all__ = ["Replayable", "ScalarError", "replayable"]
