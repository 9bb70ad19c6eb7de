"""Which piece of a typed call is which argument of the function."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from gradwalk.expression.functions import kinds, parameters, usage
from gradwalk.expression.given import constant, flat, is_number
from gradwalk.expression.parse import Program
from gradwalk.tensor import Tensor

VARIADIC = inspect.Parameter.VAR_POSITIONAL
NUMPY_SPELLING = {"axis": "dim", "keepdims": "keepdim"}


def bound(
    program: Program, place: Any, name: str, pieces: Sequence[ast.expr], keywords: Sequence[ast.keyword]
) -> dict[str, Any]:
    """The pieces of a call by the names of the arguments; those of ``*operands`` as a list."""
    found: dict[str, Any] = {}
    positional = [p for p in parameters(name) if p.kind is not p.KEYWORD_ONLY]
    for position, piece in enumerate(pieces):
        if position < len(positional) and positional[position].kind is not VARIADIC:
            found[positional[position].name] = piece
        elif positional and positional[-1].kind is VARIADIC:
            found.setdefault(positional[-1].name, []).append(piece)
        else:
            _wrong(program, place, name, f"it takes {len(positional)}, and got {len(pieces)}")
    for keyword in keywords:
        found[_keyword(program, place, name, keyword, found)] = keyword.value
    missing = [
        p.name for p in parameters(name) if p.default is p.empty and p.kind is not VARIADIC and p.name not in found
    ]
    if missing:
        _wrong(program, place, name, f"{missing[0]} is missing")
    return {p.name: found[p.name] for p in parameters(name) if p.name in found}


def _keyword(program: Program, place: Any, name: str, keyword: ast.keyword, found: Mapping[str, Any]) -> str:
    """The argument that is meant by ``key=``; NumPy's axis and keepdims are dim and keepdim."""
    if keyword.arg is None:
        program.refuse(keyword.value, "a formula can't unpack with **", "write the arguments out")
    known = {p.name for p in parameters(name) if p.kind is not VARIADIC}
    key = keyword.arg if keyword.arg in known else NUMPY_SPELLING.get(keyword.arg, keyword.arg)
    if key not in known:
        _wrong(program, place, name, f"it has no argument {keyword.arg}")
    if key in found or NUMPY_SPELLING.get(key) in found:
        _wrong(program, place, name, f"{keyword.arg} is given twice")
    return key


def _wrong(program: Program, place: Any, name: str, why: str) -> NoReturn:
    program.refuse(place, f"the arguments of {name} don't fit: {why}", f"it is called as {usage(name)}")


def with_a_tensor(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments; where only plain numbers are among them, the first one becomes a tensor."""
    if any(isinstance(x, Tensor) for value in arguments.values() for x in flat(value)):
        return arguments
    key = next(
        (key for key, value in arguments.items() if kinds(name)[key] in ("tensor", "either") and is_number(value)), ""
    )
    return {**arguments, key: constant(arguments[key])} if key else arguments


def laid_out(name: str, arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Arguments as they are passed: positional as far as they come without a gap, then by name."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    gap = False
    for p in parameters(name):
        if p.name not in arguments:
            gap = gap or p.kind is not VARIADIC
        elif p.kind is VARIADIC:
            positional += arguments[p.name]
        elif gap or p.kind is p.KEYWORD_ONLY:
            keywords[p.name] = arguments[p.name]
        else:
            positional.append(arguments[p.name])
    return positional, keywords
