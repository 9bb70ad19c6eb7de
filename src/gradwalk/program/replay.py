"""From a listing to one straight Python function that makes its calls again, on other numbers."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from gradwalk.program.into import FRESH, written
from gradwalk.program.listing import Call, Cell
from gradwalk.program.plan import Plan, Step
from gradwalk.program.views import always_view


class Replay:
    """A listing made ready: ``run(*arrays of the given cells)`` gives the arrays of the wanted cells.

    They are new arrays, or views of those given (never so for the cells in ``own``). ``source`` is the function as text.

    >>> from gradwalk.program.listing import Listing
    >>> listing = Listing()
    >>> x = listing.cell(np.array([1.0, 2.0]))
    >>> given, wanted = [x], [np.sum(x * x)]
    >>> replay = Replay(Plan(listing.calls, given, wanted), given, wanted)
    >>> print(replay.source)
    def run(x0):
        multiply(x0, x0, out=a1)
        t1 = add_reduce(a1, axis=None)
        return (t1,)
    >>> replay.run(np.array([3.0, 4.0]))
    (np.float64(25.0),)
    """

    def __init__(self, plan: Plan, given: Sequence[Cell], wanted: Sequence[Cell], own: Collection[Cell] = frozenset()):
        self.plan, self.given, self.wanted, self.own = plan, list(given), list(wanted), own
        self.names = {id(cell): f"x{i}" for i, cell in enumerate(given)}
        # What it finds in its namespace: functions, buffers, views, constants. It warns of no overflow, as nothing here does.
        self.found: dict[str, Any] = {"__name__": __name__}
        lines = self._lines()
        results = "".join(f"{self._result(i, cell)}, " for i, cell in enumerate(wanted))
        arguments = ", ".join(self.names[id(cell)] for cell in given)
        self.source = "\n    ".join([f"def run({arguments}):", *lines, f"return ({results.rstrip(' ')})"])
        exec(compile(self.source, "<gradwalk program>", "exec"), self.found)
        self.run = self.found["run"]

    def _lines(self) -> list[str]:
        lines = [line for cell in self.given for line in self._views(cell)]
        return lines + [self._line(i, step) for i, step in enumerate(self.plan.steps)]

    def _views(self, given: Cell) -> list[str]:
        """The lines that make the views of what is given, if it isn't the same array as in the last run."""
        calls = self.plan.rooted[given]
        if not calls:
            return []
        name = self.names[id(given)]
        seen = f"seen_{name}"
        self.found[seen] = None
        self._name_views(given)
        made = [f"    {self.names[id(call.result)]} = {self._call(call)}" for call in calls]
        names = ", ".join([seen, *(self.names[id(call.result)] for call in calls)])
        # of an array that isn't contiguous, some may be copies
        lasts = "" if all(map(always_view, calls)) else f" if {name}.flags.c_contiguous else None"
        return [f"global {names}", f"if {name} is not {seen}:", *made, f"    {seen} = {name}{lasts}"]

    def _name_views(self, given: Cell) -> None:
        for number, call in enumerate(self.plan.rooted[given]):
            self.names[id(call.result)] = f"{self.names[id(given)]}_{number}"

    def _result(self, position: int, cell: Cell) -> str:
        """A wanted cell's array: copied, unless it is new or a view of what is given."""
        memory = self.plan.memory.get(cell)
        new = memory == frozenset({cell}) and cell not in self.plan.given
        shared = memory is not None and memory <= self.plan.given and cell not in self.own
        repeated = any(cell is other for other in self.wanted[:position])
        name = self._name(cell)
        return name if (new and not repeated) or shared else f"{self._function(fresh)}({name})"

    def _line(self, position: int, step: Step) -> str:
        if isinstance(step.into, Cell):
            self.names[id(step.call.result)] = self.names[id(step.into)]
        if step.into is not None and step.call.function in FRESH:
            return f"{self._name(step.call.result)}[...] = {self._call(step.call)}"
        if step.into is not None:
            return self._call(step.call, self._name(step.call.result))
        name = self.names[id(step.call.result)] = f"t{position}"
        return f"{name} = {self._call(step.call)}"

    def _call(self, call: Call, out: str = "") -> str:
        function, positional, keywords = written(call, bool(out))
        arguments = [self._argument(value, call) for value in positional]
        arguments += [f"{name}={self._argument(value, call)}" for name, value in keywords.items()]
        arguments += [f"out={out}"] * bool(out)
        return f"{self._function(function)}({', '.join(arguments)})"

    def _function(self, function: Any) -> str:
        name = getattr(function, "__name__", "call").strip("<>")
        name = f"{name}_" if keyword.iskeyword(name) else name
        owner = getattr(function, "__self__", None)
        if isinstance(owner, np.ufunc):
            name = f"{owner.__name__}_{name}"
        while self.found.setdefault(name, function) is not function and self.found[name] != function:
            name += "_"
        return name

    def _argument(self, value: Any, call: Call) -> str:
        if isinstance(value, Cell):
            return self._name(value)
        if isinstance(value, tuple) and any(isinstance(item, Cell) for item in value):
            return f"({''.join(f'{self._argument(item, call)}, ' for item in value)})"
        if isinstance(value, list) and any(isinstance(item, Cell) for item in value):
            return f"[{', '.join(self._argument(item, call) for item in value)}]"
        if (
            value is None
            or isinstance(value, bool)
            or (isinstance(value, int) and not isinstance(call.function, np.ufunc))
        ):
            return repr(value)
        return self._constant(as_operand(value, call), "k")

    def _name(self, cell: Cell) -> str:
        """A given cell's, a new array's, or that of what a cell holds for good."""
        return self.names.get(id(cell)) or self._constant(cell.value, "a")

    def _constant(self, value: Any, letter: str) -> str:
        known = self.names.get(id(value))
        if known is None:
            known = self.names[id(value)] = f"{letter}{len(self.found)}"
            self.found[known] = value
        return known


def fresh(value: Any) -> Any:
    """A copy; numbers need none."""
    return value.copy(order="K") if isinstance(value, np.ndarray) else value


def as_operand(value: Any, call: Call) -> Any:
    """A ufunc's plain number as an array without dimensions: the same result, for a fifth of the time."""
    types = {cell.dtype for cell in call.cells()}
    if not isinstance(call.function, np.ufunc) or type(value) not in (int, float, bool) or len(types) != 1:
        return value
    (dtype,) = types
    whole = dtype.kind in "iu" and type(value) is int and np.iinfo(dtype).min <= value <= np.iinfo(dtype).max
    return np.array(value, dtype) if whole or dtype.kind == "f" else value
