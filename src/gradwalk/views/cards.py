"""The boxes of a picture: a value with its op and its gradient badge, a closed group, an open one."""

from __future__ import annotations

from typing import Any

from gradwalk.formula import number
from gradwalk.ops import OPS
from gradwalk.views.heatmap import heatmap
from gradwalk.views.marks import figure, label, outline, quoted, rectangle, titled
from gradwalk.views.words import full, single
from gradwalk.walk.layout import Area, Box
from gradwalk.walk.model import Elided, Node
from gradwalk.walk.sizes import (
    CELL,
    NAME,
    SMALL,
    SMALL_CELL,
    SPACE,
    TINY,
    Rect,
    clipped,
    heat_shape,
    is_number,
    op_label,
    shape_text,
)


def card(box: Box, node: Node, own: bool, known: bool) -> str:
    """A value: its name (large if it is the user's ``own``), and its number or heatmap as soon as that is ``known``."""
    if node.role == "constant" and is_number(node):
        x, y, width, _ = box.card
        return titled(_told(node, known)) + label(x + width / 2, y + 14, node.name, SMALL, width, "value")
    return (
        titled(_told(node, known))
        + outline(box.card, node.role)
        + _name(box.card, node, own)
        + _value(box.card, node, own, known)
    )


def _told(node: Node, known: bool) -> str:
    """Everything about a value, at full precision."""
    value = full(node.value) if known else "not computed yet"
    about: list[str] = ["computed" if node.role == "result" else node.role]
    about += [shape_text(node.shape)] if node.shape else []
    about += [f"line {node.span.line}"] if node.span else []
    return f"{node.name} = {value} ({', '.join(about)})"


def _name(place: Rect, node: Node, own: bool) -> str:
    x, y, width, _ = place
    return label(
        x + width / 2, y + (17 if own else 13), node.name, NAME if own else TINY, width - 8, "name" if own else "dim"
    )


def _value(place: Rect, node: Node, own: bool, known: bool) -> str:
    x, y, width, height = place
    if not known:
        return label(x + width / 2, y + height - 8, "·", NAME, width, "dim")
    if isinstance(node.value, Elided):
        return figure(x + width / 2, y + height / 2 + 8, _range(node.value), SMALL, width - 8, "value") + _caption(
            place, shape_text(node.shape)
        )
    if is_number(node):
        return figure(x + width / 2, y + height - 9, number(single(node.value)), 13 if own else 12, width - 8, "value")
    left = x + (width - heat_shape(node.shape)[1] * CELL) / 2
    picture, scale = heatmap(node.value, left, y + (24 if own else 18), CELL)
    return picture + _caption(place, f"{shape_text(node.shape)}{SPACE}{_scale(node, scale)}")


def _scale(node: Node, scale: float) -> str:
    return "empty" if node.size == 0 else f"±{number(scale, 2)}" if scale else "all 0"


def _range(value: Elided) -> str:
    return f"{number(value.minimum, 2)} … {number(value.maximum, 2)}"


def _caption(place: Rect, text: str) -> str:
    x, y, width, height = place
    return label(x + width / 2, y + height - 5, text, TINY, width - 6, "dim")


def badge(place: Rect, node: Node, name: str, gradient: Any) -> str:
    """The gradient of a value, below it: ∂ and its number or heatmap."""
    x, y, width, height = place
    frame = titled(f"{name} = {full(gradient)}") + rectangle("badge", place, 8.5)
    if is_number(node) and not isinstance(gradient, Elided):
        return frame + figure(x + width / 2, y + 12.5, f"∂ {number(single(gradient))}", 11.5, width - 10, "gradient")
    sign = label(x + 11, y + height / 2 + 4, "∂", 11.5, 20, "gradient")
    if isinstance(gradient, Elided):
        return (
            frame + sign + figure(x + 8 + width / 2, y + height / 2 + 4, _range(gradient), TINY, width - 26, "gradient")
        )
    rows, columns = heat_shape(node.shape)
    left = x + (width + 12 - columns * SMALL_CELL) / 2
    return frame + sign + heatmap(gradient, left, y + (height - rows * SMALL_CELL) / 2, SMALL_CELL)[0]


def op_mark(box: Box, node: Node) -> str:
    """An op: a round node with its sign, on the edge into its result."""
    assert box.op is not None
    x, y, width, height = box.op
    sign, known = op_label(node), OPS.get(node.op or "")
    middle, size = y + height / 2, 14.0 if len(sign) == 1 else TINY
    wire = f'<path class="edge" d="M{x + width:g} {middle:g}H{box.card[0]:g}"/>'
    doc = f": {known.doc.splitlines()[0]}" if known and known.doc else ""
    text = label(x + width / 2, middle + size * 0.35, sign, size, width, "sign")
    return f"<g>{wire}{titled(f'{node.op}{doc}')}{rectangle('op', box.op, height / 2)}{text}</g>"


def area_mark(area: Area) -> str:
    """An open group: a pale surface with its name."""
    place = (area.x, area.y, area.width, area.height)
    text = clipped(area.label, SMALL, area.width - 20)
    name = label(area.x + 12, area.y + 15, text, SMALL, area.width, "note start")
    return f"<g data-group={quoted(area.id)}>{titled(area.label)}{rectangle('area', place, 12)}{name}</g>"


def closed_mark(box: Box) -> str:
    """A closed group: sheets on top of each other, with its name and how much it holds."""
    x, y, width, height = box.card
    sheets = "".join(rectangle("area", (x + d, y + d, width - 6, height - 6), 8) for d in (6, 3))
    front = rectangle("card", (x, y, width - 6, height - 6), 8)
    middle, holds = x + width / 2 - 3, f"{len(box.nodes)} values"
    text = label(middle, y + 20, box.label, 14, width - 18, "name") + label(
        middle, y + 36, holds, SMALL, width - 18, "dim"
    )
    return f"<g data-group={quoted(box.id)}>{titled(f'{box.label}: {holds}')}{sheets}{front}{text}</g>"
