"""From a typed formula and its values to a walk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.expression.errors import ExpressionError
from gradwalk.expression.interpret import Evaluated, evaluate
from gradwalk.expression.parse import Program, parse, targets
from gradwalk.tensor import Tensor
from gradwalk.walk.record import build, capture
from gradwalk.walk.walk import Walk

SHOWN = "formula"  # the file that a walk's places point into
TITLE = 60  # characters: a longer text is no title


def walk(program: Program | str, values: Mapping[str, Any] | None = None, of: str = "") -> Walk:
    """Freeze a typed formula and its backward pass as a `Walk`; ``of`` names another result than the last one.

    >>> walk("(3*x + 1)**2", {"x": 2}).gradient("x").item()
    42.0
    """
    program = parse(program) if isinstance(program, str) else program
    if of and of not in program.assigned:
        known = ", ".join(program.assigned) or "none"
        raise ExpressionError(f"the program gives no value the name {of!r}", f"the names it gives are: {known}")
    found = evaluate(program, values)
    output = _checked(found, found.values[of] if of else found.output, of)
    try:
        with np.errstate(all="ignore"):
            walk = build(capture(output, names={}), _title(program), of or program.output)
    except (GradwalkError, ArithmeticError, ValueError, TypeError, IndexError, RuntimeError) as error:
        raise ExpressionError(
            f"this formula has no gradient here: {error}", "look at its values first", None, program.text
        ) from None
    return _shown(walk, program)


def _checked(found: Evaluated, output: Any, of: str) -> Tensor:
    """The result, if a walk can start from it."""
    program = found.program
    for is_wrong, said in UNFIT:
        if is_wrong(output):
            sentence, cure = said(program, output, of or program.output)
            program.refuse(_assigning(program, of), sentence, cure)
    return output  # type: ignore[no-any-return]  # the first line of the table refuses all else


def _assigning(program: Program, of: str) -> Any:
    """The last statement, or the last one that gives ``of`` a value."""
    return next(s for s in reversed(program.tree.body) if not of or of in {target.id for target in targets(s)})


def _no_name(program: Program, output: Any, name: str) -> tuple[str, str]:
    if isinstance(output, tuple | list):
        has_comma = re.search(r"\d,\d", program.text)
        cure = "the decimals of a number stand behind a point: 2.5" if has_comma else "end with one: (a - b)**2"
        return "these are several results, and a walk starts from one", cure
    if program.assigned and not program.names:
        constant = program.assigned[0]
        return (
            f"no value can be changed here: {constant} is written as a number",
            f"leave the line {constant} = … out, and give {constant} its value beside the formula",
        )
    return "there is nothing to differentiate here: no name has a value of its own", "use a name: 3*x + 1 with x=2"


def _no_float(program: Program, output: Tensor, name: str) -> tuple[str, str]:
    return "the result is true or false (or whole numbers), which has no gradient", "end with a number: (y - p)**2"


def _several(program: Program, output: Tensor, name: str) -> tuple[str, str]:
    reduced = name if name in program.assigned else "( … )"
    return (
        f"a walk needs a single number to start from, and the result has shape {output.shape}",
        f"reduce it: end with {reduced}.sum() or {reduced}.mean()",
    )


def _given(program: Program, output: Tensor, name: str) -> tuple[str, str]:
    is_known = output.name in program.names
    reason = f"{output.name} is given, not computed" if is_known else "nothing here depends on a name with a value"
    return f"there is nothing to differentiate: {reason}", "compute something from a name: 3*x + 1 with x=2"


# What a walk can't start from, each with what is said of it (the sentence and its cure); the first that fits is said.
UNFIT: list[tuple[Callable[[Any], bool], Callable[[Program, Any, str], tuple[str, str]]]] = [
    (lambda output: not isinstance(output, Tensor), _no_name),
    (lambda output: output.dtype.kind != "f", _no_float),
    (lambda output: output.value.size != 1, _several),
    (lambda output: output.op is None, _given),
]


def _title(program: Program) -> str:
    text = " ".join(program.text.split())
    return text if len(text) <= TITLE and "\n" not in program.text else program.output


def _shown(walk: Walk, program: Program) -> Walk:
    """The same walk, with places in ``formula`` instead of the text's own pseudo-file."""
    nodes = tuple(replace(node, span=replace(node.span, file=SHOWN)) if node.span else node for node in walk.nodes)
    return replace(walk, nodes=nodes, source={SHOWN: program.text})
