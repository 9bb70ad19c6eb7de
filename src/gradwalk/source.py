"""From a recorded position (a code object and an offset) to the user's file, line, columns and names.

Nothing here runs while the model does: it is asked only when a walk or an error message is made.
"""

from __future__ import annotations

import ast
import dis
import linecache
import re
import threading
from bisect import bisect
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

_parsing = threading.Lock()


def syntax_tree(text: str, mode: str = "exec") -> Any:
    """Python's own reading of a text (``ast.parse``), for one thread after the other.

    CPython 3.11 counts how deep a tree is in a place that all threads share, and takes two counts at once for an error.
    """
    with _parsing:
        return ast.parse(text, mode=mode)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source: 1-based lines, 0-based columns counted in characters, end exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str = ""


Operation = tuple[str, Any]  # an instruction's name and argument


@lru_cache(maxsize=512)
def _instructions(code: CodeType) -> tuple[list[int], list[dis.Instruction]]:
    """Instructions with their offsets (caches and helpers left out)."""
    real = [i for i in dis.get_instructions(code) if i.opname not in ("CACHE", "PRECALL", "EXTENDED_ARG")]
    return [instruction.offset for instruction in real], real


def _following(code: CodeType, offset: int, count: int = 12) -> list[Operation]:
    """What runs after the instruction at an offset, which may be in its caches (where a running call points)."""
    offsets, real = _instructions(code)
    place = bisect(offsets, offset)
    return [operation for instruction in real[place : place + count] for operation in _taken_apart(instruction)]


def _running(code: CodeType, offset: int) -> str:
    """The name of the instruction at an offset."""
    offsets, real = _instructions(code)
    return real[bisect(offsets, offset) - 1].opname


def _taken_apart(instruction: dis.Instruction) -> list[Operation]:
    """An instruction as Python 3.11 would have it: later versions do two in one (STORE_FAST_LOAD_FAST)."""
    if not isinstance(instruction.argval, tuple) or "_FAST_" not in instruction.opname:
        return [(instruction.opname, instruction.argval)]
    names = [
        "STORE_FAST" if part == "STORE" else "LOAD_FAST"
        for part in instruction.opname.split("_")
        if part in ("STORE", "LOAD")
    ]
    return list(zip(names, instruction.argval, strict=True))


@lru_cache(maxsize=512)
def _positions(code: CodeType) -> list[tuple[int | None, int | None, int | None, int | None]]:
    return list(code.co_positions())


@lru_cache(maxsize=65536)
def span(code: CodeType | None, offset: int) -> Span | None:
    """The stretch of source that was running at this offset, exact to the column."""
    if code is None or offset < 0:
        return None
    positions = _positions(code)
    line, end_line, column, end_column = positions[offset // 2] if offset // 2 < len(positions) else (None,) * 4
    if line is None:
        return None
    first, last = linecache.getline(code.co_filename, line), linecache.getline(code.co_filename, end_line or line)
    return Span(
        code.co_filename,
        line,
        _characters(first, column or 0),
        end_line or line,
        _characters(last, end_column) if end_column else len(last.rstrip("\n")),
        "" if code.co_name == "<module>" else code.co_name,
    )


def _characters(line: str, column: int) -> int:
    """Python counts columns in UTF-8 bytes; readers count characters."""
    return column if line.isascii() else len(line.encode()[:column].decode(errors="ignore"))


def text(where: Span | None) -> str:
    """The source text of a span on one line, or nothing when the source can't be had."""
    if where is None:
        return ""
    lines = [linecache.getline(where.file, number).rstrip("\n") for number in range(where.line, where.end_line + 1)]
    if not lines or not any(lines):
        return ""
    lines[-1] = lines[-1][: where.end_column]
    lines[0] = lines[0][where.column :]
    return " ".join(line.strip() for line in lines)


STORES = {"STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_DEREF"}


@lru_cache(maxsize=65536)
def stored_name(code: CodeType | None, offset: int, slot: int | None = None) -> str:
    """The variable that the user's code stores this result in, or nothing.

    Read off the bytecode, so it works in scripts, notebooks, ``python -c`` and the REPL. ``slot`` is the position among
    several results (``a, b = x.split(2)``). Attributes give their dotted name (``self.hidden = …``).
    """
    if code is None or offset < 0:
        return ""
    after = _following(code, offset)
    if after and after[0][0] == "COPY":  # a = b = …, and (a := …)
        after = after[1:]
    unpacking = _running(code, offset) == "UNPACK_SEQUENCE"  # a, b = x: the position is the unpacking itself
    if after and after[0][0] == "UNPACK_SEQUENCE":
        unpacking, after = True, after[1:]
    if unpacking:
        after = after[slot:] if slot is not None else []
    if not after:
        return ""
    return str(after[0][1]) if after[0][0] in STORES else _dotted(after)


def _dotted(after: list[Operation]) -> str:
    names = []
    for name, argument in after:
        if name.startswith("LOAD_") and isinstance(argument, str):
            names.append(argument)
        elif name == "STORE_ATTR" and names:
            return ".".join([*names, str(argument)])
        else:
            return ""
    return ""


@lru_cache(maxsize=4096)
def tidy(expression: str) -> str:
    """An expression's text in one spacing, or nothing when it isn't one or is too long to be a name.

    >>> tidy("w*x+b"), tidy("gw.sigmoid( z )"), tidy("(a + b")
    ('w·x + b', 'sigmoid(z)', '')
    """
    if not 0 < len(expression) <= 60:
        return ""
    try:
        tree = syntax_tree(expression.strip(), "eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    if isinstance(tree, ast.Name | ast.Constant | ast.Attribute):
        return ast.unparse(tree)
    if any(
        isinstance(node, ast.Lambda | ast.Await | ast.Yield | ast.NamedExpr | ast.JoinedStr) for node in ast.walk(tree)
    ):
        return ""
    plain = ast.unparse(_Plain().visit(tree)).replace(" * ", "·").replace("-", "−")
    return re.sub(r" \*\* (\d+)(?![\d.e])", lambda power: power[1].translate(RAISED), plain)


DIGITS, RAISED_DIGITS = "0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISED = str.maketrans(DIGITS, RAISED_DIGITS)
LOWERED = str.maketrans(RAISED_DIGITS, DIGITS)


def as_python(expression: str) -> str:
    """A tidied expression as Python again.

    >>> as_python(tidy("(y-p)**2 * a"))
    '(y - p)**2*a'
    """
    lowered = re.sub(f"[{RAISED_DIGITS}]+", lambda power: "**" + power[0].translate(LOWERED), expression)
    return lowered.replace("·", "*").replace("−", "-")


class _Plain(ast.NodeTransformer):
    """Drop module prefixes: ``gw.sigmoid(z)`` and ``torch.nn.functional.relu(z)`` read as ``sigmoid(z)``, ``relu(z)``."""

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        function = node.func
        while isinstance(function, ast.Attribute) and isinstance(function.value, ast.Attribute):
            function = ast.Attribute(function.value.value, function.attr, ast.Load())
        if (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id in MODULES
        ):
            node.func = ast.Name(function.attr, ast.Load())
        return node


MODULES = {"gw", "gradwalk", "torch", "F", "np", "numpy", "nn"}
