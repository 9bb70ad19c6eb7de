"""The embedding layer against PyTorch's."""

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.twins import check, normal, same

WORDS = np.array([[0, 2, 1], [4, 2, 2]])


@pytest.mark.parametrize("keywords", [{}, {"padding_idx": 2}, {"padding_idx": -1}])
def test_as_pytorch(keywords):
    check("Embedding", (5, 3), keywords, WORDS)


def test_the_padding_row_starts_as_zeros_and_the_others_normally_distributed():
    gw.manual_seed(0)
    table = gw.nn.Embedding(500, 40, padding_idx=7).weight.detach().numpy()
    assert not table[7].any()
    others = np.delete(table, 7, axis=0)
    assert abs(others.mean()) < 0.03
    assert abs(others.std() - 1) < 0.03


def test_from_pretrained():
    rows = normal(5, 3)
    own = gw.nn.Embedding.from_pretrained(gw.tensor(rows), padding_idx=1)
    theirs = torch.nn.Embedding.from_pretrained(torch.tensor(rows), padding_idx=1)
    assert repr(own) == repr(theirs)
    same(own(gw.tensor(WORDS)), theirs(torch.tensor(WORDS)))
    assert not own.weight.requires_grad
    assert gw.nn.Embedding.from_pretrained(gw.tensor(rows), freeze=False).weight.requires_grad


def test_what_cannot_be_is_told():
    with pytest.raises(ValueError, match="padding_idx 5 must be within num_embeddings, 5"):
        gw.nn.Embedding(5, 3, padding_idx=5)
    with pytest.raises(IndexError, match="7"):
        gw.nn.Embedding(5, 3)(gw.tensor([7]))
    with pytest.raises(ValueError, match="table of rows"):
        gw.nn.Embedding.from_pretrained(gw.zeros(3))
    with pytest.raises(NotImplementedError, match="max_norm"):
        gw.nn.Embedding(5, 3, max_norm=1.0)(gw.tensor([1]))
