"""Two pictures for the documents: the time of a step in each library, and the time of a node as graphs grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import results
from benchmarks.peers.costs import LIBRARIES, SIZES, at
from benchmarks.peers.workloads import WORKLOADS
from benchmarks.report import duration
from benchmarks.results import Results
from gradwalk.views.chart import SHAPES, Axis, Line, drawing, drawn_lines, spread, text
from gradwalk.views.theme import DARK, LIGHT, variables

FOLDER = Path(__file__).parent.parent / "docs"
WIDTH, LEFT, RIGHT, ROW, TOP = 820.0, 244.0, 24.0, 30.0, 52.0
TENS = tuple(10.0**power for power in range(-9, 3))


@dataclass(frozen=True)
class Series:
    """A library's marks: the first figure whose name begins so, its class (whose colour it has), and its shape."""

    name: str
    kind: str
    shape: int


SERIES = (
    Series("gradwalk program", "ours", 3),
    Series("gradwalk compiled", "ours", 0),
    Series("gradwalk eager", "ours open", 0),
    Series("NumPy by hand", "grey", 2),
    Series("JAX jit", "plus", 1),
    Series("PyTorch", "gradient", 2),
    Series("HIPS autograd", "minus", 1),
    Series("micrograd", "minus", 3),
)

STYLE = f"""<style>{variables(".chart", LIGHT)}@media (prefers-color-scheme:dark){{{variables(".chart", DARK)}}}
.chart{{background:var(--surface);font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}}
.chart text{{fill:var(--ink)}}.chart .middle{{text-anchor:middle}}.chart .end{{text-anchor:end}}.chart .label{{fill:var(--grey)}}
.chart .grid{{stroke:var(--line);stroke-width:.6;fill:none}}.chart .point{{stroke-width:1.4}}
.chart .ours{{fill:var(--value);stroke:var(--value)}}.chart .point.open{{fill:var(--surface)}}.chart .grey{{fill:var(--grey);stroke:var(--grey)}}
.chart .plus{{fill:var(--plus);stroke:var(--plus)}}.chart .gradient{{fill:var(--gradient);stroke:var(--gradient)}}
.chart .minus{{fill:var(--minus);stroke:var(--minus)}}.chart path.line{{fill:none;stroke-width:2}}.chart text.name{{stroke:none}}
</style>"""


def write(found: Results) -> None:
    """Draw both, if there is anything to draw."""
    (FOLDER / "speed.svg").write_text(steps(found) + "\n")
    (FOLDER / "growth.svg").write_text(growth(found) + "\n")


# --- steps ------------------------------------------------------------------------------------------------------------


def steps(found: Results) -> str:
    """A row for each workload, a mark for each library, along a scale of powers of ten."""
    rows = [(key, figures) for key in WORKLOADS if (figures := results.figures(found, key))]
    low, high = spread((figure.median for _, figures in rows for figure in figures.values()), log=True)
    across = Axis("time of a step", low / 1.3, high * 1.3, LEFT, WIDTH - RIGHT, log=True)
    bottom = TOP + ROW * len(rows)
    parts = [STYLE, *legend(), *scale(across, bottom)]
    for place, (key, figures) in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        parts.append(text(LEFT - 10, y + 4, f"({key[0]}) {WORKLOADS[key].name}", "end"))
        parts += [mark(series, across.at(seconds), y) for series, seconds in marks(figures)]
    return drawing("Time of a step in each library", parts, WIDTH, bottom + 44)


def marks(figures: results.FiguresByName) -> Iterator[tuple[Series, float]]:
    """Each library's best time; ours come last, and so lie on top."""
    for series in reversed(SERIES):
        times = [figure.median for name, figure in figures.items() if name.startswith(series.name)]
        if times:
            yield series, min(times)


def mark(series: Series, x: float, y: float) -> str:
    """A library's mark at a place."""
    return f'<path class="point {series.kind}" d="{SHAPES[series.shape](x, y)}"/>'


def legend() -> Iterator[str]:
    """What the marks mean, in two lines."""
    for number, series in enumerate(SERIES):
        x, y = LEFT + 142 * (number % 4), 14 + 18 * (number // 4)
        yield mark(series, x, y) + text(x + 9, y + 4, series.name, "start")


def scale(across: Axis, bottom: float) -> Iterator[str]:
    """Hairlines at powers of ten, and their names."""
    for ten in TENS:
        if across.low <= ten <= across.high:
            x = across.at(ten)
            yield f'<path class="grid" d="M{x:g} {TOP:g}V{bottom:g}"/>' + text(x, bottom + 16, duration(ten), "middle")
    yield text((across.start + across.end) / 2, bottom + 36, across.label, "middle label")


# --- growth -----------------------------------------------------------------------------------------------------------


def growth(found: Results) -> str:
    """A line for each library: microseconds for a node, along the number of nodes."""
    figures = results.figures(found, "growth")
    lines = [curve(name, kind, figures) for name, kind in zip(LIBRARIES, ("ours", "gradient"), strict=True)]
    highest = max((y for line in lines for _, y in line.points), default=1.0)
    across = Axis("nodes", SIZES[0], SIZES[-1], 62, 440, log=True)
    up = Axis("µs for a node", 0, 1.15 * highest, 240, 14)
    return drawing(
        "Time for a node as graphs grow", [STYLE, *grid(across, up), *drawn_lines(lines, across, up)], 560, 290
    )


def curve(name: str, kind: str, figures: results.FiguresByName) -> Line:
    """What was measured of one library."""
    points = [(size, 1e6 * figures[at(name, size)].median) for size in SIZES if at(name, size) in figures]
    return Line(name, points, f"line {kind}")


def grid(across: Axis, up: Axis) -> Iterator[str]:
    """Both axes."""
    for size in SIZES:
        yield text(across.at(size), up.start + 16, f"{size:,}", "middle")
    for tick in up.ticks():
        y = up.at(tick)
        yield f'<path class="grid" d="M{across.start:g} {y:g}H{across.end:g}"/>' + text(
            across.start - 8, y + 4, f"{tick:g}", "end"
        )
    yield text((across.start + across.end) / 2, up.start + 36, across.label, "middle label")
    middle = (up.start + up.end) / 2
    yield f'<g transform="rotate(-90 14 {middle:g})">{text(14, middle, up.label, "middle label")}</g>'
