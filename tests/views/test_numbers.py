import numpy as np
import pytest

from gradwalk.formula import Formula
from gradwalk.views.numbers import agrees, displayed, is_small, sign

x, y = Formula.symbol("x", 0.0), Formula.symbol("y", 0.0)


@pytest.mark.parametrize(
    ("formula", "values", "result", "expected"),
    [
        (x * y, {"x": 0.5, "y": 2.0}, 1.0, "="),
        (x * y, {"x": 1 / 3, "y": 3.0}, 1.0, "≈"),  # 0.3333 · 3 is 0.9999
        (x * (1 - y), {"x": -0.4994797888, "y": 0.7502601056}, -0.4994797888 * (1 - 0.7502601056), "="),
        (x * y * (1 - y), {"x": -0.4994797888097646, "y": 0.7502601055951177}, -0.0935874678657066, "≈"),
        (1 / x, {"x": 0.0}, np.inf, "="),
        (x - y, {"x": np.inf, "y": np.inf}, np.nan, "="),
        (x > y, {"x": 2.0, "y": 1.0}, True, "="),
        (x * y, {"x": np.array([1.0, 2.0]), "y": 2.0}, np.array([2.0, 4.0]), "="),
        (x * y, {"x": np.array([1 / 3, 2.0]), "y": 3.0}, np.array([1.0, 6.0]), "≈"),
        (x * y, {"x": np.ones((9, 9)), "y": 3.0}, np.ones((9, 9)) * 3, "="),  # nobody sees these numbers
        (None, {}, 0.5, "="),
    ],
)
def test_the_sign_is_equals_only_where_the_displayed_numbers_make_the_displayed_result(
    formula, values, result, expected
):
    assert sign(formula, values, result) == expected


def test_more_digits_can_mend_the_equation():
    values = {"x": -0.4994797888097646, "y": 0.7502601055951177}
    assert not agrees(x * y * (1 - y), values, -0.0935874678657066, digits=4)
    assert agrees(x * y * (1 - y), values, -0.0935874678657066, digits=17)


def test_display_rounds_floats_only():
    assert displayed(123456) == 123456
    assert displayed(123456.0) == 123500
    assert displayed(True) is True
    assert displayed(np.float32(1 / 3)) == 0.3333


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((), True), ((1, 1, 1), True), ((3,), True), ((4,), False), ((3, 3), True), ((2, 2, 2), False), ((0,), False)],
)
def test_small_tensors_are_shown_whole(shape, expected):
    assert is_small(np.zeros(shape)) is expected
