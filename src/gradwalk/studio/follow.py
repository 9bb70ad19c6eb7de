"""The user's script: its walk, made anew whenever one of its files changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable

from gradwalk.errors import GradwalkError
from gradwalk.walk import Walk

PAUSE = 0.3  # seconds between two looks at the files


class ScriptProblem(GradwalkError, RuntimeError):
    """Why there is no walk of the script, at the moment."""


class Follower:
    """Runs a script, and runs it again when it changes; ``changed`` is called after each run.

    ``make`` runs the script and gives its walk, or raises a `GradwalkError` that says why not.
    """

    def __init__(self, script: str, make: Callable[[], Walk], pause: float = PAUSE):
        self.script, self.make, self.pause = script, make, pause
        self.changed: Callable[[], None] = lambda: None
        self.result: Walk | None = None
        self.problem = f"{script} is still running; its walk appears when it ends."
        self.files = {script}
        self.ended = threading.Event()

    def walk(self) -> Walk:
        """The script's walk as of its last run."""
        if self.result is None:
            raise ScriptProblem(self.problem)
        return self.result

    def start(self) -> None:
        """Follow from now on, in a thread of its own."""
        threading.Thread(target=self.run, name="gradwalk-follow", daemon=True).start()

    def end(self) -> None:
        """Stop following."""
        self.ended.set()

    def run(self) -> None:
        """Run the script now, and again after every change."""
        seen: dict[str, int] = {}
        while not self.ended.wait(self.pause if seen else 0):
            now = stamps(self.files)
            if now != seen:
                self._run_once()
                seen = stamps(self.files) | now  # as it was before the run: what is edited meanwhile runs again

    def _run_once(self) -> None:
        try:
            self.result = self.make()
            self.files |= {name for name in self.result.source if os.path.isfile(name)}
        except GradwalkError as error:
            self.result, self.problem = None, str(error)
        except Exception as error:
            self.result, self.problem = None, f"{self.script} could not be walked: {type(error).__name__}: {error}"
        self.changed()


def stamps(files: Iterable[str]) -> dict[str, int]:
    """When each file was last changed, in nanoseconds; 0 for one that isn't there (an editor may be writing it)."""
    return {file: os.stat(file).st_mtime_ns if os.path.isfile(file) else 0 for file in files}
