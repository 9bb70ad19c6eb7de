"""From a typed formula and its values to a walk."""

from __future__ import annotations

from collections.abc import Mapping
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
    node = next(n for s in reversed(program.tree.body) for n in [s] if not of or of in {t.id for t in targets(s)})
    name = of or program.output
    if not isinstance(output, Tensor):
        program.refuse(
            node,
            "there is nothing to differentiate here: no name has a value of its own",
            "use a name: 3*x + 1 with x=2",
        )
    if output.dtype.kind != "f":
        program.refuse(
            node,
            "the result is true or false (or whole numbers), which has no gradient",
            "end with a number: (y - p)**2",
        )
    if output.value.size != 1:
        cure = (
            f"reduce it: end with {name}.sum() or {name}.mean()"
            if name in program.assigned
            else "reduce it: ( … ).sum() or ( … ).mean()"
        )
        program.refuse(
            node, f"a walk needs a single number to start from, and the result has shape {output.shape}", cure
        )
    if output.op is None:
        sentence = (
            f"{output.name} is given, not computed"
            if output.name in program.names
            else "nothing here depends on a name with a value"
        )
        program.refuse(
            node, f"there is nothing to differentiate: {sentence}", "compute something from a name: 3*x + 1 with x=2"
        )
    return output


def _title(program: Program) -> str:
    text = " ".join(program.text.split())
    return text if len(text) <= TITLE and "\n" not in program.text else program.output


def _shown(walk: Walk, program: Program) -> Walk:
    """The same walk, with places in ``formula`` instead of the text's own pseudo-file."""
    nodes = tuple(replace(node, span=replace(node.span, file=SHOWN)) if node.span else node for node in walk.nodes)
    return replace(walk, nodes=nodes, source={SHOWN: program.text})
