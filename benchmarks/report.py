"""RESULTS.md: everything that was measured, as tables, beside what is wanted of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks import results
from benchmarks.goals import GOALS, Goal
from benchmarks.peers.costs import LIBRARIES, SIZES, at
from benchmarks.peers.replayed import READING, SCHEDULING
from benchmarks.peers.workloads import WORKLOADS
from benchmarks.results import Results
from benchmarks.timing import Measured

FILE = Path(__file__).parent / "RESULTS.md"

INTRODUCTION = """# Speed

`make bench` measures all of this again; `python -m benchmarks GROUP …` some of it. All implementations of a workload run in
one process, in turns, on one thread and one core, after their gradients were compared with gradients written by hand. A step is
forward, backward and the update; (g) is sum(tanh(a·b + c)·σ(a) − exp(−c·c)) and its
three gradients, and updates nothing. Figures are medians; a percentage behind one says how far the middle
half of its rounds goes, where that is more than 20 %: such a figure isn't to be trusted. *Compiled* is a call of a
`gw.compile`d step with everything that it costs; *program* is what is replayed in it. *Its products alone* are the matrix
products of the step by NumPy, with nothing in between.
"""


def write(found: Results) -> str:
    """Write the report; it is given back, too."""
    text = "\n".join(sections(found)) + "\n"
    FILE.write_text(text)
    return text


def sections(found: Results) -> Iterator[str]:
    """The parts of the report, from top to bottom."""
    yield INTRODUCTION
    yield from (f"{machine}.\n" for machine in dict.fromkeys(group["machine"] for group in found.values()))
    yield "![Time of a step, by workload and implementation](../docs/speed.svg)\n"
    yield from section("Side by side", steps(found))
    yield from section("What is wanted", wanted(found))
    yield from section("What one node costs", nodes(found))
    yield "![Time for a node as graphs grow](../docs/growth.svg)\n"
    yield from section("Everything else", others(found))
    yield from (f"{group['note']}\n" for group in found.values() if "note" in group)


def section(title: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A heading and a table, whose first row is its head."""
    head, *body = rows
    yield f"## {title}\n"
    yield line(head)
    yield line(["---"] * len(head))
    yield from map(line, body)
    yield ""


def line(cells: Sequence[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


# --- steps ------------------------------------------------------------------------------------------------------------


def steps(found: Results) -> Iterator[list[str]]:
    """A row for each workload, a column for each implementation."""
    timed = {key: results.figures(found, key) for key in WORKLOADS}
    names = dict.fromkeys(name for figures in sorted(timed.values(), key=len, reverse=True) for name in figures)
    columns = sorted(
        names.keys() - {SCHEDULING, READING}, key=lambda name: (not name.startswith("gradwalk"), [*names].index(name))
    )
    yield ["", "workload", *columns]
    for key, workload in ((key, WORKLOADS[key]) for key, figures in timed.items() if figures):
        yield [label(key), workload.name, *(cell(timed[key].get(name)) for name in columns)]


def label(key: str) -> str:
    """How a workload is called for short.

    >>> label("e256")
    '(e)'
    """
    return f"({key[0]})"


def cell(figure: Measured | None) -> str:
    """A time, and its spread where that is large."""
    return "" if figure is None else duration(figure.median) + unrest(figure)


def unrest(figure: Measured) -> str:
    """A figure's spread, said only where it spoils the figure."""
    return f" (± {figure.spread / 2:.0%})" if figure.restless else ""


def duration(seconds: float) -> str:
    """A time with three digits.

    >>> duration(0.0123456), duration(1.5e-6), duration(3.21e-7), duration(2.0)
    ('12.3 ms', '1.5 µs', '321 ns', '2 s')
    """
    unit, scale = next((pair for pair in UNITS if seconds * pair[1] >= 1), UNITS[-1])
    return f"{float(f'{seconds * scale:.3g}'):,g} {unit}"


UNITS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9))

# --- goals ------------------------------------------------------------------------------------------------------------


def wanted(found: Results) -> Iterator[list[str]]:
    """A row for each goal: what was measured, floor and goal, and whether they are reached."""
    yield ["", "measured", "against", "found", "floor", "goal", ""]
    for goal in GOALS:
        figures = results.figures(found, goal.group)
        value = goal.found(figures)
        known = "not measured" if value is None else written(goal, value)
        limits = [written(goal, limit) if limit is not None else "" for limit in (goal.floor, goal.goal)]
        group = label(goal.group) if goal.group in WORKLOADS else goal.group
        yield [group, goal.best(figures) or goal.ours, goal.peer, known, *limits, verdict(goal, value)]


def written(goal: Goal, value: float) -> str:
    """A figure in the terms of its goal."""
    if goal.amount:
        return f"{value:.3g} {goal.amount}"
    return f"{value:.2f} of it" if goal.share else f"× {value:.3g}"


def verdict(goal: Goal, value: float | None) -> str:
    """Whether floor and goal are reached; if the floor isn't, why."""
    if value is None:
        return ""
    if not goal.reached(value, goal.floor):
        return f"**short**{': ' if goal.reason else ''}{goal.reason}"
    return "floor" if goal.goal is not None and not goal.reached(value, goal.goal) else "goal"


# --- nodes ------------------------------------------------------------------------------------------------------------


def nodes(found: Results) -> Iterator[list[str]]:
    """Time and memory of single nodes, and what it takes to begin."""
    yield ["what", *LIBRARIES, "HIPS autograd"]
    op, memory, growth = (results.figures(found, group) for group in ("op", "memory", "growth"))
    names = [*LIBRARIES, "HIPS autograd"]
    yield ["an op on 4 numbers, forward and backward", *(cell(op.get(name)) for name in names)]
    for size in SIZES:
        row = [cell(growth.get(at(name, size))) for name in names]
        yield [f"a scalar node, forward, backward and freed, of {size:,}", *row]
    amounts = [f"{memory[name].median:,.0f} bytes{unrest(memory[name])}" if name in memory else "" for name in names]
    yield ["memory of a node with 4 numbers", *amounts]
    for name, figure in results.figures(found, "start").items():
        yield [name, cell(figure), "", ""]


# --- tables of other groups -------------------------------------------------------------------------------------------


def others(found: Results) -> Iterator[Sequence[str]]:
    """The rows of all groups that have a table of their own."""
    yield ["what", "gradwalk", "peer", "difference"]
    for group in found.values():
        yield from group.get("rows", [])
