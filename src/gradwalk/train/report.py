"""The report of a training: one HTML file that holds everything it shows, runs nothing and loads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gradwalk.files import write_durably
from gradwalk.formula import number
from gradwalk.train.classification import COLOURS
from gradwalk.train.picture import Picture
from gradwalk.train.pictures import pictures
from gradwalk.train.summary import linear_formula, linear_weights, remarks, shape, told
from gradwalk.train.training import Training
from gradwalk.train.writing import writing
from gradwalk.views.marks import escaped
from gradwalk.views.page import document
from gradwalk.views.theme import DARK, LIGHT, variables

RULES = """
body{margin:0;background:var(--surface);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\
"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1200px;margin:0 auto;padding:16px}
h1{font-size:1.5rem;margin:.4em 0}h2{font-size:1.1rem;margin:0 0 .3em}
pre{white-space:pre-wrap;font:inherit;margin:0 0 1em}
.pictures{margin:28px 0;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:28px}
section{min-width:0}
summary{cursor:pointer;color:var(--grey);font-size:.9rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem}
th,td{padding:2px 10px;text-align:right;border-bottom:.5px solid var(--line)}
th:first-child,td:first-child{text-align:left}
.chart{display:block;width:100%;height:auto;max-height:440px}
.chart text{fill:var(--grey);font-size:12px}
.chart .middle{text-anchor:middle}.chart .end{text-anchor:end}
.chart .label{fill:var(--ink)}.chart .count{fill:var(--ink);font-size:14px}
.chart .grid{stroke:var(--line);stroke-width:.5;fill:none}
.chart path.loss,.chart path.gradient,.chart path.value{fill:none;stroke-width:1.8;stroke:var(--ink)}
.chart path.held{stroke:var(--edge);stroke-dasharray:5 3}
.chart path.value{stroke:var(--value);stroke-width:2.4}.chart text.value{fill:var(--value)}
.chart path.gradient{stroke:var(--gradient)}.chart text.gradient{fill:var(--gradient)}
.chart path.dash1{stroke-dasharray:7 3}.chart path.dash2{stroke-dasharray:2 3}.chart path.dash3{stroke-dasharray:7 3 2 3}
.chart text.loss{fill:var(--ink)}.chart text.held{fill:var(--grey)}
.chart .zero{stroke:var(--ink);stroke-width:1}
.chart .point{stroke:var(--surface);stroke-width:.8}.chart .point.held{stroke-width:1.6}
.chart .right{fill:var(--plus)}.chart .wrong{fill:var(--minus)}
"""


def style() -> str:
    """The page's style sheet, for light and dark."""
    classes = "".join(
        f".chart .class{place}{{fill:{colour}}}.chart .held.class{place}{{fill:var(--surface);stroke:{colour}}}"
        for place, colour in enumerate(COLOURS)
    )
    dark = f"@media (prefers-color-scheme:dark){{{variables(':root', DARK)}}}"
    return variables(":root", LIGHT) + dark + RULES + classes


def report(training: Training) -> str:
    """The report as HTML."""
    title = f"{training.data.train.name}: {shape(training)}"
    parts = "\n".join(body(training))
    return document(title, style(), f"<main>\n<h1>{escaped(title)}</h1>\n{parts}\n</main>")


def save_report(training: Training, target: Path) -> None:
    """Write the report; it appears whole or not at all."""
    with writing(target, "the training itself isn't touched by that"):
        write_durably(target, report(training).encode())


def body(training: Training) -> Iterator[str]:
    """The report's parts, from the result to the settings."""
    yield f"<p>{escaped(training.data.train.description)}</p><pre>{escaped(told(training))}</pre>"
    yield from (f"<p>Note: {escaped(sentence)}</p>" for sentence in remarks(training))
    if linear_formula(training):
        yield section("Learned weights, in the data's own units", table(("column", "weight"), weights(training)))
    yield '<div class="pictures">' + "".join(map(shown, pictures(training))) + "</div>"
    settings = [(name, "none" if value is None else str(value)) for name, value in training.settings.to_json().items()]
    yield folded("Settings", table(("setting", "value"), settings))


def weights(training: Training) -> list[tuple[Any, ...]]:
    """One row for each column's weight, the constant last."""
    return [(column or "constant", weight) for column, weight in (linear_weights(training) or {}).items()]


def shown(picture: Picture) -> str:
    """A picture, and its numbers as a table for those who can't see it."""
    return section(picture.title, picture.svg + folded("As a table", table(*picture.table)))


def section(title: str, content: str) -> str:
    """A part with a heading."""
    return f"<section><h2>{escaped(title)}</h2>{content}</section>"


def folded(title: str, content: str) -> str:
    """A part that opens when it is asked for."""
    return f"<details><summary>{escaped(title)}</summary>{content}</details>"


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table; numbers to six digits."""
    heading = "".join(f'<th scope="col">{escaped(name)}</th>' for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escaped(cell(value))}</td>' for value in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{heading}</tr></thead><tbody>{lines}</tbody></table></div>'


def cell(value: Any) -> str:
    """A table's cell."""
    return number(value, 6) if isinstance(value, float) else str(value)
