"""gradwalk: see, check and debug backpropagation in your own model."""

import warnings as _warnings
from importlib import import_module as _import_module
from math import e, inf, nan, pi
from typing import TYPE_CHECKING as _TYPE_CHECKING

import numpy as _np

from gradwalk import filling as _filling  # noqa: F401 (gives Tensor the methods that draw random numbers)
from gradwalk import mutate as _mutate  # noqa: F401 (gives Tensor its in-place methods)
from gradwalk import nn, optim
from gradwalk import views as _views  # noqa: F401 (fills the walks' table of renderers)
from gradwalk.creation import (
    arange,
    asarray,
    device,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    scalar_tensor,
    zeros,
    zeros_like,
)  # fmt: skip
from gradwalk.differences import gradcheck
from gradwalk.methods import (
    allclose,
    equal,
    is_complex,
    is_floating_point,
    is_nonzero,
    is_same_size,
    is_tensor,
    isclose,
    numel,
)
from gradwalk.operators import functions as _functions
from gradwalk.ops import op
from gradwalk.random import (
    Generator,
    bernoulli,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)  # fmt: skip
from gradwalk.recording import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from gradwalk.tensor import Tensor, as_tensor, get_default_dtype, set_default_dtype, tensor
from gradwalk.transforms import grad, hessian, jacobian, jvp, value_and_grad, vjp
from gradwalk.walk import Walk, walk
from gradwalk.weights import load, save

if _TYPE_CHECKING:
    from gradwalk.program import compile, replayable  # noqa: A004 (PyTorch's name)

# An overflow or a 0/0 is data here: it shows in the walk, at the step where it happens. NumPy's warnings would point
# into this package instead of the user's line.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"gradwalk\..*")

float64, float32, float16 = (_np.dtype(name) for name in ("float64", "float32", "float16"))
int64, int32, int16, int8, uint8 = (_np.dtype(name) for name in ("int64", "int32", "int16", "int8", "uint8"))
double, float, half, long, int, short, bool = (
    float64,
    float32,
    float16,
    int64,
    int32,
    int16,
    _np.dtype("bool"),
)  # PyTorch's

# The ops of the table (gradwalk.sigmoid, …) are here too, made when first used: see __getattr__.
__all__ = [
    "Generator",
    "Tensor",
    "Walk",
    "allclose",
    "arange",
    "as_tensor",
    "asarray",
    "bernoulli",
    "bool",
    "compile",
    "default_generator",
    "device",
    "double",
    "e",
    "empty",
    "empty_like",
    "enable_grad",
    "equal",
    "eye",
    "float",
    "float16",
    "float32",
    "float64",
    "from_numpy",
    "full",
    "full_like",
    "get_default_dtype",
    "get_rng_state",
    "grad",
    "gradcheck",
    "half",
    "hessian",
    "inf",
    "inference_mode",
    "initial_seed",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_complex",
    "is_floating_point",
    "is_grad_enabled",
    "is_nonzero",
    "is_same_size",
    "is_tensor",
    "isclose",
    "jacobian",
    "jvp",
    "linspace",
    "load",
    "logspace",
    "long",
    "manual_seed",
    "multinomial",
    "nan",
    "nn",
    "no_grad",
    "normal",
    "numel",
    "ones",
    "ones_like",
    "op",
    "optim",
    "pi",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "replayable",
    "save",
    "scalar_tensor",
    "seed",
    "set_default_dtype",
    "set_grad_enabled",
    "set_rng_state",
    "short",
    "tensor",
    "uint8",
    "value_and_grad",
    "vjp",
    "walk",
    "zeros",
    "zeros_like",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """The ops, ``gradwalk.sigmoid`` and the rest of the table, made when first used; so is what few programs need."""
    if name in ("autograd", "cuda", "data", "train", "utils"):
        return _import_module(f"gradwalk.{name}")
    if name == "__version__":
        return _import_module("importlib.metadata").version("gradwalk")
    if name in ("compile", "replayable"):
        return getattr(_import_module("gradwalk.program"), name)
    if name in _functions:
        globals()[name] = _functions[name]
        return globals()[name]
    raise AttributeError(f"gradwalk has no {name!r}")


def __dir__() -> list[str]:
    """The public names, ops included."""
    return sorted({*globals(), *_functions})
