"""A run: the folder that keeps a training as it goes, so that a kill at any moment loses nothing that can't be redone.

``config.json`` has the settings, ``metrics.jsonl`` a line for each epoch, ``checkpoint-….safetensors`` the whole state
(the newest two), ``best.safetensors`` the weights of the best epoch, ``walks/`` the walks of chosen steps. What follows
a checkpoint is done again when the run goes on, and comes out the same, bit for bit.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gradwalk.files import write_durably
from gradwalk.train.checkpoint import packed, weights_file
from gradwalk.train.restoring import (
    CHECKPOINTS,
    CONFIG,
    FORMAT,
    METRICS,
    checkpoints,
    fingerprint,
    read_config,
    restored,
)
from gradwalk.train.settings import Settings
from gradwalk.train.training import Training
from gradwalk.train.writing import RunError, writing
from gradwalk.walk import dumps

BEST, WALKS, REPORT = "best.safetensors", "walks", "report.html"
KEPT = 2  # checkpoints: should the newest be damaged, there is one before it
PAUSE = 1.0  # seconds between two checkpoints


class Run:
    """Keeps one training in one folder: `begin` a new one, or `resume` an old one.

    Call `keep` after every batch and `checkpoint` at the end, inside a ``with`` block: the folder is this process's alone
    until then. ``remarks`` says what a resumed run had to work around, ``saved_step`` which step the newest checkpoint has.
    """

    def __init__(
        self,
        folder: Path,
        training: Training,
        walk_at: Collection[int] = (),
        clock: Callable[[], float] = time.monotonic,
    ):
        self.folder, self.training, self.walk_at, self.clock = folder, training, frozenset(walk_at), clock
        self.remarks: list[str] = []
        self._lock = locked(folder)
        for leftover in folder.glob(f".{CHECKPOINTS}*"):  # of a kill in the middle of writing
            leftover.unlink(missing_ok=True)
        self._written = 0  # how many records the file has
        self.saved_step = -1  # none yet
        self._saved_at = clock()
        self._best: dict[str, Any] | None = None  # weights that aren't in the file yet

    @classmethod
    def begin(cls, folder: Path, training: Training, walk_at: Collection[int] = ()) -> Run:
        """Start keeping a training in a new folder (or an empty one)."""
        if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
            raise RunError(f"{folder} exists already; choose another folder, or go on with it: --resume {folder}")
        with writing(folder, "choose a folder that you can write to"):
            folder.mkdir(parents=True, exist_ok=True)
            write_config(folder, training, walk_at)
            run = cls(folder, training, walk_at)
            run.checkpoint()
        return run

    @classmethod
    def resume(cls, folder: Path, walk_at: Collection[int] = (), **changed: Any) -> Run:
        """Go on from the newest checkpoint that is whole; the walks that were wanted before are wanted still."""
        config = read_config(folder)
        wanted = {*config.get("walk_at", ()), *walk_at}
        settings = Settings.from_json({**config["settings"], **changed})
        training = Training(settings)
        if fingerprint(training) != config.get("data"):
            raise RunError(
                f"{training.settings.data} has changed since {folder} began; bring it back, or start a new run"
            )
        run = cls(folder, training, wanted)  # first, because it takes the folder for itself
        try:
            run.remarks += restored(folder, training)
        except BaseException:
            run.close()
            raise
        run._written = len(training.history)
        run.saved_step = training.step if checkpoints(folder) else -1
        if changed or walk_at:
            with writing(folder, "its old settings are kept"):
                write_config(folder, training, wanted)
        return run

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others write to the folder."""
        if self._lock is not None:
            self._lock.close()

    # --- keeping ---

    def keep(self) -> None:
        """Write what is new since the last call: records, the walk of this step if it is wanted, at times a checkpoint."""
        with writing(self.folder, self._kept()):
            self._append_records()
            self._save_walk()
            if self.clock() - self._saved_at >= PAUSE:
                self._checkpoint()

    def checkpoint(self) -> None:
        """Keep the whole state, now."""
        with writing(self.folder, self._kept()):
            self._append_records()
            self._save_walk()
            if self.saved_step != self.training.step:
                self._checkpoint()

    def _kept(self) -> str:
        if self.saved_step < 0:
            return "nothing was kept yet"
        return f"the state after step {self.saved_step} is kept; when that is mended, go on with --resume {self.folder}"

    def _append_records(self) -> None:
        new = self.training.history[self._written :]
        if not new:
            return
        with (self.folder / METRICS).open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(asdict(record))}\n" for record in new)
        self._written += len(new)
        if self.training.best and self.training.best[0] == self.training.epoch:
            self._best = self.training.weights()

    def _save_walk(self) -> None:
        step = self.training.step
        target = self.folder / WALKS / f"step-{step}.json"
        if step in self.walk_at and not target.exists():
            target.parent.mkdir(exist_ok=True)
            write_durably(target, dumps(self.training.walk()).encode())

    def _checkpoint(self) -> None:
        if self._best:
            write_durably(self.folder / BEST, weights_file(self._best))
            self._best = None
        if (self.folder / METRICS).exists():
            _sync(self.folder / METRICS)
        state = {**self.training.state_dict(), "settings": self.training.settings.to_json()}
        write_durably(self.folder / f"checkpoint-{self.training.step:010}.safetensors", packed(state))
        for old in checkpoints(self.folder)[KEPT:]:
            old.unlink(missing_ok=True)
        self.saved_step, self._saved_at = self.training.step, self.clock()


def write_config(folder: Path, training: Training, walk_at: Collection[int]) -> None:
    """Keep what a run goes by: its settings, the steps whose walks are wanted, and which numbers it learns from."""
    settings, data = training.settings.to_json(), fingerprint(training)
    config = {"format": FORMAT, "settings": settings, "walk_at": sorted(walk_at), "data": data}
    write_durably(folder / CONFIG, json.dumps(config, indent=2, ensure_ascii=False).encode())


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def locked(folder: Path) -> Any:
    """Take the folder for this process alone (where the system can): the lock ends with the process, however it ends."""
    try:
        import fcntl
    except ImportError:
        return None
    file = (folder / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise RunError(f"{folder} is in use: another gradwalk train writes to it") from None
    return file
