"""A run: the folder that keeps a training as it goes, so that a kill at any moment loses nothing that can't be redone.

``config.json`` has the settings, ``metrics.jsonl`` a line for each epoch, ``checkpoint-….safetensors`` the whole state
(the newest two), ``best.safetensors`` the weights of the best epoch, ``walks/`` the walks of chosen steps. What follows
a checkpoint is done again when the run goes on, and comes out the same, bit for bit.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gradwalk.files import write_durably
from gradwalk.train.checkpoint import CheckpointError, packed, unpacked, weights_file
from gradwalk.train.settings import Settings
from gradwalk.train.training import Record, Training
from gradwalk.train.writing import RunError, writing
from gradwalk.walk import dumps

FORMAT = "gradwalk-run/1"
CONFIG, METRICS, BEST, WALKS, REPORT = "config.json", "metrics.jsonl", "best.safetensors", "walks", "report.html"
CHECKPOINTS = "checkpoint-*.safetensors"
AFTERWARDS = ("epochs", "patience")  # the settings that may change when a run goes on
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
            config = {"format": FORMAT, "settings": training.settings.to_json(), "data": fingerprint(training)}
            write_durably(folder / CONFIG, json.dumps(config, indent=2, ensure_ascii=False).encode())
            run = cls(folder, training, walk_at)
            run.checkpoint()
        return run

    @classmethod
    def resume(cls, folder: Path, walk_at: Collection[int] = (), **changed: Any) -> Run:
        """Go on from the newest checkpoint that is whole."""
        config = read_config(folder)
        settings = Settings.from_json({**config["settings"], **changed})
        training = Training(settings)
        if fingerprint(training) != config.get("data"):
            raise RunError(
                f"{training.settings.data} has changed since {folder} began; bring it back, or start a new run"
            )
        remarks = list(restored(folder, training))
        run = cls(folder, training, walk_at)
        run.remarks, run._written = remarks, len(training.history)
        if changed:
            config["settings"] = training.settings.to_json()
            with writing(folder, "its old settings are kept"):
                write_durably(folder / CONFIG, json.dumps(config, indent=2, ensure_ascii=False).encode())
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


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


# --- reading a run -----------------------------------------------------------------------------------------------------


def read_config(folder: Path) -> dict[str, Any]:
    """What a run began with."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{folder} holds no run: there is no {CONFIG} in it") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{folder / CONFIG} can't be read: {error}") from None
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        raise RunError(f"{folder / CONFIG} is no {FORMAT}; it was written by another version, or by something else")
    return config


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints, the newest first."""
    return sorted(folder.glob(CHECKPOINTS), reverse=True)


def restored(folder: Path, training: Training) -> Iterator[str]:
    """Bring a training to the newest whole checkpoint; says what had to be passed over."""
    found = checkpoints(folder)
    for path in found:
        try:
            state = unpacked(path)
        except CheckpointError as error:
            yield f"{error}; going back to the one before it"
            continue
        refuse_others(path, state["settings"], training.settings)
        training.load_state_dict(state)
        training.history = records(folder, training.step)
        if len(training.history) < training.epoch:
            yield f"{folder / METRICS} has {len(training.history)} of {training.epoch} epochs; the others are lost"
        return
    if found:
        raise RunError(f"none of the checkpoints in {folder} can be read; start a new run from its {CONFIG}")
    yield f"{folder} has no checkpoint yet; beginning at step 0"
    records(folder, 0)


def refuse_others(path: Path, made_with: dict[str, Any], settings: Settings) -> None:
    """An error for a checkpoint that other settings made: of another network, another optimizer, another order of rows."""
    for name, own in settings.to_json().items():
        if name not in AFTERWARDS and made_with.get(name) != own:
            raise RunError(
                f"{path} was made with {name}={made_with.get(name)}, and {CONFIG} says {own}: a run goes on as it began; "
                "bring that back, or start a new run"
            )


def records(folder: Path, step: int) -> list[Record]:
    """The records up to a step; whatever follows in the file, or is torn, is cut off, because it will be written again."""
    path = folder / METRICS
    if not path.exists():
        return []
    kept: list[Record] = []
    content, end = path.read_bytes(), 0
    for line in content.splitlines(keepends=True):
        record = _record(line)
        if record is None or record.step > step:
            break
        kept.append(record)
        end += len(line)
    with writing(folder, "nothing was changed"), path.open("rb+") as file:
        file.truncate(end)
    return kept


def _record(line: bytes) -> Record | None:
    """One line's record; None if it is torn."""
    try:
        return Record.from_json(json.loads(line)) if line.endswith(b"\n") else None
    except (ValueError, KeyError, TypeError):
        return None


def fingerprint(training: Training) -> str:
    """A short name for the very numbers that a training learns from."""
    digest = hashlib.sha256()
    for part in (training.data.train, training.data.held_out):
        if part is not None:
            digest.update(part.inputs.tobytes())
            digest.update(part.targets.tobytes())
    return digest.hexdigest()[:32]


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
