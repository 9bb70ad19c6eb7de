"""A plan as instructions for the kernel, with calls of NumPy in between where it has none."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from gradwalk.program.listing import Call, Cell, Number, put
from gradwalk.program.native.instructions import CHECK, FUNCTION, OPCODE
from gradwalk.program.native.loading import Kernel
from gradwalk.program.native.memory import FIXED, Memory, address
from gradwalk.program.native.rows import Rows, Unencodable
from gradwalk.program.native.tables import Outside, links, unheld
from gradwalk.program.native.together import encoders
from gradwalk.program.native.typed import copyable, copying
from gradwalk.program.plan import Plan, Step
from gradwalk.program.replay import Replay
from gradwalk.program.views import VIEWS


def of_numbers(call: Call) -> bool:
    """Whether a call reads nothing but plain numbers: it can be made before all others."""
    return all(isinstance(cell, Number) for cell in call.cells())


class Native(Replay):
    """The same as `Replay`, but the kernel does all that there are instructions for.

    What is given is read where it lies. A result is written into the array that the last run gave away, if nobody holds
    it any more; else into a new one.
    """

    def __init__(
        self,
        plan: Plan,
        given: Sequence[Cell],
        wanted: Sequence[Cell],
        own: Collection[Cell],
        kernel: Kernel,
    ):
        self.memory = Memory(plan)
        self.encoders = encoders(plan, [step for step in plan.steps if not of_numbers(step.call)])
        self.kernel_reads = {cell for step, found in self.encoders.items() if found for cell in step.call.cells()}
        self.results: dict[Cell, str] = {}  # the names of arrays that are given away
        self.copies: dict[Cell, str] = {}
        self.read = set(wanted)  # by name: by NumPy, and by whoever called
        self.stretches: list[Rows] = []
        self.checks = 0
        super().__init__(plan, given, wanted, own)
        self.found |= links(self.stretches, self._outside(), self.memory, kernel)
        self.found |= {"getrefcount": sys.getrefcount, "unheld": unheld(), "empty_like": np.empty_like}
        del self.memory, self.encoders  # they refer to the results
        self.found["by_numpy"] = lambda *arrays: Replay(plan, given, wanted, own).run(*arrays)

    def _lines(self) -> list[str]:
        for root in self.given:
            self._name_views(root)
        body = [*self._numbers(), *self._body()]
        return [*(line for x in self.given for line in self._arrival(x)), *self._departures(), *body]

    # --- instructions ---

    def _body(self) -> Iterator[str]:
        rows: Rows = []
        checks: list[str] = []
        for position, step in enumerate(self.plan.steps):
            if of_numbers(step.call):
                continue
            encoded = self._encoded(step)
            if encoded is None:
                yield from self._stretch(rows, checks)
                yield from self._made_by_numpy(position, step)
                rows, checks = [], []
            else:
                rows += encoded
                checks += self._numbered(step.call, encoded)
        yield from self._stretch([*rows, *self._copied()], checks)

    def _stretch(self, rows: Rows, checks: list[str]) -> Iterator[str]:
        if rows:
            self.stretches.append(rows)
            run = f"interpret(stretch{len(self.stretches) - 1})"
            yield f"failed = {run}" if checks else run
            yield from checks

    def _numbered(self, call: Call, rows: Rows) -> Iterator[str]:
        """Number the checks in a call's instructions; the lines that let NumPy say what is wrong where one failed."""
        for row in rows:
            if row[OPCODE] == CHECK:
                self.checks += 1
                row[FUNCTION] = self.checks
                yield f"if failed == {self.checks}: {self._call(call)}"

    def _encoded(self, step: Step) -> Rows | None:
        """The instructions that do a step, if there are any."""
        cell, encode = step.call.result, self.encoders[step]
        if self._viewed(step.call):
            return []
        if encode is None:
            return None
        if isinstance(step.into, Cell):
            self.memory.share(cell, step.into)
            self.names[id(cell)] = self.names[id(step.into)]
        elif step.into is None and step.call.function is not put:
            self._house(cell, cell in self.plan.wanted)
        try:
            return encode(self.memory)
        except Unencodable:
            self.memory.forget(cell)
            self.names.pop(id(cell), None)
            self.results.pop(cell, None)
            return None

    def _viewed(self, call: Call) -> bool:
        """Make a view once and for all, if it is one of an array that never moves."""
        source = call.arguments[0]
        if call.function not in VIEWS or self._moves(source) or any(cell is not source for cell in call.cells()):
            return False
        view = call.function(self.memory.arrays[source], *call.arguments[1:], **call.keywords)
        if not np.may_share_memory(view, self.memory.arrays[source]):
            return False
        self.memory.share(call.result, source)
        self.memory.arrays[call.result] = view
        self.names[id(call.result)] = self._constant(view, "a")
        return True

    def _moves(self, cell: Cell) -> bool:
        """Whether a cell may have another array in the next run, or one that isn't the kernel's."""
        return not cell.shape or cell in self.plan.given or self.memory.slots.get(cell) != FIXED

    def _house(self, cell: Cell, leaves: bool) -> str:
        """Give a cell an array and a name; one that leaves may have another array in the next run."""
        (self.memory.leave if leaves else self.memory.stay)(cell)
        name = self._constant(self.memory.arrays[cell], "r" if leaves else "a")
        if self.memory.slots[cell] != FIXED:
            self.results[cell] = name
        self.names[id(cell)] = name if cell.shape else f"{name}[()]"
        return name

    def _copied(self) -> Iterator[list[int]]:
        """The instructions that copy what is wanted and lies in a buffer that serves again."""
        for cell in dict.fromkeys(self.wanted):
            if cell in self.plan.still and cell.shape and copyable(cell):
                copy = Cell(cell.value, cell.listing)
                self.copies[cell] = self._house(copy, True)
                yield from copying(cell, copy, self.memory)

    # --- NumPy in between ---

    def _numbers(self) -> Iterator[str]:
        """The lines that compute with plain numbers, and show the kernel what it reads of them."""
        for position, step in enumerate(self.plan.steps):
            call = step.call
            if of_numbers(call) and call.function is np.array:
                yield f"{self._house(call.result, False)}[...] = {self._name(call.arguments[0])}"
            elif of_numbers(call):
                yield from self._made_by_numpy(position, step)

    def _made_by_numpy(self, position: int, step: Step) -> Iterator[str]:
        yield self._line(position, step)
        cell = step.call.result
        if step.into is None and cell in self.kernel_reads:
            self.memory.arrive(cell)
            yield from self._bound(cell, self._name(cell))

    def _bound(self, cell: Cell, name: str) -> list[str]:
        """The lines that show the kernel an array that came from elsewhere."""
        slot = self.memory.slots[cell]
        if slot == FIXED:
            return [f"{self._constant(self.memory.arrays[cell], 'a')}[...] = {name}"]
        return [f"h{slot} = {name} if {name}.flags.carray else {name}.copy()", f"objects[{slot}] = id(h{slot})"]

    # --- before all ---

    def _arrival(self, cell: Cell) -> Iterator[str]:
        """The lines that look where a given array lies, if it isn't the same as in the last run."""
        if isinstance(cell, Number):
            return
        name, slot = self.names[id(cell)], self.memory.slots[cell]
        lines = [*self._bound(cell, name), *self._views(cell)]
        if slot == FIXED:
            yield from lines
            return
        self.found[f"seen_{name}"] = None
        views = [self.names[id(call.result)] for call in self._views_read(cell)]
        yield f"global {', '.join([f'seen_{name}', f'h{slot}', *views])}"
        yield f"if {name} is not seen_{name}:"
        if cell in self.memory.targets:
            arguments = ", ".join(self.names[id(given)] for given in self.given)
            yield f"    if not {name}.flags.carray: return by_numpy({arguments})"
        yield from (f"    {line}" for line in lines)
        yield f"    seen_{name} = {name} if h{slot} is {name} else None"

    def _views(self, given: Cell) -> list[str]:
        return [f"{self.names[id(call.result)]} = {self._call(call)}" for call in self._views_read(given)]

    def _views_read(self, cell: Cell) -> list[Call]:
        """The views of a given array that NumPy reads, and those that they are made of."""
        for call in reversed(self.plan.rooted[cell]):
            if call.result in self.read:
                self.read.update(call.cells())
        return [call for call in self.plan.rooted[cell] if call.result in self.read]

    def _departures(self) -> Iterator[str]:
        """The lines that replace results that somebody still holds."""
        if self.results:
            yield f"global {', '.join(self.results.values())}"
        for cell, name in self.results.items():
            yield f"if getrefcount({name}) > unheld:"
            yield f"    {name} = empty_like({name})"
            yield f"    objects[{self.memory.slots[cell]}] = id({name})"

    def _name(self, cell: Cell) -> str:
        self.read.add(cell)
        return super()._name(cell)

    def _result(self, position: int, cell: Cell) -> str:
        copied = cell in self.copies and not any(cell is other for other in self.wanted[:position])
        return self.copies[cell] if copied else super()._result(position, cell)

    def _outside(self) -> Outside:
        """What the function's own lines have to do with the instructions: results, and arrays that they name."""
        results = {self.memory.slots[cell]: self.found[name] for cell, name in self.results.items()}
        named = [self.found.get(name) for name in set(re.findall(r"\w+", self.source))]
        return Outside(results, [address(array) for array in named if isinstance(array, np.ndarray)])
