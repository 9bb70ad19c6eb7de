"""The lab in a process of its own: the same answers and refusals as here, and gone with its kernel."""

import os
import signal

import numpy as np
import pytest

from gradwalk.studio.kernel import Kernel
from gradwalk.studio.lab_apart import LabApart
from tests.studio.conftest import Asked

MOMENT = {"experiment": {"settings": {"data": "moons", "epochs": 30}}, "step": 12, "phase": "backward"}
EXPERIMENT = MOMENT["experiment"]
QUESTIONS = {
    "lab": {"moment": MOMENT, "parts": ["points", "boundary", "gradients"], "grid": 20},
    "picture": {"moment": {**MOMENT, "phase": ""}, "seconds": 1e-9, "play": "p", "until": 13, "grid": 20},
    "look": {"moment": MOMENT, "inputs": [0.3, -0.2], "label": 1},
    "rows": {"experiment": EXPERIMENT, "rows": [3, 1]},
    "update": {"moment": MOMENT, "parameter": "W1", "entry": [0, 1]},
    "open": {"source": {"moment": {"experiment": EXPERIMENT, "step": 12}}},
}


@pytest.fixture(scope="module")
def apart():
    return Asked(Kernel(trainings=LabApart))


def process(asked):
    return asked.kernel.trainings.apart.process


@pytest.mark.parametrize("kind", QUESTIONS)
def test_its_answers_are_those_of_a_lab_here(apart, ask, kind):
    head, buffers = apart(kind, **QUESTIONS[kind])
    expected, numbers = ask(kind, **QUESTIONS[kind])
    assert head == expected and head["kind"] != "error"
    assert len(buffers) == len(numbers)
    for found, wanted in zip(buffers, numbers, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    "settings", [{"data": "nowhere"}, {"hidden": [0]}, {"data": "moons", "epochs": 1_000_000, "hidden": [64] * 20}]
)
def test_its_refusals_are_those_of_a_lab_here(apart, ask, settings):
    moment = {"experiment": {"settings": settings}, "step": 0}
    refused, expected = apart("lab", moment=moment)[0], ask("lab", moment=moment)[0]
    assert refused == expected


def test_its_process_ends_with_its_kernel():
    asked = Asked(Kernel(trainings=LabApart))
    asked("rows", **QUESTIONS["rows"])
    left = process(asked)
    assert left.is_alive()
    del asked
    left.join(10)
    assert left.exitcode == 0


def test_when_its_process_was_killed_the_page_sends_the_experiment_again(apart):
    key = apart("lab", **QUESTIONS["lab"])[0]["key"]
    os.kill(process(apart).pid, signal.SIGKILL)
    process(apart).join()
    assert apart("rows", experiment={"key": key}, rows=[1])[0]["code"] == "gone"
    assert apart("lab", **QUESTIONS["lab"])[0]["key"] == key


def test_a_process_that_ends_over_a_question_is_told(apart, monkeypatch):
    apart("rows", **QUESTIONS["rows"])
    running = process(apart)
    monkeypatch.setattr(apart.kernel.trainings.apart.connection, "send", lambda question: running.kill())
    assert apart("rows", **QUESTIONS["rows"])[0]["code"] == "gone"
