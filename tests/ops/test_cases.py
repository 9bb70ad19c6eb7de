"""Every op, on every one of its cases: against PyTorch, against finite differences, and written down."""

import zlib

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk.formula import TEXT, Formula, write
from gradwalk.ops import COMPOSITES, OPS, binder
from gradwalk.ops.declare import Case, Sample
from gradwalk.torch.reference import TORCH_DTYPES, reference
from gradwalk.transforms import gradients


@pytest.fixture(autouse=True)
def torch_in_float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


DECLARED = {**OPS, **COMPOSITES}
CASES = [pytest.param(name, case, id=f"{name}-{i}") for name, d in DECLARED.items() for i, case in enumerate(d.cases)]
TWICE = [p for p in CASES if p.values[1].twice]
SMOOTH = [p for p in CASES if p.values[1].smooth]
RULES = [pytest.param(name, i, id=f"{name}-{i}") for name, op in OPS.items() for i in range(len(op.cases)) if op.rules]


class Constant(np.ndarray):
    """An array that gets no gradient, though it may hold floats (class weights, running statistics)."""


def wants_gradient(array):
    return array.dtype.kind == "f" and not isinstance(array, Constant)


def realize(case: Case, name: str, dtype=np.float64):
    """The case's arguments as NumPy arrays and plain parameters, and which of them are to be differentiated."""
    random = np.random.default_rng(zlib.crc32(name.encode()))

    def made(argument):
        if isinstance(argument, Sample):
            array = np.asarray(argument.make(random))
            array = array.astype(dtype) if array.dtype.kind == "f" else array
            return array if argument.differentiable else array.view(Constant)
        if isinstance(argument, list | tuple) and any(isinstance(x, Sample) for x in argument):
            return type(argument)(made(x) for x in argument)
        return argument

    arguments = [
        np.array(x, dtype)
        if isinstance(x, float) and i == 0 or isinstance(x, float) and case_is_plain(case)
        else made(x)
        for i, x in enumerate(case.arguments)
    ]
    return arguments, {key: made(value) for key, value in case.keywords.items()}


def case_is_plain(case: Case) -> bool:
    """Bare floats stand for 0-d tensors when every argument is one (or a sample); beside that they are parameters."""
    return (
        all(isinstance(x, float | Sample) for x in case.arguments)
        and sum(isinstance(x, float) for x in case.arguments) >= 1
    )


def converted(value, convert):
    if isinstance(value, np.ndarray):
        return convert(value)
    if isinstance(value, list | tuple):
        return type(value)(converted(x, convert) for x in value)
    return value


def gw_leaf(array):
    return gw.tensor(np.array(array), requires_grad=wants_gradient(array))


def torch_leaf(array):
    return torch.tensor(np.array(array), requires_grad=wants_gradient(array))


def flat(found, kind):
    """The tensors among (nested) outputs or arguments."""
    if isinstance(found, kind):
        return [found]
    if isinstance(found, list | tuple):
        return [x for item in found for x in flat(item, kind)]
    return []


def call_gradwalk(name, arguments, keywords):
    arguments = [converted(x, gw_leaf) for x in arguments]
    keywords = {k: converted(v, gw_leaf) for k, v in keywords.items()}
    public = getattr(gw, name, None) or getattr(gw.nn.functional, name)
    return flat([*arguments, *keywords.values()], gw.Tensor), flat(public(*arguments, **keywords), gw.Tensor)


def call_torch(name, arguments, keywords):
    arguments = [converted(x, torch_leaf) for x in arguments]
    keywords = {k: converted(v, torch_leaf) for k, v in keywords.items()}
    keywords = {k: TORCH_DTYPES[str(v)] if isinstance(v, np.dtype) else v for k, v in keywords.items()}
    found = reference(name)
    assert found is not None, f"PyTorch has no {name}; add it to gradwalk.torch.reference.REFERENCES"
    return flat([*arguments, *keywords.values()], torch.Tensor), flat(found(*arguments, **keywords), torch.Tensor)


def agree(ours, theirs, rtol=1e-10, atol=1e-12):
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(np.asarray(ours), theirs, rtol=rtol, atol=atol, equal_nan=True)


def both(name, case, dtype=np.float64):
    arguments, keywords = realize(case, name, dtype)
    return call_gradwalk(name, arguments, keywords), call_torch(name, arguments, keywords)


def wanting(outputs):
    return [(i, out) for i, out in enumerate(outputs) if out.requires_grad]


def upstreams(outputs):
    random = np.random.default_rng(1)
    return [random.standard_normal(tuple(out.shape)) for out in outputs]


def our_gradients(inputs, outputs, create_graph=False):
    leaves = [x for x in inputs if x.requires_grad]
    totals = [0] * len(leaves)
    for i, out in wanting(outputs):
        upstream = gw.tensor(upstreams(outputs)[i].astype(out.dtype))
        for j, g in enumerate(gradients(out, leaves, upstream, create_graph=create_graph)):
            totals[j] = totals[j] if g is None else g + totals[j]
    return leaves, totals


def their_gradients(inputs, outputs, create_graph=False):
    leaves = [x for x in inputs if x.requires_grad]
    totals = [0] * len(leaves)
    for i, out in wanting(outputs):
        upstream = torch.tensor(upstreams(outputs)[i]).to(out.dtype)
        for j, g in enumerate(
            torch.autograd.grad(out, leaves, upstream, allow_unused=True, retain_graph=True, create_graph=create_graph)
        ):
            totals[j] = totals[j] if g is None else g + totals[j]
    return leaves, totals


@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_pytorchs(name, case):
    (inputs, outputs), (torch_inputs, torch_outputs) = both(name, case)
    assert len(outputs) == len(torch_outputs) > 0
    for ours, theirs in zip(outputs, torch_outputs, strict=True):
        agree(ours.value, theirs)
        assert ours.requires_grad == theirs.requires_grad
    leaves, ours = our_gradients(inputs, outputs)
    torch_leaves, theirs = their_gradients(torch_inputs, torch_outputs)
    for leaf, torch_leaf_, our, their in zip(leaves, torch_leaves, ours, theirs, strict=True):
        agree(
            np.broadcast_to(getattr(our, "value", our), leaf.shape).astype(leaf.dtype),
            torch.zeros_like(torch_leaf_) + their,
        )


@pytest.mark.parametrize(("name", "case"), CASES)
def test_float32_stays_float32(name, case):
    (inputs, outputs), (torch_inputs, torch_outputs) = both(name, case, np.float32)
    for ours, theirs in zip(outputs, torch_outputs, strict=True):
        torch.testing.assert_close(torch.tensor(np.asarray(ours.value)), theirs.detach(), equal_nan=True)
    for our, their in zip(
        our_gradients(inputs, outputs)[1], their_gradients(torch_inputs, torch_outputs)[1], strict=True
    ):
        if isinstance(our, gw.Tensor):
            torch.testing.assert_close(torch.tensor(np.asarray(our.value)), their, equal_nan=True)


@pytest.mark.parametrize(("name", "case"), SMOOTH)
def test_finite_differences_agree(name, case):
    arguments, keywords = realize(case, name)
    inputs, outputs = call_gradwalk(name, arguments, keywords)
    if not wanting(outputs):
        pytest.skip("nothing to differentiate")
    public = getattr(gw, name, None) or getattr(gw.nn.functional, name)
    leaves = [x for x in inputs if x.requires_grad]

    def run(*given):
        replaced = iter(given)

        def put(array):
            return next(replaced) if wants_gradient(array) else gw.tensor(np.array(array))

        found = public(*[converted(x, put) for x in arguments], **{k: converted(v, put) for k, v in keywords.items()})
        return flat(found, gw.Tensor)

    assert gw.gradcheck(run, tuple(leaves), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("name", "case"), TWICE)
def test_second_derivatives_are_pytorchs(name, case):
    (inputs, outputs), (torch_inputs, torch_outputs) = both(name, case)
    leaves, firsts = our_gradients(inputs, outputs, create_graph=True)
    torch_leaves, torch_firsts = their_gradients(torch_inputs, torch_outputs, create_graph=True)
    firsts = [g for g in firsts if isinstance(g, gw.Tensor)]
    torch_firsts = [g for g in torch_firsts if isinstance(g, torch.Tensor)]
    ours = our_gradients(leaves, firsts)[1]
    theirs = their_gradients(torch_leaves, torch_firsts)[1]
    for leaf, torch_leaf_, our, their in zip(leaves, torch_leaves, ours, theirs, strict=True):
        agree(
            np.broadcast_to(getattr(our, "value", our), leaf.shape).astype(leaf.dtype),
            torch.zeros_like(torch_leaf_) + their,
            rtol=1e-9,
            atol=1e-11,
        )


@pytest.mark.parametrize(("name", "position"), RULES)
def test_a_rule_writes_itself_down(name, position):
    op, case = OPS[name], OPS[name].cases[position]
    arguments, keywords = realize(case, name)
    inputs, params = binder(op)(*arguments, **keywords)
    symbols = [
        Formula.symbol(n, x) if isinstance(x, np.ndarray) else x
        for n, x in zip(op.inputs if not op.variadic else [f"x{i}" for i in range(len(inputs))], inputs, strict=True)
    ]
    out = op(*inputs, **params)
    outs = out if isinstance(out, tuple) else (out,)
    for slot in range(len(inputs)):
        rule = op.rule(slot)
        if rule is None or not isinstance(symbols[slot], Formula):
            continue
        for i, value in enumerate(outs):
            extra = {"slot": i} if isinstance(out, tuple) else {}
            g = Formula.symbol("ḡ", np.ones_like(value))
            written = rule(g, Formula.symbol("out", value), *symbols, **params, **extra)
            text = write(written, TEXT) if isinstance(written, Formula) else str(written)
            assert text
            assert "Formula" not in text
            assert "array" not in text
