"""Products of arrays with labelled dimensions: the same for every layout in memory."""

import itertools

import numpy as np
import pytest

from gradwalk.ops.linalg import einsum

EQUATIONS = {
    "nchwkl,ockl->nohw": ((2, 3, 4, 5, 2, 3), (4, 3, 2, 3)),
    "nohw,ockl->nchwkl": ((9, 4, 3, 5), (4, 7, 2, 3)),
    "nohw,nchwkl->ockl": ((2, 4, 3, 5), (2, 3, 3, 5, 2, 3)),
    "ngchk,gock->ngoh": ((2, 2, 3, 4, 3), (2, 2, 3, 3)),
    "ij,kl->ikjl": ((2, 3), (20, 30)),
    "aij,aik,->ajk": ((2, 3, 4), (2, 3, 5), ()),
}


@pytest.mark.parametrize("equation", EQUATIONS)
def test_einsum_is_numpys_whatever_the_layout(equation):
    arrays = [np.random.default_rng(i).standard_normal(shape) for i, shape in enumerate(EQUATIONS[equation])]
    expected = np.einsum(equation, *arrays)
    for layouts in itertools.product(LAYOUTS, repeat=len(arrays)):
        given = [layout(x) for layout, x in zip(layouts, arrays, strict=True)]
        np.testing.assert_allclose(einsum(*given, equation=equation), expected, rtol=1e-12, atol=1e-12)


LAYOUTS = (
    np.array,
    lambda x: np.array(x, order="F"),
    lambda x: np.flip(np.flip(x).copy()) if x.ndim else x,
    lambda x: np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1) if x.ndim > 2 else x,
)
