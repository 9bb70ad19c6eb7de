"""How large things are drawn: from names and shapes only, never from values, so that nothing jumps while one is dragged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from gradwalk.formula import superscript
from gradwalk.ops import OPS
from gradwalk.walk.groups import Group
from gradwalk.walk.model import Node

NAME, SMALL, TINY = 15.0, 11.0, 10.0  # type sizes: names the user gave, intermediate ones, captions
CARD = 78.0  # the narrowest card: ∂ and ten digits fit
WIDEST = 132.0  # longer names are cut, and told in full on hover
BADGE_GAP, BADGE = 3.0, 17.0
SPACE = "\u2002"  # an en space: SVG drops all but one plain space
WIRE = 9.0  # from an op to the value that it makes
OP = 24.0  # an op's diameter
CELL, SMALL_CELL = 8.0, 5.0  # one cell of a heatmap: of a value, of a gradient
HEAT_ROWS, HEAT_COLUMNS = 6, 10

Rect = tuple[float, float, float, float]  # x, y, width, height


NARROW, WIDE = set("iljtfrI.,:;'|!()[]{} ·1"), set("mwMW@%—…∂Σ")


DOTTED = r"\w+(\.\w+)+"  # a parameter of a network, called by its place


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """About how wide a text is in the system's sans serif: rather too wide than too narrow."""
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    return 0.36 if character in NARROW else 0.9 if character in WIDE else 0.7 if character.isupper() else 0.6


def clipped(text: str, size: float, room: float) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis; of a dotted name, of its end.

    >>> clipped("a long expression", 10, 60), clipped("net.blocks.0.fc.weight", 10, 60)
    ('a long ex…', '…fc.weight')
    """
    if text_width(text, size) <= room:
        return text
    from_end = re.fullmatch(DOTTED, text) is not None
    kept = list(text)
    while kept and text_width("".join(kept) + "…", size) > room:
        kept.pop(0 if from_end else -1)
    return "…" + "".join(kept).lstrip(".") if from_end else "".join(kept).rstrip() + "…"


def is_own_name(node: Node, start: int = 0) -> bool:
    """Whether the user gave this name, rather than it being an expression's text or a number (``start``: the turn's first id)."""
    if node.role == "constant":
        return False
    automatic = re.fullmatch(r"[vc](\d+)", node.name)
    return not (automatic and int(automatic[1]) == node.id - start) and not re.search(
        r"[()\[\]·+−*/@<>=,^ ]", node.name
    )


def is_number(node: Node) -> bool:
    """Whether the value is a single number, and shown as one."""
    return node.size == 1


def heat_shape(shape: Sequence[int]) -> tuple[int, int]:
    """The rows and columns of the heatmap that stands for a tensor: one per entry, or fewer where it is large."""
    columns = shape[-1] if shape else 1
    rows = prod(shape[:-1])
    return min(max(rows, 1), HEAT_ROWS), min(max(columns, 1), HEAT_COLUMNS)


def op_label(node: Node) -> str:
    """What stands in an op's round node: its sign where it has one, else its name.

    >>> from gradwalk.ops import OPS
    >>> [_sign(OPS[name].notation.text) for name in ("add", "sigmoid", "square", "where")]
    ['+', 'σ', 'x²', '']
    """
    assert node.op is not None
    if node.op == "pow_constant" and isinstance(node.params.get("exponent"), int | float):
        exponent = f"{node.params['exponent']:g}".replace("-", "−")
        raised = superscript(exponent, 0)
        return f"x{raised}" if "^" not in raised else f"x^{exponent}"
    known = OPS.get(node.op)
    sign = _sign(known.notation.text) if known else ""
    return clipped(TIMES.get(sign, sign) or node.op, TINY, 80)


TIMES = {"·": "×", "/": "÷"}  # a lone dot or slash in a circle is easily missed


def _sign(template: str) -> str:
    for pattern, sign in SIGNS:
        if found := re.fullmatch(pattern, template):
            return found.expand(sign)
    return ""


# How an op's notation is cut down to its sign: an infix, a function's name, what stands before or around its argument.
SIGNS = (
    (r"\{\w+\} ([^\w\s]) \{\w+\}ᵀ", r"\1ᵀ"),
    (r"\{\w+\} ([^\w\s]{1,2}) \{\w+\}", r"\1"),
    (r"([^\s{}()]+)\(\{[^()]*\)", r"\1"),
    (r"([^\w\s])\{\w+\}", r"\1"),
    (r"([^\s{}]?)\{\w+\}([^\s{}])", r"\1x\2"),
)


@dataclass
class Unit:
    """The parts of a node's box, measured from its top left corner."""

    width: float
    height: float
    card: Rect
    op: Rect | None
    badge: Rect | None

    @property
    def port(self) -> float:
        """The height at which edges arrive and leave."""
        return self.card[1] + self.card[3] / 2


def unit_of(node: Node, has_gradient: bool, start: int) -> Unit:
    """A node's op, card and badge, side by side and below each other."""
    width, height = _card(node, is_own_name(node, start))
    across = max(OP, text_width(op_label(node), TINY) + 10) if node.op else 0.0
    x = across + WIRE if node.op else 0.0
    op = (0.0, height / 2 - OP / 2, across, OP) if node.op else None
    badge = (x, height + BADGE_GAP, width, _badge_height(node)) if has_gradient else None
    below = BADGE_GAP + badge[3] if badge else 0.0
    return Unit(x + width, height + below, (x, 0.0, width, height), op, badge)


def _card(node: Node, own: bool) -> tuple[float, float]:
    if node.role == "constant" and is_number(node):
        return max(28.0, min(WIDEST, text_width(node.name, SMALL) + 10)), 20.0
    wanted = text_width(node.name, NAME if own else TINY) + 18
    if is_number(node):
        return max(CARD, min(wanted, WIDEST)), 42.0 if own else 36.0
    rows, columns = heat_shape(node.shape)
    caption = text_width(shape_text(node.shape) + SPACE + "±1.2e−10", TINY) + 12
    return max(CARD, min(wanted, WIDEST), min(caption, WIDEST), columns * CELL + 16), (
        24.0 if own else 18.0
    ) + rows * CELL + 17


def _badge_height(node: Node) -> float:
    return BADGE if is_number(node) else max(BADGE, heat_shape(node.shape)[0] * SMALL_CELL + 6)


def shape_text(shape: Sequence[int]) -> str:
    """A shape as it is read: 5 × 2."""
    return " × ".join(map(str, shape)) if shape else "one number"


def closed_size(group: Group) -> tuple[float, float]:
    """How large a closed group is drawn."""
    return max(110.0, min(190.0, text_width(group.label, NAME) + 28)), 52.0


def arrivals(node: Node, unit: Unit, is_leaf: Callable[[int], bool]) -> dict[int, float]:
    """Where edges reach an op's left side, in the order of the inputs: the only result among them in the middle."""
    inputs = list(dict.fromkeys(node.inputs))
    results = [number for number, i in enumerate(inputs) if not is_leaf(i)]
    center = results[0] if len(results) == 1 else (len(inputs) - 1) / 2
    step = min(8.0, (OP / 2 - 3) / max(1.0, center, len(inputs) - 1 - center))
    return {i: unit.port + (number - center) * step for number, i in enumerate(inputs)}
