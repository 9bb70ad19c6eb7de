"""Processes in which nothing but the machine decides how fast things are."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
XLA = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "JAX_PLATFORMS": "cpu"}
PINNED = {"OPENBLAS_CORETYPE", "MKL_DEBUG_CPU_TYPE", "NPY_DISABLE_CPU_FEATURES"}  # they choose slower code than fits
WRITTEN = {"PYTHONDONTWRITEBYTECODE"}  # without bytecode every import compiles
MARK = "GRADWALK_BENCHMARKS"


def environment() -> dict[str, str]:
    """This process's environment: one thread for each library, and no variable that pins slow code."""
    kept = {name: value for name, value in os.environ.items() if name not in PINNED | WRITTEN}
    return {**kept, **THREADS, **XLA, MARK: "measuring"}


def is_fresh() -> bool:
    """Whether this process was started with such an environment."""
    return MARK in os.environ


def again(arguments: Sequence[str]) -> int:
    """Run the benchmarks in a fresh process."""
    return subprocess.run([sys.executable, "-m", "benchmarks", *arguments], env=environment(), check=False).returncode


@contextlib.contextmanager
def on_one_core() -> Iterator[None]:
    """Stay on one core for a while, where the system can do that: XLA takes all of them, whatever its flags say."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    yield
    os.sched_setaffinity(0, allowed)


def told(code: str) -> str:
    """What some code prints in a new process."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout
