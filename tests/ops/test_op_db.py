"""PyTorch's own test questions (its op_db), asked of every op that gradwalk offers under the same name.

For each sample, the public call that PyTorch's question makes is caught on its way and repeated here; values and
gradients must be PyTorch's. What gradwalk openly doesn't offer is listed, call by call, in op_db_known.json, with the
class of the error that says so. The list is a ratchet: a call that is refused and not listed fails, and so does a
listed call that works by now or is asked no more.

    python -m tests.ops.test_op_db            takes calls off the list that are no longer refused; never adds one
    python -m tests.ops.test_op_db --new      lists the refusals of entries that the list doesn't have yet
"""

import functools
import itertools
import json
import random
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

import gradwalk as gw
from gradwalk.errors import GradwalkError
from gradwalk.transforms import gradients

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db

KNOWN = Path(__file__).with_name("op_db_known.json")
ASKED, LOOKED_AT = 16, 240  # samples asked of each entry, spread over the first so many
REFUSALS = (TypeError, NotImplementedError, GradwalkError)
DTYPES = (torch.float64, torch.int64, torch.bool)
# What these return can't be compared: random numbers, or memory as it was found. Shape and type can.
UNDETERMINED = set(
    """rand randn randint randperm rand_like randn_like randint_like normal bernoulli multinomial empty empty_like
    new_empty empty_strided new_empty_strided dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout
    rrelu gumbel_softmax uniform_ exponential_ normal_ bernoulli_ uniform exponential geometric log_normal cauchy""".split()  # noqa: SIM905
)
MEANT_OTHERWISE = {"fold"}  # gradwalk's verb of that name isn't PyTorch's


class Caught(TorchFunctionMode):
    """Note the public PyTorch calls that a question makes."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if getattr(function, "__name__", "") != "__get__":
            self.calls.append((function, args, kwargs or {}))
        return function(*args, **(kwargs or {}))


def entry(info):
    """What an entry is called here: its name, and its variant if there are several of that name."""
    return f"{info.name}.{info.variant_test_name}" if info.variant_test_name else info.name


def offered(name, method=False):
    """gradwalk's public function or method of a name, or None."""
    *path, last = name.split(".")
    home = functools.reduce(lambda place, step: getattr(place, step, None), path, gw)
    if last in MEANT_OTHERWISE:
        return None
    places = (
        [gw.Tensor] if method else [home, gw] if path == ["nn", "functional"] else [home] if path else [gw, gw.Tensor]
    )
    found = next((getattr(place, last) for place in places if hasattr(place, last)), None)
    return found if callable(found) else None


def ours_for(function, name):
    """What gradwalk calls the function that a question called."""
    called = getattr(function, "__name__", "")
    if isinstance(function, types.MethodDescriptorType | types.WrapperDescriptorType):
        return offered(called, method=True)
    home, _, _ = name.rpartition(".")
    last = called.removeprefix(f"{home}_")  # torch.linalg.inv calls itself linalg_inv
    return offered(f"{home}.{last}" if home else last)


def converted(value, leaves):
    """A PyTorch argument as gradwalk takes it; tensors are noted with their twins."""
    if isinstance(value, torch.Tensor):
        known = next((ours for theirs, ours in leaves if theirs is value), None)
        if known is None:
            known = gw.tensor(value.detach().numpy(), requires_grad=value.requires_grad)
            leaves.append((value, known))
        return known
    if isinstance(value, torch.dtype):
        return np.dtype(str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, slice):
        return slice(*(converted(x, leaves) for x in (value.start, value.stop, value.step)))
    if isinstance(value, list | tuple):
        return type(value)(converted(x, leaves) for x in value)
    return value


def described(value):
    """An argument as the list of known refusals writes it: tensors by their shape."""
    if isinstance(value, torch.Tensor):
        kind = "" if value.dtype == torch.float64 else f" {str(value.dtype).removeprefix('torch.')}"
        return f"<{'×'.join(map(str, value.shape))}{kind}>"
    if isinstance(value, torch.Size | tuple | list):
        text = ", ".join(described(x) for x in value)
        return f"[{text}]" if isinstance(value, list) else f"({text})"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def call_text(function, arguments, keywords):
    texts = [described(x) for x in arguments] + [f"{key}={described(x)}" for key, x in keywords.items()]
    return f"{function.__name__}({', '.join(texts)})"


def samples(info):
    """Some of PyTorch's samples for one entry, in the first type that it supports."""
    dtype = next((d for d in DTYPES if info.supports_dtype(d, "cpu")), None)
    if dtype is None:
        return []
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    found = list(
        itertools.islice(
            info.sample_inputs("cpu", dtype, requires_grad=info.supports_autograd and dtype.is_floating_point),
            LOOKED_AT,
        )
    )
    return found[:: max(1, -(-len(found) // ASKED))]


def flat(found, *kinds):
    if isinstance(found, list | tuple):
        return [x for item in found for x in flat(item, *kinds)]
    return [found] if isinstance(found, kinds) else []


def forms(info):
    """How one thing is asked for, as a function and as a method, and how gradwalk's version of it is found."""
    yield info.op, lambda function: ours_for(function, info.name)
    if info.method_variant and "." not in info.name:
        yield info.method_variant, lambda function: offered(function.__name__, method=True)


def questions(info):
    """The single public calls that an entry's samples make, with PyTorch's answers and gradwalk's function."""
    for form, found in forms(info):
        for sample in samples(info):
            caught = Caught()
            try:
                with caught:
                    answer = form(sample.input, *sample.args, **sample.kwargs)
            except (RuntimeError, ValueError, TypeError, NotImplementedError):
                continue  # PyTorch refuses it too, in this build
            tensors = flat([sample.input, *sample.args, *sample.kwargs.values()], torch.Tensor)
            if len(caught.calls) == 1 and not any(x.is_complex() or x.is_sparse for x in tensors):
                yield *caught.calls[0], answer, found(caught.calls[0][0])


def without_defaults(keywords):
    """Keywords that say what is the case anyhow."""
    idle = {"layout": torch.strided, "pin_memory": False, "memory_format": torch.preserve_format}
    return {key: value for key, value in keywords.items() if not (key in idle and value == idle[key])}


def compare(function, arguments, keywords, answer, ours):
    """Repeat one call in gradwalk; an error or a difference is raised."""
    leaves = []
    arguments, keywords = (
        converted(tuple(arguments), leaves),
        {k: converted(v, leaves) for k, v in without_defaults(keywords).items()},
    )
    outputs = ours(*arguments, **keywords)
    theirs, found = flat(answer, torch.Tensor, bool, int, float), flat(outputs, gw.Tensor, bool, int, float)
    assert len(theirs) == len(found), f"{len(theirs)} outputs, and gradwalk has {len(found)}"
    undetermined = function.__name__ in UNDETERMINED or bool(keywords.get("dropout_p"))
    for their, our in zip(theirs, found, strict=True):
        same_output(their, our, undetermined)
    if not undetermined:
        same_gradients(leaves, theirs, found)


def same_output(their, our, undetermined):
    if not isinstance(their, torch.Tensor):
        assert their == our
        return
    assert tuple(their.shape) == our.shape
    assert str(their.dtype).removeprefix("torch.") == str(our.dtype)
    if not undetermined:
        np.testing.assert_allclose(
            np.asarray(our.value), their.detach().resolve_conj().resolve_neg().numpy(), rtol=1e-7, atol=1e-9
        )


def same_gradients(leaves, theirs, ours):
    wanted = [(their, our) for their, our in leaves if their.requires_grad]
    pairs = [
        (their, our)
        for their, our in zip(theirs, ours, strict=True)
        if isinstance(their, torch.Tensor) and their.requires_grad
    ]
    if not wanted or not pairs or any(their.is_complex() for their, _ in pairs):
        return
    generator = np.random.default_rng(0)
    upstreams = [generator.standard_normal(tuple(their.shape)) for their, _ in pairs]
    expected = torch.autograd.grad(
        [their for their, _ in pairs],
        [their for their, _ in wanted],
        [torch.tensor(u).to(t.dtype) for u, (t, _) in zip(upstreams, pairs, strict=True)],
        allow_unused=True,
    )
    totals = [np.zeros(our.shape) for _, our in wanted]
    for upstream, (_, our) in zip(upstreams, pairs, strict=True):
        if our.requires_grad:
            for i, g in enumerate(gradients(our, [leaf for _, leaf in wanted], upstream)):
                totals[i] = totals[i] + (0 if g is None else g.value)
    for their, total in zip(expected, totals, strict=True):
        np.testing.assert_allclose(
            total, np.zeros_like(total) if their is None else their.numpy(), rtol=1e-7, atol=1e-9
        )


def answered(info):
    """Ask every question of one entry: the calls that were refused, and with which class of error."""
    refused = {}
    for function, arguments, keywords, answer, ours in questions(info):
        if ours is None:
            continue
        text = call_text(function, arguments, keywords)
        try:
            compare(function, arguments, keywords, answer, ours)
        except REFUSALS as error:
            refused[text] = type(error).__name__
        except Exception as error:
            raise AssertionError(f"{text}: {type(error).__name__}: {error}") from error
    return refused


ENTRIES = {entry(info): info for info in op_db if offered(info.name)}


@pytest.fixture(autouse=True)
def torch_in_float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ENTRIES)
def test_pytorchs_own_questions(name):
    known = json.loads(KNOWN.read_text()).get(name, {})
    refused = answered(ENTRIES[name])
    unlisted = {text: kind for text, kind in refused.items() if known.get(text) != kind}
    assert not unlisted, f"refused, and not in {KNOWN.name}"
    gone = sorted(set(known) - set(refused))
    assert not gone, f"no longer refused: run python -m tests.ops.test_op_db to take them off {KNOWN.name}"


def test_the_list_names_only_what_is_asked():
    assert set(json.loads(KNOWN.read_text())) <= {entry(info) for info in op_db}


def rewrite(with_new):
    """Take what works off the list; with ``--new``, first list the refusals of entries it doesn't have."""
    torch.set_default_dtype(torch.float64)
    warnings.simplefilter("ignore")
    before = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    after = {}
    for name, info in ENTRIES.items():
        if name in before or with_new:
            try:
                refused = answered(info)
            except AssertionError as error:
                print(f"{name}: wrong, and not for the list: {error!s:.300}")
                if name in before:
                    after[name] = before[name]
                continue
            after[name] = {
                text: kind for text, kind in sorted(refused.items()) if name not in before or text in before[name]
            }
    KNOWN.write_text(json.dumps(dict(sorted(after.items())), indent=1, ensure_ascii=False) + "\n")
    print(
        f"{sum(map(len, before.values()))} refusals were listed, {sum(map(len, after.values()))} are now, in {len(after)} entries"
    )


if __name__ == "__main__":
    rewrite("--new" in sys.argv)
