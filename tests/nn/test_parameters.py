"""Parameters in a list and by name, beside PyTorch's."""

import pytest
import torch

import gradwalk as gw


def several(library):
    return [library.ones(2), library.nn.Parameter(library.zeros(3, 1)), library.ones(1)]


def both(make):
    """The same made with each library, as names, shapes and whether they learn."""
    return [
        [(name, tuple(one.shape), one.requires_grad) for name, one in make(library).named_parameters()]
        for library in (gw, torch)
    ]


LISTS = {
    "made": lambda library: library.nn.ParameterList(several(library)),
    "empty": lambda library: library.nn.ParameterList(),
    "appended": lambda library: library.nn.ParameterList(several(library)).append(library.zeros(4)),
    "extended": lambda library: library.nn.ParameterList(several(library)).extend(several(library)),
    "a part": lambda library: library.nn.ParameterList(several(library))[1:],
    "with a number": lambda library: library.nn.ParameterList([library.ones(2), 5, library.ones(1)]),
    "in a module": lambda library: library.nn.ModuleList([library.nn.ParameterList(several(library))]),
    "by name": lambda library: library.nn.ParameterDict({"a": library.ones(2), "b": library.zeros(3)}),
    "merged": lambda library: (
        library.nn.ParameterDict({"a": library.ones(2), "b": library.ones(2)})
        | library.nn.ParameterDict({"b": library.ones(3), "c": library.ones(1)})
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_names_and_shapes_are_pytorchs(name):
    own, theirs = both(LISTS[name])
    assert own == theirs
    assert [list(LISTS[name](library).state_dict()) for library in (gw,)][0] == [one[0] for one in theirs]


def test_a_list_behaves_as_one():
    own = gw.nn.ParameterList(several(gw))
    assert [len(own), bool(gw.nn.ParameterList()), own[-1] is list(own)[2]] == [3, False, True]
    own[0] = gw.zeros(7)
    own += [gw.zeros(1)]
    assert [tuple(one.shape) for one in own] == [(7,), (3, 1), (1,), (1,)]
    with pytest.raises(IndexError, match="index 4 is out of range: there are 4 parameters"):
        own[4]
    with pytest.raises(TypeError, match="takes several tensors"):
        own.extend(gw.zeros(2))


@pytest.mark.parametrize("library", [gw, torch])
def test_a_dictionary_behaves_as_one(library):
    own = library.nn.ParameterDict({"a": library.ones(2), "b": library.zeros(3)})
    assert (list(own), "a" in own, "z" in own, own.get("z", 5), list(reversed(own))) == (
        ["a", "b"],
        True,
        False,
        5,
        ["b", "a"],
    )
    assert own.setdefault("c", library.ones(1)) is own["c"]
    assert isinstance(own["c"], library.nn.Parameter)
    assert own.popitem()[0] == "c" and tuple(own.pop("a").shape) == (2,)
    assert [name for name, _ in own.items()] == list(own.keys()) == ["b"] and len(list(own.values())) == 1
    assert list(own.fromkeys(["x", "y"], library.ones(1))) == ["x", "y"]
    with pytest.raises((KeyError, AttributeError)):  # PyTorch raises the latter
        own["a"]
    twin = own.copy()
    own.clear()
    assert (len(own), bool(own), len(twin)) == (0, False, 1)


def test_they_are_printed_with_their_shapes():
    made = gw.nn.ParameterList([gw.zeros(2, 3), 5])
    assert (
        repr(made)
        == "ParameterList(\n  (0): Parameter containing: [float64 of size 2x3]\n  (1): Object of type: int\n)"
    )
    assert repr(gw.nn.ParameterDict()) == "ParameterDict()"


def test_they_learn():
    net = gw.nn.ParameterDict({"w": gw.ones(2)})
    (net["w"] * gw.tensor([3.0, 4.0])).sum().backward()
    gw.optim.SGD(net.parameters(), lr=0.1).step()
    assert net["w"].tolist() == pytest.approx([0.7, 0.6])
