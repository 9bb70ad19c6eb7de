"""How wrong a prediction is: one number, or one per example."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.ops.arithmetic import cast, square, where
from gradwalk.ops.bounds import clamp_min
from gradwalk.ops.declare import Array, case, composite, fixed, integers, normal, op, uniform, values
from gradwalk.ops.elementwise import abs_, exp, log, sigmoid, xlogy
from gradwalk.ops.normalize import log_softmax
from gradwalk.ops.query import pick
from gradwalk.ops.reduce import mean, sum_
from gradwalk.ops.shape import reshape, spread

REDUCTIONS: dict[str, Callable[[Array], Array]] = {"mean": mean, "sum": sum_, "none": lambda losses: losses}


def reduced(losses: Array, reduction: str) -> Array:
    """One number from many losses, in the way that ``reduction`` names."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction is one of {', '.join(map(repr, REDUCTIONS))}, and not {reduction!r}")
    return REDUCTIONS[reduction](losses)


def asked_for(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """The reduction that a call names, or says with PyTorch's two older arguments."""
    if isinstance(size_average, str):
        raise TypeError(
            f"the reduction is given by name, reduction={size_average!r}: in its place PyTorch has size_average, an older argument"
        )
    if size_average is None and reduce is None:
        return reduction
    return "none" if reduce is False else "sum" if size_average is False else "mean"


def weighted(losses: Array, weight: Array | None) -> Array:
    """Losses, each times its weight if there are weights."""
    return losses if weight is None else losses * weight


def same_shapes(name: str, input: Array, target: Array) -> None:
    """Refuse shapes that would broadcast into a loss nobody meant."""
    if tuple(input.shape) != tuple(target.shape):
        raise ShapeError(
            f"{name}: the input has shape {tuple(input.shape)} and the target {tuple(target.shape)}; they must be equal "
            "(reshape or unsqueeze the target)"
        )


# --- distances -------------------------------------------------------------------------------------------------------

DISTANCES = [
    case(normal(3, 4), normal(3, 4)),
    case(normal(3, 4), normal(3, 4), reduction="sum"),
    case(normal(3, 4), normal(3, 4), reduction="none"),
    case(values([1.0, 2.0]), values([1.0, 5.0]), smooth=False),
]


@composite(cases=[*DISTANCES, case(normal(3, 4), normal(3, 4), weight=uniform(0, 1, 3, 4), reduction="sum")])
def mse_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Array | None = None,
) -> Array:
    """The mean squared distance: large errors count most. With a weight, the mean is weighted."""
    reduction = asked_for(reduction, size_average, reduce)
    losses = weighted(square(input - target), weight)
    if weight is not None and reduction == "mean":
        return sum_(losses) / sum_(spread(weight, shape=losses.shape))
    return reduced(losses, reduction)


@composite(cases=DISTANCES)
def l1_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Array | None = None,
) -> Array:
    """The mean distance: every error pulls with the same force. With a weight, the mean is weighted."""
    reduction = asked_for(reduction, size_average, reduce)
    losses = weighted(abs_(input - target), weight)
    if weight is not None and reduction == "mean":
        return sum_(losses) / sum_(spread(weight, shape=losses.shape))
    return reduced(losses, reduction)


@op(
    "huber({x}, {delta})",
    r"\operatorname{huber}_{{delta}}({x})",
    method=False,
    local={"x": lambda out, x, *, delta: where(x >= delta, delta, where(x <= -delta, -delta, x))},
    cases=[case(normal(3, 4)), case(normal(3, 4), delta=0.5), case(values([-3.0, -1.0, 0.0, 1.0, 3.0]), smooth=False)],
)
def huber(x: Array, *, delta: float = 1.0) -> Array:
    """Half the square near zero, a straight line further out: the slope is x, but never beyond ±delta."""
    size = np.abs(x)
    return np.where(size <= delta, 0.5 * size * size, delta * (size - 0.5 * delta)).astype(np.asarray(x).dtype)


@composite(cases=[*DISTANCES, case(normal(3, 4), normal(3, 4), delta=0.3)])
def huber_loss(
    input: Array, target: Array, reduction: str = "mean", delta: float = 1.0, weight: Array | None = None
) -> Array:
    """Squared distance for small errors, straight distance (times delta) for large ones: outliers pull less."""
    if delta <= 0:
        raise ValueError(f"huber_loss: delta must be positive, and is {delta}")
    return reduced(weighted(huber(input - target, delta=delta), weight), reduction)


@composite(cases=[*DISTANCES, case(normal(3, 4), normal(3, 4), beta=0.3), case(normal(3, 4), normal(3, 4), beta=0)])
def smooth_l1_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Array:
    """The distance, rounded off below beta: the slope passes smoothly from −1 to 1."""
    reduction = asked_for(reduction, size_average, reduce)
    if beta < 0:
        raise ValueError(f"smooth_l1_loss: beta must not be negative, and is {beta}")
    if beta == 0:
        return reduced(abs_(input - target), reduction)
    return reduced(huber(input - target, delta=beta) / beta, reduction)


# --- yes or no -------------------------------------------------------------------------------------------------------

TINY = float(
    np.float32(1e-12)
)  # keeps the slope finite where a probability is 0 or 1; PyTorch has it in single precision
LOWEST_LOG = -100  # what the logarithm of a probability of 0 counts as, as in PyTorch


@op(
    "binary_entropy({p}, {t})",
    r"\operatorname{BCE}({p}, {t})",
    floating=True,
    method=False,
    local={
        "p": lambda out, p, t: (p - t) / clamp_min(p * (1 - p), TINY),
        "t": lambda out, p, t: log(1 - p) - log(p),
    },
    cases=[
        case(uniform(0.1, 0.9, 3, 4), uniform(0, 1, 3, 4)),
        case(values([0.0, 0.0, 1.0, 1.0]), values([0.0, 1.0, 0.0, 1.0]), smooth=False, twice=False),
    ],
)
def binary_entropy(p: Array, t: Array) -> Array:
    """The surprise, −t · ln p − (1 − t) · ln(1 − p), at a yes that was given probability p."""
    yes, no = np.maximum(np.log(p), LOWEST_LOG), np.maximum(np.log1p(np.negative(p)), LOWEST_LOG)
    return (t - 1) * no - t * yes


PROBABLE = (uniform(0.1, 0.9, 3, 4), uniform(0, 1, 3, 4))


@composite(
    cases=[
        case(*PROBABLE),
        case(*PROBABLE, reduction="sum"),
        case(*PROBABLE, reduction="none"),
        case(*PROBABLE, fixed([0.5, 1.0, 2.0, 0.1])),
        case(values([0.0, 1.0, 0.5]), fixed([0.0, 0.0, 1.0]), smooth=False, twice=False),
    ]
)
def binary_cross_entropy(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """How surprising yes-or-no answers are, given the predicted probabilities of yes."""
    reduction = asked_for(reduction, size_average, reduce)
    same_shapes("binary_cross_entropy", input, target)
    return reduced(weighted(binary_entropy(input, target), weight), reduction)


@op(
    "binary_entropy(σ({x}), {t})",
    r"\operatorname{BCE}(\sigma({x}), {t})",
    floating=True,
    method=False,
    local={"x": lambda out, x, t: sigmoid(x) - t, "t": lambda out, x, t: -x},
    cases=[
        case(normal(3, 4), uniform(0, 1, 3, 4)),
        case(values([-800.0, 0.0, 800.0]), values([1.0, 0.5, 0.0]), smooth=False),
        case(values([np.inf, np.inf, -np.inf, np.nan]), values([0.0, 0.3, 1.0, 0.5]), smooth=False, twice=False),
    ],
)
def binary_entropy_of_logits(x: Array, t: Array) -> Array:
    """The surprise at a yes that was given the logit x: the slope is predicted less true probability."""
    return (1 - t) * x + np.logaddexp(0, -x)


LOGITS = (normal(3, 4), uniform(0, 1, 3, 4))


@composite(
    cases=[
        case(*LOGITS),
        case(*LOGITS, reduction="sum"),
        case(*LOGITS, fixed([0.5, 1.0, 2.0, 0.1]), reduction="none"),
        case(*LOGITS, pos_weight=fixed([0.5, 1.0, 2.0, 0.1])),
        case(*LOGITS, fixed([0.5, 1.0, 2.0, 0.1]), pos_weight=fixed([3.0])),
        case(values([-800.0, 0.0, 800.0]), fixed([1.0, 0.5, 0.0]), smooth=False),
    ]
)
def binary_cross_entropy_with_logits(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Array | None = None,
) -> Array:
    """How surprising yes-or-no answers are, given logits; ``pos_weight`` makes a missed yes count more (or less)."""
    reduction = asked_for(reduction, size_average, reduce)
    same_shapes("binary_cross_entropy_with_logits", input, target)
    if pos_weight is None:
        losses = binary_entropy_of_logits(input, target)
    else:
        missed_yes, missed_no = binary_entropy_of_logits(input, 1), binary_entropy_of_logits(input, 0)
        losses = pos_weight * target * missed_yes + (1 - target) * missed_no
    return reduced(weighted(losses, weight), reduction)


# --- one of several classes ------------------------------------------------------------------------------------------


@op(
    "mean({x} without {target} = {ignore})",
    r"\operatorname{mean}_{{target} \ne {ignore}}({x})",
    method=False,
    vjp={"x": lambda g, out, x, target, *, ignore: where(target != ignore, g / np.sum(target != ignore), 0)},
    cases=[case(normal(4), fixed([0, 2, -100, 1]), -100), case(normal(2, 3), integers(0, 3, 2, 3), -100)],
)
def mean_of_counted(x: Array, target: Array, *, ignore: int) -> Array:
    """The mean of the losses whose target isn't to be ignored."""
    counted = np.not_equal(target, ignore)
    return cast(np.sum(np.where(counted, x, 0)) / np.sum(counted), dtype=x.dtype)


def class_dim(input: Array) -> int:
    """The dimension that tells classes apart: the second one, or the only one."""
    return 1 if input.ndim > 1 else 0


def one_for_each_class(vector: Array, input: Array) -> Array:
    """Class weights, arranged so that they meet the classes of the input."""
    if tuple(vector.shape) != (input.shape[class_dim(input)],):
        raise ShapeError(
            f"the weight needs one number for each of {input.shape[class_dim(input)]} classes, and has shape {tuple(vector.shape)}"
        )
    return reshape(vector, shape=(1, -1) + (1,) * (input.ndim - 2)) if input.ndim > 1 else vector


def matching_targets(name: str, input: Array, target: Array) -> None:
    """Refuse targets that don't name one class for each example."""
    wanted = tuple(size for i, size in enumerate(input.shape) if i != class_dim(input))
    if tuple(target.shape) != wanted:
        raise ShapeError(
            f"{name}: an input of shape {tuple(input.shape)} (classes in dimension {class_dim(input)}) needs a target of shape {wanted}, "
            f"one class for each example, and this has {tuple(target.shape)}"
        )
    if target.dtype.kind not in "iu":
        raise TypeError(
            f"{name}: a target that names classes must hold whole numbers (int64), and this holds {target.dtype}"
        )


def losses_and_weights(
    input: Array, target: Array, weight: Array | None, ignore_index: int
) -> tuple[Array, Array | None]:
    """Minus what the input says for each example's own class, times that class's weight; and that weight."""
    dim = class_dim(input)
    losses = -pick(input, target, dim=dim, ignore=ignore_index)
    if weight is None:
        return losses, None
    own = pick(spread(one_for_each_class(weight, input), shape=input.shape), target, dim=dim, ignore=ignore_index)
    return losses * own, own


def averaged(losses: Array, own: Array | None, target: Array, ignore_index: int) -> Array:
    """The mean over the examples that count, each as much as its weight."""
    return mean_of_counted(losses, target, ignore=ignore_index) if own is None else sum_(losses) / sum_(own)


WEIGHTS = fixed([0.5, 1.0, 2.0, 0.1])
CLASSES = (normal(3, 4), fixed([1, 0, 3]))
PICTURE = (normal(2, 4, 3), fixed([[1, 0, 3], [-100, 2, 2]]))
BY_CLASS = [
    case(*CLASSES),
    case(*CLASSES, reduction="sum"),
    case(*CLASSES, reduction="none"),
    case(*CLASSES, WEIGHTS),
    case(*CLASSES, ignore_index=0),
    case(*CLASSES, WEIGHTS, ignore_index=1, reduction="none"),
    case(*PICTURE),
    case(*PICTURE, weight=WEIGHTS),
    case(normal(4), fixed(2)),
    case(normal(2, 4, 2, 2), integers(0, 4, 2, 2, 2), reduction="sum"),
    case(normal(2, 4), fixed([-100, -100]), smooth=False),
]


@composite(cases=BY_CLASS)
def nll_loss(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """Minus the log-probability that the input gives to the right class."""
    reduction = asked_for(reduction, size_average, reduce)
    matching_targets("nll_loss", input, target)
    losses, own = losses_and_weights(input, target, weight, ignore_index)
    return averaged(losses, own, target, ignore_index) if reduction == "mean" else reduced(losses, reduction)


def smoothing_losses(log_p: Array, target: Array, weight: Array | None, ignore_index: int) -> Array:
    """The loss of an example that belongs to every class at once; 0 where the target is ignored."""
    each = log_p if weight is None else log_p * one_for_each_class(weight, log_p)
    return where(target != ignore_index, -sum_(each, dim=class_dim(log_p)), 0)


def shared_cross_entropy(
    log_p: Array, target: Array, weight: Array | None, reduction: str, label_smoothing: float
) -> Array:
    """Cross entropy with a probability for each class as target."""
    dim = class_dim(log_p)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / log_p.shape[dim]
    surprise = target * log_p if weight is None else target * log_p * one_for_each_class(weight, log_p)
    return reduced(-sum_(surprise, dim=dim), reduction)


@composite(
    cases=[
        *BY_CLASS,
        case(*CLASSES, label_smoothing=0.1),
        case(*CLASSES, WEIGHTS, label_smoothing=0.1),
        case(*PICTURE, WEIGHTS, label_smoothing=0.1),
        case(*PICTURE, label_smoothing=0.1, reduction="none"),
        case(*PICTURE, label_smoothing=0.1, reduction="sum"),
        case(normal(3, 4), uniform(0, 1, 3, 4)),
        case(normal(3, 4), uniform(0, 1, 3, 4), WEIGHTS, label_smoothing=0.1),
        case(normal(2, 4, 3), uniform(0, 1, 2, 4, 3), reduction="none"),
        case(normal(2, 4, 3), uniform(0, 1, 2, 4, 3), WEIGHTS, reduction="sum"),
        case(normal(4), uniform(0, 1, 4)),
        case(values([[1000.0, 0.0], [0.0, 1000.0]]), fixed([0, 0]), smooth=False),
    ]
)
def cross_entropy(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Array:
    """How surprising the right class is, given a logit for each: log_softmax, then pick, then mean.

    ``target`` names a class for each example, or gives a probability for each class.
    """
    reduction = asked_for(reduction, size_average, reduce)
    log_p = log_softmax(input, dim=class_dim(input))
    if tuple(target.shape) == tuple(input.shape):
        return shared_cross_entropy(log_p, target, weight, reduction, label_smoothing)
    matching_targets("cross_entropy", input, target)
    losses, own = losses_and_weights(log_p, target, weight, ignore_index)
    if label_smoothing:
        even = smoothing_losses(log_p, target, weight, ignore_index) / input.shape[class_dim(input)]
        losses = losses * (1 - label_smoothing) + even * label_smoothing
    return averaged(losses, own, target, ignore_index) if reduction == "mean" else reduced(losses, reduction)


@composite(
    cases=[
        case(normal(3, 4), uniform(0.1, 1, 3, 4)),
        case(normal(3, 4), uniform(0.1, 1, 3, 4), reduction="batchmean"),
        case(normal(3, 4), fixed([[0.0, 0.5, 0.5, 0.0]] * 3), reduction="sum"),
        case(normal(4), values([0.0, 0.5, -0.5, np.nan]), reduction="none", smooth=False, twice=False),
        case(normal(3, 4), uniform(0.1, 1, 3, 4), size_average=False),
        case(normal(3, 4), normal(3, 4), reduction="none", log_target=True),
        case(normal(), uniform(0.1, 1), reduction="batchmean"),
    ]
)
def kl_div(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Array:
    """How far the target distribution is from the predicted one, whose log-probabilities are the input."""
    reduction = asked_for(reduction, size_average, reduce)
    if log_target:
        losses = exp(target) * (target - input)
    else:
        losses = xlogy(target, target) - target * input
    return sum_(losses) / prod(input.shape[:1]) if reduction == "batchmean" else reduced(losses, reduction)
