"""Some updates: the losses and the ways that PyTorch's optimizers go from the same weights on the same batches."""

import numpy as np
import pytest
import torch

from gradwalk.train.health import Examination, HealthSettings, examine
from gradwalk.train.health.network import DeepNetwork, batch
from tests.train.health.reference import Reference

OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


@pytest.mark.parametrize(
    "settings",
    [
        HealthSettings(depth=3, activation="tanh", steps=40),
        HealthSettings(depth=3, activation="relu", init="kaiming_normal", optimizer="adam", lr=0.01, steps=40),
        HealthSettings(depth=4, activation="relu", init="kaiming_normal", init_scale=1.5, clip=0.5, steps=40),
        HealthSettings(depth=3, activation="relu", normalization="layer", lr=0.1, steps=40),
        HealthSettings(depth=3, activation="tanh", residual=True, batch_size=20, data="circles", seed=3, steps=40),
    ],
    ids=["sgd", "adam", "clipped", "normalised", "residual"],
)
def test_it_goes_pytorchs_way(settings):
    theirs = Reference(DeepNetwork(settings))
    optimizer = OPTIMIZERS[settings.optimizer](theirs.parameters(), lr=settings.lr)
    start = [linear.weight.detach().clone() for linear in theirs.linears]
    losses = []
    for number in range(settings.steps):
        optimizer.zero_grad()
        losses.append(theirs.loss(*batch(settings, number)))
        if settings.clip:
            torch.nn.utils.clip_grad_norm_(theirs.parameters(), settings.clip)
        optimizer.step()
    ours = examine(settings).course
    np.testing.assert_allclose(ours.losses, losses, rtol=1e-9)
    moved = [
        ((linear.weight - before).norm() / before.norm()).item()
        for linear, before in zip(theirs.linears, start, strict=True)
    ]
    np.testing.assert_allclose(ours.moved, moved, rtol=1e-8)


def test_one_step_moves_by_the_rate_times_the_gradient():
    settings = HealthSettings(depth=2, steps=1, lr=0.25)
    report = examine(settings)
    lengths = [np.linalg.norm(linear.weight.value) for linear in DeepNetwork(settings).linears]
    expected = [
        0.25 * layer.weight_gradient / length for layer, length in zip(report.flow.layers, lengths, strict=True)
    ]
    assert report.course.updates == pytest.approx(expected, rel=1e-12)
    assert report.course.moved == report.course.updates
    assert report.course.losses == [report.flow.loss]


def test_it_stops_at_a_loss_that_is_no_number():
    losses = examine(
        HealthSettings(depth=10, activation="relu", init="kaiming_normal", init_scale=3.0, lr=1.0)
    ).course.losses
    assert len(losses) < 200
    assert not np.isfinite(losses[-1])
    assert np.isfinite(losses[:-1]).all()


def test_the_same_settings_give_the_same_numbers():
    settings = HealthSettings(depth=2, batch_size=16, steps=20)
    assert examine(settings) == examine(settings)
    assert examine(HealthSettings(depth=2, batch_size=16, steps=20, seed=1)).course != examine(settings).course


def test_an_examination_can_be_followed_step_by_step():
    settings = HealthSettings(depth=2, steps=5)
    examination = Examination(settings)
    assert examination.report().course.losses == []
    lengths = []
    while not examination.learner.done:
        examination.learner.step()
        lengths.append(len(examination.report().course.losses))
    assert lengths == [1, 2, 3, 4, 5]
    assert examination.report() == examine(settings)
