"""Products of vectors and matrices."""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.formula import PRODUCT
from gradwalk.ops.contraction import contracted, summed
from gradwalk.ops.declare import Array, case, composite, normal, op
from gradwalk.ops.reduce import undo_sum
from gradwalk.ops.shape import mT, reshape, spread, unsqueeze


def _matmul_left(g: Array, out: Array, a: Array, b: Array) -> Array:
    if b.ndim == 1:
        return g * b if a.ndim == 1 else outer(g, b) if a.ndim == 2 else unsqueeze(g, dim=-1) * b
    if a.ndim > 1:
        return matmul(g, mT(b))
    return matmul(b, g) if b.ndim == 2 else reshape(matmul(b, unsqueeze(g, dim=-1)), shape=b.shape[:-1])


def _matmul_right(g: Array, out: Array, a: Array, b: Array) -> Array:
    if a.ndim > 1:
        if b.ndim > 1:
            return matmul(mT(a), g)
        return matmul(mT(a), g) if a.ndim == 2 else unsqueeze(g, dim=-1) * a
    return g * a if b.ndim == 1 else outer(a, g) if b.ndim == 2 else unsqueeze(a, dim=-1) * unsqueeze(g, dim=-2)


@op(
    "{a} @ {b}",
    r"{a} \; {b}",
    binds=PRODUCT,
    operator="__matmul__",
    numpy=np.matmul,
    linear=True,
    vjp={"a": _matmul_left, "b": _matmul_right},
    cases=[
        case(normal(2, 3), normal(3, 4)),
        case(normal(3), normal(3)),
        case(normal(2, 3), normal(3)),
        case(normal(3), normal(3, 2)),
        case(normal(5, 2, 3), normal(5, 3, 4)),
        case(normal(2, 1, 2, 3), normal(4, 3, 2)),
        case(normal(5, 2, 3), normal(3)),
        case(normal(3), normal(5, 3, 2)),
        case(normal(2, 0), normal(0, 3)),
    ],
)
def matmul(a: Array, b: Array) -> Array:
    """Multiply matrices: each row of ``a`` meets each column of ``b``."""
    return np.matmul(a, b)


# --- the strict products: matmul for one number of dimensions only --------------------------------------------------------


def _shape(x: Any) -> tuple[int, ...]:
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def _dimensions(name: str, wanted: tuple[int, ...], *operands: Array) -> None:
    """Refuse operands with other numbers of dimensions than a strict product takes."""
    shapes = [_shape(x) for x in operands]
    if tuple(len(shape) for shape in shapes) != wanted:
        takes = " and ".join(f"{n}-D" for n in wanted)
        given = " and ".join(str(shape) for shape in shapes)
        raise ShapeError(f"{name} takes {takes}, and got {given}; matmul (@) takes any number of dimensions")


@composite(method=True, grouped=False, cases=[case(normal(3), normal(3)), case(normal(0), normal(0))])
def dot(input: Array, tensor: Array) -> Array:
    """The scalar product of two vectors."""
    _dimensions("dot", (1, 1), input, tensor)
    return matmul(input, tensor)


@composite(method=True, grouped=False, cases=[case(normal(3), normal(3))])
def vdot(input: Array, other: Array) -> Array:
    """The scalar product of two vectors (of real numbers, the same as `dot`)."""
    _dimensions("vdot", (1, 1), input, other)
    return matmul(input, other)


@composite(method=True, grouped=False, cases=[case(normal(2, 3), normal(3)), case(normal(0, 3), normal(3))])
def mv(input: Array, vec: Array) -> Array:
    """A matrix times a vector."""
    _dimensions("mv", (2, 1), input, vec)
    return matmul(input, vec)


@composite(method=True, grouped=False, cases=[case(normal(2, 3), normal(3, 4)), case(normal(2, 0), normal(0, 3))])
def mm(input: Array, mat2: Array) -> Array:
    """A matrix times a matrix."""
    _dimensions("mm", (2, 2), input, mat2)
    return matmul(input, mat2)


@composite(
    method=True, grouped=False, cases=[case(normal(5, 2, 3), normal(5, 3, 4)), case(normal(0, 2, 3), normal(0, 3, 4))]
)
def bmm(input: Array, mat2: Array) -> Array:
    """A batch of matrices times a batch of as many."""
    _dimensions("bmm", (3, 3), input, mat2)
    if input.shape[0] != mat2.shape[0]:
        raise ShapeError(
            f"bmm: batches of {input.shape[0]} and {mat2.shape[0]} matrices don't pair up; matmul (@) broadcasts a batch of 1"
        )
    return matmul(input, mat2)


@op(
    "outer({a}, {b})",
    r"\operatorname{outer}({a}, {b})",
    linear=True,
    numpy=np.outer,
    vjp={"a": lambda g, out, a, b: matmul(g, b), "b": lambda g, out, a, b: matmul(a, g)},
    cases=[case(normal(3), normal(4)), case(normal(0), normal(2)), case(normal(1), normal(1))],
)
def outer(a: Array, b: Array) -> Array:
    """Every entry of one vector times every entry of the other."""
    _dimensions("outer", (1, 1), a, b)
    return np.multiply(np.reshape(a, (-1, 1)), b)


@composite(method=True, grouped=False, cases=[case(normal(3), normal(4))])
def ger(input: Array, vec2: Array) -> Array:
    """The outer product, by its older name."""
    return outer(input, vec2)


# --- einsum ----------------------------------------------------------------------------------------------------------


def _parsed(equation: str) -> tuple[list[str], str]:
    """The labels of each operand and of the output, from an explicit equation."""
    terms, _, kept = equation.partition("->")
    return terms.split(","), kept


def _once(labels: str) -> str:
    """The labels without repetition."""
    return "".join(dict.fromkeys(labels))


def _einsum_rule(i: int, g: Array, out: Array, *xs: Array, equation: str) -> Array:
    """The gradient of an einsum is an einsum: operand and output change places."""
    terms, kept = _parsed(equation)
    others = [*terms[:i], *terms[i + 1 :]]
    own = _once(terms[i])
    known = "".join(label for label in own if label in "".join([kept, *others]))
    rest = (*xs[:i], *xs[i + 1 :])
    if not kept and others:  # a single number flows in: it only scales what the others make of themselves
        g = g * (rest[0] if others == [known] else einsum(*rest, equation=f"{','.join(others)}->{known}"))
    elif kept != known or others:
        g = einsum(g, *rest, equation=f"{','.join([kept, *others])}->{known}")
    g = _widened(g, known, own, {label: xs[i].shape[terms[i].index(label)] for label in own})
    return g if own == terms[i] else einsum(g, equation=f"{own}->{terms[i]}")


def _widened(g: Array, known: str, own: str, size: Mapping[str, int]) -> Array:
    """Undo the sum over labels that only one operand has: hand the same gradient to every entry."""
    have = dict(zip(known, g.shape, strict=True))
    summed = tuple(i for i, label in enumerate(own) if label not in have)
    if summed:
        dim = None if not known else summed[0] if len(summed) == 1 else summed
        g = undo_sum(g, shape=tuple(have.get(label, size[label]) for label in own), dim=dim)
    shape = tuple(size[label] if have.get(label, 1) == 1 else have[label] for label in own)
    return g if shape == g.shape else spread(g, shape=shape)


def _bind_einsum(equation: Any, *operands: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if not isinstance(equation, str):
        equation, operands = _from_sublists((equation, *operands))
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    return operands, {"equation": explicit(equation, [len(_shape(x)) for x in operands])}


def _from_sublists(arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """``einsum(a, [0, 1], b, [1, 2], [0, 2])`` as an equation and its operands."""

    def labels(numbers: Any) -> str:
        return "".join("..." if n is Ellipsis else LETTERS[n] for n in numbers)

    pairs = len(arguments) // 2
    equation = ",".join(labels(arguments[2 * i + 1]) for i in range(pairs))
    kept = f"->{labels(arguments[-1])}" if len(arguments) % 2 else ""
    return equation + kept, arguments[: 2 * pairs : 2]


LETTERS = string.ascii_uppercase + string.ascii_lowercase  # in PyTorch's order: capitals first


def explicit(equation: str, dimensions: Sequence[int]) -> str:
    """An einsum equation written out: an ellipsis as letters, the implied output stated.

    >>> explicit("bij, bjk", [3, 3]), explicit("...i,i->...", [3, 1])
    ('bij,bjk->ik', 'ABi,i->AB')
    """
    left, arrow, kept = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(dimensions):
        raise ShapeError(f"einsum '{equation}' speaks of {len(terms)} operands, and got {len(dimensions)}")
    extra = [n - len(term.replace("...", "")) for term, n in zip(terms, dimensions, strict=True)]
    for term, n, rest in zip(terms, dimensions, extra, strict=True):
        if rest < 0 or (rest > 0 and "..." not in term) or not set(term.replace("...", "")) <= set(LETTERS):
            raise ShapeError(
                f"einsum '{equation}': '{term}' doesn't name the {n} dimensions of its operand, one letter each (… for several)"
            )
    most = max((rest for term, rest in zip(terms, extra, strict=True) if "..." in term), default=0)
    dots = "".join([letter for letter in LETTERS if letter not in equation][:most])
    if not arrow:
        once = [letter for letter in LETTERS if left.count(letter) == 1]
        kept = "".join(["...", *once])
    terms = [term.replace("...", dots[most - rest :]) for term, rest in zip(terms, extra, strict=True)]
    kept = kept.replace("...", dots)
    unknown = set(kept) - set("".join(terms))
    if unknown or len(set(kept)) < len(kept):
        raise ShapeError(f"einsum '{equation}': each letter of the output stands there once, and in some operand")
    return f"{','.join(terms)}->{kept}"


@op(
    "einsum({equation}; {xs})",
    r"\operatorname{einsum}_{\text{{equation}}}({xs})",
    linear=True,
    method=False,
    numpy=np.einsum,
    bind=_bind_einsum,
    vjp={"xs": _einsum_rule},
    cases=[
        case("ij,jk->ik", normal(2, 3), normal(3, 4)),
        case("bij,bjk", normal(5, 2, 3), normal(5, 3, 4)),
        case("ij", normal(2, 3)),
        case("ba", normal(2, 3)),
        case("ij->", normal(2, 3)),
        case("ij->j", normal(2, 3)),
        case("ii->i", normal(3, 3)),
        case("ii", normal(3, 3)),
        case("iij->j", normal(3, 3, 2)),
        case("iji->ij", normal(3, 2, 3)),
        case("...ij,...jk->...ik", normal(5, 2, 3), normal(3, 4)),
        case("...ij,jk...", normal(1, 2, 3), normal(3, 4, 5)),
        case("...i,i->...", normal(2, 4, 3), normal(3)),
        case("...i->i", normal(2, 4, 3)),
        case("i,j->ij", normal(2), normal(3)),
        case("i,ij,j->", normal(2), normal(2, 3), normal(3)),
        case("bn,anm,bm->ba", normal(2, 5), normal(3, 5, 4), normal(2, 4)),
        case("ij,jk->ik", normal(2, 3), normal(1, 4)),
        case("ij,ij->i", normal(2, 3), normal(2, 1)),
        case("ab,ab,c->ac", normal(2, 3), normal(2, 3), normal(4)),
        case("ij,jk->ik", [normal(2, 3), normal(3, 4)]),
        case(normal(2, 3), [0, 1], normal(3, 4), [1, 2], [0, 2]),
        case("ij,jk->ik", normal(2, 0), normal(0, 3)),
        case("i,i->", normal(0), normal(0)),
        case(",i->i", normal(), normal(2)),
    ],
)
def einsum(*xs: Array, equation: str) -> Array:
    """Multiply operands along named dimensions, and add up over every name that the output leaves out.

    A name that the output repeats (which only gradients do) fills a diagonal and leaves zeros beside it.
    """
    terms, kept = _parsed(equation)
    operands = _fitting(equation, [_diagonal(x, term) for x, term in zip(xs, terms, strict=True)])
    while len(operands) > 1:
        a, b = _cheapest(operands, kept)
        rest = [x for i, x in enumerate(operands) if i not in (a, b)]
        needed = kept + "".join(labels for _, labels in rest)
        operands = [contracted(*operands[a], *operands[b], needed), *rest]
    once = _once(kept)
    value, labels = summed(*operands[0], once)
    result = np.transpose(value, [labels.index(label) for label in once])
    # np.copy: what has one operand may be a view of it
    return _on_diagonal(result, once, kept) if once != kept else np.copy(result) if len(xs) == 1 else result


def _cheapest(operands: list[tuple[Array, str]], kept: str) -> tuple[int, int]:
    """The two operands whose product is smallest: multiplied in the order written, three could make a huge one on the way."""
    if len(operands) == 2:
        return 0, 1
    sizes = {label: n for x, labels in operands for label, n in zip(labels, x.shape, strict=True)}

    def size(pair: tuple[int, int]) -> int:
        needed = set(kept).union(*(labels for i, (_, labels) in enumerate(operands) if i not in pair))
        return math.prod(sizes[label] for label in set(operands[pair[0]][1] + operands[pair[1]][1]) & needed)

    return min(itertools.combinations(range(len(operands)), 2), key=size)


def _diagonal(x: Array, labels: str) -> tuple[Array, str]:
    """An operand whose labels differ: repeated ones run along a diagonal."""
    once = _once(labels)
    if once == labels:
        return x, labels
    sizes = {(label, n) for label, n in zip(labels, np.shape(x), strict=True) if labels.count(label) > 1}
    if len(sizes) > len({label for label, _ in sizes}):
        raise ShapeError(f"einsum: '{labels}' takes a diagonal of {np.shape(x)}, whose sizes differ there")
    return np.einsum(f"{labels}->{once}", x), once


def _fitting(equation: str, operands: list[tuple[Array, str]]) -> list[tuple[Array, str]]:
    """Operands without the dimensions of size 1 that broadcasting would stretch."""
    size: dict[str, int] = {}
    for x, labels in operands:
        for label, n in zip(labels, x.shape, strict=True):
            if size.setdefault(label, n) == 1:
                size[label] = n
            elif n not in (1, size[label]):
                raise ShapeError(
                    f"einsum '{equation}': '{label}' is {size[label]} long in one operand and {n} in another"
                )
    return [
        _without(x, labels, {label for label, n in zip(labels, x.shape, strict=True) if n != size[label]})
        for x, labels in operands
    ]


def _without(x: Array, labels: str, stretched: set[str]) -> tuple[Array, str]:
    axes = tuple(i for i, label in enumerate(labels) if label in stretched)
    return np.squeeze(x, axes), "".join(label for label in labels if label not in stretched)


def _on_diagonal(x: Array, labels: str, kept: str) -> Array:
    """Put entries on the diagonal of a larger array of zeros."""
    made = np.zeros([x.shape[labels.index(label)] for label in kept], x.dtype)
    strides = [sum(s for s, k in zip(made.strides, kept, strict=True) if k == label) for label in labels]
    np.lib.stride_tricks.as_strided(made, x.shape, strides)[...] = x
    return made


# --- layers and sums of products -------------------------------------------------------------------------------------


def _rows(x: Array) -> Array:
    """One matrix of all rows of a batch."""
    return x if x.ndim == 2 else reshape(x, shape=(math.prod(x.shape[:-1]), x.shape[-1]))


@op(
    "{x} @ {weight}ᵀ",
    r"{x} \; {weight}^\top",
    binds=PRODUCT,
    linear=True,
    method=False,
    vjp={
        "x": lambda g, out, x, weight: matmul(g, weight),
        "weight": lambda g, out, x, weight: outer(g, x) if x.ndim == 1 else matmul(mT(_rows(g)), _rows(x)),
    },
    cases=[
        case(normal(5, 3), normal(4, 3)),
        case(normal(3), normal(4, 3)),
        case(normal(2, 5, 3), normal(4, 3)),
        case(normal(0, 3), normal(4, 3)),
    ],
)
def matmul_transposed(x: Array, weight: Array) -> Array:
    """A layer's weighted sums: each row of ``weight`` holds the weights of one output."""
    if np.shape(x)[-1:] != np.shape(weight)[1:]:
        raise ShapeError(
            f"linear: the input {np.shape(x)} has {(*np.shape(x), 'no')[np.ndim(x) - 1]} features, and the weight {np.shape(weight)} "
            "takes as many as its last size (a weight is stored as outputs × inputs)"
        )
    return np.matmul(x, np.swapaxes(weight, 0, 1))


@composite(
    cases=[
        case(normal(5, 3), normal(4, 3)),
        case(normal(5, 3), normal(4, 3), normal(4)),
        case(normal(2, 5, 3), normal(4, 3), bias=normal(4)),
        case(normal(3), normal(4, 3), normal(4)),
        case(normal(5, 3), normal(3)),
        case(normal(3), normal(3), normal()),
    ]
)
def linear(input: Array, weight: Array, bias: Array | None = None) -> Array:
    """A layer of a network: weighted sums of the inputs, one for each row of ``weight``, plus a bias."""
    sums = matmul_transposed(input, weight) if weight.ndim == 2 else matmul(input, weight)
    return sums if bias is None else sums + bias


@composite(
    cases=[
        case(normal(5, 3), normal(5, 4), normal(2, 3, 4)),
        case(normal(6, 5, 3), normal(6, 5, 4), normal(2, 3, 4), normal(2)),
        case(normal(3), normal(4), normal(2, 3, 4)),
    ]
)
def bilinear(input1: Array, input2: Array, weight: Array, bias: Array | None = None) -> Array:
    """A layer that multiplies every pair of inputs: x₁ᵀ W x₂ for each output, plus a bias."""
    inputs, params = _bind_einsum("...i,oij,...j->...o", input1, weight, input2)
    sums = einsum(*inputs, **params)
    return sums if bias is None else sums + bias


def _added(input: Array, product: Array, beta: float, alpha: float) -> Array:
    """beta · input + alpha · product, without the factors that are 1; at beta = 0 the input doesn't count, NaN or not."""
    product = product if alpha == 1 else alpha * product
    return product if beta == 0 else (input if beta == 1 else beta * input) + product


SCALED: dict[str, Any] = {"beta": 0.5, "alpha": -2}


@composite(
    method=True,
    cases=[case(normal(2, 4), normal(2, 3), normal(3, 4)), case(normal(4), normal(2, 3), normal(3, 4), **SCALED)],
)
def addmm(input: Array, mat1: Array, mat2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """A matrix plus a product of matrices."""
    return _added(input, mm(mat1, mat2), beta, alpha)


@composite(
    method=True, cases=[case(normal(2), normal(2, 3), normal(3)), case(normal(1), normal(2, 3), normal(3), **SCALED)]
)
def addmv(input: Array, mat: Array, vec: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """A vector plus a matrix times a vector."""
    return _added(input, mv(mat, vec), beta, alpha)


@composite(
    method=True, cases=[case(normal(2, 3), normal(2), normal(3)), case(normal(3), normal(2), normal(3), **SCALED)]
)
def addr(input: Array, vec1: Array, vec2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """A matrix plus an outer product."""
    return _added(input, outer(vec1, vec2), beta, alpha)


@composite(
    method=True,
    cases=[
        case(normal(5, 2, 4), normal(5, 2, 3), normal(5, 3, 4)),
        case(normal(4), normal(5, 2, 3), normal(5, 3, 4), **SCALED),
    ],
)
def baddbmm(input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """A batch of matrices plus a batch of products."""
    return _added(input, bmm(batch1, batch2), beta, alpha)


@composite(
    method=True,
    cases=[
        case(normal(2, 4), normal(5, 2, 3), normal(5, 3, 4)),
        case(normal(4), normal(5, 2, 3), normal(5, 3, 4), **SCALED),
    ],
)
def addbmm(input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """A matrix plus the sum of a batch of products."""
    _dimensions("addbmm", (3, 3), batch1, batch2)
    return _added(input, einsum(batch1, batch2, equation="bij,bjk->ik"), beta, alpha)


def _trace(g: Array) -> Array:
    return trace(g)


@op(
    "{x} · I",
    r"{x} \cdot I",
    binds=PRODUCT,
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, shape: _trace(g)},
)
def scaled_identity(x: Array, *, shape: tuple[int, int]) -> Array:
    """The same number all along a diagonal."""
    return x * np.eye(*shape, dtype=np.asarray(x).dtype)


@op(
    "trace({x})",
    r"\operatorname{trace}({x})",
    linear=True,
    numpy=np.trace,
    vjp={"x": lambda g, out, x: scaled_identity(g, shape=x.shape)},
    cases=[case(normal(3, 3)), case(normal(2, 4)), case(normal(0, 3))],
)
def trace(x: Array) -> Array:
    """Add up the diagonal."""
    _dimensions("trace", (2,), x)
    return np.trace(x)


@composite(
    cases=[
        case(normal(2, 3, 4), normal(3, 4, 5)),
        case(normal(2, 3), normal(4, 5), 0),
        case(normal(2, 3, 4), normal(4, 2, 5), dims=([2, 0], [0, 1])),
        case(normal(3, 4), normal(4, 2), dims=([-1], [0])),
    ]
)
def tensordot(a: Array, b: Array, dims: Any = 2, out: None = None) -> Array:
    """Multiply along chosen dimensions and add up over them; what is left of ``a`` comes before what is left of ``b``."""
    if out is not None:
        raise TypeError("tensordot(…, out=…) would overwrite a recorded value; assign the result instead")
    first, second = dims if isinstance(dims, list | tuple) else (range(a.ndim - int(dims), a.ndim), range(int(dims)))
    summed = {
        int(j) % b.ndim: int(i) % a.ndim for i, j in zip(np.atleast_1d(first), np.atleast_1d(second), strict=True)
    }
    a_labels = LETTERS[: a.ndim]
    b_labels = "".join(a_labels[summed[j]] if j in summed else LETTERS[a.ndim + j] for j in range(b.ndim))
    kept = [label for label in a_labels + b_labels if (label in a_labels) != (label in b_labels)]
    return einsum(a, b, equation=f"{a_labels},{b_labels}->{''.join(kept)}")


@composite(
    method=True, cases=[case(normal(3), normal(3)), case(normal(2, 3), normal(4, 5, 3)), case(normal(2, 3), normal())]
)
def inner(input: Array, other: Array) -> Array:
    """Scalar products of all last dimensions of one with all of the other."""
    if not (input.ndim and other.ndim):
        return input * other
    return tensordot(input, other, dims=([input.ndim - 1], [other.ndim - 1]))


@composite(
    method=True, cases=[case(normal(2, 3), normal(4, 2)), case(normal(3), normal(2, 2)), case(normal(2, 2), normal())]
)
def kron(input: Array, other: Array) -> Array:
    """The Kronecker product: each entry of one, times the whole of the other, laid out as blocks."""
    rank = max(input.ndim, other.ndim)
    left = (1,) * (rank - input.ndim) + tuple(input.shape)
    right = (1,) * (rank - other.ndim) + tuple(other.shape)
    spaced = reshape(input, shape=tuple(n for size in left for n in (size, 1)))
    blocks = spaced * reshape(other, shape=tuple(n for size in right for n in (1, size)))
    return reshape(blocks, shape=tuple(m * n for m, n in zip(left, right, strict=True)))
