"""Walks and answers as plain text: what the terminal shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.formula import TEXT, Formula, number, renamed, write
from gradwalk.ops import OPS
from gradwalk.walk.model import Elided, Node, Step, WalkData
from gradwalk.walk.record import gradient_name
from gradwalk.walk.rules import traced

if TYPE_CHECKING:
    from gradwalk.walk.check import Check, Line
    from gradwalk.walk.compare import Comparison
    from gradwalk.walk.cost import Cost
    from gradwalk.walk.why import Path, Use, Why

FEW = 4  # a tensor with at most this many entries is shown as its numbers, a larger one as its shape


def value(shown: Any, digits: int = 4) -> str:
    """A value in a few characters: a number, a few numbers, or a shape.

    >>> value(0.75026), value(np.array([1.0, -2.0])), value(np.zeros((3, 4)))
    ('0.7503', '[1, −2]', '(3, 4)')
    """
    if isinstance(shown, Elided):
        return f"large, mean {number(shown.mean, digits)}"
    array = np.asarray(shown)
    if array.ndim == 0 or array.size == 1:
        return number(array.item(), digits)
    if array.ndim == 1 and array.size <= FEW:
        return f"[{', '.join(number(x, digits) for x in array.tolist())}]"
    return f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"


# --- the walk --------------------------------------------------------------------------------------------------------


def text(walk: WalkData, digits: int = 4, most: int = 400) -> str:
    """The whole walk: every step forward, every edge backward, every update, and the gradients of the leaves."""
    output = walk.outputs()[0]
    blocks = [f"{walk.title}: {output.name} = {value(output.value, digits)}"]
    for turn in range(walk.turns):
        blocks += _turn(walk, turn, digits, most)
    return "\n\n".join(blocks) + "\n"


def _turn(walk: WalkData, turn: int, digits: int, most: int) -> list[str]:
    steps = _steps(walk, turn)
    heading = f" (after {turn} update{'s' if turn > 1 else ''})" if turn else ""
    given = [[node.name, f"= {value(node.value, digits)}", _role(node)] for node in walk.leaves(turn) if node.role != "constant"]
    forward = [_forward(walk, step, digits) for step in steps if step.phase == "forward"]
    backward = [_backward(walk, step, digits) for step in steps if step.phase in ("seed", "backward")]
    updates = [_update(walk, step, digits) for step in steps if step.phase == "update"]
    gradients = [_gradient(walk, node, digits) for node in walk.leaves(turn) if node.id in walk.gradients]
    parts = [("given", given), ("forward", forward), ("backward", backward), ("gradients", gradients), ("update", updates)]
    return [f"{title}{heading}\n{table(rows, most)}" for title, rows in parts if rows]


def _steps(walk: WalkData, turn: int) -> list[Step]:
    """The steps of one turn; an update belongs to the turn that it ends."""
    return [s for s in walk.steps if (walk.nodes[s.input].turn if s.phase == "update" and s.input is not None else walk.nodes[s.node].turn) == turn]


def _role(node: Node) -> str:
    return {"parameter": "parameter", "input": "input", "constant": "constant"}.get(node.role, "")


def table(rows: Sequence[Sequence[str]], most: int = 400) -> str:
    """Columns padded to their widest entry; a long table keeps its two ends."""
    if len(rows) > most:
        hidden = len(rows) - most
        rows = [*rows[: most // 2], [f"… {hidden:,} more …"], *rows[-(most - most // 2) :]]
    columns = max((len(row) for row in rows), default=0)
    widths = [max((len(row[i]) for row in rows if i < len(row) - 1), default=0) for i in range(columns)]
    return "\n".join("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows)


def _forward(walk: WalkData, step: Step, digits: int) -> list[str]:
    node = walk.nodes[step.node]
    inputs = [walk.nodes[i] for i in node.inputs]
    written = forward_formula(node, inputs)
    symbols = write(written, TEXT, names_of(inputs)) if written is not None else f"{node.op}({', '.join(x.name for x in inputs)})"
    filled = write(written, TEXT, values_of(inputs, digits)) if written is not None else ""
    named = "" if symbols == node.name else f"= {symbols}"  # an unnamed result is called by its own expression
    return [node.name, named, *_filled(symbols, filled), f"{relation(written, inputs, node.value, digits)} {value(node.value, digits)}"]


def _filled(symbols: str, filled: str) -> list[str]:
    return [f"= {filled}" if filled and filled != symbols else ""]


def forward_formula(node: Node, inputs: Sequence[Node]) -> Formula | None:
    """One forward step written down, with the symbols in0, in1, …"""
    op = OPS.get(node.op or "")
    if op is None:
        return None
    symbols = tuple(Formula.symbol(f"in{i}", _shown(x)) for i, x in enumerate(inputs))
    return Formula(op, symbols, {key: v for key, v in node.params.items() if key != "slot"}, _shown(node))


def _shown(node: Node) -> Any:
    return np.ones(node.shape) if isinstance(node.value, Elided) else node.value


def names_of(inputs: Sequence[Node], **others: str) -> Callable[[Formula], Any]:
    """Show the symbols in0, in1, … by their nodes' names."""
    return renamed({**{f"in{i}": x.name for i, x in enumerate(inputs)}, **others})


def values_of(inputs: Sequence[Node], digits: int, **others: Any) -> Callable[[Formula], Any]:
    """Show the symbols in0, in1, … by their numbers; tensors keep their names."""
    shown = {f"in{i}": _single(x.value, x.name, digits) for i, x in enumerate(inputs)}
    return renamed({**shown, **others})


def _single(held: Any, name: str, digits: int) -> Any:
    """The number in here, rounded for display, or the name when it isn't one number."""
    if isinstance(held, Elided) or np.size(held) != 1:
        return name
    exact = np.asarray(held).item()
    return as_displayed(exact, digits)


def as_displayed(exact: Any, digits: int) -> Any:
    """A number as a reader sees it: rounded to the digits that are shown."""
    return float(f"{exact:.{digits}g}") if isinstance(exact, float) else exact


def relation(written: Formula | None, inputs: Sequence[Node], result: Any, digits: int, g: Any = None, out: Any = None) -> str:
    """``=``, or ``≈`` where the numbers displayed don't give the result displayed."""
    if written is None or isinstance(result, Elided) or np.size(result) != 1:
        return "="
    shown = {f"in{i}": x.value for i, x in enumerate(inputs)} | {"g": g, "out": out}
    try:
        with np.errstate(all="ignore"):
            again = evaluate(written, {key: as_displayed(np.asarray(v).item(), digits) if np.size(v) == 1 and v is not None else v for key, v in shown.items()})
    except (TypeError, ValueError):
        return "="
    if isinstance(again, tuple) or np.size(again) != 1:
        return "="
    return "=" if number(np.asarray(again).item(), digits) == number(np.asarray(result).item(), digits) else "≈"


def evaluate(part: Any, symbols: dict[str, Any]) -> Any:
    """Compute a formula again from other values of its symbols."""
    if not isinstance(part, Formula):
        return part
    if part.head is None:
        return symbols[part.name]
    return part.head.forward(*[evaluate(piece, symbols) for piece in part.parts], **part.params)


def _backward(walk: WalkData, step: Step, digits: int) -> list[str]:
    output = walk.outputs()[walk.nodes[step.node].turn].name
    if step.phase == "seed" or step.input is None or step.slot is None:
        return [gradient_name(output, output), "", "", f"= {value(step.total, digits)}"]
    node, target = walk.nodes[step.node], walk.nodes[step.input]
    inputs = [walk.nodes[i] for i in node.inputs]
    written = traced(node, step.slot, inputs)
    above = gradient_name(output, node.name)
    symbols = step.formula or (write(written, TEXT, names_of(inputs, g=above, out=node.name)) if written is not None else "")
    upstream = _single(step.upstream, above, digits)
    filled = write(written, TEXT, values_of(inputs, digits, g=upstream, out=_single(node.value, node.name, digits))) if written is not None else ""
    sign = relation(written, inputs, step.contribution, digits, step.upstream, node.value)
    added = "" if _equal(step.contribution, step.total) else f"   total {value(step.total, digits)}"
    return [
        gradient_name(output, target.name),
        f"+= {symbols}",
        *_filled(symbols, filled),
        f"{sign} {value(step.contribution, digits)}{added}",
    ]


def _equal(a: Any, b: Any) -> bool:
    return bool(np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)) if not isinstance(a, Elided) else True


def _update(walk: WalkData, step: Step, digits: int) -> list[str]:
    assert step.input is not None
    before = walk.nodes[step.input]
    rate = number(-np.asarray(step.local).item())
    symbols = step.formula or f"{before.name} − {rate} · {gradient_name(walk.outputs()[before.turn].name, before.name)}"
    filled = f"{value(before.value, digits)} − {rate} · {_bracketed(value(step.upstream, digits))}"
    return [before.name, f"← {symbols}", f"= {filled}", f"= {value(step.total, digits)}"]


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _gradient(walk: WalkData, node: Node, digits: int) -> list[str]:
    output = walk.outputs()[node.turn].name
    return [gradient_name(output, node.name), f"= {value(walk.gradients[node.id], digits)}"]


def summary(walk: WalkData) -> str:
    """A walk in a few lines, for a prompt's echo."""
    output = walk.outputs()[0]
    results = sum(node.op is not None for node in walk.in_turn(0))
    edges = sum(step.phase == "backward" for step in walk.steps)
    lines = [f"walk of {walk.title}: {output.name} = {value(output.value)}"]
    updates = f", {walk.turns - 1} updates" if walk.turns > 1 else ""
    lines.append(f"  {results} results forward, {edges} edges backward{updates}")
    leaves = [node for node in walk.leaves(0) if node.id in walk.gradients]
    lines += ["  ".join(["", *_gradient(walk, node, 4)]) for node in leaves[:8]]
    if len(leaves) > 8:
        lines.append(f"  … and {len(leaves) - 8} more leaves")
    lines.append("  why(name) explains one; check(), cost(), save(path); print(walk.render('text')) shows every step")
    return "\n".join(lines)


# --- why -------------------------------------------------------------------------------------------------------------


def why(answer: Why, digits: int = 4) -> str:
    """Why one gradient is its number: one step back, then all the way, then what made it so."""
    parts = [f"{answer.symbol} = {number(answer.gradient, digits)}"]
    if answer.zeros:
        parts.append(_zeros(answer))
    parts.append(_one_step(answer, digits))
    parts.append(_all_the_way(answer, digits))
    return "\n\n".join(part for part in parts if part) + "\n"


def _zeros(answer: Why) -> str:
    lines = []
    for zero in answer.zeros:
        several = f"{count(zero.paths)} of {count(answer.count)} paths" if answer.count > 1 else "the only path"
        lines.append(f"  {zero.factor.name} = 0 silences {several}{_at(zero.factor.place, zero.factor.code)}")
    return "zero factors\n" + "\n".join(lines)


def count(paths: int) -> str:
    """A number of paths in full, with an order of magnitude when it is long.

    >>> count(12), count(2**100)
    ('12', '1,267,650,600,228,229,401,496,703,205,376 (about 1.3e30)')
    """
    if paths < 10**7:
        return f"{paths:,}"
    rounded = f"about {Decimal(paths):.1e}".replace("e+", "e")
    return f"{paths:,} ({rounded})" if paths < 10**40 else rounded


def _at(place: str, code: str) -> str:
    return f"   ({place}: {code})" if place else ""


def _one_step(answer: Why, digits: int) -> str:
    if not answer.uses:
        return "it is the output itself: the backward pass starts here with 1"
    users = "1 result uses it" if len(answer.uses) == 1 else f"{len(answer.uses)} results use it, and their contributions add up"
    rows = [_use(use, digits) for use in answer.uses]
    if len(rows) > 1:
        rows.append(["", "sum", f"= {number(answer.gradient, digits)}"])
    return f"one step back: {users}\n{table(rows, 40)}"


def _use(use: Use, digits: int) -> list[str]:
    product = f"= {_product([use.upstream, use.local], digits)}" if use.upstream is not None and use.local is not None else ""
    sign = _sign([use.upstream, use.local], use.contribution, digits) if product else "="
    return [use.name, use.formula, " ".join([product, sign, number(use.contribution, digits)]).strip(), use.place]


def _product(factors: Iterable[Any], digits: int) -> str:
    shown = [number(f, digits) for f in factors]
    return " · ".join([shown[0], *map(_bracketed, shown[1:])])


def _sign(factors: Iterable[Any], product: float, digits: int) -> str:
    again = float(np.prod([as_displayed(float(f), digits) for f in factors]))
    return "=" if number(again, digits) == number(product, digits) else "≈"


def _all_the_way(answer: Why, digits: int) -> str:
    if not answer.uses:
        return ""
    paths = "1 path leads" if answer.count == 1 else f"{count(answer.count)} paths lead"
    lines = [f"all the way: {paths} from {answer.output} to {answer.name}"]
    lines += [_path(path, answer, digits) for path in answer.paths]
    if answer.rest_count:
        lines.append(f"  {count(answer.rest_count)} more sum to {number(answer.rest_sum, digits)}")
    return "\n".join(lines)


def _path(path: Path, answer: Why, digits: int) -> str:
    factors = [factor.value for factor in path.factors]
    share = f"   {number(100 * path.share, 3)} % of all |products|" if answer.count > 1 else ""
    head = f"  {_product(factors, digits)} {_sign(factors, path.product, digits)} {number(path.product, digits)}{share}"
    if path is not answer.paths[0]:
        return head
    rows = [
        ["  " + factor.name, f"= {number(factor.value, digits)}", _mark(path, i), factor.place, factor.code]
        for i, factor in enumerate(path.factors)
    ]
    return head + "\n" + table(rows, 24)


def _mark(path: Path, position: int) -> str:
    if position != path.decisive:
        return ""
    return "← zero" if path.factors[position].value == 0 else "← decisive"


# --- the other answers -----------------------------------------------------------------------------------------------


def cost(answer: Cost) -> str:
    """Multiplications in three ways, shared factors, and memory."""
    width = max(len(count(n)) for n in (answer.path_by_path, answer.forward_mode, answer.reverse_mode))
    rows = [
        f"  every path by itself  {count(answer.path_by_path).rjust(width)}",
        f"  forward mode          {count(answer.forward_mode).rjust(width)}   one pass for each of {answer.leaves:,} leaf entries",
        f"  reverse mode          {count(answer.reverse_mode).rjust(width)}   one pass for all: backpropagation",
    ]
    lines = ["multiplications of local derivatives, for all the gradients", *rows]
    if answer.shared:
        lines += ["", "factors that several leaves share, computed once"]
        lines.append(table([[name, f"in {count(times)} paths"] for name, times in answer.shared]))
    lines += ["", f"kept for the backward pass: {answer.saved_entries:,} number{'s' * (answer.saved_entries != 1)} ({answer.saved_bytes:,} bytes)"]
    return "\n".join(lines) + "\n"


def check(answer: Check, digits: int = 6) -> str:
    """Each gradient beside what others say of it."""
    rows = [["", "gradient", *answer.references, "agreement"]]
    rows += [_checked(line, answer.references, digits) for line in answer.lines]
    head = "every gradient agrees" if answer.ok else "NOT every gradient agrees"
    replayed = "the replay gives the same values and gradients" if answer.replayed else "the replay differs"
    return f"{head}\n{table(rows)}\n" + "".join(f"  {note}\n" for note in (replayed, *answer.notes))


def _checked(line: Line, references: Sequence[str], digits: int) -> list[str]:
    others = [value(line.found[name], digits) if name in line.found else "–" for name in references]
    return [line.name, value(line.gradient, digits), *others, _agreement(line)]


def _agreement(line: Line) -> str:
    worst = max(line.differences.values(), default=0.0)
    shown = "exact" if worst == 0 else f"to {number(worst, 1)}"
    return shown if line.ok else f"NO: off by {number(worst, 2)} of its size"


def compare(answer: Comparison, digits: int = 4) -> str:
    """Two walks side by side: where they part, and what followed."""
    if answer.same:
        return "the two walks are the same in every value and gradient\n"
    rows = [[d.name, value(d.before, digits), "→", value(d.after, digits), _percent(d.change)] for d in answer.differences]
    return f"{answer.sentence}\n" + (f"{table(rows, 60)}\n" if rows else "")


def _percent(change: float) -> str:
    if not np.isfinite(change) or change > 1e4:
        return ""
    return f"changed by {number(100 * change, 3)} %"
