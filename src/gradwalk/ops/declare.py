"""How an operation is declared: once, with its forward code, its rule, its notation, its docstring and its cases.

.. code-block:: python

    @op("σ({x})", r"\\sigma({x})", local={"x": lambda out, x: out * (1 - out)}, cases=[case(-40.0), case(normal(3, 4))])
    def sigmoid(x):
        "Squash any number into (0, 1)."
        return np.exp(-np.logaddexp(0, -x))

An `Op` is then *called on whatever you have*: on arrays it computes, on `Formula` objects it writes itself down, on
Tensors it is recorded. So a rule may be built of NumPy's operators and of other ops, and is read all three ways.
"""

from __future__ import annotations

import dis
import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np

from gradwalk.formula import ATOM, NUMPY_HEADS, Notation

Array = Any  # an array, a Formula or a Tensor: whatever a rule is being read on
Rule = Callable[..., Any]

OPS: dict[str, Op] = {}
COMPOSITES: dict[str, Composite] = {}
ALIASES: dict[str, str] = {}  # another public name -> the op or composite that it calls
OPERATORS: dict[str, Op] = {}  # "__add__" -> add: the operator methods of Tensor are generated from this


@dataclass(frozen=True)
class Case:
    """One call of an op for the tests: positional and keyword arguments, as a user would write them."""

    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    smooth: bool = True  # False where finite differences straddle a kink or a jump
    twice: bool = True  # False where PyTorch's own second derivative is NaN although the limit exists


def case(*arguments: Any, smooth: bool = True, twice: bool = True, **keywords: Any) -> Case:
    """One call that the tests compare with PyTorch and with finite differences.

    An array argument is a `Sample` (``normal(3, 4)``), made only when a test asks; a bare float stands for a 0-d tensor
    that requires grad.
    """
    return Case(arguments, keywords, smooth, twice)


@dataclass(frozen=True)
class Sample:
    """A recipe for an array: made when a test needs it, so that importing the op table costs nothing."""

    make: Callable[[np.random.Generator], Any]
    differentiable: bool = True


def normal(*shape: int) -> Sample:
    """Normally distributed numbers."""
    return Sample(lambda random: random.standard_normal(shape))


def uniform(low: float, high: float, *shape: int) -> Sample:
    """Numbers spread evenly between two bounds."""
    return Sample(lambda random: random.uniform(low, high, shape))


def distinct(*shape: int) -> Sample:
    """Numbers no two of which are close: for max, sort and other ops with kinks where values meet."""
    return Sample(lambda random: (random.permutation(int(np.prod(shape))) - np.prod(shape) / 2 + 0.25).reshape(shape))


def values(data: Any) -> Sample:
    """Just these numbers."""
    return Sample(lambda random: np.array(data, dtype=float))


def integers(low: int, high: int, *shape: int) -> Sample:
    """Whole numbers from ``low`` to ``high - 1``; they get no gradient."""
    return Sample(lambda random: random.integers(low, high, shape), differentiable=False)


def truths(*shape: int) -> Sample:
    """True or False at random; they get no gradient."""
    return Sample(lambda random: random.random(shape) < 0.5, differentiable=False)


def fixed(data: Any) -> Sample:
    """A constant array of any type, which gets no gradient."""
    return Sample(lambda random: np.array(data), differentiable=False)


@dataclass(eq=False, slots=True)
class Op:
    """One operation: everything that is known of it, stated once.

    ``inputs`` are the names of its positional inputs, ``params`` its keyword-only parameters with their defaults.
    ``rules[name]`` is the VJP for one input: ``rule(g, out, *inputs, **params)`` → contribution; an input without a rule
    gets no gradient. A variadic op (``*xs``) has one rule with the position in front: ``rule(i, g, out, *xs, **params)``.
    """

    name: str
    forward: Callable[..., Any]
    notation: Notation
    inputs: tuple[str, ...]
    params: dict[str, Any]
    rules: dict[str, Rule]
    variadic: bool = False
    elementwise: bool = False
    floating: bool = False  # integer inputs become the default float type first (sqrt(4) is 2.0)
    linear: bool = False  # linear in each input by itself, so its derivative's pattern doesn't depend on values
    view: bool = False  # the result may share its input's memory
    method: bool = True
    inplace: bool = False  # PyTorch's signature ends in inplace=False, which is accepted (and True explained away)
    property: bool = False  # a method that is read without being called: x.T
    bind: Callable[..., tuple[tuple[Any, ...], dict[str, Any]]] | None = None
    cases: list[Case] = field(default_factory=list)
    doc: str = ""
    kernel: Callable[..., Any] = None  # type: ignore[assignment]  # the ufunc that the forward is, where it is one
    local: frozenset[str] = frozenset()  # the inputs whose rule was given as a local derivative
    hand: Callable[..., Any] | None = field(default=None, init=False)  # its quick way back (see gradwalk.contributions)
    _saved: dict[int, frozenset[str]] = field(default_factory=dict)

    def __call__(self, *inputs: Any, **params: Any) -> Any:
        """Compute, write down or record this op, whichever its inputs ask for."""
        for value in inputs:
            carrier = getattr(value, "__gradwalk_op__", None)
            if carrier is not None:
                return carrier(self, inputs, {**self.params, **params})
        return self.forward(*inputs, **params)

    def compute(self, inputs: Sequence[Any], params: Mapping[str, Any]) -> Any:
        """Run the forward on arrays for one output: of several, the one that ``params["slot"]`` names."""
        if "slot" not in params:
            return self.forward(*inputs, **params)
        others = {key: value for key, value in params.items() if key != "slot"}
        return self.forward(*inputs, **others)[params["slot"]]

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def rule(self, slot: int) -> Rule | None:
        """The VJP for the input in one slot, or None when that input gets no gradient."""
        if self.variadic:
            rule = self.rules.get(self.inputs[0])
            return None if rule is None else lambda *arguments, **params: rule(slot, *arguments, **params)
        return self.rules.get(self.inputs[slot])

    def saves(self, slot: int) -> frozenset[str]:
        """What the rule for one slot reads besides ``g``: names of inputs, or "out".

        Read off the rule's own code, so it can't go stale. Asking only for a shape or a type saves nothing.

        >>> from gradwalk.ops import OPS
        >>> [sorted(OPS[name].saves(0)) for name in ("sigmoid", "sin", "add")]
        [['out'], ['x'], []]
        """
        if slot not in self._saved:
            rule = self.rules.get(self.inputs[0 if self.variadic else slot])
            known = {"out", *self.inputs}
            self._saved[slot] = frozenset() if rule is None else frozenset(values_read(rule) & known)
        return self._saved[slot]

    @functools.cache  # noqa: B019 (ops stay for good)
    def keeps(self) -> bool:
        """Whether any of its rules reads a value, which a tape must then keep for the backward pass."""
        return any(self.saves(slot) for slot in range(len(self.inputs)))

    def arguments(self, inputs: Sequence[Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs and parameters by the names that the notation uses."""
        if self.variadic:
            return {self.inputs[0]: tuple(inputs), **params}
        return {**dict(zip(self.inputs, inputs, strict=True)), **params}


SHAPE_ONLY = {"shape", "ndim", "size", "dtype"}


def shapes(xs: Sequence[Any]) -> list[tuple[int, ...]]:
    """The shapes of a variadic op's inputs: a rule that asks for ``shapes(xs)`` reads none of their values."""
    return [x.shape for x in xs]


def values_read(rule: Rule) -> set[str]:
    """The arguments of a rule whose *values* its code reads (not merely their shape or type)."""
    code = getattr(rule, "__wrapped_rule__", rule).__code__
    return _names_read(
        code, set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + 2]) | set(code.co_cellvars)
    )


def _names_read(code: CodeType, arguments: set[str]) -> set[str]:
    read = set()
    instructions = [i for i in dis.get_instructions(code) if i.opname not in ("CACHE", "PRECALL", "PUSH_NULL")]
    for before, instruction, after in zip([None, *instructions], instructions, [*instructions[1:], None], strict=False):
        if instruction.opname in ("LOAD_FAST", "LOAD_DEREF") and instruction.argval in arguments:
            asks_shapes = before is not None and before.opname == "LOAD_GLOBAL" and before.argval == "shapes"
            if not asks_shapes and (after is None or after.opname != "LOAD_ATTR" or after.argval not in SHAPE_ONLY):
                read.add(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            read |= _names_read(constant, arguments & set(constant.co_freevars))
    return read


def op(
    text: str,
    latex: str,
    *,
    binds: int = ATOM,
    associative: bool = True,
    local: Mapping[str, Rule] | None = None,
    vjp: Mapping[str, Rule] | None = None,
    elementwise: bool | None = None,
    floating: bool = False,
    linear: bool = False,
    view: bool = False,
    method: bool = True,
    inplace: bool = False,
    property: bool = False,
    operator: str = "",
    numpy: Any = None,
    bind: Callable[..., Any] | None = None,
    name: str = "",
    cases: Sequence[Case] = (),
) -> Callable[[Callable[..., Any]], Op]:
    """Declare an operation; the decorated function is its forward pass on arrays.

    ``local`` gives ∂out/∂input of an elementwise op (its VJP is then ``g * local``); ``vjp`` gives the whole VJP.
    ``operator`` names the Python operator it is, ``numpy`` the NumPy function (or functions) that it replaces.
    ``bind`` maps a call with PyTorch's argument conventions to ``(inputs, params)``; without it the forward's own
    signature is the public one.
    """

    def declare(forward: Callable[..., Any]) -> Op:
        signature = inspect.signature(forward)
        positional = [p for p in signature.parameters.values() if p.kind is not p.KEYWORD_ONLY]
        rules = {**{key: _from_local(rule) for key, rule in (local or {}).items()}, **(vjp or {})}
        made = Op(
            name=name or forward.__name__.rstrip("_"),
            forward=forward,
            notation=Notation(text, latex, binds, associative),
            inputs=tuple(p.name for p in positional),
            params={p.name: p.default for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY},
            rules=rules,
            variadic=any(p.kind is p.VAR_POSITIONAL for p in positional),
            elementwise=bool(local) if elementwise is None else elementwise,
            floating=floating,
            linear=linear,
            view=view,
            method=method,
            inplace=inplace,
            property=property,
            bind=bind,
            cases=list(cases),
            doc=inspect.getdoc(forward) or "",
            local=frozenset(local or ()),
            kernel=numpy if isinstance(numpy, np.ufunc) else forward,
        )
        register(made, operator, numpy if isinstance(numpy, tuple) else (numpy,) if numpy else ())
        return made

    return declare


def register(made: Op, operator: str = "", replaces: Sequence[Any] = ()) -> None:
    """Enter an op in the tables; a second op of the same name is a mistake."""
    if made.name in OPS:
        raise ValueError(f"an op named {made.name} is declared already")
    unknown = set(made.rules) - set(made.inputs)
    if unknown:
        raise ValueError(f"{made.name}: a rule for {', '.join(sorted(unknown))}, which is no input of it")
    if not made.forward.__module__.startswith("gradwalk."):  # our own are tested; checking them would slow every import
        _check_declaration(made)
    OPS[made.name] = made
    if operator:
        OPERATORS[operator] = made
    for function in replaces:
        NUMPY_HEADS[function] = _numpy_adapter(made, function)


def _check_declaration(made: Op) -> None:
    """Tell a user what is wrong with an op when it is declared, not when it first runs."""
    fields = set(re.findall(r"\{(\w+)\}", made.notation.text))
    strange = fields - set(made.inputs) - set(made.params)
    if strange:
        raise ValueError(
            f"{made.name}: its notation {made.notation.text!r} names {', '.join(sorted(strange))}, which is no input or parameter of it"
        )
    given = ["g", "out", *made.inputs]
    for name, rule in made.rules.items():
        arguments = ["out", *made.inputs] if name in made.local else [*(["i"] if made.variadic else []), *given]
        try:
            signature = inspect.signature(getattr(rule, "__wrapped_rule__", rule))
            several = {"slot": 0} if "slot" in signature.parameters else {}  # which of several outputs
            signature.bind(*arguments, **made.params, **several)
        except TypeError as error:
            raise ValueError(
                f"{made.name}: the rule for {name} must take ({', '.join([*arguments, *made.params])}): {error}"
            ) from None


NUMPY_SPELLING = {"axis": "dim", "keepdims": "keepdim"}


def _numpy_adapter(made: Op, function: Any) -> Callable[..., tuple[Any, tuple[Any, ...], dict[str, Any]]]:
    """Turn a call of a NumPy function into (op, inputs, params): NumPy says axis and keepdims, PyTorch dim and keepdim."""

    def adapt(*arguments: Any, **keywords: Any) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
        if keywords.pop("out", None) is not None:
            raise TypeError(
                f"np.{function.__name__}(…, out=…) would overwrite a recorded value; assign the result instead"
            )
        keywords = {NUMPY_SPELLING.get(key, key): value for key, value in keywords.items()}
        if isinstance(function, np.ufunc):
            return made, arguments, {**made.params, **keywords}
        inputs, params = binder(made)(*arguments, **keywords)
        return made, inputs, params

    return adapt


def binder(made: Op) -> Callable[..., tuple[tuple[Any, ...], dict[str, Any]]]:
    """The function that maps a public call of an op to ``(inputs, params)``."""
    return made.bind or _plain_binder(made)


def _plain_binder(made: Op) -> Callable[..., tuple[tuple[Any, ...], dict[str, Any]]]:
    """Write the binder of an op whose public signature is its forward's: inputs first, then the parameters in order."""
    public = public_signature(made)
    inputs = f"tuple({made.inputs[0]})" if made.variadic else "".join(f"{name}, " for name in made.inputs)
    params = ", ".join(f"{name!r}: {name}" for name in made.params)
    namespace: dict[str, Any] = {f"_default_{name}": value for name, value in made.params.items()}
    exec(f"def {made.name}({public}):\n    return ({inputs}), {{{params}}}\n", namespace)
    made.bind = namespace[made.name]
    return made.bind


def public_signature(made: Op) -> str:
    """The argument list of the public function, as source text."""
    inputs = [made.inputs[0]] if made.variadic else list(made.inputs)
    params = [n if default is inspect.Parameter.empty else f"{n}=_default_{n}" for n, default in made.params.items()]
    return ", ".join(inputs + params)


def _from_local(local: Rule) -> Rule:
    """The VJP of an elementwise op from its local derivative: upstream times local."""

    def rule(g: Array, out: Array, *inputs: Array, **params: Any) -> Array:
        return g * local(out, *inputs, **params)

    rule.__wrapped_rule__ = local  # type: ignore[attr-defined]  # saves() reads the code that matters
    return rule


@dataclass(eq=False, slots=True)
class Composite:
    """A function made of ops, shown in walks as the group of ops that it is."""

    name: str
    function: Callable[..., Any]
    method: bool
    grouped: bool
    cases: list[Case]
    doc: str
    own: bool  # this package's: it goes by nothing but its arguments

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Run the composition on whatever it is given, without a group of its own; a noted tensor may know a short way."""
        carrier = getattr(arguments[0], "__gradwalk_composite__", None) if arguments else None
        if carrier is not None:
            return carrier(self, arguments, keywords)
        return self.function(*arguments, **keywords)

    def __repr__(self) -> str:
        return f"<composite {self.name}>"


def composite(
    *, method: bool = False, grouped: bool = True, name: str = "", cases: Sequence[Case] = ()
) -> Callable[[Callable[..., Any]], Composite]:
    """Declare a function composed of other ops; its signature is the public one, with PyTorch's argument names.

    Its ops are shown as one group of that name, unless ``grouped`` is False (for one that merely picks an op).
    """

    def declare(function: Callable[..., Any]) -> Composite:
        key = name or function.__name__.rstrip("_")
        if key in COMPOSITES or key in OPS:
            raise ValueError(f"an op named {key} is declared already")
        own = function.__module__.startswith("gradwalk.")
        COMPOSITES[key] = Composite(key, function, method, grouped, list(cases), inspect.getdoc(function) or "", own)
        return COMPOSITES[key]

    return declare
