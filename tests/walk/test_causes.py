"""What is said of the first NaN or infinity is so, and it is said of every op that can make one."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk import expression
from gradwalk.walk.causes import FORWARD
from gradwalk.walk.nonfinite import first_nonfinite

TRIED = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]
CALLS = {
    "div": lambda x: 1 / x,
    "pow_constant": lambda x: x**-0.5,
    "power": lambda x: x ** gw.tensor(-0.5),
    "log1p": gw.log1p,
}


@pytest.mark.parametrize("op", FORWARD)
@pytest.mark.parametrize("tried", TRIED)
def test_a_cause_is_told_where_numpy_has_no_number_and_nowhere_else(op, tried):
    x = gw.tensor(tried, requires_grad=True, name="x")
    with np.errstate(all="ignore"):
        out = CALLS.get(op, getattr(gw, op, None))(x)
        found = first_nonfinite(gw.walk(out))
    if np.isfinite(out.value):
        assert found is None or found.phase == "backward"
    else:
        shown = f"{tried:g}".replace("-", "−")
        assert found.phase == "forward" and found.cause.endswith(f"x is {shown}; give x another value")


@pytest.mark.parametrize(
    ("formula", "values", "said"),
    [
        ("log(a - b)", {"a": 1, "b": 3}, "and a − b is −2; change what a − b is computed from"),
        ("sum(1 / v)", {"v": [2, 0, 1]}, "nothing can be divided by 0, and an entry of v is 0; give v another value"),
        ("x / 0", {"x": 1}, "nothing can be divided by 0"),
        ("exp(x)", {"x": 800}, "it is more than the largest float64, 1.798e308; make what"),
        ("sqrt(x)", {"x": 0}, "its slope at 0 is infinite, and x is 0; give x another value"),
    ],
)
def test_the_cause_names_what_is_to_be_changed(formula, values, said):
    assert said in str(first_nonfinite(expression.walk(formula, values)))
