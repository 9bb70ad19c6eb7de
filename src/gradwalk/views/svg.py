"""A walk's graph as one self-contained SVG: values blue, gradients orange, everything else ink and greys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradwalk.formula import number
from gradwalk.views.cards import area_mark, badge, card, closed_mark, op_mark
from gradwalk.views.heatmap import colour_key
from gradwalk.views.marks import arrow, edge_path, escaped, label, note, outline, quoted, rectangle, titled
from gradwalk.views.theme import THEMES, style
from gradwalk.views.words import brief, counted, full, single, told
from gradwalk.walk.columns import Point
from gradwalk.walk.layout import Box, Layout, Route, layout
from gradwalk.walk.model import Node, Step, WalkData, WalkError
from gradwalk.walk.record import gradient_name
from gradwalk.walk.sizes import OP, SMALL, clipped, is_number, is_own_name, text_width

KEY, CAPTION, LINE = (
    30.0,
    24.0,
    20.0,
)  # the room below the graph: for the key, the current step, a further line of the key
NARROWEST, NARROWEST_STEP = 240.0, 480.0  # so much the key needs, and the caption of a step


def svg(
    walk: WalkData,
    turn: int = 0,
    width: float = 960,
    step: int | None = None,
    theme: str = "auto",
    open: Collection[str] = (),
) -> str:
    """The graph of one forward pass with its gradients; with ``step``, as it stands after that step of the walk.

    ``theme`` is light, dark or auto (as the reader's system is). ``open`` names groups to draw opened where there are
    too many nodes to show them all. The text holds no scripts and no references, so it can be put into any page.
    """
    if theme not in THEMES:
        raise WalkError(f"there is no theme {theme!r}; there are {', '.join(THEMES)}")
    moment = _moment(walk, turn, step)
    picture = _Picture(walk, layout(walk, width, moment.turn, open), moment)
    across, down, summary = picture.width, picture.height, picture.summary()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gw-svg gw-{theme}" role="img" aria-label={quoted(summary)} '
        f'width="{across:g}" height="{down:g}" viewBox="0 0 {across:g} {down:g}" style="max-width:100%;height:auto">'
        f"<title>{escaped(summary)}</title><style>{style(theme)}</style>"
        f"{rectangle('surface', (0, 0, across, down))}{''.join(picture.parts())}</svg>\n"
    )


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
    gradients = {s.node if s.input is None else s.input: s.total for s in past if s.phase in ("seed", "backward")}
    computed = frozenset(s.node for s in past if s.phase == "forward")
    return _Moment(walk.nodes[_ringed(step)].turn, computed, gradients, step, number)


def _ringed(step: Step) -> int:
    """The node that a step is about: what is computed, or what a gradient flows into."""
    return step.node if step.input is None else step.input


# --- the picture -----------------------------------------------------------------------------------------------------


class _Picture:
    """Turns a layout into marks, back to front: areas, edges, boxes, what is happening now, the key."""

    def __init__(self, walk: WalkData, placed: Layout, moment: _Moment):
        self.walk, self.placed, self.moment = walk, placed, moment
        outputs = {node.turn: node for node in [*walk.outputs(), walk.nodes[walk.output]]}
        self.output = outputs.get(moment.turn, walk.nodes[walk.output])
        self.start = next((node.id for node in walk.in_turn(moment.turn)), 0)
        self.box_of = {box.node: box for box in placed.boxes if box.node is not None}
        self.active = [route for route in placed.routes if self._is_active(route)]
        self.width = max(placed.width, NARROWEST_STEP if moment.step else NARROWEST)
        self.key = self._key()
        self.height = placed.height + (CAPTION if moment.step else 0.0) + KEY + LINE * (len(self.key) - 1)

    def parts(self) -> Iterator[str]:
        """The elements, in the order of drawing."""
        yield from map(area_mark, self.placed.areas)
        yield from self._edges()
        for box in self.placed.boxes:
            yield closed_mark(box) if box.node is None else self._node(box, self.walk.nodes[box.node])
        if self.moment.step is not None:
            yield from self._now(self.moment.step)
            yield self._caption(self.moment.step)
        yield self._drawn_key()

    def summary(self) -> str:
        """What a reader who can't see the picture is told."""
        nodes = list(self.walk.in_turn(self.moment.turn))
        ops = sum(1 for node in nodes if not node.is_leaf)
        told_value = is_number(self.output) and self.moment.knows(self.output)
        result = f"{self.output.name} = {number(single(self.output.value))}" if told_value else self.output.name
        turn = f", turn {self.moment.turn}" if self.walk.turns > 1 else ""
        now = f", step {self.moment.number + 1} of {len(self.walk.steps)}" if self.moment.step else ""
        return (
            f"Graph of {result}: {counted(ops, 'operation')} on {counted(len(nodes) - ops, 'given value')}{turn}{now}"
        )

    # edges

    def _is_active(self, route: Route) -> bool:
        step = self.moment.step
        if step is None or step.phase not in ("forward", "backward"):
            return False
        return route.target == step.node and step.input in (None, route.source)

    def _edges(self) -> Iterator[str]:
        ways: dict[str, list[list[Point]]] = {}
        for route in self.placed.routes:
            ways.setdefault(route.from_box, []).append(self._ended(route))
        for source, points in ways.items():
            heads = "".join(arrow("head", way[-1], 1) for way in points)
            yield f'<g data-source={quoted(source)}><path class="edge" d="{edge_path(points)}"/>{heads}</g>'
        for route in self.active:
            yield self._active_edge(self._ended(route), self.moment.step.phase if self.moment.step else "")

    def _active_edge(self, points: list[Point], phase: str) -> str:
        # Backward, the gradient arrives at the input: the arrow points there, just outside the ring.
        head = ((points[0][0] + 5, points[0][1]), -1) if phase == "backward" else (points[-1], 1)
        return f'<path class="edge now {phase}" d="{edge_path([points])}"/>{arrow(f"head now {phase}", *head)}'

    def _ended(self, route: Route) -> list[Point]:
        """The points of a route, its end moved onto the op's round outline."""
        box = self.box_of.get(route.target)
        if box is None or box.op is None:
            return route.points
        x, y = route.points[-1]
        away = abs(y - (box.op[1] + box.op[3] / 2))
        inset = OP / 2 - max(0.0, (OP / 2) ** 2 - away**2) ** 0.5
        return [*route.points[:-1], (x + inset, y)]

    # boxes

    def _node(self, box: Box, node: Node) -> str:
        kind = f"{node.role} output" if node is self.output else node.role
        own = is_own_name(node, self.start)
        gradient = self.moment.gradients.get(node.id)
        below = ""
        if box.badge is not None and gradient is not None:
            inside = badge(box.badge, node, gradient_name(self.output.name, node.name), gradient)
            below = f'<g data-gradient="{node.id}">{inside}</g>'
        op = op_mark(box, node) if box.op else ""
        return f'{op}<g class="{kind}" data-node="{node.id}">{card(box, node, own, self.moment.knows(node))}</g>{below}'

    # what is happening now

    def _now(self, step: Step) -> Iterator[str]:
        box = self.box_of.get(_ringed(step))
        if box is not None:
            x, y, width, height = box.card
            if _ringed(step) in self.moment.gradients:
                height = box.y + box.height - y  # the badge is inside the ring
            yield rectangle(f"ring {step.phase}", (x - 4, y - 4, width + 8, height + 8), 11)
        for route in self.active:
            if step.phase == "backward" and step.local is not None and step.node in self.box_of:
                yield self._local(step, route, self.box_of[step.node])

    def _local(self, step: Step, route: Route, box: Box) -> str:
        """The local derivative, beside the op that the edge enters: above it for edges from above, else below."""
        assert box.op is not None
        text = f"× {brief(step.local, 2)}"
        width = max(34.0, text_width(text, SMALL) + 12)
        above = route.points[-1][1] <= box.op[1] + box.op[3] / 2
        x = min(max(2.0, box.op[0] + box.op[2] / 2 - width / 2 - 8), self.width - width - 2)
        y = box.op[1] - 23 if above else box.op[1] + box.op[3] + 5
        name = gradient_name(self.walk.nodes[step.node].name, self.walk.nodes[route.source].name)
        shown = rectangle("label", (x, y, width, 18.0), 4) + label(
            x + width / 2, y + 13, text, SMALL, width - 4, "gradient"
        )
        return f'<g class="local">{titled(f"{name} = {full(step.local)}")}{shown}</g>'

    def _caption(self, step: Step) -> str:
        text = f"Step {self.moment.number + 1} of {len(self.walk.steps)}:  {told(self.walk, step)}"
        return f"<g>{titled(text)}{note(16, self.placed.height + 15, clipped(text, 13, self.width - 32), 13, 'caption')}</g>"

    # the key

    def _key(self) -> list[list[tuple[float, _Sample]]]:
        """What the forms and colours mean: each sample with its x, in as many lines as it takes."""
        shown = [self.walk.nodes[i] for i in self.box_of]
        roles = {node.role for node in shown}
        samples = [_of_role(role, word) for role, word in KEY_ROLES.items() if role in roles]
        samples += [
            _of_colour("value", "value"),
            _of_colour(f"∂ gradient of {clipped(self.output.name, SMALL, 80)}", "gradient"),
        ]
        if any(not is_number(node) for node in shown):
            samples.append((74.0, colour_key))
        lines: list[list[tuple[float, _Sample]]] = []
        x = self.width
        for width, sample in samples:
            if x + width > self.width - 8:
                lines.append([])
                x = 16.0
            lines[-1].append((x, sample))
            x += width + 14
        return lines

    def _drawn_key(self) -> str:
        bottom = self.height - 12 - LINE * (len(self.key) - 1)
        samples = (sample(x, bottom + LINE * number) for number, line in enumerate(self.key) for x, sample in line)
        return f'<g class="key" aria-hidden="true">{"".join(samples)}</g>'


KEY_ROLES = {"input": "input", "parameter": "parameter", "result": "computed"}

_Sample = Callable[[float, float], str]


def _of_role(role: str, word: str) -> tuple[float, _Sample]:
    def draw(x: float, y: float) -> str:
        return f'<g class="{role}">{outline((x, y - 9, 18, 12), role, 3.0)}</g>{note(x + 23, y, word, SMALL)}'

    return 23 + text_width(word, SMALL), draw


def _of_colour(text: str, kind: str) -> tuple[float, _Sample]:
    return text_width(text, SMALL), lambda x, y: note(x, y, text, SMALL, kind)
