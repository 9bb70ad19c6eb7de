"""Programs: their buffers serve again, and what leaves them has memory of its own."""

import numpy as np

import gradwalk as gw
from gradwalk.program.listing import Listing
from gradwalk.program.plan import Plan
from gradwalk.program.replay import Replay


def listed(function, *arrays):
    listing = Listing()
    given = [listing.cell(array) for array in arrays]
    found = function(*given)
    return replayed(listing, given, found if isinstance(found, list) else [found])


def replayed(listing, given, wanted):
    return Replay(Plan(listing.calls, given, wanted), given, wanted)


def test_a_long_chain_needs_one_buffer():
    def chain(x):
        for _ in range(20):
            x = np.tanh(x * 0.5 + 1)
        return np.sum(x)

    x = np.linspace(-1, 1, 7)
    replay = listed(chain, x)
    assert len({id(value) for value in replay.found.values() if getattr(value, "shape", None) == (7,)}) == 1
    for scale in (1.0, 2.0):
        np.testing.assert_allclose(replay.run(x * scale)[0], chain(x * scale), rtol=1e-15)


def test_a_buffer_is_not_written_over_while_a_view_of_it_is_needed():
    def twisted(x):
        y = np.exp(x)
        turned = y.T
        z = y * 2.0
        z = z + turned
        return z - turned @ y

    x = np.arange(9.0).reshape(3, 3) / 9
    replay = listed(twisted, x)
    for scale in (1.0, -2.0, 0.5):
        np.testing.assert_allclose(replay.run(x * scale)[0], twisted(x * scale), rtol=1e-14)


def test_what_takes_more_memory_than_its_parts_is_made_when_it_is_read():
    def function(x, y, changed):
        outer, lent = np.exp(x)[:, None] * np.exp(y), x[:, None] * y
        changed.listing.put(changed, np.tanh(changed))
        return [outer * 2.0, lent * 3.0]

    x, y = np.arange(6.0), np.arange(7.0) / 7
    listing = Listing()
    given = [listing.cell(array) for array in (x, y, x.copy())]
    replay = replayed(listing, given, function(*given))
    lines = [line.split("(")[0].strip() for line in replay.source.splitlines()]
    calls = [line for line in lines if line in ("exp", "multiply", "tanh") or line.endswith("= multiply")]
    assert [call[-8:] for call in calls] == ["exp", "exp", "multiply", "tanh", "multiply", "multiply", "multiply"]
    outer, lent = replay.run(x, y, x)  # lent was made of what is changed
    np.testing.assert_array_equal(outer, np.exp(np.arange(6.0))[:, None] * np.exp(y) * 2)
    np.testing.assert_array_equal(lent, np.arange(6.0)[:, None] * y * 3)


def test_views_of_what_is_given_follow_it():
    replay = listed(lambda x, y: x.T @ y, np.ones((2, 3)), np.ones((2, 3)))
    x, other = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    for given in (x, x, other, x):
        np.testing.assert_array_equal(replay.run(given, other)[0], given.T @ other)
    x += 1
    np.testing.assert_array_equal(replay.run(x, other)[0], x.T @ other)


def test_wanted_arrays_are_new_in_every_run():
    replay = listed(lambda x: [x * 2.0, (x * 2.0).T, np.exp(x)], np.ones((2, 2)))
    first, second = replay.run(np.ones((2, 2))), replay.run(np.zeros((2, 2)))
    assert not any(np.may_share_memory(a, b) for a in first for b in second)
    assert not np.may_share_memory(first[0], first[1])


def test_what_does_not_change_is_computed_once():
    replay = listed(lambda x: x + np.exp(x.listing.cell(np.ones(3))), np.ones(3))
    assert [step.call.function for step in replay.plan.steps] == [np.add]


def test_code_that_asks_for_numbers_is_one_call():
    def shifted(x):
        return x + 1 if x.sum() > 0 else x - 1

    listing = Listing()
    x = listing.cell(np.ones(2))
    replay = replayed(listing, [x], [listing.listed(shifted, (x,), {})])
    assert replay.run(np.ones(2))[0].tolist() == [2, 2]
    assert replay.run(-np.ones(2))[0].tolist() == [-2, -2]


def test_sums_add_up_in_the_order_in_which_they_did_when_they_were_seen():
    numbers = np.random.default_rng(0).normal(size=(300, 200)).astype(np.float32)
    listing = Listing()
    x = listing.cell(numbers)
    (sums,) = replayed(listing, [x], [np.sum(x.T * 2, axis=1)]).run(numbers)
    np.testing.assert_array_equal(sums, (numbers.T * 2).sum(1))


def steps(array):
    """The strides that are ever taken."""
    return [step for size, step in zip(array.shape, array.strides, strict=True) if size > 1]


def test_results_are_laid_out_as_eager_ones(tier):
    x = gw.tensor(np.random.default_rng(0).normal(size=(300, 200)).astype(np.float32))

    def function():
        doubled = x.T * 2
        return doubled, doubled.sum(1), (doubled + 1).sum(0, keepdim=True), doubled @ x, (doubled[:4] - 1).amax(0)

    compiled = gw.compile(gw.no_grad()(function))
    for _ in range(4):
        for mine, theirs in zip(compiled(), function(), strict=True):
            assert steps(mine.value) == steps(theirs.value)
            difference = np.abs(mine.value - theirs.value).max()
            assert difference <= (0 if tier == "numpy" else 1e-3)
