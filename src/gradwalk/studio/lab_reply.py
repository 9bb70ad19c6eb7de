"""What the lab replies with: a training as it stands, whole with its parts, or in few words as a quick picture."""

from __future__ import annotations

from collections.abc import Iterator

from gradwalk.studio import protocol as p
from gradwalk.studio import straight
from gradwalk.studio.lab_parts import Array, View, parts, pulls, sketch
from gradwalk.tensor import Tensor
from gradwalk.train import Reading
from gradwalk.train.measuring import METRICS, Measured
from gradwalk.train.summary import remarks


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
