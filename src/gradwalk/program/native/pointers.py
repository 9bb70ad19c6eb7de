"""Addresses as pointers: what the kernel's loops read and write through."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

WORD = 8  # bytes


def pointer(kind: Any) -> Any:
    """An intrinsic that reads an address as a pointer to elements of one kind."""

    @intrinsic
    def at(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(types.CPointer(kind)))

        return types.CPointer(kind)(types.int64), generate

    return at


words, bytes_at = pointer(types.int64), pointer(types.uint8)
halves = pointer(types.int32)  # of a word
singles, doubles = pointer(types.float32), pointer(types.float64)
