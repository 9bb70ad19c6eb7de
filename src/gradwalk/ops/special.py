"""The error function and the normal distribution, which NumPy lacks."""

from __future__ import annotations

import math

import numpy as np

from gradwalk.ops.declare import Array, case, normal, op, values

ANYWHERE = [
    case(-1.5),
    case(normal(3, 4)),
    case(normal(0, 2)),
    case(values([-30.0, -4.0, -1.0, 0.0, 0.3, 1.0, 2.5, 30.0])),
    case(values([-np.inf, np.inf, np.nan]), smooth=False, twice=False),
]

STEP = 0.5
NODES = [STEP * k for k in range(1, 13)]  # e^(−t²) is below a float's resolution from t = 6 on
SERIES = [(-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(19)]


def erf_near_zero(x: Array) -> Array:
    """2/√π · (x − x³/3 + x⁵/10 − …): the Taylor series, exact to the last digit or two for \\|x\\| ≤ 1."""
    square, total = x * x, 0.0
    for coefficient in reversed(SERIES):
        total = total * square + coefficient
    return 2 / math.sqrt(math.pi) * x * total


def erfc_far_out(x: Array) -> Array:
    """What is left of the bell beyond x ≥ ½, by the trapezoidal rule.

    erfc(x) = 2x/π · e^(−x²) · ∫₀^∞ e^(−t²) / (t² + x²) dt. On a smooth, quickly falling integrand the rule converges
    exponentially; what it misses comes from the pole at t = ix, and is known: −2 / (e^(2πx/h) − 1), as long as x < π/h
    (Matta and Reichel, Mathematics of Computation 25, 1971).
    """
    x = np.minimum(x, 40.0)  # beyond 27, no float is as small as erfc; and the missing part would overflow
    square = x * x
    total = 0.5 / square
    for t in NODES:
        total = total + math.exp(-t * t) / (square + t * t)
    missed = np.where(x < 6, -2 / np.expm1(2 * np.pi / STEP * x), 0)
    return 2 * STEP / np.pi * x * np.exp(-square) * total + missed


def erf_of(x: Array) -> Array:
    """The error function of an array, in the array's own type."""
    wide = np.asarray(x, dtype=float)
    size = np.abs(wide)
    far = np.copysign(1 - erfc_far_out(np.maximum(size, 1)), wide)
    return np.where(size < 1, erf_near_zero(np.clip(wide, -1, 1)), far).astype(np.asarray(x).dtype)[()]


def erfc_of(x: Array) -> Array:
    """1 − erf(x) of an array, without losing the digits of what is left far out."""
    wide = np.asarray(x, dtype=float)
    near = 1 - erf_near_zero(np.clip(wide, -1, 0.5))
    far = erfc_far_out(np.maximum(np.abs(wide), 0.5))
    return np.where(wide < -1, 2 - far, np.where(wide < 0.5, near, far)).astype(np.asarray(x).dtype)[()]


@op(
    "erf({x})",
    r"\operatorname{erf}({x})",
    floating=True,
    local={"x": lambda out, x: 2 / math.sqrt(math.pi) * np.exp(-(x**2))},
    cases=ANYWHERE,
)
def erf(x: Array) -> Array:
    """The error function: how much of a bell curve lies between −x and x; its slope is the bell."""
    return erf_of(x)


@op(
    "erfc({x})",
    r"\operatorname{erfc}({x})",
    floating=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: -g * (2 / math.sqrt(math.pi)) * np.exp(-(x**2))},
    cases=ANYWHERE,
)
def erfc(x: Array) -> Array:
    """What the error function lacks to 1, exact even where that is tiny."""
    return erfc_of(x)


@op(
    "φ({x})",
    r"\varphi({x})",
    floating=True,
    method=False,
    elementwise=True,
    vjp={"x": lambda g, out, x: -g * x * out},
    cases=ANYWHERE,
)
def normal_density(x: Array) -> Array:
    """The bell curve: how dense the standard normal distribution is at x."""
    return np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


@op("Φ({x})", r"\Phi({x})", floating=True, method=False, local={"x": lambda out, x: normal_density(x)}, cases=ANYWHERE)
def normal_cdf(x: Array) -> Array:
    """The chance that a standard normal number is below x; its slope is the bell curve."""
    return 0.5 * erfc_of(-x * math.sqrt(0.5))
