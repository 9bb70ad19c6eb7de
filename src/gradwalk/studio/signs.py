"""For each step: do the displayed numbers multiply exactly to the displayed result (=), or only nearly (≈)?

A backward step between single numbers says upstream · local = contribution; every other step is asked by its formula. Asked of one step at a time this takes longer than all the arithmetic. So steps whose formula is the same one, of single
numbers, are asked together, as arrays; the others one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradwalk.formula import Formula
from gradwalk.ops import OPS, Op
from gradwalk.views.equations import Equation, Quantity, equations
from gradwalk.views.numbers import DIGITS, SMALL, agrees, displayed, symbols_in
from gradwalk.walk import Node, Walk

Symbol = tuple[str, int, bool]  # a formula's symbol: its name, the node, and whether the node's gradient is meant


@dataclass
class Alike:
    """Steps that have one formula, of single numbers."""

    formula: Formula
    steps: list[int] = field(default_factory=list)
    nodes: dict[str, list[int]] = field(default_factory=dict)
    is_gradient: dict[str, bool] = field(default_factory=dict)

    def add(self, position: int, symbols: Sequence[Symbol]) -> None:
        """One more step."""
        self.steps.append(position)
        for name, node, is_gradient in symbols:
            self.nodes.setdefault(name, []).append(node)
            self.is_gradient[name] = is_gradient


class Signs:
    """The signs of all steps of a walk, for any numbers."""

    def __init__(self, walk: Walk):
        self.walk = walk
        self.alike: dict[Any, Alike] = {}
        self.products: list[int] = []
        self.alone: list[tuple[int, Formula, list[Symbol]]] = []
        for position, equation in enumerate(equations(walk)):
            step = equation.step
            if (
                step.phase == "backward"
                and step.local is not None
                and np.size(step.local) == 1
                and np.size(step.contribution) == 1
            ):
                self.products.append(position)
            elif equation.formula is not None:
                self._sort_in(position, equation, equation.formula)

    def _sort_in(self, position: int, equation: Equation, formula: Formula) -> None:
        used = symbols_in(formula)
        quantities = {name: x for name, x in equation.quantities.items() if name in used}
        if not all(_is_small(x.shape) for x in [equation.result, *quantities.values()]):
            return
        symbols = [(name, x.node, x.is_gradient) for name, x in quantities.items()]
        if _is_scalar(formula) and all(self._is_plain(x) for x in [equation.result, *quantities.values()]):
            self.alike.setdefault(_key(equation, formula), Alike(formula)).add(position, symbols)
        else:
            self.alone.append((position, formula, symbols))

    def _is_plain(self, x: Quantity) -> bool:
        node = self.walk.nodes[x.node]
        return node.shape == () and (node.dtype == "float64" or node.role == "constant")

    def all(self, numbers: Any, values: Any, gradients: Any, places: Sequence[int], digits: int = DIGITS) -> Any:
        """1 for = and 0 for ≈, step after step."""
        found = np.ones(len(self.walk.steps))
        shown = _Shown(self.walk.nodes, values, gradients, places, digits)
        with np.errstate(all="ignore"):
            found[self.products] = self._products(numbers, digits)
            for group in self.alike.values():
                found[group.steps] = self._together(group, numbers, shown)
        for position, formula, symbols in self.alone:
            given = {
                name: (numbers.gradients if is_gradient else numbers.values)[node]
                for name, node, is_gradient in symbols
            }
            found[position] = agrees(formula, given, self._result(position, numbers), digits)
        return found

    def _products(self, numbers: Any, digits: int) -> Any:
        told = [numbers.steps[position] for position in self.products]
        upstream, local, contribution = (
            rounded([_single(getattr(x, part)) for x in told], digits) for part in ("upstream", "local", "contribution")
        )
        computed = rounded((upstream * local).tolist(), digits)
        return (computed == contribution) | (np.isnan(computed) & np.isnan(contribution))

    def _together(self, group: Alike, numbers: Any, shown: _Shown) -> Any:
        given = {name: shown.all(nodes, group.is_gradient[name]) for name, nodes in group.nodes.items()}
        results = rounded([float(self._result(position, numbers)) for position in group.steps], shown.digits)
        computed = _evaluated(group.formula, given, shown.digits)
        computed = rounded(np.broadcast_to(np.asarray(computed, dtype=float), results.shape).tolist(), shown.digits)
        return (computed == results) | (np.isnan(computed) & np.isnan(results))

    def _result(self, position: int, numbers: Any) -> Any:
        step = self.walk.steps[position]
        return numbers.steps[position].contribution if step.phase == "backward" else numbers.values[step.node]


class _Shown:
    """Values and gradients of single numbers, as they are displayed; each worked out once."""

    def __init__(self, nodes: Sequence[Node], values: Any, gradients: Any, places: Sequence[int], digits: int):
        self.digits = digits
        scalars = [node.id for node in nodes if node.shape == ()]
        at = [places[i] for i in scalars]
        self.values, self.gradients = np.full(len(nodes), np.nan), np.full(len(nodes), np.nan)
        exact = values[at].tolist()
        whole = [nodes[i].dtype.startswith(("int", "uint", "bool")) for i in scalars]
        self.values[scalars] = np.where(whole, exact, rounded(exact, digits))
        self.gradients[scalars] = rounded(gradients[at].tolist(), digits)

    def all(self, nodes: Sequence[int], is_gradient: bool) -> Any:
        """The displayed numbers of several nodes."""
        return (self.gradients if is_gradient else self.values)[nodes]


def multiplies(factors: Sequence[float], product: float, digits: int = DIGITS) -> bool:
    """Whether the displayed factors multiply to the displayed product.

    >>> multiplies([-2, 0.5], -1), multiplies([1 / 3, 3], 1), multiplies([1 / 3, 3], 1, digits=16)
    (True, False, True)
    """
    with np.errstate(all="ignore"):
        computed = rounded([np.prod(rounded(factors, digits))], digits)
    return np.array_equal(computed, rounded([product], digits), equal_nan=True)


def _single(value: Any) -> float:
    return float(value) if isinstance(value, float) else float(np.asarray(value).item())


def rounded(numbers: Sequence[float], digits: int) -> Any:
    """Numbers as they are displayed, like `displayed`."""
    form = f".{digits}g"
    return np.array([float(format(x, form)) for x in numbers])


def _evaluated(part: Any, given: Mapping[str, Any], digits: int) -> Any:
    """A formula with arrays of displayed numbers put in."""
    if not isinstance(part, Formula):
        return displayed(part, digits)
    if part.head is None:
        return given[part.name]
    head: Any = part.head
    shown = {key: displayed(x, digits) if f"{{{key}}}" in head.notation.text else x for key, x in part.params.items()}
    return head.compute([_evaluated(x, given, digits) for x in part.parts], shown)


def _is_scalar(formula: Any) -> bool:
    """Whether every op in a formula works number by number, so that arrays can stand for several steps."""
    if not isinstance(formula, Formula) or formula.head is None:
        return True
    head = formula.head
    return (
        isinstance(head, Op)
        and head.elementwise
        and head is OPS.get(head.name)
        and "slot" not in formula.params
        and all(map(_is_scalar, formula.parts))
    )


def _is_small(shape: tuple[int, ...]) -> bool:
    size = int(np.prod(shape))
    return size == 1 or (0 < len(shape) <= 2 and size > 0 and max(shape) <= SMALL)


def _key(equation: Equation, formula: Formula) -> Any:
    """What steps of one formula share: a backward formula is traced once for all; others are known by op and parameters."""
    if equation.step.phase == "backward":
        return id(formula)
    head = getattr(formula.head, "name", "")
    return equation.step.phase, head, repr(formula.params), str(equation.step.local)
