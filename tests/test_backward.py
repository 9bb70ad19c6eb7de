"""The backward sweep: order, shared inputs, broadcasting, types, sizes; and ops that users declare."""

import time

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk.backward import sweep
from gradwalk.errors import BackwardError
from gradwalk.formula import NUMPY_HEADS
from gradwalk.operators import functions
from gradwalk.ops import OPERATORS, OPS

MANY = 100_000


@pytest.fixture
def op_table():
    """Leave the op table as it was found: a test may declare ops of its own."""
    tables = [(table, dict(table)) for table in (OPS, OPERATORS, NUMPY_HEADS)]
    yield OPS
    gw.__dict__.pop("wrong", None)  # public functions are made when first used
    functions.made.pop("wrong", None)
    for table, before in tables:
        table.clear()
        table.update(before)


def gradients(program, *data, dtype="float64"):
    """The gradients that PyTorch and gradwalk find for one program."""
    found = []
    for t in (torch, gw):
        leaves = [t.tensor(x, dtype=getattr(t, dtype), requires_grad=True) for x in data]
        program(t, *leaves).backward()
        found.append([np.asarray(leaf.grad.detach()) for leaf in leaves])
    return found


def diamond(t, x):
    y = x * 2
    return (y.exp() * y.sin() + y).sum()


def ladder_of_diamonds(t, x):
    for _ in range(5):
        x = x.tanh() + x * x
    return x.sum()


def late_consumer(t, x):
    early, late = x * 3, x + 1
    for _ in range(4):
        late = late * early
    return (late * x).sum()


def twice_the_same_input(t, x):
    return (x * x + x / x - (x - x)).sum()


@pytest.mark.parametrize("program", [diamond, ladder_of_diamonds, late_consumer, twice_the_same_input])
def test_shared_values_collect_every_contribution(program):
    theirs, ours = gradients(program, [0.5, -0.2, 1.5])
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_node_is_visited_after_all_its_consumers():
    x = gw.tensor(0.5, requires_grad=True)
    output = late_consumer(gw, x)
    done, complete = set(), {}
    for edge in sweep(output, np.float64(1.0)):
        assert id(edge.input) not in done
        done.add(id(edge.node))
        complete[id(edge.input)] = edge.total
        if edge.node is not output:
            assert complete[id(edge.node)] is edge.upstream


@pytest.mark.parametrize(
    ("left", "right"),
    [((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 3), ()), ((1, 3), (2, 1)), ((4, 1, 3), (2, 1)), ((1,), ()), ((0, 3), (3,))],
)
def test_broadcasting_is_folded_back(left, right):
    random = np.random.default_rng(0)
    data = random.uniform(0.5, 2, left), random.uniform(0.5, 2, right)
    theirs, ours = gradients(lambda t, a, b: (a * b + a / b - b).sum(), *data)
    for our, their, given in zip(ours, theirs, data, strict=True):
        assert our.shape == given.shape
        np.testing.assert_allclose(our, their, rtol=1e-12)


@pytest.mark.parametrize(
    "program", [diamond, lambda t, x: (2.5 * x / 3 + x**2 - 1).mean(), lambda t, x: (x * np.pi).sigmoid().sum()]
)
def test_float32_stays_float32(program):
    theirs, ours = gradients(program, [0.5, -0.2], dtype="float32")
    assert ours[0].dtype == theirs[0].dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_a_gradient_has_the_type_of_what_it_is_for():
    narrow = gw.tensor([1.0, 2.0], dtype=gw.float32, requires_grad=True)
    wide = gw.tensor([3.0, 4.0], requires_grad=True)
    (narrow * wide).sum().backward()
    assert (narrow.grad.dtype, wide.grad.dtype) == ("float32", "float64")


# --- size ---


def test_a_chain_of_100000_ops_runs_and_is_freed():
    started = time.process_time()
    x = gw.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(MANY // 2):
        y = -(y + 0.0)
    y.backward()
    assert x.grad.item() == 1.0
    del y  # frees 100,000 tensors, each of which holds the one before
    assert time.process_time() - started < 5


def test_a_chain_can_be_freed_without_a_backward_pass():
    y = gw.tensor(1.0, requires_grad=True)
    for _ in range(MANY):
        y = y * 1.0
    del y


def test_a_fan_out_of_100000_consumers():
    started = time.process_time()
    x = gw.tensor(1.0, requires_grad=True)
    total = gw.tensor(0.0)
    for _ in range(MANY // 2):
        total = total + x * 2.0
    total.backward()
    assert x.grad.item() == MANY
    assert time.process_time() - started < 5


# --- ops of one's own ---


def declare_cube():
    @gw.op("{x}³", "{x}^3", vjp={"x": lambda g, out, x: g * 3 * x**2})
    def cube(x):
        """Three times itself."""
        return x**3

    return cube


def declare_swish():
    @gw.op(
        "swish({x}, {beta})",
        r"\mathrm{swish}({x}, {beta})",
        local={"x": lambda out, x, *, beta: beta * out + (1 - beta * out) / (1 + np.exp(-beta * x))},
    )
    def my_swish(x, *, beta=1.0):
        """x times its own gate."""
        return x / (1 + np.exp(-beta * x))

    return my_swish


@pytest.mark.parametrize(
    ("declare", "reference"), [(declare_cube, lambda x: x**3), (declare_swish, lambda x: x * torch.sigmoid(x))]
)
def test_an_op_of_ones_own_has_gradients_of_every_order(op_table, declare, reference):
    own = declare()
    assert gw.gradcheck(own, gw.tensor([0.5, -1.5], requires_grad=True), order=2)
    theirs, ours = gradients(lambda t, x: ((own if t is gw else reference)(x) ** 2).sum(), [0.5, -1.5])
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    x = gw.tensor(2.0, requires_grad=True)
    own(x).backward(create_graph=True)
    first, x.grad = x.grad, None
    first.backward()
    y = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    expected = torch.autograd.functional.hessian(reference, y)
    np.testing.assert_allclose(x.grad.item(), expected.item(), rtol=1e-12)


def test_an_op_of_ones_own_appears_in_walks(op_table):
    cube = declare_cube()
    w = gw.tensor(2.0, requires_grad=True)
    h = w + 1
    loss = cube(h)
    walk = gw.walk(loss)
    assert [node.op for node in walk.nodes if node.op] == ["add", "cube"]
    assert [node.name for node in walk.nodes if node.op] == ["h", "loss"]
    assert walk.gradient("w") == 27.0
    assert "h³" in walk.render("text")
    assert walk.replay(w=1.0).gradient("w") == 12.0
    assert walk.check().ok


def test_an_op_of_ones_own_computes_on_arrays(op_table):
    assert declare_cube()(np.array([1.0, 2.0])).tolist() == [1.0, 8.0]


def test_an_op_can_be_declared_again_in_a_notebook_cell_only_under_a_new_name(op_table):
    declare_cube()
    with pytest.raises(ValueError, match="an op named cube is declared already"):
        declare_cube()


def test_a_rule_for_something_that_is_no_input(op_table):
    with pytest.raises(ValueError, match=r"wrong: a rule for y, which is no input"):

        @gw.op("{x}", "{x}", vjp={"y": lambda g, out, x: g})
        def wrong(x):
            return x


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda g, out, x: 2.0, r"rule of wrong for its input 'x' returned 2\.0, and must return an array"),
        (lambda g, out, x: None, "returned None"),
        (lambda g, out, x: np.ones(3), r"returned shape \(3,\), and must return the input's shape \(2,\)"),
        (lambda g, out, x: g.sum(), r"returned shape \(\)"),
    ],
)
def test_a_rule_that_returns_no_gradient(op_table, rule, message):
    wrong = gw.op("{x}", "{x}", name="wrong", vjp={"x": rule})(lambda x: x * 2)
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(BackwardError, match=message):
        wrong(x).sum().backward()
    assert x.grad is None


def test_a_forward_that_returns_no_array(op_table):
    wrong = gw.op("{x}", "{x}", name="wrong")(lambda x: [1, 2])
    with pytest.raises(TypeError, match=r"forward of wrong returned \[1, 2\], and must return an array"):
        wrong(gw.tensor([1.0, 2.0]))


def test_a_forward_that_returns_no_array_called_by_its_public_name(op_table):
    gw.op("{x}", "{x}", name="wrong")(lambda x: [1, 2])
    with pytest.raises(TypeError, match="forward of wrong"):
        gw.wrong(gw.tensor([1.0, 2.0]))


def test_a_notation_that_names_no_input_is_refused(op_table):
    with pytest.raises(ValueError, match="y"):
        gw.op("{y}", "{y}", name="wrong")(lambda x: x)


def test_a_rule_with_the_wrong_arguments_is_refused(op_table):
    with pytest.raises((TypeError, ValueError), match="wrong"):
        gw.op("{x}", "{x}", name="wrong", vjp={"x": lambda g, x: g})(lambda x: x)
