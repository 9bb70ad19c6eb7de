"""gradwalk: see, check and debug backpropagation in your own model."""

import warnings as _warnings

import numpy as _np

from gradwalk import mutate as _mutate
from gradwalk.operators import functions as _functions
from gradwalk.recording import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from gradwalk.tensor import Tensor, as_tensor, get_default_dtype, set_default_dtype, tensor
from gradwalk.transforms import grad, gradcheck, hessian, jacobian, jvp, value_and_grad, vjp

# An overflow or a 0/0 is data here: it shows in the walk, at the step where it happens. NumPy's warnings would point
# into this package instead of the user's line.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"gradwalk\..*")

float64, float32, float16 = (_np.dtype(name) for name in ("float64", "float32", "float16"))
int64, int32, int16, int8, uint8 = (_np.dtype(name) for name in ("int64", "int32", "int16", "int8", "uint8"))
globals().update({name: function for name, function in _functions.items() if not name.startswith("_")})

from gradwalk.walk import Walk, load, walk  # noqa: E402 (a walk may name any of the ops above)
from gradwalk import views as _views  # noqa: E402 (fills the walks' table of renderers)
