"""The command itself: help, exit codes, sentences instead of tracebacks, plain output into pipes."""

import os
import subprocess
import sys

import pytest

COMMANDS = ("walk", "why", "check", "cost", "compare")


def test_help_lists_every_command_without_importing_one(gradwalk):
    shown = gradwalk("--help")
    assert shown.code == 0
    assert all(f"\n  {name} " in shown.out for name in COMMANDS)
    code = "import sys; from gradwalk.cli import main; main(['--help'], standalone_mode=False); print('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.endswith(
        "False\n"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(gradwalk, name):
    shown = gradwalk(name, "--help")
    assert shown.code == 0
    assert "SOURCE" in shown.out or name == "compare"


BAD_USAGE = [
    (["wlak", "x"], "did you mean walk?"),
    (["x*x", "x=2"], 'gradwalk walk "x*x"'),
    (["walk"], "Missing argument 'SOURCE'"),
    (["walk", "-x**2", "x=2"], "a formula that begins with - goes after --"),
    (["walk", "x*x", "x=2", "--jsn"], "No such option"),
    (["walk", "x*x", "x=2", "--json", "--latex"], "choose one"),
    (["walk", "x*x", "x=2", "--digits", "0"], "not in the range"),
    (["walk", "x*x", "x=2", "--steps", "3"], "belong to --update"),
    (["walk", "x*x", "x=2", "--params", "x"], "belong to --update"),
    (["walk", "x*x", "x=2", "--update", "0.1"], "say what to update, with --params (of x)"),
    (["walk", "x*x", "x=2", "--update", "0.1", "--params", "q"], "nothing here is called 'q'"),
    (["walk", "x*x", "x=2", "--update", "nan", "--params", "x"], "a finite rate"),
    (["walk", "x*x", "x=2", "--turn", "1"], "--turn goes from 0 to 0"),
    (["walk", "x*x", "x=2", "--at", "0"], "this is no script"),
    (["walk", "x*x", "x=2", "--of", "z"], "no value the name 'z'"),
    (["walk", "x*x"], "x has no value; give it one: x=…"),
    (["walk", "w*x", "x=1", "y=2"], "w has no value"),
    (["walk", "w*x", "x=1", "w=1", "y=2"], "the formula has no y; its names are w, x"),
    (["walk", "2*3"], "nothing to differentiate"),
    (["walk", "2x", "x=2"], "to multiply write 2*x\n  2x\n   ^"),
    (["walk", "w @ x", "w=[[1,2,3]]", "x=[1,2]"], "inner sizes 3 and 2 differ\n  w @ x\n    ^"),
    (["walk", "x*x", "x=[1,2]"], "the result has shape (2,); reduce it"),
    (["walk", "x*x", "x"], "'x' is no value: write NAME=VALUE"),
    (["walk", "x*x", "=2"], "is no value"),
    (["walk", "x*x", "x="], "x has no value"),
    (["walk", "x*x", "x=abc"], "the value of x: 'abc' is no value"),
    (["walk", "x*x", "x=2x"], "the value of x: a sign is missing"),
    (["walk", "x*x", "x=[[1,2],[3]]"], "isn't a rectangular block"),
    (["walk", "x*x", "x=2", "x=3"], "x is given twice"),
    (["walk", "x*x", "x=@data.csv:a"], "data.csv can't be read: No such file"),
    (["walk", "x*x", "x=@data.txt"], "values are read from .csv"),
    (["walk", "x*x", "x=@data.npy"], "data.npy can't be read: No such file"),
    (["walk", "nothing.py"], "nothing.py: there is no such file"),
    (["walk", "nothing.json"], "nothing.json can't be read: No such file"),
    (["walk", "x*x", "x=2", "--save", "walk.doc"], "walks are saved as .json"),
    (["walk", "x*x", "x=2", "--save", "no/such/folder/walk.json"], "can't be written: No such file"),
    (["why", "x*x"], "Missing argument 'NAME'"),
    (["why", "x*x", "q", "x=2"], "nothing here is called 'q'"),
    (["compare", "x*x", "y*y"], "neither a saved walk (.json) nor a script (.py)"),
    (["compare", "a.json"], "Missing argument 'AFTER'"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD_USAGE, ids=[" ".join(a) for a, _ in BAD_USAGE])
def test_bad_input_is_told_in_a_sentence_with_exit_code_2(gradwalk, arguments, words):
    outcome = gradwalk(*arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert not outcome.out
    assert "Traceback" not in outcome.err


def test_in_a_pipe_output_is_plain_and_whole(gradwalk):
    shown = gradwalk("walk", "(y - sigmoid(w*x + b))**2", "x=2", "w=0.5", "b=0.1", "y=1")
    assert shown.code == 0
    assert not shown.err
    assert "\x1b" not in shown.out
    assert "∂L/∂w  = −0.1872" in shown.out


def test_a_stream_that_cant_write_a_sign_writes_another():
    command = [sys.executable, "-m", "gradwalk.cli", "walk", "x*x", "x=-2"]
    shown = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "latin-1"}, check=False)
    assert shown.returncode == 0
    assert b"?L/?x" in shown.stdout


def test_the_installed_name_of_the_command():
    shown = subprocess.run(
        [sys.executable, "-m", "gradwalk.cli", "walk", "2x"], capture_output=True, text=True, check=False
    )
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == "gradwalk: a sign is missing between 2 and x; to multiply write 2*x\n  2x\n   ^\n"
