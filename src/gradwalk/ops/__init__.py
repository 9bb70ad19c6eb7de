"""The op table: every operation declared once, with its rule, its notation and its test cases."""

from gradwalk.ops import (
    activation,
    arithmetic,
    bounds,
    conv,
    copy,
    elementwise,
    index,
    join,
    linalg,
    loss,
    normalize,
    numpy_calls,
    query,
    reduce,
    shape,
    special,
)
from gradwalk.ops.declare import ALIASES, COMPOSITES, OPERATORS, OPS, Composite, Op, binder, composite, op

FAMILIES = (
    arithmetic,
    bounds,
    elementwise,
    special,
    activation,
    reduce,
    shape,
    index,
    join,
    copy,
    linalg,
    conv,
    normalize,
    loss,
    query,
    numpy_calls,
)

__all__ = ["ALIASES", "COMPOSITES", "FAMILIES", "OPERATORS", "OPS", "Composite", "Op", "binder", "composite", "op"]
