"""What holds for programs holds in every tier."""

import pytest

from gradwalk.program import compiled
from gradwalk.program.native.loading import loading_for


@pytest.fixture(params=["numpy", "numba"], autouse=True)
def tier(request, monkeypatch):
    """Compiled functions that don't settle on a tier run in each of them."""
    monkeypatch.setattr(compiled, "loading_for", lambda tier: loading_for(tier or request.param))
    return request.param
