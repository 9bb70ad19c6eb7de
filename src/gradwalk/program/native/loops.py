"""NumPy's own inner loops: the compiled functions behind its ufuncs, to be called without the way through Python.

A ufunc keeps them in a table, one for each combination of types (``PyUFuncObject`` in NumPy's public header
``numpy/ufuncobject.h``). They are the very functions that NumPy calls, chosen for the machine's vector instructions, so
that results are the same bit for bit, infinities and NaN included.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any, NamedTuple

import numpy as np

NUMBERS = frozenset("?bBhHiIlLqQfd")
HEADER = object.__basicsize__  # of every Python object; an array's address and a ufunc's fields come right behind


class Loop(NamedTuple):
    """The address of an inner loop, and the data that it wants to be handed."""

    function: int
    data: int


NO_LOOP = Loop(0, 0)  # for instructions of our own


class Fields(ctypes.Structure):
    """A ufunc's fields, as far as they are needed."""

    _fields_ = (
        ("nin", ctypes.c_int),
        ("nout", ctypes.c_int),
        ("nargs", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("functions", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("ntypes", ctypes.c_int),
        ("reserved", ctypes.c_int),
        ("name", ctypes.c_char_p),
    )


@cache
def loop_of(ufunc: np.ufunc, types: str) -> Loop | None:
    """The inner loop for operands of exactly these types (``"ff->f"``); None if there is none that is safe to call."""
    if not NUMBERS.issuperset(types.replace("->", "")) or types not in ufunc.types:
        return None
    if ufunc is np.power and "f" not in types and "d" not in types:
        return None  # it raises errors of its own
    fields = fields_of(ufunc)
    position = ufunc.types.index(types)
    function, data = fields.functions[position], fields.data[position]
    return Loop(function, data or 0) if function else None


def fields_of(ufunc: np.ufunc) -> Fields:
    """A ufunc's fields; ImportError if they aren't where they are expected."""
    fields = Fields.from_address(id(ufunc) + HEADER)
    found = fields.nin, fields.nout, fields.nargs, fields.ntypes
    if found != (ufunc.nin, ufunc.nout, ufunc.nargs, ufunc.ntypes) or fields.name != ufunc.__name__.encode():
        raise ImportError("this NumPy keeps its inner loops in another place")
    return fields


def check_layout() -> None:
    """ImportError unless arrays and ufuncs are laid out as the kernel expects them."""
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        raise ImportError("the kernel needs addresses of 64 bits")
    array = np.arange(3.0)
    if ctypes.c_void_p.from_address(id(array) + HEADER).value != array.ctypes.data:
        raise ImportError("this NumPy keeps an array's address in another place")
    for ufunc in (np.add, np.tanh, np.matmul):
        fields_of(ufunc)


def copying_loop(dtype: np.dtype[Any]) -> Loop | None:
    """The inner loop that copies numbers of a type; None if there is none."""
    return loop_of(np.positive, f"{dtype.char}->{dtype.char}")
