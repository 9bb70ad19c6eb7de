"""Products: what they refuse, and how their gradients read."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.errors import ShapeError
from gradwalk.formula import TEXT, Formula, write
from gradwalk.ops import OPS, binder


def rule_text(name, slot, *arguments, **keywords):
    op = OPS[name]
    inputs, params = binder(op)(*arguments, **keywords)
    out = op(*inputs, **params)
    symbols = [Formula.symbol("abc"[i], x) for i, x in enumerate(inputs)]
    return write(
        op.rule(slot)(Formula.symbol("ḡ", np.ones_like(out)), Formula.symbol("out", out), *symbols, **params), TEXT
    )


@pytest.mark.parametrize(
    ("slot", "equation", "shapes", "text"),
    [
        (0, "ij,jk->ik", [(2, 3), (3, 4)], "einsum(ik,jk->ij; ḡ, b)"),
        (1, "ij,jk->ik", [(2, 3), (3, 4)], "einsum(ik,ij->jk; ḡ, a)"),
        (0, "i,i->", [(3,), (3,)], "ḡ · b"),
        (0, "ii->i", [(3, 3)], "einsum(i->ii; ḡ)"),
    ],
)
def test_the_gradient_of_an_einsum_is_an_einsum(slot, equation, shapes, text):
    assert rule_text("einsum", slot, equation, *map(np.ones, shapes)) == text


def test_the_gradient_of_a_trace_is_a_multiple_of_the_identity():
    assert rule_text("trace", 0, np.ones((3, 3))) == "ḡ · I"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: gw.einsum("ij,jk->ik", gw.ones(2, 3), gw.ones(4, 3)), "'j' is 3 long in one operand and 4"),
        (lambda: gw.einsum("ij->k", gw.ones(2, 3)), "output"),
        (lambda: gw.einsum("ij,jk", gw.ones(2, 3)), "2 operands, and got 1"),
        (lambda: gw.einsum("i", gw.ones(2, 3)), "2 dimensions"),
        (lambda: gw.einsum("ii", gw.ones(2, 3)), "diagonal"),
        (lambda: gw.mm(gw.ones(2), gw.ones(2, 3)), "mm takes 2-D and 2-D"),
        (lambda: gw.bmm(gw.ones(2, 3, 3), gw.ones(1, 3, 3)), "batches of 2 and 1"),
        (lambda: gw.nn.functional.linear(gw.ones(2, 3), gw.ones(4, 5)), "3 features"),
    ],
)
def test_what_does_not_fit_is_explained(call, says):
    with pytest.raises(ShapeError, match=says):
        call()
