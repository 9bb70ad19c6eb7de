"""The same numbers in another arrangement; and broadcasting, written down and undone.

Stored parameters have a normal form. A shape is complete (no −1 in it), a dimension is as the user gave it (−1 is the
last one), several dimensions are a tuple.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.ops.declare import Array, case, composite, normal, op

Shape = tuple[int, ...]
Bound = tuple[tuple[Any, ...], dict[str, Any]]


def sizes(given: Iterable[Any], named: Any = None) -> Shape:
    """Whole numbers given one by one, together, or by name: ``x.flip(0, 1)``, ``x.flip((0, 1))``, ``x.flip(dims=0)``."""
    together = tuple(given) if named is None else (named,)
    if len(together) == 1 and isinstance(together[0], tuple | list):
        together = tuple(together[0])
    return tuple(operator.index(n) for n in together)


def shape_of(x: Any) -> Shape:
    """The shape of whatever a user passes for a tensor."""
    shape = getattr(x, "shape", None)
    return tuple(np.shape(x) if shape is None else shape)


def axis(dim: int, rank: int) -> int:
    """A dimension counted from the front; a single number counts as having one, as in PyTorch."""
    rank = max(rank, 1)
    if not -rank <= dim < rank:
        raise IndexError(f"there is no dim {dim}; they go from {-rank} to {rank - 1}")
    return dim % rank


def extent(shape: Shape, dim: int, name: str) -> int:
    """The size of one dimension, which must be there."""
    if not shape:
        raise ShapeError(f"{name}: a single number has no dimension to go along")
    if not -len(shape) <= dim < len(shape):
        raise IndexError(f"{name}: {tuple(shape)} has no dim {dim}; they go from {-len(shape)} to {len(shape) - 1}")
    return shape[dim]


def axes(dim: int | Shape | None, rank: int) -> Shape:
    """Several dimensions counted from the front: all of them for None."""
    return (
        tuple(range(rank)) if dim is None else tuple(axis(d, rank) for d in ((dim,) if isinstance(dim, int) else dim))
    )


# --- another shape ---------------------------------------------------------------------------------------------------


def complete(shape: Shape, was: Shape, name: str = "reshape") -> Shape:
    """Work out the size that was left open as −1, or say why these numbers don't fit.

    >>> complete((2, -1), (3, 4))
    (2, 6)
    """
    size, known = prod(was), prod(n for n in shape if n != -1)
    has = f"{name}: {was} has {size} number{'s' * (size != 1)}"
    if shape.count(-1) > 1 or any(n < -1 for n in shape):
        raise ShapeError(
            f"{name}: only one size may be left open as -1, and none may be negative otherwise; got {shape}"
        )
    if -1 not in shape:
        if known != size:
            raise ShapeError(
                f"{has}, and {shape} has room for {known}; leave one size open with -1 to have it worked out"
            )
        return shape
    if known == 0:
        raise ShapeError(f"{has}, and in {shape} the -1 could be any size; write the size out")
    if size % known:
        raise ShapeError(f"{has}, which can't be dealt out evenly over {shape}: {size} isn't a multiple of {known}")
    return tuple(size // known if n == -1 else n for n in shape)


def _bind_reshape(x: Array, *given: Any, shape: Any = None) -> Bound:
    return (x,), {"shape": complete(sizes(given, shape), shape_of(x))}


@op(
    "reshape({x}, {shape})",
    r"\operatorname{reshape}_{{shape}}({x})",
    linear=True,
    view=True,
    bind=_bind_reshape,
    vjp={"x": lambda g, out, x, *, shape: reshape(g, shape=x.shape)},
    cases=[
        case(normal(3, 4), (2, 6)),
        case(normal(3, 4), 2, -1),
        case(normal(3, 4), (-1,)),
        case(normal(2, 0), (0, 5)),
        case(2.0, (1, 1)),
        case(normal(1, 1), ()),
    ],
)
def reshape(x: Array, *, shape: Shape) -> Array:
    """The same numbers, in the same order, in another shape."""
    return np.reshape(x, complete(shape, np.shape(x)))


def _bind_view(x: Array, *given: Any) -> Bound:
    return (x,), {"shape": complete(sizes(given), shape_of(x), "view")}


@op(
    "view({x}, {shape})",
    r"\operatorname{view}_{{shape}}({x})",
    linear=True,
    view=True,
    bind=_bind_view,
    vjp={"x": lambda g, out, x, *, shape: reshape(g, shape=x.shape)},
    cases=[case(normal(3, 4), 2, 6), case(normal(3, 4), (-1, 3)), case(2.0, (1,))],
)
def view(x: Array, *, shape: Shape) -> Array:
    """The same memory in another shape; refused where the numbers would have to be copied.

    What lies as a convolution's results do, channels innermost, is copied.
    """
    seen = np.reshape(x, shape)
    old, new = getattr(x, "value", x), getattr(seen, "value", seen)
    if isinstance(old, np.ndarray) and old.size and not (np.may_share_memory(old, new) or channels_innermost(old)):
        raise ShapeError(
            f"view: the numbers of this {old.shape} lie in another order in memory; use reshape, which copies them"
        )
    return seen


def channels_innermost(x: Any) -> bool:
    """Whether signals, images or volumes lie in memory with the channels of each place side by side.

    >>> channels_innermost(np.zeros((8, 5, 5, 3)).transpose(0, 3, 1, 2)), channels_innermost(np.zeros((8, 3, 5, 5)))
    (True, False)
    """
    return x.ndim > 2 and any(np.moveaxis(x, dim, -1).flags.c_contiguous for dim in (0, 1))


@composite(method=True, grouped=False, cases=[case(normal(3, 4), normal(2, 6))])
def view_as(input: Array, other: Array) -> Array:
    """The same memory in the shape of another tensor."""
    return view(input, shape=complete(tuple(other.shape), input.shape, "view_as"))


@composite(method=True, grouped=False, cases=[case(normal(3, 4), normal(2, 6))])
def reshape_as(input: Array, other: Array) -> Array:
    """The same numbers in the shape of another tensor."""
    return reshape(input, shape=complete(tuple(other.shape), input.shape, "reshape_as"))


@composite(method=True, grouped=False, cases=[case(normal(3, 4)), case(2.0), case(normal(0, 3))])
def ravel(input: Array) -> Array:
    """All the numbers in one row."""
    return reshape(input, shape=(prod(input.shape),))


@composite(
    method=True,
    grouped=False,
    cases=[
        case(normal(2, 3, 4)),
        case(normal(2, 3, 4), 1),
        case(normal(2, 3, 4), 0, -2),
        case(2.0),
        case(normal(2, 0, 3), start_dim=1),
    ],
)
def flatten(input: Array, start_dim: int = 0, end_dim: int = -1) -> Array:
    """Run the dimensions from ``start_dim`` to ``end_dim`` together into one."""
    shape = tuple(input.shape) or (1,)
    first, last = axis(start_dim, len(shape)), axis(end_dim, len(shape))
    if first > last:
        raise ShapeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim} in {shape}")
    return reshape(input, shape=(*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :]))


@composite(method=True, grouped=False, cases=[case(normal(2, 12), 1, (3, 4)), case(normal(12, 2), -2, (-1, 6))])
def unflatten(input: Array, dim: int, sizes: Shape) -> Array:
    """Take one dimension apart into several."""
    dim = axis(dim, len(input.shape))
    parts = complete(tuple(sizes), (input.shape[dim],), "unflatten")
    return reshape(input, shape=(*input.shape[:dim], *parts, *input.shape[dim + 1 :]))


@op(
    "squeeze({x}, dim={dim})",
    r"\operatorname{squeeze}_{{dim}}({x})",
    linear=True,
    view=True,
    vjp={"x": lambda g, out, x, *, dim: reshape(g, shape=x.shape)},
    cases=[
        case(normal(1, 3, 1)),
        case(normal(1, 3, 1), 0),
        case(normal(1, 3, 1), 1),
        case(normal(1, 3, 1), (0, -1)),
        case(normal(1, 0)),
        case(2.0),
        case(normal(1, 1)),
    ],
)
def squeeze(x: Array, *, dim: int | Shape | None = None) -> Array:
    """Drop dimensions of size 1: all of them, or those named (a larger one stays)."""
    return np.squeeze(x, axis=tuple(d for d in axes(dim, np.ndim(x)) if np.shape(x)[d : d + 1] == (1,)))


@op(
    "unsqueeze({x}, dim={dim})",
    r"\operatorname{unsqueeze}_{{dim}}({x})",
    linear=True,
    view=True,
    vjp={"x": lambda g, out, x, *, dim: reshape(g, shape=x.shape)},
    cases=[case(normal(3, 4), 1), case(normal(3), -1), case(2.0, 0), case(normal(0), -2)],
)
def unsqueeze(x: Array, *, dim: int) -> Array:
    """Put a dimension of size 1 in."""
    return np.expand_dims(x, dim)


@op(
    "{x}[{index}]",
    "{x}[{index}]",
    linear=True,
    view=True,
    method=False,
    vjp={"x": lambda g, out, x, *, index: reshape(g, shape=x.shape)},
    cases=[case(normal(3), index=(slice(None), None)), case(normal(2, 3), index=(slice(None), None))],
)
def widened(x: Array, *, index: tuple[slice | None, ...]) -> Array:
    """Put dimensions of size 1 in where the index says None, so that one number meets the many that it came from."""
    return x[index]


# --- dimensions in another order -------------------------------------------------------------------------------------


def inverse(dims: Shape) -> Shape:
    """The order that undoes an order of dimensions.

    >>> inverse((2, 0, 1))
    (1, 2, 0)
    """
    return tuple(int(d) for d in np.argsort(axes(dims, len(dims))))


@op(
    "transpose({x}, {dim0}, {dim1})",
    r"\operatorname{transpose}_{{dim0}, {dim1}}({x})",
    linear=True,
    view=True,
    vjp={"x": lambda g, out, x, *, dim0, dim1: transpose(g, dim0=dim0, dim1=dim1)},
    cases=[
        case(normal(3, 4), 0, 1),
        case(normal(2, 3, 4), -1, 0),
        case(normal(3), 0, -1),
        case(2.0, 0, -1),
        case(normal(2, 0), 0, 1),
    ],
)
def transpose(x: Array, *, dim0: int, dim1: int) -> Array:
    """Swap two dimensions."""
    first, second = axis(dim0, np.ndim(x)), axis(dim1, np.ndim(x))
    return np.swapaxes(x, first, second) if np.ndim(x) else np.reshape(x, ())


@composite(method=True, grouped=False, cases=[case(normal(2, 3, 4), 0, 2)])
def swapaxes(input: Array, axis0: int, axis1: int) -> Array:
    """Swap two dimensions (NumPy's name for it)."""
    return transpose(input, dim0=axis0, dim1=axis1)


@composite(method=True, grouped=False, cases=[case(normal(2, 3, 4), 0, 2)])
def swapdims(input: Array, dim0: int, dim1: int) -> Array:
    """Swap two dimensions (another name for transpose)."""
    return transpose(input, dim0=dim0, dim1=dim1)


def _bind_permute(x: Array, *given: Any, dims: Any = None) -> Bound:
    return (x,), {"dims": sizes(given, dims)}


@op(
    "permute({x}, {dims})",
    r"\operatorname{permute}_{{dims}}({x})",
    linear=True,
    view=True,
    bind=_bind_permute,
    vjp={"x": lambda g, out, x, *, dims: permute(g, dims=inverse(dims))},
    cases=[case(normal(2, 3, 4), (2, 0, 1)), case(normal(2, 3, 4), 0, -1, 1), case(normal(3), 0), case(2.0, ())],
)
def permute(x: Array, *, dims: Shape) -> Array:
    """Put all the dimensions in another order."""
    if sorted(axes(dims, len(dims))) != list(range(np.ndim(x))):
        raise ShapeError(f"permute: {dims} must name each of the {np.ndim(x)} dimensions of {np.shape(x)} once")
    return np.transpose(x, dims)


def moved(rank: int, source: int | Shape, destination: int | Shape) -> Shape:
    """The order of dimensions after some have moved to other places.

    >>> moved(3, 0, -1)
    (1, 2, 0)
    """
    sources, destinations = axes(source, rank), axes(destination, rank)
    if len(sources) != len(destinations):
        raise ShapeError(f"movedim: {len(sources)} dimensions can't go to {len(destinations)} places")
    order = [d for d in range(rank) if d not in sources]
    for place, dim in sorted(zip(destinations, sources, strict=True)):
        order.insert(place, dim)
    return tuple(order[:rank])


@composite(
    method=True,
    grouped=False,
    cases=[case(normal(2, 3, 4), 0, -1), case(normal(2, 3, 4, 1), (0, 1), (-1, 0)), case(2.0, 0, 0)],
)
def movedim(input: Array, source: int | Shape, destination: int | Shape) -> Array:
    """Move some dimensions to other places; the rest keep their order."""
    return permute(input, dims=moved(input.ndim, source, destination))


@composite(method=True, grouped=False, cases=[case(normal(2, 3, 4), 2, 0)])
def moveaxis(input: Array, source: int | Shape, destination: int | Shape) -> Array:
    """Move some dimensions to other places (NumPy's name for it)."""
    return movedim(input, source, destination)


@op(
    "{x}ᵀ",
    r"{x}^\top",
    linear=True,
    view=True,
    property=True,
    vjp={"x": lambda g, out, x: mT(g)},
    cases=[case(normal(3, 4)), case(normal(2, 3, 4)), case(normal(0, 3))],
)
def mT(x: Array) -> Array:
    """Turn the last two dimensions round: rows become columns."""
    if np.ndim(x) < 2:
        raise ShapeError(
            f"mT: turning rows into columns takes two dimensions, and {np.shape(x)} has {np.ndim(x)}; unsqueeze adds one"
        )
    return np.swapaxes(x, -1, -2)


@op(
    "{x}ᵀ",
    r"{x}^\top",
    linear=True,
    view=True,
    property=True,
    vjp={"x": lambda g, out, x: T(g)},
    cases=[case(normal(3, 4)), case(normal(0, 3)), case(normal(2, 3, 4)), case(normal(3)), case(2.0)],
)
def T(x: Array) -> Array:
    """Turn the dimensions round: rows become columns."""
    return np.transpose(x)


@composite(method=True, grouped=False, cases=[case(normal(3, 4)), case(normal(3)), case(2.0)])
def t(input: Array) -> Array:
    """Rows become columns; what has no rows stays as it is."""
    if len(input.shape) > 2:
        raise ShapeError(
            f"t: {tuple(input.shape)} has more than two dimensions; mT turns the last two, transpose any two"
        )
    return T(input)


# --- entries in another order ----------------------------------------------------------------------------------------


def _bind_flip(x: Array, *given: Any, dims: Any = None) -> Bound:
    return (x,), {"dims": sizes(given, dims)}


@op(
    "flip({x}, {dims})",
    r"\operatorname{flip}_{{dims}}({x})",
    linear=True,
    bind=_bind_flip,
    vjp={"x": lambda g, out, x, *, dims: flip(g, dims=dims)},
    cases=[
        case(normal(3, 4), (0,)),
        case(normal(2, 3, 4), (0, -1)),
        case(normal(0, 2), (1,)),
        case(normal(3), dims=[0]),
    ],
)
def flip(x: Array, *, dims: Shape) -> Array:
    """Read some dimensions from their end."""
    return np.flip(x, axes(dims, np.ndim(x)) if np.ndim(x) else ()).copy()  # a copy, as in PyTorch: not a view


@composite(method=True, grouped=False, cases=[case(normal(3, 4))])
def fliplr(input: Array) -> Array:
    """Read columns from the right."""
    return flip(input, dims=(1,))


@composite(method=True, grouped=False, cases=[case(normal(3, 4))])
def flipud(input: Array) -> Array:
    """Read rows from below."""
    return flip(input, dims=(0,))


@composite(
    method=True,
    cases=[case(normal(3, 4)), case(normal(3, 4), 2), case(normal(2, 3, 4), -1, (1, -1)), case(normal(3, 4), 4)],
)
def rot90(input: Array, k: int = 1, dims: Shape = (0, 1)) -> Array:
    """Turn a picture by ``k`` quarters, from the first dimension towards the second."""
    first, second = dims
    turned = flip(input, dims=((), (second,), (first, second), (first,))[k % 4])
    return transpose(turned, dim0=first, dim1=second) if k % 2 else turned


def _bind_roll(x: Array, shifts: Any, dims: Any = None) -> Bound:
    shifts, dims = sizes((shifts,)), None if dims is None or dims == () else sizes((dims,))
    if len(shifts) != (1 if dims is None else len(dims)):
        raise ShapeError(
            f"roll: {len(shifts)} shifts for {'all dimensions as one' if dims is None else f'{len(dims)} dims'}; give one for each"
        )
    return (x,), {"shifts": shifts, "dims": dims}


@op(
    "roll({x}, {shifts}, dim={dims})",
    r"\operatorname{roll}_{{shifts}}({x})",
    linear=True,
    bind=_bind_roll,
    vjp={"x": lambda g, out, x, *, shifts, dims: roll(g, shifts=tuple(-n for n in shifts), dims=dims)},
    cases=[
        case(normal(5), 2),
        case(normal(3, 4), 1),
        case(normal(3, 4), -1, 1),
        case(normal(2, 3, 4), (1, -2), (0, -1)),
        case(normal(0, 3), 1, 0),
    ],
)
def roll(x: Array, *, shifts: Shape, dims: Shape | None = None) -> Array:
    """Shift entries along; what falls off the end comes back at the front."""
    return np.roll(x, shifts, dims) if dims is not None else np.roll(x, shifts[0])


# --- broadcasting ----------------------------------------------------------------------------------------------------


@op(
    "Σ({x} → {shape})",
    r"\sum({x} \to {shape})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, shape: spread(g, shape=x.shape)},
    cases=[case(normal(2, 3, 4), (3, 1)), case(normal(3), ()), case(normal(0, 3), (1, 3))],
)
def fold(x: Array, *, shape: Shape) -> Array:
    """Undo broadcasting: add up the entries that came from one."""
    extra = np.ndim(x) - len(shape)
    stretched = tuple(i for i, size in enumerate(np.shape(x)) if i < extra or shape[i - extra] == 1 != size)
    return np.sum(x, axis=stretched, keepdims=True).reshape(shape) if stretched else np.reshape(x, shape)


@op(
    "spread({x} → {shape})",
    r"\operatorname{spread}({x} \to {shape})",
    linear=True,
    view=True,
    method=False,
    vjp={"x": lambda g, out, x, *, shape: fold(g, shape=x.shape)},
    cases=[case(normal(3, 1), (2, 3, 4)), case(2.0, (2,)), case(normal(1, 3), (0, 3))],
)
def spread(x: Array, *, shape: Shape) -> Array:
    """Hand the same number to every entry of a larger shape: broadcasting, written down."""
    return np.broadcast_to(x, shape)


def stretched(given: Shape, was: Shape, name: str) -> Shape:
    """The shape that broadcasting leads to, a −1 keeping the size there is; or why it can't.

    >>> stretched((2, -1, 4), (3, 1), "expand")
    (2, 3, 4)
    """
    extra = len(given) - len(was)
    kept = (*given[: max(extra, 0)], *was)
    found = tuple(kept[i] if n == -1 and i >= extra else n for i, n in enumerate(given)) if extra >= 0 else ()
    if extra < 0 or any(n < 0 for n in found) or any(a not in (1, b) for a, b in zip(was, found[extra:], strict=True)):
        raise ShapeError(
            f"{name}: {was} can't be stretched to {given}: counted from the right, sizes must be equal unless they are 1"
            " (unsqueeze or reshape puts a size-1 dimension where it is needed)"
        )
    return found


@composite(
    method=True,
    grouped=False,
    cases=[
        case(normal(3, 1), 3, 4),
        case(normal(3, 1), (2, -1, 4)),
        case(2.0, 2, 3),
        case(normal(1, 3), 0, -1),
        case(normal(3), -1),
    ],
)
def expand(input: Array, *size: Any) -> Array:
    """Stretch dimensions of size 1 (−1 keeps a size): nothing is copied, so all those entries are one."""
    return spread(input, shape=stretched(sizes(size), tuple(input.shape), "expand"))


@composite(method=True, grouped=False, cases=[case(normal(3, 1), normal(2, 3, 4))])
def expand_as(input: Array, other: Array) -> Array:
    """Stretch dimensions of size 1 to the shape of another tensor."""
    return spread(input, shape=stretched(tuple(other.shape), tuple(input.shape), "expand_as"))


@composite(method=True, grouped=False, cases=[case(normal(3, 1), (2, 3, 4)), case(2.0, size=(2,))])
def broadcast_to(input: Array, *given: Any, size: Any = None) -> Array:
    """Stretch dimensions of size 1 (another name for expand)."""
    return spread(input, shape=stretched(sizes(given, size), tuple(input.shape), "broadcast_to"))
