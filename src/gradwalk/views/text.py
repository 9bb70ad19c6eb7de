"""Walks and answers as plain text: what the terminal shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.formula import number
from gradwalk.views.equations import Equation, equations
from gradwalk.views.numbers import displayed
from gradwalk.views.words import in_numbers, in_symbols
from gradwalk.walk.model import Elided, Node, Step, WalkData
from gradwalk.walk.record import gradient_name

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
    heading = f" (after {turn} update{'s' if turn > 1 else ''})" if turn else ""
    told = [equation for equation in equations(walk) if _turn_of(walk, equation.step) == turn]
    given = [
        [node.name, f"= {value(node.value, digits)}", node.role]
        for node in walk.leaves(turn)
        if node.role != "constant"
    ]
    gradients = [_gradient(walk, node, digits) for node in walk.leaves(turn) if node.id in walk.gradients]
    parts = [
        ("given", given),
        ("forward", _rows(told, ("forward",), digits)),
        ("backward", _rows(told, ("seed", "backward"), digits)),
        ("gradients", gradients),
        ("update", _rows(told, ("update",), digits)),
    ]
    return [f"{title}{heading}\n{table(rows, most)}" for title, rows in parts if rows]


def _turn_of(walk: WalkData, step: Step) -> int:
    """The turn that a step belongs to; an update belongs to the one that it ends."""
    key = step.input if step.phase == "update" and step.input is not None else step.node
    return walk.nodes[key].turn


def _rows(told: Iterable[Equation], phases: tuple[str, ...], digits: int) -> list[list[str]]:
    return [_row(equation, digits) for equation in told if equation.step.phase in phases]


def _row(equation: Equation, digits: int) -> list[str]:
    """One step in columns: what, from which formula, with which numbers, and what it comes to."""
    symbols, filled = in_symbols(equation), in_numbers(equation, digits)
    total = f"   total {value(equation.total.value, digits)}" if equation.total is not None else ""
    return [
        equation.left.name,
        f"{equation.relation} {symbols}" if symbols not in ("", equation.left.name) else "",
        f"= {filled}" if filled not in ("", symbols) else "",
        f"{equation.sign(digits)} {value(equation.result.value, digits)}{total}",
    ]


def table(rows: Sequence[Sequence[str]], most: int = 400) -> str:
    """Columns padded to their widest entry; a long table keeps its two ends."""
    if len(rows) > most:
        hidden = len(rows) - most
        rows = [*rows[: most // 2], [f"… {hidden:,} more …"], *rows[-(most - most // 2) :]]
    columns = max((len(row) for row in rows), default=0)
    widths = [max((len(row[i]) for row in rows if i < len(row) - 1), default=0) for i in range(columns)]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows
    )


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
    users = (
        "1 result uses it"
        if len(answer.uses) == 1
        else f"{len(answer.uses)} results use it, and their contributions add up"
    )
    rows = [_use(use, digits) for use in answer.uses]
    if len(rows) > 1:
        rows.append(["", "sum", f"= {number(answer.gradient, digits)}"])
    return f"one step back: {users}\n{table(rows, 40)}"


def _use(use: Use, digits: int) -> list[str]:
    product = (
        f"= {_product([use.upstream, use.local], digits)}" if use.upstream is not None and use.local is not None else ""
    )
    sign = _sign([use.upstream, use.local], use.contribution, digits) if product else "="
    return [use.name, use.formula, " ".join([product, sign, number(use.contribution, digits)]).strip(), use.place]


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _product(factors: Iterable[Any], digits: int) -> str:
    shown = [number(f, digits) for f in factors]
    return " · ".join([shown[0], *map(_bracketed, shown[1:])])


def _sign(factors: Iterable[Any], product: float, digits: int) -> str:
    again = float(np.prod([displayed(float(f), digits) for f in factors]))
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
    if answer.estimated:
        lines.append("  (counted as if every entry depended on every other where an op was too large to look at)")
    if answer.shared:
        lines += ["", "factors that several leaves share, computed once"]
        lines.append(table([[name, f"in {count(times)} paths"] for name, times in answer.shared]))
    lines += [
        "",
        f"kept for the backward pass: {answer.saved_entries:,} number{'s' * (answer.saved_entries != 1)} ({answer.saved_bytes:,} bytes)",
    ]
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
    rows = [
        [d.name, value(d.before, digits), "→", value(d.after, digits), _percent(d.change)] for d in answer.differences
    ]
    return f"{answer.sentence}\n" + (f"{table(rows, 60)}\n" if rows else "")


def _percent(change: float) -> str:
    if not np.isfinite(change) or change > 1e4:
        return ""
    return f"changed by {number(100 * change, 3)} %"
