"""Frames and messages: bytes to plain data, plain data to the protocol's dataclasses, and back.

A frame that isn't one, or a message that says something else than the protocol, is a `WireError` with a sentence.
JSON has no word for NaN and the infinities: in heads, NaN is ``null`` and ±∞ is ``±1e999`` (which every reader takes for
an infinity). In buffers they are themselves. A request may hold neither.
"""

from __future__ import annotations

import json
import math
import struct
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from typing import Any, Literal, NamedTuple, NoReturn, get_args, get_origin, get_type_hints

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.studio.protocol import REQUESTS

ALIGNMENT = 8  # Float64 arrays are read in place
LARGEST = 8_000_000  # bytes in one request's frame
DEEPEST = 32  # lists in lists, in a value
MOST_ITEMS = 1_000_000  # numbers and texts in one message


class WireError(GradwalkError, ValueError):
    """A frame or a message that doesn't follow the protocol."""


class Reply(NamedTuple):
    """What goes back: the head as plain data, and buffers of Float64 (as bytes)."""

    head: dict[str, Any]
    buffers: list[bytes]


# --- frames ----------------------------------------------------------------------------------------------------------


def encode_frame(head: Mapping[str, Any], buffers: Sequence[bytes] = ()) -> bytes:
    """A head and its buffers as one frame.

    >>> encode_frame({"id": 1}, [b"12345678"])
    b'\\x1c\\x00\\x00\\x00{"id":1,"buffers":[8]}      12345678'
    """
    text = as_json({**head, "buffers": [len(buffer) for buffer in buffers]}).encode()
    text += b" " * (-(len(text) + 4) % ALIGNMENT)
    return b"".join([struct.pack("<I", len(text)), text, *buffers])


def decode_frame(frame: bytes, largest: int = LARGEST) -> Reply:
    """The head and the buffers of a frame; `WireError` says what is wrong with it."""
    if len(frame) > largest:
        raise WireError(f"this message has {len(frame):,} bytes, and the limit is {largest:,}")
    if len(frame) < 4:
        raise WireError(f"this frame has {len(frame)} bytes, and its first 4 should say how long the head is")
    (length,) = struct.unpack_from("<I", frame)
    if 4 + length > len(frame):
        raise WireError(
            f"this frame ends before its head does: {length:,} bytes were announced, {len(frame) - 4:,} came"
        )
    head = read_json(frame[4 : 4 + length])
    return Reply(head, _buffers(frame, 4 + length, head.get("buffers", [])))


def _buffers(frame: bytes, start: int, lengths: Any) -> list[bytes]:
    if not isinstance(lengths, list) or any(type(n) is not int or n < 0 for n in lengths):
        raise WireError("buffers should be the list of the buffers' lengths in bytes")
    if start + sum(lengths) != len(frame):
        raise WireError(f"the buffers should have {sum(lengths):,} bytes in all, and {len(frame) - start:,} came")
    found = []
    for length in lengths:
        found.append(bytes(frame[start : start + length]))
        start += length
    return found


def read_json(text: bytes | str) -> dict[str, Any]:
    """A head from its JSON."""
    try:
        head = json.loads(text.decode() if isinstance(text, bytes) else text, parse_constant=_no_number)
    except RecursionError:
        raise WireError("this message is nested too deeply") from None
    except ValueError as error:  # also what isn't UTF-8, and whole numbers with thousands of digits
        said = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise WireError(f"the head of this message can't be read as JSON: {said}") from None
    if not isinstance(head, dict):
        raise WireError("the head of a message is an object with a kind")
    return head


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number in JSON")


INFINITIES = {math.inf: "\0+∞", -math.inf: "\0−∞"}  # what no text holds: replaced after the rest is written


def as_json(head: Mapping[str, Any]) -> str:
    """A head as JSON, its NaN and infinities as `gradwalk.studio.wire` says.

    >>> as_json({"a": [float("nan"), float("-inf")], "b": "−∞"})
    '{"a":[null,-1e999],"b":"−∞"}'
    """
    try:
        return json.dumps(head, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_spelled(head), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for value, word in INFINITIES.items():
            text = text.replace(json.dumps(word, ensure_ascii=False), "1e999" if value > 0 else "-1e999")
        return text


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _spelled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return INFINITIES.get(value)
    return value


def head_of(reply: Any) -> dict[str, Any]:
    """A reply's dataclass as plain data."""
    return {item.name: _plain(getattr(reply, item.name)) for item in fields(reply)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return head_of(value)
    if isinstance(value, list | tuple):
        return (
            [_plain(item) for item in value] if value and not isinstance(value[0], int | float | str) else list(value)
        )
    return value


def floats(values: Any) -> bytes:
    """Numbers as a Float64 buffer."""
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def as_plain(layout: Any) -> dict[str, Any]:
    """A layout (or any dataclass) as JSON's own types."""
    return asdict(layout)


# --- messages --------------------------------------------------------------------------------------------------------


_known_hints: dict[type[Any], dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    """The types of a dataclass's fields; looked up once, because reading them takes longer than checking a message."""
    if kind not in _known_hints:
        _known_hints[kind] = get_type_hints(kind)
    return _known_hints[kind]


KINDS: dict[str, type[Any]] = {str(get_args(get_type_hints(kind)["kind"])[0]): kind for kind in REQUESTS}


def request_from(head: Any) -> Any:
    """The request that a head is; fields that the protocol doesn't know are ignored."""
    if not isinstance(head, Mapping):
        raise WireError("a request is an object with a kind")
    kind = head.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        known = ", ".join(KINDS)
        said = "has no kind" if kind is None else f"is of the kind {str(kind)[:40]!r}, which nobody knows"
        raise WireError(f"this request {said}; there are {known}")
    return made(KINDS[kind], head, kind, Counter())


class Counter:
    """How many items a message held so far."""

    def __init__(self) -> None:
        self.items = 0

    def count(self, many: int = 1) -> None:
        """One more; too many are refused."""
        self.items += many
        if self.items > MOST_ITEMS:
            raise WireError(f"this message holds more than {MOST_ITEMS:,} numbers and texts")


def made(kind: type[Any], data: Any, where: str, counter: Counter) -> Any:
    """A dataclass of the protocol from plain data; ``where`` names the place in messages."""
    if not isinstance(data, Mapping):
        raise WireError(f"{where} should be an object, and is {_named(data)}")
    hints = _hints(kind)
    given = {}
    for item in fields(kind):
        if item.name in data:
            given[item.name] = checked(hints[item.name], data[item.name], f"{where}.{item.name}", counter)
        elif _required(item):
            raise WireError(f"{where} lacks the field {item.name}")
    return kind(**given)


def _required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def checked(hint: Any, value: Any, where: str, counter: Counter) -> Any:
    """A value, if it is of the type that the protocol says."""
    counter.count()
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint](value, where, counter)
    if origin is Literal:
        return (
            value
            if isinstance(value, str) and value in arguments
            else _wrong(where, f"one of {', '.join(arguments)}", value)
        )
    if origin is list:
        items = value if isinstance(value, list | tuple) else _wrong(where, "a list", value)
        return [checked(arguments[0], item, f"{where}[{i}]", counter) for i, item in enumerate(items)]
    if origin is dict:
        _object(value, where, counter)
        return {key: PLAIN[Any](item, f"{where}.{key}"[:80], counter) for key, item in value.items()}
    if origin in (typing.Union, types.UnionType):
        return None if value is None else checked(arguments[0], value, where, counter)
    return made(hint, value, where, counter)


def _text(value: Any, where: str, counter: Counter) -> str:
    return value if isinstance(value, str) else _wrong(where, "a text", value)


def _truth(value: Any, where: str, counter: Counter) -> bool:
    return value if isinstance(value, bool) else _wrong(where, "true or false", value)


def _whole(value: Any, where: str, counter: Counter) -> int:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)  # JavaScript has one kind of number
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    return int(value) if fits else _wrong(where, "a whole number", value)


def _number(value: Any, where: str, counter: Counter) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _wrong(where, "a number", value)
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    return found if math.isfinite(found) else _wrong(where, "a finite number", value)


def _anything(value: Any, where: str, counter: Counter, depth: int = 0) -> Any:
    """Numbers, texts, and lists and objects of them, nested to a bounded depth."""
    counter.count()
    if value is None or isinstance(value, bool | str):
        return value
    if depth >= DEEPEST:
        raise WireError(f"{where} is nested more than {DEEPEST} deep")
    if isinstance(value, list | tuple):
        return [_anything(item, where, counter, depth + 1) for item in value]
    if isinstance(value, Mapping):
        _object(value, where, counter)
        return {key: _anything(item, where, counter, depth + 1) for key, item in value.items()}
    number = _number(value, where, counter)
    return value if isinstance(value, int) else number


def _object(value: Any, where: str, counter: Counter) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        _wrong(where, "an object", value)


PLAIN: dict[Any, Any] = {str: _text, bool: _truth, int: _whole, float: _number, Any: _anything}

NAMES = {
    bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", tuple: "a list", dict: "an object",
    type(None): "null",
}  # fmt: skip


def _named(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "not finite"
    return NAMES.get(type(value), f"a {type(value).__name__}")


def _wrong(where: str, wanted: str, value: Any) -> NoReturn:
    raise WireError(f"{where} should be {wanted}, and is {_named(value)}")
