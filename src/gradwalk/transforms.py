"""Functions of functions: gradients, products with Jacobians, Jacobians, Hessians, and the check by finite differences."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradwalk.backward import propagate, value_of
from gradwalk.contributions import themselves, values, wants_gradient
from gradwalk.errors import BackwardError, GradwalkError
from gradwalk.ops import OPS
from gradwalk.recording import enable_grad, is_grad_enabled, no_grad
from gradwalk.tensor import FLOATS, Tensor, apply, free, history, leaf, seed_for, tensor


class GradcheckError(GradwalkError, RuntimeError):
    """A gradient that finite differences contradict."""


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
    visited: list[Tensor] = []

    def arrive(node: Tensor, total: Any) -> Any:
        visited.append(node)
        if id(node) in wanted:
            found[wanted[id(node)]] = total if create_graph else leaf(np.array(total))
        return total

    seed = seed_for(output, upstream)
    if create_graph:
        start = upstream if isinstance(upstream, Tensor) else leaf(seed)
        with enable_grad():
            propagate(output, start, themselves, history(), arrive, oldest)
    else:
        propagate(output, seed, values, history(), arrive, oldest)
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


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    eps: float = 1e-6,
    atol: float = 1e-8,
    rtol: float = 1e-6,
    order: int = 1,
    raise_exception: bool = True,
) -> bool:
    """Whether ``f``'s gradients agree with central finite differences, in float64.

    A random projection of the output is differenced along every entry of every input that requires grad (all of them
    if none says so). ``order=2`` checks the gradients of the gradients as well. Truncation of a central difference goes
    as eps² and rounding as 1e-16 / eps, so that eps = 1e-6 leaves about 9 digits.
    """
    arguments = [fresh(x) if _is_checked(x, inputs) else x for x in _as_tuple(inputs)]
    checked = [
        leaf(np.array(x.value, dtype=float), requires_grad=True) if isinstance(x, Tensor) and x.requires_grad else x
        for x in arguments
    ]
    try:
        _compare_with_differences(f, checked, eps, atol, rtol)
        if order > 1:
            gradcheck(_gradient_function(f, checked), tuple(checked), eps, atol, rtol, order - 1)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _as_tuple(inputs: Any) -> tuple[Any, ...]:
    return tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)


def _is_checked(x: Any, inputs: Any) -> bool:
    if any(isinstance(y, Tensor) and y.requires_grad for y in _as_tuple(inputs)):
        return isinstance(x, Tensor) and x.requires_grad
    return np.asarray(value_of(x)).dtype.kind == "f"


def _outputs(f: Callable[..., Any], arguments: Sequence[Any]) -> list[Tensor]:
    found = f(*arguments)
    return [
        out
        for out in (found if isinstance(found, tuple | list) else [found])
        if isinstance(out, Tensor) and out.dtype.kind == "f"
    ]


def _projections(outputs: Sequence[Tensor]) -> list[Any]:
    random = np.random.default_rng(0)
    return [random.uniform(0.5, 1.5, out.shape) for out in outputs]


def _gradient_function(f: Callable[..., Any], checked: Sequence[Any]) -> Callable[..., Any]:
    """The function whose outputs are the gradients of a projection of ``f``."""

    def gradient(*arguments: Any) -> list[Tensor]:
        leaves = [x for x in arguments if isinstance(x, Tensor) and x.requires_grad]
        with enable_grad():
            outputs = [out for out in _outputs(f, arguments) if out.requires_grad]
            found: list[Tensor] = []
            for out, projection in zip(outputs, _projections(outputs), strict=True):
                found += [g for g in gradients(out, leaves, projection, create_graph=True) if g is not None]
        return found

    return gradient


def _compare_with_differences(
    f: Callable[..., Any], arguments: Sequence[Any], eps: float, atol: float, rtol: float
) -> None:
    leaves = [x for x in arguments if isinstance(x, Tensor) and x.requires_grad]
    with enable_grad():
        outputs = _outputs(f, arguments)
    weights = _projections(outputs)
    exact = [np.zeros_like(x.value) for x in leaves]
    for out, weight in zip(outputs, weights, strict=True):
        if out.requires_grad:
            for total, g in zip(exact, gradients(out, leaves, weight), strict=True):
                total += 0 if g is None else g.value

    def projected() -> float:
        with no_grad():
            return float(
                sum(np.sum(out.value * weight) for out, weight in zip(_outputs(f, arguments), weights, strict=True))
            )

    for position, (x, slopes) in enumerate(zip(leaves, exact, strict=True)):
        for index in np.ndindex(x.shape):
            difference = central_difference(projected, x.value, index, eps)
            if not np.isclose(slopes[index], difference, rtol=rtol, atol=atol, equal_nan=True):
                raise GradcheckError(
                    f"gradcheck: input {position}{list(index) if index else ''}: the gradient is {slopes[index]:.10g}, and the "
                    f"central difference with eps = {eps:g} is {difference:.10g}"
                )


def central_difference(evaluate: Callable[[], float], values: Any, index: tuple[int, ...], eps: float) -> float:
    """(f(x + h) − f(x − h)) / 2h for one entry of an array, which is left as it was.

    The step is relative to the entry, and the one that floating point really makes.
    """
    before = values[index]
    step = eps * max(1.0, abs(float(before)))
    values[index] = before + step
    above, high = evaluate(), float(values[index])
    values[index] = before - step
    below, low = evaluate(), float(values[index])
    values[index] = before
    return (above - below) / (high - low)
