"""Playing: what each picture's seconds are spent on, and what is trained while nobody asks."""

from types import SimpleNamespace

import pytest

from gradwalk.studio import playing
from gradwalk.studio import protocol as p
from gradwalk.studio.playing import Play

REQUEST = p.PictureRequest(p.Moment(p.Experiment(), 0), seconds=0.04, play="a")


class Stub:
    """A timeline that notes for how long it is trained: a step each time."""

    step, last, goes_on = 0, 100, True

    def __init__(self):
        self.trained = []

    def go(self, step, between):
        self.step = step

    def train_for(self, seconds, until):
        self.trained.append(seconds)
        self.step += self.goes_on


@pytest.fixture
def timeline():
    return Stub()


@pytest.fixture
def clock(monkeypatch):
    made = SimpleNamespace(now=7.0)
    monkeypatch.setattr(playing, "time", SimpleNamespace(perf_counter=lambda: made.now))
    return made


def ask(play, clock, making):
    """A picture that takes some seconds to make."""
    play.go_on(REQUEST, lambda: None)
    play.shown(lambda: setattr(clock, "now", clock.now + making))


def test_seconds_are_for_training_the_picture_and_the_way_of_the_next_request(clock, timeline):
    play = Play(timeline)
    for making, way in ((0.01, 0.005), (0.03, 0), (0, 0)):
        ask(play, clock, making)
        clock.now += way
    assert timeline.trained == pytest.approx([0.04, 0.025, 0.02])  # half the time at least is for training


def test_it_trains_ahead_until_as_much_time_has_gone_by_as_a_picture_has(clock, timeline):
    play = Play(timeline)
    ask(play, clock, 0)
    assert play.go_ahead() and play.go_ahead()
    assert timeline.step == play.step == 3
    clock.now += 2 * playing.AHEAD
    assert not play.go_ahead() and timeline.step == 3
    ask(play, clock, 0)
    assert timeline.trained[-1] == pytest.approx(0.04 - playing.AHEAD)  # it has had its time


def test_it_trains_ahead_no_further_than_was_asked_for(clock, timeline):
    play = Play(timeline)
    play.go_on(p.PictureRequest(p.Moment(p.Experiment(), 0), seconds=0.04, play="a", until=1), lambda: None)
    assert not play.go_ahead() and timeline.step == 1


def test_a_training_that_is_over_is_not_gone_ahead_with(clock, timeline):
    play = Play(timeline)
    ask(play, clock, 0)
    timeline.goes_on = False
    assert not play.go_ahead()
