"""Exploring functions: curves with their tangent, grids with cross-sections, chains link by link, loss surfaces."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk import expression
from gradwalk.expression import Program
from gradwalk.formula import TEXT, Formula, write
from gradwalk.studio.clock import Deadline
from gradwalk.studio.errors import Refused
from gradwalk.studio.functions import Function, Recomputed, composed, narrows, off_tape
from gradwalk.studio.protocol import (
    ChainReply,
    ChainRequest,
    CurveReply,
    CurveRequest,
    ErrorReply,
    GridReply,
    GridRequest,
    LinkInfo,
    SurfaceReply,
    SurfaceRequest,
)
from gradwalk.studio.signs import multiplies
from gradwalk.studio.wire import WireError
from gradwalk.views.expression import expression as formula_of
from gradwalk.views.latex import LATEX, grown, noted
from gradwalk.views.mathml import math
from gradwalk.walk import Node, Walk, WalkError

MOST_POINTS, MOST_ACROSS, MOST_SURFACE, MOST_STEPS, MOST_LINKS = 2001, 201, 101, 1000, 300
HALVINGS = 60  # of an interval in which the slope changes its sign: down to neighbouring floats

Buffers = Sequence[Any]


def curve(request: CurveRequest, deadline: Deadline) -> tuple[CurveReply, Buffers]:
    """A function of one variable: values and slopes between two ends, and the tangent at one point."""
    program = expression.parse(request.formula)
    x = _line(request.low, request.high, request.points, MOST_POINTS)
    function = _function(program, request.values, {request.name: request.at}, deadline)
    y, slope = function.slopes(x)
    near, slopes = function.slopes(np.array([request.at, request.at + request.nudge]))
    value, tangent = float(near[0]), float(slopes[0])
    predicted = tangent * request.nudge
    reply = CurveReply(
        value=value,
        slope=tangent,
        predicted=predicted,
        exact=multiplies([request.nudge, tangent], predicted),
        actual=float(near[1]) - value,
        flat=flat(function, x, slope),
        mathml=formula_mathml(program),
    )
    return reply, (x, y, slope)


def grid(request: GridRequest, deadline: Deadline) -> tuple[GridReply, Buffers]:
    """A function of two variables on a grid, with both cross-sections through a point."""
    _pair(request.names, request.low, request.high, request.at)
    program = expression.parse(request.formula)
    x, y = (_line(low, high, request.points, MOST_ACROSS) for low, high in zip(request.low, request.high, strict=True))
    function = _function(program, request.values, dict(zip(request.names, request.at, strict=True)), deadline)
    a, b = request.at
    value, *partials = (float(found) for found in function.slopes(np.array(a), np.array(b)))
    z = function.values(*np.meshgrid(x, y))
    return GridReply(value, partials, formula_mathml(program)), (z, function.values(x, b), function.values(a, y))


def surface(walk: Walk, request: SurfaceRequest, deadline: Deadline) -> tuple[SurfaceReply, Buffers]:
    """The output of a walk over two of its leaves, and the path of descent from where they are now."""
    _pair(request.names, request.low, request.high, (0, 0))
    if not 0 <= request.steps <= MOST_STEPS:
        raise WireError(f"the descent takes 0 to {MOST_STEPS:,} steps")
    leaves = [_leaf(walk, name) for name in request.names]
    x, y = (_line(low, high, request.points, MOST_SURFACE) for low, high in zip(request.low, request.high, strict=True))
    function = Function(walk, leaves, walk.outputs()[0], deadline)
    if not function.depends:
        raise WalkError(f"{function.output.name} depends on neither {' nor '.join(request.names)}")
    start = [float(np.asarray(leaf.value).item()) for leaf in leaves]
    path = descent(function, start, request.rate, request.steps, deadline)
    return SurfaceReply(path[0][2]), (function.values(*np.meshgrid(x, y)), path)


def descent(
    function: Function, start: Sequence[float], rate: float, steps: int, deadline: Deadline
) -> list[list[float]]:
    """Plain gradient steps on two numbers: x, y and the value at each."""
    a, b = start
    path = []
    for number in range(steps + 1):
        deadline.check()
        value, *slopes = (float(found) for found in function.slopes(np.array(a), np.array(b)))
        path.append([a, b, value])
        if number < steps:
            a, b = (float(np.float64(x) - np.float64(rate) * slope) for x, slope in zip((a, b), slopes, strict=True))
    return path


def _leaf(walk: Walk, name: str) -> Node:
    node = walk.node(name)
    if not node.is_leaf or node.turn:
        raise WalkError(f"{node.name} is computed, and a surface is drawn over two leaves")
    if not node.dtype.startswith("float"):
        raise WalkError(f"{node.name} holds whole numbers, and a surface is drawn over two leaves that can move")
    return node


# --- a chain, link by link -------------------------------------------------------------------------------------------


def chain(request: ChainRequest, deadline: Deadline) -> tuple[ChainReply, Buffers]:
    """A composition of functions of one variable: each link over its own input."""
    program = expression.parse(request.formula)
    walk = _walk(program, request.values, {request.name: request.at})
    before = _variable(walk, program, request.name)
    masks = off_tape(walk)
    if masks:
        raise WalkError(
            f"{masks[0].name} is a comparison or a mask, which no chain of slopes goes through; draw this function as one curve"
        )
    x = _line(request.low, request.high, request.points, MOST_POINTS)
    links: list[LinkInfo] = []
    buffers: list[Any] = []
    slope, name = 1.0, request.name
    for number, node in enumerate(_links(walk, program, before), 1):
        function = Function(walk, [before], node, deadline)
        y = function.values(x)
        link = _link(walk, function, name, _link_name(walk, node, number), x)
        links.append(link)
        buffers += [x, y]
        slope, before, name, x = slope * link.slope, node, link.name, _range(y, link.output, request.points)
    return ChainReply(links, slope, multiplies([link.slope for link in links], slope)), buffers


def _links(walk: Walk, program: Program, variable: Node) -> list[Node]:
    """The links: where the program gives several of them names, those; else every op that all paths pass."""
    output = walk.nodes[walk.output]
    found = narrows(walk, variable, output)
    named = [node for node in found if node.name in program.assigned]
    links = named if len(named) > 1 else found
    if len(links) > MOST_LINKS:
        raise WalkError(f"this chain has {len(links)} links, and the limit is {MOST_LINKS}")
    return links


def _link_name(walk: Walk, node: Node, number: int) -> str:
    """A link's own name; u1, u2, … where the formula gives it none."""
    taken = {other.name for other in walk.nodes}
    letter = next(x for x in ("u", "v", "link") if f"{x}{number}" not in taken)
    return (
        node.name
        if node.name.isidentifier() and (node.id == walk.output or not node.name.startswith("v"))
        else f"{letter}{number}"
    )


def _link(walk: Walk, function: Function, before: str, name: str, x: Any) -> LinkInfo:
    """One link at its own point, written as a function of what comes ``before`` it."""
    (variable,) = function.variables
    at = float(np.asarray(variable.value).item())
    value, slope = (float(found) for found in function.slopes(np.array(at)))
    formula = composed(walk, function.output, {variable.id: before})
    return LinkInfo(
        name, write(formula, TEXT), _formula_math(formula, name), at, value, slope, float(x[0]), float(x[-1])
    )


def _range(y: Any, at: float, points: int) -> Any:
    """What the next link is drawn over: everything that this one comes to, and the point itself."""
    seen = [value for value in (*y.tolist(), at) if np.isfinite(value)]
    low, high = (min(seen), max(seen)) if seen else (-1.0, 1.0)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - 1.0, high + 1.0
    return np.linspace(low, high, points)


# --- where the slope is zero -----------------------------------------------------------------------------------------


def flat(function: Function | Recomputed, x: Any, slope: Any) -> list[float]:
    """The points between the ends where the slope is zero: a sign change, narrowed down; a flat stretch is no point."""
    with np.errstate(all="ignore"):
        zero = slope == 0
        alone = zero & ~np.roll(zero, 1) & ~np.roll(zero, -1)
        turns = np.sign(slope[:-1]) * np.sign(slope[1:]) < 0
    width, scale = float(x[1] - x[0]), float(np.max(np.abs(slope), initial=0.0, where=np.isfinite(slope)))
    found = np.concatenate([x[1:-1][alone[1:-1]], _narrowed(function, x[:-1][turns], x[1:][turns])])
    return sorted(float(value) for value in found[_is_smooth(function, found, width, scale)])


def _is_smooth(function: Function | Recomputed, found: Any, width: float, scale: float) -> Any:
    """Where the slope jumps across zero (a kink, a pole), there is no flat point."""
    if not len(found):
        return np.zeros(0, dtype=bool)
    before, after = (np.abs(function.slopes(found + side * 1e-6 * width)[1]) for side in (-1, 1))
    return np.maximum(before, after) <= 1e-3 * scale


def _narrowed(function: Function | Recomputed, low: Any, high: Any) -> Any:
    """Bisection in all intervals together."""
    if not len(low):
        return low
    width = high - low
    sign = np.sign(function.slopes(low)[1])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        same = np.sign(function.slopes(middle)[1]) == sign
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return _tidied(function, (low + high) / 2, width)


def _tidied(function: Function | Recomputed, found: Any, width: Any) -> Any:
    """Without what bisection leaves in the last digits, where the slope is no larger there."""
    digits = int(np.clip(np.ceil(-np.log10(np.min(width))) + 8, 0, 300))
    tidy = np.round(found, digits) + 0.0
    return np.where(np.abs(function.slopes(tidy)[1]) <= np.abs(function.slopes(found)[1]), tidy, found)


# --- reading requests ------------------------------------------------------------------------------------------------


def _line(low: float, high: float, points: int, most: int) -> Any:
    if not low < high or not np.isfinite(high - low):
        raise WireError("low should be below high")
    if not 2 <= points <= most:
        raise WireError(f"points should be from 2 to {most:,}")
    return np.linspace(low, high, points)


def _pair(names: Sequence[str], *ends: Sequence[float]) -> None:
    if len(names) != 2 or names[0] == names[1] or any(len(end) != 2 for end in ends):
        raise WireError("names should be two different names, and low, high and at two numbers each")


def _function(
    program: Program, values: Mapping[str, Any], at: Mapping[str, float], deadline: Deadline
) -> Function | Recomputed:
    """The formula as a function of the names in ``at``."""
    walk = _walk(program, values, at)
    variables = [_variable(walk, program, name) for name in at]
    if off_tape(walk):
        return Recomputed(program, values, list(at), deadline)
    return Function(walk, variables, walk.nodes[walk.output], deadline)


def _walk(program: Program, values: Mapping[str, Any], at: Mapping[str, float]) -> Walk:
    missing = [name for name in at if name not in program.names]
    if missing:
        raise _without(missing[0], program)
    return expression.walk(program, {**values, **at})


def _variable(walk: Walk, program: Program, name: str) -> Node:
    found = next((node for node in walk.nodes if node.is_leaf and node.name == name and node.role != "constant"), None)
    if found is None:
        raise _without(name, program)
    return found


def _without(name: str, program: Program) -> Refused:
    known = ", ".join(program.names) or "none"
    return Refused(
        ErrorReply(
            "formula",
            f"the result doesn't depend on {name[:40]}",
            f"choose one of its names ({known}), or use {name[:40]} in it",
        )
    )


# --- formulas --------------------------------------------------------------------------------------------------------


def formula_mathml(program: Program) -> str:
    """A formula, or each line of a short program, in MathML."""
    return ", ".join(filter(None, map(_statement_math, program.tree.body[:12])))


def _statement_math(statement: ast.stmt) -> str:
    value = getattr(statement, "value", None)
    formula = formula_of(ast.unparse(value)) if isinstance(value, ast.expr) else None
    if formula is None or isinstance(statement, ast.AugAssign):
        return ""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return _formula_math(formula, target.id if isinstance(target, ast.Name) else "")


def _formula_math(formula: Formula, name: str = "") -> str:
    """A formula in MathML, with what it is called in front."""
    latex, text = grown(write(formula, LATEX)), write(formula, TEXT)
    return math(f"{noted(name).text} = {latex}", f"{name} = {text}") if name else math(latex, text)
