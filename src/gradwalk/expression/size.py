"""How large the result of a call gets, and how long it takes: asked before the call is made.

Every function that a formula may call stands in `SIZES` (elementwise ops are there by themselves), with a generous bound
on the numbers that it holds at once. Whatever isn't there isn't offered, so a new op can't slip in unbounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import prod
from typing import Any

import numpy as np

from gradwalk.operators import functions
from gradwalk.ops import OPS
from gradwalk.tensor import Tensor

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Call:
    """One call about to be made: its tensors in order, and its other arguments by name."""

    name: str
    tensors: tuple[Any, ...]
    plain: Mapping[str, Any]

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of the tensors."""
        return [np.shape(getattr(x, "value", x)) for x in self.tensors]

    @property
    def sizes(self) -> list[int]:
        """How many numbers each tensor holds."""
        return [prod(shape) for shape in self.shapes]

    def numbers(self, *names: str) -> list[int]:
        """The whole numbers in these arguments (in all, if none is named)."""
        return [n for name, value in self.plain.items() if not names or name in names for n in whole_numbers(value)]


def whole_numbers(value: Any) -> Iterable[int]:
    """The whole numbers in an argument, however nested."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from whole_numbers(item)
    elif isinstance(value, int | float) and value == value and abs(value) != float("inf"):
        yield int(value)
    elif isinstance(value, np.ndarray | Tensor):
        yield from (int(n) for n in np.ravel(getattr(value, "value", value))[:1000].tolist() if np.isfinite(n))


def aligned(*shapes: Sequence[int]) -> Shape:
    """The shape that shapes broadcast to, with the larger size wherever two differ."""
    return tuple(max(sizes) for sizes in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1))[::-1]


def compatible(shapes: Sequence[Shape]) -> bool:
    """Whether shapes broadcast together."""
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return True


# --- bounds ----------------------------------------------------------------------------------------------------------


def no_larger(call: Call) -> int:
    """No more numbers than went in (the sum of no numbers is one)."""
    return sum(prod(max(size, 1) for size in shape) for shape in call.shapes)


def broadcast(call: Call) -> int:
    """One number for each entry of the broadcast shape."""
    return prod(aligned(*call.shapes)) if compatible(call.shapes) else sum(call.sizes)


def product(call: Call) -> int:
    """Every entry of each tensor with every one of the others."""
    return prod(max(size, 1) for size in call.sizes)


def matrix_product(call: Call) -> int:
    """Rows of the first by columns of the second, for each of the batch."""
    if len(call.shapes) < 2 or not all(call.shapes[-2:]):
        return no_larger(call)
    a, b = call.shapes[-2:]
    rows, columns = a[:-1][-1:], b[-1:] if len(b) > 1 else ()
    return prod(aligned(a[:-2], b[:-2])) * prod(rows) * prod(columns) + sum(call.sizes[:-2])


def layer(call: Call) -> int:
    """Every row of the input meets every row of the weight."""
    if len(call.shapes) < 2 or not all(call.shapes[:2]):
        return no_larger(call)
    return prod(call.shapes[0][:-1]) * prod(call.shapes[1][:-1])


def summed_products(call: Call) -> int:
    """An einsum: the product of the sizes of the letters that stay; of more than two tensors, of all of them."""
    letters, stay = _letters(call)
    if len(call.tensors) > 2:
        return multiplied(call)
    return prod(letters[letter] for letter in stay) if letters else product(call)


def multiplied(call: Call) -> int:
    """An einsum's work: the product of the sizes of all letters."""
    letters, _ = _letters(call)
    return prod(letters.values()) if letters else product(call)


def _letters(call: Call) -> tuple[dict[str, int], list[str]]:
    """The size of each letter of an einsum, and the letters of its result; nothing where that isn't plain to see."""
    inputs, arrow, result = str(call.plain.get("equation", "")).replace(" ", "").partition("->")
    terms = inputs.split(",")
    if "." in inputs or [len(term) for term in terms] != [len(shape) for shape in call.shapes]:
        return {}, []
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, call.shapes, strict=True):
        for letter, size in zip(term, shape, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 0))
    stay = result if arrow else "".join(letter for letter in sizes if inputs.count(letter) == 1)
    return sizes, [letter for letter in stay if letter in sizes]


PIECE = 1_000  # what one piece of a split counts for: each is a tensor of its own


def pieces(call: Call) -> int:
    """No more numbers than went in, but many small tensors are dear too."""
    longest = max(call.shapes[0], default=1)
    asked = [n for n in call.numbers("split_size_or_sections", "sizes", "chunks", "indices_or_sections") if n > 0]
    count = (
        longest
        if call.name == "unbind"
        else longest // max(min(asked, default=1), 1) + len(asked)
        if call.name == "split"
        else max([*asked, len(asked)])
    )
    return call.sizes[0] + (PIECE * count if count > PIECE else 0)


def expanded(call: Call) -> int:
    """The shape that was asked for, over the shape there is; −1 keeps a size."""
    return prod(aligned(call.shapes[0], [max(n, 1) for n in call.numbers()], *call.shapes[1:]))


def repeated(call: Call) -> int:
    """The input as often as the product of the repeats says."""
    return call.sizes[0] * prod(max(n, 1) for n in call.numbers())


def repeated_each(call: Call) -> int:
    """Each entry as often as its repeat says."""
    return call.sizes[0] * max([1, *call.numbers("repeats")])


def padded(call: Call) -> int:
    """Each of the last dimensions grows by what is put at its two ends."""
    shape, margins = list(call.shapes[0]), call.numbers("pad")
    for i in range(min(len(margins) // 2, len(shape))):
        shape[-1 - i] += max(margins[2 * i], 0) + max(margins[2 * i + 1], 0)
    return prod(shape)


def counted(call: Call) -> int:
    """One place for each class, up to the largest class there is."""
    largest = max(
        (
            int(np.max(x.value)) + 1
            for x in call.tensors[:1]
            if np.size(getattr(x, "value", 0)) and isinstance(x, Tensor)
        ),
        default=1,
    )
    classes = max([largest, 1, *call.numbers()])
    return classes * (call.sizes[0] if call.name == "one_hot" else 1) + call.sizes[0]


def picked(call: Call) -> int:
    """As many rows as the index asks for."""
    table, index = max(call.shapes, key=prod, default=()), min(call.sizes, default=1)
    asked = max([index, *(len(list(whole_numbers(v))) for v in call.plain.values())])
    return max(asked, 1) * max(prod(table[1:]), prod(table[:-1]), 1)


def spread_diagonal(call: Call) -> int:
    """A square for each row: its side is the row and the offset."""
    shape = call.shapes[0] or (1,)
    side = shape[-1] + max([abs(n) for n in call.numbers("offset", "diagonal")] or [0])
    return prod(shape[:-1]) * side * side if call.name == "diag_embed" or len(shape) == 1 else prod(shape)


def crossed(call: Call) -> int:
    """A grid for each tensor, as large as all of them crossed."""
    return product(call) * max(len(call.tensors), 1)


def attended(call: Call) -> int:
    """Every query meets every key."""
    if len(call.shapes) < 3 or not all(len(shape) > 1 for shape in call.shapes[:3]):
        return no_larger(call)
    query, key, value = call.shapes[:3]
    batch = prod(aligned(query[:-2], key[:-2], value[:-2]))
    return batch * query[-2] * (key[-2] + value[-1]) + sum(call.sizes)


def windowed(call: Call) -> int:
    """Every window of the padded input, laid out; and the result."""
    shape = call.shapes[0]
    dims = int(call.name[-2]) if call.name[-1] == "d" else 2
    margin = 2 * max([0, *call.numbers("padding")]) if call.plain.get("padding") != "same" else max(shape, default=0)
    kernel = call.shapes[1][2:] if call.name.startswith("conv") and len(call.shapes) > 1 else _kernel(call, dims)
    places = prod(size + margin for size in shape[-dims:])
    channels = prod(shape[:-dims])
    made = prod(call.shapes[1][:1]) if call.name.startswith("conv") and len(call.shapes) > 1 else 1
    return max(channels, 1) * places * max(prod(kernel), 1) + prod(shape[:1]) * places * made


def _kernel(call: Call, dims: int) -> list[int]:
    sizes = [max(n, 1) for n in call.numbers("kernel_size")]
    return sizes * dims if len(sizes) == 1 else sizes


def stretched(call: Call) -> int:
    """A transposed convolution: each place grows by the stride and the kernel."""
    shape, weight = call.shapes[0], call.shapes[1] if len(call.shapes) > 1 else ()
    dims = int(call.name[-2])
    stride, dilation = max([1, *call.numbers("stride")]), max([1, *call.numbers("dilation")])
    extra = max([0, *call.numbers("output_padding", "padding")])
    places = prod(size * stride + dilation * max(weight[2:], default=1) + 2 * extra for size in shape[-dims:])
    return prod(shape[:1]) * max(prod(weight[:2]), 1) * places * max(prod(weight[2:]), 1)


def enlarged(call: Call) -> int:
    """Channels by the output size that was asked for, through one matrix for each dimension."""
    return call.sizes[0] * prod(max(n, 1) for n in call.numbers())


def listed(bound: Callable[[Call], int], names: str) -> dict[str, Callable[[Call], int]]:
    """The same bound for several functions."""
    return dict.fromkeys(names.split(), bound)


SIZES: dict[str, Callable[[Call], int]] = {
    **{name: broadcast for name, op in OPS.items() if op.elementwise and name in functions},
    **listed(
        no_larger,
        """reshape view view_as reshape_as ravel flatten unflatten squeeze unsqueeze transpose permute mT T t swapaxes swapdims
        movedim moveaxis flip fliplr flipud rot90 roll select narrow tril triu diagonal trace
        masked_select clone sum mean var std amax amin prod logsumexp norm any all count_nonzero argmax argmin argsort
        sort topk median cumsum cumprod cummax cummin unique softmax log_softmax softmin layer_norm rms_norm
        batch_norm group_norm instance_norm normalize nll_loss cross_entropy scatter scatter_add index_add cat concat concatenate
        stack hstack vstack""",
    ),
    **listed(
        broadcast,
        """pow divide clamp clip addcmul addcdiv subtract multiply true_divide negative greater greater_equal less less_equal
        not_equal absolute fix arcsin arccos arctan arctan2 arcsinh arccosh arctanh max min masked_fill gather take_along_dim
        mse_loss l1_loss huber_loss smooth_l1_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div""",
    ),
    **listed(matrix_product, "matmul mm bmm mv dot vdot addmm addmv baddbmm addbmm"),
    **listed(layer, "linear inner"),
    **listed(product, "outer ger kron tensordot bilinear addr"),
    **listed(expanded, "expand broadcast_to expand_as"),
    **listed(repeated, "repeat tile"),
    **listed(picked, "embedding index_select"),
    **listed(spread_diagonal, "diag diag_embed"),
    **listed(counted, "one_hot bincount"),
    **listed(windowed, "conv1d conv2d conv3d max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d"),
    **listed(stretched, "conv_transpose1d conv_transpose2d conv_transpose3d"),
    **listed(enlarged, "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d adaptive_max_pool2d"),
    "einsum": summed_products,
    **listed(pieces, "chunk split tensor_split unbind"),
    "repeat_interleave": repeated_each,
    "pad": padded,
    "meshgrid": crossed,
    "scaled_dot_product_attention": attended,
}  # fmt: skip


# --- work ------------------------------------------------------------------------------------------------------------


def inner_products(call: Call) -> int:
    """A multiplication for every entry of every row with every column."""
    inner = call.shapes[0][-1] if call.shapes and call.shapes[0] else 1
    return matrix_product(call) * max(inner, max((shape[-1] for shape in call.shapes if shape), default=1)) // 8


WORK: dict[str, Callable[[Call], int]] = {
    **listed(inner_products, "matmul mm bmm mv dot vdot addmm addmv baddbmm addbmm"),
    "linear": lambda call: layer(call) * (call.shapes[0][-1] if call.shapes[0] else 1) // 8,
    "scaled_dot_product_attention": lambda call: attended(call) * (call.shapes[0][-1] if call.shapes[0] else 1) // 8,
    "einsum": multiplied,
}


def estimate(call: Call) -> tuple[int, int]:
    """The numbers that a call holds at once, and the work that it is (in numbers looked at), both at most."""
    size = SIZES[call.name](call)
    work = WORK[call.name](call) if call.name in WORK else 0
    return size, size + sum(call.sizes) + work


def indexed(shape: Shape, key: Any) -> int:
    """How many numbers an index picks out."""
    items = list(key) if isinstance(key, tuple) else [key]
    given = sum(_consumed(item) for item in items if item is not Ellipsis)
    arrays: list[Shape] = []
    count, dims = 1, list(shape)
    for item in items:
        if item is Ellipsis:
            skipped = max(len(dims) - given, 0)
            count *= prod(dims[:skipped])
            dims = dims[skipped:]
            continue
        taken, dims = dims[: _consumed(item)], dims[_consumed(item) :]
        given -= _consumed(item)
        if isinstance(item, slice) and taken:
            count *= len(range(*item.indices(taken[0])))
        elif _is_array(item):
            array = np.asarray(item)
            arrays.append((int(np.count_nonzero(array)),) if array.dtype == bool else array.shape)
    return count * prod(dims) * prod(aligned(*arrays))


def _consumed(item: Any) -> int:
    """How many dimensions one piece of an index uses up."""
    if item is None:
        return 0
    array = np.asarray(item) if _is_array(item) else None
    return array.ndim if array is not None and array.dtype == bool else 1


def _is_array(item: Any) -> bool:
    return isinstance(item, list | np.ndarray)
