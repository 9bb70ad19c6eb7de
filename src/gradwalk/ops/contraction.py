"""The product of two arrays with labelled dimensions, as one batch of matrix products that BLAS does well."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gradwalk.ops.declare import Array


def contracted(a: Array, a_labels: str, b: Array, b_labels: str, needed: str) -> tuple[Array, str]:
    """Multiply two operands as one batch of matrix products: kept in common, a's own, summed; summed, b's own."""
    a, a_labels = summed(a, a_labels, needed + b_labels)
    b, b_labels = summed(b, b_labels, needed + a_labels)
    lying = Lying(a_labels, a.shape, a.strides), Lying(b_labels, b.shape, b.strides)
    labels, shape, matrices = _arrangement(*lying, needed)
    product = np.matmul(*(_as_matrices(x, how) for x, how in zip((a, b), matrices, strict=True)))
    return np.reshape(product, shape), labels


def summed(x: Array, labels: str, needed: str) -> tuple[Array, str]:
    """Add up over the labels that nothing else needs."""
    left = "".join(label for label in labels if label in needed)
    axes = tuple(i for i, label in enumerate(labels) if label not in needed)
    return (x, labels) if left == labels else (np.sum(x, axis=axes, dtype=x.dtype), left)


class Lying(NamedTuple):
    """How an operand lies in memory."""

    labels: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def outermost_first(self) -> str:
        """The labels in the order of memory: a C array's as they are."""
        steps = dict(zip(self.labels, self.strides, strict=True))
        return "".join(sorted(self.labels, key=lambda label: -abs(steps[label])))

    def side_by_side(self, label: str) -> tuple[int, int]:
        """How near to each other, and then how many, the entries along a dimension are."""
        axis = self.labels.index(label)
        return -abs(self.strides[axis]), self.shape[axis]


class Matrices(NamedTuple):
    """How to make matrices of an operand: its axes in order, then its shape; ``turned`` if they lie there transposed."""

    axes: tuple[int, ...]
    shape: tuple[int, ...]
    turned: bool


SMALL = 8  # times: an operand so much smaller than a product costs nothing beside it


@lru_cache(maxsize=1024)
def _arrangement(a: Lying, b: Lying, needed: str) -> tuple[str, tuple[int, ...], tuple[Matrices, Matrices]]:
    """The labels and the shape of a product of two operands, and how these are made matrices.

    Each group of labels goes in the order of memory: that of the larger operand, where both have them. Of an operand that
    is small beside the product, the longest dimension goes last, so that the product lies in long rows.
    """
    size = {**dict(zip(a.labels, a.shape, strict=True)), **dict(zip(b.labels, b.shape, strict=True))}
    larger = a if math.prod(a.shape) >= math.prod(b.shape) else b
    common = [label for label in larger.outermost_first() if label in a.labels and label in b.labels]
    batch = [label for label in common if label in needed]
    inner = [label for label in common if label not in needed]
    rows, columns = ([label for label in x.outermost_first() if label not in common] for x in (a, b))
    labels = [*batch, *rows, *columns]
    for own, x in (rows, a), (columns, b):
        if SMALL * math.prod(x.shape) < math.prod(map(size.__getitem__, labels)):
            own.sort(key=size.__getitem__)
    labels = [*batch, *rows, *columns]
    matrices = _matrices(a, batch, rows, inner), _matrices(b, batch, inner, columns)
    return "".join(labels), tuple(map(size.__getitem__, labels)), matrices


def _matrices(x: Lying, batch: list[str], rows: list[str], columns: list[str]) -> Matrices:
    """An operand with its dimensions brought together in three groups.

    If that takes a copy, what lies side by side stays so: then the matrices may lie there turned.
    """
    turned = bool(rows and columns) and x.side_by_side(rows[-1]) > x.side_by_side(columns[-1])
    groups = (batch, columns, rows) if turned else (batch, rows, columns)
    places = [[x.labels.index(label) for label in group] for group in groups]
    shape = tuple(math.prod(x.shape[axis] for axis in group) for group in places)
    return Matrices(tuple(axis for group in places for axis in group), shape, turned)


def _as_matrices(x: Array, how: Matrices) -> Array:
    matrices = np.reshape(np.transpose(x, how.axes), how.shape)
    return np.swapaxes(matrices, -1, -2) if how.turned else matrices
