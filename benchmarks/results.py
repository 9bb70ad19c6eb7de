"""What was measured, kept as JSON: each group by itself, so that measuring one again leaves the others alone."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

from benchmarks.timing import Measured, Row

FILE = Path(__file__).parent / "results.json"
PACKAGES = ("numpy", "numba", "torch", "jax", "autograd", "micrograd")
Results = dict[str, dict[str, Any]]
FiguresByName = dict[str, Measured]


def load() -> Results:
    """All groups that were measured so far."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def keep(group: str, found: FiguresByName | Sequence[Row]) -> None:
    """Put a group's figures, or the rows of its table, in the place of those that were there."""
    what = {"figures": found} if isinstance(found, dict) else {"rows": found}
    results = {**load(), group: {"machine": machine(), **what}}
    FILE.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


def figures(results: Results, group: str) -> FiguresByName:
    """The figures of a group; none if it wasn't measured."""
    return {name: Measured(*pair) for name, pair in results.get(group, {}).get("figures", {}).items()}


def machine() -> str:
    """What all this ran on."""
    kernels = {info["architecture"] for info in threadpool_info() if info["internal_api"] == "openblas"}
    parts = [f"Python {platform.python_version()}", *versions(), f"{os.cpu_count()} cores ({platform.machine()})"]
    return ", ".join([*parts, *(f"OpenBLAS kernel {kernel}" for kernel in sorted(kernels))])


def versions() -> Iterator[str]:
    """The packages that take part, as far as they are installed."""
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
