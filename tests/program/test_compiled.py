"""Compiled functions: whatever happens inside and between calls, the numbers are those of eager tensors."""

import dataclasses
import gc
import threading
import warnings
import weakref

import numpy as np
import pytest

import gradwalk as gw
from gradwalk import nn
from gradwalk.errors import ShapeError
from gradwalk.nn import functional as F
from gradwalk.tensor import Tensor

XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def model(dtype=gw.float64):
    gw.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)).to(dtype)


def data(dtype=gw.float64):
    return tuple(gw.tensor(array, dtype=dtype) for array in XOR)


def trained(make, wrap, calls=8):
    """What a training step gives back call by call, and the parameters afterwards."""
    step, parameters = make()
    step = wrap(step)
    return [step() for _ in range(calls)], [np.array(p.value) for p in parameters], step


def same(make, rtol=1e-12, calls=8):
    """A training step gives the same compiled, and is compiled indeed."""
    losses, parameters, _ = trained(make, lambda step: step, calls)
    again, others, step = trained(make, gw.compile, calls)
    numbers = [np.asarray(getattr(x, "value", x)) for x in losses]
    for mine, theirs in zip(again, numbers, strict=True):
        np.testing.assert_allclose(getattr(mine, "value", mine), theirs, rtol=rtol)
    for mine, theirs in zip(others, parameters, strict=True):
        assert mine.dtype == theirs.dtype
        np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=rtol)
    assert not step.reason
    return step


def steps_of(compiled):
    """How many spots its trie has."""
    waiting, found = list(compiled.calls.starts.values()), 0
    while waiting:
        found, waiting = found + 1, [*waiting[1:], *waiting[0].next.values()]
    return found


OPTIMIZERS = {
    "sgd": lambda p: gw.optim.SGD(p, lr=0.1),
    "momentum": lambda p: gw.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda p: gw.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: gw.optim.Adam(p, lr=0.01),
    "amsgrad": lambda p: gw.optim.Adam(p, lr=0.01, amsgrad=True),
    "adamw": lambda p: gw.optim.AdamW(p, lr=0.01),
    "rmsprop": lambda p: gw.optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True),
    "adagrad": lambda p: gw.optim.Adagrad(p, lr=0.1, lr_decay=0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(("dtype", "rtol"), [(gw.float64, 1e-12), (gw.float32, 1e-5)])
def test_a_whole_training_step_with_all_in_a_closure(name, dtype, rtol):
    def make():
        net, (x, y) = model(dtype), data(dtype)
        optimizer = OPTIMIZERS[name](net.parameters())

        def step():
            optimizer.zero_grad()
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            return loss

        return step, list(net.parameters())

    step = same(make, rtol, calls=12)
    before = steps_of(step)
    for _ in range(20):
        step()
    assert steps_of(step) == before  # counters and rates that change in every call are inputs by now


def test_updates_by_hand():
    def make():
        w, (x, y) = gw.tensor([[0.5], [-0.5]], requires_grad=True), data()

        def step():
            w.grad = None
            loss = ((x @ w - y) ** 2).mean()
            loss.backward()
            with gw.no_grad():
                w.sub_(0.1 * w.grad)
            return loss

        return step, [w]

    same(make)


@pytest.mark.parametrize(
    "forget",
    [
        lambda grad: grad.zero_(),
        lambda grad: grad.fill_(0.25),
        lambda grad: grad.copy_(grad.flip(0) / 2),
        lambda grad: grad.copy_(grad.cumsum(0).sin()),
        lambda grad: grad.copy_(grad.sort(0).values),
        lambda grad: grad.copy_(grad.clone().flip(0)),
    ],
)
def test_gradients_that_are_changed_after_the_update(forget):
    def make():
        w, (x, y) = gw.tensor([[0.5], [-0.5]], requires_grad=True), data()

        def step():
            loss = ((x @ w - y) ** 2).mean()
            loss.backward()
            with gw.no_grad():
                w.sub_(0.1 * w.grad)
                forget(w.grad)
            return loss

        return step, [w]

    same(make)


@pytest.mark.parametrize("update", ["value", "data", "augmented", "replaced"])
def test_other_ways_to_update(update):
    def make():
        w, (x, y) = gw.tensor([[0.5], [-0.5]], requires_grad=True), data()

        def step():
            nonlocal w
            w.grad = None
            loss = ((x @ w - y) ** 2).mean()
            loss.backward()
            if update == "value":
                w.value -= 0.1 * w.grad.value
            elif update == "data":
                w.data.sub_(0.1 * w.grad)
            elif update == "replaced":
                w.data = w.data - 0.1 * w.grad
            else:
                with gw.no_grad():
                    w -= 0.1 * w.grad
            return loss

        return step, [w]

    same(make)


def test_several_updates_in_one_call():
    def make():
        net, (x, y) = model(), data()
        optimizer = gw.optim.SGD(net.parameters(), lr=0.1)

        def step():
            losses = []
            for _ in range(3):
                optimizer.zero_grad()
                loss = ((net(x) - y) ** 2).mean()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            return losses[-1]

        return step, list(net.parameters())

    same(make)


def test_a_learning_rate_that_changes_every_call():
    def make():
        net, (x, y) = model(), data()
        optimizer = gw.optim.SGD(net.parameters(), lr=0.1)
        schedule = gw.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)

        def step():
            optimizer.zero_grad()
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            schedule.step()
            return loss

        return step, list(net.parameters())

    step = same(make, calls=12)
    before = steps_of(step)
    for _ in range(50):
        step()
    assert steps_of(step) == before


def test_gradients_accumulate_where_they_were():
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(x):
        (w * x).sum().backward()

    step(gw.tensor([1.0, 1.0]))
    kept = w.grad
    for _ in range(4):
        step(gw.tensor([1.0, 10.0]))
    assert w.grad is kept
    assert kept.tolist() == [5.0, 41.0]


def test_results_of_one_call_are_not_changed_by_the_next():
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(x):
        w.grad = None
        out = w * x
        out.sum().backward()
        with gw.no_grad():
            return w * x, w.T, x + 0

    found, gradients = [], []
    for i in range(5):
        found.append(step(gw.tensor([1.0 + i, 10.0])))
        gradients.append(w.grad)
    assert [first.tolist() for first, _, _ in found] == [[1.0 + i, 20.0] for i in range(5)]
    assert [last.tolist() for *_, last in found] == [[1.0 + i, 10.0] for i in range(5)]
    assert [g.tolist() for g in gradients] == [[1.0 + i, 10.0] for i in range(5)]
    arrays = [x.value for result in found for x in (result[0], result[2])] + [g.value for g in gradients]
    assert len({id(array) for array in arrays}) == len(arrays)
    assert not any(np.may_share_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])


def test_equal_gradients_are_two_arrays():
    a, b = (gw.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))

    @gw.compile
    def step():
        a.grad = b.grad = None
        ((a + b) * 2).sum().backward()

    for _ in range(4):
        step()
    assert not np.may_share_memory(a.grad.value, b.grad.value)
    a.grad.value += 1
    assert b.grad.tolist() == [2.0, 2.0]


def test_control_flow_may_change_between_calls():
    def make():
        w, count = gw.tensor(1.0, requires_grad=True), iter(range(100))

        def step():
            w.grad = None
            i = next(count)
            x = w * 2.0
            for _ in range(i % 3):
                x = gw.sin(x)
            if x.item() > 0.5:
                x = x * w
            x.backward()
            return x.item() + w.grad.item()

        return step, [w]

    same(make, calls=12)


def test_a_view_of_what_was_computed():
    """Whether it is one is known from the way the numbers lie: nothing has to be computed for that."""
    step = same(lambda: ((lambda: viewed(gw.ones(2, 3, 4, requires_grad=True))), []))
    assert steps_of(step) == steps_of(same(lambda: ((lambda: reshaped(gw.ones(2, 3, 4, requires_grad=True))), [])))
    turned = gw.compile(lambda x: (x * 2).transpose(0, 1).view(6))
    with gw.no_grad():
        for _ in range(3):
            with pytest.raises(ShapeError, match="lie in another order in memory; use reshape"):
                turned(gw.ones(2, 3))


def viewed(x):
    y = (x * 2).view(6, 4)
    loss = (y.view(2, -1) + y.view_as(gw.ones(2, 12))).sum()
    loss.backward()
    return x.grad


def reshaped(x):
    y = (x * 2).reshape(6, 4)
    loss = (y.reshape(2, -1) + y.reshape_as(gw.ones(2, 12))).sum()
    loss.backward()
    return x.grad


def test_a_value_read_in_the_middle_splits_the_program():
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(x):
        w.grad = None
        y = gw.exp(w * x)
        seen = y.tolist()
        y.sum().backward()
        return seen

    for scale in (1.0, 2.0, 3.0, 4.0):
        seen = step(gw.tensor([scale, 0.0]))
        np.testing.assert_allclose(seen, np.exp([scale, 0]))
        np.testing.assert_allclose(w.grad.value, [scale * np.exp(scale), 0])


def test_the_same_tensor_twice_is_not_two_tensors():
    @gw.compile
    def product(a, b):
        with gw.no_grad():
            return a * b

    x, y = gw.tensor(3.0), gw.tensor(5.0)
    assert [product(a, b).item() for a, b in ((x, x), (x, x), (x, y), (y, x), (y, y), (x, x))] == [9, 9, 15, 15, 25, 9]


def test_shapes_and_types_may_change_between_calls():
    @gw.compile
    @gw.no_grad()
    def scaled(x):
        return (x * 2).sum(0)

    for _ in range(3):
        for x in (np.ones((2, 3)), np.ones(3), np.ones((2, 3), np.float32), np.ones((2, 3), int), np.ones(())[None]):
            found = scaled(gw.tensor(x))
            assert found.dtype == x.dtype
            np.testing.assert_array_equal(found.value, x.sum(0) * 2)


def test_numbers_of_different_types_and_signs_are_different():
    @gw.compile
    @gw.no_grad()
    def power(x, exponent):
        return x**exponent, 1 / (x * exponent)

    for _ in range(3):
        assert power(gw.tensor(2), 2)[0].dtype == gw.int64
        assert power(gw.tensor(2), 2.0)[0].dtype == gw.float64
        assert power(gw.tensor(2.0), 0.0)[1].item() == np.inf
        assert power(gw.tensor(2.0), -0.0)[1].item() == -np.inf


def test_a_number_that_changes_every_call_becomes_an_input():
    @gw.compile
    @gw.no_grad()
    def scaled(x, factor):
        return x * factor + 1

    for dtype in (gw.float32, gw.float64):
        for i in range(40):
            found = scaled(gw.tensor([1.0, 2.0], dtype=dtype), 0.1 * i)
            expected = np.array([1, 2], dtype) * (0.1 * i) + 1
            assert found.dtype == dtype
            np.testing.assert_allclose(found.value, expected, rtol=1e-6)
    assert not scaled.reason
    assert steps_of(scaled) < 40


def test_a_way_that_is_new_in_every_call_is_given_up_with_a_sentence():
    @gw.compile
    @gw.no_grad()
    def powered(x, exponent):
        return x**exponent

    with pytest.warns(UserWarning, match="powered runs without being compiled: .* nearly every call"):
        for i in range(60):
            assert powered(gw.tensor(2.0), float(i)).item() == 2.0**i
    assert steps_of(powered) < 80


def test_the_number_of_courses_is_bounded():
    draws = np.random.default_rng(0)

    @gw.compile
    @gw.no_grad()
    def wandered(x):
        for _ in range(12):
            x = gw.sin(x) if draws.random() < 0.5 else gw.cos(x)
        return x

    with pytest.warns(UserWarning, match="too many different ways"):
        for _ in range(300):
            wandered(gw.tensor(1.0))
    assert steps_of(wandered) < 257 * 13


def test_dropout_draws_a_fresh_mask_in_every_call():
    @gw.compile
    @gw.no_grad()
    def dropped(x):
        return gw.nn.functional.dropout(x, 0.5)

    masks = [tuple(dropped(gw.ones(64)).tolist()) for _ in range(6)]
    assert len(set(masks)) == 6
    assert all(set(mask) == {0.0, 2.0} for mask in masks)
    assert not dropped.reason


def test_batch_norm_follows_its_batches():
    def make():
        gw.manual_seed(0)
        net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
        optimizer = gw.optim.SGD(net.parameters(), lr=0.1)
        random = np.random.default_rng(0)

        def step():
            optimizer.zero_grad()
            loss = (net(gw.tensor(random.standard_normal((8, 2)))) ** 2).mean()
            loss.backward()
            optimizer.step()
            return loss

        return step, [*net.parameters(), *net.buffers()]

    same(make)


def test_gradients_that_are_clipped():
    def make():
        net, (x, y) = model(), data()
        optimizer = gw.optim.SGD(net.parameters(), lr=0.5)

        def step():
            optimizer.zero_grad()
            loss = ((net(x) - 10 * y) ** 2).mean()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            optimizer.step()
            return loss

        return step, list(net.parameters())

    same(make)


def test_a_convnet():
    def make():
        gw.manual_seed(0)
        net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 4))
        optimizer = gw.optim.Adam(net.parameters())
        random = np.random.default_rng(0)

        def step():
            optimizer.zero_grad()
            x, y = gw.tensor(random.standard_normal((5, 1, 8, 8))), gw.tensor(random.integers(0, 4, 5))
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            optimizer.step()
            return loss

        return step, list(net.parameters())

    same(make, rtol=1e-10)


def test_float32_and_float64_together():
    def make():
        w = gw.tensor([1.0, 2.0], dtype=gw.float32, requires_grad=True)
        x, scale = gw.tensor([0.3, 0.4]), gw.tensor(0.7, requires_grad=True)

        def step():
            w.grad = scale.grad = None
            loss = (w * x * scale).sum() + (w * 0.1).sum()
            loss.backward()
            return loss.item() + w.grad.value.sum() + scale.grad.value

        return step, [w, scale]

    same(make, rtol=1e-6)


def test_an_argument_that_was_computed_gets_its_gradient_handed_on():
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def loss(x):
        (x * x).sum().backward()

    for _ in range(4):
        w.grad = None
        loss(w * 3)
        assert w.grad.tolist() == [18.0, 36.0]


def test_nested_compiled_functions():
    w = gw.tensor(2.0, requires_grad=True)
    inner = gw.compile(lambda x: x * w)

    @gw.compile
    def outer(x):
        w.grad = None
        y = inner(x) ** 2
        y.backward()
        return y

    for i in range(5):
        assert outer(gw.tensor(float(i))).item() == 4.0 * i * i
        assert w.grad.item() == 4.0 * i * i
    assert not inner.reason


# --- what can't be followed ------------------------------------------------------------------------------------------


def hooked(w, x):
    y = w * x
    y.register_hook(lambda g: g * 10)
    y.sum().backward()


def hooked_leaf(w, x):
    handle = w.register_hook(lambda g: g * 10)
    (w * x).sum().backward()
    handle.remove()


def retained(w, x):
    y = (w * x).sum() ** 2
    y.backward(retain_graph=True)
    y.backward()


def twice(w, x):
    y = ((w * x) ** 2).sum()
    (g,) = gw.transforms.gradients(y, [w], create_graph=True)
    (g * g).sum().backward()


def with_upstream(w, x):
    (w * x).backward(gw.tensor([1.0, 3.0]))


def in_place(w, x):
    y = w * x
    y.mul_(2)
    y.sum().backward()


def in_place_part(w, x):
    y = w * x
    y[0] = 0
    y.sum().backward()


def in_place_number(w, x):
    with gw.no_grad():
        z = x.sum()
        z.view(-1)[0] = x[0]
    (w * z).sum().backward()


def selected(w, x):
    (w * x)[x > 1.5].sum().backward()


def different(w, x):
    (w * gw.unique(x.round()).sum()).sum().backward()


def as_many_as_there_are(w, x):
    (w[:, None] * F.one_hot(x.long())).sum().backward()


def frozen(w, x):
    (w * x).sum().backward()
    w.requires_grad = False
    (w * x).sum()
    w.requires_grad = True
    (w * x).sum().backward()


def middle_grad(w, x):
    y = w * x
    y.retain_grad()
    y.sum().backward()
    w.grad += y.grad


@pytest.mark.filterwarnings("ignore:.*runs without being compiled")
@pytest.mark.parametrize(
    "step",
    [
        hooked,
        hooked_leaf,
        retained,
        twice,
        with_upstream,
        in_place,
        in_place_part,
        selected,
        different,
        as_many_as_there_are,
        frozen,
        middle_grad,
    ],
)
def test_the_rest_runs_as_it_is(step):
    compiled = gw.compile(step)
    for start in ([1.0, 2.0], [3.0, 1.0], [2.0, 5.0], [0.5, 2.0]):
        w, other = (gw.tensor([1.5, -2.0], requires_grad=True) for _ in range(2))
        x = gw.tensor(start)
        compiled(w, x)
        step(other, x)
        np.testing.assert_allclose(w.grad.value, other.grad.value, rtol=1e-12)
        assert type(w) is type(x) is type(w.grad) is Tensor


def test_a_result_that_wants_a_gradient_later_gets_it_and_a_warning_says_so_once():
    w = gw.tensor(3.0, requires_grad=True)

    @gw.compile
    def loss(x):
        return (w * x) ** 2

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in range(4):
            w.grad = None
            loss(gw.tensor(2.0)).backward()
            assert w.grad.item() == 24.0
    assert ["call backward() inside" in str(warning.message) for warning in said] == [True]


def test_a_tape_is_freed_as_it_is_eagerly():
    w = gw.tensor(3.0, requires_grad=True)

    @gw.compile
    def step():
        y = w * w
        y.backward()
        y.backward()

    for _ in range(4):
        with pytest.raises(RuntimeError, match="freed by an earlier backward pass"):
            step()
        assert type(w) is Tensor


def test_a_value_changed_before_its_backward_pass_is_refused():
    w = gw.tensor([3.0], requires_grad=True)

    @gw.compile
    def step():
        y = (w * w).sum()
        with gw.no_grad():
            w.sub_(1.0)
        y.backward()

    for _ in range(4):
        with pytest.raises(RuntimeError, match="in place"):
            step()


# --- when things go wrong --------------------------------------------------------------------------------------------


def test_an_error_shows_the_users_line_and_leaves_everything_usable():
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(x):
        w.grad = None
        y = w * x
        y.sum().backward()

    for size in (2, 2, 2, 3, 2, 3):
        x = gw.tensor(np.ones(size))
        if size == 3:
            with pytest.raises(ValueError, match="mul"):
                step(x)
            assert w.grad is None
        else:
            step(x)
            assert w.grad.tolist() == [1.0, 1.0]
        assert type(w) is type(x) is Tensor
    (w * 2).sum().backward()
    assert w.grad is not None


def test_an_index_out_of_bounds_in_a_later_call_is_explained():
    table = gw.tensor(np.eye(3), requires_grad=True)

    @gw.compile
    def step(rows):
        table.grad = None
        nn.functional.embedding(rows, table).sum().backward()

    for _ in range(3):
        step(gw.tensor([0, 1]))
    with pytest.raises(IndexError):
        step(gw.tensor([0, 7]))
    assert table.grad is None
    step(gw.tensor([2, 1]))
    assert table.grad.value[2].tolist() == [1.0, 1.0, 1.0]


def test_an_exception_of_the_users_own():
    w = gw.tensor(2.0, requires_grad=True)

    @gw.compile
    def step(x, fails):
        y = w * x
        if fails:
            raise KeyError(y)
        y.backward()

    step(gw.tensor(1.0), False)
    step(gw.tensor(1.0), False)
    with pytest.raises(KeyError) as caught:
        step(gw.tensor(5.0), True)
    assert type(caught.value.args[0]) is Tensor
    assert caught.value.args[0].item() == 10.0
    step(gw.tensor(1.0), False)
    assert w.grad.item() == 3.0


def test_threads_share_a_model():
    net = model()
    x, y = data()

    def loss():
        with gw.no_grad():
            return ((net(x) - y) ** 2).mean().item()

    expected, wrong = loss(), []
    compiled = gw.compile(loss)

    def work(function):
        wrong.extend(found for _ in range(300) if abs((found := function()) - expected) > 1e-12)

    grads = [gw.tensor(np.ones(2), requires_grad=True) for _ in range(3)]

    @gw.compile
    def step(w):
        w.grad = None
        ((w * 2) ** 2).sum().backward()
        return loss()

    threads = [
        threading.Thread(target=work, args=(f,))
        for f in (compiled, compiled, loss, *(lambda w=w: step(w) for w in grads))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert all(w.grad.tolist() == [8.0, 8.0] for w in grads)
    assert all(type(p) is Tensor for p in net.parameters())


def test_nothing_is_kept_that_the_user_let_go():
    @gw.compile
    def step(w, x):
        y = w * x
        y.sum().backward()
        return y.detach()

    w = gw.tensor(np.ones(3), requires_grad=True)
    for _ in range(4):
        found = step(w, gw.tensor(np.ones(3)))
    references = [weakref.ref(w), weakref.ref(w.grad), weakref.ref(found)]
    del w, found
    gc.collect()
    assert [reference() for reference in references] == [None] * 3


def test_a_class_that_is_none_is_refused_in_eagers_words():
    logits, targets = gw.tensor(np.ones((4, 3)), requires_grad=True), np.array([0, 2, 1, -100])

    def step(targets):
        logits.grad = None
        loss = gw.cross_entropy(logits, targets)
        loss.backward()
        return loss

    compiled = gw.compile(step)
    for wrong in (0, 1, 2, 3, 10**9, -1, 2):
        targets = np.array([0, wrong, 1, -100])
        if wrong in range(3):
            assert compiled(gw.tensor(targets)).item() == pytest.approx(np.log(3), rel=1e-12)
            continue
        with pytest.raises(IndexError) as theirs:
            step(gw.tensor(targets))
        with pytest.raises(IndexError) as ours:
            compiled(gw.tensor(targets))
        assert str(theirs.value).endswith(f"index {wrong} is out of range: there are 3 entries, numbered from 0")
        assert str(ours.value) in str(theirs.value)
    assert not compiled.reason


def learner():
    """A class whose step is compiled, as a method."""

    class Learner:
        def __init__(self, start):
            self.w = gw.tensor(start, requires_grad=True)

        @gw.compile(tier="numpy")
        def step(self, x, rate=0.1):
            """One step down."""
            self.w.grad = None
            loss = (self.w * x) ** 2
            loss.backward()
            with gw.no_grad():
                self.w -= rate * self.w.grad
            return loss

    return Learner


def test_a_method_is_compiled_for_each_object_by_itself():
    Learner = learner()
    learners, expected = [Learner(2.0), Learner(-1.0)], [2.0, -1.0]
    for x in (1.0, 0.5, 0.25, 1.0, 0.5, 2.0):
        for i, one in enumerate(learners):
            assert one.step(gw.tensor(x), rate=0.2).item() == pytest.approx((expected[i] * x) ** 2, rel=1e-12)
            expected[i] -= 0.2 * 2 * expected[i] * x * x
            assert one.w.item() == pytest.approx(expected[i], rel=1e-12)
    assert not learners[0].step.reason
    assert Learner.step.__doc__ == "One step down."
    assert len(Learner.step.methods) == 2
    learners.pop()
    del one
    gc.collect()
    assert len(Learner.step.methods) == 1


def test_objects_that_cannot_be_told_apart_share_their_programs():
    @dataclasses.dataclass
    class Scale:
        w: gw.Tensor

        @gw.compile
        def of(self, x):
            with gw.no_grad():
                return self.w * x

    pair = [Scale(gw.tensor(2.0)), Scale(gw.tensor(3.0))]
    for _ in range(4):
        assert [one.of(gw.tensor(5.0)).item() for one in pair] == [10.0, 15.0]


LOOKS = {
    "detach": lambda loss, w: loss.detach(),
    "data": lambda loss, w: loss.data,
    "numpy": lambda loss, w: loss.detach().numpy(),
    "a copy": lambda loss, w: loss.detach().clone().add_(1.0),
    "a gradient": lambda loss, w: w.grad.detach(),
    "a number": lambda loss, w: float(loss),
}


def test_printing_in_the_middle_leaves_a_function_compiled():
    w, told = gw.tensor([1.0, 2.0], requires_grad=True), []

    def step(x):
        w.grad = None
        h = w * x
        loss = (h * h).sum()
        told.append((str(h), f"{loss} {loss.is_leaf} {loss.detach()}"))
        loss.backward()
        return w.grad

    compiled = gw.compile(step)
    for wrapped in (compiled, step):
        for x in (1.0, 3.0, 2.0, 5.0):
            told.append(wrapped(gw.tensor([x, 1.0])).tolist())
    assert told[:8] == told[8:]
    assert not compiled.reason


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_looking_at_results_leaves_a_function_compiled(look):
    w = gw.tensor(2.0, requires_grad=True)

    def step(x):
        w.grad = None
        loss = (w * x) ** 2
        loss.backward()
        return look(loss, w)

    compiled, xs = gw.compile(step), [gw.tensor(x) for x in (3.0, 1.0, -2.0, 0.5, 4.0)]
    expected = [float(step(x)) for x in xs]
    found = [compiled(x) for x in xs]
    assert [float(one) for one in found] == expected
    assert not compiled.reason
