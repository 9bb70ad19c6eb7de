"""Writing a walk to a file and reading it back: JSON at full precision.

NaN and the infinities are the strings ``"nan"``, ``"inf"`` and ``"-inf"``; a value too large to keep is an object with
its statistics. Readers ignore fields they don't know; a newer format is refused with a clear sentence.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from gradwalk.files import write_durably
from gradwalk.source import Span
from gradwalk.walk.model import FORMAT, Elided, Node, Step, WalkData, WalkError
from gradwalk.walk.walk import RENDERERS, Walk

LARGE = 10_000  # an intermediate value with more entries than this is elided in files

# format -> a function that lifts a document one format up; golden files of every format load forever.
UPGRADES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def save(walk: WalkData, path: str | PathLike[str]) -> None:
    """Write a walk; the suffix says in which form. The file appears whole or not at all."""
    target = Path(path)
    form = target.suffix.lower().lstrip(".") or "json"
    if form == "json":
        text = dumps(walk)
    elif form in RENDERERS:
        text = RENDERERS[form](walk)
    else:
        raise WalkError(
            f"{target.name}: walks are saved as .json or as {', '.join('.' + f for f in sorted(RENDERERS) if f in SUFFIXES)}"
        )
    write_whole(target, text)


SUFFIXES = {"svg", "tex", "txt", "html"}


def write_whole(target: Path, text: str) -> None:
    """Write a file in one move, so that an interruption leaves the old one or the new one."""
    try:
        write_durably(target, text.encode())
    except OSError as error:
        raise WalkError(f"{target} can't be written: {error.strerror}") from None


def load(path: str | PathLike[str]) -> Walk:
    """Read a walk that was saved as JSON."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise WalkError(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WalkError(f"{path} is no walk file: it isn't text") from None
    return loads(text, str(path))


def dumps(walk: WalkData) -> str:
    """A walk as JSON text."""
    return json.dumps(encode_walk(walk), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def loads(text: str, where: str = "the text") -> Walk:
    """A walk from JSON text; ``where`` names it in messages."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise WalkError(f"{where} is no walk file, or was cut short: not valid JSON{place}") from None
    if not isinstance(document, dict) or not str(document.get("format", "")).startswith("gradwalk/"):
        raise WalkError(f"{where} is JSON, but no walk: its format field should say {FORMAT!r}")
    try:
        return decode_walk(_upgraded(document, where))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        if isinstance(error, WalkError):
            raise
        raise WalkError(f"{where} is damaged: {type(error).__name__} at {error}") from None


def _upgraded(document: dict[str, Any], where: str) -> dict[str, Any]:
    while document["format"] != FORMAT:
        if document["format"] not in UPGRADES:
            raise WalkError(
                f"{where} has format {document['format']!r}, and this gradwalk reads up to {FORMAT!r}; install a newer gradwalk"
            )
        document = UPGRADES[document["format"]](document)
    return document


# --- values ----------------------------------------------------------------------------------------------------------


def encode_value(value: Any) -> Any:
    """A value as JSON: nested lists of numbers at full precision."""
    if value is None:
        return None
    if isinstance(value, Elided):
        return {"elided": {key: _number(number) for key, number in asdict(value).items()}}
    array = np.asarray(value)
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return array.tolist()
    return _spelled(array.tolist())


def _spelled(value: Any) -> Any:
    return [_spelled(item) for item in value] if isinstance(value, list) else _number(value)


def _number(value: Any) -> Any:
    return value if not isinstance(value, float) or math.isfinite(value) else str(value)


def decode_value(data: Any, dtype: str, shape: Sequence[int] | None = None) -> Any:
    """A value from JSON; strings among the numbers are nan, inf and -inf."""
    if data is None:
        return None
    if isinstance(data, dict):
        return Elided(**{key: float(number) for key, number in data["elided"].items()})  # type: ignore[arg-type]
    array = np.array(data, dtype=object if _has_text(data) else None)
    array = array.astype(float).astype(dtype) if array.dtype == object else array.astype(dtype)
    return array.reshape(shape) if shape is not None else array


def _has_text(data: Any) -> bool:
    return any(_has_text(item) for item in data) if isinstance(data, list) else isinstance(data, str)


def elide(value: Any) -> Elided:
    """The statistics that stand for a large value in a file."""
    array = np.asarray(value, dtype=float)
    finite = array[np.isfinite(array)]
    some = finite if finite.size else np.zeros(1)
    return Elided(
        float(some.min()), float(some.max()), float(some.mean()), float(some.std()),
        int(np.sum(array == 0)), int(np.sum(np.isnan(array))),
    )  # fmt: skip


def kept(value: Any, is_leaf: bool = False) -> Any:
    """The value itself, or its statistics where it is large and can be computed again."""
    if value is None or isinstance(value, Elided) or is_leaf or np.size(value) <= LARGE:
        return value
    return elide(value)


# --- parameters: numbers, texts, tuples, slices, arrays, types -------------------------------------------------------


def encode_param(value: Any) -> Any:
    """An op's parameter as JSON; what JSON has no word for becomes an object with one key."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) else {"float": str(value)}
    for kind, encode, _ in PARAMS:
        if isinstance(value, kind):
            return encode(value)
    raise WalkError(f"a parameter of type {type(value).__name__} can't be saved")


def decode_param(data: Any) -> Any:
    """An op's parameter from JSON."""
    if isinstance(data, dict):
        ((key, content),) = data.items()
        return DECODERS[key](content)
    return tuple(decode_param(item) for item in data) if isinstance(data, list) else data


PARAMS: list[tuple[Any, Callable[[Any], Any], str]] = [
    (tuple | list, lambda v: [encode_param(item) for item in v], "list"),
    (slice, lambda v: {"slice": [encode_param(v.start), encode_param(v.stop), encode_param(v.step)]}, "slice"),
    (type(Ellipsis), lambda v: {"ellipsis": True}, "ellipsis"),
    (np.dtype, lambda v: {"dtype": str(v)}, "dtype"),
    (
        np.ndarray,
        lambda v: {"array": {"dtype": str(v.dtype), "data": encode_value(v), "shape": list(v.shape)}},
        "array",
    ),
    (np.generic, lambda v: encode_param(v.item()), "number"),
]
DECODERS: dict[str, Callable[[Any], Any]] = {
    "slice": lambda v: slice(*map(decode_param, v)),
    "ellipsis": lambda v: Ellipsis,
    "dtype": np.dtype,
    "float": float,
    "array": lambda v: decode_value(v["data"], v["dtype"], v["shape"]),
}


# --- the whole -------------------------------------------------------------------------------------------------------

STEP_VALUES = ("upstream", "local", "contribution", "total")


def encode_walk(walk: WalkData) -> dict[str, Any]:
    """A walk as a JSON document."""
    return {
        "format": FORMAT,
        "title": walk.title,
        "output": walk.output,
        "nodes": [_encode_node(node) for node in walk.nodes],
        "steps": [_encode_step(step) for step in walk.steps],
        "source": walk.source,
        **({"derived": walk.derived} if walk.derived else {}),
    }


def _encode_node(node: Node) -> dict[str, Any]:
    document = {item.name: getattr(node, item.name) for item in fields(node)}
    document["value"] = encode_value(kept(node.value, node.is_leaf))
    document["params"] = {key: encode_param(value) for key, value in node.params.items()}
    document["span"] = asdict(node.span) if node.span else None
    return {
        key: value for key, value in document.items() if value not in (None, (), {}) or key in ("value", "inputs", "op")
    }


def _encode_step(step: Step) -> dict[str, Any]:
    document = {item.name: getattr(step, item.name) for item in fields(step)}
    for key in STEP_VALUES:
        document[key] = encode_value(kept(document[key]))
    return {key: value for key, value in document.items() if value is not None and value != ""}


def decode_walk(document: Mapping[str, Any]) -> Walk:
    """A walk from a JSON document of this format."""
    nodes = tuple(_decode_node(item) for item in document["nodes"])
    if [node.id for node in nodes] != list(range(len(nodes))):
        raise WalkError("the nodes aren't numbered 0, 1, 2, …: the file is damaged")
    if any(not 0 <= i < node.id for node in nodes for i in node.inputs):
        raise WalkError("a node takes an input that doesn't come before it: the file is damaged")
    steps = tuple(_decode_step(item, nodes) for item in document["steps"])
    output = int(document["output"])
    nodes[output]  # an output outside the nodes is an IndexError, told as damage
    return Walk(str(document["title"]), output, nodes, steps, dict(document.get("source", {})), document.get("derived"))


def _known(kind: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {key: value for key, value in document.items() if key in names}


def _decode_node(document: Mapping[str, Any]) -> Node:
    own = _known(Node, document)
    shape = tuple(own.get("shape", ()))
    own |= {
        "shape": shape,
        "inputs": tuple(own["inputs"]),
        "scope": tuple(own.get("scope", ())),
        "calls": tuple(own.get("calls", ())),
    }
    own["params"] = {key: decode_param(value) for key, value in own.get("params", {}).items()}
    own["value"] = decode_value(own["value"], own["dtype"], shape)
    own["span"] = Span(**_known(Span, own["span"])) if own.get("span") else None
    return Node(**own)


def _decode_step(document: Mapping[str, Any], nodes: Sequence[Node]) -> Step:
    own = _known(Step, document)
    node, source = nodes[own["node"]], nodes[own.get("input", own["node"])]
    shapes = {"upstream": node, "local": node, "contribution": source, "total": source}
    if own["phase"] == "update":
        shapes = dict.fromkeys(shapes, node)
    for key, like in shapes.items():
        if key in own:
            scalar = own["phase"] == "update" and key == "local"
            own[key] = decode_value(own[key], like.dtype, () if scalar else like.shape)
    return Step(**own)
