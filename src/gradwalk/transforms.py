"""Functions of functions: gradients, products with Jacobians, Jacobians, Hessians."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradwalk import inplace
from gradwalk.backward import propagate, value_of
from gradwalk.contributions import themselves, values, wants_gradient
from gradwalk.errors import BackwardError
from gradwalk.ops import OPS
from gradwalk.recording import enable_grad, is_grad_enabled
from gradwalk.tensor import FLOATS, Tensor, apply, free, leaf, seed_for, tensor


def gradients(
    output: Tensor,
    inputs: Sequence[Tensor],
    upstream: Any = None,
    *,
    retain_graph: bool = True,
    create_graph: bool = False,
) -> list[Tensor | None]:
    """The gradient of ``output`` for each of ``inputs`` (None where it doesn't depend on it); ``.grad`` is left alone."""
    wanted = {id(x): position for position, x in enumerate(inputs)}
    found: list[Tensor | None] = [None] * len(inputs)
    oldest = min((x.index for x in inputs), default=0)  # what was made before the inputs can't lead to them

    def arrive(node: Tensor, total: Any) -> Any:
        if id(node) in wanted:
            found[wanted[id(node)]] = total if create_graph else leaf(np.array(total))
        return total

    seed = seed_for(output, upstream)
    if create_graph:
        start = upstream if isinstance(upstream, Tensor) else leaf(seed)
        with enable_grad():
            visited = propagate(output, start, themselves, inplace, arrive, wanted, oldest)
    else:
        visited = propagate(output, seed, values, inplace, arrive, wanted, oldest)
    if not (retain_graph or create_graph):
        free(visited)
    return found


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function that gives the gradient of a single-number function ``f``, for one argument or several.

    >>> import gradwalk as gw
    >>> gw.grad(lambda x: (3 * x + 1) ** 2)(2.0).item()
    42.0
    """
    both = value_and_grad(f, argnums)

    @functools.wraps(f)
    def gradient(*arguments: Any, **keywords: Any) -> Any:
        return both(*arguments, **keywords)[1]

    return gradient


def value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function that gives ``f``'s value and its gradient together.

    >>> import gradwalk as gw
    >>> value, slope = gw.value_and_grad(lambda x: x * x)(3.0)
    >>> value.item(), slope.item()
    (9.0, 6.0)
    """
    positions = [argnums] if isinstance(argnums, int) else list(argnums)

    @functools.wraps(f)
    def both(*arguments: Any, **keywords: Any) -> Any:
        inputs = [fresh(arguments[i]) for i in positions]
        given = list(arguments)
        for position, x in zip(positions, inputs, strict=True):
            given[position] = x
        with enable_grad():
            output = tensor_from(f(*given, **keywords))
        nested = is_nested(output, inputs)
        slopes = or_zeros(gradients(output, inputs, create_graph=nested), inputs)
        return output if nested else output.detach(), slopes[0] if isinstance(argnums, int) else slopes

    return both


def or_zeros(found: Sequence[Tensor | None], inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Gradients, with zeros for the inputs that the output doesn't depend on."""
    return tuple(leaf(np.zeros_like(x.value)) if g is None else g for g, x in zip(found, inputs, strict=True))


def is_nested(output: Tensor, inputs: Sequence[Tensor]) -> bool:
    """Whether something older than ``inputs`` wants a gradient through ``output``: then the backward pass is recorded.

    That is so inside another transform, and where a function reads a parameter that it wasn't given as an argument.
    """
    if not is_grad_enabled():
        return False
    oldest = min(x.index for x in inputs)
    waiting, seen = [output], set()
    while waiting:
        for x in waiting.pop().inputs or ():
            if wants_gradient(x) and id(x) not in seen:
                if x.index < oldest:
                    return True
                seen.add(id(x))
                waiting.append(x)
    return False


def fresh(argument: Any) -> Tensor:
    """A tensor that gradients flow to, and onwards to the argument itself, so that transforms nest.

    A node of its own even then: the function may also read the argument from outside, and that is another variable.
    """
    if isinstance(argument, Tensor) and argument.requires_grad:
        with enable_grad():
            return apply(OPS["clone"], (argument,))  # type: ignore[no-any-return]
    value = np.array(value_of(argument))
    return tensor(value if value.dtype in FLOATS else value.astype(float), requires_grad=True)


def tensor_from(output: Any) -> Tensor:
    """What a function returned, as a tensor that a backward pass can start from."""
    if not isinstance(output, Tensor):
        raise BackwardError(
            f"the function must return a Tensor computed from its arguments, and returned {type(output).__name__}"
        )
    return output


def vjp(f: Callable[..., Any], *inputs: Any) -> tuple[Tensor, Callable[[Any], tuple[Tensor, ...]]]:
    """``f``'s output, and the function that maps an upstream gradient to a gradient for each input.

    >>> import gradwalk as gw
    >>> out, pull = gw.vjp(lambda x: x * x, [1.0, 2.0])
    >>> pull([1.0, 10.0])[0].tolist()
    [2.0, 40.0]
    """
    leaves = [fresh(x) for x in inputs]
    with enable_grad():
        output = tensor_from(f(*leaves))

    nested = is_nested(output, leaves)

    def pull(upstream: Any) -> tuple[Tensor, ...]:
        return or_zeros(gradients(output, leaves, upstream, create_graph=nested or wants_gradient(upstream)), leaves)

    return output if nested else output.detach(), pull


def jvp(f: Callable[..., Any], inputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Tensor, Tensor]:
    """``f``'s output, and how it changes when the inputs move along ``tangents``.

    A VJP is linear in its upstream gradient, and the VJP *of the VJP* is the product asked for.

    >>> import gradwalk as gw
    >>> gw.jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))[1].item()
    4.0
    """
    leaves = [fresh(x) for x in inputs]
    with enable_grad():
        output = tensor_from(f(*leaves))
    if not output.requires_grad:
        return output, leaf(np.zeros_like(output.value))
    upstream = leaf(np.zeros_like(output.value), requires_grad=True)
    found = gradients(output, leaves, upstream, create_graph=True)
    nested = is_nested(output, leaves) or any(wants_gradient(tangent) for tangent in tangents)
    change = leaf(np.zeros_like(output.value))
    for g, tangent in zip(found, tangents, strict=True):
        if g is not None and g.requires_grad:
            moved = (
                tangent
                if wants_gradient(tangent)
                else np.broadcast_to(np.asarray(value_of(tangent), dtype=g.dtype), g.shape)
            )
            (part,) = gradients(g, [upstream], moved, create_graph=nested)
            change = change if part is None else change + part
    return output if nested else output.detach(), change


def jacobian(f: Callable[..., Any], x: Any, create_graph: bool = False) -> Tensor:
    """Every output's slope for every entry of ``x``: shape (*output, *input).

    >>> import gradwalk as gw
    >>> gw.jacobian(lambda x: x * x, [1.0, 2.0]).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    start = fresh(x)
    with enable_grad():
        output = tensor_from(f(start))
    rows = []
    for position in range(output.value.size):
        upstream = np.zeros(output.shape, output.dtype)
        upstream.flat[position] = 1
        found = gradients(output, [start], upstream, create_graph=create_graph)[0] if output.requires_grad else None
        rows.append(leaf(np.zeros_like(start.value)) if found is None else found)
    from_rows = np.stack([row.value for row in rows]) if rows else np.zeros((0, *start.shape))
    if create_graph and rows:
        stacked: Tensor = _stacked(rows).reshape((*output.shape, *start.shape))
        return stacked
    return leaf(from_rows.reshape((*output.shape, *start.shape)))


def _stacked(rows: list[Tensor]) -> Tensor:
    return apply(OPS["stack"], tuple(rows), {"dim": 0})  # type: ignore[no-any-return]


def hessian(f: Callable[..., Any], x: Any) -> Tensor:
    """The second derivatives of a single-number function: the Jacobian of its gradient.

    >>> import gradwalk as gw
    >>> gw.hessian(lambda x: (x * x * x).sum(), [1.0, 2.0]).tolist()
    [[6.0, 0.0], [0.0, 12.0]]
    """

    def gradient(start: Tensor) -> Tensor:
        (found,) = gradients(tensor_from(f(start)), [start], create_graph=True)
        return start * 0 if found is None else found

    return jacobian(gradient, x)
