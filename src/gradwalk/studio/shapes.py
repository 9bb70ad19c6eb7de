"""Shape algebra in words: why the transpose, why a bias sums over the batch."""

from __future__ import annotations

from collections.abc import Callable

from gradwalk.walk import Node, Step, Walk
from gradwalk.walk.record import gradient_name


def shape_note(walk: Walk, step: Step) -> str:
    """What the shapes of one backward step are about; nothing where there are only single numbers."""
    if step.phase != "backward" or step.input is None or step.slot is None:
        return ""
    node, source = walk.nodes[step.node], walk.nodes[step.input]
    if node.size == 1 and source.size == 1:
        return ""
    note = NOTES.get(node.op or "")
    found = note(walk, node, step.slot) if note else ""
    return found or _broadcast(node, source)


def size(shape: tuple[int, ...]) -> str:
    """A shape in words: 8 × 3."""
    return " × ".join(map(str, shape)) if shape else "a single number"


def _gradient(walk: Walk, node: Node) -> str:
    return gradient_name(walk.nodes[walk.output].name, node.name)


def _matmul(walk: Walk, node: Node, slot: int) -> str:
    """X @ W: a transpose stands where the inner sizes must meet."""
    a, b = (walk.nodes[i] for i in node.inputs[:2])
    if len(a.shape) != 2 or len(b.shape) != 2:
        return ""
    g = _gradient(walk, node)
    if slot == 1:
        return (
            f"{a.name}ᵀ, because {b.name} has one row per column of {a.name}: {size((a.shape[1], a.shape[0]))} times {g}'s "
            f"{size(node.shape)} gives {size(b.shape)}; the sum runs over the {_many(a.shape[0], 'row')} that {b.name} was used for"
        )
    return (
        f"{b.name}ᵀ, because {a.name} has one column per row of {b.name}: {g}'s {size(node.shape)} times "
        f"{size((b.shape[1], b.shape[0]))} gives {size(a.shape)}"
    )


def _linear(walk: Walk, node: Node, slot: int) -> str:
    """x @ weight.T + bias."""
    source = walk.nodes[node.inputs[slot]]
    if slot == 2:
        rows = node.size // max(source.size, 1)
        return f"{source.name} is used by {_many(rows, 'row')}, so its gradient is their sum"
    x, weight = (walk.nodes[i] for i in node.inputs[:2])
    if slot == 1:
        return f"{weight.name} has one row per column of {node.name} and one column per column of {x.name}, hence the transpose: {size(weight.shape)}"
    return f"forward used {weight.name}ᵀ, so backward uses {weight.name} itself: {size(node.shape)} times {size(weight.shape)} gives {size(x.shape)}"


def _sum(walk: Walk, node: Node, slot: int) -> str:
    source = walk.nodes[node.inputs[0]]
    return (
        f"every entry counts once in the sum, so each of the {source.size:,} gets the gradient of the sum it went into"
    )


def _mean(walk: Walk, node: Node, slot: int) -> str:
    source = walk.nodes[node.inputs[0]]
    share = source.size // max(node.size, 1)
    return f"every entry counts 1/{share:,} in the mean, so each gets that part of the gradient"


def _reshaped(walk: Walk, node: Node, slot: int) -> str:
    return f"only the shape changes: the gradient goes back from {size(node.shape)} to {size(walk.nodes[node.inputs[0]].shape)}"


def _turned(walk: Walk, node: Node, slot: int) -> str:
    return f"forward turned rows into columns, so backward turns them back: {size(node.shape)} to {size(walk.nodes[node.inputs[0]].shape)}"


NOTES: dict[str, Callable[[Walk, Node, int], str]] = {
    "matmul": _matmul, "linear": _linear, "sum": _sum, "mean": _mean, "reshape": _reshaped, "view": _reshaped, "flatten": _reshaped,
    "transpose": _turned, "permute": _turned, "mT": _turned, "T": _turned,
}  # fmt: skip


def _broadcast(node: Node, source: Node) -> str:
    """A value that was repeated to fit: its gradient is the sum over its copies."""
    if source.shape == node.shape or source.size >= node.size or source.size == 0 or node.size % source.size:
        return ""
    if tuple(x for x in node.shape[len(node.shape) - len(source.shape) :]) != source.shape and source.size != 1:
        return f"{source.name} was stretched from {size(source.shape)} to {size(node.shape)}, so its gradient sums over the copies"
    uses = node.size // source.size
    what = "entry" if source.size == 1 else "row"
    return f"{source.name} is used by {_many(uses, what)}, so its gradient is their sum"


def _many(count: int, noun: str) -> str:
    plural = {"entry": "entries"}.get(noun, f"{noun}s")
    return f"1 {noun}" if count == 1 else f"{count:,} {plural}"
