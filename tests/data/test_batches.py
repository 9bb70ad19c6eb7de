"""Splits and batches: every row once, classes in proportion, and an exact way on from any position."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradwalk.data import Batches, DataError, Dataset, curve, digits, gaussians, moons, split, xor
from gradwalk.data.batches import apportioned


def rows_of(dataset: Dataset) -> set[bytes]:
    return {row.tobytes() for row in dataset.inputs}


def test_a_split_shares_out_every_row_once():
    data = moons(200)
    learned, held_out = split(data, 0.25, seed=3)
    assert (len(learned), len(held_out)) == (150, 50)
    assert rows_of(learned) | rows_of(held_out) == rows_of(data)
    assert not rows_of(learned) & rows_of(held_out)


def test_a_split_is_fixed_by_its_seed():
    first, again, other = (split(moons(50), seed=seed)[1].inputs for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_classes_keep_their_shares():
    learned, held_out = split(digits(), 0.2)
    share = np.bincount(held_out.labels) / np.bincount(digits().labels)
    np.testing.assert_allclose(share, 0.2, atol=1 / 174)
    assert len(held_out) == round(0.2 * 1797)


def test_a_split_of_a_regression_and_one_that_holds_nothing_out():
    learned, held_out = split(curve("line", 10), 0.3)
    assert (len(learned), len(held_out)) == (7, 3)
    everything, nothing = split(xor(), 0)
    assert (len(everything), len(nothing)) == (4, 0)


def test_a_class_of_one_row_is_learned_from():
    data = gaussians(10, classes=2)
    lonely = data.take([0, 5, 6, 7, 8, 9])
    learned, _ = split(lonely, 0.8)
    assert 0 in learned.labels


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.floats(0, 0.99))
@settings(deadline=None, max_examples=100)
def test_seats_are_shared_out_fairly(counts, share):
    counts = np.array(counts)
    seats = round(share * counts.sum())
    shares = apportioned(counts, seats)
    assert (shares >= 0).all()
    assert (shares <= np.maximum(counts - 1, 0)).all()
    assert shares.sum() <= seats
    assert (np.abs(shares - counts * seats / counts.sum()) <= 1).all()


def test_an_epoch_gives_every_row_once_with_its_target():
    data = moons(23)
    seen = [
        (tuple(x), t)
        for inputs, targets in Batches(data, 5, seed=1)
        for x, (t,) in zip(inputs.tolist(), targets.tolist())
    ]
    assert sorted(seen) == sorted((tuple(x), t) for x, (t,) in zip(data.inputs.tolist(), data.targets.tolist()))
    assert seen != [(tuple(x), t) for x, (t,) in zip(data.inputs.tolist(), data.targets.tolist())]


def test_epochs_differ_and_any_can_be_gone_through_again():
    batches = Batches(moons(20), 6, seed=4)
    assert len(batches) == 4
    first, second = ([x.tolist() for x, _ in batches] for _ in range(2))
    assert first != second
    batches.epoch = 0
    assert [x.tolist() for x, _ in batches] == first


def test_without_shuffling_rows_come_in_their_order():
    (inputs, _), *_ = Batches(moons(20), 6, shuffle=False)
    np.testing.assert_array_equal(inputs.numpy(), moons(20).inputs[:6])


def test_without_a_size_a_batch_is_everything():
    ((inputs, targets),) = Batches(xor())
    assert (inputs.shape, targets.shape) == ((4, 2), (4, 1))


@pytest.mark.parametrize("stop", range(1, 12))
def test_a_saved_position_goes_on_exactly(stop):
    """Three epochs of four batches, broken off after each one: what follows is what would have followed."""
    straight = [x.tolist() for batches in [Batches(moons(20), 6)] for _ in range(3) for x, _ in batches]
    before, taken = Batches(moons(20), 6), []
    while len(taken) < stop:
        for inputs, _ in before:
            taken.append(inputs.tolist())
            if len(taken) == stop:
                saved = before.state_dict()  # while the batch is being worked on
                break
    after = Batches(moons(20), 6)
    after.load_state_dict(saved)
    while after.epoch < 3:
        taken += [x.tolist() for x, _ in after]
    assert taken == straight


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: split(xor(), 1.0), "held_out=1.0"),
        (lambda: Batches(xor(), 0), "size=0: a batch has at least one row"),
        (lambda: Batches(xor(), 2).load_state_dict(Batches(xor(), 3).state_dict()), "size=3, and these have size=2"),
        (lambda: Batches(xor(), seed=1).load_state_dict(Batches(xor()).state_dict()), "seed=0, and these have seed=1"),
    ],
)
def test_refusals(act, message):
    with pytest.raises(DataError, match=message):
        act()
