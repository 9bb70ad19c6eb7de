"""Reading forward code and rules a fourth way: as the list of NumPy calls that they make.

A `Cell` stands for an array whose numbers change from run to run. NumPy functions called on it run as always, so that
shapes and types are known, and are written into a `Listing`. Code may branch on shapes and parameters, which are the
same in every run of one listing; code that asks a cell for its numbers raises `Unlistable`.

>>> listing = Listing()
>>> x = listing.cell(np.array([1.0, 2.0]))
>>> squared = x * x + 1
>>> [call.function.__name__ for call in listing.calls], squared.value
(['multiply', 'add'], array([2., 5.]))
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from gradwalk.ops import Op
from gradwalk.program.keys import part_of_key


class Unlistable(TypeError):
    """Code whose course depends on numbers, so that its calls can't be listed once for all runs."""


@dataclass(eq=False, slots=True)
class Call:
    """One NumPy call: ``result = function(*arguments, **keywords)``, with cells among the arguments."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    result: Cell

    def cells(self) -> Iterator[Cell]:
        """The cells that it reads."""
        return cells_in([*self.arguments, *self.keywords.values()])

    def now(self) -> Any:
        """What the call gives with the arrays that its cells hold at present."""
        return self.function(*plain(self.arguments), **plain(self.keywords))


def cells_in(values: list[Any]) -> Iterator[Cell]:
    """The cells among values, and in tuples and lists among them."""
    for value in values:
        if isinstance(value, Cell):
            yield value
        elif isinstance(value, tuple | list):
            values += value


class Listing:
    """The calls of one run, in order, each written once however often it is made."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._known: dict[Any, Cell] = {}
        self._lasting: dict[Any, Cell] = {}  # what reads no arrays

    def cell(self, value: Any) -> Cell:
        """A cell for what comes from outside, or for what is the same in every run."""
        return Number(value, self) if type(value) in (int, float) else Cell(value, self)

    def listed(self, function: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Cell:
        """List what a function does call by call; or as a single call, where its course depends on numbers."""
        before = len(self.calls)
        try:
            found = function(*arguments, **keywords)
        except (Unlistable, TypeError, ValueError):
            self._forget(before)
            return self.run(function, arguments, dict(keywords))
        return found if isinstance(found, Cell) else self.cell(found)

    def _forget(self, before: int) -> None:
        dropped = {id(call.result) for call in self.calls[before:]}
        del self.calls[before:]
        self._known = {key: cell for key, cell in self._known.items() if id(cell) not in dropped}

    def put(self, target: Cell, value: Cell) -> None:
        """Write into a cell's memory; of what was computed before, only plain numbers are sure to be as they were."""
        self.run(put, (target, value), {})
        self._known.clear()

    def run(self, function: Callable[..., Any], arguments: Sequence[Any], keywords: dict[str, Any]) -> Cell:
        """Run one call on the numbers of now, and write it down."""
        key = signature(function, arguments, keywords)
        on_arrays = any(not isinstance(cell, Number) for cell in cells_in([*arguments, *keywords.values()]))
        known = self._known if on_arrays else self._lasting
        if key is not None and key in known:
            return known[key]
        value = function(*plain(tuple(arguments)), **plain(keywords))
        if isinstance(value, tuple | list):
            raise Unlistable(f"{function!r} gives several arrays at once")
        call = Call(function, tuple(arguments), keywords, self.cell(value))
        self.calls.append(call)
        if key is not None:
            known[key] = call.result
        return call.result


class Cell(NDArrayOperatorsMixin):
    """An array of a listing: its shape and type hold for every run, its numbers for one."""

    __slots__ = ("listing", "value")
    __hash__ = object.__hash__

    def __init__(self, value: Any, listing: Listing):
        self.value, self.listing = value, listing

    shape = property(lambda self: np.shape(self.value), doc="The size of each dimension.")
    ndim = property(lambda self: np.ndim(self.value), doc="How many dimensions there are.")
    size = property(lambda self: np.size(self.value), doc="How many numbers there are.")
    dtype = property(lambda self: self.value.dtype, doc="The type of the numbers.")
    strides = property(lambda self: self.value.strides, doc="How it lies in memory now: to choose by, not to rely on.")
    T = property(lambda self: self.listing.run(np.transpose, (self,), {}), doc="The transpose.")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Cell:
        inputs = in_one_type(inputs)
        return self.listing.run(ufunc if method == "__call__" else getattr(ufunc, method), inputs, keywords)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        if function in STRUCTURE:
            return function(*plain(arguments), **keywords)
        return self.listing.run(function, arguments, keywords)

    def __pow__(self, exponent: Any) -> Cell:
        """As an array does it: powers that have a function of their own are left to that."""
        simple = POWERS.get(exponent) if type(exponent) in (int, float) and self.dtype.kind == "f" else None
        return (
            self.listing.run(np.power, (self, exponent), {})
            if simple is None
            else self.listing.run(simple, (self,), {})
        )

    def __gradwalk_op__(self, op: Op, inputs: Sequence[Any], params: Mapping[str, Any]) -> Cell:
        return self.listing.listed(op.forward, inputs, params)

    def __getitem__(self, index: Any) -> Cell:
        return self.listing.run(item_of, (self, index), {})

    def __len__(self) -> int:
        return len(self.value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the ways in which others ask what kind of object this is
            raise AttributeError(name)
        method = getattr(np.ndarray, name)
        return lambda *arguments, **keywords: self.listing.run(method, (self, *arguments), keywords)

    def __bool__(self) -> bool:
        raise Unlistable("the course of this code depends on a number")

    __array__ = __float__ = __int__ = __index__ = __iter__ = __bool__


class Number(Cell):
    """A plain number of a listing. Among numbers it stays one; with an array it takes that array's type, as in NumPy."""

    __slots__ = ()

    def __bool__(self) -> bool:  # a number that is 0 in one run is 0 in all
        return bool(self.value)


def with_numbers(function: Callable[..., Any], of_arrays: Callable[..., Any]) -> tuple[Any, Any]:
    """An arithmetic operator of `Number`, and its reflected twin."""

    def operated(self: Number, other: Any) -> Cell:
        return self.listing.run(function, (self, other), {}) if is_number(other) else of_arrays(self, other)

    def reflected(self: Number, other: Any) -> Cell:
        return self.listing.run(function, (other, self), {}) if is_number(other) else of_arrays(other, self)

    return operated, reflected


def is_number(x: Any) -> bool:
    """Whether something is a plain number, known or not."""
    return isinstance(x, Number | int | float)


for name, ufunc in {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.divide,
    "pow": np.power,
}.items():
    operated, reflected = with_numbers(getattr(operator, name), ufunc)
    setattr(Number, f"__{name}__", operated)
    setattr(Number, f"__r{name}__", reflected)


def in_one_type(inputs: Sequence[Any]) -> tuple[Any, ...]:
    """What a ufunc takes, with numbers as arrays of the type that arrays have."""
    types = {x.dtype for x in inputs if isinstance(x, Cell) and not isinstance(x, Number)}
    dtype = types.pop() if len(types) == 1 else None
    return tuple(x.listing.run(np.array, (x, dtype), {}) if isinstance(x, Number) else x for x in inputs)


POWERS = {-1: np.reciprocal, 0.5: np.sqrt, 2: np.square}

# Questions about shapes and types, which every run of a listing answers alike.
STRUCTURE = {np.shape, np.ndim, np.size, np.result_type, np.can_cast}


def item_of(x: Any, index: Any) -> Any:
    """Pick from an array, as a function."""
    return x[index]


def put(target: Any, value: Any) -> Any:
    """Write numbers into an array's memory, as a function."""
    np.copyto(target, value, casting="same_kind")
    return target


def plain(value: Any) -> Any:
    """Cells replaced by the arrays that they hold now, in whatever holds them."""
    if isinstance(value, Cell):
        return value.value
    if isinstance(value, tuple | list):
        return type(value)(plain(item) for item in value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def signature(function: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """What two equal calls have in common (a cell equals nothing but itself); None if that is unclear."""
    try:
        key = part_of_key((function, arguments, [*keywords.items()]))
        hash(key)
    except TypeError:
        return None
    return key
