"""How much a batch's gradient tells of the whole: its spread over batch sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

import gradwalk as gw
from gradwalk.data.dataset import Floats
from gradwalk.train.health.course import nothing
from gradwalk.train.health.flow import gradient_of, length, ratio
from gradwalk.train.health.network import DeepNetwork, loss_of, points
from gradwalk.train.health.settings import POINTS, HealthSettings, HealthSettingsError

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
DRAWS = 200  # batches of each size
MOST_PARAMETERS = 50_000  # each point has a gradient for all of them


@dataclass(frozen=True)
class Spread:
    """Gradients of many batches of each size, measured against the gradient of all points.

    ``along[i]`` has, for each batch of ``sizes[i]`` examples, which share of the whole gradient its own gradient goes
    along it (1: all of it; 0: across it; below 0: uphill). ``deviation[i]`` is their standard deviation around 1, and
    ``expected[i]`` what statistics foretell: that of single examples, divided by the square root of the size. ``noise[i]``
    is the whole distance between batch gradient and whole gradient (root mean square), relative to the latter's length.
    """

    sizes: list[int]
    along: list[list[float]]
    deviation: list[float]
    expected: list[float]
    noise: list[float]


def spread(
    settings: HealthSettings, sizes: Sequence[int] = SIZES, draws: int = DRAWS, between: Callable[[], object] = nothing
) -> Spread:
    """Draw ``draws`` batches of each size (with repeats, from the seed) and compare their gradients.

    The loss is a mean over the batch, so a batch's gradient is exactly the mean of its examples' gradients: those are
    computed once, one backward pass for each point, and batches are made of them.
    """
    if not sizes or not all(1 <= size <= POINTS for size in sizes):
        raise HealthSettingsError("sizes", f"must be from 1 to {POINTS}, the number of points, not {list(sizes)}")
    each = example_gradients(settings, between)
    whole = each.mean(axis=0)
    random = np.random.default_rng(settings.seed)
    batches = [batch_gradients(each, size, draws, random) for size in sizes]
    along = [shares(gradients, whole) for gradients in batches]
    single = float(shares(each, whole).std())
    return Spread(
        sizes=list(sizes),
        along=[found.tolist() for found in along],
        deviation=[float(np.sqrt(np.mean((found - 1) ** 2))) for found in along],
        expected=[single / size**0.5 for size in sizes],
        noise=[ratio(length(gradients - whole) / draws**0.5, length(whole)) for gradients in batches],
    )


def example_gradients(settings: HealthSettings, between: Callable[[], object] = nothing) -> Floats:
    """The gradient of the loss on each point alone, for all parameters in a row: (points, parameters)."""
    network = DeepNetwork(settings)
    refuse_large(network)
    data = points(settings.data, settings.seed)
    found = []
    for inputs, targets in zip(data.inputs[:, None], data.targets[:, None], strict=True):
        between()
        network.zero_grad()
        loss_of(network(gw.tensor(inputs)), gw.tensor(targets)).backward()
        found.append(np.concatenate([gradient_of(parameter).ravel() for parameter in network.parameters()]))
    return np.array(found)


def refuse_large(network: DeepNetwork) -> None:
    """An error for a network whose gradients would fill the memory."""
    count = sum(parameter.value.size for parameter in network.parameters())
    if count > MOST_PARAMETERS:
        raise HealthSettingsError(
            "width",
            f"and depth make {count:,} parameters, and the spread is measured for up to {MOST_PARAMETERS:,}; "
            "take fewer layers, or fewer units in each",
        )


def batch_gradients(each: Floats, size: int, draws: int, random: np.random.Generator) -> Floats:
    """The gradients of random batches, drawn with repeats: each the mean of its examples' gradients."""
    times = random.multinomial(size, np.full(len(each), 1 / len(each)), draws)  # how often a batch holds each point
    return np.asarray(times / size @ each)


def shares(gradients: Floats, whole: Floats) -> Floats:
    """How far each gradient goes along the whole one, relative to its length."""
    with np.errstate(invalid="ignore"):
        return np.asarray(gradients @ whole / (whole @ whole))
