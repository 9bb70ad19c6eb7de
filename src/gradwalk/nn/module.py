"""Module: a part of a network, which can be called, trained, moved to another type, saved and looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from gradwalk.methods import type_and_device
from gradwalk.nn.hooks import Handle, Hook, Hooks, register
from gradwalk.nn.members import Members
from gradwalk.nn.state import IncompatibleKeys, load_into, state_of
from gradwalk.recording import entered, recording
from gradwalk.tensor import FLOATS, Tensor

Own = TypeVar("Own", bound="Module")


class Module(Members):
    """A part of a network: subclass it, assign parameters and modules to attributes, and write ``forward``.

    >>> import gradwalk as gw
    >>> class Line(gw.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = gw.nn.Parameter(gw.tensor(2.0))
    ...     def forward(self, x):
    ...         return self.slope * x
    >>> line = Line()
    >>> line(3.0).item(), [name for name, _ in line.named_parameters()]
    (6.0, ['slope'])
    """

    training: bool = True
    _hooks: Hooks | None = None
    _is_library: bool = True  # whether forward is this package's own: its ops then belong to the line that called it

    def __init__(self) -> None:
        super().__init__()
        self.training = True

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        cls._is_library = getattr(cls.forward, "__module__", "").startswith("gradwalk.")

    def forward(self, *arguments: Any, **keywords: Any) -> Any:
        """Compute the result: every subclass says how."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Run ``forward`` between its hooks; a walk shows what that records as one group."""
        if recording.trace is not None:  # a compiled function's call has no groups
            return self._run(arguments, keywords)
        with entered(self, library=self._is_library):
            return self._run(arguments, keywords)

    def _run(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if self._hooks is None:
            return self.forward(*arguments, **keywords)
        return self._hooks.call(self, arguments, keywords)

    # --- modes ---

    def train(self: Own, mode: bool = True) -> Own:
        """Training or not: what dropout and batch norm go by, in this module and all inside."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, and this is {mode!r}")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Own) -> Own:
        """No longer training: dropout lets everything through, batch norm uses its running statistics."""
        return self.train(False)

    def requires_grad_(self: Own, requires_grad: bool = True) -> Own:
        """Say whether gradients shall flow to the parameters: False freezes them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the accumulated gradients (or set them to zeros)."""
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad = parameter.grad.detach().zero_()

    def apply(self: Own, fn: Callable[[Module], Any]) -> Own:
        """Call a function on every module inside, then on this one: for initialisation."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # --- types ---

    def to(self: Own, *arguments: Any, dtype: Any = None, device: Any = None, non_blocking: bool = False) -> Own:
        """Turn all floats into another type (``net.to(gw.float32)``); a device must be the CPU."""
        return self._in_type(type_and_device(arguments, dtype, device))

    def _in_type(self: Own, dtype: Any) -> Own:
        for tensor in [*self.parameters(), *self.buffers()]:
            for part in (tensor, tensor.grad):
                if part is not None and part.dtype in FLOATS and dtype is not None:
                    part.data = part.value.astype(dtype)
        return self

    def double(self: Own) -> Own:
        """Turn all floats into float64."""
        return self._in_type("float64")

    def float(self: Own) -> Own:
        """Turn all floats into float32."""
        return self._in_type("float32")

    def half(self: Own) -> Own:
        """Turn all floats into float16."""
        return self._in_type("float16")

    def cpu(self: Own) -> Own:
        """The module itself: it lives on the CPU already."""
        return self

    def cuda(self: Own, device: Any = "cuda") -> Own:
        """Refused: this engine computes on the CPU."""
        return self.to(device="cuda")

    # --- state ---

    def state_dict(
        self, *, destination: dict[str, Tensor] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Tensor]:
        """All parameters and persistent buffers by their dotted names; they share memory with the module's own."""
        found: dict[str, Tensor] = OrderedDict() if destination is None else destination
        for name, tensor in state_of(self, prefix):
            found[name] = tensor if keep_vars else tensor.detach()
        return found

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy tensors of another module, of a file or of PyTorch into this one, by their dotted names.

        One error names what is missing, unexpected or of another shape, and nothing is changed then. ``strict=False``
        takes what is there; ``assign=True`` takes over memory and type, instead of copying into the module's own.
        """
        return load_into(self, state_dict, strict, assign)

    # --- hooks ---

    def _hooked(self, kind: str, hook: Callable[..., Any], prepend: bool, with_kwargs: bool = False) -> Handle:
        if self._hooks is None:
            self._hooks = Hooks()
        return register(getattr(self._hooks, kind), Hook(hook, with_kwargs), prepend)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call ``hook(module, arguments)`` before ``forward``; what it returns replaces the arguments."""
        return self._hooked("forward_pre", hook, prepend, with_kwargs)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call ``hook(module, arguments, result)`` after ``forward``; what it returns replaces the result."""
        return self._hooked("forward", hook, prepend, with_kwargs)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call ``hook(module, grad_output)`` when the result's gradient is known; what it returns replaces that."""
        return self._hooked("backward_pre", hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call ``hook(module, grad_input, grad_output)`` when both are known; what it returns replaces grad_input."""
        return self._hooked("backward", hook, prepend)

    # --- looks ---

    def extra_repr(self) -> str:
        """What stands in the parentheses of the printed module: its settings."""
        return ""

    def __repr__(self) -> str:
        parts = [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        settings = self.extra_repr().splitlines()
        if not parts:
            body = (
                settings[0]
                if len(settings) == 1
                else "".join(f"\n  {line}" for line in settings) + "\n" * bool(settings)
            )
        else:
            body = "".join(f"\n  {line}" for line in [*settings, *parts]) + "\n"
        return f"{type(self).__name__}({body})"


def indented(text: str) -> str:
    """A printed module inside another: all lines but the first move right."""
    return text.replace("\n", "\n  ")
