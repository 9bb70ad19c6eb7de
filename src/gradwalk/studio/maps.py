"""What a network says over a part of its input space, in the data's own units; and the plane that its last hidden layer
sees the points in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradwalk.data import Dataset
from gradwalk.train import Training
from gradwalk.train.classification import padded
from gradwalk.train.looking import results
from gradwalk.train.measuring import outputs, probabilities
from gradwalk.train.network import has_probability_output
from gradwalk.train.picture import in_units, input_units, parts_of

Array = npt.NDArray[Any]
AT_ONCE, CACHED = 16_384, 1_048_576  # rows that go through a network together, bytes of one layer: the cache holds them
LINES, PLACES = 11, 41  # of the input plane, in each direction; places on each


def extent(training: Training) -> list[list[float]]:
    """What a map shows of each input, [low, high] with some room; nothing where there are more than two."""
    if training.data.train.inputs.shape[1] > 2:
        return []
    places = np.concatenate([input_units(data, data.inputs) for _, data in parts_of(training)])
    return [list(_padded(float(column.min()), float(column.max()))) for column in places.T]


def _padded(low: float, high: float) -> tuple[float, float]:
    return padded(low, high) if high > low else (low - 1, high + 1)


def mesh(extent: list[list[float]], sides: list[int]) -> Array:
    """The places of a grid, (places, inputs): the first input runs fastest."""
    axes = [np.linspace(low, high, side) for (low, high), side in zip(extent, sides, strict=True)]
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes)], 1)


def scaled(data: Dataset, inputs: Array) -> Array:
    """Inputs in their own units as the network wants them."""
    within = inputs if data.input_scaling is None else data.input_scaling.apply(inputs)
    return np.asarray(within, data.inputs.dtype)


def in_pieces(
    training: Training, network: Callable[[Array], Array], inputs: Array, between: Callable[[], None]
) -> Array:
    """What a network gives for many rows, some thousands at a time; ``between`` is called after each."""
    many = min(AT_ONCE, max(1, CACHED // (inputs.itemsize * max(training.settings.hidden, default=1))))
    given = []
    for start in range(0, max(len(inputs), 1), many):
        given.append(network(inputs[start : start + many]))
        between()
    return np.concatenate(given)


def said(training: Training, inputs: Array, between: Callable[[], None]) -> Array:
    """What the network says of each row of (scaled) inputs: probabilities of the classes, or a number in its own unit."""
    data = training.data.train
    given = _given(training, inputs, between)
    if data.task == "regression":
        return np.asarray(in_units(data, given)[:, None])
    return probabilities(given, data.task, has_probability_output(training.settings, data))


def likeliest(training: Training, inputs: Array, between: Callable[[], None]) -> Array:
    """The likeliest class of each row of (scaled) inputs, and its probability: (2, rows)."""
    by_class = np.ascontiguousarray(_given(training, inputs, between).T)  # so that few classes are compared at once
    below = by_class - by_class.max(0)
    return np.stack([by_class.argmax(0), 1 / np.exp(below, out=below).sum(0)])


def _given(training: Training, inputs: Array, between: Callable[[], None]) -> Array:
    return in_pieces(training, lambda rows: outputs(training.replayed, rows), inputs, between)


def layers(training: Training, inputs: Array, between: Callable[[], None], last: bool = False) -> Array:
    """What the units of the hidden layers (or of the last one) give for each row, (rows, units)."""
    names = [name for name, _ in training.model.named_children() if name.startswith("hidden")]

    def given(rows: Array) -> Array:
        found = results(training.replayed, rows)
        return np.concatenate([found[name].reshape(len(rows), -1) for name in (names[-1:] if last else names)], 1)

    return in_pieces(training, given, inputs, between)


# --- what the last hidden layer sees -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plane:
    """A plane in the space of a layer's units: a place on it, and two directions (units, 2)."""

    origin: Array
    directions: Array
    note: str = ""

    def seen(self, values: Array) -> Array:
        """Where values of the units fall on the plane."""
        return (values - self.origin) @ self.directions


def plane_of(values: Array) -> Plane:
    """The units themselves where there are one or two; else the two directions in which the values spread most."""
    units = values.shape[1]
    if units <= 2:
        return Plane(np.zeros(units), np.eye(units))
    if not np.isfinite(values).all():
        return Plane(np.zeros(units), np.eye(units)[:, :2], f"the first two of {units} units")
    origin = values.mean(0)
    centred = values - origin
    strengths, directions = np.linalg.eigh(centred.T @ centred)  # of few units: much quicker than from all rows
    total = float(strengths.sum())
    share = float(strengths[-2:].sum()) / total if total else 1.0
    note = f"the two principal directions of {units} units, which hold {share:.0%} of their spread"
    return Plane(origin, _pointed(directions[:, :-3:-1]), note)


def _pointed(directions: Array) -> Array:
    """The same directions with their largest entries positive, so that a picture doesn't flip from step to step."""
    largest = directions[np.abs(directions).argmax(0), np.arange(directions.shape[1])]
    return np.asarray(directions * np.where(largest < 0, -1, 1))


def lines(extent: list[list[float]]) -> Array:
    """Lines of the input plane, first those that run along the first input: (lines, places, 2)."""
    (left, right), (low, high) = extent
    xs, ys = np.linspace(left, right, PLACES), np.linspace(low, high, PLACES)
    along = [np.stack([xs, np.full(PLACES, y)], 1) for y in np.linspace(low, high, LINES)]
    upward = [np.stack([np.full(PLACES, x), ys], 1) for x in np.linspace(left, right, LINES)]
    return np.stack([*along, *upward])


def cut(weight: Array, bias: float, plane: Plane, points: Array) -> Array | None:
    """The straight line ``weight · h + bias = 0`` on the plane, through the points' square; None where it passes them by."""
    slope = weight @ plane.directions
    offset = float(weight @ plane.origin + bias)
    length = float(slope @ slope)
    if not length:
        return None
    middle, reach = points.mean(0), float(np.ptp(points, axis=0).max() or 1.0)
    nearest = middle - slope * ((slope @ middle + offset) / length)
    along = np.array([-slope[1], slope[0]]) / np.sqrt(length) * reach
    return np.stack([nearest - along, nearest + along])
