"""Freezing a tape: from tensors that the user's code just made to a walk.

It happens in two stages. *Capturing* is cheap and takes only references (plus copies of what may change: leaves), so
that it can be done at every ``backward()`` of a running script. *Building* resolves names, source lines and formulas,
and is done once, for the walk that is asked for.
"""

from __future__ import annotations

import inspect
import linecache
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import FrameType
from typing import Any

import numpy as np

from gradwalk import inplace, source
from gradwalk.backward import Edge, FreedError, sweep
from gradwalk.errors import BackwardError
from gradwalk.formula import TEXT, renamed, write
from gradwalk.nn import Module
from gradwalk.ops import Op
from gradwalk.recording import PACKAGE, Position, Scope
from gradwalk.tensor import Tensor, seed_for
from gradwalk.walk.model import Node, Role, Step, WalkError
from gradwalk.walk.rules import local_derivative, traced
from gradwalk.walk.walk import Walk

NOWHERE = Position(None, -1)
NAME_LIMIT = 12  # a longer expression reads badly as a name inside formulas: it is called v7 instead


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one tensor: the tape itself may be freed, and the tensor changed, right after."""

    key: int
    name: str | None
    op: Op | None
    inputs: tuple[Any, ...]
    params: Mapping[str, Any]
    value: Any
    wants_gradient: bool
    position: Position
    place: source.Span | None
    scope: Scope | None
    siblings: int
    slot: int


@dataclass(frozen=True)
class Captured:
    """A tape and its backward pass by reference, before names and formulas are worked out."""

    output: int
    entries: dict[int, Entry]
    edges: Sequence[Edge]
    seed: Any
    names: dict[int, str]  # of tensors and modules
    keep: Sequence[Any]  # the tensors itself, so that ids stay theirs


def capture(output: Tensor, edges: Sequence[Edge] | None = None, names: Mapping[int, str] | None = None) -> Captured:
    """Take hold of everything behind ``output`` (and the edges of its backward pass, swept now if not given)."""
    if not isinstance(output, Tensor):
        raise WalkError(f"a walk starts from a Tensor that was computed, and this is a {type(output).__name__}")
    if output.op is None:
        raise WalkError(
            "there is nothing to walk: this tensor was given, or computed without recording "
            "(no input requires grad, or under no_grad, or detached)"
        )
    entries, keep = _entries(output)
    seed = seed_for(output, None)
    if edges is None:
        edges = sweep(output, seed, history=inplace)
    return Captured(id(output), entries, edges, seed, {**_names_of_members(entries.values()), **(names or {})}, keep)


def _names_of_members(entries: Iterable[Entry]) -> dict[int, str]:
    """What is in the outermost modules that ran, by the names it has there: for modules that no variable holds."""
    names: dict[int, str] = {}
    for entry in entries:
        outermost = entry.scope.path[0] if entry.scope is not None and entry.scope.path else None
        if isinstance(outermost, Module) and id(outermost) not in names:
            names |= named({"": outermost})
    return names


def _entries(output: Tensor) -> tuple[dict[int, Entry], list[Any]]:
    found: dict[int, Tensor] = {id(output): output}
    waiting = [output]
    resolved: dict[int, tuple[Any, ...]] = {}
    while waiting:
        tensor = waiting.pop()
        if tensor.inputs is None:
            raise FreedError(_freed(tensor))
        inputs = tuple(inplace.resolve(x, tensor) if isinstance(x, Tensor) else x for x in tensor.inputs)
        resolved[id(tensor)] = inputs
        for x in inputs:
            if isinstance(x, Tensor) and id(x) not in found:
                found[id(x)] = x
                waiting.append(x)
    ordered = sorted(found.values(), key=lambda tensor: tensor.index)
    return {id(t): _entry(t, resolved[id(t)]) for t in ordered}, ordered


def _freed(tensor: Tensor) -> str:
    assert tensor.op is not None
    return (
        f"the tape behind {tensor.op.name} has been freed by a backward pass; walk before calling backward(), "
        "or call backward(retain_graph=True)"
    )


def _entry(tensor: Tensor, inputs: tuple[Any, ...]) -> Entry:
    scope = tensor.scope
    position = Position(tensor.code, tensor.offset)
    if _is_ours(position):
        position = (scope and scope.position) or NOWHERE
    value = np.array(inplace.value_then(tensor))
    return Entry(
        id(tensor), tensor.name, tensor.op, inputs, tensor.params, value, tensor.requires_grad, position, tensor.place, scope,
        tensor.siblings, tensor.slot,
    )  # fmt: skip


def _is_ours(position: Position) -> bool:
    return position.code is not None and position.code.co_filename.startswith(PACKAGE)


def names_in(frame: FrameType | None) -> dict[int, str]:
    """The variables of the user's code that hold tensors and modules, by their ids: innermost names first."""
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    if frame is None:
        return {}
    variables = dict(frame.f_locals)
    own = variables.pop("self", None)
    attributes = {"": own} if isinstance(own, Module) else getattr(own, "__dict__", {})
    return named(attributes) | named(dict(frame.f_globals)) | named(variables)


def named(variables: Mapping[str, Any]) -> dict[int, str]:
    """The names of the tensors and modules that variables hold, and of what is inside the modules (``net.0.weight``)."""
    shown = {
        name: value
        for name, value in variables.items()
        if isinstance(value, Tensor | Module) and not name.startswith("_")
    }
    names: dict[int, str] = {}
    for (
        name,
        value,
    ) in shown.items():  # modules first: what a loop over parameters left in a variable names none of them
        if isinstance(value, Module):
            for path, member in _members(value, name):
                names.setdefault(id(member), path)
    for name, value in shown.items():
        names.setdefault(id(value), name)
    return names


def _members(module: Module, prefix: str) -> Iterator[tuple[str, Module | Tensor]]:
    return chain(module.named_modules(prefix=prefix), module.named_parameters(prefix), module.named_buffers(prefix))


# --- building --------------------------------------------------------------------------------------------------------


def build(captured: Captured, title: str = "", output_name: str = "") -> Walk:
    """Work out names, source lines, local derivatives and formulas, and freeze it all as a walk."""
    nodes, ids = _nodes(captured, output_name)
    output = ids[captured.output]
    files = {node.span.file for node in nodes if node.span is not None}
    shown = {file: _shown(file) for file in files}
    text = {shown[file]: "".join(linecache.getlines(file)) for file in sorted(files)}
    placed = tuple(replace(n, span=replace(n.span, file=shown[n.span.file])) if n.span else n for n in nodes)
    steps = (*_forward(placed), Step("seed", output, total=np.array(captured.seed)), *_backward(captured, ids, placed))
    return Walk(title or placed[output].name, output, placed, tuple(steps), text)


def _shown(file: str) -> str:
    """A file as the user knows it: relative to where they are, else its name alone."""
    if file.startswith("<") or not os.path.isabs(file):
        return file
    relative = os.path.relpath(file)
    return os.path.basename(file) if relative.startswith("..") else relative


def _nodes(captured: Captured, output_name: str) -> tuple[list[Node], dict[int, int]]:
    nodes: list[Node] = []
    ids: dict[int, int] = {}
    calls: dict[int, int] = {}
    taken: dict[str, int] = {}
    returned = _returned(captured)
    for entry in captured.entries.values():
        inputs = [_input_id(x, nodes, ids) for x in entry.inputs]
        node_id = len(nodes)
        given = output_name if entry.key == captured.output and output_name else ""
        name = _unique(given or _name(entry, captured.names, node_id, returned), taken)
        call = calls.setdefault(entry.siblings, node_id) if entry.siblings else node_id
        scope = entry.scope or Scope()
        nodes.append(
            Node(
                id=node_id,
                name=name,
                role=_role(entry, captured.names),
                op=entry.op.name if entry.op else None,
                call=call,
                slot=entry.slot,
                inputs=tuple(inputs),
                params=dict(entry.params),
                shape=entry.value.shape,
                dtype=str(entry.value.dtype),
                value=entry.value,
                wants_gradient=entry.wants_gradient,
                span=_span(entry),
                scope=_path(scope, captured.names),
                calls=scope.calls,
            )
        )
        ids[entry.key] = node_id
    return nodes, ids


def _path(scope: Scope, names: Mapping[int, str]) -> tuple[str, ...]:
    """The names of the groups; a module's name leaves out what the one around it says already."""
    path, around = [], ""
    for group in scope.path:
        whole = group if isinstance(group, str) else names.get(id(group)) or type(group).__name__
        path.append(whole.removeprefix(f"{around}."))
        around = whole
    return tuple(path)


def _span(entry: Entry) -> source.Span | None:
    return entry.place or source.span(*entry.position)


def _input_id(x: Any, nodes: list[Node], ids: dict[int, int]) -> int:
    """The id of an input; a Python number gets a constant node of its own, just before its consumer."""
    if isinstance(x, Tensor):
        return ids[id(x)]
    value = np.array(x)
    nodes.append(
        Node(len(nodes), str(x), "constant", None, len(nodes), 0, (), {}, value.shape, str(value.dtype), value)
    )
    return len(nodes) - 1


def _role(entry: Entry, names: Mapping[int, str]) -> Role:
    if entry.op is not None:
        return "result"
    if entry.wants_gradient:
        return "parameter"
    stored = "" if _library_call(entry) else source.stored_name(*entry.position)
    name = entry.name or names.get(entry.key) or stored
    return "input" if name and "." not in name else "constant"  # a dotted name is a module's buffer or frozen parameter


def _library_call(entry: Entry) -> Position | None:
    """The call of a library function that an op was made in: `entered` makes one position for each, shared by all inside."""
    return entry.scope.position if entry.scope is not None else None


def _returned(captured: Captured) -> set[int]:
    """The results that library functions gave back to the user's code: something outside of the call reads them."""
    found = {captured.output}
    for entry in captured.entries.values():
        for x in entry.inputs:
            if isinstance(x, Tensor) and _library_call(captured.entries[id(x)]) is not _library_call(entry):
                found.add(id(x))
    return found


def _name(entry: Entry, names: Mapping[int, str], node_id: int, returned: Collection[int]) -> str:
    """The first of: the name it was given, the user's variable, the store that follows, the expression's text."""
    if entry.name or entry.key in names:
        return entry.name or names[entry.key]
    code, offset = entry.position
    if _library_call(entry) is None or entry.key in returned:
        stored = source.stored_name(code, offset, _slot(entry, returned))
        text = stored or source.tidy(source.text(_span(entry)))
        if entry.op is None and not stored:
            text = f"c{node_id}" if entry.value.size > 1 else _number_name(entry.value)
        if text and len(text) <= NAME_LIMIT:
            return text
    return f"v{node_id}" if entry.op else f"c{node_id}"


def _slot(entry: Entry, returned: Collection[int]) -> int | None:
    """The position in ``a, b = …``; a library function that returns several results returns the recorded one first."""
    return entry.slot if entry.siblings or (_library_call(entry) is not None and entry.key in returned) else None


def _number_name(value: Any) -> str:
    return f"{value.item():g}" if value.size == 1 else ""


def _unique(name: str, taken: dict[str, int]) -> str:
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{grouped(name)}#{taken[name]}"


def _forward(nodes: Iterable[Node]) -> Iterable[Step]:
    return [Step("forward", node.id) for node in nodes if node.op is not None]


def _backward(captured: Captured, ids: Mapping[int, int], nodes: Sequence[Node]) -> Iterable[Step]:
    output = nodes[ids[captured.output]].name
    return [_crossing(edge, ids, nodes, output) for edge in captured.edges]


def _crossing(edge: Edge, ids: Mapping[int, int], nodes: Sequence[Node], output: str) -> Step:
    node, input = nodes[ids[id(edge.node)]], nodes[ids[id(edge.input)]]
    return crossing(nodes, output, node, edge.slot, input, edge.upstream, edge.contribution, edge.total)


def crossing(
    nodes: Sequence[Node] | Mapping[int, Node],
    output: str,
    node: Node,
    slot: int,
    input: Node,
    upstream: Any,
    contribution: Any,
    total: Any,
) -> Step:
    """One backward step: with its local derivative, where it is one number per entry, and its formula in names."""
    formula = traced(node, slot, [nodes[i] for i in node.inputs])
    names = {"g": gradient_name(output, node.name), "out": node.name}
    names |= {f"in{i}": nodes[key].name for i, key in enumerate(node.inputs)}
    return Step(
        "backward", node.id, input.id, slot, np.array(upstream), local_derivative(node, slot, [nodes[i] for i in node.inputs]),
        np.array(contribution), np.array(total), write(formula, TEXT, renamed(names)) if formula is not None else "",
    )  # fmt: skip


def gradient_name(output: str, name: str) -> str:
    """How the gradient of the output for one node is written: ∂L/∂w1."""
    return f"∂{grouped(output)}/∂{grouped(name)}"


def grouped(name: str) -> str:
    """A name that is an expression's text in parentheses; one entry (``h[0, 1]``) reads as one thing already."""
    whole = name.split("[")[0] if name.endswith("]") else name
    is_one = whole.startswith("(") and whole.endswith(")") and whole.count("(") == 1
    return f"({name})" if any(c in whole for c in " ·") and not is_one else name


# --- the public way in -----------------------------------------------------------------------------------------------


def walk(target: Tensor | Callable[..., Tensor], *inputs: Any, title: str = "", name: str = "") -> Walk:
    """Freeze a computation and its backward pass as a `Walk`.

    ``walk(loss)`` takes what your own code just computed; it makes its own backward sweep and never touches ``.grad``.
    ``walk(f, *inputs)`` calls ``f`` on fresh leaves made of the inputs, named as ``f``'s arguments are.

    >>> import gradwalk as gw
    >>> w = gw.tensor(3.0, requires_grad=True)
    >>> loss = (w - 1) ** 2
    >>> gw.walk(loss).gradient("w").item()
    4.0
    """
    frame = sys._getframe(1)
    if isinstance(target, Tensor):
        if target.requires_grad and target.value.size != 1:
            raise BackwardError(
                f"a walk needs a single number to start from, and this has shape {target.shape}: reduce it (.sum(), .mean())"
            )
        return build(capture(target, names=names_in(frame)), title, name)
    if not callable(target):
        raise WalkError(f"walk() takes a Tensor, or a function and its inputs, not {type(target).__name__}")
    known = names_in(frame)
    title = title or known.get(id(target), "") or str(getattr(target, "__name__", ""))
    return build(_of_function(target, inputs, known), title, name)


def _of_function(f: Callable[..., Any], inputs: Sequence[Any], known: Mapping[int, str]) -> Captured:
    arguments = _arguments(f.forward if isinstance(f, Module) else f)
    leaves = []
    for position, x in enumerate(inputs):
        own = arguments[position] if position < len(arguments) else f"x{position}"
        leaves.append(x if isinstance(x, Tensor) else _leaf(x, own))
    names = {id(x): arguments[i] for i, x in enumerate(leaves) if i < len(arguments) and x.name is None}
    output = f(*leaves)
    if not isinstance(output, Tensor):
        raise WalkError(
            f"{getattr(f, '__name__', 'the function')} must return a Tensor, and returned {type(output).__name__}"
        )
    if output.value.size != 1:
        raise BackwardError(
            f"the function's result has shape {output.shape}; reduce it to a single number (.sum(), .mean())"
        )
    return capture(output, names={**known, **names})


def _arguments(f: Callable[..., Any]) -> list[str]:
    """What a function calls its inputs; nothing for one written in C that doesn't say."""
    try:
        return list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return []


def _leaf(value: Any, name: str) -> Tensor:
    array = np.array(value)
    made = array.astype(float) if array.dtype.kind in "iub" and array.ndim == 0 else array
    return Tensor(made, requires_grad=made.dtype.kind == "f", name=name)
