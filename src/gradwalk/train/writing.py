"""Why something can't be written, in a sentence that says what is kept all the same."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradwalk.errors import GradwalkError

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your quota is used up",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the disk is read-only",
    errno.ENOTDIR: "a part of that path is a file",
}


class RunError(GradwalkError, RuntimeError):
    """A run that can't be kept or gone on with, and what to do."""


def refuse_unwritable(file: Path) -> None:
    """An error for a file that can't be written when it will be wanted; to be called before the work, not after it."""
    if file.is_dir():
        raise RunError(f"{file} is a folder; give the path of a file")
    if not file.parent.is_dir():
        raise RunError(f"{file} can't be written: there is no folder {file.parent}; make it, or choose another")
    if not os.access(file.parent, os.W_OK):
        raise RunError(f"{file} can't be written: you may not write to {file.parent}; choose another folder")


@contextmanager
def writing(place: Path, kept: str) -> Iterator[None]:
    """Turn what the system says about writing into a sentence that ends with what is ``kept``."""
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or str(error))
        raise RunError(f"{place} can't be written: {reason}; {kept}") from None
