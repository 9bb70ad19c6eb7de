"""``gradwalk train``: what it must show, what it keeps, and a sentence for whatever it can't use."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.cli import progress
from gradwalk.train import Training

HOUSES = Path(__file__).parents[2] / "examples" / "houses.csv"


def ended(outcome):
    """The summary at the end of --json."""
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out.splitlines()[-1])


# --- what it must show ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 7, 19])
def test_xor_with_the_articles_settings(gradwalk, seed):
    end = ended(
        gradwalk(
            "train",
            "xor",
            "--hidden",
            4,
            "--activation",
            "tanh",
            "--lr",
            0.5,
            "--epochs",
            500,
            "--seed",
            seed,
            "--json",
        )
    )
    assert (end["train"]["metric"], end["parameters"], end["step"]) == (1.0, 17, 500)


def test_moons(gradwalk):
    options = ("--hidden", 4, "--activation", "tanh", "--optimizer", "sgd", "--lr", 0.5, "--epochs", 500)
    end = ended(gradwalk("train", "moons", *options, "--json"))
    assert min(end["train"]["metric"], end["held_out"]["metric"]) >= 0.97


def test_digits_in_a_quarter_of_the_usual_time(gradwalk):
    assert ended(gradwalk("train", "digits", "--epochs", 15, "--json"))["held_out"]["metric"] >= 0.97


def test_houses_give_the_generating_formula_back(gradwalk):
    weights = ended(gradwalk("train", HOUSES, "--target", "price", "--json"))["weights"]
    assert weights == pytest.approx({"size": 1500, "bedrooms": 15000, "": 50000}, rel=0.02)


def test_the_end_is_told_in_words(gradwalk):
    outcome = gradwalk("train", HOUSES, "--target", "price", "--epochs", 40)
    assert "houses.csv: 240 rows to learn from, 60 held out\nnetwork: 2 → 1, 3 parameters\n" in outcome.out
    assert "\nprice = 1,501·size + 14,9" in outcome.out
    assert "epoch 4/40  loss" in outcome.err


def test_every_epoch_is_a_line_of_json(gradwalk):
    lines = gradwalk("train", "xor", "--epochs", 3, "--json").out.splitlines()
    assert [json.loads(line)["epoch"] for line in lines[:3]] == [1, 2, 3]
    assert json.loads(lines[3])["finished"]


# --- options -------------------------------------------------------------------------------------------------------------


def test_options_become_settings(gradwalk):
    options = (
        "--hidden", "6,5", "--optimizer", "adam", "--weight-decay", ".01", "--optimizer-option", "betas=0.8,0.9", "--batch-size", "all",
        "--noise", ".2", "--data-option", "seed=3", "--schedule", "step", "--schedule-option", "step-size=2", "--residual", "--no-scale",
        "--dropout", "0.1", "--clip", 1, "--accumulate", 2, "--epochs", 1,
    )  # fmt: skip
    outcome = gradwalk("train", "moons", *options, "--json")
    assert outcome.err.startswith("with dropout, accumulated gradients differ from the whole batch's")
    expected = {
        "hidden": [6, 5], "optimizer": "adam", "optimizer_options": {"weight_decay": 0.01, "betas": [0.8, 0.9]}, "batch_size": None,
        "data_options": {"noise": 0.2, "seed": 3}, "schedule": "step", "schedule_options": {"step_size": 2}, "residual": True,
        "scale": False, "dropout": 0.1, "clip": 1.0, "accumulate": 2, "lr": 0.5,
    }  # fmt: skip
    assert ended(outcome)["settings"].items() >= expected.items()


@pytest.mark.parametrize("none", [("--hidden", ""), ("--linear",)])
def test_no_hidden_layer(gradwalk, none):
    end = ended(gradwalk("train", "xor", *none, "--json"))
    assert (end["parameters"], end["train"]["metric"] < 1) == (3, True)


def test_settings_from_a_file(gradwalk):
    assert gradwalk("train", "xor", "--epochs", 2, "--save", "run").code == 0
    end = ended(gradwalk("train", "--settings", "run/config.json", "--epochs", 3, "--json"))
    assert (end["settings"]["data"], end["epoch"]) == ("xor", 3)


def test_help_names_every_setting(gradwalk):
    shown = gradwalk("train", "--help").out
    assert all(
        word in shown for word in ("--hidden WIDTHS", "--accumulate N", "--resume FOLDER", "gradwalk train moons")
    )


def test_a_terminal_sees_a_bar(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    training = Training(progress_settings := gw.train.Settings(data="xor", epochs=3))
    with progress.display_for(training, as_json=False) as display:
        assert isinstance(display, progress.Bar)
        while not training.is_finished:
            training.finish_batch()
            display.stepped(training)
    assert f"{progress_settings.epochs}/3" in capsys.readouterr().err


# --- runs ----------------------------------------------------------------------------------------------------------------


def test_a_run_is_kept_and_goes_on(gradwalk, tmp_path):
    assert gradwalk("train", "xor", "--epochs", 20, "--save", "run", "--walk-at", "0,10").code == 0
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"config.json", "metrics.jsonl", "best.safetensors", "report.html", "walks"} <= names
    assert {path.name for path in (tmp_path / "run" / "walks").iterdir()} == {"step-0.json", "step-10.json"}
    assert ended(gradwalk("train", "--resume", "run", "--epochs", 50, "--json"))["epoch"] == 50
    gradwalk("train", "xor", "--epochs", 50, "--save", "straight")
    assert (tmp_path / "run/metrics.jsonl").read_bytes() == (tmp_path / "straight/metrics.jsonl").read_bytes()
    assert "this run is finished; --epochs 100 would go on" in gradwalk("train", "--resume", "run").err


def test_the_tier_is_kept_with_the_run(gradwalk, tmp_path):
    pytest.importorskip("numba")
    assert gradwalk("train", "xor", "--epochs", 3, "--tier", "numba", "--save", "run").code == 0
    assert json.loads((tmp_path / "run" / "config.json").read_text())["settings"]["tier"] == "numba"
    assert ended(gradwalk("train", "--resume", "run", "--epochs", 5, "--json"))["epoch"] == 5
    assert "--tier can't be given with --resume" in gradwalk("train", "--resume", "run", "--tier", "numpy").err
    assert "--tier must be one of numpy, numba" in gradwalk("train", "xor", "--tier", "nunba").err


def test_best_weights_are_for_pytorch_too(gradwalk, tmp_path):
    import torch
    from safetensors.torch import load_file

    gradwalk("train", "xor", "--epochs", 5, "--save", "run")
    shapes = {name: tuple(tensor.shape) for name, tensor in load_file(tmp_path / "run/best.safetensors").items()}
    assert shapes == {
        "hidden1.linear.weight": (4, 2),
        "hidden1.linear.bias": (4,),
        "output.linear.weight": (1, 4),
        "output.linear.bias": (1,),
    }
    assert torch.float64 == load_file(tmp_path / "run/best.safetensors")["output.linear.bias"].dtype


@pytest.fixture
def interrupted(gradwalk, monkeypatch):
    """Run a command that gets Ctrl-C at step 30."""

    def run(*arguments):
        finish_batch = Training.finish_batch

        def finish_and_interrupt(training):
            finish_batch(training)
            if training.step == 30:
                signal.raise_signal(signal.SIGINT)

        with monkeypatch.context() as patched:
            patched.setattr(Training, "finish_batch", finish_and_interrupt)
            return gradwalk("train", *arguments)

    return run


@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals arrive in the main thread"
)
@pytest.mark.parametrize("save", [("--save", "run"), ()])
def test_an_interruption_keeps_everything_and_says_how_to_go_on(gradwalk, interrupted, tmp_path, save):
    outcome = interrupted("xor", "--epochs", 60, *save)
    folder = save[1] if save else "gradwalk-run"
    assert f"stopped after step 30; go on with: gradwalk train --resume {folder}" in outcome.err
    assert "epoch 30, step 30" in outcome.out
    assert ended(gradwalk("train", "--resume", folder, "--json"))["epoch"] == 60
    gradwalk("train", "xor", "--epochs", 60, "--save", "straight")
    assert (tmp_path / folder / "metrics.jsonl").read_bytes() == (tmp_path / "straight/metrics.jsonl").read_bytes()


def test_termination_is_as_good_as_ctrl_c(tmp_path):
    command = [sys.executable, "-m", "gradwalk.cli", "train", "xor", "--epochs", "1000000", "--save", "run"]
    metrics = tmp_path / "run" / "metrics.jsonl"
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        while process.poll() is None and not metrics.exists():
            pass
        process.terminate()
        _, error = process.communicate()
    assert process.returncode == 0
    assert b"go on with: gradwalk train --resume run" in error


def test_a_report_alone(gradwalk, tmp_path):
    outcome = gradwalk("train", "xor", "--epochs", 5, "--report", "xor.html")
    assert "saved xor.html" in outcome.err
    assert "Decision boundary" in (tmp_path / "xor.html").read_text()


# --- what can't be used --------------------------------------------------------------------------------------------------


def refused(outcome, *words):
    assert outcome.code == 2
    assert outcome.out == ""
    assert all(word in outcome.err for word in words), outcome.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["DATA is missing: name a dataset (moons) or a table"]),
        (["moon"], ["did you mean moons?"]),
        (["houses.csv", "--target", "price"], ["houses.csv isn't there"]),
        (["moons", "--lr", "fast"], ["--lr must be a number above 0, not 'fast'"]),
        (["moons", "--hidden", "4,x"], ["--hidden must be a whole number from 1 to 4,096, not 'x'"]),
        (["moons", "--batch-size", "0"], ["--batch-size must be a whole number"]),
        (["moons", "--optimizer", "adam", "--optimizer-option", "betas=3"], ["--optimizer-option betas must be two numbers, not 3"]),
        (["moons", "--data-option", "foo=1"], ["moons has no --data-option foo; it takes"]),
        (["--resume", "run", "--batch-size", "3"], ["--batch-size can't be given with --resume"]),
        (["moons", "--activation", "tahn"], ["did you mean tanh?"]),
        (["moons", "--momentum", "0.9", "--optimizer", "adam"], ["--momentum is no option of adam, which has betas"]),
        (["moons", "--optimizer-option", "nesterov=true"], ["Nesterov momentum looks ahead", "momentum above 0"]),
        (["moons", "--optimizer-option", "nesterov"], ["--optimizer-option takes NAME=VALUE, not 'nesterov'"]),
        (["moons", "--noise", "loud"], ["--noise must be a number", "not 'loud'"]),
        (["moons", "--count", "1e9"], ["--count must be a whole number from 0 to 1,000,000"]),
        (["moons", "--target", "x1"], ["moons has no --target; it takes"]),
        (["moons", "--network", "conv"], ["--network 'conv' looks at pictures, and moons has none"]),
        (["digits", "--network", "conv", "--hidden", "4,4,4,4"], ["--hidden has more layers than a 8×8 picture can be halved"]),
        (["sine", "--loss", "cross_entropy"], ["doesn't fit a regression target"]),
        (["moons", "--walk-at", "ten", "--save", "run"], ["--walk-at takes the numbers of steps"]),
        (["moons", "--walk-at", "3"], ["say where, with --save FOLDER"]),
        (["--resume", "nowhere"], ["nowhere holds no run: there is no config.json in it"]),
        (["--settings", "nowhere.json"], ["--settings can't be read from nowhere.json"]),
        (["parabola", "--lr", "1e300", "--optimizer", "sgd"], ["step 1 (epoch 0): the first infinity is", "square in loss", "smaller learning rate"]),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else None,
)  # fmt: skip
def test_a_sentence_for_what_cannot_be_used(gradwalk, arguments, words):
    refused(gradwalk("train", *arguments), *words)


TABLES = {
    "text where numbers are wanted": ("a,b\n1,2\n2,x\n3,4\n4,5\n", ["b", "'x'"]),
    "a single class": ("a,b\n1,yes\n2,yes\n", ["every row says 'yes'"]),
    "one row": ("a,b\n1,2\n", ["one row"]),
    "no rows": ("a,b\n", ["no rows"]),
    "nothing": ("", ["table.csv"]),
    "inconsistent widths": ("a,b\n1,2\n1,2,3\n", ["line 3"]),
    "missing target": ("a,c\n1,2\n2,3\n", ["no column called 'b'", "a, c"]),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_sentence_for_what_is_wrong_with_a_table(gradwalk, tmp_path, name):
    content, words = TABLES[name]
    (tmp_path / "table.csv").write_text(content)
    refused(gradwalk("train", "table.csv", "--target", "b"), *words)


def test_no_target(gradwalk, tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n2,3\n")
    refused(gradwalk("train", "table.csv"), "has the columns a, b; say which one is to be predicted: --target 'b'")


def test_settings_of_a_table_are_spelt_as_options(gradwalk, tmp_path):
    (tmp_path / "table.csv").write_text("a;b\n0,5;1\n1,5;\n2,5;3\n3,5;4\n")
    refused(gradwalk("train", "table.csv", "--target", "b"), "--data-option decimal=','")
    decimal = ("table.csv", "--target", "b", "--data-option", "decimal=,")
    refused(gradwalk("train", *decimal), "(--data-option missing='drop')")
    outcome = gradwalk("train", *decimal, "--data-option", "missing=drop", "--epochs", 1)
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(("report", "words"), [(".", "is a folder"), ("nowhere/x.html", "there is no folder nowhere")])
def test_a_report_that_cannot_be_written_is_refused_before_the_training(gradwalk, report, words):
    refused(gradwalk("train", "xor", "--report", report), words)


def test_fewer_digits(gradwalk):
    assert gradwalk("train", "digits", "--count", 50, "--epochs", 1).code == 0


def test_a_file_of_200_megabytes(gradwalk, tmp_path):
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(200_000_000)  # a hole, which takes no room
    refused(gradwalk("train", "large.csv", "--target", "b"), "200 MB", "take a part of it")


def test_what_a_run_began_with_cannot_be_changed(gradwalk):
    gradwalk("train", "xor", "--epochs", 2, "--save", "run")
    refused(
        gradwalk("train", "--resume", "run", "--lr", 1),
        "--lr can't be given with --resume",
        "--settings run/config.json",
    )
    refused(gradwalk("train", "xor", "--resume", "run"), "DATA can't be given with --resume")
    refused(
        gradwalk("train", "xor", "--save", "run"),
        "run exists already; choose another folder, or go on with it: --resume run",
    )


def test_a_checkpoint_of_another_architecture(gradwalk, tmp_path):
    gradwalk("train", "xor", "--epochs", 2, "--save", "run")
    config = json.loads((tmp_path / "run/config.json").read_text())
    config["settings"]["hidden"] = [5]
    (tmp_path / "run/config.json").write_text(json.dumps(config))
    refused(gradwalk("train", "--resume", "run"), "was made with hidden=[4], and config.json says [5]")


@pytest.mark.parametrize(
    "options", [("--optimizer", "sgd", "--activation", "relu", "--lr", 100), ("--lr", 1e308, "--init-scale", 100)]
)
def test_an_exploding_run_keeps_the_state_before(gradwalk, options):
    outcome = gradwalk("train", "parabola", *options, "--save", "run")
    refused(outcome, "smaller learning rate (lr)", "is kept in run; to try another rate: gradwalk train --settings")
    assert np.isfinite(gw.load(sorted(Path("run").glob("checkpoint-*"))[-1])["model.output.linear.weight"].value).all()
