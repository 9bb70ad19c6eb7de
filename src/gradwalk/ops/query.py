"""Where things are: positions of extremes and of sorted entries, picking entries out, and counting them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.formula import COMPARISON
from gradwalk.ops.arithmetic import where
from gradwalk.ops.declare import Array, case, composite, distinct, fixed, integers, normal, op, truths, values
from gradwalk.ops.index import gather, scatter_sum
from gradwalk.ops.shape import axes, shape_of, unsqueeze, widened

Dims = int | tuple[int, ...] | None


class ValuesAndIndices(NamedTuple):
    """Entries that were chosen, and where along the dimension they were."""

    values: Array
    indices: Array


def kept(shape: tuple[int, ...], dim: Dims) -> tuple[int, ...]:
    """The shape after a reduction with ``keepdim``: every reduced dimension is 1."""
    reduced = range(len(shape)) if dim is None else [d % max(len(shape), 1) for d in np.atleast_1d(dim)]
    return tuple(1 if i in reduced else size for i, size in enumerate(shape))


# --- picking entries out, and putting them back ----------------------------------------------------------------------


def beside(x: Array, shape: tuple[int, ...], dim: int) -> Array:
    """An index (or what belongs to it) for each slice along ``dim`` of a shape, with a dimension there if it has none."""
    wide = x if np.ndim(x) == len(shape) else np.expand_dims(x, dim)
    if kept(np.shape(wide), dim) != kept(shape, dim):
        raise ShapeError(
            f"picking along dimension {dim} of {shape} needs one index for each of {np.delete(shape, dim).tolist()}, "
            f"and the indices have shape {np.shape(x)}"
        )
    return wide


def unless_ignored(index: Array, x: Array, ignore: int | None) -> Array:
    """Numbers that belong to the entries of an index; 0 for those that are to be ignored."""
    return x if ignore is None else np.where(np.not_equal(index, ignore), x, 0)


def _undo_pick(g: Array, out: Array, x: Array, index: Array, *, dim: int, ignore: int | None) -> Array:
    return place(g, index, shape=x.shape, dim=dim, ignore=ignore)


@op(
    "pick({x}, {index}, dim={dim})",
    r"\operatorname{pick}_{{dim}}({x}, {index})",
    linear=True,
    method=False,
    vjp={"x": _undo_pick},
    cases=[
        case(normal(3, 4), fixed([1, 0, 3]), 1),
        case(normal(4), fixed(2), 0),
        case(normal(2, 3), fixed([[1, 0], [2, 1]]), -1),
        case(normal(3, 2), fixed([1, -1]), 0, -1),
    ],
)
def pick(x: Array, index: Array, *, dim: int, ignore: int | None = None) -> Array:
    """Pick entries along a dimension by their positions: one for each slice, or several different ones.

    ``index`` has the shape of ``x`` without ``dim`` (one entry each), or with another size there. Where it says
    ``ignore`` the result is 0.
    """
    if np.ndim(x) == 0:
        return x
    wide = beside(unless_ignored(index, index, ignore), np.shape(x), dim)
    found = gather(x, wide, dim=dim)
    return unless_ignored(index, found if np.ndim(index) == np.ndim(x) else np.squeeze(found, dim), ignore)


@op(
    "place({x}, {index}, dim={dim})",
    r"\operatorname{place}_{{dim}}({x}, {index})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, index, *, shape, dim, ignore: pick(g, index, dim=dim, ignore=ignore)},
    cases=[case(normal(3), fixed([1, 0, 3]), (3, 4), 1), case(normal(2), fixed([1, -1]), (3, 2), 0, -1)],
)
def place(x: Array, index: Array, *, shape: tuple[int, ...], dim: int, ignore: int | None = None) -> Array:
    """Undo a pick: add each number where it was picked; everywhere else is 0."""
    if not shape:
        return x
    wide = beside(unless_ignored(index, index, ignore), shape, dim)
    return scatter_sum(np.reshape(unless_ignored(index, x, ignore), np.shape(wide)), wide, dim=dim, shape=shape)


# --- positions of extremes -------------------------------------------------------------------------------------------


def _bind_position(
    input: Array, dim: int | None = None, keepdim: bool = False, *, axis: int | None = None, keepdims: bool = False
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (input,), {"dim": axis if dim is None else dim, "keepdim": keepdim or keepdims}


POSITIONED = [
    case(distinct(3, 4), smooth=False),
    case(distinct(3, 4), 0, smooth=False),
    case(distinct(2, 3, 4), -1, True, smooth=False),
    case(values([1.0, 3.0, 3.0]), 0, smooth=False),
    case(values([1.0, np.nan, 3.0]), smooth=False),
    case(1.5, smooth=False),
    case(distinct(3, 4), keepdim=True, smooth=False),
]


@op(
    "argmax({x}, dim={dim})",
    r"\operatorname{argmax}_{{dim}}({x})",
    numpy=np.argmax,
    bind=_bind_position,
    cases=POSITIONED,
)
def argmax(x: Array, *, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the largest entry is (the first of several)."""
    return np.argmax(x, axis=dim, keepdims=keepdim)


@op(
    "argmin({x}, dim={dim})",
    r"\operatorname{argmin}_{{dim}}({x})",
    numpy=np.argmin,
    bind=_bind_position,
    cases=POSITIONED,
)
def argmin(x: Array, *, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the smallest entry is (the first of several)."""
    return np.argmin(x, axis=dim, keepdims=keepdim)


def picked(input: Array, indices: Array, dim: int, keepdim: bool) -> ValuesAndIndices:
    """One entry of each slice, with its position."""
    found = pick(input, indices, dim=dim)
    if not keepdim or not input.ndim:
        return ValuesAndIndices(found, indices)
    return ValuesAndIndices(unsqueeze(found, dim=dim), unsqueeze(indices, dim=dim))


# --- sorting ---------------------------------------------------------------------------------------------------------

SORTED = [
    case(distinct(5)),
    case(distinct(3, 4), 0),
    case(distinct(3, 4), -1, True),
    case(distinct(2, 3, 4), dim=1, descending=True),
    case(values([2.0, np.nan, -1.0]), descending=True, smooth=False),
    case(fixed([3, 1, 2]), smooth=False),
    case(normal(0, 3)),
    case(1.5),
]


@op("argsort({x}, dim={dim})", r"\operatorname{argsort}_{{dim}}({x})", numpy=np.argsort, cases=SORTED)
def argsort(x: Array, *, dim: int = -1, descending: bool = False, stable: bool = False) -> Array:
    """The positions of the entries in order of size; equal ones keep their order."""
    if np.ndim(x) == 0:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    back = np.argsort(np.flip(x, dim), axis=dim, kind="stable")  # not of -x: unsigned numbers and truths have no sign
    return np.shape(x)[dim] - 1 - np.flip(back, dim)


@composite(method=True, grouped=False, cases=SORTED)
def sort(input: Array, dim: int = -1, descending: bool = False, stable: bool = False) -> ValuesAndIndices:
    """The entries in order of size, and where each of them was."""
    indices = argsort(input, dim=dim, descending=descending, stable=stable)
    return ValuesAndIndices(pick(input, indices, dim=dim), indices)


@op("top({x}, {k}, dim={dim})", r"\operatorname{top}_{{k}, {dim}}({x})", method=False)
def topk_positions(x: Array, *, k: int, dim: int = -1, largest: bool = True) -> Array:
    """The positions of the k largest (or smallest) entries, in order."""
    if np.ndim(x) == 0:
        return np.zeros((), np.int64)
    if not 0 <= k <= np.shape(x)[dim]:
        raise IndexError(f"k = {k}, and dimension {dim} has only {np.shape(x)[dim]} entries")
    return np.take(argsort.forward(x, dim=dim, descending=largest), np.arange(k), axis=dim)


@composite(
    method=True,
    grouped=False,
    cases=[
        case(distinct(6), 3),
        case(distinct(3, 4), 2, 0),
        case(distinct(3, 4), 1, dim=-1, largest=False),
        case(distinct(3, 4), 0),
        case(1.5, 1),
    ],
)
def topk(input: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesAndIndices:
    """The k largest (or smallest) entries, and where they were; always in order."""
    indices = topk_positions(input, k=k, dim=dim, largest=largest)
    return ValuesAndIndices(pick(input, indices, dim=dim), indices)


# --- medians ---------------------------------------------------------------------------------------------------------


@op("{a} = {b}", "{a} = {b}", binds=COMPARISON, method=False)
def equals(a: Array, b: Array) -> Array:
    """True where the two are equal, or both undefined: a NaN is its own extreme."""
    return np.equal(a, b) | (np.not_equal(a, a) & np.not_equal(b, b))


def shared_with_ties(g: Array, out: Array, x: Array) -> Array:
    """The gradient in equal shares for every entry that equals the result."""
    chosen = equals(x, out)
    return where(chosen, g / np.sum(chosen), 0)


@op("median({x})", r"\operatorname{median}({x})", method=False, vjp={"x": shared_with_ties})
def median_of_all(x: Array) -> Array:
    """The middle one of all entries (the lower one of two); NaN if one of them is, or there are none."""
    if np.any(np.isnan(x)) or not np.size(x):
        return np.asarray(x).dtype.type(np.nan)
    return np.sort(x, axis=None)[(np.size(x) - 1) // 2]


@op("argmedian({x}, dim={dim})", r"\operatorname{argmedian}_{{dim}}({x})", method=False)
def middle_position(x: Array, *, dim: int) -> Array:
    """Where the middle entry is; where the first NaN is, if there is one."""
    if np.ndim(x) == 0:
        return np.zeros((), np.int64)
    middle = np.take(np.argsort(x, axis=dim, kind="stable"), (np.shape(x)[dim] - 1) // 2, axis=dim)
    undefined = np.isnan(x)
    return np.where(np.any(undefined, axis=dim), np.argmax(undefined, axis=dim), middle)


@composite(
    method=True,
    grouped=False,
    cases=[
        case(distinct(5)),
        case(distinct(3, 4)),
        case(values([2.0, 1.0, 2.0, 5.0, 2.0]), smooth=False),
        case(values([2.0, np.nan, 2.0]), smooth=False),
        case(normal(0, 3)),
        case(distinct(3, 4), 0),
        case(distinct(3, 5), -1, True),
        case(values([[1.0, np.nan, 0.0], [3.0, 1.0, 2.0]]), 1, smooth=False),
    ],
)
def median(input: Array, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle entry (the lower of two): of everything, or along a dimension with its position."""
    if dim is None:
        return median_of_all(input)
    return picked(input, middle_position(input, dim=dim), dim, keepdim)


# --- running extremes ------------------------------------------------------------------------------------------------


@op("argcummax({x}, dim={dim})", r"\operatorname{argcummax}_{{dim}}({x})", method=False)
def running_position(x: Array, *, dim: int, smallest: bool = False) -> Array:
    """Where the largest (or smallest) entry so far is; the latest one of several, and NaN above all."""
    if np.ndim(x) == 0:
        return np.zeros((), np.int64)
    entries = np.moveaxis(x, dim, 0)
    found = np.zeros(entries.shape, np.int64)
    beats = np.less_equal if smallest else np.greater_equal
    for i in range(1, len(entries)):
        best = np.take_along_axis(entries, found[i - 1 : i], 0)[0]
        found[i] = np.where(np.isnan(entries[i]) | beats(entries[i], best), i, found[i - 1])
    return np.moveaxis(found, 0, dim)


RUNNING = [
    case(distinct(3, 4), 0),
    case(distinct(5), -1),
    case(values([1.0, 3.0, 3.0, 2.0]), 0, smooth=False),
    case(1.5, 0),
]


@composite(method=True, grouped=False, cases=RUNNING)
def cummax(input: Array, dim: int) -> ValuesAndIndices:
    """The largest entry so far, at each place along a dimension, and where it is."""
    indices = running_position(input, dim=dim)
    return ValuesAndIndices(pick(input, indices, dim=dim), indices)


@composite(method=True, grouped=False, cases=RUNNING)
def cummin(input: Array, dim: int) -> ValuesAndIndices:
    """The smallest entry so far, at each place along a dimension, and where it is."""
    indices = running_position(input, dim=dim, smallest=True)
    return ValuesAndIndices(pick(input, indices, dim=dim), indices)


# --- facts about many entries ----------------------------------------------------------------------------------------


def dims(dim: Any, x: Array) -> Dims:
    """Dimensions to reduce over, however they were given; none of them means all of them."""
    if dim is None or (isinstance(dim, tuple | list) and len(dim) == 0):
        return None
    found = tuple(int(d) for d in dim) if isinstance(dim, tuple | list) else int(dim)
    if not shape_of(x) and set(axes(found, 0)) == {
        0
    }:  # a single number may be reduced along its only dimension, 0 or −1
        return None
    return found


def _bind_fact(
    input: Array, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (input,), {"dim": dims(axis if dim is None else dim, input), "keepdim": keepdim or keepdims}


FACTS = [
    case(truths(3, 4), smooth=False),
    case(truths(3, 4), 0, smooth=False),
    case(integers(0, 2, 2, 3, 4), dim=(0, -1), keepdim=True, smooth=False),
    case(truths(0, 3), 0, smooth=False),
    case(values([0.0, np.nan]), smooth=False),
]


@op("any({x}, dim={dim})", r"\operatorname{any}_{{dim}}({x})", numpy=np.any, bind=_bind_fact, cases=FACTS)
def any_(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """True where at least one entry is true (not zero)."""
    return np.any(x, axis=dim, keepdims=keepdim)


@op("all({x}, dim={dim})", r"\operatorname{all}_{{dim}}({x})", numpy=np.all, bind=_bind_fact, cases=FACTS)
def all_(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """True where every entry is true (not zero)."""
    return np.all(x, axis=dim, keepdims=keepdim)


def _bind_count(input: Array, dim: Any = None, *, axis: Any = None) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (input,), {"dim": dims(axis if dim is None else dim, input)}


@op(
    "count_nonzero({x}, dim={dim})",
    r"\operatorname{count}_{{dim}}({x} \ne 0)",
    numpy=np.count_nonzero,
    bind=_bind_count,
    cases=[
        case(truths(3, 4), smooth=False),
        case(integers(0, 3, 3, 4), 0, smooth=False),
        case(integers(0, 3, 2, 3, 4), (0, 2), smooth=False),
    ],
)
def count_nonzero(x: Array, *, dim: Dims = None) -> Array:
    """How many entries are not zero."""
    return np.asarray(np.count_nonzero(x, axis=dim), np.int64)


@op("unique({x})", r"\operatorname{unique}({x})", method=False)
def unique_parts(x: Array, *, dim: int | None = None) -> tuple[Array, Array, Array]:
    """The different entries in order; for each entry, which of them it is; and how often each occurs."""
    found, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=dim)
    return found, np.reshape(inverse, np.shape(x) if dim is None else -1), counts


@composite(
    method=True,
    grouped=False,
    cases=[
        case(integers(0, 4, 3, 4), smooth=False),
        case(fixed([2, 1, 2]), return_inverse=True, return_counts=True, smooth=False),
        case(fixed([[1, 2], [1, 2], [0, 5]]), return_counts=True, dim=0, smooth=False),
        case(integers(0, 4, 3, 4), return_inverse=True, smooth=False),
    ],
)
def unique(
    input: Array, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different entries in order; if asked, also which one each entry is, and how often each occurs."""
    found, inverse, counts = unique_parts(input, dim=dim)
    wanted = [found] + [inverse] * return_inverse + [counts] * return_counts
    return tuple(wanted) if len(wanted) > 1 else found


def restored(g: Array, shape: tuple[int, ...], dim: Dims) -> Array:
    """A reduction's result or gradient, arranged so that it meets the entries it came from by broadcasting."""
    full = kept(shape, dim)
    if full[len(full) - g.ndim :] == g.shape:
        return g
    reduced = set(axes(dim, len(shape)))
    first = min(i for i in range(len(shape)) if i not in reduced)  # in front, broadcasting puts dimensions in by itself
    return widened(g, index=tuple(None if i in reduced else slice(None) for i in range(first, max(reduced) + 1)))
