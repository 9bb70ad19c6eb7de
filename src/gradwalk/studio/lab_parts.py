"""The buffers of a lab's reply: a table from a part's name to the function that works it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gradwalk.studio import maps, straight
from gradwalk.studio.maps import Plane
from gradwalk.studio.protocol import PartInfo
from gradwalk.tensor import leaf
from gradwalk.train import Training
from gradwalk.train.curves import thinned
from gradwalk.train.histograms import Histogram
from gradwalk.train.looking import in_single_precision
from gradwalk.train.picture import in_units, input_units, parts_of
from gradwalk.train.timeline import Timeline
from gradwalk.transforms import value_and_grad

Array = npt.NDArray[Any]
FINEST, COARSEST = 200, 2  # points along a side of a map
UNITS_SIDE, MOST_UNITS = 24, 256  # of the maps of single units
MOST_EPOCHS = 400
MOST_PULLS = 200  # rows whose gradients are shown one by one


@dataclass(frozen=True)
class Scene:
    """A training with what depends on its data alone, worked out once."""

    timeline: Timeline

    @cached_property
    def extent(self) -> list[list[float]]:
        """What a map shows of each input."""
        return maps.extent(self.timeline.training)

    @cached_property
    def inputs(self) -> Array:
        """All rows, first those to learn from, as the network wants them."""
        return np.concatenate([data.inputs for _, data in parts_of(self.timeline.training)])

    @cached_property
    def tangle(self) -> Array | None:
        """Places of two classes that no straight line separates, for a network that draws one."""
        training, data = self.timeline.training, self.timeline.training.data.train
        if training.settings.hidden or data.task != "binary" or data.inputs.shape[1] != 2:
            return None
        places = input_units(data, data.inputs)
        return straight.tangle(*(places[data.labels == label] for label in (0, 1)))


@dataclass(frozen=True)
class View:
    """A training that stands at a moment, and how it is to be shown; what several parts need is worked out once."""

    scene: Scene
    grid: int
    since: int
    between: Callable[[], None]

    @property
    def timeline(self) -> Timeline:
        """The training with its way."""
        return self.scene.timeline

    @property
    def training(self) -> Training:
        """The training as it stands."""
        return self.scene.timeline.training

    @cached_property
    def hidden(self) -> Array | None:
        """What the last hidden layer gives for all rows."""
        if not self.training.settings.hidden:
            return None
        return maps.layers(self.training, self.scene.inputs, self.between, last=True)

    @cached_property
    def plane(self) -> Plane | None:
        """The plane on which the last hidden layer is shown."""
        return None if self.hidden is None else maps.plane_of(self.hidden)

    @cached_property
    def histograms(self) -> list[Histogram]:
        """How the results of each layer are spread."""
        return self.training.histograms()

    def mesh(self, side: int) -> tuple[Array, list[int]]:
        """A grid's places as the network wants them, and how many there are in each direction."""
        extent = self.scene.extent
        sides = [max(COARSEST, min(side, self.grid, FINEST))] * len(extent)
        return maps.scaled(self.training.data.train, maps.mesh(extent, sides)), sides


# --- the data -------------------------------------------------------------------------------------------------------------


def losses(view: View) -> Array:
    """The loss of each batch."""
    return np.array(view.timeline.losses[max(0, view.since) :])


def points(view: View) -> Array:
    """Rows of x, y, target, and whether they are held out."""
    return np.concatenate([_rows(data, held_out) for held_out, (_, data) in enumerate(parts_of(view.training))])


def _rows(data: Any, held_out: int) -> Array:
    target = in_units(data, data.targets) if data.task == "regression" else data.labels
    places = input_units(data, data.inputs) if data.inputs.shape[1] <= 2 else np.full((len(data), 2), np.nan)
    if places.shape[1] == 1:
        places = np.stack([places[:, 0], target], 1)
    return np.column_stack([places, target, np.full(len(data), held_out)])


def outputs(view: View) -> Array:
    """What the network says of each row."""
    return maps.said(view.training, view.scene.inputs, view.between)


# --- over the input space ----------------------------------------------------------------------------------------------------


def boundary(view: View) -> Array | None:
    """What the network says over the map."""
    if not view.scene.extent:
        return None
    places, sides = view.mesh(FINEST)
    return _over_map(view, places, sides)


def sketch(view: View) -> tuple[PartInfo, Array] | None:
    """The boundary in single precision: to be painted, not to be read."""
    if not view.scene.extent:
        return None
    places, sides = view.mesh(FINEST)
    with in_single_precision(view.training.model):
        found = _over_map(view, places.astype(np.float32), sides)
    return _info("boundary", found, view), found


def _over_map(view: View, places: Array, sides: list[int]) -> Array:
    if view.training.data.train.task == "classes":
        return maps.likeliest(view.training, places, view.between).reshape(2, *sides)
    return maps.said(view.training, places, view.between).reshape(sides)


def units(view: View) -> Array | None:
    """What each hidden unit gives over the map."""
    if not view.scene.extent or not view.training.settings.hidden:
        return None
    places, sides = view.mesh(UNITS_SIDE)
    return maps.layers(view.training, places, view.between)[:, :MOST_UNITS].T.reshape(-1, *sides)


def hidden(view: View) -> Array | None:
    """The points as the last hidden layer sees them."""
    return None if view.plane is None or view.hidden is None else view.plane.seen(view.hidden)


def bent(view: View) -> Array | None:
    """Lines of the input plane as the last hidden layer sees them."""
    if view.plane is None or len(view.scene.extent) != 2 or view.plane.directions.shape[1] != 2:
        return None
    straight = maps.lines(view.scene.extent)
    places = maps.scaled(view.training.data.train, straight.reshape(-1, 2))
    return view.plane.seen(maps.layers(view.training, places, view.between, last=True)).reshape(straight.shape)


def cut(view: View) -> Array | None:
    """The straight line that the output layer draws there."""
    training, plane = view.training, view.plane
    if plane is None or view.hidden is None or plane.directions.shape[1] != 2 or training.data.train.task != "binary":
        return None
    weight, bias = (training.updating.parameters[f"output.linear.{name}"].value for name in ("weight", "bias"))
    return maps.cut(weight[0], float(bias[0]), plane, plane.seen(view.hidden))


# --- over the epochs, and the weights ---------------------------------------------------------------------------------------


def epochs(view: View) -> Array:
    """Epoch, step, losses and metrics of each finished epoch; of many, every so-manieth and the last."""
    rows = [
        (record.epoch, record.step, record.train.loss, record.train.metric)
        + ((record.held_out.loss, record.held_out.metric) if record.held_out else (np.nan, np.nan))
        for record in thinned(view.timeline.records, MOST_EPOCHS)
    ]
    return np.array(rows, np.float64).reshape(len(rows), 6)


def weights(view: View) -> Array:
    """All weights, layer after layer."""
    return np.concatenate([tensor.value.ravel() for tensor in view.training.updating.parameters.values()])


def gradients(view: View) -> Array | None:
    """Their gradients, where they are known."""
    tensors = view.training.updating.parameters.values()
    if any(tensor.grad is None for tensor in tensors):
        return None
    return np.concatenate([tensor.grad.value.ravel() for tensor in tensors if tensor.grad is not None])


def pulls(view: View) -> Array | None:
    """What each row to learn from adds to the gradient of each weight and of the bias, of a single linear layer."""
    training, data = view.training, view.training.data.train
    if training.settings.hidden or data.picture or data.outputs > 1 or len(data) > MOST_PULLS:
        return None
    linear, *after = dict(training.model.named_children())["output"].children()
    given, targets = linear(leaf(data.inputs)).detach(), leaf(data.targets)
    _, slope = value_and_grad(lambda z: training.loss_function(after[0](z) if after else z, targets))(given)
    return np.asarray(slope.value * np.column_stack([data.inputs, np.ones(len(data))]))


def activations(view: View) -> Array:
    """How many results of each layer lie in each bin."""
    return np.array([layer.counts for layer in view.histograms], np.float64)


def spreads(view: View) -> Array:
    """From where to where the bins of each layer go, and how many of its units are dead or stuck."""
    return np.array([_spread(layer) for layer in view.histograms], np.float64)


def _spread(layer: Histogram) -> list[float | None]:
    ends = layer.ends or (None, None)
    return [layer.low, layer.high, layer.zeros, layer.units, layer.dead, layer.stuck, layer.flat, *ends]


def tangle(view: View) -> Array | None:
    """Places of two classes that no straight line separates."""
    return view.scene.tangle


PARTS: dict[str, Callable[[View], Array | None]] = {
    "losses": losses, "points": points, "outputs": outputs, "boundary": boundary, "units": units, "hidden": hidden, "bent": bent,
    "cut": cut, "epochs": epochs, "weights": weights, "gradients": gradients, "pulls": pulls,
    "activations": activations, "spreads": spreads, "tangle": tangle,
}  # fmt: skip


def parts(view: View, wanted: Sequence[str]) -> Iterator[tuple[PartInfo, Array]]:
    """The parts that are wanted, where this network and these data have them."""
    for name in dict.fromkeys(wanted):
        found = PARTS[name](view) if name in PARTS else None
        if found is not None:
            yield _info(name, found, view), found
        view.between()


def _info(name: str, values: Array, view: View) -> PartInfo:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    note = view.plane.note if name in ("hidden", "bent", "cut") and view.plane else ""
    return PartInfo(name, list(values.shape), low, high, note)
