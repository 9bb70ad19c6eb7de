"""Charts as SVG: axes with units, lines with their names beside them, points whose class is told by shape and colour."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gradwalk.formula import number
from gradwalk.views.marks import escaped, quoted, titled

WIDTH, HEIGHT = 560.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 118.0, 14.0, 42.0  # room for the axes' labels, and for the names beside the lines
TICKS = 5


@dataclass(frozen=True)
class Axis:
    """From numbers to places: ``low`` to ``high`` along ``start`` to ``end``, in powers of ten if ``log``."""

    label: str
    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a number; what lies outside of the axis is put on its edge."""
        low, high, value = (math.log10(max(x, 1e-300)) if self.log else x for x in (self.low, self.high, value))
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.start + min(1.0, max(0.0, share)) * (self.end - self.start), 2)

    def ticks(self) -> list[float]:
        """Round numbers along the axis.

        >>> Axis("epoch", 0, 500, 0, 100).ticks()
        [0.0, 100.0, 200.0, 300.0, 400.0, 500.0]
        >>> Axis("loss", 0.0002, 0.7, 0, 100, log=True).ticks(), Axis("loss", 0.1, 0.7, 0, 100, log=True).ticks()
        ([0.001, 0.01, 0.1], [0.1, 0.2, 0.5])
        """
        if self.log:
            return self._powers()
        rough = (self.high - self.low) / TICKS or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(place * step, 12) + 0.0 for place in range(first, last + 1)]

    def _powers(self) -> list[float]:
        """Powers of ten along the axis; with 2 and 5 times each, where there are few."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        tens = [10.0**power for power in powers[:: -(-len(powers) // 8)]]
        inside = [ten for ten in tens if self.low * 0.999 <= ten <= self.high * 1.001]
        fine = [float(f"{factor * ten:g}") for ten in tens for factor in (1, 2, 5)]
        return inside if len(inside) > 2 else [tick for tick in fine if self.low * 0.999 <= tick <= self.high * 1.001]


@dataclass(frozen=True)
class Line:
    """A curve: its name, its points, and its class in the style sheet."""

    name: str
    points: Sequence[tuple[float, float]]
    kind: str = "line"


def amount(value: float) -> str:
    """A number as people write amounts: no powers of ten where whole digits are easier read.

    >>> amount(52010.4), amount(-0.01234567)
    ('52,010', '−0.01235')
    """
    return f"{value:,.0f}".replace("-", "−") if 1000 <= abs(value) < 1e9 else number(value)


def spread(values: Iterable[float], log: bool = False) -> tuple[float, float]:
    """From the smallest to the largest finite number (above 0, on a scale of powers); never a span of nothing."""
    finite = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    if not finite:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = min(finite), max(finite)
    if low < high:
        return low, high
    return (low / 2, high * 2) if log else (low - 0.5, high + 0.5)


def axes(
    x: tuple[str, float, float], y: tuple[str, float, float], log: bool = False, right: float = RIGHT
) -> tuple[Axis, Axis]:
    """The two axes of a chart, each given as (label, low, high)."""
    return Axis(*x, LEFT, WIDTH - right), Axis(*y, HEIGHT - BOTTOM, TOP, log)


def line_chart(title: str, lines: Sequence[Line], x_label: str, y_label: str, log: bool = False) -> str:
    """Curves over a common axis, each with its name at its end."""
    xs, ys = ([point[place] for line in lines for point in line.points] for place in (0, 1))
    across, up = axes((x_label, *spread(xs)), (y_label, *spread(ys, log)), log)
    return drawing(title, [*frame(across, up), *drawn_lines(lines, across, up)])


def drawing(title: str, parts: Iterable[str], width: float = WIDTH, height: float = HEIGHT) -> str:
    """The SVG around its parts; the page's style sheet has the colours."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label={quoted(title)} '
        f'viewBox="0 0 {width:g} {height:g}">{titled(title)}{"".join(parts)}</svg>'
    )


def frame(across: Axis, up: Axis) -> Iterator[str]:
    """Both axes: hairlines at round numbers, the numbers, and what they mean."""
    for tick in across.ticks():
        x = across.at(tick)
        yield f'<path class="grid" d="M{x:g} {up.start:g}V{up.end:g}"/>' + text(
            x, up.start + 16, amount(tick), "middle"
        )
    for tick in up.ticks():
        y = up.at(tick)
        yield f'<path class="grid" d="M{across.start:g} {y:g}H{across.end:g}"/>' + text(
            across.start - 6, y + 4, amount(tick), "end"
        )
    middle = (up.start + up.end) / 2
    yield text((across.start + across.end) / 2, up.start + 34, across.label, "middle label")
    yield f'<g transform="rotate(-90 14 {middle:g})">{text(14, middle, up.label, "middle label")}</g>'


def text(x: float, y: float, words: str, kind: str) -> str:
    """Words at a place."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escaped(words)}</text>'


def drawn_lines(lines: Sequence[Line], across: Axis, up: Axis) -> Iterator[str]:
    """The curves, and their names beside their ends, moved apart where they would overlap."""
    for line in lines:
        path = "L".join(f"{across.at(x):g} {up.at(y):g}" for x, y in line.points if math.isfinite(y))
        if path:
            yield f'<path class="{line.kind}" d="M{path}"/>'
    ends = [(up.at(line.points[-1][1]), line) for line in lines if line.points]
    for y, line in apart(ends, 14.0):
        yield text(across.end + 6, y + 4, line.name, f"name {line.kind}")


def apart(ends: Sequence[tuple[float, Line]], gap: float) -> Iterator[tuple[float, Line]]:
    """Places from top to bottom, each at least a gap below the one before."""
    below = -math.inf
    for y, line in sorted(ends, key=lambda end: end[0]):
        below = max(y, below + gap)
        yield below, line


# --- points ------------------------------------------------------------------------------------------------------------

SHAPES: tuple[Callable[[float, float], str], ...] = (
    lambda x, y: f"M{x - 3.5:g} {y:g}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",  # circle
    lambda x, y: f"M{x:g} {y - 4.5:g}l4.2 7.5h-8.4z",  # triangle
    lambda x, y: f"M{x - 3.2:g} {y - 3.2:g}h6.4v6.4h-6.4z",  # square
    lambda x, y: f"M{x:g} {y - 4.6:g}l4.6 4.6l-4.6 4.6l-4.6 -4.6z",  # diamond
)


def points(places: Iterable[tuple[float, float]], across: Axis, up: Axis, group: int = 0, kind: str = "") -> str:
    """Many points of one class as one path; the class is told by shape and by colour."""
    shape = SHAPES[group % len(SHAPES)]
    marks = "".join(shape(across.at(x), up.at(y)) for x, y in places if math.isfinite(x) and math.isfinite(y))
    return f'<path class="point class{group % 10} {kind}" d="{marks}"/>' if marks else ""
