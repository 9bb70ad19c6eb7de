"""Writing files so that a kill at any moment leaves the old one or the new one, and saying why one can't be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradwalk.errors import GradwalkError


class RunError(GradwalkError, RuntimeError):
    """A run that can't be kept or gone on with, and what to do."""


def write_durably(target: Path, content: bytes) -> None:
    """Put a file in its place in one move, once it is on the disk."""
    temporary = target.with_name(f".{target.name}.new")
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


REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your quota is used up",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the disk is read-only",
}


@contextmanager
def writing(folder: Path, kept: str) -> Iterator[None]:
    """Turn what the system says about writing into a sentence that ends with what is ``kept``."""
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or str(error))
        raise RunError(f"{folder} can't be written: {reason}; {kept}") from None
