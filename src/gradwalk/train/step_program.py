"""A training step as a program, whose digits are the same in every run and wherever a run is resumed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gradwalk.program import compile  # noqa: A004 (PyTorch's name)
from gradwalk.train.settings import Settings, SettingsError

State = TypeVar("State")
MOST_TIMES = 8  # a step is done again until its program knows it


class StepProgram:
    """A step that is replayed by the tier that the settings name; a `SettingsError` if that can't be had.

    What a program hasn't met before NumPy computes while it is noted. With another tier, whose last digits can differ, the
    step is then done again from the same state: so its numbers don't depend on what was trained before in this process.
    """

    def __init__(self, step: Callable[[], None], settings: Settings):
        self.is_numpy = settings.tier == "numpy"
        try:
            self.compiled = compile(step, tier=settings.tier)
        except ImportError as error:
            raise SettingsError("tier", str(error).removeprefix("the tier ")) from None

    def run(self, saved: Callable[[], State], restore: Callable[[State], None]) -> None:
        """Do the step once; ``saved`` gives the state before it, to which ``restore`` goes back."""
        if self.is_numpy:
            self.compiled()
            return
        before = saved()
        for _ in range(MOST_TIMES):
            if self._is_known():
                return
            restore(before)
        self.compiled()

    def _is_known(self) -> bool:
        """Do the step; whether the program knew all of it."""
        before = self.compiled.courses
        self.compiled()
        return self.compiled.courses == before
