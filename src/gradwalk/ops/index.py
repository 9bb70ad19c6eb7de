"""Picking entries, and putting them back where they came from.

The index of ``x[…]`` is stored in a normal form: a tuple whose items are

- an ``int``, a ``slice`` of ints and Nones, ``None`` or ``Ellipsis``, as the user wrote them (−1 stays −1);
- an int64 array (a list, an array or an index tensor; a whole-number tensor without dimensions is an ``int``);
- a bool array: a mask, which covers as many dimensions as it has (True and False have none, and add one).

Arrays are copies, so that a later change of the user's array can't change what was recorded. In `gather` and its
relatives the index is an input without a gradient.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from types import EllipsisType
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.formula import CONDITION
from gradwalk.ops.arithmetic import where
from gradwalk.ops.declare import Array, case, composite, fixed, integers, normal, op, truths, values
from gradwalk.ops.shape import Bound, Shape, axis, extent, ravel, reshape, shape_of, spread, unsqueeze

Index = tuple[Any, ...]


# --- x[…] ------------------------------------------------------------------------------------------------------------


def normal_index(index: Any) -> Index:
    """What stands between the brackets of ``x[…]``, in the normal form described above.

    >>> normal_index((slice(np.int64(1), 3), [0, 2], ...))
    (slice(1, 3, None), array([0, 2]), Ellipsis)
    """
    return tuple(_normal_item(item) for item in (index if isinstance(index, tuple) else (index,)))


def _normal_item(item: Any) -> Any:
    if item is None or isinstance(item, EllipsisType):
        return item
    if isinstance(item, slice):
        ends = (item.start, item.stop, item.step)
        return slice(*(None if end is None else operator.index(end) for end in ends))
    if isinstance(item, int) and not isinstance(item, bool):
        return item
    found = np.array(getattr(item, "value", item))
    if found.dtype.kind == "b":
        return found
    if found.dtype.kind not in "iu" and found.size:
        raise IndexError(
            f"an index is made of whole numbers or truth values, not of {found.dtype}; use .long() where they are meant as whole"
        )
    return int(found) if found.ndim == 0 else found.astype(np.int64)


def steps(index: Index) -> tuple[Index, Index]:
    """An index in two steps: the basic part, which is a view, and the arrays that pick from it.

    In two steps because PyTorch takes whole numbers first, while NumPy counts them among the arrays:
    ``x[0, :, [1, 2]]`` has another shape there.
    """
    basic: list[Any] = []
    arrays: list[Any] = []
    for item in index:
        if isinstance(item, np.ndarray):
            basic += [slice(None)] * (item.ndim if item.dtype.kind == "b" else 1) or [None]
            arrays.append(item if item.ndim else item.reshape(1))
        else:
            basic.append(item)
            if not isinstance(item, int):
                arrays.append(item if item is Ellipsis else slice(None))
    if Ellipsis not in basic:
        basic.append(Ellipsis)  # with it, NumPy gives a view even of a single entry
    picks = any(isinstance(item, np.ndarray) for item in arrays)
    return tuple(basic), tuple(arrays) if picks else ()


def repeats(index: Index) -> bool:
    """Whether an index may name the same entry twice: only whole numbers in an array do."""
    return any(isinstance(item, np.ndarray) and item.dtype.kind == "i" for item in index)


def _undo_getitem(g: Array, index: Index, shape: Shape) -> Array:
    return (add_at if repeats(index) else put_at)(g, index=index, shape=shape)


def _bind_getitem(x: Array, index: Any) -> Bound:
    return (x,), {"index": normal_index(index)}


@op(
    "{x}[{index}]",
    "{x}[{index}]",
    linear=True,
    view=True,
    method=False,
    bind=_bind_getitem,
    vjp={"x": lambda g, out, x, *, index: _undo_getitem(g, index, x.shape)},
    cases=[
        case(normal(3, 4), 1),
        case(normal(3, 4), (slice(1, 3), 0)),
        case(normal(3, 4), (Ellipsis, -1)),
        case(normal(3, 4), (slice(None, None, 2), None, slice(-3, None))),
        case(normal(3, 4), (2, 1)),
        case(normal(3, 4), ()),
        case(normal(3, 4), slice(2, 1)),
        case(2.0, (Ellipsis, None)),
        case(normal(3, 4), [0, 2, 2]),
        case(normal(3, 4), ([0, 2, 2], [1, 1, 1])),
        case(normal(2, 3, 4), (0, slice(None), [1, 2])),
        case(normal(2, 3, 4), ([0, 1], slice(None), [1, 2])),
        case(normal(2, 3, 4), (slice(None), [[0], [1]], [1, 2])),
        case(normal(2, 3, 4), (Ellipsis, [1, 0, 1], slice(1, 3))),
        case(normal(2, 3, 4), ([0, 1], None, [1, 2], 0)),
        case(normal(3, 4), integers(0, 3, 2, 2)),
        case(normal(3, 4), truths(3, 4)),
        case(normal(3, 4), truths(3)),
        case(normal(2, 3, 4), (1, fixed([True, False, True]), slice(1, 3))),
        case(normal(3, 4), (fixed([True, False, True]), [0, 1])),
        case(normal(3, 4), True),
        case(normal(3, 0), [1, 0]),
        case(normal(3, 2), fixed(np.zeros(0, np.int64))),
    ],
)
def getitem(x: Array, *, index: Index) -> Array:
    """Pick entries: a view for whole numbers and slices, a copy for arrays and masks."""
    basic, arrays = steps(index)
    return x[basic][arrays] if arrays else x[basic]


def _bind_put(x: Array, index: Any, shape: Shape) -> Bound:
    return (x,), {"index": normal_index(index), "shape": tuple(shape)}


@op(
    "{x} at [{index}], else 0",
    r"{x} \text{ at } [{index}] \text{, else } 0",
    binds=CONDITION,
    linear=True,
    method=False,
    bind=_bind_put,
    vjp={"x": lambda g, out, x, *, index, shape: getitem(g, index=index)},
    cases=[case(normal(2), index=(slice(1, 3), 0), shape=(3, 4)), case(2.0, index=(1,), shape=(3,))],
)
def put_at(x: Array, *, index: Index, shape: Shape) -> Array:
    """Undo picking: put each entry back where it was read, with zeros elsewhere."""
    made = np.zeros(shape, np.asarray(x).dtype)
    basic, arrays = steps(index)
    if arrays:
        made[basic][arrays] = x
    else:
        made[basic] = x
    return made


@op(
    "Σ {x} at [{index}], else 0",
    r"\sum {x} \text{ at } [{index}] \text{, else } 0",
    binds=CONDITION,
    linear=True,
    method=False,
    bind=_bind_put,
    vjp={"x": lambda g, out, x, *, index, shape: getitem(g, index=index)},
    cases=[
        case(normal(3, 4), index=(np.array([0, 2, 2]),), shape=(3, 4)),
        case(normal(3, 2), index=(0, slice(None), np.array([1, 1])), shape=(2, 3, 4)),
    ],
)
def add_at(x: Array, *, index: Index, shape: Shape) -> Array:
    """Undo picking with repeats: add each entry to the place where it was read."""
    made = np.zeros(shape, np.asarray(x).dtype)
    basic, arrays = steps(index)
    np.add.at(made[basic], arrays, x)
    return made


def along(dim: int, item: Any, rank: int) -> Index:
    """The index that picks ``item`` along one dimension, and everything along those before it."""
    return (*[slice(None)] * axis(dim, rank), item)


@composite(method=True, grouped=False, cases=[case(normal(3, 4), 1, 2), case(normal(3, 4), -2, -1)])
def select(input: Array, dim: int, index: int) -> Array:
    """Pick one position along a dimension, which then is gone."""
    return getitem(input, index=along(dim, operator.index(index), input.ndim))


@composite(
    method=True,
    grouped=False,
    cases=[case(normal(3, 4), 1, 1, 2), case(normal(3, 4), 0, -2, 2), case(normal(3, 4), -1, 2, 0)],
)
def narrow(input: Array, dim: int, start: int, length: int) -> Array:
    """Pick ``length`` positions from ``start`` on along a dimension."""
    size, start = extent(input.shape, dim, "narrow"), operator.index(start)
    first = start + size if start < 0 else start
    if not 0 <= first <= first + length <= size:
        raise ShapeError(
            f"narrow: {length} positions from {start} on don't lie within dim {dim} of {tuple(input.shape)}, which has {size}"
        )
    return getitem(input, index=along(dim, slice(first, first + length), input.ndim))


# --- one index along one dimension -----------------------------------------------------------------------------------


def checked(index: Any, size: int) -> Any:
    """An index whose entries are whole numbers from 0 to ``size - 1``."""
    index = np.asarray(index)
    if index.dtype.kind not in "iu":
        raise TypeError(f"the index must be made of whole numbers, not of {index.dtype}")
    as_unsigned = index.view(f"u{index.itemsize}")  # below 0 becomes very large: one look tells
    if index.size and as_unsigned.max() >= size:
        worst = index.min() if index.min() < 0 else index.max()
        raise IndexError(f"index {worst} is out of range: there are {size} entries, numbered from 0")
    return index


def _bind_index_select(x: Array, dim: int, index: Any) -> Bound:
    if len(shape_of(index)) > 1:
        raise ShapeError(
            f"index_select: the index must have one dimension, and has shape {shape_of(index)}; x[index] takes any"
        )
    if not shape_of(x):  # of a single number only itself can be selected
        return (x, reshape(index, shape=())), {"dim": dim}
    return (x, index if shape_of(index) else reshape(index, shape=(1,))), {"dim": dim}


@op(
    "index_select({x}, {index}, dim={dim})",
    r"\operatorname{indexselect}_{{dim}}({x}, {index})",
    linear=True,
    bind=_bind_index_select,
    vjp={"x": lambda g, out, x, index, *, dim: index_sum(g, index, dim=dim, size=x.shape[dim]) if x.ndim else g},
    cases=[
        case(2.0, 0, fixed([0])),
        case(normal(3, 4), 0, integers(0, 3, 5)),
        case(normal(2, 3, 4), -2, integers(0, 3, 2)),
        case(normal(3, 0), 0, integers(0, 3, 2)),
    ],
)
def index_select(x: Array, index: Array, *, dim: int) -> Array:
    """Pick positions along one dimension, in the order of the index."""
    if not np.ndim(x):
        return np.take(x, checked(index, 1))
    return np.take(x, checked(index, extent(np.shape(x), dim, "index_select")), axis=dim)


@op(
    "index_sum({x}, {index}, dim={dim})",
    r"\operatorname{indexsum}_{{dim}}({x}, {index})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, index, *, dim, size: index_select(g, index, dim=dim)},
    cases=[case(normal(5, 4), integers(0, 3, 5), dim=0, size=3), case(normal(2, 5), integers(0, 3, 5), dim=-1, size=4)],
)
def index_sum(x: Array, index: Array, *, dim: int, size: int) -> Array:
    """Undo picking along a dimension: add each slice to the position it was read from."""
    rank = np.ndim(x) - np.ndim(index) + 1
    dim = axis(dim, rank)
    spans = range(dim, dim + np.ndim(index))
    made = np.zeros((*np.shape(x)[:dim], size, *np.shape(x)[spans.stop :]), np.asarray(x).dtype)
    np.add.at(np.moveaxis(made, dim, 0), checked(index, size), np.moveaxis(x, spans, range(np.ndim(index))))
    return made


def _bind_index_add(x: Array, dim: int, index: Any, source: Array, *, alpha: float = 1) -> Bound:
    return (x, index, source), {"dim": dim, "alpha": alpha}


@op(
    "index_add({x}, {index}, {source}, dim={dim})",
    r"\operatorname{indexadd}_{{dim}}({x}, {index}, {source})",
    linear=True,
    bind=_bind_index_add,
    vjp={
        "x": lambda g, out, x, index, source, *, dim, alpha: g,
        "source": lambda g, out, x, index, source, *, dim, alpha: _scaled(
            index_select(g, index, dim=dim) if x.ndim else g, alpha
        ),
    },
    cases=[
        case(normal(3, 4), 0, integers(0, 3, 5), normal(5, 4)),
        case(normal(3, 4), -1, integers(0, 4, 2), normal(3, 2), alpha=0.5),
        case(2.0, 0, fixed([0]), normal(), alpha=2),
    ],
)
def index_add(x: Array, index: Array, source: Array, *, dim: int, alpha: float = 1) -> Array:
    """Add slices to the positions that the index names; one named twice gets both."""
    made = np.array(x)
    if not made.ndim:
        return made + np.sum(_scaled(source, alpha)) if np.size(checked(index, 1)) else made
    checked_index = checked(index, extent(made.shape, dim, "index_add"))
    np.add.at(np.moveaxis(made, dim, 0), checked_index, np.moveaxis(_scaled(source, alpha), dim, 0))
    return made


def _scaled(x: Array, factor: float) -> Array:
    return x if factor == 1 else factor * x


# --- an index for every entry ----------------------------------------------------------------------------------------


def places(index: Any, dim: int, shape: Shape) -> Index:
    """Where each entry of ``index`` points: its own position, except along ``dim``, where it says which."""
    if not index.size:  # it asks for nothing, whatever its shape
        return (index.astype(np.int64),) * max(len(shape), 1)
    dim = axis(dim, len(shape))
    own = own_places(index.shape, dim, shape)
    return (*own[:dim], checked(index, shape[dim] if shape else 1), *own[dim + 1 :])


@functools.lru_cache(maxsize=256)
def own_places(shape: Shape, dim: int, whole: Shape) -> Index:
    """Each entry's own position along each dimension, in an index of one shape into a tensor of another."""
    if len(shape) != len(whole) and (len(shape), len(whole)) not in ((0, 1), (1, 0)):
        raise ShapeError(f"the index {shape} and the tensor {whole} must have the same number of dimensions")
    if any(n > m for i, (n, m) in enumerate(zip(shape, whole, strict=False)) if i != dim):
        raise ShapeError(f"the index {shape} is larger than the tensor {whole} in a dimension other than {dim}")
    return np.indices(shape, sparse=True) or (None,)


def _bind_gather(x: Array, dim: int, index: Any) -> Bound:
    return (x, index), {"dim": dim}


@op(
    "gather({x}, {index}, dim={dim})",
    r"\operatorname{gather}_{{dim}}({x}, {index})",
    linear=True,
    bind=_bind_gather,
    vjp={"x": lambda g, out, x, index, *, dim: scatter_sum(g, index, dim=dim, shape=x.shape)},
    cases=[
        case(normal(3, 4), 1, integers(0, 4, 3, 2)),
        case(normal(3, 4), 0, integers(0, 3, 5, 4)),
        case(normal(3, 4), -1, integers(0, 4, 2, 1)),
        case(normal(2, 3, 4), 1, integers(0, 3, 2, 3, 4)),
        case(normal(3, 4), 1, integers(0, 4, 3, 0)),
        case(normal(5), 0, integers(0, 4, 2, 0)),
        case(2.0, 0, fixed(0)),
    ],
)
def gather(x: Array, index: Array, *, dim: int) -> Array:
    """For each entry of the index, pick the entry it names along one dimension."""
    return np.atleast_1d(x)[places(np.asarray(index), dim, np.shape(x))]


@op(
    "scatter_sum({x}, {index}, dim={dim})",
    r"\operatorname{scattersum}_{{dim}}({x}, {index})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, index, *, dim, shape: gather(g, index, dim=dim)},
    cases=[
        case(normal(3, 2), integers(0, 4, 3, 2), dim=1, shape=(3, 4)),
        case(normal(2, 4), integers(0, 3, 2, 4), dim=-2, shape=(3, 4)),
    ],
)
def scatter_sum(x: Array, index: Array, *, dim: int, shape: Shape) -> Array:
    """Undo a gather: add each entry to the place it was read from."""
    made = np.zeros(shape, np.asarray(x).dtype)
    np.add.at(np.atleast_1d(made), places(np.asarray(index), dim, shape), x)
    return made


def _read_back(g: Array, index: Array, shape: Shape, dim: int) -> Array:
    """The gradient of what was scattered: read where it was written; entries beyond the index weren't used."""
    found = gather(g, index, dim=dim)
    return found if found.shape == shape else put_at(found, index=corner(index.shape), shape=shape)


def corner(shape: Shape) -> Index:
    """The index of the first entries, as many as a shape says."""
    return tuple(slice(0, size) for size in shape)


def _bind_scatter(x: Array, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: None = None) -> Bound:
    if reduce is not None:
        raise NotImplementedError(
            f"scatter(…, reduce={reduce!r}) isn't offered; scatter_add adds up, and plain scatter overwrites"
        )
    if (src is None) == (value is None):
        raise TypeError("scatter needs what to write: a tensor (src) or one number (value)")
    return (x, index, value if src is None else src), {"dim": dim}


@op(
    "scatter_add({x}, {index}, {src}, dim={dim})",
    r"\operatorname{scatteradd}_{{dim}}({x}, {index}, {src})",
    linear=True,
    bind=_bind_scatter,
    vjp={
        "x": lambda g, out, x, index, src, *, dim: g,
        "src": lambda g, out, x, index, src, *, dim: _read_back(g, index, src.shape, dim),
    },
    cases=[
        case(normal(3, 4), 1, integers(0, 4, 3, 2), normal(3, 2)),
        case(normal(3, 4), -2, integers(0, 3, 5, 4), normal(5, 4)),
        case(2.0, 0, fixed(0), values(1.5)),
    ],
)
def scatter_add(x: Array, index: Array, src: Array, *, dim: int) -> Array:
    """Add entries at the places that the index names; one named twice gets both."""
    made, index = np.array(x), np.asarray(index)
    np.add.at(np.atleast_1d(made), places(index, dim, made.shape), src[corner(index.shape)])
    return made


@op(
    "scatter({x}, {index}, {src}, dim={dim})",
    r"\operatorname{scatter}_{{dim}}({x}, {index}, {src})",
    linear=True,
    bind=_bind_scatter,
    vjp={
        "x": lambda g, out, x, index, src, *, dim: scatter(g, index, 0, dim=dim),
        "src": lambda g, out, x, index, src, *, dim: _read_back(g, index, src.shape, dim),
    },
    cases=[
        case(normal(3, 4), 1, fixed([[0, 2], [1, 3], [3, 0]]), normal(3, 2)),
        case(normal(3, 4), -2, fixed([[2, 1, 0, 0]]), normal(1, 4)),
        case(normal(3, 4), 1, fixed([[0], [1], [3]]), value=1.5),
    ],
)
def scatter(x: Array, index: Array, src: Array, *, dim: int) -> Array:
    """Write entries at the places that the index names; what stood there is lost, and gets no gradient."""
    made, index = np.array(x), np.asarray(index)
    np.atleast_1d(made)[places(index, dim, made.shape)] = src[corner(index.shape)] if np.ndim(src) else src
    return made


@composite(
    method=True,
    grouped=False,
    cases=[
        case(normal(3, 4), integers(0, 4, 3, 2), 1),
        case(normal(3, 4), integers(0, 3, 1, 4), dim=0),
        case(normal(1, 4), integers(0, 4, 3, 2), dim=-1),
        case(normal(3, 4), integers(0, 12, 5)),
        case(normal(3, 4), fixed([[-1, 0, -4]]), 1),
    ],
)
def take_along_dim(input: Array, indices: Array, dim: int | None = None) -> Array:
    """For each index, pick the entry it names along one dimension; the other dimensions are broadcast."""
    if dim is None:
        return gather(ravel(input), ravel(indices), dim=0)
    return gather(*aligned(input, from_front(indices, input.shape[dim]), dim), dim=dim)


def from_front(index: Any, size: int) -> Any:
    """An index whose negative entries, which count from the end, are counted from the front."""
    entries = np.asarray(getattr(index, "value", index))
    return np.where(entries < 0, entries + size, entries) if np.any(entries < 0) else index


def aligned(x: Array, index: Array, dim: int) -> tuple[Array, Array]:
    """A tensor and an index for each of its entries, stretched to one shape in all dimensions but one."""
    if x.ndim != index.ndim:
        raise ShapeError(
            f"take_along_dim: {tuple(x.shape)} and the index {tuple(index.shape)} must have the same number of dimensions"
        )
    dim = axis(dim, x.ndim)
    common = np.broadcast_shapes(*[(*y.shape[:dim], 1, *y.shape[dim + 1 :]) for y in (x, index)])

    def stretched(y: Array) -> Array:
        shape = (*common[:dim], y.shape[dim], *common[dim + 1 :])
        return y if y.shape == shape else spread(y, shape=shape)

    return stretched(x), stretched(index)


# --- masks -----------------------------------------------------------------------------------------------------------


def _bind_masked_fill(x: Array, mask: Array, value: Any) -> Bound:
    whole = isinstance(value, int | float) and x.dtype.kind != "f"
    return (
        x,
        mask,
        np.asarray(value).astype(x.dtype).item() if whole else value,
    ), {}  # the tensor's type stays what it is


@op(
    "{value} if {mask} else {x}",
    r"\begin{cases} {value} & \text{if } {mask} \\ {x} & \text{else} \end{cases}",
    binds=CONDITION,
    elementwise=True,
    bind=_bind_masked_fill,
    vjp={
        "x": lambda g, out, x, mask, value: where(mask, 0, g),
        "value": lambda g, out, x, mask, value: where(mask, g, 0),
    },
    cases=[
        case(normal(3, 4), truths(3, 4), value=-1.5),
        case(normal(3, 4), truths(4), value=float("-inf"), smooth=False),
        case(normal(3, 4), truths(3, 1), values(2.0)),
        case(integers(0, 9, 4), truths(4), value=2.5),
        case(truths(4), truths(4), value=7),
    ],
)
def masked_fill(x: Array, mask: Array, value: Array) -> Array:
    """Write one value wherever the mask is True; what stood there gets no gradient."""
    return np.where(mask, value, x)


@op(
    "{x}[{mask}]",
    "{x}[{mask}]",
    linear=True,
    vjp={"x": lambda g, out, x, mask: put_where(g, mask, shape=np.broadcast_shapes(x.shape, mask.shape))},
    cases=[
        case(normal(3, 4), truths(3, 4)),
        case(normal(3, 4), truths(4)),
        case(normal(4), truths(3, 4)),
        case(2.0, fixed(True)),
    ],
)
def masked_select(x: Array, mask: Array) -> Array:
    """Pick the entries where the mask is True, as one row."""
    x, mask = np.broadcast_arrays(x, mask)
    return x[mask.astype(bool)]


@op(
    "{x} where {mask}, else 0",
    r"{x} \text{ where } {mask} \text{, else } 0",
    binds=CONDITION,
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, mask, *, shape: masked_select(g, mask)},
)
def put_where(x: Array, mask: Array, *, shape: Shape) -> Array:
    """Undo picking by a mask: put the entries back where it is True, with zeros elsewhere."""
    made = np.zeros(shape, np.asarray(x).dtype)
    made[np.broadcast_to(mask, shape).astype(bool)] = x
    return made


@op("nonzero({x})", r"\operatorname{nonzero}({x})", method=False, name="nonzero_rows")
def nonzero_rows(x: Array) -> Array:
    """The positions of all entries that aren't 0, one row for each."""
    return np.argwhere(x)


@composite(
    method=True,
    grouped=False,
    cases=[
        case(fixed([[0.0, 2.0], [3.0, 0.0]]), smooth=False),
        case(truths(3, 4), as_tuple=True, smooth=False),
        case(fixed(2.0), smooth=False),
        case(fixed(2.0), as_tuple=True, smooth=False),
    ],
)
def nonzero(input: Array, as_tuple: bool = False) -> Any:
    """The positions of all entries that aren't 0: rows of numbers, or one tensor of positions for each dimension."""
    if not as_tuple:
        return nonzero_rows(input)
    rows = nonzero_rows(input if input.ndim else reshape(input, shape=(1,)))
    return tuple(getitem(rows, index=(slice(None), d)) for d in range(rows.shape[1]))


# --- triangles and diagonals -----------------------------------------------------------------------------------------

MATRICES = [
    case(normal(3, 4)),
    case(normal(4, 3), 1),
    case(normal(2, 3, 3), -1),
    case(normal(0, 3)),
    case(normal(3, 3), diagonal=5),
]


@op(
    "tril({x}, {diagonal})",
    r"\operatorname{tril}_{{diagonal}}({x})",
    linear=True,
    vjp={"x": lambda g, out, x, *, diagonal: tril(g, diagonal=diagonal)},
    cases=MATRICES,
)
def tril(x: Array, *, diagonal: int = 0) -> Array:
    """Keep what lies on and below a diagonal; the rest becomes 0."""
    return np.tril(_matrix(x), diagonal)


@op(
    "triu({x}, {diagonal})",
    r"\operatorname{triu}_{{diagonal}}({x})",
    linear=True,
    vjp={"x": lambda g, out, x, *, diagonal: triu(g, diagonal=diagonal)},
    cases=MATRICES,
)
def triu(x: Array, *, diagonal: int = 0) -> Array:
    """Keep what lies on and above a diagonal; the rest becomes 0."""
    return np.triu(_matrix(x), diagonal)


def _matrix(x: Array) -> Array:
    if np.ndim(x) < 2:
        raise ShapeError(
            f"a triangle or diagonal takes rows and columns, and {np.shape(x)} has fewer than two dimensions"
        )
    return x


@op(
    "diagonal({x}, {offset})",
    r"\operatorname{diagonal}_{{offset}}({x})",
    linear=True,
    view=True,
    vjp={
        "x": lambda g, out, x, *, offset, dim1, dim2: put_diagonal(
            g, shape=x.shape, offset=offset, dim1=dim1, dim2=dim2
        )
    },
    cases=[
        case(normal(3, 4)),
        case(normal(3, 4), 1),
        case(normal(4, 3), -2),
        case(normal(2, 3, 4), 0, -2, -1),
        case(normal(2, 3, 4), 1, 2, 0),
        case(normal(3, 3), 5),
    ],
)
def diagonal(x: Array, *, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """The entries where two dimensions have the same position, shifted by an offset."""
    picked = np.diagonal(_matrix(x), offset, dim1, dim2)
    picked.flags.writeable = np.asarray(x).flags.writeable  # NumPy locks it; here it is a view like any other
    return picked


@op(
    "put_diagonal({x}, {offset})",
    r"\operatorname{putdiagonal}_{{offset}}({x})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, shape, offset, dim1, dim2: diagonal(g, offset=offset, dim1=dim1, dim2=dim2)},
    cases=[
        case(normal(3), shape=(3, 4), offset=0, dim1=0, dim2=1),
        case(normal(2, 2), shape=(2, 3, 4), offset=-1, dim1=-2, dim2=-1),
    ],
)
def put_diagonal(x: Array, *, shape: Shape, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """Put entries on a diagonal, with zeros elsewhere."""
    made = np.zeros(shape, np.asarray(x).dtype)
    diagonal.forward(made, offset=offset, dim1=dim1, dim2=dim2)[...] = x
    return made


@composite(
    method=True,
    grouped=False,
    cases=[case(normal(3)), case(normal(2, 3), 1), case(normal(2, 3), -1, 0, 2), case(normal(2, 3), dim1=1, dim2=0)],
)
def diag_embed(input: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    """Make matrices with the last dimension on their diagonals and zeros elsewhere."""
    last = extent(input.shape, -1, "diag_embed")
    rest = input.shape[:-1]
    first, second = sorted((axis(dim1, input.ndim + 1), axis(dim2, input.ndim + 1)))
    size = last + abs(offset)
    shape = (*rest[:first], size, *rest[first : second - 1], size, *rest[second - 1 :])
    return put_diagonal(input, shape=shape, offset=offset, dim1=dim1, dim2=dim2)


@composite(
    method=True, grouped=False, cases=[case(normal(3)), case(normal(3), -1), case(normal(3, 4)), case(normal(3, 4), 2)]
)
def diag(input: Array, diagonal: int = 0) -> Array:
    """A matrix's diagonal, or the matrix that has this row as its diagonal."""
    if input.ndim not in (1, 2):
        raise ShapeError(
            f"diag: takes a row or a matrix, and {tuple(input.shape)} is neither; use diagonal or diag_embed"
        )
    return diag_embed(input, diagonal) if input.ndim == 1 else _diagonal(input, offset=diagonal, dim1=0, dim2=1)


_diagonal = diagonal  # diag's own parameter has the op's name


# --- classes, counts and tables --------------------------------------------------------------------------------------


def _classes(x: Any, num_classes: int) -> int:
    """How many classes there are: as many as the numbers tell, unless that is given."""
    return num_classes if num_classes >= 0 or not np.size(x) else int(np.max(x)) + 1


def _bind_one_hot(x: Array, num_classes: int = -1) -> Bound:
    return (x,), {"num_classes": _classes(getattr(x, "value", x), num_classes)}


@op(
    "one_hot({x})",
    r"\operatorname{onehot}({x})",
    method=False,
    bind=_bind_one_hot,
    cases=[
        case(integers(0, 4, 3), 4, smooth=False),
        case(integers(0, 4, 2, 3), num_classes=5, smooth=False),
        case(fixed([0, 2]), smooth=False),
        case(fixed(1), 3, smooth=False),
    ],
)
def one_hot(x: Array, *, num_classes: int = -1) -> Array:
    """For each class number a row of zeros with a single 1."""
    count = _classes(x, num_classes)
    return (checked(x, count)[..., None] == np.arange(count)).astype(np.int64)


def _bind_bincount(x: Array, weights: Array | None = None, minlength: int = 0) -> Bound:
    return (x, weights), {"minlength": minlength}


@op(
    "bincount({x})",
    r"\operatorname{bincount}({x})",
    bind=_bind_bincount,
    cases=[
        case(integers(0, 4, 9), smooth=False),
        case(integers(0, 3, 5), minlength=6, smooth=False),
        case(integers(0, 3, 5), fixed([1, 2, 1, 3, 2]), smooth=False),
    ],
)
def bincount(x: Array, weights: Array | None, *, minlength: int = 0) -> Array:
    """How often each whole number occurs, or the weights of its occurrences added up."""
    return np.bincount(x, weights, minlength)


def _bind_embedding(
    input: Array,
    weight: Array,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Bound:
    if max_norm is not None or scale_grad_by_freq or sparse:
        raise NotImplementedError(
            "embedding: max_norm, scale_grad_by_freq and sparse aren't offered; rescale the weight before the look-up, or its gradient after backward"
        )
    return (input, weight), {"padding_idx": None if padding_idx is None else axis(padding_idx, shape_of(weight)[0])}


def _undo_embedding(g: Array, indices: Array, rows: int, padding_idx: int | None) -> Array:
    if padding_idx is not None:
        g = where(unsqueeze(indices != padding_idx, dim=-1), g, 0)
    return index_sum(g, indices, dim=0, size=rows)


@op(
    "{weight}[{indices}]",
    "{weight}[{indices}]",
    linear=True,
    method=False,
    bind=_bind_embedding,
    vjp={
        "weight": lambda g, out, indices, weight, *, padding_idx: _undo_embedding(
            g, indices, weight.shape[0], padding_idx
        )
    },
    cases=[
        case(integers(0, 5, 4), normal(5, 3)),
        case(integers(0, 5, 2, 3), normal(5, 3)),
        case(fixed([[0, 4, 2], [4, 4, 1]]), normal(5, 3), padding_idx=-1, smooth=False),
        case(fixed(2), normal(5, 3)),
    ],
)
def embedding(indices: Array, weight: Array, *, padding_idx: int | None = None) -> Array:
    """Look rows up in a table: each row gets the gradients of all its uses added up (the padding row gets none)."""
    return np.take(weight, checked(indices, len(weight)), axis=0)


def shapes_agree(shapes: Sequence[Shape], dim: int) -> bool:
    """Whether shapes are equal in all dimensions but one."""
    return len({(*shape[:dim], *shape[dim + 1 :]) for shape in shapes}) == 1 == len({len(shape) for shape in shapes})
