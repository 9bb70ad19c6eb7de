"""Typed formulas and short programs: a small Python subset, read by a bounded interpreter and never by ``eval``."""

from gradwalk.expression.errors import ExpressionError, Place
from gradwalk.expression.interpret import Evaluated, evaluate
from gradwalk.expression.literal import literal
from gradwalk.expression.parse import Program, parse
from gradwalk.expression.walked import walk

__all__ = ["Evaluated", "ExpressionError", "Place", "Program", "evaluate", "literal", "parse", "walk"]
