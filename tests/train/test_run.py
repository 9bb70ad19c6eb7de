"""A kept run: goes on bit for bit after any stop, and says clearly what is wrong with a folder."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.program.native import loading
from gradwalk.train import Settings, SettingsError, Training, restoring
from gradwalk.train.checkpoint import packed, unpacked
from gradwalk.train.run import Run
from gradwalk.train.writing import RunError
from gradwalk.walk import load

SETTINGS = Settings(
    data="moons", data_options={"count": 60}, hidden=(5,), batch_size=8, epochs=12, held_out=0.2, lr=0.05,
    optimizer="adam", dropout=0.2, normalization="batch", schedule="cosine", warmup=2, accumulate=2, clip=1.0, seed=3,
)  # fmt: skip


class Clock:
    """A clock that goes on by one second each time it is looked at: a checkpoint after every batch."""

    def __init__(self):
        self.now = 1e12

    def __call__(self):
        self.now += 1.0
        return self.now


def carried_on(run, steps=None):
    run.clock = Clock()
    while not run.training.is_finished and (steps is None or run.training.step < steps):
        run.training.finish_batch()
        run.keep()
    if steps is None:
        run.checkpoint()
    return run


def contents(folder):
    """What a run came to: its metrics, its last checkpoint and its best weights, byte for byte."""
    names = ("metrics.jsonl", "best.safetensors", sorted(path.name for path in folder.glob("checkpoint-*"))[-1])
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    with Run.begin(folder, Training(SETTINGS)) as run:
        carried_on(run)
    return contents(folder)


@pytest.fixture(autouse=True)
def every_run_is_closed(monkeypatch):
    """A test's runs give their folders back at its end."""
    made, make = [], Run.__init__

    def noted(run, *arguments, **keywords):
        make(run, *arguments, **keywords)
        made.append(run)

    monkeypatch.setattr(Run, "__init__", noted)
    yield
    for run in made:
        run.close()


def closed(run):
    """End a run as the end of its process would."""
    run.close()


@pytest.mark.parametrize("stops", [(1,), (5, 6, 7), (17, 40)])
def test_pieces_are_the_whole_byte_for_byte(tmp_path, whole, stops):
    run = Run.begin(tmp_path / "run", Training(SETTINGS))
    for stop in stops:
        closed(carried_on(run, stop))
        run = Run.resume(tmp_path / "run")
        assert run.training.step == stop
    carried_on(run)
    assert contents(tmp_path / "run") == whole


@pytest.mark.parametrize("stop", [1, 7, 30])
def test_with_numba_pieces_are_the_whole_too(tmp_path, stop):
    pytest.importorskip("numba")
    settings = SETTINGS.changed(tier="numba", epochs=6)
    with Run.begin(tmp_path / "whole", Training(settings)) as run:
        carried_on(run)
    with Run.begin(tmp_path / "pieces", Training(settings)) as run:
        carried_on(run, stop)
    with Run.resume(tmp_path / "pieces") as run:
        assert run.training.settings.tier == "numba"
        carried_on(run)
    assert contents(tmp_path / "pieces") == contents(tmp_path / "whole")


def test_a_run_of_a_tier_that_is_not_there_is_told(tmp_path, monkeypatch):
    Run.begin(tmp_path / "run", Training(SETTINGS)).close()
    edited(tmp_path / "run", tier="numba")
    monkeypatch.setattr(loading, "find_spec", lambda name: None)
    monkeypatch.setattr(loading, "loading", loading.loading.__wrapped__)
    with pytest.raises(SettingsError, match=r"^tier 'numba' is not to be had: .*pip install 'gradwalk\[fast\]'"):
        Run.resume(tmp_path / "run")


def test_a_run_from_before_there_were_tiers_goes_on(tmp_path):
    with Run.begin(tmp_path / "run", Training(SETTINGS)) as run:
        carried_on(run, 3)
    document = json.loads((tmp_path / "run" / "config.json").read_text())
    del document["settings"]["tier"]
    (tmp_path / "run" / "config.json").write_text(json.dumps(document))
    newest, *_ = restoring.checkpoints(tmp_path / "run")
    state = unpacked(newest)
    del state["settings"]["tier"]
    newest.write_bytes(packed(state))
    with Run.resume(tmp_path / "run") as run:
        assert (run.training.step, run.training.settings) == (3, SETTINGS)


def test_what_followed_the_checkpoint_is_done_again(tmp_path, whole):
    run = carried_on(Run.begin(tmp_path / "run", Training(SETTINGS)), 20)
    with (tmp_path / "run" / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"epoch": 4, "step": 24}) + '\n{"epoch": 5, "st')
    closed(run)
    carried_on(Run.resume(tmp_path / "run"))
    assert contents(tmp_path / "run") == whole


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-7], lambda content: b"", lambda content: content[:-1] + bytes([content[-1] ^ 1])],
)
def test_a_damaged_checkpoint_is_passed_over(tmp_path, whole, damage):
    closed(carried_on(Run.begin(tmp_path / "run", Training(SETTINGS)), 20))
    newest = max((tmp_path / "run").glob("checkpoint-*"))
    newest.write_bytes(damage(newest.read_bytes()))
    run = Run.resume(tmp_path / "run")
    assert run.training.step == 19
    assert len(run.remarks) == 1 and "going back to the one before it" in run.remarks[0]
    carried_on(run)
    assert contents(tmp_path / "run") == whole


def test_two_checkpoints_are_kept(tmp_path):
    carried_on(Run.begin(tmp_path / "run", Training(SETTINGS)), 20)
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == [
        ".lock",
        "best.safetensors",
        "checkpoint-0000000019.safetensors",
        "checkpoint-0000000020.safetensors",
        "config.json",
        "metrics.jsonl",
    ]


def test_the_best_weights_are_those_of_the_best_epoch(tmp_path):
    run = carried_on(Run.begin(tmp_path / "run", Training(SETTINGS)))
    best, again = gw.load(tmp_path / "run" / "best.safetensors"), Training(SETTINGS)
    while again.epoch < run.training.best[0]:
        again.finish_epoch()
    assert best.keys() == again.weights().keys()
    for name, value in again.weights().items():
        np.testing.assert_array_equal(best[name].value, value)


def test_walks_of_chosen_steps(tmp_path):
    carried_on(Run.begin(tmp_path / "run", Training(SETTINGS), [0, 3]), 5)
    again = Training(SETTINGS)
    for step in (0, 3):
        while again.step < step:
            again.finish_batch()
        saved = load(tmp_path / "run" / "walks" / f"step-{step}.json")
        assert saved.value("L").item() == again.walk().value("L").item()
    assert len(list((tmp_path / "run" / "walks").iterdir())) == 2


def test_walks_that_were_wanted_are_wanted_still_after_a_stop(tmp_path):
    folder = tmp_path / "run"
    closed(carried_on(Run.begin(folder, Training(SETTINGS), [0, 3, 6]), 2))
    closed(carried_on(Run.resume(folder, [5]), 4))
    closed(carried_on(Run.resume(folder), 7))
    assert sorted(path.name for path in (folder / "walks").iterdir()) == [f"step-{step}.json" for step in (0, 3, 5, 6)]


def test_a_full_disk_at_the_start_of_a_resumed_run_is_told_with_what_is_kept(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    closed(carried_on(Run.begin(folder, Training(SETTINGS)), 4))
    run = Run.resume(folder, [4])

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gradwalk.train.run.write_durably", full)
    with pytest.raises(RunError, match="the disk is full; the state after step 4 is kept; .* --resume"):
        run.keep()


# --- killed ------------------------------------------------------------------------------------------------------------


def command(*arguments):
    return [sys.executable, "-m", "gradwalk.cli", "train", *map(str, arguments)]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
@pytest.mark.parametrize("lines", [1, 40])
def test_a_killed_run_goes_on_to_the_same_end(tmp_path, lines):
    settings = Settings(data="xor", lr=0.5, epochs=200)
    (tmp_path / "settings.json").write_text(json.dumps(settings.to_json()))
    metrics = tmp_path / "run" / "metrics.jsonl"
    with subprocess.Popen(
        command("--settings", tmp_path / "settings.json", "--epochs", 10**6, "--save", tmp_path / "run"),
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None and not (metrics.exists() and metrics.read_bytes().count(b"\n") >= lines):
            pass
        process.kill()
    assert process.returncode == -signal.SIGKILL
    run = carried_on(Run.resume(tmp_path / "run", epochs=200))
    straight = carried_on(Run.begin(tmp_path / "straight", Training(settings)))
    assert run.training.history == straight.training.history
    for name, value in straight.training.weights().items():
        np.testing.assert_array_equal(run.training.weights()[name], value)
    assert metrics.read_bytes() == (tmp_path / "straight" / "metrics.jsonl").read_bytes()


# --- what is wrong with a folder ---------------------------------------------------------------------------------------


def refused(match):
    return pytest.raises(RunError, match=match)


def test_a_folder_that_is_there_already(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with refused("exists already; choose another folder, or go on with it: --resume"):
        Run.begin(tmp_path, Training(SETTINGS))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_without_a_run(tmp_path):
    with refused("holds no run: there is no config.json in it"):
        Run.resume(tmp_path)


def test_a_config_of_something_else(tmp_path):
    (tmp_path / "config.json").write_text('{"format": "gradwalk-run/2"}')
    with refused("is no gradwalk-run/1"):
        Run.resume(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with refused("config.json can't be read"):
        Run.resume(tmp_path)


def edited(folder, **settings):
    config = json.loads((folder / "config.json").read_text())
    config["settings"].update(settings)
    (folder / "config.json").write_text(json.dumps(config))


def test_a_checkpoint_of_another_network(tmp_path):
    closed(Run.begin(tmp_path / "run", Training(SETTINGS)))
    edited(tmp_path / "run", hidden=[6])
    with refused(
        r"checkpoint-0000000000.safetensors was made with hidden=\[5\], and config.json says \[6\]: a run goes on as it began"
    ):
        Run.resume(tmp_path / "run")


def test_a_checkpoint_of_another_optimizer(tmp_path):
    closed(carried_on(Run.begin(tmp_path / "run", Training(SETTINGS)), 2))
    edited(tmp_path / "run", optimizer="sgd")
    with refused("was made with optimizer=adam, and config.json says sgd"):
        Run.resume(tmp_path / "run")


def test_data_that_changed(tmp_path):
    closed(Run.begin(tmp_path / "run", Training(SETTINGS)))
    edited(tmp_path / "run", data_options={"count": 60, "noise": 0.3})
    with refused("moons has changed since"):
        Run.resume(tmp_path / "run")


def test_no_checkpoint_can_be_read(tmp_path):
    closed(Run.begin(tmp_path / "run", Training(SETTINGS)))
    for path in (tmp_path / "run").glob("checkpoint-*"):
        path.write_bytes(b"nothing")
    with refused("none of the checkpoints in"):
        Run.resume(tmp_path / "run")


def test_no_checkpoint_was_made_yet(tmp_path, whole):
    closed(Run.begin(tmp_path / "run", Training(SETTINGS)))
    for path in (tmp_path / "run").glob("checkpoint-*"):
        path.unlink()
    run = Run.resume(tmp_path / "run")
    assert run.remarks == [f"{tmp_path / 'run'} has no checkpoint yet; beginning at step 0"]
    assert contents(carried_on(run).folder) == whole


def test_two_processes_do_not_write_to_one_run(tmp_path):
    pytest.importorskip("fcntl")
    Run.begin(tmp_path / "run", Training(SETTINGS))
    with refused("is in use"):
        Run.resume(tmp_path / "run")


@pytest.mark.parametrize(
    ("number", "sentence"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "the disk is read-only")]
)
def test_a_full_disk_keeps_the_last_good_state(tmp_path, monkeypatch, whole, number, sentence):
    run = carried_on(Run.begin(tmp_path / "run", Training(SETTINGS)), 20)

    def fail(descriptor):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with refused(f"{sentence}; the state after step 20 is kept; when that is mended, go on with --resume"):
            carried_on(run)
    closed(run)
    run = Run.resume(tmp_path / "run")
    assert run.training.step == 20
    assert contents(carried_on(run).folder) == whole


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with refused("choose a folder that you can write to"):
        Run.begin(tmp_path / "file" / "run", Training(SETTINGS))


def test_leftovers_of_a_kill_are_cleared_away(tmp_path):
    run = carried_on(Run.begin(tmp_path / "run", Training(SETTINGS)), 3)
    closed(run)
    (tmp_path / "run" / ".checkpoint-0000000009.safetensors.4711").write_bytes(b"half")
    Run.resume(tmp_path / "run")
    assert not list(Path(tmp_path / "run").glob(".checkpoint*"))
