"""The other side of `gradwalk.cli.script`: runs one script as ``__main__`` and writes the walk of it to a file.

It is started as ``python -m gradwalk.cli.runner REQUEST``. While the script runs, every backward pass is caught before
anything is freed or updated; names, places and formulas are worked out once, for the pass that was asked for.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
import traceback
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from gradwalk.backward import Edge, FreedError
from gradwalk.errors import GradwalkError
from gradwalk.recording import PACKAGE, clock
from gradwalk.tensor import Tensor, observers
from gradwalk.walk.record import Captured, build, capture, named, names_in
from gradwalk.walk.save import dumps
from gradwalk.walk.walk import Walk


class Stopped(GradwalkError):
    """A script that didn't come to a good end."""


class Keeper:
    """An observer of backward passes that keeps the one that will be asked for (or the last few)."""

    def __init__(self, at: int | None, of: str):
        self.at, self.of = -1 if at is None else at, of
        self.count = 0
        self.kept: deque[Captured] = deque(maxlen=1 if self.at >= 0 else -self.at)

    def __call__(self, output: Tensor, edges: list[Edge]) -> None:
        """Take hold of one backward pass."""
        names = names_in(sys._getframe(1))
        if self.of and self.of not in (output.name, names.get(id(output))):
            return
        if self.at < 0 or self.at == self.count:
            self.kept.append(capture(output, edges, names))
        self.count += 1

    def chosen(self, script: str) -> Captured | None:
        """The backward pass that was asked for; None when there was none at all."""
        if not self.count:
            return None
        if not self.kept or (self.at < 0 and len(self.kept) < -self.at):
            times = "once" if self.count == 1 else f"{self.count} times"
            raise Stopped(
                f"{script} called backward() {times}, so --at goes from 0 to {self.count - 1}, or from −1 back to −{self.count}"
            )
        return self.kept[0]


def main(request: str) -> None:
    """Run the script of a request, and write its walk, or what went wrong, to the file it names."""
    asked = json.loads(request)
    try:
        text = dumps(walk_of_script(asked["script"], asked["arguments"], asked["at"], asked["of"]))
    except Exception as error:  # whatever it is, the other side tells it in a sentence
        text = json.dumps({"error": str(error) or type(error).__name__})
    Path(asked["result"]).write_text(text, encoding="utf-8")


def walk_of_script(script: str, arguments: list[str], at: int | None, of: str) -> Walk:
    """Run a script, and build the walk of the backward pass (or the result) that was asked for."""
    keeper, folder, began = Keeper(at, of), os.getcwd(), clock()
    observers.append(keeper)
    try:
        variables = run(script, arguments)
    finally:
        observers.remove(keeper)
        os.chdir(folder)  # places are shown relative to where the user is
    captured = keeper.chosen(script)
    if captured is None:
        captured = _last_result(script, variables, of, clock() > began + 1)
        if at is not None:
            raise Stopped(f"{script} never called backward(), so there is nothing for --at to pick")
    return build(captured, os.path.basename(script))


# --- running ---------------------------------------------------------------------------------------------------------


def run(script: str, arguments: list[str]) -> Mapping[str, Any]:
    """Run a file as Python would run it; its global variables."""
    file = os.path.abspath(script)
    module = ModuleType("__main__")
    module.__dict__.update(__file__=file, __builtins__=builtins)
    ours, sys.modules["__main__"] = sys.modules["__main__"], module
    sys.argv = [script, *arguments]
    sys.path.insert(0, os.path.dirname(file))
    try:
        exec(compile(Path(file).read_bytes(), file, "exec"), module.__dict__)
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise Stopped(f"{script} ended itself with {_exit(stop.code)}") from None
    except BaseException as error:
        _show(error)
        raise Stopped(f"{script} stopped{_line_of(error, file)}: {type(error).__name__}: {error}") from None
    finally:
        sys.modules["__main__"] = ours
        sys.stdout.flush()
    return module.__dict__


def _exit(code: Any) -> str:
    return f"exit code {code}" if isinstance(code, int) else f"the message: {code}"


def _show(error: BaseException) -> None:
    """Write the traceback, with only the user's own frames."""
    told = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = told
    while part is not None:
        part.stack = traceback.StackSummary.from_list(
            [frame for frame in part.stack if not frame.filename.startswith(PACKAGE)]
        )
        part = part.__cause__ or part.__context__
    print("".join(told.format()), file=sys.stderr, end="", flush=True)


def _line_of(error: BaseException, file: str) -> str:
    """The line of the script that was running: the innermost one."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f" at line {error.lineno}"
    line, trace = 0, error.__traceback__
    while isinstance(trace, TracebackType):
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" at line {line}" if line else ""


# --- scripts without backward() --------------------------------------------------------------------------------------


def _last_result(script: str, variables: Mapping[str, Any], of: str, made_tensors: bool) -> Captured:
    """The single number that was computed last (or the variable that was asked for), swept now."""
    if not made_tensors:
        other = (
            "it uses PyTorch, whose models can't be walked yet; try it with: import gradwalk as torch"
            if "torch" in sys.modules
            else "it has to compute with gradwalk: import gradwalk as gw"
        )
        raise Stopped(f"{script} never made a gradwalk Tensor; {other}")
    results = {
        name: value
        for name, value in variables.items()
        if isinstance(value, Tensor) and value.op is not None and value.value.size == 1
    }
    if of:
        return _swept(script, variables, of, results)
    if not results:
        raise Stopped(
            f"{script} never called backward(), and none of its variables is a single number computed from tensors with requires_grad=True"
        )
    return _swept(script, variables, max(results, key=lambda name: results[name].index), results)


def _swept(script: str, variables: Mapping[str, Any], name: str, results: Mapping[str, Tensor]) -> Captured:
    if name not in results:
        known = f"there are {', '.join(results)}" if results else "there are none"
        why = "is not a single number with a gradient" if name in variables else "doesn't exist"
        raise Stopped(
            f"{script}: the variable {name} {why}, and no backward() started from it; of such results {known}"
        )
    try:
        return capture(results[name], names=named(variables))
    except FreedError as error:
        raise Stopped(f"{script}: {error}") from None


if __name__ == "__main__":
    main(sys.argv[1])
