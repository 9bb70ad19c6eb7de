"""What NumPy can put into memory that is there, and by which function: ufuncs do it by themselves, some calls in disguise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradwalk.ops.conv import first_largest, largest, unwindow
from gradwalk.program.listing import Call, Cell

Written = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

# Python functions around the reduction of a ufunc.
REDUCTIONS: dict[Any, np.ufunc] = {np.sum: np.add, np.max: np.maximum, np.min: np.minimum}
# NumPy 2.4 writes only the first of their results into memory where those don't lie side by side.
SIDE_BY_SIDE = {np.isnan, np.isinf, np.isfinite, np.signbit}
# They make a new array, and take no ``out``.
FRESH = {np.pad, first_largest.forward, largest.forward, unwindow.forward, *SIDE_BY_SIDE}
RESHAPES = {np.ravel, np.reshape, np.ndarray.ravel, np.ndarray.reshape}
WHOLE = {size: np.dtype(f"i{size}") for size in (1, 2, 4, 8)}  # a number's bits, by how many bytes it has


def makes_new(call: Call) -> bool:
    """Whether a call's result is no part of what it reads, and can be put into memory that is there."""
    by_itself = isinstance(call.function, np.ufunc) or call.function in REDUCTIONS or call.function in FRESH
    return by_itself or kept_by(call) is not None


def overwriting(call: Call) -> bool:
    """Whether a call works entry by entry, so that it may write where it reads."""
    is_elementwise = isinstance(call.function, np.ufunc) and call.function.signature is None
    return is_elementwise or kept_by(call) is not None


def written(call: Call, into_memory: bool) -> Written:
    """How a call is made."""
    if call.function in REDUCTIONS and len(call.arguments) == 1:
        return REDUCTIONS[call.function].reduce, call.arguments, {"axis": None, **call.keywords}
    keep = kept_by(call) if into_memory else None
    return (keep, numbers_and_truths(call), {}) if keep else (call.function, call.arguments, call.keywords)


# --- other shapes ----------------------------------------------------------------------------------------------------


def is_copy(call: Call) -> bool:
    """Whether a call lays out the same entries anew, as no view has them in that shape."""
    x = call.arguments[0].value if call.function in RESHAPES else None
    return isinstance(x, np.ndarray) and not call.keywords and not np.may_share_memory(x, call.result.value)


def copied(x: Any, *, out: Any) -> Any:
    """The same entries in another shape."""
    np.copyto(out.reshape(x.shape), x)
    return out


# --- where(condition, x, 0) ------------------------------------------------------------------------------------------


def kept_by(call: Call) -> Callable[..., Any] | None:
    """The function that does what a call of ``np.where`` does, if that leaves numbers as they are or makes them 0."""
    if call.function is not np.where or len(call.arguments) != 3 or call.result.dtype.kind not in "fiu":
        return None
    condition, first, second = call.arguments
    kept, other = (second, first) if is_zero(first) else (first, second)
    fits = is_zero(other) and type(kept) is type(condition) is Cell and kept.dtype == call.result.dtype
    return (keep_false if kept is second else keep_true) if fits and condition.dtype == bool else None


def is_zero(x: Any) -> bool:
    """Whether something is the number 0 and not -0.0, whose bits aren't all 0."""
    return isinstance(x, int | float) and x == 0 and not np.signbit(x)


def numbers_and_truths(call: Call) -> tuple[Any, ...]:
    """What such a call reads."""
    condition, first, second = call.arguments
    return (second if is_zero(first) else first), condition


def keep_true(x: Any, condition: Any, out: Any) -> Any:
    """``where(condition, x, 0)``: a number's bits times 1 or 0, NaN as well, without a jump for each number."""
    whole = WHOLE[out.itemsize]
    np.multiply(x.view(whole), condition, out=out.view(whole))
    return out


def keep_false(x: Any, condition: Any, out: Any) -> Any:
    """``where(condition, 0, x)``."""
    return keep_true(x, np.logical_not(condition), out)
