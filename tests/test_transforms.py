"""Transforms of functions: the same numbers as torch.func and torch.autograd.functional."""

import numpy as np
import pytest
import torch

import gradwalk as gw

X, Y = [0.3, -1.2, 0.8], [1.5, 0.4, -0.6]
theirs = torch.autograd.functional


def double(data):
    return torch.tensor(data, dtype=torch.float64)


def close(ours, expected):
    np.testing.assert_allclose(ours.detach().numpy(), expected.detach().numpy(), rtol=1e-12, atol=1e-14)


def single(x):
    return (x.sin() * x.exp()).sum() + x[0] * x[1]


def several(x):
    return x.tanh() * x[1] + x * x


def two(x, y):
    return (x * y.sin() + y / (1 + x * x)).sum()


FUNCTIONS = {
    "single": single,
    "square": lambda x: (x * x).prod(),
    "linear": lambda x: (x * 3).sum(),
    "constant": lambda x: (x * 0).sum(),
}


# --- gradients ---


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_grad(f):
    close(gw.grad(f)(X), torch.func.grad(f)(double(X)))


@pytest.mark.parametrize("argnums", [0, 1, (0, 1), (1, 0)])
def test_grad_for_chosen_arguments(argnums):
    ours = gw.grad(two, argnums)(gw.tensor(X), gw.tensor(Y))
    expected = torch.func.grad(two, argnums)(double(X), double(Y))
    assert isinstance(ours, tuple) == isinstance(expected, tuple)
    for our, their in zip(
        ours if isinstance(ours, tuple) else [ours],
        expected if isinstance(expected, tuple) else [expected],
        strict=True,
    ):
        close(our, their)


def test_value_and_grad():
    value, slope = gw.value_and_grad(two, argnums=1)(gw.tensor(X), Y)
    expected, steepness = two(double(X), double(Y)), torch.func.grad(two, 1)(double(X), double(Y))
    close(value, expected)
    close(slope, steepness)


def test_numbers_are_enough():
    value, slope = gw.value_and_grad(lambda x: (2 * x + 1) ** 2)(1)
    assert (value.item(), slope.item()) == (9.0, 12.0)


def test_grad_leaves_no_traces():
    x = gw.tensor(X, requires_grad=True)
    weight = gw.tensor(2.0, requires_grad=True)
    gw.grad(lambda x: (x * weight).sum())(x)
    assert (x.grad, weight.grad) == (None, None)


def test_grad_under_no_grad():
    with gw.no_grad():
        close(gw.grad(single)(X), torch.func.grad(single)(double(X)))


def test_grad_of_what_does_not_depend_on_it():
    assert gw.grad(lambda x, y: (y * y).sum())(gw.tensor(X), gw.tensor(Y, requires_grad=True)).tolist() == [
        0.0,
        0.0,
        0.0,
    ]


def test_grad_of_grad_of_grad():
    def wave(x):
        return x.sin() * x**3

    ours, expected = wave, wave
    for _ in range(3):
        ours, expected = gw.grad(ours), torch.func.grad(expected)
        close(ours(0.7), expected(double(0.7)))


def test_grad_through_the_gradient_of_another_function():
    def outer(t, grad):
        return lambda x: (grad(lambda y: (y * y * x).sum())(x) * x).sum()

    close(gw.grad(outer(gw, gw.grad))(X), torch.func.grad(outer(torch, torch.func.grad))(double(X)))


def test_the_inner_function_may_read_the_outer_one_s_variable():
    def outer(grad):
        return lambda x: grad(lambda y: y * y * x)(x * 0 + 2.0) + grad(lambda y: y**3 * x)(x)

    close(gw.grad(outer(gw.grad))(3.0), torch.func.grad(outer(torch.func.grad))(double(3.0)))
    assert gw.grad(lambda x: gw.grad(lambda y: y * y * x)(2.0))(3.0).item() == 4.0


def test_gradients_lead_on_to_parameters_read_from_outside():
    for t, transforms in ((torch, torch.func), (gw, gw)):
        w = t.tensor(2.0, requires_grad=True)
        slope = transforms.grad(lambda x: w * x**3)(t.tensor(5.0))
        slope.backward()
        assert (slope.item(), w.grad.item()) == (150.0, 75.0)


def test_only_the_part_behind_the_function_is_swept():
    w = gw.tensor(2.0, requires_grad=True)
    h = w * w
    h.backward()  # frees what is behind h
    assert gw.grad(lambda x: x**3)(h).item() == 48.0


def test_values_need_no_detach_outside_of_other_transforms():
    value, slope = gw.value_and_grad(lambda x: x * x)(3.0)
    assert (value.requires_grad, slope.requires_grad) == (False, False)
    with gw.no_grad():
        assert not gw.grad(lambda x: x * x)(gw.tensor(3.0, requires_grad=True)).requires_grad


def test_the_gradient_keeps_the_function_s_name():
    assert gw.grad(single).__name__ == "single"


# --- products with Jacobians, and Jacobians ---


def test_vjp():
    output, pull = gw.vjp(several, X)
    expected, gradient = theirs.vjp(several, double(X), double(Y))
    close(output, expected)
    close(pull(Y)[0], gradient)
    close(pull(gw.tensor(Y))[0], gradient)  # as often as one likes


def test_vjp_of_two_inputs_one_of_them_unused():
    _, pull = gw.vjp(lambda x, y: x * 2, X, Y)
    assert [part.tolist() for part in pull([1.0, 1.0, 1.0])] == [[2.0] * 3, [0.0] * 3]


def test_jvp():
    output, change = gw.jvp(several, (X,), (Y,))
    expected, motion = theirs.jvp(several, double(X), double(Y))
    close(output, expected)
    close(change, motion)
    output, change = gw.jvp(two, (X, Y), (Y, X))
    close(change, theirs.jvp(two, (double(X), double(Y)), (double(Y), double(X)))[1])


def test_products_can_be_differentiated():
    def curvature(t):
        return lambda x: (t.jvp(t.grad(single), (x,), (x * x,))[1] * t.vjp(several, x)[1](x)[0]).sum()

    ours, expected = gw.grad(curvature(gw))(X), torch.func.grad(curvature(torch.func))(double(X))
    close(ours, expected)


@pytest.mark.parametrize(
    "f",
    [several, single, lambda x: x.reshape(3, 1) * x, lambda x: x * 0 + 1.0],
    ids=["several", "single", "matrix", "constant"],
)
def test_jacobian(f):
    close(gw.jacobian(f, X), theirs.jacobian(f, double(X)))


def test_a_jacobian_can_be_differentiated():
    def size(t, jacobian):
        return lambda x: (jacobian(several, x) ** 2).sum()

    ours = gw.grad(size(gw, lambda f, x: gw.jacobian(f, x, create_graph=True)))(gw.tensor(X))
    expected = torch.func.grad(size(torch, lambda f, x: torch.func.jacrev(f)(x)))(double(X))
    close(ours, expected)


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_hessian(f):
    close(gw.hessian(f, X), theirs.hessian(f, double(X)))


def test_what_is_no_tensor_is_refused():
    with pytest.raises(RuntimeError, match="must return a Tensor.*float"):
        gw.grad(lambda x: 3.0)(1.0)
    with pytest.raises(RuntimeError, match=r"shape \(3,\)"):
        gw.grad(several)(X)


# --- the check by finite differences ---
