"""Walks that the tests of several views look at: the small networks that the product explains, tensors, and odd names."""

import numpy as np

import gradwalk as gw


def house():
    x, y = gw.tensor(2.0), gw.tensor(3.0)
    w1, w2 = gw.tensor(0.5, requires_grad=True), gw.tensor(1.0, requires_grad=True)
    z1 = w1 * x
    h = gw.relu(z1)
    y_pred = w2 * h
    L = 0.5 * (y - y_pred) ** 2
    return gw.walk(L)


def house_trained():
    return house().update(0.1, steps=2)


def square():
    return gw.walk(lambda x: (2 * x + 1) ** 2, 1.0, name="y")


def bowl():
    return gw.walk(lambda x, y: x**2 + 2 * y**2, 0.5, 0.3, name="f")


def neuron():
    x, y = gw.tensor(2.0), gw.tensor(1.0)
    w, b = gw.tensor(0.5, requires_grad=True), gw.tensor(0.1, requires_grad=True)
    z = w * x + b
    ŷ = gw.sigmoid(z)
    L = (y - ŷ) ** 2
    return gw.walk(L)


def unnamed():
    x, y = gw.tensor(2.0, name="x"), gw.tensor(1.0, name="y*")
    w, b = gw.tensor(0.5, requires_grad=True, name="w"), gw.tensor(0.1, requires_grad=True, name="b")
    return gw.walk((gw.sigmoid(w * x + b) - y) ** 2, name="L")


def two_sigmoids():
    x, y = gw.tensor(0.7), gw.tensor(0.2)
    w1, b1, w2, b2 = (
        gw.tensor(v, requires_grad=True, name=n) for v, n in ((0.3, "w1"), (0.1, "b1"), (-0.4, "w2"), (0.2, "b2"))
    )
    z1 = w1 * x + b1
    a1 = gw.sigmoid(z1)
    z2 = w2 * a1 + b2
    a2 = gw.sigmoid(z2)
    L = (a2 - y) ** 2
    return gw.walk(L)


def chain():
    a = gw.tensor(1.0, name="a0")
    for i, value in enumerate((2.0, 3.0, 0.5), 1):
        a = gw.tensor(value, requires_grad=True, name=f"w{i}") * a
    C = (a - 2.0) ** 2
    return gw.walk(C)


def plots():
    x = gw.tensor(0.7, requires_grad=True)
    h = x**2
    g = gw.tanh(h)
    f = g**2
    return gw.walk(f)


def shared():
    x = gw.tensor(3.0, requires_grad=True)
    f = x * x + x
    return gw.walk(f)


def matrices():
    W = gw.tensor(np.arange(6.0).reshape(2, 3) / 3, requires_grad=True)
    b = gw.tensor([0.5, -0.25], requires_grad=True)
    x = gw.tensor([[1.0, -2.0, 0.5]])
    hidden = gw.tanh(x @ gw.reshape(W, (3, 2)) + b)
    loss = (hidden * hidden).sum()
    return gw.walk(loss)


def large():
    W = gw.tensor(np.ones((20, 30)) / 7, requires_grad=True)
    X = gw.tensor(np.ones((10, 20)) / 3)
    loss = gw.sigmoid(X @ W).mean()
    return gw.walk(loss)


def extremes():
    w = gw.tensor(1.5e-12, requires_grad=True)
    huge = gw.tensor(1e300, requires_grad=True)
    L = (w**3 * huge) * huge / 1e-7 - gw.exp(w) ** 2 / (w * w) ** 2
    return gw.walk(L)


ODD = [
    "w_1", "alpha", "σ2", "h#2", "y'", "100%", "a & b", "{", "}", "\\", "$x$", "x^2", "x_", "_", "__x", "日本", "größe", "Δw", "naïve", "ŵ",
    "ỹ", "x\nz", "a~b", "<tag>", "'\"", "−x", "w·x", "fc1.weight", "f(x)[0]", "∂x", "∂a/∂b", "w1#12", "x²", "lambda", "", " ", "a|b", "y̅", "`", "#",
    "x[0, :2]", "very_long_name_of_a_weight_12", "sum(x, 0)", "x.sum(dim=1)", "mean(x) / 2", "x if y else z", "(a", "3.0", "1e-7", "-2", "e", "É", "β_max", "w̄",
    "self.layers[0].weight", "\\end{align*}", "%s %d", "[a]", "\u200b", "a·b / c**2", "x ** n", "not x", "~x", "x == y",
]  # fmt: skip


def odd():
    total = gw.tensor(0.0)
    for i, name in enumerate(ODD):
        total = total + gw.tensor(float(i), requires_grad=True, name=name) ** 2
    return gw.walk(total, name="C^o$t_%", title="100 % of \\ # $ & things: 日本")


def forgotten():
    """A walk whose op this installation doesn't have."""
    from gradwalk.walk import dumps, loads

    return loads(dumps(neuron()).replace('"op":"sigmoid"', '"op":"my_op"'))


WALKS = {
    f.__name__: f
    for f in (
        house,
        house_trained,
        square,
        bowl,
        neuron,
        unnamed,
        two_sigmoids,
        chain,
        plots,
        shared,
        matrices,
        large,
        extremes,
        odd,
        forgotten,
    )
}
