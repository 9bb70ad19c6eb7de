"""Every op, on every one of its cases, and random programs: compiled, they give what eager tensors give."""

import numpy as np
import pytest
from hypothesis import given

import gradwalk as gw
from tests.ops.test_cases import CASES, Constant, converted, flat, realize, wants_gradient
from tests.test_random_programs import programs, quick, run

TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}


def renewed(array, random):
    """Other numbers of the same kind: close to the first ones, so that they stay where an op is defined."""
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f" or isinstance(array, Constant):
        return array
    return array * array.dtype.type(1 + 1e-3 * random.standard_normal())


def leaf(array):
    return gw.tensor(np.array(array), requires_grad=wants_gradient(array))


def called(name, arguments, keywords):
    """All results, and their gradient for all leaves, of one call on plain arrays."""
    arguments = [converted(x, leaf) for x in arguments]
    keywords = {key: converted(x, leaf) for key, x in keywords.items()}
    public = getattr(gw, name, None) or getattr(gw.nn.functional, name)
    return flat([*arguments, *keywords.values()], gw.Tensor), public, arguments, keywords


def step(public, arguments, keywords):
    outputs = flat(public(*arguments, **keywords), gw.Tensor)
    losses = [(out * out).sum() for out in outputs if out.requires_grad]
    if losses:
        total = losses[0]
        for loss in losses[1:]:
            total = total + loss
        total.backward()
    return [out.detach() for out in outputs]


@pytest.mark.filterwarnings("ignore:.*runs without being compiled")
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("name", "case"), CASES)
def test_an_op_gives_the_same_explored_built_and_replayed(name, case, dtype):
    arguments, keywords = realize(case, name, dtype)
    leaves, public, given_arguments, given_keywords = called(name, arguments, keywords)
    compiled = gw.compile(lambda *tensors: step(public, given_arguments, given_keywords))
    random = np.random.default_rng(1)
    for _ in range(3):
        arrays = [renewed(np.asarray(x.value), random) for x in leaves]
        for x, array in zip(leaves, arrays, strict=True):
            x.value, x.grad = np.array(array), None
        mine = compiled(*leaves)
        grads = [None if x.grad is None else x.grad.value for x in leaves]
        for x in leaves:
            x.grad = None
        theirs = step(public, given_arguments, given_keywords)
        assert len(mine) == len(theirs)
        for our, their in zip(
            [*(x.value for x in mine), *grads],
            [*(x.value for x in theirs), *(None if x.grad is None else x.grad.value for x in leaves)],
            strict=True,
        ):
            assert (our is None) == (their is None)
            if our is not None:
                assert our.dtype == their.dtype
                assert np.shape(our) == np.shape(their)
                np.testing.assert_allclose(our, their, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@quick
@given(programs())
def test_a_random_program_gives_the_same(program):
    shapes, seed, instructions = program
    random = np.random.default_rng(seed)
    leaves = [gw.tensor(random.uniform(-2, 2, shape), requires_grad=True) for shape in shapes]

    def whole():
        for x in leaves:
            x.grad = None
        loss = run(instructions, leaves, 0)
        loss.backward()
        return loss

    compiled = gw.compile(whole)
    for _ in range(4):
        for x in leaves:
            x.value = random.uniform(-2, 2, x.shape)
        mine, ours = compiled(), [x.grad for x in leaves]
        theirs = whole()
        np.testing.assert_allclose(mine.value, theirs.value, rtol=1e-12)
        for our, x in zip(ours, leaves, strict=True):
            assert (our is None) == (x.grad is None)
            if our is not None:
                np.testing.assert_allclose(our.value, x.grad.value, rtol=1e-12, atol=1e-13)
    assert not compiled.reason
