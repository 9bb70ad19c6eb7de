"""One row of a layered layout: columns of boxes, ordered so that few edges cross and aligned so that most are level."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise

GAP = 30.0  # between columns: room for edges to curve
BETWEEN = 16.0  # between boxes of one column
LOOSE = 60.0  # more between two results, in a graph of a few branches that would leave its picture half empty
FEW = 3  # results in a column, for that
THREAD = 9.0  # between an edge that passes through a column and what is beside it

Value = int  # what travels along an edge, by its number
Point = tuple[float, float]


@dataclass
class Item:
    """A box to place: its size, where values enter on the left and leave on the right (y from its top)."""

    width: float
    height: float
    is_leaf: bool = False
    slides: bool = False  # may move right, to be beside what uses it
    ins: dict[Value, float] = field(default_factory=dict)
    outs: dict[Value, float] = field(default_factory=dict)
    x: float = 0.0
    y: float = 0.0

    def entry(self, value: Value) -> float:
        """How far below its top a value enters."""
        return self.ins.get(value, self.height / 2)

    def exit(self, value: Value) -> float:
        """How far below its top a value leaves."""
        return self.outs.get(value, self.height / 2)


@dataclass
class Spot:
    """What takes up room in a column: an item, or an edge passing through (a thread)."""

    item: Item | None
    value: Value = -1
    y: float = 0.0
    left: list[tuple[Spot, Value]] = field(default_factory=list)
    right: list[tuple[Spot, Value]] = field(default_factory=list)
    place: float = 0.0
    margin: float = 0.0  # kept to neighbours that want one, too

    @cached_property
    def height(self) -> float:
        """How much of the column it takes up."""
        return self.item.height if self.item else 0.0

    @cached_property
    def weight(self) -> float:
        """How much it insists on its place: results most, so that the main line stays straight."""
        return 4.0 if self.item is None else 0.1 if self.item.is_leaf else 40.0

    def entry(self, value: Value) -> float:
        """How far below its top a value enters."""
        return self.item.entry(value) if self.item else 0.0

    def exit(self, value: Value) -> float:
        """How far below its top a value leaves."""
        return self.item.exit(value) if self.item else 0.0


def _apart(above: Spot, below: Spot) -> float:
    return (BETWEEN if above.item and below.item else THREAD) + min(above.margin, below.margin)


def ordered(columns: list[list[Spot]]) -> None:
    """Order each column by where its neighbours are, back and forth, and keep the order with the fewest crossings."""
    _number(columns)
    best, fewest = [list(column) for column in columns], crossings(columns)
    size = sum(len(column) for column in columns)
    for sweep in range(6 if size < 400 else 2):
        forth = sweep % 2 == 1
        for column in columns if forth else reversed(columns):
            column.sort(key=lambda spot: _middle(spot, forth))
            _number([column])
        found = crossings(columns)
        if found < fewest:
            best, fewest = [list(column) for column in columns], found
    columns[:] = best
    _number(columns)


def _number(columns: Iterable[list[Spot]]) -> None:
    for column in columns:
        for number, spot in enumerate(column):
            spot.place = float(number)


def _middle(spot: Spot, forth: bool) -> float:
    if forth:
        near = [other.place + other.exit(value) / (other.height + 1) for other, value in spot.left]
    else:
        near = [other.place + other.entry(value) / (other.height + 1) for other, value in spot.right]
    return sum(near) / len(near) if near else spot.place


def crossings(columns: Sequence[Sequence[Spot]]) -> int:
    """How many pairs of edges cross between neighbouring columns."""
    count = 0
    for column in columns:
        seen: list[float] = []
        for spot in column:
            ends = [other.place + other.entry(value) / (other.height + 1) for other, value in spot.right]
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def aligned(columns: Sequence[Sequence[Spot]]) -> None:
    """Give each spot its height on the page: level with its neighbours as far as the order allows."""
    for column in columns:
        _stack(column)
    for forth in (True, False, True, False):
        for column in columns if forth else reversed(columns):
            settle(column, [_wish(spot, forth) for spot in column])


def _stack(column: Sequence[Spot]) -> None:
    below = 0.0
    for number, spot in enumerate(column):
        spot.y = below + (_apart(column[number - 1], spot) if number else 0.0)
        below = spot.y + spot.height
    for spot in column:
        spot.y -= below / 2


def _wish(spot: Spot, forth: bool) -> float:
    """Where a spot's edges would be level; edges from leaves count little, so that the main line stays straight."""
    if forth:
        wishes = [(other.weight, other.y + other.exit(value) - spot.entry(value)) for other, value in spot.left]
    else:
        wishes = [(other.weight, other.y + other.entry(value) - spot.exit(value)) for other, value in spot.right]
    weight = sum(pull for pull, _ in wishes)
    return sum(pull * wish for pull, wish in wishes) / weight if weight else spot.y


def settle(column: Sequence[Spot], wishes: Sequence[float]) -> None:
    """The positions nearest to the wishes that keep order and distance: neighbours in the way are moved together."""
    blocks: list[list[float]] = []
    steps = (above.height + _apart(above, below) for above, below in pairwise(column))
    offsets = list(accumulate(steps, initial=0.0))[: len(column)]
    for spot, wish, offset in zip(column, wishes, offsets, strict=True):
        blocks.append([(wish - offset) * spot.weight, spot.weight, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            pulled, weight, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + pulled, blocks[-1][1] + weight, blocks[-1][2] + count]
    tops = (pulled / weight for pulled, weight, count in blocks for _ in range(int(count)))
    for spot, top, offset in zip(column, tops, offsets, strict=True):
        spot.y = top + offset


class Row:
    """One row of columns, with a thread in every column that a value passes through."""

    def __init__(self, columns: list[list[int]], items: Sequence[Item]):
        self.spots = {i: Spot(items[i]) for column in columns for i in column}
        self.column_of = {i: number for number, column in enumerate(columns) for i in column}
        self.columns = [[self.spots[i] for i in column] for column in columns]
        self.threads: dict[tuple[Value, int], Spot] = {}
        self.entering: dict[Value, list[Spot]] = {}
        self.left: list[float] = []
        self.right: list[float] = []
        self.top = self.height = 0.0

    @property
    def last(self) -> int:
        """The number of the last column."""
        return len(self.columns) - 1

    def loosen(self) -> None:
        """Give branches room, where they are few: they are told apart at a glance, and what edges say has its place."""
        results = [[spot for spot in column if spot.item and not spot.item.is_leaf] for column in self.columns]
        if max(map(len, results), default=0) > FEW:
            return
        for spot in (spot for column in results for spot in column):
            spot.margin = LOOSE

    def thread(self, value: Value, source: int, targets: Sequence[int], leaves: bool) -> None:
        """Lead a value from its source (or the row's left end) to its targets here, and on to the right end."""
        start = self.column_of.get(source, -1)
        reach = self.last + 1 if leaves else max((self.column_of[i] for i in targets), default=0)
        previous = self.spots.get(source)
        ends: dict[int, list[Spot]] = {}
        for i in targets:
            ends.setdefault(self.column_of[i], []).append(self.spots[i])
        for number in range(start + 1, reach + 1):
            reached = list(ends.get(number, ()))
            if number < reach:
                thread = self.threads[value, number] = Spot(None, value)
                self.columns[number].append(thread)
                reached.append(thread)
            if previous is None:
                self.entering[value] = reached
            else:
                previous.right += [(spot, value) for spot in reached]
                for spot in reached:
                    spot.left.append((previous, value))
            previous = self.threads.get((value, number))

    def arrange(self, x: float) -> None:
        """Order and align the columns, and say where each begins and ends."""
        ordered(self.columns)
        aligned(self.columns)
        spots = [spot for column in self.columns for spot in column]
        top = min((spot.y for spot in spots), default=0.0)
        for spot in spots:
            spot.y -= top
        self.height = max((spot.y + spot.height for spot in spots), default=0.0)
        for column in self.columns:
            width = max((spot.item.width for spot in column if spot.item), default=0.0)
            self.left.append(x)
            self.right.append(x + width)
            x += width + GAP

    def settle(self, top: float, down: float) -> None:
        """Move the row down, and give items their place."""
        self.top = top
        for number, column in enumerate(self.columns):
            for spot in column:
                spot.y += down
                if spot.item:
                    spot.item.y = spot.y
                    spot.item.x = self.right[number] - spot.item.width if spot.item.is_leaf else self.left[number]

    def level(self, value: Value, source: int) -> float:
        """The height at which a value leaves the row on the right."""
        thread = self.threads.get((value, self.last))
        spot = self.spots.get(source)
        if thread is None and spot is not None and spot.item is not None:
            return spot.y + spot.item.exit(value)
        return thread.y if thread is not None else self.top

    def arrival(self, value: Value) -> float:
        """The height at which a value enters the row on the left."""
        reached = self.entering.get(value)
        if not reached:
            return self.top
        thread = self.threads.get((value, 0))
        return thread.y if thread else sum(spot.y + spot.entry(value) for spot in reached) / len(reached)

    def through(self, value: Value, start: int, end: int) -> Iterator[Point]:
        """The points of a value's way through the columns from ``start`` up to (not including) ``end``."""
        for number in range(start, end):
            y = self.threads[value, number].y
            yield self.left[number], y
            yield self.right[number], y

    def out(self, value: Value, source: int) -> Iterator[Point]:
        """From an item's right side to the end of its column."""
        spot = self.spots[source]
        assert spot.item is not None
        y = spot.y + spot.item.exit(value)
        yield spot.item.x + spot.item.width, y
        yield self.right[self.column_of[source]], y

    def into(self, value: Value, target: int) -> Iterator[Point]:
        """From the start of a column to an item's left side."""
        spot = self.spots[target]
        assert spot.item is not None
        y = spot.y + spot.item.entry(value)
        yield self.left[self.column_of[target]], y
        yield spot.item.x, y
