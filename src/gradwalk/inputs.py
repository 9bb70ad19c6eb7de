"""What a node read. One input or two, as nearly all nodes have, are held apart: a tuple for each takes 48 bytes more."""

from __future__ import annotations

from typing import Any


class Reader:
    """A node of a tape, as far as it knows its ``inputs``; say its ``op`` first."""

    __slots__ = ("first", "second")

    op: Any
    first: Any  # the first input; or all of them, if there can be more than two; None once they are freed
    second: Any
    watched = False  # whether somebody waits for its complete gradient: a hook, or who retains it

    @property
    def inputs(self) -> tuple[Any, ...] | None:
        """What the op read; None once a backward pass has freed it."""
        op = self.op
        if op is None or self.first is None:
            return () if op is None else None
        if op.variadic or len(op.inputs) > 2:
            return self.first  # type: ignore[no-any-return]
        return (self.first, self.second) if len(op.inputs) == 2 else (self.first,)

    @inputs.setter
    def inputs(self, inputs: tuple[Any, ...] | None) -> None:
        op = self.op
        if op is None or inputs is None:
            self.first = self.second = None
        elif op.variadic or len(op.inputs) > 2:
            self.first = inputs
        elif len(op.inputs) == 2:
            self.first, self.second = inputs
        else:
            (self.first,) = inputs
