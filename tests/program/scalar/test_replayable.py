"""Replayed scalar graphs: eager tensors' numbers, from other leaf values than those that were taped, in both tiers."""

import numpy as np
import pytest
from benchmarks.peers.scalars import demo_loss, numbers
from benchmarks.peers.workloads import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

import gradwalk as gw
from gradwalk.ops import OPS
from gradwalk.program import ScalarError
from gradwalk.program.native.loading import loading_for
from gradwalk.program.scalar.kinds import Kind
from gradwalk.program.scalar.program import NativeProgram, Program

SCALAR = {
    name: op
    for name, op in OPS.items()
    if op.elementwise and op.rules and not op.variadic and op.inputs[0] != "condition"
}
BEYOND_ONE = {"acosh": 1.0}  # what is added to its inputs, which otherwise lie between 0 and 1
PARAMS = {"pow_constant": {"exponent": 2.5}}


def leaves(values):
    return [gw.tensor(float(value), requires_grad=True) for value in values]


def eager(function, values):
    """What eager tensors find: the number and its gradients."""
    inputs = leaves(values)
    found = function(*inputs)
    found.backward()
    return found.item(), [0.0 if x.grad is None else x.grad.item() for x in inputs]


def replayed(function, taped, values, tier):
    """What a tape made with some numbers finds for others, in its second run."""
    inputs = leaves(taped)
    replay = gw.replayable(function(*inputs), tier)
    replay.run()
    for x, value in zip(inputs, values, strict=True):
        x.data = float(value)
    return replay.run(), [0.0 if x.grad is None else x.grad.item() for x in inputs]


def compare(function, taped, values, tier):
    (loss, gradients), (right, wanted) = replayed(function, taped, values, tier), eager(function, values)
    np.testing.assert_allclose(loss, right, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(gradients, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", SCALAR)
def test_every_scalar_op_of_the_table(name, tier):
    op, shift = SCALAR[name], BEYOND_ONE.get(name, 0.0)
    random = np.random.default_rng(0)
    taped, values = shift + random.uniform(0.1, 0.9, (2, len(op.inputs)))
    compare(lambda *xs: op(*xs, **{**op.params, **PARAMS.get(name, {})}) * 1.0 + xs[0], taped, values, tier)


def test_infinities_and_nans_are_those_of_eager_tensors(tier):
    compare(lambda a, b: gw.relu(a * b) + gw.exp(a) + gw.log(b), [1.0, 1.0], [800.0, 0.0], tier)
    compare(lambda a, b: gw.maximum(a, b) * (a / b), [1.0, 2.0], [np.nan, 1.0], tier)


UNARY = [
    gw.sin,
    gw.tanh,
    gw.sigmoid,
    gw.relu,
    gw.erf,
    lambda x: -x,
    lambda x: x**2,
    lambda x: x * 0.5 - 1,
    lambda x: 1 / (1 + x * x),
]
BINARY = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, gw.maximum, lambda a, b: a / (2 + b.sin())]
number = st.floats(-2, 2).map(lambda value: round(value, 3))


@st.composite
def programs(draw):
    """Instructions, each of which reads earlier values by position."""
    length = draw(st.integers(1, 30))
    return [
        (draw(st.integers(0, len(UNARY) + len(BINARY) - 1)), *draw(st.tuples(*[st.integers(0, 2 + i)] * 2)))
        for i in range(length)
    ]


def interpreted(program):
    def function(*inputs):
        values = list(inputs)
        for code, a, b in program:
            made = UNARY[code](values[a]) if code < len(UNARY) else BINARY[code - len(UNARY)](values[a], values[b])
            values.append(made)
        return sum(values[1:], values[0])

    return function


@given(programs(), st.tuples(number, number, number), st.tuples(number, number, number))
@settings(max_examples=60, deadline=None)
def test_random_programs(program, taped, values):
    for tier in ("numpy", "numba"):
        compare(interpreted(program), taped, values, tier)


def test_micrograds_demo_trained_in_place(tier):
    net = SMALL["a"]
    x, y, arrays = net.arrays()

    def made():
        parameters = numbers(lambda entry: gw.tensor(entry, requires_grad=True), arrays)
        flat = [p for row in parameters for p in row]
        forward = demo_loss(net, parameters)
        given = [[gw.tensor(entry) for entry in row] for row in x.tolist()], y[:, 0].tolist()
        return flat, lambda: forward(*given), gw.optim.SGD(flat, lr=0.05)

    flat, forward, optimizer = made()
    replay = gw.replayable(forward(), tier)
    others, again, other_optimizer = made()
    for _ in range(5):
        loss = again()
        other_optimizer.zero_grad()
        loss.backward()
        assert replay.run() == pytest.approx(loss.item(), rel=1e-12)
        np.testing.assert_allclose(
            [p.grad.item() for p in flat], [p.grad.item() for p in others], rtol=1e-12, atol=1e-15
        )
        optimizer.step()
        other_optimizer.step()
        optimizer.zero_grad()


def test_micrograds_own_numbers(tier):
    engine = pytest.importorskip("micrograd.engine")
    net = SMALL["a"]
    x, y, arrays = net.arrays()
    ours = numbers(lambda entry: gw.tensor(entry, requires_grad=True), arrays)
    theirs = numbers(engine.Value, arrays)
    replay = gw.replayable(demo_loss(net, ours)(x.tolist(), y[:, 0].tolist()), tier)
    loss = demo_loss(net, theirs)(x.tolist(), y[:, 0].tolist())
    loss.backward()
    assert replay.run() == pytest.approx(loss.data, rel=1e-12)
    found = [p.grad.item() for row in ours for p in row]
    np.testing.assert_allclose(found, [p.grad for row in theirs for p in row], rtol=1e-12, atol=1e-15)


def test_a_long_chain(tier):
    def chain(w):
        x = w
        for _ in range(3000):
            x = gw.sin(x * 1.01)
        return x

    compare(chain, [0.3], [0.7], tier)


def test_a_number_read_by_thousands(tier):
    compare(lambda w, b: sum((w * i + b).tanh() for i in range(1500)), [0.3, 1.0], [0.01, -5.0], tier)


def test_a_run_replaces_gradients(tier):
    w = gw.tensor(2.0, requires_grad=True)
    replay = gw.replayable(w * w, tier)
    w.grad = gw.tensor(100.0)
    assert (replay.run(), w.grad.item()) == (4.0, 4.0)
    assert (replay.run(), w.grad.item()) == (4.0, 4.0)


def test_constants_keep_their_sign_of_zero(tier):
    w = gw.tensor(1.0, requires_grad=True)
    assert gw.replayable(w / 0.0 + w / gw.tensor(2.0), tier).run() == np.inf
    assert gw.replayable(gw.minimum(w / -0.0, w / 0.0), tier).run() == -np.inf


def test_what_cant_be_replayed_says_why():
    w, v = gw.tensor(2.0, requires_grad=True), gw.tensor([1.0, 2.0], requires_grad=True)
    used = w * w
    used.backward()
    single = gw.tensor(1.0, dtype=gw.float32, requires_grad=True)
    changed = w * 1
    early = changed * 3
    changed += 1
    hooked = w * 5
    hooked.register_hook(lambda gradient: None)
    for output, why in [
        (used, "freed"),
        (w, "only what was computed"),
        ((w * v).sum(), "shape"),
        (single * 2, "float32"),
        (gw.where(w > 1, w, 0.0), "bool"),
        (w.reshape(1), "reshape"),
        (early * changed, "in place"),
        (hooked * 2, "hook"),
    ]:
        with pytest.raises(ScalarError, match=why):
            gw.replayable(output)


def test_programs_switch_to_the_kernel_when_it_is_there():
    w = gw.tensor(2.0, requires_grad=True)
    replay = gw.replayable(w * w, "numpy")
    assert (replay.run(), type(replay.program)) == (4.0, Program)
    kept = w.grad
    replay.loading = loading_for("numba")
    assert (replay.run(), type(replay.program)) == (4.0, NativeProgram)
    assert w.grad is kept


@pytest.mark.parametrize(
    "name", ["add", "sub", "mul", "div", "pow_constant", "relu", "tanh", "sigmoid", "exp", "log", "maximum"]
)
def test_everyday_ops_have_instructions(name):
    op = OPS[name]
    assert Kind((op, PARAMS.get(name, {})), [True] * len(op.inputs)).instructions is not None
