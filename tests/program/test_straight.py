"""Straight functions: they do what a loop over the same places does."""

import numpy as np
import pytest

from gradwalk.program.straight import joined, numbered, straight
from gradwalk.program.trie import Place

PLACES = [Place(slot, (slot,), np.dtype("float64")) for slot in (2, 3, 5)]


def test_a_function_written_out_for_places():
    source = f"def total(arrays):\n    return {joined(' + ', 'w{i} * arrays[{place.slot}]', PLACES)}"
    total = straight("total", source, numbered("w", (1.0, 10.0, 100.0)))
    assert total({2: 4.0, 3: 5.0, 5: 6.0}) == 4.0 + 50.0 + 600.0


def test_an_error_in_one_names_it():
    with pytest.raises(KeyError) as caught:
        straight("missing", f"def missing(arrays):\n    return {joined(', ', 'arrays[{place.slot}]', PLACES)}", {})({})
    assert caught.traceback[-1].frame.code.name == "missing"
    assert str(caught.traceback[-1].path) == "<gradwalk missing>"
