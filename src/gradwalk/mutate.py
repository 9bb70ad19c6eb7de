"""Changing tensors in place: ``x += 1``, ``x[0] = 2``, ``x.mul_(3)``, with gradients that stay right.

A change is recorded as an op like any other: the tensor becomes the result of an op whose input is its own past. A
change of a view also changes the tensor it looks into, which becomes the result of *writing* the new part into its past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk import inplace
from gradwalk.errors import InPlaceError, ShapeError, refusal
from gradwalk.ops import COMPOSITES, OPS, Op, binder
from gradwalk.ops.declare import Array, op
from gradwalk.recording import clock, is_grad_enabled, recording, user_position
from gradwalk.tensor import ERRORS, Tensor, given, promoted

View = tuple[tuple[str, dict[str, Any]], ...]  # the ops that lead from a tensor to the part that is looked at


def part(x: Array, view: View) -> Array:
    """The part of ``x`` that a chain of view ops looks at; copied where its numbers lie in another order than theirs."""
    for name, params in view:
        x = OPS["reshape" if name == "view" else name](x, **params)
    return x


def with_other_part(x: Any, value: Any, view: View) -> Any:
    """A copy of an array in which a part has other numbers, however both lie in memory."""
    copy = np.array(x, order="C")
    copy.reshape(-1)[part(np.arange(copy.size).reshape(copy.shape), view)] = value
    return copy


@op(
    "{x} with {value} written into a part",
    r"{x} \text{ with } {value} \text{ written into a part}",
    linear=True,
    method=False,
    vjp={
        "x": lambda g, out, x, value, *, view: without_part(g, view=view),
        "value": lambda g, out, x, value, *, view: part(g, view),
    },
)
def with_part(x: Array, value: Array, *, view: View) -> Array:
    """Write new values into a part: the old ones there get no gradient any more."""
    return with_other_part(x, value, view)


@op(
    "{x} without a part",
    r"{x} \text{ without a part}",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, view: without_part(g, view=view)},
)
def without_part(x: Array, *, view: View) -> Array:
    """Put zeros where a part was overwritten."""
    return with_other_part(x, 0, view)


@op(
    "{value}",
    "{value}",
    linear=True,
    method=False,
    name="fill",
    vjp={"x": lambda g, out, x, *, value: fill(g, value=0)},
)
def fill(x: Array, *, value: float) -> Array:
    """The same number everywhere: nothing of what was there matters any more."""
    return np.full_like(x, value)


@op(
    "{source}",
    "{source}",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, source: fill(g, value=0), "source": lambda g, out, x, source: g},
)
def overwrite(x: Array, source: Array) -> Array:
    """Other numbers in place of these."""
    return np.broadcast_to(source, np.shape(x)).astype(np.asarray(x).dtype)


@op(
    "{x} with [{index}] = {value}",
    r"{x} \text{ with } [{index}] = {value}",
    linear=True,
    method=False,
    vjp={
        "x": lambda g, out, x, value, *, index: without_at(g, index=index),
        "value": lambda g, out, x, value, *, index: OPS["getitem"](g, index=index),
    },
)
def with_at(x: Array, value: Array, *, index: Any) -> Array:
    """Write new values to some places."""
    copy = np.array(x)
    copy[index] = value
    return copy


@op(
    "{x} without [{index}]",
    r"{x} \text{ without } [{index}]",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, index: without_at(g, index=index)},
)
def without_at(x: Array, *, index: Any) -> Array:
    """Put zeros in some places."""
    copy = np.array(x)
    copy[index] = 0
    return copy


# --- the mechanism ---------------------------------------------------------------------------------------------------


def change(target: Tensor, operation: Op, others: Sequence[Any], params: Mapping[str, Any]) -> Tensor:
    """Turn ``target`` into the result of an op on itself and ``others``, in its own memory."""
    if recording.trace is not None and recording.trace.change(target, operation, others, params):
        return target
    inputs = tuple(map(given, (target, *others)))
    wants = (
        is_grad_enabled() and bool(operation.rules) and any(isinstance(x, Tensor) and x.requires_grad for x in inputs)
    )
    if wants:
        _refuse(target)
    computed = promoted(operation, inputs) if operation.elementwise else inputs
    try:
        value = operation.compute([x.value if isinstance(x, Tensor) else x for x in computed], params)
    except ERRORS as error:
        raise refusal(operation.name, inputs, error) from None
    _refuse_unfitting(target, operation, np.asarray(value))
    if wants and inplace.is_view(target):
        _record_in_base(target, operation, inputs, params, value)
    elif wants:
        _record(target, operation, inputs, params, value)
    else:
        put(target, value)
    return target


def put(target: Tensor, value: Any) -> None:
    """Write other numbers into a tensor's memory, unrecorded: a tape that saved the old ones will say so."""
    _write(target, value)
    inplace.stamp(clock(), target.value)


def _write(target: Tensor, value: Any) -> None:
    np.copyto(target._array(), value, casting="same_kind" if np.asarray(value).dtype.kind != "O" else "unsafe")


def _refuse(target: Tensor) -> None:
    """Decline what can't be recorded: with the reason, and what to write instead."""
    name = target.name or "this tensor"
    if target.op is None and target.requires_grad:
        raise InPlaceError(
            f"{name} is a leaf that requires grad: changing it in place would hide the value that gradients are for; "
            "update it inside `with no_grad():`, or make a new tensor (x = x + 1)"
        )
    if 0 not in target.shape and any(
        stride == 0 and size > 1 for stride, size in zip(np.asarray(target.value).strides, target.shape, strict=True)
    ):
        raise InPlaceError(
            f"{name} was expanded: several entries share one memory cell, so none can be changed alone; use .clone() first"
        )
    if target.op is None and isinstance(target.value, np.ndarray) and target.value.base is not None:
        raise InPlaceError(
            f"{name} shares memory with a tensor that couldn't follow the change; write through that tensor "
            "(y[i] = y[i] + x for y[i] += x), or use .clone()"
        )
    if target.siblings and inplace.is_view(target):
        raise InPlaceError(
            f"{name} is one of several views made at once (split, chunk, unbind); change a .clone(), or index the whole instead"
        )
    base = _base(target)[0]
    if base is not target and base.op is None and base.requires_grad:
        raise InPlaceError(
            f"{name} is a view of a leaf that requires grad; update it inside `with no_grad():`, or use .clone()"
        )


def _refuse_unfitting(target: Tensor, operation: Op, value: Any) -> None:
    if value.shape != target.shape:
        raise ShapeError(
            f"{operation.name}: the result has shape {value.shape}, and can't be put in place of shape {target.shape}"
        )
    if not np.can_cast(value.dtype, target.dtype, casting="same_kind"):
        raise InPlaceError(
            f"{operation.name}: a result of type {value.dtype} can't be put in place of {target.dtype}; convert first (.double())"
        )


def _past(tensor: Tensor) -> Tensor:
    """The tensor as it was: same tape, with a copy of its value kept for the walk."""
    past = tensor.again()
    past.kept = np.array(tensor.value)
    return past


def _become(tensor: Tensor, past: Tensor, operation: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> None:
    tensor.past = past
    tensor.op, tensor.inputs, tensor.params, tensor.requires_grad = operation, inputs, params, True
    tensor.index, tensor.scope = clock(), recording.scope
    tensor.code, tensor.offset = user_position()


def _record(target: Tensor, operation: Op, inputs: tuple[Any, ...], params: Mapping[str, Any], value: Any) -> None:
    target._array()
    past = _past(target)
    _become(target, past, operation, tuple(past if x is target else x for x in inputs), params)
    past.changed_by = target.index
    _write(target, value)
    inplace.stamp(target.index, target.value)


def _record_in_base(
    target: Tensor, operation: Op, inputs: tuple[Any, ...], params: Mapping[str, Any], value: Any
) -> None:
    """A changed view: its base becomes the old base with the new part written in, and the view looks into that."""
    base, view = _base(target)
    part_past, base_past = _past(target), _past(base)
    new_part = target.again()
    new_part.value = np.array(value)
    _become(new_part, part_past, operation, tuple(part_past if x is target else x for x in inputs), params)
    new_part.past, part_past.changed_by = None, new_part.index
    _become(base, base_past, OPS["with_part"], (base_past, new_part), {"view": view})
    _write(target, value)
    inplace.stamp(base.index, target.value)
    assert target.op is not None
    assert target.inputs is not None
    _become(target, part_past, target.op, target.inputs, target.params)


def _base(tensor: Tensor) -> tuple[Tensor, View]:
    """The tensor at the bottom of a chain of views, and the ops that lead from it to here."""
    view: list[tuple[str, dict[str, Any]]] = []
    while inplace.is_view(tensor):
        assert tensor.op is not None
        assert tensor.inputs is not None
        view.append((tensor.op.name, dict(tensor.params)))
        tensor = tensor.inputs[0]
    return tensor, tuple(reversed(view))


# --- the methods -----------------------------------------------------------------------------------------------------

AUGMENTED = {"__iadd__": "add", "__isub__": "sub", "__imul__": "mul", "__itruediv__": "div", "__imatmul__": "matmul"}


def in_place(operation: Op) -> Callable[..., Tensor]:
    """The method that does in place what an op does: ``x.mul_(3)``."""

    def method(self: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        inputs, params = binder(operation)(self, *arguments, **keywords)
        return change(self, operation, inputs[1:], params)

    method.__name__, method.__doc__ = f"{operation.name}_", f"{operation.doc.splitlines()[0]} In place."
    return method


def in_place_composite(function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The in-place twin of a function that only picks an op, or of a composite."""

    def method(self: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        before = self
        if is_grad_enabled():  # the function's own ops go on reading the old value
            before = self.again()
            before.value = np.array(self.value)
        return change(self, OPS["overwrite"], (function(before, *arguments, **keywords),), {})

    return method


def set_item(self: Tensor, index: Any, value: Any) -> None:
    """Write to some places: ``x[i] = value``."""
    (_, params) = binder(OPS["getitem"])(self, index)
    change(self, OPS["with_at"], (_fitted(value, self.shape, params["index"]),), {"index": params["index"]})


def _fitted(value: Any, shape: tuple[int, ...], index: Any) -> Any:
    """A value without those dimensions of size 1 in front that the places it is written to don't have."""
    of_value = tuple(getattr(value, "shape", ()))
    if of_value[:1] != (1,):
        return value
    extra = len(of_value) - np.broadcast_to(0, shape)[index].ndim
    return value.reshape(of_value[extra:]) if extra > 0 and set(of_value[:extra]) == {1} else value


def fill_(self: Tensor, value: Any) -> Tensor:
    """Put one number everywhere."""
    return change(self, OPS["fill"], (), {"value": value.item() if isinstance(value, Tensor) else value})


def zero_(self: Tensor) -> Tensor:
    """Put zeros everywhere."""
    return fill_(self, 0)


def copy_(self: Tensor, source: Any) -> Tensor:
    """Put other numbers in place of these (broadcast if need be)."""
    return change(self, OPS["overwrite"], (source,), {})


def pow_(self: Tensor, exponent: Any) -> Tensor:
    """Raise to a power in place."""
    if isinstance(exponent, Tensor):
        return change(self, OPS["power"], (exponent,), {})
    return change(self, OPS["pow_constant"], (), {"exponent": exponent})


BY_HAND: dict[str, Callable[..., Any]] = {
    "fill_": fill_,
    "zero_": zero_,
    "copy_": copy_,
    "pow_": pow_,
    "__ipow__": pow_,
    "__setitem__": set_item,
}


def install() -> None:
    """Give Tensor its in-place methods: one for every elementwise op, and the few that stand alone."""
    for name, operation in OPS.items():
        if operation.elementwise and operation.method and operation.inputs[0] in operation.rules:
            setattr(Tensor, f"{name}_", in_place(operation))
    for name in ("masked_fill", "scatter_add", "index_add"):
        if name in OPS:
            setattr(Tensor, f"{name}_", in_place(OPS[name]))
    for name, composite in COMPOSITES.items():
        if composite.method and not composite.grouped:
            setattr(Tensor, f"{name}_", in_place_composite(composite.function))
    for method, name in AUGMENTED.items():
        setattr(Tensor, method, in_place(OPS[name]))
    for name, function in BY_HAND.items():
        setattr(Tensor, name, function)


install()
