"""Random programs: whatever is composed, values and all gradients are PyTorch's.

A program is a list of instructions, each of which reads earlier values by position, so that values are reused and paths
meet again. It is run twice by the same interpreter, with gradwalk's functions and with PyTorch's.
"""

import numpy as np
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gradwalk as gw
from gradwalk.transforms import gradients

F = torch.nn.functional
SHAPES = [(), (3,), (2, 3), (3, 3), (2, 1), (1, 3), (2, 2, 3)]

# Smooth everywhere, and tame: what they return can be fed to any of them again.
UNARY = {
    "sin": (gw.sin, torch.sin),
    "cos": (gw.cos, torch.cos),
    "tanh": (gw.tanh, torch.tanh),
    "sigmoid": (gw.sigmoid, torch.sigmoid),
    "erf": (gw.erf, torch.erf),
    "softplus": (gw.softplus, F.softplus),
    "logsigmoid": (gw.logsigmoid, F.logsigmoid),
    "silu": (gw.silu, F.silu),
    "mish": (gw.mish, F.mish),
    "gelu": (gw.gelu, F.gelu),
    "gelu_tanh": (lambda x: gw.gelu(x, approximate="tanh"), lambda x: F.gelu(x, approximate="tanh")),
    "asinh": (gw.asinh, torch.asinh),
    "atan": (gw.atan, torch.atan),
    "neg": (lambda x: -x, lambda x: -x),
    "bounded_exp": (lambda x: (-(x**2)).exp(), lambda x: (-(x**2)).exp()),
    "log_of_one_plus": (lambda x: (1 + x * x).log(), lambda x: (1 + x * x).log()),
    "root": (lambda x: (x * x + 0.5).sqrt(), lambda x: (x * x + 0.5).sqrt()),
    "inverse_root": (lambda x: (x * x + 1).rsqrt(), lambda x: (x * x + 1).rsqrt()),
    "sum": (lambda x: x.sum(), lambda x: x.sum()),
    "mean_of_last": (lambda x: x.mean(-1, True) if x.ndim else x, lambda x: x.mean(-1, True) if x.ndim else x),
    "sum_of_first": (lambda x: x.sum(0) if x.ndim else x, lambda x: x.sum(0) if x.ndim else x),
    "scaled": (lambda x: 0.5 - x / 3, lambda x: 0.5 - x / 3),
}
BINARY = {
    "add": (lambda a, b: a + b, lambda a, b: a + b),
    "sub": (lambda a, b: a - b, lambda a, b: a - b),
    "mul": (lambda a, b: a * b, lambda a, b: a * b),
    "div": (lambda a, b: a / (1 + b * b), lambda a, b: a / (1 + b * b)),
    "power": (lambda a, b: (1.5 + a.sin()) ** b.tanh(), lambda a, b: (1.5 + a.sin()) ** b.tanh()),
    "logaddexp": (gw.logaddexp, torch.logaddexp),
    "atan2": (lambda a, b: gw.atan2(a, 1 + b * b), lambda a, b: torch.atan2(a, 1 + b * b)),
    "lerp": (lambda a, b: gw.lerp(a, b, 0.3), lambda a, b: torch.lerp(a, b, 0.3)),
}
MATMUL = (lambda a, b: (a @ b).tanh(), lambda a, b: (a @ b).tanh())


def fits(a, b):
    """Whether two shapes broadcast, to nothing enormous."""
    try:
        return int(np.prod(np.broadcast_shapes(a, b))) <= 64
    except ValueError:
        return False


def multiplies(a, b):
    return bool(a and b) and len(a) <= 2 and a[-1] == (b[-2] if len(b) > 1 else b[0])


@st.composite
def programs(draw):
    """The shapes and the seed of the leaves, and the instructions: a function pair with the positions that it reads."""
    leaves = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    seed = draw(st.integers(0, 2**32 - 1))
    shapes, instructions = list(leaves), []
    for _ in range(draw(st.integers(1, 12))):
        first = draw(st.integers(0, len(shapes) - 1))
        partners = [i for i, shape in enumerate(shapes) if fits(shapes[first], shape)]
        factors = [i for i, shape in enumerate(shapes) if multiplies(shapes[first], shape)]
        kind = draw(st.sampled_from(["unary", "binary", *(["matmul"] if factors else [])]))
        if kind == "unary":
            call, reads = UNARY[draw(st.sampled_from(sorted(UNARY)))], (first,)
        elif kind == "binary":
            call, reads = BINARY[draw(st.sampled_from(sorted(BINARY)))], (first, draw(st.sampled_from(partners)))
        else:
            call, reads = MATMUL, (first, draw(st.sampled_from(factors)))
        instructions.append((call, reads))
        shapes.append(tuple(call[1](*[torch.ones(shapes[i], dtype=torch.float64) for i in reads]).shape))
    return leaves, seed, instructions


def run(instructions, leaves, side):
    """The program's result: every value that nothing else read, summed up."""
    values, read = list(leaves), set()
    for call, reads in instructions:
        values.append(call[side](*[values[i] for i in reads]))
        read |= set(reads)
    ends = [value.mean() for i, value in enumerate(values) if i not in read]
    total = ends[0]
    for end in ends[1:]:
        total = total + end
    return total


def both_gradients(program, weights=None):
    shapes, seed, instructions = program
    random = np.random.default_rng(seed)
    arrays = [random.uniform(-2, 2, shape) for shape in shapes]
    ours = [gw.tensor(array, requires_grad=True) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    return ours, run(instructions, ours, 0), theirs, run(instructions, theirs, 1)


def agree(ours, theirs, rtol=1e-9):
    for our, their in zip(ours, theirs, strict=True):
        assert (our is None) == (their is None)
        if our is not None:
            np.testing.assert_allclose(our.value, their.detach().numpy(), rtol=rtol, atol=1e-11)


quick = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@settings(quick, max_examples=300)
@given(programs())
def test_a_random_program_has_pytorchs_value_and_gradients(program):
    ours, our_result, theirs, their_result = both_gradients(program)
    agree([our_result], [their_result])
    our_result.backward()
    their_result.backward()
    agree([leaf.grad for leaf in ours], [leaf.grad for leaf in theirs])


@settings(quick, max_examples=60)
@given(programs())
def test_a_random_program_has_pytorchs_second_derivatives(program):
    ours, our_result, theirs, their_result = both_gradients(program)
    our_norm = sum((g * g).sum() for g in gradients(our_result, ours, create_graph=True) if g is not None)
    firsts = torch.autograd.grad(their_result, theirs, create_graph=True, allow_unused=True)
    their_norm = sum((g * g).sum() for g in firsts if g is not None)
    agree([our_norm], [their_norm])
    if not their_norm.requires_grad:  # a program that only adds has a constant slope
        return
    our_seconds = gradients(our_norm, ours) if our_norm.requires_grad else [None] * len(ours)
    their_seconds = torch.autograd.grad(their_norm, theirs, allow_unused=True)
    for our, their, array in zip(our_seconds, their_seconds, theirs, strict=True):
        zero = np.zeros(tuple(array.shape))  # a constant slope may be recorded (as zero) or not
        np.testing.assert_allclose(
            zero if our is None else our.value, zero if their is None else their.numpy(), rtol=1e-8, atol=1e-10
        )


def test_the_generator_reaches_every_function():
    seen = set()

    @settings(quick, max_examples=300)
    @given(programs())
    def collect(program):
        seen.update(id(call) for call, _ in program[2])

    collect()
    assert {id(call) for call in [*UNARY.values(), *BINARY.values(), MATMUL]} <= seen
