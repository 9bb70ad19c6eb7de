"""Reading an expression's own text (``sigmoid(w·x + b)``) back into a formula, so that it can be written in any notation."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gradwalk.formula import Formula, Notation
from gradwalk.ops import OPERATORS, OPS, binder
from gradwalk.source import as_python, syntax_tree

LIMIT = 200  # characters; longer text is shown as it is

OPERATOR_NAMES: dict[type, str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.MatMult: "__matmul__",
    ast.USub: "__neg__",
    ast.Invert: "__invert__",
    ast.Not: "__invert__",
    ast.BitAnd: "__and__",
    ast.BitOr: "__or__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
}


@dataclass(eq=False)
class Called:
    """A function that is no op: written as a call."""

    name: str
    notation: Notation

    def forward(self, *inputs: Any, **params: Any) -> Any:
        """Nothing to compute: this is only ever written."""
        raise NotImplementedError

    def arguments(self, inputs: Sequence[Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the brackets."""
        return {"xs": tuple(inputs), **({"x": inputs[0]} if inputs else {}), **params}


def called(name: str) -> Called:
    """The notation of a call of some function: its name, upright, and its arguments."""
    escaped = name.replace("_", r"\_")
    return Called(name, Notation(f"{name}({{xs}})", rf"\operatorname{{{escaped}}}({{xs}})"))


INDEXED = Called("[]", Notation("{x}[{index}]", r"{x}[{index}]"))


@lru_cache(maxsize=4096)
def expression(text: str) -> Formula | None:
    """The formula that a text in Python's notation (with ``·`` and ``−``) stands for, or None when it is no expression.

    >>> print(expression("sigmoid(w·x + b)"))
    σ(w · x + b)
    """
    if len(text) > LIMIT:
        return None
    try:
        found = _read(syntax_tree(as_python(text), "eval").body)
    except Exception:  # whatever a text may hold, a name that can't be read is shown as it is
        return None
    return found if isinstance(found, Formula) else None


def _read(tree: ast.AST) -> Any:
    return READERS[type(tree)](tree)


def _symbol(tree: ast.AST) -> Formula:
    return Formula.symbol(ast.unparse(tree), 0.0)


def _unary(tree: ast.UnaryOp) -> Formula:
    return Formula(OPERATORS[OPERATOR_NAMES[type(tree.op)]], (_read(tree.operand),), {}, None)


def _binary(tree: ast.BinOp) -> Formula:
    left, right = _read(tree.left), _read(tree.right)
    if not isinstance(tree.op, ast.Pow):
        return Formula(OPERATORS[OPERATOR_NAMES[type(tree.op)]], (left, right), {}, None)
    if isinstance(right, int | float):
        return Formula(OPS["pow_constant"], (left,), {"exponent": right}, None)
    return Formula(OPS["power"], (left, right), {}, None)


def _comparison(tree: ast.Compare) -> Formula:
    (operator,), (right,) = tree.ops, tree.comparators
    return Formula(OPERATORS[OPERATOR_NAMES[type(operator)]], (_read(tree.left), _read(right)), {}, None)


def _call(tree: ast.Call) -> Formula:
    own = [tree.func.value] if isinstance(tree.func, ast.Attribute) else []  # x.sum() is sum(x)
    name = tree.func.attr if isinstance(tree.func, ast.Attribute) else ast.unparse(tree.func)
    arguments = [_argument(x) for x in (*own, *tree.args)]
    keywords = {str(keyword.arg): _argument(keyword.value) for keyword in tree.keywords}
    if name in OPS:
        inputs, params = binder(OPS[name])(*arguments, **keywords)
        return Formula(OPS[name], inputs, params, None)
    return Formula(called(name), tuple(arguments), keywords, None)


def _argument(tree: ast.AST) -> Any:
    return tuple(map(_argument, tree.elts)) if isinstance(tree, ast.Tuple | ast.List) else _read(tree)


def _constant(tree: ast.Constant) -> Any:
    return tree.value


def _indexed(tree: ast.Subscript) -> Formula:
    index = ast.unparse(tree.slice)
    return Formula(
        INDEXED, (_read(tree.value),), {"index": index[1:-1] if isinstance(tree.slice, ast.Tuple) else index}, None
    )


def _choice(tree: ast.IfExp) -> Formula:
    return Formula(OPS["where"], tuple(map(_read, (tree.test, tree.body, tree.orelse))), {}, None)


READERS: dict[type, Any] = {
    ast.Name: _symbol,
    ast.Attribute: _symbol,
    ast.Constant: _constant,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _comparison,
    ast.Call: _call,
    ast.Subscript: _indexed,
    ast.IfExp: _choice,
}
