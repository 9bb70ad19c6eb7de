"""A small layered layout: boxes of given sizes in columns from left to right, in rows like a line of text that wraps.

It knows nothing of walks. A value leaves its item on the right and enters its targets on the left; inputs (leaves)
stand right before the first item that uses them. Edges run straight through the columns, curve only in the gaps
between columns, and go around by lanes in the margins from one row to the next, so that none crosses a box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gradwalk.walk.columns import GAP, Item, Point, Row, Spot, Value, settle

LANE = 7.0  # between edges that go around
ROW = 18.0  # between rows, beside the lanes
EDGE = 16.0  # between the border and what is inside, where edges cross the border
MOST_COLUMNS = 40  # in one row, however wide

BORDER = -1  # as a source: the left border; as a target: the right one


class Link(NamedTuple):
    """A value on its way from one item (or the left border) to another (or the right border)."""

    value: Value
    source: int
    target: int


@dataclass
class Placed:
    """Where everything went: items have their x and y; every link its points; the border its ports."""

    width: float
    height: float
    wires: dict[Link, list[Point]]
    inlets: dict[Value, float]
    outlets: dict[Value, float]


def place(items: Sequence[Item], links: Iterable[Link], width: float) -> Placed:
    """Place items, which come in topological order, within a width if that is possible at all."""
    return _Placing(items, sorted(set(links), key=lambda link: (link.source, link.target, link.value)), width).placed()


# --- columns ---------------------------------------------------------------------------------------------------------


def ranked(items: Sequence[Item], links: Sequence[Link]) -> list[int]:
    """How many items come before each at least; a leaf has the rank of its first consumer."""
    into: dict[int, list[int]] = {}
    out: dict[int, list[int]] = {}
    for _, source, target in links:
        into.setdefault(target, []).append(source)
        out.setdefault(source, []).append(target)
    ranks = [0] * len(items)
    for i, item in enumerate(items):
        if not item.is_leaf:
            ranks[i] = max((ranks[j] + 1 for j in into.get(i, ()) if j != BORDER and not items[j].is_leaf), default=0)
    for i in reversed(range(len(items))):
        first = min((ranks[j] for j in out.get(i, ()) if j != BORDER), default=None)
        if first is not None and (items[i].is_leaf or _may_slide(i, items, into, out)):
            ranks[i] = first if items[i].is_leaf else max(ranks[i], first - 1)
    lowest = min(ranks, default=0)
    return [rank - lowest for rank in ranks]


def _may_slide(i: int, items: Sequence[Item], into: Mapping[int, list[int]], out: Mapping[int, list[int]]) -> bool:
    """Whether an item and all before it are used here only, so that it can move beside its consumer."""
    if not items[i].slides or len(set(out.get(i, ()))) != 1:
        return False
    before = {j for j in into.get(i, ()) if j != BORDER and not items[j].is_leaf}
    alone = all(items[j].slides and len(set(out[j])) == 1 for j in before)
    deeper = {k for j in before for k in into.get(j, ()) if k != BORDER and not items[k].is_leaf}
    return len(before) <= 1 and alone and not deeper


class _Ranks:
    """The widths of all ranks, and where rows break."""

    def __init__(self, items: Sequence[Item], ranks: Sequence[int]):
        count = max(ranks, default=-1) + 1
        self.leaves: list[list[int]] = [[] for _ in range(count)]
        self.results: list[list[int]] = [[] for _ in range(count)]
        for i, rank in enumerate(ranks):
            (self.leaves if items[i].is_leaf else self.results)[rank].append(i)
        self.leaf_width = [max((items[i].width for i in ids), default=0.0) for ids in self.leaves]
        self.result_width = [max((items[i].width for i in ids), default=0.0) for ids in self.results]

    def breaks(self, room: float) -> list[int]:
        """The first rank of each row: as many columns to a row as fit."""
        starts: list[int] = []
        used, columns = room + 1, 0
        for rank, width in enumerate(self.result_width):
            # The leaves of this rank share the column before it, which may grow for them.
            grown = max(0.0, self.leaf_width[rank] - self.result_width[rank - 1]) if rank else 0.0
            if used + grown + GAP + width > room or columns >= MOST_COLUMNS:
                starts.append(rank)
                lead = self.leaf_width[rank]
                used, columns = width + (lead + GAP if lead else 0.0), 1
            else:
                used, columns = used + grown + GAP + width, columns + 1
        return starts

    def balanced(self, room: float) -> list[int]:
        """As few rows as fit, of about equal length: no last row with a single box."""
        best = self.breaks(room)
        low, high = 0.0, room
        for _ in range(10 if len(best) > 1 else 0):
            middle = (low + high) / 2
            tried = self.breaks(middle)
            if len(tried) <= len(best):
                best, high = tried, middle
            else:
                low = middle
        return best

    def columns(self, start: int, end: int) -> list[list[int]]:
        """One row's columns: the leaves of its first rank, then each rank beside the leaves of the next."""
        row = [self.leaves[start]] if self.leaves[start] else []
        for rank in range(start, end):
            row.append(self.results[rank] + (self.leaves[rank + 1] if rank + 1 < end else []))
        return [column for column in row if column]


# --- the whole -------------------------------------------------------------------------------------------------------


@dataclass
class _Net:
    """One value: where it starts and all the places that it goes to."""

    value: Value
    source: int
    start: int  # the row it starts in
    targets: dict[int, list[int]]  # row -> items
    leaves: bool  # whether it goes on past the right border

    @property
    def later(self) -> list[int]:
        return [row for row in self.targets if row > self.start]


class _Placing:
    """The steps of placing, and what they hand on: rows, nets, lanes, wires."""

    def __init__(self, items: Sequence[Item], links: Sequence[Link], width: float):
        self.items, self.links, self.width = items, links, width
        self.ranks = _Ranks(items, ranked(items, links))
        inlets = any(link.source == BORDER for link in links)
        outlets = any(link.target == BORDER for link in links)
        self.before, self.after = EDGE * inlets, EDGE * outlets
        self.rows = self._rows()
        self.nets = self._nets()
        self.lanes, self.right_lanes = self._left_lanes(), self._right_lanes()

    def _rows(self) -> list[Row]:
        room = self.width - self.before - self.after
        starts = self.ranks.breaks(room)
        if len(starts) > 1:
            starts = self.ranks.balanced(room - 2 * (MARGIN + GAP / 2))
        ends = [*starts[1:], len(self.ranks.results)]
        rows = [Row(self.ranks.columns(a, b), self.items) for a, b in zip(starts, ends, strict=True)]
        if len(rows) == 1 and not self.before and not self.after:  # a whole graph, not the inside of a group
            rows[0].loosen()
        return rows

    def _nets(self) -> list[_Net]:
        row_of = {i: number for number, row in enumerate(self.rows) for i in row.spots}
        nets: dict[tuple[Value, int], _Net] = {}
        for value, source, target in self.links:
            net = nets.setdefault((value, source), _Net(value, source, row_of.get(source, 0), {}, False))
            if target == BORDER:
                net.leaves = True
            else:
                net.targets.setdefault(row_of[target], []).append(target)
        return list(nets.values())

    def _left_lanes(self) -> dict[Value, int]:
        """A lane in the left margin for each value that goes on to a later row; lanes are used again further down."""
        free_from: list[int] = []
        lanes: dict[Value, int] = {}
        for net in sorted((net for net in self.nets if net.later), key=lambda net: net.start):
            lane = next((i for i, end in enumerate(free_from) if end <= net.start), len(free_from))
            free_from[lane : lane + 1] = [max(net.later)]
            lanes[net.value] = lane
        return lanes

    def _right_lanes(self) -> dict[int, list[_Net]]:
        """The values that leave each row at its right end, to go on to a later row."""
        found: dict[int, list[_Net]] = {}
        for net in self.nets:
            if net.later and net.source != BORDER:
                found.setdefault(net.start, []).append(net)
        return found

    def placed(self) -> Placed:
        """Place everything."""
        self._thread()
        margin = self.before + (MARGIN + GAP / 2 if self.lanes else 0.0)
        for row in self.rows:
            row.arrange(margin)
        self._stack()
        across = max((row.right[-1] for row in self.rows if row.right), default=0.0)
        right = across + self.after + (MARGIN if self.right_lanes else 0.0)
        inlets = self._inlets()
        outlets = {net.value: self.rows[net.start].level(net.value, net.source) for net in self.nets if net.leaves}
        wires = {link: _straightened(self._wire(net, link, inlets, right)) for net, link in self._by_net()}
        bottom = max((row.top + row.height for row in self.rows), default=0.0)
        return Placed(right, max(bottom, *inlets.values(), 0.0), wires, inlets, outlets)

    def _thread(self) -> None:
        for net in self.nets:
            for number in sorted({net.start, *net.targets}):
                here = number == net.start
                leaves = here and (net.leaves or (bool(net.later) and net.source != BORDER))
                self.rows[number].thread(net.value, net.source if here else BORDER, net.targets.get(number, []), leaves)

    def _stack(self) -> None:
        """Rows below each other, with room between them for the lanes of what leaves the upper one."""
        y = 0.0
        for number, row in enumerate(self.rows):
            row.settle(y, y)
            leaving = self.right_lanes.get(number, [])
            leaving.sort(key=lambda net: row.level(net.value, net.source))
            y += row.height + 2 * ROW + self._spacing(leaving) * max(0, len(leaving) - 1)

    def _spacing(self, lanes: Sequence[object] | Mapping[Value, int]) -> float:
        return min(LANE, (MARGIN - LANE) / max(1, len(lanes)))

    def _inlets(self) -> dict[Value, float]:
        """Where values enter: level with where they go, but apart; everything moves down if the border is too short."""
        wishes = {net.value: self.rows[net.start].arrival(net.value) for net in self.nets if net.source == BORDER}
        found = _spread(wishes)
        above = -min(0.0, *found.values(), 0.0)
        for row in self.rows:
            row.settle(row.top + above, above)
        return {value: y + above for value, y in found.items()}

    def _by_net(self) -> Iterator[tuple[_Net, Link]]:
        by_source = {(net.value, net.source): net for net in self.nets}
        return ((by_source[link.value, link.source], link) for link in self.links)

    def _wire(self, net: _Net, link: Link, inlets: Mapping[Value, float], right: float) -> Iterator[Point]:
        """All the points of one link."""
        start = self.rows[net.start]
        if link.source == BORDER:
            yield 0.0, inlets[link.value]
        else:
            yield from start.out(link.value, link.source)
        if link.target == BORDER:
            yield from start.through(link.value, start.column_of[link.source] + 1, start.last + 1)
            yield right, start.level(link.value, link.source)
            return
        number = next(row for row, targets in net.targets.items() if link.target in targets)
        row = self.rows[number]
        if number == net.start and link.source != BORDER:
            yield from row.through(link.value, row.column_of[link.source] + 1, row.column_of[link.target])
        else:
            if number != net.start:
                yield from self._around(net, row, inlets)
            elif self.lanes:
                yield from ((x, row.arrival(link.value)) for x in (self.before, row.left[0] - GAP / 2))
            yield from row.through(link.value, 0, row.column_of[link.target])
        yield from row.into(link.value, link.target)

    def _around(self, net: _Net, row: Row, inlets: Mapping[Value, float]) -> Iterator[Point]:
        """From a row's right end through the gap below it and down the left margin to a later row."""
        start = self.rows[net.start]
        lane = self.before + self._spacing(range(1 + max(self.lanes.values()))) * (self.lanes[net.value] + 1)
        if net.source == BORDER:
            yield lane, inlets[net.value]
        else:
            leaving = self.right_lanes[net.start]
            outer = len(leaving) - 1 - leaving.index(net)  # the topmost goes around the others
            x = start.right[-1] + self._spacing(leaving) * (outer + 1)
            y = start.top + start.height + ROW + self._spacing(leaving) * outer
            yield from start.through(net.value, start.column_of[net.source] + 1, start.last + 1)
            yield from ((x, start.level(net.value, net.source)), (x, y), (lane, y))
        yield lane, row.arrival(net.value)
        yield row.left[0] - GAP / 2, row.arrival(net.value)


MARGIN = 40.0  # beside rows: room for the lanes of what goes on to another row


def _spread(wishes: Mapping[Value, float]) -> dict[Value, float]:
    """Border ports near their wishes, but apart from each other."""
    spots = [Spot(None, value) for value in sorted(wishes, key=lambda value: wishes[value])]
    settle(spots, [wishes[spot.value] for spot in spots])
    return {spot.value: spot.y for spot in spots}


def _straightened(points: Iterable[Point]) -> list[Point]:
    """Without points that repeat, or lie on the way between their neighbours."""
    kept: list[Point] = []
    for x, y in points:
        point = (round(x, 2), round(y, 2))
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][1] == kept[-1][1] == point[1] or kept[-2][0] == kept[-1][0] == point[0]):
            kept.pop()
        kept.append(point)
    return kept
