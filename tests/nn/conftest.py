"""The same weights in every run."""

import pytest
import torch

import gradwalk as gw


@pytest.fixture(autouse=True)
def seeded():
    """Each test draws from the start of the same streams."""
    gw.manual_seed(0)
    torch.manual_seed(0)
