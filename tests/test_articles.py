"""The figures that the product must reproduce, each as a walk: full precision from float64."""

# ruff: noqa: RET504 (the names are what the walks show)

import subprocess
import sys

import numpy as np
import pytest

import gradwalk as gw


def equal(found, expected, rtol=1e-12):
    np.testing.assert_allclose(np.asarray(found, dtype=float), expected, rtol=rtol, atol=1e-15)


def factors(why):
    """The factors of the only path there is, from the output back."""
    (path,) = why.paths
    return [factor.value for factor in path.factors]


# --- a house price: one relu, two weights ---


def house_price(x, w1, w2, y):
    z1 = w1 * x
    h = gw.relu(z1)
    ŷ = w2 * h
    L = 0.5 * (y - ŷ) ** 2
    return L


def house_walk():
    x, y = gw.tensor(2.0), gw.tensor(3.0)
    w1, w2 = gw.tensor(0.5, requires_grad=True), gw.tensor(1.0, requires_grad=True)
    return gw.walk(house_price, x, w1, w2, y)


def test_house_price():
    walk = house_walk()
    for name, value in {"z1": 1, "h": 1, "ŷ": 1, "L": 2}.items():
        equal(walk.value(name), value)
    for name, gradient in {"ŷ": -2, "w2": -2, "h": -2, "z1": -2, "w1": -4}.items():
        equal(walk.gradient(name), gradient)
    equal(np.prod(factors(walk.why("w1"))), -4)


def test_house_price_after_one_step():
    walk = house_walk().update(0.1)
    for name, value in {"w1@1": 0.9, "w2@1": 1.2, "ŷ@1": 2.16, "L@1": 0.3528}.items():
        equal(walk.value(name), value)


def test_house_price_after_twenty_steps():
    walk = house_walk().update(0.1, steps=20)
    losses = [float(output.value) for output in walk.outputs()]
    assert len(losses) == 21
    equal(losses[5], 3.2599988694395265e-08)
    equal(walk.value("w1@6"), 1.106699432670961)
    equal(walk.value("w2@6"), 1.3553556232731454)
    equal(walk.value("ŷ@20"), 3)


def test_a_second_input_has_a_weight_of_its_own():
    def two_inputs(size, bedrooms, w1, w2, w3, y):
        h = gw.relu(w1 * size + w2 * bedrooms)
        return 0.5 * (y - w3 * h) ** 2

    size, bedrooms, y = gw.tensor(2.0), gw.tensor(3.0), gw.tensor(3.0)
    walk = gw.walk(two_inputs, size, bedrooms, 0.5, 0.25, 1.0, y)
    h = 0.5 * 2 + 0.25 * 3
    upstream = -(3 - h)
    for name, gradient in {"w1": upstream * 2, "w2": upstream * 3, "w3": upstream * h}.items():
        equal(walk.gradient(name), gradient)
    assert walk.check().ok


# --- derivatives ---


@pytest.mark.parametrize(
    ("f", "x", "value", "slope"), [(lambda x: (2 * x + 1) ** 2, 1.0, 9, 12), (lambda x: (3 * x + 1) ** 2, 2.0, 49, 42)]
)
def test_a_square_of_a_line(f, x, value, slope):
    walk = gw.walk(f, x)
    equal(walk.nodes[walk.output].value, value)
    equal(walk.gradient("x"), slope)


def test_the_inner_value_and_the_factors():
    def f(x):
        u = 2 * x + 1
        y = u**2
        return y

    walk = gw.walk(f, 1.0)
    equal(walk.value("u"), 3)
    equal(factors(walk.why("x")), [6, 1, 2])  # ∂y/∂u, then the two steps of ∂u/∂x


def test_a_nudge_moves_almost_as_predicted():
    walk = gw.walk(lambda x: (3 * x + 1) ** 2, 2.0)
    nudged = walk.replay(x=2.01)
    equal(nudged.nodes[nudged.output].value, 49.4209)
    equal(0.01 * walk.gradient("x"), 0.42)
    equal(nudged.nodes[nudged.output].value - walk.nodes[walk.output].value, 0.4209, rtol=1e-11)  # 49 cancels


def test_partial_derivatives_of_a_bowl():
    walk = gw.walk(lambda x, y: x**2 + 2 * y**2, 0.5, 0.3)
    equal([walk.gradient("x"), walk.gradient("y")], [1.0, 1.2])


def test_two_sigmoid_units_reuse_their_gradients():
    def network(x, w1, b1, w2, b2, y):
        z1 = w1 * x + b1
        a1 = gw.sigmoid(z1)
        z2 = w2 * a1 + b2
        a2 = gw.sigmoid(z2)
        L = (a2 - y) ** 2
        return L

    walk = gw.walk(network, gw.tensor(1.5), 0.4, 0.1, -0.7, 0.2, gw.tensor(1.0))
    a1, a2 = walk.value("a1"), walk.value("a2")
    dz2 = 2 * (a2 - 1) * a2 * (1 - a2)
    dz1 = dz2 * -0.7 * a1 * (1 - a1)
    expected = {"z2": dz2, "a1": dz2 * -0.7, "z1": dz1, "w1": dz1 * 1.5, "b1": dz1, "w2": dz2 * a1, "b2": dz2}
    for name, gradient in expected.items():
        equal(walk.gradient(name), gradient)
    crossed = [walk.nodes[step.input].name for step in walk.steps if step.phase == "backward"]
    assert crossed.index("z2") < crossed.index("a1") < crossed.index("z1") < crossed.index("w1")


# --- a chain of weights ---


def chain(a0, w1, w2, w3, y):
    a1 = w1 * a0
    a2 = w2 * a1
    a3 = w3 * a2
    C = (a3 - y) ** 2
    return C


def test_a_linear_chain():
    walk = gw.walk(chain, gw.tensor(1.0), 2.0, 3.0, 0.5, gw.tensor(2.0))
    for name, value in {"a1": 2, "a2": 6, "a3": 3, "C": 1}.items():
        equal(walk.value(name), value)
    for name, gradient in {"w1": 3, "w2": 2, "w3": 12}.items():
        equal(walk.gradient(name), gradient)


@pytest.mark.parametrize(("name", "expected"), [("w3", [2, 1, 6]), ("w2", [2, 1, 0.5, 2]), ("w1", [2, 1, 0.5, 3, 1])])
def test_each_weight_further_back_has_one_more_factor(name, expected):
    walk = gw.walk(chain, gw.tensor(1.0), 2.0, 3.0, 0.5, gw.tensor(2.0))
    equal(factors(walk.why(name)), expected)  # the first two are the square and the difference


@pytest.mark.parametrize("length", [1, 10, 100])
@pytest.mark.parametrize("squish", [False, True])
def test_long_chains_agree_with_the_closed_form(length, squish):
    weights = [gw.tensor(0.9 + 0.002 * i, requires_grad=True) for i in range(length)]
    a, activations = gw.tensor(0.8), []
    for w in weights:
        activations.append(a.item())
        a = gw.tanh(w * a) if squish else w * a
    C = (a - 2.0) ** 2
    walk = gw.walk(C)
    slopes = [1 - gw.tanh(w * x).item() ** 2 if squish else 1.0 for w, x in zip(weights, activations, strict=True)]
    closed = 2 * (a.item() - 2) * np.prod(slopes) * np.prod([w.item() for w in weights[1:]]) * activations[0]
    first = next(node.id for node in walk.nodes if node.role == "parameter")
    why = walk.why(first)
    equal(why.gradient, closed)
    equal(why.paths[0].product, closed)
    assert len(why.paths[0].factors) == 2 + length + (length if squish else 0)


# --- one neuron ---


def test_the_loss_of_a_neuron():
    walk = gw.walk(lambda w, b: (gw.sigmoid(w * 0.5 + b) - 1.0) ** 2, 1.0, 0.1)
    equal(walk.nodes[walk.output].value, 0.12555945331754728)
    assert walk.check().ok


def test_a_tower_of_functions():
    def tower(x):
        h = x**2
        g = gw.tanh(h)
        f = g**2
        return f

    walk = gw.walk(tower, 0.7)
    equal([walk.value("h"), walk.value("g"), walk.value("f")], [0.49, 0.4542164326822591, 0.2063125677185972])
    equal(factors(walk.why("x")), [0.9084328653645182, 0.7936874322814028, 1.4])
    equal(walk.gradient("x"), 1.0094164476356824)


def neuron(x, w, b, y):
    z = w * x + b
    ŷ = gw.sigmoid(z)
    L = (y - ŷ) ** 2
    return L


def neuron_walk():
    return gw.walk(neuron, gw.tensor(2.0), 0.5, 0.1, gw.tensor(1.0))


def test_a_neuron_exactly():
    walk = neuron_walk()
    equal([walk.value("z"), walk.value("ŷ"), walk.value("L")], [1.1, 0.7502601055951177, 0.062370014857361766])
    for name, gradient in {"ŷ": -0.4994797888097646, "w": -0.1871749357314132, "b": -0.0935874678657066}.items():
        equal(walk.gradient(name), gradient)
    (step,) = [s for s in walk.steps if s.phase == "backward" and walk.nodes[s.input].name == "z"]
    equal(step.local, 0.18736987954752055)
    equal(walk.update(0.1, ["w"]).value("w@1"), 0.5187174935731413)


def test_a_neuron_rounded_midway():
    rounded = neuron_walk().round("ŷ", 2)
    equal(rounded.value("ŷ"), 0.75)
    equal(rounded.gradient("w"), -0.1875)
    equal(neuron_walk().gradient("w"), -0.1871749357314132)


SNIPPET = """
import gradwalk as torch

inp, target = torch.tensor(2.0), 1.0
weight = torch.tensor(0.5, requires_grad=True)
bias = torch.tensor(0.1, requires_grad=True)

guess = torch.sigmoid(weight * inp + bias)
loss = (target - guess) ** 2
loss.backward()

print(f"{weight.grad.item():.15g} {bias.grad.item():.15g}")
print(weight.grad, bias.grad)
"""


def test_pytorch_code_runs_with_its_import_changed():
    exact, shown = subprocess.run(
        [sys.executable, "-c", SNIPPET], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    equal([float(number) for number in exact.split()], [-0.1871749357314132, -0.0935874678657066], rtol=1e-14)
    assert shown == "tensor(-0.1872) tensor(-0.0936)"


# --- slopes that vanish, and batches ---


@pytest.mark.parametrize(("f", "most"), [(gw.sigmoid, 0.25), (gw.tanh, 1.0)])
def test_squishing_slopes_are_bounded(f, most):
    x = gw.tensor(np.linspace(-20, 20, 401), requires_grad=True)
    f(x).sum().backward()
    slopes = x.grad.numpy()
    assert slopes.max() == slopes[200] == most
    assert slopes.min() >= 0


def test_a_relu_slope_is_zero_or_one():
    x = gw.tensor([-2.0, -0.0, 0.0, 1e-300, 5.0], requires_grad=True)
    gw.relu(x).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("size", [32, 64, 256])
def test_accumulated_mini_batches_equal_the_whole_batch(size):
    random = np.random.default_rng(0)
    X, Y = gw.tensor(random.standard_normal((256, 3))), gw.tensor(random.standard_normal((256, 1)))
    w, b = gw.tensor(random.standard_normal((3, 1)), requires_grad=True), gw.tensor(0.1, requires_grad=True)

    def loss(rows):
        return ((gw.tanh(X[rows] @ w + b) - Y[rows]) ** 2).sum() / 256

    loss(slice(None)).backward()
    whole = w.grad.numpy().copy(), b.grad.item()
    w.grad = b.grad = None
    for start in range(0, 256, size):
        loss(slice(start, start + size)).backward()
    np.testing.assert_allclose(w.grad.numpy(), whole[0], rtol=1e-12)
    np.testing.assert_allclose(b.grad.item(), whole[1], rtol=1e-12)
