"""Joining, splitting, repeating and padding."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import pairwise
from math import ceil, prod
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.ops.declare import Array, case, composite, fixed, normal, op, shapes
from gradwalk.ops.index import along, getitem, index_sum, put_at, shapes_agree
from gradwalk.ops.shape import Bound, Shape, axis, extent, reshape, shape_of, sizes, spread

# --- joining ---------------------------------------------------------------------------------------------------------


def common_dtype(xs: tuple[Array, ...]) -> Any:
    """The type of a joint array: floats decide where there are any, as in PyTorch."""
    dtypes = [np.asarray(x).dtype for x in xs]
    return np.result_type(*([dtype for dtype in dtypes if dtype.kind == "f"] or dtypes))


def given_tensors(name: str, tensors: Any) -> tuple[Array, ...]:
    """The tensors of a call that takes several as one tuple or list."""
    if not isinstance(tensors, tuple | list):
        raise TypeError(f"{name} takes its tensors together, as a list or tuple: {name}([a, b])")
    if not tensors:
        raise ValueError(f"{name} needs at least one tensor")
    return tuple(tensors)


def span(position: int, lengths: list[int]) -> slice:
    """Where the piece at one position lies when pieces of these lengths stand in a row."""
    start = sum(lengths[:position])
    return slice(start, start + lengths[position])


def _piece(g: Array, position: int, pieces: list[Shape], dim: int) -> Array:
    """One input's part of the upstream gradient of a joint."""
    return getitem(g, index=along(dim, span(position, [shape[dim] for shape in pieces]), g.ndim))


def _bind_cat(tensors: Any, dim: int = 0) -> Bound:
    xs = given_tensors("cat", tensors)
    ranks = {len(shape_of(x)) for x in xs}
    kept = tuple(x for x in xs if ranks == {1} or shape_of(x) != (0,))  # PyTorch lets an empty row join anything
    return kept, {"dim": dim}


JOINED = [
    case((normal(2, 3), normal(4, 3))),
    case((normal(2, 3), normal(2, 1), normal(2, 2)), 1),
    case((normal(2, 3), normal(2, 2)), dim=-1),
    case((normal(3), normal(0))),
    case([normal(2, 3)]),
    case((normal(2, 3), fixed([[1, 2, 3]]))),
]


@op(
    "cat({xs}, dim={dim})",
    r"\operatorname{cat}_{{dim}}({xs})",
    linear=True,
    method=False,
    bind=_bind_cat,
    vjp={"xs": lambda i, g, out, *xs, dim: _piece(g, i, shapes(xs), dim)},
    cases=JOINED,
)
def cat(*xs: Array, dim: int = 0) -> Array:
    """Join tensors end to end: each gets its own part of the gradient."""
    found = [np.shape(x) for x in xs]
    if () in found:
        raise ShapeError("cat: a single number has no dimension to be joined along; stack makes a new one")
    if not shapes_agree(found, axis(dim, len(found[0]))):
        raise ShapeError(
            f"cat: {' and '.join(map(str, found))} don't fit end to end: all sizes but that of dim {dim} must be equal"
        )
    return np.concatenate(xs, axis=dim, dtype=common_dtype(xs))


@composite(grouped=False, cases=JOINED[:1])
def concat(tensors: Any, dim: int = 0) -> Array:
    """Join tensors end to end (another name for cat)."""
    inputs, params = _bind_cat(tensors, dim)
    return cat(*inputs, **params)


@composite(grouped=False, cases=JOINED[1:2])
def concatenate(tensors: Any, dim: int = 0) -> Array:
    """Join tensors end to end (NumPy's name for cat)."""
    return concat(tensors, dim)


def _bind_stack(tensors: Any, dim: int = 0) -> Bound:
    return given_tensors("stack", tensors), {"dim": dim}


@op(
    "stack({xs}, dim={dim})",
    r"\operatorname{stack}_{{dim}}({xs})",
    linear=True,
    method=False,
    bind=_bind_stack,
    vjp={"xs": lambda i, g, out, *xs, dim: getitem(g, index=along(dim, i, g.ndim))},
    cases=[
        case((normal(2, 3), normal(2, 3))),
        case((normal(2, 3), normal(2, 3)), 1),
        case([normal(3), normal(3), normal(3)], dim=-1),
        case((normal(), normal())),
        case((normal(0, 2), normal(0, 2)), 2),
    ],
)
def stack(*xs: Array, dim: int = 0) -> Array:
    """Put tensors of one shape side by side along a new dimension."""
    found = {np.shape(x) for x in xs}
    if len(found) > 1:
        raise ShapeError(
            f"stack: all shapes must be equal, and these are {' and '.join(map(str, sorted(found)))}; cat joins different sizes"
        )
    return np.stack(xs, axis=axis(dim, np.ndim(xs[0]) + 1), dtype=common_dtype(xs))


def at_least(rank: int, x: Array) -> Array:
    """A tensor with sizes of 1 in front until it has enough dimensions."""
    return x if x.ndim >= rank else reshape(x, shape=(*[1] * (rank - x.ndim), *x.shape))


@composite(
    grouped=False, cases=[case((normal(3), normal(2))), case((normal(2, 3), normal(2, 1))), case([normal(), normal(2)])]
)
def hstack(tensors: Any) -> Array:
    """Join side by side: along the columns, or the one dimension there is."""
    xs = [at_least(1, x) for x in given_tensors("hstack", tensors)]
    return cat(*xs, dim=0 if xs[0].ndim == 1 else 1)


@composite(grouped=False, cases=[case((normal(3), normal(3))), case((normal(2, 3), normal(3)))])
def vstack(tensors: Any) -> Array:
    """Join one below the other: along the rows."""
    return cat(*[at_least(2, x) for x in given_tensors("vstack", tensors)], dim=0)


@composite(
    grouped=False,
    cases=[
        case(normal(2), normal(3)),
        case(normal(2), normal(3), indexing="xy"),
        case(normal(2), normal(), normal(3), indexing="ij"),
    ],
)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Array, ...]:
    """From one row of coordinates for each axis, a grid of each coordinate."""
    rows = given_tensors(
        "meshgrid", tensors[0] if len(tensors) == 1 and isinstance(tensors[0], tuple | list) else tensors
    )
    if indexing not in ("ij", "xy"):
        raise ValueError(
            f'meshgrid: indexing is "ij" (the first row runs down) or "xy" (it runs across), not {indexing!r}'
        )
    order = list(range(len(rows)))
    if indexing == "xy" and len(rows) > 1:
        order[:2] = 1, 0
    lengths = [prod(row.shape) for row in rows]
    shape = tuple(lengths[i] for i in order)
    return tuple(
        spread(reshape(row, shape=tuple(lengths[i] if j == i else 1 for j in order)), shape=shape)
        for i, row in enumerate(rows)
    )


# --- splitting -------------------------------------------------------------------------------------------------------


def _bind_split(x: Array, split_size_or_sections: Any = None, dim: int = 0, *, sizes: Any = None) -> Bound:
    given = split_size_or_sections if sizes is None else sizes
    return (x,), {
        "sizes": tuple(given) if isinstance(given, tuple | list) else _equal(extent(shape_of(x), dim, "split"), given),
        "dim": dim,
    }


def _equal(total: int, size: int) -> Shape:
    """Pieces of one size, the last perhaps smaller."""
    if size < 0 or (size == 0 and total):
        raise ShapeError(f"split: pieces of size {size} will never add up to {total}")
    full, rest = divmod(total, max(size, 1))
    return (size,) * full + ((rest,) if rest or not full else ())


@op(
    "split({x}, {sizes}, dim={dim})",
    r"\operatorname{split}_{{dim}}({x})",
    linear=True,
    view=True,
    bind=_bind_split,
    vjp={
        "x": lambda g, out, x, *, sizes, dim, slot: put_at(
            g, index=along(dim, span(slot, list(sizes)), x.ndim), shape=x.shape
        )
    },
    cases=[
        case(normal(5, 2), 2),
        case(normal(3, 5), (1, 4), 1),
        case(normal(3, 5), [2, 0, 3], dim=-1),
        case(normal(0, 2), 3),
        case(normal(4), 4),
    ],
)
def split(x: Array, *, sizes: Shape, dim: int = 0) -> tuple[Array, ...]:
    """Cut a tensor into pieces along a dimension."""
    total = extent(np.shape(x), dim, "split")
    if sum(sizes) != total or min(sizes, default=0) < 0:
        raise ShapeError(f"split: pieces of {sizes} add up to {sum(sizes)}, and dim {dim} of {np.shape(x)} has {total}")
    return tuple(x[along(dim, span(i, list(sizes)), np.ndim(x))] for i in range(len(sizes)))


@composite(
    method=True,
    grouped=False,
    cases=[case(normal(5, 2), 2), case(normal(2, 7), 3, -1), case(normal(2, 2), 5), case(normal(0, 2), 3)],
)
def chunk(input: Array, chunks: int, dim: int = 0) -> tuple[Array, ...]:
    """Cut into at most this many pieces of equal size, the last perhaps smaller."""
    if chunks < 1:
        raise ShapeError(f"chunk: {chunks} pieces can't hold anything; ask for at least 1")
    total = extent(input.shape, dim, "chunk")
    size = ceil(total / chunks)
    return split(input, sizes=_equal(total, size) if size else (0,) * chunks, dim=dim)  # type: ignore[no-any-return]


@composite(
    method=True,
    grouped=False,
    cases=[
        case(normal(7), 3),
        case(normal(2, 7), (1, 4), 1),
        case(normal(2, 7), 3, dim=-1),
        case(normal(5), (3, 9)),
        case(normal(7), fixed(3)),
        case(normal(7), fixed([2, -1])),
    ],
)
def tensor_split(input: Array, indices_or_sections: Any, dim: int = 0) -> tuple[Array, ...]:
    """Cut into this many pieces as equal as can be, or at these positions."""
    size = extent(input.shape, dim, "tensor_split")
    indices_or_sections = getattr(indices_or_sections, "value", indices_or_sections)  # it may be a tensor
    if not np.ndim(indices_or_sections):
        indices_or_sections = operator.index(indices_or_sections)
        small, larger = divmod(size, indices_or_sections)
        pieces = tuple(small + (i < larger) for i in range(indices_or_sections))
        return split(input, sizes=pieces, dim=dim)  # type: ignore[no-any-return]
    edges = [None, *map(operator.index, indices_or_sections), None]
    spans = [slice(start, stop) for start, stop in pairwise(edges)]
    return tuple(getitem(input, index=along(dim, s, input.ndim)) for s in spans)


@op(
    "unbind({x}, dim={dim})",
    r"\operatorname{unbind}_{{dim}}({x})",
    linear=True,
    view=True,
    vjp={"x": lambda g, out, x, *, dim, slot: put_at(g, index=along(dim, slot, x.ndim), shape=x.shape)},
    cases=[case(normal(3, 2)), case(normal(3, 2), 1), case(normal(2, 3, 2), dim=-2), case(normal(3))],
)
def unbind(x: Array, *, dim: int = 0) -> tuple[Array, ...]:
    """Take a tensor apart along a dimension, which then is gone."""
    if not np.ndim(x):
        raise ShapeError("unbind: a single number has no dimension to be taken apart along")
    return tuple(x[(*along(dim, i, np.ndim(x)), ...)] for i in range(np.shape(x)[dim]))


# --- repeating -------------------------------------------------------------------------------------------------------


def _bind_repeat(x: Array, *given: Any, repeats: Any = None) -> Bound:
    return (x,), {"repeats": sizes(given, repeats)}


@op(
    "repeat({x}, {repeats})",
    r"\operatorname{repeat}_{{repeats}}({x})",
    linear=True,
    bind=_bind_repeat,
    vjp={"x": lambda g, out, x, *, repeats: sum_repeats(g, shape=x.shape)},
    cases=[
        case(normal(2, 3), 2, 1),
        case(normal(3), (4, 2)),
        case(2.0, (3,)),
        case(normal(2, 3), (0, 2)),
        case(normal(2, 3), 1, 1),
    ],
)
def repeat(x: Array, *, repeats: Shape) -> Array:
    """Lay copies of a tensor side by side: an entry gets the gradients of all its copies added up."""
    if len(repeats) < np.ndim(x):
        raise ShapeError(
            f"repeat: {repeats} must say how often for each of the {np.ndim(x)} dimensions of {np.shape(x)}; tile fills in 1s"
        )
    return np.tile(x, repeats)


@op(
    "sum_repeats({x}, {shape})",
    r"\operatorname{sumrepeats}_{{shape}}({x})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, shape: repeat(g, repeats=_times(x.shape, shape))},
    cases=[case(normal(4, 3), shape=(2, 3)), case(normal(2, 6), shape=(3,)), case(normal(3), shape=())],
)
def sum_repeats(x: Array, *, shape: Shape) -> Array:
    """Undo repeating: add up the copies that lie side by side."""
    whole = (*[1] * (np.ndim(x) - len(shape)), *shape)
    copies = tuple(n for pair in zip(_times(np.shape(x), shape), whole, strict=True) for n in pair)
    return np.reshape(x, copies).sum(axis=tuple(range(0, len(copies), 2))).reshape(shape)


def _times(shape: Shape, once: Shape) -> Shape:
    """How often each dimension of ``once`` was repeated to give ``shape``."""
    whole = (*[1] * (len(shape) - len(once)), *once)
    return tuple(n // size if size else 1 for n, size in zip(shape, whole, strict=True))


@composite(method=True, grouped=False, cases=[case(normal(2, 3), (2,)), case(normal(3), (2, 2)), case(2.0, (2,))])
def tile(input: Array, *dims: Any) -> Array:
    """Lay copies side by side, once along dimensions that aren't named (the first ones)."""
    times = sizes(dims)
    return repeat(input, repeats=(*[1] * (input.ndim - len(times)), *times))


def _bind_repeat_interleave(x: Array, repeats: Any, dim: int | None = None, *, output_size: int | None = None) -> Bound:
    if dim is None:
        x, dim = reshape(x, shape=(prod(shape_of(x)),)), 0
    times = np.asarray(getattr(repeats, "value", repeats))
    return (x,), {"repeats": int(times.reshape(())) if times.size == 1 else tuple(times.tolist()), "dim": dim}


def _undo_interleave(g: Array, size: int, repeats: int | Shape, dim: int) -> Array:
    return index_sum(g, np.repeat(np.arange(size), repeats), dim=dim, size=size)


@op(
    "repeat_interleave({x}, {repeats}, dim={dim})",
    r"\operatorname{repeatinterleave}_{{dim}}({x}, {repeats})",
    linear=True,
    bind=_bind_repeat_interleave,
    vjp={"x": lambda g, out, x, *, repeats, dim: _undo_interleave(g, x.shape[dim], repeats, dim)},
    cases=[
        case(normal(2, 3), 2),
        case(normal(2, 3), 3, 0),
        case(normal(2, 3), 2, dim=-1),
        case(normal(2, 3), fixed([2, 0, 1]), dim=1),
        case(normal(2, 3), 0, 0),
        case(normal(0, 3), 2, 1),
    ],
)
def repeat_interleave(x: Array, *, repeats: int | Shape, dim: int) -> Array:
    """Repeat each entry in place: 1 2 becomes 1 1 2 2."""
    return np.repeat(x, repeats, axis=dim)


# --- padding ---------------------------------------------------------------------------------------------------------


def _wrapped(places: Any, size: int, first: int, last: int) -> Any:
    """Start over at the other end: of what is left, when entries were cut off."""
    return first + (places - first) % max(size - first + last, 1)


# Which entry stands at a place outside: the mirrored one, the nearest one, or the one that starting over leads to.
MODES: dict[str, Callable[[Any, int, int, int], Any]] = {
    "reflect": lambda places, size, first, last: size - 1 - np.abs(size - 1 - np.abs(places)),
    "replicate": lambda places, size, first, last: np.clip(places, 0, size - 1),
    "circular": _wrapped,
}


def widths(pad: Shape, rank: int) -> list[tuple[int, int]]:
    """How much is added before and after each dimension; PyTorch lists pairs from the last dimension on."""
    if len(pad) % 2 or len(pad) > 2 * rank:
        raise ShapeError(
            f"pad: {pad} must hold a pair (before, after) for each padded dimension, and there are {rank} dimensions"
        )
    pairs = list(zip(pad[::2], pad[1::2], strict=True))
    return [(0, 0)] * (rank - len(pairs)) + pairs[::-1]


def sources(size: int, before: int, after: int, mode: str) -> Any:
    """Which entry each position of a padded dimension repeats.

    >>> sources(4, 2, 1, "reflect").tolist()
    [2, 1, 0, 1, 2, 3, 2]
    """
    room = {"reflect": size - 1, "circular": size}.get(mode, max(before, after) if size else 0)
    if max(before, after) > max(room, 0):
        raise ShapeError(f"pad: {mode} can add up to {room} entries on each side of {size}, not {before} and {after}")
    if before + size + after < 0:
        raise ShapeError(f"pad: {before} and {after} would cut off more than the {size} there are")
    return MODES[mode](np.arange(-before, size + after), size, max(-before, 0), min(after, 0))


def _bind_pad(x: Array, pad: Any, mode: str = "constant", value: float | None = None) -> Bound:
    if mode != "constant" and mode not in MODES:
        raise ValueError(f"pad: mode is constant, {', '.join(MODES)}; not {mode!r}")
    return (x,), {
        "pad": sizes((pad,) if isinstance(pad, int) else pad),
        "mode": mode,
        "value": 0 if value is None else value,
    }


def _undo_pad(g: Array, pad: Shape, mode: str) -> Array:
    if mode == "constant":
        return _pad(g, pad=tuple(-n for n in pad), mode=mode, value=0)
    return unpad(g, pad=pad, mode=mode)


@op(
    "pad({x}, {pad}, {mode})",
    r"\operatorname{pad}_{{pad}}({x})",
    linear=True,
    method=False,
    bind=_bind_pad,
    vjp={"x": lambda g, out, x, *, pad, mode, value: _undo_pad(g, pad, mode)},
    cases=[
        case(normal(3), (1, 2)),
        case(normal(2, 3), (1, 0, 0, 2), value=1.5),
        case(normal(3, 4), (-1, 1, 2, -1)),
        case(normal(0, 2), (1, 1, 1, 1)),
        case(normal(2, 3, 4), (2, 1), mode="reflect"),
        case(normal(2, 3, 4), (2, 1, 1, 2), mode="reflect"),
        case(normal(2, 3, 4), (2, 5, 1, 2), mode="replicate"),
        case(normal(2, 3, 4), (2, 1, 3, 2), mode="circular"),
        case(normal(2, 1, 3, 4), (4, 1, 1, 0), mode="circular"),
        case(normal(1, 2, 4, 4), (-1, 1, -2, 1), mode="reflect"),
        case(normal(1, 2, 4, 4), (-1, 3, 2, -3), mode="replicate"),
        case(normal(1, 2, 4, 4), (-1, 1, 1, -2), mode="circular"),
    ],
)
def pad(x: Array, *, pad: Shape, mode: str = "constant", value: float = 0) -> Array:
    """Add entries around a tensor: a constant, or entries of its own (a negative width cuts some off)."""
    pairs = widths(pad, np.ndim(x))
    if mode == "constant":
        return _with_constant(x, pairs, value)
    for dim, (before, after) in enumerate(pairs):
        if before or after:
            x = np.take(x, sources(x.shape[dim], before, after, mode), axis=dim)
    return x


_pad = pad  # its own parameter has the op's name


def _with_constant(x: Array, pairs: list[tuple[int, int]], value: float) -> Array:
    if any(before + size + after < 0 for (before, after), size in zip(pairs, x.shape, strict=True)):
        raise ShapeError(f"pad: {pairs} would cut off more than there is in {x.shape}")
    kept = tuple(
        slice(max(-before, 0), size + min(after, 0)) for (before, after), size in zip(pairs, x.shape, strict=True)
    )
    return np.pad(x[kept], [(max(before, 0), max(after, 0)) for before, after in pairs], constant_values=value)


@op(
    "unpad({x}, {pad}, {mode})",
    r"\operatorname{unpad}_{{pad}}({x})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, pad, mode: _pad(g, pad=pad, mode=mode, value=0)},
    cases=[
        case(normal(2, 3, 7), pad=(2, 1), mode="reflect"),
        case(normal(2, 6, 7), pad=(2, 1, 1, 2), mode="replicate"),
        case(normal(2, 5, 6), pad=(1, 1, 2, 0), mode="circular"),
    ],
)
def unpad(x: Array, *, pad: Shape, mode: str) -> Array:
    """Undo padding with a tensor's own entries: add each repeated entry to the one it repeats."""
    for dim, (before, after) in enumerate(widths(pad, np.ndim(x))):
        if before or after:
            size = x.shape[dim] - before - after
            x = index_sum(x, sources(size, before, after, mode), dim=dim, size=size)
    return x
