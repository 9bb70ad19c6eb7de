"""What is sent when a walk is opened, and again only when its structure changes: nodes, steps, formulas and the layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gradwalk.studio.opened import Opened
from gradwalk.studio.protocol import NodeInfo, StepInfo, WalkReply
from gradwalk.studio.shapes import shape_note
from gradwalk.views.equations import Equation, equations
from gradwalk.views.mathml import symbols_mathml
from gradwalk.views.words import forward_formula, in_symbols
from gradwalk.walk import Elided, Node, Walk, WalkError
from gradwalk.walk.grain import GRAINS, stretches
from gradwalk.walk.layout import layout

WRITTEN = 600  # steps whose MathML is sent with the walk; others are written when they are asked for


def walk_reply(opened: Opened, width: float, open: Sequence[str], turn: int) -> WalkReply:
    """A whole walk with its layout."""
    walk = opened.walk
    written = list(equations(walk))
    return WalkReply(
        key=opened.key,
        title=walk.title,
        outputs=[node.id for node in walk.outputs()],
        turns=walk.turns,
        nodes=[_node_info(walk, node, offset) for node, offset in zip(walk.nodes, opened.places.nodes, strict=False)],
        steps=[_step_info(opened, position, equation) for position, equation in enumerate(written)],
        files=dict(walk.source),
        layout=drawn(walk, width, open, turn),
        grains={grain: [[x.steps[0], x.steps[-1]] for x in stretches(walk, grain)] for grain in GRAINS},
        formula=opened.formula,
        warnings=opened.warnings(opened.base),
    )


def drawn(walk: Walk, width: float, open: Sequence[str], turn: int) -> dict[str, Any]:
    """The layout of one turn as plain data."""
    return asdict(layout(walk, max(200.0, min(width, 20_000.0)), turn_of(walk, turn), list(open)))


def turn_of(walk: Walk, number: int) -> int:
    """One turn by its number."""
    if not 0 <= number < walk.turns:
        raise WalkError(f"this walk has turns 0 to {walk.turns - 1}, and no turn {number}")
    return number


def _node_info(walk: Walk, node: Node, offset: int) -> NodeInfo:
    span = node.span
    place = [span.line, span.column, span.end_line, span.end_column] if span else []
    return NodeInfo(
        id=node.id,
        name=node.name,
        role=node.role,
        op=node.op or "",
        inputs=list(node.inputs),
        shape=list(node.shape),
        offset=offset,
        size=node.size,
        has_gradient=node.id in walk.gradients,
        turn=node.turn,
        symbols="" if node.is_leaf else forward_formula(walk, node),
        file=span.file if span else "",
        place=place,
        scope=list(node.scope),
        elided=isinstance(node.value, Elided),
    )


def _step_info(opened: Opened, position: int, equation: Equation) -> StepInfo:
    step = equation.step
    return StepInfo(
        phase=step.phase,
        node=step.node,
        input=-1 if step.input is None else step.input,
        slot=-1 if step.slot is None else step.slot,
        offsets=opened.places.steps[position],
        sizes=opened.places.step_sizes[position],
        symbols=in_symbols(equation),
        mathml=symbols_mathml(equation) if position < WRITTEN else "",
        shape_note=shape_note(opened.walk, step),
    )
