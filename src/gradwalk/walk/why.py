"""Why a gradient is the number that it is: a sum over consumers, a sum over paths, and the factors that made it so."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradwalk.source import Span
from gradwalk.walk.model import Node, Step, Tick, WalkData, WalkError, unhurried
from gradwalk.walk.record import gradient_name, grouped
from gradwalk.walk.unfold import Link, Vertex, unfold
from gradwalk.walk.walk import RENDERERS

LONG = 60  # a source line with more characters is shown in part


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of one path: ∂consumer/∂input, its value, and the source line where it arose."""

    name: str
    value: float
    node: int
    input: int
    place: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the output back to the asked number; its factors multiply to ``product``.

    ``share`` is |product| over the sum of all |products|. ``decisive`` is the position of the factor that did most: a
    zero, else the one whose size is furthest from 1.
    """

    factors: tuple[Factor, ...]
    product: float
    share: float
    decisive: int | None


@dataclass(frozen=True, slots=True)
class Use:
    """One consumer's part: ``contribution`` = its own gradient times its local derivative, summed over its entries."""

    name: str
    node: int
    formula: str
    upstream: float | None
    local: float | None
    contribution: float
    place: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Zero:
    """A factor that is zero, and how many of the paths it silences."""

    factor: Factor
    paths: int


@dataclass(frozen=True)
class Why:
    """The reason for one gradient.

    ``uses`` sum to the gradient (one step back), and so do ``paths`` and the ``rest`` (all the way back). ``count`` is
    the exact number of paths.
    """

    output: str
    name: str
    gradient: float
    uses: tuple[Use, ...]
    count: int
    paths: tuple[Path, ...]
    rest_count: int
    rest_sum: float
    zeros: tuple[Zero, ...]
    node: int
    entry: tuple[int, ...]

    @property
    def symbol(self) -> str:
        """How the gradient is written: ∂L/∂w1."""
        return gradient_name(self.output, self.name)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return RENDERERS["why"](self)

    __repr__ = __str__


def why(walk: WalkData, name: str | int, index: Any = None, k: int = 5, tick: Tick = unhurried) -> Why:
    """Explain one gradient: of a single number, or of one entry of a tensor (``index``), with the ``k`` largest paths."""
    target = walk.node(name)
    walk.gradient(target.id)  # an error here says why there is none
    entry = _entry(target, index)
    position = int(np.ravel_multi_index(entry, target.shape)) if entry else 0
    links = unfold(walk, target, position, tick)
    tally = _Tally(walk, links, (target.id, position), k, tick)
    gradient = float(np.ravel(walk.gradients[target.id])[position])
    paths = tally.paths()
    rest = tally.count - len(paths)
    return Why(
        output=walk.outputs()[target.turn].name,
        name=_entry_name(target, position),
        gradient=gradient,
        uses=_uses(walk, links, (target.id, position), tally),
        count=tally.count,
        paths=paths,
        rest_count=rest,
        rest_sum=tally.sum - math.fsum(path.product for path in paths) if rest else 0.0,
        zeros=tally.zeros(),
        node=target.id,
        entry=entry,
    )


def _entry(node: Node, index: Any) -> tuple[int, ...]:
    """The asked entry as a tuple of non-negative integers."""
    given = () if index is None else tuple(int(i) for i in (index if isinstance(index, tuple | list) else (index,)))
    if not node.shape and not given:
        return ()
    if index is None and node.size == 1:
        return (0,) * len(node.shape)
    if not node.shape:
        raise WalkError(f"{node.name} is a single number: leave the {list(given)} out")
    if len(given) != len(node.shape):
        example = ", ".join("0" for _ in node.shape)
        raise WalkError(
            f"{node.name} has shape {node.shape}: say which entry, with {len(node.shape)} numbers, like {node.name}[{example}]"
        )
    entry = tuple(i + size if i < 0 else i for i, size in zip(given, node.shape, strict=True))
    if any(not 0 <= i < size for i, size in zip(entry, node.shape, strict=True)):
        raise WalkError(f"{node.name} has shape {node.shape}, so there is no entry {list(given)}")
    return entry


def _entry_name(node: Node, position: int) -> str:
    if not node.shape:
        return node.name
    return f"{grouped(node.name)}[{', '.join(str(int(i)) for i in np.unravel_index(position, node.shape))}]"


# --- summing over paths ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Partial:
    """A path from the output down to one vertex: its product, and the link and partial path it continues."""

    size: float  # log |product|: products of hundreds of factors neither overflow nor vanish here
    product: float
    link: Link | None
    before: _Partial | None


class _Tally:
    """Counts, sums and the k largest products of all paths, by dynamic programming over the links."""

    def __init__(self, walk: WalkData, links: Sequence[Link], target: Vertex, k: int, tick: Tick):
        self.walk, self.links, self.target, self.k = walk, links, target, k
        output = (walk.outputs()[walk.nodes[target[0]].turn].id, 0)
        self.counts: dict[Vertex, int] = defaultdict(int, {output: 1})
        self.sums: dict[Vertex, float] = defaultdict(float, {output: 1.0})
        self.sizes: dict[Vertex, float] = defaultdict(float, {output: 1.0})
        self.best: dict[Vertex, list[_Partial]] = defaultdict(list, {output: [_Partial(0.0, 1.0, None, None)]})
        self._sum_up(tick)
        self.count, self.sum = self.counts[target], self.sums[target]

    def _sum_up(self, tick: Tick) -> None:
        """Links come consumers first, grouped by consumer, so every vertex is complete before it is read."""
        for link in self.links:
            tick()
            self.counts[link.input] += self.counts[link.consumer]
            self.sums[link.input] += self.sums[link.consumer] * link.local
            self.sizes[link.input] += self.sizes[link.consumer] * abs(link.local)
            size = (
                math.log(abs(link.local))
                if link.local and math.isfinite(link.local)
                else (-math.inf if link.local == 0 else math.inf)
            )
            longer = [
                _Partial(before.size + size, before.product * link.local, link, before)
                for before in self.best[link.consumer]
            ]
            self.best[link.input] = heapq.nlargest(
                self.k, self.best[link.input] + longer, key=lambda partial: partial.size
            )

    def paths(self) -> tuple[Path, ...]:
        """The largest paths, largest first."""
        return tuple(self._path(partial) for partial in self.best[self.target])

    def _path(self, partial: _Partial) -> Path:
        factors = []
        step: _Partial | None = partial
        while step is not None and step.link is not None:
            factors.append(factor(self.walk, step.link))
            step = step.before
        factors.reverse()
        total = self.sizes[self.target]
        return Path(tuple(factors), partial.product, abs(partial.product) / total if total else 0.0, _decisive(factors))

    def zeros(self, most: int = 5) -> tuple[Zero, ...]:
        """The zero factors, by how many paths each one silences."""
        below = self._paths_below()
        silenced = [(self.counts[link.consumer] * below[link.input], link) for link in self.links if link.local == 0]
        largest = heapq.nlargest(most, [pair for pair in silenced if pair[0]], key=lambda pair: pair[0])
        return tuple(Zero(factor(self.walk, link), paths) for paths, link in largest)

    def _paths_below(self) -> Mapping[Vertex, int]:
        """How many paths lead from each vertex down to the asked number."""
        below: dict[Vertex, int] = defaultdict(int, {self.target: 1})
        for link in reversed(self.links):
            below[link.consumer] += below[link.input]
        return below


def _decisive(factors: Sequence[Factor]) -> int | None:
    """The position of the factor that did most: the first zero, else the one whose size is furthest from 1."""
    if not factors:
        return None
    for position, item in enumerate(factors):
        if item.value == 0 or not math.isfinite(item.value):
            return position
    sizes = [abs(math.log10(abs(item.value))) for item in factors]
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    return largest if sizes[largest] > 0 else None


def factor(walk: WalkData, link: Link) -> Factor:
    """A link with its name and its source line."""
    node, input = walk.nodes[link.consumer[0]], walk.nodes[link.input[0]]
    name = gradient_name(_entry_name(node, link.consumer[1]), _entry_name(input, link.input[1]))
    return Factor(name, link.local, node.id, input.id, *place(walk, node))


def place(walk: WalkData, node: Node) -> tuple[str, str]:
    """Where a node was computed: ("house_price.py:7", "h = gw.relu(z1)")."""
    if node.span is None:
        return "", ""
    lines = walk.source.get(node.span.file, "").splitlines()
    line = lines[node.span.line - 1] if node.span.line <= len(lines) else ""
    return f"{node.span.file}:{node.span.line}", line.strip() if len(line.strip()) <= LONG else _part(line, node.span)


def _part(line: str, span: Span) -> str:
    """The part of a long line that a node was computed by."""
    part = line[span.column : span.end_column if span.end_line == span.line else None].strip()
    return part if len(part) <= LONG else part[: LONG - 1] + "…"


def _uses(walk: WalkData, links: Sequence[Link], target: Vertex, tally: _Tally) -> tuple[Use, ...]:
    """Each consumer of the asked number, with what it contributed."""
    grouped: dict[tuple[int, int], list[Link]] = defaultdict(list)
    for link in links:
        if link.input == target:
            grouped[link.consumer[0], link.slot].append(link)
    steps = {(step.node, step.slot): step for step in walk.steps if step.phase == "backward"}
    return tuple(_use(walk, walk.nodes[key[0]], own, steps.get(key), tally) for key, own in grouped.items())


def _use(walk: WalkData, node: Node, links: Sequence[Link], step: Step | None, tally: _Tally) -> Use:
    contribution = math.fsum(tally.sums[link.consumer] * link.local for link in links)
    alone = links[0] if len(links) == 1 else None
    upstream = tally.sums[alone.consumer] if alone else None
    formula = step.formula if step else ""
    return Use(node.name, node.id, formula, upstream, alone.local if alone else None, contribution, *place(walk, node))
