"""What a formula may call, and what each argument is: a tensor, whole numbers, or a plain parameter."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from gradwalk.expression.size import SIZES
from gradwalk.operators import functions
from gradwalk.ops import OPS
from gradwalk.source import MODULES as WRITTEN

__all__ = ["CONSTANTS", "MODULES", "OFFERED", "READABLE", "kinds", "parameters", "suggestion", "usage"]

MODULES = WRITTEN | {"math", "jnp"}  # what may stand in front of a function's name

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}

# Only what has a bound on its size; so nothing that makes or draws numbers out of nothing, and no in-place change.
OFFERED = frozenset(name for name in SIZES if name in functions)

# What may be read off a tensor without calling anything.
READABLE = ("T", "mT", "shape", "ndim")

# Other people's words -> the function that is meant.
ALIASES = {
    "σ": "sigmoid", "Σ": "sum", "ln": "log", "sqr": "square", "power": "pow", "average": "mean", "avg": "mean", "logistic": "sigmoid",
    "fabs": "abs", "total": "sum", "concat": "cat", "total_sum": "sum", "inverse": "reciprocal", "sgn": "sign",
}  # fmt: skip
RANDOM = {"dropout", "bernoulli", "multinomial", "normal", "rand", "randn", "randint", "randperm", "random", "uniform"}
CREATING = {
    "zeros",
    "ones",
    "full",
    "empty",
    "eye",
    "arange",
    "linspace",
    "logspace",
    "range",
    "tensor",
    "array",
    "as_tensor",
    "list",
}


def suggestion(name: str) -> str:
    """What to write instead of a function that isn't known."""
    if name in RANDOM:
        return "a formula has no random numbers, so that it gives the same each time; give the numbers as a value"
    if name in CREATING:
        return "write a list, [1, 2, 3], or give the numbers as a value"
    alias = ALIASES.get(name, "")
    if alias in OFFERED:
        return f"write {alias}(…)"
    near = get_close_matches(name, OFFERED, 1) or get_close_matches(name.lower(), OFFERED, 1)
    return (
        f"did you mean {near[0]}?" if near else "known are sigmoid, tanh, relu, exp, log, sqrt, sum, mean and many more"
    )


@lru_cache(maxsize=1024)
def parameters(name: str) -> tuple[inspect.Parameter, ...]:
    """The arguments of a function, in order."""
    found = inspect.signature(functions[name]).parameters.values()
    return tuple(p for p in found if p.kind is not p.VAR_KEYWORD and p.name != "inplace")


HIDDEN = {
    "_stacklevel",
    "dtype",
    "out",
    "axis",
    "keepdims",
    "size_average",
    "reduce",
    "output_size",
    "memory_format",
}  # taken, but not worth telling a beginner


def usage(name: str) -> str:
    """How a function is called: ``sum(x, dim=None, keepdim=False)``."""
    return f"{name}({', '.join(_argument(p) for p in parameters(name) if p.name not in HIDDEN)})"


def _argument(parameter: inspect.Parameter) -> str:
    star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
    return f"{star}{parameter.name}{default}"


# Arguments that take whole numbers as a tensor: positions and classes.
WHOLE = {"index", "indices"}
CLASSES = {
    ("cross_entropy", "target"), ("nll_loss", "target"), ("one_hot", "x"), ("one_hot", "input"), ("one_hot", "tensor"),
    ("embedding", "input"), ("bincount", "input"), ("bincount", "x"),
}  # fmt: skip
# Tensors by their names, where neither the op table nor the annotation says so.
TENSORS = {
    "input",
    "other",
    "exponent",
    "tensors",
    "operands",
    "bias",
    "src",
    "source",
    "mask",
    "weights",
    "a",
    "b",
    "x",
}


@lru_cache(maxsize=1024)
def kinds(name: str) -> Mapping[str, str]:
    """What each argument is: "tensor", "whole" (a tensor of whole numbers), "plain", or "either"."""
    return {parameter.name: _kind(name, parameter) for parameter in parameters(name)}


def _kind(name: str, parameter: inspect.Parameter) -> str:
    if (name, parameter.name) in CLASSES or parameter.name in WHOLE:
        return "whole"
    if name in ("max", "min") and parameter.name == "dim":
        return "either"  # max(a, b) is PyTorch's other spelling of maximum(a, b)
    inputs = OPS[name].inputs if name in OPS else ()
    if parameter.name in inputs or parameter.name in TENSORS or "Array" in str(parameter.annotation):
        return "tensor"
    return "plain"
