"""The protocol's TypeScript types, generated from its dataclasses: ``python -m gradwalk.studio.typescript > web/src/protocol.ts``."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from gradwalk.studio import protocol

HEAD = "// Generated from src/gradwalk/studio/protocol/ by `python -m gradwalk.studio.typescript`; don't edit.\n"
LIMIT = f"/** Bytes in one request's frame. */\nexport const LARGEST = {protocol.LARGEST};"
PLAIN = {int: "number", float: "number", str: "string", bool: "boolean", Any: "unknown", type(None): "null"}


def spelled(hint: Any) -> str:
    """One Python type in TypeScript."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is list:
        inner = spelled(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<string, {spelled(arguments[1])}>"
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(spelled, arguments))
    return str(hint.__name__)


def interface(kind: type[Any], optional: bool) -> str:
    """One dataclass as an interface; in requests, what has a default may be left out."""
    hints = get_type_hints(kind)
    lines = [f"  {item.name}{_mark(item, optional)}: {spelled(hints[item.name])};" for item in fields(kind)]
    meaning = (kind.__doc__ or "").strip().split("\n")[0]
    return "\n".join([f"/** {meaning} */", f"export interface {kind.__name__} {{", *lines, "}"])


def mentioned(hint: Any) -> Iterator[type[Any]]:
    """All dataclasses in a type: itself, and those that its fields and arguments are made of."""
    inner = get_type_hints(hint).values() if is_dataclass(hint) else get_args(hint)
    for one in inner:
        yield from mentioned(one)
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint


def _mark(item: Field[Any], optional: bool) -> str:
    has_default = item.default is not MISSING or item.default_factory is not MISSING
    return "?" if optional and has_default and item.name != "kind" else ""


def generated() -> str:
    """The whole file."""
    kinds = list(dict.fromkeys(kind for value in vars(protocol).values() for kind in mentioned(value)))
    requested = {*protocol.REQUESTS, *REQUESTED}
    parts = [interface(kind, kind in requested) for kind in kinds]
    union = [f"export type {name} = {' | '.join(kind.__name__ for kind in group)};" for name, group in UNIONS.items()]
    return "\n\n".join([HEAD, LIMIT, *parts, *union]) + "\n"


# What requests are made of.
REQUESTED = {
    protocol.Source, protocol.State, protocol.Training, protocol.Rounding, protocol.Experiment, protocol.Moment,
}  # fmt: skip
UNIONS = {"Request": protocol.REQUESTS, "Reply": protocol.REPLIES}

if __name__ == "__main__":
    print(generated(), end="")
