"""From a typed text to a `Program`: parsed, bounded, and its names known, but not yet computed."""

from __future__ import annotations

import ast
import hashlib
import linecache
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from gradwalk.expression.errors import ExpressionError, Place
from gradwalk.expression.functions import CONSTANTS, MODULES, OFFERED
from gradwalk.expression.scan import LENGTH, scan, tidied
from gradwalk.source import Span, syntax_tree

NODES = 15_000  # pieces of the parsed formula
OPERATIONS = 2_000  # of which compute something
NESTING = 100  # pieces inside pieces, long sums counting one for each term

COMPUTING = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Subscript, ast.AugAssign)
RESULT = "L"  # what a bare expression is called


@dataclass(frozen=True)
class Program:
    """A formula or a short program of assignments, ready to be run with values.

    ``names`` are its free names in order of appearance, ``assigned`` the names it gives, and ``output`` the name of its
    result: what was assigned last, or ``L`` for a bare expression.

    >>> program = parse("(y - sigmoid(w*x + b))**2")
    >>> program.names, program.output
    (('y', 'w', 'x', 'b'), 'L')
    """

    text: str
    tree: ast.Module

    @cached_property
    def file(self) -> str:
        """The pseudo-file that this text is known by: another for every text, so that two formulas don't mix."""
        return f"<formula {hashlib.sha256(self.text.encode()).hexdigest()[:16]}>"

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")

    @cached_property
    def assigned(self) -> tuple[str, ...]:
        """The names that it gives, in order."""
        return tuple(dict.fromkeys(name.id for statement in self.tree.body for name in targets(statement)))

    @cached_property
    def first_uses(self) -> dict[str, ast.Name]:
        """Where each free name is first read."""
        found: dict[str, ast.Name] = {}
        known: set[str] = set()
        for statement in self.tree.body:
            for name in read_names(statement):
                if name.id not in known and name.id not in CONSTANTS:
                    found.setdefault(name.id, name)
            known |= {name.id for name in targets(statement)}
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The names that need a value, in order of appearance."""
        return tuple(self.first_uses)

    @property
    def output(self) -> str:
        """What the result is called."""
        last = list(targets(self.tree.body[-1]))
        if last:
            return last[-1].id
        return RESULT if RESULT not in (*self.assigned, *self.names) else "out"

    def span(self, node: Any) -> Span:
        """Where a piece stands, in characters."""
        first, last = self.lines[node.lineno - 1], self.lines[node.end_lineno - 1]
        return Span(
            self.file,
            node.lineno,
            _characters(first, node.col_offset),
            node.end_lineno,
            _characters(last, node.end_col_offset),
        )

    def place(self, node: Any) -> Place:
        """Where a piece begins, and where it ends on that line."""
        span = self.span(node)
        return Place(
            span.line, span.column, span.end_column if span.end_line == span.line else len(self.lines[span.line - 1])
        )

    def refuse(self, node: Any, sentence: str, cure: str = "", missing: Sequence[str] = ()) -> NoReturn:
        """Say what is wrong with one piece (or with a place)."""
        place = node if isinstance(node, Place) or node is None else self.place(node)
        raise ExpressionError(sentence, cure, place, self.text, missing)

    def register(self) -> None:
        """Let `linecache` know the text, so that a walk has it as its source."""
        linecache.cache[self.file] = (len(self.text), None, [line + "\n" for line in self.lines], self.file)
        _registered[self.file] = None
        _registered.move_to_end(self.file)
        while len(_registered) > REMEMBERED:
            linecache.cache.pop(_registered.popitem(last=False)[0], None)


REMEMBERED = 64  # texts: an editor sends a new one with every key
_registered: OrderedDict[str, None] = OrderedDict()


def parse(text: str) -> Program:
    """Read a formula or a short program; `ExpressionError` says what is wrong, and where."""
    if len(text) <= LENGTH:  # tidying costs time too
        text = tidied(text)
    scan(text)
    program = Program(text, _tree(text))
    _bounded(program)
    for statement in program.tree.body:
        _check_statement(program, statement)
    return program


def _characters(line: str, column: int) -> int:
    """Python counts columns in UTF-8 bytes; readers count characters."""
    return column if line.isascii() else len(line.encode()[:column].decode(errors="ignore"))


def _tree(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: ast.Module = syntax_tree(text)
    except SyntaxError as error:
        raise _explained(error, text) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise ExpressionError("this formula can't be read: it is nested too deeply", "give parts of it names") from None
    if not tree.body:
        raise ExpressionError("there is no formula, only a comment", "type one, such as (y - w*x)**2")
    return tree


# What Python's parser says -> what to say instead. The first that fits.
SYNTAX = (
    ("indent", "this line is indented", "start every line at the left edge"),
    ("cannot assign", "only a name can stand left of =", "write NAME = …, or == to compare"),
    ("Maybe you meant '=='", "= gives a name to a value, and == compares", "write == here"),
    (
        "positional argument follows",
        "an argument without a name comes after one with a name",
        "put the named ones last, or write == to compare",
    ),
    ("keyword argument repeated", "the same argument is given twice", "leave one out"),
    ("forgot a comma", "a comma or a sign is missing here", "put one in"),
    ("integer", "this number can't be read", "numbers are written 12, 0.5 or 1e-3"),
    ("decimal literal", "this number can't be read", "numbers are written 12, 0.5 or 1e-3"),
)


def _explained(error: SyntaxError, text: str) -> ExpressionError:
    lines = text.split("\n")
    line = min(max(error.lineno or 1, 1), len(lines))
    column = min(max((error.offset or 1) - 1, 0), len(lines[line - 1]))
    end = error.end_offset - 1 if error.end_offset and error.end_lineno == error.lineno else column + 1
    sentence, cure = next(((s, c) for said, s, c in SYNTAX if said in error.msg), ("", ""))
    if not sentence:
        at_end = not lines[line - 1][column:].strip()
        sentence = "something is missing at the end of this line" if at_end else "this can't be read as a formula"
        cure = "finish it, or take the last sign away" if at_end else "look at what stands just before the mark"
    return ExpressionError(sentence, cure, Place(line, column, max(end, column + 1)), text)


# --- bounds and what may stand where ---------------------------------------------------------------------------------


def _bounded(program: Program) -> None:
    """Refuse what would take too long or recurse too deeply; the walk over the tree itself doesn't recurse."""
    waiting: list[tuple[ast.AST, int]] = [(program.tree, 0)]
    count = computing = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        computing += isinstance(node, COMPUTING)
        if depth > NESTING:
            place = program.place(node) if hasattr(node, "lineno") else None
            program.refuse(
                place, f"this is nested more than {NESTING} deep", "give parts of it names, on lines of their own"
            )
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    for what, found, most in (("operations", computing, OPERATIONS), ("names, numbers and signs", count, NODES)):
        if found > most:
            program.refuse(None, f"this formula has {found:,} {what}, and the limit is {most:,}", "use a script")


REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Starred: ("a formula can't unpack with *", "write the arguments out"),
    ast.NamedExpr: ("a formula can't name things inside an expression (:=)", "give the name on a line of its own"),
}


def _check_statement(program: Program, statement: ast.stmt) -> None:
    for node in ast.walk(statement):
        if type(node) in REFUSED:
            program.refuse(node, *REFUSED[type(node)])
    if isinstance(statement, ast.Expr):
        _check_result(program, statement)
    elif not isinstance(statement, ast.Assign | ast.AugAssign):
        program.refuse(statement, "a formula is made of assignments and expressions only", "write NAME = …")
    for target in _target_nodes(statement):
        if not isinstance(target, ast.Name):
            program.refuse(target, "only a name can stand left of =", "write NAME = …")


def _check_result(program: Program, statement: ast.Expr) -> None:
    compared = statement.value
    if (
        isinstance(compared, ast.Compare)
        and isinstance(compared.ops[0], ast.Eq)
        and isinstance(compared.left, ast.Name)
    ):
        name = compared.left.id
        program.refuse(compared, "== compares, and gives true or false", f"to name a result write {name} = …")
    if statement is not program.tree.body[-1]:
        program.refuse(statement, "the result of this line goes nowhere", "give it a name: z = …")


def _target_nodes(statement: ast.stmt) -> Iterator[ast.expr]:
    given = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AugAssign)
        else []
    )
    for target in given:
        yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def targets(statement: ast.stmt) -> Iterator[ast.Name]:
    """The names that a statement gives."""
    return (target for target in _target_nodes(statement) if isinstance(target, ast.Name))


def read_names(statement: ast.stmt) -> list[ast.Name]:
    """The names that a statement reads, as they stand in the text; functions that it calls left out."""
    called = {id(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)}
    modules = {
        id(node.value) for node in ast.walk(statement) if isinstance(node, ast.Attribute) and is_module(node.value)
    }
    written = {id(name) for name in targets(statement)} if isinstance(statement, ast.Assign) else set()
    apart = called | modules | written
    found = [node for node in ast.walk(statement) if isinstance(node, ast.Name) and id(node) not in apart]
    return sorted(found, key=lambda name: (name.lineno, name.col_offset))


def is_module(node: ast.expr) -> bool:
    """Whether this is ``np``, ``torch`` and the like in front of a function's name."""
    return isinstance(node, ast.Name) and node.id in MODULES and node.id not in OFFERED
