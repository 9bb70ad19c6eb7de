"""Sliding windows: convolution and pooling.

A convolution is three small things: surround the input with zeros, look at it through a window that slides, and take
the product of what each window shows with the weights. Each is an op, and so is its adjoint, so that the gradient of a
convolution reads as the same three things backwards. The window slides over the last dimensions, however many there
are: one for signals, two for images, three for volumes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradwalk.errors import ShapeError
from gradwalk.ops.arithmetic import where
from gradwalk.ops.declare import Array, case, composite, distinct, integers, normal, op
from gradwalk.ops.index import getitem
from gradwalk.ops.linalg import einsum, matmul
from gradwalk.ops.reduce import mean, sum_, undo_sum
from gradwalk.ops.shape import reshape

Sizes = int | Sequence[int]
Margins = tuple[tuple[int, int], ...]  # how much is put before and after, for each of the last dimensions

# --- the verbs -------------------------------------------------------------------------------------------------------


def _around(x: Array, margins: Margins) -> tuple[tuple[int, int], ...]:
    """The margins of every dimension: none but for the last ones."""
    return ((0, 0),) * (np.ndim(x) - len(margins)) + margins


def _surround_rule(g: Array, out: Array, x: Array, *, margins: Margins, fill: float) -> Array:
    return crop(g, margins=margins)


@op(
    "surround({x}, {margins}, {fill})",
    r"\operatorname{surround}_{{margins}}({x}, {fill})",
    linear=True,
    method=False,
    vjp={"x": _surround_rule},
)
def surround(x: Array, *, margins: Margins, fill: float = 0) -> Array:
    """Put a margin of one number around the last dimensions."""
    return np.pad(x, _around(x, margins), constant_values=fill)


@op(
    "crop({x}, {margins})",
    r"\operatorname{crop}_{{margins}}({x})",
    linear=True,
    view=True,
    method=False,
    vjp={"x": lambda g, out, x, *, margins: surround(g, margins=margins, fill=0)},
)
def crop(x: Array, *, margins: Margins) -> Array:
    """Cut the margin off again."""
    return x[
        tuple(slice(before, n - after) for n, (before, after) in zip(np.shape(x), _around(x, margins), strict=True))
    ]


def _windows_rule(
    g: Array, out: Array, x: Array, *, size: Any, stride: tuple[int, ...], dilation: tuple[int, ...]
) -> Array:
    return unwindow(g, shape=x.shape, stride=stride, dilation=dilation)


@op(
    "windows({x}, {size}, stride={stride}, dilation={dilation})",
    r"\operatorname{windows}_{{size}}({x})",
    linear=True,
    view=True,
    method=False,
    vjp={"x": _windows_rule},
)
def windows(x: Array, *, size: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]) -> Array:
    """Look through a sliding window: one dimension for where it is, and one for the places in it, per sliding direction."""
    reach = tuple(d * (n - 1) + 1 for n, d in zip(size, dilation, strict=True))
    seen = sliding_window_view(x, reach, axis=tuple(range(-len(size), 0)))
    every: tuple[Any, ...] = (..., *(slice(None, None, step) for step in (*stride, *dilation)))
    return seen[every]


@op(
    "unwindow({x}, {shape}, stride={stride}, dilation={dilation})",
    r"\operatorname{unwindow}_{{shape}}({x})",
    linear=True,
    method=False,
    vjp={
        "x": lambda g, out, x, *, shape, stride, dilation: windows(
            g, size=x.shape[-len(stride) :], stride=stride, dilation=dilation
        )
    },
)
def unwindow(x: Array, *, shape: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]) -> Array:
    """Undo sliding: every entry collects from all the windows that showed it."""
    rank, x = len(stride), np.asarray(x)
    steps, size = x.shape[-2 * rank : -rank], x.shape[-rank:]
    made = np.zeros_like(x[(..., *(0,) * rank)], shape=shape)  # in the order in which the windows lie in memory
    for place in places_within(size):
        reached: Any = (
            slice(p * d, p * d + s * (n - 1) + 1, s) for p, d, s, n in zip(place, dilation, stride, steps, strict=True)
        )
        made[..., *reached] += x[..., *place]
    return made


def places_within(size: tuple[int, ...]) -> Iterator[Any]:
    """The places in a window, to sweep over all windows for each: they are few, and windows many."""
    return itertools.product(*map(range, size))


# --- arguments as PyTorch takes them ---------------------------------------------------------------------------------


def per_direction(name: str, given: Any, rank: int) -> tuple[int, ...]:
    """One number for all directions, or one for each."""
    numbers = (int(given),) if isinstance(given, int | np.integer) else tuple(int(n) for n in given)
    if len(numbers) not in (1, rank):
        raise ShapeError(
            f"{name} has {len(numbers)} numbers, {numbers}; one is needed, or {rank}: one for each direction"
        )
    return numbers * rank if len(numbers) == 1 else numbers


def _slide(input: Array, name: str, size: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]) -> Array:
    """The windows of an input, once it is clear that one fits."""
    room = tuple(input.shape[-len(size) :])
    reach = tuple(d * (n - 1) + 1 for n, d in zip(size, dilation, strict=True))
    if min(stride) < 1 or min(size) < 1 or min(dilation) < 1:
        raise ShapeError(
            f"{name}: kernel size, stride and dilation are at least 1, not {size}, {stride} and {dilation}"
        )
    if any(r > n for r, n in zip(reach, room, strict=True)):
        raise ShapeError(
            f"{name}: a window of {reach} doesn't fit into {room}; padding makes room, a smaller kernel needs less"
        )
    return windows(input, size=size, stride=stride, dilation=dilation)


def _with_margin(input: Array, margins: Margins, fill: float = 0) -> Array:
    return surround(input, margins=margins, fill=fill) if any(map(any, margins)) else input


PLACES = "hwd"  # where the window is
INSIDE = "klm"  # the place within it


# --- convolution -----------------------------------------------------------------------------------------------------


def _margins(
    name: str, padding: Any, rank: int, size: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> Margins:
    """What to put around: numbers, ``"valid"`` (nothing), or ``"same"`` (so much that the size stays)."""
    if padding == "valid":
        return ((0, 0),) * rank
    if padding == "same":
        if set(stride) != {1}:
            raise ShapeError(
                f"{name}: padding='same' keeps the size, and stride {stride} divides it; give the padding in numbers"
            )
        extra = [d * (n - 1) for n, d in zip(size, dilation, strict=True)]
        return tuple((n // 2, n - n // 2) for n in extra)
    if isinstance(padding, str):
        raise ShapeError(
            f"{name}: padding is a number, one number for each direction, 'same' or 'valid', not '{padding}'"
        )
    return tuple((n, n) for n in per_direction("padding", padding, rank))


def _channels(name: str, input: Array, weight: Array, rank: int, groups: int, expected: int) -> None:
    """Refuse what can't be convolved, with a sentence that says which number is off."""
    if input.ndim not in (rank + 1, rank + 2) or weight.ndim != rank + 2:
        raise ShapeError(
            f"{name} takes an input of (batch, channels, {', '.join('size' * rank and ['size'] * rank)}), with or without batch, and a weight of "
            f"{rank + 2} dimensions; got {tuple(input.shape)} and {tuple(weight.shape)}"
        )
    channels = input.shape[-rank - 1]
    if channels != expected or weight.shape[0] % groups:
        raise ShapeError(
            f"{name}: the input {tuple(input.shape)} has {channels} channels, and the weight {tuple(weight.shape)} with groups={groups} "
            f"takes {expected}"
            + (f"; its {weight.shape[0]} rows don't divide into {groups} groups" if weight.shape[0] % groups else "")
        )


def _with_bias(sums: Array, bias: Array | None, rank: int) -> Array:
    return sums if bias is None else sums + reshape(bias, shape=(bias.shape[0], *(1,) * rank))


def _convolved(
    name: str, rank: int, input: Array, weight: Array, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Array:
    """Pad, look through windows, multiply with the weights and add up, add the bias."""
    _channels(name, input, weight, rank, groups, weight.shape[1] * groups)
    size, stride, dilation = (
        tuple(weight.shape[2:]),
        per_direction("stride", stride, rank),
        per_direction("dilation", dilation, rank),
    )
    padded = _with_margin(input, _margins(name, padding, rank, size, stride, dilation))
    seen = _slide(_grouped(padded, groups, -rank - 1), name, size, stride, dilation)
    at, inside, batch, group = PLACES[:rank], INSIDE[:rank], "n" * (input.ndim - rank - 1), "g" * (groups > 1)
    equation = f"{batch}{group}c{at}{inside},{group}oc{inside}->{batch}{group}o{at}"
    sums = einsum(seen, _grouped(weight, groups, 0), equation=equation)
    return _with_bias(_ungrouped(sums, groups, -rank - 1), bias, rank)


def _grouped(x: Array, groups: int, dim: int) -> Array:
    """Split one dimension into groups and the rest, when there is more than one group."""
    if groups == 1:
        return x
    dim %= x.ndim
    return reshape(x, shape=(*x.shape[:dim], groups, x.shape[dim] // groups, *x.shape[dim + 1 :]))


def _ungrouped(x: Array, groups: int, dim: int) -> Array:
    """Join groups and what is in each into one dimension again."""
    if groups == 1:
        return x
    dim %= x.ndim
    return reshape(x, shape=(*x.shape[: dim - 1], groups * x.shape[dim], *x.shape[dim + 1 :]))


@composite(
    cases=[
        case(normal(2, 3, 7), normal(4, 3, 3)),
        case(normal(2, 3, 7), normal(4, 3, 3), normal(4), 2, 1),
        case(normal(3, 7), normal(4, 3, 2), normal(4), dilation=2),
        case(normal(2, 4, 7), normal(6, 2, 3), normal(6), padding="same", groups=2),
        case(normal(2, 3, 6), normal(4, 3, 4), padding="valid", stride=(3,)),
        case(normal(0, 3, 6), normal(4, 3, 4)),
    ]
)
def conv1d(
    input: Array,
    weight: Array,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Any = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """Slide small weights along a signal: at each place, the product with what the window shows."""
    return _convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@composite(
    cases=[
        case(normal(2, 3, 5, 6), normal(4, 3, 3, 2)),
        case(normal(2, 3, 5, 6), normal(4, 3, 3, 3), normal(4), (2, 1), (1, 2)),
        case(normal(3, 6, 5), normal(4, 3, 2, 2), normal(4), dilation=(2, 3)),
        case(normal(2, 4, 5, 5), normal(4, 1, 3, 3), normal(4), padding=1, groups=4),
        case(normal(2, 2, 5, 5), normal(4, 2, 2, 3), padding="same", dilation=2),
        case(normal(1, 1, 3, 3), normal(1, 1, 3, 3)),
    ]
)
def conv2d(
    input: Array,
    weight: Array,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Any = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """Slide small weights over an image: at each place, the product with what the window shows."""
    return _convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@composite(
    cases=[
        case(normal(1, 2, 3, 4, 3), normal(2, 2, 2, 2, 2), normal(2), (1, 2, 1), 1),
        case(normal(2, 3, 3, 3), normal(2, 1, 2, 3, 1), groups=2),
    ]
)
def conv3d(
    input: Array,
    weight: Array,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Any = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """Slide small weights through a volume: at each place, the product with what the window shows."""
    return _convolved("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _spread_out(
    name: str,
    rank: int,
    input: Array,
    weight: Array,
    bias: Any,
    stride: Any,
    padding: Any,
    extra: Any,
    groups: int,
    dilation: Any,
) -> Array:
    """The gradient of a convolution as a forward pass: each input stamps the weights onto a larger output."""
    _channels(name, input, weight, rank, groups, weight.shape[0])
    size, stride, dilation = (
        tuple(weight.shape[2:]),
        per_direction("stride", stride, rank),
        per_direction("dilation", dilation, rank),
    )
    padding, extra = per_direction("padding", padding, rank), per_direction("output_padding", extra, rank)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ShapeError(
            f"{name}: output_padding {extra} must be smaller than the stride {stride} or the dilation {dilation}"
        )
    at, inside, batch, group = PLACES[:rank], INSIDE[:rank], "n" * (input.ndim - rank - 1), "g" * (groups > 1)
    equation = f"{batch}{group}c{at},{group}co{inside}->{batch}{group}o{at}{inside}"
    stamped = einsum(_grouped(input, groups, -rank - 1), _grouped(weight, groups, 0), equation=equation)
    stamped = _ungrouped(stamped, groups, -2 * rank - 1)
    reach = [
        s * (n - 1) + d * (k - 1) + 1 for s, n, d, k in zip(stride, input.shape[-rank:], dilation, size, strict=True)
    ]
    room = tuple(r + max(e - p, 0) for r, e, p in zip(reach, extra, padding, strict=True))
    whole = unwindow(stamped, shape=(*stamped.shape[: -2 * rank], *room), stride=stride, dilation=dilation)
    margins = tuple((p, max(p - e, 0)) for p, e in zip(padding, extra, strict=True))
    return _with_bias(crop(whole, margins=margins) if any(padding) else whole, bias, rank)


@composite(
    cases=[
        case(normal(2, 3, 4), normal(3, 2, 3)),
        case(normal(2, 4, 4), normal(4, 2, 3), normal(4), 2, 1, 1, 2),
        case(normal(3, 4), normal(3, 2, 3), stride=3, dilation=2, output_padding=2),
    ]
)
def conv_transpose1d(
    input: Array,
    weight: Array,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Array:
    """A convolution's gradient used as a layer: it makes signals longer."""
    return _spread_out("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@composite(
    cases=[
        case(normal(2, 3, 4, 3), normal(3, 2, 3, 2)),
        case(normal(2, 4, 4, 3), normal(4, 1, 3, 3), normal(2), (2, 3), (1, 0), (1, 2), 2),
        case(normal(3, 2, 2), normal(3, 2, 3, 2), normal(2), dilation=2),
    ]
)
def conv_transpose2d(
    input: Array,
    weight: Array,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Array:
    """A convolution's gradient used as a layer: it makes images larger."""
    return _spread_out("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@composite(cases=[case(normal(2, 2, 3, 2, 3), normal(2, 2, 2, 2, 2), normal(2), 2, 1, 1)])
def conv_transpose3d(
    input: Array,
    weight: Array,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Array:
    """A convolution's gradient used as a layer: it makes volumes larger."""
    return _spread_out("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


# --- windows laid out as columns -------------------------------------------------------------------------------------


@composite(
    cases=[
        case(normal(2, 3, 4, 5), (2, 3)),
        case(normal(2, 3, 6, 5), 2, 2, 1, (2, 1)),
        case(normal(3, 4, 5), 2),
    ]
)
def unfold_columns(
    input: Array, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Array:
    """What each window of an image shows, as one column (PyTorch's ``nn.functional.unfold``)."""
    size, stride, dilation = (
        per_direction(*x, 2) for x in (("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation))
    )
    padded = _with_margin(input, _margins("unfold", padding, 2, size, stride, dilation))
    seen = _slide(padded, "unfold", size, stride, dilation)
    batch = "n" * (input.ndim - 3)
    columns = einsum(seen, equation=f"{batch}chwkl->{batch}cklhw")
    return reshape(columns, shape=(*input.shape[:-3], input.shape[-3] * math.prod(size), math.prod(seen.shape[-4:-2])))


@composite(
    cases=[
        case(normal(2, 12, 6), (3, 4), 2),
        case(normal(12, 9), (4, 5), 2, padding=1, stride=2),
    ]
)
def fold_columns(
    input: Array, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Array:
    """Columns put back into an image, added up where windows overlap (PyTorch's ``nn.functional.fold``)."""
    size, stride, dilation = (
        per_direction(*x, 2) for x in (("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation))
    )
    margins = _margins("fold", padding, 2, size, stride, dilation)
    room = tuple(
        n + sum(margin) for n, margin in zip(per_direction("output_size", output_size, 2), margins, strict=True)
    )
    steps = tuple((r - d * (k - 1) - 1) // s + 1 for r, d, k, s in zip(room, dilation, size, stride, strict=True))
    if input.shape[-1] != math.prod(steps) or input.shape[-2] % math.prod(size):
        raise ShapeError(
            f"fold: {math.prod(steps)} columns of a multiple of {math.prod(size)} entries make an image of this size with this kernel, "
            f"and the input {tuple(input.shape)} has {input.shape[-1]} of {input.shape[-2]}"
        )
    channels, batch = input.shape[-2] // math.prod(size), "n" * (input.ndim - 2)
    columns = reshape(input, shape=(*input.shape[:-2], channels, *size, *steps))
    seen = einsum(columns, equation=f"{batch}cklhw->{batch}chwkl")
    whole = unwindow(seen, shape=(*input.shape[:-2], channels, *room), stride=stride, dilation=dilation)
    return crop(whole, margins=margins) if any(map(any, margins)) else whole


# --- pooling ---------------------------------------------------------------------------------------------------------


@op("first_largest({x})", r"\operatorname{firstlargest}({x})", method=False)
def first_largest(x: Array, largest: Array, *, dims: int) -> Array:
    """True at the largest entry of the last dimensions; of several, at the first. NaN is larger than all."""
    x = np.asarray(x)
    order = sorted(range(largest.ndim), key=lambda axis: -largest.strides[axis])
    made = np.empty((*x.shape[-dims:], *(largest.shape[axis] for axis in order)), bool)
    made = np.transpose(made, [*(dims + order.index(axis) for axis in range(largest.ndim)), *range(dims)])
    waiting = np.ones_like(largest, bool)
    for place in places_within(x.shape[-dims:]):
        here, first = x[..., *place], made[..., *place]
        np.logical_and((here == largest) | (here != here), waiting, out=first)
        waiting ^= first
    return made


def _largest_rule(g: Array, out: Array, x: Array, *, dims: int = 1) -> Array:
    everywhere = undo_sum(g, shape=x.shape, dim=tuple(range(-dims, 0)))
    return where(first_largest(x, out, dims=dims), everywhere, 0)


@op(
    "largest({x})",
    r"\operatorname{largest}({x})",
    method=False,
    vjp={"x": _largest_rule},
)
def largest(x: Array, *, dims: int = 1) -> Array:
    """The largest entry of the last dimensions; the gradient goes to the first of the largest."""
    x = np.asarray(x)
    first, *others = (x[..., *place] for place in places_within(x.shape[-dims:]))
    made = np.array(first)
    for other in others:
        np.maximum(made, other, out=made)
    return made


@op("place_of_largest({x})", r"\operatorname{placeoflargest}({x})", method=False)
def place_of_largest(
    x: Array, *, size: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], margins: Margins
) -> Array:
    """Where in the flattened input each window's largest entry lies."""
    room = np.shape(x)[-len(size) :]
    numbered = np.pad(np.arange(math.prod(room)).reshape(room), margins)
    places = _flat(windows(numbered, size=size, stride=stride, dilation=dilation), len(size))
    padded = np.pad(x, _around(x, margins), constant_values=lowest(np.asarray(x).dtype))
    chosen = np.argmax(_flat(windows(padded, size=size, stride=stride, dilation=dilation), len(size)), axis=-1)
    return _picked(places, chosen)


@op("place_of_largest({x})", r"\operatorname{placeoflargest}({x})", method=False)
def place_among(x: Array, *, places: Array) -> Array:
    """Of the largest entry in the last dimension, what the table of places says."""
    return _picked(places, np.argmax(x, axis=-1))


def _picked(places: Array, chosen: Array) -> Array:
    """One entry out of each row of a table, as often as there are rows to choose for."""
    return np.take_along_axis(np.broadcast_to(places, (*chosen.shape, places.shape[-1])), chosen[..., None], -1)[..., 0]


def lowest(dtype: Any) -> float:
    """What is below every number of a type."""
    return -math.inf if dtype.kind == "f" else int(np.iinfo(dtype).min)


def _flat(seen: Array, rank: int) -> Array:
    """The places within each window as one dimension."""
    return reshape(seen, shape=(*seen.shape[:-rank], math.prod(seen.shape[-rank:])))


def _pool_margins(
    name: str,
    room: Sequence[int],
    size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    ceil: bool,
) -> Margins:
    """The padding on both sides; with ``ceil_mode`` also what a last, overhanging window needs."""
    margins = []
    for n, k, s, p, d in zip(room, size, stride, padding, dilation, strict=True):
        if not 0 <= p <= (d * (k - 1) + 1) // 2:
            raise ShapeError(
                f"{name}: padding {p} is more than half of the window's {k}; a window must show some of the input"
            )
        over = n + 2 * p - d * (k - 1) - 1
        steps = over // s
        if ceil and over % s and (steps + 1) * s < n + p:  # a window that starts in the right margin is left out
            steps += 1
        margins.append((p, p + max(steps * s - over, 0)))
    return tuple(margins)


def _pooling(
    name: str, rank: int, input: Array, size: Any, stride: Any, padding: Any, dilation: Any, ceil: bool
) -> tuple[Any, ...]:
    """The arguments of a pooling, one number for each direction."""
    if input.ndim not in (rank + 1, rank + 2):
        raise ShapeError(
            f"{name} takes {rank + 1} or {rank + 2} dimensions (batch, channels, sizes), and got {tuple(input.shape)}"
        )
    size = per_direction("kernel_size", size, rank)
    stride = size if stride is None or stride == [] or stride == () else per_direction("stride", stride, rank)
    padding, dilation = per_direction("padding", padding, rank), per_direction("dilation", dilation, rank)
    margins = _pool_margins(name, input.shape[-rank:], size, stride, padding, dilation, ceil)
    return size, stride, padding, dilation, margins


def _largest(
    name: str,
    rank: int,
    input: Array,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    return_indices: bool,
) -> Array:
    """The largest entry that each window shows."""
    size, stride, padding, dilation, margins = _pooling(
        name, rank, input, kernel_size, stride, padding, dilation, ceil_mode
    )
    seen = _slide(_with_margin(input, margins, lowest(input.dtype)), name, size, stride, dilation)
    pooled = largest(seen, dims=rank)
    if not return_indices:
        return pooled
    return pooled, place_of_largest(input, size=size, stride=stride, dilation=dilation, margins=margins)


@composite(
    cases=[
        case(distinct(2, 3, 7), 2),
        case(distinct(3, 7), 3, 2, 1),
        case(distinct(2, 3, 8), 3, 2, 1, 2, True),
        case(distinct(2, 8), 2, return_indices=True),
        case(distinct(2, 7), (3,), stride=2, padding=1, ceil_mode=True),
    ]
)
def max_pool1d(
    input: Array,
    kernel_size: Sizes,
    stride: Any = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array:
    """The largest number in each window of a signal; it alone gets the gradient."""
    return _largest("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@composite(
    cases=[
        case(distinct(2, 3, 4, 6), 2),
        case(distinct(3, 7, 5), (3, 2), (2, 1), 1),
        case(distinct(1, 2, 8, 7), 3, 2, 1, (2, 1), True),
        case(distinct(2, 2, 5, 5), 3, 2, padding=1, return_indices=True),
        case(distinct(0, 2, 5, 5), 3),
        case(integers(0, 99, 2, 5, 5), 3, 2, padding=1, smooth=False),
    ]
)
def max_pool2d(
    input: Array,
    kernel_size: Sizes,
    stride: Any = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array:
    """The largest number in each window of an image; it alone gets the gradient."""
    return _largest("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@composite(
    cases=[
        case(distinct(1, 2, 4, 4, 5), 2),
        case(distinct(1, 4, 4, 5), (2, 3, 2), 2, 1, ceil_mode=True, return_indices=True),
    ]
)
def max_pool3d(
    input: Array,
    kernel_size: Sizes,
    stride: Any = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array:
    """The largest number in each window of a volume; it alone gets the gradient."""
    return _largest("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _averaged(
    name: str,
    rank: int,
    input: Array,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: Any,
) -> Array:
    """The mean of what each window shows; the padding counts or doesn't."""
    size, stride, padding, dilation, margins = _pooling(name, rank, input, kernel_size, stride, padding, 1, ceil_mode)
    if input.dtype.kind != "f":
        raise TypeError(f"{name}: a mean of whole numbers is rarely whole; convert them first (x.double())")
    seen = _slide(_with_margin(input, margins), name, size, stride, dilation)
    inside = tuple(range(-rank, 0))
    overhangs = any(after > p for p, (_, after) in zip(padding, margins, strict=True))
    if divisor is None and not overhangs and (count_include_pad or not any(padding)):
        return mean(seen, dim=inside, keepdim=False)
    if divisor is None:
        divisor = _counts(input, size, stride, padding, margins, count_include_pad)
    elif divisor == 0:
        raise ShapeError(f"{name}: divisor_override can't be 0")
    return sum_(seen, dim=inside, keepdim=False) / divisor


def _counts(
    input: Array,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    margins: Margins,
    with_padding: bool,
) -> Array:
    """How many entries each window shows that count."""
    counted = np.ones(input.shape[-len(size) :], input.dtype)
    counted = np.pad(counted, [(p, p) for p in padding], constant_values=float(with_padding))
    counted = np.pad(counted, [(0, after - p) for p, (_, after) in zip(padding, margins, strict=True)])
    return windows(counted, size=size, stride=stride, dilation=(1,) * len(size)).sum(axis=tuple(range(-len(size), 0)))


@composite(
    cases=[
        case(normal(2, 3, 7), 2),
        case(normal(3, 7), 3, 2, 1),
        case(normal(3, 8), (3,), 2, 1, True, False),
        case(normal(3, 8), 3, 2, 1, ceil_mode=True),
    ]
)
def avg_pool1d(
    input: Array,
    kernel_size: Sizes,
    stride: Any = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """The mean of each window of a signal."""
    return _averaged("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


@composite(
    cases=[
        case(normal(2, 3, 4, 6), 2),
        case(normal(3, 7, 5), (3, 2), (2, 1), 1),
        case(normal(1, 2, 8, 7), 3, 2, 1, True, False),
        case(normal(1, 2, 8, 7), 3, 2, (0, 1), ceil_mode=True),
        case(normal(1, 2, 4, 4), 2, divisor_override=3),
    ]
)
def avg_pool2d(
    input: Array,
    kernel_size: Sizes,
    stride: Any = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Array:
    """The mean of each window of an image."""
    return _averaged(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


@composite(cases=[case(normal(1, 2, 4, 4, 5), 2), case(normal(1, 4, 4, 5), (2, 3, 2), 2, 1, True, False)])
def avg_pool3d(
    input: Array,
    kernel_size: Sizes,
    stride: Any = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Array:
    """The mean of each window of a volume."""
    return _averaged(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def _stretches(n: int, wanted: Any) -> tuple[Array, Array]:
    """Where ``wanted`` nearly equal stretches of ``n`` entries (None: one for each entry) start and end."""
    wanted = n if wanted is None else int(wanted)
    starts = np.arange(wanted) * n // max(wanted, 1)
    return starts, -(-(np.arange(wanted) + 1) * n // max(wanted, 1))


def _shares(n: int, wanted: Any, dtype: Any) -> Array:
    """The matrix that averages ``n`` entries into ``wanted`` nearly equal stretches, one row for each."""
    starts, ends = _stretches(n, wanted)
    places = np.arange(n)
    inside = (places >= starts[:, None]) & (places < ends[:, None])
    return (inside / np.maximum(ends - starts, 1)[:, None]).astype(dtype)


@composite(cases=[case(normal(2, 3, 7), 3), case(normal(3, 8), 4), case(normal(3, 2), 5)])
def adaptive_avg_pool1d(input: Array, output_size: Sizes) -> Array:
    """Means of as many stretches as are wanted: a product with the matrix that averages."""
    (wanted,) = per_direction("output_size", output_size, 1)
    return matmul(input, _shares(input.shape[-1], wanted, input.dtype).T)


@composite(cases=[case(normal(2, 3, 7, 5), 3), case(normal(3, 6, 4), (2, None)), case(normal(2, 3, 5, 5), 1)])
def adaptive_avg_pool2d(input: Array, output_size: Any) -> Array:
    """Means of as many patches as are wanted: products with the matrices that average rows and columns."""
    rows, columns = (output_size, output_size) if isinstance(output_size, int | None) else output_size
    height = _shares(input.shape[-2], rows, input.dtype)
    width = _shares(input.shape[-1], columns, input.dtype)
    return matmul(matmul(height, input), width.T)


@composite(
    cases=[
        case(distinct(2, 3, 7), 3),
        case(distinct(3, 8), 4, True),
        case(distinct(3, 2), 5),
    ]
)
def adaptive_max_pool1d(input: Array, output_size: Sizes, return_indices: bool = False) -> Array:
    """The largest entry in each of as many stretches as are wanted; it alone gets the gradient."""
    return _largest_of("adaptive_max_pool1d", input, per_direction("output_size", output_size, 1), return_indices)


@composite(
    cases=[
        case(distinct(2, 3, 7, 5), 3),
        case(distinct(3, 6, 4), (2, None)),
        case(distinct(2, 3, 5, 7), (3, 2), True),
    ]
)
def adaptive_max_pool2d(input: Array, output_size: Any, return_indices: bool = False) -> Array:
    """The largest entry in each of as many patches as are wanted; it alone gets the gradient."""
    wanted = (output_size, output_size) if isinstance(output_size, int | None) else tuple(output_size)
    return _largest_of("adaptive_max_pool2d", input, wanted, return_indices)


def _largest_of(name: str, input: Array, wanted: tuple[Any, ...], return_indices: bool) -> Array:
    """The largest entry in each of the stretches (patches) that are wanted, and where it lies in the flattened input."""
    rank = len(wanted)
    if input.ndim not in (rank + 1, rank + 2):
        raise ShapeError(
            f"{name} takes {rank + 1} or {rank + 2} dimensions (batch, channels, sizes), and got {tuple(input.shape)}"
        )
    places = _entries(input.shape[-rank:], wanted)
    seen = getitem(reshape(input, shape=(*input.shape[:-rank], -1)), index=(..., places))
    pooled = largest(seen)
    return (pooled, place_among(seen, places=places)) if return_indices else pooled


def _entries(room: Sequence[int], wanted: Sequence[Any]) -> Array:
    """Where the entries of each stretch lie in the flattened input, in the last dimension; a short one repeats its first."""
    places = np.zeros(1, np.int64)
    for n, count in zip(room, wanted, strict=True):
        starts, ends = _stretches(n, count)
        within = starts[:, None] + np.arange((ends - starts).max(initial=1))
        within = np.where(within < ends[:, None], within, starts[:, None])
        places = places[..., None, :, None] * n + within[:, None, :]
        places = places.reshape(*places.shape[:-2], -1)
    return places
