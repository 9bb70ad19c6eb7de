"""Why a gradient is its number: sums over consumers and over paths, exact counts, culprits."""

import math

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk.walk import WalkError


def adds_up(answer):
    assert math.isclose(
        math.fsum(use.contribution for use in answer.uses), answer.gradient, rel_tol=1e-12, abs_tol=1e-300
    )
    through_paths = math.fsum(path.product for path in answer.paths) + answer.rest_sum
    assert math.isclose(through_paths, answer.gradient, rel_tol=1e-9, abs_tol=1e-300)
    for path in answer.paths:
        assert math.isclose(math.prod(f.value for f in path.factors), path.product, rel_tol=1e-12, abs_tol=0)


def test_one_chain(house):
    answer = house.why("w1")
    adds_up(answer)
    assert (answer.symbol, answer.gradient, answer.count) == ("∂L/∂w1", -4.0, 1)
    assert [f.value for f in answer.paths[0].factors] == [0.5, 4.0, -1.0, 1.0, 1.0, 2.0]
    assert answer.paths[0].factors[-1].name == "∂z1/∂w1"
    assert answer.paths[0].factors[-1].code == "z1 = w1 * x"
    assert answer.uses[0].formula == "∂L/∂z1 · x"


def test_a_diamond_is_a_sum():
    x = gw.tensor(3.0, requires_grad=True)
    a, b = x * 2, x * x
    L = a * b
    answer = gw.walk(L).why("x")
    adds_up(answer)
    assert answer.count == 3
    assert sorted(use.name for use in answer.uses) == ["a", "b", "b"]
    assert [path.product for path in answer.paths] == [18.0, 18.0, 18.0]
    assert math.isclose(sum(path.share for path in answer.paths), 1.0)


def test_paths_beyond_counting_are_counted():
    x = gw.tensor(1.0, requires_grad=True)
    v = x
    for _ in range(100):
        v = v + v
    answer = gw.walk(v).why("x")
    assert answer.count == 2**100
    assert answer.rest_count == 2**100 - 5
    assert answer.gradient == 2.0**100
    assert "1,267,650,600,228,229,401,496,703,205,376" in str(answer)


def test_the_largest_paths_are_found_among_many():
    """Compared with all paths written out, on a random ladder."""
    random = np.random.default_rng(5)
    x = gw.tensor(1.0, requires_grad=True)
    weights = random.uniform(-2, 2, (6, 2))
    v = x
    for left, right in weights:
        v = v * float(left) + v * float(right)
    products = sorted((math.prod(weights[i, (n >> i) & 1] for i in range(6)) for n in range(64)), key=abs, reverse=True)
    answer = gw.walk(v).why("x", k=7)
    adds_up(answer)
    assert np.allclose([abs(path.product) for path in answer.paths], np.abs(products[:7]))
    assert math.isclose(sum(abs(p) for p in products) * answer.paths[0].share, abs(products[0]))


def test_a_dead_unit_is_named_with_its_zero(network):
    answer = network.why("W1", (0, 1))
    adds_up(answer)
    assert answer.gradient == 0
    assert sum(zero.paths for zero in answer.zeros) == answer.count == 10
    assert all("hidden" in zero.factor.name and zero.factor.value == 0 for zero in answer.zeros)
    assert str(answer).index("zero factors") < str(answer).index("one step back")


def test_a_zero_weight_is_a_factor_too():
    W = gw.tensor([[0.0, 2.0]], requires_grad=True)
    x = gw.tensor([3.0, 4.0], requires_grad=True)
    L = (W @ x).sum()
    answer = gw.walk(L).why("x", 0)
    assert answer.gradient == 0
    assert answer.count == 1
    assert answer.zeros[0].factor.name == "∂(W @ x)[0]/∂x[0]"


@pytest.mark.parametrize(("name", "index"), [("W1", (2, 3)), ("b1", 2), ("W2", (0, 1)), ("W2", (-1, -1))])
def test_entries_of_tensors(network, name, index):
    answer = network.why(name, index)
    adds_up(answer)
    assert answer.gradient == network.gradient(name)[index]


PROGRAMS = {
    "softmax": lambda w: gw.softmax(w, dim=-1)[0, 1] * 3,
    "log_softmax": lambda w: gw.log_softmax(w, dim=0).sum() * w[0, 0],
    "max": lambda w: w.max(dim=1).values.sum() + w.max(),
    "layer_norm": lambda w: (gw.nn.functional.layer_norm(w, (3,)) * w).sum(),
    "cumsum": lambda w: (gw.cumsum(w, dim=1) ** 2).sum(),
    "prod": lambda w: (w - 0.0).prod(),
    "gather": lambda w: (w[[0, 0, 1], [1, 1, 2]] ** 2).sum(),
    "cat": lambda w: (gw.cat([w, w * 2], 0) ** 2).mean(),
    "cross_entropy": lambda w: gw.nn.functional.cross_entropy(w, gw.tensor([0, 2])),
    "conv": lambda w: (gw.nn.functional.conv1d(w[None], w[None, :, :2]) ** 2).sum(),
    "einsum": lambda w: gw.einsum("ij,kj->ik", w, w).sum() ** 2,
    "where": lambda w: gw.where(w > 0, w * w, w * 0.1).sum(),
    "broadcast": lambda w: (w[:1] + w.T.reshape(3, 2)[:, :1]).exp().sum(),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_unfolding_any_op_gives_the_gradient(program):
    values = np.random.default_rng(2).standard_normal((2, 3))
    w = gw.tensor(values, requires_grad=True, name="w")
    walk = gw.walk(program(w))
    for index in np.ndindex(2, 3):
        adds_up(walk.why("w", index, k=100))


def test_questions_without_an_answer(house, network):
    with pytest.raises(WalkError, match="did you mean 'w1'"):
        house.why("w11")
    with pytest.raises(WalkError, match="requires_grad=True"):
        house.why("x")
    with pytest.raises(WalkError, match="say which entry"):
        network.why("W1")
    with pytest.raises(WalkError, match=r"w1 is a single number: leave the \[0\] out"):
        house.why("w1", 0)
    with pytest.raises(WalkError, match="no entry"):
        network.why("W1", (3, 0))
    with pytest.raises(WalkError, match="turns 0 to 0"):
        house.why("w1@4")


def test_the_answer_agrees_with_pytorch_on_a_deep_net():
    random = np.random.default_rng(1)
    arrays = [random.standard_normal((4, 4)) / 2 for _ in range(5)]
    x = random.standard_normal((3, 4))

    def loss(t, make):
        h = make(x)
        weights = [make(a).requires_grad_() for a in arrays]
        for w in weights:
            h = t.tanh(h @ w)
        return (h * h).mean(), weights

    theirs, torch_weights = loss(torch, torch.tensor)
    theirs.backward()
    ours, weights = loss(gw, gw.tensor)
    weights[0].name = "first"
    answer = gw.walk(ours).why("first", (1, 2))
    adds_up(answer)
    assert math.isclose(answer.gradient, float(torch_weights[0].grad[1, 2]), rel_tol=1e-12)
    assert answer.count == 3 * 4**4 * 2  # h * h is two uses


def test_after_updates_each_turn_has_its_own_answer(house):
    trained = house.update(0.1, steps=2)
    assert trained.why("w1").gradient == -4
    assert trained.why("w1@1").gradient == trained.gradients[trained.node("w1@1").id] != -4
