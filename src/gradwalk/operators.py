"""The public functions and the methods of Tensor, generated from the op table: one template per arity.

Generated, because a general ``apply`` costs twice as much as the arithmetic itself, and because there is then no second
list of operations to keep in step. Each template records the caller's code object and offset, nothing more.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gradwalk.errors import refusal
from gradwalk.ops import ALIASES, COMPOSITES, OPERATORS, OPS, Composite, Op
from gradwalk.ops.declare import public_signature
from gradwalk.recording import clock, entered, recording
from gradwalk.tensor import ERRORS, NO_PARAMS, NUMBERS, Tensor, apply

RECORD = """
    made = new(Tensor)
    made.value = value
    scope = made.scope = recording.scope
    frame = frame_of(1)
    made.code = frame.f_code
    made.offset = frame.f_lasti
    made.index = clock()
    made.params = NO_PARAMS
    if scope is not None and ({wants}):
        made.op = OP
        {inputs}
        made.requires_grad = True
    else:
        made.op = None
        made.requires_grad = False
    return made
"""

UNARY = """
def {name}({x}{option}):{refuse}
    if type({x}) is not Tensor:
        return apply(OP, ({x},))
    value = {x}.value
    if {special}:
        return apply(OP, ({x},))
    try:
        value = {compute}
    except ERRORS as error:
        raise refusal({op!r}, ({x},), error) from None
"""

BINARY = """
def {name}({first}, {second}):
    if type({second}) is Tensor and type({first}) is Tensor:
        left, right = {first}.value, {second}.value
        dtype = left.dtype
        if dtype is not right.dtype{or_special}:
            return apply(OP, ({first}, {second}))
        {first}_wants, {second}_wants = {first}.requires_grad, {second}.requires_grad
    elif type({second}) in NUMBERS and type({first}) is Tensor:
        left, right = {first}.value, {second}
        dtype = left.dtype
        if dtype is not FLOAT64 and dtype is not FLOAT32:
            return apply(OP, ({first}, {second}))
        {first}_wants, {second}_wants = {first}.requires_grad, False
    elif {unknown}:
        return NotImplemented
    else:
        return apply(OP, ({first}, {second}))
    try:
        value = {compute}
    except ERRORS as error:
        raise refusal({op!r}, ({first}, {second}), error) from None
"""

REFLECTED = """
def {name}({second}, {first}):
    if type({first}) not in NUMBERS or type({second}) is not Tensor:
        return apply(OP, ({first}, {second}))
    left, right = {first}, {second}.value
    if right.dtype is not FLOAT64 and right.dtype is not FLOAT32:
        return apply(OP, ({first}, {second}))
    try:
        value = {compute}
    except ERRORS as error:
        raise refusal({op!r}, ({first}, {second}), error) from None
"""

GENERAL = """
def {name}({signature}{option}):{refuse}
    return apply(OP, ({inputs}), {{{params}}})
"""

REFUSE_INPLACE = """
    if inplace:
        raise ValueError("{name}(inplace=True) would overwrite the value that this step explains; write x = {name}(x)")
"""

BOUND = """
def {name}(*arguments, **keywords):
    inputs, params = bind(*arguments, **keywords)
    return apply(OP, inputs, params)
"""

SYMBOLS = {
    "__add__": "+", "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__matmul__": "@", "__floordiv__": "//",
    "__mod__": "%", "__gt__": ">", "__ge__": ">=", "__lt__": "<", "__le__": "<=", "__eq__": "==", "__ne__": "!=",
    "__and__": "&", "__or__": "|", "__xor__": "^",
}  # fmt: skip
COMPARING = {"__gt__", "__ge__", "__lt__", "__le__", "__eq__", "__ne__"}
FLOAT64, FLOAT32 = np.dtype("float64"), np.dtype("float32")


def generated(op: Op, name: str, source: str, **extra: Any) -> Callable[..., Any]:
    """Compile one function from a template's text."""
    namespace: dict[str, Any] = {
        "OP": op, "Tensor": Tensor, "apply": apply, "recording": recording, "clock": clock, "frame_of": sys._getframe,
        "new": object.__new__, "NO_PARAMS": NO_PARAMS, "NUMBERS": NUMBERS, "FLOAT64": FLOAT64, "FLOAT32": FLOAT32,
        "ERRORS": ERRORS, "refusal": refusal, "forward": op.kernel, "__name__": "gradwalk.operators", **extra,
    }  # fmt: skip
    exec(compile(source, __file__, "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    function.__doc__ = op.doc
    return function


def simple(op: Op) -> bool:
    """Whether a fast template fits an op: called with just its inputs, and its forward known to return arrays."""
    own = op.forward.__module__.startswith("gradwalk.")
    return own and not op.params and not op.variadic and op.bind is None and not op.view


def public_function(op: Op) -> Callable[..., Any]:
    """The function that users call: ``gw.sigmoid(x)``, which is also the method ``x.sigmoid()``."""
    if simple(op) and len(op.inputs) == 1:
        return unary(op, op.name)
    if simple(op) and len(op.inputs) == 2 and op.elementwise:
        return binary(op, op.name, "forward(left, right)")
    if op.bind is not None:
        function = generated(op, op.name, BOUND.format(name=op.name), bind=op.bind)
        return functools.wraps(op.bind, assigned=("__annotations__",))(function)
    inputs = f"*{op.inputs[0]}" if op.variadic else "".join(f"{name}, " for name in op.inputs)
    params = ", ".join(f"{name!r}: {name}" for name in op.params)
    source = GENERAL.format(
        name=op.name, signature=public_signature(op), inputs=inputs, params=params, **inplace_option(op)
    )
    return generated(op, op.name, source, **{f"_default_{name}": value for name, value in op.params.items()})


def inplace_option(op: Op) -> dict[str, str]:
    """What PyTorch's ``inplace=`` adds to the signature and the body of a function that has it there."""
    if not op.inplace:
        return {"option": "", "refuse": ""}
    return {"option": ", inplace=False", "refuse": REFUSE_INPLACE.format(name=op.name)}


def unary(op: Op, name: str) -> Callable[..., Any]:
    """A function or operator of one tensor."""
    x = op.inputs[0]
    special = "value.dtype is not FLOAT64 and value.dtype is not FLOAT32" if op.floating else "False"
    wants = f"{x}.requires_grad" if op.rules else "False"
    text = UNARY.format(name=name, x=x, special=special, compute="forward(value)", op=op.name, **inplace_option(op))
    source = text + RECORD.format(wants=wants, inputs=f"made.first = {x}")
    return generated(op, name, source)


def binary(op: Op, name: str, compute: str, template: str = BINARY) -> Callable[..., Any]:
    """A function or operator of two, tensors or numbers."""
    first, second = op.inputs
    wants = {first: f"{first}.requires_grad", second: f"{second}.requires_grad"}
    if template is BINARY:
        asks = " or ".join(f"{x}_wants" for x in op.inputs if x in op.rules) or "False"
    else:
        asks = wants[second] if second in op.rules else "False"
    special = " or (dtype is not FLOAT64 and dtype is not FLOAT32)" if op.floating else ""
    unknown = f"not isinstance({second}, ARRAYS)" if name in ("__eq__", "__ne__") else "False"
    source = template.format(
        name=name, first=first, second=second, compute=compute, op=op.name, or_special=special, unknown=unknown
    )
    return generated(
        op,
        name,
        source + RECORD.format(wants=asks, inputs=f"made.first, made.second = {first}, {second}"),
        ARRAYS=(Tensor, np.ndarray, np.generic, int, float, list),
    )


def composite_function(composite: Composite) -> Callable[..., Any]:
    """The function that users call, which records its ops as one group for the user's line."""
    group, function = composite.name if composite.grouped else "", composite.function

    @functools.wraps(function)
    def grouped(*arguments: Any, **keywords: Any) -> Any:
        if recording.trace is not None:  # a compiled function's call has no groups
            return composite(*arguments, **keywords)
        with entered(group):
            return function(*arguments, **keywords)

    grouped.__name__ = composite.name
    return grouped


def install_operator(name: str, op: Op) -> None:
    """Give Tensor one of Python's operators, and its reflected twin."""
    if len(op.inputs) == 1:
        setattr(Tensor, name, unary(op, name))
        return
    if not op.elementwise:
        setattr(Tensor, name, lambda self, other: apply(op, (self, other)))
        setattr(Tensor, name.replace("__", "__r", 1), lambda self, other: apply(op, (other, self)))
        return
    symbol = SYMBOLS[name]
    compute = f"left {symbol} right" if isinstance(op.kernel, np.ufunc) else "forward(left, right)"
    setattr(Tensor, name, binary(op, name, compute))
    if name not in COMPARING:
        reflected = name.replace("__", "__r", 1)
        setattr(Tensor, reflected, binary(op, reflected, compute, REFLECTED))


class PublicFunctions(Mapping[str, Callable[..., Any]]):
    """Every public function by name, made when it is first asked for (making all of them would slow every import)."""

    def __init__(self) -> None:
        self.made: dict[str, Callable[..., Any]] = {}

    def __getitem__(self, name: str) -> Callable[..., Any]:
        if name not in self.made:
            self.made[name] = self._make(name)
        return self.made[name]

    def _make(self, name: str) -> Callable[..., Any]:
        if name in ALIASES:
            return self[ALIASES[name]]
        return public_function(OPS[name]) if name in OPS else composite_function(COMPOSITES[name])

    def __contains__(self, name: object) -> bool:
        return name in OPS or name in COMPOSITES or name in ALIASES

    def __iter__(self) -> Iterator[str]:
        return iter([*OPS, *COMPOSITES, *ALIASES])

    def __len__(self) -> int:
        return len(OPS) + len(COMPOSITES) + len(ALIASES)


class Promised:
    """A method of Tensor that is made when it is first asked for, and then takes this object's place."""

    def __init__(self, name: str, is_property: bool):
        self.name, self.is_property = name, is_property

    def __get__(self, instance: Tensor | None, owner: type[Tensor]) -> Any:
        function = functions[self.name]
        setattr(owner, self.name, property(function) if self.is_property else function)
        return getattr(owner if instance is None else instance, self.name)


def install() -> None:
    """Give Tensor Python's operators, and the promise of its methods."""
    for name in functions:
        declared: Any = OPS.get(ALIASES.get(name, name)) or COMPOSITES[ALIASES.get(name, name)]
        if declared.method and name not in Tensor.__dict__:
            setattr(Tensor, name, Promised(name, getattr(declared, "property", False)))
    for name, op in OPERATORS.items():
        install_operator(name, op)
    for name, function in BY_HAND.items():
        setattr(Tensor, name, function)


functions = PublicFunctions()

BY_HAND: dict[str, Callable[..., Any]] = {  # the operators that no template fits
    "__getitem__": functions["getitem"],
    "__pow__": functions["pow"],
    "__rpow__": lambda self, base: apply(OPS["power"], (base, self)),
    "__pos__": lambda self: self,
    "__abs__": functions["abs"],
    "__hash__": object.__hash__,
}
install()
