"""The update of one number as a formula: an optimizer's own rule, run on symbols instead of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.formula import Formula
from gradwalk.optim.optimizer import Optimizer
from gradwalk.optim.settings import OptimizerError
from gradwalk.tensor import Tensor

# What is remembered, as the field writes it: v for velocity, m for a mean of gradients, s for one of their squares.
SYMBOLS = {
    "momentum_buffer": "v",
    "exp_avg": "m",
    "grad_avg": "m",
    "exp_avg_sq": "s",
    "square_avg": "s",
    "max_exp_avg_sq": "s_max",
    "sum": "S",
}


def update_formula(optimizer: Optimizer, param: Tensor, entry: tuple[int, ...] = ()) -> Formula:
    """What the next step will make of one entry of a parameter; it changes nothing.

    The formula carries its value, and can be written with names, with numbers, or as LaTeX and MathML.

    >>> import gradwalk as gw
    >>> from gradwalk.formula import TEXT, numbers, write
    >>> w = gw.tensor(0.5, requires_grad=True, name="w")
    >>> (w**2).backward()
    >>> update = update_formula(gw.optim.SGD([w], lr=0.1), w)
    >>> print(update)
    w − 0.1 · ∂L/∂w
    >>> write(update, TEXT, numbers), update.value.item()
    ('0.5 − 0.1 · 1', 0.4)
    """
    group = next((group for group in optimizer.param_groups if any(param is own for own in group["params"])), None)
    if group is None or param.grad is None:
        why = "has no gradient yet: call backward() first" if group else "isn't among this optimizer's parameters"
        raise OptimizerError(f"{param.name or 'this tensor'} {why}")
    name = param.name or "θ"
    value, grad = symbol(name, param.value, entry), symbol(f"∂L/∂{name}", param.grad.value, entry)
    state = {key: remembered(key, held, entry) for key, held in optimizer.state[param].items()}
    updated: Formula = optimizer.rule(value, grad, state, group)[0]
    return updated


def remembered(key: str, held: Any, entry: tuple[int, ...]) -> Any:
    """What is remembered of one entry: a symbol for an array's, the number itself for a counter."""
    return symbol(SYMBOLS.get(key, key), held.value, entry) if isinstance(held, Tensor) else held


def symbol(name: str, value: Any, entry: tuple[int, ...]) -> Formula:
    """One entry of an array, under the array's name and its own index."""
    index = ", ".join(map(str, entry))
    return Formula.symbol(f"{name}[{index}]" if entry else name, np.asarray(value)[entry])
