"""`Training`: a network learning, which can be stopped and looked at between any two phases of a step.

Where a training stands is a function of its settings and its data alone: the same step always has the same weights, in
one go, in pieces, or gone back to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gradwalk import nn
from gradwalk.data import Batches, Dataset
from gradwalk.errors import GradwalkError
from gradwalk.program import Compiled, compile  # noqa: A004 (PyTorch's name)
from gradwalk.recording import no_grad
from gradwalk.tensor import Tensor, leaf
from gradwalk.train import nonfinite
from gradwalk.train.histograms import Histogram, histograms
from gradwalk.train.looking import unchanged, used, watched, weight_names
from gradwalk.train.measuring import Measured, measured
from gradwalk.train.network import loss_for, network
from gradwalk.train.preparing import Prepared, prepared, refuse_single_rows
from gradwalk.train.randomness import seeded
from gradwalk.train.readings import Reading, by_layer, gradient_norms, readings
from gradwalk.train.settings import Settings, SettingsError
from gradwalk.train.updating import Updating
from gradwalk.walk import Walk
from gradwalk.walk.record import build, capture

MOST_TIMES = 8  # a batch is done again until its program knows it
Phase = Literal["forward", "loss", "backward", "update"]
Rows = npt.NDArray[np.int64]


class TrainingError(GradwalkError, RuntimeError):
    """A training that can't do what was asked of it, with the cure."""


@dataclass(frozen=True)
class Record:
    """One epoch's end: how good the network is on both parts (None where nothing is held out), rate, gradient norms."""

    epoch: int
    step: int
    lr: float
    train: Measured
    held_out: Measured | None
    gradients: dict[str, float]

    @property
    def judged(self) -> float:
        """The loss that says which epoch is best: the held-out one if there is one."""
        return (self.held_out or self.train).loss

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Record:
        """A record from what ``dataclasses.asdict`` made of it."""
        parts = {name: Measured(**document[name]) if document[name] else None for name in ("train", "held_out")}
        return cls(**{**document, **parts})


class Training:
    """A network, its data and its optimizer, at one step of its training.

    `advance` goes on by one phase, `finish_batch` and `finish_epoch` to the end of what is begun. ``step`` counts
    updates, ``history`` has one `Record` for each finished epoch. Between two phases, ``rows``, ``outputs`` and ``loss``
    are those of the present piece of the batch.

    >>> training = Training(Settings(data="xor", hidden=(4,), lr=0.5, epochs=500))
    >>> [training.advance() for _ in range(4)]
    ['forward', 'loss', 'backward', 'update']
    >>> while not training.is_finished:
    ...     record = training.finish_epoch()
    >>> record.train.metric
    1.0
    """

    def __init__(self, settings: Settings, data: Dataset | None = None):
        self.settings = settings
        self.data: Prepared = prepared(settings, data)
        self.batches = Batches(self.data.train, settings.batch_size, seed=settings.seed)
        refuse_single_rows(settings, self.batches)
        self.model: nn.Sequential = network(settings, self.data.train)
        self.replayed = compile(self.model, tier="numpy")  # the same network, for looking at many rows again and again
        self.loss_function = loss_for(settings, self.data.train)
        self.updating = Updating(settings, self.model)
        self.step = 0
        self.history: list[Record] = []
        self.best: tuple[int, float] | None = None  # the epoch with the lowest loss, and that loss
        self.rows: Rows = np.array([], np.int64)
        self.outputs: Tensor | None = None
        self.loss: Tensor | None = None
        self._seen = (0, 0.0)  # rows of this batch so far, and the sum of their losses
        self._running: Iterator[Phase] | None = None
        self._whole_batch = program_of(self._all_phases, settings)
        self._epoch_rows: tuple[int, list[Rows]] = (-1, [])

    # --- where it stands ---

    @property
    def epoch(self) -> int:
        """How many epochs are finished."""
        return self.step // len(self.batches)

    @property
    def is_between_batches(self) -> bool:
        """Whether no batch is half done."""
        return self._running is None

    @property
    def has_stopped_early(self) -> bool:
        """Whether none of the last ``patience`` epochs was better than the best one before them."""
        patience = self.settings.patience
        return patience is not None and self.best is not None and self.epoch - self.best[0] >= patience

    @property
    def is_finished(self) -> bool:
        """Whether all epochs are done, or patience has run out."""
        return self.epoch >= self.settings.epochs or self.has_stopped_early

    def batch_rows(self) -> Rows:
        """The rows of the batch that is under way, or comes next."""
        if self._epoch_rows[0] != self.epoch:
            self._epoch_rows = (self.epoch, self.batches.rows(self.epoch))
        return self._epoch_rows[1][self.step % len(self.batches)]

    @property
    def batch_loss(self) -> float | None:
        """The mean loss over the rows of this batch's pieces so far; after an update, of all of them."""
        rows, total = self._seen
        return total / rows if rows else None

    # --- going on ---

    def advance(self) -> Phase:
        """Do the next phase and say which it was; after an update, the next batch begins."""
        if self._running is None:
            self._running = self._batch()
        try:
            with self._finite():
                phase = next(self._running)
        except BaseException:
            self._running = None
            raise
        if phase == "update":
            self._running = None
            self._end_step()
        return phase

    def finish_batch(self) -> None:
        """Go on to the end of the batch that is under way, or do the next one: as a program, with the same numbers."""
        if self._running is None:
            with self._finite():
                self._replay_batch()
            self._end_step()
            return
        while self.advance() != "update":
            pass

    def finish_epoch(self) -> Record:
        """Go on to the end of the epoch."""
        epoch = self.epoch
        while self.epoch == epoch:
            self.finish_batch()
        return self.history[-1]

    def _replay_batch(self) -> None:
        """Do a batch as a program.

        What a program hasn't met before NumPy computes while it is noted. With another tier, whose last digits can differ,
        the batch is then done again: so its numbers are the same wherever a run was resumed.
        """
        before = None if self.settings.tier == "numpy" else self.state_dict()
        for last in (*[False] * MOST_TIMES, True):
            known = self._whole_batch.courses
            self._whole_batch()
            if last or before is None or self._whole_batch.courses == known:
                return
            self.load_state_dict(before)

    def _all_phases(self) -> None:
        for _ in self._batch():
            pass

    def _batch(self) -> Iterator[Phase]:
        rows, self._seen = self.batch_rows(), (0, 0.0)
        self.updating.forget()
        for piece in np.array_split(rows, min(self.settings.accumulate, len(rows))):
            self.rows = piece
            self.outputs = self._forward(piece, self.data.train)
            yield "forward"
            self.loss = self._loss(self.outputs, piece, self.data.train)
            nonfinite.refuse([self.loss.value])
            self._seen = self._seen[0] + len(piece), self._seen[1] + len(piece) * self.loss.item()
            yield "loss"
            # each piece's loss is a mean: weighted by its rows, the pieces' gradients add up to the whole batch's
            self.loss.backward(len(piece) / len(rows))
            nonfinite.refuse(gradient.value for gradient in self.updating.gradients())
            yield "backward"
        self.updating.update()
        if not nonfinite.all_finite(tensor.value for tensor in self.updating.parameters.values()):
            raise nonfinite.in_update(self.updating.parameters, self.step, self.epoch)
        yield "update"

    def _forward(self, rows: Rows, data: Dataset) -> Tensor:
        inputs = leaf(data.inputs[rows], name="x")
        if not self.settings.dropout:
            return self.model(inputs)  # type: ignore[no-any-return]
        with seeded(self.settings.seed, "dropout", self.step, int(rows[0])):
            return self.model(inputs)  # type: ignore[no-any-return]

    def _loss(self, outputs: Tensor, rows: Rows, data: Dataset) -> Tensor:
        return self.loss_function(outputs, leaf(data.targets[rows], name="y"))  # type: ignore[no-any-return]

    @contextmanager
    def _finite(self) -> Iterator[None]:
        """Tell where a NaN or an infinity began: by a walk that is made when no program runs any more."""
        with np.errstate(all="ignore"):
            try:
                yield
            except nonfinite.Met:
                raise nonfinite.in_pass(self._walk(self.rows, self.data.train), self.step, self.epoch) from None

    @np.errstate(all="ignore")
    def _end_step(self) -> None:
        self.step += 1
        if self.step % len(self.batches) == 0:
            self._end_epoch()

    def _end_epoch(self) -> None:
        record = self._recorded()
        self.history.append(record)
        if self.best is None or record.judged < self.best[1]:
            self.best = (record.epoch, record.judged)
        self.updating.end_epoch()

    def _recorded(self) -> Record:
        held_out = self.data.held_out
        return Record(
            self.epoch,
            self.step,
            self.updating.lr,
            self.measured(self.data.train),
            None if held_out is None else self.measured(held_out),
            gradient_norms(self.updating.parameters),
        )

    # --- looking: nothing changes by it, neither weights nor gradients nor running statistics ---

    def measured(self, data: Dataset) -> Measured:
        """Loss and metric of the network as it is, on some rows."""
        return measured(self.replayed, self.loss_function, data)

    def walk(self, rows: Sequence[int] | Rows | None = None, held_out: bool = False) -> Walk:
        """The forward and backward pass of the batch that is under way or comes next; or of chosen rows.

        Rows are numbers of the training part, or of the part that is held out; chosen ones go through the network as it is
        used (without dropout, by running statistics). Weights are called W1, b1, …; the layers' results by the layers' names.
        """
        if rows is None:
            return self._walk(self.batch_rows(), self.data.train)
        part = self.data.held_out if held_out else self.data.train
        if part is None:
            raise TrainingError("no rows are held out: held_out is 0")
        with used(self.model):
            return self._walk(np.asarray(rows, np.int64), part)

    def _walk(self, rows: Rows, data: Dataset) -> Walk:
        with unchanged(self.model), watched(self.model) as results:
            loss = self._loss(self._forward(rows, data), rows, data)
        names = {id(tensor): name for name, tensor in results.items()}
        names |= weight_names(self.updating.parameters)
        names |= {id(self.model): nonfinite.NETWORK, id(self.loss_function): "loss"}
        part = "" if data is self.data.train else ", held out"
        walk = build(capture(loss, names=names), f"step {self.step} on {data.name}{part}", "L")
        return replace(walk, nodes=tuple(replace(node, span=None) for node in walk.nodes), source={})

    def readings(self) -> list[Reading]:
        """How strong each layer's gradients are, how far the last update moved its weights, what its units do."""
        return readings(
            self.updating.parameters, self.updating.last.weights, self._activations(), self.settings.activation
        )

    def histograms(self) -> list[Histogram]:
        """How the results of each layer with weights are spread, on the batch that is under way or comes next."""
        return histograms(by_layer(self.updating.parameters), self._activations(), self.settings.activation)

    def _activations(self) -> dict[str, Any]:
        """What each layer gives for the batch that is under way or comes next, as it is trained."""
        with unchanged(self.model), watched(self.model) as results, no_grad():
            self._forward(self.batch_rows(), self.data.train)
        return {name: tensor.value for name, tensor in results.items()}

    # --- going to another step ---

    def weights(self) -> dict[str, Any]:
        """A copy of the network's weights and running statistics, by their names."""
        return {name: np.array(tensor.value) for name, tensor in self.model.state_dict().items()}

    def state_dict(self) -> dict[str, Any]:
        """Everything that going on from here needs; a snapshot that later steps don't change.

        Random numbers need no state: each step's follow from the seed and the step's number.
        """
        if not self.is_between_batches:
            raise TrainingError("a batch is half done; finish_batch() first")
        return {
            "step": self.step,
            "best": list(self.best) if self.best else None,
            "model": self.weights(),
            "optimizer": self.updating.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go to where a state was taken: the steps that follow are the same, bit for bit. A half done batch is given up."""
        self.model.load_state_dict(state["model"])
        self.step, self.best = state["step"], tuple(state["best"]) if state["best"] else None
        self.updating.load_state_dict(state["optimizer"], self.epoch)
        self._running, self.outputs, self.loss, self._seen = None, None, None, (0, 0.0)
        self.history = [record for record in self.history if record.step <= self.step]


def program_of(step: Callable[[], None], settings: Settings) -> Compiled:
    """A training step as a program of the tier that was chosen: the same digits in every run."""
    try:
        return compile(step, tier=settings.tier)
    except ImportError as error:
        raise SettingsError("tier", str(error).removeprefix("the tier ")) from None
