"""Places that no straight line tells apart, beside SciPy's linear programs."""

import numpy as np
import pytest

from gradwalk.data import moons, xor
from gradwalk.studio.straight import at_rest, hull, tangle

optimize = pytest.importorskip("scipy.optimize")
spatial = pytest.importorskip("scipy.spatial")


def separable(first, second):
    """Whether there is a line with all of the first above 1 and all of the second below −1."""
    rows = np.concatenate(
        [-np.column_stack([first, np.ones(len(first))]), np.column_stack([second, np.ones(len(second))])]
    )
    return optimize.linprog(np.zeros(3), rows, -np.ones(len(rows)), bounds=(None, None)).success


def sharing(found):
    """Whether two hulls of three places share a place: a linear program over both sets of shares."""
    corners = np.concatenate([found[0], -found[1]]).T
    ones = np.repeat(np.eye(2), 3, axis=1)
    return optimize.linprog(np.zeros(6), A_eq=np.concatenate([corners, ones]), b_eq=[0, 0, 1, 1]).success


@pytest.mark.parametrize("seed", range(60))
def test_a_tangle_is_found_exactly_where_no_line_separates(seed):
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 9, size=2)
    first, second = (
        random.normal(size=(size, 2)) + shift for size, shift in zip(sizes, (0, random.random() * 3), strict=True)
    )
    found = tangle(first, second)
    assert (found is None) == separable(first, second)
    if found is not None:
        assert sharing(found)
        for places, own in zip(found, (first, second), strict=True):
            assert {tuple(place) for place in places} <= {tuple(place) for place in own}


def test_a_class_inside_the_other_is_a_place_in_a_triangle():
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], 1)
    for first, second in ((ring, ring / 9), (ring / 9, ring)):
        assert sharing(tangle(first, second))


@pytest.mark.parametrize("data", [xor(), moons()], ids=["xor", "moons"])
def test_the_classical_problems_are_tangled(data):
    assert sharing(tangle(data.inputs[data.labels == 0], data.inputs[data.labels == 1]))


def test_hulls_are_scipys():
    places = np.random.default_rng(0).normal(size=(50, 2))
    expected = places[spatial.ConvexHull(places).vertices]
    assert {tuple(place) for place in hull(places)} == {tuple(place) for place in expected}
    assert len(hull(np.array([[0.0, 0], [1, 1], [2, 2]]))) == 2


def test_nothing_is_said_while_the_rows_still_pull():
    assert list(at_rest(np.array([[0.1, 0.2], [0.1, 0]]), 0.6, 0.5)) == []
