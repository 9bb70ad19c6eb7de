"""The op table: every operation declared once, with its rule, its notation and its test cases."""

from gradwalk.ops import (
    arithmetic,
    conv,
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
)
from gradwalk.ops.declare import COMPOSITES, OPERATORS, OPS, Composite, Op, binder, composite, op

FAMILIES = (arithmetic, elementwise, reduce, shape, index, join, linalg, conv, normalize, loss, query, numpy_calls)

__all__ = ["COMPOSITES", "FAMILIES", "OPERATORS", "OPS", "Composite", "Op", "binder", "composite", "op"]
