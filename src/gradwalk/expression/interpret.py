"""Running a parsed formula: the tree is read piece by piece, and every piece is checked before it is computed."""

from __future__ import annotations

import ast
import operator
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

import numpy as np

from gradwalk.expression.budget import LIMIT, Budget
from gradwalk.expression.calls import bound, laid_out, with_a_tensor
from gradwalk.expression.errors import ExpressionError, Place
from gradwalk.expression.functions import CONSTANTS, OFFERED, READABLE, kinds, suggestion
from gradwalk.expression.given import (
    COMPARISONS,
    EXACT,
    NOWHERE,
    PLAIN,
    Given,
    arithmetic,
    constant,
    flat,
    holds_tensors,
    is_number,
    is_whole,
    now,
    number_in,
    set_place,
    settled,
    shortened,
)  # fmt: skip
from gradwalk.expression.parse import Program, is_module, parse
from gradwalk.expression.size import Call, indexed
from gradwalk.formula import number as written
from gradwalk.operators import functions
from gradwalk.recording import Scope, recording
from gradwalk.tensor import Tensor


@dataclass(frozen=True)
class Evaluated:
    """What a program gave: the value of every name, and its result (Tensors, or plain numbers and lists)."""

    program: Program
    values: dict[str, Any]
    output: Any


def evaluate(program: Program | str, values: Mapping[str, Any] | None = None) -> Evaluated:
    """Run a program with values for its free names (numbers, nested lists, arrays); other values aren't looked at.

    >>> evaluate("3*x + 1", {"x": 2}).output.item()
    7.0
    """
    program = parse(program) if isinstance(program, str) else program
    program.register()
    with _recording(), np.errstate(all="ignore"):
        return Run(program, values or {}).run()


@contextmanager
def _recording() -> Iterator[None]:
    """Record ops (also inside no_grad) as standing nowhere in Python code."""
    before = recording.scope
    recording.scope = Scope((), (), NOWHERE)
    try:
        yield
    finally:
        recording.scope = before


OPERATORS: dict[type[ast.AST], tuple[str, Callable[..., Any]]] = {
    ast.Add: ("+", operator.add), ast.Sub: ("-", operator.sub), ast.Mult: ("*", operator.mul), ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv), ast.Mod: ("%", operator.mod), ast.Pow: ("**", operator.pow),
    ast.MatMult: ("@", operator.matmul), ast.BitAnd: ("&", operator.and_), ast.BitOr: ("|", operator.or_),
    ast.USub: ("-", operator.neg), ast.Invert: ("~", operator.invert),
}  # fmt: skip

PARTS = {"nn", "functional", "linalg", "special"}  # of torch.nn.functional.relu


class Run:
    """One run of a program: the values so far, and what they have cost."""

    def __init__(self, program: Program, values: Mapping[str, Any]):
        self.program, self.budget = program, Budget(program)
        self.values: dict[str, Any] = {name: Given(name, number) for name, number in CONSTANTS.items()}
        self.give({unicodedata.normalize("NFKC", name): value for name, value in values.items()})

    def run(self) -> Evaluated:
        """Run every statement; the last one gives the result."""
        program = self.program
        for statement in program.tree.body:
            result = self.statement(statement)
        named = {name: _public(self.values[name]) for name in (*program.names, *program.assigned)}
        return Evaluated(program, named, _public(result))

    def refuse(self, node: Any, sentence: str, cure: str = "") -> NoReturn:
        """Say what is wrong with one piece."""
        self.program.refuse(node, sentence, cure)

    # --- values that were given ---

    def give(self, values: Mapping[str, Any]) -> None:
        """Take the values for the free names; every one must be there, and be numbers."""
        missing = [name for name in self.program.names if name not in values]
        if missing:
            for piece in ast.walk(self.program.tree):
                if isinstance(piece, ast.Call):
                    self.offered(piece)  # told first: no value would mend it
            sentence, cure = self.without(missing, values)
            self.program.refuse(self.program.first_uses[missing[0]], sentence, cure, missing)
        for name in (*self.program.names, *CONSTANTS):
            if name in values:
                node = self.program.first_uses.get(name)
                raw = self.numbers(name, values[name], node)
                self.budget.spend(node, np.size(raw), 0, name)
                self.values[name] = Given(name, raw, True, self.program.span(node) if node else None)

    def without(self, names: Sequence[str], values: Mapping[str, Any]) -> tuple[str, str]:
        """What to say of names that have no value, and what may have been meant."""
        first = names[0]
        if first in self.program.assigned:
            return f"{first} is used before the line that gives it a value", "put that line first, or give it a value"
        known = [name for name in values if name not in self.program.names] + list(self.program.assigned)
        near = get_close_matches(first, known, 1, 0.5)
        if near:
            return f"nothing is called {first}", f"did you mean {near[0]}?"
        if first in OFFERED:
            return f"{first} is a function here", f"call it, {first}(…), or give it a value: {first}=…"
        if len(names) == 1:
            return f"{first} has no value", f"give it one: {first}=…"
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        return f"{listed} have no value", f"give each of them one: {' '.join(f'{name}=…' for name in names[:6])}"

    def numbers(self, name: str, value: Any, node: ast.AST | None) -> Any:
        """A given value as a plain number or an array of numbers."""
        if is_number(value):
            return shortened(value)
        try:
            array = np.array(value)
        except (ValueError, OverflowError):
            self.refuse(
                node, f"{name} isn't a rectangular block of numbers", "every row needs the same number of entries"
            )
        if array.size > LIMIT:
            self.refuse(
                node, f"{name} has {array.size:,} numbers, and the limit is {LIMIT:,}", "use fewer rows, or a script"
            )
        if array.dtype == object and array.size and all(is_number(x) for x in array.flat):
            array = array.astype(float)  # whole numbers beyond 2**63
        if array.dtype.kind not in "biuf":
            self.refuse(node, f"{name} isn't made of numbers", "give a number, or a list such as [1, 2, 3]")
        return array

    # --- statements ---

    def statement(self, statement: ast.stmt) -> Any:
        """Run one statement; its value."""
        if isinstance(statement, ast.AugAssign):
            assert isinstance(statement.target, ast.Name)
            read = ast.copy_location(ast.Name(statement.target.id, ast.Load()), statement.target)
            changed = ast.copy_location(ast.BinOp(read, statement.op, statement.value), statement)
            return self.assign(statement.target, self.evaluate(changed))
        assert isinstance(statement, ast.Assign | ast.Expr)
        value = self.evaluate(statement.value)
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            value = self.assign(target, value)
        return value

    def assign(self, target: ast.expr, value: Any) -> Any:
        """Give a value its name (or several values their names); what the name now stands for."""
        if isinstance(target, ast.Tuple | ast.List):
            return self.unpack(target, value)
        assert isinstance(target, ast.Name)
        if is_number(value) or (isinstance(value, list) and value and not holds_tensors(value)):
            value = Given(target.id, self.numbers(target.id, value, target), place=self.program.span(target))
        if isinstance(value, Tensor) and value.name is None:
            value.name = target.id
        self.values[target.id] = value
        return value

    def unpack(self, target: ast.Tuple | ast.List, value: Any) -> Any:
        """``a, b = …``: as many values as names."""
        if not isinstance(value, tuple | list):
            self.refuse(
                target, "there is one value, and more than one name", "name it once, and pick its parts: a = z[0]"
            )
        if len(value) != len(target.elts) or not value:
            self.refuse(
                target, f"there are {len(target.elts)} names for {len(value)} values", "make their numbers equal"
            )
        return [self.assign(name, part) for name, part in zip(target.elts, value, strict=True)][-1]

    # --- expressions ---

    def evaluate(self, node: ast.expr) -> Any:
        """The value of one piece: a Tensor, a `Given`, a plain number, a text, a list or a tuple."""
        handler = HANDLERS.get(type(node))
        if handler is None:
            self.refuse(node, "a formula can't have this", "it is made of assignments, arithmetic and known functions")
        return handler(self, node)

    def constant(self, node: ast.Constant) -> Any:
        """A number or a text as it was typed."""
        if isinstance(node.value, complex | bytes):
            self.refuse(node, "a formula has real numbers only", "write the real and the imaginary part as two names")
        return self.holdable(node, shortened(node.value))

    def name(self, node: ast.Name) -> Any:
        """What a name stands for: the leaf, where it was given with a gradient."""
        if node.id not in self.values:
            self.refuse(node, f"{node.id} has no value", f"give it one: {node.id}=…")
        value = self.values[node.id]
        return value.leaf() if isinstance(value, Given) and value.wants_gradient else value

    def several(self, node: ast.List | ast.Tuple) -> Any:
        """A list or a tuple of values."""
        items = [settled(self.evaluate(item)) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)

    def binary(self, node: ast.BinOp) -> Any:
        """An operator between two values."""
        kind, place = type(node.op), self.sign(node)
        if kind not in OPERATORS:
            self.refuse(place, "this sign has no meaning in a formula", "there are + - * / // % ** @")
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        numbers = number_in(left), number_in(right)
        if kind in PLAIN and numbers[0] is not None and numbers[1] is not None:
            return self.holdable(node, arithmetic(kind, *numbers), kind)
        if kind is ast.Pow:
            right = settled(right)  # x**n with n = 3 reads x³
        name = "matmul" if kind is ast.MatMult else "add"
        return self.operate(node, place, name, OPERATORS[kind], [(node.left, left), (node.right, right)])

    def holdable(self, node: ast.expr, number: Any, kind: type[ast.AST] = ast.Constant) -> Any:
        """A plain number, if there is one so large; a division by 0 is told where its infinity shows."""
        if kind is not ast.Div and isinstance(number, float) and np.isinf(number):
            largest = written(float(np.finfo(float).max))
            self.refuse(node, f"this is more than the largest number, {largest}", "write a smaller number or power")
        return number

    def operate(
        self,
        node: ast.expr,
        place: Any,
        bounded_as: str,
        operation: tuple[str, Callable[..., Any]],
        given: Sequence[tuple[ast.expr, Any]],
    ) -> Any:
        """Compute one operator on tensors and numbers, at least one of them a tensor."""
        symbol, function = operation
        operands = [self.operand(piece, value) for piece, value in given]
        if not any(isinstance(x, Tensor) for x in operands):
            operands[0] = constant(operands[0])
        self.budget.afford(place, Call(bounded_as, tuple(operands), {}), symbol)
        return self.computed(node, place, symbol, lambda: function(*operands))

    def unary(self, node: ast.UnaryOp) -> Any:
        """A sign in front of a value."""
        value = self.evaluate(node.operand)
        number = number_in(value)
        if isinstance(node.op, ast.UAdd):
            return value if number is not None else self.operand(node.operand, value)
        if isinstance(node.op, ast.USub) and number is not None:
            return -number
        if (
            isinstance(node.op, ast.Invert)
            and getattr(self.operand(node.operand, value), "dtype", np.dtype(type(number))).kind != "b"
        ):
            self.refuse(node, "~ turns true into false, and this is neither", "compare first: ~(a > 0)")
        return self.operate(node, node, "add", OPERATORS[type(node.op)], [(node.operand, value)])

    def compare(self, node: ast.Compare) -> Any:
        """One comparison: true or false for each entry."""
        function = COMPARISONS.get(type(node.ops[0]))
        if len(node.ops) > 1 or function is None:
            self.refuse(node, "one comparison at a time", "write (a < b) & (b < c)")
        right = node.comparators[0]
        values = [self.evaluate(node.left), self.evaluate(right)]
        numbers = [number_in(value) for value in values]
        if None not in numbers:
            return function(*numbers)
        return self.operate(
            node, node, "add", ("the comparison", function), [(node.left, values[0]), (right, values[1])]
        )

    def attribute(self, node: ast.Attribute) -> Any:
        """``x.T`` and what else may be read off a tensor."""
        if node.attr not in READABLE or not hasattr(Tensor, node.attr):
            cure = (
                f"call it: .{node.attr}(…)"
                if node.attr in OFFERED
                else "a tensor has .T, .shape, and the known functions as methods: x.sum()"
            )
            self.refuse(self.end_of(node), f"a formula can't read .{node.attr}", cure)
        x = self.operand(node.value, self.evaluate(node.value))
        x = x if isinstance(x, Tensor) else constant(x)
        self.budget.spend(node, x.value.size, 0, f".{node.attr}")
        found = self.computed(node, self.end_of(node), f".{node.attr}", lambda: getattr(x, node.attr))
        return tuple(found) if node.attr == "shape" else found

    def subscript(self, node: ast.Subscript) -> Any:
        """A part of a tensor, or one of several results."""
        value, key = self.evaluate(node.value), self.key(node.slice)
        if isinstance(value, tuple | list) and (isinstance(value, tuple) or holds_tensors(value)):
            return self.picked(node, value, key)
        x = self.operand(node.value, value)
        if not isinstance(x, Tensor):
            self.refuse(node, "a plain number has no parts to pick", "leave the brackets out")
        self.budget.spend(node.slice, indexed(x.shape, key), x.value.size, "the index")
        return self.computed(node, node.slice, "the index", lambda: operator.getitem(x, key))

    def picked(self, node: ast.Subscript, value: Sequence[Any], key: Any) -> Any:
        """One of several results, or one entry of a shape."""
        if not isinstance(key, int) or not -len(value) <= key < len(value):
            self.refuse(
                node.slice,
                f"there are {len(value)} values to pick from, and this isn't one of their positions",
                f"count from 0 to {len(value) - 1}",
            )
        return value[key]

    # --- calls ---

    def call(self, node: ast.Call) -> Any:
        """A known function of its arguments."""
        name, place, receiver = self.offered(node)
        pieces = bound(
            self.program, place, name, [receiver, *node.args] if receiver is not None else node.args, node.keywords
        )
        arguments = {key: self.argument(kinds(name)[key], piece) for key, piece in pieces.items()}
        arguments = with_a_tensor(name, arguments)
        tensors = tuple(x for key, value in arguments.items() if kinds(name)[key] != "plain" for x in flat(value))
        plain = {key: value for key, value in arguments.items() if kinds(name)[key] == "plain"}
        self.budget.afford(place, Call(name, tensors, plain), name)
        positional, keywords = laid_out(name, arguments)
        return self.computed(node, place, name, lambda: functions[name](*positional, **keywords))

    def offered(self, node: ast.Call) -> tuple[str, Any, ast.expr | None]:
        """What is called, its place, and what it is a method of; only known functions can be called."""
        name, place, receiver = self.called(node)
        if name not in OFFERED:
            self.refuse(place, f"there is no function {name}", suggestion(name))
        return name, place, receiver

    def called(self, node: ast.Call) -> tuple[str, Any, ast.expr | None]:
        """The function's name, its place, and what it is a method of."""
        function = node.func
        if isinstance(function, ast.Name):
            return function.id, function, None
        if not isinstance(function, ast.Attribute):
            self.refuse(function, "only a function can be called, by its name", "to multiply write *")
        inner = function.value
        while isinstance(inner, ast.Attribute) and inner.attr in PARTS:
            inner = inner.value
        module = isinstance(inner, ast.Name) and is_module(inner) and inner.id not in self.values
        return function.attr, self.end_of(function), None if module else function.value

    def end_of(self, node: ast.Attribute) -> Place:
        """The place of what follows the dot."""
        span = self.program.span(node)
        return Place(span.end_line, max(span.end_column - len(node.attr), 0), span.end_column)

    def argument(self, kind: str, piece: Any) -> Any:
        """The value of one argument, as the function wants it."""
        if isinstance(piece, list):  # the pieces of *operands
            return [self.argument(kind, item) for item in piece]
        if kind == "plain":
            return self.plain(piece)
        if kind == "whole":
            return self.whole(piece)
        value = settled(self.evaluate(piece))
        if value is None or is_number(value):
            return value
        if isinstance(value, list | tuple) and holds_tensors(value):
            return [self.operand(piece, item) for item in value]
        return self.operand(piece, value)

    # --- plain parameters and positions ---

    def key(self, node: ast.expr) -> Any:
        """What stands between the brackets of an index."""
        if isinstance(node, ast.Tuple):
            return tuple(self.key(item) for item in node.elts)
        if isinstance(node, ast.Slice):
            return slice(
                *(
                    None if part is None else self.whole_number(part, "a slice")
                    for part in (node.lower, node.upper, node.step)
                )
            )
        found = self.plain(node)
        if found is None or found is Ellipsis or isinstance(found, bool):
            return found
        return (
            self.positions(node, found) if isinstance(found, list | np.ndarray) else self.whole_number(node, "an index")
        )

    def whole_number(self, node: ast.expr, what: str) -> int:
        """A start, an end, a step or a position."""
        found = self.plain(node)
        if isinstance(found, bool) or not is_number(found) or not is_whole(found) or abs(found) > EXACT:
            self.refuse(node, f"{what} takes whole numbers", "count from 0: x[0], x[0:2]")
        return int(found)

    def positions(self, node: ast.expr, found: Any) -> Any:
        """A list of positions, or of true and false."""
        array = np.asarray(self.numbers("this index", found, node))
        if array.dtype.kind != "b" and not is_whole(array):
            self.refuse(node, "an index takes whole numbers", "count from 0: x[0], x[[0, 2]]")
        return array if array.dtype.kind == "b" else array.astype(np.int64)

    def plain(self, node: ast.expr) -> Any:
        """A parameter: a number, a text, a list; a name stands for the number it was given."""
        if isinstance(node, ast.Name) and isinstance(self.values.get(node.id), Given):
            raw = self.values[node.id].raw
            return raw.item() if isinstance(raw, np.ndarray) and raw.ndim == 0 else raw
        if isinstance(node, ast.Tuple | ast.List):
            items = [self.plain(item) for item in node.elts]
            return tuple(items) if isinstance(node, ast.Tuple) else items
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.plain(node.operand)
            return -value if is_number(value) else self.unwrapped(node, self.evaluate(node))
        if isinstance(node, ast.BinOp) and type(node.op) in PLAIN:
            left, right = self.plain(node.left), self.plain(node.right)
            return (
                arithmetic(type(node.op), left, right)
                if is_number(left) and is_number(right)
                else self.unwrapped(node, self.evaluate(node))
            )
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and isinstance(self.values.get(node.value.id), Given)
        ):
            return self.part(node, np.asarray(self.values[node.value.id].raw))
        return self.unwrapped(node, settled(self.evaluate(node)))

    def part(self, node: ast.Subscript, numbers: Any) -> Any:
        """An entry (or some) of numbers that were given, for use as a plain parameter: ``x[t[0]]``."""
        key = self.key(node.slice)
        self.budget.spend(node.slice, indexed(numbers.shape, key), numbers.size, "the index")
        found = self.computed(node, node.slice, "the index", lambda: numbers[key])
        return found.item() if np.ndim(found) == 0 else found

    def unwrapped(self, node: ast.expr, value: Any) -> Any:
        """The numbers in a tensor that no gradient flows through."""
        if not isinstance(value, Tensor):
            return value
        if value.requires_grad:
            self.refuse(
                node,
                "a plain number belongs here, and this is computed from values that have gradients",
                "write the number",
            )
        return value.value.item() if value.value.ndim == 0 else np.asarray(value.value)

    def whole(self, node: ast.expr) -> Any:
        """A tensor of whole numbers: positions or classes; what isn't whole stays as it is."""
        if isinstance(node, ast.Name) and isinstance(self.values.get(node.id), Given):
            return self.values[node.id].whole()
        value = settled(self.evaluate(node))
        if is_number(value) or (isinstance(value, list | tuple) and not holds_tensors(value)):
            numbers = self.numbers("this list", list(value) if isinstance(value, tuple) else value, node)
            return constant(np.asarray(numbers).astype(np.int64) if is_whole(numbers) else numbers, keep=True)
        return self.operand(node, value)

    # --- tensors ---

    def operand(self, node: ast.expr, value: Any) -> Any:
        """A tensor or a plain number; a list becomes a tensor of its numbers."""
        if isinstance(value, Given):
            return value.leaf()
        if isinstance(value, Tensor) or is_number(value):
            return value
        if not isinstance(value, list | tuple):
            self.refuse(
                node,
                f"{'a text' if isinstance(value, str) else 'this'} can't be computed with",
                "use a number or a list of numbers",
            )
        if holds_tensors(value):
            self.refuse(node, "this is a list of computed values, not one value", "make it one: stack([a, b])")
        made = constant(self.numbers("this list", list(value), node))
        self.budget.spend(node, made.value.size, 0, "this list")
        return made

    def computed(self, node: Any, place: Any, name: str, compute: Callable[[], Any]) -> Any:
        """Make one call; whatever it objects to is told at its place."""
        before = now()
        try:
            found = compute()
        except Exception as error:  # an op may refuse in many ways, and none of them may end the program
            self.refuse(place, _said(error, name))
        for x in found if isinstance(found, tuple) else (found,):
            if isinstance(x, Tensor):
                if x.value.size > LIMIT:
                    self.budget.too_large(place, name, x.value.size)
                if x.index > before:
                    set_place(x, self.program.span(node), before)
        return found

    def sign(self, node: ast.BinOp) -> Place:
        """The place of the operator itself, between its operands."""
        left, right = self.program.span(node.left), self.program.span(node.right)
        symbol = OPERATORS.get(type(node.op), ("", None))[0]
        between = (
            self.program.lines[left.end_line - 1][left.end_column : right.column] if left.end_line == right.line else ""
        )
        if not symbol or symbol not in between:
            return self.program.place(node)
        column = left.end_column + between.index(symbol)
        return Place(left.end_line, column, column + len(symbol))


def _public(value: Any) -> Any:
    """What a name stands for, for others: a Tensor, or the plain number or numbers that it was given."""
    if isinstance(value, Given):
        return value.leaf() if value.wants_gradient else value.raw
    return value


def _said(error: Exception, name: str) -> str:
    """What an op objected to, in one sentence."""
    if isinstance(error, ExpressionError):
        return error.message
    said = " ".join(str(error).split())[:400]
    if not said or isinstance(error, AssertionError | KeyError | AttributeError | MemoryError):
        return f"{name} can't be computed from these values"
    if said.startswith(("unsupported operand", "bad operand")):
        return f"{name} isn't offered for these values"
    return said


HANDLERS: dict[type[ast.AST], Callable[[Run, Any], Any]] = {
    ast.Constant: Run.constant, ast.Name: Run.name, ast.List: Run.several, ast.Tuple: Run.several, ast.BinOp: Run.binary,
    ast.UnaryOp: Run.unary, ast.Compare: Run.compare, ast.Attribute: Run.attribute, ast.Subscript: Run.subscript, ast.Call: Run.call,
}  # fmt: skip
