"""A timeline stands at every step exactly as a training that came straight there."""

import numpy as np
import pytest

from gradwalk.train import Settings, Training, timeline
from gradwalk.train.timeline import Timeline
from tests.train.test_training import RICH, SMALL, assert_same, finished

PIECES = SMALL.changed(accumulate=3, optimizer="adam", lr=0.05)
DIVERGING = Settings(data="line", hidden=(), lr=30.0, epochs=2000)
WAYS = [(0, 5, 3, 9, 1), (12, 11, 10, 12), (7, 0, 7), (3, 3, 0, 0)]


def straight(settings, step):
    training = Training(settings)
    while training.step < step:
        training.finish_batch()
    return training


def told(training):
    """All that is known of a training where it stands, gradients and the last update included."""
    return [training.state_dict(), [str(reading) for reading in training.readings()], str(training.history[-1:])]


@pytest.mark.parametrize("settings", [SMALL, RICH, PIECES], ids=["plain", "rich", "pieces"])
@pytest.mark.parametrize("way", WAYS)
def test_every_step_is_the_same_whichever_way_it_is_come_to(settings, way):
    line = Timeline(settings)
    for step in way:
        assert_same(told(line.go(step)), told(straight(settings, step)))
        assert (line.step, line.phase) == (step, None)


@pytest.mark.parametrize("settings", [SMALL, RICH], ids=["plain", "rich"])
@pytest.mark.parametrize("phase", ["forward", "loss", "backward", "update"])
def test_every_phase_is_the_same_whichever_way_it_is_come_to(settings, phase):
    line, other = Timeline(settings), Timeline(settings)
    other.go(12)
    for step in (4, 2, 11):
        pair = line.go(step, phase), other.go(step, phase)
        assert (line.step, line.phase, other.step, other.phase) == (step, phase, step, phase)
        assert line.loss == other.loss
        assert str(pair[0].readings()) == str(pair[1].readings())
        assert_same(pair[0].weights(), pair[1].weights())


def test_gradients_are_known_from_backward_on_and_the_update_from_the_update_on():
    line = Timeline(SMALL)
    known = {}
    for phase in ("forward", "loss", "backward", "update"):
        first = line.go(5, phase).readings()[0]
        known[phase] = (line.loss is not None, first.gradient is not None, first.update is not None)
    assert known == {
        "forward": (False, False, False),
        "loss": (True, False, False),
        "backward": (True, True, False),
        "update": (True, True, True),
    }


def test_after_an_update_comes_the_next_steps_beginning():
    line = Timeline(SMALL)
    after = line.go(5, "update").weights()
    assert_same(after, line.go(6).weights())
    assert line.loss == line.losses[5]


def test_pieces_are_stood_at_one_by_one():
    line = Timeline(PIECES)
    norms = []
    for piece in range(3):
        line.go(2, "backward", piece)
        assert (line.piece, line.pieces) == (piece, 3)
        norms.append(line.training.readings()[0].gradient)
    assert len(set(norms)) == 3
    line.go(2, "backward")
    assert line.piece == 2 and line.training.readings()[0].gradient == norms[2]


def test_a_batchs_loss_is_the_whole_batchs_in_pieces_too():
    uneven = SMALL.changed(batch_size=None, accumulate=7)  # 40 rows in 7 pieces
    lines = [Timeline(settings) for settings in (uneven.changed(accumulate=1), uneven)]
    for line in lines:
        line.go(4)
    np.testing.assert_allclose(*(line.losses for line in lines), rtol=1e-13)
    assert lines[1].training.loss.item() != lines[1].losses[-1]  # the last piece's alone


def test_losses_and_records_of_the_way_stay_when_one_goes_back():
    line, whole = Timeline(RICH), finished(RICH)
    line.go(10**9)
    line.go(1)
    assert line.records == whole.history
    assert (line.furthest, len(line.losses)) == (whole.step, whole.step)
    line.go(whole.step)
    assert (line.records, len(line.losses)) == (whole.history, whole.step)
    assert line.training.history == whole.history


def test_beyond_the_end_is_the_end():
    line = Timeline(SMALL)
    assert line.go(10**9).is_finished
    assert line.step == line.last == 12
    line.go(12, "forward")
    assert (line.step, line.phase, line.stopped) == (12, None, "")
    line.go(-5)
    assert line.step == 0


def test_snapshots_are_thinned_and_going_back_stays_exact(monkeypatch):
    monkeypatch.setattr(timeline, "SNAPSHOTS", 4)
    monkeypatch.setattr(timeline, "STRIDE", 1)
    settings = SMALL.changed(epochs=30)
    line = Timeline(settings)
    for step in range(91):
        line.go(step)
        assert len(line.snapshots) <= 4
    assert (line.stride, min(line.snapshots)) == (32, 0)
    assert_same(told(line.go(63)), told(straight(settings, 63)))


def test_large_networks_keep_fewer_snapshots():
    few = Timeline(Settings(data="moons", hidden=(300, 300)))
    assert few.most < Timeline(SMALL).most
    assert few.most * sum(value.nbytes for value in few.training.weights().values()) < timeline.SNAPSHOT_BYTES


def test_a_nan_ends_the_line_with_a_sentence_and_going_back_works():
    line, clean = Timeline(DIVERGING), Timeline(DIVERGING)
    line.go(10**9)
    end = line.step
    assert 0 < end == line.furthest == line.failure.step < line.last
    assert str(line.failure) == line.stopped and f"step {end} " in line.stopped and "lr" in line.stopped
    assert all(np.isfinite(value).all() for value in line.training.weights().values())
    assert line.go(3) and (line.step, line.stopped) == (3, "")
    assert_same(told(line.training), told(clean.go(3)))
    line.train_for(10, until=10**9)
    assert (line.step, line.stopped) == (end, str(line.failure))


def test_the_phases_before_a_nan_can_be_stood_at():
    line = Timeline(DIVERGING)
    line.go(10**9)
    end = line.step
    reached = {}
    for phase in ("forward", "loss", "backward", "update"):
        line.go(end, phase)
        reached[phase] = line.phase
        assert line.step == end and line.stopped
    assert reached["forward"] == "forward" and reached["update"] is None


def test_patience_ends_the_line_with_a_sentence():
    settings = SMALL.changed(epochs=500, patience=2, lr=3.0)
    line, whole = Timeline(settings), finished(settings)
    assert whole.has_stopped_early
    line.go(10**9)
    assert line.step == whole.step and "patience is 2" in line.stopped
    line.go(whole.step - 1)
    assert line.stopped == ""
    line.train_for(10, until=10**9)
    assert line.step == whole.step


def test_training_for_some_time_does_a_batch_at_least_and_not_too_many():
    line = Timeline(SMALL)
    line.train_for(0, until=10**9)
    assert line.step == 1
    line.train_for(60, until=7)
    assert line.step == 7
    line.go(7, "backward")
    line.train_for(60, until=9)
    assert (line.step, line.phase) == (9, None)
    assert_same(told(line.training), told(straight(SMALL, 9)))


def test_what_interrupts_the_way_leaves_the_line_where_it_came_to():
    def enough():
        if line.training.step == 4:
            raise TimeoutError

    line = Timeline(SMALL)
    with pytest.raises(TimeoutError):
        line.go(9, between=enough)
    assert line.step == 4
    assert_same(told(line.go(9)), told(straight(SMALL, 9)))
