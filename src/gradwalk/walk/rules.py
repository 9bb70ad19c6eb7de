"""Asking the op table about one edge of a walk: its local derivative, its formula, its contribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.formula import Formula
from gradwalk.ops import OPS, Op
from gradwalk.ops.shape import fold
from gradwalk.walk.model import Elided, Node, WalkError

_traces: dict[Any, Any] = {}


def op_of(node: Node) -> Op:
    """The op that made a node; a clear error when this installation doesn't have it."""
    assert node.op is not None
    if node.op not in OPS:
        raise WalkError(
            f"{node.name} was made by an op called {node.op!r}, which is not declared here; import the module that declares it"
        )
    return OPS[node.op]


def operand(node: Node, value: Any) -> Any:
    """A value as an op is given it: a number that stood in the code is a Python number again (it promotes nothing)."""
    return value.item() if node.role == "constant" and not np.shape(value) and hasattr(value, "item") else value


def run(node: Node, inputs: Sequence[Any]) -> Any:
    """Compute a node again from these input values."""
    with np.errstate(all="ignore"):
        return op_of(node).compute(inputs, node.params)


def vjp(node: Node, slot: int, upstream: Any, out: Any, inputs: Sequence[Any]) -> Any:
    """One edge's contribution, in the shape of the input."""
    op = op_of(node)
    rule = op.rule(slot)
    assert rule is not None
    with np.errstate(all="ignore"):
        contribution = rule(upstream, out, *inputs, **node.params)
    shape = np.shape(inputs[slot])
    return fold(contribution, shape=shape) if np.shape(contribution) != shape else contribution


def known(nodes: Sequence[Node]) -> bool:
    """Whether all these values are here (a large one may be elided)."""
    return not any(isinstance(node.value, Elided) for node in nodes)


def local_derivative(node: Node, slot: int, inputs: Sequence[Node]) -> Any:
    """∂node/∂input where that is one number per entry of the node: the rule read with an upstream gradient of 1."""
    op = op_of(node)
    single = node.size == 1 and inputs[slot].size == 1
    if not (op.elementwise or single) or not known([node, *inputs]):
        return None
    rule = op.rule(slot)
    assert rule is not None
    with np.errstate(all="ignore"):
        found = rule(np.ones_like(node.value), node.value, *[operand(x, x.value) for x in inputs], **node.params)
    return np.array(found).reshape(node.shape) if single else np.array(np.broadcast_to(found, node.shape))


def traced(node: Node, slot: int, inputs: Sequence[Node]) -> Formula | None:
    """The rule of one edge, written down with the symbols g, out, in0, in1, …; None if this op isn't declared here.

    A rule may look at shapes and parameters only, so the trace is shared by all edges that agree in those.
    """
    op = OPS.get(node.op or "")
    if op is None:
        return None
    key = (op, slot, node.shape, tuple(x.shape for x in inputs), node.slot, _key(node.params))
    if key not in _traces:
        if len(_traces) > 20_000:
            _traces.clear()
        _traces[key] = _trace(op, node, slot, inputs)
    found: Formula | None = _traces[key]
    return found


def _key(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((name, _key(item)) for name, item in value.items())
    return repr(value)


def _trace(op: Op, node: Node, slot: int, inputs: Sequence[Node]) -> Formula | None:
    g = Formula.symbol("g", np.ones(node.shape))
    out = Formula.symbol("out", _sample(node))
    symbols = [Formula.symbol(f"in{i}", _sample(x)) for i, x in enumerate(inputs)]
    rule = op.rule(slot)
    assert rule is not None
    with np.errstate(all="ignore"):
        written = rule(g, out, *symbols, **node.params)
        if not isinstance(written, Formula):
            return None
        if written.shape != inputs[slot].shape:
            written = fold(written, shape=inputs[slot].shape)
    return written if isinstance(written, Formula) else None


def _sample(node: Node) -> Any:
    """The value, or ones in its place when it was elided (a trace looks only at shapes)."""
    return np.ones(node.shape, node.dtype) if isinstance(node.value, Elided) else node.value
