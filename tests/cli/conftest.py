import json
import os

import pytest
from click.testing import CliRunner

from gradwalk.cli import main
from gradwalk.walk import loads


class Outcome:
    """What one command wrote, and how it ended."""

    def __init__(self, result):
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr
        self.result = result

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def walk(self):
        return loads(self.out)


@pytest.fixture
def gradwalk(tmp_path, monkeypatch):
    """Run the command line in an empty folder: gradwalk("walk", "x*x", "x=2", input="…")."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, input=None):
        outcome = Outcome(CliRunner().invoke(main, list(map(str, arguments)), input=input, prog_name="gradwalk"))
        assert "Traceback" not in outcome.err or os.environ.get("SHOW") or "line" in outcome.err
        assert outcome.result.exception is None or isinstance(outcome.result.exception, SystemExit), (
            outcome.result.exception
        )
        return outcome

    return run


@pytest.fixture
def script(tmp_path):
    """Write a script into the folder that commands run in: script("import gradwalk as gw", name="model.py")."""

    def write(text, name="model.py"):
        (tmp_path / name).write_text(text)
        return name

    return write
