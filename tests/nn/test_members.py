"""Parameters, buffers and modules: how they are registered, found, replaced and refused, as in PyTorch."""

import pytest
import torch

import gradwalk as gw


def built(library):
    """A module with everything: nested, shared, left out, persistent and not."""
    nn = library.nn

    class Inner(nn.Module):
        def __init__(self, shared):
            super().__init__()
            self.fc = nn.Linear(2, 2)
            self.shared = shared
            self.scale = nn.Parameter(library.tensor([1.0, 2.0]))
            self.register_buffer("mask", library.tensor([1.0, 0.0]))

        def forward(self, x):
            return self.shared(self.fc(x)) * self.scale * self.mask

    class Everything(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(2)
            self.shared = nn.Linear(2, 2, bias=False)
            self.inner = Inner(self.shared)
            self.blocks = nn.ModuleList([nn.Linear(2, 2), nn.Tanh(), Inner(self.shared)])
            self.by_name = nn.ModuleDict(
                {"first": nn.Sequential(nn.Linear(2, 2), nn.ReLU()), "second": nn.LayerNorm(2)}
            )
            self.register_parameter("absent", None)
            self.register_buffer("step", library.tensor(0))
            self.register_buffer("scratch", library.tensor([0.0]), persistent=False)
            self.tied = self.inner.scale
            self.nothing = None

        def forward(self, x):
            x = self.inner(self.norm(x))
            for block in self.blocks:
                x = block(x)
            for layer in self.by_name.values():
                x = layer(x) + self.tied
            return x

    return Everything()


OWN, THEIRS = built(gw), built(torch)


@pytest.mark.parametrize("method", ["named_parameters", "named_buffers", "named_modules"])
@pytest.mark.parametrize("keywords", [{}, {"prefix": "net"}, {"remove_duplicate": False}])
def test_names_are_pytorchs(method, keywords):
    names = [[name for name, _ in getattr(module, method)(**keywords)] for module in (OWN, THEIRS)]
    assert names[0] == names[1]
    assert len(names[0]) > 2


@pytest.mark.parametrize("method", ["parameters", "buffers", "modules", "children"])
def test_there_are_as_many_as_in_pytorch(method):
    assert len(list(getattr(OWN, method)())) == len(list(getattr(THEIRS, method)()))


def test_children_and_what_is_directly_inside():
    assert [name for name, _ in OWN.named_children()] == [name for name, _ in THEIRS.named_children()]
    own, theirs = ([name for name, _ in module.named_parameters(recurse=False)] for module in (OWN, THEIRS))
    assert own == theirs == ["tied"]
    assert [n for n, _ in OWN.named_buffers(recurse=False)] == [n for n, _ in THEIRS.named_buffers(recurse=False)]


def test_one_by_its_name():
    assert OWN.get_submodule("blocks.2.fc") is OWN.blocks[2].fc
    assert OWN.get_submodule("") is OWN
    assert OWN.get_parameter("blocks.2.shared.weight") is OWN.shared.weight
    assert OWN.get_buffer("norm.running_var") is OWN.norm.running_var
    for get, name in ((OWN.get_submodule, "blocks.9"), (OWN.get_parameter, "fc"), (OWN.get_buffer, "x")):
        with pytest.raises(AttributeError, match=f"Everything has no .* '{name}'; the names are: "):
            get(name)


def test_an_attribute_takes_the_place_of_another():
    module = gw.nn.Module()
    module.part = 3
    module.part = gw.nn.Parameter([1.0])
    assert [name for name, _ in module.named_parameters()] == ["part"]
    module.part = gw.nn.Tanh()
    assert not list(module.parameters())
    assert [name for name, _ in module.named_children()] == ["part"]
    module.part = None
    assert module.part is None
    assert not list(module.children())
    del module.part
    assert not hasattr(module, "part")


def test_a_buffer_keeps_its_place_when_assigned():
    module = gw.nn.Module()
    module.register_buffer("count", gw.tensor(1))
    module.count = gw.tensor(2)
    assert module.state_dict()["count"].item() == 2
    assert "count" in dir(module)


def test_a_plain_tensor_is_no_parameter():
    module = gw.nn.Module()
    module.x = gw.tensor([1.0], requires_grad=True)
    assert not list(module.parameters())
    assert isinstance(gw.nn.Parameter([1.0]), gw.Tensor)
    assert not isinstance(module.x, gw.nn.Parameter)


def test_a_parameter_shares_memory_and_says_what_it_is():
    x = gw.tensor([1.0, 2.0])
    parameter = gw.nn.Parameter(x, requires_grad=False)
    x[0] = 5.0
    assert parameter.tolist() == [5.0, 2.0]
    assert not parameter.requires_grad
    assert repr(gw.nn.Parameter([1.0])) == "Parameter containing:\ntensor([1.], requires_grad=True)"


class Early(gw.nn.Module):
    """Forgets the first line."""

    def __init__(self):
        self.fc = gw.nn.Linear(2, 2)


def assign(name, value):
    """A module after one assignment to a parameter's place."""
    module = gw.nn.Linear(2, 2)
    setattr(module, name, value)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (Early, AttributeError, r"before Module.__init__\(\) call: begin .* super\(\).__init__\(\)"),
        (lambda: assign("weight", gw.zeros(2, 2)), TypeError, "cannot assign 'Tensor' as parameter 'weight'"),
        (lambda: assign("weight", 3), TypeError, "cannot assign 'int' as parameter 'weight'"),
        (lambda: OWN.register_buffer("forward", gw.zeros(1)), KeyError, "attribute 'forward' already exists"),
        (lambda: OWN.register_buffer("x", 3), TypeError, "cannot assign 'int' as buffer 'x'"),
        (lambda: OWN.register_parameter("x", gw.zeros(1)), TypeError, "cannot assign 'Tensor' as parameter 'x'"),
        (lambda: OWN.add_module("x", 3), TypeError, "cannot assign 'int' as module 'x'"),
        (lambda: OWN.add_module("a.b", gw.nn.Tanh()), KeyError, "with a dot"),
        (lambda: OWN.add_module("", gw.nn.Tanh()), KeyError, "neither empty"),
        (lambda: OWN.missing, AttributeError, "'Everything' object has no attribute 'missing'"),
    ],
)
def test_what_cannot_be_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
