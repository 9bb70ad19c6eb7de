"""gradcheck finds what is wrong, and only that."""

import inspect

import pytest

import gradwalk as gw
from gradwalk.differences import GradcheckError
from gradwalk.formula import NUMPY_HEADS
from gradwalk.ops import OPERATORS, OPS
from tests.test_transforms import X, Y, several, single, two


@pytest.fixture
def op_table():
    """Leave the op table as it was found: a test may declare ops of its own."""
    tables = [(table, dict(table)) for table in (OPS, OPERATORS, NUMPY_HEADS)]
    yield
    for table, before in tables:
        table.clear()
        table.update(before)


def test_the_documented_steps_are_the_defaults():
    defaults = {name: p.default for name, p in inspect.signature(gw.gradcheck).parameters.items()}
    assert (defaults["eps"], defaults["rtol"], defaults["order"], defaults["raise_exception"]) == (1e-6, 1e-6, 1, True)


@pytest.mark.parametrize("order", [1, 2])
def test_right_gradients_pass(order):
    x, y = gw.tensor(X, requires_grad=True), gw.tensor(Y, requires_grad=True)
    assert gw.gradcheck(two, (x, y), order=order)
    assert gw.gradcheck(lambda x: (several(x), single(x)), x, order=order)


def declare_wrong(second_too=True):
    rule = (
        (lambda g, out, x: g * 2.001 * x)
        if second_too
        else (lambda g, out, x: g * 2 * x.detach() if isinstance(x, gw.Tensor) else g * 2 * x)
    )
    return gw.op("{x}²", "{x}^2", name="wrong_square", vjp={"x": rule})(lambda x: x * x)


def test_wrong_gradients_are_found(op_table):
    square = declare_wrong()
    x = gw.tensor(X, requires_grad=True)
    assert not gw.gradcheck(square, x, raise_exception=False)
    with pytest.raises(
        GradcheckError,
        match=r"input 0\[0\]: the gradient is 0\.6825\d*, and the central difference with eps = 1e-06 is 0\.6821",
    ):
        gw.gradcheck(square, x)


def test_wrong_second_derivatives_are_found_by_order_2_alone(op_table):
    square = declare_wrong(second_too=False)  # right, but a constant when it is differentiated again
    x = gw.tensor(X, requires_grad=True)
    assert gw.gradcheck(square, x)
    assert not gw.gradcheck(square, x, order=2, raise_exception=False)


def test_only_what_requires_grad_is_checked(op_table):
    square = declare_wrong()
    x, y = gw.tensor(X, requires_grad=True), gw.tensor(Y)
    assert gw.gradcheck(lambda x, y: x * square(y), (x, y))
    assert not gw.gradcheck(lambda x, y: x * square(y), (X, Y), raise_exception=False)  # numbers: all of them
    assert gw.gradcheck(lambda x, k: x[k], (x, gw.tensor([2, 0])))


def test_the_inputs_are_left_as_they_were():
    x = gw.tensor(X, requires_grad=True)
    gw.gradcheck(single, x)
    assert (x.tolist(), x.grad) == (X, None)
