"""Hooks: functions of the user's own that are called when a module runs, forward and backward."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradwalk.creation import zeros_like
from gradwalk.mutate import fill
from gradwalk.ops import OPS
from gradwalk.ops.declare import op
from gradwalk.recording import is_grad_enabled
from gradwalk.tensor import Tensor, apply

Gradients = tuple[Any, ...]
numbers = itertools.count().__next__


class Hook(NamedTuple):
    """A function to call, and whether it wants the keyword arguments too."""

    function: Callable[..., Any]
    with_kwargs: bool = False


class Handle:
    """What registering a hook gives back: ``remove()`` takes the hook off again; so does leaving a ``with`` block."""

    def __init__(self, hooks: dict[int, Hook], key: int):
        self.hooks, self.key = hooks, key

    def remove(self) -> None:
        """Take the hook off (once more does nothing)."""
        self.hooks.pop(self.key, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def register(hooks: dict[int, Hook], hook: Hook, prepend: bool) -> Handle:
    """Put a hook after the others of its kind, or before them."""
    key, others = numbers(), dict(hooks)
    hooks.clear()
    hooks.update({key: hook} | others if prepend else others | {key: hook})
    return Handle(hooks, key)


def several(value: Any) -> tuple[Any, ...]:
    """A tuple as it is; anything else in a tuple of its own."""
    return value if isinstance(value, tuple) else (value,)


class Hooks:
    """All hooks of one module, and a call with them."""

    def __init__(self) -> None:
        self.forward_pre: dict[int, Hook] = {}
        self.forward: dict[int, Hook] = {}
        self.backward_pre: dict[int, Hook] = {}
        self.backward: dict[int, Hook] = {}

    def call(self, module: Any, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Run the module's ``forward`` between its hooks; a hook that returns something replaces what it was shown."""
        for hook in list(self.forward_pre.values()):
            arguments, keywords = before(module, hook, arguments, keywords)
        backward = BackwardCall(module, self) if self.backward or self.backward_pre else None
        if backward is not None:
            arguments = backward.enter(arguments)
        result = module.forward(*arguments, **keywords)
        for hook in list(self.forward.values()):
            shown = (arguments, keywords) if hook.with_kwargs else (arguments,)
            replaced = hook.function(module, *shown, result)
            result = result if replaced is None else replaced
        return result if backward is None else backward.leave(result)


def before(
    module: Any, hook: Hook, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """The arguments after one forward pre-hook."""
    replaced = hook.function(module, arguments, keywords) if hook.with_kwargs else hook.function(module, arguments)
    if replaced is None:
        return arguments, keywords
    if not hook.with_kwargs:
        return several(replaced), keywords
    if not isinstance(replaced, tuple) or len(replaced) != 2:
        raise RuntimeError(
            f"a forward pre-hook with keywords returns None or (arguments, keywords), not {replaced!r:.60}"
        )
    return replaced


# --- gradients on their way through a module -------------------------------------------------------------------------


@op(
    "{xs}",
    "{xs}",
    linear=True,
    method=False,
    vjp={"xs": lambda i, g, out, *xs, slot: g if i == slot else fill(xs[i], value=0)},
)
def through(*xs: Any) -> tuple[Any, ...]:
    """Let several values through together and unchanged: a gradient for one of them reaches the others as zeros."""
    return tuple(np.array(x) for x in xs)


class Gate:
    """Lets tensors through, and on the way back hands all their gradients at once to ``react``, which may replace them.

    Each tensor passes twice, first alone and then together with the others. On the way back the gradients arrive at
    the second passage of those that were used, and after that at the first passage of all.
    """

    def __init__(self, react: Callable[[Gradients], Gradients]):
        self.react = react
        self.arrived: dict[int, Tensor] = {}
        self.handed_on: Gradients = ()

    def __call__(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """The same values; the tensors among them that require grad now pass here."""
        places = [i for i, value in enumerate(values) if isinstance(value, Tensor) and value.requires_grad]
        if not is_grad_enabled() or not places:
            return tuple(values)
        alone = [apply(OPS["through"], (values[i],))[0] for i in places]
        together = apply(OPS["through"], tuple(alone))
        passed = list(values)
        for i, first, second in zip(places, alone, together, strict=True):
            passed[i] = second
            second.register_hook(self._arriving(i))
            first.register_hook(self._leaving(i, len(values)))
        return tuple(passed)

    def _arriving(self, i: int) -> Callable[[Tensor], None]:
        def note(gradient: Tensor) -> None:
            self.arrived[i] = gradient

        return note

    def _leaving(self, i: int, count: int) -> Callable[[Tensor], Any]:
        def hand_on(gradient: Tensor) -> Any:
            if self.arrived:
                self.handed_on = self.react(tuple(self.arrived.get(k) for k in range(count)))
                self.arrived.clear()  # a second backward pass begins anew
            return self.handed_on[i]

        return hand_on


class BackwardCall:
    """The way back through one call of a module: what its backward hooks see, and what they replace."""

    def __init__(self, module: Any, hooks: Hooks):
        self.module, self.hooks = module, hooks
        self.upstream: Gradients | None = None
        self.inputs: tuple[Any, ...] = ()
        self.reached = False  # whether a gradient can come as far as the inputs

    def enter(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Let the inputs through, to catch their gradients."""
        self.inputs = arguments
        passed = Gate(self._at_inputs)(arguments)
        self.reached = any(a is not b for a, b in zip(arguments, passed, strict=True))
        return passed

    def leave(self, result: Any) -> Any:
        """Let the results through, to catch theirs."""
        passed = Gate(self._at_results)(several(result))
        return passed if isinstance(result, tuple) else passed[0]

    def _at_results(self, gradients: Gradients) -> Gradients:
        for hook in list(self.hooks.backward_pre.values()):
            gradients = replacing(hook.function(self.module, gradients), gradients)
        self.upstream = gradients
        if not self.reached:
            self._tell((None,) * len(self.inputs))
        return gradients

    def _at_inputs(self, gradients: Gradients) -> Gradients:
        if self.upstream is None:  # a second derivative comes past the results
            return (None,) * len(gradients)
        return self._tell(tuple(map(unused_as_zeros, gradients, self.inputs)))

    def _tell(self, gradients: Gradients) -> Gradients:
        for hook in list(self.hooks.backward.values()):
            gradients = replacing(hook.function(self.module, gradients, self.upstream), gradients)
        self.upstream = None
        return gradients


def replacing(returned: Any, gradients: Gradients) -> Gradients:
    """The gradients after one backward hook: what it returned, or as they were."""
    if returned is None:
        return gradients
    if len(several(returned)) != len(gradients):
        raise RuntimeError(
            f"a backward hook returned {len(several(returned))} gradients where there are {len(gradients)}: "
            "it returns None, or one for each (None for what isn't a tensor)"
        )
    return several(returned)


def unused_as_zeros(gradient: Any, value: Any) -> Any:
    """The gradient of an input; zeros for a tensor that the module made no use of."""
    return zeros_like(value) if gradient is None and isinstance(value, Tensor) else gradient
