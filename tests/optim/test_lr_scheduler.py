"""Schedules against PyTorch's, over a hundred epochs, and how they are saved and what they refuse."""

import pickle

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk.optim import OptimizerError

EPOCHS = 100


def optimizer_of(library, kind="SGD"):
    """Two groups with rates of their own, one parameter each."""
    groups = [{"params": [library.tensor([1.0], requires_grad=True)], "lr": lr} for lr in (0.5, 0.02)]
    return getattr(library.optim, kind)(groups)


SCHEDULES = {
    "steps": lambda s, o: s.StepLR(o, 7, gamma=0.5),
    "milestones": lambda s, o: s.MultiStepLR(o, [30, 10, 10, 80], gamma=0.3),
    "exponential": lambda s, o: s.ExponentialLR(o, 0.97),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, 100),
    "cosine up again": lambda s, o: s.CosineAnnealingLR(o, 30, eta_min=0.001),
    "linear": lambda s, o: s.LinearLR(o),
    "linear down": lambda s, o: s.LinearLR(o, 1.0, 0.1, 50),
    "a function": lambda s, o: s.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
    "two functions": lambda s, o: s.LambdaLR(o, [lambda epoch: 0.9**epoch, lambda epoch: 1.0]),
    "warm-up and cosine": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=10), s.CosineAnnealingLR(o, 90)], milestones=[10]
    ),
    "three in a row": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=5), s.ExponentialLR(o, 0.9), s.StepLR(o, 10)], milestones=[5, 40]
    ),
    "one cycle": lambda s, o: s.OneCycleLR(o, 0.8, EPOCHS),
    "one short rise": lambda s, o: s.OneCycleLR(o, 0.8, EPOCHS, pct_start=0.1, div_factor=10.0, final_div_factor=100.0),
}


def course(schedule, optimizer, epochs=EPOCHS):
    """Rates, and momenta where there are any, epoch by epoch."""
    seen = []
    for _ in range(epochs):
        seen += [(g["lr"], g.get("momentum", 0.0), g.get("betas", (0.0,))[0]) for g in optimizer.param_groups]
        optimizer.step()
        schedule.step()
    return [number for numbers in seen for number in numbers]


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_as_pytorch(name, kind):
    ours, theirs = optimizer_of(gw, kind), optimizer_of(torch, kind)
    mine = course(SCHEDULES[name](gw.optim.lr_scheduler, ours), ours)
    reference = course(SCHEDULES[name](torch.optim.lr_scheduler, theirs), theirs)
    assert mine == pytest.approx(reference, rel=1e-10, abs=1e-16)
    assert len({*mine[::6]}) > 1


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_saved_schedule_goes_on_exactly(name):
    whole = optimizer_of(gw)
    straight = course(SCHEDULES[name](gw.optim.lr_scheduler, whole), whole, 60)
    first, second = optimizer_of(gw), optimizer_of(gw)
    schedule = SCHEDULES[name](gw.optim.lr_scheduler, first)
    begun = course(schedule, first, 25)
    written = pickle.dumps((schedule.state_dict(), first.state_dict()))
    after = SCHEDULES[name](gw.optim.lr_scheduler, second)
    of_schedule, of_optimizer = pickle.loads(written)
    after.load_state_dict(of_schedule)
    second.load_state_dict(of_optimizer)
    assert begun + course(after, second, 35) == straight
    assert after.get_last_lr() == [group["lr"] for group in second.param_groups]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda s, o: s.StepLR(o, 0), "step_size=0: at least 1"),
        (lambda s, o: s.CosineAnnealingLR(o, 0), "T_max=0"),
        (lambda s, o: s.StepLR(o, 3, last_epoch=4), "after epoch 4, load the optimizer's state first"),
        (lambda s, o: s.LinearLR(o, start_factor=0), "start_factor=0 .* above 0"),
        (lambda s, o: s.LinearLR(o, end_factor=2), "end_factor=2"),
        (lambda s, o: s.LambdaLR(o, [abs]), "1 functions for 2 groups"),
        (lambda s, o: s.SequentialLR(o, [s.LinearLR(o)], [3]), "change 0 times, and 1 milestones"),
        (lambda s, o: s.SequentialLR(o, [s.LinearLR(optimizer_of(gw))], []), "same optimizer"),
        (lambda s, o: s.OneCycleLR(o, 1.0, 10, pct_start=2), "pct_start=2"),
        (lambda s, o: s.ReduceLROnPlateau(o, factor=1.0), "factor=1.0: a factor below 1"),
        (lambda s, o: s.ReduceLROnPlateau(o, mode="least"), "mode='least' must be 'min' or 'max'"),
        (lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]), "1 values of min_lr for 2 groups"),
        (lambda s, o: s.OneCycleLR(optimizer_of(gw, "Adagrad"), 1.0, 10), "no momentum to cycle"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(OptimizerError, match=message):
        make(gw.optim.lr_scheduler, optimizer_of(gw))


def test_a_cycle_that_starts_at_its_top():
    schedule = gw.optim.lr_scheduler.OneCycleLR(optimizer_of(gw), 0.8, 10, pct_start=0.1)
    assert schedule.get_last_lr() == [0.8, 0.8]


def test_a_cycle_ends():
    optimizer = optimizer_of(gw)
    schedule = gw.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, 3)
    with pytest.raises(OptimizerError, match="made for 3 steps"):
        course(schedule, optimizer, 5)


METRICS = [5, 4, 4, 4, 4, 4, 3.9999, 3, 3, 3, 3, 3, 3, 2.5, 2.5, 2.6, 2.7, 2.8, 2.9, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
PLATEAUS = [
    {},
    {"patience": 2},
    {"patience": 0, "factor": 0.5, "min_lr": [0.01, 0.005]},
    {"patience": 1, "cooldown": 3, "min_lr": 1e-3},
    {"mode": "max", "patience": 3, "threshold": 0.3, "threshold_mode": "abs"},
    {"mode": "max", "patience": 2, "threshold": 0.5},
    {"patience": 1, "threshold": 1.5, "threshold_mode": "abs", "eps": 0.01},
]


@pytest.mark.parametrize("settings", PLATEAUS, ids=str)
def test_a_plateau_lowers_the_rate_as_in_pytorch(settings):
    seen = []
    for library in (gw, torch):
        optimizer = optimizer_of(library)
        schedule = library.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        rates = []
        for metric in METRICS:
            schedule.step(library.tensor(metric))
            rates.append(schedule.get_last_lr())
        seen.append((rates, schedule.best, schedule.num_bad_epochs, schedule.last_epoch))
    (own, *rest), (theirs, *expected) = seen
    np.testing.assert_allclose(own, theirs, rtol=1e-12)
    assert rest == pytest.approx(expected, rel=1e-6)


def test_a_saved_plateau_goes_on_exactly():
    def rates(stop):
        optimizer = optimizer_of(gw)
        schedule = gw.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2, cooldown=1)
        for place, metric in enumerate(METRICS):
            if place == stop:
                written = pickle.dumps((schedule.state_dict(), optimizer.state_dict()))
                optimizer = optimizer_of(gw)
                schedule = gw.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
                of_schedule, of_optimizer = pickle.loads(written)
                schedule.load_state_dict(of_schedule)
                optimizer.load_state_dict(of_optimizer)
            schedule.step(metric)
        return schedule.get_last_lr()

    assert rates(9) == rates(12) == rates(None) != [0.5, 0.02]
