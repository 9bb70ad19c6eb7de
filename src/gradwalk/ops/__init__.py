"""The op table: every operation declared once, with its rule, its notation and its test cases."""

from gradwalk.ops import arithmetic, conv, copy, elementwise, index, linalg, loss, normalize, query, reduce, shape
from gradwalk.ops.declare import COMPOSITES, OPERATORS, OPS, Composite, Op, binder, composite, op

FAMILIES = (arithmetic, elementwise, reduce, shape, copy, index, linalg, conv, normalize, loss, query)

__all__ = ["COMPOSITES", "FAMILIES", "OPERATORS", "OPS", "Composite", "Op", "binder", "composite", "op"]
