"""A walk in a notebook's output cell: the picture, and the table of its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradwalk.views.marks import escaped, quoted
from gradwalk.views.svg import svg
from gradwalk.views.theme import DARK, LIGHT, variables
from gradwalk.views.words import brief, counted, forward_formula, full
from gradwalk.walk.model import Step, WalkData
from gradwalk.walk.record import gradient_name

HEAD, TAIL = 24, 8  # of a long table, the first and the last rows are shown

RULES = """
.gw-notebook{background:var(--surface);color:var(--ink);padding:8px 12px;max-width:1000px;line-height:1.45;\
font:14px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.gw-notebook .tables{display:flex;flex-wrap:wrap;gap:0 32px;align-items:flex-start}
.gw-notebook table{border-collapse:collapse;margin:10px 0 4px;font-size:13px;color:inherit;background:none;border:0}
.gw-notebook caption{text-align:left;color:var(--grey);padding:2px 8px;caption-side:top}
.gw-notebook tr,.gw-notebook tr:hover{background:none}
.gw-notebook th,.gw-notebook td{text-align:left;padding:3px 12px 3px 8px;border:0;border-bottom:1px solid var(--line);\
font-weight:400;vertical-align:top;max-width:26em;overflow-wrap:anywhere}
.gw-notebook thead th{color:var(--grey)}
.gw-notebook td.number{text-align:right;white-space:nowrap}
.gw-notebook .value{color:var(--value)}
.gw-notebook .gradient{color:var(--gradient)}
.gw-notebook .more td{color:var(--grey);font-style:italic}
"""

# A notebook's own theme decides where it says one; elsewhere the reader's system does (see `gradwalk.views.svg.style`).
HOSTS = "".join(
    variables(f"{host} .gw-auto", colours)
    for host, colours in (
        ('[data-jp-theme-light="true"]', LIGHT),
        ('[data-jp-theme-light="false"]', DARK),
        ("body.vscode-light", LIGHT),
        ("body.vscode-dark", DARK),
    )
)

Cell = tuple[str, str, str]  # what is written, its class, what is told on hover


def notebook(walk: WalkData) -> str:
    """The picture of the first forward pass, and tables of what was computed, forward and backward.

    No script; all styles apply to this output only. Long tables say how much they leave out.
    """
    tables = (table(walk, *each) for each in TABLES)
    return f'<div class="gw-notebook gw-auto"><style>{RULES}{HOSTS}</style>{svg(walk)}<div class="tables">{"".join(tables)}</div></div>'


def table(
    walk: WalkData, phase: str, heading: str, columns: Sequence[str], row: Callable[[WalkData, Step], list[Cell]]
) -> str:
    """The steps of one phase as a table, shortened in the middle if there are many; nothing if there are none."""
    steps = [step for step in walk.steps if step.phase == phase]
    if not steps:
        return ""
    left_out = max(0, len(steps) - HEAD - TAIL)
    shown = [_row(row(walk, step)) for step in (steps[:HEAD] + steps[HEAD + left_out :])]
    if left_out:
        shown.insert(
            HEAD, f'<tr class="more"><td colspan="{len(columns)}">… {counted(left_out, "more step")}</td></tr>'
        )
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f"<table><caption>{heading}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(shown)}</tbody></table>"


def _row(cells: Sequence[Cell]) -> str:
    return f"<tr>{''.join(map(_cell, cells))}</tr>"


def _cell(cell: Cell) -> str:
    text, kind, hover = cell
    title = f" title={quoted(hover)}" if hover else ""
    return f'<td class="{kind}"{title}>{escaped(text)}</td>' if kind else f"<td{title}>{escaped(text)}</td>"


def _number(value: Any, kind: str) -> Cell:
    return brief(value), f"number {kind}", full(value)


def _turn(walk: WalkData, step: Step) -> str:
    """Which turn a step belongs to, where there are several."""
    return f" (turn {walk.nodes[step.node].turn})" if walk.turns > 1 else ""


def _forward(walk: WalkData, step: Step) -> list[Cell]:
    node = walk.nodes[step.node]
    return [
        (node.name + _turn(walk, step), "", ""),
        (forward_formula(walk, node), "", ""),
        _number(node.value, "value"),
    ]


def _backward(walk: WalkData, step: Step) -> list[Cell]:
    assert step.input is not None
    node, input, output = walk.nodes[step.node], walk.nodes[step.input], walk.nodes[walk.output]
    edge = f"{node.name} → {input.name}{_turn(walk, step)}"
    hover = f"adds to {gradient_name(output.name, input.name)}"
    return [
        (edge, "", hover),
        (step.formula, "", ""),
        _number(step.contribution, "gradient"),
        _number(step.total, "gradient"),
    ]


def _update(walk: WalkData, step: Step) -> list[Cell]:
    node = walk.nodes[step.node]
    return [(node.name + _turn(walk, step), "", ""), (step.formula, "", ""), _number(step.total, "value")]


TABLES = (
    ("forward", "Forward", ("name", "formula", "value"), _forward),
    ("backward", "Backward", ("edge", "formula", "contribution", "total"), _backward),
    ("update", "Updates", ("name", "formula", "new value"), _update),
)
