"""What a comparison of outputs can't see: running statistics, randomness, NumPy's spelling, names of results, refusals."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import gradwalk as gw
from gradwalk.formula import Formula
from gradwalk.ops import OPS, normalize

DATA = np.random.default_rng(0).normal(size=(4, 3, 2))


@pytest.mark.parametrize(("name", "options"), [("batch_norm", {"training": True}), ("instance_norm", {})])
def test_running_statistics_follow_the_batches_as_in_pytorch(name, options):
    mean, var = gw.tensor(np.zeros(3)), gw.tensor(np.ones(3))
    torch_mean, torch_var = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    for momentum in (0.1, 0.3):
        getattr(gw, name)(gw.tensor(DATA), mean, var, momentum=momentum, **options)
        getattr(F, name)(torch.tensor(DATA), torch_mean, torch_var, momentum=momentum, **options)
    np.testing.assert_allclose(mean.value, torch_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(var.value, torch_var.numpy(), rtol=1e-12)


def test_dropout_drops_what_the_random_numbers_say_and_scales_up_the_rest(monkeypatch):
    monkeypatch.setattr(normalize, "uniform_source", lambda shape: np.array([0.1, 0.7, 0.5]))
    x = gw.tensor([1.0, 2.0, 3.0], requires_grad=True)
    out = gw.dropout(x, 0.5)
    out.sum().backward()
    assert out.tolist() == [0.0, 4.0, 6.0]
    assert x.grad.tolist() == [0.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "function",
    [np.sum, np.mean, np.var, np.std, np.prod, np.max, np.min, np.argmax, np.any, np.cumsum, np.count_nonzero],
)
def test_numpys_functions_keep_their_own_meaning(function):
    np.testing.assert_allclose(function(gw.tensor(DATA), axis=1).value, function(DATA, axis=1), rtol=1e-12)


def test_numpys_degrees_of_freedom():
    np.testing.assert_allclose(
        np.var(gw.tensor(DATA), ddof=1, keepdims=True).value, np.var(DATA, ddof=1, keepdims=True), rtol=1e-12
    )


def test_results_have_names():
    found = gw.tensor(DATA).max(1)
    assert found.values.shape == found.indices.shape == (4, 2)
    assert found.indices.dtype == gw.int64
    assert gw.tensor(DATA).sort().indices.tolist() == torch.tensor(DATA).sort().indices.tolist()


def test_the_number_of_entries_that_are_not_zero_is_a_norm_without_slope():
    x = gw.tensor([1.0, 0.0, 3.0], requires_grad=True)
    out = gw.norm(x, p=0)
    out.backward()
    assert (out.item(), x.grad.tolist()) == (2.0, [0.0, 0.0, 0.0])


def test_sums_take_a_type():
    assert gw.tensor(DATA).sum(dtype=gw.float32).dtype == gw.float32
    assert gw.tensor(DATA).softmax(-1, dtype=gw.float32).dtype == gw.float32


LOGITS = gw.tensor(DATA[:, :, 0])
REFUSALS = [
    (lambda: gw.tensor([1, 2]).mean(), TypeError, "whole numbers"),
    (lambda: gw.tensor(DATA).sum(5), IndexError, "out of bounds"),
    (lambda: gw.cumsum(gw.tensor(DATA)), TypeError, "which dimension"),
    (lambda: gw.cross_entropy(LOGITS, gw.tensor([0, 1, 2, 3])), IndexError, "index 3 is out of range: there are 3"),
    (lambda: gw.cross_entropy(LOGITS, gw.tensor([0, 1])), RuntimeError, "one class for each example"),
    (lambda: gw.cross_entropy(LOGITS, gw.tensor([0.0, 1.0, 2.0, 0.0])), TypeError, "whole numbers"),
    (lambda: gw.mse_loss(LOGITS, LOGITS, reduction="avg"), ValueError, "'mean', 'sum', 'none'"),
    (lambda: gw.binary_cross_entropy(LOGITS, LOGITS.sum(0)), ValueError, "must be equal"),
    (lambda: gw.layer_norm(LOGITS, (4,)), RuntimeError, "doesn't end with"),
    (lambda: gw.batch_norm(LOGITS, None, None), ValueError, "running_mean"),
    (lambda: gw.batch_norm(gw.tensor([[1.0, 2.0]]), None, None, training=True), ValueError, "more than one value"),
    (lambda: gw.topk(LOGITS, 9), IndexError, "only 3 entries"),
    (lambda: gw.dropout(LOGITS, 1.5), ValueError, "probability"),
]


@pytest.mark.parametrize(("call", "kind", "words"), REFUSALS)
def test_refusals_say_what_is_wrong(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


REFUSED = {
    "nuclear norm": (lambda x: gw.norm(x, "nuc"), "isn't offered"),
    "norm into out": (lambda x: gw.norm(x, out=x), "assign the result"),
    "normalize into out": (lambda x: gw.nn.functional.normalize(x, out=x), "assign the result"),
    "reduction in the place of size_average": (lambda x: gw.nn.functional.mse_loss(x, x, "sum"), "reduction='sum'"),
    "no channels": (lambda x: gw.nn.functional.batch_norm(x[0], None, None, training=True), "unsqueeze"),
    "mean of whole windows": (lambda x: gw.nn.functional.avg_pool1d(x.long(), 2), "whole"),
    "renormalized table": (lambda x: gw.nn.functional.embedding(gw.tensor([0]), x, max_norm=1.0), "aren't offered"),
    "scatter that multiplies": (lambda x: x.scatter(0, gw.tensor([[0]]), x, reduce="multiply"), "isn't offered"),
    "single number along dim 1": (lambda x: x[0, 0].sum(1), "no dim 1"),
}


@pytest.mark.parametrize(("call", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refusals_say_what_to_do(call, sentence):
    with pytest.raises((TypeError, NotImplementedError, ValueError, IndexError), match=sentence):
        call(gw.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True))


@pytest.mark.parametrize(
    ("options", "reduction"),
    [({"reduce": False}, "none"), ({"size_average": False}, "sum"), ({"size_average": True}, "mean")],
)
def test_the_older_names_of_reductions(options, reduction):
    x, y = gw.tensor([1.0, 2.0]), gw.tensor([0.0, 4.0])
    assert (
        gw.nn.functional.l1_loss(x, y, **options).tolist()
        == gw.nn.functional.l1_loss(x, y, reduction=reduction).tolist()
    )


def test_sums_are_undone_by_a_verb_that_says_so():
    x = Formula.symbol("x", np.ones((8, 2)))
    g = Formula.symbol("ḡ", np.ones(8))
    assert str(OPS["sum"].rule(0)(g, None, x, dim=-1, keepdim=False)) == "spread(ḡ → (8, 2), dim=−1)"
    assert str(OPS["fold"](x, shape=(2,))) == "Σ(x → (2,))"
    assert (
        str(OPS["logsumexp"].rule(0)(g, Formula.symbol("out", np.ones(8)), x, dim=1, keepdim=False))
        == "ḡ[:, None] · exp(x − out[:, None])"
    )
    assert str(OPS["prod"].rule(0)(g, None, x, dim=1, keepdim=False)) == "ḡ[:, None] · Π(others of x, dim=1)"
