"""Vectors of numbers in the code that Numba makes: what a loop of our own says where the compiler wouldn't find it."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

# Bytes: a line of the cache; what NumPy's arrays begin at a multiple of; a vector of one number.
LINE, QUARTER, NUMBER = 64, 16, 1


def spread(builder: Any, number: Any, size: int = LINE) -> Any:
    """A vector of so many bytes that is the same number everywhere."""
    kind = vector_of(number.type, size)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.IntType(32)(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), kind.count), None))


def vector_of(number: Any, size: int) -> Any:
    """The type of a vector of such numbers, one at least."""
    return ir.VectorType(number, max(1, size // (8 if isinstance(number, ir.DoubleType) else 4)))


def pointed(builder: Any, base: Any, offset: Any, kind: Any) -> Any:
    """A pointer to so many bytes behind an address.

    Bytes are added to the pointer and not to the address: of a sum of numbers LLVM may take either for the address.
    """
    start = builder.inttoptr(base, ir.IntType(8).as_pointer())
    return builder.bitcast(builder.gep(start, [offset], source_etype=ir.IntType(8)), kind.as_pointer())


def load(builder: Any, base: Any, offset: Any, kind: Any) -> Any:
    """The vector there, which needs to lie at a multiple of nothing but a number's size."""
    return builder.load(pointed(builder, base, offset, kind), align=4)


def store(builder: Any, vector: Any, base: Any, offset: Any) -> None:
    """Write a vector to such a place."""
    builder.store(vector, pointed(builder, base, offset, vector.type), align=4)


def stream(builder: Any, vector: Any, base: Any, offset: Any) -> None:
    """Write a vector to a whole line, past the cache: for what isn't read again soon."""
    written = builder.store(vector, pointed(builder, base, offset, vector.type), align=LINE)
    written.set_metadata("nontemporal", builder.module.add_metadata([ir.IntType(32)(1)]))
