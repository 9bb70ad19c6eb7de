"""Replaying what was recorded: the same numbers as eager tensors give, without their overhead."""

from gradwalk.program.compiled import Compiled, compile  # noqa: A004 (PyTorch's name)
from gradwalk.program.scalar import Replayable, ScalarError, replayable

__all__ = ["Compiled", "Replayable", "ScalarError", "compile", "replayable"]
