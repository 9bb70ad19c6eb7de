"""Tensors made from shapes and streams, and the everyday questions: as PyTorch answers them."""

import math

import numpy as np
import pytest
import torch

import gradwalk as gw
import gradwalk.nn.functional as F
from gradwalk.errors import GradwalkError


@pytest.fixture(autouse=True)
def torch_in_float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


SAME = [
    lambda t: t.zeros(2, 3),
    lambda t: t.zeros((2, 3), dtype=t.int64),
    lambda t: t.zeros([]),
    lambda t: t.ones(0, 3),
    lambda t: t.full((2, 3), 7),
    lambda t: t.full((2,), 0.5),
    lambda t: t.full((2,), True),
    lambda t: t.full((2,), 3, dtype=t.float32),
    lambda t: t.arange(5),
    lambda t: t.arange(1, 2, 0.1),
    lambda t: t.arange(1.0),
    lambda t: t.arange(5, 0, -2),
    lambda t: t.arange(3, dtype=t.float32),
    lambda t: t.linspace(-1, 1, 7),
    lambda t: t.linspace(0, 1, 1),
    lambda t: t.logspace(0, 3, 4),
    lambda t: t.logspace(0, 3, steps=4, base=2),
    lambda t: t.eye(3),
    lambda t: t.eye(2, 4, dtype=t.int64),
    lambda t: t.scalar_tensor(3),
    lambda t: t.zeros_like(t.ones(2, dtype=t.float32)),
    lambda t: t.ones_like(t.zeros(2), dtype=t.int64),
    lambda t: t.full_like(t.zeros(2, dtype=t.int64), 3),
    lambda t: t.zeros(2).new_ones(3),
    lambda t: t.zeros(2, dtype=t.float32).new_zeros((2, 2)),
    lambda t: t.zeros(2).new_full((3,), 2),
    lambda t: t.zeros(2).new_tensor([1, 2]),
    lambda t: t.arange(3).float(),
    lambda t: t.arange(3).double(),
    lambda t: t.tensor([0.9, -1.9]).long(),
    lambda t: t.tensor([0.0, 2.0]).bool(),
    lambda t: t.ones(2).to(t.float32),
    lambda t: t.ones(2).to(t.zeros(1, dtype=t.int64)),
    lambda t: t.ones(2).type_as(t.zeros(1, dtype=t.float16)),
    lambda t: t.isclose(t.ones(2), t.tensor([1.0, 1.1])),
]


@pytest.mark.parametrize("make", SAME)
def test_the_same_tensor_as_pytorchs(make):
    ours, theirs = make(gw), make(torch)
    assert ours.shape == tuple(theirs.shape)
    assert str(theirs.dtype) == f"torch.{ours.dtype}"
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-14, atol=1e-15)


ANSWERS = [
    lambda t: t.zeros(2, 3).numel(),
    lambda t: t.zeros(2, 3).size(-1),
    lambda t: tuple(t.zeros(2, 3).size()),
    lambda t: t.zeros(2, 3).dim(),
    lambda t: t.zeros(2, 3, dtype=t.float32).element_size(),
    lambda t: t.allclose(t.ones(2), t.ones(2) + 1e-9),
    lambda t: t.equal(t.ones(2), t.ones(3)),
    lambda t: t.is_tensor(3),
    lambda t: t.is_floating_point(t.arange(3)),
    lambda t: t.is_nonzero(t.tensor(2.0)),
    lambda t: t.ones(2).is_contiguous(),
    lambda t: str(t.ones(2).device),
    lambda t: t.ones(2).device == t.device("cpu"),
    lambda t: tuple(t.randint(3, 5, (2, 2)).shape),
    lambda t: t.randint(1, size=(2,)).tolist(),
    lambda t: t.randint(3, high=4, size=(2,)).tolist(),
    lambda t: t.randint(low=3, high=4, size=(2,)).tolist(),
    lambda t: sorted(t.randperm(5).tolist()),
    lambda t: t.multinomial(t.tensor([0.0, 1.0]), 1).tolist(),
]


@pytest.mark.parametrize("ask", ANSWERS)
def test_the_same_answer_as_pytorchs(ask):
    assert ask(gw) == ask(torch)


def test_requires_grad_belongs_to_floats():
    assert gw.randn(2, requires_grad=True).requires_grad
    with pytest.raises(RuntimeError, match="float"):
        gw.zeros(2, dtype=gw.int64, requires_grad=True)


def test_only_the_cpu_is_here():
    assert gw.zeros(2, device="cpu").to("cpu").shape == (2,)
    for refused in (
        lambda: gw.zeros(2, device="cuda"),
        lambda: gw.ones(2).to("cuda:0"),
        lambda: gw.ones(2).cuda(),
        lambda: gw.device("mps"),
    ):
        with pytest.raises(GradwalkError, match="CPU"):
            refused()


def test_from_numpy_and_asarray_share_memory():
    array = np.zeros(2)
    shared, same = gw.from_numpy(array), gw.asarray(array)
    array[0] = 5
    assert shared.tolist() == same.tolist() == [5, 0]
    assert gw.asarray(array, copy=True).numpy() is not array
    with pytest.raises(TypeError, match="list"):
        gw.from_numpy([1.0])


def test_a_change_of_type_is_recorded():
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    (x.float() * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]
    assert x.grad.dtype == gw.float64
    assert x.to(gw.float64) is x


def test_clone_passes_the_gradient_on_and_shares_nothing():
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    copy = x.clone()
    copy.sum().backward()
    assert x.grad.tolist() == [1, 1]
    assert not np.shares_memory(copy.value, x.value)


def test_a_seed_fixes_the_stream():
    draws = []
    for _ in range(2):
        gw.manual_seed(3)
        draws.append(
            [
                gw.rand(2).tolist(),
                gw.randn(2).tolist(),
                gw.randint(10, (3,)).tolist(),
                gw.normal(0.0, 1.0, (2,)).tolist(),
            ]
        )
    assert draws[0] == draws[1]
    generator = gw.Generator().manual_seed(5)
    state = generator.get_state()
    first = gw.rand(3, generator=generator)
    generator.set_state(state)
    assert gw.equal(first, gw.rand(3, generator=generator))
    assert generator.initial_seed() == 5


def test_random_numbers_have_the_distribution_that_they_claim():
    gw.manual_seed(0)
    assert abs(gw.rand(10_000).numpy().mean() - 0.5) < 0.02
    assert abs(gw.randn(10_000).numpy().std() - 1) < 0.03
    assert abs(gw.normal(gw.full((10_000,), 2.0), 0.5).numpy().mean() - 2) < 0.03
    assert abs(gw.bernoulli(gw.full((10_000,), 0.3)).numpy().mean() - 0.3) < 0.02
    drawn = gw.multinomial(gw.tensor([1.0, 3.0, 0.0]), 10_000, replacement=True).numpy()
    assert abs((drawn == 1).mean() - 0.75) < 0.02
    assert set(gw.multinomial(gw.tensor([[1.0, 3.0, 0.0]] * 50), 2).numpy().ravel()) == {0, 1}
    first = gw.multinomial(gw.tensor([[1.0, 3.0, 1.0]] * 5000), 2).numpy()[:, 0]
    assert abs((first == 1).mean() - 0.6) < 0.03


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: gw.randint(3), "size"),
        (lambda: gw.randint(3, 3, (2,)), "no such number"),
        (lambda: gw.multinomial(gw.ones(2), 3), "replacement"),
        (lambda: gw.bernoulli(gw.full((2,), 2.0)), "probability"),
        (lambda: gw.normal(0.0, -1.0, (2,)), "negative"),
        (lambda: gw.arange(0, 5, -1), "steps"),
        (lambda: gw.zeros(-1), "negative"),
    ],
)
def test_mistakes_are_explained(wrong, says):
    with pytest.raises((ValueError, TypeError), match=says):
        wrong()


def test_the_functional_namespace():
    assert F is gw.nn.functional
    assert F.unfold(gw.zeros(1, 2, 3, 3), 2).shape == (1, 8, 4)
    assert F.linear(gw.ones(2, 3), gw.ones(4, 3)).tolist() == [[3.0] * 4] * 2
    assert set(F.__all__) <= set(dir(torch.nn.functional))
    with pytest.raises(AttributeError, match="ctc_loss"):
        F.ctc_loss  # noqa: B018
    assert math.isclose(float(F.relu(gw.tensor(2.0))), 2.0)
