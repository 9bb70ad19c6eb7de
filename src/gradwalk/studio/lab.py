"""The training lab: the trainings that are kept, and where each stands at a moment.

A training is a function of its experiment, so nothing is lost when one is let go: it is computed again, number for number.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from gradwalk.data import Dataset
from gradwalk.studio import maps, straight
from gradwalk.studio import protocol as p
from gradwalk.studio.clock import Deadline
from gradwalk.studio.errors import Refused, too_large, too_slow
from gradwalk.studio.experiments import timeline_of
from gradwalk.studio.lab_parts import Array, Scene, View, parts, pulls, sketch
from gradwalk.studio.playing import Play, Shown
from gradwalk.studio.updates import update_reply
from gradwalk.studio.wire import WireError
from gradwalk.tensor import Tensor, leaf
from gradwalk.train import Reading
from gradwalk.train.looking import used
from gradwalk.train.measuring import METRICS, Measured
from gradwalk.train.picture import input_units
from gradwalk.train.summary import remarks
from gradwalk.train.timeline import Timeline
from gradwalk.transforms import value_and_grad
from gradwalk.walk import Walk, WalkError

Onward = p.LabRequest | p.PictureRequest
KEPT = 4  # trainings
MOST_ROWS = 500  # in one reply
MOST_WALKED = 200_000  # values of units in the walk of a batch


class Lab:
    """The trainings that are kept, by their experiments' keys; the ones longest unused are let go."""

    def __init__(self) -> None:
        self.kept: OrderedDict[str, Scene] = OrderedDict()
        self.plays: dict[str, Play] = {}  # by key
        self.playing: Play | None = None  # the one that was asked for last, if that was the last question

    def scene(self, experiment: p.Experiment) -> tuple[str, Scene]:
        """An experiment's key and its training: kept, or made now."""
        key = experiment.key or key_of(experiment)
        if key not in self.kept:
            if experiment.key:
                raise experiment_gone()
            self.kept[key] = Scene(timeline_of(experiment))
        self.kept.move_to_end(key)
        while len(self.kept) > KEPT:
            self.plays.pop(self.kept.popitem(last=False)[0], None)
        return key, self.kept[key]

    def at(self, moment: p.Moment, deadline: Deadline) -> Timeline:
        """The training, standing at a moment."""
        timeline = self.scene(moment.experiment)[1].timeline
        timeline.go(moment.step, moment.phase or None, moment.piece, patience(timeline, moment.step, deadline))
        return timeline

    def answer(self, request: Any, deadline: Deadline) -> Any:
        """What a request about a training is answered with; a moment, with its walk."""
        self.playing = None
        return QUESTIONS[type(request)](self, request, deadline)

    def go_ahead(self) -> bool:
        """Train on while the next request is on its way; whether there is more to do before it comes."""
        return self.playing is not None and self.playing.go_ahead()

    def reply(self, request: p.LabRequest, deadline: Deadline) -> tuple[p.LabReply, list[Array]]:
        """Where the training stands, at the moment or after going on from there."""
        key, scene = self.scene(request.moment.experiment)
        view = View(scene, request.grid, request.since, deadline.check)
        if request.seconds > 0:
            return self._played(key, view, request, deadline, lambda: whole(key, view, request.parts))
        self.at(request.moment, deadline)
        return whole(key, view, request.parts)

    def picture(self, request: p.PictureRequest, deadline: Deadline) -> tuple[p.PictureReply, list[bytes]]:
        """The training after going on, as a quick picture."""
        key, scene = self.scene(request.moment.experiment)
        view = View(scene, request.grid, 0, deadline.check)
        return self._played(key, view, request, deadline, lambda: sketched(key, view))

    def _played(self, key: str, view: View, request: Onward, deadline: Deadline, show: Callable[[], Shown]) -> Shown:
        """Train on from where the play came to, and show it."""
        play = self.plays.get(key)
        if play is None or not request.play or play.word != request.play:
            play = self.plays[key] = Play(view.timeline, request.play, request.moment.step)
        play.go_on(request, patience(view.timeline, play.step, deadline))
        self.playing = play
        return play.shown(show)

    def walk(self, moment: p.Moment, deadline: Deadline) -> Walk:
        """The forward and backward pass of a step: of its batch, or of one row."""
        timeline = self.at(p.Moment(moment.experiment, moment.step), deadline)
        training = timeline.training
        if moment.row is None:
            refuse_large_batch(timeline)
            return training.walk()
        learned, held_out = len(training.data.train), len(training.data.held_out or ())
        if not 0 <= moment.row < learned + held_out:
            raise WalkError(
                f"there is no row {moment.row}: the rows are 0 to {learned + held_out - 1}, the last {held_out} held out"
            )
        is_held_out = moment.row >= learned
        return training.walk([moment.row - learned * is_held_out], held_out=is_held_out)

    def rows(self, request: p.RowsRequest, deadline: Deadline) -> tuple[p.RowsReply, list[Array]]:
        """Some rows of the data, in its own units."""
        scene = self.scene(request.experiment)[1]
        data = scene.timeline.training.data.train
        if not all(0 <= row < len(scene.inputs) for row in request.rows):
            raise WireError(f"rows.rows should be numbers of rows, 0 to {len(scene.inputs) - 1}")
        if len(request.rows) > MOST_ROWS:
            raise too_large(f"{len(request.rows):,} rows are asked for, and the studio sends up to {MOST_ROWS:,}")
        found = input_units(data, scene.inputs[np.array(request.rows, np.int64)])
        return p.RowsReply(request.rows, list(data.columns)), [found]

    def look(self, request: p.LookRequest, deadline: Deadline) -> tuple[p.LookReply, list[Array]]:
        """What the network says of one row, and how its loss changes with each input."""
        timeline = self.at(request.moment, deadline)
        training, data = timeline.training, timeline.training.data.train
        inputs = maps.scaled(data, fitting(request.inputs, data)[None])
        target = target_of(request.label, data)
        with used(training.model):
            loss, slope = value_and_grad(lambda x: training.loss_function(training.model(x), target))(leaf(inputs))
        spread = 1.0 if data.input_scaling is None else data.input_scaling.spread
        given = maps.said(training, inputs, deadline.check)[0]
        chances = np.array([1 - given[0], given[0]]) if data.task == "binary" else given
        decided = data.classes[int(chances.argmax())] if data.classes else f"{given[0]:.6g}"
        return p.LookReply(decided, loss.item(), list(data.classes)), [chances, slope.value[0] / spread]

    def update(self, request: p.UpdateRequest, deadline: Deadline) -> tuple[p.UpdateReply, list[Array]]:
        """How an update came about."""
        return update_reply(self.at(request.moment, deadline), request.parameter, request.entry)


QUESTIONS: dict[type[Any], Callable[[Lab, Any, Deadline], Any]] = {
    p.LabRequest: Lab.reply, p.PictureRequest: Lab.picture, p.LookRequest: Lab.look, p.RowsRequest: Lab.rows,
    p.UpdateRequest: Lab.update, p.Moment: Lab.walk,
}  # fmt: skip


def key_of(experiment: p.Experiment) -> str:
    """A short name for everything that a training depends on."""
    return hashlib.sha256(json.dumps(asdict(experiment), sort_keys=True).encode()).hexdigest()[:24]


def experiment_gone() -> Refused:
    """The experiment of this key isn't kept any more: the page sends it again."""
    return Refused(p.ErrorReply("gone", "this training isn't kept any more", "send its whole experiment again"))


def patience(timeline: Timeline, step: int, deadline: Deadline) -> Callable[[], None]:
    """Gives up on the way to a step when the time is over; what was trained so far is kept."""

    def check() -> None:
        if deadline.left < 0:
            raise too_slow(
                f"step {step:,} isn't reached yet: the training is at {timeline.training.step:,}",
                "ask again, and it goes on from there",
            )

    return check


# --- what is asked, checked --------------------------------------------------------------------------------------------------


def refuse_large_batch(timeline: Timeline) -> None:
    """An error for a batch whose walk would hold more than the studio shows."""
    training = timeline.training
    rows, data = len(training.batch_rows()), training.data.train
    pixels = data.inputs.shape[1] if training.settings.network == "conv" else 1
    values = rows * pixels * (sum(training.settings.hidden) + data.inputs.shape[1])
    if values > MOST_WALKED:
        raise too_large(
            f"the batch of {rows:,} rows has {values:,} values on its way through the network, and the studio walks up "
            f"to {MOST_WALKED:,}",
            "walk a single row, or take a smaller batch_size",
        )


def fitting(inputs: list[float], data: Dataset) -> Array:
    """One row of inputs, if it is as long as the data's."""
    if len(inputs) != data.inputs.shape[1]:
        raise WireError(f"look.inputs should hold {data.inputs.shape[1]} numbers, and holds {len(inputs)}")
    return np.array(inputs, np.float64)


def target_of(label: float, data: Dataset) -> Tensor:
    """What should come out, as the loss wants it: a number in the data's own unit, or a class's place."""
    if data.task == "regression":
        number = np.array([[label]])
        return leaf(
            (number if data.target_scaling is None else data.target_scaling.apply(number)).astype(data.targets.dtype)
        )
    if label not in range(len(data.classes)):
        raise WireError(f"look.label should be the place of a class, 0 to {len(data.classes) - 1}")
    return leaf(np.array([label] if data.task == "classes" else [[label]], data.targets.dtype))


# --- the reply ---------------------------------------------------------------------------------------------------------------


def whole(key: str, view: View, wanted: list[str]) -> tuple[p.LabReply, list[Array]]:
    """The training as it stands, with the parts that are wanted."""
    found = list(parts(view, wanted))
    return lab_reply(key, view, [info for info, _ in found]), [values for _, values in found]


def sketched(key: str, view: View) -> tuple[p.PictureReply, list[bytes]]:
    """The same in few words, with what its map is painted from."""
    timeline, found = view.timeline, sketch(view)
    where = (key, timeline.step, timeline.phase or "", timeline.piece, timeline.last, timeline.stopped)
    if found is None:
        return p.PictureReply(*where, None), []
    info, values = found
    return p.PictureReply(*where, info), [values.astype("<f4").tobytes()]


def lab_reply(key: str, view: View, infos: list[p.PartInfo]) -> p.LabReply:
    """A training at a moment, in plain data."""
    timeline, training = view.timeline, view.training
    batches = len(training.batches)
    return p.LabReply(
        key=key,
        step=timeline.step,
        phase=timeline.phase or "",
        piece=timeline.piece,
        pieces=timeline.pieces,
        epoch=timeline.step // batches,
        batch=timeline.step % batches,
        batches=batches,
        furthest=timeline.furthest,
        last=timeline.last,
        lr=training.updating.lr,
        loss=timeline.loss,
        train=measured_info(training.measured(training.data.train)),
        held_out=None if training.data.held_out is None else measured_info(training.measured(training.data.held_out)),
        layers=[layer_info(reading, training.updating.parameters) for reading in training.readings()],
        parts=infos,
        data=data_info(view),
        settings=training.settings.to_json(),
        stopped=timeline.stopped,
        remarks=list(remarks_on(view)),
    )


def remarks_on(view: View) -> Iterator[str]:
    """What this training can't do, and why: sentences beside those on the data."""
    training, data = view.training, view.training.data.train
    yield from (remark for remark in remarks(training) if remark not in data.notes)
    if (found := view.scene.tangle) is None:
        return
    yield straight.tangled(found, data.classes)
    if (rows := pulls(view)) is not None and training.settings.loss != "squared_error":
        loss = training.measured(data).loss
        yield from straight.at_rest(rows, loss, float(data.targets.mean()))


def measured_info(found: Measured) -> p.MeasuredInfo:
    """Loss and metric."""
    return p.MeasuredInfo(found.loss, found.metric)


def layer_info(reading: Reading, parameters: dict[str, Tensor]) -> p.LayerInfo:
    """One layer with weights."""
    weight = next(tensor for name, tensor in parameters.items() if name.split(".")[0] == reading.layer)
    did = reading.activity
    return p.LayerInfo(
        reading.layer, list(weight.shape), reading.gradient, reading.weight, reading.update, reading.update_to_weight,
        did.mean, did.std, did.dead, did.saturated,
    )  # fmt: skip


def data_info(view: View) -> p.DataInfo:
    """What is learned from."""
    parts = view.training.data
    data = parts.train
    return p.DataInfo(
        name=data.name,
        rows=len(data),
        held_out=len(parts.held_out) if parts.held_out else 0,
        columns=list(data.columns),
        target=data.target,
        task=data.task,
        classes=list(data.classes),
        picture=list(data.picture or ()),
        extent=view.scene.extent,
        metric=METRICS[data.task],
        notes=list(data.notes),
    )
