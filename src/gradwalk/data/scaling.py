"""Bringing columns to one size, and what was learned back to the original units."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradwalk.data.dataset import Dataset, Floats


@dataclass(frozen=True, eq=False)
class Scaling:
    """How each column is scaled: ``z = (x − shift) / spread``.

    >>> scaling = Scaling.standard(np.array([[1.0], [3.0]]))
    >>> scaling.apply(np.array([[1.0], [2.0], [5.0]])).ravel().tolist()
    [-1.0, 0.0, 3.0]
    >>> scaling.undo(np.array([[3.0]])).item()
    5.0
    """

    shift: Floats
    spread: Floats

    @classmethod
    def standard(cls, values: Floats) -> Scaling:
        """To mean 0 and standard deviation 1, column by column.

        Columns of zeros and ones stay as they are, because they say yes or no; constant ones are only shifted to 0.
        """
        if not len(values):
            return cls.none(values.shape[1])
        indicator = np.isin(values, (0, 1)).all(axis=0)
        constant = values.max(axis=0) == values.min(axis=0)  # a deviation that should be 0 comes out as 1e-17
        shift = np.where(constant, values[0], values.mean(axis=0))
        spread = np.where(constant, 1.0, values.std(axis=0))
        return cls(np.where(indicator, 0.0, shift), np.where(indicator, 1.0, spread))

    @classmethod
    def none(cls, columns: int) -> Scaling:
        """Leave all columns as they are."""
        return cls(np.zeros(columns), np.ones(columns))

    def apply(self, values: Floats) -> Floats:
        """From original units to scaled ones."""
        return (values - self.shift) / self.spread

    def undo(self, values: Floats) -> Floats:
        """From scaled units back to the original ones."""
        return values * self.spread + self.shift


def standardise(learned: Dataset, *others: Dataset) -> tuple[Dataset, ...]:
    """Scale datasets alike, by the columns of the first: what is held out must not have a say in it.

    The targets of a regression are scaled too. The scalings are kept in the datasets, for reports.
    """
    inputs = Scaling.standard(learned.inputs)
    targets = Scaling.standard(learned.targets) if learned.task == "regression" else None
    return tuple(scaled(dataset, inputs, targets) for dataset in (learned, *others))


def scaled(dataset: Dataset, inputs: Scaling, targets: Scaling | None = None) -> Dataset:
    """The dataset in scaled units."""
    return replace(
        dataset,
        inputs=inputs.apply(dataset.inputs),
        targets=dataset.targets if targets is None else targets.apply(dataset.targets),
        input_scaling=inputs,
        target_scaling=targets,
    )


def in_original_units(weight: Floats, bias: Floats, dataset: Dataset) -> tuple[Floats, Floats]:
    """The weights (outputs, columns) and bias (outputs,) of one linear layer, as if nothing had been scaled.

    With z = (x − m) / s and y = M + S·(w·z + b), a weight is S·w/s, and the bias M + S·(b − Σ w·m/s).
    """
    inputs = dataset.input_scaling or Scaling.none(weight.shape[1])
    targets = dataset.target_scaling or Scaling.none(1)
    per_unit = weight / inputs.spread
    return targets.spread[:, None] * per_unit, targets.undo(bias - per_unit @ inputs.shift)
