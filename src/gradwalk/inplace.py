"""Changes in place: which version of a tensor an op has seen, and whether what it saved is still true.

Nothing is counted during the forward pass. A *storage* (the array at the bottom of a chain of views) gets a stamp, the
creation index of the change, when it is changed. A changed tensor keeps its old self as ``past``; so an op that is
older than its input steps back along ``past`` to the version it read, and a rule may not read a value whose storage was
stamped after the op ran.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from gradwalk.errors import InPlaceError

Stamp = list[Any]  # the index of the last change, and a reference that cleans up

stamps: dict[int, Stamp] = {}  # by the id of a storage
latest = 0  # the index of the last change of all


def storage(value: Any) -> Any:
    """The array that owns the memory, or None for a number."""
    if not isinstance(value, np.ndarray):
        return None
    while isinstance(value.base, np.ndarray):
        value = value.base
    return value


def stamp(index: int, *values: Any) -> None:
    """Note that the memory of these arrays was changed at ``index``."""
    mark(index, map(stamp_of, values))


def mark(index: int, marked: Iterable[Stamp]) -> None:
    """Note that the memory that has these stamps was changed at ``index``."""
    global latest
    if index > latest:
        latest = index
    for found in marked:
        found[0] = index


def stamp_of(value: Any) -> Stamp:
    """The stamp of an array's memory: the same one for as long as that lives."""
    owner = value if value.base is None else storage(value)
    return stamps.get(id(owner)) or _first_stamp(owner)


def _first_stamp(owner: Any) -> Stamp:
    key = id(owner)
    stamps[key] = found = [0, weakref.ref(owner, lambda _: stamps.pop(key, None))]
    return found


def changed_at(value: Any) -> int:
    """When this memory was last changed; 0 for never."""
    found = stamps.get(id(storage(value))) if stamps else None
    return found[0] if found else 0


def is_view(tensor: Any) -> bool:
    """Whether a recorded tensor shares its first input's memory."""
    if tensor.op is None or not tensor.op.view or not tensor.inputs:
        return False
    owner = storage(tensor.value)
    return owner is not None and owner is storage(tensor.inputs[0].value)


def resolve(input: Any, node: Any) -> Any:
    """The version of an input that ``node`` read when it was made (a plain number has only one)."""
    if not hasattr(input, "past"):
        return input
    while input.index >= node.index and input.past is not None:  # nothing reads what it makes of itself
        input = input.past
    if input.index < changed_at(input.value) and is_view(input):
        base = resolve(input.inputs[0], node)
        return _seen_again(input, base) if base.index > input.index else input
    return input


def _seen_again(view: Any, base: Any) -> Any:
    """A view whose memory was changed through another tensor: the same view of what its base has become, made once."""
    known = view.__dict__.setdefault("seen_again", {})
    if base.index not in known:
        again = known[base.index] = view.again()
        again.inputs = (base, *view.inputs[1:])
        again.index = _just_after(base.index, view.index)
        if base.kept is not None:
            again.kept = view.op.compute([base.kept, *view.inputs[1:]], view.params)
    return known[base.index]


def _just_after(change: Any, view: int) -> Any:
    """A number between a change and whatever came next: no two views share it, and a view of a view has the greater."""
    from fractions import Fraction  # rarely needed, and 1.5 ms of every start

    whole = int(change)
    return whole + Fraction(1, 1 + whole - view)


def seen(input: Any, node: Any) -> Any:
    """What ``node`` read: an op that changed its input in place kept a copy of what it was."""
    if getattr(input, "kept", None) is None or input.changed_by != node.index:
        return input
    copy = input.again()
    copy.value = input.kept
    return copy


def refuse_stale(node: Any, slot: int) -> None:
    """An error if the rule for one slot would read a value that was changed after ``node`` read it."""
    if not stamps:
        return
    for name in node.op.saves(slot):
        if name == "out":
            readers = [("its own result", node)]
        elif node.op.variadic:
            readers = [(f"input {i}", x) for i, x in enumerate(node.inputs)]
        else:
            position = node.op.inputs.index(name)
            readers = [(f"its input {name!r}", node.inputs[position])]
        for role, tensor in readers:
            value = getattr(tensor, "value", None)
            own_copy = getattr(tensor, "changed_by", 0) == node.index
            if value is not None and not own_copy and changed_at(value) > node.index:
                raise InPlaceError(stale(node.op.name, role, getattr(tensor, "name", None)))


def stale(op: str, role: str, name: str | None) -> str:
    """The sentence for a value that was changed too soon."""
    called = f"{role}, {name}," if name else role
    return (
        f"the gradient of {op} needs {called} as it was when {op} ran, but it was changed in place since; "
        "make a new tensor instead (x = x + 1 for x += 1), change a copy (x.clone()), or call backward() before the change"
    )


def value_then(tensor: Any) -> Any:
    """The value that a tensor had before it was changed in place (its present one, if it wasn't)."""
    kept = tensor.kept
    return tensor.value if kept is None else kept
