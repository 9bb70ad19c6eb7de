"""Hooks: which are called when, with what, and what their results replace; the story of both libraries is the same."""

import numpy as np
import pytest
import torch

import gradwalk as gw

X = np.array([[1.0, -2.0], [0.5, 3.0]])


def network(library):
    """Two linear layers with fixed weights."""
    net = library.nn.Sequential(library.nn.Linear(2, 2), library.nn.Tanh(), library.nn.Linear(2, 1))
    net = net if library is gw else net.double()
    for number, parameter in enumerate(net.parameters()):
        parameter.data = library.tensor(np.cos(np.arange(parameter.detach().numpy().size) + number)).reshape(
            parameter.shape
        )
    return net


def plain(value):
    """What a hook was shown, without the library's types."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return np.round(np.asarray(value.detach().numpy()), 12).tolist() if hasattr(value, "detach") else value


def told(play):
    """The stories of one play in both libraries, which must be the same."""
    stories = []
    for library in (gw, torch):
        story = []
        play(
            library,
            lambda name, story=story: lambda module, *shown: story.append([name, type(module).__name__, plain(shown)]),
        )
        stories.append(story)
    assert stories[0] == stories[1]
    return stories[0]


def test_the_order_of_all_hooks():
    def play(library, telling):
        net = network(library)
        for number, module in enumerate(net.modules()):
            module.register_forward_pre_hook(telling(f"pre {number}"))
            module.register_forward_hook(telling(f"after {number}"))
            module.register_full_backward_pre_hook(telling(f"backward pre {number}"))
            module.register_full_backward_hook(telling(f"backward {number}"))
        x = library.tensor(X, requires_grad=True)
        net(x).sum().backward()
        telling("x")(net, x.grad)

    story = told(play)
    assert [name for name, *_ in story][:3] == ["pre 0", "pre 1", "after 1"]
    assert len(story) == 17


def test_first_last_and_removed():
    def play(library, telling):
        layer = network(library)[0]
        layer.register_forward_hook(telling("second"))
        layer.register_forward_hook(telling("first"), prepend=True)
        handle = layer.register_forward_hook(telling("gone"))
        handle.remove()
        handle.remove()
        with layer.register_forward_hook(telling("for now")):
            layer(library.tensor(X))
        layer(library.tensor(X))

    assert [name for name, *_ in told(play)] == ["first", "second", "for now", "first", "second"]


def test_what_forward_hooks_return_replaces():
    def play(library, telling):
        layer = network(library)[0]
        layer.register_forward_pre_hook(lambda module, arguments: arguments[0] * 2)
        layer.register_forward_hook(lambda module, arguments, result: result + arguments[0])
        telling("result")(layer, layer(library.tensor(X)))

    told(play)


def test_keywords_are_shown_and_replaced_when_asked_for():
    def play(library, telling):
        class Scaled(library.nn.Module):
            def forward(self, x, scale=1.0):
                return x * scale

        layer = Scaled()
        layer.register_forward_pre_hook(lambda m, a, k: (a, {"scale": k["scale"] + 1}), with_kwargs=True)
        layer.register_forward_hook(telling("after"), with_kwargs=True)
        telling("result")(layer, layer(library.tensor(X), scale=2.0))

    assert told(play)[0][2][1] == {"scale": 3.0}


def test_what_backward_hooks_return_replaces():
    def play(library, telling):
        net = network(library)
        net[1].register_full_backward_pre_hook(lambda module, upstream: (upstream[0] * 3,))
        net[1].register_full_backward_hook(lambda module, given, upstream: (given[0] + upstream[0],))
        x = library.tensor(X, requires_grad=True)
        net(x).sum().backward()
        telling("x")(net, x.grad, net[0].weight.grad, net[2].weight.grad)

    told(play)


def test_several_inputs_and_results_some_of_them_unused():
    def play(library, telling):
        class Pair(library.nn.Module):
            def forward(self, a, b, c, note):
                return a * 2 + c, b * 3

        pair = Pair()
        pair.register_full_backward_hook(telling("backward"))
        a, b, c = (library.tensor(X + i, requires_grad=i < 2) for i in range(3))
        first, second = pair(a, b, c, "text")
        first.sum().backward(retain_graph=True)
        (first * second).sum().backward()
        telling("gradients")(pair, a.grad, b.grad)

    story = told(play)
    assert story[0][2][1][1] is None  # the second result was not used


def test_one_of_several_gradients_replaced():
    def play(library, telling):
        class Product(library.nn.Module):
            def forward(self, a, b):
                return a * b

        product = Product()
        product.register_full_backward_hook(lambda m, given, upstream: (given[1], given[0] * 5))
        a, b = (library.tensor(X + i, requires_grad=True) for i in range(2))
        product(a, b).sum().backward()
        telling("gradients")(product, a.grad, b.grad)

    told(play)


def test_hooks_see_gradients_that_can_be_differentiated_again():
    def play(library, telling):
        layer = network(library)[1]
        layer.register_full_backward_hook(telling("backward"))
        x = library.tensor(X, requires_grad=True)
        (slope,) = [layer(x).sum()]
        slope.backward(create_graph=True)
        x.grad.sum().backward()
        telling("x")(layer, x.grad)

    told(play)


@pytest.mark.parametrize("library", [gw, torch])
def test_a_hook_with_the_wrong_number_of_gradients_is_refused(library):
    layer = network(library)[1]
    layer.register_full_backward_hook(lambda module, given, upstream: (given[0], given[0]))
    with pytest.raises(RuntimeError, match="got 2, but expected 1|returned 2 gradients where there are 1"):
        layer(library.tensor(X, requires_grad=True)).sum().backward()


@pytest.mark.parametrize("library", [gw, torch])
def test_a_pre_hook_with_keywords_returns_both(library):
    layer = network(library)[1]
    layer.register_forward_pre_hook(lambda module, arguments, keywords: arguments, with_kwargs=True)
    with pytest.raises(RuntimeError):
        layer(library.tensor(X))


def test_without_gradients_backward_hooks_do_nothing():
    layer = network(gw)[0]
    layer.register_full_backward_hook(lambda *shown: pytest.fail("nothing goes back here"))
    with gw.no_grad():
        assert layer(gw.tensor(X)).shape == (2, 2)
