"""Questions about one walk, answered in the protocol's words: one step, why, cost, check, compare, export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.formula import number
from gradwalk.studio.clock import Deadline
from gradwalk.studio.errors import too_slow
from gradwalk.studio.protocol import (
    CheckLine,
    CheckReply,
    CompareReply,
    CostReply,
    DifferenceInfo,
    ExportReply,
    FactorInfo,
    LengthsInfo,
    PairReply,
    PathInfo,
    StepReply,
    UseInfo,
    WhyReply,
    ZeroInfo,
)
from gradwalk.studio.shapes import size
from gradwalk.studio.signs import multiplies
from gradwalk.views.equations import Equation, equation_of
from gradwalk.views.mathml import step_mathml
from gradwalk.views.numbers import is_single
from gradwalk.views.words import in_numbers, in_symbols, single
from gradwalk.walk import RENDERERS, Elided, Step, Walk, WalkError, dumps
from gradwalk.walk.check import MOST_ENTRIES, Line, Loader, check, checked_leaves
from gradwalk.walk.record import grouped
from gradwalk.walk.replay import forward
from gradwalk.walk.why import Factor, Path, Use, why

# --- one step --------------------------------------------------------------------------------------------------------


def equation_at(walk: Walk, position: int) -> Equation:
    """One step as an equation: ``+=`` where its input had a contribution before."""
    step = walk.steps[position]
    again = step.phase == "backward" and any(
        x.phase == "backward" and x.input == step.input for x in walk.steps[:position]
    )
    return equation_of(walk, step, again)


def step_reply(walk: Walk, position: int, digits: int) -> StepReply:
    """One step in MathML and as a sentence."""
    equation = equation_at(walk, position)
    return StepReply(position, *step_mathml(equation, digits), sentence(walk, equation))


def sentence(walk: Walk, equation: Equation) -> str:
    """One step as the narrated line says it: "h passes −2 · 1 = −2 to w2; w2 holds −2".

    >>> from gradwalk import expression
    >>> walk = expression.walk("h = 2*x\\nL = h*h", {"x": 3})
    >>> for position in range(len(walk.steps)):
    ...     print(sentence(walk, equation_at(walk, position)))
    h = 2 · x = 2 · 3 = 6
    L = h · h = 6 · 6 = 36
    The backward pass starts at L: ∂L/∂L = 1
    L passes 1 · 6 = 6 to h; h holds 6
    L passes 1 · 6 = 6 to h; h held 6 and now holds 12
    h passes 12 · 2 = 24 to x; x holds 24
    """
    return SENTENCES[equation.step.phase](walk, equation)


def _forward(walk: Walk, equation: Equation) -> str:
    name = equation.left.name
    written = [in_symbols(equation)]
    if not is_single(equation.result.value):
        return f"{name}{_equals(name, written)}, of shape {size(equation.result.shape)}"
    return f"{name}{_equals(name, [*written, in_numbers(equation)])} {equation.sign()} {_shown(equation.result.value)}"


def _equals(name: str, texts: Sequence[str]) -> str:
    """`` = text`` for every text that says something new."""
    new = [text for text in dict.fromkeys(texts) if text and text.replace(" ", "") != name.replace(" ", "")]
    return "".join(f" = {text}" for text in new)


def _seed(walk: Walk, equation: Equation) -> str:
    return f"The backward pass starts at {equation.left.name.split('/')[0].removeprefix('∂')}: {equation.left.name} = {_shown(equation.result.value)}"


def _backward(walk: Walk, equation: Equation) -> str:
    step = equation.step
    assert step.input is not None
    node, source = grouped(walk.nodes[step.node].name), grouped(walk.nodes[step.input].name)
    if not is_single(step.contribution):
        holds = "adds it to what it held" if equation.relation == "+=" else "holds it"
        return f"{node} passes {in_symbols(equation)} to {source}; {source} {holds}, in its own shape {size(equation.result.shape)}"
    contribution, total = _shown(step.contribution), _shown(step.total)
    amount = (
        _product(step)
        if is_single(step.local) and is_single(step.upstream)
        else f"{in_symbols(equation)}, {contribution},"
    )
    before = number(single(step.total) - single(step.contribution)) if equation.relation == "+=" else ""
    return (
        f"{node} passes {amount} to {source}; {source} {f'held {before} and now holds' if before else 'holds'} {total}"
    )


def _product(step: Step) -> str:
    """Upstream times local: ``−2 · (−1) = 2``."""
    upstream, local, contribution = (single(value) for value in (step.upstream, step.local, step.contribution))
    sign = "=" if multiplies([upstream, local], contribution) else "≈"
    factor = f"({number(local)})" if number(local).startswith("−") else number(local)
    return f"{number(upstream)} · {factor} {sign} {number(contribution)}"


def _update(walk: Walk, equation: Equation) -> str:
    name = equation.left.name
    if not is_single(equation.result.value):
        return f"{name} becomes {in_symbols(equation)}"
    return f"{name} becomes {in_numbers(equation)} {equation.sign()} {_shown(equation.result.value)}"


def _shown(value: Any) -> str:
    return number(single(value))


SENTENCES = {"forward": _forward, "seed": _seed, "backward": _backward, "update": _update}


# --- why -------------------------------------------------------------------------------------------------------------


def why_reply(walk: Walk, node: int, entry: Sequence[int], digits: int, deadline: Deadline) -> WhyReply:
    """Why the gradient of one node is its number."""
    answer = why(walk, node, tuple(entry) if entry else None, tick=deadline.check)
    crossed = _crossed(walk)
    return WhyReply(
        node=answer.node,
        entry=list(answer.entry),
        symbol=answer.symbol,
        gradient=answer.gradient,
        uses=[_use(use, digits) for use in answer.uses],
        count=str(answer.count),
        paths=[_path(path, crossed, digits) for path in answer.paths],
        rest_count=str(answer.rest_count),
        rest_sum=answer.rest_sum,
        zeros=[ZeroInfo(_factor(zero.factor, crossed), str(zero.paths)) for zero in answer.zeros],
    )


def _crossed(walk: Walk) -> dict[tuple[int, int | None], int]:
    """Each edge with the step that crosses it."""
    found: dict[tuple[int, int | None], int] = {}
    for position, step in enumerate(walk.steps):
        if step.phase == "backward":
            found.setdefault((step.node, step.input), position)
    return found


def _factor(factor: Factor, crossed: dict[tuple[int, int | None], int]) -> FactorInfo:
    step = crossed.get((factor.node, factor.input), -1)
    return FactorInfo(factor.name, factor.value, factor.node, factor.input, step, factor.place, factor.code)


def _path(path: Path, crossed: dict[tuple[int, int | None], int], digits: int) -> PathInfo:
    return PathInfo(
        factors=[_factor(factor, crossed) for factor in path.factors],
        product=path.product,
        exact=multiplies([factor.value for factor in path.factors], path.product, digits),
        percent=100 * path.share,
        decisive=-1 if path.decisive is None else path.decisive,
    )


def _use(use: Use, digits: int) -> UseInfo:
    exact = use.upstream is None or use.local is None or multiplies([use.upstream, use.local], use.contribution, digits)
    return UseInfo(use.name, use.node, use.formula, use.upstream, use.local, use.contribution, exact, use.place)


# --- cost, check, compare --------------------------------------------------------------------------------------------


def cost_reply(walk: Walk) -> CostReply:
    """What the gradients cost in three ways."""
    found = walk.cost()
    return CostReply(
        path_by_path=str(found.path_by_path),
        forward_mode=str(found.forward_mode),
        reverse_mode=str(found.reverse_mode),
        paths=str(found.paths),
        leaves=found.leaves,
        shared=[[name, str(times)] for name, times in found.shared],
        saved_entries=found.saved_entries,
        saved_bytes=found.saved_bytes,
    )


def check_reply(walk: Walk, eps: float, turn: int, references: Mapping[str, Loader], deadline: Deadline) -> CheckReply:
    """Every gradient of one turn with its proof."""
    if not 1e-12 <= eps <= 1:
        raise WalkError("the step size of a finite difference lies between 1e-12 and 1")
    _refuse_long(walk, turn, deadline)
    found = check(walk, eps, deadline.check, turn, references)
    lines = [_line(line) for line in found.lines]
    return CheckReply(turn, found.ok, list(found.references), lines, list(found.notes), list(found.pending))


def _line(line: Line) -> CheckLine:
    found = {name: plain(value) for name, value in line.found.items()}
    largest = max(line.differences.values(), default=0.0)
    return CheckLine(line.name, line.node, plain(line.gradient), found, dict(line.differences), largest, line.ok)


def _refuse_long(walk: Walk, turn: int, deadline: Deadline) -> None:
    """Give up at once on differences that would take too long: two forward passes for each entry."""
    entries = sum(min(node.size, MOST_ENTRIES) for node in checked_leaves(walk, turn))
    before = deadline.left
    forward(walk.alone(turn), {})
    needed = (before - deadline.left) * 2 * entries
    if needed > deadline.left:
        raise too_slow(
            f"checking {entries:,} entries by finite differences would take about {needed:.0f} s",
            "check a smaller walk",
        )


def compare_reply(before: Walk, after: Walk) -> CompareReply:
    """What an edit changed."""
    found = before.compare(after)
    differences = [DifferenceInfo(x.name, x.kind, plain(x.before), plain(x.after)) for x in found.differences]
    return CompareReply(found.sentence, differences)


def pair_reply(before: Walk, after: Walk) -> PairReply:
    """Where two walks part, and how long what differs is in each."""
    found = before.compare(after)
    differences = [LengthsInfo(x.name, x.kind, _length(x.before), _length(x.after)) for x in found.differences]
    return PairReply(found.sentence, differences)


def _length(value: Any) -> float:
    return float("nan") if isinstance(value, Elided) else float(np.linalg.norm(value))


def plain(value: Any) -> Any:
    """Numbers as nested lists; None for what is kept as statistics."""
    return None if isinstance(value, Elided) else np.asarray(value).tolist()


# --- export ----------------------------------------------------------------------------------------------------------

TYPES = {
    "html": "text/html",
    "svg": "image/svg+xml",
    "tex": "application/x-tex",
    "json": "application/json",
    "txt": "text/plain",
}


def export_reply(walk: Walk, form: str, step: int) -> ExportReply:
    """The walk as a file; an SVG shows one step, if one is asked for."""
    if form == "json":
        text = dumps(walk)
    elif form not in RENDERERS:
        raise WalkError(
            f"this gradwalk can't write .{form} files; it writes {', '.join(f for f in TYPES if f in RENDERERS or f == 'json')}"
        )
    else:
        text = RENDERERS[form](walk, **_moment(walk, form, step))
    return ExportReply(f"{_file_name(walk)}.{form}", TYPES[form], text)


def _moment(walk: Walk, form: str, step: int) -> dict[str, Any]:
    if form != "svg" or step < 0:
        return {}
    if step >= len(walk.steps):
        raise WalkError(f"there is no step {step}: this walk has steps 0 to {len(walk.steps) - 1}")
    return {"step": step, "turn": walk.nodes[walk.steps[step].node].turn}


def _file_name(walk: Walk) -> str:
    return re.sub(r"[^\w-]+", "-", walk.title)[:40].strip("-") or "walk"
