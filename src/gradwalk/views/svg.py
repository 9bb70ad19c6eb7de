"""A walk's graph as one self-contained SVG: values blue, gradients orange, everything else ink and greys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from gradwalk.formula import TEXT, Formula, number, renamed, write
from gradwalk.ops import OPS
from gradwalk.walk.layout import (
    CELL, NAME, OP, SMALL, SMALL_CELL, TINY, Area, Box, Layout, Rect, Route, clipped, heat_shape, is_number, is_own_name,
    layout, op_label, shape_text, text_width,
)  # fmt: skip
from gradwalk.walk.model import Elided, Node, Step, WalkData, WalkError
from gradwalk.walk.record import gradient_name

LIGHT = {
    "surface": "#ffffff", "card": "#ffffff", "pale": "#f3f5f8", "line": "#b9c1cc", "ink": "#1c2430", "grey": "#5a6472",
    "edge": "#7d8794", "value": "#1a5fb4", "gradient": "#a84300", "badge": "#fff3e8", "minus": "#7b3294", "plus": "#1b7837",
}  # fmt: skip
DARK = {
    "surface": "#12161d", "card": "#1a202a", "pale": "#1b222d", "line": "#465162", "ink": "#e9edf2", "grey": "#a3adba",
    "edge": "#7f8b9b", "value": "#86b7ff", "gradient": "#ffb074", "badge": "#33241a", "minus": "#c9a0dc", "plus": "#7fce92",
}  # fmt: skip
THEMES = ("light", "dark", "auto")

# Marks that no reader of colours alone needs: a parameter has cut corners, an input square ones and a bar, a result
# round ones, a constant no border.
RULES = """
.gw-svg{background:var(--surface);font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;\
font-variant-numeric:tabular-nums}
.gw-svg text{fill:var(--ink);text-anchor:middle}
.gw-svg .surface{fill:var(--surface)}
.gw-svg .area{fill:var(--pale);stroke:var(--line);stroke-width:.5}
.gw-svg .area+text,.gw-svg .note{fill:var(--grey);text-anchor:start}
.gw-svg .card{fill:var(--card);stroke:var(--line);stroke-width:1.2}
.gw-svg .bar{fill:var(--edge)}
.gw-svg .parameter .card{stroke:var(--edge)}
.gw-svg .output .card{stroke:var(--ink);stroke-width:1.6}
.gw-svg .op{fill:var(--surface);stroke:var(--edge);stroke-width:1.2}
.gw-svg .edge{fill:none;stroke:var(--edge);stroke-width:1.3}
.gw-svg .head{fill:var(--edge)}
.gw-svg .name{font-weight:600}
.gw-svg .dim,.gw-svg .constant text{fill:var(--grey)}
.gw-svg text.value{fill:var(--value)}
.gw-svg .constant text.value{fill:var(--grey)}
.gw-svg text.gradient{fill:var(--gradient)}
.gw-svg .badge{fill:var(--badge);stroke:var(--gradient);stroke-width:.6}
.gw-svg .heat{fill:none;stroke:var(--line);stroke-width:.8}
.gw-svg .minus{fill:var(--minus)}
.gw-svg .plus{fill:var(--plus)}
.gw-svg .nan{fill:var(--ink)}
.gw-svg .ring{fill:none;stroke-width:2.4}
.gw-svg .forward{stroke:var(--value)}
.gw-svg .backward,.gw-svg .seed{stroke:var(--gradient)}
.gw-svg .update{stroke:var(--ink)}
.gw-svg .edge.now{stroke-width:2.4}
.gw-svg .head.forward{fill:var(--value)}
.gw-svg .head.backward{fill:var(--gradient)}
.gw-svg .label{fill:var(--badge);stroke:var(--gradient);stroke-width:1}
"""


def svg(
    walk: WalkData, turn: int = 0, width: float = 960, step: int | None = None, theme: str = "auto", open: Collection[str] = ()
) -> str:
    """The graph of one forward pass with its gradients; with ``step``, as it stands after that step of the walk.

    ``open`` names groups to draw opened where there are too many nodes to show them all. The text holds no scripts and
    no references, so it can be put into any page.
    """
    if theme not in THEMES:
        raise WalkError(f"there is no theme {theme!r}; there are {', '.join(THEMES)}")
    moment = _moment(walk, turn, step)
    picture = layout(walk, width, moment.turn, open)
    drawn = _Picture(walk, picture, moment)
    body = "".join(drawn.parts())
    across, down = max(picture.width, 320.0), drawn.bottom
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gw-svg gw-{theme}" role="img" aria-label={_attribute(drawn.summary())} '
        f'width="{across:g}" height="{down:g}" viewBox="0 0 {across:g} {down:g}" style="max-width:100%;height:auto">'
        f"<title>{_text(drawn.summary())}</title><style>{style(theme)}</style>"
        f'<rect class="surface" width="{across:g}" height="{down:g}"/>{body}</svg>\n'
    )


def style(theme: str) -> str:
    """The style sheet: one set of variables for each theme; ``auto`` follows the reader's system."""
    of = {"light": LIGHT, "dark": DARK, "auto": LIGHT}[theme]
    rules = variables(f".gw-{theme}", of)
    if theme == "auto":
        rules += f"@media (prefers-color-scheme:dark){{{variables('.gw-auto', DARK)}}}"
    return rules + RULES


def variables(selector: str, colours: Mapping[str, str]) -> str:
    """One theme's colours as CSS variables."""
    return f"{selector}{{{''.join(f'--{name}:{colour};' for name, colour in colours.items())}}}"


# --- what is known at this moment ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Moment:
    """How far the walk has come: which values and gradients are there, and what is happening."""

    turn: int
    computed: frozenset[int] | None  # the results that have a value; None for all
    gradients: Mapping[int, Any]
    step: Step | None = None
    number: int = 0

    def knows(self, node: Node) -> bool:
        """Whether this value is there yet."""
        return node.is_leaf or self.computed is None or node.id in self.computed


def _moment(walk: WalkData, turn: int, number: int | None) -> _Moment:
    if number is None:
        if not 0 <= turn < walk.turns:
            raise WalkError(f"this walk has turns 0 to {walk.turns - 1}, and no turn {turn}")
        return _Moment(turn, None, walk.gradients)
    if not -len(walk.steps) <= number < len(walk.steps):
        raise WalkError(f"this walk has steps 0 to {len(walk.steps) - 1}, and no step {number}")
    number %= len(walk.steps)
    step, past = walk.steps[number], walk.steps[: number + 1]
    node = step.input if step.phase == "update" and step.input is not None else step.node
    gradients = {s.node if s.input is None else s.input: s.total for s in past if s.phase in ("seed", "backward")}
    computed = frozenset(s.node for s in past if s.phase == "forward")
    return _Moment(walk.nodes[node].turn, computed, gradients, step, number)


# --- the picture -----------------------------------------------------------------------------------------------------


class _Picture:
    """Turns a layout into SVG, back to front: areas, edges, boxes, what is happening now, the key."""

    def __init__(self, walk: WalkData, picture: Layout, moment: _Moment):
        self.walk, self.picture, self.moment = walk, picture, moment
        outputs = {walk.nodes[i].turn: walk.nodes[i] for i in [*(node.id for node in walk.outputs()), walk.output]}
        self.output = outputs.get(moment.turn, walk.nodes[walk.output])
        self.start = next((node.id for node in walk.in_turn(moment.turn)), 0)
        self.bottom = picture.height + (CAPTION if moment.step else 0.0) + KEY

    def parts(self) -> Iterator[str]:
        """The elements, in the order of drawing."""
        yield from map(_area, self.picture.areas)
        active = self._active()
        yield from (self._edge(route, route in active) for route in self.picture.routes)
        for box in self.picture.boxes:
            yield _closed(box) if box.node is None else self._node(box, self.walk.nodes[box.node])
        if self.moment.step is not None:
            yield from self._now(self.moment.step, active)
            yield self._caption(self.moment.step)
        yield self._key()

    def summary(self) -> str:
        """What a reader who can't see the picture is told."""
        nodes = list(self.walk.in_turn(self.moment.turn))
        ops = sum(1 for node in nodes if not node.is_leaf)
        number_of = f"{ops} operation{'s' * (ops != 1)} on {len(nodes) - ops} given value{'s' * (len(nodes) - ops != 1)}"
        result = f"{self.output.name} = {number(_item(self.output.value))}" if is_number(self.output) and self.moment.knows(self.output) else self.output.name
        turn = f", turn {self.moment.turn}" if self.walk.turns > 1 else ""
        now = f", step {self.moment.number + 1} of {len(self.walk.steps)}" if self.moment.step else ""
        return f"Graph of {result}: {number_of}{turn}{now}"

    # edges

    def _active(self) -> list[Route]:
        step = self.moment.step
        if step is None or step.phase in ("seed", "update"):
            return []
        shown = self.picture.routes
        if step.phase == "forward":
            return [route for route in shown if route.target == step.node]
        return [route for route in shown if route.target == step.node and route.source == step.input]

    def _edge(self, route: Route, now: bool) -> str:
        phase = self.moment.step.phase if now and self.moment.step else ""
        points = self._ended(route)
        kind = f"edge now {phase}" if now else "edge"
        head = _head(points[0], -1) if phase == "backward" else _head(points[-1], 1)
        return f'<path class="{kind}" d="{_curve(points)}"/><path class="{kind.replace("edge", "head")}" d="{head}"/>'

    def _ended(self, route: Route) -> list[tuple[float, float]]:
        """The points of a route, its end moved onto the op's round outline."""
        box = next((box for box in self._boxes_of(route.target)), None)
        x, y = route.points[-1]
        if box is None or box.op is None:
            return [*route.points]
        away = abs(y - (box.op[1] + box.op[3] / 2))
        inset = OP / 2 - max(0.0, (OP / 2) ** 2 - away**2) ** 0.5
        return [*route.points[:-1], (x + inset, y)]

    def _boxes_of(self, node: int) -> Iterable[Box]:
        if not hasattr(self, "_by_node"):
            self._by_node = {box.node: box for box in self.picture.boxes}
        return [self._by_node[node]] if node in self._by_node else []

    # boxes

    def _node(self, box: Box, node: Node) -> str:
        kind = f"{node.role} output" if node is self.output else node.role
        shape = "" if node.role == "constant" and is_number(node) else _outline(box.card, node.role)
        value = self._value(box.card, node)
        title = f"<title>{_text(self._title(node))}</title>"
        op = _op(box, node) if box.op else ""
        return f'{op}<g class="{kind}" data-node="{node.id}"><g>{title}{shape}{value}</g>{self._badge(box, node)}</g>'

    def _title(self, node: Node) -> str:
        role = "computed" if node.role == "result" else node.role
        known = full(node.value) if self.moment.knows(node) else "not computed yet"
        line = f", line {node.span.line}" if node.span else ""
        shape = "" if node.shape == () else f", {shape_text(node.shape)}"
        if node.role == "constant":
            return f"{node.name}: constant{shape}" if node.shape == () else f"{node.name} = {known} (constant{shape})"
        return f"{node.name} = {known} ({role}{shape}{line})"

    def _value(self, card: Rect, node: Node) -> str:
        x, y, width, height = card
        middle = x + width / 2
        if node.role == "constant" and is_number(node):
            return _label(middle, y + 14, node.name, SMALL, width, "value")
        own = is_own_name(node, self.start)
        name = _label(middle, y + (17 if own else 13), node.name, NAME if own else TINY, width - 8, "name" if own else "dim")
        if not self.moment.knows(node):
            return name + _label(middle, y + height - 8, "·", NAME, width, "dim")
        if is_number(node) and not isinstance(node.value, Elided):
            return name + _label(middle, y + height - 9, number(_item(node.value)), 13 if own else 12, width - 6, "value")
        return name + self._tensor(card, node, y + (24 if own else 18))

    def _tensor(self, card: Rect, node: Node, top: float) -> str:
        x, y, width, height = card
        if isinstance(node.value, Elided):
            spread = f"{number(node.value.minimum, 2)} … {number(node.value.maximum, 2)}"
            middle = _label(x + width / 2, top + 14, spread, SMALL, width - 6, "value")
            return middle + _label(x + width / 2, y + height - 5, shape_text(node.shape), TINY, width - 6, "dim")
        columns = heat_shape(node.shape)[1]
        picture, scale = heat(node.value, x + width / 2 - columns * CELL / 2, top, CELL)
        caption = f"{shape_text(node.shape)}  ±{number(scale, 2)}" if node.size else f"{shape_text(node.shape)}, empty"
        return picture + _label(x + width / 2, y + height - 5, caption, TINY, width - 6, "dim")

    def _badge(self, box: Box, node: Node) -> str:
        gradient = self.moment.gradients.get(node.id)
        if box.badge is None or gradient is None:
            return ""
        x, y, width, height = box.badge
        name = gradient_name(self.output.name, node.name)
        frame = f'<rect class="badge" {_rect(box.badge)} rx="{min(8.5, height / 2):g}"/>'
        title = f"<title>{_text(f'{name} = {full(gradient)}')}</title>"
        if is_number(node) and not isinstance(gradient, Elided):
            inside = _label(x + width / 2, y + 12.5, f"∂ {number(_item(gradient))}", 11.5, width - 6, "gradient")
        else:
            inside = self._tensor_badge(box.badge, node, gradient)
        return f'<g data-gradient="{node.id}">{title}{frame}{inside}</g>'

    def _tensor_badge(self, badge: Rect, node: Node, gradient: Any) -> str:
        x, y, width, height = badge
        rows, columns = heat_shape(node.shape)
        sign = _label(x + 11, y + height / 2 + 4, "∂", 11.5, 20, "gradient")
        if isinstance(gradient, Elided):
            spread = f"{number(gradient.minimum, 2)} … {number(gradient.maximum, 2)}"
            return sign + _label(x + 10 + width / 2, y + height / 2 + 4, spread, TINY, width - 24, "gradient")
        left = x + (width + 12 - columns * SMALL_CELL) / 2
        return sign + heat(gradient, left, y + (height - rows * SMALL_CELL) / 2, SMALL_CELL)[0]

    # what is happening now

    def _now(self, step: Step, active: list[Route]) -> Iterator[str]:
        ringed = step.input if step.input is not None else step.node
        for box in self._boxes_of(ringed):
            x, y, width, height = box.card
            yield f'<rect class="ring {step.phase}" {_rect((x - 4, y - 4, width + 8, height + 8))} rx="11"/>'
        for route in active:
            if step.phase == "backward" and step.local is not None:
                yield self._local(step, route)

    def _local(self, step: Step, route: Route) -> str:
        """The local derivative, beside the op that the edge enters: above it for edges from above, else below."""
        box = next(iter(self._boxes_of(step.node)), None)
        if box is None or box.op is None:
            return ""
        text = f"× {brief(step.local)}"
        width = max(34.0, text_width(text, SMALL) + 12)
        entry = route.points[-1][1]
        above = entry <= box.op[1] + box.op[3] / 2
        x = min(max(2.0, box.op[0] + box.op[2] / 2 - width / 2 - 8), self.picture.width - width - 2)
        y = box.op[1] - 23 if above else box.op[1] + box.op[3] + 5
        node, input = self.walk.nodes[step.node], self.walk.nodes[route.source]
        title = f"<title>{_text(f'{gradient_name(node.name, input.name)} = {full(step.local)}')}</title>"
        frame = f'<rect class="label" {_rect((x, y, width, 18.0))} rx="4"/>'
        return f'<g class="local">{title}{frame}{_label(x + width / 2, y + 13, text, SMALL, width - 4, "gradient")}</g>'

    def _caption(self, step: Step) -> str:
        text = f"{self.moment.number + 1} of {len(self.walk.steps)}   {told(self.walk, step)}"
        room = max(self.picture.width, 320.0) - 32
        return f'<g><title>{_text(text)}</title><text class="caption" style="text-anchor:start" x="16" y="{self.picture.height + 15:g}" font-size="13">{_text(clipped(text, 13, room))}</text></g>'

    # the key

    def _key(self) -> str:
        """What the forms and colours mean, in one line."""
        roles = {self.walk.nodes[box.node].role for box in self.picture.boxes if box.node is not None}
        x, y = 16.0, self.bottom - 12
        made = []
        for role, word in (("input", "input"), ("parameter", "parameter"), ("result", "computed")):
            if role in roles:
                made.append(f'<g class="{role}">{_outline((x, y - 9, 18, 12), role, 3.0)}</g><text class="note" x="{x + 23:g}" y="{y:g}" font-size="{SMALL:g}">{word}</text>')
                x += 23 + text_width(word, SMALL) + 16
        made.append(f'<text class="value" style="text-anchor:start" x="{x:g}" y="{y:g}" font-size="{SMALL:g}">value</text>')
        x += 46
        word = f"∂ gradient of {clipped(self.output.name, SMALL, 120)}"
        made.append(f'<text class="gradient" style="text-anchor:start" x="{x:g}" y="{y:g}" font-size="{SMALL:g}">{_text(word)}</text>')
        return f'<g class="key" aria-hidden="true">{"".join(made)}</g>'


KEY, CAPTION = 30.0, 24.0  # the room below the graph for the key, and for the current step

# --- words -----------------------------------------------------------------------------------------------------------


def told(walk: WalkData, step: Step) -> str:
    """One step as a line of formulas: what was computed, from what, and what came out."""
    node = walk.nodes[step.node]
    output = walk.nodes[walk.output].name
    if step.phase == "forward":
        return _equals(node.name, forward_formula(walk, node), node.value)
    if step.phase == "seed":
        return f"{gradient_name(output, node.name)} = {brief(step.total)}"
    assert step.input is not None
    if step.phase == "update":
        return f"{node.name} ← {step.formula} = {brief(step.total)}"
    sums = np.array_equal(step.contribution, step.total, equal_nan=True)
    sign, after = ("=", "") if sums else ("+=", f", in all {brief(step.total)}")
    return f"{gradient_name(output, walk.nodes[step.input].name)} {sign} {step.formula or '…'} = {brief(step.contribution)}{after}"


def _equals(name: str, formula: str, value: Any) -> str:
    return " = ".join(dict.fromkeys([name, formula, brief(value)]))


def forward_formula(walk: WalkData, node: Node) -> str:
    """What a node computes, in the names of its inputs: ``w1 · x``."""
    op = OPS.get(node.op or "")
    if op is None:
        return f"{node.op}({', '.join(walk.nodes[i].name for i in node.inputs)})"
    symbols = [Formula.symbol(f"in{i}", 0.0) for i, _ in enumerate(node.inputs)]
    names = {f"in{i}": walk.nodes[key].name for i, key in enumerate(node.inputs)}
    return write(Formula(op, tuple(symbols), node.params, 0.0), TEXT, renamed(names))


def _item(value: Any) -> Any:
    return np.asarray(value).reshape(-1)[0].item()


def brief(value: Any) -> str:
    """A value in a few characters: a number, or the shape and range of many."""
    if isinstance(value, Elided):
        return f"{number(value.minimum, 3)} … {number(value.maximum, 3)}"
    array = np.asarray(value)
    if array.size == 1:
        return number(_item(array))
    if array.size == 0:
        return "empty"
    low, high = number(array.min().item(), 3), number(array.max().item(), 3)
    return low if low == high else f"{low} … {high}"


MOST_NUMBERS = 64  # a tooltip holds no more


def full(value: Any) -> str:
    """A value at full precision; of a large one, its range and mean."""
    if isinstance(value, Elided):
        return f"from {_exact(value.minimum)} to {_exact(value.maximum)}, mean {_exact(value.mean)}"
    array = np.asarray(value)
    if array.size <= MOST_NUMBERS:
        return _listed(array.tolist())
    return f"from {_exact(array.min().item())} to {_exact(array.max().item())}, mean {_exact(float(array.mean()))}"


def _listed(value: Any) -> str:
    return f"[{', '.join(map(_listed, value))}]" if isinstance(value, list) else _exact(value)


def _exact(value: Any) -> str:
    return repr(value).replace("inf", "∞").replace("-", "−")


# --- shapes ----------------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    """Escaped for an element; what XML can't hold at all is replaced."""
    return escape("".join(c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "�" for c in text))


def _attribute(text: str) -> str:
    return quoteattr(_text(text).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))


def _label(x: float, y: float, text: str, size: float, room: float, kind: str) -> str:
    shown = clipped(text, size, room)
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" font-size="{size:g}">{_text(shown)}</text>'


def _rect(rect: Rect) -> str:
    x, y, width, height = rect
    return f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'


def _outline(card: Rect, role: str, cut: float = 8.0) -> str:
    """The outline of a value's card, different for each role."""
    x, y, width, height = card
    if role == "parameter":
        across, down = width - 2 * cut, height - 2 * cut
        corners = f"l{cut:g} {cut:g}v{down:g}l-{cut:g} {cut:g}h-{across:g}l-{cut:g} -{cut:g}v-{down:g}z"
        return f'<path class="card" d="M{x + cut:g} {y:g}h{across:g}{corners}"/>'
    if role == "result":
        return f'<rect class="card" {_rect(card)} rx="{cut:g}"/>'
    bar = "" if role == "constant" else f'<rect class="bar" {_rect((x, y, min(3.0, cut), height))}/>'
    return f'<rect class="card" {_rect(card)}/>{bar}'


def _op(box: Box, node: Node) -> str:
    assert box.op is not None
    x, y, width, height = box.op
    label = op_label(node)
    known = OPS.get(node.op or "")
    doc = f": {known.doc.splitlines()[0]}" if known and known.doc else ""
    middle = y + height / 2
    wire = f'<path class="edge" d="M{x + width:g} {middle:g}H{box.card[0]:g}"/>'
    size = 14.0 if len(label) == 1 else TINY
    text = f'<text x="{x + width / 2:g}" y="{middle + size * 0.35:g}" font-size="{size:g}">{_text(label)}</text>'
    return f'<g>{wire}<title>{_text(f"{node.op}{doc}")}</title><rect class="op" {_rect(box.op)} rx="{height / 2:g}"/>{text}</g>'


def _area(area: Area) -> str:
    rect = _rect((area.x, area.y, area.width, area.height))
    label = clipped(area.label, SMALL, area.width - 20)
    text = f'<text x="{area.x + 12:g}" y="{area.y + 15:g}" font-size="{SMALL:g}">{_text(label)}</text>'
    return f'<g data-group={_attribute(area.id)}><title>{_text(area.label)}</title><rect class="area" {rect} rx="12"/>{text}</g>'


def _closed(box: Box) -> str:
    """A closed group: sheets on top of each other."""
    x, y, width, height = box.card
    sheets = "".join(f'<rect class="area" {_rect((x + d, y + d, width - 6, height - 6))} rx="8"/>' for d in (6, 3))
    front = f'<rect class="card" {_rect((x, y, width - 6, height - 6))} rx="8"/>'
    middle, room = x + width / 2 - 3, width - 18
    label = _label(middle, y + 20, box.label, 14, room, "name")
    count = _label(middle, y + 36, f"{box.count} values", SMALL, room, "dim")
    return f'<g data-group={_attribute(box.id)}><title>{_text(f"{box.label}: {box.count} values")}</title>{sheets}{front}{label}{count}</g>'


def _head(end: tuple[float, float], direction: int) -> str:
    x, y = end
    return f"M{x:g} {y:g}l{-7 * direction:g} -3.2v6.4z"


RADIUS = 7.0  # of the corners of edges that go around


def _curve(points: list[tuple[float, float]]) -> str:
    """A path through points: straight where level or upright (with round corners), else curved and level at both ends."""
    made = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for i in range(1, len(points)):
        (x0, y0), (x1, y1) = points[i - 1], points[i]
        if x0 != x1 and y0 != y1:
            middle = (x0 + x1) / 2
            made.append(f"C{middle:g} {y0:g} {middle:g} {y1:g} {x1:g} {y1:g}")
        elif i + 1 < len(points) and _turns(points[i - 1], points[i], points[i + 1]):
            made.append(_corner(points[i - 1], points[i], points[i + 1]))
        else:
            made.append(f"L{x1:g} {y1:g}")
    return "".join(made)


def _turns(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (a[1] == b[1] and b[0] == c[0]) or (a[0] == b[0] and b[1] == c[1])


def _corner(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> str:
    before, after = _toward(b, a), _toward(b, c)
    return f"L{before[0]:g} {before[1]:g}Q{b[0]:g} {b[1]:g} {after[0]:g} {after[1]:g}"


def _toward(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = min(RADIUS, abs(dx + dy) / 2) / max(abs(dx + dy), 1e-9)
    return start[0] + dx * share, start[1] + dy * share


# --- heatmaps --------------------------------------------------------------------------------------------------------

SHADES = 12  # steps from zero to the largest


def blocks(value: Any) -> np.ndarray[Any, Any]:
    """A tensor as a small matrix: each cell one entry, or the mean of a block of them where there are too many."""
    array = np.asarray(value, dtype=float)
    rows, columns = heat_shape(array.shape)
    matrix = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    with np.errstate(all="ignore"):
        return np.array([[block.mean() for block in np.array_split(band, columns, 1)] for band in np.array_split(matrix, rows, 0)])


def heat(value: Any, x: float, y: float, cell: float) -> tuple[str, float]:
    """A heatmap centred on zero, green for plus and purple for minus, and the number that its full colour stands for."""
    rows, columns = heat_shape(np.shape(value))
    frame = f'<rect class="heat" {_rect((x, y, columns * cell, rows * cell))}/>'
    if np.size(value) == 0:
        return frame, 0.0
    cells = blocks(value)
    finite = np.abs(cells[np.isfinite(cells)])
    scale = float(finite.max()) if finite.size else 0.0
    paths: dict[tuple[str, float], list[str]] = {}
    for (row, column), mean in np.ndenumerate(cells):
        paths.setdefault(_shade(mean, scale), []).append(f"M{x + column * cell:g} {y + row * cell:g}h{cell:g}v{cell:g}h-{cell:g}z")
    drawn = (f'<path class="{kind}" fill-opacity="{shade:g}" d="{"".join(d)}"/>' for (kind, shade), d in sorted(paths.items()) if shade)
    return "".join(drawn) + frame, scale


def _shade(mean: float, scale: float) -> tuple[str, float]:
    if np.isnan(mean):
        return "nan", 1.0
    if np.isinf(mean):
        return ("plus" if mean > 0 else "minus"), 1.0
    share = np.ceil(abs(mean) / scale * SHADES) / SHADES if scale else 0.0
    return ("plus" if mean > 0 else "minus"), round(float(share), 3)
