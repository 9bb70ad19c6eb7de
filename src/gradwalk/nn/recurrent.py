"""Recurrent layers: the same small step at every moment of a sequence, which hands its state on to the next."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

from gradwalk.creation import zeros
from gradwalk.errors import ShapeError
from gradwalk.nn import init
from gradwalk.nn.module import Module
from gradwalk.nn.parameter import empty_parameter
from gradwalk.operators import functions
from gradwalk.ops.linalg import linear
from gradwalk.tensor import Tensor

State = tuple[Tensor, ...]  # what one moment hands on to the next: (hidden,), in an LSTM (hidden, cell)
stack, cat, drop_out = functions["stack"], functions["cat"], functions["dropout"]


# --- one moment ------------------------------------------------------------------------------------------------------
# ``x`` is what the input contributes to every gate, ``h`` what the hidden state does; gates lie side by side, in PyTorch's order.


def tanh_step(x: Tensor, h: Tensor, state: State) -> State:
    """h' = tanh(x + h)."""
    return ((x + h).tanh(),)


def relu_step(x: Tensor, h: Tensor, state: State) -> State:
    """h' = relu(x + h)."""
    return ((x + h).relu(),)


def lstm_step(x: Tensor, h: Tensor, state: State) -> State:
    """c' = f c + i g, h' = o tanh(c'): what to forget, what to take in, what to show (Hochreiter and Schmidhuber, 1997)."""
    i, f, g, o = (x + h).chunk(4, -1)
    cell = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell


def gru_step(x: Tensor, h: Tensor, state: State) -> State:
    """h' = (1 − z) n + z h, where n = tanh(x + r h) (Cho et al., 2014)."""
    (x_r, x_z, x_n), (h_r, h_z, h_n) = x.chunk(3, -1), h.chunk(3, -1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return ((1 - z) * n + z * state[0],)


STEPS = {"tanh": tanh_step, "relu": relu_step}


class Recurrence(Module):
    """What layers and cells have in common: a step, sizes, weights for the input (``ih``) and for the hidden state (``hh``).

    Weights have shape (gates · hidden_size, input_size or hidden_size), biases (gates · hidden_size); all start evenly spread over
    ±1/√hidden_size.
    """

    _gates: ClassVar[int] = 1
    _states: ClassVar[int] = 1
    _step: Any = staticmethod(tanh_step)

    def __init__(self, input_size: int, hidden_size: int, bias: bool):
        super().__init__()
        if hidden_size < 1:
            raise ValueError(f"hidden_size={hidden_size}: a hidden state has at least one number")
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias

    def _add_weights(self, suffix: str, columns: int, device: Any, dtype: Any) -> None:
        rows = self._gates * self.hidden_size
        for kind, size in (("ih", columns), ("hh", self.hidden_size)):
            self.register_parameter(f"weight_{kind}{suffix}", empty_parameter(rows, size, device=device, dtype=dtype))
        for kind in ("ih", "hh"):
            self.register_parameter(f"bias_{kind}{suffix}", empty_parameter(rows, dtype=dtype) if self.bias else None)

    def reset_parameters(self) -> None:
        """Draw new weights."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _of_input(self, x: Tensor, suffix: str) -> Tensor:
        return linear(x, getattr(self, f"weight_ih{suffix}"), getattr(self, f"bias_ih{suffix}"))  # type: ignore[no-any-return]

    def _next(self, projected: Tensor, state: State, suffix: str) -> State:
        of_hidden = linear(state[0], getattr(self, f"weight_hh{suffix}"), getattr(self, f"bias_hh{suffix}"))
        return self._step(projected, of_hidden, state)  # type: ignore[no-any-return]

    def _begin(self, hx: Any, shape: tuple[int, ...], x: Tensor) -> State:
        """The state that was given, or zeros."""
        if hx is None:
            return tuple(zeros(*shape, dtype=x.dtype) for _ in range(self._states))
        given: State = (hx,) if isinstance(hx, Tensor) else tuple(hx)
        if len(given) != self._states:
            raise ShapeError(f"{type(self).__name__} wants {WANTED[self._states]}, and was given {len(given)} of them")
        for state in given:
            if state.shape != shape:
                raise ShapeError(
                    f"a state of {type(self).__name__} has shape {shape} for this input, and the one given has {state.shape}"
                )
        return given

    def _ended(self, state: State) -> Any:
        return state if self._states > 1 else state[0]

    def _check_width(self, input: Tensor, dimensions: Sequence[int]) -> None:
        if input.ndim not in dimensions or input.shape[-1] != self.input_size:
            wanted = " or ".join(map(str, dimensions))
            raise ShapeError(
                f"{type(self).__name__} wants an input of {wanted} dimensions, the last of size {self.input_size}, and was "
                f"given shape {input.shape}"
            )


WANTED = {1: "one state, a tensor", 2: "two states, (hidden, cell)"}


# --- layers ----------------------------------------------------------------------------------------------------------


class RecurrentLayer(Recurrence):
    """A sequence in, the hidden state of every moment out, and the last state.

    ``input`` is (moments, batch, input_size), with ``batch_first`` (batch, moments, input_size), or (moments, input_size)
    for a single sequence. States are (layers · directions, batch, hidden_size).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__(input_size, hidden_size, bias)
        if num_layers < 1:
            raise ValueError(f"num_layers={num_layers}: there is at least one layer")
        if dropout and num_layers == 1:
            warnings.warn("dropout acts between layers, and there is only one; give num_layers=2 or more", stacklevel=3)
        self.num_layers, self.batch_first, self.dropout, self.bidirectional = (
            num_layers, batch_first, float(dropout), bidirectional,
        )  # fmt: skip
        for layer in range(num_layers):
            columns = input_size if layer == 0 else hidden_size * self._directions
            for suffix in self._suffixes(layer):
                self._add_weights(suffix, columns, device, dtype)
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _suffixes(self, layer: int) -> list[str]:
        """What the names of a layer's weights end in: forward in time, then back."""
        return [f"_l{layer}", f"_l{layer}_reverse"][: self._directions]

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Any]:
        """All layers, one after another; (hidden states of the last layer at every moment, last states of all layers)."""
        self._check_width(input, (2, 3))
        single = input.ndim == 2
        axis = 1 if self.batch_first and not single else 0  # of time
        if not input.shape[axis]:
            raise ShapeError(f"a sequence has at least one moment, and the input has shape {input.shape}")
        moments = input.unbind(axis)
        shape = (self._directions * self.num_layers, *(() if single else moments[0].shape[:1]), self.hidden_size)
        states = self._begin(hx, shape, input)
        ends: list[State] = []
        x = stack(moments) if axis else input
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = drop_out(x, self.dropout, self.training)
            ways = []
            for suffix in self._suffixes(layer):
                start = tuple(state[len(ends)] for state in states)
                hidden, end = self._through_time(x, start, suffix)
                ways.append(hidden)
                ends.append(end)
            x = ways[0] if len(ways) == 1 else cat(ways, -1)
        last = tuple(stack(parts) for parts in zip(*ends, strict=True))
        return (x.transpose(0, 1) if axis else x), self._ended(last)

    def _through_time(self, x: Tensor, state: State, suffix: str) -> tuple[Tensor, State]:
        """One layer in one direction: the hidden state at every moment, and the last state."""
        moments = self._of_input(x, suffix).unbind(0)
        back = suffix.endswith("_reverse")
        found = []
        for projected in reversed(moments) if back else moments:
            state = self._next(projected, state, suffix)
            found.append(state[0])
        return stack(found[::-1] if back else found), state

    def extra_repr(self) -> str:
        """The sizes, and what isn't as usual."""
        shown = [str(self.input_size), str(self.hidden_size)]
        for name, usual in USUAL.items():
            value = getattr(self, name)
            shown += [f"{name}={value}"] if value != usual else []
        return ", ".join(shown)


USUAL = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}


class RNN(RecurrentLayer):
    """The plain recurrent network (Elman, 1990): h' = tanh(W x + b + V h + c), or with relu."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ):
        self._step = step_named(nonlinearity)
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype)
        self.nonlinearity = nonlinearity


class LSTM(RecurrentLayer):
    """Long short-term memory: a cell that gates open and close, so that gradients reach far back."""

    _gates, _states, _step = 4, 2, staticmethod(lstm_step)


class GRU(RecurrentLayer):
    """The gated recurrent unit: a state that is kept, or renewed, number by number."""

    _gates, _step = 3, staticmethod(gru_step)


def step_named(nonlinearity: str) -> Any:
    """The step of a plain network with this activation."""
    if nonlinearity not in STEPS:
        raise ValueError(f"nonlinearity must be one of {', '.join(STEPS)}, and is '{nonlinearity}'")
    return STEPS[nonlinearity]


# --- single moments --------------------------------------------------------------------------------------------------


class Cell(Recurrence):
    """One moment: (batch, input_size) or (input_size) in, the next state out."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias)
        self._add_weights("", input_size, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """The state after this moment."""
        self._check_width(input, (1, 2))
        state = self._begin(hx, (*input.shape[:-1], self.hidden_size), input)
        return self._ended(self._next(self._of_input(input, ""), state, ""))

    def extra_repr(self) -> str:
        """The sizes, and what isn't as usual."""
        return f"{self.input_size}, {self.hidden_size}{'' if self.bias else ', bias=False'}"


class RNNCell(Cell):
    """One moment of `RNN`."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ):
        self._step = step_named(nonlinearity)
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def extra_repr(self) -> str:
        """The sizes, and what isn't as usual."""
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(Cell):
    """One moment of `LSTM`."""

    _gates, _states, _step = 4, 2, staticmethod(lstm_step)


class GRUCell(Cell):
    """One moment of `GRU`."""

    _gates, _step = 3, staticmethod(gru_step)
