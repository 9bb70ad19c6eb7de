"""The bound on a result's size holds for every case of every op that a formula may call."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.expression.functions import OFFERED, kinds, parameters
from gradwalk.expression.given import flat
from gradwalk.expression.size import SIZES, Call, estimate, indexed
from gradwalk.operators import functions
from gradwalk.ops import COMPOSITES, OPS
from tests.ops.test_cases import realize

DECLARED = {**OPS, **COMPOSITES}
CASES = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name in sorted(OFFERED)
    if name in DECLARED
    for i, case in enumerate(DECLARED[name].cases)
]


def tensors_in(value):
    """Arrays as tensors, at any depth."""
    if isinstance(value, list | tuple):
        return type(value)(tensors_in(x) for x in value) if type(value) in (list, tuple) else value
    return gw.tensor(value) if isinstance(value, np.ndarray) else value


def largest(result):
    return (
        max(largest(x) for x in result)
        if isinstance(result, tuple | list)
        else np.size(getattr(result, "value", result))
    )


@pytest.mark.parametrize(("name", "case"), CASES)
def test_no_result_is_larger_than_its_bound(name, case):
    arguments, keywords = realize(case, name)
    arguments, keywords = [tensors_in(x) for x in arguments], {key: tensors_in(x) for key, x in keywords.items()}
    known = [p for p in parameters(name) if p.kind is not p.KEYWORD_ONLY]
    bound = dict(keywords)
    for position, value in enumerate(arguments):
        parameter = known[min(position, len(known) - 1)]
        if parameter.kind is parameter.VAR_POSITIONAL:
            bound.setdefault(parameter.name, []).append(value)
        else:
            bound[parameter.name] = value
    bound = {p.name: bound[p.name] for p in parameters(name) if p.name in bound}
    kind = kinds(name)
    given = tuple(x for key, value in bound.items() if kind.get(key) != "plain" for x in flat(value))
    plain = {key: value for key, value in bound.items() if kind.get(key) == "plain"}
    size, work = estimate(Call(name, given, plain))
    assert size >= largest(functions[name](*arguments, **keywords))
    assert work >= size


def test_every_bound_is_of_a_function_that_exists():
    assert not set(SIZES) - set(functions)


@pytest.mark.parametrize(
    "name", ["zeros", "rand", "dropout", "fold", "spread", "scaled_identity", "put_at", "fill", "cast", "windows"]
)
def test_what_makes_numbers_out_of_nothing_isnt_offered(name):
    assert name not in OFFERED


KEYS = [
    0, (0, 1), slice(None), (slice(0, 9, 2), None), Ellipsis, (Ellipsis, 0), (0, Ellipsis, slice(1, 2)), None, (None, None),
    np.array([0, 0, 1, 2]), (slice(None), np.array([[0, 1], [1, 0], [2, 2]])), (np.array([0, 1]), np.array([1, 2])),
    np.array([True, False, True]), (np.array([True, True, False]), 0), (0, np.array([0] * 50)),
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_an_index_picks_as_many_as_said(key):
    x = np.zeros((3, 4, 5))
    assert indexed(x.shape, key) == x[key].size
