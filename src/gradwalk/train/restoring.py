"""Reading a kept run: its settings, its newest whole checkpoint, and the records up to there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradwalk.train.checkpoint import CheckpointError, unpacked
from gradwalk.train.settings import Settings
from gradwalk.train.training import Record, Training
from gradwalk.train.writing import RunError, writing

FORMAT = "gradwalk-run/1"
CONFIG, METRICS, CHECKPOINTS = "config.json", "metrics.jsonl", "checkpoint-*.safetensors"
AFTERWARDS = ("epochs", "patience")  # the settings that may change when a run goes on


def read_config(folder: Path) -> dict[str, Any]:
    """What a run began with."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{folder} holds no run: there is no {CONFIG} in it") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{folder / CONFIG} can't be read: {error}") from None
    if not isinstance(config, dict) or config.get("format") != FORMAT or "settings" not in config:
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
    usual = Settings().to_json()  # what settings came to that are newer than the checkpoint
    for name, own in settings.to_json().items():
        made = made_with.get(name, usual[name])
        if name not in AFTERWARDS and made != own:
            raise RunError(
                f"{path} was made with {name}={made}, and {CONFIG} says {own}: a run goes on as it began; "
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
