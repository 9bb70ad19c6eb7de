"""What the README shows is what happens: its commands are run, and its picture is drawn again."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradwalk.cli import main
from gradwalk.walk import loads

ROOT = Path(__file__).parent.parent
SHOWN = re.findall(r"^\$ gradwalk (.*)\n((?:.*\n)*?)```", (ROOT / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command[:40] for command, _ in SHOWN])
def test_commands_print_what_is_shown(command, output, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, shlex.split(command))
    assert done.exit_code == 0
    assert done.stdout.rstrip() == output.rstrip()


def test_the_picture_is_the_walk_of_the_example(monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, ["walk", "examples/house_price.py", "--at", "0", "--json"])
    assert (ROOT / "docs" / "house_price.svg").read_text() == loads(done.stdout).render("svg")


def test_there_are_commands_to_test():
    assert len(SHOWN) == 4
