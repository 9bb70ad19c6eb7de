"""Under which name Numba keeps what it compiled: by itself it looks at one file only, and not at those that this one imports."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path
from typing import Any

FOLDERS = ("native", "scalar")  # of gradwalk/program: all that takes part in compiled functions


def digest(program: Path = Path(__file__).parents[1]) -> str:
    """A few letters that stand for the code of the kernels, their tables included: other code has others."""
    sources = [path.read_bytes() for folder in FOLDERS for path in sorted((program / folder).glob("*.py"))]
    return f"{zlib.crc32(b''.join(sources)):08x}"


def named_after_code(function: Any, source: str = "") -> Any:
    """Name a function after the code that is compiled into it, and after its own source if that stands in no file."""
    own = hashlib.sha256(source.encode()).hexdigest()[:32] if source else ""
    function.__qualname__ = f"{function.__name__}_{digest()}{own}"
    return function
