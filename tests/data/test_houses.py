"""The example's table is what its script makes, and says what it is."""

import runpy
from pathlib import Path

import numpy as np

from gradwalk.data import in_original_units, read_csv, split, standardise

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_file_is_what_the_script_makes():
    script = runpy.run_path(str(EXAMPLES / "make_houses.py"))
    assert (EXAMPLES / "houses.csv").read_text(encoding="utf-8") == script["houses"]()


def test_it_says_that_it_is_synthetic_and_by_which_formula():
    data = read_csv(EXAMPLES / "houses.csv", "price")
    assert data.description.startswith("Synthetic: no real houses.")
    assert "price = 50000 + 1500 · size + 15000 · bedrooms" in data.description
    assert (data.columns, data.task, data.notes) == (("size", "bedrooms"), "regression", ())


def test_the_best_weights_are_within_2_percent_of_the_formula():
    """Least squares is the best that training can reach; the noise must leave room for it."""
    for seed in range(5):
        (data,) = standardise(split(read_csv(EXAMPLES / "houses.csv", "price"), 0.2, seed)[0])
        solved = np.linalg.lstsq(np.c_[data.inputs, np.ones(len(data))], data.targets, rcond=None)[0]
        weight, bias = in_original_units(solved[:2].T, solved[2], data)
        np.testing.assert_allclose([*weight[0], *bias], [1500, 15000, 50000], rtol=0.01)
