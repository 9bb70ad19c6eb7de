"""Sums, means, products and extremes over dimensions, and how they are undone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradwalk.formula import NUMPY_HEADS
from gradwalk.ops.arithmetic import cast, no_slope, pow_constant, where
from gradwalk.ops.bounds import maximum, minimum
from gradwalk.ops.declare import Array, binder, case, composite, distinct, fixed, integers, normal, op, truths, values
from gradwalk.ops.elementwise import sign
from gradwalk.ops.query import Dims, argmax, argmin, dims, kept, picked, restored, shared_with_ties
from gradwalk.ops.shape import reshape

Bound = tuple[tuple[Any, ...], dict[str, Any]]

REDUCED = [
    case(normal(3, 4)),
    case(normal(3, 4), 0),
    case(normal(3, 4), -1, True),
    case(normal(2, 3, 4), (0, 2)),
    case(normal(2, 3, 4), dim=(-1, 0), keepdim=True),
    case(normal(2, 3), axis=1),
    case(normal(0, 3), 0),
    case(1.5),
    case(1.5, 0),
    case(1.5, (-1,), True),
]
TYPED = [
    case(integers(-3, 4, 3, 4), 0, dtype=np.dtype("int32"), smooth=False),
    case(integers(-3, 4, 3, 4), dtype=np.dtype("float32"), smooth=False),
    case(truths(3), dtype=np.dtype("bool"), smooth=False),
]
WHOLE = [
    case(truths(3, 4), smooth=False),
    case(integers(-3, 4, 3, 4), 0, smooth=False),
    case(fixed(np.array([200, 100], np.uint8)), smooth=False),
]


def bind_reduction(
    input: Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, axis: Any = None, keepdims: bool = False
) -> Bound:
    """PyTorch's arguments of a reduction, or NumPy's."""
    x = input if dtype is None else cast(input, dtype=np.dtype(dtype))
    return (x,), {"dim": dims(axis if dim is None else dim, x), "keepdim": keepdim or keepdims}


def bind_total(
    input: Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, axis: Any = None, keepdims: bool = False
) -> Bound:
    """The same, for sums and products, which are counted in the type that was asked for."""
    inputs, params = bind_reduction(input, dim, keepdim, dtype=dtype, axis=axis, keepdims=keepdims)
    return inputs, {**params, "dtype": None if dtype is None else np.dtype(dtype)}


def _sum_again(g: Array, out: Array, x: Array, *, shape: tuple[int, ...], dim: Dims) -> Array:
    return sum_(g, dim=dim, keepdim=x.ndim == len(shape) > 0)


@op(
    "spread({x} → {shape}, dim={dim})",
    r"\operatorname{spread}_{{dim}}({x} \to {shape})",
    linear=True,
    view=True,
    method=False,
    vjp={"x": _sum_again},
    cases=[
        case(normal(3), shape=(3, 4), dim=1),
        case(normal(3, 1), shape=(3, 4), dim=-1),
        case(normal(3), shape=(2, 3, 4), dim=(0, -1)),
        case(2.0, shape=(2, 3)),
        case(2.0, shape=()),
        case(normal(3), shape=(0, 3), dim=0),
    ],
)
def undo_sum(x: Array, *, shape: tuple[int, ...], dim: Dims = None) -> Array:
    """Undo a sum: hand the same gradient to every entry that was summed."""
    return np.broadcast_to(x if dim is None else np.reshape(x, kept(shape, dim)), shape)


def handed_out(g: Array, shape: tuple[int, ...], dim: Dims) -> Array:
    """The gradient for every entry that was summed; for a single number, the gradient itself."""
    return undo_sum(g, shape=shape, dim=dim) if shape else g


def count(shape: tuple[int, ...], dim: Dims) -> int:
    """How many entries go into each result of a reduction."""
    return math.prod(size for size, left in zip(shape, kept(shape, dim), strict=True) if left == 1)


def counted_in(x: Array) -> Any:
    """The type that sums and products are counted in: int64 for truths and whole numbers, as in PyTorch."""
    dtype = x.dtype
    return np.int64 if dtype.kind in "bui" else dtype


# --- sums and means --------------------------------------------------------------------------------------------------


@op(
    "Σ({x}, dim={dim})",
    r"\sum_{{dim}} {x}",
    linear=True,
    numpy=np.sum,
    bind=bind_total,
    vjp={"x": lambda g, out, x, *, dim, keepdim, dtype=None: handed_out(g, x.shape, dim)},
    cases=[*REDUCED, *WHOLE, *TYPED],
)
def sum_(x: Array, *, dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """Add up entries, all of them or along some dimensions."""
    return np.sum(x, axis=dim, keepdims=keepdim, dtype=dtype or counted_in(x))


@op(
    "mean({x}, dim={dim})",
    r"\operatorname{mean}_{{dim}}({x})",
    linear=True,
    numpy=np.mean,
    bind=bind_reduction,
    vjp={"x": lambda g, out, x, *, dim, keepdim: handed_out(g / count(x.shape, dim), x.shape, dim) if x.ndim else g},
    cases=REDUCED,
)
def mean(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """Average entries: each gets an equal share of the gradient."""
    if x.dtype.kind not in "fc":
        raise TypeError("a mean of whole numbers is rarely whole; convert them first (x.double())")
    return np.sum(x, axis=dim, keepdims=keepdim) / count(np.shape(x), dim)


# --- spread around the mean ------------------------------------------------------------------------------------------


def _bind_spread(
    input: Array,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Bound:
    if isinstance(dim, bool):  # x.var(False) says unbiased, not a dimension
        dim, unbiased = None, dim
    if correction is None:
        correction = 0 if unbiased is False else 1
    return (input,), {
        "dim": dims(axis if dim is None else dim, input),
        "correction": correction,
        "keepdim": keepdim or keepdims,
    }


def _freedom(shape: tuple[int, ...], dim: Dims, correction: float) -> float:
    """What a sum of squared deviations is divided by: the number of entries, less the correction."""
    return max(count(shape, dim) - correction, 0)


def _var_rule(g: Array, out: Array, x: Array, *, dim: Dims, correction: float, keepdim: bool) -> Array:
    upstream = restored(g, x.shape, dim)
    return 2 * upstream * (x - mean(x, dim=dim, keepdim=True)) / _freedom(x.shape, dim, correction)


def _std_rule(g: Array, out: Array, x: Array, *, dim: Dims, correction: float, keepdim: bool) -> Array:
    share = restored(where(out == 0, 0, g / out), x.shape, dim)
    return share * (x - mean(x, dim=dim, keepdim=True)) / _freedom(x.shape, dim, correction)


SPREADS = [
    case(normal(3, 4)),
    case(normal(3, 4), 0),
    case(normal(3, 4), -1, True, True),
    case(normal(3, 4), False),
    case(normal(3, 4), 1, unbiased=False),
    case(normal(2, 3, 4), (0, 2), correction=0, keepdim=True),
    case(normal(5), correction=2),
    case(values([[3.0], [4.0]]), 1, smooth=False, twice=False),
    case(values([2.0, 2.0, 2.0]), smooth=False, twice=False),
]


@op("var({x}, dim={dim})", r"\operatorname{var}_{{dim}}({x})", bind=_bind_spread, vjp={"x": _var_rule}, cases=SPREADS)
def var(x: Array, *, dim: Dims = None, correction: float = 1, keepdim: bool = False) -> Array:
    """The mean squared distance from the mean, with n − 1 in place of n (``correction=0`` for n)."""
    centred = x - np.sum(x, axis=dim, keepdims=True) / count(np.shape(x), dim)
    return np.sum(centred * centred, axis=dim, keepdims=keepdim) / _freedom(np.shape(x), dim, correction)


@op("std({x}, dim={dim})", r"\operatorname{std}_{{dim}}({x})", bind=_bind_spread, vjp={"x": _std_rule}, cases=SPREADS)
def std(x: Array, *, dim: Dims = None, correction: float = 1, keepdim: bool = False) -> Array:
    """The typical distance from the mean: the square root of the variance; where it is 0 the slope counts as 0."""
    return np.sqrt(var.forward(x, dim=dim, correction=correction, keepdim=keepdim))


def _numpy_spread(made: Any) -> Any:
    """NumPy's var and std divide by n, PyTorch's by n − 1: each keeps its own meaning."""

    def adapt(a: Array, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
        return made, *binder(made)(a, axis, correction=ddof, keepdim=keepdims)

    return adapt


NUMPY_HEADS[np.var], NUMPY_HEADS[np.std] = _numpy_spread(var), _numpy_spread(std)


def _spread_with_mean(spread_op: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Array, Array]:
    (x,), params = binder(spread_op)(*arguments, **keywords)
    return spread_op(x, **params), mean(x, dim=params["dim"], keepdim=params["keepdim"])


@composite(method=False, grouped=False, cases=SPREADS[:6])
def var_mean(*arguments: Any, **keywords: Any) -> tuple[Array, Array]:
    """The variance and the mean together."""
    return _spread_with_mean(var, arguments, keywords)


@composite(method=False, grouped=False, cases=SPREADS[:6])
def std_mean(*arguments: Any, **keywords: Any) -> tuple[Array, Array]:
    """The standard deviation and the mean together."""
    return _spread_with_mean(std, arguments, keywords)


# --- extremes --------------------------------------------------------------------------------------------------------


def _extreme_rule(g: Array, out: Array, x: Array, *, dim: Dims, keepdim: bool) -> Array:
    """The gradient goes to the extreme entry; several equal ones share it."""
    chosen = x == restored(out, x.shape, dim)
    return where(chosen, restored(g, x.shape, dim), 0) / sum_(chosen, dim=dim, keepdim=True)


EXTREMES = [
    case(distinct(3, 4)),
    case(distinct(3, 4), 0),
    case(distinct(2, 3, 4), dim=(0, -1), keepdim=True),
    case(values([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), 1, smooth=False),
    case(values([[1.0, np.nan], [2.0, 1.0]]), 1, smooth=False, twice=False),
    case(fixed([3, 1, 2]), smooth=False),
    case(1.5),
    case(1.5, (0,)),
]


WHOLE_EXTREMES = [
    case(distinct(3, 4)),
    case(values([1.0, 3.0, 3.0]), smooth=False),
    case(values([1.0, np.nan, np.nan]), smooth=False),
    case(1.5),
]


@op(
    "max({x}, dim={dim})",
    r"\max_{{dim}} {x}",
    numpy=(np.max, np.amax),
    bind=bind_reduction,
    vjp={"x": _extreme_rule},
    cases=EXTREMES,
)
def amax(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """The largest entry; equal largest ones share the gradient."""
    return np.max(x, axis=dim, keepdims=keepdim)


@op(
    "min({x}, dim={dim})",
    r"\min_{{dim}} {x}",
    numpy=(np.min, np.amin),
    bind=bind_reduction,
    vjp={"x": _extreme_rule},
    cases=EXTREMES,
)
def amin(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """The smallest entry; equal smallest ones share the gradient."""
    return np.min(x, axis=dim, keepdims=keepdim)


@op("max({x})", r"\max {x}", method=False, vjp={"x": shared_with_ties}, cases=WHOLE_EXTREMES)
def max_of_all(x: Array) -> Array:
    """The largest of all entries; equal ones share the gradient, and a NaN is larger than any number."""
    return np.max(x)


@op("min({x})", r"\min {x}", method=False, vjp={"x": shared_with_ties}, cases=WHOLE_EXTREMES)
def min_of_all(x: Array) -> Array:
    """The smallest of all entries; equal ones share the gradient, and a NaN is smaller than any number."""
    return np.min(x)


def _extreme(input: Array, dim: Any, keepdim: bool, overall: Any, position: Any, of_two: Any) -> Any:
    """The three forms of max and min: of everything, along a dimension with its positions, of two tensors."""
    if dim is None:
        return overall(input)
    if hasattr(dim, "shape") and not isinstance(dim, np.integer):
        return of_two(input, dim)
    return picked(input, position(input, dim=int(dim)), int(dim), keepdim)


EXTREME_FORMS = [
    case(distinct(3, 4)),
    case(distinct(3, 4), 0),
    case(distinct(2, 3, 4), -1, True),
    case(distinct(2, 3, 4), dim=1, keepdim=False),
    case(values([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), 1, smooth=False),
    case(values([1.0, 3.0, 3.0]), smooth=False),
    case(values([1.0, np.nan, 3.0]), 0, smooth=False),
    case(values([1.0, np.nan, 3.0]), smooth=False),
    case(normal(3, 4), normal(4)),
    case(1.5, 0),
    case(1.5, -1, True),
    case(normal(0, 3), 1),
]


@composite(method=True, grouped=False, cases=EXTREME_FORMS)
def max_(
    input: Array,
    dim: Any = None,
    keepdim: bool = False,
    *,
    other: Array = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Any:
    """The largest entry; with ``dim`` also where it is; with another tensor, the larger of the two."""
    given = next((x for x in (dim, axis, other) if x is not None), None)
    return _extreme(input, given, keepdim or keepdims, max_of_all, argmax, maximum)


@composite(method=True, grouped=False, cases=EXTREME_FORMS)
def min_(
    input: Array,
    dim: Any = None,
    keepdim: bool = False,
    *,
    other: Array = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Any:
    """The smallest entry; with ``dim`` also where it is; with another tensor, the smaller of the two."""
    given = next((x for x in (dim, axis, other) if x is not None), None)
    return _extreme(input, given, keepdim or keepdims, min_of_all, argmin, minimum)


# --- running sums and products ---------------------------------------------------------------------------------------


def _bind_running(input: Array, dim: Any = None, *, dtype: Any = None, axis: Any = None) -> Bound:
    dim = axis if dim is None else dim
    if dim is None and input.ndim > 1:
        raise TypeError(f"which dimension of {tuple(input.shape)} shall it run along? Give dim=0, for example")
    x = input if dtype is None else cast(input, dtype=np.dtype(dtype))
    return (x,), {"dim": int(dim or 0), "dtype": None if dtype is None else np.dtype(dtype)}


def accumulated(ufunc: np.ufunc, x: Array, dim: int, dtype: Any = None) -> Array:
    """A running sum or product; a single number is its own."""
    return ufunc.accumulate(x, axis=dim, dtype=dtype) if np.ndim(x) else np.asarray(x, dtype)


RUNNING = [
    case(normal(5), 0),
    case(normal(3, 4), -1),
    case(normal(2, 3, 4), dim=1),
    case(normal(0, 3), 0),
    case(1.5, 0),
    case(integers(0, 4, 3, 2), 0, smooth=False),
    TYPED[0],
]


def _undo_cumsum(g: Array, out: Array, x: Array, *, dim: int, dtype: Any = None) -> Array:
    return cumsum_from_end(g, dim=dim)


@op(
    "cumsum({x}, dim={dim})",
    r"\operatorname{cumsum}_{{dim}}({x})",
    linear=True,
    numpy=np.cumsum,
    bind=_bind_running,
    vjp={"x": _undo_cumsum},
    cases=RUNNING,
)
def cumsum(x: Array, *, dim: int, dtype: Any = None) -> Array:
    """The sum so far, at each place along a dimension: a number's gradient is the sum of all from its place on."""
    return accumulated(np.add, x, dim, dtype or counted_in(x))


@op(
    "cumsum_from_end({x}, dim={dim})",
    r"\operatorname{cumsum}_{{dim}}^{\mathrm{rev}}({x})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, dim: cumsum(g, dim=dim)},
    cases=[case(normal(3, 4), 1)],
)
def cumsum_from_end(x: Array, *, dim: int) -> Array:
    """The sum of everything from each place to the end."""
    return (
        np.ascontiguousarray(np.flip(accumulated(np.add, np.flip(x, dim), dim), dim)) if np.ndim(x) else np.asarray(x)
    )


def _undo_shift(g: Array, out: Array, x: Array, *, by: int, dim: int, fill: int) -> Array:
    return shift(g, by=-by, dim=dim, fill=0)


@op(
    "shift({x}, {by}, fill={fill})",
    r"\operatorname{shift}_{{by}, {fill}}({x})",
    method=False,
    vjp={"x": _undo_shift},
    cases=[case(normal(3, 4), 1, 0, 1), case(normal(3, 4), -1, 1, 0)],
)
def shift(x: Array, *, by: int, dim: int, fill: int) -> Array:
    """Move every entry one place on (or back); ``fill`` comes in where one is missing."""
    moved = np.roll(x, by, dim)
    np.moveaxis(moved, dim, 0)[slice(0, 1) if by > 0 else slice(-1, None)] = fill
    return moved


def _into_added(g: Array, out: Array, factor: Array, added: Array, *, dim: int, step: int) -> Array:
    """What reaches an entry through every later one: the same recurrence, run the other way."""
    return recurrence(shift(factor, by=-step, dim=dim, fill=0), g, dim=dim, step=-step)


def _into_factor(g: Array, out: Array, factor: Array, added: Array, *, dim: int, step: int) -> Array:
    return _into_added(g, out, factor, added, dim=dim, step=step) * shift(out, by=step, dim=dim, fill=0)


@op(
    "recurrence({factor}, {added})",
    r"\operatorname{recurrence}({factor}, {added})",
    method=False,
    vjp={"factor": _into_factor, "added": _into_added},
    cases=[
        case(normal(4), normal(4), 0, 1),
        case(normal(3, 4), normal(3, 4), -1, -1),
        case(values([2.0, 0.0, 3.0]), normal(3), 0, -1),
    ],
)
def recurrence(factor: Array, added: Array, *, dim: int, step: int) -> Array:
    """Each result is ``added + factor · (the result before)``: forward with step 1, from the end with step −1."""
    result = np.array(added)
    results, factors = np.moveaxis(result, dim, 0)[::step], np.moveaxis(factor, dim, 0)[::step]
    for i in range(1, len(results)):
        results[i] += factors[i] * results[i - 1]
    return result


def _cumprod_rule(g: Array, out: Array, x: Array, *, dim: int, dtype: Any = None) -> Array:
    """The product of what came before, times the sum over later results of g times the factors in between.

    Nothing is divided by ``x``, so that zeros are exact.
    """
    if not x.ndim:
        return g
    return shift(out, by=1, dim=dim, fill=1) * recurrence(shift(x, by=-1, dim=dim, fill=0), g, dim=dim, step=-1)


ZEROS = [
    case(values([2.0, 0.0, -3.0, 4.0]), 0),
    case(values([[2.0, 0.0, 0.0], [0.0, 3.0, 4.0]]), 1),
    case(values([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]]), -1),
]


@op(
    "cumprod({x}, dim={dim})",
    r"\operatorname{cumprod}_{{dim}}({x})",
    numpy=np.cumprod,
    bind=_bind_running,
    vjp={"x": _cumprod_rule},
    cases=[*RUNNING, *ZEROS],
)
def cumprod(x: Array, *, dim: int, dtype: Any = None) -> Array:
    """The product so far, at each place along a dimension."""
    return accumulated(np.multiply, x, dim, dtype or counted_in(x))


# --- products --------------------------------------------------------------------------------------------------------


def _before(x: Array) -> Array:
    """For each entry of the last dimension, the product of those before it."""
    return shift(cumprod(x, dim=-1), by=1, dim=-1, fill=1)


def _after(x: Array) -> Array:
    """For each entry of the last dimension, the product of those after it: with 0 · (result) + 1 at the end."""
    last = shift(x * 0, by=-1, dim=-1, fill=1)
    return recurrence(shift(x, by=-1, dim=-1, fill=0), last, dim=-1, step=-1)


def _in_one_row(x: Array, dim: int | None) -> Array:
    """The dimension that is multiplied along, put last; without one, all entries in one row."""
    return reshape(x, shape=(math.prod(x.shape),)) if dim is None else moved(x, source=dim, to=-1)


def _put_back(x: Array, shape: tuple[int, ...], dim: int | None) -> Array:
    return reshape(x, shape=shape) if dim is None else moved(x, source=-1, to=dim)


def _others_rule(g: Array, out: Array, x: Array, *, dim: int | None) -> Array:
    """Before and after each entry stands a product; each is a recurrence, and knows its own gradient."""
    if dim is None or dim % x.ndim != x.ndim - 1:
        return _put_back(_others_rule(_in_one_row(g, dim), out, _in_one_row(x, dim), dim=-1), x.shape, dim)
    before, after = _before(x), _after(x)
    into_before = recurrence(shift(x, by=-1, dim=-1, fill=0), shift(g * after, by=-1, dim=-1, fill=0), dim=-1, step=-1)
    into_after = recurrence(x, g * before, dim=-1, step=1)
    return before * into_before + shift(into_after, by=1, dim=-1, fill=0) * after


@op(
    "Π(others of {x}, dim={dim})",
    r"\prod_{{dim}}^{\text{others}} {x}",
    method=False,
    vjp={"x": _others_rule},
    cases=[
        case(normal(2, 4), dim=-1),
        case(normal(2, 3, 2), dim=1),
        case(normal(2, 3), dim=None),
        case(normal(1), dim=0),
        case(normal(0), dim=0),
        case(values([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [2.0, 3.0, 0.0]]), dim=1),
    ],
)
def product_of_others(x: Array, *, dim: int | None) -> Array:
    """For each entry, the product of all the others along a dimension: exact where entries are zero."""
    row = _in_one_row(x, dim)
    ones = np.ones_like(row[..., :1])
    before = np.cumprod(np.concatenate([ones, row[..., :-1]], -1), -1)
    after = np.flip(np.cumprod(np.concatenate([ones, np.flip(row[..., 1:], -1)], -1), -1), -1)
    return _put_back((before * after)[..., : row.shape[-1]], np.shape(x), dim)


def _undo_move(g: Array, out: Array, x: Array, *, source: int, to: int) -> Array:
    return moved(g, source=to, to=source)


@op(
    "move({x}, {source}, {to})",
    r"\operatorname{move}_{{source}, {to}}({x})",
    linear=True,
    view=True,
    method=False,
    vjp={"x": _undo_move},
    cases=[case(normal(2, 3, 4), 0, -1)],
)
def moved(x: Array, *, source: int, to: int) -> Array:
    """Move one dimension to another place among them."""
    return np.moveaxis(x, source, to)


@op(
    "Π({x}, dim={dim})",
    r"\prod_{{dim}} {x}",
    numpy=np.prod,
    bind=bind_total,
    vjp={
        "x": lambda g, out, x, *, dim, keepdim, dtype=None: (
            restored(g, x.shape, dim) * product_of_others(x, dim=dim) if x.ndim else g
        )
    },
    cases=[
        case(normal(2, 3)),
        case(normal(2, 3, 2), 0),
        case(normal(2, 3), -1, True),
        *ZEROS,
        case(values([2.0, 0.0, 5.0])),
        case(values([0.0, 0.0, 5.0])),
        case(normal(0, 3), 0),
        case(1.5),
        case(integers(1, 4, 3, 2), 0, smooth=False),
        TYPED[0],
    ],
)
def prod(x: Array, *, dim: int | None = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """Multiply entries: the slope for one is the product of all the others."""
    return np.prod(x, axis=dim, keepdims=keepdim, dtype=dtype or counted_in(x))


# --- log-sum-exp and norms -------------------------------------------------------------------------------------------


def finite_max(x: Array, dim: Dims) -> Array:
    """The largest entry, to be subtracted before exp; 0 where it is infinite, because ∞ − ∞ is not a number."""
    top = np.max(x, axis=dim, keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(top), top, 0).astype(x.dtype)


@op(
    "logsumexp({x}, dim={dim})",
    r"\ln \sum_{{dim}} e^{{x}}",
    floating=True,
    bind=bind_reduction,
    vjp={"x": lambda g, out, x, *, dim, keepdim: restored(g, x.shape, dim) * np.exp(x - restored(out, x.shape, dim))},
    cases=[
        case(normal(3, 4), 1),
        case(normal(2, 3, 4), (0, 2), True),
        case(values([1000.0, 1000.5, -2000.0]), 0, smooth=False),
        case(values([-np.inf, 0.0]), 0, smooth=False),
        case(1.5, 0),
        case(1.5, (0,), True),
    ],
)
def logsumexp(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """The logarithm of a sum of exponentials, a soft maximum: its slope is the softmax."""
    top = finite_max(np.asarray(x), dim)
    found = np.log(np.sum(np.exp(x - top), axis=dim, keepdims=True)) + top
    return found if keepdim else np.reshape(found, np.shape(np.sum(x, axis=dim)))


def _bind_norm(
    input: Array,
    p: Any = "fro",
    dim: Any = None,
    keepdim: bool = False,
    out: None = None,
    dtype: Any = None,
    *,
    axis: Any = None,
    keepdims: bool = False,
) -> Bound:
    if out is not None:
        raise TypeError("norm(…, out=…) would overwrite a recorded value; assign the result instead")
    inputs, params = bind_reduction(input, dim, keepdim, dtype=dtype, axis=axis, keepdims=keepdims)
    if isinstance(p, str) and p != "fro":
        raise NotImplementedError(
            f"norm: p = {p!r} isn't offered; give a number, inf or 'fro' (the root of the sum of squares)"
        )
    return inputs, {"p": 2 if p in ("fro", None) else p, **params}


def _norm_rule(g: Array, out: Array, x: Array, *, p: float, dim: Dims, keepdim: bool) -> Array:
    if p == 2:
        return x * restored(where(out == 0, 0, g / out), x.shape, dim)
    g, out = restored(g, x.shape, dim), restored(out, x.shape, dim)
    if p == 1:
        return g * sign(x)
    if p == 0:
        return no_slope(x)
    if math.isinf(p):
        chosen = np.abs(x) == out
        return where(chosen, g * sign(x) / sum_(chosen, dim=dim, keepdim=True), 0)
    slope = sign(x) * pow_constant(np.abs(x) / out, exponent=p - 1)
    return where((x == 0) | (out == 0), 0, g * slope)


@op(
    "norm({x}, p={p}, dim={dim})",
    r"\lVert {{x}} \rVert_{{p}}",
    floating=True,
    bind=_bind_norm,
    vjp={"x": _norm_rule},
    cases=[
        case(normal(3, 4)),
        case(normal(3, 4), 2, 1),
        case(normal(3, 4), p=1, dim=0, keepdim=True),
        case(distinct(3, 4), p=math.inf, dim=-1),
        case(distinct(3, 4), p=-math.inf, dim=0),
        case(normal(2, 3, 4), 3, (0, 2)),
        case(normal(4), p=1.5),
        case(values([0.0, 0.0]), smooth=False, twice=False),
        case(values([0.0, 0.0]), 1, smooth=False),
        case(values([2.0, -2.0, 1.0]), p=math.inf, smooth=False),
        case(values([[0.0, 3.0], [0.0, 0.0]]), 3, 1, smooth=False, twice=False),
        case(normal(3, 4), "fro"),
        case(values([np.nan, 2.0]), 1, smooth=False),
        case(normal(3), -1),
        case(1.5, 3, 0),
        case(-1.5),
    ],
)
def norm(x: Array, *, p: float = 2, dim: Dims = None, keepdim: bool = False) -> Array:
    """The length of a vector: (Σ|x|ᵖ)^(1/p); the slope points along the vector, and counts as 0 at the origin."""
    sizes = np.abs(x)
    if p == 0:
        return np.sum(sizes != 0, axis=dim, keepdims=keepdim).astype(sizes.dtype)
    if math.isinf(p):
        return (np.max if p > 0 else np.min)(sizes, axis=dim, keepdims=keepdim)
    if p == 2:
        return np.sqrt(np.sum(sizes * sizes, axis=dim, keepdims=keepdim))
    return np.sum(sizes**p, axis=dim, keepdims=keepdim) ** (1 / p)
