"""How much a batch's gradient tells of the whole: its spread over batch sizes.

The loss is a mean over examples that don't see each other, so a batch's gradient is the mean of its examples' own
gradients. Everything about their lengths and angles is in the inner products of those, and they can be had from one backward
pass over all points: at a linear layer the gradient of one example is the outer product of its row of ∂L/∂(sums) and its
row of the inputs, and the inner product of two outer products is the product of two inner products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import gradwalk as gw
from gradwalk.data.dataset import Floats
from gradwalk.train.health.flow import gradient_of
from gradwalk.train.health.network import DeepNetwork, Passage, loss_of, points
from gradwalk.train.health.settings import POINTS, HealthSettings, HealthSettingsError

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
DRAWS = 200  # batches of each size


@dataclass(frozen=True)
class Spread:
    """Gradients of many batches of each size, measured against the gradient of all points.

    ``along[i]`` has, for each batch of ``sizes[i]`` examples, which share of the whole gradient its own gradient goes
    along it (1: all of it; 0: across it; below 0: uphill). ``deviation[i]`` is their standard deviation around 1, and
    ``expected[i]`` what statistics foretell: that of single examples, divided by the square root of the size. ``noise[i]``
    is the whole distance between batch gradient and whole gradient (root mean square), relative to the latter's length.
    All are NaN where there is no gradient at all.
    """

    sizes: list[int]
    along: list[list[float]]
    deviation: list[float]
    expected: list[float]
    noise: list[float]


def spread(settings: HealthSettings, sizes: Sequence[int] = SIZES, draws: int = DRAWS) -> Spread:
    """Draw ``draws`` batches of each size (with repeats, from the seed) and compare their gradients."""
    if not sizes or not all(1 <= size <= POINTS for size in sizes):
        raise HealthSettingsError("sizes", f"must be from 1 to {POINTS}, the number of points, not {list(sizes)}")
    with np.errstate(all="ignore"):
        products = inner_products(settings)
        products /= products.mean()  # the squared length of the whole gradient, which is the mean of all
        single = products.mean(axis=1)
        random = np.random.default_rng(settings.seed)
        batches = [shares(size, draws, random) for size in sizes]
        along = [batch @ single for batch in batches]
        return Spread(
            sizes=list(sizes),
            along=[found.tolist() for found in along],
            deviation=[float(np.sqrt(np.mean((found - 1) ** 2))) for found in along],
            expected=[float(single.std() / size**0.5) for size in sizes],
            noise=[distance(batch, products) for batch in batches],
        )


def shares(size: int, draws: int, random: np.random.Generator) -> Floats:
    """Random batches, drawn with repeats: which share of each batch every point is, (draws, points)."""
    return random.multinomial(size, np.full(POINTS, 1 / POINTS), draws) / size


def distance(batches: Floats, products: Floats) -> float:
    """How far the batches' gradients are from the whole one, as root mean square."""
    beyond = batches - 1 / POINTS  # the whole is a batch in which every point has the same share
    return float(np.sqrt(np.mean(np.sum(beyond @ products * beyond, axis=1))))


def inner_products(settings: HealthSettings) -> Floats:
    """The inner product of every two points' gradients, over all parameters: (points, points)."""
    network = DeepNetwork(settings)
    chosen = points(settings.data, settings.seed)
    passages = network.passages(gw.tensor(chosen.inputs))
    for passage in passages:
        passage.sums.retain_grad()
        passage.normalized.retain_grad()
    loss_of(passages[-1].output, gw.tensor(chosen.targets)).backward()
    found = [_at_weights(passage) for passage in passages]
    if settings.normalization == "layer":
        found += [_at_normalization(passage) for passage in passages[:-1]]
    return np.asarray(np.sum(found, axis=0))


def _at_weights(passage: Passage) -> Floats:
    """Over the weights of one layer, and its bias (whose input is always 1)."""
    arriving = POINTS * gradient_of(passage.sums)  # of each example's own loss: the mean divided it
    return np.asarray((arriving @ arriving.T) * (passage.input.value @ passage.input.value.T + 1))


def _at_normalization(passage: Passage) -> Floats:
    """Over the factors of a normalisation, which are still 1, and its shifts, still 0."""
    arriving = POINTS * gradient_of(passage.normalized)
    scaled = arriving * passage.normalized.value
    return np.asarray(scaled @ scaled.T + arriving @ arriving.T)
