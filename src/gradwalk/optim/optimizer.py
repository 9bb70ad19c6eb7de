"""What all optimizers share: groups of parameters, what is remembered of each, and the step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.mutate import put
from gradwalk.optim.rule import Group, Rule, State
from gradwalk.optim.settings import OptimizerError, refuse_senseless
from gradwalk.recording import enable_grad, no_grad, recording
from gradwalk.tensor import Tensor, leaf

Moves = Sequence[tuple[dict[str, Any], list[Tensor]]]  # groups of settings, with the parameters to be moved by them


class Optimizer:
    """Changes parameters by their gradients, with one update rule and its settings.

    ``params`` are tensors, ``(name, tensor)`` pairs, or dictionaries with ``"params"`` and settings of their own.
    ``param_groups`` are those dictionaries, complete; ``state`` has what the rule remembers of each parameter. A subclass
    gives the ``rule`` and the default settings.
    """

    rule: Rule

    def __init__(self, params: Any, defaults: dict[str, Any]):
        self.defaults = defaults
        self.check(defaults)
        self.state: defaultdict[Tensor, State] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        for group in groups_of(params):
            self.add_param_group(group)

    def check(self, group: Group) -> None:
        """Refuse settings that make no sense."""
        refuse_senseless(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take on more parameters, with settings of their own or the defaults for what isn't set."""
        names, params = unzipped(param_group["params"])
        group = {**self.defaults, **param_group, "params": params}
        if names:
            group["param_names"] = names
        self.check(group)
        self._refuse_unfit(group)
        self.param_groups.append(group)

    def _refuse_unfit(self, group: Group) -> None:
        for param in group["params"]:
            refuse_unlearnable(param)
        taken = [id(param) for param in (*self._parameters(), *group["params"])]
        if len(set(taken)) < len(taken):
            raise OptimizerError("a parameter appears twice, and would be moved twice in every step; leave one out")
        if any(("param_names" in group) != ("param_names" in other) for other in self.param_groups):
            raise OptimizerError("some groups come with names (named_parameters()) and some without; name all or none")

    def _parameters(self) -> Iterator[Tensor]:
        return (param for group in self.param_groups for param in group["params"])

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, so that the next backward pass starts afresh."""
        for param in self._parameters():
            param.grad = None if set_to_none or param.grad is None else leaf(np.zeros_like(param.grad.value))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient, once.

        ``closure`` computes the loss anew, gradients included; what it returns is given back.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        trace = recording.trace
        if trace is not None:  # in a compiled function all is moved at once, later
            trace.update(self)
        else:
            self.move_all()
        return loss

    def moves(self) -> Moves:
        """The groups, with those of their parameters that have a gradient."""
        return [(group, [p for p in group["params"] if p.grad is not None]) for group in self.param_groups]

    def move_all(self) -> None:
        """Move parameters, each by its gradient."""
        with no_grad():
            for group, params in self.moves():
                for param in params:
                    self.move(param, group)

    def move(self, param: Tensor, group: Group) -> None:
        """Move one parameter by its gradient."""
        assert param.grad is not None
        # A copy of the gradient: a rule may remember it, and the next backward pass adds to the original.
        grad = np.array(param.grad.value)
        state = self.state[param]
        remembered = {name: getattr(value, "value", value) for name, value in state.items()}
        value, remembered = self.rule(param.value, grad, remembered, group)
        self.state[param] = {name: kept(state.get(name), latest) for name, latest in remembered.items()}
        put(param, value)

    def state_dict(self) -> dict[str, Any]:
        """All that a later run needs to go on exactly: settings, and what is remembered, with parameters numbered.

        The form is PyTorch's. It is a snapshot: later steps don't change it.
        """
        numbers = {id(param): number for number, param in enumerate(self._parameters())}
        return {
            "state": {
                numbers[id(param)]: {name: copied(held) for name, held in state.items()}
                for param, state in self.state.items()
                if state
            },
            "param_groups": [
                {**group, "params": [numbers[id(param)] for param in group["params"]]} for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from where `state_dict` was taken (PyTorch's own is understood too); nothing changes if it doesn't fit."""
        saved = state_dict["param_groups"]
        refuse_other_sizes([len(group["params"]) for group in self.param_groups], [len(g["params"]) for g in saved])
        numbered = [number for group in saved for number in group["params"]]
        params = dict(zip(numbered, self._parameters(), strict=True))
        state = defaultdict[Tensor, State](dict)
        for number, values in state_dict["state"].items():
            param = params[int(number)]  # int: a key that was written as JSON comes back as text
            state[param] = {name: restored(name, value, param) for name, value in values.items()}
        groups = [{**own, **g, "params": own["params"]} for own, g in zip(self.param_groups, saved, strict=True)]
        for group in groups:
            self.check(group)
        self.state, self.param_groups = state, groups

    def __repr__(self) -> str:
        settings = [
            f"  group {i}: " + ", ".join(f"{name}={value}" for name, value in group.items() if name in self.defaults)
            for i, group in enumerate(self.param_groups)
        ]
        return "\n".join([f"{type(self).__name__} (", *settings, ")"])


def groups_of(params: Any) -> list[dict[str, Any]]:
    """What a user gave, as a list of groups."""
    if isinstance(params, Tensor) or not isinstance(params, Iterable):
        raise TypeError(
            f"an optimizer takes a list of tensors (or model.parameters()), not a single one: [{params!r:.40}]"
        )
    given = list(params)
    if not given:
        raise OptimizerError(
            "an optimizer needs at least one parameter; is model.parameters() used up, or the model empty?"
        )
    return given if isinstance(given[0], dict) else [{"params": given}]


def unzipped(params: Any) -> tuple[list[str], list[Tensor]]:
    """Names, if there are any, and tensors."""
    given = [params] if isinstance(params, Tensor) else list(params)
    pairs = [item for item in given if isinstance(item, tuple)]
    if pairs and len(pairs) < len(given):
        raise OptimizerError("some parameters come with names (named_parameters()) and some without; name all or none")
    return ([name for name, _ in pairs], [param for _, param in pairs]) if pairs else ([], given)


def refuse_unlearnable(param: Any) -> None:
    """An error for what no gradient will ever reach."""
    if not isinstance(param, Tensor):
        raise TypeError(f"an optimizer moves tensors, and this is a {type(param).__name__}: {param!r:.40}")
    if not (param.is_leaf or param.retains_grad):
        raise OptimizerError(
            f"an optimizer moves leaves, and {param.name or 'this tensor'} was computed (by {param.op and param.op.name}); "
            "give it the leaf that it was computed from, or x.detach().requires_grad_()"
        )


def kept(held: Any, latest: Any) -> Any:
    """How a remembered value is kept: counters as numbers, all else as tensors, each in memory of its own from then on."""
    if not isinstance(held, Tensor):
        return latest if isinstance(latest, int) else leaf(np.array(latest))
    np.copyto(held.value, latest)
    return held


def copied(held: Any) -> Any:
    """A remembered value as it is now, whatever later steps make of it."""
    return leaf(np.array(held.value)) if isinstance(held, Tensor) else held


def restored(name: str, value: Any, param: Tensor) -> Any:
    """One remembered value, arrays in the parameter's type and shape; any library's arrays will do."""
    if value is None or isinstance(value, int | float | str):
        return value
    array = np.asarray(value)
    if name == "step":  # PyTorch counts in a float32 tensor
        return int(array)
    if array.shape not in ((), param.shape):
        raise OptimizerError(
            f"{name} has shape {array.shape}, and its parameter {param.shape}: this state belongs to another model"
        )
    return leaf(array.astype(param.dtype))


def refuse_other_sizes(own: list[int], saved: list[int]) -> None:
    """An error if a saved state has other groups than the optimizer."""
    if own != saved:
        raise OptimizerError(
            f"the saved state has groups of {saved} parameters, and this optimizer of {own}: it belongs to another model"
        )
