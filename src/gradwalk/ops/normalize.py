"""Bringing numbers to a common scale: softmax, normalization layers, dropout and attention."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.ops.arithmetic import cast, square, where
from gradwalk.ops.bounds import clamp_min
from gradwalk.ops.declare import Array, case, composite, distinct, fixed, normal, op, uniform, values
from gradwalk.ops.query import Dims, dims
from gradwalk.ops.reduce import count, mean, norm, sum_, var
from gradwalk.ops.shape import mT, reshape

# Where dropout gets its random numbers: called with a shape, gives numbers spread evenly over [0, 1).
uniform_source: Callable[[tuple[int, ...]], Any] = np.random.default_rng().random


def held(carrier: Any) -> Any:
    """The array behind whatever was given."""
    return getattr(carrier, "value", carrier)


# --- softmax ---------------------------------------------------------------------------------------------------------


def _bind_softmax(
    input: Array, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None, *, axis: int | None = None
) -> Any:
    dim = axis if dim is None else dim
    if dim is None:  # PyTorch's own guess: the channels of a batch
        dim = 0 if input.ndim in (0, 1, 3) else 1
    return (input if dtype is None else cast(input, dtype=np.dtype(dtype)),), {"dim": int(dim)}


SOFTENED = [
    case(normal(5), 0),
    case(normal(3, 4), -1),
    case(normal(2, 3, 4), dim=1),
    case(normal(3, 4), dim=0, dtype=None),
    case(values([1000.0, 0.0, -1000.0]), 0, smooth=False),
    case(values([[-np.inf, 0.0, 1.0], [2.0, -np.inf, -np.inf]]), 1, smooth=False),
    case(values([[np.inf, 0.0], [-np.inf, -np.inf], [np.nan, 0.0]]), 1, smooth=False),
    case(normal(0, 3), 1),
    case(1.5, 0),
]


def largest(x: Array, dim: int) -> Array:
    """The largest entry: subtracted before exp, it keeps exp from overflowing and changes no share."""
    return np.max(x, axis=dim, keepdims=True, initial=-np.inf)


@op(
    "softmax({x}, dim={dim})",
    r"\operatorname{softmax}_{{dim}}({x})",
    floating=True,
    bind=_bind_softmax,
    vjp={"x": lambda g, out, x, *, dim: out * (g - sum_(g * out, dim=dim, keepdim=True))},
    cases=SOFTENED,
)
def softmax(x: Array, *, dim: int) -> Array:
    """Turn numbers into shares that add up to 1: a share grows with its own number, at the cost of the others."""
    raised = np.exp(x - largest(x, dim))
    return raised / np.sum(raised, axis=dim, keepdims=True)


@op(
    "log_softmax({x}, dim={dim})",
    r"\ln \operatorname{softmax}_{{dim}}({x})",
    floating=True,
    bind=_bind_softmax,
    vjp={"x": lambda g, out, x, *, dim: g - np.exp(out) * sum_(g, dim=dim, keepdim=True)},
    cases=SOFTENED,
)
def log_softmax(x: Array, *, dim: int) -> Array:
    """The logarithm of the softmax, without computing the softmax: its small shares would round to 0."""
    lowered = x - largest(x, dim)
    return lowered - np.log(np.sum(np.exp(lowered), axis=dim, keepdims=True))


@composite(cases=[case(normal(3, 4), 1)])
def softmin(input: Array, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Array:
    """The softmax of the numbers with their signs turned: the smallest gets the largest share."""
    inputs, params = _bind_softmax(-input, dim, dtype=dtype)
    return softmax(*inputs, **params)


# --- centre and scale ------------------------------------------------------------------------------------------------


def _standardize_rule(g: Array, out: Array, x: Array, *, dim: Dims, eps: float) -> Array:
    """What is common to all entries, and what points along the output, has no effect: it is centred and scaled away."""
    felt = g - mean(g, dim=dim, keepdim=True) - out * mean(g * out, dim=dim, keepdim=True)
    return felt / np.sqrt(var(x, dim=dim, correction=0, keepdim=True) + eps)


@op(
    "standardize({x}, dim={dim})",
    r"\operatorname{standardize}_{{dim}}({x})",
    method=False,
    vjp={"x": _standardize_rule},
    cases=[case(normal(3, 4), -1), case(normal(2, 3, 4), (0, 2), 0.1), case(values([[2.0, 2.0], [1.0, 3.0]]), 1)],
)
def standardize(x: Array, *, dim: Dims, eps: float = 1e-5) -> Array:
    """Centre and scale: subtract the mean, and divide by the standard deviation (``eps`` keeps that from being 0)."""
    n = count(np.shape(x), dim)
    centred = x - np.sum(x, axis=dim, keepdims=True) / n
    return centred / np.sqrt(np.sum(centred * centred, axis=dim, keepdims=True) / n + eps)


def scaled(x: Array, weight: Array | None, bias: Array | None, shape: tuple[int, ...] | None = None) -> Array:
    """Multiply by the learned weight and add the learned bias, arranged in ``shape`` if it is given."""
    if weight is not None:
        x = x * (weight if shape is None else reshape(weight, shape=shape))
    if bias is not None:
        x = x + (bias if shape is None else reshape(bias, shape=shape))
    return x


def last_dims(name: str, input: Array, normalized_shape: Any) -> Dims:
    """The dimensions that a layer's ``normalized_shape`` speaks of: the last ones."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise ShapeError(
            f"{name}: the input has shape {tuple(input.shape)}, which doesn't end with normalized_shape {shape}"
        )
    return -1 if len(shape) == 1 else tuple(range(-len(shape), 0))


@composite(
    cases=[
        case(normal(3, 4), (4,)),
        case(normal(3, 4), [4], normal(4), normal(4)),
        case(normal(2, 3, 4), (3, 4), normal(3, 4), None, 1e-3),
        case(normal(2, 3, 4), (4,), weight=normal(4), bias=normal(4), eps=0.1),
    ]
)
def layer_norm(
    input: Array, normalized_shape: Any, weight: Array | None = None, bias: Array | None = None, eps: float = 1e-5
) -> Array:
    """Centre and scale each example by itself, over its last dimensions; then apply the learned scale and shift."""
    return scaled(standardize(input, dim=last_dims("layer_norm", input, normalized_shape), eps=eps), weight, bias)


@composite(
    cases=[
        case(normal(3, 4), (4,)),
        case(normal(2, 3, 4), (3, 4), normal(3, 4), 0.1),
        case(normal(3, 4), [4], weight=normal(4), eps=None),
    ]
)
def rms_norm(input: Array, normalized_shape: Any, weight: Array | None = None, eps: float | None = None) -> Array:
    """Divide each example by its root mean square; then apply the learned scale."""
    dim = last_dims("rms_norm", input, normalized_shape)
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    return scaled(input / np.sqrt(mean(square(input), dim=dim, keepdim=True) + eps), weight, None)


def several_channels(name: str, input: Array, rank: int = 2) -> None:
    """Refuse an input that has no dimension of channels (or nothing to normalize beside it)."""
    if input.ndim < rank:
        wanted = "(batch, channels)" if rank == 2 else "(batch, channels, length)"
        raise ShapeError(
            f"{name} takes an input of {wanted} or more dimensions, and this has shape {tuple(input.shape)}; unsqueeze adds one"
        )


def channels(input: Array) -> tuple[int, ...]:
    """The shape in which one number for each channel meets the input: (1, C, 1, …)."""
    return (1, int(input.shape[1]), *(1,) * (input.ndim - 2))


def all_but_channels(input: Array) -> tuple[int, ...]:
    """Every dimension except the channels'."""
    return (0, *range(2, input.ndim))


def follow(running: Sequence[Any], input: Array, dim: Dims, momentum: float, over: Dims = None) -> None:
    """Move the running mean and variance towards a batch's, in place; ``over``: towards the mean of its examples' own.

    This is outside the tape: on the arrays at once, or as a compiled function's call notes it.
    """
    noted = getattr(input, "__gradwalk_noted__", None)
    with noted() if noted is not None else nullcontext():
        x = input if noted is not None else held(input)
        for statistic, kept in zip((mean, var), running, strict=True):
            if kept is not None:
                new = statistic(x, dim=dim)
                blend(kept, new if over is None else mean(new, dim=over), momentum)


def blend(running: Any, new: Any, momentum: float) -> None:
    """Move a running statistic towards a new one, in place."""
    if isinstance(new, np.ndarray):
        kept = held(running)
        kept[...] = (1 - momentum) * kept + momentum * new
    else:
        running.copy_((1 - momentum) * running + momentum * new)


def by_running(input: Array, running_mean: Any, running_var: Any, eps: float) -> Array:
    """Centre and scale with statistics collected earlier: now they are constants."""
    shape = channels(input)
    return (input - reshape(running_mean, shape=shape)) / np.sqrt(reshape(running_var, shape=shape) + eps)


RUNNING_MEAN, RUNNING_VAR = fixed([0.1, -0.2, 0.3]), fixed([1.5, 0.5, 2.0])


@composite(
    cases=[
        case(normal(4, 3), None, None, training=True),
        case(normal(4, 3), RUNNING_MEAN, RUNNING_VAR, normal(3), normal(3)),
        case(normal(4, 3), RUNNING_MEAN, RUNNING_VAR, training=True),
        case(normal(2, 3, 2, 2), RUNNING_MEAN, RUNNING_VAR, normal(3), normal(3), True),
        case(normal(2, 3, 4), RUNNING_MEAN, RUNNING_VAR, weight=normal(3), eps=0.1),
    ]
)
def batch_norm(
    input: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Centre and scale each channel over the batch (training) or by its running statistics; then scale and shift.

    Training updates ``running_mean`` and ``running_var`` in place.
    """
    several_channels("batch_norm", input)
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("batch_norm: without training it needs running_mean and running_var")
        return scaled(by_running(input, running_mean, running_var, eps), weight, bias, channels(input))
    dim = all_but_channels(input)
    if count(input.shape, dim) < 2:
        raise ShapeError(
            f"batch_norm: training needs more than one value for each channel, and the input has shape {tuple(input.shape)}; "
            "use a larger batch, or training=False"
        )
    if running_mean is not None or running_var is not None:
        follow((running_mean, running_var), input, dim, momentum)
    return scaled(standardize(input, dim=dim, eps=eps), weight, bias, channels(input))


@composite(
    cases=[
        case(normal(2, 4, 3), 2),
        case(normal(2, 4, 2, 2), 4, normal(4), normal(4)),
        case(normal(2, 4), 2, weight=normal(4), eps=0.1),
        case(normal(0, 4), 2),
    ]
)
def group_norm(
    input: Array, num_groups: int, weight: Array | None = None, bias: Array | None = None, eps: float = 1e-5
) -> Array:
    """Centre and scale groups of channels, each example by itself; then scale and shift each channel."""
    several_channels("group_norm", input)
    if input.shape[1] % num_groups:
        raise ShapeError(f"group_norm: {input.shape[1]} channels don't divide into {num_groups} groups")
    groups = reshape(input, shape=(input.shape[0], num_groups, math.prod(input.shape[1:]) // num_groups))
    return scaled(reshape(standardize(groups, dim=-1, eps=eps), shape=input.shape), weight, bias, channels(input))


@composite(
    cases=[
        case(normal(2, 3, 4)),
        case(normal(2, 3, 2, 2), weight=normal(3), bias=normal(3)),
        case(normal(2, 3, 4), RUNNING_MEAN, RUNNING_VAR),
        case(normal(2, 3, 4), RUNNING_MEAN, RUNNING_VAR, use_input_stats=False),
    ]
)
def instance_norm(
    input: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Centre and scale each channel of each example by itself; then scale and shift each channel."""
    several_channels("instance_norm", input, 3)
    if not use_input_stats:
        if running_mean is None or running_var is None:
            raise ValueError("instance_norm: use_input_stats=False needs running_mean and running_var")
        return scaled(by_running(input, running_mean, running_var, eps), weight, bias, channels(input))
    dim = tuple(range(2, input.ndim))
    if running_mean is not None or running_var is not None:
        follow((running_mean, running_var), input, dim, momentum, over=0)
    return scaled(standardize(input, dim=dim, eps=eps), weight, bias, channels(input))


@composite(
    cases=[
        case(normal(3, 4)),
        case(normal(3, 4), p=1.0, dim=0),
        case(distinct(3, 4), p=math.inf, dim=-1),
        case(values([[0.0, 0.0], [3.0, 4.0]]), smooth=False, twice=False),
        case(normal(2, 3, 4), dim=(1, 2)),
        case(2.0, dim=0),
    ]
)
def normalize(input: Array, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: None = None) -> Array:
    """Divide vectors by their length, so that each has length 1."""
    if out is not None:
        raise TypeError("normalize(…, out=…) would overwrite a recorded value; assign the result instead")
    return input / clamp_min(norm(input, p=p, dim=dims(dim, input), keepdim=True), eps)


# --- dropout ---------------------------------------------------------------------------------------------------------


@composite(cases=[case(normal(3, 4), training=False), case(normal(3, 4), p=0.0), case(normal(3, 4), p=1.0)])
def dropout(input: Array, p: float = 0.5, training: bool = True, inplace: bool = False) -> Array:
    """In training, set entries to 0 at random with probability p and scale up the rest; else change nothing."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: p is a probability, between 0 and 1, and not {p}")
    if inplace:
        raise NotImplementedError("dropout(inplace=True) isn't offered: it would overwrite what a walk shows")
    if not training or p == 0:
        return input
    survives = uniform_source(input.shape) >= p
    return where(survives, input * (1 / (1 - p) if p < 1 else 0), 0)


# --- attention -------------------------------------------------------------------------------------------------------


def masked(scores: Array, attn_mask: Array | None, is_causal: bool) -> Array:
    """Scores with −∞ where a query may not look; a mask of floats is added."""
    if is_causal:
        if attn_mask is not None:
            raise ValueError("scaled_dot_product_attention: give attn_mask or is_causal, not both")
        attn_mask = np.tril(np.ones(scores.shape[-2:], bool))
    if attn_mask is None:
        return scores
    return where(attn_mask, scores, -math.inf) if attn_mask.dtype == bool else scores + attn_mask


ATTENDED = (normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 6))


@composite(
    cases=[
        case(*ATTENDED),
        case(*ATTENDED, is_causal=True),
        case(*ATTENDED, scale=0.3),
        case(*ATTENDED, fixed([[True, False, True, True, False]] * 3)),
        case(*ATTENDED, attn_mask=uniform(-2, 2, 3, 5)),
        case(normal(3, 4), normal(3, 4), normal(3, 4)),
        case(normal(2, 2, 3, 4), normal(2, 2, 3, 4), normal(2, 2, 3, 4), is_causal=True, twice=False),
        case(*ATTENDED, fixed([[True] * 5, [False] * 5, [True] * 5]), smooth=False),
    ]
)
def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Array:
    """Each query takes a weighted average of the values, weighted by how well its key matches.

    A query that may look nowhere gets zeros.
    """
    if enable_gqa:
        raise NotImplementedError(
            "scaled_dot_product_attention: enable_gqa isn't offered; repeat the keys and values instead"
        )
    scores = query @ mT(key) * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    weights = softmax(masked(scores, attn_mask, is_causal), dim=-1)
    if attn_mask is not None and attn_mask.dtype == bool:
        weights = where(attn_mask, weights, 0)  # for a query that may look nowhere, whose softmax is 0 / 0
    return dropout(weights, dropout_p) @ value
