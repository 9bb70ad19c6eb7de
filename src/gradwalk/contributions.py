"""What one node hands to its inputs in the backward pass: its rules, read on arrays or on Tensors.

Most nodes have no parameters, and no change in place near them. For those an op has a function of its own, generated
when it is first needed: the general way, which does the same, takes twice as long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from gradwalk.errors import BackwardError
from gradwalk.ops import Op
from gradwalk.ops.arithmetic import cast
from gradwalk.ops.shape import fold

Node = Any
Give = Callable[[Node, int, Node, Any, Any], None]  # a node, a slot, the input there, upstream gradient, contribution
Way = Callable[[Node, Any, Give], None]  # from a node and its upstream gradient
Reading = Callable[[Node, Sequence[Node]], list[Any]]  # the output and the inputs, as a rule reads them


def values(node: Node, inputs: Sequence[Node]) -> list[Any]:
    """Read a rule on arrays: nodes stand for their values, and numbers for themselves."""
    return [node.value, *[getattr(x, "value", x) for x in inputs]]


def themselves(node: Node, inputs: Sequence[Node]) -> list[Any]:
    """Read a rule on Tensors: nodes stand for themselves, so that the backward pass is recorded too."""
    return [node, *inputs]


class History(Protocol):
    """What the sweep asks about changes in place."""

    latest: int  # the number of the last change: of none that came before a node and what it read, it asks no more

    def resolve(self, input: Node, node: Node) -> Node:
        """The version of an input that ``node`` read."""

    def seen(self, input: Node, node: Node) -> Node:
        """What ``node`` read in that version: its own copy, if it went on to change it."""

    def refuse_stale(self, node: Node, slot: int) -> None:
        """An error if a rule would read what was changed since."""


class Unchanged:
    """Nothing was changed in place."""

    latest = 0


UNCHANGED: Any = Unchanged()


def in_general(node: Node, upstream: Any, give: Give, read: Reading = values, history: History = UNCHANGED) -> None:
    """Any number of inputs, with parameters, on whatever the rules are read on, after changes in place."""
    inputs = seen = node.inputs
    changed = node.index <= history.latest
    if changed:
        inputs = [history.resolve(x, node) for x in node.inputs]
        seen = [history.seen(x, node) for x in inputs]
    op, params, operands = node.op, node.params, read(node, seen)
    for slot, input in enumerate(inputs):
        rule = op.rule(slot) if wants_gradient(input) else None
        if rule is None:
            continue
        if changed:
            history.refuse_stale(node, slot)
        give(node, slot, input, upstream, rule(upstream, *operands, **params))


def wants_gradient(node: Node) -> bool:
    """Whether a gradient flows into this input (a Python number has none)."""
    return getattr(node, "requires_grad", False)


HAND = """
def hand(node, upstream, give):
    {inputs} = {held}
    {values} = {read}
{edges}
"""

EDGE = """
    if {value} is not {input} and {input}.requires_grad:
        give(node, {slot}, {input}, upstream, {contribution})
"""

GIVEN = frozenset({float, int, bool, type(None)})  # what an op reads that is no node


def hand_of(op: Op) -> Way:
    """The quick way back through an op's nodes without parameters: made when it is first needed."""
    if op.hand is None:
        op.hand = in_general if op.variadic or op.params else generated(op)
    return op.hand


def generated(op: Op) -> Way:
    """Write down the way back through an op, input by input, and compile it."""
    rules = {slot: op.rules[name] for slot, name in enumerate(op.inputs) if name in op.rules}
    inputs, values = ([f"{what}_{name}" for name in op.inputs] for what in ("input", "value"))
    edges = [
        EDGE.format(slot=slot, input=inputs[slot], value=values[slot], contribution=spelt(op, slot, values))
        for slot in rules
    ]
    source = HAND.format(
        inputs=", ".join(inputs),
        held="node.first, node.second" if len(inputs) == 2 else "node.first",
        values=", ".join(values),
        read=", ".join(f"{x} if type({x}) in GIVEN else {x}.value" for x in inputs),
        edges="".join(edges),
    )
    named = {f"rule_{slot}": getattr(rule, "__wrapped_rule__", rule) for slot, rule in rules.items()}
    namespace: dict[str, Any] = {"__name__": __name__, "GIVEN": GIVEN, **named}
    exec(compile(source, __file__, "exec"), namespace)
    return namespace["hand"]  # type: ignore[no-any-return]


def spelt(op: Op, slot: int, values: Sequence[str]) -> str:
    """What an op hands to one input, as text: a local derivative is multiplied here, which saves a call."""
    is_local, operands = op.inputs[slot] in op.local, ", ".join(("node.value", *values))
    return f"upstream * rule_{slot}({operands})" if is_local else f"rule_{slot}(upstream, {operands})"


def fitted(contribution: Any, node: Node, slot: int, value: Any) -> Any:
    """A contribution in the shape and type of what it flows into: here and nowhere else is broadcasting undone."""
    if getattr(contribution, "shape", None) != value.shape:
        _refuse_unfitting(node, slot, contribution, value.shape)
        contribution = fold(contribution, shape=value.shape)
    dtype = value.dtype
    return contribution if contribution.dtype == dtype else cast(contribution, dtype=dtype)


def _refuse_unfitting(node: Node, slot: int, contribution: Any, shape: tuple[int, ...]) -> None:
    """An error if a rule's result isn't the input's shape, perhaps broadcast (a rule may be one that a user declared)."""
    found = getattr(contribution, "shape", None)
    said = f"the rule of {node.op.name} for its input {node.op.inputs[0 if node.op.variadic else slot]!r} returned"
    if found is None:
        raise BackwardError(
            f"{said} {contribution!r:.40}, and must return an array: the upstream gradient times something"
        )
    trailing = found[len(found) - len(shape) :]
    if len(found) < len(shape) or any(size not in (1, got) for size, got in zip(shape, trailing, strict=True)):
        raise BackwardError(
            f"{said} shape {found}, and must return the input's shape {shape} (or what {shape} broadcasts to)"
        )
