"""Tensor has PyTorch's semantics: what it is made of, what it computes in, and how gradients arrive."""

import threading

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk.errors import BackwardError

DTYPES = ["float32", "float64", "int64", "int32", "bool"]


@pytest.fixture(autouse=True)
def _double():
    """PyTorch computes in float64 here, as gradwalk does."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)
    gw.set_default_dtype(gw.float64)


def both(program, *data):
    """Run one program in PyTorch and here, on leaves with these values; its result, as lists, must be the same."""
    theirs = program(torch, *[torch.tensor(x, requires_grad=True) for x in data])
    ours = program(gw, *[gw.tensor(x, requires_grad=True) for x in data])
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.asarray(our.detach()), their.detach().numpy(), rtol=1e-12, atol=1e-14)
    return ours


# --- construction ---


@pytest.mark.parametrize(
    "data",
    [1.5, 2, True, [1.0, 2.0], [1, 2.5], [[1, 2], [3, 4]], [True, False], [], [[]], (1.0, (2.0))],
    ids=str,
)
def test_numbers_and_lists_become_what_pytorch_makes_of_them(data):
    ours, theirs = gw.tensor(data), torch.tensor(data)
    assert str(theirs.dtype) == f"torch.{ours.dtype}"
    assert ours.shape == tuple(theirs.shape)
    assert ours.tolist() == theirs.tolist()


@pytest.mark.parametrize("name", DTYPES)
def test_the_type_asked_for_is_the_type_given(name):
    assert gw.tensor([0, 1], dtype=getattr(gw, name)).dtype == name
    assert gw.tensor(np.zeros(2, name)).dtype == name


def test_python_floats_become_the_default_type_and_arrays_keep_theirs():
    assert gw.get_default_dtype() == gw.float64
    gw.set_default_dtype(gw.float32)
    assert (gw.tensor(1.0).dtype, gw.zeros(2).dtype, gw.tensor(np.ones(2)).dtype) == ("float32", "float32", "float64")
    assert (gw.tensor(3) / 2).dtype == "float32"
    with pytest.raises(TypeError, match="float type"):
        gw.set_default_dtype(gw.int64)


def test_tensors_in_lists_and_copies():
    array = np.array([1.0, 2.0])
    x = gw.tensor(array, requires_grad=True)
    array[0] = 9.0
    assert x.tolist() == [1.0, 2.0]
    assert gw.tensor([x[0], 5]).tolist() == [1.0, 5.0]
    assert gw.tensor([x, x]).shape == (2, 2)
    assert not gw.tensor(x).requires_grad


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([[1, 2], [3]], "rectangular"),
        ("abc", "holds numbers"),
        (["a"], "holds numbers"),
        ([None], "holds numbers"),
        ({1}, "holds numbers"),
    ],
)
def test_what_is_no_block_of_numbers_is_refused(data, message):
    with pytest.raises((TypeError, ValueError), match=message):
        gw.tensor(data)


def test_only_floats_require_grad():
    with pytest.raises(RuntimeError, match=r"only floats can require grad.*int64.*2\.0"):
        gw.tensor([1, 2], requires_grad=True)
    with pytest.raises(RuntimeError, match="only floats"):
        gw.tensor([1, 2]).requires_grad_()


# --- type promotion ---


def promotions(t, compute):
    """The type of every pairing: dimensions with none, tensors with Python numbers, both ways round."""
    found = {}
    for name in DTYPES:
        for shape in ((), (2,)):
            x = t.ones(shape, dtype=getattr(t, name))
            for other in DTYPES:
                for size in ((), (2,)):
                    found[name, shape, other, size] = compute(t, x, t.ones(size, dtype=getattr(t, other))).dtype
            for number in (True, 2, 2.0):
                found[name, shape, number] = compute(t, x, number).dtype
                found[number, name, shape] = compute(t, number, x).dtype
    return {pair: str(dtype).removeprefix("torch.") for pair, dtype in found.items()}


@pytest.mark.parametrize(
    "compute",
    [
        lambda t, a, b: a + b,
        lambda t, a, b: a * b,
        lambda t, a, b: a / b,
        lambda t, a, b: a > b,
        lambda t, a, b: a == b,
        lambda t, a, b: t.where(t.tensor([True, False]), a, b),
    ],
    ids=["add", "mul", "div", "gt", "eq", "where"],
)
def test_types_are_promoted_as_in_pytorch(compute):
    ours, theirs = promotions(gw, compute), promotions(torch, compute)
    assert {pair: (ours[pair], theirs[pair]) for pair in theirs if ours[pair] != theirs[pair]} == {}


# --- looking at it ---


def test_single_numbers():
    x = gw.tensor([[2.5]], requires_grad=True)
    assert (x.item(), float(x), int(x), bool(x), len(x), x.ndim) == (2.5, 2.5, 2, True, 1, 2)
    assert type(x.sum().item()) is float
    assert type(gw.tensor(3).item()) is int
    assert x.sum().shape == ()
    assert [10, 20, 30][gw.tensor(1)] == 20
    assert f"{x.sum():.3f}" == "2.500"


def test_what_needs_a_single_number_says_so():
    x = gw.tensor([1.0, 2.0])
    for ask, message in [
        (x.item, "one element"),
        (lambda: bool(x), "neither true nor false"),
        (lambda: float(x), "one element"),
        (lambda: f"{x:.2f}", "single number"),
        (lambda: [1, 2][gw.tensor(1.0)], "whole number"),
        (lambda: len(x[0]), "no length"),
        (lambda: iter(x[0]), "can't step through"),
    ]:
        with pytest.raises((TypeError, ValueError), match=message):
            ask()


def test_looking_inside():
    x = gw.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert [row.tolist() for row in x] == [[1.0, 2.0], [3.0, 4.0]]
    first, _ = x
    assert first.requires_grad
    assert 3.0 in x
    assert gw.tensor(3.0) in x
    assert 5.0 not in x
    assert len({x, x, x.detach()}) == 2


def test_numpy_shares_memory_and_refuses_to_lose_the_tape():
    x = gw.tensor([1.0, 2.0])
    x.numpy()[0] = 7.0
    assert x.tolist() == [7.0, 2.0]
    assert np.asarray(gw.tensor(2.0)).shape == ()
    with pytest.raises(RuntimeError, match=r"detach\(\)\.numpy\(\)"):
        x.requires_grad_().numpy()


def test_repr_says_type_and_origin():
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    assert repr(x) == "tensor([1., 2.], requires_grad=True)"
    assert repr(x.sum()) == "tensor(3., op=sum)"
    assert repr(gw.tensor([1, 2])) == "tensor([1, 2])"
    assert repr(gw.tensor(1.5, dtype=gw.float32)) == "tensor(1.5, dtype=float32)"
    assert f"{x}" == repr(x)


def test_nothing_equals_none():
    x = gw.tensor([1.0])
    assert (x == None) is False  # noqa: E711
    assert (x != None) is True  # noqa: E711
    with pytest.raises(TypeError, match="NoneType"):
        x + None
    with pytest.raises(TypeError, match="holds numbers"):
        x + "a"


# --- NumPy reads it ---


@pytest.mark.parametrize(
    ("compute", "reference"),
    [
        (np.tanh, torch.tanh),
        (np.exp, torch.exp),
        (lambda x: np.sum(x, axis=0), lambda x: x.sum(0)),
        (lambda x: np.mean(x, axis=1, keepdims=True), lambda x: x.mean(1, keepdim=True)),
        (lambda x: np.where(x > 1, x, 0.0), lambda x: torch.where(x > 1, x, 0.0)),
        (lambda x: np.full((2, 2), 3.0) * x, lambda x: 3.0 * x),
        (lambda x: x - np.ones(2), lambda x: x - 1),
        (lambda x: np.float64(2.0) * x, lambda x: 2.0 * x),
        (lambda x: x / np.float64(2.0), lambda x: x / 2.0),
        (lambda x: np.eye(2)[::-1] @ x, lambda x: x.flip(0)),
        (lambda x: np.concatenate([x, x]), lambda x: torch.cat([x, x])),
    ],
)
def test_numpy_functions_are_recorded(compute, reference):
    data = [[0.5, 1.5], [2.5, -1.0]]
    ours, theirs = gw.tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    (compute(ours) ** 2).sum().backward()
    (reference(theirs) ** 2).sum().backward()
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-12)


def test_what_numpy_cannot_have_recorded_is_refused():
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(TypeError, match="overwrite a recorded value"):
        np.tanh(x, out=np.zeros(2))
    with pytest.raises(TypeError, match=r"np\.add on a Tensor isn't recorded"):
        np.add.reduce(x)
    with pytest.raises(TypeError, match=r"norm on a Tensor isn't recorded.*detach"):
        np.linalg.norm(x)


# --- gradients arrive ---


def test_gradients_accumulate_and_are_forgotten():
    def program(t, x):
        for _ in range(3):
            (x * x).sum().backward()
        first = x.grad.clone()
        x.grad = None
        (x * 2).sum().backward()
        return first, x.grad

    both(program, [1.0, 2.0])
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    x.sum().backward()
    x.zero_grad()
    assert x.grad is None


def test_gradients_do_not_share_memory():
    a, b = (gw.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    upstream = gw.tensor([1.0, 1.0])
    (a + b).backward(upstream)  # both contributions are the upstream gradient itself
    a.grad.mul_(10)
    assert (a.grad.tolist(), b.grad.tolist(), upstream.tolist()) == ([10.0, 10.0], [1.0, 1.0], [1.0, 1.0])


def test_backward_from_more_than_one_number():
    def program(t, x):
        (x * x).backward(gradient=t.tensor([1.0, 10.0]))
        return [x.grad]

    both(program, [1.0, 2.0])
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(BackwardError, match=r"shape \(2,\).*sum"):
        (x * x).backward()
    with pytest.raises(BackwardError, match=r"gradient given has shape \(3,\), and the tensor \(2,\)"):
        (x * x).backward(gw.tensor([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    "make", [lambda x: gw.tensor(2.0) * 3, lambda x: x.detach() * 2, lambda x: gw.no_grad(lambda: x * 2)()]
)
def test_backward_without_a_tape(make):
    with pytest.raises(BackwardError, match=r"requires no grad.*requires_grad=True.*no_grad.*detached"):
        make(gw.tensor(1.0, requires_grad=True)).backward()


def test_a_second_backward_pass():
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    total = (x + x).sum()  # adding saves nothing, so nothing is freed
    total.backward()
    total.backward()
    assert x.grad.tolist() == [4.0, 4.0]
    loss = (x * x).sum()
    loss.backward()
    with pytest.raises(BackwardError, match=r"behind mul was freed by an earlier.*retain_graph=True"):
        loss.backward()
    assert x.grad.tolist() == [6.0, 8.0]  # the failed pass changed nothing


def test_retained_tapes_serve_again():
    def program(t, x):
        y = (x * x).sum()
        y.backward(retain_graph=True)
        y.backward()
        return [x.grad]

    both(program, [1.0, 2.0])


def test_backward_for_chosen_inputs():
    a, b = gw.tensor(2.0, requires_grad=True), gw.tensor(3.0, requires_grad=True)
    y = a * b
    (y * y).backward(inputs=[a, y])
    assert (a.grad.item(), b.grad, y.grad.item()) == (36.0, None, 12.0)
    (a * b).backward(inputs=b)
    assert b.grad.item() == 2.0
    with pytest.raises(BackwardError, match="inputs"):
        (a * b).backward(inputs=[])


def test_intermediate_gradients_are_kept_when_asked():
    def program(t, x):
        y, z = x * 2, x.exp()
        y.retain_grad()
        (y * z).sum().backward()
        return y.grad, x.grad

    both(program, [1.0, 2.0])
    x = gw.tensor(1.0, requires_grad=True)
    y = x * 2
    (y * y).backward()
    assert y.grad is None
    with pytest.raises(RuntimeError, match="requires no grad"):
        gw.tensor(1.0).retain_grad()


# --- recording or not ---


def test_no_grad_in_all_its_forms():
    x = gw.tensor(2.0, requires_grad=True)

    @gw.no_grad()
    def with_parentheses():
        return x * 2

    @gw.no_grad
    def without():
        return x * 2

    with gw.no_grad():
        inside = x * 2
        with gw.enable_grad():
            enabled = x * 2
        with gw.no_grad():
            pass
        after = x * 2
    states = [y.requires_grad for y in (with_parentheses(), without(), inside, enabled, after, x * 2)]
    assert states == [False, False, False, True, False, True]
    assert without.__name__ == "without"


@pytest.mark.parametrize("library", [gw, torch])
def test_inference_mode_in_all_its_forms(library):
    x = library.tensor(2.0, requires_grad=True)
    with library.inference_mode():
        inside = x * 2
        with library.inference_mode(False):
            recorded = x * 2
    with library.no_grad(), library.inference_mode(mode=False):
        again = x * 2
    made = [
        library.inference_mode()(lambda: x * 2)(),
        library.inference_mode(lambda: x * 2)(),
        inside,
        recorded,
        again,
        x * 2,
    ]
    assert [y.requires_grad for y in made] == [False, False, False, True, True, True]


def test_recording_resumes_after_an_error():
    with pytest.raises(ZeroDivisionError), gw.no_grad():
        1 / 0
    assert gw.is_grad_enabled()


def modes(t):
    """What ``set_grad_enabled`` leaves behind as a context, a decorator and a call."""
    with t.set_grad_enabled(False):
        yield t.is_grad_enabled()
    yield t.is_grad_enabled()
    quiet = t.set_grad_enabled(False)(t.is_grad_enabled)
    yield t.is_grad_enabled()
    yield quiet()
    t.set_grad_enabled(False)
    yield t.is_grad_enabled()
    t.set_grad_enabled(True)
    yield t.is_grad_enabled()


def steps_of_a_generator(t):
    """A decorated generator switches recording off while it runs, and not for whoever steps it."""

    @t.no_grad()
    def quiet():
        received = yield t.is_grad_enabled()
        yield received, t.is_grad_enabled()

    steps = quiet()
    yield next(steps)
    yield t.is_grad_enabled()
    yield steps.send("sent")
    yield t.is_grad_enabled()


@pytest.mark.parametrize("program", [modes, steps_of_a_generator])
def test_recording_is_switched_as_in_pytorch(program):
    assert list(program(gw)) == list(program(torch))


def test_no_grad_holds_for_its_own_thread():
    seen = []
    with gw.no_grad():
        thread = threading.Thread(target=lambda: seen.append(gw.is_grad_enabled()))
        thread.start()
        thread.join()
        seen.append(gw.is_grad_enabled())
    assert seen == [True, False]


def test_detach_and_data_share_memory():
    def program(t, x):
        y = x * 1
        y.detach()[0] = 5.0
        x.data += 1.0
        x.data[1] = 7.0
        return x, y, x.detach()

    both(program, [1.0, 2.0])
    x = gw.tensor(1.0, requires_grad=True)
    x.data = gw.tensor(4.0)
    assert (x.item(), x.requires_grad, x.is_leaf, x.data.requires_grad) == (4.0, True, True, False)


def test_requires_grad_can_be_switched_on_leaves():
    x = gw.tensor(1.0)
    assert x.requires_grad_() is x
    y = x * 2
    with pytest.raises(RuntimeError, match=r"leaf.*detach"):
        y.requires_grad_(False)
    assert not x.requires_grad_(False).requires_grad
    assert (y.is_leaf, x.is_leaf, y.grad_fn.name, x.grad_fn) == (False, True, "mul", None)


# --- hooks ---


def test_hooks_replace_in_order_on_leaves_and_intermediates():
    def program(t, x):
        y = x * 3
        y.retain_grad()
        y.register_hook(lambda g: g + 1)
        y.register_hook(lambda g: g * 10)
        x.register_hook(lambda g: -g)
        (y * y).sum().backward()
        return x.grad, y.grad

    both(program, [1.0, 2.0])


def test_a_hook_sees_the_complete_gradient_once():
    x = gw.tensor(3.0, requires_grad=True)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.item()))
    (y * y + y).backward()
    assert seen == [13.0]


def test_hooks_are_removed_one_by_one():
    def program(t, x):
        def double(g):
            return g * 2

        first, _ = x.register_hook(double), x.register_hook(double)
        first.remove()
        first.remove()
        x.sum().backward()
        return [x.grad]

    both(program, [1.0, 2.0])
    with pytest.raises(RuntimeError, match="never be called"):
        gw.tensor(1.0).register_hook(print)


# --- gradients of gradients ---


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: (x**4).sum(),
        lambda x: (x.sin() * x.exp()).sum(),
        lambda x: (x.tanh() @ x) ** 2,
        lambda x: (x / (1 + x * x)).prod(),
    ],
)
def test_backward_passes_can_be_differentiated_three_times(compute):
    def program(t, x):
        found = []
        y = compute(x)
        for order in range(3):
            x.grad = None
            y.backward(create_graph=order < 2)
            found.append(x.grad)
            y = (x.grad * x.grad).sum()
        return found

    both(program, [0.3, -0.7, 1.1])


def test_hooks_take_part_in_recorded_backward_passes():
    def program(t, x):
        y = x * x
        y.register_hook(lambda g: g * x)  # so that the first gradient is 2x², and its derivative 4x
        y.sum().backward(create_graph=True)
        first = x.grad
        x.grad = None
        first.sum().backward()
        return first, x.grad

    both(program, [1.5, -2.0])
