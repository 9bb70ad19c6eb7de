"""What a terminal shows: the same text, with gradients and values in their colours."""

import os
import subprocess
import sys

import pytest

from gradwalk.cli.output import Highlighter, spelled

TEXT = "L: L = 0.06237\n\nbackward\n  ∂L/∂w  = ∂L/∂z · x  = −0.09359 · 2  ≈ −0.1872\n  ∂L/∂b  = ∂L/∂z  = −0.09359\n"


def test_headings_gradients_and_values_are_marked():
    shown = Highlighter()(TEXT)
    assert shown.plain == TEXT
    marked = {(str(span.style), TEXT[span.start : span.end]) for span in shown.spans}
    assert {
        ("walk.heading", "backward"),
        ("walk.gradient", "∂L/∂w"),
        ("walk.value", "−0.1872"),
        ("walk.value", "−0.09359"),
    } <= marked


def test_json_has_words_for_what_json_lacks():
    assert spelled({"a": (float("nan"), [float("-inf"), 1.5]), 1: None}) == {"a": ["nan", ["-inf", 1.5]], "1": None}


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are a POSIX thing")
def test_on_a_terminal_there_are_colours():
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gradwalk.cli", "walk", "x*x", "x=2"]
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm-256color"}
    subprocess.run(command, stdout=theirs, stderr=theirs, env=environment, check=True)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert b"\x1b[" in shown
    assert "∂L/∂x".encode() in shown
