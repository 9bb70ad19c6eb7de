"""``gradwalk studio``, ``open`` and ``export``."""

import os
import signal
import subprocess
import sys
from functools import partial

import pytest
from click.testing import CliRunner

from gradwalk.cli import main, studio
from gradwalk.cli.open import fragment_of
from gradwalk.studio import bundle
from gradwalk.studio import server as servers


def started(*words):
    """A studio in a process of its own, once it has told its address; what runs in the background may ignore Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gradwalk.cli", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    return process, process.stdout.readline()


@pytest.mark.skipif(os.name != "posix", reason="signals are posix's")
def test_ctrl_c_ends_the_studio_cleanly():
    process, line = started("studio", "examples/one_neuron.py", "--no-browser", "--port", "0")
    assert line.startswith("gradwalk studio: http://127.0.0.1:") and line.rstrip().endswith("#play?script=1")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "the studio has ended" in errors and "Traceback" not in errors


@pytest.fixture
def run(monkeypatch):
    """The command line with a server that only says what it was asked to serve."""
    served = []
    monkeypatch.setattr(servers, "serve", lambda studio, listening: served.append((studio, listening.close())))
    monkeypatch.setattr(studio, "open_in_browser", lambda address: served.append(address))

    def command(*words):
        served.clear()
        return CliRunner().invoke(main, words), served

    return command


def test_no_command_at_all_is_the_studio(run):
    done, served = run()
    assert done.exit_code == 0 and served[0].endswith(served[1][0].token)
    for words in (["studio", "--no-browser"], ["--no-browser"], ["--port=0", "--no-browser"]):
        done, served = run(*words)
        assert done.exit_code == 0 and len(served) == 1


def test_a_taken_port_is_told(run):
    taken = servers.bound(0)
    try:
        done, _ = run("studio", "--port", str(servers.port_of(taken)))
    finally:
        taken.close()
    assert "is taken; using" in done.stderr


def test_serving_others_is_told(run):
    done, served = run("studio", "--host", "0.0.0.0", "--port", "0")
    assert done.exit_code == 0 and "others can reach this studio" in done.stderr
    assert served[0].startswith("http://127.0.0.1:") and served[1][0].host == "0.0.0.0"
    assert "others" not in run("studio", "--port", "0")[0].stderr


def test_an_address_of_another_machine_is_refused(run):
    done, served = run("studio", "--host", "203.0.113.1")  # kept for documentation: nobody has it
    assert done.exit_code != 0 and "can't be reached as 203.0.113.1" in done.stderr and not served


def test_a_link_is_opened_where_it_points(run):
    done, served = run("open", "http://127.0.0.1:9/#play?f=x**2&v=%7B%22x%22%3A3%7D")
    assert done.exit_code == 0 and served[0].endswith("#play?f=x**2&v=%7B%22x%22%3A3%7D")


@pytest.mark.parametrize("link", ["", "#", "http://127.0.0.1:9/", "two words"])
def test_a_link_without_an_experiment_is_refused(run, link):
    done, served = run("open", link)
    assert done.exit_code == 2 and "looks like #play" in done.stderr and not served


def test_a_fragment_alone_is_a_link():
    assert fragment_of(" play?f=x ") == "#play?f=x"


@pytest.mark.parametrize("words", [["studio", "nothing.py"], ["studio", "README.md"]])
def test_what_is_no_script_is_refused(run, words):
    done, served = run(*words)
    assert done.exit_code == 2 and "no Python script" in done.stderr and not served


def test_missing_parts_are_told(run, monkeypatch):
    monkeypatch.setattr(studio, "NEEDED", ("no_such_package",))
    assert "pip install 'gradwalk[studio]'" in run("studio")[0].stderr
    monkeypatch.setattr(studio, "NEEDED", ())
    monkeypatch.setattr(bundle, "STATIC", bundle.STATIC / "nothing")
    monkeypatch.setattr(bundle.needed, "__defaults__", (bundle.STATIC,))
    assert "make bundle" in run("studio")[0].stderr


@pytest.mark.parametrize(
    ("suffix", "start"), [("html", "<!doctype html>"), ("svg", "<svg"), ("tex", ""), ("json", "{"), ("txt", "(")]
)
def test_export_writes_every_form(tmp_path, suffix, start):
    file = tmp_path / f"walk.{suffix}"
    done = CliRunner().invoke(main, ["export", "(w*x - y)**2", str(file), "w=1", "x=2", "y=3"])
    assert done.exit_code == 0 and f"saved {file}" in done.stderr
    assert file.read_text().startswith(start)


def test_export_refuses_other_forms(tmp_path):
    done = CliRunner().invoke(main, ["export", "w**2", str(tmp_path / "walk.pdf"), "w=1"])
    assert done.exit_code == 2 and ".html, .svg" in done.stderr
