"""Where everything of a walk's graph is drawn: plain numbers in pixels, computed once and used by every picture.

The graph flows from left to right, each leaf right before the first op that uses it, the loss at the right end; long
chains wrap into rows. Groups are laid out by themselves and placed as boxes, so their areas never overlap. Sizes depend
on names and shapes only, not on values: nothing jumps while a value is dragged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from gradwalk.walk.columns import Item, Point
from gradwalk.walk.groups import Group, grouped
from gradwalk.walk.layered import BORDER, Link, Placed, place
from gradwalk.walk.model import Node, WalkData
from gradwalk.walk.sizes import CARD, SMALL, WIRE, Rect, arrivals, closed_size, text_width, unit_of

PAD = 12.0  # around a group's inside
HEADER = 20.0  # above it, for its label
NARROWEST = 260.0  # a group's inside is not squeezed below this


@dataclass
class Box:
    """One thing drawn, with all that belongs to it: a value with its op and its gradient badge, or a closed group.

    ``node`` is None for a group. ``card`` is the value itself, ``op`` the round node before it, ``badge`` the gradient.
    """

    id: str
    node: int | None
    group: str  # the innermost group around it, "" outside any
    x: float
    y: float
    width: float
    height: float
    card: Rect
    op: Rect | None = None
    badge: Rect | None = None
    label: str = ""
    nodes: tuple[int, ...] = ()  # the ids that it stands for: its own, or all inside a closed group


@dataclass
class Route:
    """One edge: the value of ``source`` on its way into ``target``, where it fills the input positions ``slots``.

    Straight between points of equal x or y; curved, level at both ends, between others. Into or out of a closed group
    one route stands for all ``values``: ``source`` and ``target`` are the first of them.
    """

    source: int
    target: int
    slots: tuple[int, ...]
    points: list[Point]
    from_box: str
    to_box: str
    values: int = 1


@dataclass
class Area:
    """An open group: a pale surface behind what is in it."""

    id: str
    label: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    depth: int


@dataclass
class Layout:
    """The whole picture of one forward pass. ``groups`` names all that can be opened or closed."""

    width: float
    height: float
    turn: int
    boxes: list[Box] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)

    def box(self, node: int) -> Box | None:
        """The box of one node, if it isn't inside a closed group."""
        return next((box for box in self.boxes if box.node == node), None)


def layout(walk: WalkData, width: float = 960, turn: int = 0, open: Collection[str] = ()) -> Layout:
    """Place the graph of one forward pass within ``width``; ``open`` names groups to show opened, by id or label."""
    nodes = walk.alone(turn)
    root = grouped(nodes, open)
    return _Drawing(nodes, root, set(walk.gradients), width, turn).drawn()


# --- drawing ---------------------------------------------------------------------------------------------------------


class _Use(NamedTuple):
    """A value as one input of one consumer."""

    value: int
    consumer: int
    slot: int


@dataclass
class _Inside:
    """One open group, laid out by itself: its items are its children, placed from the group's top left corner."""

    group: Group
    items: list[Item]
    placed: Placed
    left: float
    top: float
    index: dict[int, int]  # a child node's id, or a child group's identity -> its item


class _Drawing:
    """Lays groups out from the inside out, then says where everything ended up."""

    def __init__(self, nodes: Sequence[Node], root: Group, with_gradient: set[int], width: float, turn: int):
        self.nodes = {node.id: node for node in nodes}
        self.width, self.turn, self.root = width, turn, root
        start = next((node.id for node in nodes if node.turn == turn), 0)
        self.units = {node.id: unit_of(node, node.id in with_gradient, start) for node in nodes}
        self.box_of = dict(_boxes(root, None))
        self.around = dict(_groups_around(root))
        self.edges = self._edges()
        self.links = self._links()
        self.insides: dict[int, _Inside] = {}

    def _edges(self) -> dict[tuple[int, int | Group], list[_Use]]:
        """Each value with each box that it enters; all that leaves a closed group travels together, as its first value."""
        edges: dict[tuple[int, int | Group], list[_Use]] = {}
        together: dict[int, int] = {}
        for node in self.nodes.values():
            here = self.box_of[node.id]
            for slot, i in enumerate(node.inputs):
                there = self.box_of[i]
                if there is not here or isinstance(there, int):
                    value = i if isinstance(there, int) else together.setdefault(id(there), i)
                    edges.setdefault((value, here), []).append(_Use(i, node.id, slot))
        return edges

    def _links(self) -> dict[int, set[tuple[int, int | Group | None, int | Group | None]]]:
        """For each open group, by identity: the values that pass between its children, and over its border (None)."""
        links: dict[int, set[tuple[int, int | Group | None, int | Group | None]]] = {}
        for value, target in self.edges:
            for group, a, b in self._way(value, target):
                links.setdefault(id(group), set()).add((value, a, b))
        return links

    def _way(self, value: int, target: int | Group) -> Iterator[tuple[Group, int | Group | None, int | Group | None]]:
        """The groups that a value passes from its own box to another: out of the inner ones, across, and in again."""
        source = self.box_of[value]
        up, down = self._chain(source), self._chain(target)
        while len(up) > 1 and len(down) > 1 and up[1] is down[1] and isinstance(up[1], Group):
            up, down = up[1:], down[1:]
        for group, child in reversed(list(pairwise(up[1:]))):
            yield _as_group(group), child, None
        yield _as_group(up[0]), up[1], down[1]
        for group, child in pairwise(down[1:]):
            yield _as_group(group), None, child

    def _chain(self, box: int | Group) -> list[int | Group]:
        """From the root to a box."""
        around = self.around[box if isinstance(box, int) else id(box)]
        return [*around.ancestors(), box]

    def drawn(self) -> Layout:
        """Lay everything out and collect it."""
        whole = self._lay_out(self.root, self.width)
        width, height = self._size(whole)
        made = Layout(round(width, 2), round(height, 2), self.turn)
        self.wires: dict[tuple[int, int, int, int], list[Point]] = {}
        self._collect(whole, 0.0, 0.0, 0, made)
        for (value, target), uses in self.edges.items():
            made.routes.append(self._route(value, target, uses))
        return made

    def _size(self, inside: _Inside) -> tuple[float, float]:
        right = PAD if inside.group.parent else PAD + MARGIN_RIGHT
        return inside.left + inside.placed.width + right, inside.top + inside.placed.height + PAD

    def _lay_out(self, group: Group, width: float) -> _Inside:
        """Place the children of a group, the groups among them first laid out themselves."""
        index: dict[int, int] = {}
        items: list[Item] = []
        narrower = max(NARROWEST, width - 2 * PAD - CARD - 2 * WIRE)
        for child in group.children:
            index[_key(child)] = len(items)
            items.append(self._item(child, narrower))
        links = [Link(value, _at(index, a), _at(index, b)) for value, a, b in self.links.get(id(group), ())]
        self._spread_ports(items, links)
        nested = group.parent is not None
        placed = place(items, links, width - 2 * PAD)
        top = HEADER + PAD / 2 if nested else PAD
        inside = _Inside(group, items, placed, PAD, top, index)
        self.insides[id(group)] = inside
        return inside

    def _item(self, child: int | Group, width: float) -> Item:
        if isinstance(child, int):
            unit, node = self.units[child], self.nodes[child]
            return Item(
                unit.width,
                unit.height,
                node.is_leaf,
                not node.is_leaf,
                arrivals(node, unit, lambda i: self.nodes[i].is_leaf),
                {child: unit.port},
            )
        if not child.open:
            return Item(*closed_size(child), ins={}, outs={})
        inside = self._lay_out(child, width)
        ports = [
            {v: y + inside.top for v, y in found.items()} for found in (inside.placed.inlets, inside.placed.outlets)
        ]
        across, down = self._size(inside)
        across = max(across, text_width(child.label, SMALL) + 2 * PAD)
        inside.placed.width += across - self._size(inside)[0]
        return Item(across, down, ins=dict(ports[0]), outs=dict(ports[1]))

    def _spread_ports(self, items: Sequence[Item], links: Sequence[Link]) -> None:
        """Closed groups get a port for each value, evenly spread."""
        wanted: dict[tuple[int, str], list[int]] = {}
        for value, source, target in sorted(links):
            wanted.setdefault((source, "outs"), []).append(value)
            wanted.setdefault((target, "ins"), []).append(value)
        for (i, side), values in wanted.items():
            ports: dict[int, float] = getattr(items[i], side) if i != BORDER else {}
            missing = [value for value in dict.fromkeys(values) if value not in ports]
            for number, value in enumerate(missing, 1):
                ports[value] = items[i].height * number / (len(missing) + 1) if i != BORDER else 0.0

    def _collect(self, inside: _Inside, x: float, y: float, depth: int, made: Layout) -> None:
        """Turn places within a group into places on the page."""
        group = inside.group
        left, top = x + inside.left, y + inside.top
        for child in group.children:
            item = inside.items[inside.index[_key(child)]]
            if isinstance(child, Group) and child.open:
                made.areas.append(
                    Area(
                        child.id,
                        child.label,
                        child.kind,
                        *_rounded(left + item.x, top + item.y, item.width, item.height),
                        depth,
                    )
                )
                self._collect(self.insides[id(child)], left + item.x, top + item.y, depth + 1, made)
            else:
                made.boxes.append(self._box(child, left + item.x, top + item.y, group.id))
        for link, points in inside.placed.wires.items():
            self.wires[id(group), *link] = [(round(a + left, 2), round(b + top, 2)) for a, b in points]

    def _box(self, child: int | Group, x: float, y: float, group: str) -> Box:
        if isinstance(child, Group):
            width, height = closed_size(child)
            rect = _rounded(x, y, width, height)
            return Box(child.id, None, group, *rect, rect, label=child.label, nodes=tuple(child.members()))
        unit = self.units[child]
        card, op, badge = (
            _rounded(x + r[0], y + r[1], r[2], r[3]) if r else None for r in (unit.card, unit.op, unit.badge)
        )
        assert card is not None
        place = _rounded(x, y, unit.width, unit.height)
        return Box(str(child), child, group, *place, card, op, badge, nodes=(child,))

    def _route(self, value: int, target: int | Group, uses: Sequence[_Use]) -> Route:
        points: list[Point] = []
        for group, a, b in self._way(value, target):
            inside = self.insides[id(group)]
            points += self.wires[id(group), value, _at(inside.index, a), _at(inside.index, b)]
        first = uses[0]
        slots = tuple(use.slot for use in uses if use[:2] == first[:2])
        boxes = _id(self.box_of[value]), _id(target)
        return Route(first.value, first.consumer, slots, _joined(points), *boxes, len({use.value for use in uses}))


MARGIN_RIGHT = 4.0  # the loss's ring and shadow need a little room


def _rounded(x: float, y: float, width: float, height: float) -> Rect:
    return round(x, 2), round(y, 2), round(width, 2), round(height, 2)


def _joined(points: Sequence[Point]) -> list[Point]:
    """Without points that repeat, or lie on the way between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and kept[-2][1] == kept[-1][1] == point[1]:
            kept.pop()
        kept.append(point)
    return kept


def _key(child: int | Group) -> int:
    return child if isinstance(child, int) else -id(child)


def _at(index: Mapping[int, int], child: int | Group | None) -> int:
    return BORDER if child is None else index[_key(child)]


def _id(box: int | Group) -> str:
    return str(box) if isinstance(box, int) else box.id


def _as_group(box: int | Group) -> Group:
    assert isinstance(box, Group)
    return box


def _boxes(group: Group, closed: Group | None) -> Iterator[tuple[int, int | Group]]:
    """Each node with the box that shows it: its own, or that of the outermost closed group around it."""
    for child in group.children:
        if isinstance(child, Group):
            yield from _boxes(child, closed or (None if child.open else child))
        else:
            yield child, closed or child


def _groups_around(group: Group) -> Iterator[tuple[int, Group]]:
    for child in group.children:
        yield (child if isinstance(child, int) else id(child)), group
        if isinstance(child, Group):
            yield from _groups_around(child)
