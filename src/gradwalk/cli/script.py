"""Running a user's script in a process of its own, and getting the walk that was recorded there."""

from __future__ import annotations

import codecs
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, TextIO

from gradwalk.errors import GradwalkError
from gradwalk.recording import PACKAGE
from gradwalk.walk import Walk, loads


class ScriptError(GradwalkError, RuntimeError):
    """A script that gave no walk: missing, too slow, failed, or without a gradient."""


def run_script(
    script: str, arguments: Sequence[str], at: int | None = None, of: str = "", timeout: float = 60.0
) -> Walk:
    """Run a script and return the walk of one of its backward passes; what it prints goes to the error stream."""
    if not os.path.isfile(script):
        raise ScriptError(f"{script}: {'this is a folder' if os.path.isdir(script) else 'there is no such file'}")
    with tempfile.TemporaryDirectory(prefix="gradwalk-") as folder:
        result = Path(folder, "walk.json")
        request = json.dumps(
            {"script": script, "arguments": list(arguments), "at": at, "of": of, "result": str(result)}
        )
        code = _run([sys.executable, "-P", "-u", "-m", "gradwalk.cli.runner", request], script, timeout)
        if not result.exists():
            raise ScriptError(f"{script} ended before a walk could be made (exit code {code})")
        text = result.read_text(encoding="utf-8")
    if text.startswith('{"error"'):
        raise ScriptError(json.loads(text)["error"])
    return loads(text, script)


def _run(command: Sequence[str], script: str, timeout: float) -> int:
    """Run to the end, or to the time limit; the exit code."""
    # a group of its own can be ended as a whole, but can't read a terminal
    apart = os.name == "posix" and not sys.stdin.isatty()
    piped: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, **piped, start_new_session=apart, env=_environment()) as process:
        relay = threading.Thread(target=_relay, args=(process.stdout, sys.stderr), daemon=True)
        relay.start()
        try:
            code = process.wait(timeout or None)
        except BaseException as error:
            _end(process, apart)
            if isinstance(error, subprocess.TimeoutExpired):
                raise _too_slow(script, timeout) from None
            raise
        relay.join(timeout=5)
    return code


def _environment() -> dict[str, str]:
    """The user's own environment, in which a script finds this very gradwalk."""
    paths = [os.environ.get("PYTHONPATH", ""), os.path.dirname(PACKAGE.rstrip(os.sep))]
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _too_slow(script: str, timeout: float) -> ScriptError:
    more = f"--timeout {max(2 * timeout, 1):g}"
    return ScriptError(f"{script} was still running after {timeout:g} s; give it more time with {more}, or fewer steps")


def _relay(source: IO[bytes], target: TextIO) -> None:
    """Pass on what a script prints, as it comes."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while chunk := os.read(source.fileno(), 65536):
        target.write(decoder.decode(chunk))
        target.flush()


def _end(process: subprocess.Popen[bytes], apart: bool) -> None:
    """End a script, with the processes that it started where they are in a group of their own."""
    if apart:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
