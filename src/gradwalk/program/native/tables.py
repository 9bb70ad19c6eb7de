"""Instructions as tables in memory, and what a program's function needs to have them carried out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.native.blocks import in_blocks
from gradwalk.program.native.fusing import Group, prepared
from gradwalk.program.native.instructions import FUNCTION, OPERANDS
from gradwalk.program.native.loading import Kernel
from gradwalk.program.native.memory import Memory, address
from gradwalk.program.native.rows import Rows, work

LONG_WORK = 1_000_000  # operations: a program with more lets other threads run
probe = object()


class Outside(NamedTuple):
    """What is known outside of the tables: the array that each slot of a result has now, and where named arrays begin."""

    results: Mapping[int, Any]
    named: Sequence[int]


def unheld() -> int:
    """How often an object is referred to that only a global name stands for, as ``getrefcount`` counts."""
    return sys.getrefcount(probe)


def links(stretches: Sequence[Rows], outside: Outside, memory: Memory, kernel: Kernel) -> dict[str, Any]:
    """By name: the kernel's function, where the head of each stretch lies, and the objects whose memory slots are."""
    slots = len(memory.bases)
    objects, bases, scratch = (np.zeros(size, np.int64) for size in (slots, slots, OPERANDS))
    objects[:] = id(objects)  # any array: it is looked at before a slot has its own
    for slot, array in outside.results.items():
        objects[slot] = id(array)
    blocked = in_blocks(stretches, outside.named)
    groups = [list(prepared(rows)) for rows in blocked]
    tables = [np.array(rows, np.int64) for rows in blocked]
    for table, found in zip(tables, groups, strict=True):
        ask_for_loops(table, found, kernel)
    shared = [address(array) for array in (objects, bases, scratch)]
    heads = [np.array([address(table), *shared, len(table), slots], np.int64) for table in tables]
    return {
        **{f"stretch{number}": address(head) for number, head in enumerate(heads)},
        "interpret": kernel.interpret_long if work(stretches) > LONG_WORK else kernel.interpret,
        "objects": objects,
        "kept": [bases, scratch, *tables, *heads, *memory.kept, *groups],
    }


def ask_for_loops(table: Any, groups: Sequence[Group], kernel: Kernel) -> None:
    """Have the loops of groups compiled; from when one is there, the next run has it carried out."""
    for group in groups:
        if group.source:
            kernel.ask_for(group.source, partial(table[group.position].__setitem__, FUNCTION))
