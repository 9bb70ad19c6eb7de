"""How good a network is: losses as PyTorch has them, accuracy counted, R² by its definition."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gradwalk import nn
from gradwalk.data import make
from gradwalk.tensor import leaf
from gradwalk.train.measuring import decided, measured, probabilities


class Given(nn.Module):
    """A network that gives the same whatever comes in."""

    def __init__(self, outputs):
        super().__init__()
        self.outputs = outputs

    def forward(self, inputs):
        return leaf(self.outputs)


def test_two_classes():
    data, logits = make("moons", count=6), np.array([[-2.0], [1.0], [-0.5], [0.5], [3.0], [-1.0]])
    found = measured(Given(logits), nn.BCEWithLogitsLoss(), data)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(logits), torch.tensor(data.targets))
    assert found.loss == pytest.approx(expected.item(), rel=1e-12)
    assert found.metric == pytest.approx(4 / 6)
    np.testing.assert_allclose(probabilities(logits, "binary"), torch.sigmoid(torch.tensor(logits)), rtol=1e-12)


def test_several_classes():
    data = make("spirals", count=6)
    logits = np.random.default_rng(0).standard_normal((6, 3))
    found = measured(Given(logits), nn.CrossEntropyLoss(), data)
    expected = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(data.targets))
    assert found.loss == pytest.approx(expected.item(), rel=1e-12)
    assert found.metric == np.mean(logits.argmax(1) == data.labels)
    np.testing.assert_allclose(probabilities(logits, "classes"), torch.softmax(torch.tensor(logits), 1), rtol=1e-12)


@pytest.mark.parametrize(("shift", "expected"), [(0.0, 1.0), (1.0, 0.75)])
def test_numbers(shift, expected):
    data = replace(make("line", count=3), targets=np.array([[-np.sqrt(6)], [0.0], [np.sqrt(6)]]))
    found = measured(Given(data.targets + shift), nn.MSELoss(), data)
    assert (found.loss, found.metric) == (shift**2, pytest.approx(expected))


def test_equal_targets():
    data = replace(make("line", count=3), targets=np.ones((3, 1)))
    assert measured(Given(np.ones((3, 1))), nn.MSELoss(), data).metric == 1.0
    assert measured(Given(np.zeros((3, 1))), nn.MSELoss(), data).metric == 0.0


def test_a_probability_decides_at_one_half():
    assert decided(np.array([[0.4], [0.6]]), "binary", is_probability=True).tolist() == [0, 1]
    assert decided(np.array([[0.4], [-0.6]]), "binary").tolist() == [1, 0]
