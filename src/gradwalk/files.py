"""Writing files so that an interruption at any moment leaves the old one or the new one, never a part."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(target: Path, content: bytes) -> None:
    """Put a file in its place in one move, once it is on the disk; the system's own error if that can't be done."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make a move durable, where the system lets a folder be opened (POSIX)."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
