"""What a network learns from: rows of inputs, what should come out for each, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from gradwalk.errors import GradwalkError

if TYPE_CHECKING:
    from gradwalk.data.scaling import Scaling

Task = Literal["regression", "binary", "classes"]
Floats = npt.NDArray[np.float64]
Seed = int | np.random.Generator


class DataError(GradwalkError, ValueError):
    """Data that nothing can be learned from as they are, with the place and the cure."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth of being equal
class Dataset:
    """Rows to learn from, and what they mean.

    ``inputs`` is (rows, columns), float64. ``targets`` fits the task's usual loss: (rows, 1) float64 numbers for
    *regression*; (rows, 1) float64 zeros and ones for *binary*; (rows,) whole numbers from 0 for *classes*, whose names
    are ``classes``. ``picture`` is (height, width) where a row is a picture. The scalings say how to get back to the
    original units, if these aren't; ``notes`` are sentences on what was done to the data before.
    """

    name: str
    inputs: Floats
    targets: npt.NDArray[Any]
    task: Task
    columns: tuple[str, ...]
    target: str
    description: str
    classes: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    input_scaling: Scaling | None = None
    target_scaling: Scaling | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The class of each row as a whole number, one dimension; only a regression has none."""
        if self.task == "regression":
            raise DataError(f"{self.name} has no classes: its targets are numbers ({self.target})")
        return self.targets.reshape(-1).astype(np.int64)

    @property
    def outputs(self) -> int:
        """How many numbers a network must give for one row: one score per class, else a single number."""
        return len(self.classes) if self.task == "classes" else 1

    def take(self, rows: Sequence[int] | npt.NDArray[Any]) -> Dataset:
        """Some of the rows, in this order; all else stays."""
        chosen = np.asarray(rows)
        return replace(self, inputs=self.inputs[chosen], targets=self.targets[chosen])

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self)} rows of {len(self.columns)} → {self.target} ({self.task})>"
