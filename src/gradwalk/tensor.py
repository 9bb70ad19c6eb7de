"""Tensor: a value, its gradient, and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk import inplace
from gradwalk.backward import Edge, propagate, value_of
from gradwalk.contributions import themselves, values, wants_gradient
from gradwalk.errors import BackwardError, refusal
from gradwalk.formula import NUMPY_HEADS
from gradwalk.inputs import Reader
from gradwalk.ops import OPS, Op
from gradwalk.recording import Scope, clock, enable_grad, recording, user_position
from gradwalk.source import Span

NUMBERS = frozenset({float, int, bool})
ERRORS = (ValueError, TypeError, IndexError, ZeroDivisionError)  # NumPy's, about a call: see `refusal`
FLOATS = frozenset({np.dtype("float64"), np.dtype("float32"), np.dtype("float16")})


class Defaults:
    """What a Python float becomes. Unlike PyTorch's float32: this engine explains, so digits matter more than speed."""

    dtype = np.dtype("float64")


def set_default_dtype(dtype: Any) -> None:
    """Choose what Python floats become: ``gw.float64`` (the default here) or ``gw.float32`` (PyTorch's)."""
    if np.dtype(dtype) not in FLOATS:
        raise TypeError(f"the default type must be a float type, not {np.dtype(dtype)}")
    Defaults.dtype = np.dtype(dtype)


def get_default_dtype() -> np.dtype[Any]:
    """What Python floats become."""
    return Defaults.dtype


class Tensor(Reader):
    """A value, its gradient, and how it was made.

    ``value`` is a NumPy array, or a NumPy scalar where there are no dimensions. A leaf has ``op`` None; a result has
    the op, its ``inputs`` and its ``params``. ``index`` numbers results in the order they were made. ``code``,
    ``offset`` and ``scope`` are the user's position, resolved only when someone asks.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "code",
        "index",
        "offset",
        "op",
        "params",
        "requires_grad",
        "scope",
        "value",
    )

    value: Any
    requires_grad: bool
    op: Op | None
    params: Mapping[str, Any]
    index: int
    code: CodeType | None
    offset: int
    scope: Scope | None

    # What few tensors have lives in the instance's dictionary, which is only made when it is needed.
    grad: Tensor | None = None
    name: str | None = None
    hooks: tuple[Handle, ...] = ()
    retains_grad: bool = False
    is_parameter: bool = False
    past: Tensor | None = None  # what this was before it was changed in place
    kept: Any = None  # a past tensor's own value: its memory holds the new one
    changed_by: int = 0  # a past tensor's end: the index of the op that changed it
    place: Span | None = None  # a place in a text that isn't Python code (a typed formula)
    slot: int = 0  # which output of its op this is
    siblings: int = 0  # outputs of one call share this number

    def __new__(cls, data: Any = (), requires_grad: bool = False, name: str | None = None) -> Tensor:
        """The same as `tensor`: a leaf made of a copy of the data."""
        return tensor(data, requires_grad=requires_grad, name=name)

    if TYPE_CHECKING:  # what operators.py generates and mutate.py attaches, for type checkers

        def __getattr__(self, name: str) -> Any: ...
        def __getitem__(self, index: Any) -> Tensor: ...
        def __setitem__(self, index: Any, value: Any) -> None: ...
        def _binary(self, other: Any) -> Tensor: ...

        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _binary
        __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _binary
        __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __gt__ = __ge__ = __lt__ = __le__ = _binary
        __eq__ = __ne__ = _binary  # type: ignore[assignment]

        def __neg__(self) -> Tensor: ...
        def __pos__(self) -> Tensor: ...
        def __invert__(self) -> Tensor: ...
        def __abs__(self) -> Tensor: ...

    # --- looking at it ---

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""
        return self.value.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""
        return self.value.ndim  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements."""
        return self.value.dtype  # type: ignore[no-any-return]

    @property
    def is_leaf(self) -> bool:
        """Whether this was given rather than computed from something that requires grad."""
        return self._made_by() is None

    @property
    def grad_fn(self) -> Op | None:
        """The op that made this, or None for a leaf."""
        return self.op

    @property
    def data(self) -> Tensor:
        """The same memory without the tape: changing it changes this tensor, unseen by gradients."""
        return self.detach()

    @data.setter
    def data(self, replacement: Any) -> None:
        self.value = replacement._array() if isinstance(replacement, Tensor) else np.array(replacement)

    def item(self) -> Any:
        """The single number in here, as a Python number."""
        if self.value.size != 1:
            raise ValueError(
                f"item() needs a tensor with one element, not {self.shape}; pick one, or reduce it (sum, mean)"
            )
        return self.value.item()

    def tolist(self) -> Any:
        """Nested Python lists of Python numbers."""
        return self.value.tolist()

    def numpy(self) -> Any:
        """The NumPy array (shared memory) of a tensor that needs no gradient."""
        if self.requires_grad:
            raise RuntimeError("numpy() would lose the tape of a tensor that requires grad; use t.detach().numpy()")
        return self._array()

    def _array(self) -> Any:
        """The value as an array that can be shared and changed (a result without dimensions is a scalar until then)."""
        if not isinstance(self.value, np.ndarray):
            self.value = np.array(self.value)
        return self.value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __len__(self) -> int:
        if not self.value.shape:
            raise TypeError("a tensor without dimensions has no length")
        return len(self.value)

    def __bool__(self) -> bool:
        if self.value.size != 1:
            raise ValueError(f"a tensor of shape {self.shape} is neither true nor false; use .any() or .all()")
        return bool(self.value)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.value.dtype.kind not in "iub" or self.value.size != 1:
            raise TypeError("only a tensor with one whole number can be used as an index")
        return int(self.value)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.value.shape:
            raise TypeError("can't step through a tensor without dimensions")
        return iter(apply(OPS["unbind"], (self,), {"dim": 0}))

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(self.value == value_of(item)))

    def __hash__(self) -> int:
        return id(self)

    def __format__(self, spec: str) -> str:
        return (
            format(self.value.item(), spec)
            if spec and not self.value.shape
            else repr(self)
            if not spec
            else self._refuse_format()
        )

    def _refuse_format(self) -> str:
        raise TypeError(f"a number format needs a single number, not a tensor of shape {self.shape}")

    def __repr__(self) -> str:
        body = np.array2string(np.asarray(self.value), separator=", ", prefix="tensor(", precision=4)
        notes = (
            [f"dtype={self.dtype}"] if self.dtype not in (Defaults.dtype, np.dtype("int64"), np.dtype("bool")) else []
        )
        op = self._made_by()
        if op is not None:
            notes.append(f"op={op.name}")
        elif self.requires_grad:
            notes.append("requires_grad=True")
        heading = "Parameter containing:\n" if self.is_parameter else ""
        return f"{heading}tensor({', '.join([body, *notes])})"

    def _made_by(self) -> Op | None:
        """The op that made it: to be told, and not to follow the tape by."""
        return self.op

    def __reduce__(self) -> Any:
        """How ``copy`` and ``pickle`` take a leaf apart."""
        if self.op is not None:
            raise RuntimeError("a computed tensor can't be copied with its tape; copy t.detach(), or use t.clone()")
        return rebuilt, (self._array(), self.requires_grad, self.name, self.is_parameter, self.grad)

    # --- gradients ---

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Compute the gradient of this number for every leaf behind it, and add it to their ``.grad``.

        ``gradient`` is the upstream gradient when this isn't a single number. What ops saved is freed, unless
        ``retain_graph``; with ``create_graph`` the backward pass is recorded, and can be differentiated again.
        """
        targets = None if inputs is None else {id(x) for x in ([inputs] if isinstance(inputs, Tensor) else inputs)}
        if targets is not None and not targets:
            raise BackwardError(
                "backward(inputs=[]) would compute no gradient; name the tensors that want one, or leave inputs out for all leaves"
            )
        retain = create_graph if retain_graph is None else retain_graph
        for node, total in differentiate(self, gradient, retain, create_graph, targets):
            accumulate(node, total, create_graph)

    def zero_grad(self) -> None:
        """Forget the accumulated gradient."""
        self.grad = None

    def detach(self) -> Tensor:
        """The same value (same memory) without the tape."""
        return leaf(self._array())

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Say whether gradients shall flow to this leaf."""
        if self.op is not None and not requires_grad:
            raise RuntimeError("only a leaf can stop requiring grad; use t.detach() for a copy without the tape")
        if requires_grad and self.dtype not in FLOATS:
            raise RuntimeError(
                f"only floats can require grad, and this is {self.dtype}; use t.float() or t.double() first"
            )
        self.requires_grad = requires_grad
        return self

    def again(self) -> Tensor:
        """A second tensor with the same value, memory and tape."""
        twin: Tensor = object.__new__(Tensor)
        for slot in ("value", "requires_grad", "op", "inputs", "params", "index", "code", "offset", "scope"):
            setattr(twin, slot, getattr(self, slot))
        for name in ("name", "past", "kept", "changed_by", "place", "slot", "siblings"):
            if name in self.__dict__:
                setattr(twin, name, self.__dict__[name])
        return twin

    def retain_grad(self) -> None:
        """Keep the gradient of this result in ``.grad`` too (leaves always do)."""
        if not self.requires_grad:
            raise RuntimeError("this tensor requires no grad, so there will be none to retain")
        self.retains_grad = self.watched = self.op is not None

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Call ``hook(gradient)`` when this tensor's gradient is complete; what it returns replaces the gradient."""
        if not self.requires_grad:
            raise RuntimeError("this tensor requires no grad, so its hook would never be called")
        handle = Handle(self, hook)
        self.hooks, self.watched = (*self.hooks, handle), True
        return handle

    # --- being read by ops and by NumPy ---

    def __gradwalk_op__(self, op: Op, inputs: Sequence[Any], params: Mapping[str, Any]) -> Any:
        return apply(op, tuple(inputs), params)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method != "__call__" or ufunc not in NUMPY_HEADS:
            raise TypeError(
                f"np.{ufunc.__name__} on a Tensor isn't recorded; use t.detach().numpy() to compute without gradient"
            )
        return apply(*NUMPY_HEADS[ufunc](*inputs, **keywords))

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        if function not in NUMPY_HEADS:
            raise TypeError(
                f"np.{function.__name__} on a Tensor isn't recorded; use t.detach().numpy() to compute without gradient"
            )
        return apply(*NUMPY_HEADS[function](*arguments, **keywords))


class Handle:
    """What `Tensor.register_hook` gives back: ``remove()`` takes the hook off again."""

    def __init__(self, owner: Tensor, hook: Callable[[Tensor], Tensor | None]):
        self.owner, self.hook = owner, hook

    def remove(self) -> None:
        """Take the hook off."""
        self.owner.hooks = tuple(handle for handle in self.owner.hooks if handle is not self)


# --- making tensors --------------------------------------------------------------------------------------------------

NO_PARAMS: Mapping[str, Any] = {}


def leaf(value: Any, requires_grad: bool = False, name: str | None = None) -> Tensor:
    """A tensor that was given, around this very array; it remembers the user's line, for its name."""
    made: Tensor = object.__new__(Tensor)
    made.value, made.requires_grad = value, requires_grad
    made.op, made.inputs, made.params, made.index = None, (), NO_PARAMS, clock()
    made.code, made.offset = user_position()
    made.scope = recording.scope
    if name is not None:
        made.name = name
    return made


def rebuilt(value: Any, requires_grad: bool, name: str | None, is_parameter: bool, grad: Tensor | None) -> Tensor:
    """A leaf put together again from what ``copy`` and ``pickle`` keep of it."""
    made = leaf(value, requires_grad, name)
    if is_parameter:
        made.is_parameter = True
    if grad is not None:
        made.grad = grad
    return made


def tensor(
    data: Any, dtype: Any = None, requires_grad: bool = False, name: str | None = None, device: Any = None
) -> Tensor:
    """Make a leaf from numbers, nested lists or an array (always a copy).

    Python floats become float64 (see `set_default_dtype`), whole numbers int64, truth values bool.
    """
    value = as_array(data, dtype)
    if requires_grad and value.dtype not in FLOATS:
        raise RuntimeError(
            f"only floats can require grad, and these are {value.dtype}; write 2.0 for 2, or give dtype=gw.float64"
        )
    return leaf(value, requires_grad, name)


def as_array(data: Any, dtype: Any = None) -> Any:
    """A fresh array of what a user gave; Python floats become the default type."""
    if isinstance(data, list | tuple):
        data = _unwrapped(data)
    given = value_of(data)
    try:
        value = np.array(given, dtype=dtype)
    except ValueError as error:
        raise ValueError(f"this isn't a rectangular block of numbers: {error}") from None
    if value.dtype.kind not in "biufc":
        raise TypeError(
            f"a tensor holds numbers, and this holds {value.dtype if value.dtype.kind != 'O' else 'something else'}: {data!r:.60}"
        )
    if dtype is None and not hasattr(given, "dtype") and value.dtype.kind == "f":
        value = value.astype(Defaults.dtype, copy=False)
    return value


def _unwrapped(data: Any) -> Any:
    """Lists that hold tensors, as lists that hold their values."""
    return [_unwrapped(x) if isinstance(x, list | tuple) else value_of(x) for x in data]


def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """A tensor as it is; anything else made into one."""
    return data if isinstance(data, Tensor) and dtype is None else tensor(data, dtype)


# --- recording an op -------------------------------------------------------------------------------------------------


def apply(op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any] = NO_PARAMS) -> Any:
    """Run one op on tensors and numbers, and record it: the general way, for whatever has no generated method."""
    trace = recording.trace
    if trace is not None:
        return trace.record(op, inputs, params)
    inputs = tuple(map(given, inputs))
    if op.floating or op.elementwise:
        inputs = promoted(op, inputs)
    try:
        # a view shares its input's memory, which a NumPy scalar has none of
        value = op.forward(
            *[(x._array() if op.view else x.value) if isinstance(x, Tensor) else x for x in inputs], **params
        )
    except ERRORS as error:
        raise refusal(op.name, inputs, error) from None
    position = user_position()
    if isinstance(value, tuple):
        siblings = clock()
        return tuple(result(op, inputs, {**params, "slot": i}, v, position, i, siblings) for i, v in enumerate(value))
    return result(op, inputs, params, value, position)


def given(value: Any) -> Any:
    """What a user passes where a tensor belongs: tensors, numbers and nothing as they are, all else as a constant."""
    return value if isinstance(value, Tensor) or type(value) in NUMBERS or value is None else tensor(value)


def result(
    op: Op,
    inputs: tuple[Any, ...],
    params: Mapping[str, Any],
    value: Any,
    position: Any,
    slot: int = 0,
    siblings: int = 0,
) -> Tensor:
    """The tensor that one call made; it keeps its op and inputs when a gradient may be wanted."""
    if not hasattr(value, "dtype"):
        raise TypeError(
            f"the forward of {op.name} returned {value!r:.40}, and must return an array, or a tuple of arrays for several outputs"
        )
    made: Tensor = object.__new__(Tensor)
    made.value = value[()] if type(value) is np.ndarray and not value.shape and not op.view else value
    made.index, made.params, made.scope = clock(), params, recording.scope
    made.code, made.offset = position
    made.requires_grad = (
        recording.scope is not None and value.dtype.kind in "fc" and bool(op.rules) and any(map(wants_gradient, inputs))
    )
    made.op, made.inputs = (op, inputs) if made.requires_grad else (None, ())
    if siblings:
        made.slot, made.siblings = slot, siblings
    return made


KINDS = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def promoted(op: Op, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Bring inputs to one type by PyTorch's rules: tensors with dimensions decide, then those without, then numbers."""
    found = {x.value.dtype for x in inputs if isinstance(x, Tensor)}
    if len(found) == 1 and found <= FLOATS:  # as nearly always; no number changes that
        return inputs
    takes_part = [
        isinstance(x, Tensor) and (not op.rules or i >= len(op.inputs) or op.inputs[i] in op.rules)
        for i, x in enumerate(inputs)
    ]
    dtype = common_dtype([x for x, takes in zip(inputs, takes_part, strict=True) if takes or type(x) in NUMBERS])
    if op.floating and dtype.kind != "f":
        dtype = Defaults.dtype
    return tuple(
        cast(x, dtype) if takes and x.value.dtype != dtype else x for x, takes in zip(inputs, takes_part, strict=True)
    )


def common_dtype(inputs: Sequence[Any]) -> np.dtype[Any]:
    """The type that PyTorch would compute in."""
    ranks: list[list[np.dtype[Any]]] = [[], [], []]
    for x in inputs:
        if isinstance(x, Tensor):
            ranks[0 if x.value.ndim else 1].append(x.value.dtype)
        elif type(x) in NUMBERS:
            ranks[2].append(Defaults.dtype if type(x) is float else np.dtype(type(x)))
    dtype = np.dtype("bool")
    for rank in ranks:
        if rank:
            highest = max(
                KINDS[d.kind] for d in rank
            )  # by kind first: float32 with int64 is float32, which NumPy makes float64
            candidate = np.result_type(*[d for d in rank if KINDS[d.kind] == highest])
            if KINDS[candidate.kind] > KINDS[dtype.kind] or dtype.kind == "b":
                dtype = candidate
    return dtype


def cast(x: Tensor, dtype: Any) -> Tensor:
    """The same numbers in another type; recorded, so that a walk shows where digits were lost."""
    return apply(OPS["cast"], (x,), {"dtype": np.dtype(dtype)})  # type: ignore[no-any-return]


# --- the backward pass -----------------------------------------------------------------------------------------------

Observer = Callable[[Tensor, list[Edge]], None]
observers: list[Observer] = []  # called with every backward pass before anything is freed or accumulated


def seed_for(output: Tensor, gradient: Any) -> Any:
    """The gradient that a backward pass starts from: 1, or what the user gave."""
    if not output.requires_grad:
        raise BackwardError(
            "this tensor requires no grad: nothing it was computed from does (make a leaf with requires_grad=True), "
            "or it was computed under no_grad, or detached"
        )
    if gradient is None:
        if output.value.size != 1:
            raise BackwardError(
                f"backward() needs a single number to start from, and this has shape {output.shape}: "
                "reduce it (.sum(), .mean()) or say what flows in (backward(gradient))"
            )
        return np.ones(output.shape, output.dtype)[()]
    given = np.asarray(value_of(gradient), dtype=output.value.dtype)
    if given.shape != output.shape:
        raise BackwardError(
            f"the gradient given has shape {given.shape}, and the tensor {output.shape}; they must be equal"
        )
    return given if given.shape else given[()]


def differentiate(
    output: Tensor, gradient: Any, retain: bool, create: bool, targets: set[int] | None
) -> list[tuple[Tensor, Any]]:
    """Sweep back from ``output``; the nodes that want their complete gradient, with it, consumers first.

    These are the leaves, or else those whose ids ``targets`` has; and all that retain their gradient. Nothing is changed
    unless the whole sweep succeeds.
    """
    arrived: list[tuple[Tensor, Any]] = []

    def arrive(node: Tensor, total: Any) -> Any:
        for handle in node.hooks:
            replaced = handle.hook(total if create else leaf(total))
            total = total if replaced is None else replaced if create else value_of(replaced)
        if node.retains_grad or (node.op is None if targets is None else id(node) in targets):
            arrived.append((node, total))
        return total

    seed = seed_for(output, gradient)
    crossed: list[Edge] = []
    if create:
        start = gradient if isinstance(gradient, Tensor) else leaf(seed)
        with enable_grad():
            visited = propagate(output, start, themselves, inplace, arrive, targets)
    else:
        cross = crossed.append if observers else None
        visited = propagate(output, seed, values, inplace, arrive, targets, cross=cross)
        for observer in list(observers):
            observer(output, crossed)
    if not retain:
        free(visited)
    return arrived


def free(visited: Mapping[Op, Sequence[Tensor]]) -> None:
    """Let go of what ops saved for their backward pass; ops that saved nothing stay as they are."""
    for op, nodes in visited.items():
        if op.keeps():
            for node in nodes:
                node.first = node.second = None


def accumulate(node: Tensor, total: Any, create: bool = False) -> None:
    """Add a complete gradient to a tensor's ``.grad``: copied, because contributions share memory."""
    if create:
        node.grad = total if node.grad is None else node.grad + total
    elif node.grad is None:
        node.grad = leaf(np.array(total))
    elif isinstance(node.grad.value, np.ndarray) and node.grad.op is None:
        np.add(node.grad.value, total, out=node.grad.value)
    else:
        node.grad = leaf(np.array(node.grad.value + total))
