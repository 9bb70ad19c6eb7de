"""What is usual for each made dataset trains it well, from whichever seed; the noise in a curve leaves an R² a bit below 1."""

import pytest

from gradwalk.data import MAKERS
from gradwalk.train import Training, settings_for
from gradwalk.train.threads import one_thread

LEAST = {  # held-out accuracy or R² (of xor, on what is learned), for these seeds
    "xor": (1.0, range(5)),
    "moons": (0.97, range(2)),
    "circles": (0.97, range(5)),
    "spirals": (0.97, range(2)),
    "gaussians": (0.97, range(5)),
    "line": (0.98, range(5)),
    "parabola": (0.95, range(2)),
    "sine": (0.97, range(2)),
    "waves": (0.97, range(5)),
    "step": (0.88, range(2)),
    "hinge": (0.93, range(2)),
    "bump": (0.95, range(2)),
}


def test_every_made_dataset_is_in_the_table():
    assert {*MAKERS} == {*LEAST, "digits"}  # digits: tests/cli/test_train.py


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name, (_, seeds) in LEAST.items() for seed in seeds])
def test_the_usual_settings_train_it_well(name, seed):
    training = Training(settings_for(name, seed=seed))
    with one_thread():
        while not training.is_finished:
            record = training.finish_epoch()
    assert (record.held_out or record.train).metric >= LEAST[name][0]


def test_other_options_of_the_data_leave_the_usual_ones():
    assert settings_for("waves", data_options={"noise": 0.1}).data_options == {"count": 400, "noise": 0.1}
    assert settings_for("waves", data_options={"count": 50}).data_options == {"count": 50}
